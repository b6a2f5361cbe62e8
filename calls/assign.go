package calls

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// Assignment is a missed call that an agent is to call back (待处理).
type Assignment struct {
	CallID      string `gorm:"primaryKey;size:36"`
	AccountID   int64
	AgentID     int64
	Number      string `gorm:"size:40"` // the caller's
	CallAt      time.Time
	ByID        int64
	ByName      string `gorm:"size:120"`
	At          time.Time
	SettledAt   *time.Time
	SettledHow  string `gorm:"size:12"` // talk, closed
	SettledCall string `gorm:"size:36"` // the talk that settled it
}

// TableName names the table.
func (Assignment) TableName() string { return "call_assignments" }

// Missed are the outcomes of calls that nobody talked to: those that can be
// assigned to be called back.
var Missed = []Outcome{RingNoAnswer, QueueAbandoned, LeftMessage, EndedInIVR, OverLimit}

// AssignMost is how many calls are assigned at once.
const AssignMost = 5000

// Assigned tells what an assignment did: calls given to agents, and those
// that need no call back, because there was a talk since.
type Assigned struct {
	Given, Talked int
	PerAgent      map[int64]int
}

// Assign gives missed calls to agents, evenly, all calls of one number to the
// same agent. Calls that are assigned already change hands; answered ones and
// those with a talk since are left out. It fails with Invalid without agents.
func (s *Store) Assign(ctx context.Context, account int64, ids []string, agents []int64, by By) (Assigned, error) {
	done := Assigned{PerAgent: map[int64]int{}}
	if len(agents) == 0 {
		return done, fault.New(fault.Invalid, "assign.nobody", "choose at least one agent").On("agents")
	}
	if len(ids) > AssignMost {
		return done, fault.New(fault.Invalid, "assign.many", "at most %d calls at once; narrow the search", AssignMost).On("calls")
	}
	err := db.Tx(ctx, s.db, func(tx *gorm.DB) error {
		done = Assigned{PerAgent: map[int64]int{}}
		rows, err := s.missed(tx, account, ids)
		if err != nil {
			return err
		}
		talked, err := s.talkedSince(tx, account, rows)
		if err != nil {
			return err
		}
		for _, line := range byNumber(rows) {
			agent := slices.MinFunc(agents, func(a, b int64) int { return cmp.Compare(done.PerAgent[a], done.PerAgent[b]) })
			for _, r := range line {
				if last, ok := talked[r.From]; ok && last.After(r.StartedAt) {
					done.Talked++
					continue
				}
				if err := s.give(tx, r, agent, by); err != nil {
					return err
				}
				done.Given++
				done.PerAgent[agent]++
			}
		}
		return nil
	})
	return done, failed(err)
}

// byNumber puts the calls of each number together, the numbers with most calls
// first; hidden numbers stand alone.
func byNumber(rows []Record) [][]Record {
	var lines [][]Record
	at := map[string]int{}
	for _, r := range rows {
		if i, ok := at[r.From]; ok && r.From != "" {
			lines[i] = append(lines[i], r)
			continue
		}
		at[r.From] = len(lines)
		lines = append(lines, []Record{r})
	}
	slices.SortStableFunc(lines, func(a, b []Record) int { return cmp.Compare(len(b), len(a)) })
	return lines
}

func (s *Store) missed(tx *gorm.DB, account int64, ids []string) ([]Record, error) {
	var rows []Record
	for part := range slices.Chunk(ids, 500) {
		var some []Record
		if err := tx.Scopes(db.In(account)).Where("id IN ? AND direction = ? AND outcome IN ?", part, In, Missed).
			Select("id", "account_id", "from_number", "started_at").Find(&some).Error; err != nil {
			return nil, err
		}
		rows = append(rows, some...)
	}
	slices.SortFunc(rows, func(a, b Record) int {
		return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID))
	})
	return rows, nil
}

// talkedSince tells when there was last a talk with each number that is among
// the missed, since the first of them.
func (s *Store) talkedSince(tx *gorm.DB, account int64, missed []Record) (map[string]time.Time, error) {
	last := map[string]time.Time{}
	if len(missed) == 0 {
		return last, nil
	}
	var numbers []string
	for _, r := range missed {
		if r.From != "" && !slices.Contains(numbers, r.From) {
			numbers = append(numbers, r.From)
		}
	}
	for part := range slices.Chunk(numbers, 500) {
		for column, direction := range map[string]Direction{"from_number": In, "to_number": Out} {
			var rows []struct {
				Number    string
				StartedAt time.Time
			}
			if err := tx.Model(&Record{}).Scopes(db.In(account)).
				Where(column+" IN ? AND direction = ? AND outcome = ? AND started_at > ?", part, direction, Answered, missed[0].StartedAt).
				Select(column + " AS number, started_at").Scan(&rows).Error; err != nil {
				return nil, err
			}
			for _, r := range rows {
				if last[r.Number].Before(r.StartedAt) {
					last[r.Number] = r.StartedAt
				}
			}
		}
	}
	return last, nil
}

