package calls

import (
	"context"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// Filter narrows a search of records; zero fields do not. It travels as JSON
// with the names of the API's query.
type Filter struct {
	From       time.Time  `json:"from,omitzero"` // when the call began: from, and before To
	To         time.Time  `json:"to,omitzero"`
	EndedFrom  time.Time  `json:"ended_from,omitzero"` // when it was hung up
	EndedTo    time.Time  `json:"ended_to,omitzero"`
	ID         string     `json:"id,omitempty"`
	Number     string     `json:"number,omitempty"` // part of the caller's or the dialled number
	Caller     string     `json:"caller,omitempty"` // part of it
	Callee     string     `json:"callee,omitempty"` // part of it
	Outcomes   []Outcome  `json:"outcome,omitempty"`
	Direction  Direction  `json:"direction,omitempty"`
	Ratings    []string   `json:"rating,omitempty"` // what customers chose
	Rated      Rated      `json:"rated,omitempty"`
	Located    *bool      `json:"located,omitempty"` // whether the customer is known
	Customer   int64      `json:"customer,omitempty"`
	Marked     *bool      `json:"marked,omitempty"`
	Closed     *bool      `json:"closed,omitempty"`
	Statuses   []int64    `json:"status,omitempty"`
	Groups     []int64    `json:"group,omitempty"`
	AgentIDs   []int64    `json:"agent,omitempty"`
	Repeat     int        `json:"repeat,omitempty"`  // hours: 24 or 48
	Tags       []int64    `json:"tag,omitempty"`     // one of these or of those below them
	Quality    []int64    `json:"quality,omitempty"` // as Tags
	Assigned   Given      `json:"assigned,omitempty"`
	Recordings []RecState `json:"recording,omitempty"`
	TalkMin    *float64   `json:"talk_min,omitempty"` // seconds, both ends included
	TalkMax    *float64   `json:"talk_max,omitempty"`
	QueueMin   *float64   `json:"queue_min,omitempty"`
	QueueMax   *float64   `json:"queue_max,omitempty"`
	RingMin    *float64   `json:"ring_min,omitempty"`
	RingMax    *float64   `json:"ring_max,omitempty"`
	TotalMin   *float64   `json:"total_min,omitempty"`
	TotalMax   *float64   `json:"total_max,omitempty"`
	Flow       int64      `json:"flow,omitempty"`    // calls that were at a node of this flow:
	Version    int64      `json:"version,omitempty"` // of this version, 0 of any
	Node       string     `json:"node,omitempty"`    // at this one
	Exit       string     `json:"exit,omitempty"`    // and left it by this exit, or by WayLeft, WayTalked …
	Agents     []int64    `json:"-"`                 // data scope: only these agents' calls; nil is everybody's
	After      string     `json:"after,omitempty"`   // cursor: where the page before ended
	Limit      int        `json:"limit,omitempty"`   // at most 200; 50 if 0
}

// Rated tells of a call's survey.
type Rated string

// The states of a survey.
const (
	RatingGiven Rated = "given" // the customer has answered
	RatingAsked Rated = "asked" // asked, and not answered
	RatingNone  Rated = "none"  // not asked
)

// Given tells of a missed call's assignment.
type Given string

// The states of an assignment.
const (
	GivenNo      Given = "no"      // assigned to nobody
	GivenOpen    Given = "open"    // assigned and not called back yet
	GivenSettled Given = "settled" // called back, or closed
)

// longestCall bounds how long before its end a call may have begun, so that a
// search by the hang-up can use the order of beginnings.
const longestCall = 48 * time.Hour

// cond is one condition of a search.
type cond struct {
	sql  string
	args []any
	// index answers it alone; "" if none does.
	index string
	// inTime says that the index gives its rows in the order of time, and
	// knows when calls began.
	inTime bool
	no     int // tells two of the same words from each other
}

// List finds records, newest first, and the cursor of the next page ("" at
// the end). A page keeps its place while new calls come in. Where very few of
// very many calls are wanted a page may hold fewer than asked for, or none,
// and still have a next one: each reads a bounded number of rows.
func (s *Store) List(ctx context.Context, account int64, f Filter) ([]Record, string, error) {
	limit := f.Limit
	if limit <= 0 || limit > 200 {
		limit = 50
	}
	conds, err := s.conditions(ctx, account, &f)
	if err != nil {
		return nil, "", err
	}
	first, left, err := s.plan(ctx, account, f, conds)
	if err != nil {
		return nil, "", err
	}
	from, err := readCursor(f.After)
	if err != nil {
		return nil, "", err
	}
	if s.long(first, left) {
		found, next, err := s.walk(ctx, account, first, left, from, limit)
		if err != nil {
			return nil, "", err
		}
		rows, err := s.inOrder(ctx, account, found)
		return rows, next, err
	}
	q := from.behind(where(where(s.from(ctx, account, first.index), first.conds), left))
	var found []spot
	if err := q.Select("id", "started_at").Order("started_at DESC, id DESC").Limit(limit + 1).Scan(&found).Error; err != nil {
		return nil, "", failed(err)
	}
	next := ""
	if len(found) > limit {
		found = found[:limit]
		next = found[limit-1].cursor()
	}
	rows, err := s.inOrder(ctx, account, found)
	return rows, next, err
}

// spot is where a record stands in the list.
type spot struct {
	ID        string
	StartedAt time.Time
}

func (p spot) cursor() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(p.StartedAt.UnixMicro(), 36) + "." + p.ID))
}

