package calls

import (
	"context"
	"io"
	"time"

	"gorm.io/gorm"

	"switchdesk/accounts"
	"switchdesk/internal/fault"
	"switchdesk/internal/xlsx"
	"switchdesk/jobs"
	"switchdesk/storage/blob"
	"switchdesk/storage/db"
)

// How much is exported at once (manual 2.8.2).
const (
	DirectRows      = 10_000    // at most, without a task
	DirectWithTrail = 5_000     // the same with the IVR trail
	TaskRows        = 1_000_000 // at most in one task
	TaskRecordings  = 20_000    // at most in one zip
	ChosenRows      = 1_000     // at most, chosen one by one
)

// Wanted says which calls are exported and how.
type Wanted struct {
	Filter Filter   `json:"filter"`
	IDs    []string `json:"ids,omitempty"`  // these alone, within the filter
	Trail  bool     `json:"trail"`          // with the IVR trail
	Mine   bool     `json:"mine,omitempty"` // the asker's own calls alone

	recorded bool // only calls that were recorded
}

// Scope is whose calls somebody may take out, and how they read them.
type Scope struct {
	User     int64
	Agents   []int64 // nil: everybody's
	Zone     *time.Location
	Language string // zh-CN or en
}

// Exporter takes call records and recordings out of the house.
type Exporter struct {
	Store   *Store
	Objects *blob.Store
	// Scope tells what a user may take out now: when a task begins the asker may
	// have lost the right. It fails with Forbidden.
	Scope func(ctx context.Context, account, user int64, recordings bool) (Scope, error)
	Now   func() time.Time
	// SaveEvery is how much work a worker that dies may lose; 0: 5 s.
	SaveEvery time.Duration
}

// ScopeOf tells what users may take out by their rights and data scope.
func ScopeOf(people *accounts.Service) func(ctx context.Context, account, user int64, recordings bool) (Scope, error) {
	return func(ctx context.Context, account, user int64, recordings bool) (Scope, error) {
		actor, err := people.ActorOf(ctx, account, user)
		if err != nil {
			return Scope{}, err
		}
		right := accounts.CallsExport
		if recordings {
			right = accounts.CallsDownload
		}
		if !actor.Can(right) {
			return Scope{}, fault.New(fault.Forbidden, "right.missing", "your role lacks the right %q; ask an administrator", string(right))
		}
		sc := Scope{User: user, Agents: []int64{user}, Zone: actor.Location(), Language: actor.Language}
		if !actor.Can(accounts.CallsRead) {
			return sc, nil
		}
		seen, err := people.VisibleUsers(ctx, actor)
		if err != nil {
			return Scope{}, err
		}
		if sc.Agents = seen.Users; seen.All {
			sc.Agents = nil
		}
		return sc, nil
	}
}

// ExportName is what a file of call records is called.
func ExportName(language string) string { return wordsOf(language).sheet }

// The kinds of its jobs.
const (
	KindRecords    = "calls.export"
	KindRecordings = "recordings.zip"
)

// Kinds are the exporter's kinds of jobs.
func (e *Exporter) Kinds() map[string]jobs.Kind {
	return map[string]jobs.Kind{
		KindRecords:    {Do: e.records, Drop: e.drop},
		KindRecordings: {Do: e.recordings, Drop: e.drop},
	}
}

// Check refuses what can't be exported.
func (w Wanted) Check() error {
	if len(w.IDs) > ChosenRows {
		return fault.New(fault.TooLarge, "export.chosen", "at most %d calls can be chosen one by one; use a filter", ChosenRows).On("ids")
	}
	return nil
}

// wanted asks for a scope's calls.
func (s *Store) wanted(ctx context.Context, account int64, w Wanted, sc Scope) *gorm.DB {
	f := w.Filter
	f.Agents = sc.Agents
	if w.Mine {
		f.Agents = []int64{sc.User}
	}
	q := s.filtered(ctx, account, f)
	if len(w.IDs) > 0 {
		q = q.Where("calls.id IN ?", w.IDs)
	}
	if w.recorded {
		q = q.Where("calls.recording_state <> ?", RecNone)
	}
	return q
}

