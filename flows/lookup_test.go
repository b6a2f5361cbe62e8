package flows

import (
	"strings"
	"testing"
	"time"
)

const lookupFlow = `
name: x
start: n
nodes:
  n: {kind: input, play: enter_order, into: 号, terminator: none, max: 12, exits: {next: s}}
  s: {kind: set, values: {词: "${号}"}, exits: {next: q}}
  q:
    kind: lookup
    url: "https://crm.test/o/${词}/x?k=${词}&c=${caller}"
    headers: {X-Key: "a${词}"}
    into: {态: data.state, 数: "items[1].n", 真: ok}
    exits: {ok: 好, not_found: 无, failed: 坏}
  好: {kind: hangup}
  无: {kind: hangup}
  坏: {kind: hangup}
`

func TestLookupTakesWhatTheAnswerHolds(t *testing.T) {
	f := parsed(t, lookupFlow)
	for _, c := range []struct {
		in   Fetched
		node string
		vars string
	}{
		{Fetched{Status: 200, Body: `{"data":{"state":"发货"},"items":[1,{"n":12.50}],"ok":true}`}, "好", "发货|12.50|true"},
		{Fetched{Status: 201, Body: `{"data":{"state":"x"}}`}, "好", "x||"},
		{Fetched{Status: 200, Body: `{"data":null,"items":{},"ok":[]}`}, "无", "||"},
		{Fetched{Status: 200, Body: `[]`}, "无", "||"},
		{Fetched{Status: 200, Body: ``}, "无", "||"},
		{Fetched{Status: 404, Body: `{"ok":true}`}, "无", "||"},
		{Fetched{Status: 500, Body: `{"ok":true}`}, "坏", "||"},
		{Fetched{Status: 200, Body: `<html>`}, "坏", "||"},
		{Fetched{Status: 200, Body: strings.Repeat("[", 200_000)}, "坏", "||"},
		{Fetched{Status: 302}, "坏", "||"},
		{Fetched{Why: "no answer in time"}, "坏", "||"},
	} {
		got := f.Try(Trial{At: monday, Keys: []string{"77"}, Answers: []Fetched{c.in}}, Env{})
		vars := got.Vars["态"] + "|" + got.Vars["数"] + "|" + got.Vars["真"]
		if got.Node != c.node || vars != c.vars {
			t.Errorf("%.60v: at %s with %s", c.in, got.Node, vars)
		}
	}
	long := f.Try(Trial{At: monday, Keys: []string{"7"}, Answers: []Fetched{{Status: 200, Body: `{"data":{"state":"` + strings.Repeat("长", 5000) + `"}}`}}}, Env{})
	if n := len([]rune(long.Vars["态"])); n != maxValue {
		t.Errorf("%d characters kept", n)
	}
}

// What a variable holds never changes where a request goes.
func TestVariablesStayInTheirPlaceOfAnAddress(t *testing.T) {
	f := parsed(t, lookupFlow)
	for value, want := range map[string]string{
		"1001":        "https://crm.test/o/1001/x?k=1001&c=",
		"..":          "https://crm.test/o/__/x?k=..&c=",
		"a/../b":      "https://crm.test/o/a%2F..%2Fb/x?k=a%2F..%2Fb&c=",
		"1&k=2#z?":    "https://crm.test/o/1&k=2%23z%3F/x?k=1%26k%3D2%23z%3F&c=",
		"@evil.test/": "https://crm.test/o/@evil.test%2F/x?k=%40evil.test%2F&c=",
		"":            "https://crm.test/o//x?k=&c=",
		"${caller}":   "https://crm.test/o/$%7Bcaller%7D/x?k=%24%7Bcaller%7D&c=",
	} {
		w := &walk{f: f, r: &Run{Vars: map[string]string{"词": value}}, env: &Env{}}
		if got := w.url(f.Nodes["q"].doer.(*lookupNode).url); got != want {
			t.Errorf("%q: %s", value, got)
		}
	}
	w := &walk{f: f, r: &Run{Vars: map[string]string{"词": "a\r\nHost: evil"}}, env: &Env{}}
	if got := w.headers(f.Nodes["q"].doer.(*lookupNode).headers)["X-Key"]; strings.ContainsAny(got, "\r\n") {
		t.Errorf("%q", got)
	}
}

