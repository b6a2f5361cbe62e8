package floor

import (
	"time"

	"switchdesk/calls"
	"switchdesk/esl"
	"switchdesk/flows"
	"switchdesk/queues"
)

// snapshot holds everything against what the switch has now: after a lost
// socket or a restart, and as a regular audit.
func (c *Core) snapshot(e *esl.Event, now time.Time) {
	n := c.node(e.Node)
	fresh := !n.up
	n.up, n.synced = true, true
	c.takePhones(n, e.Phones, now)
	channels := make(map[string]*esl.Channel, len(e.Channels))
	for i := range e.Channels {
		channels[e.Channels[i].UUID] = &e.Channels[i]
	}
	find := func(uuid string) *esl.Channel { return channels[uuid] }
	for _, l := range c.liveOn(e.Node) {
		homeless := false
		if l.Queue != nil && !l.Call.Gone {
			homeless = c.board.Readmit(*l.Queue, now) == queues.NoGroup // else it keeps its place
		}
		l.Call.Reconcile(find, fresh, &c.eff, now)
		c.carry(l, now)
		if homeless {
			c.rehouse(l, now)
		}
	}
	for i := range e.Channels {
		// A talk that nobody here knows goes on and ends by itself; the rest
		// is asked whose it is.
		if ch := &e.Channels[i]; c.legs[ch.UUID] == nil && ch.Peer == "" {
			c.out.Orders = append(c.out.Orders, Order{e.Node, esl.DumpChannel{UUID: ch.UUID}})
		}
	}
}

// rehouse sends a caller on whose group was taken away while nobody listened.
func (c *Core) rehouse(l *Live, now time.Time) {
	if l.Queue == nil || c.live[l.Call.ID] != l {
		return
	}
	c.withdrawAll(l, l.Queue.Offered, now)
	c.leaveQueue(l, queues.Exit{Kind: queues.ExitFlow}, flows.LeftNoAgent, now)
	c.carry(l, now)
}

func (c *Core) liveOn(node string) []*Live {
	var on []*Live
	for _, l := range c.live {
		if l.Call.Node == node {
			on = append(on, l)
		}
	}
	return on
}

// away: the sockets of a switch are lost. Its calls go on without us; whoever
// waits there is taken off the board, so that no phone is rung in vain, and
// comes back to the same place with the snapshot.
func (c *Core) away(name string) {
	c.node(name).up = false
	for _, l := range c.liveOn(name) {
		if item, ok := c.board.Leave(l.Call.ID); ok {
			l.Queue = &item
		}
	}
}

// dumped: a leg that no live call has says whose it is. A caller who was
// parked while nobody listened is taken in. The snapshot alone would not do:
// the switch's list may still show a leg that has just ended.
func (c *Core) dumped(e *esl.Event, now time.Time) {
	if c.legs[e.UUID] != nil {
		return
	}
	call := e.Vars["sd_call"]
	switch {
	case call == "" && e.Inbound && e.Vars["current_application"] == "park":
		c.arrive(e, now)
	case call == "" || c.live[call] != nil:
		// another system's, or about to be ours
	case e.Inbound:
		c.out.Notes = append(c.out.Notes, Note{Call: call, Leg: e.UUID, Node: e.Node, What: "caller of a call that is not known any more: sent to the apology"})
		c.out.Orders = append(c.out.Orders, Order{e.Node, esl.TransferLeg{UUID: e.UUID, Extension: "fallback", Context: "switchdesk"}})
	default:
		c.stray(&esl.Event{Node: e.Node, UUID: e.UUID, Call: call})
	}
}

// takePhones replaces what is known of a switch's registered phones.
func (c *Core) takePhones(n *node, phones []esl.Phone, now time.Time) {
	n.phones = make(map[string]bool, len(phones))
	for _, p := range phones {
		n.phones[p.User] = true
	}
	for _, id := range c.phone {
		c.checkPhone(c.agents[id], now)
	}
}

// Readmit takes a call back that the journal kept, before the switch's
// snapshot says what became of it.
func (c *Core) Readmit(l *Live, now time.Time) {
	if l.Call.Stage == calls.Over {
		return
	}
	c.live[l.Call.ID] = l
	for _, uuid := range l.Call.Legs() {
		c.legs[uuid] = l
	}
	if acc := c.set.Accounts[l.Call.Account]; acc != nil && l.Call.Direction == calls.In {
		c.day(acc, now).inbound++
		c.remember(acc.ID, l.Call.From, l.Call.Started)
	}
	if l.Back != nil {
		c.knowCallback(l)
	}
	c.touch(l)
}
