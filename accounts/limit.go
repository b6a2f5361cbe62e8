package accounts

import (
	"context"
	"net/netip"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// Wait is the cause of a TooMany fault: how long to wait before the next try.
type Wait struct{ For time.Duration }

func (w *Wait) Error() string { return "try again in " + w.For.Round(time.Second).String() }

// failure counts wrong passwords of a login or an address.
type failure struct {
	Name     string `gorm:"primaryKey"`
	Failures int
	FirstAt  time.Time
	LastAt   time.Time
}

func (failure) TableName() string { return "sign_in_failures" }

// attempt counts a try as failed before the password is looked at, so that
// tries at the same moment can't slip under the limit; forgive takes it back.
// It fails with TooMany while the login or the address has to wait.
func (s *Service) attempt(ctx context.Context, login, ip string) error {
	now := s.now()
	limits := []struct {
		name  string
		limit int
	}{{"login:" + login, s.opts.PerLogin}, {"ip:" + network(ip), s.opts.PerIP}}
	// The rows are made outside the transaction, so that nobody holds a shared
	// lock on them while waiting for the exclusive one.
	for _, l := range limits {
		row := failure{Name: l.name, FirstAt: now, LastAt: now}
		if err := s.db.WithContext(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
			return failed(err)
		}
	}
	var wait time.Duration
	err := db.Tx(ctx, s.db, func(tx *gorm.DB) error {
		wait = 0
		for _, l := range limits {
			var f failure
			found := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("name = ?", l.name).Limit(1).Find(&f)
			if found.Error != nil {
				return found.Error
			}
			if found.RowsAffected == 0 || f.Failures == 0 || now.Sub(f.LastAt) >= s.opts.Window {
				f = failure{Name: l.name, FirstAt: now}
			}
			if until := f.LastAt.Add(penalty(f.Failures-l.limit, s.opts.Window)); f.Failures >= l.limit && now.Before(until) {
				wait = max(wait, until.Sub(now))
				return nil
			}
			f.Failures++
			f.LastAt = now
			if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&f).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return failed(err)
	}
	if wait > 0 {
		return fault.New(fault.TooMany, "sign_in.wait", "too many failed sign-ins, try again in %s", wait.Round(time.Second)).Because(&Wait{wait})
	}
	return nil
}

// penalty is how long the next try waits: 15 s at the limit, doubling, never
// longer than the window.
func penalty(over int, window time.Duration) time.Duration {
	if over < 0 {
		return 0
	}
	return min(window, 15*time.Second<<min(over, 10))
}

// forgive clears the login's count after the right password, and takes the
// try back from the address's.
func (s *Service) forgive(ctx context.Context, login, ip string) {
	g := s.db.WithContext(ctx)
	_ = g.Where("name = ?", "login:"+login).Delete(&failure{}).Error
	_ = g.Model(&failure{}).Where("name = ? AND failures > 0", "ip:"+network(ip)).UpdateColumn("failures", gorm.Expr("failures - 1")).Error
}

// network is what one guesser commands: an IPv4 address, or the /64 of an
// IPv6 address, which one customer of a carrier has whole.
func network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return clip(ip, 60)
	}
	if a = a.Unmap().WithZone(""); a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a.String()
	}
	return p.String()
}
