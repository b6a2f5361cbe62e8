package app

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"switchdesk/calls"
	"switchdesk/queues"
	"switchdesk/simswitch"
)

// faultFlow has the caller press a key, wait for an agent, and hear a goodbye
// after the talk.
const faultFlow = `
name: 故障
start: 菜单
nodes:
  菜单: {kind: menu, play: welcome, timeout: 20s, keys: {1: 排队}, exits: {timeout: 再见, invalid: 再见}}
  排队: {kind: group, group: 客服, exits: {no_agent: 再见, timeout: 再见, full: 再见, after: 再见}}
  再见: {kind: hangup, play: [goodbye]}
`

// trouble is something that goes wrong at the switch while calls are in every
// stage; undo ends it.
type trouble struct {
	name string
	do   func(w *world) (undo func())
	also []calls.Outcome // of calls that begin in the fault, beside answered
}

var troubles = []trouble{
	{"the sockets drop", func(w *world) func() { w.engine.Faults().DropSockets(); return nil }, nil},
	{"the sockets drop again and again", func(w *world) func() {
		for range 4 {
			w.engine.Faults().DropSockets()
			time.Sleep(time.Duration(100+rand.IntN(300)) * time.Millisecond) // the moments of the fault
		}
		return nil
	}, nil},
	{"half open", func(w *world) func() {
		w.engine.Faults().HalfOpen(true)
		time.Sleep(2500 * time.Millisecond) // how long the fault lasts
		return func() { w.engine.Faults().HalfOpen(false) }
	}, nil},
	{"nobody is let in for a while", func(w *world) func() {
		w.engine.Faults().RefuseClients(true)
		w.engine.Faults().DropSockets()
		time.Sleep(time.Second) // how long the fault lasts
		return func() { w.engine.Faults().RefuseClients(false) }
	}, nil},
	{"late replies", func(w *world) func() {
		w.engine.Faults().LateReplies(700 * time.Millisecond)
		return func() { w.engine.Faults().LateReplies(0) }
	}, nil},
	{"replies that never come", func(w *world) func() { w.engine.Faults().NoReply(3); return nil }, nil},
	{"events come twice", func(w *world) func() {
		w.engine.Faults().DuplicateEvents(true)
		return func() { w.engine.Faults().DuplicateEvents(false) }
	}, nil},
	{"garbage", func(w *world) func() {
		for _, junk := range []string{"\n\n\n", "Content-Length: -5\n\n", "Content-Length: 99999999999\nContent-Type: text/event-plain\n\n", "\x00\xff\xfe%%%\n\n", strings.Repeat("A", 70_000)} {
			w.engine.Faults().Garbage([]byte(junk))
		}
		return nil
	}, nil},
	{"commands are refused", func(w *world) func() {
		for _, cmd := range []string{"uuid_bridge", "uuid_transfer", "sendmsg", "uuid_kill", "uuid_break", "uuid_setvar"} {
			w.engine.Faults().RefuseCommand(cmd, 1)
		}
		return nil
	}, []calls.Outcome{calls.EndedInIVR}},
}

// TestFaults lets everything go wrong while calls are in the IVR, in the
// queue, ringing, talking and on hold, and while more come in.
func TestFaults(t *testing.T) {
	for _, f := range troubles {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			c := w.company(t, plan{agents: 4, flow: faultFlow, group: func(g *queues.Group) { g.WrapUp, g.RingTime = 0, 3*time.Second }, phones: func(n string) simswitch.Phone {
				return simswitch.Phone{Manual: n == "8003", Reaction: simswitch.Reaction{After: 100 * time.Millisecond}}
			}})
			legs := c.everyStage()
			undo := f.do(w)
			for n := 10; n < 14; n++ {
				c.call(n, simswitch.Caller{Keys: pressing("1"), Talk: 200 * time.Millisecond})
			}
			if undo != nil {
				time.Sleep(300 * time.Millisecond) // the fault meets the new calls too
				undo()
			}
			c.comesRight(legs, f.also...)
		})
	}
}

// pressing presses a key each time that the menu asks.
func pressing(key string) []simswitch.KeyPress {
	var keys []simswitch.KeyPress
	for n := 1; n <= 8; n++ {
		keys = append(keys, simswitch.KeyPress{Collect: n, After: 80 * time.Millisecond, Digits: key})
	}
	return keys
}

