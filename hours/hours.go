// Package hours is when somebody is there: opening hours by the weekday, and
// the days that are different. It is pure; the time is always given.
package hours

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"switchdesk/internal/fault"
)

// Clock is a time of day in minutes after midnight, 0 to 1440 (24:00).
type Clock int

// At makes a time of day.
func At(hour, minute int) Clock { return Clock(hour*60 + minute) }

// ParseClock reads 09:00 up to 24:00.
func ParseClock(s string) (Clock, error) {
	if len(s) == 5 && s[2] == ':' {
		var d [4]int
		for i, at := range []int{0, 1, 3, 4} {
			if s[at] < '0' || s[at] > '9' {
				return 0, fmt.Errorf("%q is not a time of day such as 09:00", s)
			}
			d[i] = int(s[at] - '0')
		}
		h, m := d[0]*10+d[1], d[2]*10+d[3]
		if m < 60 && (h < 24 || (h == 24 && m == 0)) {
			return At(h, m), nil
		}
	}
	return 0, fmt.Errorf("%q is not a time of day such as 09:00", s)
}

func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// MarshalText and UnmarshalText write it as 09:00.
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

func (c *Clock) UnmarshalText(text []byte) (err error) {
	*c, err = ParseClock(string(text))
	return err
}

// Span is open from From until just before To. To at or before From goes on
// past midnight: 22:00 to 06:00 ends the next morning.
type Span struct {
	From Clock `json:"from" yaml:"from"`
	To   Clock `json:"to" yaml:"to"`
}

func (s Span) overnight() bool { return s.To <= s.From }

// Date is a day of the calendar, without zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the day of t in its own zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// before gives the day before.
func (d Date) before() Date {
	return DateOf(time.Date(d.Year, d.Month, d.Day-1, 12, 0, 0, 0, time.UTC))
}

func (d Date) weekday() time.Weekday {
	return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC).Weekday()
}

// MarshalText and UnmarshalText write it as 2026-10-01.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

func (d *Date) UnmarshalText(text []byte) error {
	t, err := time.Parse("2006-01-02", string(text))
	if err != nil {
		return fmt.Errorf("%q is not a day such as 2026-10-01", text)
	}
	*d = DateOf(t)
	return nil
}

// Exception is a run of days that differ from the week: a holiday (no spans:
// closed) or a Saturday that is worked.
type Exception struct {
	Name  string `json:"name" yaml:"name"`
	First Date   `json:"first" yaml:"first"`
	Last  Date   `json:"last" yaml:"last"`
	Spans []Span `json:"spans" yaml:"spans"`
}

func (e Exception) on(d Date) bool {
	return d.String() >= e.First.String() && d.String() <= e.Last.String()
}

// Week holds the spans of each weekday, Sunday first.
type Week [7][]Span

// Calendar is opening hours in a zone.
type Calendar struct {
	Zone       string      `json:"zone" yaml:"zone"` // IANA name
	Week       Week        `json:"week" yaml:"week"`
	Exceptions []Exception `json:"exceptions" yaml:"exceptions"`
}

// spans gives a day's hours: an exception's if there is one.
func (c *Calendar) spans(d Date) []Span {
	for _, e := range c.Exceptions {
		if e.on(d) {
			return e.Spans
		}
	}
	return c.Week[d.weekday()]
}

// IsOpen tells whether t is within the hours. Hours are what the wall clock
// shows: an hour that the clock skips in spring is not there, one that it
// shows twice counts twice. A night that began before a holiday goes on into
// it. It fails only for a zone that is not known; Check finds that before.
func (c *Calendar) IsOpen(t time.Time) (bool, error) {
	loc, err := time.LoadLocation(c.Zone)
	if err != nil {
		return false, fmt.Errorf("opening hours: %w", err)
	}
	t = t.In(loc)
	today, now := DateOf(t), At(t.Hour(), t.Minute())
	for _, s := range c.spans(today) {
		if now >= s.From && (s.overnight() || now < s.To) {
			return true, nil
		}
	}
	for _, s := range c.spans(today.before()) {
		if s.overnight() && now < s.To {
			return true, nil
		}
	}
	return false, nil
}

