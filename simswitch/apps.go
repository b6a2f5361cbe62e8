package simswitch

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// frame is one application that runs, or waits to run, on a leg. Applications
// nest: what an event-socket client has executed without a lock runs inside
// whatever runs already, which goes on afterwards.
type frame struct {
	app, arg, id string
	lock         bool // run in turn, not nested
	loops        int  // rounds still to go; below 0 for ever
	began        time.Time
	resp         string
	play         *player
	keys         *collector
	timer        *timer
	left         time.Duration // of timer, while an inner application runs
	stopped      bool          // uuid_break: no further round
	onTimer      func()
	over         func() // runs when it ends, however that comes
}

// action is a step of a dialplan extension.
type action struct{ app, arg string }

type appFunc func(c *channel, f *frame)

var apps map[string]appFunc

func init() {
	apps = map[string]appFunc{
		"answer":               func(c *channel, f *frame) { c.answerLeg(); c.finish(f, "") },
		"pre_answer":           func(c *channel, f *frame) { c.earlyMedia(); c.finish(f, "") },
		"ring_ready":           appRingReady,
		"playback":             appPlayback,
		"endless_playback":     appPlayback,
		"play_and_get_digits":  appPlayAndGetDigits,
		"read":                 appRead,
		"park":                 appPark,
		"sleep":                appSleep,
		"set":                  appSet,
		"export":               appSet,
		"multiset":             appMultiset,
		"unset":                func(c *channel, f *frame) { c.set(strings.TrimSpace(f.arg), ""); c.finish(f, "") },
		"hangup":               appHangup,
		"sched_transfer":       appSchedTransfer,
		"transfer":             appTransfer,
		"hold":                 func(c *channel, f *frame) { c.hold(true); c.finish(f, "") },
		"unhold":               func(c *channel, f *frame) { c.hold(false); c.finish(f, "") },
		"bridge":               appBridge,
		"record":               appRecord,
		"record_session":       func(c *channel, f *frame) { c.startRecord(f.arg, 0); c.finish(f, "") },
		"stop_record_session":  func(c *channel, f *frame) { c.stopRecordPath(f.arg); c.finish(f, "") },
		"conference":           appConference,
		"send_dtmf":            func(c *channel, f *frame) { c.finish(f, "") },
		"event":                func(c *channel, f *frame) { c.finish(f, "") },
		"log":                  func(c *channel, f *frame) { c.finish(f, "") },
		"info":                 func(c *channel, f *frame) { c.finish(f, "") },
		"wait_for_silence":     appSleep,
		"start_dtmf":           func(c *channel, f *frame) { c.finish(f, "") },
		"hash":                 func(c *channel, f *frame) { c.finish(f, "") },
		"limit":                func(c *channel, f *frame) { c.finish(f, "") },
		"flush_dtmf":           func(c *channel, f *frame) { c.finish(f, "") },
		"playback_terminators": func(c *channel, f *frame) { c.finish(f, "") },
	}
}

// top is the application that has the leg's ear.
func (c *channel) top() *frame {
	if n := len(c.stack); n > 0 {
		return c.stack[n-1]
	}
	return nil
}

// order takes an application sent by a client: at once inside what runs, or
// in turn if it or what runs is locked.
func (c *channel) order(f *frame) {
	if strings.Contains(f.arg, "${") {
		c.e.stats.Expansions++
	}
	top := c.top()
	if top != nil && top.app != "park" && top.app != "uuid_bridge" && (f.lock || top.lock) {
		c.queue = append(c.queue, f)
		return
	}
	c.execute(f)
}

func (c *channel) execute(f *frame) {
	if c.gone || c.hangupCause != "" {
		return
	}
	if top := c.top(); top != nil {
		c.pause(top)
	}
	c.stack = append(c.stack, f)
	f.began = c.e.Now()
	if f.id == "" {
		f.id = c.e.newUUID()
	}
	c.lastApp, c.lastArg = f.app, f.arg
	c.set("current_application_data", f.arg)
	c.emit(evExecute, f.app, func(b []byte) []byte { return f.headers(b) })
	c.set("current_application", f.app)
	run, ok := apps[f.app]
	if !ok {
		c.finish(f, "")
		return
	}
	run(c, f)
}

func (f *frame) headers(b []byte) []byte {
	b = appendHeader(b, "Application", f.app)
	if f.arg != "" {
		b = appendHeader(b, "Application-Data", f.arg)
	}
	if f.resp != "" {
		b = appendHeader(b, "Application-Response", f.resp)
	}
	return appendHeader(b, "Application-UUID", f.id)
}

// finish ends an application, and lets the leg go on with what is next.
func (c *channel) finish(f *frame, resp string) {
	if !c.end(f, resp) || c.gone || c.hangupCause != "" {
		return
	}
	rounds := f.loops
	if rounds > 0 {
		rounds--
	}
	// The real switch gives up on a loop whose round takes under half a
	// second.
	if rounds != 0 && !f.stopped && c.e.Now().Sub(f.began) >= 500*time.Millisecond {
		c.execute(&frame{app: f.app, arg: f.arg, id: f.id, lock: f.lock, loops: rounds})
		return
	}
	c.next()
}

