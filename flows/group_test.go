package flows

import (
	"testing"
	"time"
)

const waitingFlow = `name: 排队
start: 组
nodes:
  组:
    kind: group
    group: 售前
    priority: 7
    music: please_wait
    announce: false
    say: [offer_callback, {tts: "您的号码是 ${caller}"}]
    every: 45s
    offers: {2: 留言, "*": 结束}
    callback: 1
  留言: {kind: voicemail, group: 售前}
  结束: {kind: hangup}
`

func waiting(t *testing.T, from string) (*Flow, Env, Run, Enqueue) {
	t.Helper()
	f, list := Inspect("w.yaml", []byte(waitingFlow), sampleRefs())
	if f == nil {
		t.Fatal(list)
	}
	env := Env{Now: monday, From: from, Group: sampleRefs().Group}
	run, a, _ := f.Begin(env)
	q, ok := a.(Enqueue)
	if !ok {
		t.Fatalf("%T", a)
	}
	return f, env, run, q
}

func TestWaitingCallersAreOffered(t *testing.T) {
	f, env, run, q := waiting(t, "138 0013-8000")
	if q.Group != 11 || q.Priority != 7 || q.Music == nil || q.Music.File != "please_wait" || !q.Quiet ||
		q.Every != 45*time.Second || q.Keys != "2*1" || len(q.Say) != 2 || q.Say[1].Text != "您的号码是 138 0013-8000" {
		t.Fatalf("%+v", q)
	}
	for _, key := range []string{"3", "", "12", "#"} {
		if a, steps := f.Resume(&run, Pressed{key}, env); a != nil || len(steps) > 0 || run.Wait != "enqueue" {
			t.Fatalf("%q moves the caller: %+v %+v", key, a, steps)
		}
	}
	kept := run
	a, steps := f.Resume(&run, Pressed{"1"}, env)
	if a != (Callback{Group: 11, Name: "售前", Priority: 7, Number: "13800138000"}) || len(steps) != 1 || steps[0].Input != "1" || steps[0].Exit != "" {
		t.Fatalf("%+v %+v", a, steps)
	}
	again := run
	a, steps = f.Resume(&run, Done{}, env)
	h, ok := a.(Hangup)
	if !ok || len(h.Prompts) != 2 || h.Prompts[0].File != "callback_saved" || !run.Done || steps[0].Exit != "callback" {
		t.Fatalf("%+v %+v", a, steps)
	}
	if a, _ = f.Resume(&again, Failed{"too many"}, env); again.Wait != "enqueue" || again.Done {
		t.Fatalf("a caller who cannot be called back does not go on waiting: %+v", a)
	}
	a, steps = f.Resume(&kept, Pressed{"2"}, env)
	if _, ok := a.(Voicemail); !ok || steps[0].Exit != "2" || steps[0].Input != "2" {
		t.Fatalf("%+v %+v", a, steps)
	}
}

// A caller without a number is not offered what cannot be done.
func TestNoCallBackWithoutANumber(t *testing.T) {
	for _, from := range []string{"", "anonymous", "1", "sip:x@y"} {
		f, env, run, q := waiting(t, from)
		if q.Keys != "2*" {
			t.Errorf("%q: keys %s", from, q.Keys)
		}
		if a, _ := f.Resume(&run, Pressed{"1"}, env); a != nil {
			t.Errorf("%q: %+v", from, a)
		}
	}
}

// After a restart a caller whose call back was not yet noted waits on.
func TestWaitingGoesOnAfterARestart(t *testing.T) {
	f, env, run, _ := waiting(t, "13800138000")
	f.Resume(&run, Pressed{"1"}, env)
	a, steps := f.Again(&run, env)
	if _, ok := a.(Enqueue); !ok || run.Wait != "enqueue" || len(steps) != 1 {
		t.Errorf("%+v %+v", a, steps)
	}
}

func TestCallersStartWhereAnAgentSendsThem(t *testing.T) {
	f, list := Inspect("t.yaml", []byte(`name: x
start: a
nodes:
  a: {kind: hangup}
  查询: {kind: menu, title: 自助查询, play: menu_main, transferable: true, at: [10, -20], keys: {1: a, 2: b}}
  b: {kind: prompt, play: welcome, exits: {next: a}}
`), sampleRefs())
	if f == nil {
		t.Fatal(list) // what only such a caller reaches is reached
	}
	nodes := f.Transferable()
	if len(nodes) != 1 || nodes[0].Title != "自助查询" || *nodes[0].At != (Point{10, -20}) {
		t.Fatalf("%+v", nodes)
	}
	run, a, _ := f.BeginAt("查询", Env{Now: monday, FlowID: 3, Version: 4}, nil)
	if _, ok := a.(Collect); !ok || run.Node != "查询" || run.FlowID != 3 {
		t.Errorf("%+v %+v", a, run)
	}
	if run, a, _ = f.BeginAt("gone", Env{Now: monday}, nil); !run.Stopped || a == nil {
		t.Errorf("%+v %+v", a, run)
	}
}

// What the caller pressed or a system answered is spoken as one bounded line.
func TestSpokenTextIsBounded(t *testing.T) {
	f, list := Parse("t.yaml", []byte("name: x\nstart: a\nnodes:\n  a: {kind: hangup, play: [{tts: \"${customer.a}${customer.b}${customer.c}${customer.d}\"}, {tts: 固定 的话}]}\n"))
	if f == nil {
		t.Fatal(list)
	}
	long := ""
	for range 300 {
		long += "\n长\x00\u200b"
	}
	_, a, _ := f.Begin(Env{Now: monday, Customer: map[string]string{"a": long, "b": long, "c": long, "d": long}})
	h := a.(Hangup)
	if n := len([]rune(h.Prompts[0].Text)); n == 0 || n > maxText {
		t.Errorf("%d characters", n)
	}
	for _, c := range h.Prompts[0].Text {
		if c != '长' && c != ' ' {
			t.Fatalf("%q", h.Prompts[0].Text)
		}
	}
	if _, a, _ = f.Begin(Env{Now: monday}); len(a.(Hangup).Prompts) != 1 {
		t.Errorf("nothing is spoken: %+v", a)
	}
	if u := f.Uses(); len(u.Texts) != 1 || u.Texts[0] != (Prompt{Text: "固定 的话", Lang: "zh"}) || u.Texts[0] != a.(Hangup).Prompts[0] {
		t.Errorf("%+v", u)
	}
}
