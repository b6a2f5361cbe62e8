package flows

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

var zone = time.FixedZone("UTC+8", 8*3600)

// monday is a working day, at ten.
var monday = time.Date(2026, 11, 23, 10, 0, 0, 0, zone)

func sampleRefs() Refs {
	groups := map[string]int64{"售前": 11, "售后": 12, "空组": 13}
	return Refs{
		Prompt:  func(string) bool { return false },
		Group:   func(n string) (int64, bool) { id, ok := groups[n]; return id, ok },
		Agent:   func(n string) (int64, bool) { return 1, n == "8001" },
		Hours:   func(n string) bool { return n == "office" },
		Flow:    func(n string) bool { return n == "子流程" },
		Members: func(n string) int { return int(13 - groups[n]) },
	}
}

func sample(t testing.TB, name string) *Flow {
	t.Helper()
	src, err := os.ReadFile("samples/" + name)
	if err != nil {
		t.Fatal(err)
	}
	f, list := Inspect(name, src, sampleRefs())
	for _, p := range list {
		t.Errorf("%s", p)
	}
	if f == nil {
		t.FailNow()
	}
	return f
}

// Every sample is without faults, its cases pass, and together they walk
// through each of its nodes.
func TestSamplesAreClean(t *testing.T) {
	list := Samples()
	if files, err := filepath.Glob("samples/*.yaml"); err != nil || len(files) != len(list) {
		t.Errorf("%d samples, %d files: %v", len(list), len(files), err)
	}
	for _, s := range list {
		if s.Title.ZH == "" || s.Title.EN == "" || s.About.ZH == "" || s.About.EN == "" {
			t.Errorf("%s is not described", s.Name)
		}
		f := sample(t, s.File)
		if len(f.Cases) < 3 {
			t.Errorf("%s has %d cases", s.Name, len(f.Cases))
		}
		for _, p := range f.Test(Env{}) {
			t.Errorf("%s", p)
		}
		seen := map[string]bool{}
		for _, c := range f.Cases {
			for _, step := range f.Try(c.Trial, Env{}).Steps {
				seen[step.Node] = true
			}
			seen[f.Try(c.Trial, Env{}).Node] = true
		}
		for _, name := range f.Order {
			if !seen[name] {
				t.Errorf("%s: no case gets to %s", s.Name, name)
			}
		}
	}
}
