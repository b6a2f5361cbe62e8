package queues

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"switchdesk/agents"
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

func TestRefusals(t *testing.T) {
	strict := groupOf(2, LongestIdle, 1)
	strict.NeedWorking = true
	small := groupOf(3, LongestIdle, 2)
	small.MaxWaiting = 2
	d := open(t, groupOf(1, LongestIdle, 1), strict, small, groupOf(4, LongestIdle))
	d.is(Away, 1)
	d.is(Working, 2)
	for _, c := range []struct {
		id    string
		group int64
		want  Refusal
	}{
		{"a", 1, Welcome}, {"a", 1, Waits}, {"b", 2, NoAgent}, {"c", 4, NoAgent}, {"d", 9, NoGroup},
		{"e", 3, Welcome}, {"f", 3, Welcome}, {"g", 3, Full},
	} {
		if got := d.Enqueue(Item{ID: c.id, Group: c.group}, d.now); got != c.want {
			t.Errorf("%s into %d: %q, want %q", c.id, c.group, got, c.want)
		}
	}
	d.is(Absent, 1)
	if got := d.Enqueue(Item{ID: "h", Group: 1}, d.now); got != NoAgent {
		t.Errorf("into a group that all have left: %q", got)
	}
	if s, _ := d.GroupStats(3); s.Waiting != 2 || s.Longest(d.now.Add(time.Minute)) != time.Minute {
		t.Errorf("%+v", s)
	}
}

func TestEverybodyGoesHome(t *testing.T) {
	g := groupOf(1, LongestIdle, 1, 2)
	g.EmptyLimit, g.Announce = 30*time.Second, 0
	d := open(t, g)
	d.is(Working, 1, 2)
	d.calls(1, "a", "b")
	d.is(Absent, 1, 2)
	d.after(20 * time.Second)
	d.is(Away, 2) // a page reload, say
	d.is(Absent, 2)
	d.after(29 * time.Second)
	d.due()
	d.after(time.Second)
	d.due("no_agent a", "no_agent b")
	if _, ok := d.NextDeadline(); ok || len(d.Waiting(1)) > 0 {
		t.Error("something is left")
	}
}

func TestWaitLimit(t *testing.T) {
	g := groupOf(1, LongestIdle, 1)
	g.WaitLimit, g.Announce = time.Minute, 0
	d := open(t, g)
	d.is(Working, 1)
	d.calls(1, "a", "b") // a second apart
	d.after(57 * time.Second)
	d.idle(1)
	d.offers("a>1")
	d.after(time.Second)
	d.due("timeout b")
	d.after(20 * time.Second)
	d.due() // a's time is over, but a phone rings for it
	d.missed("a", 1)
	list := d.due("timeout a")
	if !list[0].Item.Joined.IsZero() || !list[0].Item.Entered.Equal(t0) {
		t.Errorf("leaves as %+v: keeps its age, not its limit", list[0].Item)
	}
	if list = d.Due(d.now.Add(time.Hour)); len(list) > 0 {
		t.Errorf("and again %+v", list)
	}
}

func TestAnnouncements(t *testing.T) {
	g := groupOf(1, LongestIdle, 1, 2)
	g.WaitLimit, g.Announce = 0, 10*time.Second
	d := open(t, g)
	d.is(Working, 1, 2)
	d.calls(1, "a", "b")
	d.now = t0.Add(10 * time.Second)
	list := d.due("announce a")
	if list[0].Position != 1 || list[0].Wait != 0 {
		t.Errorf("%+v: the pace isn't known yet", list[0])
	}
	d.now = t0.Add(40 * time.Second)
	d.idle(1)
	d.offers("a>1")
	d.taken("a", 1) // 41 s after the line began
	d.calls(1, "c")
	d.now = t0.Add(55 * time.Second)
	list = d.due("announce b", "announce c") // b's missed turns come once
	if list[0].Position != 1 || list[0].Wait != 41*time.Second || list[1].Position != 2 || list[1].Wait != 82*time.Second {
		t.Errorf("%+v", list)
	}
	if next, _ := d.NextDeadline(); !next.Equal(t0.Add(61 * time.Second)) {
		t.Errorf("next at %v", next)
	}
}

