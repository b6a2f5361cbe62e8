package conformance

import (
	"context"
	"testing"
	"time"

	"switchdesk/simswitch"
)

// simulated starts a simulated switch in real time with the people that the
// cases ring.
func simulated(t testing.TB) (Target, *simswitch.Engine) {
	t.Helper()
	e := simswitch.New(simswitch.Options{Password: password, Seed: 1, Fallback: time.Second})
	ctx, cancel := context.WithCancel(context.Background())
	s, err := e.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	running := make(chan struct{})
	go func() { defer close(running); _ = e.Run(ctx) }()
	t.Cleanup(func() { cancel(); s.Wait(); <-running })
	e.Register(simswitch.Phone{User: "1-8001"})
	e.Register(simswitch.Phone{User: "1-8002", Offline: true})
	acts := map[string]simswitch.Act{"8002": simswitch.Busy, "8003": simswitch.Ignore, "8004": simswitch.Unallocated, "8005": simswitch.Refuse}
	e.AddGateway(simswitch.Gateway{Name: "far", React: func(r simswitch.Ringing) simswitch.Reaction {
		return simswitch.Reaction{Act: acts[r.To]}
	}})
	return Target{
		Addr: s.Addr(), Password: password, Dir: t.TempDir(), User: "1-8001@switchdesk", Absent: "1-8002@switchdesk",
		Ring: func(t *testing.T, from, to string) Far {
			return simFar{e, e.Call(simswitch.Caller{From: from, To: to})}
		},
	}, e
}

type simFar struct {
	e    *simswitch.Engine
	uuid string
}

func (f simFar) Hangup() { f.e.Leave(f.uuid) }

func TestSimulatedSwitch(t *testing.T) {
	target, _ := simulated(t)
	Run(t, target)
	clients(t, target)
}

func TestFreeSWITCH(t *testing.T) {
	target := FreeSWITCH(t)
	Run(t, target)
	clients(t, target)
}

func clients(t *testing.T, target Target) {
	t.Run("eslgo", func(t *testing.T) { withESLGo(t, target) })
	t.Run("esl", func(t *testing.T) { withNode(t, target) })
}
