package app

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"switchdesk/floor"
	"switchdesk/internal/testswitch"
)

// fiveCalls are one call each in the menu, ringing, talking, on hold and in the
// queue.
type fiveCalls struct {
	*realWorld
	boss    *person
	callers map[string]*testswitch.Person
	ringing *testswitch.Person // agent 8001's phone
}

// places is where each caller should be.
var places = map[string]string{
	"13900000000": "ivr", "13900000001": "ringing", "13900000002": "talking", "13900000003": "held", "13900000004": "queued",
}

// lines are the callers who end up with an agent, and the agent's number.
var lines = map[string]string{"13900000001": "8001", "13900000002": "8002", "13900000003": "8003", "13900000004": "8004"}

func newFiveCalls(t *testing.T) *fiveCalls {
	t.Helper()
	f := &fiveCalls{realWorld: newRealWorld(t), callers: map[string]*testswitch.Person{}}
	f.start()
	f.ringing = f.phone(testswitch.Phone{User: "8001", After: 25 * time.Second, Stay: time.Minute})
	for _, n := range []string{"8002", "8003", "8004"} {
		f.phone(testswitch.Phone{User: n, After: 300 * time.Millisecond, Stay: 2 * time.Minute})
	}
	f.boss = f.agent("8001")
	for _, n := range []string{"8001", "8002", "8003"} {
		p := f.agent(n)
		f.wait("phone of "+n, 10*time.Second, func() bool { return f.state(p) != "disconnected" })
		p.do("POST", "/api/bar/state", map[string]string{"state": "idle"}, nil)
	}
	f.agent("8004").do("POST", "/api/bar/state", map[string]string{"state": "break", "reason": "午餐"}, nil)
	for from := range places {
		c := testswitch.Caller{Number: realNumber, From: from, Stay: 2 * time.Minute}
		if key := strings.TrimPrefix(from, "1390000000"); key != "0" {
			c.Keys = []testswitch.Key{{After: time.Second, Keys: key}}
		}
		f.callers[from] = f.sw.Call(t, c)
	}
	f.wait("the call of 8003 talks", 20*time.Second, func() bool { return f.states()["13900000003"].State == "talking" })
	f.signIn("8003").do("POST", "/api/bar/calls/"+f.states()["13900000003"].ID+"/hold", nil, nil)
	f.wait("all five calls are where they should be", 20*time.Second, f.inPlace)
	return f
}

func (f *fiveCalls) states() map[string]floor.LiveCall {
	live := f.boss.live()
	f.last = fmt.Sprintf("%+v", live)
	return live
}

func (f *fiveCalls) inPlace() bool {
	live := f.states()
	for from, state := range places {
		if live[from].State != state {
			return false
		}
	}
	return true
}

// goOn resumes the hold, serves the queue and lets the ring be answered.
func (f *fiveCalls) goOn() {
	f.t.Helper()
	f.signIn("8003").do("POST", "/api/bar/calls/"+f.states()["13900000003"].ID+"/resume", nil, nil)
	f.signIn("8004").do("POST", "/api/bar/state", map[string]string{"state": "idle"}, nil)
	f.ringing.WaitSaid("answered", 1, 40*time.Second)
	f.wait("the ring, the hold and the queue became talks", 20*time.Second, func() bool {
		live := f.states()
		for from := range lines {
			if live[from].State != "talking" {
				return false
			}
		}
		return true
	})
}

// end has the agents hang up and the caller in the menu go.
func (f *fiveCalls) end() {
	f.t.Helper()
	<-time.After(2 * time.Second) // they talk; on a real telephone that takes real time
	live := f.states()
	for from, number := range lines {
		f.signIn(number).do("POST", "/api/bar/calls/"+live[from].ID+"/hangup", nil, nil)
	}
	for from := range lines {
		f.callers[from].WaitSaid("ended by the other side", 1, 20*time.Second)
	}
	f.sw.API(f.t, "hupall NORMAL_CLEARING")
	f.wait("five records, four recordings stored", 30*time.Second, func() bool {
		stored := 0
		all := f.records(f.boss)
		for _, r := range all {
			if r.Recording == "stored" {
				stored++
			}
		}
		return stored == 4 && len(all) >= 5
	})
}

// TestFreeSWITCHControllerDies kills the controller while one call each is in
// the menu, in the queue, ringing, talking and on hold, three times. No call
// is dropped, each goes on, and each ends with one record.
func TestFreeSWITCHControllerDies(t *testing.T) {
	f := newFiveCalls(t)
	before := f.states()
	for range 3 {
		f.kill()
		f.start()
		f.wait("the five calls are where they were", 10*time.Second, f.inPlace)
		for from, c := range f.states() {
			if c.ID != before[from].ID || !c.Started.Equal(before[from].Started) {
				t.Fatalf("the call from %s became another one: %+v, was %+v", from, c, before[from])
			}
		}
	}
	for from, c := range f.callers {
		if n := c.Count("ended") + c.Count("hanging"); n != 0 {
			t.Errorf("the caller %s was cut off: %v", from, c.Said())
		}
	}
	f.goOn()
	f.end()
	seen := map[string]int{}
	for _, r := range f.records(f.boss) {
		seen[r.From]++
		want := "answered"
		if places[r.From] == "ivr" {
			want = "ivr"
		}
		if r.Outcome != want {
			t.Errorf("the call from %s is written down as %s, want %s", r.From, r.Outcome, want)
		}
	}
	for from := range places {
		if seen[from] != 1 {
			t.Errorf("the call from %s has %d records", from, seen[from])
		}
	}
}
