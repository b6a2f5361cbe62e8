package calls

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// Ref is a call that people work on: one that goes on as well as a record.
type Ref struct {
	Account int64
	ID      string
	Started time.Time
}

// By is who does something to a call, and when.
type By struct {
	ID   int64
	Name string
	At   time.Time
}

// TagRow is a label on a call.
type TagRow struct {
	CallID    string `gorm:"primaryKey;size:36"`
	LabelID   int64  `gorm:"primaryKey;autoIncrement:false"`
	AccountID int64
	Kind      LabelKind `gorm:"size:10"`
	CallAt    time.Time // when the call began
	ByID      int64
	ByName    string `gorm:"size:120"`
	At        time.Time
}

func (TagRow) TableName() string { return "call_tags" }

// NoteRow is a remark on a call.
type NoteRow struct {
	ID        int64 `gorm:"primaryKey"`
	AccountID int64
	CallID    string `gorm:"size:36"`
	At        time.Time
	ByID      int64
	ByName    string `gorm:"size:120"`
	Text      string `gorm:"type:text"`
}

func (NoteRow) TableName() string { return "call_notes" }

// OperationRow is a line of a call's operation log (操作日志): who did what to
// its record.
type OperationRow struct {
	ID        int64 `gorm:"primaryKey"`
	AccountID int64
	CallID    string `gorm:"size:36"`
	At        time.Time
	ByID      int64
	ByName    string `gorm:"size:120"`
	What      string `gorm:"size:30"` // tag.add
	Detail    string `gorm:"size:300"`
}

func (OperationRow) TableName() string { return "call_operations" }

// Work is what people have added to a call.
type Work struct {
	Tags       []TagRow
	Notes      []NoteRow      // oldest first
	Operations []OperationRow // oldest first
	Assigned   *Assignment
}

// WorkOn reads what people have added to a call.
func (s *Store) WorkOn(ctx context.Context, account int64, call string) (Work, error) {
	var w Work
	of := func() *gorm.DB { return s.db.WithContext(ctx).Scopes(db.In(account)).Where("call_id = ?", call) }
	var to []Assignment
	for _, q := range []func() error{
		func() error { return of().Order("at, label_id").Find(&w.Tags).Error },
		func() error { return of().Order("id").Find(&w.Notes).Error },
		func() error { return of().Order("id").Find(&w.Operations).Error },
		func() error { return of().Find(&to).Error },
	} {
		if err := q(); err != nil {
			return w, failed(err)
		}
	}
	if len(to) > 0 {
		w.Assigned = &to[0]
	}
	return w, nil
}

// TagsOf reads the labels of several calls.
func (s *Store) TagsOf(ctx context.Context, account int64, ids []string) (map[string][]int64, error) {
	out := map[string][]int64{}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []TagRow
	err := s.db.WithContext(ctx).Scopes(db.In(account)).Where("call_id IN ?", ids).Order("at, label_id").Find(&rows).Error
	for _, r := range rows {
		out[r.CallID] = append(out[r.CallID], r.LabelID)
	}
	return out, failed(err)
}

// Did adds a line to a call's operation log.
func (s *Store) Did(ctx context.Context, c Ref, by By, what, detail string) error {
	return failed(did(s.db.WithContext(ctx), c, by, what, detail))
}

func did(tx *gorm.DB, c Ref, by By, what, detail string) error {
	return tx.Create(&OperationRow{AccountID: c.Account, CallID: c.ID, At: by.At.UTC(), ByID: by.ID, ByName: cut(by.Name, 120), What: what, Detail: cut(detail, 300)}).Error
}

// Tag gives a call a label; one that it has already stays. It fails with
// NotFound, and with Conflict for a label that can't be chosen any more.
func (s *Store) Tag(ctx context.Context, c Ref, label int64, by By) error {
	return failed(db.Tx(ctx, s.db, func(tx *gorm.DB) error {
		var l Label
		all, err := s.family(tx, c.Account, label, &l)
		if err != nil {
			return err
		}
		switch {
		case l.Kind == ContactStatus:
			return fault.New(fault.Invalid, "label.kind", "%q is a contact status, not a tag", l.Name).On("label_id")
		case !Choosable(all, label):
			return fault.New(fault.Conflict, "label.off", "the tag %q has been turned off", l.Name).On("label_id")
		}
		var had int64
		if err := tx.Model(&TagRow{}).Scopes(db.In(c.Account)).Where("call_id = ? AND label_id = ?", c.ID, label).Count(&had).Error; err != nil || had > 0 {
			return err
		}
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&TagRow{
			CallID: c.ID, LabelID: label, AccountID: c.Account, Kind: l.Kind, CallAt: c.Started.UTC(), ByID: by.ID, ByName: cut(by.Name, 120), At: by.At.UTC(),
		}).Error; err != nil {
			return err
		}
		return did(tx, c, by, "tag.add", LabelPath(all, label))
	}))
}

