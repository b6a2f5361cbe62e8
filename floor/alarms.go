package floor

import (
	"container/heap"
	"time"
)

// alarm wakes a call or an agent. An alarm that was overtaken by a newer one
// of its owner is let pass.
type alarm struct {
	at    time.Time
	call  string
	agent int64
}

type alarms struct{ h alarmHeap }

func (a *alarms) push(x alarm) { heap.Push(&a.h, x) }

func (a *alarms) next() time.Time {
	if len(a.h) == 0 {
		return time.Time{}
	}
	return a.h[0].at
}

func (a *alarms) due(now time.Time) (alarm, bool) {
	if len(a.h) == 0 || a.h[0].at.After(now) {
		return alarm{}, false
	}
	return heap.Pop(&a.h).(alarm), true
}

type alarmHeap []alarm

func (h alarmHeap) Len() int           { return len(h) }
func (h alarmHeap) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h alarmHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *alarmHeap) Push(x any)        { *h = append(*h, x.(alarm)) }
func (h *alarmHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
