// Package prompts is what an enterprise's callers hear: recordings that people
// upload and texts that a voice speaks, each a file in the object store and,
// ahead of every call, in the folder that the switches play from.
package prompts

import (
	"errors"
	"log/slog"
	"path"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"golang.org/x/sync/singleflight"
	"gorm.io/gorm"

	"switchdesk/internal/clock"
	"switchdesk/internal/fault"
	"switchdesk/storage/blob"
)

// Bounds of an upload.
const (
	MaxUpload = 20 << 20
	Longest   = 10 * time.Minute
)

// Source is where a prompt came from.
type Source string

// The sources.
const (
	Uploaded Source = "upload"
	Spoken   Source = "speech"
)

// Prompt is a recording that flows and groups name.
type Prompt struct {
	ID        int64
	AccountID int64
	Name      string
	FileID    int64
	Source    Source
	Original  string // name of the uploaded file
	Text      string // what is said, if it was spoken
	Language  string
	Voice     string
	Speed     int
	CreatedBy int64
	CreatedAt time.Time
	UpdatedBy int64
	UpdatedAt time.Time

	// Of the file.
	SHA256       string `gorm:"->;column:sha256"`
	Bytes        int64  `gorm:"->"`
	Milliseconds int64  `gorm:"->"`
}

// TableName names the table.
func (Prompt) TableName() string { return "prompts" }

// file is a sound that prompts and spoken texts share when it is the same.
type file struct {
	ID           int64
	AccountID    int64
	SHA256       string `gorm:"column:sha256"`
	Bytes        int64
	Milliseconds int64
	UnusedSince  *time.Time // since when nothing names it; calls may play it still
	CreatedAt    time.Time
}

// TableName names the table.
func (file) TableName() string { return "prompt_files" }

// key is the file's place in the object store. The id is in it so that a file
// that is being removed and the same one uploaded anew never meet.
func (f file) key() string {
	return path.Join("prompts", strconv.FormatInt(f.AccountID, 10), strconv.FormatInt(f.ID, 10)+"-"+f.SHA256[:16]+".wav")
}

// relative is the file's place within the folder that the switches play from.
func relative(account int64, sha string) string {
	return path.Join("accounts", strconv.FormatInt(account, 10), sha[:32]+".wav")
}

// Options say where files lie and what voices there are.
type Options struct {
	Dir        string // the folder that the switches play from, as this program sees it
	Decoder    string // program lame, "" if it is not installed
	Reserved   func(name string) bool
	Engine     Engine // nil: no texts are spoken
	PerDay     int    // characters that an account may have spoken in a day
	Keep       time.Duration
	PerAccount int64 // bytes of spoken texts that an account keeps
	Log        *slog.Logger
	Clock      clock.Clock
}

// Service keeps prompts and speaks texts. It is safe for concurrent use.
type Service struct {
	db      *gorm.DB
	blobs   *blob.Store
	o       Options
	log     *slog.Logger
	index   atomic.Pointer[index]
	convert chan struct{} // as many conversions at once as it holds
	wake    chan struct{}
	flights singleflight.Group

	mu     sync.Mutex
	spoken map[spokenKey]string // SHA-256 of texts whose file is there
	used   map[spokenKey]time.Time
	wanted map[int64][]Text // texts that must always be there

	pause time.Time // Run's own: no speaking ahead before
}

// index is what plays need to know, in memory.
type index struct {
	files map[promptKey]string // SHA-256
}

type promptKey struct {
	account int64
	name    string
}

type spokenKey struct {
	account int64
	hash    string
}

// NewService works on an open, migrated database.
func NewService(g *gorm.DB, blobs *blob.Store, o Options) *Service {
	if o.Reserved == nil {
		o.Reserved = func(string) bool { return false }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = clock.Real{}
	}
	s := &Service{
		db: g, blobs: blobs, o: o, log: o.Log, convert: make(chan struct{}, 2), wake: make(chan struct{}, 1),
		spoken: map[spokenKey]string{}, used: map[spokenKey]time.Time{}, wanted: map[int64][]Text{},
	}
	s.index.Store(&index{files: map[promptKey]string{}})
	return s
}

func (s *Service) now() time.Time { return s.o.Clock.Now().UTC().Truncate(time.Microsecond) }

// Path is where the switches find a prompt, within their folder of prompts;
// false if the account has none of this name. It reads memory alone.
func (s *Service) Path(account int64, name string) (string, bool) {
	sha, ok := s.index.Load().files[promptKey{account, name}]
	if !ok {
		return "", false
	}
	return relative(account, sha), true
}

// checkName refuses what a flow file could not name.
func (s *Service) checkName(name string) error {
	if name == "" {
		return fault.New(fault.Invalid, "prompt.name_empty", "give the prompt a name").On("name")
	}
	n := 0
	for _, c := range name {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("-_. ()（）·、", c) {
			return fault.New(fault.Invalid, "prompt.name", "a name holds letters, digits, spaces and - _ . ( ) only, not %q", string(c)).On("name")
		}
		n++
	}
	if n > 60 || len(name) > 240 || strings.TrimSpace(name) != name {
		return fault.New(fault.Invalid, "prompt.name_long", "a name has 60 characters at most and no space at its ends").On("name")
	}
	if s.o.Reserved(name) {
		return fault.New(fault.Conflict, "prompt.reserved", "a recording of the product is called %s already; choose another name", name).On("name")
	}
	return nil
}

func taken(name string) error {
	return fault.New(fault.Conflict, "prompt.taken", "there is a prompt called %s already; replace it or choose another name", name).On("name")
}

func failed(err error) error {
	var f *fault.Error
	switch {
	case err == nil || errors.As(err, &f):
		return err
	case errors.Is(err, gorm.ErrRecordNotFound):
		return fault.New(fault.NotFound, "prompt.unknown", "there is no such prompt")
	case errors.Is(err, gorm.ErrForeignKeyViolated):
		return fault.New(fault.NotFound, "account.unknown", "there is no such enterprise").Because(err)
	}
	return fault.New(fault.Unavailable, "database.unavailable", "the prompts could not be read or kept").Because(err)
}
