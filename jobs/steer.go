package jobs

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// Cancel ends a job: one that waits at once, one that runs as soon as its
// worker hears of it. It fails with NotFound, and with Conflict when there is
// nothing left to cancel.
func (s *Service) Cancel(ctx context.Context, account, id int64) (Job, error) {
	if _, err := s.Get(ctx, account, id); err != nil {
		return Job{}, err
	}
	g := s.db.WithContext(ctx)
	res := g.Model(&Job{}).Scopes(db.In(account)).Where("id = ? AND state = ?", id, Waiting).
		Updates(map[string]any{"state": Cancelled, "cancel": true, "finished_at": s.now()})
	if res.Error != nil {
		return Job{}, res.Error
	}
	waited := res.RowsAffected > 0
	if !waited {
		res = g.Model(&Job{}).Scopes(db.In(account)).Where("id = ? AND state = ?", id, Running).Update("cancel", true)
		if res.Error != nil {
			return Job{}, res.Error
		}
		if res.RowsAffected == 0 {
			return Job{}, fault.New(fault.Conflict, "job.over", "this task has ended already")
		}
		s.mu.Lock()
		if stop := s.running[id]; stop != nil {
			stop(errCancelled)
		}
		s.mu.Unlock()
	}
	j, err := s.Get(ctx, account, id)
	if err == nil {
		s.changed(j)
		if waited {
			s.drop(ctx, account, id)
		}
	}
	return j, err
}

// Retry has a failed or cancelled job tried anew; a failed one goes on where
// it was. It fails with NotFound and with Conflict.
func (s *Service) Retry(ctx context.Context, account, id int64) (Job, error) {
	j, err := s.Get(ctx, account, id)
	if err != nil {
		return j, err
	}
	set := map[string]any{"state": Waiting, "cancel": false, "attempts": 0, "next_try": 0, "error": "", "error_code": "", "finished_at": nil}
	if j.State == Cancelled {
		set["checkpoint"], set["done"] = "", 0
	}
	res := s.db.WithContext(ctx).Model(&Job{}).Scopes(db.In(account)).
		Where("id = ? AND state IN ?", id, []State{Failed, Cancelled}).Updates(set)
	if res.Error != nil {
		return j, res.Error
	}
	if res.RowsAffected == 0 {
		return j, fault.New(fault.Conflict, "job.not_failed", "only a failed or cancelled task can be tried again")
	}
	if j, err = s.Get(ctx, account, id); err == nil {
		s.changed(j)
		s.Wake()
	}
	return j, err
}

// drop clears away what unfinished work has left.
func (s *Service) drop(ctx context.Context, account, id int64) {
	var j Job
	err := s.db.WithContext(ctx).Scopes(db.In(account)).Where("id = ?", id).Take(&j).Error
	if err == nil && s.opts.Kinds[j.Kind].Drop != nil && j.Checkpoint != "" {
		err = s.opts.Kinds[j.Kind].Drop(ctx, j)
	}
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		s.opts.Log.Warn("what an unfinished task left is not cleared away", "job", id, "error", err)
	}
}

const expireBatch = 100

// Expire deletes the results whose time is up; the jobs stay, as expired. What
// the store does not let go now is tried again at the next call.
func (s *Service) Expire(ctx context.Context) error {
	var rows []Job
	err := db.AllAccounts(s.db.WithContext(ctx)).Omit("checkpoint").
		Where("state = ? AND expires_at <= ?", Done, s.now()).Order("expires_at").Limit(expireBatch).Find(&rows).Error
	if err != nil {
		return err
	}
	var failed error
	for _, j := range rows {
		if j.ResultKey != "" && s.opts.Remove != nil {
			if err := s.opts.Remove(ctx, j.ResultKey); err != nil {
				failed = errors.Join(failed, err)
				continue
			}
		}
		res := s.db.WithContext(ctx).Model(&Job{}).Scopes(db.In(j.AccountID)).Where("id = ? AND state = ?", j.ID, Done).
			Updates(map[string]any{"state": Expired, "result_key": "", "result_bytes": 0})
		if res.Error != nil {
			return errors.Join(failed, res.Error)
		}
		j.State, j.ResultKey, j.ResultBytes = Expired, "", 0
		s.changed(j)
	}
	if len(rows) == expireBatch && failed == nil {
		return s.Expire(ctx)
	}
	return failed
}
