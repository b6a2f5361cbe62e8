package esl

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// FuzzFrame feeds anything at all to the reader and the decoders: no panic,
// no frame beyond its limit, no buffer out of proportion, and the same frames
// whether the bytes come at once or one by one.
func FuzzFrame(f *testing.F) {
	f.Add(parkEvent(f))
	f.Add([]byte("Content-Type: auth/request\n\n"))
	f.Add([]byte("Content-Length: 3\nContent-Type: api/response\n\nabcContent-Length: 0\n\n\n\n"))
	f.Add([]byte("Content-Length: -5\n\nabc"))
	f.Add(jobEvent("j", "-ERR NO_ANSWER\n"))
	f.Add([]byte("Content-Length: 40\nContent-Type: text/event-plain\n\nEvent-Name: DTMF\nvariable_a[0]: %2\n名: %E4%\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		whole := readAll(t, newFrameReader(bytes.NewReader(data), 1<<20))
		single := readAll(t, newFrameReader(iotest.OneByteReader(bytes.NewReader(data)), 1<<20))
		if !slices.Equal(whole, single) {
			t.Fatalf("frames differ:\n%q\n%q", whole, single)
		}
	})
}

func readAll(t *testing.T, fr *frameReader) (seen []string) {
	d := decoder{node: "n"}
	var f frame
	var ev Event
	for {
		if err := fr.next(&f); err != nil {
			if len(fr.buf) > 4<<20 {
				t.Fatalf("a buffer of %d bytes", len(fr.buf))
			}
			return append(seen, sortOf(err).Error())
		}
		if len(f.body) > 1<<20 {
			t.Fatalf("a body of %d bytes", len(f.body))
		}
		d.decode(f.body, &ev)
		dump := d.dump(f.body)
		refusal(f.body)
		seen = append(seen, fmt.Sprint(f.typ, len(f.body), ev.Kind, ev.UUID, len(dump.Vars)))
	}
}

func TestDecodeRealEvent(t *testing.T) {
	fr := newFrameReader(bytes.NewReader(parkEvent(t)), maxEvent)
	var f frame
	var ev Event
	if err := fr.next(&f); err != nil {
		t.Fatal(err)
	}
	d := decoder{node: "fs1"}
	if !d.decode(f.body, &ev) {
		t.Fatal("of no use?")
	}
	want := Event{Kind: Park, Node: "fs1", Seq: 429, At: time.UnixMicro(1795349370564275).UTC(),
		UUID: "a2fb3315-3c74-4cfe-9920-7bc0ce5824db", Call: "0199a1b2-0000-7000-8000-000000000001", Role: "caller",
		Inbound: true, From: "13800138000", To: "400", Context: "public"}
	if fmt.Sprint(ev) != fmt.Sprint(want) {
		t.Errorf("got  %+v\nwant %+v", ev, want)
	}
}

func TestDecodeOddities(t *testing.T) {
	d := decoder{}
	var ev Event
	// The first header of a name counts; names may hold colons and Chinese;
	// broken escapes stay; _undef_ is nothing.
	body := "Event-Name: CHANNEL_EXECUTE_COMPLETE\nUnique-ID: a%2\nvariable_x:variable_sd_call: no\n变量: 1\n" +
		"variable_sd_call: k%20%E4%B8%AD\nvariable_sd_call: second\nvariable_sd_role: _undef_\nApplication-UUID: p1\n" +
		"variable_a[0]: q\nno colon here\nvariable_sd_digits: 1%23\n\n"
	if !d.decode([]byte(body), &ev) {
		t.Fatal("not decoded")
	}
	if ev.UUID != "a%2" || ev.Call != "k 中" || ev.Role != "" || ev.AppID != "p1" || ev.Digits != "1#" {
		t.Errorf("%+v", ev)
	}
	for _, useless := range []string{"", "\n", "Event-Name: CHANNEL_STATE\n\n", "Event-Name: CUSTOM\nEvent-Subclass: x::y\n\n", "garbage"} {
		if d.decode([]byte(useless), &ev) {
			t.Errorf("%q was of use", useless)
		}
	}
}

