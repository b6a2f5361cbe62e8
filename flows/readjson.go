package flows

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// jsonReader reads valid JSON as the YAML reader reads YAML: with the place
// of every value, in order, doubles kept.
type jsonReader struct {
	src   string
	i     int
	where at
	depth int
	p     *problems
	bad   bool
}

// looksLikeJSON tells whether a source is JSON and not YAML that begins like
// it.
func looksLikeJSON(text string) bool {
	rest := strings.TrimLeft(text, " \n\t\r")
	return strings.HasPrefix(rest, "{") && json.Valid([]byte(rest))
}

func readJSON(text string, p *problems) (value, bool) {
	r := &jsonReader{src: text, where: at{1, 1}, p: p}
	v := r.value()
	return v, !r.bad
}

// space passes over what separates values.
func (r *jsonReader) space() byte {
	for r.i < len(r.src) && strings.IndexByte(" \n\t\r,:", r.src[r.i]) >= 0 {
		r.step(1)
	}
	if r.i >= len(r.src) {
		return 0
	}
	return r.src[r.i]
}

// step goes on by so many bytes, counting lines and columns.
func (r *jsonReader) step(n int) {
	for end := r.i + n; r.i < end && r.i < len(r.src); {
		c, size := utf8.DecodeRuneInString(r.src[r.i:])
		r.i += size
		r.where.column++
		if c == '\n' {
			r.where = at{r.where.line + 1, 1}
		}
	}
}

func (r *jsonReader) value() value {
	c := r.space()
	v := value{at: r.where}
	switch c {
	case '{':
		v.shape = table
		r.inside(func() bool {
			if r.space() == '}' {
				return false
			}
			key := r.text()
			v.entries = append(v.entries, entry{key, r.value()})
			return true
		})
	case '[':
		v.shape = list
		r.inside(func() bool {
			if r.space() == ']' {
				return false
			}
			v.items = append(v.items, r.value())
			return true
		})
	case '"':
		return r.text()
	default:
		end := r.i
		for end < len(r.src) && strings.IndexByte(" \n\t\r,:]}", r.src[end]) < 0 {
			end++
		}
		v.text = r.src[r.i:end]
		if v.text != "null" {
			v.shape = scalar
		}
		r.step(max(1, end-r.i))
	}
	return v
}

// inside reads what stands between two brackets.
func (r *jsonReader) inside(next func() bool) {
	r.depth++
	if r.depth > maxDepth && !r.bad {
		r.p.add(r.where, "", "file.too_deep", maxDepth)
		r.bad = true
	}
	r.step(1)
	for !r.bad && r.i < len(r.src) && next() {
	}
	r.step(1)
	r.depth--
}

func (r *jsonReader) text() value {
	v := value{at: r.where, shape: scalar, quoted: true}
	end := r.i + 1
	for end < len(r.src) && r.src[end] != '"' {
		if r.src[end] == '\\' {
			end++
		}
		end++
	}
	end = min(end+1, len(r.src))
	if err := json.Unmarshal([]byte(r.src[r.i:end]), &v.text); err != nil { // cannot be: the source is valid
		r.p.add(r.where, "", "file.syntax", err.Error(), err.Error())
		r.bad = true
	}
	r.step(end - r.i)
	return v
}
