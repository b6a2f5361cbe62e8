package flows

import (
	"testing"
)

// One caller's walk through the sample: greeting, hours, menu, queue, end.
func BenchmarkWalk(b *testing.B) {
	f := sample(b, "main.yaml")
	env := Env{Now: monday, From: "13800138000", Group: sampleRefs().Group}
	steps := 0
	b.ReportAllocs()
	for b.Loop() {
		r, _, s := f.Begin(env)
		steps += len(s)
		for _, in := range []Input{Played{}, Digits{Value: "7"}, Digits{Value: "1"}, Left{LeftTimeout}, Digits{Value: "2"}} {
			_, s = f.Resume(&r, in, env)
			steps += len(s)
		}
		if !r.Done {
			b.Fatal("not ended")
		}
	}
	b.ReportMetric(float64(steps)/b.Elapsed().Seconds(), "steps/s")
}

func benchmarkInspect(b *testing.B, nodes int) {
	src := []byte(large(nodes))
	refs := sampleRefs()
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if f, list := Inspect("x.yaml", src, refs); f == nil {
			b.Fatal(list)
		}
	}
}

func BenchmarkInspect1000Nodes(b *testing.B)  { benchmarkInspect(b, 1000) }
func BenchmarkInspect10000Nodes(b *testing.B) { benchmarkInspect(b, 10_000) }

// A condition of two expressions over variables and the caller.
func BenchmarkCondition(b *testing.B) {
	f, list := Parse("x.yaml", []byte("name: x\nstart: c\nnodes:\n  c: {kind: condition, when: [{if: 'number(caller) < 5 and repeat', go: z}, {if: 'caller startsWith \"139\" or hour < 9', go: z}], exits: {other: z}}\n  z: {kind: hangup}\n"))
	if f == nil {
		b.Fatal(list)
	}
	env := Env{Now: monday, From: "13800138000"}
	b.ReportAllocs()
	for b.Loop() {
		if r, _, _ := f.Begin(env); !r.Done {
			b.Fatal("not ended")
		}
	}
}

// What the drawing's saving costs: reading a document of 1,000 nodes and
// writing it as YAML, with the check that nothing was lost.
func BenchmarkWrite1000Nodes(b *testing.B) {
	doc, list := Document([]byte(large(1000)))
	if doc == nil {
		b.Fatal(list)
	}
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		if _, err := Write(doc); err != nil {
			b.Fatal(err)
		}
	}
}

// Checking the document of 1,000 nodes that the drawing sends.
func BenchmarkInspectDocument1000Nodes(b *testing.B) {
	doc, list := Document([]byte(large(1000)))
	if doc == nil {
		b.Fatal(list)
	}
	refs := sampleRefs()
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		if f, list := Inspect("x.json", doc, refs); f == nil {
			b.Fatal(list)
		}
	}
}

func BenchmarkDiff1000Nodes(b *testing.B) {
	src := []byte(large(1000))
	other := append([]byte("language: en\n"), src...)
	for b.Loop() {
		if list, err := Diff(src, other); err != nil || len(list) != 1 {
			b.Fatal(list, err)
		}
	}
}

// All cases of the largest sample, as an activation plays them.
func BenchmarkCases(b *testing.B) {
	f := sample(b, "main.yaml")
	for b.Loop() {
		if list := f.Test(Env{}); len(list) > 0 {
			b.Fatal(list)
		}
	}
}
