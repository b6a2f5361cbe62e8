package queues

// random asks anyone, each free agent with the same chance.
type random struct{}

func (random) seat(m *member) seat { return seat{c: m.agent.id} }

func (random) pick(b *Board, g *group, e *entry) *member {
	candidates := g.free.len()
	for s := range g.free.all { // those who missed it don't take part in the draw
		if len(e.Tried) == 0 {
			break
		}
		if e.tried(s.c) {
			candidates--
		}
	}
	if candidates == 0 {
		return nil
	}
	draw := int(b.random() % uint64(candidates))
	if len(e.Tried) == 0 {
		return g.members[g.free.at(draw).i]
	}
	for s := range g.free.all {
		if e.tried(s.c) {
			continue
		}
		if draw == 0 {
			return g.members[s.i]
		}
		draw--
	}
	return nil
}

// random is splitmix64: one word of state, so that a snapshot holds it.
func (b *Board) random() uint64 {
	b.seed += 0x9e3779b97f4a7c15
	z := b.seed
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