// payloads are texts that change what a switch does if they get through.
func payloads(n int) []string {
	parts := []string{"\n", "\r\n\r\n", "\x00", "${", "$${", "}", "{", "[", "]", "<", ">", "|", ",", "^^:", "^^", ":_:", "'", "\"", "\\", "\\n", ";", "!",
		"bgapi system touch x", "api uuid_kill", "sendmsg", "execute-app-name: system", "system(id)", "&park()", "@@", "%[", " ", "$", "`", "+", "-ERR",
		"sofia/gateway/x/1", "\u2028", "\xff\xfe", "名", "\t", "\x7f", "=", "(", ")", "event-lock: false", "../", "%0a", "a", "1", "shell_stream://", "say:x"}
	r := rand.New(rand.NewPCG(5, 6))
	out := slices.Clone(parts)
	for len(out) < n {
		var b strings.Builder
		for range 1 + r.IntN(6) {
			b.WriteString(parts[r.IntN(len(parts))])
		}
		out = append(out, b.String())
	}
	return out
}

// hostile puts one text into every argument of every command, one at a time.
func hostile(v string) []Command {
	const u = "7009385c-002c-4f0f-9bfd-0bd07b15e05c"
	to := Target{Gateway: "gw", Number: "1"}
	return []Command{
		AnswerLeg{v}, PlayFiles{UUID: v, Files: []string{"/a"}}, PlayFiles{UUID: u, ID: v, Files: []string{"/a"}},
		PlayFiles{UUID: u, Files: []string{v}}, PlayFiles{UUID: u, Files: []string{"/a", v}}, PlayFiles{UUID: u, Files: []string{"tone_stream://" + v}},
		CollectDigits{UUID: v, Max: 1}, CollectDigits{UUID: u, ID: v, Max: 1}, CollectDigits{UUID: u, Files: []string{v}, Max: 1},
		CollectDigits{UUID: u, Max: 1, Terminators: v}, Break{v}, BridgeLegs{v, u}, BridgeLegs{u, v}, ParkLeg{UUID: v},
		TransferLeg{v, "x", "y"}, TransferLeg{u, v, "y"}, TransferLeg{u, "x", v}, HangupLeg{v, "X"}, HangupLeg{u, v},
		SetVars{v, map[string]string{"a": "b"}}, SetVars{u, map[string]string{v: "b"}}, SetVars{u, map[string]string{"a": v}},
		StartRecording{v, "/a"}, StartRecording{u, v}, StartRecording{u, "/" + v}, StopRecording{u, v}, StopRecording{v, "/a"},
		Originate{UUID: v, Target: to}, Originate{UUID: u, Target: Target{Gateway: v, Number: "1"}}, Originate{UUID: u, Target: Target{Gateway: "g", Number: v}},
		Originate{UUID: u, Target: Target{User: v, Domain: "d"}}, Originate{UUID: u, Target: Target{User: "u", Domain: v}},
		Originate{UUID: u, Target: to, From: v}, Originate{UUID: u, Target: to, FromName: v}, Originate{UUID: u, Target: to, Ringback: v},
		Originate{UUID: u, Target: to, Vars: map[string]string{v: "x"}}, Originate{UUID: u, Target: to, Vars: map[string]string{"x": v}},
		AskPhone{v, "talk"}, AskPhone{u, v}, SendKeys{v, "1"}, SendKeys{u, v}, DeadMan{UUID: v}, DeadMan{v, time.Second}, DumpChannel{v},
	}
}

// TestNoArgumentChangesTheCommand: whatever a text holds, what reaches the
// wire is one command of the shape that was meant, and nothing in it expands.
func TestNoArgumentChangesTheCommand(t *testing.T) {
	sent, refused := 0, 0
	for _, p := range payloads(5000) {
		for _, c := range hostile(p) {
			e, err := encode(c)
			if err != nil {
				refused++
				continue
			}
			sent++
			for _, w := range e.wires {
				if why := shape(c, w.text); why != "" {
					t.Fatalf("%T with %q: %s\n%s", c, p, why, w.text)
				}
			}
		}
	}
	t.Logf("%d refused, %d harmless", refused, sent)
	if sent == 0 || refused < sent {
		t.Error("the payloads are not hostile")
	}
}

