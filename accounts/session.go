package accounts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"gorm.io/gorm"

	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// Credentials is what the sign-in page sends: login@slug and a password.
type Credentials struct {
	Login     string // ann@acme
	Password  string
	IP        string
	UserAgent string
}

var errSignIn = func() error {
	return fault.New(fault.Unauthenticated, "sign_in.wrong", "the sign-in name or the password is wrong")
}

// SignIn gives a session's token for the right credentials. It fails with
// Unauthenticated, the same for an unknown name, a wrong password, and a
// disabled user or account, and with TooMany (a *Wait) after too many
// failures.
func (s *Service) SignIn(ctx context.Context, c Credentials) (token string, actor Actor, err error) {
	full := strings.ToLower(strings.TrimSpace(c.Login))
	if len(full) > 120 || len(c.Password) > 256 {
		return "", Actor{}, errSignIn()
	}
	if err := s.attempt(ctx, full, c.IP); err != nil {
		return "", Actor{}, err
	}
	user, account, found, err := s.findLogin(ctx, full)
	if err != nil {
		return "", Actor{}, err
	}
	phc := s.decoy
	if found {
		phc = user.PasswordHash
	}
	ok, stale, err := s.verify(ctx, phc, c.Password)
	if err != nil {
		return "", Actor{}, err
	}
	if !ok || !found || user.Disabled || account.Disabled {
		if found {
			s.audit(ctx, Entry{AccountID: user.AccountID, ActorID: user.ID, ActorName: user.Name, Action: "sign_in.failed", IP: c.IP})
		}
		return "", Actor{}, errSignIn()
	}
	s.forgive(ctx, full, c.IP)
	if stale {
		if phc, err := s.hash(ctx, c.Password); err == nil {
			_ = s.db.WithContext(ctx).Model(&User{}).Scopes(db.In(user.AccountID)).Where("id = ?", user.ID).UpdateColumn("password_hash", phc).Error
		}
	}
	token, session, err := s.openSession(ctx, user, c)
	if err != nil {
		return "", Actor{}, err
	}
	actor, err = s.actor(ctx, session)
	if err != nil {
		return "", Actor{}, err
	}
	s.audit(ctx, Entry{AccountID: user.AccountID, ActorID: user.ID, ActorName: user.Name, Action: "sign_in", IP: c.IP})
	return token, actor, nil
}

// findLogin splits ann@acme; a name without @ is nobody's.
func (s *Service) findLogin(ctx context.Context, full string) (User, Account, bool, error) {
	at := strings.LastIndexByte(full, '@')
	if at < 1 {
		return User{}, Account{}, false, nil
	}
	var account Account
	err := s.db.WithContext(ctx).Where("slug = ?", full[at+1:]).Take(&account).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return User{}, Account{}, false, nil
	}
	if err != nil {
		return User{}, Account{}, false, failed(err)
	}
	var user User
	err = s.db.WithContext(ctx).Scopes(db.In(account.ID)).Where("login = ?", full[:at]).Take(&user).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return User{}, Account{}, false, nil
	}
	return user, account, err == nil, failed(err)
}

func (s *Service) openSession(ctx context.Context, user User, c Credentials) (string, Session, error) {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw)
	token := base64.RawURLEncoding.EncodeToString(raw)
	now := s.now()
	session := Session{
		AccountID: user.AccountID, UserID: user.ID, TokenHash: tokenHash(token),
		IP: clip(c.IP, 60), UserAgent: clip(c.UserAgent, 300),
		CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(s.opts.Absolute),
	}
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := tx.Create(&session).Error; err != nil {
			return err
		}
		return tx.Model(&User{}).Scopes(db.In(user.AccountID)).Where("id = ?", user.ID).UpdateColumn("last_sign_in_at", now).Error
	})
	return token, session, failed(err)
}

func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// SignOut ends the session of a token; an unknown token is no error.
func (s *Service) SignOut(ctx context.Context, token string) error {
	return failed(db.AllAccounts(s.db.WithContext(ctx)).Where("token_hash = ?", tokenHash(token)).Delete(&Session{}).Error)
}

// Actor tells who a token belongs to, with today's rights. It fails with
// Unauthenticated if the session has ended or the user was disabled.
func (s *Service) Actor(ctx context.Context, token string) (Actor, error) {
	ended := fault.New(fault.Unauthenticated, "session.ended", "please sign in again")
	if token == "" {
		return Actor{}, ended
	}
	var session Session
	err := db.AllAccounts(s.db.WithContext(ctx)).Where("token_hash = ?", tokenHash(token)).Take(&session).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Actor{}, ended
	}
	if err != nil {
		return Actor{}, failed(err)
	}
	now := s.now()
	if !now.Before(session.ExpiresAt) || now.Sub(session.SeenAt) >= s.opts.Idle {
		_ = s.db.WithContext(ctx).Scopes(db.In(session.AccountID)).Delete(&Session{}, session.ID).Error
		return Actor{}, ended
	}
	// A write a minute is enough to know that somebody is there.
	if now.Sub(session.SeenAt) >= time.Minute {
		_ = s.db.WithContext(ctx).Model(&Session{}).Scopes(db.In(session.AccountID)).Where("id = ?", session.ID).UpdateColumn("seen_at", now).Error
	}
	return s.actor(ctx, session)
}

