package simswitch

import (
	"strconv"
	"strings"
)

// handle does one command of a client; false ends the connection. Events that
// the command causes go out behind its reply, as on the real switch.
func (c *client) handle(cmd *command) bool {
	e := c.e
	keep, answered := true, false
	var wait chan struct{} // closed when a command that takes long has its answer
	e.do(func() {
		c.busy = true
		silent := c.authed && e.faults.silent > 0
		if silent {
			e.faults.silent--
		}
		keep = c.dispatch(cmd, func(text string) {
			answered = true
			if !silent {
				c.write([]byte(text))
			}
			if wait != nil {
				close(wait)
			}
		})
		if !answered {
			wait = make(chan struct{})
		}
		c.release()
	})
	if wait != nil {
		select {
		case <-wait:
		case <-c.closed:
			return false
		}
	}
	return keep
}

// release lets the events go that waited for a reply.
func (c *client) release() {
	c.busy = false
	if len(c.held) > 0 {
		c.write(c.held)
		c.held = c.held[:0]
	}
}

func replyText(text string) string {
	return "Content-Type: command/reply\nReply-Text: " + text + "\n\n"
}

func apiReply(body string) string {
	if body == "" {
		body = "-ERR no reply\n"
	}
	return "Content-Type: api/response\nContent-Length: " + strconv.Itoa(len(body)) + "\n\n" + body
}

func (c *client) dispatch(cmd *command, say func(string)) bool {
	e := c.e
	verb, arg := cut(cmd.line)
	if verb == "exit" {
		say(replyText("+OK bye") + disconnectNotice)
		return false
	}
	if !c.authed {
		return c.auth(verb, arg, say)
	}
	if n := e.faults.refuse[verb]; n > 0 {
		e.faults.refuse[verb] = n - 1
		e.stats.Refused++
		say(replyText("-ERR refused on purpose"))
		return true
	}
	switch verb {
	case "api", "bgapi":
		if arg != "" {
			c.runAPI(verb, arg, cmd, say)
			return true
		}
	case "sendmsg", "SendMsg", "sendMSG":
		say(c.sendmsg(arg, cmd))
		return true
	case "event", "myevents":
		say(c.subscribe(arg))
		return true
	case "nixevent":
		say(c.nix(arg))
		return true
	case "noevents":
		if !c.listens() {
			say(replyText("-ERR not listening for events"))
			return true
		}
		c.mask, c.all, c.custom = 0, false, map[string]bool{}
		e.recount()
		say(replyText("+OK no longer listening for events"))
		return true
	case "filter":
		say(c.filter(arg))
		return true
	case "log":
		say(replyText("+OK log level " + arg + " [" + arg + "]"))
		return true
	case "getvar":
		say(replyText(e.globals[arg]))
		return true
	case "sendevent":
		say(c.sendevent(arg, cmd))
		return true
	}
	if text, ok := fixedReplies[verb]; ok {
		say(replyText(text))
		return true
	}
	e.stats.Refused++
	say(replyText("-ERR command not found"))
	return true
}

// fixedReplies are those of commands that change nothing here.
var fixedReplies = map[string]string{
	"linger": "-ERR not controlling a session", "nolinger": "-ERR not controlling a session",
	"nolog": "+OK no longer logging", "divert_events": "+OK events diverted",
}

func (c *client) auth(verb, arg string, say func(string)) bool {
	switch {
	case verb != "auth":
		say(replyText("-ERR command not found"))
		return true
	case arg != c.e.opt.Password:
		say(replyText("-ERR invalid") + disconnectNotice)
		return false
	}
	say(replyText("+OK accepted"))
	c.authed = true
	c.e.sinks = append(c.e.sinks, c)
	return true
}

// runAPI runs a command now and answers now, or answers by BACKGROUND_JOB.
func (c *client) runAPI(verb, line string, cmd *command, say func(string)) {
	e := c.e
	name, arg := cut(strings.TrimSpace(line))
	run := func(reply func(string)) {
		if n := e.faults.refuse[name]; n > 0 {
			e.faults.refuse[name] = n - 1
			e.stats.Refused++
			reply("-ERR refused on purpose\n")
			return
		}
		e.api(name, arg, reply)
	}
	if verb == "api" {
		run(func(body string) { say(apiReply(body)) })
		return
	}
	job := cmd.header("Job-UUID")
	if job == "" {
		job = e.newUUID()
	}
	say(replyText("+OK Job-UUID: " + job + "\nJob-UUID: " + job))
	run(func(body string) {
		if body == "" {
			body = "-ERR no reply\n"
		}
		e.announceBody(evBackgroundJob, func(b []byte) []byte {
			b = appendHeader(b, "Job-UUID", job)
			b = appendHeader(b, "Job-Command", name)
			if arg != "" {
				b = appendHeader(b, "Job-Command-Arg", arg)
			}
			return b
		}, body)
	})
}

