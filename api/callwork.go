package api

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"switchdesk/accounts"
	"switchdesk/calls"
	"switchdesk/crm"
	"switchdesk/internal/fault"
)

// CallTag is a label on a call.
type CallTag struct {
	ID   int64  `json:"id"`
	Kind string `json:"kind" enum:"call,quality,status"`
	Name string `json:"name" doc:"with the labels above it" example:"投诉 / 物流"`
}

// CallNote is a remark on a call.
type CallNote struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Text string    `json:"text"`
}

// CallOperation is one line of a call's operation log (操作日志).
type CallOperation struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	What   string    `json:"what" example:"tag.add"`
	Detail string    `json:"detail,omitempty"`
}

// CallWork is what people have added to a call, while it goes on or since.
type CallWork struct {
	Tags       []CallTag       `json:"tags"`
	Notes      []CallNote      `json:"notes" doc:"oldest first"`
	Operations []CallOperation `json:"operations" doc:"oldest first"`
	Assigned   string          `json:"assigned,omitempty" doc:"who is to call back"`
	Settled    *time.Time      `json:"settled,omitempty" doc:"when the call back was done"`
}

// CustomerView is a customer to choose.
type CustomerView struct {
	ID      int64    `json:"id"`
	Name    string   `json:"name"`
	Company string   `json:"company,omitempty"`
	Phones  []string `json:"phones"`
}

type (
	noteIn struct {
		CallIn
		Body struct {
			Text string `json:"text" maxLength:"8000"`
		}
	}
	tagIn struct {
		CallIn
		Body struct {
			LabelID int64 `json:"label_id" minimum:"1"`
		}
	}
	untagIn struct {
		CallIn
		Label int64 `path:"label" minimum:"1"`
	}
	onIn struct {
		CallIn
		Body struct {
			On bool `json:"on"`
		}
	}
	statusIn struct {
		CallIn
		Body struct {
			StatusID int64 `json:"status_id" minimum:"0" doc:"0 takes it off"`
		}
	}
	locateIn struct {
		CallIn
		Body struct {
			CustomerID int64 `json:"customer_id" minimum:"0" doc:"0: nobody known"`
		}
	}
	customersIn struct {
		Search string `query:"search" maxLength:"100" doc:"part of a name or company, or a whole number"`
	}
)

func callTag(labels []calls.Label, id int64) CallTag {
	tag := CallTag{ID: id, Kind: string(calls.CallTag), Name: calls.LabelPath(labels, id)}
	if i := slices.IndexFunc(labels, func(l calls.Label) bool { return l.ID == id }); i >= 0 {
		tag.Kind = string(labels[i].Kind)
	}
	return tag
}

// by is the actor, now.
func (s *Server) by(ctx context.Context) calls.By {
	actor := actorOf(ctx)
	return calls.By{ID: actor.UserID, Name: actor.Name, At: s.now()}
}

// callRef finds a call within the scope: its record, or the call that still
// goes on. Outside of it there is no such call.
func (s *Server) callRef(ctx context.Context, id string) (calls.Ref, error) {
	account := actorOf(ctx).AccountID
	d, err := s.oneCall(ctx, id)
	if err == nil {
		return calls.Ref{Account: account, ID: id, Started: d.Record.StartedAt}, nil
	}
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.NotFound {
		return calls.Ref{}, err
	}
	live, more := s.liveCalls(ctx, nil)
	if more != nil {
		return calls.Ref{}, more
	}
	for _, c := range live.Body.Items {
		if c.ID == id {
			return calls.Ref{Account: account, ID: id, Started: c.Started}, nil
		}
	}
	return calls.Ref{}, err
}

// onCall does something to a call within the scope and answers with what has
// been added to it.
func (s *Server) onCall(ctx context.Context, id string, do func(calls.Ref) error) (*Body[CallWork], error) {
	ref, err := s.callRef(ctx, id)
	if err == nil && do != nil {
		err = do(ref)
	}
	if err != nil {
		return nil, err
	}
	w, err := s.parts.Calls.WorkOn(ctx, ref.Account, id)
	if err != nil {
		return nil, err
	}
	labels, err := s.parts.Calls.Labels(ctx, ref.Account, "")
	if err != nil {
		return nil, err
	}
	names, err := s.userNames(ctx)
	if err != nil {
		return nil, err
	}
	out := CallWork{
		Tags: each(w.Tags, func(t calls.TagRow) CallTag { return callTag(labels, t.LabelID) }),
		Notes: each(w.Notes, func(n calls.NoteRow) CallNote {
			return CallNote{At: n.At.UTC(), By: n.ByName, Text: n.Text}
		}),
		Operations: each(w.Operations, func(o calls.OperationRow) CallOperation {
			return CallOperation{At: o.At.UTC(), By: o.ByName, What: o.What, Detail: namedIn(o.Detail, names)}
		}),
	}
	if w.Assigned != nil {
		out.Assigned, out.Settled = names[w.Assigned.AgentID], utc(w.Assigned.SettledAt)
	}
	return body(out), nil
}

