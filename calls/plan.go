package calls

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"switchdesk/storage/db"
)

// A search has up to two dozen conditions and the tables tens of millions of
// rows. Which index leads to the page soonest depends on how many rows each
// condition leaves. MariaDB guesses that, and a wrong guess reads everything;
// so it is counted: each index is asked for the first few thousand rows of its
// condition, which it answers by itself in a moment. The shortest way is
// taken, and what is found in it is held against the other conditions.

// way is how a search begins: an index and what it answers.
type way struct {
	index string
	conds []cond
	rows  int       // at most one more than the store's probe
	old   time.Time // how far back the first rows of a long way reach
	order bool      // rows come in order of time: a page may be full long before the end
}

// plan chooses the way and gives what is left to be checked on it.
func (s *Store) plan(ctx context.Context, account int64, f Filter, conds []cond) (way, []cond, error) {
	times := timeConds(f)
	for i := range times {
		times[i].no = -1 - i
	}
	for i := range conds {
		conds[i].no = 1 + i
	}
	best := way{index: "calls_started", conds: times, rows: s.probe + 1, order: true}
	if s.db.Name() != "mysql" {
		return way{conds: times}, conds, nil
	}
	var usable bool
	for _, c := range conds {
		if c.index == "PRIMARY" {
			return way{index: "PRIMARY", conds: []cond{c}}, rest(slices.Concat(times, conds), c), nil
		}
		usable = usable || c.index != ""
	}
	if !usable {
		return best, conds, nil
	}
	ways := []way{best}
	for _, c := range conds {
		if c.index == "" {
			continue
		}
		w := way{index: c.index, conds: []cond{c}, order: c.inTime}
		if c.inTime {
			w.conds = append(w.conds, times...)
		}
		ways = append(ways, w)
	}
	best, err := s.shortest(ctx, account, ways)
	if err != nil {
		return best, nil, err
	}
	left := slices.Concat(times, conds)
	for _, c := range best.conds {
		left = rest(left, c)
	}
	return best, left, nil
}

// shortest measures the ways. Short ones are compared by their rows; of long
// ones only those in order of time are of use, and the one whose first rows
// reach back furthest is the rarest.
func (s *Store) shortest(ctx context.Context, account int64, ways []way) (way, error) {
	for i := range ways {
		w := &ways[i]
		if w.index == "calls_started" && len(w.conds) == 0 {
			w.rows = s.probe + 1
		} else {
			var n int64
			inner := where(s.from(ctx, account, w.index), w.conds).Select("1 AS x").Limit(s.probe + 1)
			if err := s.db.WithContext(ctx).Table("(?) AS p", inner).Count(&n).Error; err != nil {
				return *w, failed(err)
			}
			w.rows = int(n)
		}
		if w.rows < 200 {
			return *w, nil // short enough: no need to look further
		}
	}
	best := slices.MinFunc(ways, func(a, b way) int { return a.rows - b.rows })
	if best.rows <= s.probe {
		return best, nil
	}
	best = ways[0]
	for i := range ways {
		w := &ways[i]
		if !w.order {
			continue
		}
		var at []time.Time
		if err := where(s.from(ctx, account, w.index), w.conds).Order("started_at DESC").Offset(s.probe).Limit(1).Pluck("started_at", &at).Error; err != nil {
			return *w, failed(err)
		}
		if len(at) > 0 {
			w.old = at[0]
		}
		if best.old.IsZero() || !w.old.IsZero() && w.old.Before(best.old) {
			best = *w
		}
	}
	return best, nil
}

// windowsMost is how many windows of a long way one page reads.
const windowsMost = 3

// long tells whether a page might have to read very much: the way has no end
// in sight, and what is found on it may be turned down by other conditions.
func (s *Store) long(w way, left []cond) bool { return w.rows > s.probe && w.order && len(left) > 0 }

// walk reads a long way window by window, newest first. A page that is not
// full after some of them is given all the same, with where to go on from.
func (s *Store) walk(ctx context.Context, account int64, first way, left []cond, from spot, limit int) ([]spot, string, error) {
	var found []spot
	for range windowsMost {
		var at []time.Time
		end := from.behind(where(s.from(ctx, account, first.index), first.conds))
		if err := end.Order("started_at DESC").Offset(s.window).Limit(1).Pluck("started_at", &at).Error; err != nil {
			return nil, "", failed(err)
		}
		q := from.behind(where(where(s.from(ctx, account, first.index), first.conds), left))
		if len(at) > 0 {
			q = q.Where("started_at >= ?", at[0])
		}
		var some []spot
		if err := q.Select("id", "started_at").Order("started_at DESC, id DESC").Limit(limit + 1 - len(found)).Scan(&some).Error; err != nil {
			return nil, "", failed(err)
		}
		found = append(found, some...)
		if len(found) > limit {
			return found[:limit], found[limit-1].cursor(), nil
		}
		if len(at) == 0 {
			return found, "", nil
		}
		from = spot{StartedAt: at[0]} // behind all that began then
	}
	return found, from.cursor(), nil
}

func rest(all []cond, without cond) []cond {
	return slices.DeleteFunc(slices.Clone(all), func(c cond) bool { return c.no == without.no })
}

func timeConds(f Filter) []cond {
	var list []cond
	if !f.From.IsZero() {
		list = append(list, cond{sql: "started_at >= ?", args: []any{f.From.UTC()}})
	}
	if !f.To.IsZero() {
		list = append(list, cond{sql: "started_at < ?", args: []any{f.To.UTC()}})
	}
	return list
}

// from is a query on an account's records by one index.
func (s *Store) from(ctx context.Context, account int64, index string) *gorm.DB {
	q := s.db.WithContext(ctx).Model(&Record{}).Scopes(db.In(account))
	if index != "" && s.db.Name() == "mysql" {
		q = q.Clauses(byIndex(index))
	}
	return q
}

// byIndex names the indexes that MariaDB may use.
type byIndex string

// ModifyStatement puts it behind the table's name.
func (i byIndex) ModifyStatement(s *gorm.Statement) {
	from := s.Clauses["FROM"]
	from.AfterExpression = i
	s.Clauses["FROM"] = from
}

// Build writes the words.
func (i byIndex) Build(b clause.Builder) {
	_, _ = b.WriteString("FORCE INDEX (" + string(i) + ")")
}
