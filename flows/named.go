package flows

import "strings"

// Named is a flow file under another name: the value of its name is written
// over and nothing else, so comments and layout stay. The second result is
// false where that can't be done; a file that bears the name already comes
// back as it is.
func Named(src []byte, to string) ([]byte, bool) {
	where, old, ok := nameIn(src)
	if !ok || !isName(to) {
		return nil, false
	}
	if old.text == to {
		return src, true
	}
	text := string(src)
	from := offset(text, where)
	if from < 0 {
		return nil, false
	}
	n := len(old.text)
	if old.quoted {
		n = quoted(text[from:])
	} else if !strings.HasPrefix(text[from:], old.text) {
		return nil, false
	}
	if n <= 0 {
		return nil, false
	}
	out := []byte(text[:from] + `"` + to + `"` + text[from+n:])
	if _, now, ok := nameIn(out); !ok || now.text != to {
		return nil, false
	}
	return out, true
}

// nameIn finds the flow's name in a file that can be read.
func nameIn(src []byte) (at, value, bool) {
	root, ok := read(src, &problems{})
	if !ok {
		return at{}, value{}, false
	}
	for _, e := range root.entries {
		if e.key.text == "name" && e.val.shape == scalar {
			return e.val.at, e.val, true
		}
	}
	return at{}, value{}, false
}

// offset is the byte at a place of the text, -1 if there is none. Columns
// count characters; a mark of the byte order at the beginning is none.
func offset(text string, where at) int {
	line, column := 1, 1
	for i, c := range text {
		switch {
		case c == '\ufeff' && i == 0:
			continue
		case line == where.line && column == where.column:
			return i
		case c == '\n':
			line, column = line+1, 0
		}
		column++
	}
	return -1
}

// quoted is how many bytes a text in quotes takes, both quotes included; 0 if
// there is none here.
func quoted(text string) int {
	if text == "" || text[0] != '"' && text[0] != '\'' {
		return 0
	}
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && text[0] == '"':
			i++
		case text[i] == text[0] && text[0] == '\'' && i+1 < len(text) && text[i+1] == '\'':
			i++
		case text[i] == text[0]:
			return i + 1
		}
	}
	return 0
}
