package dialplan

import (
	"context"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"switchdesk/accounts"
	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// DeskUser is the SIP user name of an agent's desk phone.
func DeskUser(account int64, number string) string { return fmt.Sprintf("%d-%s", account, number) }

// WebUser is the SIP user name of an agent's web softphone.
func WebUser(account int64, number string) string { return DeskUser(account, number) + "-w" }

var userName = regexp.MustCompile(`^([1-9][0-9]{0,17})-([0-9]{3,10})(-w)?$`)

// ParseUser takes a SIP user name apart.
func ParseUser(user string) (account int64, number string, web, ok bool) {
	m := userName.FindStringSubmatch(user)
	if m == nil {
		return 0, "", false, false
	}
	account, err := strconv.ParseInt(m[1], 10, 64)
	return account, m[2], m[3] != "", err == nil
}

// Credentials is what a phone registers with. The password is known only
// here; what is kept is its hash.
type Credentials struct {
	User     string    `json:"user"`
	Domain   string    `json:"domain"`
	Password string    `json:"password"`
	Expires  time.Time `json:"expires"` // zero: never
}

type deskPhone struct {
	ID        int64
	AccountID int64
	UserID    int64
	Username  string
	A1Hash    string
	IssuedAt  time.Time
}

type webPhone struct {
	ID        int64
	AccountID int64
	UserID    int64
	Username  string
	A1Hash    string
	IssuedAt  time.Time
	ExpiresAt time.Time
}

// IssueWebPhone gives the actor's web softphone its short-lived password. For
// the first half of its life the same one is given again, so that several
// tabs of one person don't lock each other out. It fails with Forbidden
// without calls.handle and with Invalid if the actor has no agent's number.
func (s *Service) IssueWebPhone(ctx context.Context, actor accounts.Actor) (Credentials, error) {
	if !actor.Can(accounts.CallsHandle) {
		return Credentials{}, forbidden()
	}
	if actor.Number == "" {
		return Credentials{}, fault.New(fault.Invalid, "phone.no_number", "an agent's number is needed first")
	}
	user, now := WebUser(actor.AccountID, actor.Number), s.now()
	var row webPhone
	err := s.db.WithContext(ctx).Scopes(db.In(actor.AccountID)).Where("user_id = ?", actor.UserID).Take(&row).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return Credentials{}, failed(err)
	}
	if err == nil && row.Username == user && now.Before(row.IssuedAt.Add(s.opts.TTL/2)) {
		if password := s.webPassword(user, row.IssuedAt); s.a1(user, password) == row.A1Hash {
			return Credentials{User: user, Domain: s.opts.Domain, Password: password, Expires: row.ExpiresAt}, nil
		}
	}
	password := s.webPassword(user, now)
	row = webPhone{AccountID: actor.AccountID, UserID: actor.UserID, Username: user, A1Hash: s.a1(user, password), IssuedAt: now, ExpiresAt: now.Add(s.opts.TTL)}
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		// A number that has gone to somebody else takes its old phone along.
		if err := tx.Scopes(db.In(actor.AccountID)).Where("user_id = ? OR username = ?", actor.UserID, user).Delete(&webPhone{}).Error; err != nil {
			return err
		}
		return tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
	})
	if err != nil {
		return Credentials{}, failed(err)
	}
	return Credentials{User: user, Domain: s.opts.Domain, Password: password, Expires: row.ExpiresAt}, nil
}

func (s *Service) webPassword(user string, issued time.Time) string {
	mac := hmac.New(sha256.New, s.opts.Secret)
	fmt.Fprintf(mac, "web phone\x00%s\x00%s\x00%d", s.opts.Domain, user, issued.UnixMicro())
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:24])
}

// RevokeWebPhone ends a user's web softphone at its next registration.
func (s *Service) RevokeWebPhone(ctx context.Context, account, user int64) error {
	return failed(s.db.WithContext(ctx).Scopes(db.In(account)).Where("user_id = ?", user).Delete(&webPhone{}).Error)
}

// IssueDeskPhone makes a new password for a user's desk phone, shown this
// once; the old one ends. It fails with Forbidden without agents.manage, and
// with Invalid if the user (of the actor's account, checked by the caller's
// look-up) has no agent's number.
func (s *Service) IssueDeskPhone(ctx context.Context, actor accounts.Actor, user accounts.User) (Credentials, error) {
	if !actor.Can(accounts.AgentsManage) || user.AccountID != actor.AccountID {
		return Credentials{}, forbidden()
	}
	if user.Number == nil {
		return Credentials{}, fault.New(fault.Invalid, "phone.no_number", "an agent's number is needed first").On("number")
	}
	return s.setDeskPhone(ctx, user, base64.RawURLEncoding.EncodeToString(randomBytes(18)))
}

// SeedDeskPhone gives a desk phone a chosen password: tests and the demo.
func (s *Service) SeedDeskPhone(ctx context.Context, user accounts.User, password string) (Credentials, error) {
	if user.Number == nil {
		return Credentials{}, fault.New(fault.Invalid, "phone.no_number", "an agent's number is needed first").On("number")
	}
	return s.setDeskPhone(ctx, user, password)
}

func (s *Service) setDeskPhone(ctx context.Context, user accounts.User, password string) (Credentials, error) {
	name := DeskUser(user.AccountID, *user.Number)
	row := deskPhone{AccountID: user.AccountID, UserID: user.ID, Username: name, A1Hash: s.a1(name, password), IssuedAt: s.now()}
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := tx.Scopes(db.In(user.AccountID)).Where("user_id = ? OR username = ?", user.ID, name).Delete(&deskPhone{}).Error; err != nil {
			return err
		}
		return tx.Create(&row).Error
	})
	if err != nil {
		return Credentials{}, failed(err)
	}
	return Credentials{User: name, Domain: s.opts.Domain, Password: password}, nil
}

// a1 is the digest's first half. MD5 is what SIP's digest asks for; it hashes
// long random passwords here, never a person's.
func (s *Service) a1(user, password string) string {
	sum := md5.Sum([]byte(user + ":" + s.opts.Domain + ":" + password))
	return hex.EncodeToString(sum[:])
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}
