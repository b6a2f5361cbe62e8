// Package applications is what people ask the administrators to set up for
// them (申请配置): a contact, a description, a sketch perhaps, and how it was
// settled.
package applications

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"switchdesk/accounts"
	"switchdesk/internal/clock"
	"switchdesk/internal/fault"
	"switchdesk/storage/blob"
	"switchdesk/storage/db"
)

// State is how far an application is.
type State string

// The states; refused and done are the last.
const (
	New      State = "new"
	Accepted State = "accepted"
	Refused  State = "refused"
	Done     State = "done"
)

func (s State) settled() bool { return s == Refused || s == Done }

// Application is one wish for a configuration.
type Application struct {
	ID          int64      `json:"id"`
	AccountID   int64      `json:"-"`
	ByID        int64      `json:"by_id"`
	ByName      string     `json:"by_name"`
	Contact     string     `json:"contact"` // telephone or e-mail, as it was written
	Description string     `json:"description"`
	NumberID    int64      `json:"number_id"` // the service number that it is about, 0: none
	FileName    string     `json:"file_name"` // "" without a file
	FileType    string     `json:"file_type"`
	FileSize    int64      `json:"file_size"` // bytes
	FileKey     string     `json:"-"`
	State       State      `json:"state"`
	Answer      string     `json:"answer"`
	FlowID      int64      `json:"flow_id"` // what came of it, 0: none
	SettledBy   int64      `json:"settled_by"`
	SettledName string     `json:"settled_name"`
	SettledAt   *time.Time `json:"settled_at"`
	CreatedAt   time.Time  `json:"created_at"`
	UpdatedAt   time.Time  `json:"updated_at"`
}

// TableName names the table.
func (Application) TableName() string { return "applications" }

// Limits of what may be asked.
const (
	MaxFile = 10 << 20 // bytes
	maxOpen = 20       // unsettled ones of one person
)

// Service keeps applications. It is safe for concurrent use.
type Service struct {
	db    *gorm.DB
	files *blob.Store
	clock clock.Clock
}

// NewService works on an open, migrated database and a store for the files.
func NewService(g *gorm.DB, files *blob.Store, c clock.Clock) *Service {
	return &Service{db: g, files: files, clock: c}
}

func (s *Service) now() time.Time { return s.clock.Now().UTC().Truncate(time.Microsecond) }

// Apply keeps a new application of the actor. It fails with Invalid, and with
// TooMany if twenty of theirs wait.
func (s *Service) Apply(ctx context.Context, actor accounts.Actor, contact, description string, number int64) (Application, error) {
	if err := text(&contact, "contact", 120); err != nil {
		return Application{}, err
	}
	if err := text(&description, "description", 4000); err != nil {
		return Application{}, err
	}
	a := Application{
		AccountID: actor.AccountID, ByID: actor.UserID, ByName: actor.Name, Contact: contact, Description: description,
		NumberID: number, State: New, CreatedAt: s.now(), UpdatedAt: s.now(),
	}
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		var open int64
		err := tx.Model(&Application{}).Scopes(db.In(actor.AccountID)).
			Where("by_id = ? AND state IN ?", actor.UserID, []State{New, Accepted}).Count(&open).Error
		if err != nil {
			return err
		}
		if open >= maxOpen {
			return fault.New(fault.TooMany, "application.many", "%d of your applications wait; ask an administrator about them first", open)
		}
		return tx.Create(&a).Error
	})
	return a, failed(err)
}

// Filter chooses applications; zero values choose all that the actor may see.
type Filter struct {
	State  State
	Mine   bool  // only the actor's own
	Before int64 // the ID of the last one in hand
	Limit  int   // 50 if 0, 200 at most
}

// List gives applications, the newest first: all for those who configure
// flows, their own for everybody else.
func (s *Service) List(ctx context.Context, actor accounts.Actor, f Filter) ([]Application, error) {
	g := s.mine(ctx, actor).Order("id DESC").Limit(pageSize(f.Limit))
	if f.Mine {
		g = g.Where("by_id = ?", actor.UserID)
	}
	if f.State != "" {
		g = g.Where("state = ?", f.State)
	}
	if f.Before > 0 {
		g = g.Where("id < ?", f.Before)
	}
	var rows []Application
	return rows, failed(g.Find(&rows).Error)
}

// mine is what the actor may see.
func (s *Service) mine(ctx context.Context, actor accounts.Actor) *gorm.DB {
	g := s.db.WithContext(ctx).Scopes(db.In(actor.AccountID))
	if !actor.Can(accounts.FlowsManage) {
		g = g.Where("by_id = ?", actor.UserID)
	}
	return g
}

// Waiting counts the account's new applications.
func (s *Service) Waiting(ctx context.Context, account int64) (int64, error) {
	var n int64
	err := s.db.WithContext(ctx).Model(&Application{}).Scopes(db.In(account)).Where("state = ?", New).Count(&n).Error
	return n, failed(err)
}

// Get gives one that the actor may see. It fails with NotFound.
func (s *Service) Get(ctx context.Context, actor accounts.Actor, id int64) (Application, error) {
	var a Application
	err := s.mine(ctx, actor).Where("id = ?", id).Take(&a).Error
	return a, failed(err)
}

