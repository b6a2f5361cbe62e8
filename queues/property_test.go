package queues

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

var t0 = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

// floor drives a Board and the model side by side through a random day.
type floor struct {
	t       testing.TB
	r       *rand.Rand
	b       *Board
	m       *model
	now     time.Time
	agents  int
	ids     int
	left    map[string]int // how often each item has left
	entered int
	given   int // assignments
}

func newFloor(t testing.TB, seed uint64, agents, groups int) *floor {
	f := &floor{
		t: t, r: rand.New(rand.NewPCG(seed, 3)), b: NewBoard(seed), m: newModel(seed),
		now: t0, agents: agents, left: map[string]int{},
	}
	for id := range groups {
		f.setGroup(f.newGroup(int64(id + 1)))
	}
	for id := range agents {
		f.setAgent(int64(id+1), Availability{Free: f.r.IntN(2) == 0, IdleSince: f.past()})
	}
	return f
}

func (f *floor) past() time.Time { return f.now.Add(-time.Duration(f.r.IntN(60)) * time.Second) }

func (f *floor) newGroup(id int64) Group {
	g := Group{
		ID: id, Account: 1, Strategy: Strategies()[f.r.IntN(7)], LastAgentFirst: f.r.IntN(2) == 0,
		AskPause: time.Duration(f.r.IntN(3)) * 4 * time.Second, NeedWorking: f.r.IntN(4) == 0,
		MaxWaiting: f.r.IntN(3) * 15, WaitLimit: []time.Duration{0, 90*time.Second + 7}[f.r.IntN(2)],
		EmptyLimit: []time.Duration{0, 20*time.Second + 13}[f.r.IntN(2)],
		Announce:   []time.Duration{0, 25*time.Second + 31}[f.r.IntN(2)],
	}
	g.Members = f.members()
	return g
}

func (f *floor) members() (list []Member) {
	for a := range f.agents {
		if f.r.IntN(3) > 0 {
			list = append(list, Member{Agent: int64(a + 1), Level: f.r.IntN(3), Order: f.r.IntN(5)})
		}
	}
	f.r.Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
	return list
}

func (f *floor) setGroup(g Group) {
	f.b.SetGroup(g, f.now)
	if old := f.m.groups[g.ID]; old != nil {
		old.Group = g
	} else {
		f.m.groups[g.ID] = &modelGroup{Group: g}
	}
}

func (f *floor) setAgent(id int64, is Availability) {
	f.b.SetAgent(id, is, f.now)
	if is.Free {
		is.Presence = Working
	}
	f.m.agent(id).is = is
}

// step does one random thing, then what the owner of a floor does after it.
func (f *floor) step() {
	switch f.r.IntN(20) {
	case 0, 1, 2, 3, 4, 5:
		f.enqueue()
	case 6, 7, 8, 9, 10:
		f.changeAgent()
	case 11, 12, 13, 14:
		f.endRing(true)
	case 15, 16:
		f.endRing(false)
	case 17:
		f.leave()
	case 18:
		switch f.r.IntN(12) {
		case 0, 1:
			f.changeGroup()
		case 2: // everybody goes home, phones still ringing
			for id := range f.agents {
				f.setAgent(int64(id+1), Availability{IdleSince: f.past()})
			}
		}
	default:
		f.pass(time.Duration(f.r.IntN(int(9 * time.Second))))
	}
	f.settle()
}

func (f *floor) enqueue() {
	f.ids++
	item := Item{
		ID: fmt.Sprintf("i%d", (f.ids*7919)%100003), Account: 1, Group: int64(1 + f.r.IntN(len(f.m.groups)+1)),
		Priority: f.r.IntN(3), LastAgent: int64(f.r.IntN(f.agents + 1)),
	}
	if f.r.IntN(3) == 0 { // comes from elsewhere, or enters in the same moment as others
		item.Entered = f.now.Truncate(10 * time.Second)
	}
	got, want := f.b.Enqueue(item, f.now), f.m.enqueue(item, f.now)
	if got != want {
		f.t.Fatalf("enqueue %s: %q, want %q", item.ID, got, want)
	}
	if got == Welcome {
		f.entered++
		if f.b.Enqueue(item, f.now) != Waits {
			f.t.Fatalf("%s waits twice", item.ID)
		}
	}
}