// everyStage brings callers 1 to 5 into talk, hold, ring, queue and IVR.
func (c *company) everyStage() map[int]string {
	c.Helper()
	legs := map[int]string{}
	short := 300 * time.Millisecond
	c.idle("8001")
	legs[1] = c.call(1, simswitch.Caller{Keys: pressing("1")})
	c.at(1, "talking")
	c.idle("8002")
	legs[2] = c.call(2, simswitch.Caller{Keys: pressing("1")})
	c.at(2, "talking")
	c.signIn("8002").does("hold")
	c.at(2, "held")
	c.idle("8003")
	legs[3] = c.call(3, simswitch.Caller{Keys: pressing("1"), Talk: short})
	c.at(3, "ringing")
	legs[4] = c.call(4, simswitch.Caller{Keys: pressing("1"), Talk: short})
	c.at(4, "queued")
	legs[5] = c.call(5, simswitch.Caller{Talk: short})
	c.at(5, "ivr")
	c.w.until(c.T, "the menu asks", func() bool { return c.asks(legs[5]) })
	return legs
}

// comesRight has the agents go on with their calls once the switch is itself
// again, and checks that each call ends once and well.
func (c *company) comesRight(legs map[int]string, others ...calls.Outcome) {
	c.Helper()
	c.w.until(c.T, "the switch is back", func() bool { return c.w.app.switchReady(context.Background()) == nil })
	for n, state := range map[int]string{1: "talking", 2: "held", 5: "ivr"} {
		if got := c.live(n).State; got != state {
			c.Errorf("caller %d is %q after the fault, was %s", n, got, state)
		}
	}
	c.w.until(c.T, "the hold ends", func() bool {
		return c.live(2).State == "talking" || c.signIn("8002").verb("resume") == nil
	})
	c.bridged(legs[1])
	c.bridged(legs[2])
	c.signIn("8003").state("break") // nobody answers that phone
	c.idle("8004")
	c.w.until(c.T, "the menu hears the key", func() bool { // pressed again where the fault swallowed it
		if c.asks(legs[5]) {
			c.w.engine.Press(legs[5], "1")
		}
		return c.live(5).State != "ivr"
	})
	c.w.engine.Leave(legs[1])
	c.w.engine.Leave(legs[2])
	c.quiet()
	want := map[int]calls.Outcome{}
	for _, n := range []int{1, 2, 3, 4, 5, 10, 11, 12, 13} {
		want[n] = calls.Answered
		if got := calls.Outcome(c.page(n).Outcome); n >= 10 && slices.Contains(others, got) {
			want[n] = got
		}
	}
	c.ends(want)
	for _, a := range c.wall().Agents {
		if a.Number > "8000" && a.State != "idle" && a.State != "break" {
			c.Errorf("agent %s is %s in the end", a.Number, a.State)
		}
	}
}

// TestSocketsDropUnderLoad cuts the sockets at random moments while callers
// come and go and agents hold, resume and hang up.
func TestSocketsDropUnderLoad(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.company(t, plan{agents: 6, flow: faultFlow, group: func(g *queues.Group) { g.WrapUp, g.RingTime = 0, 3*time.Second }})
	c.brief = true
	numbers := []string{"8001", "8002", "8003", "8004", "8005", "8006"}
	c.idle(numbers...)
	ctx, stop := context.WithCancel(context.Background())
	var bots sync.WaitGroup
	for _, n := range numbers {
		bots.Go(func() { c.works(ctx, c.users[n].ID) })
	}
	defer bots.Wait()
	defer stop()
	const all = 40
	for n := 1; n <= all; n++ {
		who := simswitch.Caller{Keys: pressing("1")}
		if n%3 == 0 {
			who.Patience = time.Duration(rand.IntN(2000)) * time.Millisecond
			who.Talk = time.Duration(1+rand.IntN(500)) * time.Millisecond
		}
		c.call(n, who)
		time.Sleep(time.Duration(rand.IntN(120)) * time.Millisecond) // callers come when they like
		if n%5 == 0 {
			w.engine.Faults().DropSockets()
		}
	}
	c.quiet()
	by := map[string][]string{}
	for _, r := range c.records() {
		by[r.From] = append(by[r.From], r.Outcome)
		if d := r.EndedAt.Sub(r.StartedAt); d > 12*time.Second {
			t.Errorf("the call of %s stayed for %v: %+v", r.From, d, r)
		}
		if r.Recording == "missing" || r.Recording == "waiting" {
			t.Errorf("the recording of %s is %s: %+v", r.From, r.Recording, r)
		}
	}
	for n := 1; n <= all; n++ {
		got := by[c.from(n)]
		if len(got) > 1 || len(got) == 0 && n%3 != 0 { // who left before anybody listened was never seen
			t.Errorf("caller %d has the records %v", n, got)
		}
		if len(got) == 1 && n%3 != 0 && got[0] != "answered" {
			t.Errorf("caller %d, who waits, is written down as %s", n, got[0])
		}
	}
	for _, a := range c.wall().Agents {
		if a.Number != "8000" && a.State != "idle" {
			t.Errorf("agent %s is %s in the end", a.Number, a.State)
		}
	}
}
