package simswitch

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchdesk/internal/clock"
)

// given is a switch in virtual time whose legs a test drives by hand.
type given struct {
	*Engine
	t *testing.T
}

func newGiven(t *testing.T, opt Options) *given {
	t.Helper()
	opt.Clock = clock.NewVirtual(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))
	if opt.Prompt == nil {
		opt.Prompt = FixedPrompts(3 * time.Second)
	}
	return &given{Engine: New(opt), t: t}
}

// api runs a command that answers at once.
func (g *given) cmd(format string, args ...any) string {
	g.t.Helper()
	line := fmt.Sprintf(format, args...)
	name, arg := cut(line)
	answer, got := "", false
	g.do(func() { g.Engine.api(name, arg, func(s string) { answer, got = s, true }) })
	if !got {
		g.t.Fatalf("%s has no answer yet", line)
	}
	return answer
}

// bg runs a command whose answer comes later.
func (g *given) bg(format string, args ...any) *string {
	name, arg := cut(fmt.Sprintf(format, args...))
	answer := new(string)
	g.do(func() { g.Engine.api(name, arg, func(s string) { *answer = s }) })
	return answer
}

func (g *given) execute(uuid, app, arg string) {
	g.t.Helper()
	g.do(func() {
		c := g.channels[uuid]
		if c == nil {
			g.t.Fatalf("no leg %s", uuid)
		}
		c.order(&frame{app: app, arg: arg, id: app, lock: true, loops: 1})
	})
}

func (g *given) leg(uuid string) ChannelInfo {
	g.t.Helper()
	for _, c := range g.Channels() {
		if c.UUID == uuid {
			return c
		}
	}
	g.t.Fatalf("no leg %s", uuid)
	return ChannelInfo{}
}

// empty fails unless every leg is gone and nothing but the heartbeat is left
// to happen.
func (g *given) empty() {
	g.t.Helper()
	s := g.Stats()
	if s.Live != 0 || s.Bridged != 0 || len(g.rooms) != 0 {
		g.t.Errorf("left behind: %+v %v", s, g.Channels())
	}
	if n := g.timers.Len(); n != 1 {
		g.t.Errorf("%d timers are left, want the heartbeat's alone", n)
	}
	if s.Hangups != s.Legs {
		g.t.Errorf("%d legs ended %d times", s.Legs, s.Hangups)
	}
}

func TestCallerPressesTalksAndLeaves(t *testing.T) {
	g := newGiven(t, Options{})
	g.Register(Phone{User: "1-8001", Reaction: Reaction{Ring: time.Second, After: 4 * time.Second}})
	a := g.Call(Caller{From: "138", To: "4001", Keys: []KeyPress{{Collect: 1, After: 2 * time.Second, Digits: "1"}}, Talk: 60 * time.Second})
	if i := g.leg(a); i.App != "park" || i.Answer != "ringing" || !i.Inbound {
		t.Fatalf("the call stands at %+v", i)
	}
	g.execute(a, "answer", "")
	g.execute(a, "play_and_get_digits", `1 1 1 5000 # menu.wav silence_stream://10 sd_digits \d 3000`)
	g.Advance(1900 * time.Millisecond)
	if v, ok := g.Var(a, "sd_digits"); ok {
		t.Fatalf("%q was pressed too early", v)
	}
	g.Advance(200 * time.Millisecond)
	if v, _ := g.Var(a, "sd_digits"); v != "1" {
		t.Fatalf("sd_digits is %q", v)
	}
	answer := g.bg("originate {origination_uuid=b,sd_role=agent,hangup_after_bridge=true}user/1-8001@switchdesk &park()")
	g.Advance(4900 * time.Millisecond)
	if *answer != "" || g.leg("b").CallState != "RINGING" {
		t.Fatalf("picked up too early: %q %+v", *answer, g.leg("b"))
	}
	g.Advance(200 * time.Millisecond)
	if *answer != "+OK b\n" {
		t.Fatalf("originate answered %q", *answer)
	}
	g.cmd("uuid_bridge %s b", a)
	if g.leg(a).Peer != "b" || g.leg("b").Peer != a {
		t.Fatal("not joined")
	}
	g.Advance(20 * time.Second)
	// Time on hold is no talk.
	g.cmd("uuid_transfer %s -both park inline", a)
	g.cmd("sched_del %s", a)
	g.Advance(10 * time.Minute)
	g.cmd("uuid_bridge %s b", a)
	g.Advance(39 * time.Second)
	if g.Stats().Live != 2 {
		t.Fatal("the talk ended early")
	}
	g.Advance(2 * time.Second)
	g.empty()
	if s := g.Stats(); s.Causes["NORMAL_CLEARING"] != 2 {
		t.Errorf("causes are %v", s.Causes)
	}
}