// Next gives the next moment, within a year after t, at which the hours open
// or close, and which of the two; ok is false if there is none.
func (c *Calendar) Next(t time.Time) (at time.Time, open, ok bool) {
	was, err := c.IsOpen(t)
	if err != nil {
		return time.Time{}, false, false
	}
	loc, _ := time.LoadLocation(c.Zone)
	day := t.In(loc)
	for n := -1; n <= 366; n++ {
		d := time.Date(day.Year(), day.Month(), day.Day()+n, 12, 0, 0, 0, loc)
		for _, e := range c.edges(DateOf(d), loc) {
			if !e.After(t) {
				continue
			}
			if now, _ := c.IsOpen(e); now != was {
				return e.UTC(), now, true
			}
		}
	}
	return time.Time{}, false, false
}

// edges gives the moments of a day at which something may change, in order:
// starts, ends, midnight, and where the wall clock jumps.
func (c *Calendar) edges(d Date, loc *time.Location) []time.Time {
	midnight := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
	out := []time.Time{midnight}
	for _, day := range []Date{d, d.before()} {
		for _, s := range c.spans(day) {
			for _, at := range []Clock{s.From, s.To} {
				out = append(out, time.Date(d.Year, d.Month, d.Day, int(at)/60, int(at)%60, 0, 0, loc))
			}
		}
	}
	for m := midnight; m.Before(midnight.Add(26 * time.Hour)); m = m.Add(15 * time.Minute) {
		_, before := m.Add(-time.Second).Zone()
		if _, after := m.Zone(); before != after {
			out = append(out, m)
			for _, at := range out[:len(out)-1] { // shown a second time
				out = append(out, at.Add(time.Duration(before-after)*time.Second))
			}
			break
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

var weekdays = [...]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}

// Check names every mistake: an unknown zone, times out of range, spans of a
// day that overlap (an overnight one with the next morning's too), exceptions
// that end before they begin or share a day. Each is a *fault.Error with the
// field at fault; nil if the calendar can be used.
func (c *Calendar) Check() []error {
	var bad []error
	report := func(field, code, format string, args ...any) {
		bad = append(bad, fault.New(fault.Invalid, code, format, args...).On(field))
	}
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" || c.Zone == "Local" {
		report("zone", "hours.zone", "%q is not a time zone such as Asia/Shanghai", c.Zone)
	}
	for d, spans := range c.Week {
		field := fmt.Sprintf("week[%d]", d)
		checkSpans(spans, field, weekdays[d], report)
		for _, s := range spans {
			if !s.overnight() || s.To == 0 {
				continue
			}
			next := (d + 1) % 7
			for _, n := range c.Week[next] {
				if n.From < s.To {
					report(field, "hours.overlap", "%s %s–%s reaches into %s %s–%s", weekdays[d], s.From, s.To, weekdays[next], n.From, n.To)
				}
			}
		}
	}
	for i, e := range c.Exceptions {
		field := fmt.Sprintf("exceptions[%d]", i)
		if e.Last.String() < e.First.String() {
			report(field, "hours.backwards", "%s ends (%s) before it begins (%s)", e.Name, e.Last, e.First)
		}
		checkSpans(e.Spans, field, e.Name, report)
		for j, o := range c.Exceptions[:i] {
			if e.First.String() <= o.Last.String() && o.First.String() <= e.Last.String() {
				report(field, "hours.shared_day", "%s shares days with %s (exceptions[%d])", e.Name, o.Name, j)
			}
		}
	}
	return bad
}

func checkSpans(spans []Span, field, name string, report func(field, code, format string, args ...any)) {
	for i, s := range spans {
		if s.From < 0 || s.From >= At(24, 0) || s.To < 0 || s.To > At(24, 0) {
			report(field, "hours.range", "%s: a time of day is between 00:00 and 24:00", name)
			continue
		}
		for _, o := range spans[:i] {
			if overlap(s, o) {
				report(field, "hours.overlap", "%s: %s–%s overlaps %s–%s", name, o.From, o.To, s.From, s.To)
			}
		}
	}
}

// overlap compares two spans that begin on the same day.
func overlap(a, b Span) bool {
	end := func(s Span) Clock {
		if s.overnight() {
			return s.To + At(24, 0)
		}
		return s.To
	}
	return a.From < end(b) && b.From < end(a)
}

// Text is the calendar as JSON, the form in which it is kept.
func (c *Calendar) Text() string {
	data, _ := json.Marshal(c)
	return string(data)
}

// Always is open day and night.
func Always(zone string) Calendar {
	c := Calendar{Zone: zone}
	for d := range c.Week {
		c.Week[d] = []Span{{0, At(24, 0)}}
	}
	return c
}
