package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"gorm.io/gorm"

	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

var (
	errCancelled = errors.New("the task was cancelled")
	errLost      = errors.New("another worker has this task now")
	errStopping  = errors.New("this process stops")
)

// Run does jobs until ctx ends, then hands back what it has in hand.
func (s *Service) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	slots := make(chan struct{}, s.opts.Workers)
	defer workers.Wait()
	for {
		select {
		case <-ctx.Done():
			return nil
		case slots <- struct{}{}:
		}
		j, err := s.claim(ctx)
		if err != nil && ctx.Err() == nil {
			s.opts.Log.Error("tasks can't be looked up", "error", err)
		}
		if err == nil && j != nil {
			workers.Go(func() {
				defer func() { <-slots; s.Wake() }()
				s.work(ctx, *j)
			})
			continue
		}
		<-slots
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
		case <-time.After(s.opts.Poll): // the leases run by the database's clock
		}
	}
}

// claim takes the oldest job that is due and whose account and kind have room,
// or one whose worker has died. nil: there is none.
func (s *Service) claim(ctx context.Context) (*Job, error) {
	kinds := make([]string, 0, len(s.opts.Kinds))
	for k := range s.opts.Kinds {
		kinds = append(kinds, k)
	}
	// Looked for without a lock, since mostly there is nothing.
	now := s.micros()
	due := "kind IN ? AND (state = 'waiting' AND next_try <= " + now + " OR state = 'running' AND lease_until < " + now + ")"
	var n int64
	if err := db.AllAccounts(s.db.WithContext(ctx)).Model(&Job{}).Where(due, kinds).Limit(1).Count(&n).Error; err != nil || n == 0 {
		return nil, err
	}
	var taken *Job
	err := db.Tx(ctx, db.AllAccounts(s.db), func(tx *gorm.DB) error {
		taken = nil
		if err := s.lockQueue(tx); err != nil {
			return err
		}
		full, err := s.full(tx)
		if err != nil {
			return err
		}
		q := tx.Where(due, kinds)
		for _, f := range full {
			q = q.Where("NOT (account_id = ? AND kind = ? AND state = 'waiting')", f.AccountID, f.Kind)
		}
		var found []Job
		if err := q.Order("id").Limit(1).Find(&found).Error; err != nil || len(found) == 0 {
			return err
		}
		j := found[0]
		set := map[string]any{"state": Running, "worker": s.opts.Worker, "epoch": j.Epoch + 1, "attempts": j.Attempts + 1,
			"lease_until": gorm.Expr(now+" + ?", s.opts.Lease.Microseconds())}
		if j.StartedAt == nil {
			at := s.now()
			j.StartedAt, set["started_at"] = &at, at
		}
		res := tx.Model(&Job{}).Where("id = ? AND epoch = ?", j.ID, j.Epoch).Updates(set)
		if res.Error != nil || res.RowsAffected == 0 {
			return res.Error
		}
		j.State, j.Worker, j.Epoch, j.Attempts = Running, s.opts.Worker, j.Epoch+1, j.Attempts+1
		taken = &j
		return nil
	})
	return taken, err
}

type crowd struct {
	AccountID int64
	Kind      string
	N         int
}

// full are the accounts and kinds that have as many running as they may.
func (s *Service) full(tx *gorm.DB) ([]crowd, error) {
	var rows []crowd
	err := tx.Model(&Job{}).Where("state = 'running'").Select("account_id, kind, COUNT(*) AS n").Group("account_id, kind").Scan(&rows).Error
	full := rows[:0]
	for _, r := range rows {
		if r.N >= max(s.opts.Kinds[r.Kind].PerAccount, 1) {
			full = append(full, r)
		}
	}
	return full, err
}

