package flows

import (
	"context"
	"errors"
	"sync"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// Record is a flow that an account keeps.
type Record struct {
	ID        int64
	AccountID int64
	Name      string
	Active    int64 // number of the version in force, 0 if none is
	Latest    int64 // number of the newest version
	CreatedBy int64
	CreatedAt time.Time
	UpdatedAt time.Time
	RemovedAt *time.Time // the flow is gone for everybody but the calls and records that have been in it
}

// TableName names the table.
func (Record) TableName() string { return "flows" }

// Version is one uploaded version of a flow, its text as it was uploaded.
type Version struct {
	ID          int64
	AccountID   int64
	FlowID      int64
	Number      int64 // 1 is the first
	File        string
	Source      string // left out in lists
	Checksum    string // SHA-256 of Source, in hex
	Note        string
	CreatedBy   int64
	CreatedAt   time.Time
	ActivatedBy int64
	ActivatedAt *time.Time
	Same        bool `gorm:"-"` // an upload of it brought nothing new
}

// TableName names the table.
func (Version) TableName() string { return "flow_versions" }

// Store keeps flows in versions, and those that calls use in memory.
type Store struct {
	db       *gorm.DB
	live     live
	changing sync.Mutex // held while what is in force is read or changed
}

// NewStore works on an open, migrated database.
func NewStore(g *gorm.DB) *Store {
	return &Store{db: g, live: live{active: map[key]int64{}, flows: map[key]map[int64]*Flow{}, names: map[name]int64{}}}
}

// NewVersion is an upload.
type NewVersion struct {
	Name   string // "" takes the name that stands in the file
	File   string // file name, for messages
	Source []byte
	Note   string
	By     int64
}

// Upload checks a flow file and keeps it as the next version of the flow of
// that name, which need not exist yet. It is not in force until Activate. The
// same text again is no new version: the newest is returned. It fails with
// "flow.refused" and the problems, and then has changed nothing.
func (s *Store) Upload(ctx context.Context, account int64, up NewVersion, refs Refs) (Version, []Problem, error) {
	file := fileName(up.File, "flow")
	if len([]rune(up.Note)) > 500 {
		return Version{}, nil, fault.New(fault.Invalid, "flow.long", "the note is too long").On("note")
	}
	flow, problems := Inspect(file, up.Source, refs)
	if flow == nil {
		return Version{}, problems, refused(problems)
	}
	name := up.Name
	if name == "" {
		name = flow.Name
	}
	if !isName(name) {
		return Version{}, problems, fault.New(fault.Invalid, "flow.name", "%q is not a usable name for a flow", shorten(name)).On("name")
	}
	v := Version{
		AccountID: account, File: file, Source: string(up.Source), Checksum: checksum(up.Source),
		Note: up.Note, CreatedBy: up.By, CreatedAt: db.Now(),
	}
	var err error
	for try := 0; try < 3; try++ { // two uploads of a new name at once: the second finds the first's flow
		if err = s.keep(ctx, account, name, &v); !errors.Is(err, gorm.ErrDuplicatedKey) {
			break
		}
	}
	if err != nil {
		return Version{}, problems, failed(err)
	}
	return v, problems, nil
}

// keep writes a version behind the newest of its flow, or a new flow with it.
// The flow is looked for outside the transaction: a locking look for a row
// that isn't there would lock the gap, and two new flows each other.
func (s *Store) keep(ctx context.Context, account int64, name string, v *Version) error {
	var f Record
	err := s.db.WithContext(ctx).Scopes(db.In(account), present).Where("name = ?", name).Take(&f).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return err
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if f.ID == 0 {
			f = Record{AccountID: account, Name: name, Latest: 1, CreatedBy: v.CreatedBy, CreatedAt: v.CreatedAt, UpdatedAt: v.CreatedAt}
			if err := tx.Create(&f).Error; err != nil {
				return err
			}
			v.ID, v.FlowID, v.Number = 0, f.ID, 1
			return tx.Create(v).Error
		}
		return next(tx, f.ID, v)
	})
}

func next(tx *gorm.DB, flow int64, v *Version) error {
	mine := func() *gorm.DB { return tx.Scopes(db.In(v.AccountID)) }
	// The update locks the row, so versions get their numbers one at a time.
	if err := mine().Model(&Record{}).Where("id = ?", flow).Update("updated_at", v.CreatedAt).Error; err != nil {
		return err
	}
	var f Record
	if err := mine().Where("id = ?", flow).Clauses(clause.Locking{Strength: "UPDATE"}).Take(&f).Error; err != nil {
		return err
	}
	if f.Latest > 0 {
		var newest Version
		if err := mine().Where("flow_id = ? AND number = ?", flow, f.Latest).Take(&newest).Error; err != nil {
			return err
		}
		if newest.Checksum == v.Checksum || newest.named(f.Name) == v.Checksum {
			*v, v.Same = newest, true
			return nil
		}
	}
	v.ID, v.FlowID, v.Number = 0, flow, f.Latest+1
	if err := tx.Create(v).Error; err != nil {
		return err
	}
	return mine().Model(&Record{}).Where("id = ?", flow).Update("latest", v.Number).Error
}

// named is the checksum of a version's text as it is handed out after its
// flow was renamed: the same text under the new name is nothing new.
func (v *Version) named(flow string) string {
	src, ok := Named([]byte(v.Source), flow)
	if !ok {
		return v.Checksum
	}
	return checksum(src)
}

