package esl

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
)

// realCall is a call that FreeSWITCH made to itself: far is the leg that we
// dialled with, near the inbound one that the dialplan parked.
type realCall struct{ near, far string }

type realFloor struct {
	t   testing.TB
	n   *Node
	col *collector
	fs  *realSwitch
}

func newFloor(t testing.TB) *realFloor {
	f := &realFloor{t: t, col: newCollector(), fs: startFreeSWITCH(t)}
	f.n = f.fs.node(t, f.col.out)
	f.col.kind(t, Snapshot)
	return f
}

func (f *realFloor) leg(what string, k Kind, uuid string) Event {
	f.t.Helper()
	return f.col.wait(f.t, what, func(e Event) bool { return e.Kind == k && e.UUID == uuid })
}

// ring dials number and returns once the near leg is parked, not answered.
func (f *realFloor) ring(number string, vars map[string]string) realCall {
	f.t.Helper()
	far := uuid.NewString()
	f.n.Send(Originate{UUID: far, Target: Target{Gateway: "self", Number: number}, From: "13800138000",
		FromName: "张三, O'Brien", Timeout: 20 * time.Second, Vars: vars})
	near := f.col.wait(f.t, "near leg", func(e Event) bool { return e.Kind == Park && e.Inbound && e.To == number })
	return realCall{near.UUID, far}
}

// talk also answers.
func (f *realFloor) talk(number string, vars map[string]string) realCall {
	f.t.Helper()
	c := f.ring(number, vars)
	f.n.Send(AnswerLeg{UUID: c.near})
	f.leg("far leg's park", Park, c.far)
	return c
}

func TestRealFreeSWITCH(t *testing.T) {
	f := newFloor(t)
	t.Run("originate, park, answer", f.testAnswer)
	t.Run("play", f.testPlay)
	t.Run("collect digits", f.testDigits)
	t.Run("variables", f.testVars)
	t.Run("bridge, hold, resume", f.testBridge)
	t.Run("record", f.testRecord)
	t.Run("dead man", f.testDeadMan)
	t.Run("originate refused", f.testRefused)
	t.Run("early media", f.testEarly)
	t.Run("user", f.testUser)
	t.Run("snapshot", f.testSnapshot)
	t.Run("hostile text", f.testHostile)
}

func (f *realFloor) testAnswer(t *testing.T) {
	f.t = t
	c := f.ring("400", map[string]string{"sd_call": "k1", "sd_list": "a,b c"})
	f.n.Send(AnswerLeg{UUID: c.near})
	f.leg("near answer", Answer, c.near)
	ev := f.leg("far park", Park, c.far)
	if ev.Call != "k1" || ev.Inbound {
		t.Errorf("far leg: %+v", ev)
	}
	f.n.Send(DumpChannel{UUID: c.near})
	dump := f.leg("dump", Dump, c.near)
	if got := dump.Vars["Caller-Caller-ID-Name"]; got != "张三 O Brien" {
		t.Errorf("caller's name %q", got)
	}
	if dump.From != "13800138000" || dump.To != "400" || dump.Context != "public" {
		t.Errorf("near leg: %+v", dump)
	}
	f.n.Send(DumpChannel{UUID: c.far})
	if got := f.leg("dump", Dump, c.far).Vars["sd_list"]; got != "a,b c" {
		t.Errorf("variable with comma and space: %q", got)
	}
	f.n.Send(HangupLeg{UUID: c.near, Cause: "USER_BUSY"})
	if ev := f.leg("hang-up", Hangup, c.near); ev.Cause != "USER_BUSY" {
		t.Errorf("cause %q", ev.Cause)
	}
	f.n.Send(HangupLeg{UUID: c.near})
	if ev := f.leg("refusal", Failed, c.near); !ev.Gone() {
		t.Errorf("hang up twice: %+v", ev)
	}
	f.n.Send(PlayFiles{UUID: c.near, ID: "late", Files: []string{"/x.wav"}})
	if ev := f.leg("refusal", Failed, c.near); !ev.Gone() || ev.AppID != "late" {
		t.Errorf("play to nobody: %+v", ev)
	}
	f.n.Send(BridgeLegs{A: c.near, B: c.far})
	if ev := f.leg("refusal", Failed, c.near); !ev.Gone() {
		t.Errorf("bridge to nobody: %+v", ev)
	}
}

