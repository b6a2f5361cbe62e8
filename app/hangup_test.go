package app

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"switchdesk/agents"
	"switchdesk/calls"
	"switchdesk/floor"
	"switchdesk/queues"
	"switchdesk/simswitch"
)

// hangPoints are the moments of a call, from the park to the goodbye, at which
// a caller can hang up; the agents hold, resume and hang up.
var hangPoints = []simswitch.HangPoint{
	{Event: "CHANNEL_PARK"}, {Event: "CHANNEL_ANSWER"},
	{Event: "CHANNEL_EXECUTE", App: "play_and_get_digits"}, {Event: "PLAYBACK_START"}, {Event: "PLAYBACK_STOP"}, {Event: "DTMF"},
	{Event: "CHANNEL_EXECUTE_COMPLETE", App: "play_and_get_digits"},
	{Event: "CHANNEL_EXECUTE", App: "playback"}, {Event: "CHANNEL_EXECUTE_COMPLETE", App: "playback"},
	{Event: "RECORD_START"}, {Event: "CHANNEL_BRIDGE"}, {Event: "CHANNEL_BRIDGE", After: 5 * time.Millisecond},
	{Event: "CHANNEL_UNBRIDGE"}, {Event: "CHANNEL_PARK", Nth: 2}, {Event: "CHANNEL_EXECUTE", App: "playback", Nth: 2},
	{Event: "CHANNEL_EXECUTE_COMPLETE", App: "playback", Nth: 2},
	{Event: "CHANNEL_BRIDGE", Nth: 2}, {Event: "CHANNEL_UNBRIDGE", Nth: 2}, {Event: "CHANNEL_PARK", Nth: 3},
	{Event: "CHANNEL_EXECUTE", App: "playback", Nth: 3}, {Event: "PLAYBACK_START", Nth: 4},
}

// TestHangupAtEveryEvent has callers hang up at each event of their leg; the
// agents' legs are hung up under way as well. Every call ends once.
func TestHangupAtEveryEvent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.company(t, plan{agents: 6, flow: faultFlow, group: func(g *queues.Group) { g.WrapUp, g.RingTime, g.Strategy = 0, 3*time.Second, queues.LongestIdle }})
	c.brief = true
	numbers := []string{"8001", "8002", "8003", "8004", "8005", "8006"}
	c.idle(numbers...)
	ctx, stop := context.WithCancel(context.Background())
	var bots sync.WaitGroup
	for _, n := range numbers {
		bots.Go(func() { c.works(ctx, c.users[n].ID) })
	}
	defer bots.Wait()
	defer stop()
	n := 0
	for round := range 2 {
		for _, p := range hangPoints {
			n++
			who := simswitch.Caller{Keys: pressing("1"), HangupAt: []simswitch.HangPoint{p}}
			if round == 1 { // the agent's phone is put down in that moment instead
				who.HangupAt = nil
				c.cutsAgent(p, &who)
			}
			c.call(n, who)
		}
	}
	c.quiet()
	want := map[int]calls.Outcome{}
	for i := 1; i <= n; i++ {
		p := c.page(i)
		want[i] = calls.Outcome(p.Outcome)
		switch talked := p.AnsweredAt != nil; p.Outcome {
		case "answered":
			if !talked {
				t.Errorf("caller %d: answered at no time: %+v", i, p.CallView)
			}
		case "ivr", "queue_abandoned", "ring_no_answer":
			if talked || i > len(hangPoints) {
				t.Errorf("caller %d is written down as %s: %+v", i, p.Outcome, p.CallView)
			}
		default:
			t.Errorf("caller %d is written down as %s", i, p.Outcome)
		}
	}
	c.ends(want)
	for _, a := range c.wall().Agents {
		if a.Number != "8000" && a.State != "idle" {
			t.Errorf("agent %s is %s in the end", a.Number, a.State)
		}
	}
}

// cutsAgent has the agent's leg be hung up when the caller's leg comes to p,
// and the caller wait for the rest.
func (c *company) cutsAgent(p simswitch.HangPoint, who *simswitch.Caller) {
	seen := 0
	from := make(chan struct{}, 1)
	who.Script = func(event, app string, _ simswitch.CallerDo) {
		if event == p.Event && (p.App == "" || p.App == app) {
			if seen++; seen == max(p.Nth, 1) {
				from <- struct{}{}
			}
		}
	}
	go func() {
		select {
		case <-from:
			for _, l := range c.legs() {
				if !l.Inbound && l.From == who.From {
					c.w.engine.Hangup(l.UUID, "NORMAL_CLEARING")
				}
			}
		case <-time.After(20 * time.Second): // a call that never came to that point
		}
	}()
}