// CountUpTo counts the calls that are wanted, and stops counting past most.
func (s *Store) CountUpTo(ctx context.Context, account int64, w Wanted, sc Scope, most int) (int, error) {
	var n int64
	some := s.wanted(ctx, account, w, sc).Model(&Record{}).Select("1").Limit(most + 1)
	err := s.db.WithContext(ctx).Table("(?) AS some", some).Count(&n).Error
	return int(n), err
}

// place is where a walk through records is: behind this one.
type place struct {
	At time.Time `json:"at,omitzero"`
	ID string    `json:"id,omitempty"`
}

const exportPage = 2000

// page reads the next records behind a place, newest first. It walks along an
// index, so that each page costs the same however many there are.
func (s *Store) page(ctx context.Context, account int64, w Wanted, sc Scope, behind place) ([]Record, place, error) {
	q := s.wanted(ctx, account, w, sc)
	if behind.ID != "" {
		q = q.Where("calls.started_at <= ? AND (calls.started_at < ? OR calls.id < ?)", behind.At, behind.At, behind.ID)
	}
	var rows []Record
	err := q.Order("calls.started_at DESC, calls.id DESC").Limit(exportPage).Find(&rows).Error
	if err == nil && len(rows) > 0 {
		last := rows[len(rows)-1]
		behind = place{last.StartedAt.UTC(), last.ID}
	}
	return rows, behind, err
}

// trails reads the IVR trails of calls.
func (s *Store) trails(ctx context.Context, account int64, rows []Record) (map[string][]StepRow, error) {
	out := make(map[string][]StepRow, len(rows))
	for len(rows) > 0 {
		n := min(len(rows), 500)
		ids := make([]string, n)
		for i := range ids {
			ids[i] = rows[i].ID
		}
		rows = rows[n:]
		var steps []StepRow
		err := s.db.WithContext(ctx).Scopes(db.In(account)).Where("call_id IN ?", ids).
			Select("call_id", "seq", "node", "kind", "title", "input", "exit_name").Order("call_id, seq").Find(&steps).Error
		if err != nil {
			return nil, err
		}
		for _, st := range steps {
			out[st.CallID] = append(out[st.CallID], st)
		}
	}
	return out, nil
}

// WriteWorkbook writes the wanted calls to a stream at once and tells how many
// they were.
func (e *Exporter) WriteWorkbook(ctx context.Context, out io.Writer, account int64, w Wanted, sc Scope) (int64, error) {
	words := wordsOf(sc.Language)
	book := xlsx.New(out, words.columns(w.Trail), e.look(sc, e.Now()))
	for at := (place{}); ; {
		rows, next, err := e.Store.page(ctx, account, w, sc, at)
		if err != nil {
			return 0, err
		}
		if len(rows) == 0 {
			return book.Rows(), book.Close()
		}
		if err := e.write(ctx, book, account, words, w, rows); err != nil {
			return 0, err
		}
		at = next
	}
}

func (e *Exporter) look(sc Scope, made time.Time) xlsx.Options {
	zone := sc.Zone
	if zone == nil {
		zone = time.UTC
	}
	return xlsx.Options{Sheet: wordsOf(sc.Language).sheet, Zone: zone, Made: made.In(zone)}
}

func (e *Exporter) write(ctx context.Context, book *xlsx.Writer, account int64, words words, w Wanted, rows []Record) error {
	var trails map[string][]StepRow
	if w.Trail {
		var err error
		if trails, err = e.Store.trails(ctx, account, rows); err != nil {
			return err
		}
	}
	for i := range rows {
		words.row(book, &rows[i], w.Trail, trails[rows[i].ID])
		if err := book.End(); err != nil {
			return err
		}
	}
	return nil
}
