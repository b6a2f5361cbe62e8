// Package hours is when an enterprise is open: calendars with weekly times,
// holidays and make-up workdays (作息). Whether a calendar is open at a time,
// and when that changes next, is computed from the calendar alone.
package hours

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"switchdesk/internal/fault"
)

// Calendar is one named set of opening hours of an account.
type Calendar struct {
	ID        int64     `json:"id"`
	AccountID int64     `json:"-"`
	Name      string    `json:"name"`
	Timezone  string    `json:"timezone,omitempty"` // "": the account's
	Weekly    []Span    `json:"weekly" gorm:"serializer:json"`
	Days      []Day     `json:"days" gorm:"serializer:json"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// TableName names the table.
func (Calendar) TableName() string { return "calendars" }

// Range is a time of day from a minute up to, not with, another. One that
// ends before it begins goes on past midnight and belongs to the day on which
// it begins.
type Range struct {
	From Minute `json:"from"`
	To   Minute `json:"to"`
}

// Span is a Range on some days of every week; 1 is Monday, 7 Sunday.
type Span struct {
	Days []int `json:"days"`
	Range
}

// Kind is what is different about a Day.
type Kind string

// The kinds of days.
const (
	Holiday Kind = "holiday" // closed all day
	Workday Kind = "workday" // open as on the weekday As (调休上班)
	Special Kind = "special" // open at Hours, whatever the week says
)

// Day is a date, or a run of dates with both ends, that the week's times
// don't hold for.
type Day struct {
	From  Date    `json:"from"`
	To    Date    `json:"to"`
	Kind  Kind    `json:"kind"`
	Name  string  `json:"name,omitempty"`
	As    int     `json:"as,omitempty"`    // of a Workday: 1 is Monday; 0 is Monday too
	Hours []Range `json:"hours,omitempty"` // of a Special day
}

// Minute counts from midnight; 24:00 is the end of the day.
type Minute int

// String is 09:00.
func (m Minute) String() string { return fmt.Sprintf("%02d:%02d", int(m)/60, int(m)%60) }

// MarshalText writes 09:00.
func (m Minute) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads 09:00. It fails with Invalid.
func (m *Minute) UnmarshalText(b []byte) error {
	v, err := ParseMinute(string(b))
	*m = v
	return err
}

// ParseMinute reads a time of day such as 9:00 or 24:00. It fails with
// Invalid.
func ParseMinute(text string) (Minute, error) {
	h, m, ok := strings.Cut(strings.TrimSpace(text), ":")
	hour, err1 := strconv.ParseUint(h, 10, 8)
	minute, err2 := strconv.ParseUint(m, 10, 8)
	if !ok || len(h) > 2 || len(m) != 2 || err1 != nil || err2 != nil || minute > 59 || hour*60+minute > 24*60 {
		return 0, fault.New(fault.Invalid, "hours.clock", "%q is not a time of day such as 09:00", clip(text))
	}
	return Minute(hour*60 + minute), nil
}

// Date is a day of the calendar, as 20261001.
type Date int

// DateOf is the date that t's clock shows.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date(y*10000 + int(m)*100 + d)
}

func (d Date) split() (int, time.Month, int) {
	return int(d) / 10000, time.Month(int(d) / 100 % 100), int(d) % 100
}

// Add goes n days on, or back.
func (d Date) Add(n int) Date {
	y, m, day := d.split()
	return DateOf(time.Date(y, m, day+n, 12, 0, 0, 0, time.UTC))
}

// Weekday is 1 for Monday to 7 for Sunday.
func (d Date) Weekday() int {
	y, m, day := d.split()
	if w := time.Date(y, m, day, 12, 0, 0, 0, time.UTC).Weekday(); w != time.Sunday {
		return int(w)
	}
	return 7
}

// String is 2026-10-01.
func (d Date) String() string {
	y, m, day := d.split()
	return fmt.Sprintf("%04d-%02d-%02d", y, int(m), day)
}

// MarshalText writes 2026-10-01.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads 2026-10-01. It fails with Invalid.
func (d *Date) UnmarshalText(b []byte) error {
	v, err := ParseDate(string(b))
	*d = v
	return err
}

// ParseDate reads 2026-10-01. It fails with Invalid.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, strings.TrimSpace(text))
	if err != nil || t.Year() < 2000 || t.Year() > 2199 {
		return 0, fault.New(fault.Invalid, "hours.date", "%q is not a date such as 2026-10-01", clip(text))
	}
	return DateOf(t), nil
}

func (r Range) overnight() bool { return r.To <= r.From }

// String is 09:00-18:00.
func (r Range) String() string { return r.From.String() + "-" + r.To.String() }

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