func (s *Service) actor(ctx context.Context, session Session) (Actor, error) {
	g := s.db.WithContext(ctx)
	var user User
	var role Role
	var account Account
	err := g.Scopes(db.In(session.AccountID)).Where("id = ?", session.UserID).Take(&user).Error
	if err == nil {
		err = g.Scopes(db.In(session.AccountID)).Where("id = ?", user.RoleID).Take(&role).Error
	}
	if err == nil {
		err = g.Where("id = ?", session.AccountID).Take(&account).Error
	}
	if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && (user.Disabled || account.Disabled)) {
		return Actor{}, fault.New(fault.Unauthenticated, "session.ended", "please sign in again")
	}
	if err != nil {
		return Actor{}, failed(err)
	}
	a := actorOf(account, user, role)
	a.SessionID = session.ID
	return a, nil
}

func actorOf(account Account, user User, role Role) Actor {
	a := Actor{
		UserID: user.ID, AccountID: account.ID, Login: user.Login, Slug: account.Slug, Name: user.Name,
		DepartmentID: user.DepartmentID, RoleID: role.ID, RoleName: role.Name, Rights: role.Rights, Scope: role.Scope,
		Language: user.Language, Timezone: account.Timezone, AccountName: account.Name, MustChangePassword: user.MustChangePassword,
	}
	if user.Number != nil {
		a.Number = *user.Number
	}
	if a.Language == "" {
		a.Language = account.Language
	}
	return a
}

// ActorOf is the actor of a user without a session, for work that is done in
// a user's name. It fails with NotFound.
func (s *Service) ActorOf(ctx context.Context, account, user int64) (Actor, error) {
	a, err := s.actor(ctx, Session{AccountID: account, UserID: user})
	if fault.KindOf(err) == fault.Unauthenticated {
		return Actor{}, fault.New(fault.NotFound, "user.unknown", "there is no such user")
	}
	return a, err
}

// Sessions lists where a user is signed in, the newest first. Only the user
// and those with users.manage may ask.
func (s *Service) Sessions(ctx context.Context, actor Actor, user int64) ([]Session, error) {
	if user != actor.UserID && !actor.Can(UsersManage) {
		return nil, forbidden()
	}
	var rows []Session
	err := s.db.WithContext(ctx).Scopes(db.In(actor.AccountID)).Where("user_id = ? AND expires_at > ?", user, s.now()).Order("id DESC").Find(&rows).Error
	return rows, failed(err)
}

// EndSession signs one browser out. It fails with NotFound and Forbidden.
func (s *Service) EndSession(ctx context.Context, actor Actor, id int64) error {
	g := s.db.WithContext(ctx).Scopes(db.In(actor.AccountID)).Where("id = ?", id)
	if !actor.Can(UsersManage) {
		g = g.Where("user_id = ?", actor.UserID)
	}
	res := g.Delete(&Session{})
	if res.Error != nil {
		return failed(res.Error)
	}
	if res.RowsAffected == 0 {
		return fault.New(fault.NotFound, "session.unknown", "there is no such session")
	}
	s.audit(ctx, actor.entry("session.end", "session", id, nil))
	return nil
}

// endSessions signs a user out everywhere but in the session kept (0: none).
func endSessions(tx *gorm.DB, account, user, keep int64) error {
	return tx.Scopes(db.In(account)).Where("user_id = ? AND id <> ?", user, keep).Delete(&Session{}).Error
}

// Tidy removes ended sessions, forgotten failures, and audit entries older
// than keep (0: none). A scheduled job calls it.
func (s *Service) Tidy(ctx context.Context, keep time.Duration) error {
	g := db.AllAccounts(s.db.WithContext(ctx))
	now := s.now()
	err := g.Where("expires_at <= ? OR seen_at <= ?", now, now.Add(-s.opts.Idle)).Delete(&Session{}).Error
	err = errors.Join(err, g.Where("last_at <= ?", now.Add(-s.opts.Window)).Delete(&failure{}).Error)
	if keep > 0 {
		err = errors.Join(err, g.Where("at <= ?", now.Add(-keep)).Delete(&auditRow{}).Error)
	}
	return failed(err)
}
