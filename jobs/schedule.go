package jobs

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// A schedule's moments are rows too: whoever writes the row first runs it, so
// that of many processes one does; a moment that nobody was there for is seen
// by its missing row.

type scheduleRun struct {
	Name       string `gorm:"primaryKey"`
	Tick       int64  `gorm:"primaryKey;autoIncrement:false"` // Unix seconds
	Worker     string
	LeaseUntil int64
	Attempts   int
	FinishedAt *time.Time
	Error      string
}

func (scheduleRun) TableName() string { return "schedule_runs" }

const (
	scheduleTries = 3
	scheduleKeep  = 90 * 24 * time.Hour
)

// Once runs work for one moment of a schedule, if no process has done or is
// doing it; it tells whether this one did. A process that died at it is
// stepped in for, three times at most. The error is the work's or the
// database's.
func (s *Service) Once(ctx context.Context, name string, tick time.Time, work func(context.Context) error) (bool, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	mine, err := s.takeTick(ctx, name, tick.Unix())
	if err != nil || !mine {
		return false, err
	}
	var lost error
	beats := make(chan struct{})
	go func() {
		defer close(beats)
		lost = s.keepTick(ctx, cancel, name, tick.Unix())
	}()
	err = work(ctx)
	cancel()
	<-beats
	if lost != nil {
		return true, errors.Join(lost, err)
	}
	if err != nil && errors.Is(err, context.Canceled) {
		// Stopped in the middle: another process may take it up at once.
		return true, errors.Join(err, s.writeTick(name, tick.Unix(), map[string]any{"lease_until": 0}))
	}
	now := s.now()
	set := map[string]any{"finished_at": now, "lease_until": 0, "error": ""}
	if err != nil {
		set["error"] = clip(err.Error(), 500)
	}
	return true, errors.Join(err, s.writeTick(name, tick.Unix(), set))
}

func (s *Service) takeTick(ctx context.Context, name string, tick int64) (bool, error) {
	g := s.db.WithContext(ctx)
	row := map[string]any{"name": name, "tick": tick, "worker": s.opts.Worker, "attempts": 1, "error": "",
		"lease_until": gorm.Expr(s.micros()+" + ?", s.opts.Lease.Microseconds())}
	res := g.Model(&scheduleRun{}).Clauses(clause.OnConflict{DoNothing: true}).Create(row)
	if res.Error != nil && !errors.Is(res.Error, gorm.ErrDuplicatedKey) {
		return false, res.Error
	}
	var at scheduleRun
	if err := g.Where("name = ? AND tick = ?", name, tick).Take(&at).Error; err != nil {
		return false, err
	}
	if res.Error == nil && res.RowsAffected > 0 && at.Worker == s.opts.Worker && at.Attempts == 1 {
		return true, nil
	}
	res = g.Model(&scheduleRun{}).
		Where("name = ? AND tick = ? AND finished_at IS NULL AND attempts = ? AND attempts < ? AND lease_until < "+s.micros(), name, tick, at.Attempts, scheduleTries).
		Updates(map[string]any{"worker": s.opts.Worker, "attempts": at.Attempts + 1, "lease_until": gorm.Expr(s.micros()+" + ?", s.opts.Lease.Microseconds())})
	return res.Error == nil && res.RowsAffected > 0, res.Error
}

// keepTick renews the lease until ctx ends; it ends the work when the lease is
// lost.
func (s *Service) keepTick(ctx context.Context, stop context.CancelFunc, name string, tick int64) error {
	every := max(s.opts.Lease/4, 10*time.Millisecond)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(every): // the lease runs by the database's clock
		}
		res := s.db.WithContext(ctx).Exec("UPDATE schedule_runs SET lease_until = "+s.micros()+" + ? WHERE name = ? AND tick = ? AND worker = ? AND finished_at IS NULL AND lease_until >= "+s.micros(),
			s.opts.Lease.Microseconds(), name, tick, s.opts.Worker)
		if res.Error == nil && res.RowsAffected == 0 {
			stop()
			return errLost
		}
	}
}

func (s *Service) writeTick(name string, tick int64, set map[string]any) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	g := s.db.WithContext(ctx)
	err := g.Model(&scheduleRun{}).Where("name = ? AND tick = ? AND worker = ?", name, tick, s.opts.Worker).Updates(set).Error
	return errors.Join(err, g.Where("name = ? AND tick < ? AND tick < ?", name, tick, s.now().Add(-scheduleKeep).Unix()).Delete(&scheduleRun{}).Error)
}

// CatchUp runs a schedule's latest moment if no process did: nobody was alive
// then, or who was has died at it. latest gives the last moment up to now.
// However many moments were missed, work runs once. A schedule that is new
// begins with its next moment.
func (s *Service) CatchUp(ctx context.Context, name string, latest func(now time.Time) time.Time, work func(context.Context) error) (bool, error) {
	tick := latest(s.now())
	if tick.IsZero() {
		return false, nil
	}
	var rows []scheduleRun
	if err := s.db.WithContext(ctx).Where("name = ?", name).Order("tick DESC").Limit(1).Find(&rows).Error; err != nil {
		return false, err
	}
	if len(rows) == 0 {
		now := s.now()
		first := scheduleRun{Name: name, Tick: tick.Unix(), Worker: s.opts.Worker, FinishedAt: &now}
		return false, s.db.WithContext(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&first).Error
	}
	if last := rows[0]; last.Tick >= tick.Unix() && last.FinishedAt != nil {
		return false, nil
	}
	return s.Once(ctx, name, tick, work)
}
