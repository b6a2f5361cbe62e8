package conformance

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const soundEvents = "CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE PLAYBACK_START PLAYBACK_STOP"

func playbackEnds(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	began := time.Now()
	c.Execute(uuid, "p-1", "playback", tone)
	done, before := c.AwaitDone("p-1")
	wantOrder(t, names(append(before, done), uuid, soundEvents),
		"CHANNEL_EXECUTE[playback]", "PLAYBACK_START", "PLAYBACK_STOP", "CHANNEL_EXECUTE_COMPLETE[playback]")
	want(t, "response", done.Get("Application-Response"), "FILE PLAYED")
	want(t, "data", done.Get("Application-Data"), tone)
	if d := time.Since(began); d < 300*time.Millisecond || d > 3*time.Second {
		t.Errorf("0.4 s of tone took %v", d)
	}
}

func severalFiles(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	c.Execute(uuid, "p-2", "playback", "file_string://silence_stream://200!"+tone)
	done, before := c.AwaitDone("p-2")
	wantOrder(t, names(before, uuid, "PLAYBACK_START PLAYBACK_STOP"), "PLAYBACK_START", "PLAYBACK_STOP")
	want(t, "response", done.Get("Application-Response"), "FILE PLAYED")
}

func missingFile(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	c.Execute(uuid, "p-3", "playback", filepath.Join(x.Dir, "nothing-here.wav"))
	done, before := c.AwaitDone("p-3")
	want(t, "response", done.Get("Application-Response"), "FILE NOT FOUND")
	if got := names(before, uuid, "PLAYBACK_START PLAYBACK_STOP"); len(got) > 0 {
		t.Errorf("a missing file was played: %v", got)
	}
}

// in has what the client of a leg sees of two playbacks.
func inTurn(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	c.Execute(uuid, "q-1", "playback", tone, "event-lock: true")
	c.Execute(uuid, "q-2", "playback", tone, "event-lock: true")
	_, before := c.AwaitDone("q-2")
	wantOrder(t, ids(before), "start q-1", "end q-1", "start q-2")
}

func nested(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	c.Execute(uuid, "n-1", "playback", tone)
	c.Execute(uuid, "n-2", "playback", "tone_stream://%(200,0,440)")
	_, before := c.AwaitDone("n-1")
	wantOrder(t, ids(before), "start n-1", "start n-2", "end n-2")
}

// ids tells which applications began and ended.
func ids(events []Event) []string {
	var out []string
	for _, e := range events {
		id := e.Get("Application-UUID")
		if len(id) == 36 {
			continue // the dialplan's own
		}
		switch e.Name {
		case "CHANNEL_EXECUTE":
			out = append(out, "start "+id)
		case "CHANNEL_EXECUTE_COMPLETE":
			out = append(out, "end "+id)
		}
	}
	return out
}

const forever = "tone_stream://%(300,100,440);loops=-1"

func music(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	c.Execute(uuid, "m-1", "playback", forever)
	c.AwaitLeg(uuid, "PLAYBACK_START")
	want(t, "break", c.API("uuid_break %s all", uuid), "+OK\n")
	done, before := c.AwaitDone("m-1")
	wantOrder(t, names(before, uuid, soundEvents), "PLAYBACK_STOP")
	want(t, "response", done.Get("Application-Response"), "FILE PLAYED")
}

func breakOne(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	c.Execute(uuid, "b-1", "playback", forever, "event-lock: true")
	c.Execute(uuid, "b-2", "playback", tone, "event-lock: true")
	c.Execute(uuid, "b-3", "playback", tone, "event-lock: true")
	c.AwaitLeg(uuid, "PLAYBACK_START")
	c.API("uuid_break %s", uuid)
	c.AwaitDone("b-1")
	c.AwaitLeg(uuid, "PLAYBACK_START")
	c.API("uuid_break %s all", uuid)
	c.AwaitDone("b-2")
	// b-3 was forgotten: what comes next is what is sent next.
	c.Execute(uuid, "b-4", "playback", tone, "event-lock: true")
	_, before := c.AwaitDone("b-4")
	wantOrder(t, ids(before), "start b-4")
}

