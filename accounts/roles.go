package accounts

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// Roles lists the account's roles.
func (s *Service) Roles(ctx context.Context, actor Actor) ([]Role, error) {
	var rows []Role
	return rows, failed(s.db.WithContext(ctx).Scopes(db.In(actor.AccountID)).Order("id").Find(&rows).Error)
}

func (s *Service) role(g *gorm.DB, account, id int64) (Role, error) {
	var r Role
	err := g.Scopes(db.In(account)).Where("id = ?", id).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return r, unknown("role")
	}
	return r, failed(err)
}

// SaveRole makes (ID 0) or changes a role. Nobody can give a right that they
// lack, or take the account's last administrator's away. It fails with
// Forbidden, NotFound, Invalid and Conflict.
func (s *Service) SaveRole(ctx context.Context, actor Actor, r Role) (Role, error) {
	if !actor.Can(RolesManage) {
		return Role{}, forbidden()
	}
	if err := checkName(&r.Name, "name", 60); err != nil {
		return Role{}, err
	}
	if !r.Scope.known() {
		return Role{}, invalid("role.scope", "scope", "the scope is own, subordinates, department or all")
	}
	rights, err := r.Rights.checked()
	if err != nil {
		return Role{}, err
	}
	r.Rights, r.AccountID, r.CreatedAt, r.UpdatedAt = rights, actor.AccountID, s.now(), s.now()
	action := "role.create"
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		var had Role
		if r.ID != 0 {
			if had, err = s.role(tx, actor.AccountID, r.ID); err != nil {
				return err
			}
			action, r.CreatedAt = "role.update", had.CreatedAt
		}
		for _, right := range r.Rights {
			if !had.Rights.Has(right) && !actor.Rights.Has(right) {
				return fault.New(fault.Forbidden, "role.beyond", "you can't give a right that you don't have: %s", string(right)).On("rights")
			}
		}
		if r.ID == 0 {
			return tx.Create(&r).Error
		}
		if err := tx.Model(&Role{}).Scopes(db.In(actor.AccountID)).Where("id = ?", r.ID).
			Select("Name", "Rights", "Scope", "UpdatedAt").Updates(&r).Error; err != nil {
			return err
		}
		return s.adminRemains(tx, actor.AccountID)
	})
	if err != nil {
		return Role{}, taken(err, "role.taken", "name", "a role of this name is there already")
	}
	s.audit(ctx, actor.entry(action, "role", r.ID, map[string]any{"name": r.Name, "scope": r.Scope, "rights": joined(r.Rights)}))
	return r, nil
}

// DeleteRole removes a role that nobody has. It fails with Forbidden,
// NotFound and Conflict.
func (s *Service) DeleteRole(ctx context.Context, actor Actor, id int64) error {
	if !actor.Can(RolesManage) {
		return forbidden()
	}
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		var n int64
		if err := tx.Model(&User{}).Scopes(db.In(actor.AccountID)).Where("role_id = ?", id).Count(&n).Error; err != nil {
			return err
		}
		if n > 0 {
			return fault.New(fault.Conflict, "role.in_use", "%d users have this role; give them another first", n)
		}
		res := tx.Scopes(db.In(actor.AccountID)).Where("id = ?", id).Delete(&Role{})
		if res.Error == nil && res.RowsAffected == 0 {
			return unknown("role")
		}
		return res.Error
	})
	if err != nil {
		return failed(err)
	}
	s.audit(ctx, actor.entry("role.delete", "role", id, nil))
	return nil
}

// adminRemains refuses, inside the transaction of a change, a state in which
// nobody could manage users and roles any more.
func (s *Service) adminRemains(tx *gorm.DB, account int64) error {
	var roles []Role
	if err := tx.Scopes(db.In(account)).Find(&roles).Error; err != nil {
		return err
	}
	var able []int64
	for _, r := range roles {
		if r.Rights.Has(UsersManage) && r.Rights.Has(RolesManage) && r.Scope == ScopeAll {
			able = append(able, r.ID)
		}
	}
	var n int64
	if len(able) > 0 {
		if err := tx.Model(&User{}).Scopes(db.In(account)).Where("role_id IN ? AND disabled = ?", able, false).Count(&n).Error; err != nil {
			return err
		}
	}
	if n == 0 {
		return fault.New(fault.Conflict, "account.last_admin", "somebody must be left who manages users and roles of the whole account")
	}
	return nil
}
