package simswitch

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// recording is a file that a leg is being recorded to.
type recording struct {
	path   string
	file   *os.File
	began  time.Time
	stereo bool
	limit  *timer
	masked bool
}

const (
	sampleRate  = 8000
	sampleBytes = 2
)

// sound is a stretch of a made-up talk: the caller speaks on the left, the
// agent on the right, in turns, so that a player has something to draw.
var sound = sync.OnceValue(func() []byte {
	const seconds = 30
	b := make([]byte, seconds*sampleRate*2*sampleBytes)
	for i := range seconds * sampleRate {
		second := i / sampleRate
		phase := i % sampleRate
		var left, right int16
		// Triangle waves: as good as sines to look at, and cheap.
		swell := int16(min(phase, sampleRate-phase) / 4)
		if second%5 < 2 {
			left = wave(i, 36) * (swell / 8) / 8
		} else {
			right = wave(i, 24) * (swell / 8) / 8
		}
		at := i * 2 * sampleBytes
		binary.LittleEndian.PutUint16(b[at:], uint16(left))
		binary.LittleEndian.PutUint16(b[at+2:], uint16(right))
	}
	return b
})

func wave(i, period int) int16 {
	p := i % period
	return int16(min(p, period-p) - period/4)
}

var monoSound = sync.OnceValue(func() []byte {
	stereo := sound()
	b := make([]byte, len(stereo)/2)
	for i := 0; i < len(b); i += 2 {
		l := int16(binary.LittleEndian.Uint16(stereo[i*2:]))
		r := int16(binary.LittleEndian.Uint16(stereo[i*2+2:]))
		binary.LittleEndian.PutUint16(b[i:], uint16(l+r))
	}
	return b
})

// startRecord begins a recording; limit 0 is none. As on the real switch, a
// file that cannot be made shows only in that no RECORD_START follows.
func (c *channel) startRecord(path string, limit time.Duration) *recording {
	for _, r := range c.records {
		if r.path == path {
			return r
		}
	}
	if dir := filepath.Dir(path); dir != "." {
		_ = os.MkdirAll(dir, 0o755) // the real one makes the folder as well
	}
	file, err := os.Create(path)
	if err != nil {
		c.e.opt.Log.Warn("cannot record", "path", path, "error", err)
		return nil
	}
	r := &recording{path: path, file: file, began: c.e.Now(), stereo: c.is("RECORD_STEREO")}
	_, _ = file.Write(r.header(0))
	c.records = append(c.records, r)
	if limit > 0 {
		r.limit = c.e.after(limit, func() { c.stopRecord(r) })
	}
	c.emit(evRecordStart, "", func(b []byte) []byte { return appendHeader(b, "Record-File-Path", path) })
	return r
}

func (c *channel) stopRecordPath(path string) bool {
	for _, r := range c.records {
		if r.path == path || path == "all" {
			c.stopRecord(r)
			return true
		}
	}
	return false
}

func (c *channel) stopRecord(r *recording) {
	for i, o := range c.records {
		if o == r {
			c.records = append(c.records[:i], c.records[i+1:]...)
			break
		}
	}
	c.e.stop(r.limit)
	d := c.e.Now().Sub(r.began)
	size := r.write(d, c.e.opt)
	c.e.stats.Recorded++
	ms := d.Milliseconds()
	c.set("record_file_size", strconv.FormatInt(size, 10))
	c.set("record_samples", strconv.FormatInt(ms*sampleRate/1000, 10))
	c.set("record_seconds", strconv.FormatInt(ms/1000, 10))
	c.set("record_ms", strconv.FormatInt(ms, 10))
	c.set("record_completion_cause", "success-silence")
	c.emit(evRecordStop, "", func(b []byte) []byte {
		b = appendHeader(b, "Record-File-Path", r.path)
		return append(b, "Record-Completion-Cause: success-silence\n"...)
	})
}

// write fills the file: real sound at first, a hole to the end.
func (r *recording) write(d time.Duration, opt Options) int64 {
	defer r.file.Close()
	frameBytes := int64(sampleBytes)
	pattern := monoSound()
	if r.stereo {
		frameBytes *= 2
		pattern = sound()
	}
	heard := d
	if opt.RecordTiny {
		heard = min(heard, 250*time.Millisecond)
	}
	total := heard.Milliseconds() * sampleRate / 1000 * frameBytes
	written := min(total, opt.RecordReal.Milliseconds()*sampleRate/1000*frameBytes)
	_, err := r.file.WriteAt(r.header(total), 0)
	for at := int64(0); err == nil && at < written; {
		n := min(int64(len(pattern)), written-at)
		_, err = r.file.WriteAt(pattern[:n], 44+at)
		at += n
	}
	if err == nil && total > written {
		err = r.file.Truncate(44 + total)
	}
	if err != nil {
		opt.Log.Warn("recording is cut short", "path", r.path, "error", err)
	}
	return 44 + total
}

// header is that of a 16-bit WAV file with data bytes of sound.
func (r *recording) header(data int64) []byte {
	channels := uint32(1)
	if r.stereo {
		channels = 2
	}
	b := make([]byte, 0, 44)
	le := binary.LittleEndian
	b = append(b, "RIFF"...)
	b = le.AppendUint32(b, uint32(36+data))
	b = append(b, "WAVEfmt "...)
	b = le.AppendUint32(b, 16)
	b = le.AppendUint16(b, 1)
	b = le.AppendUint16(b, uint16(channels))
	b = le.AppendUint32(b, sampleRate)
	b = le.AppendUint32(b, sampleRate*channels*sampleBytes)
	b = le.AppendUint16(b, uint16(channels*sampleBytes))
	b = le.AppendUint16(b, 16)
	b = append(b, "data"...)
	return le.AppendUint32(b, uint32(data))
}

// appRecord is "path limit-seconds …": it records until that, or a break.
func appRecord(c *channel, f *frame) {
	path, rest := cut(f.arg)
	limit, _ := cut(rest)
	seconds, _ := strconv.Atoi(limit)
	if seconds <= 0 {
		seconds = 3600
	}
	r := c.startRecord(path, 0)
	if r == nil {
		c.finish(f, "")
		return
	}
	f.over = func() { c.stopRecordPath(r.path) }
	c.wait(f, time.Duration(seconds)*time.Second, func() { c.finish(f, "") })
}
