package hours_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"switchdesk/hours"
)

func span(from, to string, days ...int) hours.Span {
	return hours.Span{Days: days, Range: rng(from, to)}
}

func rng(from, to string) hours.Range {
	a, err := hours.ParseMinute(from)
	b, err2 := hours.ParseMinute(to)
	if err != nil || err2 != nil {
		panic(from + to)
	}
	return hours.Range{From: a, To: b}
}

var workweek = []int{1, 2, 3, 4, 5}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func at(t testing.TB, loc *time.Location, text string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04", text, loc)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestOpen(t *testing.T) {
	shanghai := zone(t, "Asia/Shanghai")
	c := hours.Calendar{
		Name:   "客服",
		Weekly: []hours.Span{span("09:00", "12:00", workweek...), span("13:00", "18:00", workweek...), span("22:00", "02:00", 5), span("20:00", "24:00", 7)},
		Days: []hours.Day{
			{From: 20261001, To: 20261007, Kind: hours.Holiday, Name: "国庆节"},
			{From: 20261010, To: 20261010, Kind: hours.Workday, Name: "国庆节调休上班"},
			{From: 20261011, To: 20261011, Kind: hours.Workday, As: 5},
			{From: 20261224, To: 20261224, Kind: hours.Special, Hours: []hours.Range{rng("10:00", "11:00"), rng("23:00", "01:00")}},
		},
	}
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	times := c.Times(shanghai)
	for _, x := range []struct {
		at, why string
		open    bool
		holiday bool
		next    string
	}{
		{"2026-11-23 08:59", "a minute early", false, false, "2026-11-23 09:00"},
		{"2026-11-23 09:00", "the first minute", true, false, "2026-11-23 12:00"},
		{"2026-11-23 12:00", "an end is not in it", false, false, "2026-11-23 13:00"},
		{"2026-11-23 18:00", "evening", false, false, "2026-11-24 09:00"},
		{"2026-11-27 23:30", "Friday night", true, false, "2026-11-28 02:00"},
		{"2026-11-28 01:59", "Friday night, on Saturday", true, false, "2026-11-28 02:00"},
		{"2026-11-28 02:00", "after it", false, false, "2026-11-29 20:00"},
		{"2026-11-29 23:59", "Sunday until midnight", true, false, "2026-11-30 00:00"},
		{"2026-10-01 10:00", "a holiday", false, true, "2026-10-08 09:00"},
		{"2026-10-03 01:00", "the Friday before was a holiday, so its night is too", false, true, "2026-10-08 09:00"},
		{"2026-10-10 10:00", "a Saturday worked as a Monday", true, false, "2026-10-10 12:00"},
		{"2026-10-11 23:00", "a Sunday worked as a Friday", true, false, "2026-10-12 02:00"},
		{"2026-12-24 09:30", "a special day keeps its own times", false, false, "2026-12-24 10:00"},
		{"2026-12-25 00:30", "and its night", true, false, "2026-12-25 01:00"},
	} {
		now := at(t, shanghai, x.at)
		if got := times.Open(now); got != x.open {
			t.Errorf("%s (%s): open %v", x.at, x.why, got)
		}
		if got := times.OnHoliday(now); got != x.holiday {
			t.Errorf("%s (%s): on holiday %v", x.at, x.why, got)
		}
		if got, ok := times.Next(now); !ok || !got.Equal(at(t, shanghai, x.next)) {
			t.Errorf("%s (%s): next change %v, want %s", x.at, x.why, got, x.next)
		}
		if times.Open(now.UTC()) != x.open {
			t.Errorf("%s: another answer for the same moment in UTC", x.at)
		}
	}
}

func TestNextWithoutChange(t *testing.T) {
	always := hours.Calendar{Weekly: []hours.Span{span("00:00", "24:00", 1, 2, 3, 4, 5, 6, 7)}}
	never := hours.Calendar{}
	for _, c := range []hours.Calendar{always, never} {
		if next, ok := c.Times(time.UTC).Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)); ok {
			t.Errorf("%v changes at %v", c.Weekly, next)
		}
	}
}

