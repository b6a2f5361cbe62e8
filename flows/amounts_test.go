package flows

import (
	"strings"
	"testing"
	"time"
)

// heardAs is what the recordings of these names say.
func heardAs(t *testing.T, lang string, names []string) string {
	t.Helper()
	var out []Prompt
	for _, n := range names {
		if !IsBuiltin(n) {
			t.Errorf("no recording %s", n)
		}
		out = append(out, Prompt{File: n, Lang: lang})
	}
	return Words(out)
}

func TestAmounts(t *testing.T) {
	for _, c := range []struct{ text, zh, en string }{
		{"1005.32", "一千零五元三角二分", "one thousand five point three two yuan"},
		{"¥1,005.30", "一千零五元三角", "one thousand five point three yuan"},
		{"100", "一百元", "one hundred yuan"},
		{"100元", "一百元", "one hundred yuan"},
		{"2", "两元", "two yuan"},
		{"0", "零元", "zero yuan"},
		{"0.5", "五角", "zero point five yuan"},
		{"0.05", "五分", "zero point zero five yuan"},
		{"3.05", "三元零五分", "three point zero five yuan"},
		{"-12.3", "负十二元三角", "minus twelve point three yuan"},
		{"-0.00", "零元", "zero yuan"},
		{"9.999", "十元", "ten yuan"},
		{"1.994", "一元九角九分", "one point nine nine yuan"},
	} {
		zh, ok1 := SayAmount("zh", c.text)
		en, ok2 := SayAmount("en", c.text)
		if got := heardAs(t, "zh", zh); !ok1 || got != c.zh {
			t.Errorf("%s: %v %s, not %s", c.text, ok1, got, c.zh)
		}
		if got := heardAs(t, "en", en); !ok2 || got != c.en {
			t.Errorf("%s: %v %s, not %s", c.text, ok2, got, c.en)
		}
	}
	for _, text := range []string{"", "x", "1.", ".5", "1.2.3", "--1", "1e3", "NaN", strings.Repeat("9", 16), "1.x"} {
		if names, ok := SayAmount("zh", text); ok {
			t.Errorf("%q is taken as %v", text, names)
		}
	}
}

func TestDatesAndTimes(t *testing.T) {
	for _, c := range []struct{ how, text, zh, en string }{
		{"date", "2026-10-01", "二零二六年十月一日", "October first twenty twenty six"},
		{"date", "20261231", "二零二六年十二月三十一日", "December thirty first twenty twenty six"},
		{"date", "2026/2/21", "二零二六年二月二十一日", "February twenty first twenty twenty six"},
		{"date", "2005-03-20 10:00", "二零零五年三月二十日", "March twentieth two thousand five"},
		{"date", "1908-05-30", "一九零八年五月三十日", "May thirtieth nineteen zero eight"},
		{"date", "1900-05-11", "一九零零年五月十一日", "May eleventh nineteen hundred"},
		{"date", "2026-10-01T20:00:00Z", "二零二六年十月二日", "October second twenty twenty six"},
		{"time", "09:00", "九点", "nine o'clock"},
		{"time", "14:05", "十四点零五分", "fourteen zero five"},
		{"time", "2:30", "两点三十分", "two thirty"},
		{"time", "2026-10-01 00:00:59", "零点", "zero o'clock"},
		{"time", "2026-10-01T06:15:00Z", "十四点十五分", "fourteen fifteen"},
	} {
		say := SayDate
		if c.how == "time" {
			say = SayTime
		}
		zh, ok1 := say("zh", c.text, zone)
		en, ok2 := say("en", c.text, zone)
		if got := heardAs(t, "zh", zh); !ok1 || got != c.zh {
			t.Errorf("%s: %v %s, not %s", c.text, ok1, got, c.zh)
		}
		if got := heardAs(t, "en", en); !ok2 || got != c.en {
			t.Errorf("%s: %v %s, not %s", c.text, ok2, got, c.en)
		}
	}
	for _, text := range []string{"", "2026-13-01", "tomorrow", "25:00", strings.Repeat("1", 100)} {
		_, ok1 := SayDate("zh", text, time.UTC)
		_, ok2 := SayTime("zh", text, time.UTC)
		if ok1 || ok2 {
			t.Errorf("%q is taken", text)
		}
	}
}

// Every day of four years is said without a gap in both languages.
func TestEveryDayCanBeSaid(t *testing.T) {
	for d := time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() < 2003; d = d.AddDate(0, 0, 1) {
		for _, lang := range []string{"zh", "en"} {
			names, ok := SayDate(lang, d.Format("2006-01-02"), time.UTC)
			if !ok || len(names) < 3 {
				t.Fatal(d, lang)
			}
			heardAs(t, lang, names)
		}
	}
}
