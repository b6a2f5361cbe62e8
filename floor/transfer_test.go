package floor

import (
	"slices"
	"testing"
	"time"

	"switchdesk/agents"
	"switchdesk/calls"
	"switchdesk/esl"
)

func TestBlindTransfers(t *testing.T) {
	begin := func() (*byHand, *Live, string) {
		d := newByHand(t, nil)
		d.snapshot()
		l := d.talk("leg-a", "13900000001", 1)
		return d, l, l.Call.InHand
	}
	away := func(d *byHand, agent string) { // the first agent's part ends
		d.sent = nil
		d.after("leg-a")
		d.gone(agent, "NORMAL_CLEARING")
	}
	t.Run("refused at once", func(t *testing.T) {
		d, l, _ := begin()
		id := l.Call.ID
		d.do(SignOut{1, 2})
		d.refused(Transfer{Account: 1, Agent: 1, Call: id}, "transfer.target")
		d.refused(Transfer{Account: 1, Agent: 1, Call: id, ToAgent: 2, ToGroup: 1}, "transfer.target")
		d.refused(Transfer{Account: 1, Agent: 1, Call: id, ToAgent: 1}, "transfer.unreachable")
		d.refused(Transfer{Account: 1, Agent: 1, Call: id, ToAgent: 2}, "transfer.unreachable")
		d.refused(Transfer{Account: 1, Agent: 1, Call: id, ToAgent: 99}, "agent.unknown")
		d.refused(Transfer{Account: 1, Agent: 1, Call: id, ToGroup: 9}, "group.unknown")
		d.refused(Transfer{Account: 1, Agent: 1, Call: id, ToGroup: 1}, "transfer.nobody")
		d.refused(Transfer{Account: 1, Agent: 1, Call: id, ToNumber: "13900000007"}, "dial.blacklist")
		d.refused(Transfer{Account: 1, Agent: 1, Call: id, ToNumber: "sofia/x;y"}, "dial.number")
		if l.Call.Stage != calls.Talking || l.Next != nil {
			t.Errorf("after the refusals the talk is %s", l.Call.Stage)
		}
	})
	t.Run("to an agent on break", func(t *testing.T) {
		d, l, agent := begin()
		d.do(Transfer{Account: 1, Agent: 1, Call: l.Call.ID, ToAgent: 2})
		d.refused(SendSurvey{1, 1, l.Call.ID}, "call.not_now")
		away(d, agent)
		ring := d.originate()
		if ring.Target.User != "1-8002" {
			t.Fatalf("rings %+v", ring.Target)
		}
		d.answers(ring.UUID)
		d.bridged()
		d.pass(5 * time.Second)
		if s := d.core.agents[1].State(); s != agents.WrapUp && s != agents.Idle {
			t.Errorf("the first agent is %s", s)
		}
		d.gone(ring.UUID, "NORMAL_CLEARING")
		d.after("leg-a")
		d.gone("leg-a", "NORMAL_CLEARING")
		b := d.ended[len(d.ended)-1]
		if b.Record.AgentID != 2 || len(b.Stretches) != 2 || b.Stretches[1].How != calls.ViaTransfer || b.Stretches[1].AgentID != 2 {
			t.Errorf("record of agent %d, stretches %+v", b.Record.AgentID, b.Stretches)
		}
	})
	t.Run("to an agent who lets it ring", func(t *testing.T) {
		d, l, agent := begin()
		d.do(SetState{Account: 1, Agent: 1, State: agents.Break})
		d.do(Transfer{Account: 1, Agent: 1, Call: l.Call.ID, ToAgent: 2})
		away(d, agent)
		ring := d.originate()
		d.gone(ring.UUID, "NO_ANSWER")
		if l.Queue == nil || l.Queue.Group != 1 || l.Queue.Priority != returnPriority {
			t.Fatalf("the customer is not back in the group: %s %+v", l.Call.Stage, l.Queue)
		}
		if files := d.plays("leg-a"); len(files) == 0 {
			t.Error("and hears nothing")
		}
	})
	t.Run("to a group", func(t *testing.T) {
		d, l, agent := begin()
		d.do(SetState{Account: 1, Agent: 1, State: agents.Break})
		d.do(Transfer{Account: 1, Agent: 1, Call: l.Call.ID, ToGroup: 2})
		away(d, agent)
		if l.Queue == nil || l.Queue.Group != 2 {
			t.Fatalf("the customer waits in %+v", l.Queue)
		}
		d.sent = nil
		d.pass(91 * time.Second) // nobody comes in time: back to the group before
		if l.Queue == nil || l.Queue.Group != 1 {
			t.Errorf("after the wait limit the customer is %s in %+v", l.Call.Stage, l.Queue)
		}
		d.pass(91 * time.Second) // nor there: politely over
		if !slices.Contains(d.plays("leg-a"), "no_agent.wav") {
			t.Errorf("the customer hears %v", d.plays("leg-a"))
		}
	})
	t.Run("to a number outside", func(t *testing.T) {
		d, l, agent := begin()
		d.do(Transfer{Account: 1, Agent: 1, Call: l.Call.ID, ToNumber: "13700000001"})
		away(d, agent)
		out := d.originate()
		if out.Target.Gateway != "trunk" || out.Target.Number != "13700000001" {
			t.Fatalf("rings %+v", out.Target)
		}
		d.answers(out.UUID)
		d.bridged()
		d.gone(out.UUID, "NORMAL_CLEARING")
		d.gone("leg-a", "NORMAL_CLEARING")
		if r := d.last(); r.AgentID != 1 || r.Outcome != calls.Answered {
			t.Errorf("record %+v", r)
		}
	})
	t.Run("of a call out", func(t *testing.T) {
		d := newByHand(t, nil)
		d.snapshot()
		d.do(Dial{1, 1, "13800138000"})
		agent := d.originate().UUID
		d.answers(agent)
		out := d.originate().UUID
		d.answers(out)
		d.bridged()
		l := d.core.legs[out]
		d.do(Transfer{Account: 1, Agent: 1, Call: l.Call.ID, ToAgent: 2})
		d.sent = nil
		d.gone(agent, "NORMAL_CLEARING")
		d.event(esl.Event{Kind: esl.Park, UUID: out, Context: "switchdesk"})
		ring := d.originate()
		d.answers(ring.UUID)
		d.bridged()
		if a := d.core.agents[2]; a.State() != agents.Talking {
			t.Errorf("the second agent is %s", a.State())
		}
		d.gone(ring.UUID, "NORMAL_CLEARING")
		d.event(esl.Event{Kind: esl.Park, UUID: out, Context: "switchdesk"})
		d.gone(out, "NORMAL_CLEARING")
		if r := d.last(); r.Direction != calls.Out || r.AgentID != 2 || r.Outcome != calls.Answered {
			t.Errorf("record %+v", r)
		}
	})
}