// works is an agent who holds each call once, resumes it and hangs up.
func (c *company) works(ctx context.Context, id int64) {
	held := map[string]bool{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(40 * time.Millisecond):
		}
		list, err := c.w.app.floor.LiveCalls(ctx, c.account.ID)
		if err != nil {
			return
		}
		for _, l := range list {
			if l.Agent != id {
				continue
			}
			var cmd floor.Command
			switch {
			case l.State == "talking" && !held[l.ID]:
				held[l.ID] = true
				cmd = floor.Hold{Account: c.account.ID, Agent: id, Call: l.ID}
			case l.State == "held":
				cmd = floor.Resume{Account: c.account.ID, Agent: id, Call: l.ID}
			case l.State == "talking":
				cmd = floor.Hangup{Account: c.account.ID, Agent: id, Call: l.ID}
			default:
				continue
			}
			_ = c.w.app.floor.Do(ctx, cmd) // the other side may have been quicker
		}
	}
}

// TestLostLegs has legs vanish without a word, one in each stage.
func TestLostLegs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.company(t, plan{agents: 4, flow: faultFlow, group: func(g *queues.Group) { g.WrapUp, g.AfterMiss, g.RingTime = 0, agents.AskAgain, 3*time.Second }, phones: func(n string) simswitch.Phone {
		return simswitch.Phone{Manual: n == "8003", Reaction: simswitch.Reaction{After: 100 * time.Millisecond}}
	}})
	c.brief = true
	legs := c.everyStage()
	for _, leg := range []string{c.leg("8001"), legs[2], c.leg("8003"), legs[4], legs[5]} {
		if !w.engine.Faults().LoseLeg(leg) {
			t.Fatalf("no leg %q", leg)
		}
	}
	c.signIn("8003").state("break")
	c.idle("8004")
	audited := time.Now()
	w.within(t, 20*time.Second, "the audit finds out", func() bool {
		if time.Since(audited) > time.Second {
			audited = time.Now()
			w.app.nodes[0].Resync()
		}
		return len(c.lives()) == 0
	})
	fourth := calls.QueueAbandoned
	if c.page(4).Outcome == string(calls.Answered) { // 8004 was quicker than the audit
		fourth = calls.Answered
	}
	c.ends(map[int]calls.Outcome{1: calls.Answered, 2: calls.Answered, 3: calls.Answered, 4: fourth, 5: calls.EndedInIVR})
}

// TestTwoAccounts has the same happen at two enterprises at once; nothing of
// one is seen, heard or steered by the other.
func TestTwoAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ours, theirs := w.company(t, plan{agents: 1}), w.company(t, plan{agents: 1})
	for _, c := range []*company{ours, theirs} {
		c.idle("8001")
		c.call(1, waits)
		c.at(1, "talking")
		c.call(2, simswitch.Caller{Patience: 1500 * time.Millisecond, Talk: 300 * time.Millisecond}) // served or not, it ends
		c.at(2, "queued")
	}
	if ours.live(1).AgentName != "座席8001" || len(ours.lives()) != 2 {
		t.Errorf("live: %+v", ours.lives())
	}
	foreign := theirs.live(1).ID
	for _, verb := range []string{"hold", "resume", "hangup", "answer", "refuse"} {
		if ours.signIn("8001").try("POST", "/api/bar/calls/"+foreign+"/"+verb, nil, nil) == nil {
			t.Errorf("%s of another enterprise's call was let through", verb)
		}
	}
	if theirs.live(1).State != "talking" {
		t.Errorf("their call is %s", theirs.live(1).State)
	}
	for _, id := range []int64{theirs.users["8001"].ID} {
		if ours.boss.try("POST", fmt.Sprintf("/api/wall/agents/%d/state", id), map[string]string{"state": "busy"}, nil) == nil {
			t.Error("steered another enterprise's agent")
		}
	}
	for _, a := range ours.wall().Agents {
		if a.ID == theirs.users["8001"].ID {
			t.Error("their agent is on our wall")
		}
	}
	for _, c := range []*company{ours, theirs} {
		c.signIn("8001").does("hangup")
		c.w.until(t, "the second is served", func() bool { return len(c.lives()) <= 1 })
		c.quiet()
	}
	for _, r := range theirs.records() {
		for _, path := range []string{"/api/calls/" + r.ID, "/api/calls/" + r.ID + "/recording"} {
			if ours.boss.try("GET", path, nil, nil) == nil {
				t.Errorf("%s of another enterprise was let through", path)
			}
		}
		if ours.boss.try("PUT", "/api/calls/"+r.ID+"/note", map[string]string{"note": "x"}, nil) == nil {
			t.Error("wrote on another enterprise's record")
		}
	}
	for _, c := range []*company{ours, theirs} {
		if n := len(c.records()); n != 2 {
			t.Errorf("%d records, want 2", n)
		}
		if p := c.page(1); p.Recording != "stored" || p.Note != "" {
			t.Errorf("%+v", p.CallView)
		}
	}
}
