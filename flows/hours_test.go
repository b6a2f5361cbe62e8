package flows

import (
	"testing"
	"time"
)

func TestHours(t *testing.T) {
	f := parsed(t, `
name: x
start: t
nodes:
  t:
    kind: hours
    open: ["mon-fri 09:00-18:00", "fri 22:00-02:00", "sun 20:00-24:00"]
    named: office
    holidays: [2026-10-01..2026-10-07]
    workdays: [2026-10-10]
    exits: {open: a, closed: b, holiday: c}
  a: {kind: hangup}
  b: {kind: hangup}
  c: {kind: hangup}
`)
	for _, c := range []struct {
		at, want, why string
	}{
		{"2026-11-23 09:00", "a", "a span begins with its first minute"},
		{"2026-11-23 08:59", "b", ""},
		{"2026-11-23 17:59", "a", ""},
		{"2026-11-23 18:00", "b", "a span ends before its last minute"},
		{"2026-11-27 23:30", "a", "Friday night"},
		{"2026-11-28 01:59", "a", "Friday night, on Saturday"},
		{"2026-11-28 02:00", "b", ""},
		{"2026-11-28 09:30", "b", "Saturday"},
		{"2026-11-29 23:59", "a", "Sunday until midnight"},
		{"2026-11-30 00:00", "b", ""},
		{"2026-10-01 10:00", "c", "holiday on a Thursday"},
		{"2026-10-03 01:00", "c", "the Friday before was a holiday, so its night is too"},
		{"2026-10-07 23:59", "c", "last minute of the holiday"},
		{"2026-10-08 10:00", "a", ""},
		{"2026-10-10 10:00", "a", "a Saturday worked as a Monday"},
		{"2026-10-10 19:00", "b", ""},
		{"2026-11-23 20:15", "a", "named hours"},
		{"2026-10-05 20:15", "c", "named hours, but a holiday"},
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04", c.at, zone)
		if err != nil {
			t.Fatal(err)
		}
		env := Env{Now: now, Hours: func(name string, at time.Time) bool {
			return name == "office" && at.Hour() == 20 && at.Minute() == 15
		}}
		r, _, _ := f.Begin(env)
		if r.Node != c.want {
			t.Errorf("%s: exit %s, want %s (%s)", c.at, r.Node, c.want, c.why)
		}
	}
}

func TestCallerCases(t *testing.T) {
	f := parsed(t, `
name: x
start: w
nodes:
  w:
    kind: caller
    cases:
      - {blacklisted: true, go: black}
      - {number: ["138*", "+86 139-0000-0000"], repeat: true, go: again}
      - {region: [浙江, 上海], service: "4008001000", go: east}
      - {customer: {level: vip, city: 杭州}, go: vip}
    exits: {other: other}
  black: {kind: hangup}
  again: {kind: hangup}
  east: {kind: hangup}
  vip: {kind: hangup}
  other: {kind: hangup}
`)
	vip := map[string]string{"level": "vip", "city": "杭州"}
	for _, c := range []struct {
		env  Env
		want string
	}{
		{Env{From: "13800138000", Blacklisted: true, Repeat: true}, "black"},
		{Env{From: "13800138000", Repeat: true}, "again"},
		{Env{From: "+8613800138000", Repeat: true}, "again"},
		{Env{From: "13900000000", Repeat: true}, "again"},
		{Env{From: "139000000001", Repeat: true}, "other"},
		{Env{From: "13800138000"}, "other"},
		{Env{From: "0571", Region: "浙江省杭州市", To: "400-800-1000"}, "east"},
		{Env{From: "0571", Region: "浙江省杭州市", To: "4008001001"}, "other"},
		{Env{Customer: vip}, "vip"},
		{Env{Customer: map[string]string{"level": "vip"}}, "other"},
	} {
		if r, _, _ := f.Begin(c.env); r.Node != c.want {
			t.Errorf("%+v goes to %s, want %s", c.env, r.Node, c.want)
		}
	}
}
