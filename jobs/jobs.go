// Package jobs is long work as rows: exports, bulk downloads, clean-up. A job
// is made once and done once, by one worker at a time, whichever process is
// alive: a worker holds a lease while it works, writes down how far it is, and
// when it dies another goes on from there.
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"gorm.io/gorm"

	"switchdesk/internal/clock"
	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// State is where a job is.
type State string

const (
	Waiting   State = "waiting"   // for a worker, or for its next try
	Running   State = "running"   // a worker has it
	Done      State = "done"      // its result is there
	Failed    State = "failed"    // given up; Error says why, and it may be tried again
	Cancelled State = "cancelled" // by its owner
	Expired   State = "expired"   // 已失效: was done, and its result has been deleted
)

// Job is one piece of long work.
type Job struct {
	ID         int64
	AccountID  int64
	Kind       string // names the work in Service.Kinds
	Title      string
	OwnerID    int64 // the user who asked for it, 0: the system
	OwnerName  string
	State      State
	Input      string // JSON, the kind's own
	Checkpoint string // JSON, the kind's own; "" at the beginning
	Done       int64
	Total      int64 // 0: not known yet
	Attempts   int
	NextTry    int64 // database clock in µs
	ErrorCode  string
	Error      string
	Cancel     bool
	Worker     string
	Epoch      int64 // rises with each worker; writes of an earlier one are refused
	LeaseUntil int64 // database clock in µs

	ResultKey   string // in the object store
	ResultName  string // as a file
	ResultBytes int64
	ResultNote  string // JSON, the kind's own: what the result lacks

	CreatedAt  time.Time
	StartedAt  *time.Time
	FinishedAt *time.Time
	ExpiresAt  *time.Time // when the result goes
}

// TableName names the table.
func (Job) TableName() string { return "jobs" }

// Active tells whether something may still happen by itself.
func (j Job) Active() bool { return j.State == Waiting || j.State == Running }

// Result is what a job leaves: a file in the object store, a note, or nothing.
type Result struct {
	Key   string // "": none
	Name  string
	Bytes int64
	Note  any
	Keep  time.Duration // how long the file stays; 0: Keep of the package
}

// Keep is how long a result stays (manual 2.8.2: 30 days).
const Keep = 30 * 24 * time.Hour

// Kind is a sort of work.
type Kind struct {
	// Do does it, from run's checkpoint. It fails for good with a fault that a
	// person must see to (Invalid, Forbidden, NotFound, TooLarge); anything else
	// is tried again. It must return soon once ctx ends.
	Do func(ctx context.Context, run *Run) (Result, error)
	// Drop clears away what unfinished work has left, when a job fails or is
	// cancelled. May be nil.
	Drop func(ctx context.Context, j Job) error
	// PerAccount is how many of this kind an account has running at once, 1 if 0.
	PerAccount int
	// Queue is how many of this kind one person may have waiting or running, 20 if 0.
	Queue int
}

// Options are the service's parts. Zero values take the defaults.
type Options struct {
	Kinds   map[string]Kind
	Worker  string        // names this process in the rows; must differ between processes
	Workers int           // jobs at once in this process, 2
	Lease   time.Duration // 30 s
	Poll    time.Duration // how often new jobs are looked for, 2 s
	Tries   int           // before a job fails, 5
	Log     *slog.Logger
	Clock   clock.Clock
	// Remove deletes a result from the object store.
	Remove func(ctx context.Context, key string) error
	// Changed is told of every change of a job, often; it must not wait.
	Changed func(Job)
}

// Service keeps jobs and does them. It is safe for concurrent use.
type Service struct {
	db   *gorm.DB
	opts Options
	wake chan struct{}

	mu      sync.Mutex
	running map[int64]context.CancelCauseFunc
}

// NewService makes the service on a migrated database; Run does the work.
func NewService(g *gorm.DB, o Options) *Service {
	orDefault(&o.Workers, 2)
	orDefault(&o.Lease, 30*time.Second)
	orDefault(&o.Poll, 2*time.Second)
	orDefault(&o.Tries, 5)
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Clock == nil {
		o.Clock = clock.Real{}
	}
	return &Service{db: g, opts: o, wake: make(chan struct{}, 1), running: map[int64]context.CancelCauseFunc{}}
}

func orDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}

func (s *Service) now() time.Time { return s.opts.Clock.Now().UTC().Truncate(time.Microsecond) }

func (s *Service) micros() string { return db.Micros(s.db) }

// New is a job to be made.
type New struct {
	AccountID int64
	Kind      string
	Title     string
	OwnerID   int64
	OwnerName string
	Input     any
	Total     int64 // if it is known
}

// Add makes a job. It fails with TooMany when its owner has as many of the
// kind under way as the kind allows.
func (s *Service) Add(ctx context.Context, n New) (Job, error) {
	kind, ok := s.opts.Kinds[n.Kind]
	if !ok {
		return Job{}, fault.New(fault.Internal, "job.kind", "there is no work of kind %q", n.Kind)
	}
	input, err := json.Marshal(n.Input)
	if err != nil {
		return Job{}, err
	}
	orDefault(&kind.Queue, 20)
	j := Job{AccountID: n.AccountID, Kind: n.Kind, Title: clip(n.Title, 200), OwnerID: n.OwnerID, OwnerName: clip(n.OwnerName, 120),
		State: Waiting, Input: string(input), Total: n.Total, CreatedAt: s.now()}
	err = db.Tx(ctx, s.db, func(tx *gorm.DB) error {
		if err := s.lockQueue(tx); err != nil {
			return err
		}
		var active int64
		err := tx.Model(&Job{}).Scopes(db.In(n.AccountID)).
			Where("owner_id = ? AND kind = ? AND state IN ?", n.OwnerID, n.Kind, []State{Waiting, Running}).Count(&active).Error
		if err != nil {
			return err
		}
		if int(active) >= kind.Queue {
			return fault.New(fault.TooMany, "job.too_many", "%d tasks of this kind are under way already; wait for one to end or cancel it", active)
		}
		j.ID = 0
		return tx.Create(&j).Error
	})
	if err != nil {
		return Job{}, err
	}
	s.changed(j)
	s.Wake()
	return j, nil
}

// queueLease is the row that whoever adds or takes a job locks first, so that
// limits hold across processes.
const queueLease = "jobs"

func (s *Service) lockQueue(tx *gorm.DB) error {
	res := tx.Exec("UPDATE leases SET epoch = epoch + 1 WHERE name = ?", queueLease)
	if res.Error != nil || res.RowsAffected > 0 {
		return res.Error
	}
	return tx.Exec("INSERT INTO leases (name, holder, epoch, expires_at) VALUES (?, '', 1, 0)", queueLease).Error
}

// Wake has this process look for work at once.
func (s *Service) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *Service) changed(j Job) {
	if s.opts.Changed != nil {
		s.opts.Changed(j)
	}
}

// Filter chooses jobs. Zero fields choose all.
type Filter struct {
	Owner  int64
	Kinds  []string
	Before int64 // pages on: the ID of the last one in hand
	Limit  int   // 50 if 0, 200 at most
}

// List gives an account's jobs, the newest first. The system's own (owner 0)
// are listed only without an Owner.
func (s *Service) List(ctx context.Context, account int64, f Filter) ([]Job, error) {
	limit := f.Limit
	if limit <= 0 || limit > 200 {
		limit = 50
	}
	q := s.db.WithContext(ctx).Scopes(db.In(account)).Order("id DESC").Limit(limit).Omit("checkpoint")
	if f.Owner != 0 {
		q = q.Where("owner_id = ?", f.Owner)
	}
	if len(f.Kinds) > 0 {
		q = q.Where("kind IN ?", f.Kinds)
	}
	if f.Before > 0 {
		q = q.Where("id < ?", f.Before)
	}
	var rows []Job
	err := q.Find(&rows).Error
	return rows, err
}

// Get reads a job. It fails with NotFound.
func (s *Service) Get(ctx context.Context, account, id int64) (Job, error) {
	var j Job
	err := s.db.WithContext(ctx).Scopes(db.In(account)).Omit("checkpoint").Where("id = ?", id).Take(&j).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return j, fault.New(fault.NotFound, "job.unknown", "there is no task %d", id)
	}
	return j, err
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
