package calls

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// SavedSearch is a search that somebody keeps under a name, for themselves or
// for all of the account. Query is what the page's address holds, as a JSON
// object.
type SavedSearch struct {
	ID        int64 `gorm:"primaryKey"`
	AccountID int64
	UserID    int64
	Name      string `gorm:"size:60"`
	Shared    bool
	Query     string `gorm:"type:text"`
	CreatedAt time.Time
	UpdatedAt time.Time
}

// TableName names the table.
func (SavedSearch) TableName() string { return "saved_searches" }

const (
	searchesMost = 100  // of one person
	queryMost    = 4000 // bytes
)

// Searches lists what a person has saved and what others share, by name.
func (s *Store) Searches(ctx context.Context, account, user int64) ([]SavedSearch, error) {
	var rows []SavedSearch
	err := s.db.WithContext(ctx).Scopes(db.In(account)).Where("(user_id = ? OR shared = ?)", user, true).Order("name, id").Find(&rows).Error
	return rows, failed(err)
}

// SaveSearch adds (ID 0) or changes a search. Only their own can be changed.
// It fails with Invalid, NotFound and Conflict.
func (s *Store) SaveSearch(ctx context.Context, f SavedSearch, now time.Time) (SavedSearch, error) {
	f.Name = strings.TrimSpace(strings.ToValidUTF8(f.Name, ""))
	switch n := utf8.RuneCountInString(f.Name); {
	case n == 0:
		return f, fault.New(fault.Invalid, "name.empty", "a name is needed").On("name")
	case n > 60:
		return f, fault.New(fault.Invalid, "text.long", "at most %d characters", 60).On("name")
	}
	var object map[string]any
	if len(f.Query) > queryMost || json.Unmarshal([]byte(f.Query), &object) != nil {
		return f, fault.New(fault.Invalid, "search.query", "the search can't be saved: it is too long or not one").On("query")
	}
	f.UpdatedAt = now
	if f.ID == 0 {
		var n int64
		if err := s.db.WithContext(ctx).Model(&SavedSearch{}).Scopes(db.In(f.AccountID)).Where("user_id = ?", f.UserID).Count(&n).Error; err != nil {
			return f, failed(err)
		}
		if n >= searchesMost {
			return f, fault.New(fault.Conflict, "search.many", "at most %d saved searches", searchesMost)
		}
		f.CreatedAt = now
		return f, failed(s.db.WithContext(ctx).Create(&f).Error)
	}
	var had SavedSearch
	err := s.db.WithContext(ctx).Scopes(db.In(f.AccountID)).Where("id = ? AND user_id = ?", f.ID, f.UserID).Take(&had).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return f, searchUnknown()
	}
	if err != nil {
		return f, failed(err)
	}
	f.CreatedAt = had.CreatedAt
	err = s.db.WithContext(ctx).Model(&SavedSearch{}).Scopes(db.In(f.AccountID)).Where("id = ?", f.ID).
		Select("Name", "Shared", "Query", "UpdatedAt").Updates(&f).Error
	return f, failed(err)
}

// RemoveSearch removes a person's own search. It fails with NotFound.
func (s *Store) RemoveSearch(ctx context.Context, account, user, id int64) error {
	res := s.db.WithContext(ctx).Scopes(db.In(account)).Where("id = ? AND user_id = ?", id, user).Delete(&SavedSearch{})
	if res.Error == nil && res.RowsAffected == 0 {
		return searchUnknown()
	}
	return failed(res.Error)
}

func searchUnknown() error {
	return fault.New(fault.NotFound, "search.unknown", "there is no such saved search of yours")
}
