package flows

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// Draft is the work on a flow that is no version yet: one per flow, kept even
// while it is faulty. Revision rises with each save, so that two people who
// work on it at once hear of each other.
type Draft struct {
	ID        int64
	AccountID int64
	FlowID    int64
	Revision  int64 // 0: nothing was saved, and what is here is the newest version's
	Base      int64 // number of the version that the work began from, 0 if none
	File      string
	Source    string
	Checksum  string // SHA-256 of Source, in hex
	SavedBy   int64
	SavedAt   time.Time
}

// TableName names the table.
func (Draft) TableName() string { return "flow_drafts" }

// Work is a draft as somebody saves it.
type Work struct {
	Flow     int64
	Revision int64 // that this work began from; 0 if nothing was saved before
	File     string
	Source   []byte
	By       int64
}

// Draft gives the work on a flow; where nothing was saved, that of the newest
// version, with revision 0. It fails with NotFound.
func (s *Store) Draft(ctx context.Context, account, flow int64) (Draft, error) {
	r, err := s.Get(ctx, account, flow)
	if err != nil {
		return Draft{}, err
	}
	var d Draft
	err = s.db.WithContext(ctx).Scopes(db.In(account)).Where("flow_id = ?", flow).Take(&d).Error
	if !errors.Is(err, gorm.ErrRecordNotFound) {
		return d, failed(err)
	}
	d = Draft{AccountID: account, FlowID: flow, File: r.Name + ".yaml"}
	if r.Latest == 0 {
		return d, nil
	}
	v, err := s.Version(ctx, account, flow, r.Latest)
	d.Base, d.File, d.Source, d.Checksum, d.SavedBy, d.SavedAt = v.Number, v.File, v.Source, v.Checksum, v.CreatedBy, v.CreatedAt
	return d, err
}

// SaveDraft keeps the work on a flow, whatever is wrong with it. It fails
// with Conflict "flow.draft_changed" if somebody else saved since w.Revision,
// and then gives theirs; with "flow.too_large" and "flow.not_text" for what
// no flow can be; with NotFound.
func (s *Store) SaveDraft(ctx context.Context, account int64, w Work) (Draft, error) {
	if err := keepable(w.Source); err != nil {
		return Draft{}, err
	}
	r, err := s.Get(ctx, account, w.Flow)
	if err != nil {
		return Draft{}, err
	}
	d := Draft{
		AccountID: account, FlowID: w.Flow, Revision: w.Revision + 1, Base: r.Latest, File: fileName(w.File, r.Name),
		Source: string(w.Source), Checksum: checksum(w.Source), SavedBy: w.By, SavedAt: db.Now(),
	}
	if w.Revision == 0 {
		err = s.db.WithContext(ctx).Create(&d).Error
		if err == nil || !errors.Is(err, gorm.ErrDuplicatedKey) {
			return d, failed(err)
		}
	} else {
		done := s.db.WithContext(ctx).Model(&Draft{}).Scopes(db.In(account)).
			Where("flow_id = ? AND revision = ?", w.Flow, w.Revision).
			Updates(map[string]any{
				"revision": d.Revision, "file": d.File, "source": d.Source, "checksum": d.Checksum,
				"saved_by": d.SavedBy, "saved_at": d.SavedAt,
			})
		if done.Error != nil {
			return Draft{}, failed(done.Error)
		}
		if done.RowsAffected == 1 {
			return s.Draft(ctx, account, w.Flow)
		}
	}
	theirs, err := s.Draft(ctx, account, w.Flow)
	if err != nil {
		return Draft{}, err
	}
	return theirs, draftChanged()
}

func draftChanged() error {
	return fault.New(fault.Conflict, "flow.draft_changed", "somebody else has saved this draft meanwhile; take theirs, or save over it").On("revision")
}

// DropDraft throws the work on a flow away; none is no error. It fails with
// NotFound if there is no such flow.
func (s *Store) DropDraft(ctx context.Context, account, flow int64) error {
	if _, err := s.Get(ctx, account, flow); err != nil {
		return err
	}
	return failed(s.db.WithContext(ctx).Scopes(db.In(account)).Where("flow_id = ?", flow).Delete(&Draft{}).Error)
}

