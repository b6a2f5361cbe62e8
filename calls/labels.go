package calls

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gorm.io/gorm"

	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// LabelKind names a tree of labels.
type LabelKind string

// The trees that an account keeps.
const (
	CallTag       LabelKind = "call"    // 通话标签: what a call was about
	QualityTag    LabelKind = "quality" // 服务质量标签: how well it was served
	ContactStatus LabelKind = "status"  // 联系状态: how far one is with the customer; a list, without levels
)

// Label is one entry of such a tree. A disabled one, or one below a disabled
// one, can no longer be chosen; calls that have it keep it.
type Label struct {
	ID        int64 `gorm:"primaryKey"`
	AccountID int64
	Kind      LabelKind `gorm:"size:10"`
	ParentID  int64
	Name      string `gorm:"size:60"`
	Place     int    // among its siblings
	Enabled   bool
	CreatedAt time.Time
	UpdatedAt time.Time
}

// TableName names the table.
func (Label) TableName() string { return "call_labels" }

const (
	labelDepth = 5
	labelsMost = 2000
)

// Labels lists an account's labels of a kind ("" is every kind), siblings in
// their order.
func (s *Store) Labels(ctx context.Context, account int64, kind LabelKind) ([]Label, error) {
	q := s.db.WithContext(ctx).Scopes(db.In(account)).Order("kind, place, id")
	if kind != "" {
		q = q.Where("kind = ?", kind)
	}
	var rows []Label
	return rows, failed(q.Find(&rows).Error)
}

// Below gives the labels of the ids with all that are below them.
func Below(all []Label, ids []int64) []int64 {
	out := slices.Clone(ids)
	for i := 0; i < len(out); i++ {
		for _, l := range all {
			if l.ParentID == out[i] && !slices.Contains(out, l.ID) {
				out = append(out, l.ID)
			}
		}
	}
	return out
}

// LabelPath is a label's name with those above it: 投诉 / 物流.
func LabelPath(all []Label, id int64) string {
	var names []string
	for range labelDepth {
		i := slices.IndexFunc(all, func(l Label) bool { return l.ID == id })
		if i < 0 {
			break
		}
		names, id = append(names, all[i].Name), all[i].ParentID
	}
	slices.Reverse(names)
	return strings.Join(names, " / ")
}

// Choosable tells whether a label may be given: it and all above it are on.
func Choosable(all []Label, id int64) bool {
	for range labelDepth {
		i := slices.IndexFunc(all, func(l Label) bool { return l.ID == id })
		if i < 0 || !all[i].Enabled {
			return false
		}
		if id = all[i].ParentID; id == 0 {
			return true
		}
	}
	return false
}

// AddLabel adds a label as the last of its siblings. It fails with Invalid
// (name, level), NotFound (parent) and Conflict (the name is there already).
func (s *Store) AddLabel(ctx context.Context, l Label, now time.Time) (Label, error) {
	l.ID, l.CreatedAt, l.UpdatedAt = 0, now, now
	err := db.Tx(ctx, s.db, func(tx *gorm.DB) error {
		all, err := s.labelsIn(tx, l.AccountID, l.Kind)
		if err != nil {
			return err
		}
		if len(all) >= labelsMost {
			return fault.New(fault.Conflict, "label.many", "at most %d labels of a kind", labelsMost)
		}
		if err := checkLabel(&l, all); err != nil {
			return err
		}
		for _, x := range all {
			if x.ParentID == l.ParentID {
				l.Place = max(l.Place, x.Place+1)
			}
		}
		return tx.Create(&l).Error
	})
	return l, labelTaken(err)
}

// ChangeLabel sets a label's name and whether it is on. It fails as AddLabel
// does, and with NotFound.
func (s *Store) ChangeLabel(ctx context.Context, account, id int64, name string, enabled bool, now time.Time) (Label, error) {
	var l Label
	err := db.Tx(ctx, s.db, func(tx *gorm.DB) error {
		all, err := s.family(tx, account, id, &l)
		if err != nil {
			return err
		}
		l.Name, l.Enabled, l.UpdatedAt = name, enabled, now
		if err := checkLabel(&l, all); err != nil {
			return err
		}
		return tx.Model(&Label{}).Scopes(db.In(account)).Where("id = ?", id).Select("Name", "Enabled", "UpdatedAt").Updates(&l).Error
	})
	return l, labelTaken(err)
}

// MoveLabel puts a label below a parent (0: the top), before a sibling (0: as
// the last). It fails with NotFound, and with Invalid where the tree would
// have a loop or too many levels.
func (s *Store) MoveLabel(ctx context.Context, account, id, parent, before int64, now time.Time) error {
	err := db.Tx(ctx, s.db, func(tx *gorm.DB) error {
		var l Label
		all, err := s.family(tx, account, id, &l)
		if err != nil {
			return err
		}
		if slices.Contains(Below(all, []int64{id}), parent) {
			return fault.New(fault.Invalid, "label.loop", "a label can't be below itself").On("parent_id")
		}
		l.ParentID = parent
		if err := checkLabel(&l, all); err != nil {
			return err
		}
		if err := tx.Model(&Label{}).Scopes(db.In(account)).Where("id = ?", id).
			Updates(map[string]any{"parent_id": parent, "updated_at": now}).Error; err != nil {
			return err
		}
		for place, x := range lined(all, l, before) {
			if err := tx.Model(&Label{}).Scopes(db.In(account)).Where("id = ?", x).Update("place", place).Error; err != nil {
				return err
			}
		}
		return nil
	})
	return labelTaken(err)
}

