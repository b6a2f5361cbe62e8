package calls

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"switchdesk/internal/fault"
	"switchdesk/storage/db/dbtest"
)

var ann = By{ID: 7, Name: "李静", At: monday}

func refusal(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Code
	}
	return fmt.Sprint(err)
}

// missedCall saves a call that nobody answered.
func missedCall(t *testing.T, s *Store, id, from string, at time.Time) Ref {
	t.Helper()
	return saveCall(t, s, Record{ID: id, AccountID: 1, Direction: In, From: from, To: "4008001234", Outcome: RingNoAnswer, StartedAt: at, EndedAt: at.Add(time.Minute), RecordingState: RecNone})
}

func saveCall(t *testing.T, s *Store, r Record) Ref {
	t.Helper()
	if err := s.Save(context.Background(), []Bundle{{Account: r.AccountID, Record: r}}); err != nil {
		t.Fatal(err)
	}
	return Ref{r.AccountID, r.ID, r.StartedAt}
}

func tree(t *testing.T, s *Store, kind LabelKind) string {
	t.Helper()
	all, err := s.Labels(context.Background(), 1, kind)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	var walk func(parent int64, depth int)
	walk = func(parent int64, depth int) {
		for _, l := range all {
			if l.ParentID == parent {
				out = append(out, strings.Repeat(">", depth)+l.Name)
				walk(l.ID, depth+1)
			}
		}
	}
	walk(0, 0)
	return strings.Join(out, " ")
}

func TestLabelsAreATree(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		s, ctx := NewStore(g), context.Background()
		add := func(name string, parent int64) int64 {
			l, err := s.AddLabel(ctx, Label{AccountID: 1, Kind: CallTag, ParentID: parent, Name: name, Enabled: true}, monday)
			if err != nil {
				t.Fatal(err)
			}
			return l.ID
		}
		a, b := add("投诉", 0), add("咨询", 0)
		a1, a2 := add("物流", a), add("质量", a)
		deep := a2
		for i := range 3 {
			deep = add(fmt.Sprint(i), deep)
		}
		if got := tree(t, s, CallTag); got != "投诉 >物流 >质量 >>0 >>>1 >>>>2 咨询" {
			t.Fatal(got)
		}
		for name, c := range map[string]struct {
			do   func() error
			want string
		}{
			"a sixth level": {func() error {
				_, err := s.AddLabel(ctx, Label{AccountID: 1, Kind: CallTag, ParentID: deep, Name: "x"}, monday)
				return err
			}, "label.deep"},
			"a branch moved too deep": {func() error { return s.MoveLabel(ctx, 1, a, b, 0, monday) }, "label.deep"},
			"below itself":            {func() error { return s.MoveLabel(ctx, 1, a, a1, 0, monday) }, "label.loop"},
			"twice the same name": {func() error {
				_, err := s.AddLabel(ctx, Label{AccountID: 1, Kind: CallTag, Name: " 投诉 "}, monday)
				return err
			}, "label.taken"},
			"renamed to another's": {func() error { _, err := s.ChangeLabel(ctx, 1, b, "投诉", true, monday); return err }, "label.taken"},
			"without a name": {func() error {
				_, err := s.AddLabel(ctx, Label{AccountID: 1, Kind: CallTag, Name: " "}, monday)
				return err
			}, "name.empty"},
			"of another account": {func() error { return s.MoveLabel(ctx, 2, b, 0, a, monday) }, "label.unknown"},
			"below another kind's": {func() error {
				_, err := s.AddLabel(ctx, Label{AccountID: 1, Kind: QualityTag, ParentID: a, Name: "y"}, monday)
				return err
			}, "label.unknown"},
			"a status with levels": {func() error {
				_, err := s.AddLabel(ctx, Label{AccountID: 1, Kind: ContactStatus, ParentID: a, Name: "z"}, monday)
				return err
			}, "label.flat"},
			"removed with some below": {func() error { return s.RemoveLabel(ctx, 1, a) }, "label.parent"},
		} {
			if got := refusal(c.do()); got != c.want {
				t.Errorf("%s: %s, want %s", name, got, c.want)
			}
		}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(s.MoveLabel(ctx, 1, b, 0, a, monday))
		must(s.MoveLabel(ctx, 1, a2, a, a1, monday))
		if got := tree(t, s, CallTag); got != "咨询 投诉 >质量 >>0 >>>1 >>>>2 >物流" {
			t.Error(got)
		}
		must(s.MoveLabel(ctx, 1, a2, 0, 0, monday))
		if got := tree(t, s, CallTag); got != "咨询 投诉 >物流 质量 >0 >>1 >>>2" {
			t.Error(got)
		}
	})
}

