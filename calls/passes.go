package calls

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"switchdesk/storage/db"
)

// Ways in which a caller's visit to a flow's node ends without an exit. They
// stand where an exit's name does; no exit begins with @.
const (
	WayLeft    = "@left"    // the caller hung up
	WayTalked  = "@talked"  // the caller hung up after talking with somebody
	WayEnded   = "@ended"   // the flow ended the call
	WayStopped = "@stopped" // the flow could not go on
	WayOther   = "@other"   // somebody took the call out of the flow
)

// passRow counts how many callers went one way at one node on one day.
type passRow struct {
	AccountID int64  `gorm:"primaryKey;autoIncrement:false"`
	FlowID    int64  `gorm:"primaryKey;autoIncrement:false"`
	Version   int64  `gorm:"primaryKey;autoIncrement:false"`
	Day       string `gorm:"primaryKey;size:10"` // in the account's zone
	Node      string `gorm:"primaryKey;size:100"`
	Exit      string `gorm:"primaryKey;column:exit_name;size:60"`
	N         int64
}

func (passRow) TableName() string { return "flow_figures" }

// Pass is how many callers went one way at one node: by an exit, or by a Way….
type Pass struct {
	Node string
	Exit string `gorm:"column:exit_name"`
	N    int64
}

// Passes counts the ways at the nodes of a flow's version, from one day to
// another, both included, as 2026-11-22 in the account's zone; "" is open.
// Calls that have ended count. It takes time by days and nodes, not by calls.
func (s *Store) Passes(ctx context.Context, account, flow, version int64, from, to string) ([]Pass, error) {
	q := s.db.WithContext(ctx).Model(&passRow{}).Scopes(db.In(account)).Where("flow_id = ? AND version = ?", flow, version)
	if from != "" {
		q = q.Where("day >= ?", from)
	}
	if to != "" {
		q = q.Where("day <= ?", to)
	}
	var out []Pass
	err := q.Select("node, exit_name, SUM(n) AS n").Group("node, exit_name").Order("node, exit_name").Scan(&out).Error
	return out, err
}

// countPasses adds the bundles' ways to the counts of their days.
func countPasses(tx *gorm.DB, bundles []Bundle) error {
	counts := map[passRow]int64{}
	for i := range bundles {
		bundles[i].passes(func(p passRow) { counts[p]++ })
	}
	rows := make([]passRow, 0, len(counts))
	for p, n := range counts {
		p.N = n
		rows = append(rows, p)
	}
	if len(rows) == 0 {
		return nil
	}
	slices.SortFunc(rows, func(a, b passRow) int {
		return cmp.Or(cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.FlowID, b.FlowID), cmp.Compare(a.Version, b.Version),
			cmp.Compare(a.Day, b.Day), cmp.Compare(a.Node, b.Node), cmp.Compare(a.Exit, b.Exit))
	})
	sum := gorm.Expr("flow_figures.n + excluded.n")
	if tx.Dialector.Name() == "mysql" {
		sum = gorm.Expr("n + VALUES(n)")
	}
	key := []clause.Column{{Name: "account_id"}, {Name: "flow_id"}, {Name: "version"}, {Name: "day"}, {Name: "node"}, {Name: "exit_name"}}
	return tx.Clauses(clause.OnConflict{Columns: key, DoUpdates: clause.Assignments(map[string]any{"n": sum})}).CreateInBatches(rows, 200).Error
}