func breakIdle(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	want(t, "break", c.API("uuid_break %s all", uuid), "+OK\n")
	began := time.Now()
	c.Execute(uuid, "i-1", "playback", tone)
	c.AwaitDone("i-1")
	if d := time.Since(began); d < 300*time.Millisecond {
		t.Errorf("the playback after it was cut short: %v", d)
	}
}

func endlessBreak(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	c.Execute(uuid, "e-1", "endless_playback", tone)
	c.AwaitLeg(uuid, "PLAYBACK_START")
	c.API("uuid_break %s all", uuid)
	_, before := c.AwaitLeg(uuid, "PLAYBACK_START")
	if slices.Contains(ids(before), "end e-1") {
		t.Error("endless_playback was ended by uuid_break")
	}
	c.API("uuid_transfer %s park inline", uuid)
	done, _ := c.AwaitDone("e-1")
	want(t, "response", done.Get("Application-Response"), "PLAYBACK ERROR")
}

func loopRounds(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	c.Execute(uuid, "l-1", "playback", "tone_stream://%(600,0,440)", "loops: -1")
	c.AwaitDone("l-1")
	c.AwaitLeg(uuid, "PLAYBACK_START")
	c.API("uuid_break %s all", uuid)
	c.AwaitDone("l-1")
	c.Execute(uuid, "l-2", "playback", tone)
	_, before := c.AwaitDone("l-2")
	wantOrder(t, ids(before), "start l-2")
}

// ask has a question asked: "min max" then the pattern, with a short prompt.
func ask(c *Client, uuid, id, minMax, pattern string) {
	c.t.Helper()
	c.Execute(uuid, id, "play_and_get_digits", minMax+" 1 1500 # "+tone+" silence_stream://10 sd_digits "+pattern+" 600", "event-lock: true")
	c.AwaitLeg(uuid, "PLAYBACK_START")
}

func digits(c *Client, uuid string) [2]string {
	c.t.Helper()
	return [2]string{c.API("uuid_getvar %s sd_digits", uuid), c.API("uuid_getvar %s sd_digits_invalid", uuid)}
}

func aKey(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	ask(c, uuid, "k-1", "1 1", `\d`)
	want(t, "press", c.API("uuid_recv_dtmf %s 5", uuid), "+OK "+uuid+" received DTMF 5.\n")
	done, before := c.AwaitDone("k-1")
	wantOrder(t, names(before, uuid, "DTMF PLAYBACK_STOP"), "DTMF", "PLAYBACK_STOP")
	want(t, "keys", done.Get("variable_sd_digits"), "5")
	want(t, "the variable", c.API("uuid_getvar %s sd_digits", uuid), "5")
	want(t, "response", done.Get("Application-Response"), "_none_")
	for _, e := range before {
		if e.Name == "DTMF" {
			want(t, "DTMF-Digit", e.Get("DTMF-Digit"), "5")
		}
	}
}

func manyKeys(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	ask(c, uuid, "k-2", "1 5", `\d+`)
	c.API("uuid_recv_dtmf %s 12#", uuid)
	done, _ := c.AwaitDone("k-2")
	want(t, "keys", done.Get("variable_sd_digits"), "12")
	want(t, "terminator", done.Get("variable_read_terminator_used"), "#")
	ask(c, uuid, "k-3", "1 3", `\d+`)
	began := time.Now()
	c.API("uuid_recv_dtmf %s 123", uuid)
	c.AwaitDone("k-3")
	if time.Since(began) > 500*time.Millisecond {
		t.Error("the last key possible did not end the question")
	}
	// Between keys the shorter time-out counts.
	ask(c, uuid, "k-4", "1 3", `\d+`)
	c.API("uuid_recv_dtmf %s 7", uuid)
	done, _ = c.AwaitDone("k-4")
	want(t, "keys", done.Get("variable_sd_digits"), "7")
}

func noKey(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	began := time.Now()
	ask(c, uuid, "k-5", "1 1", `\d`)
	done, _ := c.AwaitDone("k-5")
	want(t, "keys", done.Get("variable_sd_digits"), "")
	want(t, "both", strings.Join(sliceOf(digits(c, uuid)), " "), "_undef_ _undef_")
	if d := time.Since(began); d < 1400*time.Millisecond || d > 4*time.Second {
		t.Errorf("a prompt of 0.4 s and a time-out of 1.5 s took %v", d)
	}
}

