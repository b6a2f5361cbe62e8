package app

import (
	"context"
	"testing"
	"time"

	"switchdesk/accounts"
	"switchdesk/agents"
	"switchdesk/dialplan"
	"switchdesk/internal/clock"
	"switchdesk/internal/testswitch"
	"switchdesk/storage/db"
)

// TestFreeSWITCHMobileAndNoFlow: an agent answers at a mobile behind the
// trunk; a number without a flow says so, and the call is written down.
func TestFreeSWITCHMobileAndNoFlow(t *testing.T) {
	w := newRealWorld(t)
	addr, port := carrier(t)
	trunk := w.setTrunk(0, addr)
	const bare = "4008007777"
	g, err := db.Open(DatabaseOf(w.cfg))
	if err != nil {
		t.Fatal(err)
	}
	operator := accounts.Actor{AccountID: w.acct, Rights: accounts.All(), Scope: accounts.ScopeAll}
	if _, err := dialplan.NewService(g, clock.Real{}, dialplan.Options{}).SaveNumber(context.Background(), operator, dialplan.ServiceNumber{Number: bare, Name: "空", Enabled: true}); err != nil {
		t.Fatal(err)
	}
	store := agents.NewStore(g)
	profiles, err := store.Profiles(context.Background(), w.acct)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range profiles {
		if p.Number == "8004" {
			p.Method, p.Mobile = agents.Mobile, "13912345678"
			if err := store.Save(context.Background(), p); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := db.Close(g); err != nil {
		t.Fatal(err)
	}
	w.start()
	agent := w.signIn("8004")
	mobile := w.sw.Answer(t, testswitch.Phone{User: "13912345678", Port: port, After: 500 * time.Millisecond, Stay: 4 * time.Second})
	w.wait("the switch knows the trunk", 20*time.Second, func() bool { return w.gateway(trunk.Gateway()) == addr })
	agent.do("POST", "/api/bar/state", map[string]string{"state": "idle"}, nil)

	caller := w.sw.Call(t, testswitch.Caller{Number: realNumber, From: "13900000004", Keys: []testswitch.Key{{After: 2 * time.Second, Keys: "4"}}})
	mobile.WaitSaid("answered", 1, 30*time.Second)
	w.wait("they talk", 10*time.Second, func() bool { return w.state(agent) == "talking" })
	mobile.WaitSaid("hanging up", 1, 15*time.Second)
	caller.WaitSaid("ended by the other side", 1, 15*time.Second)

	lost := w.sw.Call(t, testswitch.Caller{Number: bare, From: "13900000005"})
	lost.WaitSaid("answered", 1, 10*time.Second)
	lost.WaitSaid("ended by the other side", 1, 30*time.Second)
	w.wait("both records", 20*time.Second, func() bool { return len(w.records(agent)) == 2 })
	for _, r := range w.records(agent) {
		want := map[string]string{"13900000004": "answered", "13900000005": "ivr"}[r.From]
		if r.Outcome != want {
			t.Errorf("the call from %s is written down as %s, want %s", r.From, r.Outcome, want)
		}
	}
}
