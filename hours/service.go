package hours

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"switchdesk/accounts"
	"switchdesk/internal/clock"
	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// most calendars of one account.
const most = 200

// Service keeps calendars. It is safe for concurrent use.
type Service struct {
	db    *gorm.DB
	clock clock.Clock
}

// NewService works on an open, migrated database.
func NewService(g *gorm.DB, c clock.Clock) *Service { return &Service{db: g, clock: c} }

// Calendars lists an account's calendars by name.
func (s *Service) Calendars(ctx context.Context, account int64) ([]Calendar, error) {
	var rows []Calendar
	return rows, failed(s.db.WithContext(ctx).Scopes(db.In(account)).Order("name, id").Find(&rows).Error)
}

// Calendar gives one of an account's calendars. It fails with NotFound.
func (s *Service) Calendar(ctx context.Context, account, id int64) (Calendar, error) {
	var c Calendar
	return c, failed(s.db.WithContext(ctx).Scopes(db.In(account)).Where("id = ?", id).Take(&c).Error)
}

// Save adds (ID 0) or changes a calendar. It fails with Forbidden without
// numbers.manage or flows.manage, Invalid, NotFound, and Conflict if the name
// is taken.
func (s *Service) Save(ctx context.Context, actor accounts.Actor, c Calendar) (Calendar, error) {
	if err := may(actor); err != nil {
		return Calendar{}, err
	}
	if err := c.Check(); err != nil {
		return Calendar{}, err
	}
	if c.Weekly == nil {
		c.Weekly = []Span{}
	}
	if c.Days == nil {
		c.Days = []Day{}
	}
	c.AccountID, c.UpdatedAt = actor.AccountID, s.clock.Now().UTC().Truncate(time.Microsecond)
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if c.ID == 0 {
			var n int64
			if err := tx.Model(&Calendar{}).Scopes(db.In(actor.AccountID)).Count(&n).Error; err != nil {
				return err
			}
			if n >= most {
				return fault.New(fault.Conflict, "calendar.many", "an enterprise has at most %d calendars", most)
			}
			c.CreatedAt = c.UpdatedAt
			return tx.Create(&c).Error
		}
		res := tx.Model(&Calendar{}).Scopes(db.In(actor.AccountID)).Where("id = ?", c.ID).
			Select("Name", "Timezone", "Weekly", "Days", "UpdatedAt").Updates(&c)
		if res.Error == nil && res.RowsAffected == 0 {
			return gorm.ErrRecordNotFound
		}
		return res.Error
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return Calendar{}, fault.New(fault.Conflict, "calendar.taken", "a calendar of this name is there already").On("name")
	}
	if err != nil {
		return Calendar{}, failed(err)
	}
	return s.Calendar(ctx, actor.AccountID, c.ID)
}

// Delete removes a calendar. Whether anything uses it is the caller's to ask.
// It fails with Forbidden and NotFound.
func (s *Service) Delete(ctx context.Context, actor accounts.Actor, id int64) error {
	if err := may(actor); err != nil {
		return err
	}
	res := s.db.WithContext(ctx).Scopes(db.In(actor.AccountID)).Where("id = ?", id).Delete(&Calendar{})
	if res.Error == nil && res.RowsAffected == 0 {
		return failed(gorm.ErrRecordNotFound)
	}
	return failed(res.Error)
}

func may(actor accounts.Actor) error {
	if actor.Can(accounts.NumbersManage) || actor.Can(accounts.FlowsManage) {
		return nil
	}
	return fault.New(fault.Forbidden, "forbidden", "your role does not allow this")
}

func failed(err error) error {
	var f *fault.Error
	switch {
	case err == nil || errors.As(err, &f):
		return err
	case errors.Is(err, gorm.ErrRecordNotFound):
		return fault.New(fault.NotFound, "calendar.unknown", "there is no such calendar")
	}
	return fault.New(fault.Internal, "database.failed", "the database could not do this").Because(err)
}
