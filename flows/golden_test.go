package flows

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

func files(t *testing.T, pattern string) []string {
	t.Helper()
	list, err := filepath.Glob(pattern)
	if err != nil || len(list) == 0 {
		t.Fatalf("no files %s: %v", pattern, err)
	}
	return list
}

func TestGoodFlowsAreTaken(t *testing.T) {
	for _, file := range files(t, "testdata/good/*.yaml") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			f, list := Inspect(filepath.Base(file), src, sampleRefs())
			for _, p := range list {
				if !p.Warning {
					t.Errorf("%s", p)
				}
			}
			if f == nil {
				t.Fatal("refused")
			}
			named := func(name string) (*Flow, int64, int64) { return part(), 2, 1 }
			for _, p := range f.Test(Env{Flow: named}) {
				t.Errorf("%s", p)
			}
			if again := Check(f, sampleRefs()); Refused(again) {
				t.Errorf("Check finds %v, Inspect did not", again)
			}
		})
	}
}

// Each bad file lies beside the list of what must be said about it, in both
// languages.
func TestBadFlowsAreRefusedWithTheirPlace(t *testing.T) {
	for _, file := range files(t, "testdata/bad/*.yaml") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			f, list := Inspect(filepath.Base(file), src, sampleRefs())
			if f != nil || !Refused(list) {
				t.Fatal("taken")
			}
			var b strings.Builder
			for _, p := range list {
				if p.Line < 1 || p.Column < 1 || p.What == "" || p.Do == "" || p.WhatZH == "" || p.DoZH == "" {
					t.Errorf("incomplete: %+v", p)
				}
				if s := p.In("en") + p.In("zh"); strings.Contains(s, "%!") {
					t.Errorf("badly put together: %s", s)
				}
				b.WriteString(p.In("en") + "\n" + p.In("zh") + "\n")
			}
			compare(t, strings.TrimSuffix(file, ".yaml")+".want", b.String())
		})
	}
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs\ngot:\n%s\nwant:\n%s", file, got, want)
	}
}