// A tag that is turned off, or stands below one that is, can't be given any
// more; calls that have it keep it.
func TestDisabledTagsStayOnCalls(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		s, ctx := NewStore(g), context.Background()
		top, _ := s.AddLabel(ctx, Label{AccountID: 1, Kind: CallTag, Name: "投诉", Enabled: true}, monday)
		sub, _ := s.AddLabel(ctx, Label{AccountID: 1, Kind: CallTag, ParentID: top.ID, Name: "物流", Enabled: true}, monday)
		one := Ref{1, "live-1", monday} // goes on: there is no record yet
		two := missedCall(t, s, "two", "13900010002", monday)
		if err := s.Tag(ctx, one, sub.ID, ann); err != nil {
			t.Fatal(err)
		}
		if err := s.Tag(ctx, one, sub.ID, ann); err != nil {
			t.Fatal("a second time:", err)
		}
		if err := s.AddNote(ctx, one, "通话中的备注", ann); err != nil {
			t.Fatal(err)
		}
		if _, err := s.ChangeLabel(ctx, 1, top.ID, "投诉", false, monday); err != nil {
			t.Fatal(err)
		}
		if got := refusal(s.Tag(ctx, two, sub.ID, ann)); got != "label.off" {
			t.Errorf("a tag below one that is off: %s", got)
		}
		saveCall(t, s, Record{ID: "live-1", AccountID: 1, Direction: In, From: "13900010001", Outcome: Answered, StartedAt: monday, EndedAt: monday.Add(time.Minute), RecordingState: RecNone})
		rows, _, err := s.List(ctx, 1, Filter{Tags: []int64{top.ID}})
		if err != nil || len(rows) != 1 || rows[0].ID != "live-1" || rows[0].Note != "通话中的备注" {
			t.Errorf("found by the tag above: %+v %v", rows, err)
		}
		if got := refusal(s.RemoveLabel(ctx, 1, sub.ID)); got != "label.used" {
			t.Errorf("removing a tag in use: %s", got)
		}
		w, err := s.WorkOn(ctx, 1, "live-1")
		if err != nil || len(w.Tags) != 1 || len(w.Notes) != 1 {
			t.Fatalf("%+v %v", w, err)
		}
		var log []string
		for _, o := range w.Operations {
			log = append(log, o.What+" "+o.Detail)
		}
		if want := []string{"tag.add 投诉 / 物流", "note.add 通话中的备注"}; !slices.Equal(log, want) {
			t.Errorf("operation log %q, want %q", log, want)
		}
		if err := s.Untag(ctx, one, sub.ID, ann); err != nil {
			t.Fatal(err)
		}
		if err := s.RemoveLabel(ctx, 1, sub.ID); err != nil {
			t.Errorf("removing a tag that no call has any more: %v", err)
		}
		if got := refusal(s.Tag(ctx, two, sub.ID, ann)); got != "label.unknown" {
			t.Errorf("a removed tag: %s", got)
		}
	})
}

