package calls

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"switchdesk/storage/db/dbtest"
)

// crowd is a table of made-up records, and what people have added to them.
type crowd struct {
	store   *Store
	records []Record // of account 1, newest first
	tags    map[string][]int64
	labels  []int64 // the first is above the second
	open    map[string]bool
}

func newCrowd(t *testing.T, g *gorm.DB, rng *rand.Rand, n int) *crowd {
	t.Helper()
	ctx := context.Background()
	c := &crowd{store: NewStore(g), tags: map[string][]int64{}, open: map[string]bool{}}
	var bundles []Bundle
	for i := range n {
		account := int64(1 + i%5/4)
		at := monday.Add(time.Duration(rng.IntN(14*24*3600)) * time.Second)
		length := float64(rng.IntN(600))
		r := Record{
			ID: fmt.Sprintf("id-%06d", rng.IntN(1_000_000)*10+i%10), AccountID: account, Direction: In,
			From: fmt.Sprintf("139%08d", rng.IntN(60)*12345), To: fmt.Sprintf("400800%04d", rng.IntN(3)),
			Outcome: InboundOutcomes[rng.IntN(len(InboundOutcomes))], GroupID: int64(rng.IntN(4)), AgentID: int64(rng.IntN(6)),
			StartedAt: at, EndedAt: at.Add(time.Duration(length) * time.Second), TotalSeconds: length,
			QueueSeconds: float64(rng.IntN(60)), RingSeconds: float64(rng.IntN(30)), TalkSeconds: float64(rng.IntN(400)),
			CustomerID: int64(rng.IntN(3)), RecordingState: RecNone, Repeat: []int{0, 24, 48}[rng.IntN(3)],
			Marked: rng.IntN(9) == 0, StatusID: int64(rng.IntN(3)),
		}
		if rng.IntN(3) == 0 {
			r.From, r.To, r.Direction, r.Outcome = r.To, r.From, Out, []Outcome{Answered, NoAnswer, Busy}[rng.IntN(3)]
		}
		if rng.IntN(4) == 0 {
			r.RatingAsked = AskedBySystem
			r.Rating = []string{"", "满意", "不满意"}[rng.IntN(3)]
		}
		if rng.IntN(5) == 0 {
			r.ClosedAt = &r.EndedAt
		}
		bundles = append(bundles, Bundle{Account: account, Record: r})
	}
	for part := range slices.Chunk(bundles, 100) {
		if err := c.store.Save(ctx, part); err != nil {
			t.Fatal(err)
		}
	}
	for _, b := range bundles {
		if b.Account == 1 {
			c.records = append(c.records, b.Record)
		}
	}
	slices.SortFunc(c.records, func(a, b Record) int {
		if d := b.StartedAt.Compare(a.StartedAt); d != 0 {
			return d
		}
		return strings.Compare(b.ID, a.ID)
	})
	c.work(t, rng)
	return c
}

// work tags and assigns some of the calls.
func (c *crowd) work(t *testing.T, rng *rand.Rand) {
	ctx, by := context.Background(), By{ID: 1, Name: "周明", At: monday}
	parent := int64(0)
	for i, name := range []string{"投诉", "物流", "咨询"} {
		l, err := c.store.AddLabel(ctx, Label{AccountID: 1, Kind: CallTag, ParentID: parent, Name: name, Enabled: true}, monday)
		if err != nil {
			t.Fatal(err)
		}
		if parent = l.ID; i == 1 {
			parent = 0
		}
		c.labels = append(c.labels, l.ID)
	}
	for _, r := range c.records {
		if rng.IntN(4) == 0 {
			l := c.labels[rng.IntN(len(c.labels))]
			if err := c.store.Tag(ctx, Ref{1, r.ID, r.StartedAt}, l, by); err != nil {
				t.Fatal(err)
			}
			c.tags[r.ID] = append(c.tags[r.ID], l)
		}
		if rng.IntN(6) == 0 {
			done, err := c.store.Assign(ctx, 1, []string{r.ID}, []int64{3}, by)
			if err != nil {
				t.Fatal(err)
			}
			if done.Given == 1 {
				c.open[r.ID] = true
			}
		}
	}
}