func (f *realFloor) testPlay(t *testing.T) {
	f.t = t
	c := f.talk("401", nil)
	began := time.Now()
	f.n.Send(PlayFiles{UUID: c.near, ID: "two", Files: []string{"tone_stream://%(300,0,440)", "silence_stream://200"}})
	ev := f.leg("completion", ExecuteComplete, c.near)
	for ev.AppID != "two" { // the answer's own completion comes first
		ev = f.leg("completion", ExecuteComplete, c.near)
	}
	if d := time.Since(began); d < 450*time.Millisecond || ev.Response != "FILE PLAYED" {
		t.Errorf("two files took %v: %+v", d, ev)
	}
	// In order, one after the other.
	f.n.Send(PlayFiles{UUID: c.near, ID: "p1", Files: []string{"silence_stream://200"}})
	f.n.Send(PlayFiles{UUID: c.near, ID: "p2", Files: []string{"silence_stream://100"}})
	if ev := f.leg("completion", ExecuteComplete, c.near); ev.AppID != "p1" {
		t.Errorf("first: %+v", ev)
	}
	if ev := f.leg("completion", ExecuteComplete, c.near); ev.AppID != "p2" {
		t.Errorf("second: %+v", ev)
	}
	f.n.Send(PlayFiles{UUID: c.near, ID: "none", Files: []string{"/no/such.wav"}})
	if ev := f.leg("completion", ExecuteComplete, c.near); ev.AppID != "none" || ev.Response == "FILE PLAYED" {
		t.Errorf("missing file: %+v", ev)
	}
	// Music goes round without a word until Break, and what is queued behind
	// it goes with it.
	f.n.Send(PlayFiles{UUID: c.near, ID: "music", Loop: true, Files: []string{"tone_stream://%(600,0,350)"}})
	f.n.Send(PlayFiles{UUID: c.near, ID: "never", Files: []string{"silence_stream://10"}})
	time.Sleep(1500 * time.Millisecond) // the music goes round twice
	f.n.Send(Break{UUID: c.near})
	began = time.Now()
	f.n.Send(PlayFiles{UUID: c.near, ID: "after", Files: []string{"silence_stream://20"}})
	if ev := f.leg("completion", ExecuteComplete, c.near); ev.AppID != "after" || time.Since(began) > 400*time.Millisecond {
		t.Errorf("after the music, %v: %+v", time.Since(began), ev)
	}
	f.n.Send(HangupLeg{UUID: c.far})
	f.leg("hang-up", Hangup, c.near)
}

func (f *realFloor) testDigits(t *testing.T) {
	f.t = t
	c := f.talk("402", nil)
	collect := CollectDigits{UUID: c.near, ID: "menu", Files: []string{"tone_stream://%(3000,0,440)", "silence_stream://2000"},
		Min: 1, Max: 4, Terminators: "#", Timeout: 3 * time.Second, InterDigit: time.Second}
	done := func(id string) Event {
		t.Helper()
		return f.col.wait(t, "completion of "+id, func(e Event) bool { return e.Kind == ExecuteComplete && e.AppID == id })
	}
	began := time.Now()
	f.n.Send(collect)
	f.n.Send(SendKeys{UUID: c.far, Keys: "12#"})
	if ev := done("menu"); ev.Digits != "12" || time.Since(began) > 3*time.Second {
		t.Errorf("12# in %v: %+v", time.Since(began), ev)
	}
	collect.ID, collect.Terminators, collect.Max, collect.Files = "star", "", 1, nil
	f.n.Send(collect)
	f.n.Send(SendKeys{UUID: c.far, Keys: "#"})
	if ev := done("star"); ev.Digits != "#" {
		t.Errorf("# as a key: %+v", ev)
	}
	collect.ID, collect.Timeout = "nothing", time.Second
	f.n.Send(collect)
	if ev := done("nothing"); ev.Digits != "" {
		t.Errorf("nothing pressed: %+v", ev)
	}
	collect.ID, collect.Min, collect.Max = "short", 3, 5
	f.n.Send(collect)
	f.n.Send(SendKeys{UUID: c.far, Keys: "7"})
	ev := done("short")
	if ev.Digits != "7" {
		t.Errorf("one key where three are due: %q", ev.Digits)
	}
	f.n.Send(SendKeys{UUID: c.far, Keys: "9"})
	if ev := f.leg("DTMF", DTMF, c.near); ev.Digits != "9" {
		t.Errorf("key while parked: %+v", ev)
	}
	// Break ends the prompt; the wait for a key goes on.
	collect.ID, collect.Files, collect.Timeout, collect.Min = "broken", []string{"silence_stream://6000"}, 2*time.Second, 1
	f.n.Send(collect)
	time.Sleep(200 * time.Millisecond)
	began = time.Now()
	f.n.Send(Break{UUID: c.near})
	if done("broken"); time.Since(began) > 4*time.Second {
		t.Errorf("Break during the prompt ended the collection only after %v", time.Since(began))
	}
	f.n.Send(HangupLeg{UUID: c.far})
	f.leg("hang-up", Hangup, c.near)
}

