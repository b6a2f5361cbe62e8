package queues

import (
	"cmp"
	"slices"
	"time"
)

// model says what the Board must do, in the plainest way: lists, searched from
// end to end for every decision. It shares the settings and the random
// numbers with the Board, and nothing of how it works.
type model struct {
	groups map[int64]*modelGroup
	agents map[int64]*modelAgent
	items  []*modelItem
	random Board // for its random numbers alone
}

type modelGroup struct {
	Group
	lastOrder, lastAgent int64
	emptySince           time.Time
}

type modelAgent struct {
	is   Availability
	held string
}

type modelItem struct {
	Item
	nextAnnounce time.Time
}

func newModel(seed uint64) *model {
	return &model{groups: map[int64]*modelGroup{}, agents: map[int64]*modelAgent{}, random: Board{seed: seed}}
}

func (m *model) agent(id int64) *modelAgent {
	if m.agents[id] == nil {
		m.agents[id] = &modelAgent{}
	}
	return m.agents[id]
}

func (m *model) find(id string) *modelItem {
	for _, e := range m.items {
		if e.ID == id {
			return e
		}
	}
	return nil
}

func (m *model) waiting(group int64) (n int) {
	for _, e := range m.items {
		if e.Group == group && len(e.Offered) == 0 {
			n++
		}
	}
	return n
}

func (m *model) nobody(g *modelGroup) bool {
	for _, in := range g.Members {
		p := m.agent(in.Agent).is.Presence
		if p == Working || (p == Away && !g.NeedWorking) {
			return false
		}
	}
	return true
}

// settle notes which groups have had nobody since when.
func (m *model) settle(now time.Time) {
	for _, g := range m.groups {
		switch {
		case !m.nobody(g) || m.waiting(g.ID) == 0:
			g.emptySince = time.Time{}
		case g.emptySince.IsZero():
			g.emptySince = now
		}
	}
}

func (m *model) enqueue(item Item, now time.Time) Refusal {
	g := m.groups[item.Group]
	switch {
	case m.find(item.ID) != nil:
		return Waits
	case g == nil:
		return NoGroup
	case m.nobody(g):
		return NoAgent
	case g.MaxWaiting > 0 && m.waiting(g.ID) >= g.MaxWaiting:
		return Full
	}
	if item.Entered.IsZero() {
		item.Entered = now
	}
	item.Joined = now
	e := &modelItem{Item: item}
	if g.Announce > 0 {
		e.nextAnnounce = now.Add(g.Announce)
	}
	m.items = append(m.items, e)
	slices.SortFunc(m.items, func(x, y *modelItem) int {
		return cmp.Or(cmp.Compare(y.Priority, x.Priority), x.Entered.Compare(y.Entered), cmp.Compare(x.ID, y.ID))
	})
	return Welcome
}

func (m *model) remove(e *modelItem) {
	for _, id := range e.Offered {
		m.agent(id).held = ""
	}
	m.items = slices.DeleteFunc(m.items, func(x *modelItem) bool { return x == e })
}

// missed is when the agent missed the item; zero: never.
func (e *modelItem) missed(agent int64) time.Time {
	for _, t := range e.Tried {
		if t.Agent == agent {
			return t.At
		}
	}
	return time.Time{}
}

// eligible lists the members who may be asked for the item, those who haven't
// missed it if there are any.
func (m *model) eligible(e *modelItem, now time.Time) (fresh, again []Member) {
	g := m.groups[e.Group]
	for _, in := range g.Members {
		a := m.agent(in.Agent)
		if !a.is.Free || a.held != "" {
			continue
		}
		switch at := e.missed(in.Agent); {
		case at.IsZero():
			fresh = append(fresh, in)
		case !at.Add(max(g.AskPause, time.Second)).After(now):
			again = append(again, in)
		}
	}
	return fresh, again
}

// match asks, as long as there is an item that somebody may be asked for.
func (m *model) match(now time.Time) (offers []Offer) {
	for again := true; again; {
		again = false
		for _, e := range m.items {
			if len(e.Offered) > 0 {
				continue
			}
			if agents := m.ask(e, now); len(agents) > 0 {
				e.Offered = agents
				for _, id := range agents {
					m.agent(id).held = e.ID
				}
				offers = append(offers, Offer{Item: Item{ID: e.ID}, Agents: slices.Clone(agents)})
				again = true
				break
			}
		}
	}
	return offers
}

