package accounts

import (
	"context"
	"errors"
	"strings"

	"gorm.io/gorm"

	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

func (s *Service) user(g *gorm.DB, account, id int64) (User, error) {
	var u User
	err := g.Scopes(db.In(account)).Where("id = ?", id).Take(&u).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return u, unknown("user")
	}
	return u, failed(err)
}

// User gives one user of the actor's account. It fails with NotFound.
func (s *Service) User(ctx context.Context, actor Actor, id int64) (User, error) {
	return s.user(s.db.WithContext(ctx), actor.AccountID, id)
}

// UserFilter chooses users; zero values choose all. After pages on: the ID of
// the last user in hand.
type UserFilter struct {
	Search       string // in login, name and number
	DepartmentID int64
	RoleID       int64
	Disabled     *bool
	After        int64
	Limit        int // 50 if 0, 200 at most
}

// Users lists users of the actor's account in the order of their IDs. It
// needs no right, since names are needed on every page; what is shown of
// them is.
func (s *Service) Users(ctx context.Context, actor Actor, f UserFilter) ([]User, error) {
	g := s.db.WithContext(ctx).Scopes(db.In(actor.AccountID)).Where("id > ?", f.After).Order("id").Limit(pageSize(f.Limit))
	if f.Search != "" {
		like := "%" + escapeLike(strings.ToLower(f.Search)) + "%"
		g = g.Where("(LOWER(login) LIKE ? ESCAPE '!' OR LOWER(name) LIKE ? ESCAPE '!' OR number LIKE ? ESCAPE '!')", like, like, like)
	}
	if f.DepartmentID != 0 {
		g = g.Where("department_id = ?", f.DepartmentID)
	}
	if f.RoleID != 0 {
		g = g.Where("role_id = ?", f.RoleID)
	}
	if f.Disabled != nil {
		g = g.Where("disabled = ?", *f.Disabled)
	}
	var rows []User
	return rows, failed(g.Find(&rows).Error)
}

// AllUsers lists every user of an account, for the live floor's start.
func (s *Service) AllUsers(ctx context.Context, account int64) ([]User, error) {
	var rows []User
	return rows, failed(s.db.WithContext(ctx).Scopes(db.In(account)).Order("id").Find(&rows).Error)
}

func escapeLike(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s)
}

// CreateUser adds a user who must change the given password at the first
// sign-in. It fails with Forbidden, Invalid and Conflict (login or number
// taken), naming the field.
func (s *Service) CreateUser(ctx context.Context, actor Actor, u User, password string) (User, error) {
	if !actor.Can(UsersManage) {
		return User{}, forbidden()
	}
	u.MustChangePassword = true
	u, err := s.createUser(ctx, actor, u, password)
	if err != nil {
		return User{}, err
	}
	s.audit(ctx, actor.entry("user.create", "user", u.ID, u))
	return u, nil
}

func (s *Service) createUser(ctx context.Context, actor Actor, u User, password string) (User, error) {
	if err := checkUser(&u); err != nil {
		return User{}, err
	}
	if err := checkPassword(password, u.Login); err != nil {
		return User{}, err
	}
	phc, err := s.hash(ctx, password)
	if err != nil {
		return User{}, err
	}
	now := s.now()
	u.ID, u.AccountID, u.PasswordHash, u.LastSignInAt = 0, actor.AccountID, phc, nil
	u.PasswordAt, u.CreatedAt, u.UpdatedAt = now, now, now
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := s.checkPlace(tx, actor, u, Role{}); err != nil {
			return err
		}
		return tx.Create(&u).Error
	})
	return u, s.takenUser(ctx, u, err)
}

// takenUser tells which of the two unique fields is taken.
func (s *Service) takenUser(ctx context.Context, u User, err error) error {
	if !errors.Is(err, gorm.ErrDuplicatedKey) {
		return failed(err)
	}
	var n int64
	s.db.WithContext(ctx).Model(&User{}).Scopes(db.In(u.AccountID)).Where("login = ? AND id <> ?", u.Login, u.ID).Count(&n)
	if n > 0 {
		return taken(err, "user.login_taken", "login", "this sign-in name is taken")
	}
	return taken(err, "user.number_taken", "number", "this agent's number is taken")
}

