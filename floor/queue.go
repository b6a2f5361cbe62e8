package floor

import (
	"time"

	"switchdesk/agents"
	"switchdesk/calls"
	"switchdesk/esl"
	"switchdesk/flows"
	"switchdesk/queues"
)

// maxHops bounds how often a caller is passed on from group to group.
const maxHops = 5

// enqueue puts a caller into a group, or sends the caller where the group
// says if it can't be.
func (c *Core) enqueue(l *Live, group int64, priority int, now time.Time) {
	item := queues.Item{ID: l.Call.ID, Account: l.Call.Account, Group: group, Priority: priority,
		Entered: now, LastAgent: c.last[l.Call.Account][l.peer()]}
	c.updateBoard()
	refusal := c.board.Enqueue(item, now)
	l.Call.EnterQueue(group, now)
	l.Group = group
	g, _ := c.board.Group(group)
	switch refusal {
	case queues.Welcome:
		l.Await, l.Doing = "", nothing
		l.Queue = &item
		c.waitMusic(l, &g, now)
	case queues.Full:
		c.leaveQueue(l, g.OnFull, flows.LeftFull, now)
	default:
		c.leaveQueue(l, g.OnNoAgent, flows.LeftNoAgent, now)
	}
}

// leaveQueue sends a caller on by one of the group's exits.
func (c *Core) leaveQueue(l *Live, exit queues.Exit, why flows.QueueExit, now time.Time) {
	if l.Back != nil {
		c.lapse(l, string(why), now)
		return
	}
	l.Queue, l.Offer = nil, nil
	l.Call.LeaveQueue(string(why), now)
	acc := c.set.Accounts[l.Call.Account]
	switch {
	case acc == nil: // closed while the caller waited
		l.Call.HangUp(&c.eff, "system", "NORMAL_CLEARING", now)
	case exit.Kind == queues.ExitGroup && l.Hops < maxHops:
		l.Hops++
		c.enqueue(l, exit.Group, 0, now)
	case exit.Kind == queues.ExitVoicemail:
		c.voicemail(l, acc, []flows.Prompt{{File: "leave_message", Lang: acc.Language}}, maxMessage, now)
	case exit.Kind == queues.ExitHangup:
		words := map[flows.QueueExit]string{flows.LeftFull: "queue_full", flows.LeftNoAgent: "no_agent"}[why]
		if words == "" {
			words = "no_agent"
		}
		c.lastWords(l, c.set.prompts(acc, words), now)
	default:
		c.resume(l, flows.Left{Why: why}, now)
	}
}

// queueDue does what is due for a waiting caller.
func (c *Core) queueDue(d queues.Due, now time.Time) {
	l := c.live[d.Item.ID]
	if l == nil {
		c.board.Leave(d.Item.ID)
		return
	}
	g, _ := c.board.Group(d.Item.Group)
	switch d.Kind {
	case queues.DueAnnounce:
		if acc := c.set.Accounts[l.Call.Account]; acc != nil && (l.Offer == nil || !l.Offer.Quiet) {
			l.Call.Announce(&c.eff, c.set.prompts(acc, announcement(acc.Language, d)...), now)
		}
	case queues.DueTimeout:
		c.withdrawAll(l, d.Item.Offered, now)
		c.leaveQueue(l, g.OnTimeout, flows.LeftTimeout, now)
	case queues.DueNoAgent:
		c.withdrawAll(l, d.Item.Offered, now)
		c.leaveQueue(l, g.OnNoAgent, flows.LeftAgentLeft, now)
	}
	c.carry(l, now)
}

// announcement says the caller's place and how long it may take.
func announcement(lang string, d queues.Due) []string {
	words := flows.SayPosition(lang, d.Position-1)
	if d.Wait <= 0 {
		return append(words, "still_waiting")
	}
	return append(words, flows.SayWait(lang, d.Wait)...)
}

func (c *Core) withdrawAll(l *Live, ids []int64, now time.Time) {
	for _, id := range ids {
		l.Call.Withdraw(&c.eff, id, "withdrawn", now)
	}
}

