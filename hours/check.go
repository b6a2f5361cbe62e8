package hours

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"switchdesk/internal/fault"
)

// The most that a calendar holds.
const (
	MaxSpans = 50  // weekly times
	MaxDays  = 500 // runs of dates
)

// Check tidies a calendar and refuses one that contradicts itself: times or
// dates over one another, runs that end before they begin. It fails with
// Invalid, and the field names the place: weekly[1], days[3].
func (c *Calendar) Check() error {
	c.Name = strings.TrimSpace(c.Name)
	switch {
	case c.Name == "":
		return fault.New(fault.Invalid, "name.empty", "a name is needed").On("name")
	case !printable(c.Name, 60):
		return fault.New(fault.Invalid, "name.text", "a name has at most 60 characters, all of which can be shown").On("name")
	case len(c.Weekly) > MaxSpans:
		return fault.New(fault.Invalid, "calendar.long", "a calendar has at most %d weekly times", MaxSpans).On("weekly")
	case len(c.Days) > MaxDays:
		return fault.New(fault.Invalid, "calendar.long", "a calendar has at most %d runs of dates", MaxDays).On("days")
	}
	if c.Timezone != "" {
		if _, err := time.LoadLocation(c.Timezone); err != nil || c.Timezone == "Local" {
			return fault.New(fault.Invalid, "calendar.timezone", "%q is not a time zone such as Asia/Shanghai", clip(c.Timezone)).On("timezone")
		}
	}
	if err := CheckSpans(c.Weekly, "weekly"); err != nil {
		return err
	}
	return c.checkDays()
}

// CheckSpans refuses weekly times that are empty or lie over one another; the
// field at fault is a place in the list of that name. It fails with Invalid.
func CheckSpans(spans []Span, field string) error {
	for i := range spans {
		s := &spans[i]
		place := fmt.Sprintf("%s[%d]", field, i)
		slices.Sort(s.Days)
		s.Days = slices.Compact(s.Days)
		if len(s.Days) == 0 || s.Days[0] < 1 || s.Days[len(s.Days)-1] > 7 {
			return fault.New(fault.Invalid, "calendar.weekdays", "choose days from 1 (Monday) to 7 (Sunday) for %s", s.Range).On(place)
		}
		if err := s.check(place); err != nil {
			return err
		}
		for j := range i {
			if day := s.overlaps(&spans[j]); day != 0 {
				return fault.New(fault.Invalid, "calendar.overlap", "%s and %s lie over one another on %s", s.Range, spans[j].Range, time.Weekday(day%7)).On(place)
			}
		}
	}
	return nil
}

func (r Range) check(place string) error {
	if r.From < 0 || r.To < 0 || r.From >= 24*60 || r.To > 24*60 || r.From == r.To {
		return fault.New(fault.Invalid, "calendar.range", "%s is no time: it must begin before 24:00 and end at another minute", r).On(place)
	}
	return nil
}

// overlaps gives a weekday on which two spans are both open, 0 if there is
// none.
func (s *Span) overlaps(o *Span) int {
	for _, a := range s.pieces() {
		for _, b := range o.pieces() {
			if a.day == b.day && a.From < b.To && b.From < a.To {
				return a.day
			}
		}
	}
	return 0
}

type piece struct {
	day int
	Range
}

// pieces cuts a span at midnight.
func (s *Span) pieces() []piece {
	var out []piece
	for _, d := range s.Days {
		if !s.overnight() {
			out = append(out, piece{d, s.Range})
			continue
		}
		out = append(out, piece{d, Range{s.From, 24 * 60}})
		if s.To > 0 {
			out = append(out, piece{d%7 + 1, Range{0, s.To}})
		}
	}
	return out
}

func (c *Calendar) checkDays() error {
	for i := range c.Days {
		d := &c.Days[i]
		place := fmt.Sprintf("days[%d]", i)
		if err := d.check(place); err != nil {
			return err
		}
		for j := range i {
			if o := &c.Days[j]; d.From <= o.To && o.From <= d.To {
				return fault.New(fault.Invalid, "calendar.days_overlap", "%s and %s name the same date", d.title(), o.title()).On(place)
			}
		}
	}
	return nil
}

func (d *Day) check(place string) error {
	d.Name = strings.TrimSpace(d.Name)
	if d.To == 0 {
		d.To = d.From
	}
	switch {
	case d.From == 0 || d.To < d.From || d.To > d.From.Add(366):
		return fault.New(fault.Invalid, "calendar.dates", "the dates must begin before they end, and last a year at most").On(place)
	case !printable(d.Name, 60):
		return fault.New(fault.Invalid, "name.text", "a name has at most 60 characters, all of which can be shown").On(place)
	case d.Kind != Holiday && d.Kind != Workday && d.Kind != Special:
		return fault.New(fault.Invalid, "calendar.kind", "a day is a holiday, a workday or special").On(place)
	case d.As < 0 || d.As > 7:
		return fault.New(fault.Invalid, "calendar.weekdays", "a workday is open as on a day from 1 (Monday) to 7 (Sunday)").On(place)
	}
	if d.Kind != Workday {
		d.As = 0
	}
	if d.Kind != Special {
		d.Hours = nil
		return nil
	}
	if len(d.Hours) == 0 || len(d.Hours) > 10 {
		return fault.New(fault.Invalid, "calendar.special", "a special day has one to ten times").On(place)
	}
	for i, r := range d.Hours {
		if err := r.check(place); err != nil {
			return err
		}
		for _, o := range d.Hours[:i] {
			a, b := Span{Days: []int{1}, Range: r}, Span{Days: []int{1}, Range: o}
			if a.overlaps(&b) != 0 {
				return fault.New(fault.Invalid, "calendar.overlap", "%s and %s lie over one another", r, o).On(place)
			}
		}
	}
	return nil
}

func (d *Day) title() string {
	text := d.From.String()
	if d.To != d.From {
		text += ".." + d.To.String()
	}
	if d.Name != "" {
		text += " (" + d.Name + ")"
	}
	return text
}

func printable(s string, most int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= most && strings.IndexFunc(s, unicode.IsControl) < 0
}
