// Package accounts is who works here: enterprises, their departments, users
// and roles, what each may do and see, signing in, and the audit log.
package accounts

import (
	"database/sql/driver"
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"switchdesk/internal/clock"
)

// Account is an enterprise; everything belongs to one.
type Account struct {
	ID           int64     `json:"id"`
	Slug         string    `json:"slug"` // the part of a sign-in name after the @
	Name         string    `json:"name"`
	Timezone     string    `json:"timezone"`       // IANA name
	Language     string    `json:"language"`       // zh-CN or en
	InboundLimit int       `json:"inbound_limit"`  // calls at once; 0: no limit
	SurveyFlowID int64     `json:"survey_flow_id"` // flow that asks for a rating after a talk; 0: the usual question
	Disabled     bool      `json:"disabled"`
	CreatedAt    time.Time `json:"created_at"`
	UpdatedAt    time.Time `json:"updated_at"`
}

// Location is the account's zone; UTC where its name is not known here.
func (a Account) Location() *time.Location {
	if loc, err := time.LoadLocation(a.Timezone); err == nil {
		return loc
	}
	return time.UTC
}

// Department is a node of an account's tree; ParentID 0 is the top.
type Department struct {
	ID        int64     `json:"id"`
	AccountID int64     `json:"-"`
	ParentID  int64     `json:"parent_id"`
	Name      string    `json:"name"`
	ManagerID int64     `json:"manager_id"` // user, 0: none
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Role is a set of rights with the data that its users see.
type Role struct {
	ID        int64     `json:"id"`
	AccountID int64     `json:"-"`
	Name      string    `json:"name"`
	Rights    Rights    `json:"rights"`
	Scope     Scope     `json:"scope"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// User is a person of an account. Number is the 工号, nil if none.
type User struct {
	ID                 int64      `json:"id"`
	AccountID          int64      `json:"-"`
	Login              string     `json:"login"`
	Name               string     `json:"name"`
	Number             *string    `json:"number"`
	DepartmentID       int64      `json:"department_id"`
	SuperiorID         int64      `json:"superior_id"`
	RoleID             int64      `json:"role_id"`
	Language           string     `json:"language"` // "": the account's
	Email              string     `json:"email"`
	PasswordHash       string     `json:"-"`
	PasswordAt         time.Time  `json:"password_at"`
	MustChangePassword bool       `json:"must_change_password"`
	Disabled           bool       `json:"disabled"`
	LastSignInAt       *time.Time `json:"last_sign_in_at"`
	CreatedAt          time.Time  `json:"created_at"`
	UpdatedAt          time.Time  `json:"updated_at"`
}

// Session is one browser that somebody is signed in with.
type Session struct {
	ID        int64     `json:"id"`
	AccountID int64     `json:"-"`
	UserID    int64     `json:"user_id"`
	TokenHash string    `json:"-"`
	IP        string    `json:"ip"`
	UserAgent string    `json:"user_agent"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Actor is who asks for something: a signed-in user with the rights and the
// scope of that moment.
type Actor struct {
	UserID, AccountID, SessionID int64
	Login, Slug, Name            string
	Number                       string // 工号, "" if none
	DepartmentID                 int64
	RoleID                       int64
	RoleName                     string
	Rights                       Rights
	Scope                        Scope
	Language, Timezone           string
	AccountName                  string
	MustChangePassword           bool
	IP                           string // filled by the caller for the audit log
	Key                          int64  // the API key that asks in the user's name, 0: the user does
	KeyName                      string
}

// Can tells whether the actor has the right. Nobody who still has to change
// a handed-out password can do anything else.
func (a Actor) Can(r Right) bool { return !a.MustChangePassword && a.Rights.Has(r) }

// Location is the zone that the actor's account lives in.
func (a Actor) Location() *time.Location { return Account{Timezone: a.Timezone}.Location() }

// Options bounds sessions and guessing; zero values take the defaults.
type Options struct {
	Idle     time.Duration // 12 h
	Absolute time.Duration // 7 days
	PerLogin int           // failures before a login waits, 5
	PerIP    int           // failures before an address waits, 50
	Window   time.Duration // failures older are forgotten, 15 min
	Hash     HashCost      // argon2id's cost
}

// Service keeps accounts. It is safe for concurrent use.
type Service struct {
	db    *gorm.DB
	clock clock.Clock
	opts  Options
	// hashing bounds how many argon2id runs are in memory at once.
	hashing chan struct{}
	decoy   string
}

// NewService makes the service on a migrated database.
func NewService(g *gorm.DB, c clock.Clock, opts Options) *Service {
	setDefault(&opts.Idle, 12*time.Hour)
	setDefault(&opts.Absolute, 7*24*time.Hour)
	setDefault(&opts.PerLogin, 5)
	setDefault(&opts.PerIP, 50)
	setDefault(&opts.Window, 15*time.Minute)
	setDefault(&opts.Hash, DefaultHashCost)
	return &Service{db: g, clock: c, opts: opts, hashing: make(chan struct{}, 2), decoy: hashPassword("decoy", opts.Hash)}
}

func setDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}

// now is the time as rows keep it.
func (s *Service) now() time.Time { return s.clock.Now().UTC().Truncate(time.Microsecond) }

// Value keeps rights as JSON text.
func (s Rights) Value() (driver.Value, error) {
	data, err := json.Marshal(append([]Right{}, s...))
	return string(data), err
}
