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
	actor, err = s.ActorOf(ctx, user.AccountID, user.ID)
	actor.SessionID = session.ID
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
	seat, err := s.seat(ctx, "WHERE s.token_hash = ?", tokenHash(token))
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Actor{}, ended
	}
	if err != nil {
		return Actor{}, failed(err)
	}
	now := s.now()
	if !now.Before(seat.ExpiresAt) || now.Sub(seat.SeenAt) >= s.opts.Idle {
		_ = s.db.WithContext(ctx).Scopes(db.In(seat.AccountID)).Delete(&Session{}, seat.SessionID).Error
		return Actor{}, ended
	}
	if seat.UserDisabled || seat.AccountDisabled {
		return Actor{}, ended
	}
	// A write a minute is enough to know that somebody is there.
	if now.Sub(seat.SeenAt) >= time.Minute {
		_ = s.db.WithContext(ctx).Model(&Session{}).Scopes(db.In(seat.AccountID)).Where("id = ?", seat.SessionID).UpdateColumn("seen_at", now).Error
	}
	return seat.actor(), nil
}

// seat is all that makes an actor, read at once: it is asked for with every
// request, and a change of rights must show with the next one.
type seat struct {
	SessionID, AccountID, UserID, RoleID, DepartmentID int64
	SeenAt, ExpiresAt                                  time.Time
	Login, Name, UserLanguage                          string
	Number                                             *string
	MustChangePassword, UserDisabled, AccountDisabled  bool
	RoleName                                           string
	Rights                                             Rights
	Scope                                              Scope
	Slug, AccountName, AccountLanguage, Timezone       string
}

const seatColumns = ` u.account_id, u.id AS user_id, u.role_id, u.department_id, u.login, u.name, u.language AS user_language,
	u.number, u.must_change_password, u.disabled AS user_disabled, a.disabled AS account_disabled,
	r.name AS role_name, r.rights, r.scope, a.slug, a.name AS account_name, a.language AS account_language, a.timezone `

const seatJoins = ` JOIN roles r ON r.id = u.role_id AND r.account_id = u.account_id JOIN accounts a ON a.id = u.account_id `

func (s *Service) seat(ctx context.Context, where string, args ...any) (seat, error) {
	var out seat
	res := s.db.WithContext(ctx).Raw("SELECT s.id AS session_id, s.seen_at, s.expires_at,"+seatColumns+
		"FROM sessions s JOIN users u ON u.id = s.user_id AND u.account_id = s.account_id"+seatJoins+where, args...).Scan(&out)
	return out, oneRow(res)
}

func oneRow(res *gorm.DB) error {
	if res.Error == nil && res.RowsAffected == 0 {
		return gorm.ErrRecordNotFound
	}
	return res.Error
}

func (s seat) actor() Actor {
	a := Actor{
		UserID: s.UserID, AccountID: s.AccountID, SessionID: s.SessionID, Login: s.Login, Slug: s.Slug, Name: s.Name,
		DepartmentID: s.DepartmentID, RoleID: s.RoleID, RoleName: s.RoleName, Rights: s.Rights, Scope: s.Scope,
		Language: s.UserLanguage, Timezone: s.Timezone, AccountName: s.AccountName, MustChangePassword: s.MustChangePassword,
	}
	if s.Number != nil {
		a.Number = *s.Number
	}
	if a.Language == "" {
		a.Language = s.AccountLanguage
	}
	return a
}

// ActorOf is the actor of a user without a session, for work that is done in
// a user's name. It fails with NotFound, for a disabled user too.
func (s *Service) ActorOf(ctx context.Context, account, user int64) (Actor, error) {
	var out seat
	res := s.db.WithContext(ctx).Raw("SELECT"+seatColumns+"FROM users u"+seatJoins+"WHERE u.account_id = ? AND u.id = ?", account, user).Scan(&out)
	err := oneRow(res)
	if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && (out.UserDisabled || out.AccountDisabled)) {
		return Actor{}, unknown("user")
	}
	return out.actor(), failed(err)
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
