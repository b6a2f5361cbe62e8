package flows

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTrialsEndWhereTheySay(t *testing.T) {
	f := sample(t, "main.yaml")
	holiday := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		trial Trial
		where string
		heard []string
		not   string
	}{
		{"straight to a group", Trial{At: monday, Keys: []string{"1"}}, "group 售前", []string{"welcome", "menu_main"}, "menu_message"},
		{"nobody is there", Trial{At: monday, Keys: []string{"1", "2"}, Then: []string{"no_agent"}}, "hangup", []string{"menu_message", "再见"}, "leave_message"},
		{"a talk", Trial{At: monday, Keys: []string{"1"}, Then: []string{"answered"}}, "hangup", []string{"menu_main"}, "menu_message"},
		{"a holiday", Trial{At: holiday, Keys: []string{"1"}}, "voicemail", []string{"holiday", "leave_message"}, "menu_main"},
		{"no message", Trial{At: holiday, Keys: []string{"1"}, NoMessage: true}, "hangup", []string{"leave_message"}, "message_saved"},
		{"silent", Trial{At: monday}, "group 售前", []string{"no_key", "no_key"}, "invalid_key"},
		{"too few keys, then good ones", Trial{At: monday, Keys: []string{"2", "1", "12#", "1001#"}}, "hangup", []string{"invalid_key", "幺零零幺", "order_shipped"}, "order_unknown"},
		{"vip", Trial{At: monday, Customer: map[string]string{"level": "vip"}}, "group 售后", []string{"welcome"}, "menu_main"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := f.Try(c.trial, Env{})
			if got.Where() != c.where {
				t.Errorf("ends at %s, want %s", got.Where(), c.where)
			}
			if missing := got.unheard(c.heard); missing != "" {
				t.Errorf("does not hear %s: %+v", missing, got.Heard)
			}
			if got.unheard([]string{c.not}) == "" {
				t.Errorf("hears %s", c.not)
			}
		})
	}
}

func TestKeysAreReadAsTheSwitchReadsThem(t *testing.T) {
	for _, c := range []struct {
		keys, want string
		late       bool
		c          Collect
	}{
		{"12#4", "12", false, Collect{Min: 1, Max: 5, Terminators: "#"}},
		{"12", "12", false, Collect{Min: 1, Max: 5, Terminators: "#"}},
		{"1", "1", true, Collect{Min: 2, Max: 5, Terminators: "#"}},
		{"", "", true, Collect{Min: 1, Max: 1}},
		{"#", "#", false, Collect{Min: 1, Max: 1}},
		{"123456", "123", false, Collect{Min: 1, Max: 3}},
	} {
		p := &tryout{t: Trial{Keys: []string{c.keys}}}
		if got := p.press(c.c); got.Value != c.want || got.TimedOut != c.late {
			t.Errorf("%q: %+v", c.keys, got)
		}
	}
	if keys, bad := SplitKeys("1, 2#,-,"); bad != "" || !slices.Equal(keys, []string{"1", "2#", "", ""}) {
		t.Errorf("%q %q", keys, bad)
	}
	if _, bad := SplitKeys("1,x"); bad != "x" {
		t.Errorf("%q", bad)
	}
}

// Whatever the flow, a trial comes to an end and says where.
func TestEveryTrialEnds(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 3))
	ends := map[End]int{}
	for range 1000 {
		f, list := Parse("r.yaml", []byte(randomFlow(r, 1+r.IntN(10))))
		if f == nil {
			t.Fatalf("seed %d: %v", seed, list)
		}
		trial := Trial{At: monday, From: "13800138000"}
		for range r.IntN(5) {
			trial.Keys = append(trial.Keys, []string{"1", "2", "*", "", "99#"}[r.IntN(5)])
			trial.Then = append(trial.Then, ThenWords[r.IntN(len(ThenWords))])
		}
		got := f.Try(trial, Env{})
		if !slices.Contains(Ends, string(got.End)) || len(got.Steps) > MaxSteps+2 {
			t.Fatalf("seed %d: ends at %q after %d steps", seed, got.End, len(got.Steps))
		}
		ends[got.End]++
	}
	t.Log(ends)
}

const withCases = `name: x
start: m
nodes:
  m: {kind: menu, play: menu_main, keys: {1: g, 2: 号}}
  g: {kind: group, group: 售前, exits: {no_agent: v}}
  v: {kind: voicemail}
  号: {kind: input, play: enter_order, into: n, exits: {next: h}}
  h: {kind: hangup, play: thank_you}
cases:
  - {name: 售前, keys: 1, expect: {exit: group, group: 售前, heard: [menu_main]}}
  - name: 留言
    at: 2026-10-01 09:00
    from: "13957112345"
    keys: "1"
    then: no_agent
    expect: {exit: voicemail, heard: [menu_main, 请在嘀声后留言]}
  - {name: 订单, keys: [2, "77#"], expect: {node: h, variables: {n: "77"}}}
`

func TestSavedCases(t *testing.T) {
	f := parsed(t, withCases)
	if len(f.Cases) != 3 {
		t.Fatalf("%d cases", len(f.Cases))
	}
	if list := f.Test(Env{}); len(list) > 0 {
		t.Errorf("%v", list)
	}
	for _, c := range []struct{ old, new, says string }{
		{"group: 售前, heard", "group: 售后, heard", `case 售前 fails: group is "售前", expected "售后"`},
		{"exit: group,", "exit: hangup,", `exit is "group", expected "hangup"`},
		{"[menu_main, 请", "[welcome, 请", "does not hear welcome"},
		{`{n: "77"}`, `{n: "78"}`, `variable n is "77", expected "78"`},
		{"node: h", "node: m", `node is "h", expected "m"`},
	} {
		list := parsed(t, strings.Replace(withCases, c.old, c.new, 1)).Test(Env{})
		if len(list) != 1 || !strings.Contains(list[0].String(), c.says) || list[0].Line < 10 || list[0].WhatZH == "" {
			t.Errorf("%s: %v", c.new, list)
		}
	}
}

func TestReadRefs(t *testing.T) {
	refs, err := ReadRefs([]byte("groups: [售前]\nagents: ['8001']\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := refs.Group("售前"); !ok {
		t.Error("the group is not known")
	}
	if _, ok := refs.Agent("8002"); ok || refs.Prompt != nil || refs.Flow != nil {
		t.Errorf("%+v", refs)
	}
	if _, err := ReadRefs([]byte("group: [售前]\n")); err == nil {
		t.Error("a field that is not there was taken")
	}
}