func TestConditions(t *testing.T) {
	for _, c := range []struct {
		when string
		env  Env
		want string
	}{
		{`number(v) > 5`, Env{}, "yes"},
		{`v == "12" and not repeat`, Env{}, "yes"},
		{`number(v) > 5`, Env{Now: monday}, "yes"},
		{`number(caller) > 5 or number(caller) <= 5`, Env{From: "anonymous"}, "no"}, // is no number
		{`customer.level == "vip"`, Env{Customer: map[string]string{"level": "vip"}}, "yes"},
		{`customer.level == "vip"`, Env{}, "no"},
		{`weekday == 1 and hour == 10 and minute == 0 and date == "2026-11-23"`, Env{Now: monday}, "yes"},
		{`has_last_agent`, Env{LastAgent: 3}, "yes"},
		{`caller matches "^13[0-9]{9}$"`, Env{From: "13800138000"}, "yes"},
		{`caller matches v + "("`, Env{From: "13800138000"}, "no"}, // fails when it runs
		{`region in ["浙江", "上海"] ? true : false`, Env{Region: "上海"}, "yes"},
		{`len(v) == 2 && v startsWith "1"`, Env{}, "yes"},
	} {
		f := parsed(t, "name: x\nstart: s\nnodes:\n  s: {kind: set, values: {v: 12}, exits: {next: c}}\n  c:\n    kind: condition\n    when:\n      - if: |-\n          "+
			c.when+"\n        go: yes\n    exits: {other: no}\n  yes: {kind: hangup}\n  no: {kind: hangup}\n")
		if run, _, steps := f.Begin(c.env); run.Node != c.want {
			t.Errorf("%s: %s %+v", c.when, run.Node, steps)
		}
	}
	for _, bad := range []string{
		"all([1], # > 0)", "any(split(caller, ''), true)", "map([1,2], #)", "reduce([1], #acc)", "1..9 == []", "caller | len", "now() > now()",
		"let a = 1; true", "a.b.c", "caller[0] == 'x'", "repeat(caller, 1000000) == ''", "fromJSON(caller)", "get(customer, 'x')", "$env", "true; false",
		strings.Repeat("not ", 120) + "true" + strings.Repeat(" ", 10) + "x",
	} {
		if x, err := compile(bad); err == nil {
			t.Errorf("taken: %.60s %v", bad, x.names)
		}
	}
}

// Whatever is written as a condition, it is refused or worked out in no time.
func FuzzConditions(f *testing.F) {
	for _, seed := range []string{`number(v) > 5`, `customer.level == "vip"`, `caller matches "^13"`, `v in ["a","b"] ? repeat : not repeat`, `-hour ** 2 < 5`, `v[0:1] == "x"`, `customer?.a ?? "" == ""`} {
		f.Add(seed, "13800138000")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		if len([]rune(text)) > maxExpression {
			return
		}
		x, err := compile(text)
		if err != nil {
			if exprReason(err) == "" {
				t.Error("refused without a reason")
			}
			return
		}
		w := &walk{f: &Flow{}, r: &Run{Vars: map[string]string{"v": clip(value)}}, env: &Env{From: value, Customer: map[string]string{"level": value}}}
		began := time.Now()
		holds, err := x.holds(w)
		if holds && err != nil {
			t.Error("holds and fails")
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

func TestSubflowsComeBackAndAreBounded(t *testing.T) {
	main := parsed(t, `
name: 主
start: a
nodes:
  a: {kind: subflow, flow: 子流程, gives: [n], exits: {next: b, missing: m}}
  b: {kind: prompt, play: [{say_digits: "${n}"}], exits: {next: z}}
  m: {kind: hangup, cause: busy}
  z: {kind: hangup, play: goodbye}
`)
	deep := `
name: 子流程
start: i
nodes:
  i: {kind: input, play: enter_order, into: n, exits: {next: s}}
  s: {kind: %s, exits: {%s}}
  r: {kind: return}
`
	sub := parsed(t, strings.NewReplacer("%s, exits: {%s}", "prompt, play: welcome, exits: {next: r}").Replace(deep))
	self := parsed(t, strings.NewReplacer("%s, exits: {%s}", "subflow, flow: 子流程, exits: {next: r, missing: r}").Replace(deep))
	with := func(f *Flow) Env {
		return Env{FlowID: 1, Version: 3, Flow: func(string) (*Flow, int64, int64) { return f, 2, 7 }}
	}
	got := main.Try(Trial{At: monday, Keys: []string{"42#"}}, with(sub))
	if got.Node != "z" || got.unheard([]string{"enter_order", "welcome", "四二", "goodbye"}) != "" {
		t.Errorf("%+v", got)
	}
	if got := main.Try(Trial{At: monday}, with(nil)); got.Node != "m" || got.Cause != CauseBusy {
		t.Errorf("a flow that is not in force: %+v", got)
	}
	keys := make([]string, 50)
	for i := range keys {
		keys[i] = "1#"
	}
	got = main.Try(Trial{At: monday, Keys: keys}, with(self))
	if asked := strings.Count(trailOf(got), "i|"); got.Node != "z" || asked != maxStack {
		t.Errorf("asked %d times, ended at %s", asked, got.Node)
	}
	env := with(sub)
	run, _, _ := main.Begin(env)
	if run.FlowID != 2 || run.Version != 7 || len(run.Stack) != 1 || run.Stack[0] != (Frame{1, 3, "a"}) {
		t.Errorf("%+v", run)
	}
	env.FlowAt = func(int64, int64) *Flow { return nil }
	sub.Resume(&run, Digits{Value: "5"}, env)
	if a, _ := sub.Resume(&run, Played{}, env); !run.Stopped || a.(Hangup).Prompts[0].File != "apology" {
		t.Errorf("with nothing to come back to: %+v %+v", run, a)
	}
}

func trailOf(t Tried) string {
	var b strings.Builder
	for _, s := range t.Steps {
		b.WriteString(s.Node + "|" + s.Exit + "\n")
	}
	return b.String()
}
