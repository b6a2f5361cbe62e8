package floor

import (
	"time"

	"switchdesk/agents"
	"switchdesk/calls"
	"switchdesk/esl"
	"switchdesk/internal/fault"
	"switchdesk/queues"
)

func errUnknownAgent(id int64) error {
	return fault.New(fault.NotFound, "agent.unknown", "there is no agent %d", id)
}

// Do carries out what a person asks for; the error says why it can't be done.
func (c *Core) Do(cmd Command, now time.Time) error {
	if x, ok := cmd.(DropCallback); ok {
		return c.dropCallback(x, now)
	}
	account, id := cmd.who()
	a := c.agents[id]
	if a == nil || a.Account != account {
		return errUnknownAgent(id)
	}
	c.bars[id] = ""
	err := c.do(a, cmd, now)
	c.changed(a)
	c.settle(now)
	return err
}

func (c *Core) do(a *agents.Agent, cmd Command, now time.Time) error {
	switch x := cmd.(type) {
	case SignIn:
		a.SignIn(now)
	case SignOut:
		c.signOut(a, now)
	case SetState:
		return a.Choose(x.State, x.Reason, now)
	case SetMethod:
		return a.SetMethod(x.Method, c.phoneReady(a.Account, a.Number, x.Method), now)
	case ExtendWrapUp:
		return a.ExtendWrapUp(x.By, now, c.maxWrapUp(a))
	case FinishWrapUp:
		return a.FinishWrapUp(now)
	case Dial:
		return c.dial(a, x.Number, now)
	case Answer:
		return c.onCall(a, x.Call, func(l *Live) error {
			leg := l.Call.LegOf(a.ID)
			if leg == nil || leg.State == calls.LegUp {
				return errTooLate()
			}
			c.out.Orders = append(c.out.Orders, Order{l.Call.Node, esl.AskPhone{UUID: leg.UUID, Action: "talk"}})
			return nil
		}, now)
	case Refuse:
		return c.onCall(a, x.Call, func(l *Live) error {
			if a.Offer != l.Call.ID {
				return errTooLate()
			}
			l.Call.Withdraw(&c.eff, a.ID, "refused", now)
			return nil
		}, now)
	case Hangup:
		return c.onCall(a, x.Call, func(l *Live) error { c.hangup(l, a, now); return nil }, now)
	case Hold:
		return c.onCall(a, x.Call, func(l *Live) error { return done(a.Call == x.Call && l.Call.Hold(&c.eff, now)) }, now)
	case ToMenu:
		return c.onCall(a, x.Call, func(l *Live) error { return c.toMenu(l, a, x, now) }, now)
	case Transfer:
		return c.onCall(a, x.Call, func(l *Live) error { return c.transfer(l, a, x, now) }, now)
	case SendSurvey:
		return c.onCall(a, x.Call, func(l *Live) error { return c.sendSurvey(l, a, now) }, now)
	case Resume:
		return c.onCall(a, x.Call, func(l *Live) error { return done(a.Call == x.Call && l.Call.Resume(&c.eff, now)) }, now)
	}
	return nil
}

func done(ok bool) error {
	if !ok {
		return errTooLate()
	}
	return nil
}

func errTooLate() error {
	return fault.New(fault.Conflict, "call.not_now", "the call is not in a state in which this can be done")
}

// onCall finds the call that is in an agent's hand and carries out what the
// verb made of it.
func (c *Core) onCall(a *agents.Agent, id string, verb func(*Live) error, now time.Time) error {
	l := c.live[id]
	if l == nil || l.Call.Account != a.Account || (a.Call != id && a.Offer != id) {
		return fault.New(fault.Conflict, "call.gone", "the call has ended or is not yours")
	}
	if n := c.nodes[l.Call.Node]; n == nil || !n.up {
		return fault.New(fault.Unavailable, "switch.away", "the switch can't be reached at the moment; the call goes on")
	}
	err := verb(l)
	c.carry(l, now)
	return err
}

// hangup ends the agent's part of a call.
func (c *Core) hangup(l *Live, a *agents.Agent, now time.Time) {
	switch {
	case a.Offer == l.Call.ID:
		l.Call.Withdraw(&c.eff, a.ID, "refused", now)
	case l.Back != nil && l.Call.Stage == calls.Dialling:
		l.Call.EndTalk(&c.eff, now) // the customer isn't reached; the call-back stays
	case l.Call.Direction == calls.Out && !l.Call.InFlow || l.Call.InHand == "":
		l.Call.HangUp(&c.eff, "agent", "NORMAL_CLEARING", now)
	default:
		l.Call.EndTalk(&c.eff, now)
	}
}