// wanted is the same search without a database.
func (c *crowd) wanted(f Filter) []string {
	var ids []string
	has := func(all []int64, v int64) bool { return len(all) == 0 || slices.Contains(all, v) }
	part := func(n, p string) bool { return strings.Contains(n, p) }
	within := func(v float64, lo, hi *float64) bool { return (lo == nil || v >= *lo) && (hi == nil || v <= *hi) }
	is := func(want *bool, got bool) bool { return want == nil || *want == got }
	for _, r := range c.records {
		ok := (f.From.IsZero() || !r.StartedAt.Before(f.From)) && (f.To.IsZero() || r.StartedAt.Before(f.To)) &&
			(f.EndedFrom.IsZero() || !r.EndedAt.Before(f.EndedFrom)) && (f.EndedTo.IsZero() || r.EndedAt.Before(f.EndedTo)) &&
			(f.ID == "" || r.ID == f.ID) && (part(r.From, f.Number) || part(r.To, f.Number)) && part(r.From, f.Caller) && part(r.To, f.Callee) &&
			(len(f.Outcomes) == 0 || slices.Contains(f.Outcomes, r.Outcome)) && (f.Direction == "" || r.Direction == f.Direction) &&
			(len(f.Ratings) == 0 || slices.Contains(f.Ratings, r.Rating)) &&
			(f.Rated != RatingGiven || r.Rating != "") && (f.Rated != RatingAsked || r.Rating == "" && r.RatingAsked != "") &&
			(f.Rated != RatingNone || r.Rating == "" && r.RatingAsked == "") &&
			is(f.Located, r.CustomerID != 0) && (f.Customer == 0 || r.CustomerID == f.Customer) && is(f.Marked, r.Marked) && is(f.Closed, r.ClosedAt != nil) &&
			has(f.Statuses, r.StatusID) && has(f.Groups, r.GroupID) && has(f.AgentIDs, r.AgentID) && (f.Agents == nil || slices.Contains(f.Agents, r.AgentID)) &&
			(f.Repeat == 0 || r.Repeat != 0 && r.Repeat <= f.Repeat) &&
			within(r.TalkSeconds, f.TalkMin, f.TalkMax) && within(r.QueueSeconds, f.QueueMin, f.QueueMax) &&
			within(r.RingSeconds, f.RingMin, f.RingMax) && within(r.TotalSeconds, f.TotalMin, f.TotalMax) &&
			(f.Assigned != GivenOpen || c.open[r.ID]) && (f.Assigned != GivenNo || !c.open[r.ID]) && f.Assigned != GivenSettled
		if len(f.Tags) > 0 && ok {
			tags := f.Tags
			if slices.Contains(tags, c.labels[0]) {
				tags = append(slices.Clone(tags), c.labels[1])
			}
			ok = slices.ContainsFunc(c.tags[r.ID], func(l int64) bool { return slices.Contains(tags, l) })
		}
		if ok {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// anyFilter sets some of a filter's fields.
func (c *crowd) anyFilter(rng *rand.Rand) Filter {
	f := Filter{Limit: 1 + rng.IntN(60)}
	number := func(most int) *float64 { v := float64(rng.IntN(most)); return &v }
	yes := func() *bool { v := rng.IntN(2) == 0; return &v }
	some := c.records[rng.IntN(len(c.records))]
	sets := []func(){
		func() { f.From = monday.Add(time.Duration(rng.IntN(14*24)) * time.Hour) },
		func() { f.To = monday.Add(time.Duration(rng.IntN(14*24)) * time.Hour) },
		func() { f.EndedFrom = monday.Add(time.Duration(rng.IntN(14*24)) * time.Hour) },
		func() { f.EndedTo = monday.Add(time.Duration(rng.IntN(14*24)) * time.Hour) },
		func() { f.ID = some.ID },
		func() { n := rng.IntN(8); f.Number = some.From[n : n+1+rng.IntN(len(some.From)-n)] },
		func() { f.Caller = some.From[3:] },
		func() { f.Callee = some.To[:4] },
		func() { f.Outcomes = []Outcome{some.Outcome, Answered}[:1+rng.IntN(2)] },
		func() { f.Direction = some.Direction },
		func() { f.Ratings = []string{"满意"} },
		func() { f.Rated = []Rated{RatingGiven, RatingAsked, RatingNone}[rng.IntN(3)] },
		func() { f.Located = yes() }, func() { f.Customer = 1 }, func() { f.Marked = yes() }, func() { f.Closed = yes() },
		func() { f.Statuses = []int64{1, 2} }, func() { f.Groups = []int64{1, 3}[:1+rng.IntN(2)] },
		func() { f.AgentIDs = []int64{some.AgentID} }, func() { f.Agents = []int64{1, 2, 5}[:rng.IntN(4)] },
		func() { f.Repeat = []int{24, 48}[rng.IntN(2)] },
		func() { f.Tags = c.labels[rng.IntN(3):] }, func() { f.Tags = c.labels[:1] },
		func() { f.Assigned = []Given{GivenNo, GivenOpen, GivenSettled}[rng.IntN(3)] },
		func() { f.TalkMin = number(400) }, func() { f.TalkMax = number(400) }, func() { f.QueueMin, f.QueueMax = number(60), number(60) },
		func() { f.RingMax = number(30) }, func() { f.TotalMin = number(600) },
	}
	for range rng.IntN(4) {
		sets[rng.IntN(len(sets))]()
	}
	return f
}

// Any search gives what the same conditions give without a database, page
// after page, and counts it.
func TestSearchesFindWhatTheyShould(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		rng := rand.New(rand.NewPCG(11, 12))
		c := newCrowd(t, g, rng, 600)
		ctx := context.Background()
		for i := range 400 {
			if i == 200 {
				c.store.probe, c.store.window = 20, 35 // as if there were millions
			}
			f := c.anyFilter(rng)
			want := c.wanted(f)
			n, more, err := c.store.Count(ctx, 1, f)
			if err != nil || n != len(want) || more {
				t.Fatalf("search %d: counted %d more=%v err=%v, want %d\n%+v", i, n, more, err, len(want), f)
			}
			var got []string
			page := f
			for {
				rows, next, err := c.store.List(ctx, 1, page)
				if err != nil {
					t.Fatalf("search %d: %v\n%+v", i, err, f)
				}
				for _, r := range rows {
					got = append(got, r.ID)
				}
				if page.After = next; next == "" {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("search %d found\n%v, want\n%v\n%+v", i, got, want, f)
			}
		}
	})
}

// What people type is looked for as it stands: it is neither SQL nor a pattern.
func TestHostileSearches(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		c := newCrowd(t, g, rand.New(rand.NewPCG(3, 4)), 50)
		for _, text := range []string{"%", "_", "!", "' OR 1=1 --", "\\", "%%%%", "___", "1' OR '1", "\uffff\uffff\uffff", "0); DROP TABLE calls; --"} {
			for _, f := range []Filter{{Number: text}, {Caller: text}, {Callee: text}, {ID: text}, {Ratings: []string{text}}} {
				rows, _, err := c.store.List(context.Background(), 1, f)
				if err != nil || len(rows) != 0 {
					t.Errorf("%q finds %d calls, %v", text, len(rows), err)
				}
			}
		}
		if _, _, err := c.store.List(context.Background(), 1, Filter{After: "bm9uc2Vuc2U"}); err == nil {
			t.Error("a cursor of nobody's is taken")
		}
		if rows, _, err := c.store.List(context.Background(), 2, Filter{Number: c.records[0].From}); err != nil || slices.ContainsFunc(rows, func(r Record) bool { return r.AccountID != 2 }) {
			t.Errorf("another account's calls: %v %v", rows, err)
		}
	})
}

