package realtime

import (
	"testing"
	"time"

	"github.com/gobwas/ws/wsutil"

	"switchdesk/accounts"
	"switchdesk/floor"
)

func TestPresenceSignsInAndOut(t *testing.T) {
	s := newStage(t)
	token := s.person(31, accounts.ScopeOwn, []int64{31}, "calls.handle")
	in, out := floor.SignIn{Account: 7, Agent: 31}, floor.SignOut{Account: 7, Agent: 31}

	one := s.connect(token)
	one.subscribe("bar:31")
	if got := s.waitTold(1); got[0] != floor.Command(in) {
		t.Fatalf("told %v", got)
	}
	two := s.connect(token)
	two.subscribe("bar:31")
	_ = one.conn.Close() // the second tab is still there
	gone := func() bool {
		s.hub.mu.Lock()
		defer s.hub.mu.Unlock()
		return len(s.hub.desks[31].bars) == 0
	}
	waitFor(t, func() bool {
		s.hub.mu.Lock()
		defer s.hub.mu.Unlock()
		return len(s.hub.desks[31].bars) == 1
	})
	s.clock.Advance(time.Hour)
	if got := s.commands(); len(got) != 1 {
		t.Fatalf("a second tab or closing the first told the floor %v", got)
	}

	// A reload: away for less than the grace.
	_ = two.conn.Close()
	waitFor(t, gone)
	s.clock.Advance(29 * time.Second)
	three := s.connect(token)
	three.subscribe("bar:31")
	s.clock.Advance(time.Minute)
	for _, cmd := range s.waitTold(2) {
		if cmd == floor.Command(out) {
			t.Fatal("a reload signed the agent out")
		}
	}

	// Gone for good.
	_ = three.conn.Close()
	waitFor(t, gone)
	s.clock.Advance(31 * time.Second)
	got := s.waitTold(3)
	if got[2] != floor.Command(out) {
		t.Fatalf("told %v, want the last to be %v", got, out)
	}
}

func TestAgentsFromBeforeARestartAreSignedOut(t *testing.T) {
	s := newStage(t)
	s.hub.Expect(7, 31)
	s.hub.Expect(7, 32)
	b := s.connect(s.person(31, accounts.ScopeOwn, []int64{31}, "calls.handle"))
	b.subscribe("bar:31")
	s.waitTold(1)
	s.clock.Advance(31 * time.Second)
	got := s.waitTold(2)
	if got[1] != floor.Command(floor.SignOut{Account: 7, Agent: 32}) {
		t.Fatalf("told %v, want agent 32 alone signed out", got)
	}
}

func TestRevokeCutsConnections(t *testing.T) {
	s := newStage(t)
	token := s.person(31, accounts.ScopeOwn, []int64{31}, "calls.handle")
	b := s.connect(token)
	b.subscribe("bar:31")
	s.mu.Lock()
	delete(s.people, token)
	s.mu.Unlock()
	s.hub.Revoke(31)
	for {
		_, err := b.read()
		if err == nil {
			continue
		}
		closed, ok := err.(wsutil.ClosedError)
		if !ok || closed.Code != 3011 {
			t.Fatalf("got %v, want closed with 3011 (come anew)", err)
		}
		break
	}
}
