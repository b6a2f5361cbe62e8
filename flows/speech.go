package flows

import (
	"sort"
	"strconv"
	"strings"
	"unicode"
)

// spoken is one thing to play as the file has it; prompts turns it into
// recordings when the caller is there.
type spoken struct {
	at
	how  string // one of ways
	what string // name, or text with ${variables}
}

var ways = []string{"file", "tts", "say_digits", "say_number", "say_count", "say_amount", "say_date", "say_time", "tone"}

// maxPrompts is how much may be played at once.
const maxPrompts = 20

// maxText is how many characters of a text are spoken at most.
const maxText = 500

// prompts reads what to play: a name, a table of one entry, or a list of them.
func (r *nodeReader) prompts(name string, v *value, most int) []spoken {
	if most == 0 {
		most = maxPrompts
	}
	var out []spoken
	for _, item := range r.list(name, v, most) {
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
	case "tts":
		if !r.longTemplate("tts", v.at, s.what, maxText) {
			return s, false
		}
		if !strings.Contains(s.what, "${") && cleanText(s.what) == "" {
			r.add(v.at, "tts.empty")
			return s, false
		}
	case "say_digits", "say_number", "say_count", "say_amount", "say_date", "say_time":
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
	return r.longTemplate(name, where, text, maxValue)
}

func (r *nodeReader) longTemplate(name string, where at, text string, most int) bool {
	if len([]rune(text)) > most {
		r.add(where, "field.long", name, most)
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
func (w *walk) expand(text string) string { return clip(w.filled(text)) }

func (w *walk) filled(text string) string {
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
	return b.String()
}

// clip keeps a value within maxValue runes.
func clip(s string) string { return clipTo(s, maxValue) }

func clipTo(s string, most int) string {
	if len(s) <= most {
		return s
	}
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// cleanText makes one line of what is to be spoken: no control characters,
// single spaces, maxText characters; "" if there is no letter or digit in it.
func cleanText(s string) string {
	s = clipTo(strings.Join(strings.FieldsFunc(s, func(c rune) bool {
		return unicode.IsSpace(c) || unicode.IsControl(c) || !unicode.IsGraphic(c)
	}), " "), maxText)
	if strings.IndexFunc(s, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }) < 0 {
		return ""
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
	if w.env.trace {
		if w.sets == nil {
			w.sets = map[string]string{}
		}
		w.sets[name] = w.r.Vars[name]
	}
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
	case "tts":
		if text := cleanText(w.filled(s.what)); text != "" {
			out = append(out, Prompt{Text: text, Lang: lang})
		}
		return out
	}
	for _, name := range w.said(s.how, strings.TrimSpace(w.expand(s.what))) {
		out = append(out, Prompt{File: name, Lang: lang})
	}
	return out
}

// said names the recordings for a text; what is no number, amount, date or
// time is read by its digits.
func (w *walk) said(how, text string) []string {
	lang := w.f.Language
	n, err := strconv.ParseInt(text, 10, 64)
	var names []string
	ok := false
	switch {
	case how == "say_number" && err == nil:
		return SayNumber(lang, n)
	case how == "say_count" && err == nil:
		return SayCount(lang, n)
	case how == "say_amount":
		names, ok = SayAmount(lang, text)
	case how == "say_date":
		names, ok = SayDate(lang, text, w.env.Now.Location())
	case how == "say_time":
		names, ok = SayTime(lang, text, w.env.Now.Location())
	}
	if ok {
		return names
	}
	return SayDigits(lang, text)
}

func (w *walk) sayNames(names []string) []Prompt {
	out := make([]Prompt, 0, len(names))
	for _, name := range names {
		out = append(out, Prompt{File: name, Lang: w.f.Language})
	}
	return out
}
