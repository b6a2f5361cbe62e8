package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"switchdesk/storage/db"
)

// errDeposed: another process steers the cell now.
var errDeposed = errors.New("another process steers this cell now; this one stops")

// takeLease waits until this process may steer the cell. The journal's lock
// is held already, so no second process of this data folder is alive and a
// restarted one goes on without waiting.
func (a *App) takeLease(ctx context.Context) error {
	host, err := os.Hostname()
	if err != nil {
		return err
	}
	dir, err := filepath.Abs(a.cfg.DataDir)
	if err != nil {
		return err
	}
	a.lease = db.NewLease(a.db, "cell:"+a.cfg.Cell.Name, cutEnd(host+":"+dir, 120), a.cfg.Cell.Lease)
	told := false
	for {
		err := a.lease.Acquire(ctx)
		if err == nil {
			return nil
		}
		if !errors.Is(err, db.ErrLeaseTaken) {
			return fmt.Errorf("the cell's lease: %w", err)
		}
		if !told {
			told = true
			a.log.Info("standing by: another process steers the cell", "cell", a.cfg.Cell.Name)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-a.clock.After(time.Second):
		}
	}
}

// keepLease renews it and fails once another process has it. A database that
// is away takes it from nobody: the floor goes on.
func (a *App) keepLease(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-a.clock.After(max(a.cfg.Cell.Lease/3, 300*time.Millisecond)):
		}
		err := a.lease.Renew(ctx)
		if errors.Is(err, db.ErrLeaseTaken) {
			err = a.lease.Acquire(ctx) // it may only have run out
		}
		switch {
		case err == nil || ctx.Err() != nil:
		case errors.Is(err, db.ErrLeaseTaken):
			return errDeposed
		default:
			a.log.Warn("the cell's lease can't be renewed; the floor goes on", "error", err)
		}
	}
}

func (a *App) dropLease() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := a.lease.Release(ctx); err != nil {
		a.log.Warn("the cell's lease was not given back; a standby waits for its end", "error", err)
	}
}

// cutEnd keeps the end of a text, where folders differ.
func cutEnd(s string, n int) string {
	if len(s) > n {
		return s[len(s)-n:]
	}
	return s
}
