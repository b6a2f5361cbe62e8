package crm

import (
	"context"
	"errors"
	"slices"

	"gorm.io/gorm"

	"switchdesk/accounts"
	"switchdesk/internal/fault"
	"switchdesk/internal/phone"
	"switchdesk/storage/db"
)

// CustomersByNumber finds who calls with a number, however it is written; the
// longest known first, at most 20.
func (s *Service) CustomersByNumber(ctx context.Context, account int64, number string) ([]Customer, error) {
	n := phone.Normalize(number)
	if n == "" {
		return nil, nil
	}
	g := s.db.WithContext(ctx)
	var ids []int64
	if err := g.Model(&customerPhone{}).Scopes(db.In(account)).Where("number = ?", n).Order("customer_id").Limit(20).Pluck("customer_id", &ids).Error; err != nil {
		return nil, failed(err)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []Customer
	if err := g.Scopes(db.In(account)).Where("id IN ?", ids).Order("id").Find(&rows).Error; err != nil {
		return nil, failed(err)
	}
	return rows, s.addPhones(g, account, rows)
}

// Customer gives one customer of the actor's account. It fails with NotFound.
func (s *Service) Customer(ctx context.Context, actor accounts.Actor, id int64) (Customer, error) {
	rows := make([]Customer, 1)
	err := s.db.WithContext(ctx).Scopes(db.In(actor.AccountID)).Where("id = ?", id).Take(&rows[0]).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Customer{}, fault.New(fault.NotFound, "customer.unknown", "there is no such customer")
	}
	if err != nil {
		return Customer{}, failed(err)
	}
	err = s.addPhones(s.db.WithContext(ctx), actor.AccountID, rows)
	return rows[0], err
}

// CustomerFilter chooses customers; After pages on: the ID of the last one in
// hand.
type CustomerFilter struct {
	Search string // part of a name or company, or a whole number
	After  int64
	Limit  int // 50 if 0, 200 at most
}

// Customers lists the account's customers in the order of their IDs.
func (s *Service) Customers(ctx context.Context, actor accounts.Actor, f CustomerFilter) ([]Customer, error) {
	g := s.db.WithContext(ctx)
	q := g.Scopes(db.In(actor.AccountID)).Where("id > ?", f.After).Order("id").Limit(pageSize(f.Limit))
	if f.Search != "" {
		like := "%" + escapeLike(f.Search) + "%"
		byNumber := g.Model(&customerPhone{}).Scopes(db.In(actor.AccountID)).Where("number = ?", phone.Normalize(f.Search)).Select("customer_id")
		q = q.Where("(name LIKE ? ESCAPE '!' OR company LIKE ? ESCAPE '!' OR id IN (?))", like, like, byNumber)
	}
	var rows []Customer
	if err := q.Find(&rows).Error; err != nil {
		return nil, failed(err)
	}
	return rows, s.addPhones(g, actor.AccountID, rows)
}

func (s *Service) addPhones(g *gorm.DB, account int64, rows []Customer) error {
	if len(rows) == 0 {
		return nil
	}
	at := map[int64]int{}
	ids := make([]int64, len(rows))
	for i, c := range rows {
		at[c.ID], ids[i], rows[i].Phones = i, c.ID, []string{}
	}
	var phones []customerPhone
	if err := g.Scopes(db.In(account)).Where("customer_id IN ?", ids).Order("customer_id, place, id").Find(&phones).Error; err != nil {
		return failed(err)
	}
	for _, p := range phones {
		c := &rows[at[p.CustomerID]]
		c.Phones = append(c.Phones, p.Number)
	}
	return nil
}

// SaveCustomer adds (ID 0) or changes a customer with all numbers. It fails
// with Forbidden without calls.handle, Invalid, and NotFound.
func (s *Service) SaveCustomer(ctx context.Context, actor accounts.Actor, c Customer) (Customer, error) {
	if !actor.Can(accounts.CallsHandle) {
		return Customer{}, forbidden()
	}
	if err := checkCustomer(&c); err != nil {
		return Customer{}, err
	}
	c.AccountID, c.UpdatedAt = actor.AccountID, s.now()
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if c.ID == 0 {
			c.CreatedAt = s.now()
			if err := tx.Create(&c).Error; err != nil {
				return err
			}
		} else {
			res := tx.Model(&Customer{}).Scopes(db.In(actor.AccountID)).Where("id = ?", c.ID).Select("Name", "Company", "UpdatedAt").Updates(&c)
			if res.Error == nil && res.RowsAffected == 0 {
				return fault.New(fault.NotFound, "customer.unknown", "there is no such customer")
			}
			if res.Error != nil {
				return res.Error
			}
			if err := tx.Scopes(db.In(actor.AccountID)).Where("customer_id = ?", c.ID).Delete(&customerPhone{}).Error; err != nil {
				return err
			}
		}
		for i, n := range c.Phones {
			if err := tx.Create(&customerPhone{AccountID: actor.AccountID, CustomerID: c.ID, Number: n, Place: i}).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Customer{}, failed(err)
	}
	return s.Customer(ctx, actor, c.ID)
}

func checkCustomer(c *Customer) error {
	if err := checkText(&c.Name, "name", 60); err != nil {
		return err
	}
	if c.Name == "" {
		return fault.New(fault.Invalid, "name.empty", "a name is needed").On("name")
	}
	if err := checkText(&c.Company, "company", 120); err != nil {
		return err
	}
	if len(c.Phones) > 20 {
		return fault.New(fault.Invalid, "customer.phones", "at most 20 numbers").On("phones")
	}
	var phones []string
	for _, raw := range c.Phones {
		n := phone.Normalize(raw)
		if n == "" {
			return fault.New(fault.Invalid, "number.form", "%q is not a telephone number", raw).On("phones")
		}
		if !slices.Contains(phones, n) {
			phones = append(phones, n)
		}
	}
	c.Phones = phones
	return nil
}
