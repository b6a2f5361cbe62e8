package hours

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func office() Calendar {
	c := Calendar{Zone: "Asia/Shanghai"}
	for d := time.Monday; d <= time.Friday; d++ {
		c.Week[d] = []Span{{At(9, 0), At(12, 0)}, {At(13, 30), At(18, 0)}}
	}
	c.Week[time.Friday] = append(c.Week[time.Friday], Span{At(22, 0), At(6, 0)})
	c.Exceptions = []Exception{
		{Name: "国庆节", First: Date{2026, 10, 1}, Last: Date{2026, 10, 7}},
		{Name: "调休上班", First: Date{2026, 10, 10}, Last: Date{2026, 10, 10}, Spans: []Span{{At(9, 0), At(18, 0)}}},
	}
	return c
}

func at(t *testing.T, zone, text string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	v, err := time.ParseInLocation("2006-01-02 15:04:05", text, loc)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestIsOpen(t *testing.T) {
	c := office()
	for text, want := range map[string]bool{
		"2026-11-23 08:59:59": false, // Monday
		"2026-11-23 09:00:00": true,
		"2026-11-23 11:59:59": true,
		"2026-11-23 12:00:00": false,
		"2026-11-23 13:30:00": true,
		"2026-11-23 18:00:00": false,
		"2026-11-22 10:00:00": false, // Sunday
		"2026-11-27 23:00:00": true,  // Friday night
		"2026-11-28 05:59:59": true,  // into Saturday
		"2026-11-28 06:00:00": false,
		"2026-11-27 05:00:00": false, // Thursday has no night
		"2026-10-01 10:00:00": false, // Thursday, a holiday
		"2026-10-10 12:30:00": true,  // Saturday, worked through
		"2026-10-02 23:00:00": false, // Friday night in a holiday
		"2026-10-03 05:00:00": false,
		"2026-10-09 23:00:00": true, // Friday night before the worked Saturday
		"2026-10-10 05:00:00": true,
	} {
		if got, err := c.IsOpen(at(t, "Asia/Shanghai", text)); err != nil || got != want {
			t.Errorf("%s: %v %v, want %v", text, got, err, want)
		}
	}
	// The caller's zone makes no difference.
	if open, _ := c.IsOpen(at(t, "America/New_York", "2026-11-22 20:30:00")); !open {
		t.Error("Monday 09:30 in Shanghai, asked from New York, is closed")
	}
	if _, err := (&Calendar{Zone: "Mars/North"}).IsOpen(time.Now()); err == nil {
		t.Error("an unknown zone is no error")
	}
	always := Always("UTC")
	for h := range 24 {
		if open, _ := always.IsOpen(time.Date(2026, 1, 1, h, 59, 59, 0, time.UTC)); !open {
			t.Errorf("always is closed at %d", h)
		}
	}
}

// TestClockChanges: in Berlin 02:00–03:00 is missing on 2026-03-29 and there
// twice on 2026-10-25.
func TestClockChanges(t *testing.T) {
	c := Calendar{Zone: "Europe/Berlin"}
	c.Week[time.Sunday] = []Span{{At(1, 30), At(2, 30)}}
	open := func(day time.Time) (minutes int) {
		for m := range 6 * 60 {
			if ok, _ := c.IsOpen(day.Add(time.Duration(m) * time.Minute)); ok {
				minutes++
			}
		}
		return minutes
	}
	if n := open(at(t, "Europe/Berlin", "2026-03-29 00:00:00")); n != 30 {
		t.Errorf("spring: %d minutes, want 30", n)
	}
	if n := open(at(t, "Europe/Berlin", "2026-10-25 00:00:00")); n != 90 {
		t.Errorf("autumn: %d minutes, want 90 (02:00–02:30 twice)", n)
	}
	if n := open(at(t, "Europe/Berlin", "2026-11-22 00:00:00")); n != 60 {
		t.Errorf("a plain Sunday: %d minutes", n)
	}
}

// TestNextAgreesWithIsOpen walks minute by minute over two weeks and over
// clock changes and compares.
func TestNextAgreesWithIsOpen(t *testing.T) {
	berlin := Calendar{Zone: "Europe/Berlin"}
	berlin.Week[time.Sunday] = []Span{{At(1, 30), At(2, 30)}, {At(22, 0), At(2, 15)}}
	berlin.Week[time.Saturday] = []Span{{At(20, 0), At(1, 0)}}
	shanghai := office()
	for _, c := range []struct {
		calendar *Calendar
		from     string
		days     int
	}{{&shanghai, "2026-09-28 00:00:00", 16}, {&berlin, "2026-03-28 00:00:00", 3}, {&berlin, "2026-10-24 00:00:00", 3}} {
		start := at(t, c.calendar.Zone, c.from)
		was, _ := c.calendar.IsOpen(start)
		want, wantOpen, ok := c.calendar.Next(start)
		for m := 1; m < c.days*24*60; m++ {
			now := start.Add(time.Duration(m) * time.Minute)
			is, _ := c.calendar.IsOpen(now)
			if is == was {
				continue
			}
			if !ok || !want.Equal(now) || wantOpen != is {
				t.Fatalf("%s changes to %v at %s, Next said %s %v", c.calendar.Zone, is, now, want, wantOpen)
			}
			was = is
			want, wantOpen, ok = c.calendar.Next(now)
		}
	}
	if _, _, ok := (&Calendar{Zone: "UTC"}).Next(time.Now()); ok {
		t.Error("never open, but it opens")
	}
}

func TestCheck(t *testing.T) {
	c := office()
	if bad := c.Check(); len(bad) > 0 {
		t.Fatalf("a good calendar: %v", bad)
	}
	c.Zone = "Local"
	c.Week[1] = append(c.Week[1], Span{At(11, 0), At(12, 30)})
	c.Week[2] = []Span{{At(9, 0), At(25, 0)}}
	c.Week[6] = []Span{{At(5, 0), At(8, 0)}} // Friday's night goes to 06:00
	c.Exceptions = append(c.Exceptions,
		Exception{Name: "中秋", First: Date{2026, 10, 7}, Last: Date{2026, 10, 8}},
		Exception{Name: "backwards", First: Date{2026, 12, 2}, Last: Date{2026, 12, 1}})
	var text []string
	for _, err := range c.Check() {
		text = append(text, err.Error())
	}
	all := strings.Join(text, "\n")
	for _, want := range []string{`"Local" is not a time zone`, "Monday: 09:00–12:00 overlaps 11:00–12:30", "Tuesday: a time of day",
		"Friday 22:00–06:00 reaches into Saturday 05:00–08:00", "中秋 shares days with 国庆节", "backwards ends (2026-12-01) before"} {
		if !strings.Contains(all, want) {
			t.Errorf("not found: %s", want)
		}
	}
	if len(text) != 6 {
		t.Errorf("%d mistakes:\n%s", len(text), all)
	}
}

func TestJSONComesBack(t *testing.T) {
	c := office()
	var back Calendar
	if err := json.Unmarshal([]byte(c.Text()), &back); err != nil {
		t.Fatal(err)
	}
	if back.Text() != c.Text() || !strings.Contains(c.Text(), `"from":"13:30"`) || !strings.Contains(c.Text(), `"2026-10-07"`) {
		t.Errorf("%s\n%s", c.Text(), back.Text())
	}
	for _, bad := range []string{"9:00", "24:01", "12:60", "ab:cd", "09:00 ", ""} {
		if _, err := ParseClock(bad); err == nil {
			t.Errorf("%q is a time of day", bad)
		}
	}
	var d Date
	for _, bad := range []string{"2026-02-30", "2026-1-1", "x"} {
		if err := d.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q is a day", bad)
		}
	}
}
