package flows

import (
	"os"
	"testing"
)

// Every kind of node has a good file of its name, whose cases lead through
// such a node, and a bad one in which such a node is what is wrong.
func TestEveryKindHasGoldenCases(t *testing.T) {
	named := func(string) (*Flow, int64, int64) { return part(), 2, 1 }
	for _, kind := range kinds {
		good, err := os.ReadFile("testdata/good/" + kind + ".yaml")
		if err != nil {
			t.Errorf("%s has no good case", kind)
			continue
		}
		walked := false
		f, list := Inspect(kind, good, sampleRefs())
		if f == nil {
			t.Fatal(list)
		}
		for _, r := range f.Results(Env{Flow: named}) {
			last := f.Nodes[r.Tried.Node]
			walked = walked || last != nil && last.Kind == kind
			for _, s := range r.Tried.Steps {
				walked = walked || s.Kind == kind
			}
		}
		if !walked {
			t.Errorf("no case of good/%s.yaml leads through a %s", kind, kind)
		}
		bad, err := os.ReadFile("testdata/bad/" + kind + ".yaml")
		if err != nil {
			t.Errorf("%s has no bad case", kind)
			continue
		}
		form, err := formOf(bad)
		if err != nil {
			t.Fatal(kind, err)
		}
		set, faulty := nodesOf(form), false
		_, list = Inspect(kind, bad, sampleRefs())
		for _, p := range list {
			faulty = faulty || !p.Warning && set.nodes[p.Node] != nil && kindIn(set.nodes[p.Node]) == kind
		}
		if !faulty {
			t.Errorf("nothing is wrong with a %s in bad/%s.yaml", kind, kind)
		}
	}
}
