package queues

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// desk is a board with words for stories. Agents are numbered as written.
type desk struct {
	*Board
	t   *testing.T
	now time.Time
}

func open(t *testing.T, groups ...Group) *desk {
	t.Helper()
	d := &desk{NewBoard(1), t, t0}
	for _, g := range groups {
		d.SetGroup(g, d.now)
	}
	return d
}

// group is number id with the agents given, in this order, all of level 1.
func groupOf(id int64, s Strategy, members ...int64) Group {
	g := NewGroup(1, fmt.Sprint("组", id))
	g.ID, g.Strategy = id, s
	for i, m := range members {
		g.Members = append(g.Members, Member{Agent: m, Level: 1, Order: i})
	}
	return g
}

// idle makes agents free, one second after the other.
func (d *desk) idle(ids ...int64) {
	for _, id := range ids {
		d.SetAgent(id, Availability{Free: true, IdleSince: d.now}, d.now)
		d.after(time.Second)
	}
}

func (d *desk) is(p Presence, ids ...int64) {
	for _, id := range ids {
		d.SetAgent(id, Availability{Presence: p}, d.now)
	}
}

func (d *desk) after(t time.Duration) { d.now = d.now.Add(t) }

func (d *desk) calls(group int64, ids ...string) {
	d.t.Helper()
	for _, id := range ids {
		if r := d.Enqueue(Item{ID: id, Account: 1, Group: group}, d.now); r != Welcome {
			d.t.Fatalf("%s refused: %s", id, r)
		}
		d.after(time.Second)
	}
}

// offers checks the decisions of this moment, written "call>agent+agent".
func (d *desk) offers(want ...string) {
	d.t.Helper()
	var got []string
	for _, o := range d.Match(d.now) {
		s := o.Item.ID + ">"
		for i, a := range o.Agents {
			if i > 0 {
				s += "+"
			}
			s += fmt.Sprint(a)
			d.is(Working, a)
		}
		got = append(got, s)
	}
	if !slices.Equal(got, want) {
		d.t.Fatalf("offers %v, want %v", got, want)
	}
}

func (d *desk) taken(id string, agent int64, withdrawn ...int64) {
	d.t.Helper()
	others, ok := d.OfferTaken(id, agent, d.now)
	if !ok || !slices.Equal(others, withdrawn) {
		d.t.Fatalf("%s taken by %d: %v, withdraw %v, want %v", id, agent, ok, others, withdrawn)
	}
}

func (d *desk) missed(id string, agent int64) {
	d.t.Helper()
	if !d.OfferFailed(id, agent, d.now) {
		d.t.Fatalf("%s wasn't offered to %d", id, agent)
	}
}

// due checks what is due by now, written "kind call".
func (d *desk) due(want ...string) []Due {
	d.t.Helper()
	list := d.Due(d.now)
	var got []string
	for _, x := range list {
		got = append(got, string(x.Kind)+" "+x.Item.ID)
	}
	if !slices.Equal(got, want) {
		d.t.Fatalf("due %v, want %v", got, want)
	}
	return list
}

func TestStrategies(t *testing.T) {
	for _, c := range []struct {
		strategy Strategy
		want     []string // three calls at once; agents 3, 1, 2 became idle in this order
	}{
		{LongestIdle, []string{"a>3", "b>1", "c>2"}},
		{RoundRobin, []string{"a>1", "b>2", "c>3"}},
		{FixedOrder, []string{"a>1", "b>2", "c>3"}},
		{FewestCalls, []string{"a>2", "b>3", "c>1"}},
		{SkillLevel, []string{"a>3", "b>2", "c>1"}},
		{RingAll, []string{"a>1+2+3"}},
	} {
		t.Run(string(c.strategy), func(t *testing.T) {
			g := groupOf(1, c.strategy, 1, 2, 3)
			g.Members[2].Level, g.Members[1].Level, g.Members[0].Level = 9, 9, 2
			d := open(t, g)
			for i, id := range []int64{3, 1, 2} {
				d.SetAgent(id, Availability{Free: true, IdleSince: t0.Add(time.Duration(i) * time.Second), CallsToday: []int{4, 7, 2}[i]}, d.now)
			}
			d.calls(1, "a", "b", "c")
			d.offers(c.want...)
			d.offers()
		})
	}
}

func TestRoundRobinGoesOnBehindTheLast(t *testing.T) {
	d := open(t, groupOf(1, RoundRobin, 1, 2, 3))
	d.idle(1, 2, 3)
	for i, want := range []int64{1, 2, 3, 1, 2, 3} {
		id := fmt.Sprint("c", i)
		d.calls(1, id)
		d.offers(fmt.Sprint(id, ">", want))
		d.taken(id, want)
		d.idle(want)
	}
	d.is(Away, 1)
	d.calls(1, "x", "y", "z")
	d.offers("x>2", "y>3") // 1's turn, but 1 is away; nobody for z
}

