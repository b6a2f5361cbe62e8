package calls

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"switchdesk/accounts"
	"switchdesk/internal/clock"
	"switchdesk/internal/fault"
	"switchdesk/storage/blob"
	"switchdesk/storage/db"
)

// Rules say how long an account's calls are kept, in days; 0 is for ever.
type Rules struct {
	AccountID     int64 `gorm:"primaryKey;autoIncrement:false"`
	RecordingDays int
	RecordDays    int
	UpdatedAt     time.Time
	UpdatedBy     int64
}

// TableName names the table.
func (Rules) TableName() string { return "retention" }

// Retention deletes what an account no longer wants kept, and keeps what is
// under legal hold.
type Retention struct {
	DB       *gorm.DB
	Objects  *blob.Store
	Accounts *accounts.Service
	Clock    clock.Clock
	Log      *slog.Logger
}

// Belongings are the tables whose rows go with their call, by its id in
// call_id. A test holds them against the schema.
var Belongings = []string{
	"call_steps", "call_rings", "call_legs", "call_visits", "call_stretches", "recordings",
	"call_tags", "call_notes", "call_operations", "call_assignments",
}

const (
	sweepBatch = 200
	sweepPause = 20 * time.Millisecond // between batches, for the others
)

// Rules reads an account's rules and how many of its calls are held.
func (r *Retention) Rules(ctx context.Context, account int64) (Rules, int64, error) {
	rules := Rules{AccountID: account}
	g := r.DB.WithContext(ctx)
	err := g.Scopes(db.In(account)).Take(&rules).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return rules, 0, err
	}
	var held int64
	err = g.Model(&Record{}).Scopes(db.In(account)).Where("held = ?", true).Count(&held).Error
	return rules, held, err
}

// SetRules changes an account's rules. It fails with Forbidden and Invalid.
func (r *Retention) SetRules(ctx context.Context, actor accounts.Actor, rules Rules) error {
	if !actor.Can(accounts.AccountManage) {
		return fault.New(fault.Forbidden, "forbidden", "your role does not allow this")
	}
	if rules.RecordingDays < 0 || rules.RecordDays < 0 {
		return fault.New(fault.Invalid, "retention.negative", "days can't be negative; 0 keeps for ever").On("recording_days")
	}
	if rules.RecordDays > 0 && (rules.RecordingDays == 0 || rules.RecordingDays > rules.RecordDays) {
		return fault.New(fault.Invalid, "retention.order", "recordings can't be kept for longer than the records that they belong to").On("recording_days")
	}
	had, _, err := r.Rules(ctx, actor.AccountID)
	if err != nil {
		return err
	}
	rules.AccountID, rules.UpdatedAt, rules.UpdatedBy = actor.AccountID, r.Clock.Now().UTC(), actor.UserID
	if err := r.DB.WithContext(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&rules).Error; err != nil {
		return err
	}
	return r.Accounts.Record(ctx, actor, "retention.change", "account", fmt.Sprint(actor.AccountID), map[string]any{
		"recording_days": rules.RecordingDays, "record_days": rules.RecordDays,
		"before": map[string]int{"recording_days": had.RecordingDays, "record_days": had.RecordDays},
	})
}

// Hold keeps a call whatever the rules say, or no longer. It fails with
// NotFound.
func (r *Retention) Hold(ctx context.Context, actor accounts.Actor, call string, held bool, reason string) error {
	res := r.DB.WithContext(ctx).Model(&Record{}).Scopes(db.In(actor.AccountID)).Where("id = ?", call).Update("held", held)
	if res.Error != nil {
		return res.Error
	}
	if res.RowsAffected == 0 {
		return fault.New(fault.NotFound, "call.unknown", "there is no call %s", call)
	}
	action := "call.hold"
	if !held {
		action = "call.release"
	}
	return r.Accounts.Record(ctx, actor, action, "call", call, map[string]string{"reason": reason})
}

// Swept is what one sweep of an account deleted.
type Swept struct {
	Recordings int       `json:"recordings"`
	Records    int       `json:"records"`
	Before     time.Time `json:"before"` // what began earlier
}

// Sweep deletes everything whose time is up, in small batches, and leaves a
// line in each account's audit log. What the object store does not let go now
// stays, with its record, for the next sweep.
func (r *Retention) Sweep(ctx context.Context) error {
	var all []Rules
	err := db.AllAccounts(r.DB.WithContext(ctx)).Where("recording_days > 0 OR record_days > 0").Find(&all).Error
	if err != nil {
		return err
	}
	var failed error
	for _, rules := range all {
		if err := r.account(ctx, rules); err != nil {
			failed = errors.Join(failed, fmt.Errorf("account %d: %w", rules.AccountID, err))
		}
	}
	return failed
}

