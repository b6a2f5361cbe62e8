package testswitch

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"switchdesk/configs/freeswitch"
	"switchdesk/esl"
	"switchdesk/internal/realswitch"
)

// desk is a switch, somebody who steers it, and all that it has said.
type desk struct {
	*Switch
	t    *testing.T
	node *esl.Node
	stop context.CancelFunc

	mu     sync.Mutex
	events []esl.Event
	news   chan struct{}
}

func startDesk(t *testing.T, o Options) *desk {
	t.Helper()
	d := &desk{Switch: Start(t, o), t: t, news: make(chan struct{}, 1)}
	d.connect()
	return d
}

// connect is a controller's start; disconnect its sudden end.
func (d *desk) connect() {
	from := d.mark()
	d.node = esl.NewNode(esl.NodeConfig{Name: "fs1", Addr: d.ESLAddr(), Password: d.Values.ESLPassword}, func(batch []esl.Event) {
		d.mu.Lock()
		d.events = append(d.events, batch...)
		d.mu.Unlock()
		select {
		case d.news <- struct{}{}:
		default:
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	node := d.node
	go func() { defer close(ended); _ = node.Run(ctx) }()
	d.stop = func() { cancel(); <-ended }
	d.t.Cleanup(d.stop)
	d.wait("snapshot", from, func(e esl.Event) bool { return e.Kind == esl.Snapshot })
}

func (d *desk) mark() int { d.mu.Lock(); defer d.mu.Unlock(); return len(d.events) }

func (d *desk) find(from int, ok func(esl.Event) bool) (esl.Event, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range d.events[from:] {
		if ok(e) {
			return e, true
		}
	}
	return esl.Event{}, false
}

// wait waits for an event since a mark.
func (d *desk) wait(what string, from int, ok func(esl.Event) bool) esl.Event {
	d.t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		if e, found := d.find(from, ok); found {
			return e
		}
		select {
		case <-d.news:
		case <-time.After(100 * time.Millisecond):
		case <-deadline:
			d.mu.Lock()
			for _, e := range d.events[from:] {
				d.t.Logf("%d %s other=%s app=%s id=%s cause=%s to=%s ctx=%s", e.Kind, e.UUID, e.Other, e.App, e.AppID, e.Cause, e.To, e.Context)
			}
			d.mu.Unlock()
			d.t.Fatalf("no %s within 20 s", what)
		}
	}
}

func (d *desk) leg(what string, from int, kind esl.Kind, uuid string) esl.Event {
	d.t.Helper()
	return d.wait(what, from, func(e esl.Event) bool { return e.Kind == kind && e.UUID == uuid })
}

// inbound waits for a call to number that is parked.
func (d *desk) inbound(from int, number string) string {
	d.t.Helper()
	return d.wait("call to "+number, from, func(e esl.Event) bool {
		return e.Kind == esl.Park && e.Inbound && e.To == number
	}).UUID
}

func (d *desk) do(cmd esl.Command) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := d.node.Do(ctx, cmd); err != nil {
		d.t.Fatalf("%T: %v", cmd, err)
	}
}

func (d *desk) api(line string) string {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	out, err := d.node.API(ctx, line)
	if err != nil {
		return err.Error()
	}
	return out
}

// ring lets user's phone ring for a caller; it gives the leg.
func (d *desk) ring(user string, timeout time.Duration) string {
	leg := uuid.NewString()
	d.node.Send(esl.Originate{
		UUID: leg, Target: esl.Target{User: user, Domain: Domain}, From: "13800000001", Timeout: timeout,
		Vars: map[string]string{"sd_role": "agent", "hangup_after_bridge": "true"},
	})
	return leg
}

const phoneUser, phonePassword = "1-8001", "desk phone's"

func withPhone() Options { return Options{Phones: map[string]string{phoneUser: phonePassword}} }

// A whole call by hand: answer, prompt, keys, music, agent, hold, resume,
// recording, the agent's hang-up, the caller waiting again.
func TestACallOnTheRealSwitch(t *testing.T) {
	d := startDesk(t, withPhone())
	phone := d.Phone(t, Phone{User: phoneUser, Password: phonePassword, After: 300 * time.Millisecond, Stay: 9 * time.Second})
	d.wait("registration", 0, func(e esl.Event) bool { return e.Kind == esl.Registered && e.User == phoneUser })

	at := d.mark()
	caller := d.Call(t, Caller{Number: "4008001234", Keys: []Key{{After: 2 * time.Second, Keys: "1"}}})
	leg := d.inbound(at, "4008001234")
	d.do(esl.DeadMan{UUID: leg, After: 60 * time.Second})
	if caller.Count("answered") != 0 {
		t.Error("the switch answered before it was told to")
	}
	d.do(esl.AnswerLeg{UUID: leg})
	caller.WaitSaid("answered", 1, 5*time.Second)
	menu := filepath.Join(d.Values.SoundsDir, "zh", "menu_main.wav")
	d.do(esl.CollectDigits{UUID: leg, ID: "menu", Files: []string{menu}, Min: 1, Max: 1, Timeout: 5 * time.Second, InterDigit: 2 * time.Second})
	if e := d.wait("key", at, func(e esl.Event) bool { return e.Kind == esl.ExecuteComplete && e.AppID == "menu" }); e.Digits != "1" {
		t.Errorf("the key was %q, want 1", e.Digits)
	}

	path := filepath.Join(d.RecordingsDir, "call.wav")
	d.do(esl.PlayFiles{UUID: leg, ID: "music", Files: []string{"local_stream://default"}})
	agent := d.ring(phoneUser, 20*time.Second)
	d.leg("the agent's answer", at, esl.Park, agent)
	d.do(esl.StartRecording{UUID: leg, Path: path})
	d.do(esl.BridgeLegs{A: leg, B: agent})
	d.leg("bridge", at, esl.Bridge, leg)
	d.do(esl.DeadMan{UUID: leg})
	talk(t, 2*time.Second)

	hold := d.mark()
	d.do(esl.ParkLeg{UUID: leg, Both: true})
	d.leg("the caller on hold", hold, esl.Park, leg)
	d.leg("the agent on hold", hold, esl.Park, agent)
	d.do(esl.PlayFiles{UUID: leg, ID: "hold-music", Files: []string{"local_stream://default"}})
	talk(t, time.Second)
	d.do(esl.BridgeLegs{A: leg, B: agent})
	d.leg("the talk going on", hold, esl.Bridge, leg)

	phone.WaitSaid("hanging up", 1, 20*time.Second)
	if e := d.wait("the caller back", hold, func(e esl.Event) bool {
		return e.Kind == esl.Park && e.UUID == leg && e.Context == "switchdesk"
	}); e.To != "after" {
		t.Errorf("the caller went to %q, want after", e.To)
	}
	d.leg("the agent's end", hold, esl.Hangup, agent)
	d.do(esl.HangupLeg{UUID: leg, Cause: "NORMAL_CLEARING"})
	stop := d.wait("the recording's end", hold, func(e esl.Event) bool { return e.Kind == esl.RecordStop && e.Path == path })
	d.leg("the caller's end", hold, esl.Hangup, leg)
	if code := caller.Wait(5 * time.Second); code != 0 {
		t.Errorf("the caller's telephone ended with %d", code)
	}
	checkBothVoices(t, path, stop.Seconds)
}

// checkBothVoices wants the caller on the left and the agent on the right.
func checkBothVoices(t *testing.T, path string, seconds float64) {
	t.Helper()
	sound, err := ReadWAV(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(sound.Channels) != 2 || sound.Length() < 6*time.Second {
		t.Fatalf("%d channels, %v (the switch says %.1f s)", len(sound.Channels), sound.Length(), seconds)
	}
	if own, other := sound.Heard(0, 440), sound.Heard(1, 1000); own < 4*time.Second || other < 3*time.Second {
		t.Errorf("caller on the left for %v, agent on the right for %v", own, other)
	}
	if wrong := sound.Heard(0, 1000) + sound.Heard(1, 440); wrong > time.Second {
		t.Errorf("the sides are mixed for %v", wrong)
	}
}

// A caller can have many talks in one call: after each of them the caller
// waits for orders again.
func TestTalkAfterTalk(t *testing.T) {
	d := startDesk(t, withPhone())
	d.Phone(t, Phone{User: phoneUser, Password: phonePassword, Stay: time.Second})
	caller := d.Call(t, Caller{Number: "4008001234"})
	leg := d.inbound(0, "4008001234")
	d.do(esl.AnswerLeg{UUID: leg})
	for range 3 {
		at := d.mark()
		agent := d.ring(phoneUser, 20*time.Second)
		d.leg("the agent's answer", at, esl.Park, agent)
		d.do(esl.BridgeLegs{A: leg, B: agent})
		d.wait("the caller back", at, func(e esl.Event) bool {
			return e.Kind == esl.Park && e.UUID == leg && e.To == "after"
		})
	}
	if n := caller.Count("ended"); n != 0 {
		t.Errorf("the caller was hung up on: %v", caller.Said())
	}
}

// talk lets people talk. On a real telephone that takes real time.
func talk(t *testing.T, d time.Duration) {
	t.Helper()
	<-time.After(d)
}

func TestPhonesThatDontTakeTheCall(t *testing.T) {
	d := startDesk(t, Options{Phones: map[string]string{"1-8001": "a", "1-8002": "b"}})
	d.Phone(t, Phone{User: "1-8001", Password: "a", Refuse: true})
	ringing := d.Phone(t, Phone{User: "1-8002", Password: "b", NoAnswer: true})

	leg := d.ring("1-8001", 20*time.Second)
	if e := d.leg("refusal", 0, esl.Hangup, leg); e.Cause != "CALL_REJECTED" || e.SIPCode != 603 {
		t.Errorf("refused with %s %d", e.Cause, e.SIPCode)
	}
	leg = d.ring("1-8002", 3*time.Second)
	if e := d.leg("no answer", 0, esl.Hangup, leg); e.Cause != "NO_ANSWER" {
		t.Errorf("no answer: %s", e.Cause)
	}
	ringing.WaitSaid("cancelled", 1, 5*time.Second)
	leg = d.ring("1-8002", 20*time.Second)
	d.leg("ringing", 0, esl.Progress, leg)
	d.do(esl.HangupLeg{UUID: leg, Cause: "ORIGINATOR_CANCEL"})
	if e := d.leg("withdrawn", 0, esl.Hangup, leg); e.Cause != "ORIGINATOR_CANCEL" {
		t.Errorf("withdrawn: %s", e.Cause)
	}
	ringing.WaitSaid("cancelled", 2, 5*time.Second)
	leg = d.ring("1-8003", 20*time.Second)
	if e := d.leg("nobody there", 0, esl.Failed, leg); !strings.Contains(e.Cause, "USER_NOT_REGISTERED") && !strings.Contains(e.Cause, "SUBSCRIBER_ABSENT") {
		t.Errorf("a phone that isn't there: %s", e.Cause)
	}
}

// Without a controller a call is neither dropped nor left for ever.
func TestTheSwitchAloneEndsCallsPolitely(t *testing.T) {
	d := startDesk(t, Options{})
	at := d.mark()
	caller := d.Call(t, Caller{Number: "4008001234", Stay: 30 * time.Second})
	leg := d.inbound(at, "4008001234")
	d.do(esl.DeadMan{UUID: leg, After: 3 * time.Second})
	d.stop() // the controller is gone
	caller.WaitSaid("answered", 1, 10*time.Second)
	caller.WaitSaid("ended by the other side", 1, 15*time.Second)
	d.connect()
	if got := d.api("uuid_exists " + leg); strings.TrimSpace(got) != "false" {
		t.Errorf("the leg is still there: %s", got)
	}
}

// The caller whom no controller takes goes to the overflow number.
func TestTheSwitchAloneTriesTheOverflow(t *testing.T) {
	o := withPhone()
	o.Values.Overflow = "sofia/internal/" + phoneUser + "%" + Domain
	d := startDesk(t, o)
	phone := d.Phone(t, Phone{User: phoneUser, Password: phonePassword, Stay: 2 * time.Second})
	at := d.mark()
	caller := d.Call(t, Caller{Number: "4008001234"})
	leg := d.inbound(at, "4008001234")
	d.do(esl.DeadMan{UUID: leg, After: 3 * time.Second})
	d.leg("the overflow's answer", at, esl.Bridge, leg)
	phone.WaitSaid("hanging up", 1, 10*time.Second)
	caller.WaitSaid("ended by the other side", 1, 10*time.Second)
}

func TestACallerWhoGivesUpLeavesNothingBehind(t *testing.T) {
	d := startDesk(t, Options{})
	at := d.mark()
	caller := d.Call(t, Caller{Number: "4008001234", CancelAfter: time.Second})
	leg := d.inbound(at, "4008001234")
	d.leg("the end", at, esl.Hangup, leg)
	caller.WaitSaid("cancelled", 1, 5*time.Second)
	if got := d.api("uuid_exists " + leg); strings.TrimSpace(got) != "false" {
		t.Errorf("the leg is still there: %s", got)
	}
}

func TestARefusedCallerHearsBusy(t *testing.T) {
	d := startDesk(t, Options{})
	caller := d.Call(t, Caller{Number: "4008001234"})
	leg := d.inbound(0, "4008001234")
	d.do(esl.HangupLeg{UUID: leg, Cause: "USER_BUSY"})
	caller.WaitSaid("refused 486", 1, 5*time.Second)
}

func TestWhoMayNotCome(t *testing.T) {
	v := freeswitch.Values{TrunkCIDR: "192.0.2.1/32"}
	d := startDesk(t, Options{Values: v, Phones: map[string]string{phoneUser: phonePassword}})
	d.Call(t, Caller{Number: "4008001234"}).WaitSaid("refused 403", 1, 10*time.Second)
	if code := d.Register(t, phoneUser, "a guess", somePort(t), 120).Wait(20 * time.Second); code == 0 {
		t.Error("a wrong password signed in")
	}
	if code := d.Register(t, "1-9999", "a guess", somePort(t), 120).Wait(20 * time.Second); code == 0 {
		t.Error("an unknown user signed in")
	}
	if e, found := d.find(0, func(e esl.Event) bool { return e.Kind == esl.Park || e.Kind == esl.Registered }); found {
		t.Errorf("somebody came in: %+v", e)
	}
}

// A caller's text is never executed, wherever it ends up.
func TestNothingIsExpanded(t *testing.T) {
	d := startDesk(t, Options{})
	at := d.mark()
	d.Call(t, Caller{Number: "4008001234", From: "$%7Bversion()%7D"})
	e := d.wait("call", at, func(e esl.Event) bool { return e.Kind == esl.Park && e.Inbound })
	if strings.Contains(e.From, "FreeSWITCH") {
		t.Errorf("the caller's number became %q", e.From)
	}
	if got := d.api("eval ${version()}"); strings.Contains(got, "FreeSWITCH Version") {
		t.Errorf("an API call in a text was executed: %s", got)
	}
}

// What Launch says when the switch can't run.
func TestLaunchTellsWhatIsWrong(t *testing.T) {
	realswitch.Need(t)
	binary, err := freeswitch.Find()
	if err != nil {
		t.Skip(err)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	v := freeswitch.Values{ESLPort: taken.Addr().(*net.TCPAddr).Port}
	r, err := Launch(ctx, binary, t.TempDir(), Options{Values: v})
	if err == nil {
		r.Kill()
		// The event socket's port answers, for somebody else holds it; what
		// tells is that SIP never comes up.
		t.Fatal("a switch without its event socket was called running")
	}
	if !strings.Contains(err.Error(), "FreeSWITCH") {
		t.Errorf("the error says only %v", err)
	}
}

func somePort(t *testing.T) int {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).Port
}