// Untag takes a label from a call; one that it does not have changes nothing.
func (s *Store) Untag(ctx context.Context, c Ref, label int64, by By) error {
	return failed(db.Tx(ctx, s.db, func(tx *gorm.DB) error {
		var l Label
		all, err := s.family(tx, c.Account, label, &l)
		if err != nil {
			return err
		}
		res := tx.Scopes(db.In(c.Account)).Where("call_id = ? AND label_id = ?", c.ID, label).Delete(&TagRow{})
		if res.Error != nil || res.RowsAffected == 0 {
			return res.Error
		}
		return did(tx, c, by, "tag.remove", LabelPath(all, label))
	}))
}

const noteMost = 2000

// AddNote adds a remark to a call. It fails with Invalid for an empty or a
// long one.
func (s *Store) AddNote(ctx context.Context, c Ref, text string, by By) error {
	text = strings.TrimSpace(strings.ToValidUTF8(text, ""))
	switch {
	case text == "":
		return fault.New(fault.Invalid, "call.note_empty", "write something first").On("text")
	case utf8.RuneCountInString(text) > noteMost:
		return fault.New(fault.Invalid, "call.note_long", "a note has at most %d characters", noteMost).On("text")
	}
	return failed(db.Tx(ctx, s.db, func(tx *gorm.DB) error {
		if err := tx.Create(&NoteRow{AccountID: c.Account, CallID: c.ID, At: by.At.UTC(), ByID: by.ID, ByName: cut(by.Name, 120), Text: text}).Error; err != nil {
			return err
		}
		if err := of(tx, c).Update("note", text).Error; err != nil {
			return err
		}
		return did(tx, c, by, "note.add", text)
	}))
}

func of(tx *gorm.DB, c Ref) *gorm.DB {
	return tx.Model(&Record{}).Scopes(db.In(c.Account)).Where("id = ?", c.ID)
}

// change sets a column of a record and notes who did it.
func (s *Store) change(ctx context.Context, c Ref, by By, column string, value any, what, detail string) error {
	return failed(db.Tx(ctx, s.db, func(tx *gorm.DB) error {
		if err := of(tx, c).Update(column, value).Error; err != nil {
			return err
		}
		return did(tx, c, by, what, detail)
	}))
}

// Mark puts a star on a record, or takes it off.
func (s *Store) Mark(ctx context.Context, c Ref, on bool, by By) error {
	what := "mark.off"
	if on {
		what = "mark.on"
	}
	return s.change(ctx, c, by, "marked", on, what, "")
}

// Close puts a record aside as dealt with, or takes it up again. A pending
// call that is put aside is settled.
func (s *Store) Close(ctx context.Context, c Ref, on bool, by By) error {
	if !on {
		return s.change(ctx, c, by, "closed_at", nil, "call.reopen", "")
	}
	if err := s.change(ctx, c, by, "closed_at", by.At.UTC(), "call.close", ""); err != nil {
		return err
	}
	return s.settle(ctx, c, by, "closed")
}

// SetStatus sets the contact status of a record, 0 for none. It fails with
// NotFound, and with Conflict for one that can't be chosen any more.
func (s *Store) SetStatus(ctx context.Context, c Ref, status int64, by By) error {
	name := ""
	if status != 0 {
		l, err := s.Label(ctx, c.Account, status)
		switch {
		case err != nil:
			return err
		case l.Kind != ContactStatus:
			return fault.New(fault.NotFound, "label.unknown", "there is no such contact status").On("status_id")
		case !l.Enabled:
			return fault.New(fault.Conflict, "label.off", "the status %q has been turned off", l.Name).On("status_id")
		}
		name = l.Name
	}
	return s.change(ctx, c, by, "status_id", status, "status.set", name)
}

// Locate says which customer a record is of; 0 for nobody known.
func (s *Store) Locate(ctx context.Context, c Ref, customer int64, name string, by By) error {
	what := "customer.link"
	if customer == 0 {
		what = "customer.unlink"
	}
	return failed(db.Tx(ctx, s.db, func(tx *gorm.DB) error {
		if err := of(tx, c).Updates(map[string]any{"customer_id": customer, "customer_name": cut(name, 100)}).Error; err != nil {
			return err
		}
		return did(tx, c, by, what, name)
	}))
}
