package app

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"switchdesk/agents"
	"switchdesk/calls"
	"switchdesk/queues"
	"switchdesk/simswitch"
)

// again starts the program anew on what it left behind.
func (w *world) again() {
	w.t.Helper()
	w.start(nil)
}

// signAgain signs people in with the program that runs now.
func (c *company) signAgain() {
	c.Helper()
	clear(c.signed)
	c.boss = c.signIn("8000")
}

// TestRestartWithOtherSettings takes an agent, a group and a number away while
// the program is down and calls are live.
func TestRestartWithOtherSettings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.company(t, plan{agents: 3, phones: manual, second: func(*queues.Group) {}, flow: `
name: 两组
start: 菜单
nodes:
  菜单: {kind: menu, play: welcome, timeout: 20s, keys: {1: 客服组, 2: 二组}, exits: {timeout: 再见, invalid: 再见}}
  客服组: {kind: group, group: 客服, exits: {no_agent: 再见, timeout: 再见, full: 再见, after: 再见}}
  二组: {kind: group, group: 二组, exits: {no_agent: 再见, timeout: 再见, full: 再见, after: 再见}}
  再见: {kind: hangup, play: [goodbye]}
`})
	w.engine.Register(simswitch.Phone{User: c.user("8001"), Reaction: simswitch.Reaction{After: 50 * time.Millisecond}})
	c.idle("8001")
	talk := c.call(1, simswitch.Caller{Keys: pressing("1")})
	c.at(1, "talking")
	c.idle("8002")
	c.call(2, simswitch.Caller{Keys: pressing("1")})
	c.at(2, "ringing")
	c.agentIs("8002", "ringing")
	c.idle("8003")
	c.signIn("8003").state("break")
	c.call(3, simswitch.Caller{Keys: pressing("2")})
	c.at(3, "queued")
	menu := c.call(4, waits)
	c.at(4, "ivr")

	w.halt()
	ctx := context.Background()
	building.Lock()
	a, err := New(ctx, w.cfg, w.app.log) // the tables, without a floor that runs
	building.Unlock()
	c.must(err)
	for _, n := range []string{"8001", "8002"} {
		u, err := a.accounts.User(ctx, c.operator, c.users[n].ID)
		c.must(err)
		u.Disabled = true
		_, err = a.accounts.UpdateUser(ctx, c.operator, u)
		c.must(err)
	}
	c.must(a.groups.Delete(ctx, c.account.ID, c.groups["二组"].ID))
	numbers, err := a.numbers.AllNumbers(ctx)
	c.must(err)
	c.must(a.numbers.DeleteNumber(ctx, c.operator, numbers[0].ID))
	a.close()

	w.again()
	c.signAgain()
	if got := c.live(1).State; got != "talking" {
		c.Errorf("the talk of the disabled agent is %q", got)
	}
	c.at(2, "queued") // the ring at the disabled agent's phone was taken back
	w.until(t, "the caller of the removed group is sent on", func() bool { return len(c.records()) == 1 })
	w.until(t, "the menu asks", func() bool { return c.asks(menu) })
	w.engine.Press(menu, "1")
	c.at(4, "queued")
	w.engine.Register(simswitch.Phone{User: c.user("8003"), Reaction: simswitch.Reaction{After: 50 * time.Millisecond, HangupAfter: 300 * time.Millisecond}})
	c.idle("8003")
	w.engine.Leave(talk)
	c.ends(map[int]calls.Outcome{1: calls.Answered, 2: calls.Answered, 3: calls.QueueAbandoned, 4: calls.Answered})
	if p := c.page(1); p.Agent != "座席8001" {
		t.Errorf("the talk's agent is %q", p.Agent)
	}
}

// TestFlowOfARestart: callers finish on the version that they began with, over
// a restart too.
func TestFlowOfARestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.company(t, plan{agents: 1, flow: faultFlow})
	c.idle("8001")
	leg := c.call(1, waits)
	c.at(1, "ivr")
	w.until(t, "the menu asks", func() bool { return c.asks(leg) })
	c.upload(`
name: 故障
start: 再见
nodes:
  再见: {kind: hangup, play: [goodbye]}
`)
	c.apply()
	w.halt()
	w.again()
	c.signAgain()
	w.until(t, "the menu asks again", func() bool { return c.asks(leg) })
	w.engine.Press(leg, "1")
	c.at(1, "talking")
	w.engine.Leave(leg)
	c.ends(map[int]calls.Outcome{1: calls.Answered})
}

// TestDatabaseAway: calls go on while the database takes nothing, over a
// restart too, and none of their records is lost or written twice.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.company(t, plan{agents: 2})
	c.idle("8001", "8002")
	w.halt()
	var away atomic.Bool
	away.Store(true)
	broken := func(a *App) {
		save := a.writer.save
		a.writer.save = func(ctx context.Context, b []calls.Bundle, s []agents.Span) error {
			if away.Load() {
				return errors.New("the database is away")
			}
			return save(ctx, b, s)
		}
	}
	w.start(broken)
	c.signAgain()
	c.idle("8001", "8002")
	want := map[int]calls.Outcome{}
	call := func(from, to int) {
		for n := from; n <= to; n++ {
			c.call(n, simswitch.Caller{Talk: 150 * time.Millisecond})
			want[n] = calls.Answered
		}
		w.until(t, "the calls are over", func() bool { return len(c.lives()) == 0 && len(c.legs()) == 0 })
	}
	call(1, 4)
	if n := len(c.records()); n != 0 {
		t.Errorf("%d records in a database that is away", n)
	}
	w.halt()
	w.start(broken)
	c.signAgain()
	c.idle("8001", "8002")
	call(5, 6)
	if today := c.wall().Today; today.Answered != 6 || today.Total != 6 {
		t.Errorf("the wall counts %+v", today)
	}
	w.halt()
	lost := 0
	w.start(func(a *App) { // the database is back, and loses two answers
		save := a.writer.save
		a.writer.save = func(ctx context.Context, b []calls.Bundle, s []agents.Span) error {
			if err := save(ctx, b, s); err != nil {
				return err
			}
			if lost++; lost <= 2 {
				return errors.New("written, and the answer was lost")
			}
			return nil
		}
	})
	c.signAgain()
	w.until(t, "every record is written", func() bool { return len(c.records()) >= 6 })
	c.quiet()
	by := map[string]int{}
	for _, r := range c.records() {
		by[r.From]++
		if r.Outcome != "answered" || r.Recording != "stored" {
			t.Errorf("%+v", r)
		}
	}
	for n := range want {
		if by[c.from(n)] != 1 {
			t.Errorf("caller %d has %d records", n, by[c.from(n)])
		}
	}
}
