package queues

import "time"

// maxPriority bounds what a flow may ask for.
const maxPriority = 1_000_000

// Enqueue puts an item into its group, in its place by priority, Entered and
// id. A refused item isn't on the board.
func (b *Board) Enqueue(item Item, now time.Time) Refusal {
	g := b.groups[item.Group]
	switch {
	case b.entries[item.ID] != nil:
		return Waits
	case g == nil:
		return NoGroup
	case g.nobody():
		return NoAgent
	case g.MaxWaiting > 0 && !item.Callback && g.onTheLine() >= g.MaxWaiting:
		return Full
	}
	item.Offered = nil
	b.admit(item, g, now)
	return Welcome
}

// Readmit puts an item back after a restart, or as a call-back, whoever is there and however many
// wait. With Entered and Joined as before it has its old place and wait limit;
// agents in Offered are held as ringing for it.
func (b *Board) Readmit(item Item, now time.Time) Refusal {
	g := b.groups[item.Group]
	switch {
	case b.entries[item.ID] != nil:
		return Waits
	case g == nil:
		return NoGroup
	}
	ringing := item.Offered
	item.Offered = nil
	e := b.admit(item, g, now)
	for _, id := range ringing {
		if a := b.agent(id); a.held == nil {
			b.hold(a, e)
			e.Offered = append(e.Offered, id)
		}
	}
	if len(e.Offered) > 0 {
		b.ring(e)
	}
	return Welcome
}

// Leave takes an item off the board: the caller hung up or went elsewhere.
// Offered names the agents whose phones have to be withdrawn.
func (b *Board) Leave(id string) (Item, bool) {
	e := b.entries[id]
	if e == nil {
		return Item{}, false
	}
	item := e.copy()
	b.drop(e)
	return item, true
}

func (b *Board) admit(item Item, g *group, now time.Time) *entry {
	if item.Entered.IsZero() {
		item.Entered = now
	}
	if item.Joined.IsZero() {
		item.Joined = now
	}
	item.Priority = min(max(item.Priority, -maxPriority), maxPriority)
	item.Entered, item.Joined = item.Entered.Round(0), item.Joined.Round(0)
	e := &entry{Item: item, group: g, announceAt: never, retryAt: never, alarm: alarm{at: never}}
	e.alarm.entry = e
	if g.waiting.len()+g.ringing.len() == 0 {
		g.mark = now.UnixNano()
	}
	b.entries[e.ID] = e
	if e.Callback {
		g.callbacks++
	}
	g.waiting.insert(e.place())
	b.time(e, now)
	b.watchEmpty(g, now)
	b.touch(g)
	return e
}

// ring moves an entry from waiting to ringing; nothing is due for it then.
func (b *Board) ring(e *entry) {
	e.group.waiting.remove(e.place())
	e.group.ringing.insert(e.place())
	b.alarms.set(&e.alarm, never)
	if e.group.waiting.len() == 0 {
		b.alarms.set(&e.group.empty, never)
	}
}

// drop takes an entry off the board, ringing or not.
func (b *Board) drop(e *entry) {
	g := e.group
	if e.Callback {
		g.callbacks--
	}
	if len(e.Offered) > 0 {
		g.ringing.remove(e.place())
	} else {
		g.waiting.remove(e.place())
	}
	for _, id := range e.Offered {
		b.letGo(id, e)
	}
	b.alarms.set(&e.alarm, never)
	delete(b.entries, e.ID)
	if g.waiting.len() == 0 {
		b.alarms.set(&g.empty, never)
	}
}

// time sets what is due for an entry, by the group's settings.
func (b *Board) time(e *entry, now time.Time) {
	g := e.group
	e.timeoutAt, e.retryAt = never, never
	if g.WaitLimit > 0 && !e.Callback {
		e.timeoutAt = e.Joined.Add(g.WaitLimit).UnixNano()
	}
	switch {
	case g.Announce <= 0 || e.Callback:
		e.announceAt = never
	case e.announceAt == never:
		e.announceAt = now.Add(g.Announce).UnixNano()
	}
	for _, t := range e.Tried {
		if at := t.At.Add(g.pause()).UnixNano(); at > now.UnixNano() {
			e.retryAt = min(e.retryAt, at)
		}
	}
	b.arm(e)
}

func (b *Board) arm(e *entry) {
	at := int64(never)
	if len(e.Offered) == 0 {
		at = min(e.timeoutAt, e.announceAt, e.retryAt)
	}
	b.alarms.set(&e.alarm, at)
}

// watchEmpty starts or stops the group's EmptyLimit.
func (b *Board) watchEmpty(g *group, now time.Time) {
	switch {
	case g.EmptyLimit <= 0 || !g.nobody() || g.waiting.len() == 0:
		b.alarms.set(&g.empty, never)
	case g.empty.at == never:
		b.alarms.set(&g.empty, now.Add(g.EmptyLimit).UnixNano())
	}
}

// copy is the item with its slices its own.
func (e *entry) copy() Item {
	item := e.Item
	item.Tried = append([]Attempt(nil), e.Tried...)
	item.Offered = append([]int64(nil), e.Offered...)
	return item
}

func (e *entry) tried(id int64) bool {
	for _, t := range e.Tried {
		if t.Agent == id {
			return true
		}
	}
	return false
}

// onTheLine is how many wait and hear music, as Full counts them: those whose
// phones ring, and the places of call-backs, don't keep anybody out.
func (g *group) onTheLine() int {
	n := g.waiting.len() - g.callbacks
	for p := range g.ringing.all {
		if p.e.Callback {
			n++
		}
	}
	return n
}
