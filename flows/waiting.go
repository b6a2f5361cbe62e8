package flows

import "strings"

// WaitKind is what a trial that asks waits for.
type WaitKind string

const (
	WaitKeys   WaitKind = "keys"   // one more entry of Trial.Keys
	WaitPerson WaitKind = "person" // one more of Trial.Then
	WaitAnswer WaitKind = "answer" // one more of Trial.Answers; the last of Tried.Sent is asked
)

// TrialWait is what a trial that asks waits for.
type TrialWait struct {
	Node string   `json:"node"`
	For  WaitKind `json:"for" enum:"keys,person,answer"`
	// Keys are those that mean something here, such as a menu's; none where
	// every entry does.
	Keys        []string `json:"keys,omitempty"`
	Min         int      `json:"min,omitempty"` // keys of an entry
	Max         int      `json:"max,omitempty"`
	Terminators string   `json:"terminators,omitempty"` // keys that end an entry
	Then        []string `json:"then,omitempty"`        // what may become of waiting for a person
	Place       End      `json:"place,omitempty"`       // where the person is waited for: group, agent or external
}

// ask ends the trial with what it waits for.
func (p *tryout) ask(w TrialWait) (Input, bool) {
	w.Node = p.r.Node
	p.out.End, p.out.Waits = EndWaits, &w
	return nil, true
}

// choosing is a node where only some keys mean something.
type choosing interface{ choices(r *Run) []string }

func (p *tryout) forKeys(c Collect) TrialWait {
	w := TrialWait{For: WaitKeys, Min: c.Min, Max: c.Max, Terminators: c.Terminators}
	if n := p.flowAt(p.r.FlowID, p.r.Version).Nodes[p.r.Node]; n != nil {
		if x, ok := n.doer.(choosing); ok {
			w.Keys = x.choices(&p.r)
		}
	}
	return w
}

func forPerson(place End, keys string) TrialWait {
	w := TrialWait{For: WaitPerson, Place: place}
	switch place {
	case EndGroup:
		w.Then = []string{"answered", "no_agent", "timeout", "full"}
		w.Keys = strings.Split(keys, "")
	case EndAgent:
		w.Then = []string{"answered", "no_answer", "unavailable"}
	default:
		w.Then = []string{"answered", "no_answer", "busy", "failed"}
	}
	return w
}

func (n *menuNode) choices(*Run) []string { return n.order }

func (n *surveyNode) choices(r *Run) []string {
	labels := n.ratings
	if q := n.second[r.Stage]; q != nil {
		labels = q.labels
	}
	var out []string
	for _, l := range labels {
		out = append(out, l.key)
	}
	return out
}