// lined is the new order of l's siblings with l among them.
func lined(all []Label, l Label, before int64) []int64 {
	var line []int64
	for _, x := range all {
		if x.ParentID != l.ParentID || x.ID == l.ID {
			continue
		}
		if x.ID == before {
			line = append(line, l.ID)
		}
		line = append(line, x.ID)
	}
	if !slices.Contains(line, l.ID) {
		line = append(line, l.ID)
	}
	return line
}

// RemoveLabel removes a label that no call has and that has none below it.
// It fails with NotFound and Conflict.
func (s *Store) RemoveLabel(ctx context.Context, account, id int64) error {
	return failed(db.Tx(ctx, s.db, func(tx *gorm.DB) error {
		var l Label
		all, err := s.family(tx, account, id, &l)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(all, func(x Label) bool { return x.ParentID == id }) {
			return fault.New(fault.Conflict, "label.parent", "remove the labels below %q first", l.Name)
		}
		var used []string
		if l.Kind == ContactStatus {
			err = tx.Model(&Record{}).Scopes(db.In(account)).Where("status_id = ?", id).Limit(1).Pluck("id", &used).Error
		} else {
			err = tx.Model(&TagRow{}).Scopes(db.In(account)).Where("label_id = ?", id).Limit(1).Pluck("call_id", &used).Error
		}
		if err != nil {
			return err
		}
		if len(used) > 0 {
			return fault.New(fault.Conflict, "label.used", "calls have the label %q: turn it off instead", l.Name)
		}
		return tx.Scopes(db.In(account)).Where("id = ?", id).Delete(&Label{}).Error
	}))
}

// Label gives one label; NotFound if the account has none of this id.
func (s *Store) Label(ctx context.Context, account, id int64) (Label, error) {
	var l Label
	err := s.db.WithContext(ctx).Scopes(db.In(account)).Where("id = ?", id).Take(&l).Error
	return l, labelUnknown(err)
}

// family reads a label and all of its kind.
func (s *Store) family(tx *gorm.DB, account, id int64, l *Label) ([]Label, error) {
	if err := tx.Scopes(db.In(account)).Where("id = ?", id).Take(l).Error; err != nil {
		return nil, labelUnknown(err)
	}
	return s.labelsIn(tx, account, l.Kind)
}

func (s *Store) labelsIn(tx *gorm.DB, account int64, kind LabelKind) ([]Label, error) {
	var all []Label
	err := tx.Scopes(db.In(account)).Where("kind = ?", kind).Order("place, id").Find(&all).Error
	return all, err
}

func labelUnknown(err error) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return fault.New(fault.NotFound, "label.unknown", "there is no such label")
	}
	return failed(err)
}

func labelTaken(err error) error {
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return fault.New(fault.Conflict, "label.taken", "a label of this name is there already").On("name")
	}
	return failed(err)
}

// checkLabel holds a label against the tree that it is to stand in.
func checkLabel(l *Label, all []Label) error {
	switch l.Kind {
	case CallTag, QualityTag, ContactStatus:
	default:
		return fault.New(fault.Invalid, "label.kind", "there is no kind of label %q", string(l.Kind)).On("kind")
	}
	l.Name = strings.TrimSpace(l.Name)
	switch {
	case l.Name == "":
		return fault.New(fault.Invalid, "name.empty", "a name is needed").On("name")
	case utf8.RuneCountInString(l.Name) > 60:
		return fault.New(fault.Invalid, "text.long", "at most %d characters", 60).On("name")
	case !utf8.ValidString(l.Name) || strings.IndexFunc(l.Name, unicode.IsControl) >= 0:
		return fault.New(fault.Invalid, "text.form", "the text holds characters that can't be shown").On("name")
	}
	if l.ParentID == 0 {
		return nil
	}
	if l.Kind == ContactStatus {
		return fault.New(fault.Invalid, "label.flat", "contact statuses have no levels").On("parent_id")
	}
	depth, up := 1, l.ParentID
	for up != 0 {
		i := slices.IndexFunc(all, func(x Label) bool { return x.ID == up })
		if i < 0 {
			return fault.New(fault.NotFound, "label.unknown", "there is no such label").On("parent_id")
		}
		if depth++; depth > labelDepth {
			break
		}
		up = all[i].ParentID
	}
	if l.ID != 0 {
		depth += height(all, l.ID)
	}
	if depth > labelDepth {
		return fault.New(fault.Invalid, "label.deep", "at most %d levels", labelDepth).On("parent_id")
	}
	return nil
}

// height is how many levels are below a label.
func height(all []Label, id int64) int {
	most := 0
	for _, l := range all {
		if l.ParentID == id {
			most = max(most, 1+height(all, l.ID))
		}
	}
	return most
}

// failed makes a database error one for people; nil stays nil.
func failed(err error) error {
	var known *fault.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return fault.New(fault.Internal, "database.failed", "the database could not do this").Because(err)
}
