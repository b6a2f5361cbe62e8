package simswitch

import (
	"strconv"
	"strings"
	"time"
)

// dial is an originate under way.
type dial struct {
	vars    map[string]string
	order   []string // of vars
	target  string
	app     action
	ext     []string // extension, dialplan, context instead of an application
	timeout time.Duration
	done    func(string) // the command's answer, once
	bleg    *channel     // bridge application: the leg that waits
}

// parseDial reads "{a=b,c=d}target &app(arg)" or "{…}target ext XML context".
func parseDial(arg string) (*dial, bool) {
	d := &dial{vars: map[string]string{}, timeout: 60 * time.Second}
	rest, ok := d.takeVars(strings.TrimSpace(arg))
	if !ok {
		return nil, false
	}
	target, rest := cut(rest)
	if target == "" || rest == "" {
		return nil, false
	}
	d.target = target
	if strings.HasPrefix(rest, "&") {
		app, args, _ := strings.Cut(rest[1:], "(")
		d.app = action{strings.TrimSpace(app), strings.TrimSuffix(strings.TrimSpace(args), ")")}
	} else {
		d.ext = strings.Fields(rest)
	}
	if s, ok := d.vars["originate_timeout"]; ok {
		if n, err := strconv.Atoi(s); err == nil && n > 0 {
			d.timeout = time.Duration(n) * time.Second
		}
	}
	return d, true
}

// takeVars reads the {…}, […] and <…> groups before a dial string.
func (d *dial) takeVars(s string) (string, bool) {
	for len(s) > 0 {
		closing := byte(0)
		switch s[0] {
		case '{':
			closing = '}'
		case '[':
			closing = ']'
		case '<':
			closing = '>'
		default:
			return s, true
		}
		end := closeOf(s, closing)
		if end < 0 {
			return "", false
		}
		for _, pair := range splitVars(s[1:end]) {
			if name, value, ok := strings.Cut(pair, "="); ok {
				name = strings.TrimSpace(name)
				if _, dup := d.vars[name]; !dup {
					d.order = append(d.order, name)
				}
				d.vars[name] = value
			}
		}
		s = strings.TrimLeft(s[end+1:], " ")
	}
	return s, true
}

// closeOf finds the closing bracket, minding quotes and backslashes.
func closeOf(s string, closing byte) int {
	quoted := false
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == '\'':
			quoted = !quoted
		case s[i] == closing && !quoted:
			return i
		}
	}
	return -1
}

// splitVars splits at commas (or ^^x), minding quotes and backslashes.
func splitVars(s string) []string {
	sep := byte(',')
	if strings.HasPrefix(s, "^^") && len(s) > 2 {
		sep, s = s[2], s[3:]
	}
	var out []string
	var cur strings.Builder
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			cur.WriteByte(s[i])
		case s[i] == '\'':
			quoted = !quoted
		case s[i] == sep && !quoted:
			out = append(out, cur.String())
			cur.Reset()
		default:
			cur.WriteByte(s[i])
		}
	}
	return append(out, cur.String())
}

// originate calls a target; d.done gets the answer when the far end has
// answered, or has not.
func (e *Engine) originate(d *dial) {
	fail := func(cause string) { d.answer("-ERR " + cause + "\n") }
	if id := d.vars["origination_uuid"]; id != "" && e.channels[id] != nil {
		fail("DESTINATION_OUT_OF_ORDER")
		return
	}
	if len(e.channels) >= e.opt.MaxSessions {
		fail("SWITCH_CONGESTION")
		return
	}
	kind, rest, _ := strings.Cut(d.target, "/")
	if id := d.vars["origination_uuid"]; id == "" {
		d.vars["origination_uuid"] = e.newUUID()
	}
	switch kind {
	case "user":
		e.dialUser(d, rest, fail)
	case "sofia":
		first, number, _ := strings.Cut(rest, "/")
		if first != "gateway" {
			user, _, _ := strings.Cut(strings.TrimPrefix(number, "sip:"), "@")
			e.dialUser(d, user, fail)
			return
		}
		name, number, _ := strings.Cut(number, "/")
		g := e.gateways[name]
		if g == nil {
			fail("INVALID_GATEWAY")
			return
		}
		if g.Down {
			fail("GATEWAY_DOWN")
			return
		}
		g.calls++
		react := g.Reaction
		if g.React != nil {
			react = g.React(Ringing{UUID: d.vars["origination_uuid"], From: d.vars["origination_caller_id_number"], To: number, Gateway: name, Nth: g.calls})
		}
		e.dial(d, number, "sofia/internal/"+number, "", &rung{Reaction: react})
	case "loopback", "null":
		number, _, _ := strings.Cut(rest, "/")
		e.dial(d, number, kind+"/"+number+"-a", "", &rung{})
	case "error":
		fail(strings.ToUpper(rest))
	default:
		fail("CHAN_NOT_IMPLEMENTED")
	}
}