func (c *Core) signOut(a *agents.Agent, now time.Time) {
	if l := c.live[a.Offer]; l != nil {
		l.Call.Withdraw(&c.eff, a.ID, "withdrawn", now)
		c.carry(l, now)
	}
	a.SignOut(now)
}

func (c *Core) maxWrapUp(a *agents.Agent) time.Duration {
	acc := c.set.Accounts[a.Account]
	if acc == nil {
		return 0
	}
	longest := 30 * time.Minute
	for _, g := range acc.Groups {
		for _, m := range g.Members {
			if m.Agent == a.ID && g.MaxWrapUp > 0 && g.MaxWrapUp < longest {
				longest = g.MaxWrapUp
			}
		}
	}
	return longest
}

// changed notes that an agent's state may be another one now.
func (c *Core) changed(a *agents.Agent) { c.moved[a.ID] = true }

// updateBoard tells the queues what the agents changed since are doing.
func (c *Core) updateBoard() {
	for id := range c.moved {
		a := c.agents[id]
		if a == nil {
			continue
		}
		c.board.SetAgent(id, availability(a), a.Since)
		if at, ok := a.NextDeadline(); ok && !at.Equal(c.wakes[id]) {
			c.wakes[id] = at
			c.alarms.push(alarm{at: at, agent: id})
		}
	}
}

func availability(a *agents.Agent) queues.Availability {
	v := queues.Availability{IdleSince: a.IdleSince, CallsToday: a.CallsToday}
	switch a.State() {
	case agents.Idle:
		v.Free, v.Presence = true, queues.Working
	case agents.Ringing, agents.Talking, agents.WrapUp:
		v.Presence = queues.Working
	case agents.Busy, agents.Break, agents.Custom, agents.Disconnected:
		v.Presence = queues.Away
	}
	return v
}

func (c *Core) tickAgent(id int64, now time.Time) {
	a := c.agents[id]
	if a == nil {
		return
	}
	delete(c.wakes, id)
	a.Tick(now)
	c.changed(a)
}

// phoneChange: a phone has come or gone.
func (c *Core) phoneChange(nodeName, user string, up bool, now time.Time) {
	n := c.node(nodeName)
	if up == n.phones[user] {
		return
	}
	if up {
		n.phones[user] = true
	} else {
		delete(n.phones, user)
	}
	id, ok := c.phone[user]
	if !ok {
		return
	}
	c.checkPhone(c.agents[id], now)
}

func (c *Core) checkPhone(a *agents.Agent, now time.Time) {
	if a == nil {
		return
	}
	ready := c.phoneReady(a.Account, a.Number, a.Method)
	if ready == a.PhoneReady || !ready && !c.phonesKnown() {
		return
	}
	if ready {
		a.PhoneUp(now)
	} else {
		a.PhoneDown(now)
		if l := c.live[a.Offer]; l != nil { // it can't be answered any more
			l.Call.Withdraw(&c.eff, a.ID, "withdrawn", now)
			c.carry(l, now)
		}
	}
	c.changed(a)
}

// phonesKnown tells whether every switch has said which phones it has. Until
// then, right after a start, a phone that is not seen is not a phone that is
// gone.
func (c *Core) phonesKnown() bool {
	for _, n := range c.nodes {
		if !n.synced {
			return false
		}
	}
	return len(c.nodes) > 0
}

// Expect names the switches that there will be.
func (c *Core) Expect(names ...string) {
	for _, name := range names {
		c.node(name)
	}
}

// phoneReady tells whether the phone of an answer method can be rung: a
// registration for web and desk phones, a trunk for mobiles.
func (c *Core) phoneReady(account int64, number string, m agents.Method) bool {
	if m == agents.Mobile {
		acc := c.set.Accounts[account]
		if acc == nil || acc.Trunk == "" {
			return false
		}
		id, _ := acc.agentNumbered(number)
		return acc.Agents[id].Mobile != ""
	}
	return c.phoneNode(PhoneUser(account, number, m)) != ""
}

// phoneNode is the switch at which a phone is registered.
func (c *Core) phoneNode(user string) string {
	for _, name := range c.order {
		if n := c.nodes[name]; n.phones[user] {
			return name
		}
	}
	return ""
}
