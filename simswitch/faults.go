package simswitch

import "time"

// faultState is what goes wrong on purpose.
type faultState struct {
	duplicate bool
	late      time.Duration
	half      bool
	refuseACL bool
	silent    int            // replies still to be swallowed
	refuse    map[string]int // command prefix -> times to refuse
}

// Faults is everything that can be made to go wrong.
type Faults struct{ e *Engine }

// Faults gives the switch's faults.
func (e *Engine) Faults() Faults { return Faults{e} }

// DropSockets cuts every client off, as a restart of the event socket would.
func (f Faults) DropSockets() {
	f.e.do(func() {
		for _, s := range f.e.sinks {
			s.cut()
		}
	})
	f.e.eachClient(func(c *client) { c.cut() })
}

// HalfOpen makes the switch take in nothing and send nothing while the
// sockets stay open; off, those sockets are still dead and are closed.
func (f Faults) HalfOpen(on bool) {
	f.e.do(func() { f.e.faults.half = on })
	if !on {
		f.e.eachClient(func(c *client) {
			if c.frozen.Load() {
				c.cut()
			}
		})
		return
	}
	f.e.eachClient(func(c *client) { c.frozen.Store(true) })
}

// LoseLeg makes a leg vanish: no event ever tells of it.
func (f Faults) LoseLeg(uuid string) bool {
	ok := false
	f.e.do(func() {
		c := f.e.channels[uuid]
		if c == nil {
			return
		}
		ok = true
		f.e.forgetLeg(c)
	})
	return ok
}

func (e *Engine) forgetLeg(c *channel) {
	for _, t := range c.tasks {
		e.stop(t.timer)
	}
	for _, fr := range c.stack {
		e.stop(fr.timer)
	}
	if p, ok := c.script.(*calling); ok {
		e.stop(p.patience)
		e.stop(p.talk)
	}
	if p, ok := c.script.(*rung); ok {
		e.stop(p.timer)
	}
	c.hangupCause = "CRASH"
	c.script = nil
	for _, r := range c.records {
		r.write(e.Now().Sub(r.began), e.opt)
	}
	c.records = nil
	if p := c.peer; p != nil {
		c.peer, p.peer, p.other = nil, nil, nil
		e.stats.Bridged -= 2
		p.asA = true
		p.emit(evUnbridge, "", nil)
		e.later(p.afterBridge)
	}
	c.remove(false)
}

// LateReplies makes every reply wait that long.
func (f Faults) LateReplies(d time.Duration) { f.e.do(func() { f.e.faults.late = d }) }

// NoReply swallows the next n replies; what was asked for is done.
func (f Faults) NoReply(n int) { f.e.do(func() { f.e.faults.silent = n }) }

// RefuseCommand answers the next n commands that begin with prefix with -ERR
// and does nothing. prefix is without "api ", such as "uuid_bridge" or
// "sendmsg".
func (f Faults) RefuseCommand(prefix string, n int) {
	f.e.do(func() {
		if f.e.faults.refuse == nil {
			f.e.faults.refuse = map[string]int{}
		}
		f.e.faults.refuse[prefix] = n
	})
}

// DuplicateEvents sends every event twice.
func (f Faults) DuplicateEvents(on bool) { f.e.do(func() { f.e.faults.duplicate = on }) }

// RefuseClients turns new clients away as the access list of the real one
// does.
func (f Faults) RefuseClients(on bool) { f.e.do(func() { f.e.faults.refuseACL = on }) }

// Garbage writes bytes to every client, between two frames.
func (f Faults) Garbage(b []byte) {
	f.e.eachClient(func(c *client) { c.write(b) })
}
