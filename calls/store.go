package calls

import (
	"context"
	"errors"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// Store keeps the records of ended calls.
type Store struct {
	db *gorm.DB
	// probe is how far a way of searching is counted, window how many rows of a
	// long one are read at a time: see plan.go.
	probe, window int
}

// NewStore keeps records in g.
func NewStore(g *gorm.DB) *Store { return &Store{db: g, probe: 5_000, window: 20_000} }

// Save writes bundles in one transaction. A bundle that is there already is
// left as it is, so that a batch may be tried again after a lost answer.
func (s *Store) Save(ctx context.Context, bundles []Bundle) error {
	return db.Tx(ctx, db.AllAccounts(s.db), func(tx *gorm.DB) error {
		once := tx.Clauses(clause.OnConflict{DoNothing: true})
		fresh, err := unknown(tx, bundles)
		if err != nil {
			return err
		}
		var (
			records []Record
			steps   []StepRow
			rings   []RingRow
			legs    []LegRow
			visits  []VisitRow
			talks   []StretchRow
			audio   []RecordingRow
		)
		for _, b := range bundles {
			b.markTalks()
			records = append(records, b.Record)
			steps = append(steps, b.Steps...)
			rings = append(rings, b.Rings...)
			legs = append(legs, b.Legs...)
			visits = append(visits, b.Visits...)
			talks = append(talks, b.Stretches...)
			if b.Recording != nil {
				audio = append(audio, *b.Recording)
			}
		}
		if err := noteRecords(tx, records); err != nil {
			return err
		}
		return errors.Join(
			settleByTalk(tx, records), learn(tx, records), create(once, records), create(once, steps), create(once, rings),
			create(once, legs), create(once, visits), create(once, talks), create(once, audio), countPasses(tx, fresh))
	})
}

// unknown leaves out the bundles that are there already, so that nothing is
// counted twice.
func unknown(tx *gorm.DB, bundles []Bundle) ([]Bundle, error) {
	ids := make([]string, len(bundles))
	for i := range bundles {
		ids[i] = bundles[i].Record.ID
	}
	known := map[string]bool{}
	for part := range slices.Chunk(ids, 500) {
		var there []string
		if err := tx.Model(&Record{}).Where("id IN ?", part).Pluck("id", &there).Error; err != nil {
			return nil, err
		}
		for _, id := range there {
			known[id] = true
		}
	}
	var out []Bundle
	for _, b := range bundles {
		if !known[b.Record.ID] {
			known[b.Record.ID] = true // twice in one batch
			out = append(out, b)
		}
	}
	return out, nil
}

func create[T any](tx *gorm.DB, rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	return tx.CreateInBatches(rows, 200).Error
}

// noteRecords gives records the remarks that were made during the call.
func noteRecords(tx *gorm.DB, records []Record) error {
	at := make(map[string]int, len(records))
	ids := make([]string, len(records))
	for i, r := range records {
		ids[i], at[r.ID] = r.ID, i
	}
	var notes []NoteRow
	if err := tx.Where("call_id IN ?", ids).Order("id").Find(&notes).Error; err != nil {
		return err
	}
	for _, n := range notes {
		if r := &records[at[n.CallID]]; r.AccountID == n.AccountID {
			r.Note = n.Text
		}
	}
	return nil
}

// Details is a record with all that belongs to it.
type Details struct {
	Record    Record
	Steps     []StepRow
	Rings     []RingRow
	Legs      []LegRow
	Visits    []VisitRow
	Recording *RecordingRow
}

// Get reads one record; a fault of kind NotFound if the account has no such
// call.
func (s *Store) Get(ctx context.Context, account int64, id string) (Details, error) {
	var d Details
	q := s.db.WithContext(ctx).Scopes(db.In(account))
	err := q.Where("id = ?", id).Take(&d.Record).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return d, fault.New(fault.NotFound, "call.unknown", "there is no call %s", id)
	}
	if err != nil {
		return d, err
	}
	var audio []RecordingRow
	of := func() *gorm.DB { return s.db.WithContext(ctx).Scopes(db.In(account)).Where("call_id = ?", id) }
	err = errors.Join(
		of().Order("seq").Find(&d.Steps).Error, of().Order("seq").Find(&d.Rings).Error,
		of().Order("started_at, id").Find(&d.Legs).Error, of().Order("seq").Find(&d.Visits).Error,
		of().Find(&audio).Error)
	if len(audio) > 0 {
		d.Recording = &audio[0]
	}
	return d, err
}

