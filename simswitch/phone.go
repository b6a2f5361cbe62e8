package simswitch

import (
	"time"
)

// Act is what somebody does when their phone rings.
type Act uint8

// What a rung phone or number can do.
const (
	Pick        Act = iota // answers
	Ignore                 // lets it ring until the caller gives up
	Refuse                 // presses reject
	Busy                   // is on another call
	Unallocated            // the number does not exist (空号)
	Unreachable            // nothing comes back at all
	Down                   // the far end refuses calls (503)
)

// Reaction is how a phone or a number behind a trunk takes one call.
type Reaction struct {
	Act   Act
	Ring  time.Duration // until it rings
	After time.Duration // from ringing to Act
	// EarlyMedia lets the caller hear the far end before it answers.
	EarlyMedia bool
	// HangupAfter is how long they talk before they hang up; 0 leaves that to
	// the other side. Waiting, parked or on hold, does not count as talk.
	HangupAfter time.Duration
	// Keys are pressed that long after the answer.
	Keys []KeyPress
}

// Phone is a SIP phone, registered or not.
type Phone struct {
	User   string
	Domain string // the switch's own if empty
	// Offline phones are known to the directory and not registered.
	Offline bool
	Reaction
	// React, if set, decides for each call; it must not call the Engine.
	React func(Ringing) Reaction
	// Manual phones ring until Answer, Hangup or a talk event says else.
	Manual bool
}

// Ringing is what a phone knows of a call that comes in.
type Ringing struct {
	UUID, From, To string
	Gateway        string
	Nth            int // calls to this phone so far, from 1
}

// Gateway is a trunk: every number behind it reacts alike unless React says
// else.
type Gateway struct {
	Name string
	Reaction
	React func(Ringing) Reaction
	Down  bool
}

type phoneState struct {
	Phone
	registered bool
	contact    string
	calls      int
	expires    time.Time
}

type gatewayState struct {
	Gateway
	calls int
}

// Register puts a phone on the switch, or changes how it behaves.
func (e *Engine) Register(p Phone) {
	e.do(func() {
		if p.Domain == "" {
			p.Domain = e.opt.Domain
		}
		key := p.User + "@" + p.Domain
		s := e.users[key]
		if s == nil {
			s = &phoneState{}
			e.users[key] = s
		}
		s.Phone = p
		s.contact = "sip:" + p.User + "@127.0.0.1:5062"
		if p.Offline {
			e.unregister(s, "sofia::unregister")
			return
		}
		s.registered = true
		s.expires = e.Now().Add(time.Hour)
		e.tellPhone(s, "sofia::register")
	})
}

// Unregister takes a phone off the switch; calls that it has go on.
func (e *Engine) Unregister(user string) {
	e.do(func() { e.unregister(e.users[user+"@"+e.opt.Domain], "sofia::unregister") })
}

// Expire is a phone that went silent: its registration runs out.
func (e *Engine) Expire(user string) {
	e.do(func() { e.unregister(e.users[user+"@"+e.opt.Domain], "sofia::expire") })
}

func (e *Engine) unregister(s *phoneState, how string) {
	if s == nil || !s.registered {
		return
	}
	s.registered = false
	s.Offline = true
	e.tellPhone(s, how)
}

func (e *Engine) tellPhone(s *phoneState, subclass string) {
	e.announce(evCustom, subclass, func(b []byte) []byte {
		b = append(b, "profile-name: internal\n"...)
		if subclass == "sofia::expire" {
			b = appendHeader(b, "host", s.Domain)
			b = appendHeader(b, "user", s.User)
			b = append(b, "expires: 0\nuser-agent: switchdesk-phone\nrealm: switchdesk\n"...)
			return appendHeader(b, "call-id", "reg-"+s.User)
		}
		b = appendHeader(b, "from-user", s.User)
		b = appendHeader(b, "from-host", s.Domain)
		b = append(b, "presence-hosts: n/a\n"...)
		b = appendHeader(b, "contact", `"" <`+s.contact+`>`)
		b = appendHeader(b, "call-id", "reg-"+s.User)
		b = append(b, "rpid: unknown\n"...)
		if subclass == "sofia::register" {
			b = append(b, "status: Registered(UDP)\nexpires: 3600\n"...)
			b = appendHeader(b, "to-user", s.User)
			b = appendHeader(b, "to-host", s.Domain)
		} else {
			b = append(b, "expires: 0\n"...)
		}
		b = append(b, "network-ip: 127.0.0.1\nnetwork-port: 5062\nuser-agent: switchdesk-phone\n"...)
		b = appendHeader(b, "username", s.User)
		return appendHeader(b, "realm", s.Domain)
	})
}

