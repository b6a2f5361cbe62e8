package flows

import (
	"strconv"
	"strings"
	"time"
)

// SayAmount names the recordings that read an amount of money, e.g. 1005.32
// as 一千零五元三角二分. Signs for the eye (¥, commas, 元) are passed over and
// fractions of a 分 rounded. It gives false for what is no amount.
func SayAmount(lang, text string) ([]string, bool) {
	text = strings.TrimSpace(strings.NewReplacer("¥", "", "￥", "", ",", "", "，", "", "元", "", "CNY", "", "RMB", "").Replace(text))
	rest, negative := strings.CutPrefix(text, "-")
	whole, fraction, _ := strings.Cut(rest, ".")
	if !isDigits(whole) || len(whole) > 15 || fraction != "" && !isDigits(fraction) || strings.HasSuffix(rest, ".") {
		return nil, false
	}
	yuan, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return nil, false
	}
	digits := (fraction + "000")[:3]
	cents, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return nil, false
	}
	cents = (cents + 5) / 10
	yuan, cents = yuan+cents/100, cents%100
	var out []string
	if negative && (yuan > 0 || cents > 0) {
		out = append(out, "minus")
	}
	if lang == "en" {
		return englishAmount(out, yuan, cents), true
	}
	return chineseAmount(out, yuan, cents), true
}

func chineseAmount(out []string, yuan, cents int64) []string {
	if yuan > 0 || cents == 0 {
		out = append(append(out, SayCount("zh", yuan)...), "yuan")
	}
	jiao, fen := cents/10, cents%10
	switch {
	case jiao > 0:
		out = append(out, digitNames[jiao], "jiao")
	case fen > 0 && yuan > 0:
		out = append(out, "d0")
	}
	if fen > 0 {
		out = append(out, digitNames[fen], "fen")
	}
	return out
}

func englishAmount(out []string, yuan, cents int64) []string {
	out = append(out, SayNumber("en", yuan)...)
	if cents > 0 {
		out = append(out, "point", digitNames[cents/10])
		if cents%10 > 0 {
			out = append(out, digitNames[cents%10])
		}
	}
	return append(out, "yuan")
}

var (
	dateForms = []string{
		time.RFC3339Nano, "2006-01-02", "20060102", "2006/1/2", "2006.1.2", "2006年1月2日",
		"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04",
	}
	clockForms = []string{
		time.RFC3339Nano, "15:04", "15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04",
	}
)

// readTime reads a time in one of the forms. One that names its zone is
// turned into the given zone.
func readTime(text string, forms []string, zone *time.Location) (time.Time, bool) {
	if len(text) > 40 {
		return time.Time{}, false
	}
	for _, form := range forms {
		if t, err := time.Parse(form, text); err == nil {
			if form == time.RFC3339Nano {
				t = t.In(zone)
			}
			return t, true
		}
	}
	return time.Time{}, false
}

// SayDate names the recordings that read a date, e.g. 2026-10-01 as
// 二零二六年十月一日; a time that names its zone counts in the given one. It
// gives false for what is no date.
func SayDate(lang, text string, zone *time.Location) ([]string, bool) {
	t, ok := readTime(text, dateForms, zone)
	if !ok {
		return nil, false
	}
	y, m, d := t.Date()
	month := "month" + strconv.Itoa(int(m))
	if lang == "en" {
		return append(append([]string{month}, sayDay(d)...), sayYear(y)...), true
	}
	var out []string
	for _, c := range strconv.Itoa(y) {
		out = append(out, digitNames[c-'0'])
	}
	return append(append(out, "year", month), sayDay(d)...), true
}

// sayDay reads the day of a month in either language: 21 is 二十 and 一日,
// twenty and first.
func sayDay(d int) []string {
	switch {
	case d == 31:
		return []string{"n30", "day1"}
	case d > 20 && d < 30:
		return []string{"n20", "day" + strconv.Itoa(d-20)}
	}
	return []string{"day" + strconv.Itoa(d)}
}

// sayYear reads 2026 as twenty twenty-six and 2005 as two thousand five.
func sayYear(y int) []string {
	if y%1000 < 10 || y < 1000 {
		return SayNumber("en", int64(y))
	}
	out := english(nil, uint64(y/100))
	switch rest := y % 100; {
	case rest == 0:
		return append(out, "hundred")
	case rest < 10:
		out = append(out, "d0")
	}
	return english(out, uint64(y%100))
}

// SayTime names the recordings that read the time of a day, e.g. 14:05 as
// 十四点零五分; a time that names its zone counts in the given one. It gives
// false for what is no time.
func SayTime(lang, text string, zone *time.Location) ([]string, bool) {
	t, ok := readTime(text, clockForms, zone)
	if !ok {
		return nil, false
	}
	hour, minute := int64(t.Hour()), int64(t.Minute())
	if lang == "en" {
		out := SayNumber("en", hour)
		switch {
		case minute == 0:
			return append(out, "oclock"), true
		case minute < 10:
			out = append(out, "d0")
		}
		return append(out, SayNumber("en", minute)...), true
	}
	out := append(SayCount("zh", hour), "oclock")
	switch {
	case minute == 0:
		return out, true
	case minute < 10:
		out = append(out, "d0")
	}
	return append(append(out, SayNumber("zh", minute)...), "minute"), true
}
