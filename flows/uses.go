package flows

import (
	"slices"
	"strings"
)

// Uses is what a flow plays.
type Uses struct {
	// Prompts are the names of recordings, the enterprise's own and those
	// that come with the product, each once.
	Prompts []string
	// Texts are spoken the same for every caller, so that they can be made
	// into sound before anybody calls; each once.
	Texts []Prompt
}

// Uses gives what callers of this flow may hear. What a queue says, and the
// words of exits that are not connected, come with the product and are left
// out.
func (f *Flow) Uses() Uses {
	u := Uses{}
	s := &seen{p: &problems{}, uses: &u}
	for _, name := range f.Order {
		f.Nodes[name].doer.refs(s)
	}
	slices.Sort(u.Prompts)
	u.Prompts = slices.Compact(u.Prompts)
	for i := range u.Texts {
		u.Texts[i].Lang = f.Language
	}
	slices.SortFunc(u.Texts, func(a, b Prompt) int { return strings.Compare(a.Text, b.Text) })
	u.Texts = slices.Compact(u.Texts)
	return u
}

func (u *Uses) add(s *spoken) {
	switch {
	case s.how == "file":
		u.Prompts = append(u.Prompts, s.what)
	case s.how == "tts" && !strings.Contains(s.what, "${"):
		u.Texts = append(u.Texts, Prompt{Text: cleanText(s.what)})
	}
}
