package queues

import (
	"cmp"
	"slices"
	"time"
)

// Snapshot is what a Board must keep over a restart beside its groups and
// agents, which SetGroup and SetAgent tell again.
type Snapshot struct {
	Seed   uint64   `json:"seed"`
	Groups []Memory `json:"groups"`
	Items  []Item   `json:"items"`
}

// Memory is what a group has learnt.
type Memory struct {
	Group     int64         `json:"group"`
	LastAgent int64         `json:"last_agent,omitempty"` // asked last, and the place in the list then
	LastOrder int64         `json:"last_order,omitempty"`
	Pace      time.Duration `json:"pace,omitempty"`
}

// Snapshot copies what has to be kept, in a stable order.
func (b *Board) Snapshot() Snapshot {
	s := Snapshot{Seed: b.seed}
	for id, g := range b.groups {
		s.Groups = append(s.Groups, g.memory(id))
		s.Items = append(s.Items, b.Waiting(id)...)
	}
	slices.SortFunc(s.Groups, func(x, y Memory) int { return cmp.Compare(x.Group, y.Group) })
	slices.SortFunc(s.Items, func(x, y Item) int { return cmp.Compare(x.ID, y.ID) })
	return s
}

func (g *group) memory(id int64) Memory {
	return Memory{Group: id, LastAgent: g.cursor.c, LastOrder: g.cursor.a, Pace: g.pace}
}

// Restore takes a snapshot back into a board whose groups are set. It returns
// the items whose group is gone, to be sent elsewhere.
func (b *Board) Restore(s Snapshot, now time.Time) (homeless []Item) {
	b.seed = s.Seed
	for _, m := range s.Groups {
		if g := b.groups[m.Group]; g != nil {
			g.cursor, g.pace = seat{a: m.LastOrder, c: m.LastAgent}, m.Pace
		}
	}
	for _, item := range s.Items {
		if b.Readmit(item, now) == NoGroup {
			homeless = append(homeless, item)
		}
	}
	return homeless
}
