package simswitch

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestRecordingLengths(t *testing.T) {
	for _, c := range []struct {
		name   string
		opt    Options
		talk   time.Duration
		stereo bool
		bytes  int64
	}{
		{"stereo", Options{}, 3 * time.Second, true, 3 * 32000},
		{"mono", Options{}, 3 * time.Second, false, 3 * 16000},
		{"long", Options{RecordReal: time.Second}, 10 * time.Minute, true, 600 * 32000},
		{"tiny", Options{RecordTiny: true}, 10 * time.Minute, true, 8000},
		{"none", Options{}, 0, true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := newGiven(t, c.opt)
			path := filepath.Join(t.TempDir(), "deep", "er", "r.wav")
			a := g.Call(Caller{From: "1", To: "2"})
			g.cmd("sched_del %s", a)
			if !c.stereo { // the dialplan asks for it
				g.cmd("uuid_setvar %s RECORD_STEREO", a)
			}
			if got := g.cmd("uuid_record %s start %s", a, path); got != "+OK Success\n" {
				t.Fatal(got)
			}
			g.Advance(c.talk)
			if got := g.cmd("uuid_record %s stop %s", a, path); got != "+OK Success\n" {
				t.Fatal(got)
			}
			if v, _ := g.Var(a, "record_ms"); v != micros(time.UnixMicro(c.talk.Milliseconds())) {
				t.Errorf("record_ms is %s", v)
			}
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if int64(len(b)) != 44+c.bytes || int64(binary.LittleEndian.Uint32(b[40:])) != c.bytes || int64(binary.LittleEndian.Uint32(b[4:])) != 36+c.bytes {
				t.Errorf("%d bytes, header says %d; want %d", len(b)-44, binary.LittleEndian.Uint32(b[40:]), c.bytes)
			}
			if c.name == "stereo" {
				left, right := loudness(b[44:])
				if left == 0 || right == 0 || left == right {
					t.Errorf("loudness is %d left, %d right", left, right)
				}
			}
		})
	}
}

func loudness(b []byte) (left, right int) {
	for i := 0; i+3 < len(b); i += 4 {
		l, r := int(int16(binary.LittleEndian.Uint16(b[i:]))), int(int16(binary.LittleEndian.Uint16(b[i+2:])))
		left, right = left+l*l, right+r*r
	}
	return left, right
}

func TestRecordingSomewhereImpossible(t *testing.T) {
	g := newGiven(t, Options{})
	a := g.Call(Caller{From: "1", To: "2"})
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	// The real switch says OK as well, and tells no RECORD_START.
	if got := g.cmd("uuid_record %s start %s/r.wav", a, file); got != "+OK Success\n" {
		t.Error(got)
	}
	if g.leg(a).Recording {
		t.Error("recording to nowhere")
	}
	g.cmd("uuid_kill %s", a)
	g.empty()
}
