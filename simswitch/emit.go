package simswitch

import (
	"strconv"
	"time"
)

// short are the kinds that the real switch sends without a channel's
// variables.
const short = kindSet(1<<evState | 1<<evCallState | 1<<evDTMF | 1<<evPrivateCommand)

// emit tells an event of a leg to everyone who asked for it. extra adds the
// headers that come after the variables, and may be nil.
func (c *channel) emit(k kind, app string, extra func([]byte) []byte) {
	e := c.e
	e.seq++
	e.stats.Events++
	if c.script != nil {
		c.script.told(c, k, app)
	}
	if !e.want.has(k) {
		return
	}
	now := e.Now()
	b := e.appendBasics(e.scratch[:0], k, "", now)
	if k == evBridge {
		b = appendHeader(b, "Bridge-A-Unique-ID", c.uuid)
		b = appendHeader(b, "Bridge-B-Unique-ID", c.peer.uuid)
	}
	b = c.appendState(b)
	b = c.appendCaller(b)
	b = c.appendOther(b)
	if !short.has(k) {
		b = c.appendVars(b)
	}
	if extra != nil {
		b = extra(b)
	}
	b = append(b, '\n')
	e.scratch = b
	e.deliver(k, "", c.uuid, b, app)
}

// announce tells an event that belongs to no leg.
func (e *Engine) announce(k kind, subclass string, fill func([]byte) []byte) {
	e.seq++
	e.stats.Events++
	if !e.want.has(k) {
		return
	}
	b := e.appendBasics(e.scratch[:0], k, subclass, e.Now())
	b = fill(b)
	b = append(b, '\n')
	e.scratch = b
	e.deliver(k, subclass, "", b, "")
}

// announceBody is announce for an event with a body after its headers.
func (e *Engine) announceBody(k kind, fill func([]byte) []byte, body string) {
	e.seq++
	e.stats.Events++
	if !e.want.has(k) {
		return
	}
	b := fill(e.appendBasics(e.scratch[:0], k, "", e.Now()))
	b = append(b, "Content-Length: "...)
	b = strconv.AppendInt(b, int64(len(body)), 10)
	b = append(b, "\n\n"...)
	b = append(b, body...)
	e.scratch = b
	e.deliver(k, "", "", b, "")
}

func (e *Engine) deliver(k kind, subclass, uuid string, text []byte, app string) {
	_ = app
	for _, s := range e.sinks {
		if !s.wants(k, subclass, uuid, text) {
			continue
		}
		s.event(text)
		if e.faults.duplicate {
			s.event(text)
		}
	}
}

func (e *Engine) heartbeat() {
	e.announce(evHeartbeat, "", func(b []byte) []byte {
		up := e.Now().Sub(e.start)
		b = appendHeader(b, "Event-Info", "System Ready")
		b = appendHeader(b, "Up-Time", uptime(up))
		b = appendHeader(b, "FreeSWITCH-Version", switchVersion)
		b = appendHeader(b, "Uptime-msec", strconv.FormatInt(up.Milliseconds(), 10))
		b = appendHeader(b, "Session-Count", strconv.Itoa(len(e.channels)))
		b = appendHeader(b, "Max-Sessions", strconv.Itoa(e.opt.MaxSessions))
		b = append(b, "Session-Per-Sec: 300\nSession-Per-Sec-Last: 0\nSession-Per-Sec-Max: 0\nSession-Per-Sec-FiveMin: 0\n"...)
		b = appendHeader(b, "Session-Since-Startup", strconv.FormatInt(e.session, 10))
		b = appendHeader(b, "Session-Peak-Max", strconv.Itoa(e.stats.Peak))
		b = appendHeader(b, "Session-Peak-FiveMin", strconv.Itoa(e.stats.Peak))
		return append(b, "Idle-CPU: 96.566667\n"...)
	})
	e.after(e.opt.Heartbeat, e.heartbeat)
}

const switchVersion = "1.11.1-release~64bit"

func uptime(d time.Duration) string {
	days := int(d.Hours()) / 24
	n := func(v int, unit string) string {
		s := strconv.Itoa(v) + " " + unit
		if v != 1 {
			s += "s"
		}
		return s
	}
	return n(days/365, "year") + ", " + n(days%365, "day") + ", " + n(int(d.Hours())%24, "hour") + ", " +
		n(int(d.Minutes())%60, "minute") + ", " + n(int(d.Seconds())%60, "second") + ", " +
		n(int(d.Milliseconds())%1000, "millisecond") + ", " + n(int(d.Microseconds())%1000, "microsecond")
}