func (m *model) ask(e *modelItem, now time.Time) (agents []int64) {
	g := m.groups[e.Group]
	fresh, missed := m.eligible(e, now)
	slices.SortStableFunc(fresh, func(x, y Member) int { return cmp.Compare(x.Agent, y.Agent) })
	var chosen []Member
	switch last := slices.IndexFunc(fresh, func(in Member) bool { return g.LastAgentFirst && in.Agent == e.LastAgent }); {
	case last >= 0:
		return []int64{fresh[last].Agent}
	case len(fresh) > 0 && g.Strategy == RingAll:
		slices.SortStableFunc(fresh, byOrder)
		chosen = fresh
	case len(fresh) > 0:
		chosen = []Member{m.pick(g, fresh)}
	case len(missed) > 0:
		slices.SortStableFunc(missed, func(x, y Member) int {
			return cmp.Or(e.missed(x.Agent).Compare(e.missed(y.Agent)), cmp.Compare(e.nth(x.Agent), e.nth(y.Agent)))
		})
		chosen = missed
		if g.Strategy != RingAll {
			chosen = chosen[:1]
		}
	}
	for _, in := range chosen {
		if g.Strategy != RingAll {
			g.lastOrder, g.lastAgent = int64(in.Order), in.Agent
		}
		agents = append(agents, in.Agent)
	}
	return agents
}

func (e *modelItem) nth(agent int64) int {
	return slices.IndexFunc(e.Tried, func(t Attempt) bool { return t.Agent == agent })
}

func byOrder(x, y Member) int {
	return cmp.Or(cmp.Compare(x.Order, y.Order), cmp.Compare(x.Agent, y.Agent))
}

// pick chooses among candidates in the order of their ids.
func (m *model) pick(g *modelGroup, candidates []Member) Member {
	idle := func(x, y Member) int {
		return m.agent(x.Agent).is.IdleSince.Compare(m.agent(y.Agent).is.IdleSince)
	}
	switch g.Strategy {
	case RoundRobin:
		slices.SortStableFunc(candidates, byOrder)
		for _, in := range candidates {
			if byOrder(in, Member{Agent: g.lastAgent, Order: int(g.lastOrder)}) > 0 {
				return in
			}
		}
		return candidates[0]
	case FewestCalls:
		return slices.MinFunc(candidates, func(x, y Member) int {
			return cmp.Or(cmp.Compare(m.agent(x.Agent).is.CallsToday, m.agent(y.Agent).is.CallsToday), idle(x, y))
		})
	case FixedOrder:
		return slices.MinFunc(candidates, byOrder)
	case SkillLevel:
		return slices.MinFunc(candidates, func(x, y Member) int { return cmp.Or(cmp.Compare(y.Level, x.Level), idle(x, y)) })
	case Random:
		return candidates[m.random.random()%uint64(len(candidates))]
	}
	return slices.MinFunc(candidates, idle)
}

func (m *model) failed(id string, agent int64, now time.Time) bool {
	e := m.find(id)
	if e == nil || !slices.Contains(e.Offered, agent) {
		return false
	}
	e.Offered = slices.DeleteFunc(e.Offered, func(x int64) bool { return x == agent })
	m.agent(agent).held = ""
	if i := e.nth(agent); i >= 0 {
		e.Tried[i].At = now
	} else {
		e.Tried = append(e.Tried, Attempt{agent, now})
	}
	return true
}

func (m *model) taken(id string, agent int64) (withdraw []int64, ok bool) {
	e := m.find(id)
	if e == nil || !slices.Contains(e.Offered, agent) {
		return nil, false
	}
	for _, other := range e.Offered {
		if other != agent {
			withdraw = append(withdraw, other)
		}
	}
	m.remove(e)
	return withdraw, true
}

// due lists "kind id" of what is due by now, sorted.
func (m *model) due(now time.Time) (list []string) {
	for _, e := range slices.Clone(m.items) {
		g := m.groups[e.Group]
		emptied := g.EmptyLimit > 0 && !g.emptySince.IsZero() && !g.emptySince.Add(g.EmptyLimit).After(now)
		timedOut := g.WaitLimit > 0 && !e.Joined.Add(g.WaitLimit).After(now)
		switch {
		case len(e.Offered) > 0:
		case timedOut && (!emptied || !e.Joined.Add(g.WaitLimit).After(g.emptySince.Add(g.EmptyLimit))):
			list = append(list, string(DueTimeout)+" "+e.ID)
			m.remove(e)
		case emptied:
			list = append(list, string(DueNoAgent)+" "+e.ID)
			m.remove(e)
		}
	}
	for _, e := range m.items {
		g := m.groups[e.Group]
		if len(e.Offered) > 0 || g.Announce <= 0 || e.nextAnnounce.After(now) {
			continue
		}
		list = append(list, string(DueAnnounce)+" "+e.ID)
		for !e.nextAnnounce.After(now) {
			e.nextAnnounce = e.nextAnnounce.Add(g.Announce)
		}
	}
	slices.Sort(list)
	return list
}
