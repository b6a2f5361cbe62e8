package esl

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Each fault must end in its own error and be followed by a clean retry.
func TestEveryFaultIsNamedAndRetried(t *testing.T) {
	const auth = "Content-Type: auth/request\n\n"
	greet := func(text string) func(*fakeConn) bool {
		return func(c *fakeConn) bool { c.send("%s", text); c.command(); return true }
	}
	// Faults of a socket that is up: what is sent after the subscription.
	later := func(text string) func(*fakeConn) { return func(c *fakeConn) { c.send("%s", text) } }
	for _, tc := range []struct {
		name  string
		greet func(*fakeConn) bool
		later func(*fakeConn)
		want  error
	}{
		{name: "wrong password", want: ErrAuth, greet: func(c *fakeConn) bool {
			c.send("%s", auth)
			c.command()
			c.send("Content-Type: command/reply\nReply-Text: -ERR invalid\n\n")
			return true
		}},
		{name: "access list", want: ErrRefused, greet: greet("Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n")},
		{name: "another protocol", want: ErrFrame, greet: greet("SSH-2.0-OpenSSH_9.6\n\n")},
		{name: "another protocol, no end", want: ErrFrame, greet: greet(strings.Repeat("x", maxHead+10))},
		{name: "closed at once", want: ErrLost, greet: func(c *fakeConn) bool { return true }},
		{name: "silent at sign-in", want: ErrTimeout, greet: func(c *fakeConn) bool { c.command(); return true }},
		{name: "silent after the password", want: ErrTimeout, greet: func(c *fakeConn) bool {
			c.send("%s", auth)
			c.command()
			c.command()
			return true
		}},
		{name: "negative length", want: ErrFrame, later: later("Content-Length: -1\nContent-Type: text/event-plain\n\n")},
		{name: "huge length", want: ErrFrame, later: later("Content-Length: 16777217\nContent-Type: text/event-plain\n\n")},
		{name: "overflowing length", want: ErrFrame, later: later("Content-Length: 99999999999999999999\nContent-Type: text/event-plain\n\n")},
		{name: "no header", want: ErrFrame, later: later("hello\n\n")},
		{name: "no event", want: ErrFrame, later: later("Content-Type: auth/request\n\n")},
		{name: "disconnect notice", want: ErrLost, later: later("Content-Type: text/disconnect-notice\nContent-Length: 2\n\nhi")},
		{name: "end of file", want: ErrLost, later: func(c *fakeConn) { c.Close() }},
		{name: "reset", want: ErrLost, later: func(c *fakeConn) { c.Conn.(*net.TCPConn).SetLinger(0); c.Close() }},
		{name: "cut in a frame", want: ErrLost, later: func(c *fakeConn) {
			c.send("Content-Length: 100\nContent-Type: text/event-plain\n\nEvent-Name")
			c.Close()
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newFake(t)
			var healed atomic.Bool
			if tc.greet != nil {
				s.greet = func(c *fakeConn) bool { return !healed.Load() && tc.greet(c) }
			}
			col := newCollector()
			n := startNode(t, s, col.out, func(c *NodeConfig) { c.DialTimeout = 300 * time.Millisecond })
			if tc.later != nil {
				col.kind(t, Snapshot)
				tc.later(<-s.subs)
			}
			ev := col.kind(t, Disconnected)
			if err := n.Stats().LastError; !errors.Is(err, tc.want) || ev.Cause != err.Error() {
				t.Errorf("error %v (cause %q), want %v", err, ev.Cause, tc.want)
			}
			healed.Store(true)
			col.kind(t, Connected)
			col.kind(t, Snapshot)
		})
	}
}

func TestRepliesOutOfStepAreNoticed(t *testing.T) {
	for name, wrong := range map[string]string{
		"skipped reply": "", "reply of another sort": cmdReply("+OK"), "reply too many": apiReply("+OK\n") + apiReply("+OK\n"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newFake(t)
			var once atomic.Bool
			s.answer = func(c *fakeConn, cmd string) string {
				if strings.HasPrefix(cmd, "api uuid_kill") && once.CompareAndSwap(false, true) {
					return wrong
				}
				return reply(c, cmd)
			}
			col := newCollector()
			n := startNode(t, s, col.out, func(c *NodeConfig) { c.Alive = 600 * time.Millisecond })
			col.kind(t, Snapshot)
			n.Send(HangupLeg{UUID: "a"})
			col.kind(t, Disconnected)
			if err := n.Stats().LastError; !errors.Is(err, ErrFrame) {
				t.Errorf("error %v", err)
			}
			col.kind(t, Snapshot)
		})
	}
}

