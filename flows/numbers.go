package flows

import "time"

// maxSpoken is how many digits of a text are spoken at most.
const maxSpoken = 40

var digitNames = [10]string{"d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9"}

// SayDigits names the recordings that read out a telephone number, an order
// number or keys one by one; everything else in the text is passed over.
// In "zh" a 1 is read 幺, as in telephone numbers.
func SayDigits(lang, text string) []string {
	var out []string
	for i := 0; i < len(text) && len(out) < maxSpoken; i++ {
		switch c := text[i]; {
		case c == '1' && lang != "en":
			out = append(out, "yao")
		case c >= '0' && c <= '9':
			out = append(out, digitNames[c-'0'])
		case c == '*':
			out = append(out, "star")
		case c == '#':
			out = append(out, "hash")
		case c == '+':
			out = append(out, "plus")
		}
	}
	return out
}

// SayNumber names the recordings that read a whole number, e.g. 105 as
// 一百零五. Numbers of 10^12 and above are read digit by digit.
func SayNumber(lang string, n int64) []string {
	var out []string
	u := uint64(n)
	if n < 0 {
		out = append(out, "minus")
		u = -u
	}
	switch {
	case u >= 1_000_000_000_000:
		for div := uint64(1_000_000_000_000_000_000); div > 0; div /= 10 {
			if u >= div || len(out) > 1 {
				out = append(out, digitNames[u/div%10])
			}
		}
		return out
	case u == 0:
		return append(out, "d0")
	case lang == "en":
		return english(out, u)
	}
	return chinese(out, u)
}

// SayCount is SayNumber before a measure word: 2 is read 两, as in 两位.
func SayCount(lang string, n int64) []string {
	if n == 2 && lang != "en" {
		return []string{"liang"}
	}
	return SayNumber(lang, n)
}

// chinese reads groups of four digits: 亿, 万, and the rest.
func chinese(out []string, n uint64) []string {
	begin := len(out)
	gap := false
	for _, g := range []struct {
		size uint64
		name string
	}{{100_000_000, "yi"}, {10_000, "wan"}, {1, ""}} {
		group := n / g.size % 10_000
		if group == 0 {
			gap = gap || len(out) > begin
			continue
		}
		if len(out) > begin && (gap || group < 1000) {
			out = append(out, "d0")
		}
		gap = false
		if group == 2 && g.name != "" {
			out = append(out, "liang")
		} else {
			out = chineseGroup(out, group, len(out) == begin)
		}
		if g.name != "" {
			out = append(out, g.name)
		}
	}
	return out
}

// chineseGroup reads 1 to 9999; first says that nothing was read before, so
// that 12 is 十二 and not 一十二.
func chineseGroup(out []string, n uint64, first bool) []string {
	begin := len(out)
	gap := false
	for _, d := range []struct {
		size uint64
		name string
	}{{1000, "thousand"}, {100, "hundred"}, {10, "ten"}, {1, ""}} {
		digit := n / d.size % 10
		if digit == 0 {
			gap = gap || len(out) > begin
			continue
		}
		if gap {
			out = append(out, "d0")
			gap = false
		}
		switch {
		case digit == 2 && d.size >= 100:
			out = append(out, "liang")
		case digit == 1 && d.size == 10 && first && len(out) == begin:
		default:
			out = append(out, digitNames[digit])
		}
		if d.name != "" {
			out = append(out, d.name)
		}
	}
	return out
}

var (
	englishTeens = [10]string{"ten", "n11", "n12", "n13", "n14", "n15", "n16", "n17", "n18", "n19"}
	englishTens  = [10]string{"", "", "n20", "n30", "n40", "n50", "n60", "n70", "n80", "n90"}
)

func english(out []string, n uint64) []string {
	for _, g := range []struct {
		size uint64
		name string
	}{{1_000_000_000, "billion"}, {1_000_000, "million"}, {1000, "thousand"}, {1, ""}} {
		group := n / g.size % 1000
		if group == 0 {
			continue
		}
		if group >= 100 {
			out = append(out, digitNames[group/100], "hundred")
		}
		switch rest := group % 100; {
		case rest == 0:
		case rest < 10:
			out = append(out, digitNames[rest])
		case rest < 20:
			out = append(out, englishTeens[rest-10])
		default:
			out = append(out, englishTens[rest/10])
			if rest%10 != 0 {
				out = append(out, digitNames[rest%10])
			}
		}
		if g.name != "" {
			out = append(out, g.name)
		}
	}
	return out
}

// SayPosition names the recordings that tell a waiting caller how many are
// ahead: 您前面还有…位, or 您是下一位.
func SayPosition(lang string, ahead int) []string {
	if ahead <= 0 {
		return []string{"queue_next"}
	}
	out := append([]string{"queue_position_prefix"}, SayCount(lang, int64(ahead))...)
	if lang == "en" {
		return out
	}
	return append(out, "queue_position_suffix")
}

// SayWait names the recordings that tell the estimated wait, in minutes
// rounded up; "" for a wait that is not known (zero or less).
func SayWait(lang string, wait time.Duration) []string {
	switch {
	case wait <= 0:
		return nil
	case wait < time.Minute:
		return []string{"wait_under_minute"}
	}
	minutes := int64((wait + time.Minute - 1) / time.Minute)
	out := append([]string{"wait_estimate_prefix"}, SayCount(lang, minutes)...)
	return append(out, "wait_estimate_suffix")
}