// checkPlace refuses a department, superior or role of nowhere, a chain of
// superiors that closes, and a role beyond the actor's own rights.
func (s *Service) checkPlace(tx *gorm.DB, actor Actor, u User, had Role) error {
	role, err := s.role(tx, u.AccountID, u.RoleID)
	if err != nil {
		return invalid("user.role", "role_id", "there is no such role")
	}
	for _, right := range role.Rights {
		if role.ID != had.ID && !actor.Rights.Has(right) {
			return fault.New(fault.Forbidden, "user.role_beyond", "you can't give a role with a right that you don't have: %s", string(right)).On("role_id")
		}
	}
	if u.DepartmentID != 0 {
		var n int64
		if err := tx.Model(&Department{}).Scopes(db.In(u.AccountID)).Where("id = ?", u.DepartmentID).Count(&n).Error; err != nil {
			return err
		}
		if n == 0 {
			return invalid("user.department", "department_id", "there is no such department")
		}
	}
	seen := map[int64]bool{u.ID: u.ID != 0}
	for id := u.SuperiorID; id != 0; {
		if seen[id] {
			return invalid("user.superior_cycle", "superior_id", "nobody can be their own superior")
		}
		seen[id] = true
		above, err := s.user(tx, u.AccountID, id)
		if err != nil {
			return invalid("user.superior", "superior_id", "there is no such superior")
		}
		id = above.SuperiorID
	}
	return nil
}

// UpdateUser changes everything but the password. A user who is disabled is
// signed out everywhere. It fails with Forbidden, NotFound, Invalid and
// Conflict (login or number taken, the last administrator).
func (s *Service) UpdateUser(ctx context.Context, actor Actor, u User) (User, error) {
	if !actor.Can(UsersManage) {
		return User{}, forbidden()
	}
	if err := checkUser(&u); err != nil {
		return User{}, err
	}
	u.AccountID, u.UpdatedAt = actor.AccountID, s.now()
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		old, err := s.user(tx, actor.AccountID, u.ID)
		if err != nil {
			return err
		}
		had, err := s.role(tx, actor.AccountID, old.RoleID)
		if err != nil {
			return err
		}
		if err := beyond(actor, u.ID, had); err != nil {
			return err
		}
		if err := s.checkPlace(tx, actor, u, had); err != nil {
			return err
		}
		if err := tx.Model(&User{}).Scopes(db.In(actor.AccountID)).Where("id = ?", u.ID).
			Select("Login", "Name", "Number", "DepartmentID", "SuperiorID", "RoleID", "Language", "Email", "Disabled", "UpdatedAt").
			Updates(&u).Error; err != nil {
			return err
		}
		if u.Disabled {
			if err := endSessions(tx, actor.AccountID, u.ID, 0); err != nil {
				return err
			}
		}
		return s.adminRemains(tx, actor.AccountID)
	})
	if err != nil {
		return User{}, s.takenUser(ctx, u, err)
	}
	s.audit(ctx, actor.entry("user.update", "user", u.ID, u))
	return s.user(s.db.WithContext(ctx), actor.AccountID, u.ID)
}

// beyond refuses to let somebody change a user who may do more than they.
func beyond(actor Actor, user int64, role Role) error {
	if user == actor.UserID {
		return nil
	}
	for _, right := range role.Rights {
		if !actor.Rights.Has(right) {
			return fault.New(fault.Forbidden, "user.beyond", "this user may do more than you; somebody with the same rights must do it")
		}
	}
	return nil
}

