package flows

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// texts is a table of names and texts with ${variables}, as the file has it.
type pairs []assignment

// address is where a request goes; variables stand behind its host alone.
type address string

// jsonPath leads to a value inside an answer: names and indexes.
type jsonPath []any

// taken is a variable and where in an answer its value stands.
type taken struct {
	name string
	path jsonPath
}

func isRequestField(t FieldType) bool {
	return t == TypeURL || t == TypeHeaders || t == TypeBody || t == TypePaths
}

// request reads the fields that lookup and notice have for themselves.
func (r *nodeReader) request(f *Field, v *value) any {
	switch f.Type {
	case TypeURL:
		if a, ok := r.address(f.Name, v); ok {
			return a
		}
		return nil
	case TypePaths:
		return orNil(r.paths(f.Name, v))
	}
	var out pairs
	for _, e := range r.table(f.Name, v, 50) {
		switch {
		case f.Type == TypeHeaders && !isHeader(e.key.text):
			r.add(e.key.at, "header.bad", e.key.text)
		case len([]rune(e.key.text)) > 100:
			r.add(e.key.at, "field.long", f.Name, 100)
		case e.val.shape == list || e.val.shape == table:
			r.add(e.val.at, "field.shape", e.key.text, "one value", "单个值")
		case r.template(e.key.text, e.val.at, e.val.text):
			out = append(out, assignment{e.key.text, e.val.text})
		}
	}
	return orNil(out)
}

func (r *nodeReader) address(name string, v *value) (address, bool) {
	switch {
	case v.shape != scalar:
		r.add(v.at, "field.shape", name, "one value", "单个值")
		return "", false
	case len(v.text) > 1000:
		r.add(v.at, "field.long", name, 1000)
		return "", false
	case !r.template(name, v.at, v.text):
		return "", false
	}
	u, err := url.Parse((&walk{}).fill(v.text, func(string, bool) string { return "x" }))
	fixed, _, _ := strings.Cut(v.text, "${")
	scheme, rest, _ := strings.Cut(fixed, "://")
	if err != nil || (scheme != "http" && scheme != "https") || u.Hostname() == "" || u.User != nil ||
		(fixed != v.text && !strings.ContainsAny(rest, "/?")) || strings.ContainsAny(v.text, " \n\t") {
		r.add(v.at, "url.bad", v.text)
		return "", false
	}
	return address(v.text), true
}

// setByTransport are headers that are not the flow's to set.
var setByTransport = map[string]bool{
	"host": true, "content-length": true, "transfer-encoding": true, "connection": true, "upgrade": true, "te": true,
	"trailer": true, "proxy-authorization": true, "proxy-connection": true, "keep-alive": true, "expect": true, "accept-encoding": true,
}

func isHeader(name string) bool {
	for _, c := range name {
		if c > unicode.MaxASCII || !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '-' && c != '_' {
			return false
		}
	}
	return name != "" && !setByTransport[strings.ToLower(name)]
}

func (r *nodeReader) paths(name string, v *value) []taken {
	var out []taken
	for _, e := range r.table(name, v, 50) {
		switch {
		case !isVariable(e.key.text):
			r.add(e.key.at, "variable.bad", e.key.text)
		case e.val.shape != scalar:
			r.add(e.val.at, "field.shape", e.key.text, "one value", "单个值")
		default:
			p, ok := parsePath(e.val.text)
			if !ok {
				r.add(e.val.at, "path.bad", e.val.text)
				continue
			}
			r.sets(e.key.at, e.key.text)
			out = append(out, taken{e.key.text, p})
		}
	}
	return out
}

// parsePath reads data.items[0].name.
func parsePath(text string) (jsonPath, bool) {
	var out jsonPath
	if len(text) > 200 {
		return nil, false
	}
	for i, part := range strings.Split(text, ".") {
		name, rest, indexed := strings.Cut(part, "[")
		if name == "" && (i > 0 || !indexed) || strings.ContainsAny(name, "] \"'${}") {
			return nil, false
		}
		if name != "" {
			out = append(out, name)
		}
		for indexed {
			index, more, closed := strings.Cut(rest, "]")
			n, err := strconv.Atoi(index)
			if !closed || err != nil || n < 0 {
				return nil, false
			}
			out = append(out, n)
			if more == "" {
				break
			}
			if rest, indexed = strings.CutPrefix(more, "["); !indexed {
				return nil, false
			}
		}
	}
	return out, len(out) > 0 && len(out) <= 20
}

// find gives the value at the path as text; false if there is none.
func (p jsonPath) find(v any) (string, bool) {
	for _, step := range p {
		switch step := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[step]
		case int:
			l, _ := v.([]any)
			if step >= len(l) {
				return "", false
			}
			v = l[step]
		}
	}
	switch v := v.(type) {
	case string:
		return clip(v), true
	case json.Number:
		return clip(v.String()), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// fill puts variables into an address; escape is told whether the place is
// behind the question mark.
func (w *walk) fill(text string, escape func(value string, query bool) string) string {
	var b strings.Builder
	for {
		i := strings.Index(text, "${")
		if i < 0 {
			break
		}
		j := strings.IndexByte(text[i:], '}')
		if j < 0 {
			break
		}
		b.WriteString(text[:i])
		b.WriteString(escape(text[i+2:i+j], strings.Contains(b.String(), "?")))
		text = text[i+j+1:]
	}
	b.WriteString(text)
	return b.String()
}

// url makes the address for a caller: what a variable holds never becomes
// more than one part of a path or one value of a query.
func (w *walk) url(a address) string {
	return w.fill(string(a), func(name string, query bool) string {
		v := w.variable(name)
		if query {
			return url.QueryEscape(v)
		}
		if strings.Trim(v, ".") == "" { // would lead up the path
			return strings.Repeat("_", len(v))
		}
		return url.PathEscape(v)
	})
}

func (w *walk) headers(list pairs) map[string]string {
	if len(list) == 0 {
		return nil
	}
	out := make(map[string]string, len(list))
	for _, p := range list {
		out[p.name] = oneLine(w.expand(p.text))
	}
	return out
}

// body makes a JSON object of texts.
func (w *walk) body(list pairs) string {
	out := make(map[string]string, len(list))
	for _, p := range list {
		out[p.name] = w.expand(p.text)
	}
	data, err := json.Marshal(out)
	if err != nil { // cannot be: texts alone
		return "{}"
	}
	return string(data)
}
