package simswitch

import (
	"strconv"
	"strings"
	"time"
)

// collector is play_and_get_digits or read at work.
type collector struct {
	min, max, tries int
	timeout, inter  time.Duration
	terminators     string
	prompt, bad     string
	variable, expr  string
	failTo          string
	buf             string
	listening       bool // keys count: during the prompt and after it
}

// keysOf parses "min max tries timeout terminators file bad-file variable
// regexp digit-timeout failure-extension".
func keysOf(arg string) (*collector, bool) {
	p := splitArgs(arg)
	if len(p) < 6 {
		return nil, false
	}
	for len(p) < 11 {
		p = append(p, "")
	}
	k := &collector{terminators: p[4], prompt: p[5], bad: p[6], variable: p[7], expr: p[8], failTo: p[10]}
	k.min, _ = strconv.Atoi(p[0])
	k.max, _ = strconv.Atoi(p[1])
	k.tries, _ = strconv.Atoi(p[2])
	k.timeout = msOf(p[3])
	k.inter = msOf(p[9])
	if k.inter == 0 {
		k.inter = k.timeout
	}
	if k.terminators == "none" {
		k.terminators = ""
	}
	k.max = max(k.max, k.min)
	return k, k.tries > 0
}

func msOf(s string) time.Duration {
	n, _ := strconv.Atoi(s)
	return time.Duration(n) * time.Millisecond
}

// splitArgs splits at spaces, keeping what single quotes hold together.
func splitArgs(s string) []string {
	var out []string
	var cur strings.Builder
	quoted, any := false, false
	for i := 0; i < len(s); i++ {
		switch ch := s[i]; {
		case ch == '\'':
			quoted, any = !quoted, true
		case ch == ' ' && !quoted:
			if any {
				out = append(out, cur.String())
			}
			cur.Reset()
			any = false
		default:
			cur.WriteByte(ch)
			any = true
		}
	}
	if any {
		out = append(out, cur.String())
	}
	return out
}

func appPlayAndGetDigits(c *channel, f *frame) {
	k, ok := keysOf(f.arg)
	if !ok {
		c.finish(f, "")
		return
	}
	f.keys = k
	c.set(k.variable+"_invalid", "")
	c.try(f)
}

// appRead is "min max file variable timeout terminators digit-timeout".
func appRead(c *channel, f *frame) {
	p := splitArgs(f.arg)
	if len(p) < 6 {
		c.finish(f, "")
		return
	}
	k := &collector{prompt: p[2], variable: p[3], timeout: msOf(p[4]), terminators: p[5], tries: 1}
	k.min, _ = strconv.Atoi(p[0])
	k.max, _ = strconv.Atoi(p[1])
	k.inter = k.timeout
	if len(p) > 6 {
		k.inter = msOf(p[6])
	}
	f.keys = k
	c.try(f)
}

// try is one round: prompt, then keys.
func (c *channel) try(f *frame) {
	k := f.keys
	k.buf = ""
	k.listening = true
	c.set("read_result", "")
	c.set(k.variable, "")
	if c.answer == "ringing" && c.inbound {
		c.earlyMedia()
	}
	if k.prompt != "" && k.prompt != "silence" {
		if c.startPlay(f, k.prompt, func() { c.listen(f) }) {
			return
		}
		c.judge(f, false, false) // a missing prompt ends the round at once
		return
	}
	c.listen(f)
}

// listen waits for the next key, or for as long as the round may take.
func (c *channel) listen(f *frame) {
	k := f.keys
	if k.buf != "" && strings.ContainsRune(k.terminators, rune(k.buf[0])) {
		c.terminated(f, k.buf[:1], "")
		return
	}
	if len(k.buf) >= k.max {
		c.judge(f, true, false)
		return
	}
	d := k.timeout
	if k.buf != "" {
		d = k.inter
	}
	c.wait(f, d, func() { c.judge(f, len(k.buf) >= k.min, true) })
}

func (c *channel) terminated(f *frame, key, buf string) {
	f.keys.buf = buf
	c.set("read_terminator_used", key)
	c.judge(f, true, false)
}

// cutPrompt stops the prompt and listens for keys.
func (c *channel) cutPrompt(f *frame) {
	c.stopPlay(f, "break")
	c.listen(f)
}

// judge ends a round: the keys are right, wrong, or too few.
func (c *channel) judge(f *frame, ended, timeout bool) {
	k := f.keys
	k.listening = false
	c.e.stop(f.timer)
	f.timer, f.onTimer = nil, nil
	enough := ended && len(k.buf) >= k.min
	switch {
	case enough && !timeout:
		c.set("read_result", "success")
	case enough:
		c.set("read_result", "timeout")
	default:
		c.set("read_result", "failure")
	}
	c.set(k.variable, k.buf)
	if f.app == "read" {
		c.finish(f, "")
		return
	}
	if enough && k.buf != "" {
		if k.expr == "" || matches(k.expr, k.buf) {
			c.finish(f, "")
			return
		}
		c.set(k.variable, "")
		c.set(k.variable+"_invalid", k.buf)
	}
	if enough && k.min == 0 && k.buf == "" {
		if _, ok := c.get("read_terminator_used"); ok {
			c.finish(f, "")
			return
		}
	}
	again := func() {
		if k.tries--; k.tries > 0 {
			c.try(f)
			return
		}
		ext := k.failTo
		c.finish(f, "")
		if ext != "" {
			c.e.later(func() { c.transfer(ext, "XML", c.context) })
		}
	}
	if k.bad == "" || !c.startPlay(f, k.bad, again) {
		again()
	}
}

// key is the far end pressing a key.
func (c *channel) key(digit byte, source string) {
	if c.gone || c.hangupCause != "" {
		return
	}
	c.emit(evDTMF, "", func(b []byte) []byte {
		b = appendHeader(b, "DTMF-Digit", string(digit))
		b = append(b, "DTMF-Duration: 2000\n"...)
		return appendHeader(b, "DTMF-Source", source)
	})
	f := c.top()
	if f == nil {
		return
	}
	if f.keys == nil {
		c.playbackKey(f, digit)
		return
	}
	k := f.keys
	if !k.listening {
		return
	}
	k.buf += string(digit)
	if f.play != nil {
		c.cutPrompt(f)
		return
	}
	if strings.IndexByte(k.terminators, digit) >= 0 {
		c.terminated(f, string(digit), k.buf[:len(k.buf)-1])
		return
	}
	c.listen(f)
}

// playbackKey lets * end a playback, unless playback_terminators says else.
func (c *channel) playbackKey(f *frame, digit byte) {
	if f.app != "playback" || f.play == nil {
		return
	}
	ends, ok := c.get("playback_terminators")
	if !ok {
		ends = "*"
	}
	if ends == "none" || (ends != "any" && strings.IndexByte(ends, digit) < 0) {
		return
	}
	c.set("playback_terminator_used", string(digit))
	f.stopped = true
	c.stopPlay(f, "break")
	c.finish(f, "FILE PLAYED")
}