// ChangePassword is a user changing their own; all their other sessions end.
// It fails with Invalid and, on a wrong old password, Forbidden; wrong ones
// count like failed sign-ins.
func (s *Service) ChangePassword(ctx context.Context, actor Actor, old, password string) error {
	full := actor.Login + "@" + actor.Slug
	if err := s.attempt(ctx, full, actor.IP); err != nil {
		return err
	}
	user, err := s.user(s.db.WithContext(ctx), actor.AccountID, actor.UserID)
	if err != nil {
		return err
	}
	ok, _, err := s.verify(ctx, user.PasswordHash, old)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.Forbidden, "password.wrong", "the present password is wrong").On("old")
	}
	s.forgive(ctx, full, actor.IP)
	if old == password {
		return invalid("password.same", "password", "the new password is the old one")
	}
	if err := s.setPassword(ctx, user, password, false, actor.SessionID); err != nil {
		return err
	}
	s.audit(ctx, actor.entry("password.change", "user", user.ID, nil))
	return nil
}

// ChangeLanguage is a user changing their own language; "" is the account's.
// It fails with Invalid.
func (s *Service) ChangeLanguage(ctx context.Context, actor Actor, language string) error {
	if language != "" {
		if err := checkLanguage(language, "language"); err != nil {
			return err
		}
	}
	return failed(s.db.WithContext(ctx).Model(&User{}).Scopes(db.In(actor.AccountID)).Where("id = ?", actor.UserID).
		Updates(map[string]any{"language": language, "updated_at": s.now()}).Error)
}

// ResetPassword hands a user a new password that must be changed at the next
// sign-in, and signs them out everywhere. It fails with Forbidden, NotFound
// and Invalid.
func (s *Service) ResetPassword(ctx context.Context, actor Actor, id int64, password string) error {
	if !actor.Can(UsersManage) {
		return forbidden()
	}
	user, err := s.user(s.db.WithContext(ctx), actor.AccountID, id)
	if err != nil {
		return err
	}
	role, err := s.role(s.db.WithContext(ctx), actor.AccountID, user.RoleID)
	if err != nil {
		return err
	}
	if err := beyond(actor, id, role); err != nil {
		return err
	}
	if err := s.setPassword(ctx, user, password, true, 0); err != nil {
		return err
	}
	s.audit(ctx, actor.entry("password.reset", "user", id, nil))
	return nil
}

func (s *Service) setPassword(ctx context.Context, user User, password string, mustChange bool, keep int64) error {
	if err := checkPassword(password, user.Login); err != nil {
		return err
	}
	phc, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	return failed(s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		err := tx.Model(&User{}).Scopes(db.In(user.AccountID)).Where("id = ?", user.ID).
			Updates(map[string]any{"password_hash": phc, "password_at": s.now(), "must_change_password": mustChange, "updated_at": s.now()}).Error
		if err != nil {
			return err
		}
		return endSessions(tx, user.AccountID, user.ID, keep)
	}))
}

// CreateAdmin adds an administrator to an account, for the operator's command
// line and the demo. The password need not be changed. It fails with
// NotFound, Invalid and Conflict.
func (s *Service) CreateAdmin(ctx context.Context, slug, login, name, password string) (User, error) {
	account, err := s.AccountBySlug(ctx, slug)
	if err != nil {
		return User{}, err
	}
	operator := Actor{AccountID: account.ID, Rights: All(), Name: "operator"}
	roles, err := s.Roles(ctx, operator)
	if err != nil {
		return User{}, err
	}
	var admin Role
	for _, r := range roles {
		if len(r.Rights) == len(Catalogue) && r.Scope == ScopeAll {
			admin = r
			break
		}
	}
	if admin.ID == 0 {
		if admin, err = s.SaveRole(ctx, operator, Role{Name: "管理员 " + s.now().Format("20060102150405"), Rights: All(), Scope: ScopeAll}); err != nil {
			return User{}, err
		}
	}
	u, err := s.createUser(ctx, operator, User{Login: login, Name: name, RoleID: admin.ID}, password)
	if err != nil {
		return User{}, err
	}
	s.audit(ctx, operator.entry("user.create_admin", "user", u.ID, map[string]any{"login": u.Login}))
	return u, nil
}

// Seed adds a user as the operator, without the duty to change the password:
// the demo's people.
func (s *Service) Seed(ctx context.Context, account int64, u User, password string) (User, error) {
	return s.createUser(ctx, Actor{AccountID: account, Rights: All(), Name: "operator"}, u, password)
}
