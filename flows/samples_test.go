package flows

import (
	"os"
	"testing"
	"time"
)

var zone = time.FixedZone("UTC+8", 8*3600)

// monday is a working day, at ten.
var monday = time.Date(2026, 11, 23, 10, 0, 0, 0, zone)

func sampleRefs() Refs {
	groups := map[string]int64{"售前": 11, "售后": 12}
	return Refs{
		Prompt: func(string) bool { return false },
		Group:  func(n string) (int64, bool) { id, ok := groups[n]; return id, ok },
		Agent:  func(n string) (int64, bool) { return 1, n == "8001" },
		Hours:  func(n string) bool { return n == "office" },
		Flow:   func(n string) bool { return n == "子流程" },
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

func TestSamplesAreClean(t *testing.T) {
	sample(t, "main.yaml")
	sample(t, "simple.yaml")
}
