package simswitch

import (
	"encoding/binary"
	"os"
	"strconv"
	"strings"
	"time"
)

// player is sound that a leg hears now.
type player struct {
	path  string
	began time.Time
	done  func()
}

// endless is how long a sound lasts that never ends.
const endless = 10 * 365 * 24 * time.Hour

type soundLength struct {
	d     time.Duration
	found bool
	until time.Time // looked at again after this
}

// length tells how long a playback argument sounds; false if it is missing.
func (e *Engine) length(arg string) (time.Duration, bool) {
	if i := strings.Index(arg, "@@"); i > 0 {
		arg = arg[:i]
	}
	scheme, rest, ok := strings.Cut(arg, "://")
	if !ok {
		return e.fileLength(arg)
	}
	switch scheme {
	case "silence_stream":
		first, _, _ := strings.Cut(rest, ",")
		ms, err := strconv.Atoi(first)
		if err != nil {
			return 0, false
		}
		if ms < 0 {
			return endless, true
		}
		return time.Duration(ms) * time.Millisecond, true
	case "tone_stream":
		return toneLength(rest)
	case "local_stream", "shout", "vlc":
		return endless, true
	case "say", "phrase", "tts":
		return 2 * time.Second, true
	case "file_string":
		var total time.Duration
		for _, part := range strings.Split(rest, "!") {
			d, ok := e.length(part)
			if ok {
				total += d // the real one skips a missing part
			}
		}
		return min(total, endless), total > 0
	}
	return e.fileLength(rest)
}

// toneLength adds up the on and off times of %(on,off,frequencies) groups.
func toneLength(s string) (time.Duration, bool) {
	var ms int
	forever := strings.Contains(s, "loops=-1")
	loops := 1
	if _, n, ok := strings.Cut(s, "loops="); ok {
		if v, err := strconv.Atoi(n); err == nil && v > 0 {
			loops = v
		}
	}
	for {
		i := strings.Index(s, "%(")
		if i < 0 {
			break
		}
		s = s[i+2:]
		parts := strings.SplitN(s, ",", 3)
		if len(parts) < 2 {
			break
		}
		on, _ := strconv.Atoi(strings.TrimSpace(parts[0]))
		off, _ := strconv.Atoi(strings.TrimSpace(parts[1]))
		ms += on + off
	}
	if forever {
		return endless, true
	}
	return time.Duration(ms*loops) * time.Millisecond, ms > 0
}

func (e *Engine) fileLength(path string) (time.Duration, bool) {
	if e.opt.Prompt != nil {
		return e.opt.Prompt(path)
	}
	if s, ok := e.sounds[path]; ok && e.Now().Before(s.until) {
		return s.d, s.found
	}
	d, found := wavLength(path)
	e.sounds[path] = soundLength{d, found, e.Now().Add(10 * time.Second)}
	return d, found
}

// wavLength reads a WAV file's length from its header.
func wavLength(path string) (time.Duration, bool) {
	f, err := os.Open(path)
	if err != nil {
		return 0, false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.IsDir() {
		return 0, false
	}
	var h [44]byte
	if _, err := f.Read(h[:]); err != nil || string(h[:4]) != "RIFF" {
		return 2 * time.Second, true // some other format
	}
	rate := binary.LittleEndian.Uint32(h[28:32])
	if rate == 0 {
		return 0, true
	}
	return time.Duration(float64(info.Size()-44) / float64(rate) * float64(time.Second)), true
}

// startPlay lets a leg hear a sound; done runs when it has ended by itself.
// It tells false, and nothing else, if there is no such sound.
func (c *channel) startPlay(f *frame, path string, done func()) bool {
	d, found := c.e.length(path)
	if !found {
		return false
	}
	if c.answer == "ringing" && c.inbound {
		c.earlyMedia()
	}
	f.play = &player{path: path, began: c.e.Now(), done: done}
	c.emit(evPlaybackStart, f.app, func(b []byte) []byte { return playHeaders(b, path, "") })
	if f.play == nil {
		return true
	}
	c.wait(f, d, func() {
		c.stopPlay(f, "done")
		done()
	})
	return true
}

func playHeaders(b []byte, path, status string) []byte {
	kind, _, ok := strings.Cut(path, "://")
	if !ok {
		kind = "file"
	}
	b = appendHeader(b, "Playback-File-Type", kind)
	b = appendHeader(b, "Playback-File-Path", path)
	if status != "" {
		b = appendHeader(b, "Playback-Status", status)
	}
	return b
}

// stopPlay ends the sound and tells so; the application itself goes on.
func (c *channel) stopPlay(f *frame, status string) {
	p := f.play
	if p == nil {
		return
	}
	f.play = nil
	c.e.stop(f.timer)
	f.timer, f.onTimer = nil, nil
	ms := c.e.Now().Sub(p.began).Milliseconds()
	c.set("playback_seconds", strconv.FormatInt(ms/1000, 10))
	c.set("playback_ms", strconv.FormatInt(ms, 10))
	c.set("playback_samples", strconv.FormatInt(ms*8, 10))
	c.emit(evPlaybackStop, f.app, func(b []byte) []byte { return playHeaders(b, p.path, status) })
}

func appPlayback(c *channel, f *frame) {
	var again func()
	again = func() {
		if f.app == "endless_playback" {
			// A sound of no length at all would spin for ever.
			if d, _ := c.e.length(f.arg); d > 0 && c.startPlay(f, f.arg, again) {
				return
			}
		}
		c.finish(f, "FILE PLAYED")
	}
	if !c.startPlay(f, f.arg, again) {
		c.finish(f, "FILE NOT FOUND")
	}
}
