package realtime

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"switchdesk/accounts"
	"switchdesk/floor"
)

func TestSignedOutIsToldNotToComeBack(t *testing.T) {
	s := newStage(t)
	conn, _, _, err := ws.Dialer{}.Dial(context.Background(), s.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // the server closes it
	if err := wsutil.WriteClientText(conn, []byte(`{"id":1,"connect":{}}`)); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	_, _, err = wsutil.ReadServerData(conn)
	closed, ok := err.(wsutil.ClosedError)
	if !ok || closed.Code != 3500 {
		t.Fatalf("got %v, want the connection closed with 3500 (do not reconnect)", err)
	}
}

func TestForeignTopicsAreRefused(t *testing.T) {
	s := newStage(t)
	token := s.person(31, accounts.ScopeOwn, []int64{31}, "calls.handle", "calls.read")
	b := s.connect(token)
	for _, topic := range []string{"bar:32", "calls:7", "calls:8", "calls:7:32", "wall:7", "bar:31:x"} {
		if f := b.subscribe(topic); f.Error == nil || f.Error.Code != 103 {
			t.Errorf("subscribe %s: %+v, want permission denied (103)", topic, f.Error)
		}
	}
	for _, topic := range []string{"bar:31", "calls:7:31"} {
		if f := b.subscribe(topic); f.Error != nil {
			t.Errorf("subscribe %s: %+v", topic, f.Error)
		}
	}
	// Nor may a browser speak, list or read what was said.
	if f := b.ask(map[string]any{"publish": map[string]any{"channel": "bar:31", "data": map[string]any{}}}); f.Error == nil {
		t.Error("a browser could publish")
	}
	if f := b.ask(map[string]any{"history": map[string]any{"channel": "calls:7", "limit": 10}}); f.Error == nil {
		t.Error("a browser could read a topic's history")
	}
}

func TestBarIsPublishedAndLatestWins(t *testing.T) {
	s := newStage(t)
	b := s.connect(s.person(31, accounts.ScopeOwn, []int64{31}, "calls.handle"))
	b.subscribe("bar:31")
	s.hub.Tell(floor.Update{Account: 7, Bar: &floor.Bar{Agent: 32, State: "busy"}})
	s.hub.Tell(floor.Update{Account: 7, Bar: &floor.Bar{Agent: 31, State: "idle"}})
	var bar floor.Bar
	if err := json.Unmarshal([]byte(b.next("bar:31")), &bar); err != nil || bar.State != "idle" || bar.Agent != 31 {
		t.Fatalf("got %+v (%v)", bar, err)
	}
}

func TestUnchangedIsNotSaidAgain(t *testing.T) {
	s := newStage(t)
	b := s.connect(s.person(31, accounts.ScopeAll, nil, "calls.handle", "calls.read"))
	b.subscribe("bar:31")
	b.subscribe("calls:7")
	published := func() bool {
		s.hub.mu.Lock()
		defer s.hub.mu.Unlock()
		return len(s.hub.pending.order) == 0 && len(s.hub.pending.bars) == 0
	}
	for _, state := range []string{"idle", "idle", "ringing", "ringing", "idle"} {
		s.hub.Tell(floor.Update{Account: 7, Bar: &floor.Bar{Agent: 31, State: state}, Call: &floor.LiveCall{ID: "a", State: state}})
		waitFor(t, published)
	}
	s.hub.Tell(floor.Update{Account: 7, Ended: "a"})
	waitFor(t, published)
	// The same call id after its end is news again.
	s.hub.Tell(floor.Update{Account: 7, Call: &floor.LiveCall{ID: "a", State: "idle"}})
	for _, want := range []string{"a idle", "a ringing", "a idle", "ended a", "a idle"} {
		if got := brief(t, b.next("calls:7")); got != want {
			t.Fatalf("heard %q, want %q", got, want)
		}
	}
}

func TestPendingIsBoundedAndCoalesced(t *testing.T) {
	var p pending
	for i := range 10_000 {
		state := "talking"
		if i == 9_999 {
			state = "held"
		}
		p.take(floor.Update{Account: 7, Call: &floor.LiveCall{ID: "c1", State: state}})
		p.take(floor.Update{Account: 7, Bar: &floor.Bar{Agent: 31, Number: strconv.Itoa(i)}})
	}
	if len(p.order) != 1 || len(p.bars) != 1 {
		t.Fatalf("kept %d calls and %d bars of 10000 changes of one", len(p.order), len(p.bars))
	}
	if got := p.calls[callKey{7, "c1"}].call.State; got != "held" {
		t.Fatalf("the latest state is lost: %s", got)
	}
	if p.bars[31].Number != "9999" {
		t.Fatalf("the latest bar is lost: %s", p.bars[31].Number)
	}
	for i := range maxPending + 100 {
		p.take(floor.Update{Account: 8, Ended: "e" + strconv.Itoa(i)})
	}
	if len(p.order) != maxPending {
		t.Fatalf("kept %d, want %d at most", len(p.order), maxPending)
	}
	if !p.lost[8] || p.lost[7] {
		t.Fatalf("resync is due for %v, want account 8 alone", p.lost)
	}
}

func TestTellNeverWaits(t *testing.T) {
	s := newStage(t)
	// A browser that does not read at all.
	b := s.connect(s.person(200, accounts.ScopeAll, nil, "calls.read"))
	b.subscribe("calls:7")
	start := time.Now()
	for i := range 20_000 {
		s.hub.Tell(floor.Update{Account: 7, Call: &floor.LiveCall{ID: strconv.Itoa(i % 50), Started: time.Now()}})
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Fatalf("20000 updates took %v", took)
	}
}

func TestViewerHearsOnlyTheirScope(t *testing.T) {
	s := newStage(t)
	agent := s.connect(s.person(31, accounts.ScopeOwn, []int64{31}, "calls.handle", "calls.read"))
	lead := s.connect(s.person(40, accounts.ScopeSubordinates, []int64{31, 40}, "calls.read"))
	boss := s.connect(s.person(200, accounts.ScopeAll, nil, "calls.read"))
	for topic, b := range map[string]*browser{"calls:7:31": agent, "calls:7:40": lead, "calls:7": boss} {
		if f := b.subscribe(topic); f.Error != nil {
			t.Fatalf("%s: %+v", topic, f.Error)
		}
	}
	steps := []floor.Update{
		{Account: 7, Call: &floor.LiveCall{ID: "a", State: "queued"}},
		{Account: 8, Call: &floor.LiveCall{ID: "foreign", State: "queued"}},
		{Account: 7, Call: &floor.LiveCall{ID: "b", State: "talking", Agent: 55}},
		{Account: 7, Call: &floor.LiveCall{ID: "a", State: "talking", Agent: 31}},
		{Account: 7, Call: &floor.LiveCall{ID: "a", State: "talking", Agent: 55}}, // handed on
		{Account: 7, Ended: "a"},
		{Account: 7, Ended: "b"},
		{Account: 7, Call: &floor.LiveCall{ID: "z", State: "talking", Agent: 31}}, // the last: everybody sees it
	}
	heard := map[string][]string{}
	drain := make(chan struct{})
	for _, u := range steps {
		// One at a time, so that nothing is coalesced: wait until the boss has it.
		s.hub.Tell(u)
		if u.Account == 7 {
			heard["boss"] = append(heard["boss"], brief(t, boss.next("calls:7")))
		}
	}
	close(drain)
	until := func(b *browser, topic string) (out []string) {
		for {
			got := brief(t, b.next(topic))
			if got == "resync" {
				continue // on first subscribing
			}
			out = append(out, got)
			if strings.HasPrefix(got, "z ") {
				return out
			}
		}
	}
	heard["agent"], heard["lead"] = until(agent, "calls:7:31"), until(lead, "calls:7:40")
	for who, want := range map[string][]string{
		"boss":  {"a queued", "b talking", "a talking", "a talking", "ended a", "ended b", "z talking"},
		"agent": {"a talking", "ended a", "z talking"},
		"lead":  {"a queued", "a talking", "ended a", "z talking"},
	} {
		if !slices.Equal(heard[who], want) {
			t.Errorf("%s heard %q, want %q", who, heard[who], want)
		}
	}
}

func brief(t *testing.T, raw string) string {
	t.Helper()
	var m message
	if err := json.Unmarshal([]byte(raw), &m); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	switch {
	case m.Resync:
		return "resync"
	case m.Call != nil:
		return m.Call.ID + " " + m.Call.State
	}
	return "ended " + m.Ended
}

func TestCatchingUpAfterAGap(t *testing.T) {
	s := newStage(t)
	token := s.person(200, accounts.ScopeAll, nil, "calls.read")
	first := s.connect(token)
	began := first.subscribe("calls:7").Subscribe
	s.hub.Tell(floor.Update{Account: 7, Call: &floor.LiveCall{ID: "a", State: "ivr"}})
	first.next("calls:7")
	_ = first.conn.Close()
	for i := range 5 {
		s.hub.Tell(floor.Update{Account: 7, Call: &floor.LiveCall{ID: "m" + strconv.Itoa(i), State: "ivr"}})
	}
	// Another browser hears the last of them, so all are published by now.
	witness := s.connect(token)
	witness.subscribe("calls:7")
	s.hub.Tell(floor.Update{Account: 7, Ended: "a"})
	for brief(t, witness.next("calls:7")) != "ended a" {
	}
	back := s.connect(token).ask(map[string]any{"subscribe": map[string]any{
		"channel": "calls:7", "recover": true, "epoch": began.Epoch, "offset": began.Offset + 1,
	}})
	if back.Subscribe == nil || !back.Subscribe.Recovered {
		t.Fatalf("not recovered: %+v", back)
	}
	var got []string
	for _, p := range back.Subscribe.Publications {
		got = append(got, brief(t, string(p.Data)))
	}
	want := []string{"m0 ivr", "m1 ivr", "m2 ivr", "m3 ivr", "m4 ivr", "ended a"}
	if !slices.Equal(got, want) {
		t.Fatalf("caught up with %q, want %q", got, want)
	}
}

func TestViewerAwayForLongIsToldToReadAgain(t *testing.T) {
	s := newStage(t)
	token := s.person(31, accounts.ScopeOwn, []int64{31}, "calls.handle", "calls.read")
	b := s.connect(token)
	began := b.subscribe("calls:7:31").Subscribe
	_ = b.conn.Close()
	waitFor(t, func() bool {
		s.hub.mu.Lock()
		defer s.hub.mu.Unlock()
		return len(s.hub.viewers["calls:7:31"].connections) == 0
	})
	s.clock.Advance(history + time.Second)
	s.hub.forgetViewers()
	s.hub.Tell(floor.Update{Account: 7, Call: &floor.LiveCall{ID: "missed", Agent: 31, State: "talking"}})
	waitFor(t, func() bool {
		s.hub.mu.Lock()
		defer s.hub.mu.Unlock()
		return len(s.hub.pending.order) == 0
	})
	back := s.connect(token).ask(map[string]any{"subscribe": map[string]any{
		"channel": "calls:7:31", "recover": true, "epoch": began.Epoch, "offset": began.Offset,
	}})
	if back.Subscribe == nil {
		t.Fatalf("%+v", back)
	}
	if back.Subscribe.Recovered {
		last := back.Subscribe.Publications
		if len(last) == 0 || brief(t, string(last[len(last)-1].Data)) != "resync" {
			t.Fatalf("recovered without the call that was missed and without a resync: %+v", last)
		}
	}
}

func waitFor(t *testing.T, cond func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !cond() {
		if time.Now().After(deadline) {
			t.Fatal("it did not come about")
		}
		time.Sleep(time.Millisecond)
	}
}