// shape says what is wrong with a wire text, judged from the outside: its
// lines, and the characters that the switch gives meaning to.
func shape(c Command, text string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n\n"), "\n")
	if !strings.HasSuffix(text, "\n\n") || strings.ContainsAny(text, "\r\x00") {
		return "does not end where it should"
	}
	if strings.Contains(text, "${") || strings.Contains(text, "`") {
		return "expands"
	}
	want := 1
	switch c := c.(type) {
	case Originate:
		want = 2
		dial, ok := strings.CutPrefix(lines[0], "bgapi originate {")
		vars, rest, _ := strings.Cut(dial, "}")
		if !ok || !strings.HasSuffix(rest, " &park()") || strings.ContainsAny(rest, "{}[]<>|,^'\"\\") || strings.Count(rest, " ") != 1 {
			return "another dial string"
		}
		if strings.ContainsAny(vars, "{[]<>|^\"$") || strings.Contains(vars, ":_:") || strings.Count(vars, "'")%2 != 0 {
			return "another variable list"
		}
	case AnswerLeg, PlayFiles, CollectDigits:
		want = 4
		for _, l := range lines[1:] {
			name, _, _ := strings.Cut(l, ":")
			if !slices.Contains([]string{"call-command", "execute-app-name", "execute-app-arg", "Event-UUID", "loops", "event-lock"}, name) {
				return "another header"
			}
		}
		if len(lines) > want+2 {
			return "more headers"
		}
		if strings.Contains(text, "%[") || strings.Contains(text, "@@") {
			return "scoped variables or an offset"
		}
		return ""
	case SetVars:
		_, list, _ := strings.Cut(lines[0], "uuid_setvar_multi ")
		if strings.Count(list, ";") != 0 || strings.Count(c.UUID, " ") != 0 {
			return "another variable"
		}
	default:
		if n := strings.Count(lines[0], " "); n > 6 || strings.ContainsAny(lines[0], "'\"\\;") {
			return "other arguments"
		}
	}
	if len(lines) != want {
		return fmt.Sprintf("%d lines", len(lines))
	}
	return ""
}

func TestCommandsAreShort(t *testing.T) {
	const u = "7009385c-002c-4f0f-9bfd-0bd07b15e05c"
	for _, c := range []Command{
		AnswerLeg{u}, PlayFiles{UUID: u, ID: u, Files: []string{"/var/lib/switchdesk/prompts/1/welcome.wav"}}, Break{u}, BridgeLegs{u, u},
		ParkLeg{u, true}, HangupLeg{u, ""}, DeadMan{u, time.Minute}, DumpChannel{u}, SendKeys{u, "1"},
		StartRecording{u, "/var/spool/switchdesk/1/2026/11/22/" + u + ".wav"},
		SetVars{u, map[string]string{"sd_call": u, "sd_role": "caller", "sd_account": "1", "transfer_after_bridge": "after:XML:switchdesk", "hangup_after_bridge": "true"}},
	} {
		e, err := encode(c)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range e.wires {
			if len(w.text) > 300 {
				t.Errorf("%T: %d bytes\n%s", c, len(w.text), w.text)
			}
		}
	}
}

func TestRefusedCommands(t *testing.T) {
	for _, c := range []Command{
		CollectDigits{UUID: "u", Min: 3, Max: 2}, CollectDigits{UUID: "u", Max: 0}, CollectDigits{UUID: "u", Max: 200}, PlayFiles{UUID: "u"},
		PlayFiles{UUID: "u", Files: []string{"shell_stream:///bin/id"}}, PlayFiles{UUID: "u", Files: []string{"say:hello"}},
		StartRecording{"u", "relative.wav"}, StartRecording{"u", "/a/../../etc/x"}, SetVars{UUID: "u"}, SetVars{"u", map[string]string{"a": "${b}"}},
		Originate{UUID: "u"}, Originate{UUID: "u", Target: Target{User: "a", Domain: "d", Gateway: "g"}}, AskPhone{"u", "reboot"}, nil,
	} {
		if e, err := encode(c); err == nil {
			t.Errorf("%+v was encoded: %v", c, e.wires)
		}
	}
}
