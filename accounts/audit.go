package accounts

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// Entry is one line of the audit log: who did what to what.
type Entry struct {
	ID         int64           `json:"id"`
	AccountID  int64           `json:"-"`
	At         time.Time       `json:"at"`
	ActorID    int64           `json:"actor_id"` // 0: the system
	ActorName  string          `json:"actor_name"`
	KeyName    string          `json:"key_name,omitempty"` // API key that the actor's program used
	Action     string          `json:"action"`             // user.create
	TargetKind string          `json:"target_kind"`
	TargetID   string          `json:"target_id"`
	Detail     json.RawMessage `json:"detail"`
	IP         string          `json:"ip"`
}

type auditRow struct {
	ID         int64
	AccountID  int64
	At         time.Time
	ActorID    int64
	ActorName  string
	KeyName    string
	Action     string
	TargetKind string
	TargetID   string
	Detail     string
	IP         string
}

func (auditRow) TableName() string { return "audit" }

// entry is an audit line of the actor; detail is anything that JSON can hold,
// never a secret.
func (a Actor) entry(action, kind string, id int64, detail any) Entry {
	data, _ := json.Marshal(detail)
	return Entry{AccountID: a.AccountID, ActorID: a.UserID, ActorName: a.Name, KeyName: a.KeyName, Action: action, TargetKind: kind, TargetID: fmt.Sprint(id), Detail: data, IP: a.IP}
}

// Record appends what the actor did to the audit log.
func (s *Service) Record(ctx context.Context, actor Actor, action, kind, target string, detail any) error {
	data, err := json.Marshal(detail)
	if err != nil {
		return err
	}
	return s.Append(ctx, Entry{AccountID: actor.AccountID, ActorID: actor.UserID, ActorName: actor.Name, KeyName: actor.KeyName, Action: action, TargetKind: kind, TargetID: target, Detail: data, IP: actor.IP})
}

// Append writes one line; At is now if zero. Lines are never changed.
func (s *Service) Append(ctx context.Context, e Entry) error {
	if e.AccountID == 0 {
		return db.ErrNoAccount
	}
	if e.At.IsZero() {
		e.At = s.now()
	}
	if len(e.Detail) == 0 || string(e.Detail) == "null" {
		e.Detail = json.RawMessage("{}")
	}
	row := auditRow{AccountID: e.AccountID, At: e.At, ActorID: e.ActorID, ActorName: clip(e.ActorName, 120), KeyName: clip(e.KeyName, 60), Action: clip(e.Action, 60),
		TargetKind: clip(e.TargetKind, 40), TargetID: clip(e.TargetID, 60), Detail: string(e.Detail), IP: clip(e.IP, 60)}
	return failed(s.db.WithContext(ctx).Create(&row).Error)
}

// audit appends where the deed is done and can't be taken back for want of
// a line; a database that fails here has failed the deed's own write before.
func (s *Service) audit(ctx context.Context, e Entry) { _ = s.Append(ctx, e) }

// AuditFilter chooses lines; zero values choose all. Before pages on: the ID
// of the last line in hand.
type AuditFilter struct {
	Before     int64
	Limit      int // 50 if 0, 200 at most
	ActorID    int64
	Action     string
	TargetKind string
	TargetID   string
	From, To   time.Time
}

// AuditLog lists lines, the newest first. It fails with Forbidden without
// audit.read.
func (s *Service) AuditLog(ctx context.Context, actor Actor, f AuditFilter) ([]Entry, error) {
	if !actor.Can(AuditRead) {
		return nil, forbidden()
	}
	g := s.db.WithContext(ctx).Scopes(db.In(actor.AccountID)).Order("id DESC").Limit(pageSize(f.Limit))
	if f.Before > 0 {
		g = g.Where("id < ?", f.Before)
	}
	if f.ActorID != 0 {
		g = g.Where("actor_id = ?", f.ActorID)
	}
	for column, v := range map[string]string{"action": f.Action, "target_kind": f.TargetKind, "target_id": f.TargetID} {
		if v != "" {
			g = g.Where(column+" = ?", v)
		}
	}
	if !f.From.IsZero() {
		g = g.Where("at >= ?", f.From)
	}
	if !f.To.IsZero() {
		g = g.Where("at < ?", f.To)
	}
	var rows []auditRow
	if err := g.Find(&rows).Error; err != nil {
		return nil, failed(err)
	}
	out := make([]Entry, len(rows))
	for i, r := range rows {
		out[i] = Entry{ID: r.ID, AccountID: r.AccountID, At: r.At, ActorID: r.ActorID, ActorName: r.ActorName, KeyName: r.KeyName, Action: r.Action,
			TargetKind: r.TargetKind, TargetID: r.TargetID, Detail: json.RawMessage(r.Detail), IP: r.IP}
	}
	return out, nil
}

func pageSize(n int) int {
	if n <= 0 {
		return 50
	}
	return min(n, 200)
}

func forbidden() error {
	return fault.New(fault.Forbidden, "forbidden", "your role does not allow this")
}
