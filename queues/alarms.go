package queues

import "math"

const never = math.MaxInt64

// alarm wakes the board for an item or for a group without agents.
type alarm struct {
	at    int64 // Unix nanoseconds; never: not set
	slot  int32 // place in the heap + 1; 0: not in it
	entry *entry
	group *group
}

// alarms is a heap of what is due next, with four children a node: half the
// levels of a binary one, and the children of a node share cache lines.
type alarms []*alarm

// set moves the alarm to at; never takes it out.
func (h *alarms) set(a *alarm, at int64) {
	switch {
	case at == never && a.slot == 0:
		a.at = never
	case at == never:
		h.drop(a)
	case a.slot == 0:
		a.at = at
		*h = append(*h, a)
		a.slot = int32(len(*h))
		h.up(len(*h) - 1)
	case at != a.at:
		a.at = at
		i := int(a.slot) - 1
		if !h.up(i) {
			h.down(i)
		}
	}
}

func (h *alarms) drop(a *alarm) {
	i, last := int(a.slot)-1, len(*h)-1
	moved := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	a.slot, a.at = 0, never
	if i == last {
		return
	}
	(*h)[i] = moved
	moved.slot = int32(i + 1)
	if !h.up(i) {
		h.down(i)
	}
}

func (h alarms) up(i int) bool {
	a, moved := h[i], false
	for i > 0 {
		parent := (i - 1) / 4
		if h[parent].at <= a.at {
			break
		}
		h[i] = h[parent]
		h[i].slot = int32(i + 1)
		i, moved = parent, true
	}
	h[i] = a
	a.slot = int32(i + 1)
	return moved
}

func (h alarms) down(i int) {
	a := h[i]
	for {
		child := 4*i + 1
		if child >= len(h) {
			break
		}
		for k, end := child+1, min(child+4, len(h)); k < end; k++ {
			if h[k].at < h[child].at {
				child = k
			}
		}
		if a.at <= h[child].at {
			break
		}
		h[i] = h[child]
		h[i].slot = int32(i + 1)
		i = child
	}
	h[i] = a
	a.slot = int32(i + 1)
}