// A page keeps its place while calls are added before and after it.
func TestPagesKeepTheirPlace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		store, ctx := NewStore(g), context.Background()
		add := func(id string, at time.Time) {
			b := Bundle{Account: 1, Record: Record{ID: id, AccountID: 1, Direction: In, Outcome: EndedInIVR, StartedAt: at, EndedAt: at, RecordingState: RecNone}}
			if err := store.Save(ctx, []Bundle{b}); err != nil {
				t.Fatal(err)
			}
		}
		for i := range 6 {
			add(fmt.Sprintf("c%d", i), monday.Add(time.Duration(i/2)*time.Minute)) // two begin at each moment
		}
		rows, next, err := store.List(ctx, 1, Filter{Limit: 3})
		if err != nil || len(rows) != 3 || next == "" {
			t.Fatalf("%d rows, next %q, %v", len(rows), next, err)
		}
		add("new", monday.Add(time.Hour))
		more, last, err := store.List(ctx, 1, Filter{Limit: 3, After: next})
		if err != nil || last != "" {
			t.Fatalf("next %q, %v", last, err)
		}
		var got []string
		for _, r := range append(rows, more...) {
			got = append(got, r.ID)
		}
		if want := []string{"c5", "c4", "c3", "c2", "c1", "c0"}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	})
}
