package flows

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// fields are the read fields of one node, by name. A field that the file
// leaves out is here with its default; one without a default is absent.
type fields map[string]any

func (f fields) int(name string) int                { v, _ := f[name].(int); return v }
func (f fields) duration(name string) time.Duration { v, _ := f[name].(time.Duration); return v }
func (f fields) text(name string) string            { v, _ := f[name].(string); return v }
func (f fields) prompts(name string) []spoken       { v, _ := f[name].([]spoken); return v }
func (f fields) pattern(name string) *regexp.Regexp { v, _ := f[name].(*regexp.Regexp); return v }

// nodeReader reads the fields of one node by its Spec.
type nodeReader struct {
	p    *problems
	node *Node
	uses []use // variables that the node reads or sets

	given map[string]at // fields that the file has, right or wrong
}

func (r *nodeReader) has(field string) bool {
	_, ok := r.given[field]
	return ok
}

// place is where a field stands, or the node where the field is left out.
func (r *nodeReader) place(field string) at {
	if where, ok := r.given[field]; ok {
		return where
	}
	return at{r.node.Line, r.node.Column}
}

// use is a place where a variable is read or set.
type use struct {
	at
	name string
	sets bool
}

func (r *nodeReader) add(where at, code string, args ...any) {
	r.p.add(where, r.node.Name, code, args...)
}

// read gives one field's value, or nil after reporting why it has none.
func (r *nodeReader) read(f *Field, v *value) any {
	if v.shape == nothing || v.shape == scalar && strings.TrimSpace(v.text) == "" {
		r.add(v.at, "field.empty", f.Name)
		return nil
	}
	switch f.Type {
	case TypePrompts:
		return orNil(r.prompts(f.Name, v, f.Max))
	case TypeKeys:
		return orNil(r.keys(f, v))
	case TypeAnswers:
		return orNil(r.answers(f.Name, v))
	case TypeValues:
		return orNil(r.values(f.Name, v))
	case TypeCases:
		return orNil(r.cases(v))
	case TypeSpans:
		return orNil(r.spans(f.Name, v))
	case TypeDays:
		return orNil(r.days(f.Name, v))
	case TypeNames:
		return orNil(r.names(f.Name, v))
	}
	if isRequestField(f.Type) {
		return r.request(f, v)
	}
	switch f.Type {
	case TypeRules:
		return orNil(r.rules(v))
	case TypeLabels:
		return orNil(r.labels(f.Name, v))
	case TypeSecond:
		return orNil(r.second(v))
	}
	if v.shape != scalar {
		r.add(v.at, "field.shape", f.Name, "one value", "单个值")
		return nil
	}
	return r.single(f, v)
}

func orNil[T any](v []T) any {
	if v == nil {
		return nil
	}
	return v
}

// single reads a field that is one word or number.
func (r *nodeReader) single(f *Field, v *value) any {
	if strings.Contains(v.text, "${") {
		r.add(v.at, "field.template", f.Name)
		return nil
	}
	switch f.Type {
	case TypeInt:
		return r.integer(f, v)
	case TypeDuration:
		return r.time(f, v)
	case TypeOption:
		return r.option(f, v)
	case TypePhone:
		if !isPhone(v.text) {
			r.add(v.at, "number.bad", v.text)
			return nil
		}
	case TypeVariable:
		if !isVariable(v.text) {
			r.add(v.at, "variable.bad", v.text)
			return nil
		}
	case TypePattern:
		return r.regexp(f, v)
	case TypeKey:
		if !isKeys(v.text) || len(v.text) > 1 {
			r.add(v.at, "key.single", v.text)
			return nil
		}
	case TypeFlag:
		if b := r.boolean(&entry{value{text: f.Name}, *v}); b != nil {
			return *b
		}
		return nil
	case TypeTerm:
		if v.text != "#" && v.text != "*" && v.text != "none" {
			r.add(v.at, "field.option", f.Name, v.text, "#, *, none")
			return nil
		}
	default:
		if len([]rune(v.text)) > 100 {
			r.add(v.at, "field.long", f.Name, 100)
			return nil
		}
	}
	return v.text
}

func (r *nodeReader) integer(f *Field, v *value) any {
	n, err := strconv.Atoi(v.text)
	if err != nil {
		r.add(v.at, "field.shape", f.Name, "a whole number", "整数")
		return nil
	}
	if n < f.Min || n > f.Max {
		r.add(v.at, "field.range", f.Name, v.text, strconv.Itoa(f.Min), strconv.Itoa(f.Max))
		return nil
	}
	return n
}

