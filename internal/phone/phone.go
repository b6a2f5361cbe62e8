// Package phone brings telephone numbers into one form, so that the same
// number written in two ways is found: Chinese ones as dialled at home
// (13957112345, 057188886666, 4001234567, 10086), others with + and country.
package phone

import (
	"regexp"
	"strings"
)

var (
	mobile        = regexp.MustCompile(`^1[3-9][0-9]{9}$`)
	freephone     = regexp.MustCompile(`^[48]00[0-9]{7}$`)
	landline      = regexp.MustCompile(`^0(10|2[0-9]|[3-9][0-9]{2})[2-9][0-9]{6,7}$`)
	hotline       = regexp.MustCompile(`^9[56][0-9]{3,6}$`)
	carrier       = regexp.MustCompile(`^1[0-2][0-9]{1,3}$`)
	extension     = regexp.MustCompile(`^[1-9][0-9]{2,5}$`)
	international = regexp.MustCompile(`^\+[1-9][0-9]{5,14}$`)
)

// Normalize gives the one form of a number, or "" if the text is no number:
// an anonymous caller, a name, something too long. SIP and tel addresses are
// taken apart.
func Normalize(raw string) string {
	s := strings.TrimSpace(raw)
	for _, scheme := range []string{"sips:", "sip:", "tel:"} {
		if len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			s = s[len(scheme):]
			break
		}
	}
	if i := strings.IndexAny(s, "@;"); i >= 0 {
		s = s[:i]
	}
	s, ok := digits(s)
	if !ok {
		return ""
	}
	s = home(s)
	if len(s) > 24 || strings.Trim(s, "+") == "" {
		return ""
	}
	return s
}

// digits keeps what can be dialled and drops what only groups it.
func digits(s string) (string, bool) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9', r == '*', r == '#':
			b.WriteRune(r)
		case r >= '０' && r <= '９':
			b.WriteRune('0' + r - '０')
		case (r == '+' || r == '＋') && b.Len() == 0:
			b.WriteByte('+')
		case strings.ContainsRune(" \u00a0\u3000\t-–—－()（）./·", r):
		default:
			return "", false
		}
	}
	return b.String(), true
}

// home takes the prefixes off that a Chinese number carries abroad.
func home(s string) string {
	if rest, ok := strings.CutPrefix(s, "00"); ok && len(rest) > 5 {
		s = "+" + strings.TrimPrefix(rest, "+")
	}
	if rest, ok := strings.CutPrefix(s, "+86"); ok {
		rest = strings.TrimPrefix(rest, "0")
		switch {
		case mobile.MatchString(rest), freephone.MatchString(rest), hotline.MatchString(rest), carrier.MatchString(rest):
			return rest
		case len(rest) >= 9 && len(rest) <= 12:
			return "0" + rest
		}
		return rest
	}
	if rest, ok := strings.CutPrefix(s, "86"); ok {
		if mobile.MatchString(rest) {
			return rest
		}
		if landline.MatchString("0"+rest) && len(s) >= 12 {
			return "0" + rest
		}
	}
	if rest, ok := strings.CutPrefix(s, "0"); ok && mobile.MatchString(rest) {
		return rest
	}
	return s
}

// Kind is what sort of number a normalized one is.
type Kind string

const (
	Mobile        Kind = "mobile"
	Landline      Kind = "landline"
	Freephone     Kind = "freephone" // 400 and 800
	Hotline       Kind = "hotline"   // 95xxx and 96xxx
	Carrier       Kind = "carrier"   // 10086, 114, 110
	Extension     Kind = "extension" // an agent's number
	International Kind = "international"
	Other         Kind = "other"
)

// KindOf sorts a normalized number by its form alone.
func KindOf(number string) Kind {
	switch {
	case mobile.MatchString(number):
		return Mobile
	case freephone.MatchString(number):
		return Freephone
	case landline.MatchString(number):
		return Landline
	case hotline.MatchString(number):
		return Hotline
	case carrier.MatchString(number):
		return Carrier
	case international.MatchString(number):
		return International
	case extension.MatchString(number):
		return Extension
	}
	return Other
}

// Dialable tells whether a normalized number can be given to a trunk.
func Dialable(number string) bool {
	if len(number) < 3 || len(number) > 20 {
		return false
	}
	for i, r := range number {
		if (r < '0' || r > '9') && (r != '+' || i > 0) {
			return false
		}
	}
	return true
}

// Display groups a normalized number the way people read it.
func Display(number string) string {
	switch KindOf(number) {
	case Mobile:
		return number[:3] + " " + number[3:7] + " " + number[7:]
	case Freephone:
		return number[:3] + " " + number[3:6] + " " + number[6:]
	case Landline:
		area := 4
		if number[1] == '1' || number[1] == '2' {
			area = 3
		}
		rest := number[area:]
		return number[:area] + " " + rest[:len(rest)-4] + " " + rest[len(rest)-4:]
	}
	return number
}
