package simswitch

import (
	"strconv"
	"strings"
	"time"
)

// heard tells whether a leg has sound: it was answered, or has early media.
func (c *channel) heard() bool { return c.answer == "answered" || c.answer == "early" }

// join is uuid_bridge, with the real one's opinion of legs without sound: one
// that still rings far away is waited for, a caller who was never answered
// brings both down. It tells false if neither leg has sound.
func (e *Engine) join(a, b *channel) bool {
	if !a.heard() {
		a, b = b, a
	}
	switch {
	case !a.heard():
		return false
	case b.heard():
		e.bridge(a, b)
	case b.inbound:
		a.unwind()
		b.unwind()
		b.hangup("DESTINATION_OUT_OF_ORDER")
		a.hangup("ORIGINATOR_CANCEL")
	default:
		b.joins = a
	}
	return true
}

// bridge lets a and b hear each other; both leave whatever they were doing.
func (e *Engine) bridge(a, b *channel) {
	for _, c := range []*channel{a, b} {
		if old := c.unbridge(); old != nil && old != a && old != b {
			e.later(old.afterBridge)
		}
	}
	a.other, b.other = b, a
	a.asA, b.asA = true, false
	for _, p := range [][2]*channel{{a, b}, {b, a}} {
		c, o := p[0], p[1]
		c.leaveRoom()
		c.unwind()
		if c.gone || c.hangupCause != "" {
			return
		}
		c.set("bridge_channel", o.name)
		c.set("bridge_uuid", o.uuid)
		c.set("signal_bond", o.uuid)
		c.set("bridge_to", o.uuid)
		c.set("last_bridge_to", o.uuid)
		c.setState(csHibernate)
		c.setState(csReset)
	}
	a.setState(csSoftExecute)
	b.setState(csSoftExecute)
	b.callUID = a.uuid
	now := e.Now()
	for _, p := range [][2]*channel{{a, b}, {b, a}} {
		c, o := p[0], p[1]
		f := &frame{app: "uuid_bridge", arg: o.uuid, began: now}
		c.stack = append(c.stack, f)
		c.lastApp, c.lastArg = f.app, f.arg
		c.set("current_application", "uuid_bridge")
		c.emit(evExecute, f.app, func(b []byte) []byte {
			return appendHeader(appendHeader(b, "Application", f.app), "Application-Data", f.arg)
		})
		c.bridgedAt = now
		c.peer = o
		c.changed()
	}
	if b.answer == "answered" && a.answer != "answered" {
		a.answerLeg()
	}
	e.stats.Bridges++
	e.stats.Bridged += 2
	a.emit(evBridge, "", nil)
	b.setState(csExchange)
	if b.script != nil {
		b.script.told(b, evBridge, "")
	}
}

// unbridge parts a leg from its peer and tells so once, on the first leg. It
// gives back the peer, which must be told what to do next.
func (c *channel) unbridge() *channel {
	p := c.peer
	if p == nil {
		return nil
	}
	c.peer, p.peer = nil, nil
	c.e.stats.Bridged -= 2
	for _, x := range []*channel{c, p} {
		for len(x.stack) > 0 {
			f := x.top()
			if f.play != nil {
				x.stopPlay(f, "break")
			}
			x.end(f, "")
		}
	}
	for _, x := range []*channel{c, p} {
		if x.asA {
			x.emit(evUnbridge, "", nil)
		}
	}
	for _, x := range []*channel{c, p} {
		x.set("bridge_to", "")
		x.set("signal_bond", "")
		if x.script != nil && !x.asA {
			x.script.told(x, evUnbridge, "")
		}
	}
	if c.hangupCause == "" {
		c.other = nil
	}
	p.other = nil
	return p
}

// afterBridge is what becomes of a leg whose peer has left.
func (c *channel) afterBridge() {
	if c.gone || c.hangupCause != "" || c.peer != nil {
		return
	}
	if c.is("park_after_bridge") {
		c.transfer("park", "inline", c.context)
		return
	}
	if to, ok := c.get("transfer_after_bridge"); ok {
		p := strings.SplitN(to+"::", ":", 4)
		c.set("transfer_after_bridge", "") // the real switch uses it up as well
		c.transfer(p[0], p[1], p[2])
		return
	}
	c.hangup("NORMAL_CLEARING")
}

// transfer sends a leg to an extension: of the static dialplan, or inline
// ("app:arg,app:arg").
func (c *channel) transfer(ext, plan, context string) {
	if c.gone || c.hangupCause != "" {
		return
	}
	if plan == "" {
		plan = "XML"
	}
	if context == "" {
		context = c.context
	}
	if old := c.unbridge(); old != nil {
		c.e.later(old.afterBridge)
	}
	c.route(ext, plan, context)
}

// transferBoth sends both legs of a bridge there, and hangs up neither.
func (c *channel) transferBoth(ext, plan, context string) {
	p := c.unbridge()
	c.transfer(ext, plan, context)
	if p != nil {
		p.transfer(ext, plan, context)
	}
}