func (e *Engine) dialUser(d *dial, user string, fail func(string)) {
	name, domain, ok := strings.Cut(user, "@")
	if !ok {
		domain = e.opt.Domain
	}
	p := e.users[name+"@"+domain]
	switch {
	case p == nil:
		fail("SUBSCRIBER_ABSENT")
		return
	case !p.registered:
		fail("USER_NOT_REGISTERED")
		return
	}
	p.calls++
	react := p.Reaction
	if p.React != nil {
		react = p.React(Ringing{UUID: d.vars["origination_uuid"], From: d.vars["origination_caller_id_number"], To: name, Nth: p.calls})
	}
	d.set("dialed_user", name)
	d.set("dialed_domain", domain)
	d.set("presence_id", name+"@"+domain)
	e.dial(d, name, "sofia/internal/"+name+"@127.0.0.1:5062", name+"@"+domain, &rung{Reaction: react, manual: p.Manual})
}

func (d *dial) set(name, value string) {
	if _, ok := d.vars[name]; !ok {
		d.order = append(d.order, name)
	}
	d.vars[name] = value
}

func (d *dial) answer(text string) {
	if d.done != nil {
		done := d.done
		d.done = nil
		done(text)
	}
}

// dial makes the outbound leg and lets the far end react.
func (e *Engine) dial(d *dial, number, name, presence string, r *rung) {
	c := e.newChannel(d.vars["origination_uuid"], false)
	c.name, c.dest, c.presence = name, number, presence
	c.cidNum, c.cidName = d.vars["origination_caller_id_number"], d.vars["origination_caller_id_name"]
	setDefault(&c.cidNum, "0000000000")
	c.ani, c.context, c.source = c.cidNum, "default", "src/switch_ivr_originate.c"
	c.calleeName, c.calleeNum = "Outbound Call", number
	c.remember()
	n := strconv.FormatInt(c.session, 10)
	to := number + "@127.0.0.1:5062"
	c.fixedVars("direction", "outbound", "is_outbound", "true", "uuid", c.uuid, "call_uuid", c.uuid, "session_id", n,
		"sip_profile_name", "internal", "channel_name", name, "sip_destination_url", "sip:"+to,
		"originate_early_media", "true", "originate_endpoint", "sofia",
		"sip_req_uri", to, "sip_outgoing_contact_uri", "<sip:mod_sofia@127.0.0.1:5060>",
		"sip_full_via", "SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bK"+n,
		"sip_full_from", "<sip:"+c.cidNum+"@127.0.0.1>;tag=f"+n, "sip_full_to", "<sip:"+to+">;tag=t"+n,
		"sip_from_user", c.cidNum, "sip_from_uri", c.cidNum+"@127.0.0.1", "sip_from_host", "127.0.0.1",
		"sip_to_user", number, "sip_to_uri", to, "sip_to_host", "127.0.0.1", "sip_to_tag", "t"+n, "sip_from_tag", "f"+n,
		"sip_cseq", n, "sip_call_id", n+"-out@127.0.0.1")
	for _, v := range d.order {
		c.set(v, d.vars[v])
	}
	c.set("origination_uuid", c.uuid)
	c.script = r
	c.state = csInit
	c.emit(evOutgoing, "", nil)
	c.setState(csInit)
	c.emit(evCreate, "", nil)
	c.emit(evOriginate, "", nil)
	c.setState(csRouting)
	c.setState(csConsumeMedia)
	limit := e.after(d.timeout, func() { c.noAnswer(d) })
	e.react(c, d, r, limit)
}

