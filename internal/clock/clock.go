// Package clock is time that a test can turn.
package clock

import (
	"sync"
	"time"
)

// Clock tells the time and wakes after a while.
type Clock interface {
	Now() time.Time
	// After sends the time once d has passed.
	After(d time.Duration) <-chan time.Time
}

// Real is the machine's clock.
type Real struct{}

// Now is the present time.
func (Real) Now() time.Time { return time.Now() }

// After is time.After.
func (Real) After(d time.Duration) <-chan time.Time { return time.After(d) }

// Virtual stands still until Advance is called.
type Virtual struct {
	mu      sync.Mutex
	now     time.Time
	waiting []waiter
}

type waiter struct {
	at time.Time
	ch chan time.Time
}

// NewVirtual starts at t.
func NewVirtual(t time.Time) *Virtual { return &Virtual{now: t} }

// Now is where Advance has brought the time.
func (v *Virtual) Now() time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.now
}

// After wakes once Advance has passed d.
func (v *Virtual) After(d time.Duration) <-chan time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	ch := make(chan time.Time, 1)
	if d <= 0 {
		ch <- v.now
		return ch
	}
	v.waiting = append(v.waiting, waiter{v.now.Add(d), ch})
	return ch
}

// Advance moves the time on and wakes whoever is due.
func (v *Virtual) Advance(d time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.now = v.now.Add(d)
	rest := v.waiting[:0]
	for _, w := range v.waiting {
		if w.at.After(v.now) {
			rest = append(rest, w)
			continue
		}
		w.ch <- v.now
	}
	v.waiting = rest
}