// AddGateway makes a trunk, or changes how it behaves; a change between up
// and down is told as sofia::gateway_state.
func (e *Engine) AddGateway(g Gateway) {
	e.do(func() {
		old := e.gateways[g.Name]
		s := &gatewayState{Gateway: g}
		if old != nil {
			s.calls = old.calls
		}
		e.gateways[g.Name] = s
		if old != nil && old.Down == g.Down {
			return
		}
		state, ping := "REGED", "UP"
		if g.Down {
			state, ping = "FAIL_WAIT", "DOWN"
		}
		e.announce(evCustom, "sofia::gateway_state", func(b []byte) []byte {
			b = appendHeader(b, "Gateway", g.Name)
			b = appendHeader(b, "State", state)
			return appendHeader(b, "Ping-Status", ping)
		})
	})
}

// rung is a phone or number at the far end of a leg that the switch calls.
type rung struct {
	Reaction
	manual   bool
	timer    *timer
	talk     time.Duration // talked so far
	talkFrom time.Time
	pick     func() // answers, while it rings
	ended    func() // the leg was hung up
}

func (r *rung) told(c *channel, k kind, _ string) {
	e := c.e
	switch k {
	case evBridge:
		if r.HangupAfter <= 0 || r.talkFrom != (time.Time{}) {
			return
		}
		r.talkFrom = e.Now()
		e.stop(r.timer)
		r.timer = e.after(r.HangupAfter-r.talk, func() { c.hangup("NORMAL_CLEARING") })
	case evUnbridge:
		if !r.talkFrom.IsZero() {
			r.talk += e.Now().Sub(r.talkFrom)
			r.talkFrom = time.Time{}
			e.stop(r.timer)
		}
	case evAnswer:
		pressAll(c, r.Keys)
	case evHangup:
		e.stop(r.timer)
		r.pick = nil
		if r.ended != nil {
			r.ended()
		}
	}
}

func pressAll(c *channel, keys []KeyPress) {
	for _, k := range keys {
		c.e.after(k.After, func() {
			for i := 0; i < len(k.Digits); i++ {
				c.key(k.Digits[i], "RTP")
			}
		})
	}
}

// Answer picks up a ringing leg by hand.
func (e *Engine) Answer(uuid string) bool {
	ok := false
	e.do(func() {
		if c := e.channels[uuid]; c != nil {
			ok = c.pickUp()
		}
	})
	return ok
}

func (c *channel) pickUp() bool {
	r, _ := c.script.(*rung)
	if r == nil || r.pick == nil {
		return false
	}
	pick := r.pick
	r.pick = nil
	c.e.stop(r.timer)
	pick()
	return true
}

// Hangup is the far end of a leg hanging up.
func (e *Engine) Hangup(uuid, cause string) bool {
	ok := false
	e.do(func() {
		if c := e.channels[uuid]; c != nil {
			if cause == "" {
				cause = "NORMAL_CLEARING"
			}
			c.hangup(cause)
			ok = true
		}
	})
	return ok
}

// Press is the far end of a leg pressing keys.
func (e *Engine) Press(uuid, digits string) bool {
	ok := false
	e.do(func() {
		if c := e.channels[uuid]; c != nil {
			for i := 0; i < len(digits); i++ {
				c.key(digits[i], "RTP")
			}
			ok = true
		}
	})
	return ok
}

// ChannelInfo is a leg as it stands.
type ChannelInfo struct {
	UUID, From, To, Context string
	Inbound                 bool
	State, CallState        string
	Answer                  string // ringing, early, answered
	App, AppData            string // what runs
	Peer                    string // bridged to, or ""
	Recording               bool
	Created                 time.Time
}

// Channels lists the legs there are, oldest first.
func (e *Engine) Channels() []ChannelInfo {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := make([]ChannelInfo, 0, len(e.channels))
	for _, c := range e.order {
		if c.gone {
			continue
		}
		i := ChannelInfo{
			UUID: c.uuid, From: c.cidNum, To: c.first.dest, Context: c.context, Inbound: c.inbound,
			State: c.state, CallState: c.callState, Answer: c.answer, Recording: len(c.records) > 0, Created: c.created,
		}
		if f := c.top(); f != nil {
			i.App, i.AppData = f.app, f.arg
		}
		if c.peer != nil {
			i.Peer = c.peer.uuid
		}
		out = append(out, i)
	}
	return out
}

// Var tells a variable of a leg.
func (e *Engine) Var(uuid, name string) (string, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if c := e.channels[uuid]; c != nil {
		return c.get(name)
	}
	return "", false
}

// Leave is the far end putting the phone down, whatever the call has come to.
func (e *Engine) Leave(uuid string) bool {
	ok := false
	e.do(func() {
		if c := e.channels[uuid]; c != nil {
			c.hangup(giveUp(c))
			ok = true
		}
	})
	return ok
}
