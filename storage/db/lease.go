package db

import (
	"context"
	"time"

	"gorm.io/gorm"

	"switchdesk/internal/fault"
)

// Lease is the right to be the one that does something: steer a cell, run the
// scheduled jobs. One holder at a time has it, by the database's clock; each
// new holder gets a higher Epoch, with which late writes of an old one can be
// told apart.
type Lease struct {
	db     *gorm.DB
	name   string
	holder string
	ttl    time.Duration
	epoch  int64
}

// NewLease names a lease, who wants it and how long it lasts without renewal,
// at least a second. Two processes of one holder must not run at once: a
// holder who comes back takes the lease without waiting for its end.
func NewLease(g *gorm.DB, name, holder string, ttl time.Duration) *Lease {
	return &Lease{db: g, name: name, holder: holder, ttl: max(ttl, time.Second)}
}

// Epoch is the number under which the lease was last held, 0 before.
func (l *Lease) Epoch() int64 { return l.epoch }

// ErrLeaseTaken is a lease that somebody else holds, or that was lost.
var ErrLeaseTaken = fault.New(fault.Conflict, "lease.taken", "another process holds the lease")

// Micros is an expression for the database's own clock in microseconds since
// 1970; the machines' clocks may differ.
func Micros(g *gorm.DB) string {
	if g.Dialector.Name() == "mysql" {
		return "CAST(UNIX_TIMESTAMP(UTC_TIMESTAMP(6)) * 1000000 AS SIGNED)"
	}
	return "CAST((julianday('now') - 2440587.5) * 86400000000.0 AS INTEGER)"
}

// Acquire takes the lease if it is free, has run out, or was the holder's own
// before a restart. It fails with
// ErrLeaseTaken, and with the database's error.
func (l *Lease) Acquire(ctx context.Context) error {
	now, g := Micros(l.db), l.db.WithContext(ctx)
	// Each statement stands alone: nobody holds one lock while waiting for
	// another.
	var there int64
	if err := g.Raw("SELECT COUNT(*) FROM leases WHERE name = ?", l.name).Scan(&there).Error; err != nil {
		return err
	}
	if there == 0 {
		ignore := "INSERT OR IGNORE"
		if g.Dialector.Name() == "mysql" {
			ignore = "INSERT IGNORE"
		}
		if err := g.Exec(ignore+" INTO leases (name, holder, epoch, expires_at) VALUES (?, '', 0, 0)", l.name).Error; err != nil {
			return err
		}
	}
	res := g.Exec("UPDATE leases SET holder = ?, epoch = epoch + 1, expires_at = "+now+" + ? WHERE name = ? AND (holder = ? OR expires_at < "+now+")",
		l.holder, l.ttl.Microseconds(), l.name, l.holder)
	if res.Error != nil {
		return res.Error
	}
	if res.RowsAffected == 0 {
		return ErrLeaseTaken
	}
	var epoch int64
	if err := g.Raw("SELECT epoch FROM leases WHERE name = ? AND holder = ?", l.name, l.holder).Scan(&epoch).Error; err != nil {
		return err
	}
	if epoch == 0 {
		return ErrLeaseTaken // it ran out and was taken in between
	}
	l.epoch = epoch
	return nil
}

// Renew makes the lease last its whole time again. It fails with
// ErrLeaseTaken if it has run out or is another's: then stop at once.
func (l *Lease) Renew(ctx context.Context) error {
	now := Micros(l.db)
	res := l.db.WithContext(ctx).Exec("UPDATE leases SET expires_at = "+now+" + ? WHERE name = ? AND holder = ? AND epoch = ? AND expires_at >= "+now,
		l.ttl.Microseconds(), l.name, l.holder, l.epoch)
	if res.Error != nil {
		return res.Error
	}
	if res.RowsAffected == 0 {
		return ErrLeaseTaken
	}
	return nil
}

// Release lets the lease go, so that nobody has to wait for its end. One that
// is no longer held is left alone.
func (l *Lease) Release(ctx context.Context) error {
	return l.db.WithContext(ctx).Exec("UPDATE leases SET expires_at = 0, holder = '' WHERE name = ? AND holder = ? AND epoch = ?", l.name, l.holder, l.epoch).Error
}
