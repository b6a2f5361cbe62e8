package dialplan

import (
	"fmt"
	"slices"
	"time"

	"switchdesk/hours"
	"switchdesk/internal/fault"
)

// MaxEntries is how many entries a number's schedule has at most.
const MaxEntries = 30

// State is what an Entry asks of its calendar.
type State string

// The states of a calendar; closed includes holidays.
const (
	WhenOpen    State = "open"
	WhenClosed  State = "closed"
	WhenHoliday State = "holiday"
)

// Dates is a run of dates with both ends.
type Dates struct {
	From hours.Date `json:"from"`
	To   hours.Date `json:"to"`
}

// Entry is a line of a number's schedule: while all that it asks for holds,
// its flow answers. The first entry that holds is the one.
type Entry struct {
	ID         int64        `json:"-"`
	AccountID  int64        `json:"-"`
	NumberID   int64        `json:"-"`
	Place      int          `json:"-"`
	Name       string       `json:"name"`
	CalendarID int64        `json:"calendar_id,omitempty"` // 0: asks no calendar
	State      State        `json:"state,omitempty"`
	Dates      []Dates      `json:"dates,omitempty" gorm:"serializer:json"` // none: any date
	Spans      []hours.Span `json:"spans,omitempty" gorm:"serializer:json"` // none: any time
	FlowID     int64        `json:"flow_id"`
}

// TableName names the table.
func (Entry) TableName() string { return "number_entries" }

// Schedule answers which flow a number's caller hears. It is never changed
// and may be asked from many goroutines.
type Schedule struct {
	zone  *time.Location
	flow  int64
	rules []rule
}

type rule struct {
	Entry
	calendar *hours.Times // nil: none is asked
	spans    *hours.Times // nil: any time
}

// Choice is who answers at a time: an entry by its place in the schedule, or
// the number's own flow (Entry -1).
type Choice struct {
	Entry  int
	Name   string
	FlowID int64
}

// Schedule makes a number's schedule ready: zone is the account's, calendars
// are its by id. An entry whose calendar is not there never holds.
func (n *ServiceNumber) Schedule(zone *time.Location, calendars map[int64]*hours.Times) *Schedule {
	s := &Schedule{zone: zone, flow: n.FlowID}
	for _, e := range n.Entries {
		r := rule{Entry: e}
		if e.CalendarID != 0 {
			r.calendar = calendars[e.CalendarID]
		}
		if len(e.Spans) > 0 {
			week := hours.Calendar{Weekly: e.Spans}
			r.spans = week.Times(zone)
		}
		s.rules = append(s.rules, r)
	}
	return s
}

// At says who answers a call that arrives at a time.
func (s *Schedule) At(t time.Time) Choice {
	day := hours.DateOf(t.In(s.zone))
	for i := range s.rules {
		if s.rules[i].holds(t, day) {
			return Choice{i, s.rules[i].Name, s.rules[i].FlowID}
		}
	}
	return Choice{Entry: -1, FlowID: s.flow}
}

func (r *rule) holds(t time.Time, day hours.Date) bool {
	if r.CalendarID != 0 {
		if r.calendar == nil {
			return false
		}
		switch r.State {
		case WhenOpen:
			if !r.calendar.Open(t) {
				return false
			}
		case WhenClosed:
			if r.calendar.Open(t) {
				return false
			}
		case WhenHoliday:
			if !r.calendar.OnHoliday(t) {
				return false
			}
		}
	}
	if len(r.Dates) > 0 && !slices.ContainsFunc(r.Dates, func(d Dates) bool { return d.From <= day && day <= d.To }) {
		return false
	}
	return r.spans == nil || r.spans.Open(t)
}

// Slot is a time in which the same entry answers.
type Slot struct {
	From, To time.Time
	Choice
}

// Slots divides a time into who answers when.
func (s *Schedule) Slots(from, to time.Time) []Slot {
	out := []Slot{{From: from, To: to, Choice: s.At(from)}}
	for _, edge := range s.edges(from, to) {
		if !edge.Before(to) {
			break
		}
		last := &out[len(out)-1]
		if c := s.At(edge); c != last.Choice {
			last.To = edge
			out = append(out, Slot{From: edge, To: to, Choice: c})
		}
	}
	return out
}

