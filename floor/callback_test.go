package floor

import (
	"testing"
	"time"

	"switchdesk/agents"
	"switchdesk/calls"
	"switchdesk/esl"
	"switchdesk/queues"
)

// wish has a waiting caller ask for a call-back and hang up.
func (d *byHand) wish(l *Live) *Live {
	d.Helper()
	first := l.Call.ID
	d.press(l, "1")
	d.gone(l.Call.Customer.UUID, "NORMAL_CLEARING")
	for _, b := range d.core.live {
		if b.Call.CallbackOf == first {
			d.sent = nil
			return b
		}
	}
	d.Fatalf("no call-back waits for call %s", first)
	return nil
}

func TestACallbackKeepsThePlace(t *testing.T) {
	d := newByHand(t, nil)
	d.snapshot()
	a := d.waiting("leg-a", "13900000001")
	d.pass(time.Second)
	b := d.waiting("leg-b", "13900000002")
	d.pass(time.Second)
	c := d.waiting("leg-c", "13900000003")
	back := d.wish(b)
	if first := d.last(); first.Outcome != calls.QueueAbandoned || first.CallbackOf != "" {
		t.Errorf("the first call counts as %s", first.Outcome)
	}
	d.pass(40 * time.Second)
	w := d.core.Wall(1, d.now)
	for _, g := range w.Groups {
		if g.ID == 1 && (g.Waiting != 3 || g.Callbacks != 1) {
			t.Errorf("the wall shows %d waiting, %d call-backs; want 3 and 1", g.Waiting, g.Callbacks)
		}
	}
	for l, place := range map[*Live]int{a: 1, back: 2, c: 3} {
		if at, _ := d.core.board.Position(l.Call.ID); at != place {
			t.Errorf("%s stands at %d, want %d", l.Call.To+l.Call.From, at, place)
		}
	}
	d.gone("leg-a", "NORMAL_CLEARING")
	d.idle(1)
	ring := d.originate()
	if ring.Target.User == "" || ring.From != "13900000002" || ring.Vars["sip_auto_answer"] != "" {
		t.Fatalf("the agent's phone is rung by %+v, want the customer's number and nobody answering by itself", ring)
	}
	if bar, _ := d.core.Bar(1); bar.Call == nil || bar.Call.State != "ringing" || bar.Call.CallbackOf != b.Call.ID || bar.Call.Peer != "13900000002" {
		t.Errorf("the bar shows %+v", bar.Call)
	}
	d.answers(ring.UUID)
	out := d.originate()
	if out.Target.Gateway != "trunk" || out.Target.Number != "13900000002" {
		t.Fatalf("then %+v is called", out.Target)
	}
	d.answers(out.UUID)
	if x := d.bridged(); x.A != out.UUID || x.B != ring.UUID {
		t.Errorf("joined %+v", x)
	}
	d.pass(10 * time.Second)
	d.gone(ring.UUID, "NORMAL_CLEARING")
	d.gone(out.UUID, "NORMAL_CLEARING")
	r := d.last()
	if r.Direction != calls.Out || r.Outcome != calls.Answered || r.CallbackOf != b.Call.ID || r.AgentID != 1 || r.GroupID != 1 || r.TalkSeconds != 10 {
		t.Errorf("the call-back's record is %+v", r)
	}
	how := d.ended[len(d.ended)-1].Stretches
	if len(how) != 1 || how[0].How != calls.ViaCallback {
		t.Errorf("its talk came about by %+v", how)
	}
	if d.core.agents[1].State() != agents.WrapUp {
		t.Errorf("the agent is %s after the talk", d.core.agents[1].State())
	}
	if len(d.core.backs[1]) != 0 {
		t.Errorf("still known: %v", d.core.backs)
	}
}

