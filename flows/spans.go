package flows

import (
	"sort"
	"strconv"
	"strings"
	"time"
)

// span is a weekly time; minutes count from midnight. A span with to <= from
// goes on past midnight, and belongs to the day on which it begins.
type span struct {
	at
	text     string
	days     [7]bool // by time.Weekday
	from, to int
}

// dateSpan is a run of days, both ends included, as 20261001.
type dateSpan struct {
	at
	text     string
	from, to int
}

var dayNames = map[string]time.Weekday{
	"sun": time.Sunday, "mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday,
	"thu": time.Thursday, "fri": time.Friday, "sat": time.Saturday,
	"周日": time.Sunday, "周天": time.Sunday, "周一": time.Monday, "周二": time.Tuesday, "周三": time.Wednesday,
	"周四": time.Thursday, "周五": time.Friday, "周六": time.Saturday,
}

// spans reads a list of weekly spans such as "mon-fri 09:00-18:00".
func (r *nodeReader) spans(name string, v *value) []span {
	var out []span
	for _, item := range r.texts(name, v, 50) {
		s, ok := parseSpan(item.text)
		if !ok {
			r.add(item.at, "hours.span", item.text)
			continue
		}
		s.at = item.at
		for i := range out {
			if out[i].overlaps(&s) {
				r.add(item.at, "hours.overlap", item.text, out[i].text)
				break
			}
		}
		out = append(out, s)
	}
	return out
}

func parseSpan(text string) (span, bool) {
	s := span{text: text}
	days, clock, ok := strings.Cut(strings.TrimSpace(text), " ")
	if !ok {
		return s, false
	}
	days = strings.ToLower(strings.NewReplacer("星期", "周", "至", "-", "到", "-", "、", ",", "，", ",").Replace(days))
	from, to, ok := strings.Cut(strings.TrimSpace(clock), "-")
	if !ok {
		return s, false
	}
	var ok1, ok2 bool
	s.from, ok1 = parseClock(strings.TrimSpace(from))
	s.to, ok2 = parseClock(strings.TrimSpace(to))
	if !ok1 || !ok2 || s.from == s.to || s.from == 24*60 {
		return s, false
	}
	if days == "daily" || days == "每天" {
		s.days = [7]bool{true, true, true, true, true, true, true}
		return s, true
	}
	for _, part := range strings.Split(days, ",") {
		first, last, isRange := strings.Cut(part, "-")
		a, ok := dayNames[first]
		b := a
		if isRange {
			var okb bool
			b, okb = dayNames[last]
			ok = ok && okb
		}
		if !ok {
			return s, false
		}
		for d := a; ; d = (d + 1) % 7 {
			s.days[d] = true
			if d == b {
				break
			}
		}
	}
	return s, true
}

// parseClock reads 09:00 as minutes; 24:00 is the end of the day.
func parseClock(text string) (int, bool) {
	h, m, ok := strings.Cut(text, ":")
	if !ok || len(h) < 1 || len(h) > 2 || len(m) != 2 || !isDigits(h) || !isDigits(m) {
		return 0, false
	}
	hour, _ := strconv.Atoi(h)
	minute, _ := strconv.Atoi(m)
	if minute > 59 || hour > 24 || hour == 24 && minute > 0 {
		return 0, false
	}
	return hour*60 + minute, true
}

func (s *span) overnight() bool { return s.to <= s.from }

func (s *span) overlaps(o *span) bool {
	for _, a := range s.pieces() {
		for _, b := range o.pieces() {
			if a.day == b.day && a.from < b.to && b.from < a.to {
				return true
			}
		}
	}
	return false
}

type piece struct{ day, from, to int }

func (s *span) pieces() []piece {
	var out []piece
	for d, on := range s.days {
		switch {
		case on && s.overnight():
			out = append(out, piece{d, s.from, 24 * 60}, piece{(d + 1) % 7, 0, s.to})
		case on:
			out = append(out, piece{d, s.from, s.to})
		}
	}
	return out
}

// days reads a list of dates and spans of dates.
func (r *nodeReader) days(name string, v *value) []dateSpan {
	var out []dateSpan
	for _, item := range r.texts(name, v, 500) {
		first, last, isRange := strings.Cut(item.text, "..")
		if !isRange {
			last = first
		}
		a, ok1 := parseDate(first)
		b, ok2 := parseDate(last)
		if !ok1 || !ok2 || b < a {
			r.add(item.at, "hours.day", item.text)
			continue
		}
		out = append(out, dateSpan{item.at, item.text, a, b})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].from < out[j].from })
	for i := 1; i < len(out); i++ {
		if out[i].from <= out[i-1].to {
			r.add(out[i].at, "hours.again", out[i].text, out[i-1].text)
		}
	}
	return out
}

func parseDate(text string) (int, bool) {
	t, err := time.Parse("2006-01-02", strings.TrimSpace(text))
	return dateOf(t), err == nil
}

func dateOf(t time.Time) int {
	y, m, d := t.Date()
	return y*10000 + int(m)*100 + d
}

func within(list []dateSpan, t time.Time) bool {
	day := dateOf(t)
	for i := range list {
		if list[i].from <= day && day <= list[i].to {
			return true
		}
	}
	return false
}