// NewFlow makes a flow that has no version yet, with source as its draft. It
// fails with Conflict "flow.name_taken" and with Invalid "flow.name".
func (s *Store) NewFlow(ctx context.Context, account int64, name string, source []byte, by int64) (Record, error) {
	if !isName(name) {
		return Record{}, fault.New(fault.Invalid, "flow.name", "%q is not a usable name for a flow", shorten(name)).On("name")
	}
	if err := keepable(source); err != nil {
		return Record{}, err
	}
	now := db.Now()
	r := Record{AccountID: account, Name: name, CreatedBy: by, CreatedAt: now, UpdatedAt: now}
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := tx.Create(&r).Error; err != nil {
			return err
		}
		return tx.Create(&Draft{
			AccountID: account, FlowID: r.ID, Revision: 1, File: fileName("", name), Source: string(source),
			Checksum: checksum(source), SavedBy: by, SavedAt: now,
		}).Error
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return Record{}, nameTaken(name)
	}
	return r, failed(err)
}

func nameTaken(name string) error {
	return fault.New(fault.Conflict, "flow.name_taken", "there is a flow %q already", name).On("name")
}

// Publish makes the next version of a flow from its draft as it was at a
// revision. The flow's own name takes the place of the one in the file. The
// draft stays, now based on that version. It fails with "flow.refused" and
// the problems, with Conflict "flow.draft_changed" if the draft is another by
// now, and with "flow.no_draft" if there is nothing saved.
func (s *Store) Publish(ctx context.Context, account, flow, revision int64, note string, by int64, refs Refs) (Version, []Problem, error) {
	r, err := s.Get(ctx, account, flow)
	if err != nil {
		return Version{}, nil, err
	}
	d, err := s.Draft(ctx, account, flow)
	switch {
	case err != nil:
		return Version{}, nil, err
	case d.Revision == 0:
		return Version{}, nil, fault.New(fault.Conflict, "flow.no_draft", "nothing was changed since the newest version")
	case d.Revision != revision:
		return Version{}, nil, draftChanged()
	}
	src := []byte(d.Source)
	if named, ok := Named(src, r.Name); ok {
		src = named
	}
	v, problems, err := s.Upload(ctx, account, NewVersion{Name: r.Name, File: d.File, Source: src, Note: note, By: by}, refs)
	if err != nil {
		return v, problems, err
	}
	err = s.db.WithContext(ctx).Model(&Draft{}).Scopes(db.In(account)).Where("flow_id = ? AND revision = ?", flow, revision).
		Updates(map[string]any{"base": v.Number, "source": v.Source, "checksum": v.Checksum}).Error
	return v, problems, failed(err)
}

// keepable refuses what could not even be shown again.
func keepable(src []byte) error {
	switch {
	case len(src) > maxSource:
		return fault.New(fault.TooLarge, "flow.too_large", "a flow has at most %d MB", maxSource>>20).On("source")
	case !utf8.Valid(src) || strings.ContainsRune(string(src), 0):
		return fault.New(fault.Invalid, "flow.not_text", "a flow is UTF-8 text").On("source")
	}
	return nil
}

func checksum(src []byte) string {
	sum := sha256.Sum256(src)
	return hex.EncodeToString(sum[:])
}

// fileName is what a draft's problems name; the flow's name where none is given.
func fileName(file, flow string) string {
	file = oneLine(strings.TrimSpace(file))
	if file == "" {
		file = flow + ".yaml"
	}
	if r := []rune(file); len(r) > 200 {
		file = string(r[:200])
	}
	return file
}

// DraftInfo is what a list of flows tells of a draft.
type DraftInfo struct {
	Revision int64
	Changed  bool // not the same as the newest version
	SavedBy  int64
	SavedAt  time.Time
}

// Drafts tells of an account's drafts, by flow.
func (s *Store) Drafts(ctx context.Context, account int64) (map[int64]DraftInfo, error) {
	var rows []struct {
		FlowID int64
		DraftInfo
		Checksum string
		Newest   *string
	}
	err := s.db.WithContext(ctx).Model(&Draft{}).Scopes(db.In(account)).
		Joins("JOIN flows f ON f.id = flow_drafts.flow_id").
		Joins("LEFT JOIN flow_versions v ON v.flow_id = f.id AND v.number = f.latest").
		Select("flow_drafts.flow_id, flow_drafts.revision, flow_drafts.saved_by, flow_drafts.saved_at, flow_drafts.checksum, v.checksum AS newest").
		Scan(&rows).Error
	out := make(map[int64]DraftInfo, len(rows))
	for _, r := range rows {
		r.Changed = r.Newest == nil || *r.Newest != r.Checksum
		out[r.FlowID] = r.DraftInfo
	}
	return out, failed(err)
}
