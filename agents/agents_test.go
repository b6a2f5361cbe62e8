package agents

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"switchdesk/internal/fault"
)

var t0 = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC) // 09:00 in Shanghai

func at(seconds int) time.Time { return t0.Add(time.Duration(seconds) * time.Second) }

func idle(t *testing.T) *Agent {
	t.Helper()
	a := New(7, 1, "小安", "8001", Web, t0)
	a.PhoneUp(t0)
	a.SignIn(t0)
	want(t, a, Idle)
	return a
}

func want(t *testing.T, a *Agent, s State) {
	t.Helper()
	if got := a.State(); got != s {
		t.Fatalf("state %s, want %s (%+v)", got, s, *a)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, err error, code string) {
	t.Helper()
	e, ok := err.(*fault.Error)
	if !ok || e.Code != code {
		t.Fatalf("error %v, want %s", err, code)
	}
}

func TestOneInboundCall(t *testing.T) {
	a := idle(t)
	must(t, a.Reserve("c1", at(10)))
	want(t, a, Ringing)
	must(t, a.Connect("c1", at(13)))
	want(t, a, Talking)
	a.EndCall("c1", 20*time.Second, at(73))
	want(t, a, WrapUp)
	a.Tick(at(92))
	want(t, a, WrapUp)
	a.Tick(at(500)) // late: the wrap-up still ended at 93
	want(t, a, Idle)
	if !a.IdleSince.Equal(at(93)) {
		t.Errorf("idle since %v, want %v", a.IdleSince, at(93))
	}
	if a.CallsToday != 1 || a.TalkToday != time.Minute {
		t.Errorf("today %d calls, %v; want 1, 1m", a.CallsToday, a.TalkToday)
	}
	log := []Span{
		{7, 1, Idle, "", "", at(0), at(10)},
		{7, 1, Ringing, "", "c1", at(10), at(13)},
		{7, 1, Talking, "", "c1", at(13), at(73)},
		{7, 1, WrapUp, "", "c1", at(73), at(93)},
	}
	if got := a.Drain(); !reflect.DeepEqual(got, log) {
		t.Errorf("log\n%v\nwant\n%v", got, log)
	}
	if len(a.Drain()) != 0 {
		t.Error("a second Drain gave spans again")
	}
	if open := a.Open(at(500)); open.State != Idle || !open.From.Equal(at(93)) || !open.To.Equal(at(500)) {
		t.Errorf("open span %+v", open)
	}
}

func TestPhone(t *testing.T) {
	a := New(7, 1, "小安", "8001", SIP, t0)
	a.SignIn(at(1))
	want(t, a, Disconnected)
	refused(t, a.Reserve("c1", at(2)), "agent.not_idle")
	refused(t, a.Dialling("c1", at(2)), "agent.cannot_dial")
	a.PhoneUp(at(3))
	must(t, a.Reserve("c1", at(4)))
	a.PhoneDown(at(5))
	want(t, a, Ringing) // until the floor takes the ring back
	a.Release("c1", Missed, AskAgain, at(6))
	want(t, a, Disconnected)
	a.PhoneUp(at(7))
	want(t, a, Idle)
	must(t, a.Reserve("c2", at(8)))
	must(t, a.Connect("c2", at(9)))
	a.PhoneDown(at(10))
	want(t, a, Talking)
	a.EndCall("c2", 5*time.Second, at(11))
	want(t, a, WrapUp)
	a.Tick(at(16))
	want(t, a, Disconnected)
	must(t, a.SetMethod(Mobile, true, at(17)))
	want(t, a, Idle)
	refused(t, a.SetMethod("fax", true, at(17)), "agent.method_unknown")
	must(t, a.Reserve("c3", at(18)))
	refused(t, a.SetMethod(Web, true, at(18)), "agent.in_call")
}

func TestMissedRing(t *testing.T) {
	for _, c := range []struct {
		how    Ending
		policy AfterMiss
		state  State
		reason string
		kept   bool // the place in "longest idle"
	}{
		{Missed, SetBusy, Busy, ReasonNoAnswer, false},
		{Refused, SetBusy, Busy, ReasonRefused, false},
		{Missed, AskAgain, Idle, "", false},
		{Refused, AskAgain, Idle, "", false},
		{Withdrawn, SetBusy, Idle, "", true},
		{Withdrawn, AskAgain, Idle, "", true},
	} {
		t.Run(fmt.Sprint(c.how, c.policy), func(t *testing.T) {
			a := idle(t)
			must(t, a.Reserve("c1", at(5)))
			must(t, a.Reserve("c1", at(6))) // told twice
			refused(t, a.Reserve("c2", at(6)), "agent.not_idle")
			a.Release("c2", c.how, c.policy, at(7)) // not the ring in question
			want(t, a, Ringing)
			a.Release("c1", c.how, c.policy, at(8))
			want(t, a, c.state)
			if a.Reason != c.reason {
				t.Errorf("reason %q, want %q", a.Reason, c.reason)
			}
			if kept := a.IdleSince.Equal(t0); c.state == Idle && kept != c.kept {
				t.Errorf("idle since %v", a.IdleSince)
			}
			refused(t, a.Connect("c1", at(9)), "agent.not_offered") // answered too late
			want(t, a, c.state)
			a.EndCall("c1", time.Minute, at(9))
			want(t, a, c.state)
		})
	}
}

func TestChosenWhileRingingSurvivesAMiss(t *testing.T) {
	a := idle(t)
	must(t, a.Reserve("c1", at(1)))
	must(t, a.Choose(Break, "午餐", at(2)))
	want(t, a, Ringing)
	a.Release("c1", Missed, SetBusy, at(3))
	want(t, a, Break)
	if a.Reason != "午餐" {
		t.Errorf("reason %q", a.Reason)
	}
}

func TestNextState(t *testing.T) {
	a := idle(t)
	must(t, a.Reserve("c1", at(1)))
	must(t, a.Connect("c1", at(2)))
	must(t, a.Connect("c1", at(3))) // told twice: one call
	must(t, a.Choose(Custom, "培训", at(4)))
	want(t, a, Talking)
	if a.Next() != Custom {
		t.Errorf("next %s", a.Next())
	}
	a.EndCall("c1", 10*time.Second, at(10))
	want(t, a, WrapUp)
	a.Tick(at(20))
	want(t, a, Custom)
	if a.Now.Reason != "培训" || a.CallsToday != 1 {
		t.Errorf("%+v", a)
	}
	refused(t, a.Choose(Talking, "", at(21)), "agent.state_unknown")
	refused(t, a.Choose(Custom, "", at(21)), "agent.reason_missing")
	must(t, a.Choose(Idle, "", at(22)))
	want(t, a, Idle)
}

func TestWrapUp(t *testing.T) {
	a := idle(t)
	refused(t, a.FinishWrapUp(at(1)), "wrapup.none")
	refused(t, a.ExtendWrapUp(time.Second, at(1), 0), "wrapup.none")
	must(t, a.Reserve("c1", at(1)))
	must(t, a.Connect("c1", at(2)))
	a.EndCall("c1", 10*time.Second, at(10))
	refused(t, a.ExtendWrapUp(0, at(11), 0), "wrapup.time")
	must(t, a.ExtendWrapUp(15*time.Second, at(12), time.Minute))
	if when, ok := a.NextDeadline(); !ok || !when.Equal(at(35)) {
		t.Fatalf("deadline %v %v, want %v", when, ok, at(35))
	}
	must(t, a.ExtendWrapUp(time.Hour, at(13), time.Minute)) // to the longest
	if !a.WrapUntil.Equal(at(70)) {
		t.Fatalf("until %v, want %v", a.WrapUntil, at(70))
	}
	refused(t, a.ExtendWrapUp(time.Second, at(14), time.Minute), "wrapup.longest")
	must(t, a.FinishWrapUp(at(20)))
	want(t, a, Idle)

	must(t, a.Reserve("c2", at(21)))
	must(t, a.Connect("c2", at(22)))
	a.EndCall("c2", time.Hour, at(23))
	must(t, a.Choose(Busy, "", at(24)))
	want(t, a, WrapUp)
	must(t, a.Choose(Idle, "", at(25))) // "ready" ends the wrap-up
	want(t, a, Idle)

	must(t, a.Reserve("c3", at(26)))
	must(t, a.Connect("c3", at(27)))
	a.EndCall("c3", time.Hour, at(28))
	must(t, a.Dialling("c4", at(29))) // calls the customer back
	want(t, a, Talking)
	a.EndCall("c4", time.Hour, at(33)) // nobody answered: nothing to wrap up
	want(t, a, Idle)
	if a.CallsToday != 3 {
		t.Errorf("%d calls, want 3", a.CallsToday)
	}
}

func TestDialling(t *testing.T) {
	a := idle(t)
	must(t, a.Choose(Busy, "", at(1)))
	must(t, a.Dialling("c1", at(2))) // busy agents may call out
	refused(t, a.Dialling("c2", at(3)), "agent.cannot_dial")
	refused(t, a.ReserveDirect("c2", at(3)), "agent.unreachable")
	must(t, a.Connect("c1", at(5)))
	a.EndCall("c1", 0, at(9))
	want(t, a, Busy)
	a.Drain()
	spans := a.Open(at(10))
	if spans.State != Busy || a.TalkToday != 4*time.Second {
		t.Errorf("%+v, talked %v", spans, a.TalkToday)
	}
}

func TestDirect(t *testing.T) {
	a := idle(t)
	must(t, a.Choose(Break, "", at(1)))
	refused(t, a.Reserve("c1", at(2)), "agent.not_idle")
	must(t, a.ReserveDirect("c1", at(2)))
	a.Release("c1", Missed, SetBusy, at(5))
	want(t, a, Break)
	a.PhoneDown(at(6))
	refused(t, a.ReserveDirect("c1", at(7)), "agent.unreachable")
}

func TestSignOutInACall(t *testing.T) {
	a := idle(t)
	must(t, a.Reserve("c1", at(1)))
	must(t, a.Connect("c1", at(2)))
	a.SignOut(at(3))
	want(t, a, Talking)
	if a.Next() != Offline {
		t.Errorf("next %s", a.Next())
	}
	a.EndCall("c1", time.Minute, at(5))
	want(t, a, Offline)
	refused(t, a.Choose(Idle, "", at(6)), "agent.offline")
	a.SignIn(at(7))
	want(t, a, Idle)
	a.SignIn(at(8))
	if !a.Since.Equal(at(7)) {
		t.Error("a second SignIn moved the state")
	}
}

func TestDayOfTheAccount(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	a := New(7, 1, "小安", "8001", Web, t0)
	a.Zone = zone
	a.Tick(t0)
	a.PhoneUp(t0)
	a.SignIn(t0)
	must(t, a.Reserve("c1", at(1)))
	must(t, a.Connect("c1", at(2)))
	a.EndCall("c1", 0, at(3))
	midnight := time.Date(2026, 3, 3, 0, 0, 0, 0, zone)
	when, ok := a.NextDeadline()
	if !ok || !when.Equal(midnight) {
		t.Fatalf("deadline %v %v, want midnight in the account's zone", when, ok)
	}
	a.Tick(midnight.Add(-time.Nanosecond))
	if a.CallsToday != 1 {
		t.Error("counts lost before midnight")
	}
	a.Tick(midnight)
	if a.CallsToday != 0 || a.TalkToday != 0 || a.Day != "2026-03-03" {
		t.Errorf("after midnight: %d %v %s", a.CallsToday, a.TalkToday, a.Day)
	}
	if _, ok := a.NextDeadline(); ok {
		t.Error("a deadline with nothing due")
	}
}

// TestRandomLives throws inputs in any order at agents, late, repeated and
// backwards in time too, and checks what must always hold.
func TestRandomLives(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		a := New(1, 1, "小安", "8001", Web, t0)
		now, end := t0, t0
		var log []Span
		for step := range 400 {
			now = now.Add(time.Duration(r.IntN(20000)-2000) * time.Millisecond)
			if now.After(end) {
				end = now
			}
			before := a.State()
			act(t, r, a, now)
			check(t, a, before)
			if step%7 == 0 {
				log = append(log, a.Drain()...)
				a = reloaded(t, a)
			}
		}
		log = append(log, a.Drain()...)
		log = append(log, a.Open(end))
		for i, s := range log {
			if s.To.Before(s.From) || (i > 0 && !s.From.Equal(log[i-1].To)) {
				t.Fatalf("seed %d: span %d %+v does not follow %+v", seed, i, s, log[max(i-1, 0)])
			}
		}
		if !log[0].From.Equal(t0) || log[len(log)-1].To.Before(end) {
			t.Fatalf("seed %d: the log doesn't cover the time", seed)
		}
	}
}