func TestRandomIsFair(t *testing.T) {
	d := open(t, groupOf(1, Random, 1, 2, 3))
	d.idle(1, 2, 3)
	count := map[int64]int{}
	for i := range 9000 {
		id := fmt.Sprint(i)
		d.calls(1, id)
		agent := d.Match(d.now)[0].Agents[0]
		count[agent]++
		d.is(Working, agent)
		d.taken(id, agent)
		d.idle(agent)
	}
	for id := int64(1); id <= 3; id++ {
		if count[id] < 2800 || count[id] > 3200 {
			t.Errorf("agent %d got %d of 9000", id, count[id])
		}
	}
}

func TestPriorityThenWait(t *testing.T) {
	d := open(t, groupOf(1, LongestIdle, 1), groupOf(2, LongestIdle, 1))
	d.is(Working, 1)
	d.calls(2, "old")
	d.calls(1, "late")
	if r := d.Enqueue(Item{ID: "vip", Group: 1, Priority: 5}, d.now); r != Welcome {
		t.Fatal(r)
	}
	if r := d.Enqueue(Item{ID: "first", Group: 1, Entered: t0.Add(-time.Minute)}, d.now); r != Welcome {
		t.Fatal(r)
	}
	for _, want := range []string{"vip", "first", "old", "late"} { // over both groups
		d.idle(1)
		d.offers(want + ">1")
		d.taken(want, 1)
	}
}

func TestLastAgentFirst(t *testing.T) {
	for _, s := range Strategies() {
		g := groupOf(1, s, 1, 2, 3)
		g.LastAgentFirst = true
		d := open(t, g)
		d.idle(1, 2, 3)
		d.Enqueue(Item{ID: "a", Group: 1, LastAgent: 2}, d.now)
		d.offers("a>2")
		d.Enqueue(Item{ID: "b", Group: 1, LastAgent: 2}, d.now) // 2 rings: no waiting for 2
		if o := d.Match(d.now); len(o) != 1 || slices.Contains(o[0].Agents, 2) {
			t.Errorf("%s: %+v", s, o)
		}
		d.missed("a", 2)
		d.idle(2)
		for _, o := range d.Match(d.now) {
			if o.Item.ID == "a" && slices.Contains(o.Agents, 2) {
				t.Errorf("%s: asked the last agent again at once", s)
			}
		}
	}
}

func TestMissedRing(t *testing.T) {
	d := open(t, groupOf(1, FixedOrder, 1, 2)) // AskPause 5 s
	d.idle(1, 2)
	d.calls(1, "a")
	d.offers("a>1")
	d.missed("a", 1)
	d.idle(1)
	d.offers("a>2") // others first
	d.missed("a", 2)
	d.idle(2)
	d.offers() // both in their pause, of 5 s from each miss
	d.calls(1, "b")
	d.offers("b>1") // the next caller needn't wait for that
	d.missed("b", 1)
	d.idle(1)
	next, ok := d.NextDeadline()
	if !ok {
		t.Fatal("nothing wakes the board")
	}
	d.now = next
	d.due()
	d.offers("a>1", "b>2") // 1's pause for a is over, 2 hasn't missed b
}

func TestAPhoneThatFailsAtOnceIsNotRungInALoop(t *testing.T) {
	g := groupOf(1, LongestIdle, 1)
	g.AskPause = 0
	d := open(t, g)
	d.idle(1)
	d.calls(1, "a", "b")
	for _, want := range []string{"a", "b"} { // the agent is never told as ringing
		o := d.Match(d.now)
		if len(o) != 1 || o[0].Item.ID != want {
			t.Fatalf("%+v, want %s", o, want)
		}
		d.missed(want, 1)
	}
	d.offers()
	if next, ok := d.NextDeadline(); !ok || next.Sub(d.now) != time.Second {
		t.Errorf("wakes in %v", next.Sub(d.now))
	}
	d.after(time.Second)
	d.due()
	d.offers("a>1")
}

func TestBackInItsPlace(t *testing.T) {
	d := open(t, groupOf(1, FixedOrder, 1, 2))
	d.is(Working, 1)
	d.calls(1, "a", "b", "c")
	d.idle(1)
	d.offers("a>1")
	if at, _ := d.Position("b"); at != 1 {
		t.Errorf("b at %d while a rings", at)
	}
	d.missed("a", 1)
	for i, id := range []string{"a", "b", "c"} {
		if at, _ := d.Position(id); at != i+1 {
			t.Errorf("%s at %d, want %d", id, at, i+1)
		}
	}
}

func TestRingAll(t *testing.T) {
	d := open(t, groupOf(1, RingAll, 1, 2, 3))
	d.idle(1, 2, 3)
	d.calls(1, "a", "b")
	d.offers("a>1+2+3") // b waits: all phones ring for a
	d.missed("a", 1)
	if item, _ := d.Item("a"); !slices.Equal(item.Offered, []int64{2, 3}) {
		t.Errorf("still rings at %v", item.Offered)
	}
	d.idle(1)
	d.offers("b>1")
	d.taken("a", 3, 2)
	if _, ok := d.OfferTaken("a", 2, d.now); ok {
		t.Error("2 took it too")
	}
	d.idle(2)
	d.calls(1, "c")
	d.offers("c>2")
	item, ok := d.Leave("c")
	if !ok || !slices.Equal(item.Offered, []int64{2}) {
		t.Errorf("left %+v %v", item, ok)
	}
}