func TestACallbackThatReachesNobodyIsTriedThreeTimes(t *testing.T) {
	d := newByHand(t, nil)
	d.snapshot()
	back := d.wish(d.waiting("leg-a", "13900000001"))
	d.idle(1)
	for try := 1; try <= 3; try++ {
		ring := d.originate()
		d.answers(ring.UUID)
		out := d.originate()
		d.event(esl.Event{Kind: esl.Create, UUID: out.UUID})
		d.event(esl.Event{Kind: esl.Progress, UUID: out.UUID})
		if try == 2 { // the agent has had enough
			d.do(Hangup{1, 1, back.Call.ID})
			d.gone(ring.UUID, "NORMAL_CLEARING")
			d.gone(out.UUID, "ORIGINATOR_CANCEL")
		} else {
			d.gone(out.UUID, "NO_ANSWER")
			d.gone(ring.UUID, "NORMAL_CLEARING")
		}
		if s := d.core.agents[1].State(); s != agents.Idle {
			t.Errorf("after try %d the agent is %s, want idle without a wrap-up", try, s)
		}
		if try == 3 {
			break
		}
		d.sent = nil
		d.pass(callbackPause - time.Second)
		if len(d.sent) != 0 {
			t.Errorf("try %d comes before the pause is over: %+v", try+1, d.sent)
		}
		d.pass(2 * time.Second)
	}
	if r := d.last(); r.CallbackOf == "" || r.Outcome != calls.NoAnswer || r.AnsweredAt != nil {
		t.Errorf("the record is %+v", r)
	}
	legs := map[string]int{}
	for _, l := range d.ended[len(d.ended)-1].Legs {
		legs[l.Role]++
	}
	if legs["customer"] != 3 || legs["agent"] != 3 || legs["outside"] != 0 {
		t.Errorf("legs of the record: %v, want 3 of the customer and 3 of the agent", legs)
	}
	if len(d.core.live) != 0 {
		t.Error("it goes on")
	}
}

func TestACallbackSurvivesTheControllersDeath(t *testing.T) {
	d := newByHand(t, nil)
	d.snapshot()
	back := d.wish(d.waiting("leg-a", "13900000001"))
	b := d.waiting("leg-b", "13900000002")
	d.pass(time.Minute)
	d.open()
	if at, _ := d.core.board.Position(back.Call.ID); at != 0 {
		t.Error("it is offered before the switch is there")
	}
	d.snapshot(esl.Channel{UUID: "leg-b", Inbound: true, CallSt: "ACTIVE", App: "park"})
	if at, _ := d.core.board.Position(back.Call.ID); at != 1 {
		t.Errorf("after a restart it stands at %d, want 1", at)
	}
	if at, _ := d.core.board.Position(b.Call.ID); at != 2 {
		t.Errorf("the caller behind it stands at %d, want 2", at)
	}
	d.sent = nil
	d.idle(1)
	ring := d.originate()
	d.answers(ring.UUID)
	out := d.originate()
	// Killed again while the customer's phone rings; the customer answers
	// meanwhile.
	d.open()
	d.snapshot(esl.Channel{UUID: "leg-b", Inbound: true, CallSt: "ACTIVE", App: "park"},
		esl.Channel{UUID: ring.UUID, CallSt: "ACTIVE", App: "park"}, esl.Channel{UUID: out.UUID, CallSt: "ACTIVE", App: "park"})
	d.pass(10 * time.Second)
	if l := d.core.live[back.Call.ID]; l == nil || l.Call.Stage != calls.Talking {
		t.Fatalf("the call-back is %+v", l)
	}
	if x := d.bridged(); x.A != out.UUID || x.B != ring.UUID {
		t.Errorf("joined %+v", x)
	}
	// The same wish once more does not make a second place.
	d.wishTwice(b)
}

func (d *byHand) wishTwice(l *Live) {
	d.Helper()
	l = d.core.live[l.Call.ID]
	d.press(l, "1")
	d.gone("leg-b", "NORMAL_CLEARING")
	again := d.waiting("leg-b2", "13900000002")
	d.press(again, "1")
	d.gone("leg-b2", "NORMAL_CLEARING")
	n := 0
	for _, x := range d.core.live {
		if x.Back != nil && x.Call.To == "13900000002" {
			n++
		}
	}
	if n != 1 {
		d.Errorf("%d call-backs wait for one number", n)
	}
}

