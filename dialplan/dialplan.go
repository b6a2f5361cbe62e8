// Package dialplan is which numbers ring here, which trunks lead out and
// which phones belong to whom, and the XML that FreeSWITCH asks for about
// them. It is text and tables: it never talks to a switch.
package dialplan

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"gorm.io/gorm"

	"switchdesk/internal/clock"
	"switchdesk/internal/fault"
	"switchdesk/internal/phone"
)

// ServiceNumber is a number that customers dial. It is one account's alone.
type ServiceNumber struct {
	ID        int64     `json:"id"`
	AccountID int64     `json:"-"`
	Number    string    `json:"number"` // normalized
	Name      string    `json:"name"`
	FlowID    int64     `json:"flow_id"` // 0: none yet, callers hear the apology
	Enabled   bool      `json:"enabled"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`

	// Entries answer at their times in the place of the flow above.
	Entries []Entry `json:"entries,omitempty" gorm:"-"`
}

// Flows are the ids of the flows that a caller may hear, each once; 0 is not
// among them.
func (n *ServiceNumber) Flows() []int64 {
	ids := []int64{n.FlowID}
	for _, e := range n.Entries {
		ids = append(ids, e.FlowID)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	return slices.DeleteFunc(ids, func(id int64) bool { return id == 0 })
}

// Trunk is a way out through a carrier's SIP gateway.
type Trunk struct {
	ID        int64     `json:"id"`
	AccountID int64     `json:"-"`
	Name      string    `json:"name"`
	Proxy     string    `json:"proxy"` // host or host:port
	Username  string    `json:"username"`
	Password  string    `json:"-"`
	Register  bool      `json:"register"`
	CallerID  string    `json:"caller_id"` // number shown to those called
	Prefix    string    `json:"prefix"`    // put before each number that goes out
	Enabled   bool      `json:"enabled"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Options is what holds for all phones.
type Options struct {
	Domain  string        // the SIP domain, "switchdesk" if empty
	Profile string        // the sofia profile of the phones, "internal" if empty
	TTL     time.Duration // life of a web phone's password, 12 h if 0
	// Secret lets every process derive the same web phone password, so that a
	// second tab gets the one that the first is registered with. Without it a
	// restart makes new ones.
	Secret []byte
}

// Service keeps numbers, trunks and phones. It is safe for concurrent use.
type Service struct {
	db    *gorm.DB
	clock clock.Clock
	opts  Options

	mu    sync.Mutex
	known map[string]entry // last answers by user name, for when the database is away
	trunk []byte           // last answer about gateways
}

// NewService makes the service on a migrated database.
func NewService(g *gorm.DB, c clock.Clock, opts Options) *Service {
	if opts.Domain == "" {
		opts.Domain = "switchdesk"
	}
	if opts.Profile == "" {
		opts.Profile = "internal"
	}
	if opts.TTL == 0 {
		opts.TTL = 12 * time.Hour
	}
	if len(opts.Secret) == 0 {
		opts.Secret = randomBytes(32)
	}
	return &Service{db: g, clock: c, opts: opts, known: map[string]entry{}}
}

// Domain is the SIP domain of all phones.
func (s *Service) Domain() string { return s.opts.Domain }

func (s *Service) now() time.Time { return s.clock.Now().UTC().Truncate(time.Microsecond) }

// Normalize gives a number's one form, "" if it is none.
func Normalize(number string) string { return phone.Normalize(number) }

// Display groups a normalized number the way people read it.
func Display(number string) string { return phone.Display(number) }

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

func checkName(name *string) error {
	*name = strings.TrimSpace(*name)
	switch {
	case *name == "":
		return fault.New(fault.Invalid, "name.empty", "a name is needed").On("name")
	case utf8.RuneCountInString(*name) > 60:
		return fault.New(fault.Invalid, "name.long", "a name has at most 60 characters").On("name")
	case !utf8.ValidString(*name) || strings.IndexFunc(*name, unicode.IsControl) >= 0:
		return fault.New(fault.Invalid, "name.text", "the name holds characters that can't be shown").On("name")
	}
	return nil
}
