package hours

import (
	"bufio"
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Problem is a line of an imported list that could not be read.
type Problem struct {
	Line int
	Code string // stable: date, kind, dates, repeat, many
	Text string // what stood there
}

// String is the problem in English.
func (p Problem) String() string { return fmt.Sprintf("line %d: %s: %s", p.Line, p.Code, p.Text) }

// Read reads a list of days: iCalendar, or lines of text or CSV such as
//
//	2026-10-01..2026-10-07,holiday,国庆节
//	2026/10/10	上班	国庆节调休
//
// in UTF-8 or GB18030. Lines that can't be read are told, the others are
// given; nothing is refused whole.
func Read(data []byte) ([]Day, []Problem) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		if decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data); err == nil {
			data = decoded
		}
	}
	r := &reader{}
	if bytes.HasPrefix(bytes.ToUpper(bytes.TrimSpace(data)), []byte("BEGIN:VCALENDAR")) {
		r.calendar(data)
	} else {
		r.lines(data)
	}
	return r.days, r.problems
}

type reader struct {
	days     []Day
	problems []Problem
	line     int
}

func (r *reader) bad(code, text string) {
	if len(r.problems) < 50 {
		r.problems = append(r.problems, Problem{r.line, code, clip(text)})
	}
}

func (r *reader) add(d Day, text string) {
	if len(r.days) >= MaxDays {
		r.bad("many", text)
		return
	}
	if d.Kind == Workday {
		d.As = 1
	}
	if err := d.check(""); err != nil {
		r.bad("dates", text)
		return
	}
	for _, o := range r.days {
		if d.From <= o.To && o.From <= d.To {
			r.bad("repeat", text)
			return
		}
	}
	r.days = append(r.days, d)
}

func (r *reader) lines(data []byte) {
	scan := bufio.NewScanner(bytes.NewReader(data))
	for scan.Scan() {
		r.line++
		line := strings.TrimSpace(scan.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		parts := strings.FieldsFunc(line, func(c rune) bool { return strings.ContainsRune(",，;\t", c) })
		if len(parts) == 1 {
			parts = strings.Fields(line)
		}
		if len(parts) == 0 {
			continue
		}
		for i := range parts {
			parts[i] = strings.Trim(strings.TrimSpace(parts[i]), `"`)
		}
		from, to, ok := dates(parts[0])
		if !ok {
			if r.line > 1 || strings.ContainsAny(line, "0123456789") {
				r.bad("date", line)
			}
			continue // a first line without a digit is a heading
		}
		r.record(from, to, parts[1:], line)
	}
	if scan.Err() != nil {
		r.line++
		r.bad("many", "")
	}
}

// record reads what stands behind the dates: another date, a kind, a name.
func (r *reader) record(from, to Date, rest []string, line string) {
	d := Day{From: from, To: to, Kind: Holiday}
	if len(rest) > 0 {
		if end, ok := date(rest[0]); ok {
			d.To, rest = end, rest[1:]
		}
	}
	if len(rest) > 0 {
		kind, ok := kindOf(rest[0])
		switch {
		case ok:
			d.Kind, rest = kind, rest[1:]
		case len(rest) > 1:
			r.bad("kind", line)
			return
		}
	}
	d.Name = strings.TrimSpace(strings.Join(rest, " "))
	r.add(d, line)
}

func kindOf(word string) (Kind, bool) {
	switch strings.ToLower(strings.TrimSpace(word)) {
	case "holiday", "off", "closed", "休", "放假", "休息", "节假日", "假期":
		return Holiday, true
	case "workday", "work", "班", "上班", "调休", "补班", "调休上班", "工作日":
		return Workday, true
	}
	return "", false
}

// dates reads one date or two with .. or ~ between them.
func dates(text string) (Date, Date, bool) {
	for _, sep := range []string{"..", "~", "～", "至"} {
		if a, b, ok := strings.Cut(text, sep); ok {
			from, ok1 := date(a)
			to, ok2 := date(b)
			return from, to, ok1 && ok2
		}
	}
	d, ok := date(text)
	return d, d, ok
}

// date reads 2026-10-01, 2026/10/1, 2026.10.1, 20261001 or 2026年10月1日.
func date(text string) (Date, bool) {
	text = strings.TrimSpace(text)
	if len(text) == 8 && strings.Trim(text, "0123456789") == "" {
		text = text[:4] + "-" + text[4:6] + "-" + text[6:]
	}
	parts := strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune("-/.年月日", c) })
	if len(parts) != 3 || len(parts[0]) != 4 {
		return 0, false
	}
	for i := 1; i < 3; i++ {
		if len(parts[i]) == 1 {
			parts[i] = "0" + parts[i]
		}
	}
	d, err := ParseDate(strings.Join(parts, "-"))
	return d, err == nil
}

// calendar reads the whole-day events of an iCalendar.
func (r *reader) calendar(data []byte) {
	var d Day
	var inside, repeats bool
	var summary string
	for _, line := range unfolded(data) {
		r.line = line.number
		name, value, _ := strings.Cut(line.text, ":")
		name, _, _ = strings.Cut(strings.ToUpper(name), ";")
		switch {
		case name == "BEGIN" && strings.EqualFold(value, "VEVENT"):
			d, inside, repeats, summary = Day{Kind: Holiday}, true, false, ""
		case !inside:
		case name == "DTSTART":
			d.From, _ = date(firstEight(value))
		case name == "DTEND":
			if end, ok := date(firstEight(value)); ok {
				d.To = end
				if len(value) == 8 {
					d.To = end.Add(-1) // the end of whole days is the day after
				}
			}
		case name == "RRULE":
			repeats = true
		case name == "SUMMARY":
			summary = strings.NewReplacer(`\,`, ",", `\;`, ";", `\n`, " ", `\N`, " ", `\\`, `\`).Replace(value)
		case name == "END" && strings.EqualFold(value, "VEVENT"):
			inside = false
			r.event(d, repeats, summary)
		}
	}
}

func (r *reader) event(d Day, repeats bool, summary string) {
	switch {
	case d.From == 0:
		r.bad("date", summary)
		return
	case repeats:
		r.bad("repeat", summary)
		return
	}
	for _, word := range []string{"上班", "补班", "班)", "班）", "Workday", "workday"} {
		if strings.Contains(summary, word) || strings.HasSuffix(summary, "班") {
			d.Kind = Workday
		}
	}
	d.Name = strings.TrimSpace(summary)
	r.add(d, summary)
}

func firstEight(s string) string { return s[:min(8, len(s))] }

type textLine struct {
	number int
	text   string
}

// unfolded joins lines that go on with a blank, as iCalendar writes them.
func unfolded(data []byte) []textLine {
	var out []textLine
	for i, raw := range strings.Split(string(data), "\n") {
		raw = strings.TrimRight(raw, "\r")
		if len(out) > 0 && raw != "" && (raw[0] == ' ' || raw[0] == '\t') {
			out[len(out)-1].text += raw[1:]
			continue
		}
		out = append(out, textLine{i + 1, strings.TrimSpace(raw)})
	}
	return out
}
