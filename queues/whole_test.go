package queues

import (
	"encoding/json"
	"slices"
	"time"
)

// whole checks the Board against itself and the model.
func (f *floor) whole() {
	held := map[int64]string{}
	for id, e := range f.b.entries {
		for _, agent := range e.Offered {
			if other, twice := held[agent]; twice {
				f.t.Fatalf("agent %d rings for %s and %s", agent, other, id)
			}
			held[agent] = id
		}
	}
	for id, a := range f.m.agents {
		if a.held != held[id] {
			f.t.Fatalf("agent %d rings for %q, want %q", id, held[id], a.held)
		}
	}
	if len(f.b.entries) != len(f.m.items) || f.entered != len(f.left)+len(f.m.items) {
		f.t.Fatalf("%d on the board, want %d; %d entered, %d left", len(f.b.entries), len(f.m.items), f.entered, len(f.left))
	}
	for id := range f.m.groups {
		f.group(id)
	}
}

func (f *floor) group(id int64) {
	var want []string
	var oldest time.Time
	s := Stats{Group: id, Members: len(f.m.groups[id].Members)}
	for _, e := range f.m.items {
		if e.Group != id {
			continue
		}
		want = append(want, e.ID)
		if s.Ringing++; len(e.Offered) == 0 {
			s.Ringing--
			s.Waiting++
		}
		if oldest.IsZero() || e.Entered.Before(oldest) {
			oldest = e.Entered
		}
	}
	for _, in := range f.m.groups[id].Members {
		a := f.m.agent(in.Agent)
		if a.is.Free && a.held == "" {
			s.Free++
		}
		if a.is.Presence != Absent {
			s.Online++
		}
		if a.is.Presence == Working {
			s.Working++
		}
	}
	s.Oldest = oldest
	var got []string
	for _, item := range f.b.Waiting(id) {
		got = append(got, item.ID)
	}
	stats, _ := f.b.GroupStats(id)
	stats.Pace = 0
	if !slices.Equal(got, want) || stats != s {
		f.t.Fatalf("group %d: %v %+v, want %v %+v", id, got, stats, want, s)
	}
}

// restart is a new process: a board from a snapshot that went through JSON.
func (f *floor) restart() {
	text, err := json.Marshal(f.b.Snapshot())
	if err != nil {
		f.t.Fatal(err)
	}
	var s Snapshot
	if err := json.Unmarshal(text, &s); err != nil {
		f.t.Fatal(err)
	}
	f.b = NewBoard(0)
	for _, g := range f.m.groups {
		f.b.SetGroup(g.Group, f.now)
		g.emptySince = time.Time{}
	}
	for id, a := range f.m.agents {
		f.b.SetAgent(id, a.is, f.now)
	}
	if homeless := f.b.Restore(s, f.now); len(homeless) > 0 {
		f.t.Fatalf("no group for %v", homeless)
	}
	for _, e := range f.m.items {
		if g := f.m.groups[e.Group]; g.Announce > 0 {
			e.nextAnnounce = f.now.Add(g.Announce)
		}
	}
	if again, _ := json.Marshal(f.b.Snapshot()); string(again) != string(text) {
		f.t.Fatalf("a restart keeps\n%s\nof\n%s", again, text)
	}
}