// RangFor lists what rang an agent since a time, newest first (V3.1), at most
// 100 calls, each with its record.
func (s *Store) RangFor(ctx context.Context, account, agent int64, since time.Time) ([]Record, error) {
	var ids []string
	err := s.db.WithContext(ctx).Model(&RingRow{}).Scopes(db.In(account)).
		Where("agent_id = ? AND at >= ?", agent, since.UTC()).
		Order("at DESC").Limit(100).Distinct("call_id", "at").Pluck("call_id", &ids).Error
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	var rows []Record
	err = s.db.WithContext(ctx).Scopes(db.In(account)).Where("id IN ?", ids).Order("id DESC").Find(&rows).Error
	return rows, err
}

// Today counts an account's inbound calls by outcome since a time.
func (s *Store) Today(ctx context.Context, account int64, since time.Time) (map[Outcome]int, error) {
	var rows []struct {
		Outcome Outcome
		N       int
	}
	err := s.db.WithContext(ctx).Model(&Record{}).Scopes(db.In(account)).
		Where("direction = ? AND started_at >= ?", In, since.UTC()).
		Select("outcome, COUNT(*) AS n").Group("outcome").Scan(&rows).Error
	counts := map[Outcome]int{}
	for _, r := range rows {
		counts[r.Outcome] = r.N
	}
	return counts, err
}

// LastAgents tells who talked last with each caller of an account since a
// time, for "last agent first".
func (s *Store) LastAgents(ctx context.Context, account int64, since time.Time) (map[string]int64, error) {
	var rows []struct {
		FromNumber string
		AgentID    int64
	}
	err := s.db.WithContext(ctx).Model(&Record{}).Scopes(db.In(account)).
		Where("direction = ? AND outcome = ? AND started_at >= ?", In, Answered, since.UTC()).
		Order("id").Select("from_number, agent_id").Scan(&rows).Error
	last := make(map[string]int64, len(rows))
	for _, r := range rows {
		last[r.FromNumber] = r.AgentID
	}
	return last, err
}

// Callers tells when each caller of an account called last since a time.
func (s *Store) Callers(ctx context.Context, account int64, since time.Time) (map[string]time.Time, error) {
	var rows []struct {
		FromNumber string
		StartedAt  time.Time
	}
	err := s.db.WithContext(ctx).Model(&Record{}).Scopes(db.In(account)).
		Where("direction = ? AND started_at >= ?", In, since.UTC()).
		Order("id").Select("from_number, started_at").Scan(&rows).Error
	seen := make(map[string]time.Time, len(rows))
	for _, r := range rows {
		seen[r.FromNumber] = r.StartedAt
	}
	return seen, err
}

// InboundOutcomes are the parts that the number of inbound calls is the sum
// of: manual 4.1.1.
var InboundOutcomes = []Outcome{EndedInIVR, Answered, LeftMessage, RingNoAnswer, QueueAbandoned, Blacklisted, OverLimit}

// Totals counts everything of an account.
type Totals struct {
	Inbound    int
	Outcomes   map[Outcome]int // of inbound calls
	Recordings map[RecState]int
	Steps      int // lines of IVR trails
}

// Totals counts an account's records.
func (s *Store) Totals(ctx context.Context, account int64) (Totals, error) {
	t := Totals{Recordings: map[RecState]int{}}
	var err error
	if t.Outcomes, err = s.Today(ctx, account, time.Time{}); err != nil {
		return t, err
	}
	var inbound, steps int64
	q := func() *gorm.DB { return s.db.WithContext(ctx).Scopes(db.In(account)) }
	var rows []struct {
		State RecState
		N     int
	}
	err = errors.Join(
		q().Model(&Record{}).Where("direction = ?", In).Count(&inbound).Error,
		q().Model(&StepRow{}).Count(&steps).Error,
		q().Model(&RecordingRow{}).Select("state, COUNT(*) AS n").Group("state").Scan(&rows).Error)
	t.Inbound, t.Steps = int(inbound), int(steps)
	for _, r := range rows {
		t.Recordings[r.State] = r.N
	}
	return t, err
}
