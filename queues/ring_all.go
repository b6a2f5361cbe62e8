package queues

// ringAll asks every free agent at once. Agents who become free while phones
// ring aren't added to the ring; they take other items.
type ringAll struct{}

func (ringAll) seat(m *member) seat { return seat{a: int64(m.Order), c: m.agent.id} }

// pick isn't used by a ring to all; see everyone.
func (ringAll) pick(_ *Board, g *group, e *entry) *member { return g.firstFor(e) }

// everyone adds all free agents who haven't missed the item.
func (g *group) everyone(e *entry, chosen []*member) []*member {
	for s := range g.free.all {
		if !e.tried(s.c) {
			chosen = append(chosen, g.members[s.i])
		}
	}
	return chosen
}
