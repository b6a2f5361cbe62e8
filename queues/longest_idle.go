package queues

// longestIdle asks whoever has been idle for the longest time.
type longestIdle struct{}

func (longestIdle) seat(m *member) seat {
	return seat{a: m.agent.is.IdleSince.UnixNano(), c: m.agent.id}
}

func (longestIdle) pick(_ *Board, g *group, e *entry) *member { return g.firstFor(e) }
