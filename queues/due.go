package queues

import "time"

// Due returns what is due by now, in the order of its times. Items of
// DueTimeout and DueNoAgent have left the board, and positions are told as
// they are after that; nothing is due for an item while a phone rings for it.
// Call Match afterwards: a pause may be over too.
func (b *Board) Due(now time.Time) []Due {
	var due []Due
	at := now.UnixNano()
	for len(b.alarms) > 0 && b.alarms[0].at <= at {
		if g := b.alarms[0].group; g != nil {
			due = append(due, b.abandoned(g)...)
			continue
		}
		e := b.alarms[0].entry
		if e.timeoutAt <= at {
			due = append(due, Due{Kind: DueTimeout, Item: e.left()})
			b.drop(e)
			continue
		}
		if e.announceAt <= at {
			due = append(due, Due{Kind: DueAnnounce, Item: e.copy()})
			step := int64(e.group.Announce)
			e.announceAt += (at-e.announceAt)/step*step + step // late once, not late for ever
		}
		b.time(e, now)
		b.touch(e.group)
	}
	return b.placed(due)
}

// placed tells the announcements' positions and leaves out those of items that
// have left in the same moment.
func (b *Board) placed(due []Due) []Due {
	kept := due[:0]
	for _, d := range due {
		if d.Kind == DueAnnounce {
			if b.entries[d.Item.ID] == nil {
				continue
			}
			d.Position, d.Wait = b.Position(d.Item.ID)
		}
		kept = append(kept, d)
	}
	return kept
}

// abandoned empties a group that has had nobody for its EmptyLimit.
func (b *Board) abandoned(g *group) []Due {
	var due []Due
	for p := range g.waiting.all {
		if !p.e.Callback { // who isn't on the line can wait for an agent to come
			due = append(due, Due{Kind: DueNoAgent, Item: p.e.left()})
		}
	}
	for i := range due {
		b.drop(b.entries[due[i].Item.ID])
	}
	b.alarms.set(&g.empty, never)
	return due
}

// left is the item as it leaves for another place.
func (e *entry) left() Item {
	item := e.copy()
	item.Joined = time.Time{}
	return item
}

// NextDeadline tells when Due has something to do.
func (b *Board) NextDeadline() (time.Time, bool) {
	if len(b.alarms) == 0 {
		return time.Time{}, false
	}
	return time.Unix(0, b.alarms[0].at).UTC(), true
}

// Position tells an item's place in its group, 1 being next, and the estimated
// wait: the group's pace times the place, 0 while the pace isn't known. An
// item that rings at an agent's phone is at 0, as is an unknown one.
func (b *Board) Position(id string) (int, time.Duration) {
	e := b.entries[id]
	if e == nil || len(e.Offered) > 0 {
		return 0, 0
	}
	position := e.group.waiting.rank(e.place()) + 1
	return position, time.Duration(position) * e.group.pace
}

// Waiting lists a group's items in their order, those that ring at agents'
// phones (Offered) in the place that they would go back to.
func (b *Board) Waiting(id int64) []Item {
	g := b.groups[id]
	if g == nil {
		return nil
	}
	items := make([]Item, 0, g.waiting.len()+g.ringing.len())
	var ringing []place
	for p := range g.ringing.all {
		ringing = append(ringing, p)
	}
	for p := range g.waiting.all {
		for len(ringing) > 0 && ringing[0].before(p) {
			items = append(items, ringing[0].e.copy())
			ringing = ringing[1:]
		}
		items = append(items, p.e.copy())
	}
	for _, p := range ringing {
		items = append(items, p.e.copy())
	}
	return items
}

// Item gives an item on the board.
func (b *Board) Item(id string) (Item, bool) {
	if e := b.entries[id]; e != nil {
		return e.copy(), true
	}
	return Item{}, false
}

// Group gives a group's settings.
func (b *Board) Group(id int64) (Group, bool) {
	if g := b.groups[id]; g != nil {
		return g.Group, true
	}
	return Group{}, false
}

// GroupStats tells how a group stands; false if there is no such group.
func (b *Board) GroupStats(id int64) (Stats, bool) {
	g := b.groups[id]
	if g == nil {
		return Stats{}, false
	}
	s := Stats{
		Group: id, Waiting: g.waiting.len(), Ringing: g.ringing.len(), Free: g.free.len(),
		Working: g.working, Online: g.online, Members: len(g.members), Pace: g.pace, Callbacks: g.callbacks,
	}
	for _, line := range []*sorted[place]{&g.waiting, &g.ringing} {
		if at, ok := oldest(line); ok && (s.Oldest.IsZero() || at.Before(s.Oldest)) {
			s.Oldest = at
		}
	}
	return s, true
}

// oldest looks at the first item of each priority.
func oldest(line *sorted[place]) (at time.Time, ok bool) {
	p, more := line.first()
	for more {
		if !ok || p.e.Entered.Before(at) {
			at, ok = p.e.Entered, true
		}
		p, more = line.next(place{pri: p.pri + 1, at: -never})
	}
	return at, ok
}