// Activate puts a version in force (生效): calls that begin from now on follow
// it, calls in progress keep theirs. An older number rolls back. The version
// is checked again against what the account has now, and its saved cases are
// played through. It fails with "flow.refused" and the problems, with
// "flow.cases" and those cases that fail, or NotFound, and then has changed
// nothing.
func (s *Store) Activate(ctx context.Context, account, flow, number, by int64, refs Refs) ([]Problem, error) {
	return s.activate(ctx, key{account, flow}, number, by, refs, false)
}

// ForceActive is Activate that puts a version in force although cases of it
// fail; they are among the problems. Whoever calls it writes down who did.
func (s *Store) ForceActive(ctx context.Context, account, flow, number, by int64, refs Refs) ([]Problem, error) {
	return s.activate(ctx, key{account, flow}, number, by, refs, true)
}

func (s *Store) activate(ctx context.Context, k key, number, by int64, refs Refs, force bool) ([]Problem, error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	v, err := s.Version(ctx, k.account, k.flow, number)
	if err != nil {
		return nil, err
	}
	record, err := s.Get(ctx, k.account, k.flow)
	if err != nil {
		return nil, err
	}
	f, problems := Inspect(v.File, []byte(v.Source), refs)
	if f == nil {
		return problems, refused(problems)
	}
	if failing := f.Test(Env{Flow: func(name string) (*Flow, int64, int64) { return s.Named(k.account, name) }}); len(failing) > 0 {
		problems = append(problems, failing...)
		if !force {
			return problems, fault.New(fault.Conflict, "flow.cases", "the flow was not put in force: %s", failing[0].String()).On("cases")
		}
	}
	if err := s.mark(ctx, k, number, by); err != nil {
		return problems, err
	}
	s.live.put(k, number, f)
	s.live.activate(k, number)
	s.live.call(name{k.account, record.Name}, k.flow)
	return problems, nil
}

// mark notes in the tables which version is in force.
func (s *Store) mark(ctx context.Context, k key, number, by int64) error {
	now := db.Now()
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		err := tx.Model(&Record{}).Scopes(db.In(k.account)).Where("id = ?", k.flow).
			Updates(map[string]any{"active": number, "updated_at": now}).Error
		if err != nil {
			return err
		}
		return tx.Model(&Version{}).Scopes(db.In(k.account)).Where("flow_id = ? AND number = ?", k.flow, number).
			Updates(map[string]any{"activated_by": by, "activated_at": now}).Error
	})
	if err != nil {
		return failed(err)
	}
	return nil
}

// Check checks a file without keeping it.
func (s *Store) Check(file string, src []byte, refs Refs) []Problem {
	_, problems := Inspect(file, src, refs)
	return problems
}

// List gives an account's flows by name.
func (s *Store) List(ctx context.Context, account int64) ([]Record, error) {
	var list []Record
	if err := s.db.WithContext(ctx).Scopes(db.In(account), present).Order("name, id").Find(&list).Error; err != nil {
		return nil, failed(err)
	}
	return list, nil
}

// Get gives one flow; NotFound if the account has none of this id.
func (s *Store) Get(ctx context.Context, account, flow int64) (Record, error) {
	var r Record
	if err := s.db.WithContext(ctx).Scopes(db.In(account), present).Where("id = ?", flow).Take(&r).Error; err != nil {
		return Record{}, failed(err)
	}
	return r, nil
}

// Versions gives a flow's versions, newest first, without their source.
func (s *Store) Versions(ctx context.Context, account, flow int64) ([]Version, error) {
	if _, err := s.Get(ctx, account, flow); err != nil {
		return nil, err
	}
	var list []Version
	err := s.db.WithContext(ctx).Scopes(db.In(account)).Where("flow_id = ?", flow).Omit("source").Order("number DESC").Find(&list).Error
	if err != nil {
		return nil, failed(err)
	}
	return list, nil
}

// Version gives one version with its source; NotFound if there is none.
func (s *Store) Version(ctx context.Context, account, flow, number int64) (Version, error) {
	var v Version
	err := s.db.WithContext(ctx).Scopes(db.In(account)).Where("flow_id = ? AND number = ?", flow, number).Take(&v).Error
	if err != nil {
		return Version{}, failed(err)
	}
	return v, nil
}

// present leaves out flows that were removed.
func present(g *gorm.DB) *gorm.DB { return g.Where("removed_at IS NULL") }

func refused(problems []Problem) error {
	for i := range problems {
		if !problems[i].Warning {
			return fault.New(fault.Invalid, "flow.refused", "the flow was not taken: %s", problems[i].String()).On("source")
		}
	}
	return fault.New(fault.Invalid, "flow.refused", "the flow was not taken").On("source")
}

func failed(err error) error {
	var f *fault.Error
	switch {
	case err == nil || errors.As(err, &f):
		return err
	case errors.Is(err, gorm.ErrRecordNotFound):
		return fault.New(fault.NotFound, "flow.unknown", "there is no such flow or version")
	case errors.Is(err, gorm.ErrForeignKeyViolated):
		return fault.New(fault.NotFound, "account.unknown", "there is no such enterprise").Because(err)
	}
	return fault.New(fault.Unavailable, "database.unavailable", "the flows could not be read or kept").Because(err)
}

// Newest gives the newest version with its source; NotFound if the flow has
// none yet.
func (s *Store) Newest(ctx context.Context, account, flow int64) (Version, error) {
	r, err := s.Get(ctx, account, flow)
	if err != nil {
		return Version{}, err
	}
	return s.Version(ctx, account, flow, r.Latest)
}
