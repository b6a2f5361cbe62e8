package dialplan

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"switchdesk/accounts"
	"switchdesk/hours"
	"switchdesk/internal/fault"
	"switchdesk/internal/phone"
	"switchdesk/storage/db"
)

// Numbers lists the account's service numbers.
func (s *Service) Numbers(ctx context.Context, actor accounts.Actor) ([]ServiceNumber, error) {
	var rows []ServiceNumber
	if err := s.db.WithContext(ctx).Scopes(db.In(actor.AccountID)).Order("number").Find(&rows).Error; err != nil {
		return nil, failed(err)
	}
	var entries []Entry
	err := s.db.WithContext(ctx).Scopes(db.In(actor.AccountID)).Order("number_id, place").Find(&entries).Error
	return withEntries(rows, entries), failed(err)
}

func withEntries(rows []ServiceNumber, entries []Entry) []ServiceNumber {
	of := map[int64][]Entry{}
	for _, e := range entries {
		of[e.NumberID] = append(of[e.NumberID], e)
	}
	for i := range rows {
		rows[i].Entries = of[rows[i].ID]
	}
	return rows
}

// AllNumbers lists every account's numbers, for the live floor.
func (s *Service) AllNumbers(ctx context.Context) ([]ServiceNumber, error) {
	var rows []ServiceNumber
	if err := db.AllAccounts(s.db.WithContext(ctx)).Order("id").Find(&rows).Error; err != nil {
		return nil, failed(err)
	}
	var entries []Entry
	err := db.AllAccounts(s.db.WithContext(ctx)).Order("number_id, place").Find(&entries).Error
	return withEntries(rows, entries), failed(err)
}

// Number gives one number of the actor's account. It fails with NotFound.
func (s *Service) Number(ctx context.Context, actor accounts.Actor, id int64) (ServiceNumber, error) {
	var n ServiceNumber
	err := s.db.WithContext(ctx).Scopes(db.In(actor.AccountID)).Where("id = ?", id).Take(&n).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return n, unknownNumber()
	}
	if err != nil {
		return n, failed(err)
	}
	err = s.db.WithContext(ctx).Scopes(db.In(actor.AccountID)).Where("number_id = ?", id).Order("place").Find(&n.Entries).Error
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

// SaveNumber adds (ID 0) or changes a service number with its schedule.
// Whether flows and calendars exist is the caller's to check. It fails with
// Forbidden, Invalid, NotFound, and Conflict if any account has the number.
func (s *Service) SaveNumber(ctx context.Context, actor accounts.Actor, n ServiceNumber) (ServiceNumber, error) {
	if !actor.Can(accounts.NumbersManage) {
		return ServiceNumber{}, forbidden()
	}
	if err := checkNumber(&n); err != nil {
		return ServiceNumber{}, err
	}
	n.AccountID, n.UpdatedAt = actor.AccountID, s.now()
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error { return s.keepNumber(tx, &n) })
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return ServiceNumber{}, fault.New(fault.Conflict, "number.taken", "this number is taken").On("number")
	}
	if err != nil {
		return ServiceNumber{}, failed(err)
	}
	return s.Number(ctx, actor, n.ID)
}

func checkNumber(n *ServiceNumber) error {
	number := phone.Normalize(n.Number)
	if !phone.Dialable(number) {
		return fault.New(fault.Invalid, "number.form", "%q is not a telephone number", n.Number).On("number")
	}
	n.Number = number
	if err := checkName(&n.Name); err != nil {
		return err
	}
	return checkEntries(n.Entries)
}

func (s *Service) keepNumber(tx *gorm.DB, n *ServiceNumber) error {
	if n.ID == 0 {
		n.CreatedAt = s.now()
		if err := tx.Create(n).Error; err != nil {
			return err
		}
		return keepEntries(tx, n)
	}
	res := tx.Model(&ServiceNumber{}).Scopes(db.In(n.AccountID)).Where("id = ?", n.ID).
		Select("Number", "Name", "FlowID", "Enabled", "UpdatedAt").Updates(n)
	if res.Error != nil {
		return res.Error
	}
	if res.RowsAffected == 0 {
		return unknownNumber()
	}
	return keepEntries(tx, n)
}

// keepEntries puts a number's entries in the place of those that it had.
func keepEntries(tx *gorm.DB, n *ServiceNumber) error {
	if err := tx.Scopes(db.In(n.AccountID)).Where("number_id = ?", n.ID).Delete(&Entry{}).Error; err != nil {
		return err
	}
	rows := make([]Entry, len(n.Entries))
	for i, e := range n.Entries {
		e.ID, e.AccountID, e.NumberID, e.Place = 0, n.AccountID, n.ID, i
		if e.Dates == nil {
			e.Dates = []Dates{}
		}
		if e.Spans == nil {
			e.Spans = []hours.Span{}
		}
		rows[i] = e
	}
	if len(rows) == 0 {
		return nil
	}
	return tx.Create(&rows).Error
}

// CalendarUsers names the numbers of the account whose schedule asks a
// calendar.
func (s *Service) CalendarUsers(ctx context.Context, account, calendar int64) ([]string, error) {
	var numbers []string
	err := s.db.WithContext(ctx).Model(&ServiceNumber{}).Scopes(db.In(account)).
		Where("id IN (?)", s.db.Model(&Entry{}).Scopes(db.In(account)).Where("calendar_id = ?", calendar).Select("number_id")).
		Order("number").Pluck("number", &numbers).Error
	return numbers, failed(err)
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
