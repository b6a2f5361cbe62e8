package flows

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestVariablesReadTooEarly(t *testing.T) {
	src := `name: x
start: a
takes: [given]
nodes:
  a: {kind: prompt, play: [{say_digits: "${order}"}, {say_digits: "${given}"}], exits: {next: ask}}
  ask: {kind: input, play: enter_order, into: order, exits: {next: m, timeout: t}}
  t: {kind: prompt, play: {tts: "${order}${sum}"}, exits: {next: m}}
  m: {kind: menu, play: {tts: "${order}"}, keys: {1: s, 2: t, 3: c}}
  s: {kind: set, values: {sum: "1", twice: "${sum}${sum}"}, exits: {next: say}}
  say: {kind: prompt, play: {tts: "${twice}"}, exits: {next: m}}
  c: {kind: condition, when: [{if: never == "1", go: z}], exits: {other: z}}
  z: {kind: set, values: {never: "1"}, exits: {next: h}}
  h: {kind: hangup, play: {tts: "${never}"}}
`
	f, list := Inspect("x", []byte(src), sampleRefs())
	if f == nil {
		t.Fatal(list)
	}
	var got []string
	for _, p := range list {
		got = append(got, fmt.Sprint(p.Node, " ", p.Code, " ", p.Warning, " ", strings.Contains(p.What, "order")))
	}
	if !slices.Equal(got, []string{"a variable.early true true", "c variable.early true false"}) {
		t.Errorf("%v", got)
	}
}

// Ten thousand nodes that set and read as many variables are looked through
// in bearable time.
func TestManyVariablesAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("name: x\nstart: n0\nnodes:\n")
	for i := range 5000 {
		fmt.Fprintf(&b, "  n%d: {kind: set, values: {v%d: \"${v%d}\"}, exits: {next: m%d}}\n", i, i, (i+1)%5000, i)
		fmt.Fprintf(&b, "  m%d: {kind: menu, play: welcome, keys: {1: n%d, 2: n0}}\n", i, (i+1)%5000)
	}
	begin := time.Now()
	f, _ := Inspect("x", []byte(b.String()), sampleRefs())
	if took := time.Since(begin); f == nil || took > time.Minute {
		t.Errorf("%v after %s", f != nil, took)
	}
}