func TestPatience(t *testing.T) {
	g := newGiven(t, Options{})
	a := g.Call(Caller{From: "138", To: "4001", Patience: 20 * time.Second})
	g.cmd("sched_del %s", a)
	g.Advance(19 * time.Second)
	g.leg(a)
	g.Advance(2 * time.Second)
	g.empty()
	if n := g.Stats().Causes["ORIGINATOR_CANCEL"]; n != 1 {
		t.Errorf("causes are %v", g.Stats().Causes)
	}
}

// Nobody ever takes the call: the switch's own dialplan ends it politely.
func TestNobodyComes(t *testing.T) {
	g := newGiven(t, Options{})
	a := g.Call(Caller{From: "138", To: "4001"})
	g.Advance(29 * time.Second)
	if i := g.leg(a); i.App != "park" {
		t.Fatalf("before its time: %+v", i)
	}
	g.Advance(2 * time.Second) // half a second of silence, then the apology
	if i := g.leg(a); i.App != "playback" || i.Answer != "answered" {
		t.Fatalf("the fallback does not run: %+v", i)
	}
	g.Advance(3 * time.Second)
	g.empty()
	if g.Stats().Fallbacks != 1 {
		t.Error("the fallback was not counted")
	}
}

func TestHowPhonesReact(t *testing.T) {
	for _, c := range []struct {
		act    Act
		answer string
		after  time.Duration
	}{
		{Pick, "+OK b\n", 3 * time.Second}, {Busy, "-ERR USER_BUSY\n", 3 * time.Second}, {Refuse, "-ERR CALL_REJECTED\n", 3 * time.Second},
		{Ignore, "-ERR NO_ANSWER\n", 20 * time.Second}, {Unreachable, "-ERR NO_ANSWER\n", 20 * time.Second},
		{Unallocated, "-ERR UNALLOCATED_NUMBER\n", 2 * time.Second}, {Down, "-ERR NORMAL_TEMPORARY_FAILURE\n", time.Second},
	} {
		t.Run(strings.TrimSpace(c.answer), func(t *testing.T) {
			g := newGiven(t, Options{})
			g.AddGateway(Gateway{Name: "pstn", Reaction: Reaction{Act: c.act, Ring: time.Second, After: 2 * time.Second}})
			answer := g.bg("originate {origination_uuid=b,originate_timeout=20}sofia/gateway/pstn/139 &park()")
			g.Advance(c.after - 10*time.Millisecond)
			if *answer != "" {
				t.Fatalf("%q came too early", *answer)
			}
			g.Advance(20 * time.Millisecond)
			if *answer != c.answer {
				t.Fatalf("originate answered %q", *answer)
			}
			g.cmd("uuid_kill b")
			g.empty()
		})
	}
}

