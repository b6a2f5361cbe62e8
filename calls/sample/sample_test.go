package sample

import (
	"context"
	"reflect"
	"testing"
	"time"

	"switchdesk/calls"
	"switchdesk/storage/db/dbtest"
)

func plan(n int) Plan {
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return Plan{Account: 7, Agents: []Named{{1, "李静"}, {2, "王浩"}, {3, "刘洋"}}, Groups: []Named{{5, "售前"}, {6, "售后"}},
		Services: []string{"4008001234"}, From: from, To: from.AddDate(0, 3, 0), Count: n, Seed: 1}
}

func TestCallsAreSound(t *testing.T) {
	p := plan(5000)
	gen, again := New(p), New(p)
	outcomes, ids := map[calls.Outcome]int{}, map[string]bool{}
	for n := 0; ; n++ {
		b, ok := gen.Next()
		if same, _ := again.Next(); !reflect.DeepEqual(b, same) {
			t.Fatalf("call %d differs for the same seed", n)
		}
		if !ok {
			if n != p.Count {
				t.Fatalf("%d calls of %d", n, p.Count)
			}
			break
		}
		r := b.Record
		outcomes[r.Outcome]++
		if ids[r.ID] {
			t.Fatalf("id %s twice", r.ID)
		}
		ids[r.ID] = true
		if r.Outcome == "" || r.EndedAt.Before(r.StartedAt) || r.StartedAt.Before(p.From) || !r.StartedAt.Before(p.To) {
			t.Fatalf("%+v", r)
		}
		if (r.Outcome == calls.Answered) != (r.AnsweredAt != nil) || (r.RecordingState == calls.RecNone) != (b.Recording == nil) {
			t.Fatalf("%+v", b)
		}
		for _, l := range b.Legs {
			if l.CallID != r.ID || l.EndedAt.IsZero() {
				t.Fatalf("%+v", l)
			}
		}
	}
	for _, o := range append(calls.InboundOutcomes, calls.NoAnswer, calls.Busy, calls.Failed, calls.Cancelled) {
		if outcomes[o] == 0 {
			t.Errorf("no call with outcome %s in %v", o, outcomes)
		}
	}
	if outcomes[calls.Answered] < p.Count/2 {
		t.Errorf("only %d of %d answered", outcomes[calls.Answered], p.Count)
	}
}

func TestTheyFitTheTables(t *testing.T) {
	g := dbtest.SQLite(t)
	store, gen := calls.NewStore(g), New(plan(300))
	var bundles []calls.Bundle
	for b, ok := gen.Next(); ok; b, ok = gen.Next() {
		bundles = append(bundles, b)
	}
	if err := store.Save(context.Background(), bundles); err != nil {
		t.Fatal(err)
	}
	var n int64
	if err := g.Model(&calls.Record{}).Where("account_id = ?", 7).Count(&n).Error; err != nil || n != 300 {
		t.Fatalf("%d records: %v", n, err)
	}
}
