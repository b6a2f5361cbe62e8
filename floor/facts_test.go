package floor

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"switchdesk/calls"
	"switchdesk/esl"
	"switchdesk/queues"
)

// checkStretches holds the talks and holds of a record against its sums: the
// same seconds, nothing open, talks one after another, holds within talks.
func checkStretches(b *calls.Bundle) {
	var talk, hold time.Duration
	var last calls.StretchRow
	for _, s := range b.Stretches {
		if s.EndedAt.Before(s.BeganAt) || s.EndedAt.After(b.Record.EndedAt) || s.BeganAt.Before(b.Record.StartedAt) {
			panic(fmt.Sprintf("stretch outside of its call %s: %+v", b.Record.ID, s))
		}
		switch s.Kind {
		case calls.InTalk:
			if s.BeganAt.Before(last.EndedAt) {
				panic(fmt.Sprintf("two talks at once in %s: %+v %+v", b.Record.ID, last, s))
			}
			if s.How == "" {
				panic("a talk from nowhere: " + b.Record.ID)
			}
			talk += s.EndedAt.Sub(s.BeganAt)
			last = s
		case calls.OnHold:
			if s.BeganAt.Before(last.BeganAt) || s.EndedAt.After(last.EndedAt) {
				panic(fmt.Sprintf("a hold outside of its talk in %s: %+v %+v", b.Record.ID, last, s))
			}
			hold += s.EndedAt.Sub(s.BeganAt)
		}
	}
	if got, want := (talk - hold).Seconds(), b.Record.TalkSeconds; got < want-0.001 || got > want+0.001 {
		panic(fmt.Sprintf("%s: stretches say %v s of talk, the record %v", b.Record.ID, got, want))
	}
	if b.Record.Outcome == calls.Answered && last.BeganAt.IsZero() {
		panic("answered without a talk: " + b.Record.ID)
	}
}

// A caller who calls again is marked as the call comes in, by what is
// remembered, by the records after a restart, and by a call that still goes on.
func TestRepeatCallsAreMarkedAtArrival(t *testing.T) {
	m := newModel(t, 1, queues.LongestIdle, 2)
	m.core.SetSeen(1, map[string]time.Time{
		"13900000101": m.now.Add(-23 * time.Hour), "13900000102": m.now.Add(-25 * time.Hour),
		"13900000103": m.now.Add(-48 * time.Hour), "13900000104": m.now.Add(-48*time.Hour - time.Second),
	})
	serial := 0
	arrives := func(c *Core, from string) *Live {
		serial++
		leg := fmt.Sprintf("repeat-%d", serial)
		c.Event(&esl.Event{Kind: esl.Park, Inbound: true, Node: "fs1", UUID: leg, Context: contextPublic, From: from, To: "4008001000"}, m.now)
		return c.legs[leg]
	}
	for _, want := range []struct {
		from string
		in   int
	}{
		{"13900000101", 24}, {"13900000102", 48}, {"13900000103", 48}, {"13900000104", 0},
		{"13900000105", 0}, {"13900000105", 24}, {"13900000104", 24}, {"", 0}, {"", 0},
	} {
		if got := arrives(m.core, want.from).Call.Repeat; got != want.in {
			t.Errorf("call from %q: repeat within %d hours, want %d", want.from, got, want.in)
		}
	}

	// The controller dies while a call goes on: its caller is known afterwards.
	data, err := json.Marshal(arrives(m.core, "13900000106"))
	if err != nil {
		t.Fatal(err)
	}
	kept := &Live{}
	if err := json.Unmarshal(data, kept); err != nil {
		t.Fatal(err)
	}
	c := New(m.set, m.ids)
	c.Apply(m.set, m.now)
	c.Readmit(kept, m.now)
	c.recount(&calls.Record{ID: "r", AccountID: 1, Direction: calls.In, From: "13900000107", StartedAt: m.now.Add(-30 * time.Hour)}, m.now)
	if got := arrives(c, "13900000106").Call.Repeat; got != 24 {
		t.Errorf("after a restart during the first call: %d", got)
	}
	if got := arrives(c, "13900000107").Call.Repeat; got != 48 {
		t.Errorf("after a restart, the first call in the journal alone: %d", got)
	}
	if b := kept.Call.Bundle(calls.Names{}); b.Record.Repeat != kept.Call.Repeat {
		t.Errorf("the record says %d, the call %d", b.Record.Repeat, kept.Call.Repeat)
	}
}