// A zone of its own holds against the account's.
func TestOwnZone(t *testing.T) {
	c := hours.Calendar{Timezone: "Asia/Urumqi", Weekly: []hours.Span{span("09:00", "18:00", workweek...)}}
	times := c.Times(zone(t, "Asia/Shanghai"))
	if now := at(t, zone(t, "Asia/Shanghai"), "2026-11-23 10:00"); times.Open(now) {
		t.Error("open at 08:00 of Urumqi")
	}
	if now := at(t, zone(t, "Asia/Shanghai"), "2026-11-23 19:00"); !times.Open(now) {
		t.Error("closed at 17:00 of Urumqi")
	}
}

// In every zone, over every change of its clocks, Next is the first minute at
// which Open says something else.
func TestNextIsTheFirstChange(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 7))
	for _, name := range []string{"Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Europe/Dublin", "Asia/Beirut", "Africa/Casablanca"} {
		loc := zone(t, name)
		for range 12 {
			c := randomCalendar(r)
			times := c.Times(loc)
			// The weeks in which clocks go forward and back, and another.
			for _, start := range []time.Time{
				time.Date(2018, 2, 16, 0, 0, 0, 0, loc), time.Date(2018, 11, 2, 0, 0, 0, 0, loc), time.Date(2026, 3, 6, 0, 0, 0, 0, loc),
				time.Date(2026, 3, 27, 0, 0, 0, 0, loc), time.Date(2026, 4, 3, 0, 0, 0, 0, loc), time.Date(2026, 10, 2, 0, 0, 0, 0, loc),
				time.Date(2026, 10, 23, 0, 0, 0, 0, loc), time.Date(2026, 10, 30, 0, 0, 0, 0, loc),
			} {
				at := start.Add(time.Duration(r.IntN(3*24*60)) * time.Minute)
				want, found := at, false
				for range 10 * 24 * 60 {
					want = want.Add(time.Minute)
					if times.Open(want) != times.Open(at) {
						found = true
						break
					}
				}
				got, ok := times.Next(at)
				if found && (!ok || !got.Equal(want)) {
					t.Fatalf("%s at %v with %v %v: next change %v, want %v", name, at, c.Weekly, c.Days, got, want)
				}
				if !found && ok && got.Before(at.Add(9*24*time.Hour)) {
					t.Fatalf("%s at %v with %v: says a change at %v, there is none", name, at, c.Weekly, got)
				}
			}
		}
	}
}

func randomCalendar(r *rand.Rand) hours.Calendar {
	c := hours.Calendar{Name: "x"}
	for range 1 + r.IntN(4) {
		s := hours.Span{Days: []int{1 + r.IntN(7), 1 + r.IntN(7)}}
		s.From, s.To = hours.Minute(r.IntN(24*60)), hours.Minute(r.IntN(24*60+1))
		trial := c
		trial.Weekly = append([]hours.Span{}, append(c.Weekly, s)...)
		if trial.Check() == nil {
			c = trial
		}
	}
	for d := hours.Date(20260301); d < 20261201; d = d.Add(3 + r.IntN(20)) {
		kind := []hours.Kind{hours.Holiday, hours.Workday, hours.Special}[r.IntN(3)]
		day := hours.Day{From: d, To: d, Kind: kind, As: 1 + r.IntN(7)}
		if kind == hours.Special {
			day.Hours = []hours.Range{rng("01:30", "02:30"), rng("22:00", "00:30")}
		}
		c.Days = append(c.Days, day)
	}
	if err := c.Check(); err != nil {
		panic(err)
	}
	return c
}

func BenchmarkOpen(b *testing.B) {
	c := hours.Calendar{Weekly: []hours.Span{span("09:00", "18:00", workweek...)}, Days: hours.Presets()[0].Days}
	times := c.Times(zone(b, "Asia/Shanghai"))
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	for b.Loop() {
		times.Open(now)
	}
}
