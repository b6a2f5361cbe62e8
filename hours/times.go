package hours

import (
	"slices"
	"sort"
	"time"
)

// Times is a calendar made ready to be asked. It is never changed and may be
// asked from many goroutines.
type Times struct {
	zone *time.Location
	week [8][]Range // by weekday, 1 is Monday
	days []Day      // by date, none over another
}

// Times makes a checked calendar ready; account is the zone of one that has
// none of its own.
func (c *Calendar) Times(account *time.Location) *Times {
	t := &Times{zone: account, days: slices.Clone(c.Days)}
	if c.Timezone != "" {
		if loc, err := time.LoadLocation(c.Timezone); err == nil {
			t.zone = loc
		}
	}
	if t.zone == nil {
		t.zone = time.UTC
	}
	for _, s := range c.Weekly {
		for _, d := range s.Days {
			t.week[d] = append(t.week[d], s.Range)
		}
	}
	sort.Slice(t.days, func(i, j int) bool { return t.days[i].From < t.days[j].From })
	return t
}

// Zone is where the calendar's clock hangs.
func (t *Times) Zone() *time.Location { return t.zone }

// Day gives what is different about a date, if anything is.
func (t *Times) Day(d Date) (Day, bool) {
	i := sort.Search(len(t.days), func(i int) bool { return t.days[i].To >= d })
	if i < len(t.days) && t.days[i].From <= d {
		return t.days[i], true
	}
	return Day{}, false
}

// ranges are the times that begin on a date.
func (t *Times) ranges(d Date) []Range {
	day, ok := t.Day(d)
	switch {
	case !ok:
		return t.week[d.Weekday()]
	case day.Kind == Workday && day.As != 0:
		return t.week[day.As]
	case day.Kind == Workday:
		return t.week[1]
	case day.Kind == Special:
		return day.Hours
	}
	return nil
}

// Open tells whether the calendar is open.
func (t *Times) Open(at time.Time) bool {
	at = at.In(t.zone)
	now, today := Minute(at.Hour()*60+at.Minute()), DateOf(at)
	for _, r := range t.ranges(today) {
		if r.From <= now && (r.overnight() || now < r.To) {
			return true
		}
	}
	for _, r := range t.ranges(today.Add(-1)) {
		if r.overnight() && now < r.To {
			return true
		}
	}
	return false
}

// OnHoliday tells whether the calendar is closed for a holiday.
func (t *Times) OnHoliday(at time.Time) bool {
	d, ok := t.Day(DateOf(at.In(t.zone)))
	return ok && d.Kind == Holiday && !t.Open(at)
}

// batch is how many days are looked at in one go for the next change, and
// horizon how many at most.
const (
	batch   = 7
	horizon = 400
)

// Next gives the first moment after at when Open says something else; false
// if that is not within 400 days.
func (t *Times) Next(at time.Time) (time.Time, bool) {
	open, from := t.Open(at), at
	for range horizon / batch {
		to := from.AddDate(0, 0, batch)
		for _, edge := range t.Edges(from, to) {
			if t.Open(edge) != open {
				return edge, true
			}
		}
		from = to
	}
	return time.Time{}, false
}

// Edges lists, in order, every moment after from and up to to at which the
// calendar may change: where a time begins or ends, midnights, and where the
// zone's clocks are changed.
func (t *Times) Edges(from, to time.Time) []time.Time {
	out := Edges(t.zone, from, to, func(d Date) []Minute {
		ends := []Minute{0}
		for _, r := range t.ranges(d) {
			ends = append(ends, r.From)
			if !r.overnight() {
				ends = append(ends, r.To)
			}
		}
		for _, r := range t.ranges(d.Add(-1)) {
			if r.overnight() {
				ends = append(ends, r.To)
			}
		}
		return ends
	})
	return out
}

// Edges lists, in order and without doubles, the moments after from and up to
// to at which a zone's clocks show one of the minutes named for their date,
// and those at which the clocks are changed.
func Edges(zone *time.Location, from, to time.Time, minutes func(Date) []Minute) []time.Time {
	var out []time.Time
	add := func(at time.Time) {
		if at.After(from) && !at.After(to) {
			out = append(out, at)
		}
	}
	for at := from.In(zone); ; {
		_, end := at.ZoneBounds()
		if end.IsZero() || end.After(to) {
			break
		}
		add(end.In(zone))
		at = end
	}
	// A day more at each side: clocks that go back may show a date twice.
	last := DateOf(to.In(zone)).Add(1)
	for d := DateOf(from.In(zone)).Add(-1); d <= last; d = d.Add(1) {
		for _, m := range minutes(d) {
			for _, at := range moments(zone, d, m) {
				add(at)
			}
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}

// moments are when a zone's clocks show a minute of a date: once, twice when
// they go back, never when they skip it.
func moments(zone *time.Location, d Date, m Minute) []time.Time {
	y, month, day := d.split()
	wall := time.Date(y, month, day, 0, int(m), 0, 0, time.UTC)
	var out []time.Time
	for _, near := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		_, offset := wall.Add(near).In(zone).Zone()
		at := wall.Add(-time.Duration(offset) * time.Second).In(zone)
		_, real := at.Zone()
		if real == offset && (len(out) == 0 || !out[0].Equal(at)) {
			out = append(out, at)
		}
	}
	return out
}
