package conformance

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/percipia/eslgo"
	"github.com/percipia/eslgo/command"
	eslcall "github.com/percipia/eslgo/command/call"

	"switchdesk/esl"
)

// withESLGo drives a call with an ordinary client library, which must not be
// able to tell which switch it speaks to.
func withESLGo(t *testing.T, x Target) {
	if raceDetector {
		t.Skip("eslgo's own goroutines race when it closes; this case runs without the race detector")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	opts := eslgo.DefaultInboundOptions
	opts.Logger = eslgo.NilLogger{}
	opts.Password = "nonsense"
	if _, err := opts.Dial(x.Addr); err == nil {
		t.Error("a wrong password was taken")
	}
	opts.Password = x.Password
	conn, err := opts.Dial(x.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.ExitAndClose()
	seen := make(chan *eslgo.Event, 4096)
	conn.RegisterEventListener(eslgo.EventListenAll, func(e *eslgo.Event) { seen <- e })
	if err := conn.EnableEvents(ctx); err != nil {
		t.Fatal(err)
	}
	await := func(what string, ok func(*eslgo.Event) bool) *eslgo.Event {
		t.Helper()
		for {
			select {
			case e := <-seen:
				if ok(e) {
					return e
				}
			case <-ctx.Done():
				t.Fatalf("never came: %s", what)
			}
		}
	}
	far := x.Ring(t, "13900139000", "4002")
	park := await("the call", func(e *eslgo.Event) bool {
		return e.GetName() == "CHANNEL_PARK" && e.GetHeader("Call-Direction") == "inbound"
	})
	uuid := park.GetHeader("Unique-ID")
	want(t, "number", park.GetHeader("Caller-Destination-Number"), "4002")
	if err := conn.AnswerCall(ctx, uuid); err != nil {
		t.Fatal(err)
	}
	reply, err := conn.SendCommand(ctx, &eslcall.Execute{UUID: uuid, AppName: "playback", AppArgs: tone, AppUUID: "go-1"})
	if err != nil || !reply.IsOk() {
		t.Fatalf("playback: %v %v", reply, err)
	}
	done := await("its end", func(e *eslgo.Event) bool {
		return e.GetName() == "CHANNEL_EXECUTE_COMPLETE" && e.GetHeader("Application-UUID") == "go-1"
	})
	want(t, "response", done.GetHeader("Application-Response"), "FILE PLAYED")
	answer, err := conn.SendCommand(ctx, command.API{Command: "uuid_getvar", Arguments: uuid + " sip_to_user"})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "variable", string(answer.Body), "4002")
	reply, err = conn.OriginateCall(ctx, true, eslgo.Leg{CallURL: "sofia/gateway/far/8002"}, eslgo.Leg{CallURL: "&park()"}, map[string]string{"sd_role": "agent"})
	if err != nil {
		t.Fatal(err)
	}
	job := reply.GetHeader("Job-UUID")
	e := await("the job", func(e *eslgo.Event) bool {
		return e.GetName() == "BACKGROUND_JOB" && e.GetHeader("Job-UUID") == job
	})
	want(t, "its answer", string(e.Body), "-ERR USER_BUSY\n")
	far.Hangup()
	gone := await("the hang-up", func(e *eslgo.Event) bool {
		return e.GetName() == "CHANNEL_HANGUP_COMPLETE" && e.GetHeader("Unique-ID") == uuid
	})
	want(t, "cause", gone.GetHeader("Hangup-Cause"), "NORMAL_CLEARING")
}

// withNode drives a whole talk with Switchdesk's own client.
func withNode(t *testing.T, x Target) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*patience)
	defer cancel()
	seen := make(chan esl.Event, 4096)
	node := esl.NewNode(esl.NodeConfig{Name: "a", Addr: x.Addr, Password: x.Password}, func(events []esl.Event) {
		for _, e := range events {
			seen <- e
		}
	})
	ended := make(chan struct{})
	go func() { defer close(ended); _ = node.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	var trail []string
	await := func(kind esl.Kind, uuid string) esl.Event {
		t.Helper()
		for {
			select {
			case e := <-seen:
				trail = append(trail, fmt.Sprint(e.Kind, " ", e.UUID, " ", e.Cause))
				if e.Kind == kind && (uuid == "" || e.UUID == uuid) {
					return e
				}
				if e.Kind == esl.Failed {
					t.Fatalf("refused: %+v", e)
				}
			case <-ctx.Done():
				t.Fatalf("kind %v of %q never came; came %v", kind, uuid, trail)
			}
		}
	}
	await(esl.Connected, "")
	snap := await(esl.Snapshot, "")
	if len(snap.Channels) != 0 || len(snap.Phones) != 1 || snap.Phones[0].User+"@"+snap.Phones[0].Domain != x.User {
		t.Fatalf("the first snapshot is %+v", snap)
	}
	far := x.Ring(t, "13900139001", "4003")
	park := await(esl.Park, "")
	a := park.UUID
	want(t, "from and to", park.From+" "+park.To+" "+park.Context, "13900139001 4003 public")
	node.Send(esl.AnswerLeg{UUID: a})
	node.Send(esl.SetVars{UUID: a, Vars: map[string]string{"sd_call": "01", "sd_role": "caller"}})
	await(esl.Answer, a)
	node.Send(esl.PlayFiles{UUID: a, ID: "p1", Files: []string{tone}})
	done := await(esl.ExecuteComplete, a)
	for done.AppID != "p1" {
		done = await(esl.ExecuteComplete, a)
	}
	want(t, "call", done.Call+done.Role, "01caller")
	node.Send(esl.CollectDigits{UUID: a, ID: "c1", Files: []string{tone}, Min: 1, Max: 1, Timeout: time.Second, InterDigit: time.Second})
	if _, err := node.API(ctx, "uuid_recv_dtmf "+a+" 3"); err != nil {
		t.Fatal(err)
	}
	done = await(esl.ExecuteComplete, a)
	want(t, "question", done.AppID+" "+done.Digits, "c1 3")
	node.Send(esl.PlayFiles{UUID: a, ID: "m1", Files: []string{"tone_stream://%(600,0,440)"}, Loop: true})
	b, err := node.API(ctx, "create_uuid")
	if err != nil {
		t.Fatal(err)
	}
	node.Send(esl.Originate{UUID: b, Target: esl.Target{User: "1-8001", Domain: "switchdesk"}, From: "4003", Timeout: 5 * time.Second, Vars: map[string]string{"sd_role": "agent", "hangup_after_bridge": "true"}})
	await(esl.Park, b)
	node.Send(esl.BridgeLegs{A: a, B: b})
	await(esl.Bridge, a)
	path := x.Dir + "/node.wav"
	node.Send(esl.StartRecording{UUID: a, Path: path})
	await(esl.RecordStart, a)
	node.Send(esl.ParkLeg{UUID: a, Both: true})
	await(esl.Unbridge, "")
	node.Send(esl.DeadMan{UUID: a, After: time.Minute})
	node.Send(esl.BridgeLegs{A: a, B: b})
	await(esl.Bridge, a)
	far.Hangup()
	gone, path2 := map[string]string{}, ""
	for len(gone) < 2 { // whose hang-up is told first differs
		select {
		case e := <-seen:
			switch e.Kind {
			case esl.RecordStop:
				path2 = e.Path
			case esl.Hangup:
				gone[e.UUID] = e.Cause
			}
		case <-ctx.Done():
			t.Fatalf("only %v ended", gone)
		}
	}
	want(t, "path", path2, path)
	if gone[a] != "NORMAL_CLEARING" || gone[b] != "NORMAL_CLEARING" {
		t.Errorf("legs ended by %v", gone)
	}
	node.Send(esl.HangupLeg{UUID: a})
	for {
		e := <-seen
		if e.Kind == esl.Failed {
			want(t, "refusal", e.UUID, a)
			return
		}
	}
}