func readCursor(cursor string) (spot, error) {
	if cursor == "" {
		return spot{}, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	at, id, ok := strings.Cut(string(raw), ".")
	micros, bad := strconv.ParseInt(at, 36, 64)
	if err != nil || !ok || bad != nil {
		return spot{}, fault.New(fault.Invalid, "cursor.invalid", "the cursor is not one that this list gave").On("cursor")
	}
	return spot{ID: id, StartedAt: time.UnixMicro(micros).UTC()}, nil
}

// behind keeps a query to what follows in the list; the zero spot is before
// all, one without an id behind all that began then.
func (p spot) behind(q *gorm.DB) *gorm.DB {
	if p.StartedAt.IsZero() {
		return q
	}
	return q.Where("started_at <= ? AND (started_at < ? OR id < ?)", p.StartedAt, p.StartedAt, p.ID)
}

func (s *Store) inOrder(ctx context.Context, account int64, found []spot) ([]Record, error) {
	ids := make([]string, len(found))
	for i, p := range found {
		ids[i] = p.ID
	}
	byID, err := s.records(ctx, account, ids)
	rows := make([]Record, 0, len(ids))
	for _, id := range ids {
		if r, ok := byID[id]; ok {
			rows = append(rows, r)
		}
	}
	return rows, err
}

// CountMost is as far as a search is counted.
const CountMost = 10_000

// countRead bounds how many rows are read to count a search with several
// conditions.
const countRead = 30_000

// Count tells how many records a search finds. It reads a bounded number of
// rows: more says that there are, or may be, more than it counted.
func (s *Store) Count(ctx context.Context, account int64, f Filter) (n int, more bool, err error) {
	conds, err := s.conditions(ctx, account, &f)
	if err != nil {
		return 0, false, err
	}
	first, rest, err := s.plan(ctx, account, f, conds)
	if err != nil {
		return 0, false, err
	}
	read := countRead
	if len(rest) == 0 {
		read = CountMost + 1
	}
	inner := s.from(ctx, account, first.index)
	inner = where(inner, first.conds)
	ok, args := "1", []any(nil)
	if len(rest) > 0 {
		parts := make([]string, len(rest))
		for i, c := range rest {
			parts[i], args = "("+c.sql+")", append(args, c.args...)
		}
		ok = "CASE WHEN " + strings.Join(parts, " AND ") + " THEN 1 ELSE 0 END"
	}
	inner = inner.Select(ok+" AS ok", args...).Limit(read)
	var got struct{ Seen, Hit int }
	err = s.db.WithContext(ctx).Table("(?) AS p", inner).Select("COUNT(*) AS seen, COALESCE(SUM(ok), 0) AS hit").Scan(&got).Error
	if err != nil {
		return 0, false, failed(err)
	}
	return min(got.Hit, CountMost), got.Hit > CountMost || got.Seen >= read, nil
}

// Ratings lists what customers have answered to surveys, at most 100 words.
func (s *Store) Ratings(ctx context.Context, account int64) ([]string, error) {
	words := []string{}
	last := ""
	for range 100 {
		// One step of the index for each word, however many calls have it.
		var next []string
		if err := s.db.WithContext(ctx).Model(&Record{}).Scopes(db.In(account)).Where("rating > ?", last).
			Order("rating").Limit(1).Pluck("rating", &next).Error; err != nil {
			return nil, failed(err)
		}
		if len(next) == 0 {
			break
		}
		last = next[0]
		words = append(words, last)
	}
	return words, nil
}

func where(q *gorm.DB, conds []cond) *gorm.DB {
	for _, c := range conds {
		q = q.Where("("+c.sql+")", c.args...)
	}
	return q
}

// narrowed is the query of a search, told by which index to go.
func (s *Store) narrowed(ctx context.Context, account int64, f Filter, conds []cond) (*gorm.DB, error) {
	first, rest, err := s.plan(ctx, account, f, conds)
	if err != nil {
		return nil, err
	}
	return where(where(s.from(ctx, account, first.index), first.conds), rest), nil
}

// filtered asks for what a filter leaves, its cursor and limit aside.
func (s *Store) filtered(ctx context.Context, account int64, f Filter) *gorm.DB {
	conds, err := s.conditions(ctx, account, &f)
	if err == nil {
		var q *gorm.DB
		if q, err = s.narrowed(ctx, account, f, conds); err == nil {
			return q
		}
	}
	q := s.db.WithContext(ctx).Scopes(db.In(account))
	_ = q.AddError(err)
	return q
}

// conditions turns a filter into SQL. It may look things up: tags below tags,
// numbers with a part.
func (s *Store) conditions(ctx context.Context, account int64, f *Filter) ([]cond, error) {
	var list []cond
	add := func(c ...cond) { list = append(list, c...) }
	for column, n := range map[string]string{"from_number": f.Caller, "to_number": f.Callee, "": f.Number} {
		if n = digitsOf(n); n == "" {
			continue
		}
		c, err := s.byNumber(ctx, account, column, n)
		if err != nil {
			return nil, err
		}
		add(c)
	}
	for kind, ids := range map[LabelKind][]int64{CallTag: f.Tags, QualityTag: f.Quality} {
		if len(ids) == 0 {
			continue
		}
		all, err := s.Labels(ctx, account, kind)
		if err != nil {
			return nil, err
		}
		c, err := s.byTag(ctx, account, f, Below(all, ids))
		if err != nil {
			return nil, err
		}
		add(c)
	}
	if f.Flow > 0 {
		c, err := s.byFlow(ctx, account, f)
		if err != nil {
			return nil, err
		}
		add(c)
	}
	add(f.byRow()...)
	add(f.byState()...)
	add(ranges(f)...)
	return list, nil
}

// byNumber finds calls by a part of a number; column "" is either number.
func (s *Store) byNumber(ctx context.Context, account int64, column, part string) (cond, error) {
	numbers, few, err := s.numbersWith(ctx, account, part)
	if err != nil {
		return cond{}, err
	}
	if !few {
		like := likeAnywhere(part)
		if column == "" {
			return cond{sql: "from_number LIKE ? ESCAPE '!' OR to_number LIKE ? ESCAPE '!'", args: []any{like, like}}, nil
		}
		return cond{sql: column + " LIKE ? ESCAPE '!'", args: []any{like}}, nil
	}
	if len(numbers) == 0 {
		return cond{sql: "id = ''", index: "PRIMARY"}, nil // no such number has ever called
	}
	switch column {
	case "":
		return cond{sql: "from_number IN ? OR to_number IN ?", args: []any{numbers, numbers}, index: "calls_from, calls_to"}, nil
	case "from_number":
		return cond{sql: "from_number IN ?", args: []any{numbers}, index: "calls_from", inTime: len(numbers) == 1}, nil
	}
	return cond{sql: "to_number IN ?", args: []any{numbers}, index: "calls_to", inTime: len(numbers) == 1}, nil
}

// byTag finds calls with one of the labels: by the labels' own rows where they
// are few, else by asking each call.
func (s *Store) byTag(ctx context.Context, account int64, f *Filter, labels []int64) (cond, error) {
	rows := func() *gorm.DB {
		return s.db.WithContext(ctx).Model(&TagRow{}).Scopes(db.In(account)).Where("label_id IN ?", labels)
	}
	few := rows()
	if !f.From.IsZero() {
		few = few.Where("call_at >= ?", f.From.UTC())
	}
	if !f.To.IsZero() {
		few = few.Where("call_at < ?", f.To.UTC())
	}
	var ids []string
	if err := few.Limit(tagsInHand+1).Pluck("call_id", &ids).Error; err != nil {
		return cond{}, failed(err)
	}
	if len(ids) <= tagsInHand {
		if len(ids) == 0 {
			return cond{sql: "id = ''", index: "PRIMARY"}, nil
		}
		slices.Sort(ids)
		return cond{sql: "id IN ?", args: []any{slices.Compact(ids)}, index: "PRIMARY"}, nil
	}
	return cond{sql: "EXISTS (SELECT 1 FROM call_tags t WHERE t.call_id = calls.id AND t.account_id = ? AND t.label_id IN ?)", args: []any{account, labels}}, nil
}

// tagsInHand is how many calls of a tag are named one by one.
const tagsInHand = 2000

func in[T any](column string, values []T, index string) []cond {
	if len(values) == 0 {
		return nil
	}
	return []cond{{sql: column + " IN ?", args: []any{values}, index: index, inTime: len(values) == 1}}
}

// byRow are conditions on what the switch and the floor wrote down.
func (f *Filter) byRow() []cond {
	var list []cond
	if f.ID != "" {
		list = append(list, cond{sql: "id = ?", args: []any{strings.TrimSpace(f.ID)}, index: "PRIMARY"})
	}
	list = append(list, in("outcome", f.Outcomes, "calls_outcome")...)
	list = append(list, in("group_id", f.Groups, "calls_group")...)
	list = append(list, in("agent_id", f.AgentIDs, "calls_agent")...)
	list = append(list, in("recording_state", f.Recordings, "")...)
	if f.Agents != nil {
		// Nobody has the id -1: an empty scope sees nothing.
		list = append(list, in("agent_id", append([]int64{-1}, f.Agents...), "calls_agent")...)
		list[len(list)-1].inTime = len(f.Agents) == 1
		if len(f.Agents) == 1 {
			list[len(list)-1].args = []any{f.Agents}
		}
	}
	if f.Direction != "" {
		list = append(list, cond{sql: "direction = ?", args: []any{f.Direction}})
	}
	list = append(list, in("rating", f.Ratings, "calls_rating")...)
	switch f.Rated {
	case RatingGiven:
		list = append(list, cond{sql: "rating > ''", index: "calls_rating"})
	case RatingAsked:
		list = append(list, cond{sql: "rating = '' AND rating_asked <> ''"})
	case RatingNone:
		list = append(list, cond{sql: "rating = '' AND rating_asked = ''"})
	}
	switch f.Repeat {
	case 24:
		list = append(list, cond{sql: "repeat_within = 24", index: "calls_repeat", inTime: true})
	case 48:
		list = append(list, cond{sql: "repeat_within IN (24, 48)", index: "calls_repeat"})
	}
	return list
}

// byState are conditions on what people did to the record.
func (f *Filter) byState() []cond {
	var list []cond
	if f.Customer != 0 {
		list = append(list, cond{sql: "customer_id = ?", args: []any{f.Customer}, index: "calls_customer", inTime: true})
	}
	if f.Located != nil && *f.Located {
		list = append(list, cond{sql: "customer_id > 0", index: "calls_customer"})
	} else if f.Located != nil {
		list = append(list, cond{sql: "customer_id = 0", index: "calls_customer", inTime: true})
	}
	if f.Marked != nil {
		list = append(list, cond{sql: "marked = ?", args: []any{*f.Marked}, index: "calls_marked", inTime: true})
	}
	if f.Closed != nil && *f.Closed {
		list = append(list, cond{sql: "closed_at IS NOT NULL"})
	} else if f.Closed != nil {
		list = append(list, cond{sql: "closed_at IS NULL"})
	}
	list = append(list, in("status_id", f.Statuses, "calls_status")...)
	const assigned = "EXISTS (SELECT 1 FROM call_assignments a WHERE a.call_id = calls.id"
	switch f.Assigned {
	case GivenNo:
		list = append(list, cond{sql: "NOT " + assigned + ")"})
	case GivenOpen:
		list = append(list, cond{sql: assigned + " AND a.settled_at IS NULL)"})
	case GivenSettled:
		list = append(list, cond{sql: assigned + " AND a.settled_at IS NOT NULL)"})
	}
	return list
}

// ranges are conditions on times and lengths.
func ranges(f *Filter) []cond {
	var list []cond
	if !f.EndedFrom.IsZero() {
		list = append(list, cond{sql: "ended_at >= ?", args: []any{f.EndedFrom.UTC()}})
		if early := f.EndedFrom.Add(-longestCall); f.From.Before(early) {
			f.From = early
		}
	}
	if !f.EndedTo.IsZero() {
		list = append(list, cond{sql: "ended_at < ?", args: []any{f.EndedTo.UTC()}})
		if f.To.IsZero() || f.EndedTo.Before(f.To) {
			f.To = f.EndedTo
		}
	}
	for _, r := range []struct {
		column, index string
		from, to      *float64
	}{
		{"talk_seconds", "calls_talk", f.TalkMin, f.TalkMax}, {"queue_seconds", "calls_queue", f.QueueMin, f.QueueMax},
		{"ring_seconds", "calls_ring", f.RingMin, f.RingMax}, {"total_seconds", "calls_total", f.TotalMin, f.TotalMax},
	} {
		switch {
		case r.from != nil && r.to != nil:
			list = append(list, cond{sql: r.column + " BETWEEN ? AND ?", args: []any{*r.from, *r.to}, index: r.index})
		case r.from != nil:
			list = append(list, cond{sql: r.column + " >= ?", args: []any{*r.from}, index: r.index})
		case r.to != nil:
			list = append(list, cond{sql: r.column + " <= ?", args: []any{*r.to}, index: r.index})
		}
	}
	return list
}
