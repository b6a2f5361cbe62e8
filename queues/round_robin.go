package queues

// roundRobin goes round the list: whoever stands behind the agent asked last.
type roundRobin struct{}

func (roundRobin) seat(m *member) seat { return seat{a: int64(m.Order), c: m.agent.id} }

func (roundRobin) pick(_ *Board, g *group, e *entry) *member {
	behind := seat{a: g.cursor.a, c: g.cursor.c + 1}
	for s := range g.free.around(behind) {
		if !e.tried(s.c) {
			return g.members[s.i]
		}
	}
	return nil
}
