package simswitch

import (
	"strconv"
	"strings"
	"time"
)

// KeyPress is keys that a caller presses once.
type KeyPress struct {
	// Prompt presses after the nth sound of the call has begun; Collect after
	// the nth question for keys (play_and_get_digits or read) has begun. With
	// neither, After counts from the answer.
	Prompt, Collect int
	After           time.Duration
	Digits          string
}

// HangPoint is a moment of a call at which the caller hangs up: the Nth time
// (from 1) that Event, such as CHANNEL_PARK, is told of the leg; with App, only
// for that application.
type HangPoint struct {
	Event, App string
	Nth        int
	After      time.Duration
}

// Caller is somebody who rings the switch.
type Caller struct {
	UUID     string // made up if empty
	From, To string
	Name     string
	Context  string // "public" if empty; "desk" is a registered phone dialling out
	Vars     map[string]string

	// Patience is how long they stay without talking to anybody; 0 for ever.
	Patience time.Duration
	Keys     []KeyPress
	// Talk is how long they talk before they hang up; 0 leaves that to the
	// other side. Time on hold does not count.
	Talk     time.Duration
	HangupAt []HangPoint
	// Script, if set, hears of every event of the leg and may act through
	// what it is given. It must not call the Engine.
	Script func(event, app string, do CallerDo)
}

// CallerDo is what a Script can do; each takes effect after that much time.
type CallerDo struct{ c *channel }

// Press presses keys.
func (d CallerDo) Press(after time.Duration, digits string) {
	pressAll(d.c, []KeyPress{{After: after, Digits: digits}})
}

// Hangup hangs up.
func (d CallerDo) Hangup(after time.Duration) {
	c := d.c
	c.e.after(after, func() { c.hangup("NORMAL_CLEARING") })
}

// calling is a Caller at work.
type calling struct {
	Caller
	prompts, collects int
	seen              map[int]int
	patience          *timer
	talk              *timer
	talked            time.Duration
	talkFrom          time.Time
}

// Call has a caller ring; it gives back the leg's UUID, or "" if the switch is
// full.
func (e *Engine) Call(who Caller) string {
	uuid := ""
	e.do(func() {
		if len(e.channels) >= e.opt.MaxSessions {
			return
		}
		c := e.newChannel(who.UUID, true)
		uuid = c.uuid
		e.ring(c, who)
	})
	return uuid
}

func (e *Engine) ring(c *channel, who Caller) {
	setDefault(&who.Context, "public")
	c.name = "sofia/internal/" + who.From + "@127.0.0.1"
	c.cidNum, c.cidName = who.From, who.Name
	setDefault(&c.cidName, who.From)
	c.ani, c.username, c.dest = who.From, who.From, who.To
	c.dialplan, c.context, c.source = "XML", who.Context, "mod_sofia"
	c.remember()
	n := strconv.FormatInt(c.session, 10)
	from, to := who.From+"@127.0.0.1", who.To+"@127.0.0.1"
	c.fixedVars("direction", "inbound", "uuid", c.uuid, "call_uuid", c.uuid, "session_id", n,
		"sip_from_user", who.From, "sip_from_uri", from, "sip_from_host", "127.0.0.1",
		"channel_name", c.name, "sip_call_id", n+"-call@127.0.0.1", "sip_from_user_stripped", who.From,
		"sip_from_tag", n+"tag", "sip_invite_stamp", strconv.FormatInt(c.created.UnixMicro(), 10),
		"sip_full_via", "SIP/2.0/UDP 127.0.0.1:5061;branch=z9hG4bK-"+n, "sip_from_display", c.cidName,
		"sip_full_from", c.cidName+" <sip:"+from+">;tag="+n, "sip_full_to", "<sip:"+to+">",
		"sip_req_user", who.To, "sip_req_uri", to, "sip_req_host", "127.0.0.1", "sip_req_port", "5060",
		"sip_to_user", who.To, "sip_to_uri", to, "sip_to_host", "127.0.0.1", "sip_to_port", "5060",
		"sip_contact_user", who.From, "sip_contact_uri", from, "sip_contact_host", "127.0.0.1",
		"endpoint_disposition", "RECEIVED")
	if who.Context == "desk" { // phones sign in; Vars may say as whom
		c.set("sip_auth_username", who.From)
	}
	for name, value := range who.Vars {
		c.set(name, value)
	}
	p := &calling{Caller: who, seen: map[int]int{}}
	c.script = p
	c.setState(csNew)
	c.setState(csInit)
	c.emit(evCreate, "", nil)
	c.state = csRouting
	c.setCallState("RINGING")
	c.setState(csRouting)
	if who.Patience > 0 {
		p.patience = e.after(who.Patience, func() { c.hangup(giveUp(c)) })
	}
	c.enter()
}

// giveUp is the cause of a caller who hangs up: before the answer it is a
// cancelled call.
func giveUp(c *channel) string {
	if c.answer == "answered" {
		return "NORMAL_CLEARING"
	}
	return "ORIGINATOR_CANCEL"
}

func (p *calling) told(c *channel, k kind, app string) {
	e := c.e
	switch k {
	case evAnswer:
		p.press(c, func(k KeyPress) bool { return k.Prompt == 0 && k.Collect == 0 })
	case evPlaybackStart:
		p.prompts++
		p.press(c, func(k KeyPress) bool { return k.Prompt == p.prompts })
	case evExecute:
		if app == "play_and_get_digits" || app == "read" {
			p.collects++
			p.press(c, func(k KeyPress) bool { return k.Prompt == 0 && k.Collect == p.collects })
		}
	case evBridge:
		e.stop(p.patience)
		if p.Talk > 0 && p.talkFrom.IsZero() {
			p.talkFrom = e.Now()
			p.talk = e.after(p.Talk-p.talked, func() { c.hangup("NORMAL_CLEARING") })
		}
	case evUnbridge:
		if !p.talkFrom.IsZero() {
			p.talked += e.Now().Sub(p.talkFrom)
			p.talkFrom = time.Time{}
			e.stop(p.talk)
		}
	case evHangup:
		e.stop(p.patience)
		e.stop(p.talk)
		return
	}
	p.leave(c, k, app)
	if p.Script != nil {
		p.Script(kindNames[k], app, CallerDo{c})
	}
}

func (p *calling) press(c *channel, due func(KeyPress) bool) {
	for _, k := range p.Keys {
		if due(k) {
			pressAll(c, []KeyPress{k})
		}
	}
}

// leave hangs up at the points where the caller means to.
func (p *calling) leave(c *channel, k kind, app string) {
	for i, h := range p.HangupAt {
		if !strings.EqualFold(h.Event, kindNames[k]) || (h.App != "" && h.App != app) {
			continue
		}
		p.seen[i]++
		if p.seen[i] != max(h.Nth, 1) {
			continue
		}
		if h.After <= 0 {
			c.e.later(func() { c.hangup(giveUp(c)) })
			continue
		}
		c.e.after(h.After, func() { c.hangup(giveUp(c)) })
	}
}
