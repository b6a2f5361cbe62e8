package esl

import (
	"sync"
	"sync/atomic"
	"time"
)

// ReplyBounds are the upper bounds of Stats.ReplyBuckets; the last bucket has
// none.
var ReplyBounds = [...]time.Duration{
	time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond, 10 * time.Millisecond,
	25 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond, 500 * time.Millisecond, 2 * time.Second,
}

// Stats are a node's figures since it was made.
type Stats struct {
	Connected time.Time // since when; zero while offline
	LastError error     // what ended the last connection or try

	Events    uint64        // decoded
	Skipped   uint64        // of kinds that nobody needs
	Lag       time.Duration // from the switch's stamp to us, newest event
	Queued    int           // events that wait for the reader
	QueuePeak int

	Resyncs      uint64        // snapshots taken
	SnapshotTime time.Duration // the newest one's
	Channels     int           // in it
	Drops        uint64        // connections lost
	Overflows    uint64        // … of them closed by ourselves because events were not taken

	Commands uint64
	Failed   uint64 // refused, not sent, or unanswered
	Timeouts uint64 // replies that did not come in time
	Late     uint64 // … of them that came later, and were thrown away

	Replies      uint64
	ReplyTotal   time.Duration
	ReplyMax     time.Duration
	ReplyBuckets [len(ReplyBounds) + 1]uint64
}

type stats struct {
	events, skipped, overflows, commands, failed, timeouts, late atomic.Uint64

	lag atomic.Int64

	mu sync.Mutex
	s  Stats
}

func (s *stats) event(ev *Event) {
	// Looking at the clock for one event in 64 is often enough.
	if n := s.events.Add(1); n%64 == 1 && !ev.At.IsZero() {
		s.lag.Store(int64(time.Since(ev.At)))
	}
}

func (s *stats) reply(d time.Duration) {
	i := 0
	for i < len(ReplyBounds) && d > ReplyBounds[i] {
		i++
	}
	s.mu.Lock()
	s.s.Replies++
	s.s.ReplyTotal += d
	s.s.ReplyMax = max(s.s.ReplyMax, d)
	s.s.ReplyBuckets[i]++
	s.mu.Unlock()
}

func (s *stats) connected() {
	s.mu.Lock()
	s.s.Connected = time.Now()
	s.mu.Unlock()
}

func (s *stats) disconnected() {
	s.mu.Lock()
	s.s.Connected = time.Time{}
	s.s.Drops++
	s.mu.Unlock()
}

func (s *stats) synced(channels int) {
	s.mu.Lock()
	s.s.Resyncs++
	s.s.Channels = channels
	s.mu.Unlock()
}

func (s *stats) snapshotTook(d time.Duration) {
	s.mu.Lock()
	s.s.SnapshotTime = d
	s.mu.Unlock()
}

// Stats tells the node's figures; any goroutine may ask.
func (n *Node) Stats() Stats {
	s := &n.stats
	s.mu.Lock()
	out := s.s
	s.mu.Unlock()
	out.Events, out.Skipped = s.events.Load(), s.skipped.Load()
	out.Overflows, out.Commands = s.overflows.Load(), s.commands.Load()
	out.Failed, out.Timeouts, out.Late = s.failed.Load(), s.timeouts.Load(), s.late.Load()
	out.Lag = time.Duration(s.lag.Load())
	out.Queued, out.QueuePeak = n.q.depth()
	n.mu.Lock()
	out.LastError = n.why
	n.mu.Unlock()
	return out
}