func (r *Retention) account(ctx context.Context, rules Rules) error {
	now := r.Clock.Now().UTC()
	var swept Swept
	var err error
	if rules.RecordingDays > 0 {
		swept.Before = now.AddDate(0, 0, -rules.RecordingDays)
		swept.Recordings, err = r.sweepRecordings(ctx, rules.AccountID, swept.Before)
	}
	if err == nil && rules.RecordDays > 0 {
		if rules.RecordingDays == 0 {
			swept.Before = now.AddDate(0, 0, -rules.RecordDays)
		}
		swept.Records, err = r.sweepRecords(ctx, rules.AccountID, now.AddDate(0, 0, -rules.RecordDays))
	}
	if swept.Recordings+swept.Records == 0 {
		return err
	}
	r.Log.Info("deleted what is no longer kept", "account", rules.AccountID, "recordings", swept.Recordings, "records", swept.Records)
	detail, merr := json.Marshal(swept)
	return errors.Join(err, merr, r.Accounts.Append(ctx, accounts.Entry{
		AccountID: rules.AccountID, Action: "retention.delete", TargetKind: "account", TargetID: fmt.Sprint(rules.AccountID), Detail: detail}))
}

// sweepRecordings deletes the audio of calls that began before a time; the
// rows stay and say that it is expired.
func (r *Retention) sweepRecordings(ctx context.Context, account int64, before time.Time) (int, error) {
	n := 0
	for behind := ""; ; {
		var rows []RecordingRow
		err := r.DB.WithContext(ctx).Scopes(db.In(account)).
			Where("started_at < ? AND state IN ? AND call_id > ?", before, []RecState{RecStored, RecMissing}, behind).
			Where("NOT EXISTS (SELECT 1 FROM calls WHERE calls.id = recordings.call_id AND calls.account_id = recordings.account_id AND calls.held = ?)", true).
			Order("call_id").Limit(sweepBatch).Find(&rows).Error
		if err != nil || len(rows) == 0 {
			return n, err
		}
		behind = rows[len(rows)-1].CallID
		for i := range rows {
			if err := r.expire(ctx, &rows[i]); err != nil {
				return n, err
			}
			n++
		}
		if err := r.pause(ctx); err != nil {
			return n, err
		}
	}
}

func (r *Retention) expire(ctx context.Context, row *RecordingRow) error {
	if row.BlobKey != "" {
		if err := r.Objects.Delete(ctx, row.BlobKey); err != nil {
			return err
		}
	}
	return r.DB.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		set := map[string]any{"state": RecExpired, "blob_key": "", "bytes": 0, "sha256": ""}
		if err := tx.Model(&RecordingRow{}).Scopes(db.In(row.AccountID)).Where("call_id = ?", row.CallID).Updates(set).Error; err != nil {
			return err
		}
		return tx.Model(&Record{}).Scopes(db.In(row.AccountID)).Where("id = ?", row.CallID).Update("recording_state", RecExpired).Error
	})
}

// sweepRecords deletes calls that began before a time, with all that belongs
// to them. One whose recording waits for the store waits too.
func (r *Retention) sweepRecords(ctx context.Context, account int64, before time.Time) (int, error) {
	n := 0
	for {
		var rows []Record
		err := r.DB.WithContext(ctx).Scopes(db.In(account)).Select("id").
			Where("started_at < ? AND held = ? AND recording_state IN ?", before, false, []RecState{RecNone, RecExpired, ""}).
			Order("started_at, id").Limit(sweepBatch).Find(&rows).Error
		if err != nil || len(rows) == 0 {
			return n, err
		}
		ids := make([]string, len(rows))
		for i := range rows {
			ids[i] = rows[i].ID
		}
		err = db.Tx(ctx, r.DB, func(tx *gorm.DB) error {
			// Held in between: then nothing of it goes.
			res := tx.Scopes(db.In(account)).Where("id IN ? AND held = ?", ids, false).Delete(&Record{})
			if res.Error != nil {
				return res.Error
			}
			var kept []string
			if err := tx.Model(&Record{}).Scopes(db.In(account)).Where("id IN ?", ids).Pluck("id", &kept).Error; err != nil {
				return err
			}
			for _, table := range Belongings {
				err := tx.Exec("DELETE FROM "+table+" WHERE account_id = ? AND call_id IN ? AND call_id NOT IN ?", account, ids, append(kept, "")).Error
				if err != nil {
					return fmt.Errorf("%s: %w", table, err)
				}
			}
			return nil
		})
		if err != nil {
			return n, err
		}
		n += len(ids)
		if err := r.pause(ctx); err != nil {
			return n, err
		}
	}
}

func (r *Retention) pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(sweepPause): // real time: the others' work is real too
		return nil
	}
}
