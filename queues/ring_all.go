package queues

// ringAll asks every free agent at once. Agents who become free while phones
// ring aren't added to the ring; they take other items.
type ringAll struct{}

func (ringAll) seat(m *member) seat { return seat{a: int64(m.Order), c: m.agent.id} }

// pick isn't used by a ring to all; see everyone.
func (ringAll) pick(_ *Board, g *group, e *entry) *member { return g.firstFor(e) }

// everyone is all free agents who haven't missed the item.
func (g *group) everyone(e *entry) []*member {
	chosen := make([]*member, 0, g.free.len())
	for s := range g.free.all {
		if !e.tried(s.m.agent.id) {
			chosen = append(chosen, s.m)
		}
	}
	return chosen
}
