package app

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"switchdesk/agents"
	"switchdesk/calls"
)

// table is a database that may be away, and that never takes a bad record.
type table struct {
	mu   sync.Mutex
	away int // refusals left
	rows map[string]bool
}

func (t *table) save(_ context.Context, bundles []calls.Bundle, _ []agents.Span) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.away > 0 {
		t.away--
		return errors.New("connection refused")
	}
	for _, b := range bundles {
		if b.Record.ID == "bad" {
			return errors.New("data too long")
		}
	}
	for _, b := range bundles {
		t.rows[b.Record.ID] = true
	}
	return nil
}

func bundle(id string) calls.Bundle { return calls.Bundle{Record: calls.Record{ID: id}} }

// run keeps bundles and waits until each is done with.
func runWriter(t *testing.T, db *table, ids ...string) {
	t.Helper()
	w := newWriter(slog.New(slog.DiscardHandler), db.save)
	ctx, stop := context.WithCancel(context.Background())
	over := make(chan error, 1)
	go func() { over <- w.Run(ctx) }()
	done := make(chan string, len(ids))
	for _, id := range ids {
		w.Keep([]calls.Bundle{bundle(id)}, nil, func() { done <- id })
	}
	for range ids {
		select {
		case <-done:
		case <-time.After(20 * time.Second):
			t.Fatal("the journal was never told to forget a record")
		}
	}
	stop()
	if err := <-over; err != nil {
		t.Fatal(err)
	}
}

func TestWriterWaitsForADatabaseThatIsAway(t *testing.T) {
	db := &table{away: 5, rows: map[string]bool{}}
	runWriter(t, db, "a", "b", "c")
	if len(db.rows) != 3 {
		t.Errorf("%v in the database, want a, b and c", db.rows)
	}
}

func TestOneBadRecordHoldsUpNobody(t *testing.T) {
	db := &table{rows: map[string]bool{}}
	runWriter(t, db, "a", "bad", "c")
	if !db.rows["a"] || !db.rows["c"] || db.rows["bad"] {
		t.Errorf("%v in the database, want a and c", db.rows)
	}
}