// namedIn puts a person's name in the place of their id.
func namedIn(detail string, names map[int64]string) string {
	if id, ok := strings.CutPrefix(detail, "#"); ok {
		if n, err := strconv.ParseInt(id, 10, 64); err == nil && names[n] != "" {
			return names[n]
		}
	}
	return detail
}

func (s *Server) callWork(ctx context.Context, in *CallIn) (*Body[CallWork], error) {
	return s.onCall(ctx, in.ID, nil)
}

func (s *Server) addNote(ctx context.Context, in *noteIn) (*Body[CallWork], error) {
	return s.onCall(ctx, in.ID, func(c calls.Ref) error {
		return s.parts.Calls.AddNote(ctx, c, in.Body.Text, s.by(ctx))
	})
}

// mayTag refuses service-quality tags to those who may not give them.
func (s *Server) mayTag(ctx context.Context, label int64) error {
	actor := actorOf(ctx)
	l, err := s.parts.Calls.Label(ctx, actor.AccountID, label)
	if err == nil && l.Kind == calls.QualityTag && !actor.Can(accounts.CallsQuality) {
		return fault.New(fault.Forbidden, "right.missing", "your role lacks the right %q; ask an administrator", accounts.CallsQuality)
	}
	return err
}

func (s *Server) tagCall(ctx context.Context, in *tagIn) (*Body[CallWork], error) {
	return s.onCall(ctx, in.ID, func(c calls.Ref) error {
		if err := s.mayTag(ctx, in.Body.LabelID); err != nil {
			return err
		}
		return s.parts.Calls.Tag(ctx, c, in.Body.LabelID, s.by(ctx))
	})
}

func (s *Server) untagCall(ctx context.Context, in *untagIn) (*Body[CallWork], error) {
	return s.onCall(ctx, in.ID, func(c calls.Ref) error {
		if err := s.mayTag(ctx, in.Label); err != nil {
			return err
		}
		return s.parts.Calls.Untag(ctx, c, in.Label, s.by(ctx))
	})
}

// onRecord refuses what can only be done to a call that is over.
func (s *Server) onRecord(ctx context.Context, id string, do func(calls.Ref) error) (*Body[CallWork], error) {
	if _, err := s.oneCall(ctx, id); err != nil {
		return nil, err
	}
	return s.onCall(ctx, id, do)
}

func (s *Server) markCall(ctx context.Context, in *onIn) (*Body[CallWork], error) {
	return s.onRecord(ctx, in.ID, func(c calls.Ref) error { return s.parts.Calls.Mark(ctx, c, in.Body.On, s.by(ctx)) })
}

func (s *Server) closeCall(ctx context.Context, in *onIn) (*Body[CallWork], error) {
	return s.onRecord(ctx, in.ID, func(c calls.Ref) error { return s.parts.Calls.Close(ctx, c, in.Body.On, s.by(ctx)) })
}

func (s *Server) setStatus(ctx context.Context, in *statusIn) (*Body[CallWork], error) {
	return s.onRecord(ctx, in.ID, func(c calls.Ref) error {
		return s.parts.Calls.SetStatus(ctx, c, in.Body.StatusID, s.by(ctx))
	})
}

func (s *Server) locateCall(ctx context.Context, in *locateIn) (*Body[CallWork], error) {
	return s.onRecord(ctx, in.ID, func(c calls.Ref) error {
		if in.Body.CustomerID == 0 {
			return s.parts.Calls.Locate(ctx, c, 0, "", s.by(ctx))
		}
		customer, err := s.parts.CRM.Customer(ctx, actorOf(ctx), in.Body.CustomerID)
		if err != nil {
			return err
		}
		return s.parts.Calls.Locate(ctx, c, customer.ID, customer.Name, s.by(ctx))
	})
}

func (s *Server) findCustomers(ctx context.Context, in *customersIn) (*Body[List[CustomerView]], error) {
	rows, err := s.parts.CRM.Customers(ctx, actorOf(ctx), crm.CustomerFilter{Search: in.Search, Limit: 20})
	if err != nil {
		return nil, err
	}
	return list(rows, func(c crm.Customer) CustomerView {
		return CustomerView{ID: c.ID, Name: c.Name, Company: c.Company, Phones: c.Phones}
	}), nil
}
