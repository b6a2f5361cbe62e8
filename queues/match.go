package queues

import (
	"slices"
	"time"
)

// Match gives waiting items to free agents until no item is left that a free
// agent could take: always the item of highest priority first, among equals
// the one that entered first, whichever group it waits in. The group's
// strategy chooses the agent. An agent who missed the item is asked for it
// again only when no other free agent is left, and not before AskPause (or a
// second, if that is more) is over; the next item may go to that agent
// meanwhile.
func (b *Board) Match(now time.Time) []Offer {
	if len(b.dirty) == 0 {
		return nil
	}
	var offers []Offer
	for _, g := range b.dirty {
		g.dirty = false
		if e := b.candidate(g, now); e != nil {
			b.best.push(e.place())
		}
	}
	b.dirty = b.dirty[:0]
	for len(b.best) > 0 {
		p := b.best.pop()
		g := p.e.group
		e := b.candidate(g, now) // agents may be gone since p was found
		if e == p.e {
			offers = append(offers, b.offer(e, now))
			e = b.candidate(g, now)
		}
		if e != nil {
			b.best.push(e.place())
		}
	}
	return offers
}

// candidate is the group's first item that some free agent may be asked for.
func (b *Board) candidate(g *group, now time.Time) *entry {
	if g.free.len() == 0 {
		return nil
	}
	for p := range g.waiting.all {
		if len(p.e.Tried) == 0 || b.anyFor(p.e, now) {
			return p.e
		}
	}
	return nil
}

// anyFor tells whether a free agent may be asked for an item that others have
// missed already.
func (b *Board) anyFor(e *entry, now time.Time) bool {
	for s := range e.group.free.all { // ends after len(Tried)+1 at the latest
		if !e.tried(s.c) {
			return true
		}
	}
	return len(b.missed(e, now)) > 0
}

// missed lists the free agents who missed the item and whose pause is over,
// the longest ago first.
func (b *Board) missed(e *entry, now time.Time) []*member {
	var again []*member
	at := func(m *member) time.Time {
		i := slices.IndexFunc(e.Tried, func(t Attempt) bool { return t.Agent == m.agent.id })
		return e.Tried[i].At
	}
	for _, t := range e.Tried {
		a := b.agents[t.Agent]
		if a == nil || !a.ready() || t.At.Add(e.group.pause()).After(now) {
			continue
		}
		if m := a.in(e.group); m != nil {
			again = append(again, m)
		}
	}
	slices.SortStableFunc(again, func(x, y *member) int { return at(x).Compare(at(y)) })
	return again
}

func (b *Board) offer(e *entry, now time.Time) Offer {
	b.chosen = b.choose(e, b.chosen[:0], now)
	b.ring(e)
	e.Offered = make([]int64, 0, len(b.chosen))
	for _, m := range b.chosen {
		b.hold(m.agent, e)
		e.Offered = append(e.Offered, m.agent.id)
	}
	item := e.copy()
	return Offer{Item: item, Agents: item.Offered}
}

// choose picks whom to ask: the caller's last agent if the group wants that, or
// by strategy among those who haven't missed the item, or else who missed it
// the longest ago.
func (b *Board) choose(e *entry, chosen []*member, now time.Time) []*member {
	g := e.group
	if m := b.lastAgent(e); m != nil {
		return append(chosen, m)
	}
	if g.Strategy == RingAll {
		if chosen = g.everyone(e, chosen); len(chosen) == 0 {
			chosen = b.missed(e, now)
		}
		return chosen
	}
	m := g.rule.pick(b, g, e)
	if m == nil {
		m = b.missed(e, now)[0]
	}
	g.cursor = seat{a: int64(m.Order), c: m.agent.id}
	return append(chosen, m)
}

// lastAgent is the caller's last agent, if the group asks that one first and
// it can be now; the turn of the others doesn't move.
func (b *Board) lastAgent(e *entry) *member {
	if !e.group.LastAgentFirst || e.LastAgent == 0 || e.tried(e.LastAgent) {
		return nil
	}
	if a := b.agents[e.LastAgent]; a != nil && a.ready() {
		return a.in(e.group)
	}
	return nil
}

// OfferFailed says that this agent's ring for the item came to nothing. When
// no other phone rings for it, the item waits again in its old place.
func (b *Board) OfferFailed(id string, agent int64, now time.Time) bool {
	e := b.entries[id]
	if e == nil {
		return false
	}
	i := slices.Index(e.Offered, agent)
	if i < 0 {
		return false
	}
	e.miss(agent, now)
	if len(e.Offered) == 1 {
		e.group.ringing.remove(e.place())
		e.Offered = nil
		e.group.waiting.insert(e.place())
		b.time(e, now)
		b.watchEmpty(e.group, now)
		b.touch(e.group)
	} else {
		e.Offered = slices.Delete(e.Offered, i, i+1)
	}
	b.letGo(agent, e)
	return true
}

func (e *entry) miss(agent int64, now time.Time) {
	for i := range e.Tried {
		if e.Tried[i].Agent == agent {
			e.Tried[i].At = now.Round(0)
			return
		}
	}
	e.Tried = append(e.Tried, Attempt{agent, now.Round(0)})
}

// OfferTaken says that this agent has the item, which leaves the board. It
// returns the others whose phones ring for it, to be withdrawn; false if the
// item isn't offered to this agent (any more).
func (b *Board) OfferTaken(id string, agent int64, now time.Time) (withdraw []int64, ok bool) {
	e := b.entries[id]
	if e == nil || !slices.Contains(e.Offered, agent) {
		return nil, false
	}
	for _, other := range e.Offered {
		if other != agent {
			withdraw = append(withdraw, other)
		}
	}
	g := e.group
	g.served(now)
	b.drop(e)
	return withdraw, true
}

// served takes one more answer into the group's pace.
func (g *group) served(now time.Time) {
	at := now.UnixNano()
	switch took := time.Duration(at - g.mark); {
	case took < 0:
	case g.pace == 0:
		g.pace = took
	default:
		g.pace += (took - g.pace) / 8
	}
	g.mark = at
}

// choices is a heap of the best item of each group in question.
type choices []place

func (c *choices) push(p place) {
	h := append(*c, p)
	i := len(h) - 1
	for i > 0 && h[i].before(h[(i-1)/2]) {
		h[i], h[(i-1)/2] = h[(i-1)/2], h[i]
		i = (i - 1) / 2
	}
	*c = h
}

func (c *choices) pop() place {
	h := *c
	top, last := h[0], len(h)-1
	h[0] = h[last]
	h[last] = place{}
	h = h[:last]
	for i := 0; ; {
		child := 2*i + 1
		if child >= len(h) {
			break
		}
		if child+1 < len(h) && h[child+1].before(h[child]) {
			child++
		}
		if !h[child].before(h[i]) {
			break
		}
		h[i], h[child] = h[child], h[i]
		i = child
	}
	*c = h
	return top
}
