package app

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"switchdesk/agents"
	"switchdesk/configs"
	"switchdesk/dialplan"
	"switchdesk/floor"
	"switchdesk/simswitch"
)

// simLines are telephones at the simulated switch.
type simLines struct {
	engine *simswitch.Engine
	quick  bool
}

func newSimLines(ctx context.Context, d Demo, cfg *configs.Config) (*simLines, error) {
	speed := 1.0
	if d.Exit {
		speed = demoSpeed
	}
	password := randomPassword()
	engine := simswitch.New(simswitch.Options{Speed: speed, Password: password, Seed: rand.Uint64(), MaxSessions: 2000, Log: d.Log.With("switch", "sim")})
	socket, err := engine.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	cfg.Switches = []configs.Node{{Name: "sim", Addr: socket.Addr(), Password: password}}
	return &simLines{engine: engine, quick: d.Exit}, nil
}

func (l *simLines) run(ctx context.Context) error { return l.engine.Run(ctx) }

func (l *simLines) quiet() bool { return len(l.engine.Channels()) == 0 }

func (l *simLines) outside(t dialplan.Trunk) error {
	l.engine.AddGateway(simswitch.Gateway{Name: t.Gateway(), React: func(simswitch.Ringing) simswitch.Reaction { return l.somebody() }})
	return nil
}

// seat registers both kinds of phone: who works by himself takes any.
func (l *simLines) seat(_ context.Context, _ *App, p agents.Profile, own bool) (agents.Method, error) {
	for _, m := range []agents.Method{agents.Web, agents.SIP} {
		ph := simswitch.Phone{User: floor.PhoneUser(p.AccountID, p.Number, m), Manual: own}
		if !own {
			ph.React = func(simswitch.Ringing) simswitch.Reaction { return l.colleague() }
		}
		l.engine.Register(ph)
	}
	return p.Method, nil
}

func (l *simLines) call() error {
	if l.engine.Call(l.caller()) == "" {
		return errors.New("the simulated switch is full")
	}
	return nil
}

// colleague is how an agent who works by himself takes a ring.
func (l *simLines) colleague() simswitch.Reaction {
	r := simswitch.Reaction{Act: simswitch.Pick, After: between(time.Second, 5*time.Second), HangupAfter: between(25*time.Second, 150*time.Second)}
	if l.quick {
		r.HangupAfter = between(8*time.Second, 30*time.Second)
	}
	switch n := rand.IntN(100); {
	case n < 3:
		r.Act = simswitch.Refuse
	case n < 6:
		r.Act = simswitch.Ignore
	}
	return r
}

// somebody is a person whom an agent calls.
func (l *simLines) somebody() simswitch.Reaction {
	r := simswitch.Reaction{Act: simswitch.Pick, Ring: between(300*time.Millisecond, 2*time.Second), After: between(2*time.Second, 9*time.Second), HangupAfter: between(20*time.Second, 90*time.Second)}
	switch n := rand.IntN(100); {
	case n < 8:
		r.Act = simswitch.Busy
	case n < 16:
		r.Act = simswitch.Ignore
	case n < 20:
		r.Act = simswitch.Unallocated
	}
	return r
}

func (l *simLines) caller() simswitch.Caller {
	from, to, key := demoCaller()
	who := simswitch.Caller{
		From: from, To: to, Patience: between(40*time.Second, 150*time.Second), Talk: between(20*time.Second, 180*time.Second),
		Keys: []simswitch.KeyPress{{Collect: 1, After: between(time.Second, 5*time.Second), Digits: key}},
	}
	if key == "9" {
		who.Keys = append(who.Keys, simswitch.KeyPress{Collect: 2, After: 2 * time.Second, Digits: "2"})
	}
	if rand.IntN(12) == 0 {
		who.Patience = between(2*time.Second, 12*time.Second) // has had enough of the menu
	}
	return who
}
