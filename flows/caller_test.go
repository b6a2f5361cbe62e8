package flows

import (
	"strings"
	"testing"
)

func TestNumberPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, number string
		fits            bool
	}{
		{"13800138000", "+86 138-0013-8000", true},
		{"13800138000", "1380013800", false},
		{"138*", "13800138000", true},
		{"138*", "138", true},
		{"138*", "0138", false},
		{"*8000", "13800138000", true},
		{"*8000", "80001", false},
		{"*013*", "13800138000", true},
		{"*999*", "13800138000", false},
		{"138????8000", "13800138000", true},
		{"138????8000", "138001380001", false},
		{"???", "123", true},
		{"???", "12", false},
		{"*5?", "13857", true},
		{"*5?", "13867", false},
		{"138*", "", false},
	} {
		if got := numberIn([]string{c.pattern}, c.number); got != c.fits {
			t.Errorf("%s %s: %v", c.pattern, c.number, got)
		}
	}
}

func TestCallersAreToldApart(t *testing.T) {
	src := `name: x
start: who
nodes:
  who:
    kind: caller
    cases:
      - {anonymous: true, go: a}
      - {known: true, customer: {company: 甲}, go: b}
      - {known: true, go: c}
      - {repeat: true, number: "*8000", go: d}
    exits: {other: e}
` + nodes("a", "b", "c", "d", "e")
	f, list := Inspect("x", []byte(src), sampleRefs())
	if f == nil {
		t.Fatal(list)
	}
	for _, c := range []struct {
		env  Env
		want string
	}{
		{Env{}, "a"},
		{Env{From: "anonymous"}, "a"},
		{Env{From: "+8613800138000"}, "e"},
		{Env{From: "13800138000", Repeat: true}, "d"},
		{Env{From: "13800138000", Customer: map[string]string{"id": "", "name": ""}}, "e"},
		{Env{From: "13800138000", Repeat: true, Customer: map[string]string{"name": "王"}}, "c"},
		{Env{From: "13800138000", Customer: map[string]string{"company": "甲"}}, "b"},
	} {
		c.env.Now = monday
		if run, _, _ := f.Begin(c.env); run.Node != c.want {
			t.Errorf("%+v goes to %s, not %s", c.env, run.Node, c.want)
		}
	}
}

func nodes(names ...string) string {
	var b strings.Builder
	for _, n := range names {
		b.WriteString("  " + n + ": {kind: hangup}\n")
	}
	return b.String()
}

// Who calls is looked up beside the call: a node that asks for it waits a
// moment, others don't.
func TestNodesWaitForTheCustomer(t *testing.T) {
	for _, node := range []string{
		"{kind: prompt, play: {tts: \"${customer.name}您好\"}, exits: {next: z}}",
		"{kind: caller, cases: [{customer: {name: 王}, go: z}], exits: {other: z}}",
		"{kind: caller, cases: [{known: true, go: z}], exits: {other: z}}",
		"{kind: condition, when: [{if: 'customer.name == \"王\"', go: z}], exits: {other: z}}",
		"{kind: set, values: {v: \"${customer.name}\"}, exits: {next: z}}",
		"{kind: survey, play: {tts: \"${customer.name}\"}, exits: {next: z}}",
	} {
		f, list := Inspect("x", []byte("name: x\nstart: a\nnodes:\n  a: "+node+"\n  z: {kind: voicemail}\n"), sampleRefs())
		if f == nil {
			t.Fatal(list)
		}
		env := Env{Now: monday, From: "13800138000", Looking: true}
		run, a, steps := f.Begin(env)
		for range 3 {
			p, ok := a.(Play)
			if !ok || len(p.Prompts) != 1 || p.Prompts[0].Tone != "moment" || len(steps) > 0 || run.Node != "a" {
				t.Fatalf("%s: %T %+v", node, a, steps)
			}
			if a, steps = f.Resume(&run, Digits{Value: "1"}, env); a != nil || len(steps) > 0 {
				t.Fatalf("%s: %+v", node, a)
			}
			a, steps = f.Resume(&run, Played{}, env)
		}
		kept := run
		env.Looking, env.Customer = false, map[string]string{"name": "王"}
		if a, _ = f.Again(&run, env); a == nil || run.Stage != "" {
			t.Errorf("%s: %+v", node, run)
		}
		env.Looking = true // it never ends
		for i := 0; kept.Stage != ""; i++ {
			if i > maxLooks {
				t.Fatalf("%s: waits for ever", node)
			}
			f.Resume(&kept, Failed{"x"}, env)
		}
	}
	f, _ := Inspect("x", []byte("name: x\nstart: a\nnodes:\n  a: {kind: caller, cases: [{number: 1*, go: z}], exits: {other: z}}\n  z: {kind: hangup}\n"), sampleRefs())
	if run, _, _ := f.Begin(Env{Now: monday, From: "1", Looking: true}); run.Node != "z" {
		t.Errorf("%+v", run)
	}
}
