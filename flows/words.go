package flows

import "strings"

var builtinWords = func() map[string]Builtin {
	m := make(map[string]Builtin, len(Builtins))
	for _, b := range Builtins {
		m[b.Name] = b
	}
	return m
}()

// Words is what a caller hears of prompts, as text: the words of the
// recordings that come with the product, and in brackets the name of any
// other recording or tone.
func Words(prompts []Prompt) string {
	var b strings.Builder
	for i, p := range prompts {
		text := wordsOf(p)
		if i > 0 && (p.Lang == "en" || p.Tone != "") {
			b.WriteByte(' ')
		}
		b.WriteString(text)
	}
	return strings.TrimSpace(b.String())
}

func wordsOf(p Prompt) string {
	switch {
	case p.Tone != "":
		return "[" + p.Tone + "]"
	case p.Text != "":
		return p.Text
	}
	w, ok := builtinWords[p.File]
	switch {
	case !ok:
		return "[" + p.File + "]"
	case p.Lang == "en":
		return w.EN
	}
	return w.ZH
}
