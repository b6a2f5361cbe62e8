package flows

import (
	"strings"
	"testing"
	"time"
)

func spell(lang string, names []string) string {
	texts := map[string]Builtin{}
	for _, b := range Builtins {
		texts[b.Name] = b
	}
	var out []string
	for _, n := range names {
		b, ok := texts[n]
		if !ok {
			return "no recording " + n
		}
		if lang == "en" {
			out = append(out, b.EN)
		} else {
			out = append(out, b.ZH)
		}
	}
	if lang == "en" {
		return strings.Join(out, " ")
	}
	return strings.Join(out, "")
}

func TestNumbersAreReadAsPeopleReadThem(t *testing.T) {
	for _, c := range []struct {
		n      int64
		zh, en string
	}{
		{0, "零", "zero"},
		{2, "二", "two"},
		{10, "十", "ten"},
		{12, "十二", "twelve"},
		{20, "二十", "twenty"},
		{21, "二十一", "twenty one"},
		{100, "一百", "one hundred"},
		{102, "一百零二", "one hundred two"},
		{110, "一百一十", "one hundred ten"},
		{200, "两百", "two hundred"},
		{222, "两百二十二", "two hundred twenty two"},
		{1000, "一千", "one thousand"},
		{1002, "一千零二", "one thousand two"},
		{1010, "一千零一十", "one thousand ten"},
		{2200, "两千两百", "two thousand two hundred"},
		{10000, "一万", "ten thousand"},
		{11000, "一万一千", "eleven thousand"},
		{20000, "两万", "twenty thousand"},
		{10500, "一万零五百", "ten thousand five hundred"},
		{100010, "十万零一十", "one hundred thousand ten"},
		{120000, "十二万", "one hundred twenty thousand"},
		{1000001, "一百万零一", "one million one"},
		{200000000, "两亿", "two hundred million"},
		{100001000, "一亿零一千", "one hundred million one thousand"},
		{-5, "负五", "minus five"},
		{1000000000000, "一零零零零零零零零零零零零", "one zero zero zero zero zero zero zero zero zero zero zero zero"},
	} {
		if got := spell("zh", SayNumber("zh", c.n)); got != c.zh {
			t.Errorf("%d is read %s, want %s", c.n, got, c.zh)
		}
		if got := spell("en", SayNumber("en", c.n)); got != c.en {
			t.Errorf("%d is read %q, want %q", c.n, got, c.en)
		}
	}
	for n := int64(-2000); n < 300000; n += 7 {
		if got := spell("zh", SayNumber("zh", n)) + spell("en", SayNumber("en", n)); strings.Contains(got, "no recording") {
			t.Fatalf("%d: %s", n, got)
		}
	}
	for _, n := range []int64{-1 << 63, 1<<63 - 1} {
		if got := SayNumber("zh", n); len(got) < 19 || len(got) > 20 {
			t.Errorf("%d: %v", n, got)
		}
	}
}

func TestDigitsAreReadOneByOne(t *testing.T) {
	if got := spell("zh", SayDigits("zh", "+86 138-0*#")); got != "加八六幺三八零星号井号" {
		t.Error(got)
	}
	if got := spell("en", SayDigits("en", "81")); got != "eight one" {
		t.Error(got)
	}
	if got := SayDigits("zh", strings.Repeat("1", 1000)); len(got) != maxSpoken {
		t.Errorf("%d digits spoken", len(got))
	}
}

func TestAnnouncements(t *testing.T) {
	for want, got := range map[string][]string{
		"您前面还有两位。":   SayPosition("zh", 2),
		"您前面还有十二位。":  SayPosition("zh", 12),
		"您是下一位。":     SayPosition("zh", 0),
		"预计等待两分钟。":   SayWait("zh", 61*time.Second),
		"预计等待不到一分钟。": SayWait("zh", time.Second),
		"":           SayWait("zh", 0),
	} {
		if s := spell("zh", got); s != want {
			t.Errorf("%s, want %s", s, want)
		}
	}
	if s := spell("en", SayPosition("en", 3)); s != "Callers ahead of you: three" {
		t.Error(s)
	}
}

func TestBuiltinNamesAreUniqueAndComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, b := range Builtins {
		if seen[b.Name] || b.ZH == "" || b.EN == "" || strings.Trim(b.Name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			t.Errorf("%+v", b)
		}
		seen[b.Name] = true
	}
	for _, s := range Specs() {
		for _, x := range s.Exits {
			for _, name := range x.Says {
				if !IsBuiltin(name) {
					t.Errorf("%s.%s says %s", s.Kind, x.Name, name)
				}
			}
		}
	}
}
