package floor

import (
	"time"

	"switchdesk/calls"
	"switchdesk/flows"
	"switchdesk/internal/fault"
	"switchdesk/queues"
)

const (
	callbackTries = 3               // how often the customer is rung
	callbackPause = 5 * time.Minute // after a try in vain
	callbackLasts = 24 * time.Hour  // from the wish to the giving up
	maxCallbacks  = 5000            // of one account, at once
	legsLinger    = 2 * time.Second // until the legs of the last try are gone
)

// Back is what the floor knows of a call-back: a call of its own that waits
// in the queue in the place of who asked for it.
type Back struct {
	Tries    int       `json:"tries,omitempty"`
	Entered  time.Time `json:"entered"` // of the first call into the queue: the age of the place
	Priority int       `json:"priority,omitempty"`
	Until    time.Time `json:"until"`
	Retry    time.Time `json:"retry,omitzero"` // when it goes back into the queue
}

func (b *Back) next() time.Time {
	if !b.Retry.IsZero() && (b.Until.IsZero() || b.Retry.Before(b.Until)) {
		return b.Retry
	}
	return b.Until
}

// peer is the customer's number.
func (l *Live) peer() string {
	if l.Call.Direction == calls.Out {
		return l.Call.To
	}
	return l.Call.From
}

// takeCallback turns the caller's place into that of a call-back. The flow
// goes on with the caller, who is free to hang up.
func (c *Core) takeCallback(l *Live, acc *Account, a flows.Callback, now time.Time) {
	number, err := c.mayCallBack(acc, a.Number)
	if err != nil {
		c.note(l, "", "no call-back: "+err.Error())
		c.resumeWaiting(l, flows.Failed{What: faultCode(err)}, now)
		return
	}
	item := c.stopWaiting(l, "callback", now)
	if c.backs[acc.ID][number] == "" { // else the older place stays
		c.openCallback(l, acc, number, item, now)
	}
	c.resume(l, flows.Done{}, now)
}

// resumeWaiting is resume for a caller who may go on waiting.
func (c *Core) resumeWaiting(l *Live, in flows.Input, now time.Time) {
	flow, acc := c.flowOf(l)
	action, steps := flow.Resume(l.Run, in, c.env(l, acc, now))
	c.trail(l, steps)
	if a, ok := action.(flows.Enqueue); ok && l.Queue != nil && c.groupOf(acc, a) == l.Queue.Group {
		return // the place is kept
	}
	c.stopWaiting(l, "key", now)
	c.perform(l, action, now)
}

func (c *Core) mayCallBack(acc *Account, number string) (string, error) {
	number, err := c.mayDial(acc, number)
	if err != nil {
		return "", err
	}
	if c.backs[acc.ID][number] == "" && len(c.backs[acc.ID]) >= maxCallbacks {
		return "", fault.New(fault.Conflict, "callback.full", "%d call-backs wait already", maxCallbacks)
	}
	return number, nil
}

func (c *Core) openCallback(first *Live, acc *Account, number string, item queues.Item, now time.Time) {
	l := c.openOut(acc, number, first.Call.Node, now)
	call := &l.Call
	call.CallbackOf, call.Stage = first.Call.ID, calls.Queued
	call.CustomerID, call.CustomerName = first.Call.CustomerID, first.Call.CustomerName
	l.Group = item.Group
	l.Back = &Back{Entered: item.Entered, Priority: item.Priority, Until: now.Add(callbackLasts)}
	c.knowCallback(l)
	c.waitAgain(l, item.LastAgent, now)
	c.touch(l)
}

// knowCallback lets the number's next wish find this one.
func (c *Core) knowCallback(l *Live) {
	if c.backs[l.Call.Account] == nil {
		c.backs[l.Call.Account] = map[string]string{}
	}
	c.backs[l.Call.Account][l.Call.To] = l.Call.ID
}

