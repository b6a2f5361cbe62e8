// Package crm is whom we talk to: customers with their numbers, and the
// blacklist of those who may not call.
package crm

import (
	"errors"
	"strings"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"gorm.io/gorm"

	"switchdesk/internal/clock"
	"switchdesk/internal/fault"
)

// Customer is a person or firm that calls.
type Customer struct {
	ID        int64     `json:"id"`
	AccountID int64     `json:"-"`
	Name      string    `json:"name"`
	Company   string    `json:"company"`
	Phones    []string  `json:"phones" gorm:"-"` // normalized, the main one first
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

type customerPhone struct {
	ID         int64
	AccountID  int64
	CustomerID int64
	Number     string
	Place      int
}

// Blacklisted is a number that may neither call nor be called.
type Blacklisted struct {
	ID        int64     `json:"id"`
	AccountID int64     `json:"-"`
	Number    string    `json:"number"` // normalized
	Reason    string    `json:"reason"`
	ByID      int64     `json:"by_id"`
	ByName    string    `json:"by_name"`
	CreatedAt time.Time `json:"created_at"`
}

func (Blacklisted) TableName() string { return "blacklist" }

// Service keeps customers and the blacklist. It is safe for concurrent use.
type Service struct {
	db    *gorm.DB
	clock clock.Clock
	// banned is read for every call and replaced whole on a change.
	banned atomic.Pointer[map[listed]struct{}]
	// changing is held by whoever replaces it.
	changing chan struct{}
}

// NewService makes the service on a migrated database. Reload must be called
// before Contains knows anything.
func NewService(g *gorm.DB, c clock.Clock) *Service {
	s := &Service{db: g, clock: c, changing: make(chan struct{}, 1)}
	s.banned.Store(&map[listed]struct{}{})
	return s
}

func (s *Service) now() time.Time { return s.clock.Now().UTC().Truncate(time.Microsecond) }

func failed(err error) error {
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		return err
	}
	return fault.New(fault.Internal, "database.failed", "the database could not do this").Because(err)
}

func forbidden() error {
	return fault.New(fault.Forbidden, "forbidden", "your role does not allow this")
}

// checkText trims a text and refuses a long or unprintable one.
func checkText(s *string, field string, most int) error {
	*s = strings.TrimSpace(*s)
	switch {
	case utf8.RuneCountInString(*s) > most:
		return fault.New(fault.Invalid, "text.long", "at most %d characters", most).On(field)
	case !utf8.ValidString(*s) || strings.IndexFunc(*s, unicode.IsControl) >= 0:
		return fault.New(fault.Invalid, "text.form", "the text holds characters that can't be shown").On(field)
	}
	return nil
}

func pageSize(n int) int {
	if n <= 0 {
		return 50
	}
	return min(n, 200)
}

func escapeLike(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s)
}
