package floor

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"switchdesk/agents"
	"switchdesk/calls"
	"switchdesk/esl"
	"switchdesk/queues"
)

// byHand is a floor whose switch does what the test says, event by event.
type byHand struct {
	*testing.T
	core  *Core
	set   *Settings
	now   time.Time
	sent  []esl.Command // since the last take
	ended []calls.Bundle
	said  []Speech
	kept  map[string][]byte
	ids   int
}

func newByHand(t *testing.T, change func(*Settings)) *byHand {
	t.Helper()
	d := &byHand{T: t, now: start, set: testSettings(t, queues.LongestIdle, 2), kept: map[string][]byte{}}
	d.set.Accounts[1].InboundLimit = 0
	if change != nil {
		change(d.set)
	}
	d.open()
	for id := int64(1); id <= 2; id++ {
		d.do(SignIn{1, id})
		d.do(SetState{Account: 1, Agent: id, State: agents.Break, Reason: "午餐"})
	}
	return d
}

// open starts a controller with what the journal has.
func (d *byHand) open() {
	d.core = New(d.set, func() string { d.ids++; return fmt.Sprintf("id-%06d", d.ids) })
	d.core.Expect("fs1")
	d.core.Apply(d.set, d.now)
	for key, data := range d.kept {
		if key[:4] == "call" {
			l := &Live{}
			d.must(json.Unmarshal(data, l))
			d.core.Readmit(l, d.now)
		}
	}
	for key, data := range d.kept {
		if key[:4] != "call" {
			a := &agents.Agent{}
			d.must(json.Unmarshal(data, a))
			d.core.Seat(a, d.now)
		}
	}
}

func (d *byHand) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// snapshot is what a switch says once it is connected.
func (d *byHand) snapshot(legs ...esl.Channel) {
	e := esl.Event{Kind: esl.Snapshot, Channels: legs}
	for user := range d.core.phone {
		e.Phones = append(e.Phones, esl.Phone{User: user})
	}
	d.event(e)
}

func (d *byHand) event(e esl.Event) {
	e.Node = "fs1"
	d.core.Event(&e, d.now)
	d.drain()
}

func (d *byHand) drain() {
	x := d.core.Drain()
	for _, o := range x.Orders {
		d.sent = append(d.sent, o.Command)
	}
	d.ended = append(d.ended, x.Ended...)
	d.said = append(d.said, x.Speeches...)
	put := func(key string, v any) {
		data, err := json.Marshal(v)
		d.must(err)
		d.kept[key] = data
	}
	for _, l := range x.Changed {
		if d.core.live[l.Call.ID] == l {
			put("call "+l.Call.ID, l)
		}
	}
	for _, a := range x.Agents {
		put(fmt.Sprint("agent ", a.ID), a)
	}
	for i := range x.Ended {
		delete(d.kept, "call "+x.Ended[i].Record.ID)
	}
	d.core.Clear()
}

func (d *byHand) do(cmd Command) {
	d.Helper()
	d.must(d.core.Do(cmd, d.now))
	d.drain()
}

func (d *byHand) refused(cmd Command, code string) {
	d.Helper()
	err := d.core.Do(cmd, d.now)
	d.drain()
	if err == nil || faultCode(err) != code {
		d.Errorf("%T: %v, want the fault %s", cmd, err, code)
	}
}

// pass lets time go by, doing what is due.
func (d *byHand) pass(t time.Duration) {
	until := d.now.Add(t)
	for {
		at := d.core.Next()
		if at.IsZero() || at.After(until) {
			break
		}
		if at.After(d.now) {
			d.now = at
		}
		d.core.Tick(d.now)
		d.drain()
	}
	d.now = until
}

func (d *byHand) idle(agent int64) {
	d.do(SetState{Account: 1, Agent: agent, State: agents.Idle})
}

// call has somebody dial the service number; the leg is parked.
func (d *byHand) call(leg, from string) *Live {
	d.Helper()
	d.event(esl.Event{Kind: esl.Park, UUID: leg, Inbound: true, From: from, To: "4008001000", Context: contextPublic})
	return d.core.legs[leg]
}

// keys ends what plays or asks, with keys.
func (d *byHand) keys(l *Live, digits string) {
	d.event(esl.Event{Kind: esl.ExecuteComplete, UUID: l.Call.Customer.UUID, AppID: l.Call.Media.ID, Digits: digits})
}

func (d *byHand) press(l *Live, key string) {
	d.event(esl.Event{Kind: esl.DTMF, UUID: l.Call.Customer.UUID, Digits: key})
}

func (d *byHand) gone(leg, cause string) {
	d.event(esl.Event{Kind: esl.Hangup, UUID: leg, Cause: cause})
}

// waiting has a caller press 1 in the menu and wait in group 1.
func (d *byHand) waiting(leg, from string) *Live {
	d.Helper()
	l := d.call(leg, from)
	d.keys(l, "")  // welcome
	d.keys(l, "1") // menu
	if l.Queue == nil || l.Queue.Group != 1 {
		d.Fatalf("the caller %s does not wait: %+v", from, l.Call)
	}
	d.sent = nil
	return l
}

// originate gives the one call to somebody that was ordered since.
func (d *byHand) originate() esl.Originate {
	d.Helper()
	var found []esl.Originate
	for _, c := range d.sent {
		if o, ok := c.(esl.Originate); ok {
			found = append(found, o)
		}
	}
	if len(found) != 1 {
		d.Fatalf("%d phones are rung, want one: %+v", len(found), found)
	}
	d.sent = nil
	return found[0]
}

// answers has a leg that was ordered answer and park.
func (d *byHand) answers(leg string) {
	d.event(esl.Event{Kind: esl.Create, UUID: leg})
	d.event(esl.Event{Kind: esl.Answer, UUID: leg})
	d.event(esl.Event{Kind: esl.Park, UUID: leg})
}

func (d *byHand) bridged() (b esl.BridgeLegs) {
	d.Helper()
	for _, c := range d.sent {
		if x, ok := c.(esl.BridgeLegs); ok {
			b = x
		}
	}
	if b.A == "" {
		d.Fatalf("nobody was joined: %+v", d.sent)
	}
	d.sent = nil
	d.event(esl.Event{Kind: esl.Bridge, UUID: b.A, Other: b.B})
	return b
}

func (d *byHand) sentVars(leg, name string) string {
	for i := len(d.sent) - 1; i >= 0; i-- {
		if x, ok := d.sent[i].(esl.SetVars); ok && x.UUID == leg {
			if v, ok := x.Vars[name]; ok {
				return v
			}
		}
	}
	return ""
}

// plays lists the files of the last order to play.
func (d *byHand) plays(leg string) []string {
	for i := len(d.sent) - 1; i >= 0; i-- {
		switch x := d.sent[i].(type) {
		case esl.PlayFiles:
			if x.UUID == leg {
				return x.Files
			}
		case esl.CollectDigits:
			if x.UUID == leg {
				return x.Files
			}
		}
	}
	return nil
}

func (d *byHand) last() calls.Record {
	d.Helper()
	if len(d.ended) == 0 {
		d.Fatal("no call has ended")
	}
	return d.ended[len(d.ended)-1].Record
}

// talk brings a caller and an agent together by group 1.
func (d *byHand) talk(leg, from string, agent int64) *Live {
	d.Helper()
	l := d.waiting(leg, from)
	d.idle(agent)
	o := d.originate()
	d.answers(o.UUID)
	d.bridged()
	if l.Call.Stage != calls.Talking {
		d.Fatalf("no talk but %s", l.Call.Stage)
	}
	return l
}