func (r *nodeReader) time(f *Field, v *value) any {
	d, err := time.ParseDuration(v.text)
	if n, e := strconv.Atoi(v.text); e == nil {
		if n < 0 || n > 1_000_000 {
			n = 1_000_000
		}
		d, err = time.Duration(n)*time.Second, nil
	}
	if err != nil {
		r.add(v.at, "field.shape", f.Name, "a time such as 5s or 2m", "时间，如 5s 或 2m")
		return nil
	}
	low, high := time.Duration(f.Min)*time.Second, time.Duration(f.Max)*time.Second
	if d < low || d > high {
		r.add(v.at, "field.range", f.Name, v.text, low.String(), high.String())
		return nil
	}
	return d
}

func (r *nodeReader) option(f *Field, v *value) any {
	for _, o := range f.Options {
		if v.text == o {
			return o
		}
	}
	r.add(v.at, "field.option", f.Name, v.text, strings.Join(f.Options, ", "))
	return nil
}

func (r *nodeReader) regexp(f *Field, v *value) any {
	if len(v.text) > 200 {
		r.add(v.at, "field.long", f.Name, 200)
		return nil
	}
	re, err := regexp.Compile("^(?:" + v.text + ")$")
	if err != nil {
		reason := err.Error()
		if _, own := regexp.Compile(v.text); own != nil {
			reason = own.Error()
		}
		r.add(v.at, "pattern.bad", strings.TrimPrefix(reason, "error parsing regexp: "))
		return nil
	}
	return re
}

// list gives the values of a list; one value alone counts as a list of one.
func (r *nodeReader) list(name string, v *value, most int) []value {
	if v.shape != list {
		return []value{*v}
	}
	if len(v.items) > most {
		r.add(v.at, "field.many", name, most)
		return nil
	}
	return v.items
}

// texts gives a list of plain words.
func (r *nodeReader) texts(name string, v *value, most int) []value {
	var out []value
	for _, item := range r.list(name, v, most) {
		switch {
		case item.shape != scalar || strings.TrimSpace(item.text) == "":
			r.add(item.at, "field.shape", name, "a list of words", "文本列表")
		case len([]rune(item.text)) > 100:
			r.add(item.at, "field.long", name, 100)
		case strings.Contains(item.text, "${"):
			r.add(item.at, "field.template", name)
		default:
			out = append(out, item)
		}
	}
	return out
}

// table checks that a field is a table without doubles and of bearable size.
func (r *nodeReader) table(name string, v *value, most int) []entry {
	if v.shape != table {
		r.add(v.at, "field.shape", name, "a table", "表")
		return nil
	}
	if len(v.entries) == 0 {
		r.add(v.at, "table.empty")
		return nil
	}
	if len(v.entries) > most {
		r.add(v.at, "field.many", name, most)
		return nil
	}
	return unique(r.p, r.node.Name, v)
}

// unique gives a table's entries without those whose key came before, which
// it reports.
func unique(p *problems, node string, v *value) []entry {
	first := make(map[string]int, len(v.entries))
	out := v.entries[:0:0]
	for _, e := range v.entries {
		if line, twice := first[e.key.text]; twice {
			p.add(e.key.at, node, "key.duplicate", e.key.text, line)
			continue
		}
		first[e.key.text] = e.key.line
		out = append(out, e)
	}
	return out
}

func isPhone(s string) bool {
	d := strings.TrimPrefix(s, "+")
	return len(d) >= 3 && len(d) <= 20 && isDigits(d)
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func isVariable(s string) bool {
	if len(s) > 120 {
		return false
	}
	n := 0
	for _, c := range s {
		if !unicode.IsLetter(c) && (n == 0 || c != '_' && !unicode.IsDigit(c)) {
			return false
		}
		n++
	}
	return n > 0 && n <= 40
}

// isName tells whether a node, prompt or flow may be called this.
func isName(s string) bool {
	if s == "" || len(s) > 240 || strings.TrimSpace(s) != s {
		return false
	}
	n := 0
	for _, c := range s {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("-_. ()（）·/、", c) {
			return false
		}
		n++
	}
	return n <= 60
}
