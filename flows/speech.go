package flows

import (
	"sort"
	"strconv"
	"strings"
)

// spoken is one thing to play as the file has it; prompts turns it into
// recordings when the caller is there.
type spoken struct {
	at
	how  string // file, tone, say_digits, say_number, say_count
	what string // name, or text with ${variables}
}

var ways = []string{"file", "say_digits", "say_number", "say_count", "tone"}

// prompts reads what to play: a name, a table of one entry, or a list of them.
func (r *nodeReader) prompts(name string, v *value) []spoken {
	var out []spoken
	for _, item := range r.list(name, v, 20) {
		if s, ok := r.spoken(&item); ok {
			out = append(out, s)
		}
	}
	return out
}

func (r *nodeReader) spoken(v *value) (spoken, bool) {
	s := spoken{at: v.at, how: "file", what: v.text}
	if v.shape == table {
		if len(v.entries) != 1 || v.entries[0].val.shape != scalar {
			r.add(v.at, "prompt.shape", "this")
			return s, false
		}
		s.how, s.what = v.entries[0].key.text, v.entries[0].val.text
	} else if v.shape != scalar {
		r.add(v.at, "prompt.shape", "this")
		return s, false
	}
	switch s.how {
	case "file":
		if strings.Contains(s.what, "${") {
			r.add(v.at, "field.template", "file")
			return s, false
		}
		if !isName(s.what) || strings.ContainsAny(s.what, "/\\") {
			r.add(v.at, "name.bad", s.what)
			return s, false
		}
	case "tone":
		if Tones[s.what] == "" {
			r.add(v.at, "field.option", "tone", s.what, strings.Join(toneNames(), ", "))
			return s, false
		}
	case "say_digits", "say_number", "say_count":
		if !r.template(s.how, v.at, s.what) {
			return s, false
		}
	default:
		r.add(v.at, "prompt.shape", s.how)
		return s, false
	}
	return s, true
}

func toneNames() []string {
	var names []string
	for n := range Tones {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// template checks a text with ${variables} and notes which it reads.
func (r *nodeReader) template(name string, where at, text string) bool {
	if len([]rune(text)) > maxValue {
		r.add(where, "field.long", name, maxValue)
		return false
	}
	for rest := text; ; {
		i := strings.Index(rest, "${")
		if i < 0 {
			return true
		}
		rest = rest[i+2:]
		j := strings.IndexByte(rest, '}')
		if j < 0 {
			r.add(where, "variable.syntax", text)
			return false
		}
		v := rest[:j]
		if !isVariable(strings.TrimPrefix(v, "customer.")) {
			r.add(where, "variable.bad", v)
			return false
		}
		r.uses = append(r.uses, use{at: where, name: v})
		rest = rest[j+1:]
	}
}

// expand puts the variables' values into a text.
func (w *walk) expand(text string) string {
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
		b.WriteString(w.variable(text[i+2 : i+j]))
		text = text[i+j+1:]
	}
	b.WriteString(text)
	return clip(b.String())
}

// clip keeps a value within maxValue runes.
func clip(s string) string {
	if len(s) <= maxValue {
		return s
	}
	if r := []rune(s); len(r) > maxValue {
		return string(r[:maxValue])
	}
	return s
}

// Variables that every flow may read and none may set.
var ownVariables = []string{"caller", "service", "region"}

func isOwnVariable(name string) bool {
	return name == ownVariables[0] || name == ownVariables[1] || name == ownVariables[2] ||
		strings.HasPrefix(name, "customer.")
}

func (w *walk) variable(name string) string {
	switch name {
	case "caller":
		return clip(w.env.From)
	case "service":
		return clip(w.env.To)
	case "region":
		return clip(w.env.Region)
	}
	if key, ok := strings.CutPrefix(name, "customer."); ok {
		return clip(w.env.Customer[key])
	}
	return w.r.Vars[name]
}

func (w *walk) set(name, value string) {
	if w.r.Vars == nil {
		w.r.Vars = make(map[string]string, 4)
	}
	w.r.Vars[name] = clip(value)
}

// say turns what the file has into recordings and tones.
func (w *walk) say(parts ...[]spoken) []Prompt {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	out := make([]Prompt, 0, n)
	for _, p := range parts {
		for i := range p {
			out = w.sayOne(out, &p[i])
		}
	}
	return out
}

func (w *walk) sayOne(out []Prompt, s *spoken) []Prompt {
	lang := w.f.Language
	switch s.how {
	case "file":
		return append(out, Prompt{File: s.what, Lang: lang})
	case "tone":
		return append(out, Prompt{Tone: s.what})
	}
	text := strings.TrimSpace(w.expand(s.what))
	names := SayDigits(lang, text)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && s.how == "say_number" {
		names = SayNumber(lang, n)
	} else if err == nil && s.how == "say_count" {
		names = SayCount(lang, n)
	}
	for _, name := range names {
		out = append(out, Prompt{File: name, Lang: lang})
	}
	return out
}

func (w *walk) sayNames(names []string) []Prompt {
	out := make([]Prompt, 0, len(names))
	for _, name := range names {
		out = append(out, Prompt{File: name, Lang: w.f.Language})
	}
	return out
}
