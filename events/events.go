// Package events tells facts to whoever is interested inside the process:
// this happened. It informs and never commands, and telling never waits.
package events

import (
	"sync"
	"sync/atomic"
)

// Topic tells facts of one type. The zero Topic is ready; a Topic must not be
// copied. It is safe for concurrent use.
type Topic[T any] struct {
	mu        sync.RWMutex
	listeners map[*Subscription[T]]struct{}
	dropped   atomic.Uint64
}

// Subscription is one listener's queue.
type Subscription[T any] struct {
	// C gives the facts in the order of their telling. It is closed by Close.
	C <-chan T

	topic   *Topic[T]
	queue   chan T
	dropped atomic.Uint64
	closed  bool // under the topic's lock
}

// Subscribe begins to listen, with room for so many facts not yet taken (at
// least one). Facts told before are not heard.
func (t *Topic[T]) Subscribe(room int) *Subscription[T] {
	queue := make(chan T, max(room, 1))
	s := &Subscription[T]{C: queue, topic: t, queue: queue}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.listeners == nil {
		t.listeners = map[*Subscription[T]]struct{}{}
	}
	t.listeners[s] = struct{}{}
	return s
}

// Publish tells a fact to everybody. A listener whose queue is full misses
// it, which is counted; Publish never waits.
func (t *Topic[T]) Publish(fact T) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for s := range t.listeners {
		select {
		case s.queue <- fact:
		default:
			s.dropped.Add(1)
			t.dropped.Add(1)
		}
	}
}

// Dropped counts the facts that any listener has missed, for the metrics.
func (t *Topic[T]) Dropped() uint64 { return t.dropped.Load() }

// Listeners counts the open subscriptions.
func (t *Topic[T]) Listeners() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return len(t.listeners)
}

// Dropped counts the facts that this listener has missed. One that needs them
// all compares before and after, and reads the whole state anew.
func (s *Subscription[T]) Dropped() uint64 { return s.dropped.Load() }

// Close ends the subscription; facts still queued can be read. It may be
// called more than once.
func (s *Subscription[T]) Close() {
	s.topic.mu.Lock()
	defer s.topic.mu.Unlock()
	if s.closed {
		return
	}
	s.closed = true
	delete(s.topic.listeners, s)
	close(s.queue)
}
