package esl

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

func (f *realFloor) testRefused(t *testing.T) {
	f.t = t
	for _, tc := range []struct {
		number, cause string
		sip           int
	}{{"486", "USER_BUSY", 486}, {"404", "UNALLOCATED_NUMBER", 404}} {
		id := uuid.NewString()
		f.n.Send(Originate{UUID: id, Target: Target{Gateway: "self", Number: tc.number}, Timeout: 5 * time.Second})
		if ev := f.leg("hang-up", Hangup, id); ev.Cause != tc.cause || ev.SIPCode != tc.sip {
			t.Errorf("%s: cause %s, SIP %d", tc.number, ev.Cause, ev.SIPCode)
		}
	}
	id := uuid.NewString()
	f.n.Send(Originate{UUID: id, Target: Target{Gateway: "self", Number: "180"}, Timeout: 2 * time.Second})
	f.leg("ringing", Progress, id)
	if ev := f.leg("hang-up", Hangup, id); ev.Cause != "NO_ANSWER" {
		t.Errorf("no answer: %+v", ev)
	}
	for _, target := range []Target{{Gateway: "nobody", Number: "1"}, {User: "1-9999", Domain: "switchdesk"}} {
		id := uuid.NewString()
		f.n.Send(Originate{UUID: id, Target: target, Timeout: 2 * time.Second})
		ev := f.col.wait(t, "end", func(e Event) bool { return e.UUID == id && (e.Kind == Failed || e.Kind == Hangup) })
		if ev.Kind != Failed || ev.Cause == "" {
			t.Errorf("%+v: %+v", target, ev)
		}
		t.Logf("%+v: %s", target, ev.Cause)
	}
}

func (f *realFloor) testEarly(t *testing.T) {
	f.t = t
	a := f.talk("440", nil)
	id := uuid.NewString()
	f.n.Send(Originate{UUID: id, Target: Target{Gateway: "self", Number: "183"}, Timeout: 10 * time.Second, Ringback: a.near})
	if ev := f.leg("early media", Progress, id); !ev.Media {
		t.Errorf("progress: %+v", ev)
	}
	f.leg("early park", Park, id)
	f.n.Send(BridgeLegs{A: a.near, B: id})
	if ev := f.col.kind(t, Bridge); !pair(ev, a.near, id) {
		t.Errorf("bridge: %+v", ev)
	}
	f.n.Send(HangupLeg{UUID: id})
	f.both("hang-up", Hangup, id, a.near)
}

func (f *realFloor) testUser(t *testing.T) {
	f.t = t
	id := uuid.NewString()
	f.n.Send(Originate{UUID: id, Target: Target{User: "1-8001", Domain: "switchdesk"}, From: "555",
		FromName: "李四", Timeout: 5 * time.Second, Vars: map[string]string{"sd_call": "k8", "sd_role": "agent", "hangup_after_bridge": "true"}})
	ev := f.leg("park", Park, id)
	if ev.Call != "k8" || ev.Role != "agent" {
		t.Errorf("agent's leg: %+v", ev)
	}
	r, err := f.n.Do(t.Context(), HangupLeg{UUID: id})
	if err != nil {
		t.Errorf("Do: %+v %v", r, err)
	}
	f.leg("hang-up", Hangup, id)
	id = uuid.NewString()
	if r, err := f.n.Do(t.Context(), Originate{UUID: id, Target: Target{User: "1-8001", Domain: "switchdesk"}}); err != nil || r.Text != id {
		t.Errorf("Do originate: %+v %v", r, err)
	}
	f.n.Send(HangupLeg{UUID: id})
}

// testHostile sends what the checks let through of 5,000 hostile texts to the
// real switch: each must arrive as the text that it is, and nothing else.
func (f *realFloor) testHostile(t *testing.T) {
	f.t = t
	c := f.talk("460", nil)
	before := len(f.snapshot())
	set := 0
	for _, p := range payloads(5000) {
		if _, err := f.n.Do(t.Context(), SetVars{c.near, map[string]string{"sd_probe": p, "sd_canary": "still here"}}); err != nil {
			continue // refused, by us
		}
		set++
		r, err := f.n.Do(t.Context(), DumpChannel{c.near})
		if err != nil {
			t.Fatal(err)
		}
		d := decoder{}
		vars := d.dump([]byte(r.Body)).Vars
		if got := vars["sd_probe"]; got != strings.TrimRight(p, " ") || vars["sd_canary"] != "still here" {
			t.Errorf("set %q, the switch has %q, canary %q", p, got, vars["sd_canary"])
		}
	}
	t.Logf("%d texts set and read back", set)
	dialled := 0
	for _, p := range payloads(60) {
		id := uuid.NewString()
		o := Originate{UUID: id, Target: Target{Gateway: "self", Number: "486"}, FromName: p, From: p, Timeout: 2 * time.Second,
			Vars: map[string]string{"sd_probe": p, "sd_call": "k1"}}
		if _, err := encode(o); err != nil {
			delete(o.Vars, "sd_probe")
		}
		f.n.Send(o)
		if ev := f.leg("hang-up", Hangup, id); ev.Call != "k1" || ev.To != "486" || ev.Cause != "USER_BUSY" {
			t.Errorf("with %q: %+v", p, ev)
		}
		dialled++
	}
	t.Logf("%d calls dialled", dialled)
	time.Sleep(300 * time.Millisecond) // until the switch's table has caught up
	if after := len(f.snapshot()); after != before {
		t.Errorf("%d legs before, %d after", before, after)
	}
	f.n.Send(HangupLeg{UUID: c.far})
	f.leg("hang-up", Hangup, c.near)
}
