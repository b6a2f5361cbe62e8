package queues

// skillLevel asks the highest level first, among equals the longest idle.
type skillLevel struct{}

func (skillLevel) seat(m *member) seat {
	return seat{a: -int64(m.Level), b: m.agent.is.IdleSince.UnixNano(), c: m.agent.id}
}

func (skillLevel) pick(_ *Board, g *group, e *entry) *member { return g.firstFor(e) }
