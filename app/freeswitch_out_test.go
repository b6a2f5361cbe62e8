package app

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"switchdesk/accounts"
	"switchdesk/dialplan"
	"switchdesk/internal/clock"
	"switchdesk/internal/testswitch"
	"switchdesk/storage/db"
)

// carrier is an address where somebody outside answers.
func carrier(t *testing.T) (addr string, port int) {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().String(), c.LocalAddr().(*net.UDPAddr).Port
}

// setTrunk adds (id 0) or moves the account's trunk, as an administrator does.
func (w *realWorld) setTrunk(id int64, proxy string) dialplan.Trunk {
	w.t.Helper()
	g, err := db.Open(DatabaseOf(w.cfg))
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close(g)
	numbers := dialplan.NewService(g, clock.Real{}, dialplan.Options{Domain: w.cfg.Switch.Domain, Secret: []byte(realSecret)})
	operator := accounts.Actor{AccountID: w.acct, Rights: accounts.All(), Scope: accounts.ScopeAll}
	trunk, err := numbers.SaveTrunk(context.Background(), operator, dialplan.TrunkInput{ID: id, Name: "线路", Proxy: proxy, CallerID: realNumber, Enabled: true})
	if err != nil {
		w.t.Fatal(err)
	}
	return trunk
}

// gateway is where the switch thinks a trunk leads, "" if it has none.
func (w *realWorld) gateway(name string) string {
	out := w.sw.API(w.t, "sofia xmlstatus gateway "+name)
	return strings.TrimPrefix(inside(out, "<proxy>", "</proxy>"), "sip:")
}

// TestFreeSWITCHDialOut is a call that an agent makes: the own desk phone
// rings first, then the customer's through the trunk that the switch was told
// of; they talk; the customer hangs up.
func TestFreeSWITCHDialOut(t *testing.T) {
	w := newRealWorld(t)
	addr, port := carrier(t)
	trunk := w.setTrunk(0, addr)
	w.start()
	customer := w.sw.Answer(t, testswitch.Phone{User: "13912345678", Port: port, After: 500 * time.Millisecond, Stay: 4 * time.Second, ToneHz: 700})
	phone := w.phone(testswitch.Phone{User: "8001", After: 200 * time.Millisecond})
	agent := w.agent("8001")
	agent.do("POST", "/api/bar/state", map[string]string{"state": "idle"}, nil)
	w.wait("the agent's phone is seen", 10*time.Second, func() bool { return w.state(agent) == "idle" })
	w.wait("the switch knows the trunk", 20*time.Second, func() bool { return w.gateway(trunk.Gateway()) == addr })

	agent.do("POST", "/api/bar/dial", map[string]string{"number": "13912345678"}, nil)
	phone.WaitSaid("answered", 1, 15*time.Second)
	customer.WaitSaid("answered", 1, 15*time.Second)
	customer.WaitSaid("hanging up", 1, 15*time.Second)
	phone.WaitSaid("ended by the other side", 1, 15*time.Second)
	w.wait("the record and its recording", 20*time.Second, func() bool {
		r := w.records(agent)
		return len(r) == 1 && r[0].Recording == "stored"
	})
	r := w.records(agent)[0]
	if r.Outcome != "answered" {
		t.Errorf("the record says %+v", r)
	}
	sound := w.recording(agent, r.ID)
	var heard []string
	for channel := range sound.Channels {
		if sound.Heard(channel, 700) > 2*time.Second {
			heard = append(heard, fmt.Sprint("customer ", channel))
		}
		if sound.Heard(channel, 1000) > 2*time.Second {
			heard = append(heard, fmt.Sprint("agent ", channel))
		}
	}
	if want := []string{"customer 0", "agent 1"}; !slices.Equal(heard, want) {
		t.Errorf("on the recording is %v, want %v", heard, want)
	}

	// The trunk moves to another address: the switch follows by itself.
	other, _ := carrier(t)
	w.setTrunk(trunk.ID, other)
	w.wait("the switch follows the trunk", 20*time.Second, func() bool { return w.gateway(trunk.Gateway()) == other })
}
