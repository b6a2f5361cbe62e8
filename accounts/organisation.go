package accounts

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// CreateAccount makes an enterprise with the usual roles (StandardRoles). It
// fails with Invalid, and with Conflict if the slug is taken. Only the
// operator's own commands and the demo call it; it asks for no actor.
func (s *Service) CreateAccount(ctx context.Context, a Account) (Account, []Role, error) {
	a.ID = 0
	if err := checkAccount(&a); err != nil {
		return Account{}, nil, err
	}
	a.CreatedAt, a.UpdatedAt = s.now(), s.now()
	var roles []Role
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := tx.Create(&a).Error; err != nil {
			return err
		}
		for _, r := range StandardRoles() {
			r.AccountID, r.CreatedAt, r.UpdatedAt = a.ID, s.now(), s.now()
			roles = append(roles, r)
		}
		return tx.Create(&roles).Error
	})
	if err != nil {
		return Account{}, nil, taken(err, "account.taken", "slug", "this short name is taken")
	}
	return a, roles, nil
}

// StandardRoles are what a new account begins with: administrator,
// supervisor, inspector and agent.
func StandardRoles() []Role {
	return []Role{
		{Name: "管理员", Rights: All(), Scope: ScopeAll},
		{Name: "班长", Scope: ScopeSubordinates, Rights: Rights{CallsHandle, CallsRead, CallsListen, CallsDownload, CallsExport, CallsAssign, CallsQuality, BlacklistManage, FloorWatch, FloorSteer, FlowsRead}},
		{Name: "质检员", Scope: ScopeAll, Rights: Rights{CallsRead, CallsListen, CallsQuality, FloorWatch}},
		{Name: "座席", Scope: ScopeOwn, Rights: Rights{CallsHandle, CallsRead, CallsListen}},
	}
}

// Account gives an account by its ID. It fails with NotFound.
func (s *Service) Account(ctx context.Context, id int64) (Account, error) {
	var a Account
	err := s.db.WithContext(ctx).Where("id = ?", id).Take(&a).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return a, unknown("account")
	}
	return a, failed(err)
}

// AccountBySlug gives an account by its short name. It fails with NotFound.
func (s *Service) AccountBySlug(ctx context.Context, slug string) (Account, error) {
	var a Account
	err := s.db.WithContext(ctx).Where("slug = ?", slug).Take(&a).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return a, unknown("account")
	}
	return a, failed(err)
}

// Accounts lists all accounts, for the live floor and scheduled jobs.
func (s *Service) Accounts(ctx context.Context) ([]Account, error) {
	var rows []Account
	return rows, failed(s.db.WithContext(ctx).Order("id").Find(&rows).Error)
}

// UpdateAccount changes the actor's own account: name, zone, language, limit.
// It fails with Forbidden and Invalid.
func (s *Service) UpdateAccount(ctx context.Context, actor Actor, a Account) (Account, error) {
	if !actor.Can(AccountManage) {
		return Account{}, forbidden()
	}
	old, err := s.Account(ctx, actor.AccountID)
	if err != nil {
		return Account{}, err
	}
	a.ID, a.Slug, a.Disabled, a.CreatedAt, a.UpdatedAt = old.ID, old.Slug, old.Disabled, old.CreatedAt, s.now()
	if err := checkAccount(&a); err != nil {
		return Account{}, err
	}
	if err := s.db.WithContext(ctx).Save(&a).Error; err != nil {
		return Account{}, failed(err)
	}
	s.audit(ctx, actor.entry("account.update", "account", a.ID, map[string]any{"name": a.Name, "timezone": a.Timezone, "language": a.Language, "inbound_limit": a.InboundLimit}))
	return a, nil
}

// Departments lists the account's tree, parents by ParentID.
func (s *Service) Departments(ctx context.Context, actor Actor) ([]Department, error) {
	return s.departments(s.db.WithContext(ctx), actor.AccountID)
}

func (s *Service) departments(g *gorm.DB, account int64) ([]Department, error) {
	var rows []Department
	return rows, failed(g.Scopes(db.In(account)).Order("parent_id, id").Find(&rows).Error)
}

// SaveDepartment makes (ID 0) or changes a department. It fails with
// Forbidden, NotFound, Invalid (a parent below itself, a manager of nowhere)
// and Conflict (the name is taken beside it).
func (s *Service) SaveDepartment(ctx context.Context, actor Actor, d Department) (Department, error) {
	if !actor.Can(UsersManage) {
		return Department{}, forbidden()
	}
	if err := checkName(&d.Name, "name", 60); err != nil {
		return Department{}, err
	}
	action := "department.create"
	d.AccountID, d.CreatedAt, d.UpdatedAt = actor.AccountID, s.now(), s.now()
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		tree, err := s.departments(tx, actor.AccountID)
		if err != nil {
			return err
		}
		parents := map[int64]int64{}
		for _, row := range tree {
			parents[row.ID] = row.ParentID
			if row.ID == d.ID {
				d.CreatedAt = row.CreatedAt
			}
		}
		if _, ok := parents[d.ID]; d.ID != 0 && !ok {
			return unknown("department")
		}
		if _, ok := parents[d.ParentID]; d.ParentID != 0 && !ok {
			return invalid("department.parent", "parent_id", "there is no such department above")
		}
		for p := d.ParentID; p != 0; p = parents[p] {
			if p == d.ID {
				return invalid("department.cycle", "parent_id", "a department can't be below itself")
			}
		}
		if d.ManagerID != 0 {
			if _, err := s.user(tx, actor.AccountID, d.ManagerID); err != nil {
				return invalid("department.manager", "manager_id", "there is no such user to manage it")
			}
		}
		if d.ID == 0 {
			return tx.Create(&d).Error
		}
		action = "department.update"
		return tx.Model(&Department{}).Scopes(db.In(actor.AccountID)).Where("id = ?", d.ID).
			Select("ParentID", "Name", "ManagerID", "UpdatedAt").Updates(&d).Error
	})
	if err != nil {
		return Department{}, taken(err, "department.taken", "name", "a department of this name is there already")
	}
	s.audit(ctx, actor.entry(action, "department", d.ID, d))
	return d, nil
}

// DeleteDepartment removes an empty department. It fails with Forbidden,
// NotFound, and Conflict while users or departments are in it.
func (s *Service) DeleteDepartment(ctx context.Context, actor Actor, id int64) error {
	if !actor.Can(UsersManage) {
		return forbidden()
	}
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		var users, below int64
		if err := tx.Model(&User{}).Scopes(db.In(actor.AccountID)).Where("department_id = ?", id).Count(&users).Error; err != nil {
			return err
		}
		if err := tx.Model(&Department{}).Scopes(db.In(actor.AccountID)).Where("parent_id = ?", id).Count(&below).Error; err != nil {
			return err
		}
		if users+below > 0 {
			return fault.New(fault.Conflict, "department.in_use", "move its %d users and %d departments elsewhere first", users, below)
		}
		res := tx.Scopes(db.In(actor.AccountID)).Where("id = ?", id).Delete(&Department{})
		if res.Error == nil && res.RowsAffected == 0 {
			return unknown("department")
		}
		return res.Error
	})
	if err != nil {
		return failed(err)
	}
	s.audit(ctx, actor.entry("department.delete", "department", id, nil))
	return nil
}
