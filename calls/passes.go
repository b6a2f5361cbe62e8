package calls

import (
	"cmp"
	"context"
	"slices"
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
	case s.How == "left" && b.talkedSince(s.At):
		return WayTalked
	case s.How == "left":
		return WayLeft
	case s.How == "ended":
		return WayEnded
	case s.How == "stopped":
		return WayStopped
	}
	return ""
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
