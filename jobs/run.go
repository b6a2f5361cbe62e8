package jobs

import (
	"context"
	"encoding/json"
	"time"

	"switchdesk/storage/db"
)

// Run is one worker's turn at a job.
type Run struct {
	Job  Job
	s    *Service
	ctx  context.Context
	stop context.CancelCauseFunc

	total int64
	told  time.Time
}

// Input reads what the job was made with.
func (r *Run) Input(v any) error { return json.Unmarshal([]byte(r.Job.Input), v) }

// Checkpoint reads how far an earlier turn came; false at the beginning.
func (r *Run) Checkpoint(v any) (bool, error) {
	if r.Job.Checkpoint == "" {
		return false, nil
	}
	return true, json.Unmarshal([]byte(r.Job.Checkpoint), v)
}

// tellEvery is how often progress is told to whoever looks.
const tellEvery = 500 * time.Millisecond

// Progress tells how far the work is; it is cheap to call often.
func (r *Run) Progress(done, total int64) error {
	r.Job.Done, r.Job.Total, r.total = done, total, total
	now := r.s.opts.Clock.Now()
	if now.Sub(r.told) < tellEvery {
		return nil
	}
	r.told = now
	if err := r.write(r.ctx, map[string]any{"done": done, "total": total}); err != nil {
		return err
	}
	r.s.changed(r.Job)
	return nil
}

// Save writes down where another worker would go on. It fails when the job is
// no longer this worker's: then stop.
func (r *Run) Save(checkpoint any, done, total int64) error {
	data, err := json.Marshal(checkpoint)
	if err != nil {
		return err
	}
	r.Job.Checkpoint, r.Job.Done, r.Job.Total, r.total = string(data), done, total, total
	r.Job.Attempts = 1 // what gets on is not given up
	if err := r.write(r.ctx, map[string]any{"checkpoint": string(data), "done": done, "total": total, "attempts": 1}); err != nil {
		return err
	}
	r.s.changed(r.Job)
	return nil
}

// write changes the row if it is still this worker's.
func (r *Run) write(ctx context.Context, set map[string]any) error {
	res := r.s.db.WithContext(ctx).Model(&Job{}).Scopes(db.In(r.Job.AccountID)).
		Where("id = ? AND epoch = ? AND state = ?", r.Job.ID, r.Job.Epoch, Running).Updates(set)
	if res.Error != nil {
		return res.Error
	}
	if res.RowsAffected == 0 {
		r.stop(errLost)
		return errLost
	}
	return nil
}

// beat renews the lease and hears of a cancellation until the work ends. A
// database that is away for longer than the lease ends the turn: by then
// another worker may have the job.
func (r *Run) beat() {
	every := max(r.s.opts.Lease/4, 10*time.Millisecond)
	sure := time.Now()
	for {
		select {
		case <-r.ctx.Done():
			return
		case <-time.After(every): // the lease runs by the database's clock
		}
		asked := time.Now()
		ctx, cancel := context.WithTimeout(r.ctx, every)
		res := r.s.db.WithContext(ctx).Exec("UPDATE jobs SET lease_until = "+r.s.micros()+" + ? WHERE id = ? AND account_id = ? AND epoch = ? AND state = 'running'",
			r.s.opts.Lease.Microseconds(), r.Job.ID, r.Job.AccountID, r.Job.Epoch)
		var cancelled bool
		if res.Error == nil && res.RowsAffected > 0 {
			sure = asked
			res.Error = r.s.db.WithContext(ctx).Model(&Job{}).Scopes(db.In(r.Job.AccountID)).Where("id = ?", r.Job.ID).Select("cancel").Scan(&cancelled).Error
		} else if res.Error == nil {
			r.stop(errLost)
		}
		cancel()
		if cancelled {
			r.stop(errCancelled)
		}
		if time.Since(sure) > r.s.opts.Lease-every {
			r.stop(errLost)
		}
	}
}