// react plays the far end of a leg that is being called.
func (e *Engine) react(c *channel, d *dial, r *rung, limit *timer) {
	end := func(cause string, code int) func() {
		return func() {
			e.stop(limit)
			c.sipCode = code
			c.hangupDial(d, cause)
		}
	}
	pick := func() {
		e.stop(limit)
		c.picked(d)
	}
	r.pick = pick
	c.onEnd(d, limit)
	switch r.Act {
	case Unreachable:
		r.pick = nil
		return
	case Unallocated:
		r.pick = nil
		e.after(max(r.Ring, r.After), end("UNALLOCATED_NUMBER", 404))
		return
	case Down:
		r.pick = nil
		e.after(r.Ring, end("NORMAL_TEMPORARY_FAILURE", 503))
		return
	}
	r.timer = e.after(r.Ring, func() {
		c.rings(r, d)
		if c.gone || r.manual {
			return
		}
		switch r.Act {
		case Busy:
			r.timer = e.after(r.After, end("USER_BUSY", 486))
		case Refuse:
			r.timer = e.after(r.After, end("CALL_REJECTED", 603))
		case Pick:
			r.timer = e.after(r.After, func() { c.pickUp() })
		}
	})
}

func (c *channel) rings(r *rung, d *dial) {
	if c.gone || c.hangupCause != "" || c.answer == "answered" {
		return
	}
	if r.EarlyMedia {
		c.earlyMedia()
		if v := d.vars["ignore_early_media"]; v != "true" && v != "yes" {
			c.answer = "early"
			c.proceed(d) // as on the real switch, early media is enough
		}
		return
	}
	c.progressAt = c.e.Now()
	c.changed()
	c.emit(evProgress, "", nil)
	c.setCallState("RINGING")
}

// picked is the far end answering.
func (c *channel) picked(d *dial) {
	if c.gone || c.hangupCause != "" {
		return
	}
	c.answerLeg()
	c.proceed(d)
}

// proceed gives the originate's answer, once, and starts what the leg is for.
func (c *channel) proceed(d *dial) {
	if d.done == nil || c.gone || c.hangupCause != "" {
		return
	}
	c.emit(evCallUpdate, "", nil)
	d.answer("+OK " + c.uuid + "\n")
	if d.bleg != nil {
		return
	}
	if len(d.ext) > 0 {
		ext := append(d.ext, "", "")
		c.transfer(ext[0], ext[1], ext[2])
		return
	}
	c.plan = []action{d.app}
	c.setState(csExecute)
	c.next()
}

func (c *channel) noAnswer(d *dial) {
	if c.answer != "answered" {
		c.hangupDial(d, "NO_ANSWER")
	}
}

func (c *channel) hangupDial(d *dial, cause string) {
	c.hangup(cause)
	d.answer("-ERR " + cause + "\n")
}

// onEnd answers the originate if the leg is hung up by somebody else.
func (c *channel) onEnd(d *dial, limit *timer) {
	r, _ := c.script.(*rung)
	r.ended = func() {
		c.e.stop(limit)
		if d.done != nil {
			c.e.later(func() { d.answer("-ERR " + c.hangupCause + "\n") })
		}
	}
}

// appBridge calls a dial string and bridges its leg when it answers.
func appBridge(c *channel, f *frame) {
	d, ok := parseDial(f.arg + " &park()")
	if !ok {
		c.finish(f, "DESTINATION_OUT_OF_ORDER")
		return
	}
	d.bleg = c
	d.done = func(answer string) {
		cause := strings.TrimSpace(strings.TrimPrefix(answer, "-ERR "))
		id := strings.TrimSpace(strings.TrimPrefix(answer, "+OK "))
		b := c.e.channels[id]
		if !strings.HasPrefix(answer, "+OK") || b == nil {
			c.set("originate_disposition", cause)
			c.finish(f, cause)
			if c.top() == nil && !c.is("continue_on_fail") && len(c.plan) == 0 {
				c.hangup(cause)
			}
			return
		}
		if c.gone || c.hangupCause != "" {
			b.hangup("ORIGINATOR_CANCEL")
			return
		}
		c.answerLeg()
		c.e.later(func() { c.e.bridge(c, b) })
	}
	c.e.originate(d)
}
