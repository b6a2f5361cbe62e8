package flows

import (
	"fmt"
	"strings"
	"unicode"
)

// widest is how wide a line gets before a list or table is taken apart;
// Chinese characters count double.
const widest = 90

// yaml writes a flow in normal form.
func (v *value) yaml() []byte {
	w := &yamlWriter{}
	for i := range v.entries {
		e := &v.entries[i]
		spaced := e.key.text == "nodes" || e.key.text == "cases"
		if spaced && e.val.shape >= list && len(e.val.items)+len(e.val.entries) > 0 {
			if e.key.text == "cases" {
				w.b.WriteByte('\n')
			}
			w.b.WriteString(e.key.text + ":\n")
			w.spaced(&e.val)
			continue
		}
		w.entry(e, 0)
	}
	return []byte(w.b.String())
}

type yamlWriter struct{ b strings.Builder }

// spaced writes the nodes, an empty line between them, or the cases.
func (w *yamlWriter) spaced(v *value) {
	for i := range v.entries {
		e := &v.entries[i]
		if i > 0 {
			w.b.WriteByte('\n')
		}
		if e.val.shape == table && len(e.val.entries) > 0 {
			w.b.WriteString("  " + scalarText(&e.key, true) + ":\n")
			w.table(&e.val, 4)
			continue
		}
		w.entry(e, 2)
	}
	for i := range v.items {
		w.item(&v.items[i], 2, false)
	}
}

func (w *yamlWriter) table(v *value, indent int) {
	for i := range v.entries {
		w.entry(&v.entries[i], indent)
	}
}

// entry writes a key and what belongs to it, in one line if it fits.
func (w *yamlWriter) entry(e *entry, indent int) {
	head := strings.Repeat(" ", indent) + scalarText(&e.key, true) + ":"
	w.b.WriteString(head)
	if e.val.shape == nothing {
		w.b.WriteByte('\n')
		return
	}
	if line := inline(&e.val); !e.val.open() || !e.val.crowded() && width(head)+1+width(line) <= widest {
		w.b.WriteString(" " + line + "\n")
		return
	}
	w.b.WriteByte('\n')
	w.table(&e.val, indent+2)
	for i := range e.val.items {
		w.item(&e.val.items[i], indent+2, true)
	}
}

// item writes one entry of a list, a table in one line only if that is short.
func (w *yamlWriter) item(v *value, indent int, short bool) {
	head := strings.Repeat(" ", indent) + "- "
	line := inline(v)
	if v.shape != table || len(v.entries) == 0 || short && width(head)+width(line) <= widest {
		w.b.WriteString(head + line + "\n")
		return
	}
	var in yamlWriter
	in.table(v, indent+2)
	w.b.WriteString(head + strings.TrimLeft(in.b.String(), " "))
}

// open tells whether a value may be written over several lines.
func (v *value) open() bool {
	for i := range v.items {
		if v.items[i].shape == list {
			return false
		}
	}
	return len(v.items)+len(v.entries) > 0
}

// crowded tells whether a value is hard to read in one line.
func (v *value) crowded() bool {
	for i := range v.items {
		if len(v.items[i].entries) > 1 {
			return true
		}
	}
	for i := range v.entries {
		if len(v.entries[i].val.entries) > 0 {
			return true
		}
	}
	return len(v.items)+len(v.entries) > 12
}

// inline writes a value in one line.
func inline(v *value) string {
	var b strings.Builder
	inlineTo(&b, v)
	return b.String()
}

func inlineTo(b *strings.Builder, v *value) {
	switch v.shape {
	case nothing:
		b.WriteString("null")
	case scalar:
		b.WriteString(scalarText(v, false))
	case list:
		b.WriteByte('[')
		for i := range v.items {
			if i > 0 {
				b.WriteString(", ")
			}
			inlineTo(b, &v.items[i])
		}
		b.WriteByte(']')
	case table:
		b.WriteByte('{')
		for i := range v.entries {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(scalarText(&v.entries[i].key, true) + ": ")
			inlineTo(b, &v.entries[i].val)
		}
		b.WriteByte('}')
	}
}

// scalarText writes a word: bare where every reader of YAML takes it for that
// text, else in quotes. Numbers are bare as keys, where they can only be keys
// of a telephone.
func scalarText(v *value, key bool) string {
	switch {
	case !v.quoted && v.shape == scalar, key && isPlainNumber(v.text) && v.text[0] != '-', isBare(v.text):
		return v.text
	}
	return quote(v.text)
}

// notBare are words that YAML takes for something else than text.
var notBare = map[string]bool{
	"null": true, "true": true, "false": true, "yes": true, "no": true, "on": true, "off": true, "y": true, "n": true,
}

// isBare tells whether a word needs no quotes.
func isBare(s string) bool {
	if s == "" || len(s) > 500 || notBare[strings.ToLower(s)] {
		return false
	}
	letters := false
	for i, c := range s {
		switch {
		case c < unicode.MaxASCII && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'):
			letters = true
		case c > unicode.MaxASCII && unicode.IsLetter(c):
			letters = true
		case c > unicode.MaxASCII && i > 0 && unicode.IsPunct(c):
		case c >= '0' && c <= '9':
		case i > 0 && (c == '_' || c == '-' || c == '.' || c == '/'):
		case i > 0 && c == ' ' && i < len(s)-1 && s[i-1] != ' ':
		default:
			return false
		}
	}
	// 12, 1.5, 2026-10-01, 0x1f and 1e3 are numbers or dates elsewhere; 5s and 2m are not.
	if first := s[0]; first >= '0' && first <= '9' {
		return letters && !strings.ContainsAny(s, "xXoOeEbB._")
	}
	return letters
}

// quote writes a word in double quotes.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b.WriteRune('\\')
			b.WriteRune(c)
		case c == '\n':
			b.WriteString("\\n")
		case c == ' ' || unicode.IsPrint(c):
			b.WriteRune(c)
		case c > 0xffff:
			fmt.Fprintf(&b, "\\U%08X", c)
		default:
			fmt.Fprintf(&b, "\\u%04X", c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// width is how wide a text is on the screen.
func width(s string) int {
	n := 0
	for _, c := range s {
		if n++; c >= 0x2e80 {
			n++
		}
	}
	return n
}