func (s *Store) give(tx *gorm.DB, r Record, agent int64, by By) error {
	row := Assignment{CallID: r.ID, AccountID: r.AccountID, AgentID: agent, Number: r.From, CallAt: r.StartedAt.UTC(), ByID: by.ID, ByName: cut(by.Name, 120), At: by.At.UTC()}
	if err := tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "call_id"}}, DoUpdates: clause.AssignmentColumns(
		[]string{"agent_id", "by_id", "by_name", "at", "settled_at", "settled_how", "settled_call"})}).Create(&row).Error; err != nil {
		return err
	}
	return did(tx, Ref{Account: r.AccountID, ID: r.ID}, by, "call.assign", agentRef(agent))
}

// agentRef stands for an agent in the operation log; who reads it puts the
// name in its place.
func agentRef(agent int64) string { return "#" + itoa(agent) }

// Pending lists an agent's assigned calls that nobody has called back yet,
// newest first, at most 200, each with its record.
func (s *Store) Pending(ctx context.Context, account, agent int64) ([]Assignment, map[string]Record, error) {
	var rows []Assignment
	err := s.db.WithContext(ctx).Scopes(db.In(account)).Where("agent_id = ? AND settled_at IS NULL", agent).
		Order("call_at DESC, call_id DESC").Limit(200).Find(&rows).Error
	if err != nil {
		return nil, nil, failed(err)
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.CallID
	}
	records, err := s.records(ctx, account, ids)
	return rows, records, err
}

// PendingCount tells how many calls an agent has still to call back.
func (s *Store) PendingCount(ctx context.Context, account, agent int64) (int, error) {
	var n int64
	err := s.db.WithContext(ctx).Model(&Assignment{}).Scopes(db.In(account)).Where("agent_id = ? AND settled_at IS NULL", agent).Count(&n).Error
	return int(n), failed(err)
}

// records reads rows by their ids.
func (s *Store) records(ctx context.Context, account int64, ids []string) (map[string]Record, error) {
	out := map[string]Record{}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []Record
	err := s.db.WithContext(ctx).Scopes(db.In(account)).Where("id IN ?", ids).Find(&rows).Error
	for _, r := range rows {
		out[r.ID] = r
	}
	return out, failed(err)
}

// AssignedTo tells to whom a call is assigned and not settled; 0 for nobody.
func (s *Store) AssignedTo(ctx context.Context, account int64, call string) (int64, error) {
	var a Assignment
	err := s.db.WithContext(ctx).Scopes(db.In(account)).Where("call_id = ? AND settled_at IS NULL", call).Take(&a).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return 0, nil
	}
	return a.AgentID, failed(err)
}

// Settle puts a pending call aside by hand; one that is not pending stays as
// it is.
func (s *Store) settle(ctx context.Context, c Ref, by By, how string) error {
	return failed(s.db.WithContext(ctx).Model(&Assignment{}).Scopes(db.In(c.Account)).Where("call_id = ? AND settled_at IS NULL", c.ID).
		Updates(map[string]any{"settled_at": by.At.UTC(), "settled_how": how}).Error)
}

// settleByTalk settles what was assigned and has been talked about since, by
// whomever and whichever way the call went.
func settleByTalk(tx *gorm.DB, records []Record) error {
	talks := map[string][]Record{}
	for _, r := range records {
		if n := r.Peer(); r.Outcome == Answered && n != "" {
			talks[n] = append(talks[n], r)
		}
	}
	if len(talks) == 0 {
		return nil
	}
	var open []Assignment
	if err := tx.Where("number IN ? AND settled_at IS NULL", slices.Collect(maps.Keys(talks))).Find(&open).Error; err != nil {
		return err
	}
	for _, a := range open {
		for _, r := range talks[a.Number] {
			if r.AccountID != a.AccountID || !r.StartedAt.After(a.CallAt) {
				continue
			}
			if err := tx.Model(&Assignment{}).Scopes(db.In(a.AccountID)).Where("call_id = ? AND settled_at IS NULL", a.CallID).
				Updates(map[string]any{"settled_at": r.EndedAt.UTC(), "settled_how": "talk", "settled_call": r.ID}).Error; err != nil {
				return err
			}
			break
		}
	}
	return nil
}