func TestPhoneByHand(t *testing.T) {
	g := newGiven(t, Options{})
	g.Register(Phone{User: "1-8001", Manual: true})
	first := g.bg("originate {origination_uuid=b}user/1-8001 &park()")
	g.Advance(10 * time.Second)
	if *first != "" {
		t.Fatal("a manual phone answered by itself")
	}
	if !g.Answer("b") || *first != "+OK b\n" || g.Answer("b") {
		t.Fatalf("answering by hand gave %q", *first)
	}
	second := g.bg("originate {origination_uuid=c}user/1-8001 &park()")
	g.Advance(time.Second)
	g.cmd("uuid_phone_event c talk")
	if *second != "+OK c\n" {
		t.Fatalf("a talk event gave %q", *second)
	}
	g.Unregister("1-8001")
	if got := g.cmd("originate user/1-8001 &park()"); got != "-ERR USER_NOT_REGISTERED\n" {
		t.Errorf("an unregistered phone: %q", got)
	}
	if g.Stats().Phones != 0 {
		t.Error("still counted")
	}
	g.cmd("hupall")
	g.empty()
}

// A caller may hang up at any moment; nothing may be left behind.
func TestHangupAtEveryPoint(t *testing.T) {
	points := []HangPoint{}
	for k := range kindCount {
		points = append(points, HangPoint{Event: kindNames[k]}, HangPoint{Event: kindNames[k], Nth: 2})
	}
	for _, app := range []string{"answer", "playback", "play_and_get_digits", "park", "conference", "uuid_bridge", "sleep"} {
		points = append(points, HangPoint{Event: "CHANNEL_EXECUTE", App: app}, HangPoint{Event: "CHANNEL_EXECUTE_COMPLETE", App: app})
	}
	for _, p := range points {
		t.Run(fmt.Sprintf("%s_%s_%d", p.Event, p.App, p.Nth), func(t *testing.T) {
			g := newGiven(t, Options{})
			g.Register(Phone{User: "1-8001", Reaction: Reaction{Ring: time.Second, After: time.Second}})
			a := g.Call(Caller{From: "1", To: "2", HangupAt: []HangPoint{p}, Keys: []KeyPress{{Collect: 1, After: time.Second, Digits: "1"}}})
			path := filepath.Join(t.TempDir(), "r.wav")
			for _, line := range []string{
				"uuid_answer " + a, "uuid_record " + a + " start " + path, "+playback menu.wav", "+play_and_get_digits 1 1 1 5000 # menu.wav silence_stream://10 d \\d 3000",
				"+sleep 500", "originate {origination_uuid=b,hangup_after_bridge=true}user/1-8001 &park()", "uuid_bridge " + a + " b", "uuid_hold " + a, "uuid_hold off " + a,
				"uuid_transfer " + a + " -both park inline", "uuid_bridge " + a + " b", "uuid_kill b", "+conference room", "conference room kick all", "uuid_kill " + a,
			} {
				if app, ok := strings.CutPrefix(line, "+"); ok {
					name, arg := cut(app)
					g.do(func() {
						if c := g.channels[a]; c != nil {
							c.order(&frame{app: name, arg: arg, lock: true, loops: 1})
						}
					})
				} else {
					g.bg("%s", line)
				}
				g.Advance(4 * time.Second)
			}
			g.cmd("hupall")
			g.empty()
		})
	}
}

// The same seed and the same orders give the same switch, to the byte.
func TestSameSeedSameCourse(t *testing.T) {
	course := func() string {
		g := newGiven(t, Options{Seed: 7})
		randomHours(g, rand.New(rand.NewPCG(3, 3)), 300)
		s := g.Stats()
		return fmt.Sprint(s, g.seq, g.newUUID())
	}
	if a, b := course(), course(); a != b {
		t.Errorf("two courses differ:\n%s\n%s", a, b)
	}
}

