package queues

import (
	"math"
	"slices"
	"testing"
	"time"

	"switchdesk/agents"
)

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

func TestPriorityBeyondAllBounds(t *testing.T) {
	d := open(t, groupOf(1, LongestIdle, 1))
	d.is(Working, 1)
	for i, p := range []int{math.MinInt, 0, math.MaxInt} {
		if r := d.Enqueue(Item{ID: string(rune('a' + i)), Group: 1, Priority: p}, d.now); r != Welcome {
			t.Fatal(r)
		}
	}
	if s, _ := d.GroupStats(1); s.Waiting != 3 || !s.Oldest.Equal(d.now) {
		t.Errorf("%+v", s)
	}
	if at, _ := d.Position("a"); at != 3 {
		t.Errorf("the lowest stands at %d", at)
	}
}