// passes tells the way that each of the caller's visits to a node ended. A
// visit is the lines of one node entered once, up to the one with an exit.
func (b *Bundle) passes(count func(passRow)) {
	type visit struct {
		flow, version int64
		node          string
		at            time.Time
	}
	var (
		open  *visit
		calls []visit // subflow nodes to come back to
	)
	day := b.Day
	if day == "" {
		day = b.Record.StartedAt.UTC().Format(time.DateOnly)
	}
	ends := func(v visit, way string) {
		count(passRow{AccountID: b.Account, FlowID: v.flow, Version: v.version, Day: day, Node: v.node, Exit: way})
	}
	for i := range b.Steps {
		s := &b.Steps[i]
		if s.FlowID == 0 {
			continue
		}
		now := visit{s.FlowID, s.Version, s.Node, s.At}
		if open != nil && *open != now {
			ends(*open, WayOther)
		}
		open = &now
		way := b.way(s)
		if way == "" {
			continue
		}
		ends(now, way)
		open = nil
		switch {
		case s.Kind == "subflow" && s.Exit == "flow":
			calls = append(calls, now)
		case s.Kind == "return" && s.Exit != "" && len(calls) > 0:
			ends(calls[len(calls)-1], s.Exit)
			calls = calls[:len(calls)-1]
		}
	}
	if open != nil {
		ends(*open, WayOther)
	}
}

// way is how a line of the trail ends a visit, "" if the caller stays.
func (b *Bundle) way(s *StepRow) string {
	switch {
	case s.Exit != "":
		return s.Exit
	case s.How == "left" || s.How == "talked" || s.How == "ended" || s.How == "stopped":
		return "@" + s.How
	}
	return ""
}

// markTalks tells in the trail those who hung up after a talk from those who
// had not been served.
func (b *Bundle) markTalks() {
	for i := range b.Steps {
		if s := &b.Steps[i]; s.How == "left" && b.talkedSince(s.At) {
			s.How = "talked"
		}
	}
}

// talkedSince tells whether the caller has talked with somebody since a time.
func (b *Bundle) talkedSince(at time.Time) bool {
	for i := range b.Stretches {
		if s := &b.Stretches[i]; s.Kind == InTalk && !s.BeganAt.Before(at) {
			return true
		}
	}
	for i := range b.Legs {
		if l := &b.Legs[i]; l.Role == "outside" && l.AnsweredAt != nil && !l.AnsweredAt.Before(at) {
			return true
		}
	}
	return false
}

// stepsInHand is how many calls behind a figure are named one by one.
const stepsInHand = 2000

// byFlow finds the calls behind a figure of a flow: by the steps themselves
// where they are few, else by asking each call.
func (s *Store) byFlow(ctx context.Context, account int64, f *Filter) (cond, error) {
	sql, args := "account_id = ? AND flow_id = ?", []any{account, f.Flow}
	also := func(what string, arg any) { sql, args = sql+" AND "+what, append(args, arg) }
	if f.Node != "" {
		also("node = ?", f.Node)
	}
	if f.Version > 0 {
		also("version = ?", f.Version)
	}
	if way, ok := strings.CutPrefix(f.Exit, "@"); ok {
		also("how = ?", way)
	} else if f.Exit != "" {
		also("exit_name = ?", f.Exit)
	}
	few := s.db.WithContext(ctx).Model(&StepRow{}).Scopes(db.In(account)).Where(sql, args...)
	if !f.From.IsZero() { // ids rise with time, give or take how long an event was under way
		few = few.Where("call_id >= ?", idAt(f.From.Add(-time.Hour)))
	}
	if !f.To.IsZero() {
		few = few.Where("call_id < ?", idAt(f.To.Add(time.Hour)))
	}
	var ids []string
	if err := few.Limit(stepsInHand+1).Pluck("call_id", &ids).Error; err != nil {
		return cond{}, failed(err)
	}
	if len(ids) > stepsInHand {
		return cond{sql: "EXISTS (SELECT 1 FROM call_steps st WHERE st.call_id = calls.id AND " + sql + ")", args: args}, nil
	}
	if len(ids) == 0 {
		return cond{sql: "id = ''", index: "PRIMARY"}, nil
	}
	slices.Sort(ids)
	return cond{sql: "id IN ?", args: []any{slices.Compact(ids)}, index: "PRIMARY"}, nil
}

// idAt is the lowest id of a call that begins at a time or later: its first
// 48 bits are milliseconds.
func idAt(t time.Time) string {
	ms := fmt.Sprintf("%012x", max(0, t.UnixMilli()))
	return ms[:8] + "-" + ms[8:]
}