func (f *realFloor) testVars(t *testing.T) {
	f.t = t
	c := f.talk("403", nil)
	vars := map[string]string{
		"sd_call": "k7", "sd_role": "caller", "sd_note": "值 with spaces, commas = and \"quotes\" {braces} [x] $5 | ^",
		"transfer_after_bridge": "after:XML:switchdesk",
	}
	for i := range 12 { // several commands' worth
		vars["sd_long_"+itoa(i)] = "0123456789 0123456789 0123456789"
	}
	f.n.Send(SetVars{UUID: c.near, Vars: vars})
	f.n.Send(DumpChannel{UUID: c.near})
	dump := f.leg("dump", Dump, c.near)
	for k, v := range vars {
		if dump.Vars[k] != v {
			t.Errorf("%s = %q, want %q", k, dump.Vars[k], v)
		}
	}
	if dump.Call != "k7" || dump.Role != "caller" {
		t.Errorf("dump: call %q role %q", dump.Call, dump.Role)
	}
	f.n.Send(AskPhone{UUID: c.near, Action: "talk"})
	f.n.Send(HangupLeg{UUID: c.far})
	if ev := f.leg("hang-up", Hangup, c.near); ev.Call != "k7" {
		t.Errorf("hang-up of call %q", ev.Call)
	}
}

func (f *realFloor) testBridge(t *testing.T) {
	f.t = t
	a := f.talk("410", nil)
	b := f.talk("411", nil)
	f.n.Send(SetVars{UUID: a.near, Vars: map[string]string{"transfer_after_bridge": "after:XML:switchdesk"}})
	f.n.Send(SetVars{UUID: b.far, Vars: map[string]string{"hangup_after_bridge": "true"}})
	f.n.Send(PlayFiles{UUID: a.near, Loop: true, Files: []string{"tone_stream://%(1000,0,350)"}})
	f.n.Send(BridgeLegs{A: a.near, B: b.far})
	if ev := f.col.kind(t, Bridge); !pair(ev, a.near, b.far) {
		t.Fatalf("bridge: %+v, want %s %s", ev, a.near, b.far)
	}
	chans := f.snapshot()
	if p := chans[a.near].Peer; p != b.far {
		t.Errorf("peer of %s is %q", a.near, p)
	}
	f.n.Send(ParkLeg{UUID: a.near, Both: true})
	f.both("park for hold", Park, a.near, b.far)
	f.n.Send(PlayFiles{UUID: a.near, Loop: true, Files: []string{"local_stream://moh"}})
	f.n.Send(BridgeLegs{A: a.near, B: b.far})
	if ev := f.col.kind(t, Bridge); !pair(ev, a.near, b.far) {
		t.Fatalf("resume: %+v", ev)
	}
	// The agent hangs up: the customer comes back parked in "after".
	f.n.Send(HangupLeg{UUID: b.far})
	f.each("hang-up", func(e Event) bool { return e.Kind == Hangup && e.UUID == b.far },
		func(e Event) bool {
			return e.Kind == Park && e.UUID == a.near && e.Context == "switchdesk" && e.To == "after"
		})
	f.n.Send(TransferLeg{UUID: a.near, Extension: "fallback", Context: "switchdesk"})
	if ev := f.leg("fallback", Hangup, a.near); ev.Cause != "NORMAL_TEMPORARY_FAILURE" {
		t.Errorf("fallback: %+v", ev)
	}
}

func pair(ev Event, a, b string) bool {
	return ev.UUID == a && ev.Other == b || ev.UUID == b && ev.Other == a
}

// both waits for one event of the kind on each leg, in any order.
func (f *realFloor) both(what string, k Kind, a, b string) {
	f.t.Helper()
	f.each(what, func(e Event) bool { return e.Kind == k && e.UUID == a }, func(e Event) bool { return e.Kind == k && e.UUID == b })
}