// offer rings the agents that the match chose for a caller.
func (c *Core) offer(o queues.Offer, now time.Time) {
	l := c.live[o.Item.ID]
	if l == nil {
		c.board.Leave(o.Item.ID)
		return
	}
	g, _ := c.board.Group(o.Item.Group)
	l.Group = g.ID
	ring := g.RingTime
	if ring <= 0 {
		ring = defaultQueue
	}
	for _, id := range o.Agents {
		if err := c.ring(l, id, g.ID, ring, false, now); err != nil {
			c.note(l, "", "could not ring an agent: "+err.Error())
			c.board.OfferFailed(l.Call.ID, id, now)
		}
	}
	c.carry(l, now)
}

// ring reserves an agent and orders the phone to be rung.
func (c *Core) ring(l *Live, id, group int64, ring time.Duration, direct bool, now time.Time) error {
	a := c.agents[id]
	if a == nil {
		return errUnknownAgent(id)
	}
	dial, leg, err := c.dialAgent(l, a, ring)
	if err != nil {
		return err
	}
	free := a.IdleSince
	reserve := a.Reserve
	if direct {
		reserve = a.ReserveDirect
	}
	if err := reserve(l.Call.ID, now); err != nil {
		return err
	}
	if first := l.Queue != nil && len(l.Queue.Tried) == 0; first && !direct {
		c.out.Offered = append(c.out.Offered, later(free, lastEntered(&l.Call)))
	}
	c.changed(a)
	c.legs[leg.UUID] = l
	l.Call.Offer(&c.eff, leg, group, dial, now)
	return nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func lastEntered(call *calls.Call) time.Time {
	if n := len(call.Visits); n > 0 {
		return call.Visits[n-1].Entered
	}
	return call.Started
}

// offerUp: an agent has the call.
func (c *Core) offerUp(l *Live, n calls.News, now time.Time) {
	if l.Queue != nil {
		c.board.OfferTaken(l.Call.ID, n.Agent, now)
		l.Queue, l.Offer = nil, nil
	}
	if l.Call.Direction == calls.Out && !l.Call.InFlow {
		c.dialProgress(l, n, now)
		return
	}
	c.settled(l, now)
	l.Passed = nil
	l.Await, l.Doing = "", nothing
	if a := c.agents[n.Agent]; a != nil {
		c.tellNumber(l, a.Number)
		if err := a.Connect(l.Call.ID, now); err != nil {
			c.note(l, n.Leg, "answered by an agent who was not rung: "+err.Error())
		}
		c.changed(a)
	}
	if c.set.RecordingPath != nil {
		l.Call.Record(&c.eff, c.set.RecordingPath(l.Call.Account, l.Call.ID, now), false, now)
	}
}

// tellNumber has the caller hear the agent's number (报工号) where the group
// wants it.
func (c *Core) tellNumber(l *Live, number string) {
	acc := c.set.Accounts[l.Call.Account]
	if g, ok := c.board.Group(l.Group); !ok || !g.TellAgentNo || acc == nil {
		return
	}
	words := append([]string{"agent_prefix"}, flows.SayDigits(acc.Language, number)...)
	l.Call.Tell = c.set.prompts(acc, append(words, "agent_suffix")...)
}

// offerFailed: a phone was rung and did not get the call.
func (c *Core) offerFailed(l *Live, n calls.News, now time.Time) {
	how := agents.Withdrawn
	policy := agents.AskAgain
	if g, ok := c.board.Group(l.Group); ok {
		policy = g.AfterMiss
	}
	switch n.Cause {
	case "missed":
		how = agents.Missed
	case "refused":
		how = agents.Refused
	case "unreachable":
		// Not the agent's doing, but asking again at once would not help.
		how, policy = agents.Missed, agents.SetBusy
	}
	if a := c.agents[n.Agent]; a != nil {
		a.Release(l.Call.ID, how, policy, now)
		c.changed(a)
	}
	if l.Queue != nil {
		c.board.OfferFailed(l.Call.ID, n.Agent, now)
		return
	}
	if l.Doing == nothing && !l.Call.Gone && l.Call.Stage == calls.Queued && l.Call.InHand == "" {
		c.resume(l, flows.Ended{Cause: endCause(n.Cause)}, now)
	}
}

func endCause(how string) flows.EndCause {
	switch how {
	case "missed":
		return flows.EndNoAnswer
	case "refused":
		return flows.EndBusy
	}
	return flows.EndFailed
}

// ringDirect rings one agent that a flow names.
func (c *Core) ringDirect(l *Live, acc *Account, a flows.RingAgent, now time.Time) {
	id := a.Agent
	if id == 0 && acc != nil {
		id, _ = acc.agentNumbered(a.Number)
	}
	ring := a.Ring
	if ring <= 0 {
		ring = directRing
	}
	l.Group = 0
	l.Await, l.Doing = "", nothing
	if err := c.ring(l, id, 0, ring, true, now); err != nil {
		c.resume(l, flows.Ended{Cause: flows.EndUnavailable}, now)
		return
	}
	l.Call.PlayMusic(&c.eff, []string{calls.RingbackTone}, now)
}

// ringOutside rings an outside number that a flow names.
func (c *Core) ringOutside(l *Live, acc *Account, a flows.Dial, now time.Time) {
	l.Await, l.Doing = "", nothing
	if acc == nil || acc.Trunk == "" {
		c.resume(l, flows.Ended{Cause: flows.EndUnavailable}, now)
		return
	}
	ring := a.Ring
	if ring <= 0 {
		ring = outsideRing
	}
	l.Group = 0
	leg := calls.Leg{UUID: c.newID(), Number: a.Number}
	c.legs[leg.UUID] = l
	dial := c.originate(l, esl.Target{Gateway: acc.Trunk, Number: acc.Prefix + a.Number}, ring, "third")
	dial.From = acc.CallerID
	l.Call.Offer(&c.eff, leg, 0, dial, now)
	l.Call.PlayMusic(&c.eff, []string{calls.RingbackTone}, now)
}

// talkOver: the agent's side is gone, the customer is there; the flow goes on.
func (c *Core) talkOver(l *Live, now time.Time) {
	if c.goOn(l, now) {
		return
	}
	if l.Run == nil || l.Call.Direction == calls.Out && !l.Call.InFlow {
		l.Call.HangUp(&c.eff, "agent", "NORMAL_CLEARING", now)
		return
	}
	if l.Call.HangupBy == "" {
		l.Call.HangupBy = "agent"
	}
	if c.surveyAfter(l, now) {
		return
	}
	c.resume(l, flows.Ended{Answered: true}, now)
}

// agentGone: the phone of the agent who talked has been hung up.
func (c *Core) agentGone(l *Live, n calls.News, now time.Time) {
	c.freeAgent(l, n.Agent, agents.Withdrawn, now)
}

// freeAgent takes an agent off a call; a wrap-up follows a talk.
func (c *Core) freeAgent(l *Live, id int64, how agents.Ending, now time.Time) {
	a := c.agents[id]
	if a == nil || (a.Call != l.Call.ID && a.Offer != l.Call.ID) {
		return
	}
	wrap := time.Duration(0)
	if acc := c.set.Accounts[l.Call.Account]; acc != nil {
		wrap = acc.WrapUp
	}
	if g, ok := c.board.Group(l.Group); ok {
		wrap = g.WrapUp
	}
	if l.Back != nil && l.Call.Answer.IsZero() {
		wrap = 0 // a call-back that did not reach the customer is no talk
	}
	a.Release(l.Call.ID, how, agents.AskAgain, now)
	a.EndCall(l.Call.ID, wrap, now)
	if l.Call.Direction == calls.In && !l.Call.Answer.IsZero() {
		if c.last[l.Call.Account] == nil {
			c.last[l.Call.Account] = map[string]int64{}
		}
		c.last[l.Call.Account][l.Call.From] = id
	}
	c.changed(a)
}
