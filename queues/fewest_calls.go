package queues

// fewestCalls asks whoever has had the fewest talks today, among equals the
// longest idle.
type fewestCalls struct{}

func (fewestCalls) seat(m *member) seat {
	return seat{a: int64(m.agent.is.CallsToday), b: m.agent.is.IdleSince.UnixNano(), c: m.agent.id}
}

func (fewestCalls) pick(_ *Board, g *group, e *entry) *member { return g.firstFor(e) }
