package simswitch

import (
	"container/heap"
	"time"
)

// timer is something that the switch will do at a time of its own.
type timer struct {
	at  time.Time
	seq int64 // keeps timers of one moment in the order in which they were set
	fn  func()
	idx int
}

type timerHeap struct {
	list []*timer
	seq  int64
}

func (h *timerHeap) Len() int { return len(h.list) }
func (h *timerHeap) Less(i, j int) bool {
	a, b := h.list[i], h.list[j]
	if a.at.Equal(b.at) {
		return a.seq < b.seq
	}
	return a.at.Before(b.at)
}

func (h *timerHeap) Swap(i, j int) {
	h.list[i], h.list[j] = h.list[j], h.list[i]
	h.list[i].idx, h.list[j].idx = i, j
}

func (h *timerHeap) Push(x any) {
	t := x.(*timer)
	t.idx = len(h.list)
	h.list = append(h.list, t)
}

func (h *timerHeap) Pop() any {
	n := len(h.list) - 1
	t := h.list[n]
	h.list[n] = nil
	h.list = h.list[:n]
	t.idx = -1
	return t
}

func (h *timerHeap) next() (time.Time, bool) {
	if len(h.list) == 0 {
		return time.Time{}, false
	}
	return h.list[0].at, true
}

func (h *timerHeap) popDue(now time.Time) *timer {
	if len(h.list) == 0 || h.list[0].at.After(now) {
		return nil
	}
	return heap.Pop(h).(*timer)
}

// after has fn run when d of the switch's time has passed.
func (e *Engine) after(d time.Duration, fn func()) *timer {
	e.timers.seq++
	t := &timer{at: e.Now().Add(max(d, 0)), seq: e.timers.seq, fn: fn}
	heap.Push(&e.timers, t)
	if t.idx == 0 {
		select {
		case e.wake <- struct{}{}:
		default:
		}
	}
	return t
}

// stop takes a timer away; nil and timers that ran already are fine.
func (e *Engine) stop(t *timer) {
	if t != nil && t.idx >= 0 {
		heap.Remove(&e.timers, t.idx)
		t.idx = -1
	}
}
