package agents

import (
	"context"
	"errors"
	"regexp"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// Profile is how one agent answers. Every enabled user with a number (工号) is
// an agent, without a profile of their own one who answers in the browser.
type Profile struct {
	UserID    int64     `gorm:"primaryKey;autoIncrement:false"`
	AccountID int64     `gorm:"not null"`
	Name      string    `gorm:"->;-:migration"` // the user's, read only
	Number    string    `gorm:"->;-:migration"` // the user's 工号, read only
	Method    Method    `gorm:"size:10"`
	Mobile    string    `gorm:"size:32"` // for the method Mobile
	UpdatedAt time.Time // when Save set it; not read back
}

// TableName names the table.
func (Profile) TableName() string { return "agent_profiles" }

type spanRow struct {
	ID        int64
	AccountID int64
	AgentID   int64
	State     State
	Reason    string
	CallID    string
	FromAt    time.Time
	ToAt      time.Time
}

func (spanRow) TableName() string { return "agent_spans" }

// Store keeps profiles and the time log.
type Store struct{ db *gorm.DB }

// NewStore works on an open, migrated database.
func NewStore(g *gorm.DB) *Store { return &Store{db: g} }

const profileColumns = "u.id AS user_id, u.account_id, u.name, u.number, " +
	"COALESCE(p.method, 'web') AS method, COALESCE(p.mobile, '') AS mobile"

func agents(g *gorm.DB) *gorm.DB {
	return g.Table("users AS u").Select(profileColumns).
		Joins("LEFT JOIN agent_profiles p ON p.user_id = u.id AND p.account_id = u.account_id").
		Where("u.disabled = ? AND u.number IS NOT NULL AND u.number <> ''", false)
}

// Profiles lists an account's agents by number.
func (s *Store) Profiles(ctx context.Context, account int64) ([]Profile, error) {
	var list []Profile
	err := agents(s.db.WithContext(ctx)).Where("u.account_id = ?", account).Order("u.number").Scan(&list).Error
	return list, failed(err)
}

// AllProfiles lists the agents of every account, for the live floor's start.
func (s *Store) AllProfiles(ctx context.Context) ([]Profile, error) {
	var list []Profile
	err := agents(db.AllAccounts(s.db.WithContext(ctx))).Order("u.account_id, u.number").Scan(&list).Error
	return list, failed(err)
}

// Profile gives one agent; NotFound if the account has none of this id.
func (s *Store) Profile(ctx context.Context, account, user int64) (Profile, error) {
	var list []Profile
	err := agents(s.db.WithContext(ctx)).Where("u.account_id = ? AND u.id = ?", account, user).Limit(1).Scan(&list).Error
	if err == nil && len(list) == 0 {
		return Profile{}, fault.New(fault.NotFound, "agent.unknown", "there is no such agent")
	}
	if err != nil {
		return Profile{}, failed(err)
	}
	return list[0], nil
}

var mobilePattern = regexp.MustCompile(`^\+?[0-9]{5,20}$`)

// Save sets how an agent answers. It fails for an unknown method, for the
// method Mobile without a number, and for somebody who is no agent of the
// account.
func (s *Store) Save(ctx context.Context, p Profile) error {
	switch p.Method {
	case Web, SIP, Mobile:
	default:
		return fault.New(fault.Invalid, "agent.method_unknown", "there is no answer method %q", string(p.Method)).On("method")
	}
	if (p.Method == Mobile || p.Mobile != "") && !mobilePattern.MatchString(p.Mobile) {
		return fault.New(fault.Invalid, "agent.mobile", "the mobile number is digits only, with + in front at most").On("mobile")
	}
	if _, err := s.Profile(ctx, p.AccountID, p.UserID); err != nil {
		return err
	}
	p.UpdatedAt = db.Now()
	return failed(s.db.WithContext(ctx).Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "user_id"}},
		DoUpdates: clause.AssignmentColumns([]string{"method", "mobile", "updated_at"}),
	}).Create(&p).Error)
}

// AppendSpans adds to the time log. A span that is there already, because a
// journal was replayed, isn't added again.
func (s *Store) AppendSpans(ctx context.Context, spans []Span) error {
	if len(spans) == 0 {
		return nil
	}
	rows := make([]spanRow, len(spans))
	for i, p := range spans {
		rows[i] = spanRow{
			AccountID: p.Account, AgentID: p.Agent, State: p.State, Reason: clip(p.Reason, 60), CallID: p.Call,
			FromAt: p.From, ToAt: p.To,
		}
	}
	return failed(s.db.WithContext(ctx).Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(rows, 200).Error)
}

// Spans lists an account's time log that overlaps [from, to), by agent and
// time; agent 0 means all. The first and last span of an agent may reach
// beyond the range: cut them with Clip.
func (s *Store) Spans(ctx context.Context, account, agent int64, from, to time.Time) ([]Span, error) {
	var rows []spanRow
	q := s.db.WithContext(ctx).Scopes(db.In(account)).Where("from_at < ? AND to_at > ?", to, from)
	if agent != 0 {
		q = q.Where("agent_id = ?", agent)
	}
	if err := q.Order("agent_id, from_at").Find(&rows).Error; err != nil {
		return nil, failed(err)
	}
	spans := make([]Span, len(rows))
	for i, r := range rows {
		spans[i] = Span{
			Agent: r.AgentID, Account: r.AccountID, State: r.State, Reason: r.Reason, Call: r.CallID,
			From: r.FromAt, To: r.ToAt,
		}
	}
	return spans, nil
}

// Clip is the part of the span in [from, to) and its length.
func (s Span) Clip(from, to time.Time) (Span, time.Duration) {
	if s.From.Before(from) {
		s.From = from
	}
	if s.To.After(to) {
		s.To = to
	}
	return s, max(0, s.To.Sub(s.From))
}

func clip(s string, runes int) string {
	if r := []rune(s); len(r) > runes {
		return string(r[:runes])
	}
	return s
}

// failed makes a database error one for people; nil stays nil.
func failed(err error) error {
	var known *fault.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return fault.New(fault.Internal, "agent.store", "the agents' data could not be read or written").Because(err)
}