func (f *floor) changeAgent() {
	id := int64(1 + f.r.IntN(f.agents))
	is := Availability{Presence: Presence(f.r.IntN(3)), IdleSince: f.past(), CallsToday: f.r.IntN(4)}
	if f.r.IntN(10) < 7 {
		is.Free = true
	}
	f.setAgent(id, is)
}

func (f *floor) ringing() *modelItem {
	var list []*modelItem
	for _, e := range f.m.items {
		if len(e.Offered) > 0 {
			list = append(list, e)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list[f.r.IntN(len(list))]
}

func (f *floor) endRing(answered bool) {
	e := f.ringing()
	if e == nil {
		return
	}
	id, agent := e.ID, e.Offered[f.r.IntN(len(e.Offered))]
	if f.r.IntN(20) == 0 {
		agent = int64(1 + f.r.IntN(f.agents)) // perhaps of another ring
	}
	if !answered {
		got, want := f.b.OfferFailed(id, agent, f.now), f.m.failed(id, agent, f.now)
		if got != want {
			f.t.Fatalf("failed %s by %d: %v, want %v", id, agent, got, want)
		}
		if want && f.r.IntN(3) > 0 {
			f.setAgent(agent, Availability{Free: true, IdleSince: f.now})
		}
		return
	}
	withdraw, ok := f.b.OfferTaken(id, agent, f.now)
	others, want := f.m.taken(id, agent)
	if ok != want || !slices.Equal(withdraw, others) {
		f.t.Fatalf("taken %s by %d: %v %v, want %v %v", id, agent, withdraw, ok, others, want)
	}
	if ok {
		f.out(id)
		f.setAgent(agent, Availability{Presence: Working})
		for _, other := range withdraw { // their phones stop
			f.setAgent(other, Availability{Free: true, IdleSince: f.past()})
		}
	}
	if _, again := f.b.OfferTaken(id, agent, f.now); again {
		f.t.Fatalf("%s taken twice", id)
	}
}

func (f *floor) out(id string) {
	if f.left[id]++; f.left[id] > 1 {
		f.t.Fatalf("%s left twice", id)
	}
}

func (f *floor) leave() {
	if len(f.m.items) == 0 {
		return
	}
	e := f.m.items[f.r.IntN(len(f.m.items))]
	item, ok := f.b.Leave(e.ID)
	if !ok || item.ID != e.ID || !slices.Equal(item.Offered, e.Offered) {
		f.t.Fatalf("leave %s: %+v %v", e.ID, item, ok)
	}
	f.m.remove(e)
	f.out(e.ID)
	if _, again := f.b.Leave(e.ID); again {
		f.t.Fatalf("%s left twice", e.ID)
	}
}

func (f *floor) changeGroup() {
	id := int64(1 + f.r.IntN(len(f.m.groups)))
	if f.r.IntN(8) == 0 {
		var want []string
		for _, e := range slices.Clone(f.m.items) {
			if e.Group == id {
				want = append(want, e.ID)
				f.m.remove(e)
				f.out(e.ID)
			}
		}
		var got []string
		for _, item := range f.b.RemoveGroup(id) {
			got = append(got, item.ID)
		}
		if !slices.Equal(got, want) {
			f.t.Fatalf("remove group %d: %v, want %v", id, got, want)
		}
		delete(f.m.groups, id)
		f.setGroup(f.newGroup(id))
		return
	}
	g := f.m.groups[id].Group
	if f.r.IntN(2) == 0 {
		g.Members, g.Strategy = f.members(), Strategies()[f.r.IntN(7)]
	}
	g.AskPause, g.LastAgentFirst = time.Duration(f.r.IntN(9))*time.Second, !g.LastAgentFirst
	f.setGroup(g)
}

// pass lets time go by, from deadline to deadline.
func (f *floor) pass(d time.Duration) {
	for end := f.now.Add(d); ; f.settle() {
		next, ok := f.b.NextDeadline()
		if !ok || next.After(end) {
			f.now = end
			f.noneDue()
			return
		}
		if next.After(f.now) {
			f.now = next.Add(-1)
			f.noneDue()
			f.now = next
		}
		f.due()
	}
}

func (f *floor) noneDue() {
	if due := f.b.Due(f.now); len(due) > 0 {
		f.t.Fatalf("%s of %s before its deadline", due[0].Kind, due[0].Item.ID)
	}
	if due := f.m.due(f.now); len(due) > 0 {
		f.t.Fatalf("%s wasn't told", due[0])
	}
}

func (f *floor) due() {
	due := f.b.Due(f.now)
	var got []string
	for _, d := range due {
		got = append(got, string(d.Kind)+" "+d.Item.ID)
		if d.Kind != DueAnnounce {
			f.out(d.Item.ID)
		}
	}
	slices.Sort(got)
	if want := f.m.due(f.now); !slices.Equal(got, want) {
		f.t.Fatalf("due at %v: %v, want %v", f.now, got, want)
	}
	for _, d := range due {
		if d.Kind == DueAnnounce {
			f.position(d)
		}
	}
}

func (f *floor) position(d Due) {
	ahead := 0
	for _, e := range f.m.items {
		if e.ID == d.Item.ID {
			break
		}
		if e.Group == d.Item.Group && len(e.Offered) == 0 {
			ahead++
		}
	}
	if d.Position != ahead+1 {
		f.t.Fatalf("%s is announced at %d, stands at %d", d.Item.ID, d.Position, ahead+1)
	}
}

// settle matches and compares the decisions, one by one.
func (f *floor) settle() {
	f.m.settle(f.now)
	got, want := f.b.Match(f.now), f.m.match(f.now)
	f.m.settle(f.now)
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i].Item.ID != want[i].Item.ID || !slices.Equal(got[i].Agents, want[i].Agents) {
			f.t.Fatalf("at %v decision %d:\n%+v\nwant\n%+v", f.now, i, got, want)
		}
	}
	f.given += len(got)
	for _, o := range got {
		for _, id := range o.Agents {
			if f.r.IntN(5) > 0 { // now and then a phone can't even be rung
				f.setAgent(id, Availability{Presence: Working, IdleSince: f.m.agent(id).is.IdleSince})
			}
		}
	}
	if again := f.b.Match(f.now); len(again) > 0 {
		f.t.Fatalf("a second Match found %+v", again)
	}
}

// TestRandomDaysAgainstTheModel holds every decision of the Board, for every
// strategy, over misses, pauses, changes of groups and restarts, to the plain
// model: the same items to the same agents in the same order.
func TestRandomDaysAgainstTheModel(t *testing.T) {
	given := 0
	for seed := range uint64(60) {
		f := newFloor(t, seed, 3+int(seed%12), 1+int(seed%5))
		for step := range 1500 {
			f.step()
			if step%50 == 0 {
				f.whole()
			}
			if step%400 == 399 {
				f.restart()
				f.settle()
			}
		}
		f.whole()
		given += f.given
	}
	if given < 10000 {
		t.Errorf("only %d assignments were compared", given)
	}
	t.Logf("%d assignments, each as the model decides", given)
}

func TestSnapshotOfAnEmptyBoard(t *testing.T) {
	b := NewBoard(5)
	if s := b.Snapshot(); !reflect.DeepEqual(s, Snapshot{Seed: 5}) {
		t.Errorf("%+v", s)
	}
}
