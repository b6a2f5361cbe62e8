package queues

import (
	"reflect"
	"slices"
	"time"
)

// Board is every group of a cell, what waits in them, and who is free. One
// goroutine owns it. A decision costs microseconds at any size, since all that
// it looks at is kept in order.
type Board struct {
	groups  map[int64]*group
	agents  map[int64]*agent
	entries map[string]*entry
	alarms  alarms
	dirty   []*group // where something to match may have come up
	best    choices  // scratch of Match
	chosen  []*member
	seed    uint64 // of the strategy Random
}

// NewBoard makes an empty board; seed makes the random strategy repeatable.
func NewBoard(seed uint64) *Board {
	return &Board{
		groups: map[int64]*group{}, agents: map[int64]*agent{}, entries: map[string]*entry{}, seed: seed,
	}
}

// group is a skill group at work.
type group struct {
	Group
	rule            rule
	members         []*member
	waiting         sorted[place] // not ringing anywhere
	ringing         sorted[place]
	free            sorted[seat]
	online, working int
	cursor          seat // of the agent asked last
	pace            time.Duration
	mark            int64 // when pace's running interval began
	dirty           bool
	empty           alarm // EmptyLimit
	callbacks       int   // of those waiting and ringing, who will be called back
}

// agent is what the board knows of an agent; held is the item being offered.
type agent struct {
	id      int64
	is      Availability
	held    *entry
	members []*member
}

func (a *agent) ready() bool { return a.is.Free && a.held == nil }

func (a *agent) in(g *group) *member {
	for _, m := range a.members {
		if m.group == g {
			return m
		}
	}
	return nil
}

// member is an agent's seat in one group; seat counts only while listed.
type member struct {
	Member
	agent  *agent
	group  *group
	seat   seat
	listed bool  // in group.free
	i      int32 // in group.members
}

// seat is a place among the free agents of a group. It holds no pointer, so
// that the collector needn't look at who is free.
type seat struct {
	a, b, c int64
	i       int32 // in group.members
}

func (s seat) before(o seat) bool {
	switch {
	case s.a != o.a:
		return s.a < o.a
	case s.b != o.b:
		return s.b < o.b
	}
	return s.c < o.c
}

// entry is an item on the board.
type entry struct {
	Item
	group      *group
	timeoutAt  int64
	announceAt int64
	retryAt    int64 // the pause of some agent who missed it is over
	alarm      alarm
}

// place is where an item stands: higher priority, then longer wait, then id.
type place struct {
	pri, at int64
	e       *entry
}

func (e *entry) place() place { return place{-int64(e.Priority), e.Entered.UnixNano(), e} }

func (p place) before(o place) bool {
	switch {
	case p.pri != o.pri:
		return p.pri < o.pri
	case p.at != o.at:
		return p.at < o.at
	case p.e == o.e || o.e == nil:
		return false
	case p.e == nil:
		return true
	}
	return p.e.ID < o.e.ID
}

// SetGroup adds a group or changes its settings and members. What waits in it
// stays in its place, by the new settings; rings go on.
func (b *Board) SetGroup(s Group, now time.Time) {
	g := b.groups[s.ID]
	switch {
	case g == nil:
		g = &group{empty: alarm{at: never}}
		g.empty.group = g
		b.groups[s.ID] = g
	case reflect.DeepEqual(g.Group, s):
		return
	}
	b.unlink(g)
	s.Members = slices.Clone(s.Members)
	g.Group, g.rule = s, ruleOf(s.Strategy)
	for _, m := range s.Members {
		a := b.agent(m.Agent)
		if a.in(g) != nil {
			continue
		}
		in := &member{Member: m, agent: a, group: g, i: int32(len(g.members))}
		g.members = append(g.members, in)
		a.members = append(a.members, in)
		g.count(a.is.Presence, 1)
		b.list(in)
	}
	for p := range g.waiting.all {
		b.time(p.e, now)
	}
	for p := range g.ringing.all {
		b.time(p.e, now)
	}
	b.watchEmpty(g, now)
}

