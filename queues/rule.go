package queues

// rule is a strategy at work: the order in which it keeps the free agents, and
// whom it picks of those who haven't missed the item yet (nil: all have).
type rule interface {
	seat(m *member) seat
	pick(b *Board, g *group, e *entry) *member
}

func ruleOf(s Strategy) rule {
	switch s {
	case RoundRobin:
		return roundRobin{}
	case FewestCalls:
		return fewestCalls{}
	case FixedOrder:
		return fixedOrder{}
	case Random:
		return random{}
	case RingAll:
		return ringAll{}
	case SkillLevel:
		return skillLevel{}
	default:
		return longestIdle{}
	}
}

// firstFor is the first free agent in the rule's order.
func (g *group) firstFor(e *entry) *member {
	for s := range g.free.all {
		if !e.tried(s.c) {
			return g.members[s.i]
		}
	}
	return nil
}