// randomHours throws calls and orders of every sort at a switch, in and out
// of season.
func randomHours(g *given, rng *rand.Rand, steps int) {
	for i := range 6 {
		g.Register(Phone{User: fmt.Sprint(i), React: func(r Ringing) Reaction {
			return Reaction{Act: Act(rng.IntN(7)), Ring: time.Duration(rng.IntN(3)) * time.Second, After: time.Duration(rng.IntN(9)) * time.Second, HangupAfter: time.Duration(rng.IntN(40)) * time.Second}
		}})
	}
	g.AddGateway(Gateway{Name: "pstn", Reaction: Reaction{EarlyMedia: true, After: 3 * time.Second}})
	some := func() string {
		all := g.Channels()
		if len(all) == 0 {
			return "nobody"
		}
		return all[rng.IntN(len(all))].UUID
	}
	for range steps {
		a, b := some(), some()
		switch rng.IntN(18) {
		case 0, 1, 2:
			g.Call(Caller{From: "1", To: "2", Patience: time.Duration(rng.IntN(60)) * time.Second, Talk: time.Duration(rng.IntN(60)) * time.Second})
		case 3, 4:
			g.bg("originate {originate_timeout=15,hangup_after_bridge=%v}user/%d &park()", rng.IntN(2) == 0, rng.IntN(7))
		case 5:
			g.bg("originate {park_after_bridge=true}sofia/gateway/pstn/139 &park()")
		case 6, 7:
			g.cmd("uuid_bridge %s %s", a, b)
		case 8:
			g.cmd("uuid_transfer %s -both park inline", a)
		case 9:
			g.cmd("uuid_transfer %s %s XML switchdesk", a, []string{"after", "fallback", "nowhere"}[rng.IntN(3)])
		case 10:
			g.cmd("uuid_kill %s", a)
		case 11:
			g.cmd("uuid_break %s all", a)
		case 12:
			g.Press(a, "12#")
		case 13:
			g.cmd("sched_transfer +%d %s fallback XML switchdesk", rng.IntN(40), a)
		case 14:
			g.cmd("sched_del %s", a)
		case 15:
			g.cmd("uuid_broadcast %s conference::room", a)
		case 16:
			g.cmd("uuid_broadcast %s playback::menu.wav", a)
		case 17:
			g.cmd("uuid_answer %s", a)
		}
		g.Advance(time.Duration(rng.IntN(5000)) * time.Millisecond)
	}
}

func TestRandomHoursLeaveNothing(t *testing.T) {
	for seed := range uint64(40) {
		g := newGiven(t, Options{Seed: seed})
		randomHours(g, rand.New(rand.NewPCG(seed, 1)), 400)
		g.cmd("hupall")
		g.Advance(time.Minute)
		g.empty()
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func TestWait(t *testing.T) {
	g := newGiven(t, Options{})
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- g.Wait(ctx, func(s Stats) bool { return s.Answered == 1 }) }()
	a := g.Call(Caller{From: "1", To: "2"})
	g.cmd("uuid_answer %s", a)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	late, stop := context.WithCancel(context.Background())
	stop()
	if err := g.Wait(late, func(s Stats) bool { return s.Answered == 2 }); err == nil {
		t.Error("waiting for what never comes ended well")
	}
}

func TestSoundLengths(t *testing.T) {
	g := newGiven(t, Options{Prompt: func(p string) (time.Duration, bool) { return 2 * time.Second, p != "gone.wav" }})
	for arg, want := range map[string]time.Duration{
		"menu.wav": 2 * time.Second, "file_string://menu.wav!silence_stream://500!gone.wav!menu.wav": 4500 * time.Millisecond,
		"tone_stream://%(400,100,440);%(100,0,350,440)": 600 * time.Millisecond, "tone_stream://%(100,0,440);loops=3": 300 * time.Millisecond,
		"tone_stream://%(100,0,440);loops=-1": endless, "silence_stream://-1": endless, "local_stream://moh": endless, "silence_stream://200,1400": 200 * time.Millisecond,
	} {
		if d, ok := g.length(arg); !ok || d != want {
			t.Errorf("%s lasts %v %v, want %v", arg, d, ok, want)
		}
	}
	if _, ok := g.length("gone.wav"); ok {
		t.Error("a missing file was found")
	}
	real := New(Options{})
	path := filepath.Join(t.TempDir(), "x.wav")
	r := recording{stereo: false}
	if err := os.WriteFile(path, append(r.header(8000), make([]byte, 8000)...), 0o644); err != nil {
		t.Fatal(err)
	}
	if d, ok := real.length(path); !ok || d != 500*time.Millisecond {
		t.Errorf("8,000 bytes of sound last %v %v", d, ok)
	}
}