func TestPhoneDownIsNeverOffered(t *testing.T) {
	d := open(t, groupOf(1, LongestIdle, 7))
	a := agents.New(7, 1, "小安", "8001", agents.SIP, t0)
	tell := func() { d.SetAgent(a.ID, AvailabilityOf(a), d.now) }
	a.SignIn(d.now)
	tell()
	d.calls(1, "a")
	d.offers()
	a.PhoneUp(d.now)
	tell()
	a.PhoneDown(d.now)
	tell()
	d.offers()
	a.PhoneUp(d.now)
	tell()
	d.offers("a>7")
	for state, want := range map[agents.State]Availability{
		agents.Idle: {Free: true, Presence: Working}, agents.Busy: {Presence: Away}, agents.Break: {Presence: Away},
	} {
		b := agents.New(8, 1, "", "8002", agents.Web, t0)
		b.PhoneUp(t0)
		b.SignIn(t0)
		if err := b.Choose(state, "", t0); err != nil {
			t.Fatal(err)
		}
		got := AvailabilityOf(b)
		if got.Free != want.Free || got.Presence != want.Presence {
			t.Errorf("%s: %+v", state, got)
		}
		b.SignOut(t0)
		if AvailabilityOf(b).Presence != Absent {
			t.Errorf("%s, then signed out: %+v", state, AvailabilityOf(b))
		}
	}
}

func TestRestartKeepsOrderAndRings(t *testing.T) {
	before := open(t, groupOf(1, LongestIdle, 1, 2))
	before.is(Working, 1, 2)
	before.calls(1, "z", "y", "x")
	before.idle(1)
	before.offers("z>1")
	kept := before.Waiting(1)

	d := open(t, groupOf(1, LongestIdle, 1, 2))
	d.now = before.now.Add(2 * time.Second)
	slices.Reverse(kept)
	for _, item := range kept { // nobody has told yet who is there
		if r := d.Readmit(item, d.now); r != Welcome {
			t.Fatal(r)
		}
	}
	d.SetAgent(1, Availability{Free: true}, d.now) // rings, whatever is said
	d.offers()
	d.taken("z", 1)
	d.idle(2)
	d.offers("y>1", "x>2") // 1, of whom no idle time is known, counts as idle the longest
}

func TestRemovedGroup(t *testing.T) {
	d := open(t, groupOf(1, LongestIdle, 1, 2), groupOf(2, LongestIdle, 1))
	d.is(Working, 2)
	d.idle(1)
	d.calls(1, "a", "b")
	d.offers("a>1")
	items := d.RemoveGroup(1)
	if len(items) != 2 || items[0].ID != "a" || !slices.Equal(items[0].Offered, []int64{1}) {
		t.Fatalf("%+v", items)
	}
	d.idle(1)
	for _, item := range items {
		item.Group = 2
		if r := d.Enqueue(item, d.now); r != Welcome {
			t.Fatal(r)
		}
	}
	d.offers("a>1")
	if d.RemoveGroup(1) != nil {
		t.Error("removed twice")
	}
	if _, ok := d.GroupStats(1); ok {
		t.Error("figures of a group that is gone")
	}
}

func TestNewMembersTakeWhatWaits(t *testing.T) {
	d := open(t, groupOf(1, LongestIdle, 1))
	d.is(Working, 1)
	d.idle(2)
	d.calls(1, "a")
	d.offers()
	d.SetGroup(groupOf(1, LongestIdle, 2), d.now)
	d.offers("a>2")
	if s, _ := d.GroupStats(1); s.Ringing != 1 || s.Members != 1 || s.Online != 1 {
		t.Errorf("%+v", s)
	}
}

func TestTheLastOneLeavesWhileRinging(t *testing.T) {
	g := groupOf(1, LongestIdle, 1)
	g.EmptyLimit, g.Announce = 30*time.Second, 0
	d := open(t, g)
	d.idle(1)
	d.calls(1, "a")
	d.offers("a>1")
	d.is(Absent, 1)
	d.after(time.Minute)
	d.due() // a phone rings yet
	d.missed("a", 1)
	d.after(29 * time.Second)
	d.due()
	d.after(time.Second)
	d.due("no_agent a")
}

func TestChangedSettingsHoldAtOnce(t *testing.T) {
	g := groupOf(1, LongestIdle, 1)
	g.AskPause, g.Announce = time.Minute, 0
	d := open(t, g)
	d.idle(1)
	d.calls(1, "a")
	d.offers("a>1")
	d.missed("a", 1)
	d.idle(1)
	d.offers()
	g.AskPause = 0 // a second still, which idle has used up
	d.SetGroup(g, d.now)
	d.offers("a>1")
	d.missed("a", 1)

	g.Members, g.EmptyLimit = []Member{{Agent: 2}}, 10*time.Second
	d.SetGroup(g, d.now)
	d.after(10 * time.Second)
	d.due("no_agent a")

	d.is(Working, 2)
	d.calls(1, "b")
	g.WaitLimit = 5 * time.Second
	d.SetGroup(g, d.now)
	d.after(4 * time.Second)
	d.due("timeout b")
}