// sendmsg has a leg execute an application, or hangs it up.
func (c *client) sendmsg(uuid string, cmd *command) string {
	e := c.e
	e.stats.Commands++
	leg := e.channels[strings.TrimSpace(uuid)]
	if leg == nil {
		e.stats.Refused++
		return replyText("-ERR invalid session id [" + strings.TrimSpace(uuid) + "]")
	}
	switch cmd.header("call-command") {
	case "execute":
		f := &frame{
			app: cmd.header("execute-app-name"), arg: cmd.header("execute-app-arg"), id: cmd.header("Event-UUID"),
			lock: cmd.header("event-lock") == "true", loops: 1,
		}
		if f.arg == "" {
			f.arg = cmd.body
		}
		if n, err := strconv.Atoi(cmd.header("loops")); err == nil && n != 0 {
			f.loops = n
		}
		if f.app != "" {
			e.later(func() { leg.order(f) })
		}
	case "hangup":
		cause := cmd.header("hangup-cause")
		if _, ok := q850[cause]; !ok {
			cause = "NORMAL_CLEARING"
		}
		e.later(func() { leg.hangup(cause) })
	case "xferext", "nomedia", "unicast":
	}
	return replyText("+OK")
}

// subscribe is "event plain|json NAME NAME … CUSTOM subclass …".
func (c *client) subscribe(arg string) string {
	words := strings.Fields(arg)
	format := "plain"
	if len(words) > 0 {
		switch words[0] {
		case "plain", "json", "xml":
			format = words[0]
			words = words[1:]
		}
	}
	if format == "xml" {
		return replyText("-ERR xml is not spoken here")
	}
	n, custom := 0, false
	for _, w := range words {
		k, known := kindOf(strings.ToUpper(w))
		switch {
		case custom:
			c.custom[w] = true
			c.mask |= 1 << evCustom
			n++
		case strings.EqualFold(w, "all") || strings.EqualFold(w, "any"):
			c.all = true
			n++
		case strings.EqualFold(w, "custom"):
			custom = true
		case known:
			c.mask |= 1 << k
			n++
		case knownElsewhere[strings.ToUpper(w)]:
			n++
		}
	}
	if n == 0 {
		return replyText("-ERR no keywords supplied")
	}
	c.format = format
	c.e.recount()
	return replyText("+OK event listener enabled " + format)
}

func (c *client) listens() bool { return c.all || c.mask != 0 }

func (c *client) nix(arg string) string {
	custom, n := false, 0
	if c.all {
		c.all, c.mask = false, allKinds
		c.custom["*"] = true
	}
	for _, w := range strings.Fields(arg) {
		k, known := kindOf(strings.ToUpper(w))
		switch {
		case custom:
			delete(c.custom, w)
			n++
		case strings.EqualFold(w, "custom"):
			custom = true
		case strings.EqualFold(w, "all"):
			c.mask, c.custom = 0, map[string]bool{}
			n++
		case known:
			c.mask &^= 1 << k
			n++
		case knownElsewhere[strings.ToUpper(w)]:
			n++
		}
	}
	c.e.recount()
	if n == 0 {
		return replyText("-ERR no keywords supplied")
	}
	return replyText("+OK events nixed")
}

func (c *client) filter(arg string) string {
	name, value := cut(arg)
	if name == "delete" {
		if name, value = cut(value); name == "all" {
			c.filters = nil
			return replyText("+OK filter deleted. [all]")
		}
		rest := c.filters[:0]
		for _, f := range c.filters {
			if f.name != name || (value != "" && f.value != value) {
				rest = append(rest, f)
			}
		}
		c.filters = rest
		return replyText("+OK filter deleted. [" + name + "]=[" + value + "]")
	}
	if name == "" || value == "" {
		return replyText("-ERR invalid syntax")
	}
	c.filters = append(c.filters, filter{name, value})
	return replyText("+OK filter added. [" + name + "]=[" + value + "]")
}

// sendevent passes a client's own event on to everyone.
func (c *client) sendevent(name string, cmd *command) string {
	k, ok := kindOf(strings.ToUpper(name))
	if !ok {
		k = evCustom
	}
	id := c.e.newUUID()
	c.e.later(func() {
		c.e.announce(k, cmd.header("Event-Subclass"), func(b []byte) []byte {
			for _, h := range cmd.head {
				if h.name != "Event-Subclass" && h.name != "Content-Length" {
					b = appendHeader(b, h.name, h.value)
				}
			}
			return b
		})
	})
	return replyText("+OK " + id)
}

// recount works out which events anybody wants, so that the others are never
// even written.
func (e *Engine) recount() {
	e.want = 0
	for _, s := range e.sinks {
		if s.all {
			e.want = allKinds
			return
		}
		e.want |= s.mask
	}
}