// RemoveGroup takes a group off the board and returns what waited in it, in
// order, to be sent elsewhere: Offered names the agents whose phones still
// ring for an item and have to be withdrawn.
func (b *Board) RemoveGroup(id int64) []Item {
	g := b.groups[id]
	if g == nil {
		return nil
	}
	items := b.Waiting(id)
	for i := range items {
		b.drop(b.entries[items[i].ID])
		items[i].Joined = time.Time{}
	}
	b.unlink(g)
	b.alarms.set(&g.empty, never)
	delete(b.groups, id)
	if g.dirty {
		b.dirty = slices.DeleteFunc(b.dirty, func(x *group) bool { return x == g })
	}
	return items
}

// SetAgent tells what an agent is doing now; call it after every change. An
// agent who is held for an offer isn't free for another, whatever is said, but
// must have been told as not free when the offer is taken.
func (b *Board) SetAgent(id int64, is Availability, now time.Time) {
	a := b.agent(id)
	if is.Free {
		is.Presence = Working
	}
	is.IdleSince = is.IdleSince.Round(0)
	was := a.is
	if was == is {
		b.forget(a)
		return
	}
	for _, m := range a.members {
		b.unlist(m)
	}
	a.is = is
	for _, m := range a.members {
		b.list(m)
		if was.Presence != is.Presence {
			m.group.count(was.Presence, -1)
			m.group.count(is.Presence, 1)
			b.watchEmpty(m.group, now)
		}
	}
	b.forget(a)
}

func (b *Board) agent(id int64) *agent {
	a := b.agents[id]
	if a == nil {
		a = &agent{id: id}
		b.agents[id] = a
	}
	return a
}

// forget drops an agent about whom there is nothing to know.
func (b *Board) forget(a *agent) {
	if len(a.members) == 0 && a.held == nil && a.is == (Availability{}) {
		delete(b.agents, a.id)
	}
}

// unlink takes all members out of a group.
func (b *Board) unlink(g *group) {
	for _, m := range g.members {
		b.unlist(m)
		g.count(m.agent.is.Presence, -1)
		m.agent.members = slices.DeleteFunc(m.agent.members, func(x *member) bool { return x == m })
		b.forget(m.agent)
	}
	g.members = nil
}

// list puts a member among the free ones of the group, if free.
func (b *Board) list(m *member) {
	if m.listed || !m.agent.ready() {
		return
	}
	m.seat = m.group.rule.seat(m)
	m.seat.i = m.i
	m.group.free.insert(m.seat)
	m.listed = true
	b.touch(m.group)
}

func (b *Board) unlist(m *member) {
	if m.listed {
		m.group.free.remove(m.seat)
		m.listed = false
	}
}

// hold gives the agent to an item, until the item lets go. Whether the agent
// is free then is what SetAgent has said last.
func (b *Board) hold(a *agent, e *entry) {
	for _, m := range a.members {
		b.unlist(m)
	}
	a.held = e
}

func (b *Board) letGo(id int64, e *entry) {
	a := b.agents[id]
	if a == nil || a.held != e {
		return
	}
	a.held = nil
	for _, m := range a.members {
		b.list(m)
	}
	b.forget(a)
}

// touch makes the next Match look at a group.
func (b *Board) touch(g *group) {
	if !g.dirty && g.waiting.len() > 0 && g.free.len() > 0 {
		g.dirty = true
		b.dirty = append(b.dirty, g)
	}
}

func (g *group) count(p Presence, n int) {
	if p != Absent {
		g.online += n
	}
	if p == Working {
		g.working += n
	}
}

// pause is how long an agent who missed an item isn't asked for it again. It
// is never nothing: a phone that fails at once must not be rung in a loop.
func (g *group) pause() time.Duration { return max(g.AskPause, time.Second) }

func (g *group) nobody() bool {
	if g.NeedWorking {
		return g.working == 0
	}
	return g.online == 0
}