func act(t *testing.T, r *rand.Rand, a *Agent, now time.Time) {
	call := fmt.Sprint("c", r.IntN(3))
	was := a.State()
	switch r.IntN(16) {
	case 0:
		a.SignOut(now)
	case 1, 2:
		a.SignIn(now)
	case 3:
		a.PhoneDown(now)
	case 4, 5:
		a.PhoneUp(now)
	case 6:
		_ = a.Choose([]State{Idle, Busy, Break, Custom, Talking}[r.IntN(5)], []string{"", "x"}[r.IntN(2)], now)
	case 7, 8:
		again := a.Offer == call
		if err := a.Reserve(call, now); err == nil && was != Idle && was != WrapUp && !again {
			t.Fatalf("reserved while %s", was)
		}
	case 9:
		a.Release(call, []Ending{Missed, Refused, Withdrawn}[r.IntN(3)], []AfterMiss{SetBusy, AskAgain}[r.IntN(2)], now)
	case 10, 11:
		_ = a.Connect(call, now)
	case 12:
		_ = a.Dialling(call, now)
	case 13:
		a.EndCall(call, time.Duration(r.IntN(30))*time.Second, now)
	case 14:
		_ = a.ExtendWrapUp(10*time.Second, now, time.Minute)
	default:
		if r.IntN(2) == 0 {
			_ = a.FinishWrapUp(now)
		}
		a.Tick(now)
	}
}

func check(t *testing.T, a *Agent, before State) {
	t.Helper()
	switch {
	case a.Offer != "" && a.Call != "":
		t.Fatalf("on two calls: %+v", a)
	case a.Answered && a.Call == "":
		t.Fatalf("answered nothing: %+v", a)
	case a.Now != a.mark():
		t.Fatalf("the log runs on %+v, the state is %+v", a.Now, a.mark())
	case !a.WrapUntil.IsZero() && (a.Call != "" || a.Offer != "" || !a.SignedIn):
		t.Fatalf("wraps up with something in hand: %+v", a)
	case a.State() == Idle && (!a.PhoneReady || !a.SignedIn):
		t.Fatalf("idle without a phone: %+v (was %s)", a, before)
	case a.CallsToday < 0 || a.TalkToday < 0:
		t.Fatalf("counts: %+v", a)
	}
}

func reloaded(t *testing.T, a *Agent) *Agent {
	t.Helper()
	text, err := json.Marshal(a)
	must(t, err)
	var b Agent
	must(t, json.Unmarshal(text, &b))
	if again, _ := json.Marshal(&b); string(again) != string(text) || b.State() != a.State() {
		t.Fatalf("JSON keeps\n%s\nof\n%s", again, text)
	}
	return &b
}