// A half-open connection: the peer's kernel still takes our bytes, nothing
// ever comes back. R4 wants it seen within 2 s.
func TestHalfOpenIsSeenInTwoSeconds(t *testing.T) {
	for _, which := range []string{"events", "commands"} {
		t.Run(which, func(t *testing.T) {
			t.Parallel()
			s := newFake(t)
			var dead atomic.Bool
			events := atomic.Pointer[fakeConn]{}
			s.answer = func(c *fakeConn, cmd string) string {
				if strings.HasPrefix(cmd, "event ") {
					events.Store(c)
				}
				if dead.Load() && (events.Load() == c) == (which == "events") {
					return ""
				}
				return reply(c, cmd)
			}
			col := newCollector()
			startNode(t, s, col.out, nil)
			col.kind(t, Snapshot)
			began := time.Now()
			dead.Store(true)
			col.kind(t, Disconnected)
			if d := time.Since(began); d > 3*time.Second {
				t.Errorf("seen after %v", d)
			} else {
				t.Logf("seen after %v", d)
			}
			dead.Store(false)
			col.kind(t, Snapshot)
		})
	}
}

func TestLostSocketFailsWhatWaits(t *testing.T) {
	s := newFake(t)
	asked := make(chan *fakeConn, 2)
	s.answer = func(c *fakeConn, cmd string) string {
		if strings.HasPrefix(cmd, "api uuid_kill") {
			asked <- c
			return ""
		}
		return reply(c, cmd)
	}
	col := newCollector()
	n := startNode(t, s, col.out, nil)
	col.kind(t, Snapshot)
	n.Send(HangupLeg{UUID: "u1"})
	conn := <-asked
	done := make(chan error, 1)
	go func() { _, err := n.Do(context.Background(), HangupLeg{UUID: "u2"}); done <- err }()
	<-asked
	conn.Close()
	if ev := col.kind(t, Failed); ev.UUID != "u1" || ev.Gone() {
		t.Errorf("failed: %+v", ev)
	}
	if err := <-done; !errors.Is(err, ErrLost) {
		t.Errorf("Do: %v", err)
	}
	col.kind(t, Disconnected)
	col.kind(t, Snapshot)
}

// A reader that takes nothing: the node fills its bounded queue, closes its
// own sockets at once, keeps what it has, and resyncs when the reader is back.
func TestBlockedReaderNeverBlocksTheSwitch(t *testing.T) {
	s := newFake(t)
	gate := make(chan struct{})
	blocked := make(chan struct{}, 1)
	col := newCollector()
	n := startNode(t, s, func(evs []Event) {
		if len(evs) > 0 && evs[len(evs)-1].Kind == DTMF {
			poke(blocked)
			<-gate
		}
		col.out(evs)
	}, func(c *NodeConfig) { c.QueueLimit = 5000 })
	col.kind(t, Snapshot)
	sub := <-s.subs
	ev := plainEvent("DTMF", "Unique-ID: a", "DTMF-Digit: 5")
	sub.sendRaw(ev)
	<-blocked
	// The switch goes on: it must be able to write until we hang up, and
	// that must come soon.
	sub.SetWriteDeadline(time.Now().Add(10 * time.Second))
	sent := 0
	for sub.sendRaw(ev) == nil {
		sent++
		if sent > 10_000_000 {
			t.Fatal("the node never closed")
		}
	}
	if sent < 5000 {
		t.Errorf("closed after %d events already", sent)
	}
	deadline := time.Now().Add(patience)
	for n.Stats().Overflows == 0 {
		if time.Now().After(deadline) {
			t.Fatal("no overflow counted")
		}
		time.Sleep(time.Millisecond)
	}
	st := n.Stats()
	if st.Queued > 5000+10 {
		t.Errorf("%d events queued past a limit of 5000", st.Queued)
	}
	close(gate)
	down := col.kind(t, Disconnected)
	if !strings.Contains(down.Cause, ErrOverflow.Error()) {
		t.Errorf("cause %q", down.Cause)
	}
	col.kind(t, Connected)
	col.kind(t, Snapshot)
	if n.Stats().Resyncs != 2 {
		t.Errorf("resyncs: %d", n.Stats().Resyncs)
	}
}

func TestBackoffIsBoundedAndSpread(t *testing.T) {
	n := NewNode(NodeConfig{BackoffMin: 100 * time.Millisecond, BackoffMax: 5 * time.Second}, nil)
	seen := map[time.Duration]bool{}
	for try := range 40 {
		d := n.backoff(try)
		full := min(100*time.Millisecond<<min(try, 10), 5*time.Second)
		if d < full/2 || d > full {
			t.Errorf("try %d waits %v, not between %v and %v", try, d, full/2, full)
		}
		seen[d] = true
	}
	if len(seen) < 20 {
		t.Errorf("only %d different waits", len(seen))
	}
}