// edges are the moments at which who answers may change.
func (s *Schedule) edges(from, to time.Time) []time.Time {
	out := hours.Edges(s.zone, from, to, func(hours.Date) []hours.Minute { return []hours.Minute{0} })
	asked := map[*hours.Times]bool{}
	for i := range s.rules {
		for _, t := range []*hours.Times{s.rules[i].calendar, s.rules[i].spans} {
			if t != nil && !asked[t] {
				asked[t] = true
				out = append(out, t.Edges(from, to)...)
			}
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}

// Doubt is something in a schedule that is allowed and probably not meant.
type Doubt struct {
	Code  string    // gap, past, never, hidden
	Entry int       // whose; -1: the whole schedule's
	By    int       // hidden: the first entry that answers instead
	At    time.Time // gap: when nobody answers first
}

// lookAhead is how far Doubts looks at least, and farthest at most.
const (
	lookAhead = 366
	farthest  = 3 * 366
)

// Doubts looks at the year to come, and on to the last date named: times at
// which no flow answers, entries whose dates are past, that never hold, or
// that others always hide.
func (s *Schedule) Doubts(now time.Time) []Doubt {
	out := []Doubt{}
	today := hours.DateOf(now.In(s.zone))
	until := today.Add(lookAhead)
	for i := range s.rules {
		for _, d := range s.rules[i].Dates {
			until = max(until, min(d.To.Add(1), today.Add(farthest)))
		}
	}
	wins, holds := make([]bool, len(s.rules)), make([]int, len(s.rules))
	for i := range holds {
		holds[i] = -1
	}
	gap := time.Time{}
	at := now
	y := int(until)
	end := time.Date(y/10000, time.Month(y/100%100), y%100, 0, 0, 0, 0, s.zone)
	look := func(t time.Time) {
		c := s.At(t)
		if c.Entry >= 0 {
			wins[c.Entry] = true
		} else if c.FlowID == 0 && gap.IsZero() {
			gap = t
		}
		day := hours.DateOf(t.In(s.zone))
		for i := range s.rules {
			if holds[i] < 0 && c.Entry >= 0 && c.Entry < i && s.rules[i].holds(t, day) {
				holds[i] = c.Entry
			}
		}
	}
	look(at)
	for _, edge := range s.edges(now, end) {
		look(edge)
	}
	for i := range s.rules {
		switch {
		case wins[i]:
		case s.rules[i].past(today):
			out = append(out, Doubt{Code: "past", Entry: i})
		case holds[i] >= 0:
			out = append(out, Doubt{Code: "hidden", Entry: i, By: holds[i]})
		default:
			out = append(out, Doubt{Code: "never", Entry: i})
		}
	}
	if !gap.IsZero() {
		out = append(out, Doubt{Code: "gap", Entry: -1, At: gap})
	}
	return out
}

// past tells whether all dates of an entry are behind us.
func (e *Entry) past(today hours.Date) bool {
	return len(e.Dates) > 0 && !slices.ContainsFunc(e.Dates, func(d Dates) bool { return d.To >= today })
}

// checkEntries tidies a schedule's entries. It fails with Invalid; the field
// names the place: entries[2].dates[0].
func checkEntries(list []Entry) error {
	if len(list) > MaxEntries {
		return fault.New(fault.Invalid, "schedule.long", "a schedule has at most %d entries", MaxEntries).On("entries")
	}
	for i := range list {
		if err := list[i].check(fmt.Sprintf("entries[%d]", i)); err != nil {
			return err
		}
	}
	return nil
}

// CheckTimes refuses only what can't be asked at all: a schedule that is being
// written may lack names and flows. It fails with Invalid.
func CheckTimes(list []Entry) error {
	for i := range list {
		if err := hours.CheckSpans(list[i].Spans, fmt.Sprintf("entries[%d].spans", i)); err != nil {
			return err
		}
	}
	return nil
}

func (e *Entry) check(place string) error {
	if err := checkName(&e.Name); err != nil {
		if f, ok := err.(*fault.Error); ok {
			return f.On(place + ".name")
		}
		return err
	}
	switch {
	case e.FlowID <= 0:
		return fault.New(fault.Invalid, "schedule.flow", "choose the flow that answers").On(place + ".flow_id")
	case e.CalendarID == 0:
		e.State = ""
	case e.State != WhenOpen && e.State != WhenClosed && e.State != WhenHoliday:
		return fault.New(fault.Invalid, "schedule.state", "an entry holds while its calendar is open, closed or on holiday").On(place + ".state")
	}
	if e.CalendarID == 0 && len(e.Dates) == 0 && len(e.Spans) == 0 {
		return fault.New(fault.Invalid, "schedule.always", "say when this entry holds: by a calendar, dates or times; what holds always is the number's own flow").On(place)
	}
	if len(e.Dates) > 100 || len(e.Spans) > hours.MaxSpans {
		return fault.New(fault.Invalid, "schedule.long", "an entry has at most 100 runs of dates and %d times", hours.MaxSpans).On(place)
	}
	for j := range e.Dates {
		d := &e.Dates[j]
		if d.To == 0 {
			d.To = d.From
		}
		if d.From == 0 || d.To < d.From {
			return fault.New(fault.Invalid, "schedule.dates", "the dates must begin before they end").On(fmt.Sprintf("%s.dates[%d]", place, j))
		}
	}
	return hours.CheckSpans(e.Spans, place+".spans")
}