func sliceOf(a [2]string) []string { return a[:] }

func wrongKey(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	ask(c, uuid, "k-6", "1 1", "[12]")
	c.API("uuid_recv_dtmf %s 9", uuid)
	done, _ := c.AwaitDone("k-6")
	want(t, "keys", done.Get("variable_sd_digits"), "")
	want(t, "wrong keys", done.Get("variable_sd_digits_invalid"), "9")
}

func tooFewKeys(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	ask(c, uuid, "k-7", "3 5", `\d+`)
	c.API("uuid_recv_dtmf %s 12", uuid)
	done, _ := c.AwaitDone("k-7")
	// The partial text stays behind: who asks must look at its length.
	want(t, "keys", done.Get("variable_sd_digits"), "12")
	want(t, "result", done.Get("variable_read_result"), "failure")
}

func breakQuestion(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	ask(c, uuid, "k-8", "1 1", `\d`)
	c.API("uuid_break %s all", uuid)
	began := time.Now()
	c.AwaitLeg(uuid, "PLAYBACK_STOP")
	c.AwaitDone("k-8")
	if time.Since(began) < time.Second {
		t.Error("the time-out for keys did not run after the break")
	}
}

func recording(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	path := filepath.Join(x.Dir, "recording.wav")
	c.API("uuid_setvar %s RECORD_STEREO true", uuid)
	want(t, "stop before a start", c.API("uuid_record %s stop %s", uuid, path), "-ERR Cannot stop record session!\n")
	want(t, "start", c.API("uuid_record %s start %s", uuid, path), "+OK Success\n")
	e, _ := c.AwaitLeg(uuid, "RECORD_START")
	want(t, "path", e.Get("Record-File-Path"), path)
	c.Execute(uuid, "r-1", "playback", "tone_stream://%(1200,0,440)")
	c.AwaitDone("r-1")
	want(t, "stop", c.API("uuid_record %s stop %s", uuid, path), "+OK Success\n")
	e, _ = c.AwaitLeg(uuid, "RECORD_STOP")
	want(t, "path", e.Get("Record-File-Path"), path)
	if s := e.Get("variable_record_seconds"); s != "1" {
		t.Errorf("%q seconds, want 1", s)
	}
	size := fileSize(t, path)
	if size < 32000 || size > 100000 {
		t.Errorf("1.2 s of stereo are %d bytes", size)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "kind", string(b[:4])+string(b[8:16]), "RIFFWAVEfmt ")
	if n := binary.LittleEndian.Uint16(b[22:]); n != 2 {
		t.Errorf("%d channels", n)
	}
	if n := binary.LittleEndian.Uint32(b[24:]); n != 8000 {
		t.Errorf("%d samples a second", n)
	}
	// A recording that nobody stops ends with the leg, before its hang-up.
	second := filepath.Join(x.Dir, "second.wav")
	c.API("uuid_record %s start %s", uuid, second)
	c.AwaitLeg(uuid, "RECORD_START")
	c.API("uuid_kill %s", uuid)
	_, before := c.AwaitLeg(uuid, "CHANNEL_HANGUP_COMPLETE")
	if !slices.Contains(names(before, uuid, "RECORD_STOP"), "RECORD_STOP") {
		t.Error("no RECORD_STOP before CHANNEL_HANGUP_COMPLETE")
	}
}

// keysOverMusic: who waits may press keys at any moment; the music goes on,
// also after the star, which would end a playback where the dialplan had not
// said otherwise.
func keysOverMusic(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	c.Execute(uuid, "m-2", "playback", forever)
	c.AwaitLeg(uuid, "PLAYBACK_START")
	for _, key := range []string{"1", "9", "#", "*"} {
		c.API("uuid_recv_dtmf %s %s", uuid, key)
		e, before := c.AwaitLeg(uuid, "DTMF")
		want(t, "DTMF-Digit", e.Get("DTMF-Digit"), key)
		if got := names(before, uuid, "PLAYBACK_STOP"); len(got) > 0 {
			t.Errorf("the key %s ended the music", key)
		}
	}
	c.API("uuid_break %s all", uuid)
	c.AwaitDone("m-2")
}