func TestACallbackLapses(t *testing.T) {
	t.Run("after a day", func(t *testing.T) {
		d := newByHand(t, nil)
		d.snapshot()
		d.wish(d.waiting("leg-a", "13900000001"))
		d.pass(23 * time.Hour)
		if len(d.core.live) != 1 {
			t.Error("given up too early")
		}
		d.pass(time.Hour + time.Second)
		if r := d.last(); r.Outcome != calls.Cancelled || r.CallbackOf == "" || len(d.core.live) != 0 {
			t.Errorf("record %+v", r)
		}
	})
	t.Run("when its group is taken away", func(t *testing.T) {
		d := newByHand(t, nil)
		d.snapshot()
		d.wish(d.waiting("leg-a", "13900000001"))
		set := *d.set
		acc := *set.Accounts[1]
		acc.Groups = map[int64]queues.Group{2: acc.Groups[2]}
		set.Accounts = map[int64]*Account{1: &acc}
		d.core.Apply(&set, d.now)
		d.drain()
		if r := d.last(); r.CallbackOf == "" || r.Outcome != calls.Cancelled {
			t.Errorf("record %+v", r)
		}
	})
	t.Run("when the customer has been served meanwhile", func(t *testing.T) {
		d := newByHand(t, nil)
		d.snapshot()
		back := d.wish(d.waiting("leg-a", "13900000001"))
		l := d.call("leg-b", "13900000001")
		d.keys(l, "")
		d.keys(l, "0") // one agent, by number
		d.answers(d.originate().UUID)
		if d.core.live[back.Call.ID] != nil {
			t.Error("who talks already will be called back")
		}
	})
	t.Run("when somebody takes it off the list", func(t *testing.T) {
		d := newByHand(t, nil)
		d.snapshot()
		back := d.wish(d.waiting("leg-a", "13900000001"))
		d.refused(DropCallback{2, 99, back.Call.ID}, "callback.unknown")
		d.do(DropCallback{1, 99, back.Call.ID})
		d.refused(DropCallback{1, 99, back.Call.ID}, "callback.unknown")
	})
}

func TestNobodyIsCalledBackWhoMustNotBe(t *testing.T) {
	d := newByHand(t, func(s *Settings) {
		s.Accounts[1].Blacklisted = func(n string) bool { return n == "13900000002" }
	})
	d.snapshot()
	back := d.wish(d.waiting("leg-a", "13900000001"))
	d.set.Accounts[1].Blacklisted = func(n string) bool { return n == "13900000001" }
	d.idle(1)
	ring := d.originate()
	d.answers(ring.UUID)
	for _, c := range d.sent {
		if o, ok := c.(esl.Originate); ok {
			t.Errorf("a barred number is dialled: %+v", o)
		}
	}
	d.gone(ring.UUID, "NORMAL_CLEARING")
	if d.core.live[back.Call.ID] != nil {
		t.Error("the call-back goes on")
	}
	// Without a trunk there is no call-back; the caller keeps waiting.
	d.set.Accounts[1].Trunk = ""
	l := d.waiting("leg-c", "13900000003")
	d.press(l, "1")
	if l.Queue == nil {
		t.Errorf("the caller's place is lost: %s", l.Call.Stage)
	}
	if len(d.core.backs[1]) != 0 {
		t.Errorf("call-backs %v", d.core.backs)
	}
}

// The limit counts callers on the line: a call-back is none of them, one who
// was sent on by an agent still is.
func TestTheInboundLimitAtItsEdge(t *testing.T) {
	d := newByHand(t, func(s *Settings) { s.Accounts[1].InboundLimit = 2 })
	d.snapshot()
	d.wish(d.waiting("leg-a", "13900000001"))
	d.do(DropCallback{1, 1, d.core.backs[1]["13900000001"]})
	back := d.wish(d.waiting("leg-b", "13900000002"))
	l := d.waiting("leg-c", "13900000003")
	d.waiting("leg-d", "13900000004")
	d.call("leg-e", "13900000005")
	if r := d.core.live; len(r) != 4 {
		t.Errorf("%d calls are live, want two callers, a call-back and the one refused", len(r))
	}
	d.gone("leg-e", "USER_BUSY")
	if r := d.last(); r.Outcome != calls.OverLimit || r.HangupBy != "system" {
		t.Errorf("the third caller counts as %s", r.Outcome)
	}
	// A caller who is sent to a menu is still one of the two.
	d.do(DropCallback{1, 1, back.Call.ID})
	d.idle(1)
	ring := d.originate()
	d.answers(ring.UUID)
	d.bridged()
	d.do(ToMenu{1, 1, l.Call.ID, 1, "菜单"})
	d.gone(ring.UUID, "NORMAL_CLEARING")
	d.event(esl.Event{Kind: esl.Park, UUID: "leg-c", Inbound: true, Context: "switchdesk"})
	d.call("leg-f", "13900000006")
	d.gone("leg-f", "USER_BUSY")
	if r := d.last(); r.Outcome != calls.OverLimit {
		t.Errorf("a third caller beside one in a menu counts as %s", r.Outcome)
	}
	d.gone("leg-c", "NORMAL_CLEARING")
	if d.call("leg-g", "13900000008"); d.core.legs["leg-g"].Call.Stage == calls.Ending {
		t.Error("after one has gone there is no place for the next")
	}
}