// route takes the leg out of what it does and starts an extension.
func (c *channel) route(ext, plan, context string) {
	c.leaveRoom()
	c.unwind()
	if c.gone || c.hangupCause != "" {
		return
	}
	c.other = nil
	c.dest, c.dialplan, c.context = ext, plan, context
	c.profileIndex++
	c.profileCreated = c.e.Now()
	c.transferSource = strconv.FormatInt(c.e.Now().Unix(), 10) + ":" + c.e.newUUID() + ":bl_xfer:" + ext + "/" + context + "/" + plan
	c.set("transfer_source", c.transferSource)
	c.changed()
	if c.callState != "DOWN" {
		c.setCallState("RINGING")
	}
	c.setState(csRouting)
	c.enter()
}

// enter looks the extension up and runs it.
func (c *channel) enter() {
	c.plan = c.e.lookup(c)
	if c.plan == nil {
		c.hangup("NO_ROUTE_DESTINATION")
		return
	}
	switch c.answer {
	case "answered":
		c.setCallState("ACTIVE")
	case "early":
		c.setCallState("EARLY")
	}
	c.setState(csExecute)
	c.next()
}

// The built-in dialplan is the one in configs/freeswitch; a test compares them.
var (
	publicPlan = []action{
		{"set", "sd_role=caller"},
		{"set", "RECORD_STEREO=true"},
		{"set", "playback_terminators=none"},
		{"set", "hangup_after_bridge=false"},
		{"set", "transfer_after_bridge=after:XML:switchdesk"},
		{"set", "media_timeout=300000"},
		{"sched_transfer", "+30 fallback XML switchdesk"},
		{"park", ""},
	}
	deskPlan = []action{
		{"set", "sd_role=agent"},
		{"set", "RECORD_STEREO=true"},
		{"set", "playback_terminators=none"},
		{"set", "hangup_after_bridge=true"},
		{"set", "media_timeout=300000"},
		{"sched_transfer", "+30 fallback XML switchdesk"},
		{"park", ""},
	}
	afterPlan = []action{
		{"set", "transfer_after_bridge=after:XML:switchdesk"},
		{"sched_transfer", "+30 fallback XML switchdesk"},
		{"park", ""},
	}
)

// lookup is the static dialplan: nil is no such extension.
func (e *Engine) lookup(c *channel) []action {
	if c.dialplan == "inline" {
		return inline(c.dest)
	}
	switch c.context {
	case "public", "default":
		return publicPlan
	case "desk":
		return deskPlan
	case "switchdesk":
		switch c.dest {
		case "fallback":
			e.stats.Fallbacks++
			ms := strconv.FormatInt(e.opt.Fallback.Milliseconds(), 10)
			return []action{
				{"set", "sd_fallback=true"},
				{"unset", "transfer_after_bridge"},
				{"answer", ""},
				{"sleep", "500"},
				{"playback", "tone_stream://%(" + ms + ",0,440)"},
				{"hangup", "NORMAL_TEMPORARY_FAILURE"},
			}
		case "after":
			return afterPlan
		}
	}
	return nil
}

func inline(s string) []action {
	sep := ","
	if strings.HasPrefix(s, "m:") && len(s) > 4 {
		sep, s = s[2:3], s[4:]
	}
	var out []action
	for _, part := range strings.Split(s, sep) {
		app, arg, _ := strings.Cut(part, ":")
		if app = strings.Trim(app, "'"); app != "" {
			out = append(out, action{app, strings.Trim(arg, "'")})
		}
	}
	return out
}

// task is a scheduled transfer; sched_del finds it by its number or by the
// leg it is for.
type task struct {
	id    int64
	timer *timer
}

// schedule is sched_transfer: "+30" from now, or a time of day in seconds.
func (c *channel) schedule(when, ext, plan, context string) {
	d := 0
	if n, err := strconv.Atoi(strings.TrimPrefix(when, "+")); err == nil {
		d = n
		if !strings.HasPrefix(when, "+") {
			d = n - int(c.e.Now().Unix())
		}
	}
	c.e.stats.tasks++
	t := &task{id: c.e.stats.tasks}
	t.timer = c.e.after(time.Duration(d)*time.Second, func() {
		c.forget(t)
		c.transfer(ext, plan, context)
	})
	c.tasks = append(c.tasks, t)
	c.set("last_sched_id", strconv.FormatInt(t.id, 10))
}

func (c *channel) forget(t *task) {
	for i, o := range c.tasks {
		if o == t {
			c.tasks = append(c.tasks[:i], c.tasks[i+1:]...)
			return
		}
	}
}

// unschedule is sched_del: how many tasks it took away.
func (e *Engine) unschedule(what string) int {
	if c := e.channels[what]; c != nil {
		n := len(c.tasks)
		for _, t := range c.tasks {
			e.stop(t.timer)
		}
		c.tasks = nil
		return n
	}
	id, err := strconv.ParseInt(what, 10, 64)
	if err != nil {
		return 0
	}
	for _, c := range e.channels {
		for _, t := range c.tasks {
			if t.id == id {
				e.stop(t.timer)
				c.forget(t)
				return 1
			}
		}
	}
	return 0
}

// hold is the leg being put on hold by the switch, or taken off it.
func (c *channel) hold(on bool) {
	if on {
		c.heldAt = c.e.Now()
		c.changed()
		c.setCallState("HELD")
		c.emit(evHold, "", nil)
		return
	}
	c.setCallState("UNHELD")
	c.emit(evUnhold, "", nil)
	c.setCallState("ACTIVE")
}
