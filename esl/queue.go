package esl

import (
	"context"
	"sync"
)

// queue is the one way by which all that a node has to say reaches its
// reader, in order. Putting never waits; taking happens in batches on the
// queue's own goroutine.
type queue struct {
	out   func([]Event)
	limit int

	mu     sync.Mutex
	ready  []Event
	held   []Event // behind a Snapshot that is still being taken
	hold   bool
	inHand int // in the batch that out has now
	peak   int
	closed bool

	wake  chan struct{}
	empty chan struct{}
}

func newQueue(limit int, out func([]Event)) *queue {
	return &queue{out: out, limit: limit, wake: make(chan struct{}, 1), empty: make(chan struct{}, 1)}
}

func poke(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// put adds what the switch said; it reports false when the limit is reached,
// and then adds nothing.
func (q *queue) put(ev *Event) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := len(q.ready) + len(q.held) + q.inHand
	if n >= q.limit {
		return false
	}
	if n >= q.peak {
		q.peak = n + 1
	}
	if q.hold {
		q.held = append(q.held, *ev)
		return true
	}
	q.ready = append(q.ready, *ev)
	poke(q.wake)
	return true
}

// say adds what the node itself has to say, over the limit too: there is at
// most one such event for each command, connection or snapshot.
func (q *queue) say(ev Event) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.hold {
		q.held = append(q.held, ev)
		return
	}
	q.ready = append(q.ready, ev)
	poke(q.wake)
}

// holdAfter says ev and holds back all that follows.
func (q *queue) holdAfter(ev Event) {
	q.mu.Lock()
	defer q.mu.Unlock()
	// Nothing is held now but what came between subscription and this.
	q.ready = append(q.ready, ev)
	q.hold = true
	poke(q.wake)
}

// release says evs, then what was held.
func (q *queue) release(evs ...Event) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ready = append(append(q.ready, evs...), q.held...)
	q.held, q.hold = nil, false
	poke(q.wake)
}

func (q *queue) depth() (now, peak int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.ready) + len(q.held) + q.inHand, q.peak
}

// drained waits until all has been taken.
func (q *queue) drained(ctx context.Context) {
	for {
		if now, _ := q.depth(); now == 0 {
			return
		}
		select {
		case <-q.empty:
		case <-ctx.Done():
			return
		}
	}
}

// close lets run end once everything has been taken.
func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	poke(q.wake)
}

// run hands batches to out until close.
func (q *queue) run() {
	var batch []Event
	for {
		q.mu.Lock()
		batch, q.ready = q.ready, batch[:0]
		q.inHand = len(batch)
		closed := q.closed
		q.mu.Unlock()
		if len(batch) == 0 {
			poke(q.empty)
			if closed {
				return
			}
			<-q.wake
			continue
		}
		q.out(batch)
		clear(batch) // the strings are the reader's now
		if cap(batch) > 4096 {
			batch = nil
		}
		q.mu.Lock()
		q.inHand = 0
		q.mu.Unlock()
	}
}