// work does one claimed job and writes down how it ended.
func (s *Service) work(ctx context.Context, j Job) {
	ctx, stop := context.WithCancelCause(ctx)
	s.mu.Lock()
	s.running[j.ID] = stop
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.running, j.ID)
		s.mu.Unlock()
	}()
	s.changed(j)
	run := &Run{s: s, ctx: ctx, stop: stop, Job: j}
	beats := make(chan struct{})
	go func() {
		defer close(beats)
		run.beat()
	}()
	var result Result
	err := errCancelled
	switch {
	case j.Attempts > s.opts.Tries:
		err = fault.New(fault.Internal, "job.died", "the program ended time and again while it did this task")
	case !j.Cancel:
		result, err = s.do(ctx, run)
	}
	cause := context.Cause(ctx)
	stop(nil)
	<-beats
	if cause != nil && (err == nil && errors.Is(cause, errLost) || err != nil) {
		if err = cause; !errors.Is(cause, errCancelled) && !errors.Is(cause, errLost) {
			err = errStopping
		}
	}
	s.settle(run, result, err)
}

// do keeps a mistake in one kind of work from ending the process.
func (s *Service) do(ctx context.Context, run *Run) (result Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			s.opts.Log.Error("a task panicked", "job", run.Job.ID, "kind", run.Job.Kind, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("a mistake in the program: %v", p)
		}
	}()
	return s.opts.Kinds[run.Job.Kind].Do(ctx, run)
}

// settle writes down the end of one worker's turn, if the job is still its.
func (s *Service) settle(run *Run, result Result, err error) {
	j := run.Job
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	set := map[string]any{"lease_until": 0, "worker": ""}
	now := s.now()
	switch {
	case errors.Is(err, errLost):
		s.opts.Log.Warn("a task was taken over", "job", j.ID)
		s.removeOwn(ctx, result.Key)
		return
	case err == nil:
		note, _ := json.Marshal(result.Note)
		set["state"], set["finished_at"], set["checkpoint"] = Done, now, ""
		set["result_key"], set["result_name"], set["result_bytes"], set["result_note"] = result.Key, clip(result.Name, 200), result.Bytes, string(note)
		set["error"], set["error_code"] = "", ""
		if result.Key != "" {
			orDefault(&result.Keep, Keep)
			set["expires_at"] = now.Add(result.Keep)
		}
		if run.total > 0 {
			set["done"], set["total"] = run.total, run.total
		}
	case errors.Is(err, errCancelled):
		set["state"], set["finished_at"] = Cancelled, now
	case errors.Is(err, errStopping):
		set["state"], set["attempts"], set["next_try"] = Waiting, max(j.Attempts-1, 0), 0
	default:
		s.opts.Log.Error("a task failed", "job", j.ID, "kind", j.Kind, "attempt", j.Attempts, "error", err)
		set["error"], set["error_code"] = clip(message(err), 500), codeOf(err)
		if j.Attempts >= s.opts.Tries || final(err) {
			set["state"], set["finished_at"] = Failed, now
		} else {
			wait := min(time.Second<<min(2*j.Attempts, 12), 10*time.Minute)
			set["state"], set["next_try"] = Waiting, gorm.Expr(s.micros()+" + ?", wait.Microseconds())
		}
	}
	if werr := run.write(ctx, set); werr != nil {
		// The lease runs out and the job is taken up again, from its checkpoint.
		s.opts.Log.Error("a task's end can't be written", "job", j.ID, "error", werr)
		if errors.Is(werr, errLost) {
			s.removeOwn(ctx, result.Key)
		}
		return
	}
	if state, _ := set["state"].(State); state == Cancelled || state == Failed && final(err) {
		s.drop(ctx, j.AccountID, j.ID)
	}
	if now, err := s.Get(ctx, j.AccountID, j.ID); err == nil {
		s.changed(now)
	}
}

// removeOwn deletes the file of a worker that came too late; each worker's
// file has its own name.
func (s *Service) removeOwn(ctx context.Context, key string) {
	if key == "" || s.opts.Remove == nil {
		return
	}
	if err := s.opts.Remove(ctx, key); err != nil {
		s.opts.Log.Warn("a file that nobody needs stays in the store", "key", key, "error", err)
	}
}

// final are the errors that trying again does not mend.
func final(err error) bool {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Forbidden, fault.NotFound, fault.TooLarge:
		return true
	}
	return false
}

func message(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Message
	}
	return err.Error()
}

func codeOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return clip(f.Code, 60)
	}
	return "job.failed"
}