func (c *Core) forgetCallback(l *Live) {
	if l.Back != nil && c.backs[l.Call.Account][l.Call.To] == l.Call.ID {
		delete(c.backs[l.Call.Account], l.Call.To)
	}
}

// waitAgain puts a call-back into its place.
func (c *Core) waitAgain(l *Live, lastAgent int64, now time.Time) {
	l.Back.Retry = time.Time{}
	item := queues.Item{ID: l.Call.ID, Account: l.Call.Account, Group: l.Group, Priority: l.Back.Priority,
		Entered: l.Back.Entered, LastAgent: lastAgent, Callback: true}
	c.updateBoard()
	l.Call.EnterQueue(l.Group, now)
	if c.board.Readmit(item, now) != queues.Welcome {
		c.lapse(l, "no_agent", now)
		return
	}
	l.Queue = &item
}

// callbackDue lets a call-back wait again after a try, and ends one that has
// waited for too long.
func (c *Core) callbackDue(l *Live, now time.Time) {
	b := l.Back
	idle := len(l.Call.Legs()) == 0
	switch {
	case !l.Call.Answer.IsZero(): // they talk: nothing is left to be done by the clock
		b.Until, b.Retry = time.Time{}, time.Time{}
	case !idle:
		if !b.Retry.IsZero() {
			b.Retry = now.Add(legsLinger)
		}
		if !now.Before(b.Until) {
			b.Until = now.Add(legsLinger)
		}
	case !now.Before(b.Until) || c.set.Accounts[l.Call.Account] == nil:
		c.lapse(l, "timeout", now)
	case !b.Retry.IsZero() && !now.Before(b.Retry):
		c.waitAgain(l, 0, now)
	}
}

// lapse gives a call-back up.
func (c *Core) lapse(l *Live, why string, now time.Time) {
	c.board.Leave(l.Call.ID)
	l.Queue = nil
	l.Call.LeaveQueue(why, now)
	l.Call.HangUp(&c.eff, "system", "NORMAL_CLEARING", now)
	c.carry(l, now)
}

// tryFailed: the customer was not reached, or the agent had enough.
func (c *Core) tryFailed(l *Live, n calls.News, now time.Time) {
	if a := c.agents[n.Agent]; a != nil {
		c.bars[a.ID] = dialNotice(n.Cause)
		c.changed(a)
	}
	l.Back.Tries++
	if l.Back.Tries >= callbackTries {
		l.Call.HangUp(&c.eff, "system", n.Cause, now)
		return
	}
	l.Back.Retry = now.Add(callbackPause)
}

// settled: who wanted to be called back talks with an agent in another call.
func (c *Core) settled(l *Live, now time.Time) {
	id := c.backs[l.Call.Account][l.peer()]
	if b := c.live[id]; b != nil && b != l && len(b.Call.Legs()) == 0 {
		c.lapse(b, "answered", now)
	}
}

// dropCallback takes a call-back off the list by hand.
func (c *Core) dropCallback(x DropCallback, now time.Time) error {
	l := c.live[x.Call]
	if l == nil || l.Call.Account != x.Account || l.Back == nil {
		return fault.New(fault.NotFound, "callback.unknown", "there is no such call-back any more")
	}
	if !l.Call.Answer.IsZero() || l.Call.InHand != "" {
		return errTooLate()
	}
	c.withdrawAll(l, offered(l), now)
	c.lapse(l, "dropped", now)
	c.settle(now)
	return nil
}

func offered(l *Live) []int64 {
	if l.Queue == nil {
		return nil
	}
	return l.Queue.Offered
}

// elsewhere lets a call-back wait at another switch while its own is away.
func (c *Core) elsewhere(l *Live, now time.Time) bool {
	if l.Back == nil || len(l.Call.Legs()) > 0 || l.Call.Stage != calls.Queued {
		return false
	}
	for _, name := range c.order {
		if !c.nodes[name].up {
			continue
		}
		l.Call.Node = name
		if l.Queue != nil {
			c.board.Readmit(*l.Queue, now)
		}
		return true
	}
	return false
}
