package queues

import (
	"testing"
	"time"
)

// A call-back keeps the place and nothing else of who waits on the line: no
// time limit, no announcement, no place of the queue's limit.
func TestACallbackKeepsItsPlaceAndNeedsNoLine(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	b := NewBoard(1)
	g := NewGroup(1, "售后")
	g.ID, g.MaxWaiting, g.WaitLimit, g.Announce, g.EmptyLimit = 7, 2, time.Minute, 10*time.Second, 20*time.Second
	g.Members = []Member{{Agent: 1, Level: 1}}
	b.SetGroup(g, now)
	b.SetAgent(1, Availability{Presence: Away}, now)
	for i, id := range []string{"a", "b"} {
		if why := b.Enqueue(Item{ID: id, Account: 1, Group: 7}, now.Add(time.Duration(i)*time.Second)); why != Welcome {
			t.Fatalf("%s is refused: %s", id, why)
		}
	}
	now = now.Add(5 * time.Second)
	if why := b.Enqueue(Item{ID: "c", Account: 1, Group: 7}, now); why != Full {
		t.Errorf("a third caller in a queue of two: %q, want full", why)
	}
	left, _ := b.Leave("a")
	back := Item{ID: "a-back", Account: 1, Group: 7, Entered: left.Entered, Callback: true}
	if why := b.Readmit(back, now); why != Welcome {
		t.Fatalf("the call-back is refused: %s", why)
	}
	if at, _ := b.Position("a-back"); at != 1 {
		t.Errorf("the call-back stands at %d, want 1 as before", at)
	}
	if at, _ := b.Position("b"); at != 2 {
		t.Errorf("b stands at %d, want 2 behind the call-back", at)
	}
	if why := b.Enqueue(Item{ID: "d", Account: 1, Group: 7}, now); why != Welcome {
		t.Errorf("a call-back takes a place on the line: %q", why)
	}
	s, _ := b.GroupStats(7)
	if s.Waiting != 3 || s.Callbacks != 1 {
		t.Errorf("%d wait, %d of them call-backs; want 3 and 1", s.Waiting, s.Callbacks)
	}
	b.SetAgent(1, Availability{}, now) // signs out: the empty limit begins
	seen := map[string]int{}
	for i := 0; i < 300; i++ {
		now = now.Add(time.Second)
		for _, d := range b.Due(now) {
			if d.Kind == DueAnnounce {
				continue
			}
			seen[d.Item.ID]++
		}
	}
	if seen["b"] != 1 || seen["d"] != 1 || seen["a-back"] != 0 {
		t.Errorf("sent away: %v; want b and d once, the call-back never", seen)
	}
	b.SetAgent(1, Availability{Free: true, Presence: Working, IdleSince: now}, now)
	offers := b.Match(now)
	if len(offers) != 1 || offers[0].Item.ID != "a-back" || !offers[0].Item.Callback {
		t.Fatalf("offers %+v, want the call-back", offers)
	}
	b.OfferTaken("a-back", 1, now)
	if s, _ := b.GroupStats(7); s.Callbacks != 0 || s.Waiting+s.Ringing != 0 {
		t.Errorf("after the answer the board still has %+v", s)
	}
}
