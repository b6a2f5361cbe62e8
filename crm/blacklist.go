package crm

import (
	"context"
	"errors"
	"maps"

	"gorm.io/gorm"

	"switchdesk/accounts"
	"switchdesk/internal/fault"
	"switchdesk/internal/phone"
	"switchdesk/storage/db"
)

// listed is a number on an account's blacklist.
type listed struct {
	account int64
	number  string
}

// Contains tells whether the account has blacklisted a number, however it is
// written. It reads memory alone and never waits.
func (s *Service) Contains(account int64, number string) bool {
	n := phone.Normalize(number)
	if n == "" {
		return false
	}
	_, ok := (*s.banned.Load())[listed{account, n}]
	return ok
}

// Reload reads the blacklist of all accounts; at the start, and every so
// often where another process may have changed it.
func (s *Service) Reload(ctx context.Context) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.unlock()
	var rows []Blacklisted
	if err := db.AllAccounts(s.db.WithContext(ctx)).Select("account_id", "number").Find(&rows).Error; err != nil {
		return failed(err)
	}
	set := make(map[listed]struct{}, len(rows))
	for _, r := range rows {
		set[listed{r.AccountID, r.Number}] = struct{}{}
	}
	s.banned.Store(&set)
	return nil
}

func (s *Service) lock(ctx context.Context) error {
	select {
	case s.changing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Service) unlock() { <-s.changing }

// replace puts a changed copy in the place of the set. The lock is held.
func (s *Service) replace(change func(map[listed]struct{})) {
	set := maps.Clone(*s.banned.Load())
	change(set)
	s.banned.Store(&set)
}

// BlacklistFilter chooses entries; Before pages on: the ID of the last one
// in hand.
type BlacklistFilter struct {
	Search string // part of a number or reason
	Before int64
	Limit  int // 50 if 0, 200 at most
}

// Blacklist lists the account's entries, the newest first.
func (s *Service) Blacklist(ctx context.Context, actor accounts.Actor, f BlacklistFilter) ([]Blacklisted, error) {
	g := s.db.WithContext(ctx).Scopes(db.In(actor.AccountID)).Order("id DESC").Limit(pageSize(f.Limit))
	if f.Before > 0 {
		g = g.Where("id < ?", f.Before)
	}
	if f.Search != "" {
		like := "%" + escapeLike(f.Search) + "%"
		g = g.Where("(number LIKE ? ESCAPE '!' OR reason LIKE ? ESCAPE '!')", like, like)
	}
	var rows []Blacklisted
	return rows, failed(g.Find(&rows).Error)
}

// Ban puts a number on the blacklist at once. It fails with Forbidden without
// blacklist.manage, Invalid, and Conflict if the number is there already.
func (s *Service) Ban(ctx context.Context, actor accounts.Actor, number, reason string) (Blacklisted, error) {
	if !actor.Can(accounts.BlacklistManage) {
		return Blacklisted{}, forbidden()
	}
	n := phone.Normalize(number)
	if n == "" {
		return Blacklisted{}, fault.New(fault.Invalid, "number.form", "%q is not a telephone number", number).On("number")
	}
	if err := checkText(&reason, "reason", 500); err != nil {
		return Blacklisted{}, err
	}
	if err := s.lock(ctx); err != nil {
		return Blacklisted{}, err
	}
	defer s.unlock()
	row := Blacklisted{AccountID: actor.AccountID, Number: n, Reason: reason, ByID: actor.UserID, ByName: actor.Name, CreatedAt: s.now()}
	err := s.db.WithContext(ctx).Create(&row).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return Blacklisted{}, fault.New(fault.Conflict, "blacklist.there", "this number is on the blacklist already").On("number")
	}
	if err != nil {
		return Blacklisted{}, failed(err)
	}
	s.replace(func(set map[listed]struct{}) { set[listed{row.AccountID, row.Number}] = struct{}{} })
	return row, nil
}

// Unban takes an entry off the blacklist. It fails with Forbidden and
// NotFound.
func (s *Service) Unban(ctx context.Context, actor accounts.Actor, id int64) (Blacklisted, error) {
	if !actor.Can(accounts.BlacklistManage) {
		return Blacklisted{}, forbidden()
	}
	if err := s.lock(ctx); err != nil {
		return Blacklisted{}, err
	}
	defer s.unlock()
	var row Blacklisted
	err := s.db.WithContext(ctx).Scopes(db.In(actor.AccountID)).Where("id = ?", id).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return row, fault.New(fault.NotFound, "blacklist.unknown", "there is no such entry")
	}
	if err == nil {
		err = s.db.WithContext(ctx).Scopes(db.In(actor.AccountID)).Where("id = ?", id).Delete(&Blacklisted{}).Error
	}
	if err != nil {
		return row, failed(err)
	}
	s.replace(func(set map[listed]struct{}) { delete(set, listed{row.AccountID, row.Number}) })
	return row, nil
}