// Settle moves an application on, with an answer for the applicant. Whether
// the flow exists is the caller's to check. It fails with Forbidden, NotFound,
// Invalid (refusing without an answer), and Conflict if it is settled already.
func (s *Service) Settle(ctx context.Context, actor accounts.Actor, id int64, to State, answer string, flow int64) (Application, error) {
	if !actor.Can(accounts.FlowsManage) {
		return Application{}, fault.New(fault.Forbidden, "forbidden", "your role does not allow this")
	}
	a, err := s.Get(ctx, actor, id)
	if err != nil {
		return a, err
	}
	answer = strings.TrimSpace(answer)
	switch {
	case to != Accepted && !to.settled():
		return a, fault.New(fault.Invalid, "application.state", "an application is accepted, refused or done").On("state")
	case to == Refused && answer == "":
		return a, fault.New(fault.Invalid, "application.answer", "say why it is refused").On("answer")
	case utf8.RuneCountInString(answer) > 2000 || !utf8.ValidString(answer):
		return a, fault.New(fault.Invalid, "text.long", "at most 2000 characters").On("answer")
	case a.State.settled():
		return a, settledAlready(a)
	}
	now := s.now()
	res := s.db.WithContext(ctx).Model(&Application{}).Scopes(db.In(actor.AccountID)).
		Where("id = ? AND state NOT IN ?", id, []State{Refused, Done}).
		Updates(map[string]any{
			"state": to, "answer": answer, "flow_id": flow, "settled_by": actor.UserID, "settled_name": actor.Name,
			"settled_at": now, "updated_at": now,
		})
	if res.Error != nil {
		return a, failed(res.Error)
	}
	after, err := s.Get(ctx, actor, id)
	if err == nil && res.RowsAffected == 0 {
		return after, settledAlready(after)
	}
	return after, err
}

func settledAlready(a Application) error {
	return fault.New(fault.Conflict, "application.settled", "%s has settled this application already", a.SettledName)
}

// Attach puts a file to an own application that nobody has settled yet, in
// the place of the one before. It fails with NotFound, Invalid, TooLarge,
// Conflict, and Unavailable if the store is away.
func (s *Service) Attach(ctx context.Context, actor accounts.Actor, id int64, name string, data []byte) (Application, error) {
	a, err := s.Get(ctx, actor, id)
	if err != nil {
		return a, err
	}
	name = path.Base(strings.ReplaceAll(strings.TrimSpace(name), `\`, "/"))
	switch {
	case a.ByID != actor.UserID:
		return a, failed(gorm.ErrRecordNotFound)
	case a.State.settled():
		return a, settledAlready(a)
	case len(data) == 0:
		return a, fault.New(fault.Invalid, "application.file", "the file is empty").On("file")
	case len(data) > MaxFile:
		return a, fault.New(fault.TooLarge, "application.file_large", "a file has at most 10 MB").On("file")
	case name == "." || name == "/" || utf8.RuneCountInString(name) > 100 || !utf8.ValidString(name) || strings.IndexFunc(name, unicode.IsControl) >= 0:
		return a, fault.New(fault.Invalid, "application.file_name", "the file's name is empty, too long or can't be shown").On("file")
	}
	key := fmt.Sprintf("applications/%d/%d/%s", actor.AccountID, a.ID, uuid.NewString())
	if _, err := s.files.Put(ctx, key, strings.NewReader(string(data)), int64(len(data)), "application/octet-stream"); err != nil {
		return a, err
	}
	before := a.FileKey
	err = s.db.WithContext(ctx).Model(&Application{}).Scopes(db.In(actor.AccountID)).Where("id = ?", a.ID).
		Updates(map[string]any{"file_name": name, "file_size": len(data), "file_key": key, "updated_at": s.now()}).Error
	if err != nil {
		return a, failed(err)
	}
	if before != "" {
		_ = s.files.Delete(ctx, before) // what is left over harms nobody
	}
	return s.Get(ctx, actor, id)
}

// File opens the file of an application that the actor may see. It fails with
// NotFound.
func (s *Service) File(ctx context.Context, actor accounts.Actor, id int64) (Application, io.ReadCloser, error) {
	a, err := s.Get(ctx, actor, id)
	if err == nil && a.FileKey == "" {
		err = fault.New(fault.NotFound, "application.no_file", "this application has no file")
	}
	if err != nil {
		return a, nil, err
	}
	f, _, err := s.files.Get(ctx, a.FileKey)
	return a, f, err
}

// text trims a text of several lines and refuses an empty, long or
// unprintable one.
func text(s *string, field string, most int) error {
	*s = strings.TrimSpace(strings.ReplaceAll(*s, "\r\n", "\n"))
	switch {
	case *s == "":
		return fault.New(fault.Invalid, "text.empty", "this is needed").On(field)
	case utf8.RuneCountInString(*s) > most:
		return fault.New(fault.Invalid, "text.long", "at most %d characters", most).On(field)
	case !utf8.ValidString(*s) || strings.IndexFunc(*s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) >= 0:
		return fault.New(fault.Invalid, "text.form", "the text holds characters that can't be shown").On(field)
	}
	return nil
}

func pageSize(n int) int {
	if n <= 0 {
		return 50
	}
	return min(n, 200)
}

func failed(err error) error {
	var f *fault.Error
	switch {
	case err == nil || errors.As(err, &f):
		return err
	case errors.Is(err, gorm.ErrRecordNotFound):
		return fault.New(fault.NotFound, "application.unknown", "there is no such application")
	}
	return fault.New(fault.Internal, "database.failed", "the database could not do this").Because(err)
}