// end tells that f is over and takes it off the leg; false if it had ended.
func (c *channel) end(f *frame, resp string) bool {
	at := -1
	for i, o := range c.stack {
		if o == f {
			at = i
		}
	}
	if at < 0 {
		return false
	}
	for len(c.stack) > at+1 {
		c.end(c.top(), "PLAYBACK ERROR")
	}
	c.e.stop(f.timer)
	f.timer = nil
	if f.over != nil {
		f.over()
		f.over = nil
	}
	if f.resp = resp; resp == "" {
		f.resp = "_none_"
	}
	if f.app == "park" {
		c.emit(evUnpark, "", nil)
	}
	if f.app != "uuid_bridge" {
		c.emit(evExecuteComplete, f.app, func(b []byte) []byte { return f.headers(b) })
	}
	c.stack = c.stack[:at]
	c.set("current_application", "")
	c.set("current_application_data", "")
	if f.lock || len(c.queue) > 0 {
		c.emit(evPrivateCommand, f.app, nil)
	}
	return true
}

// next goes on after an application: what waits its turn, what was
// interrupted, the rest of the extension, or the end of the call.
func (c *channel) next() {
	if c.gone || c.hangupCause != "" {
		return
	}
	top := c.top()
	idle := top == nil || top.app == "park" || top.app == "uuid_bridge"
	if idle && len(c.queue) > 0 && top != nil {
		f := c.queue[0]
		c.queue = c.queue[1:]
		c.execute(f)
		return
	}
	if top != nil {
		c.resume(top)
		return
	}
	if c.state != csExecute {
		return
	}
	if len(c.plan) == 0 {
		c.hangup("NORMAL_CLEARING")
		return
	}
	a := c.plan[0]
	c.plan = c.plan[1:]
	c.execute(&frame{app: a.app, arg: a.arg})
}

func (c *channel) pause(f *frame) {
	if f.timer == nil {
		return
	}
	f.left = f.timer.at.Sub(c.e.Now())
	c.e.stop(f.timer)
	f.timer = nil
}

func (c *channel) resume(f *frame) {
	if f.timer == nil && f.onTimer != nil {
		f.timer = c.e.after(f.left, f.onTimer)
	}
}

// wait has fn run after d, unless the frame ends first; time spent inside
// nested applications does not count.
func (c *channel) wait(f *frame, d time.Duration, fn func()) {
	c.e.stop(f.timer)
	f.onTimer = func() {
		f.timer, f.onTimer = nil, nil
		fn()
	}
	f.timer = c.e.after(d, f.onTimer)
}

// unwind ends everything that runs on the leg, from the inside out.
func (c *channel) unwind() {
	c.queue = nil
	c.plan = nil
	for len(c.stack) > 0 {
		f := c.top()
		resp := ""
		if f.play != nil {
			c.stopPlay(f, "break")
			if f.keys == nil {
				resp = "PLAYBACK ERROR"
			}
		}
		c.end(f, resp)
	}
}

// breakApp is uuid_break: what plays now stops; with all, what waits its turn
// is forgotten too.
func (c *channel) breakApp(all bool) {
	if all {
		c.queue = nil
	}
	c.breakTop(0)
}

func (c *channel) breakTop(depth int) {
	f := c.top()
	if f == nil || f.app == "park" || f.app == "uuid_bridge" || f.app == "conference" || depth > 16 {
		return
	}
	var below *frame
	if n := len(c.stack); n > 1 {
		below = c.stack[n-2]
	}
	f.stopped = true
	switch {
	case f.keys != nil:
		if f.play != nil {
			c.cutPrompt(f)
		}
		return // collecting digits takes no notice of a break
	case f.app == "endless_playback":
		c.stopPlay(f, "break")
		c.startPlay(f, f.arg, func() {})
		return
	case f.play != nil:
		c.stopPlay(f, "break")
		c.finish(f, "FILE PLAYED")
	case f.app == "sleep", f.app == "record":
		c.finish(f, "")
	default:
		return
	}
	// What it was nested in is broken as well; what waited in turn is not.
	if below != nil && c.top() == below {
		c.breakTop(depth + 1)
	}
}

func appPark(c *channel, f *frame) { c.emit(evPark, "park", nil) }

func appRingReady(c *channel, f *frame) {
	c.progressAt = c.e.Now()
	c.changed()
	c.emit(evProgress, "", nil)
	c.setCallState("RINGING")
	c.finish(f, "")
}

func appSleep(c *channel, f *frame) {
	first, _ := cut(f.arg)
	ms, _ := strconv.Atoi(first)
	c.wait(f, time.Duration(ms)*time.Millisecond, func() { c.finish(f, "") })
}

func appSet(c *channel, f *frame) {
	name, value, _ := strings.Cut(f.arg, "=")
	c.set(strings.TrimPrefix(strings.TrimSpace(name), "nolocal:"), value)
	c.finish(f, "")
}

func appMultiset(c *channel, f *frame) {
	for _, pair := range splitList(f.arg, " ") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			c.set(name, value)
		}
	}
	c.finish(f, "")
}

func appHangup(c *channel, f *frame) {
	cause := f.arg
	if _, ok := q850[cause]; !ok {
		cause = "NORMAL_CLEARING"
	}
	c.hangup(cause)
}

func appTransfer(c *channel, f *frame) {
	ext, rest := cut(f.arg)
	plan, context := cut(rest)
	c.e.later(func() { c.transfer(ext, plan, context) })
}

func appSchedTransfer(c *channel, f *frame) {
	when, rest := cut(f.arg)
	ext, rest := cut(rest)
	plan, context := cut(rest)
	c.schedule(when, ext, plan, context)
	c.finish(f, "")
}

// splitList splits at sep, or at the character given by a leading ^^x.
func splitList(s, sep string) []string {
	if len(s) > 3 && strings.HasPrefix(s, "^^") {
		sep, s = s[2:3], s[3:]
	}
	var out []string
	for _, p := range strings.Split(s, sep) {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

func matches(expr, digits string) bool {
	re, err := regexp.Compile(expr)
	return err == nil && re.MatchString(digits)
}
