package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"switchdesk/agents"
	"switchdesk/calls"
)

// writer brings ended calls and the agents' time log from the journal to the
// database, in batches, for as long as it takes: a database that is away
// costs delay and nothing else.
type writer struct {
	log   *slog.Logger
	save  func(ctx context.Context, bundles []calls.Bundle, spans []agents.Span) error
	saved func(bundles []calls.Bundle) // after a batch is in the database
	most  time.Duration                // between two tries
	mu    sync.Mutex
	queue []parcel
	wake  chan struct{}
}

// parcel is what one step of the floor wrote down; done lets the journal
// forget it.
type parcel struct {
	bundles []calls.Bundle
	spans   []agents.Span
	done    func()
}

const (
	batchCalls    = 200
	triesTogether = 3
	retryFirst    = 200 * time.Millisecond
	retryMost     = 10 * time.Second
)

func newWriter(log *slog.Logger, save func(context.Context, []calls.Bundle, []agents.Span) error) *writer {
	return &writer{log: log, save: save, most: retryMost, wake: make(chan struct{}, 1)}
}

// Keep takes a parcel; it never waits.
func (w *writer) Keep(bundles []calls.Bundle, spans []agents.Span, done func()) {
	w.mu.Lock()
	w.queue = append(w.queue, parcel{bundles, spans, done})
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Waiting is how many parcels are not in the database yet.
func (w *writer) Waiting() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.queue)
}

// Run writes until ctx ends, then once more what can be written at once.
func (w *writer) Run(ctx context.Context) error {
	for {
		if w.flush(ctx) {
			continue
		}
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
			defer cancel()
			for w.flush(last) {
			}
			return nil
		case <-w.wake:
		}
	}
}

// flush writes one batch; it reports whether there was one and it is written.
func (w *writer) flush(ctx context.Context) bool {
	w.mu.Lock()
	var batch []parcel
	n := 0
	for _, p := range w.queue {
		if n > 0 && n+len(p.bundles) > batchCalls {
			break
		}
		batch = append(batch, p)
		n += len(p.bundles)
		if len(batch) >= 4*batchCalls {
			break
		}
	}
	w.mu.Unlock()
	if len(batch) == 0 {
		return false
	}
	var bundles []calls.Bundle
	var spans []agents.Span
	for _, p := range batch {
		bundles = append(bundles, p.bundles...)
		spans = append(spans, p.spans...)
	}
	if !w.persist(ctx, bundles, spans) {
		return false
	}
	w.mu.Lock()
	w.queue = append([]parcel(nil), w.queue[len(batch):]...)
	w.mu.Unlock()
	for _, p := range batch {
		p.done()
	}
	if w.saved != nil && len(bundles) > 0 {
		w.saved(bundles)
	}
	return true
}

// persist tries until the database has taken everything. Where it takes some
// and refuses others time and again, those are set aside: they stay in the
// log with all they hold, and hold up nobody.
func (w *writer) persist(ctx context.Context, bundles []calls.Bundle, spans []agents.Span) bool {
	wait := retryFirst
	for try := 1; ; try++ {
		err := w.save(ctx, bundles, spans)
		if err == nil {
			return true
		}
		if try%triesTogether == 0 && w.oneByOne(ctx, bundles, spans) {
			return true
		}
		w.log.Error("records can't be written to the database; they wait in the journal", "error", err, "calls", len(bundles), "retry_in", wait)
		select {
		case <-ctx.Done():
			return false
		case <-time.After(wait):
		}
		wait = min(2*wait, w.most)
	}
}

// oneByOne writes each alone; it reports whether all but what the database
// refuses for its own sake is written. A record counts as refused only if one
// that was taken before is taken again right after: a database that comes and
// goes condemns nobody.
func (w *writer) oneByOne(ctx context.Context, bundles []calls.Bundle, spans []agents.Span) bool {
	if len(spans) > 0 && w.save(ctx, nil, spans) != nil {
		return false
	}
	var good, bad []calls.Bundle
	for _, b := range bundles {
		if w.save(ctx, []calls.Bundle{b}, nil) == nil {
			good = append(good, b)
		} else {
			bad = append(bad, b)
		}
	}
	if len(bad) > 0 && len(good) == 0 {
		return false
	}
	for _, b := range bad {
		err := w.save(ctx, []calls.Bundle{b}, nil)
		if err == nil {
			continue
		}
		if w.save(ctx, good[:1], nil) != nil {
			return false
		}
		w.log.Error("the database refuses a record; it is set aside", "call", b.Record.ID, "account", b.Account, "error", err, "record", b)
	}
	return true
}