// each waits for two events in any order.
func (f *realFloor) each(what string, one, two func(Event) bool) {
	f.t.Helper()
	var seen [2]bool
	for !seen[0] || !seen[1] {
		f.col.wait(f.t, what, func(e Event) bool {
			for i, is := range []func(Event) bool{one, two} {
				if !seen[i] && is(e) {
					seen[i] = true
					return true
				}
			}
			return false
		})
	}
}

func (f *realFloor) snapshot() map[string]Channel {
	f.t.Helper()
	s, err := f.n.current()
	if err != nil {
		f.t.Fatal(err)
	}
	ev, err := s.snapshot(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	m := map[string]Channel{}
	for _, c := range ev.Channels {
		m[c.UUID] = c
	}
	return m
}

func (f *realFloor) testRecord(t *testing.T) {
	f.t = t
	a, b := f.talk("420", nil), f.talk("421", nil)
	f.n.Send(BridgeLegs{A: a.near, B: b.far})
	f.col.kind(t, Bridge)
	path := filepath.Join(f.fs.dir, "rec", a.near+".wav")
	f.n.Send(StartRecording{UUID: a.near, Path: path})
	if ev := f.leg("record start", RecordStart, a.near); ev.Path != path {
		t.Errorf("start: %+v", ev)
	}
	time.Sleep(1200 * time.Millisecond) // something to record
	f.n.Send(StopRecording{UUID: a.near, Path: path})
	ev := f.leg("record stop", RecordStop, a.near)
	if ev.Path != path || ev.Seconds < 0.8 || ev.Seconds > 3 {
		t.Errorf("stop: %q %v s", ev.Path, ev.Seconds)
	}
	wav, err := os.ReadFile(path)
	if err != nil || len(wav) < 44 || wav[22] != 2 {
		t.Fatalf("recording is not stereo: %v, %d bytes", err, len(wav))
	}
	f.n.Send(StartRecording{UUID: a.near, Path: "/proc/no/such.wav"})
	if ev := f.leg("refusal", Failed, a.near); ev.Gone() {
		t.Errorf("recording nowhere: %+v", ev)
	}
	f.n.Send(HangupLeg{UUID: a.far})
	f.n.Send(HangupLeg{UUID: b.near})
	f.leg("hang-up", Hangup, a.near)
}

func (f *realFloor) testDeadMan(t *testing.T) {
	f.t = t
	a, b := f.talk("430", nil), f.talk("431", nil)
	f.n.Send(DeadMan{UUID: a.near, After: time.Second})
	f.n.Send(DeadMan{UUID: b.near, After: time.Second})
	f.n.Send(DeadMan{UUID: b.near})
	if ev := f.leg("dead man", Hangup, a.near); ev.Cause != "NORMAL_TEMPORARY_FAILURE" {
		t.Errorf("dead man: %+v", ev)
	}
	time.Sleep(1500 * time.Millisecond) // longer than b's, had it stayed
	if _, there := f.snapshot()[b.near]; !there {
		t.Error("the cancelled dead man struck")
	}
	f.n.Send(HangupLeg{UUID: b.far})
	f.leg("hang-up", Hangup, b.near)
}

func (f *realFloor) testSnapshot(t *testing.T) {
	f.t = t
	a := f.talk("450", nil)
	chans := f.snapshot()
	near, far := chans[a.near], chans[a.far]
	if !near.Inbound || !near.Answered() || near.To != "450" || near.State != "CS_EXECUTE" || near.Context != "public" ||
		time.Since(near.Created) > time.Minute {
		t.Errorf("near: %+v", near)
	}
	if far.Inbound || !far.Answered() || far.Peer != "" {
		t.Errorf("far: %+v", far)
	}
	// A new connection finds both.
	col := newCollector()
	n := NewNode(NodeConfig{Addr: f.fs.addr, Password: f.fs.password}, col.out)
	run(t, n)
	snap := col.kind(t, Snapshot)
	found := 0
	for _, c := range snap.Channels {
		if c.UUID == a.near || c.UUID == a.far {
			found++
		}
	}
	if found != 2 {
		t.Errorf("a second connection sees %d of 2 legs", found)
	}
	f.n.Send(HangupLeg{UUID: a.far})
	f.leg("hang-up", Hangup, a.near)
}
