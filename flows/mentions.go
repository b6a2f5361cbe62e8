package flows

import (
	"slices"
	"strings"
)

// Mentions are the names of things outside the flow that its nodes lead to
// or play, each once, sorted.
type Mentions struct {
	Groups, Agents, Flows, Hours []string
	Prompts                      []string // without those that come with the product
}

// Mentions tells what a flow needs of its account.
func (f *Flow) Mentions() Mentions {
	var m Mentions
	note := func(list *[]string) func(string) bool {
		return func(name string) bool {
			*list = append(*list, name)
			return true
		}
	}
	numbered := func(list *[]string) func(string) (int64, bool) {
		return func(name string) (int64, bool) {
			*list = append(*list, name)
			return 1, true
		}
	}
	s := &seen{p: &problems{file: f.File}, r: Refs{
		Prompt: note(&m.Prompts), Flow: note(&m.Flows), Hours: note(&m.Hours), Group: numbered(&m.Groups), Agent: numbered(&m.Agents),
	}}
	for _, name := range f.Order {
		if n := f.Nodes[name]; n.doer != nil {
			s.node = name
			n.doer.refs(s)
		}
	}
	for _, list := range []*[]string{&m.Groups, &m.Agents, &m.Flows, &m.Hours, &m.Prompts} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return m
}

// InForce is a flow with the version that calls follow now.
type InForce struct {
	ID      int64
	Name    string
	Version int64
	Flow    *Flow
}

// Active lists an account's flows in force by name. It never touches the
// database.
func (s *Store) Active(account int64) []InForce {
	s.live.mu.RLock()
	defer s.live.mu.RUnlock()
	var list []InForce
	for n, id := range s.live.names {
		k := key{account, id}
		version := s.live.active[k]
		if f := s.live.flows[k][version]; n.account == account && f != nil {
			list = append(list, InForce{ID: id, Name: n.name, Version: version, Flow: f})
		}
	}
	slices.SortFunc(list, func(a, b InForce) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Mentioning lists the flows in force that mention something.
func (s *Store) Mentioning(account int64, does func(Mentions) bool) []InForce {
	return slices.DeleteFunc(s.Active(account), func(f InForce) bool { return !does(f.Flow.Mentions()) })
}