// Missed calls go evenly to agents, those of one number to the same agent, and
// settle by themselves when there has been a talk.
func TestMissedCallsAreAssignedAndSettle(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		s, ctx := NewStore(g), context.Background()
		var ids []string
		for i := range 9 {
			ids = append(ids, missedCall(t, s, fmt.Sprintf("m%d", i), fmt.Sprintf("1390001000%d", i), monday.Add(time.Duration(i)*time.Minute)).ID)
		}
		ids = append(ids, missedCall(t, s, "again", "13900010000", monday.Add(time.Hour)).ID)
		answered := Record{ID: "talk", AccountID: 1, Direction: In, From: "13900010008", Outcome: Answered, StartedAt: monday.Add(2 * time.Hour), EndedAt: monday.Add(3 * time.Hour), RecordingState: RecNone}
		ids = append(ids, saveCall(t, s, answered).ID, "nobody's")
		done, err := s.Assign(ctx, 1, ids, []int64{21, 22, 23}, ann)
		if err != nil {
			t.Fatal(err)
		}
		if done.Given != 9 || done.Talked != 1 || done.PerAgent[21]+done.PerAgent[22]+done.PerAgent[23] != 9 {
			t.Errorf("%+v", done)
		}
		most, least := 0, 9
		for _, n := range done.PerAgent {
			most, least = max(most, n), min(least, n)
		}
		if most-least > 1 {
			t.Errorf("not even: %v", done.PerAgent)
		}
		holder := func(id string) int64 {
			t.Helper()
			a, err := s.AssignedTo(ctx, 1, id)
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		if holder("m0") != holder("again") || holder("m0") == 0 {
			t.Errorf("calls of one number went to %d and %d", holder("m0"), holder("again"))
		}
		if got := refusal(second(s.Assign(ctx, 1, ids, nil, ann))); got != "assign.nobody" {
			t.Errorf("to nobody: %s", got)
		}
		if done, err := s.Assign(ctx, 2, ids, []int64{31}, ann); err != nil || done.Given != 0 {
			t.Errorf("another account's: %+v %v", done, err)
		}

		// Somebody calls the number back: both its calls are settled; a talk that
		// began before, or with another number, settles nothing.
		back := Record{ID: "back", AccountID: 1, Direction: Out, From: "4008001234", To: "13900010000", Outcome: Answered, StartedAt: monday.Add(4 * time.Hour), EndedAt: monday.Add(5 * time.Hour), RecordingState: RecNone}
		tried, other := back, back
		tried.ID, tried.To, tried.Outcome = "tried", "13900010001", NoAnswer
		other.ID, other.AccountID, other.To = "other", 2, "13900010002"
		early := back
		early.ID, early.To, early.StartedAt = "early", "13900010003", monday
		for _, r := range []Record{back, tried, other, early} {
			saveCall(t, s, r)
		}
		for id, open := range map[string]bool{"m0": false, "again": false, "m1": true, "m2": true, "m3": true} {
			if got := holder(id) != 0; got != open {
				t.Errorf("%s is open: %v, want %v", id, got, open)
			}
		}
		if err := s.Close(ctx, Ref{1, "m1", monday}, true, ann); err != nil {
			t.Fatal(err)
		}
		if holder("m1") != 0 {
			t.Error("a call that was put aside is still pending")
		}
		total := 0
		for _, agent := range []int64{21, 22, 23} {
			rows, records, err := s.Pending(ctx, 1, agent)
			if err != nil {
				t.Fatal(err)
			}
			n, _ := s.PendingCount(ctx, 1, agent)
			if n != len(rows) || n != len(records) {
				t.Errorf("agent %d: %d pending, %d rows, %d records", agent, n, len(rows), len(records))
			}
			total += n
		}
		if total != 6 {
			t.Errorf("%d calls pending, want 6", total)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestSavedSearches(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		s, ctx := NewStore(g), context.Background()
		save := func(user int64, name string, shared bool) SavedSearch {
			f, err := s.SaveSearch(ctx, SavedSearch{AccountID: 1, UserID: user, Name: name, Shared: shared, Query: `{"outcome":"answered"}`}, monday)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		mine, theirs := save(1, "长通话", false), save(2, "未接", true)
		save(2, "私人", false)
		rows, err := s.Searches(ctx, 1, 1)
		if err != nil || len(rows) != 2 {
			t.Fatalf("%+v %v", rows, err)
		}
		if got := refusal(s.RemoveSearch(ctx, 1, 1, theirs.ID)); got != "search.unknown" {
			t.Errorf("removing another's: %s", got)
		}
		for query, want := range map[string]string{"": "search.query", "[1]": "search.query", `{"a":"` + strings.Repeat("x", 5000) + `"}`: "search.query"} {
			if _, err := s.SaveSearch(ctx, SavedSearch{AccountID: 1, UserID: 1, Name: "n", Query: query}, monday); refusal(err) != want {
				t.Errorf("%.20s: %v", query, err)
			}
		}
		mine.Name, mine.Shared = "很长的通话", true
		if _, err := s.SaveSearch(ctx, mine, monday.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		mine.AccountID = 2
		if _, err := s.SaveSearch(ctx, mine, monday); refusal(err) != "search.unknown" {
			t.Errorf("from another account: %v", err)
		}
		if rows, _ = s.Searches(ctx, 1, 3); len(rows) != 2 {
			t.Errorf("others see %+v", rows)
		}
		if err := s.RemoveSearch(ctx, 1, 1, mine.ID); err != nil {
			t.Error(err)
		}
	})
}
