package queues

// fixedOrder asks the first of the list who is free.
type fixedOrder struct{}

func (fixedOrder) seat(m *member) seat { return seat{a: int64(m.Order), c: m.agent.id} }

func (fixedOrder) pick(_ *Board, g *group, e *entry) *member { return g.firstFor(e) }
