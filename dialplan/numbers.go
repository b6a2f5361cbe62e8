package dialplan

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"switchdesk/accounts"
	"switchdesk/internal/fault"
	"switchdesk/internal/phone"
	"switchdesk/storage/db"
)

// Numbers lists the account's service numbers.
func (s *Service) Numbers(ctx context.Context, actor accounts.Actor) ([]ServiceNumber, error) {
	var rows []ServiceNumber
	return rows, failed(s.db.WithContext(ctx).Scopes(db.In(actor.AccountID)).Order("number").Find(&rows).Error)
}

// AllNumbers lists every account's numbers, for the live floor.
func (s *Service) AllNumbers(ctx context.Context) ([]ServiceNumber, error) {
	var rows []ServiceNumber
	return rows, failed(db.AllAccounts(s.db.WithContext(ctx)).Order("id").Find(&rows).Error)
}

// Number gives one number of the actor's account. It fails with NotFound.
func (s *Service) Number(ctx context.Context, actor accounts.Actor, id int64) (ServiceNumber, error) {
	var n ServiceNumber
	err := s.db.WithContext(ctx).Scopes(db.In(actor.AccountID)).Where("id = ?", id).Take(&n).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return n, unknownNumber()
	}
	return n, failed(err)
}

// NumberDialled finds whose number was dialled, however it is written. It
// fails with NotFound.
func (s *Service) NumberDialled(ctx context.Context, dialled string) (ServiceNumber, error) {
	var n ServiceNumber
	number := phone.Normalize(dialled)
	if number == "" {
		return n, unknownNumber()
	}
	err := db.AllAccounts(s.db.WithContext(ctx)).Where("number = ?", number).Take(&n).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return n, unknownNumber()
	}
	return n, failed(err)
}

func unknownNumber() error {
	return fault.New(fault.NotFound, "number.unknown", "there is no such service number")
}

// SaveNumber adds (ID 0) or changes a service number. Whether the flow exists
// is the caller's to check. It fails with Forbidden, Invalid, NotFound, and
// Conflict if any account has the number.
func (s *Service) SaveNumber(ctx context.Context, actor accounts.Actor, n ServiceNumber) (ServiceNumber, error) {
	if !actor.Can(accounts.NumbersManage) {
		return ServiceNumber{}, forbidden()
	}
	number := phone.Normalize(n.Number)
	if !phone.Dialable(number) {
		return ServiceNumber{}, fault.New(fault.Invalid, "number.form", "%q is not a telephone number", n.Number).On("number")
	}
	n.Number = number
	if err := checkName(&n.Name); err != nil {
		return ServiceNumber{}, err
	}
	n.AccountID, n.UpdatedAt = actor.AccountID, s.now()
	var err error
	if n.ID == 0 {
		n.CreatedAt = s.now()
		err = s.db.WithContext(ctx).Create(&n).Error
	} else {
		res := s.db.WithContext(ctx).Model(&ServiceNumber{}).Scopes(db.In(actor.AccountID)).Where("id = ?", n.ID).
			Select("Number", "Name", "FlowID", "Enabled", "UpdatedAt").Updates(&n)
		if err = res.Error; err == nil && res.RowsAffected == 0 {
			err = unknownNumber()
		}
	}
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return ServiceNumber{}, fault.New(fault.Conflict, "number.taken", "this number is taken").On("number")
	}
	if err != nil {
		return ServiceNumber{}, failed(err)
	}
	return s.Number(ctx, actor, n.ID)
}

// DeleteNumber gives a number up. It fails with Forbidden and NotFound.
func (s *Service) DeleteNumber(ctx context.Context, actor accounts.Actor, id int64) error {
	if !actor.Can(accounts.NumbersManage) {
		return forbidden()
	}
	res := s.db.WithContext(ctx).Scopes(db.In(actor.AccountID)).Where("id = ?", id).Delete(&ServiceNumber{})
	if res.Error == nil && res.RowsAffected == 0 {
		return unknownNumber()
	}
	return failed(res.Error)
}
