package xlsx

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// begin writes a cell's start up to its attributes.
func (w *Writer) begin() bool {
	if w.err != nil || w.col >= len(w.letters) {
		return false
	}
	w.buf = append(w.buf, `<c r="`...)
	w.buf = append(w.buf, w.letters[w.col]...)
	w.buf = append(w.buf, w.row...)
	w.col++
	return true
}

// Skip leaves a cell empty.
func (w *Writer) Skip() { w.col++ }

// Int writes a whole number.
func (w *Writer) Int(n int64) {
	if !w.begin() {
		return
	}
	w.buf = append(w.buf, `"><v>`...)
	w.buf = strconv.AppendInt(w.buf, n, 10)
	w.buf = append(w.buf, "</v></c>"...)
}

// Float writes a number; one that is none is left out.
func (w *Writer) Float(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		w.Skip()
		return
	}
	if !w.begin() {
		return
	}
	w.buf = append(w.buf, `"><v>`...)
	w.buf = strconv.AppendFloat(w.buf, f, 'g', -1, 64)
	w.buf = append(w.buf, "</v></c>"...)
}

// Time writes a date with its time to the second, as the options' zone shows
// it; the zero time, and what Excel's calendar does not know, is left empty.
func (w *Writer) Time(t time.Time) {
	if t.IsZero() {
		w.Skip()
		return
	}
	_, offset := t.In(w.opts.Zone).Zone()
	seconds := t.Unix() + int64(offset) + 25569*86400 // Excel's day 0 is 1899-12-30
	if seconds < 61*86400 {                           // before March 1900 its calendar is wrong
		w.Skip()
		return
	}
	if !w.begin() {
		return
	}
	w.buf = append(w.buf, `" s="2"><v>`...)
	w.buf = strconv.AppendInt(w.buf, seconds/86400, 10)
	if rest := seconds % 86400; rest > 0 {
		fraction := (rest*1_000_000_000 + 43_200) / 86_400
		w.buf = append(w.buf, '.')
		for scale := int64(100_000_000); scale > 0; scale /= 10 {
			w.buf = append(w.buf, byte('0'+fraction/scale%10))
		}
	}
	w.buf = append(w.buf, "</v></c>"...)
}

// TimeOr writes a time that may not be there.
func (w *Writer) TimeOr(t *time.Time) {
	if t == nil {
		w.Skip()
		return
	}
	w.Time(*t)
}

// Text writes text. What a spreadsheet could take for a formula gets an
// apostrophe in front, whatever XML can't hold is left out, and what is longer
// than a cell holds is cut.
func (w *Writer) Text(s string) {
	if s == "" {
		w.Skip()
		return
	}
	w.text(s, 0)
}

const (
	styleHead = 1
	cellMost  = 32_767 // UTF-16 units
)

func (w *Writer) text(s string, style int) {
	if !w.begin() {
		return
	}
	if style == styleHead {
		w.buf = append(w.buf, `" s="1`...)
	}
	if padded(s) {
		w.buf = append(w.buf, `" t="inlineStr"><is><t xml:space="preserve">`...)
	} else {
		w.buf = append(w.buf, `" t="inlineStr"><is><t>`...)
	}
	w.buf = appendText(w.buf, Safe(s))
	w.buf = append(w.buf, "</t></is></c>"...)
}

func padded(s string) bool {
	return s != "" && (s[0] <= ' ' || s[len(s)-1] <= ' ' || strings.ContainsAny(s, "\n\t") || strings.Contains(s, "  "))
}

// Safe gives text that no spreadsheet takes for a formula: an apostrophe is
// put before =, +, -, @ and what amounts to them, also behind blanks. A plain
// telephone number in the international form stays as it is.
func Safe(s string) string {
	head := strings.TrimLeft(s, " \t\r\n\v\f\u00a0\u3000\ufeff")
	if head == "" {
		return s
	}
	first, _ := utf8.DecodeRuneInString(head)
	switch first {
	case '=', '-', '@', '＝', '－', '＠', '＋':
		return "'" + s
	case '+':
		if head != s || strings.Trim(s[1:], "0123456789") != "" || len(s) < 2 {
			return "'" + s
		}
	default:
		if (s[0] == '\t' || s[0] == '\r' || s[0] == '\n') || first < ' ' {
			return "'" + s
		}
	}
	return s
}

// plain are the bytes that go out as they are.
var plain = func() (t [256]bool) {
	for i := 0x20; i < 0x80; i++ {
		t[i] = true
	}
	for _, c := range "<>&_\x7f" {
		t[c] = false
	}
	t['\n'], t['\t'] = true, true
	return t
}()

func appendText(b []byte, s string) []byte {
	if len(s) > cellMost {
		s = cutUnits(s)
	}
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if plain[c] {
			i++
			continue
		}
		size, replacement := 1, ""
		switch {
		case c == '<':
			replacement = "&lt;"
		case c == '>':
			replacement = "&gt;"
		case c == '&':
			replacement = "&amp;"
		case c == '_':
			if !escapes(s[i:]) {
				i++
				continue
			}
			replacement = "_x005F_"
		case c >= utf8.RuneSelf:
			var r rune
			r, size = utf8.DecodeRuneInString(s[i:])
			if (r != utf8.RuneError || size > 1) && r != 0xfffe && r != 0xffff {
				i += size
				continue
			}
		}
		b = append(append(b, s[from:i]...), replacement...)
		i += size
		from = i
	}
	return append(b, s[from:]...)
}

// escapes tells whether Excel would read _x0041_ as one character.
func escapes(s string) bool {
	if len(s) < 7 || s[1] != 'x' || s[6] != '_' {
		return false
	}
	return strings.Trim(s[2:6], "0123456789abcdefABCDEF") == ""
}

// cutUnits cuts to what a cell holds.
func cutUnits(s string) string {
	n := 0
	for i, r := range s {
		n += max(utf16.RuneLen(r), 1)
		if n > cellMost-1 {
			return s[:i] + "…"
		}
	}
	return s
}
