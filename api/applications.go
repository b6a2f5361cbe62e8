package api

import (
	"context"
	"io"
	"mime"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"switchdesk/accounts"
	"switchdesk/applications"
	"switchdesk/internal/fault"
)

// ApplicationInput applies for a configuration.
type ApplicationInput struct {
	Contact     string `json:"contact" minLength:"1" maxLength:"120" doc:"telephone or e-mail"`
	Description string `json:"description" minLength:"1" maxLength:"4000"`
	NumberID    int64  `json:"number_id,omitempty" minimum:"0" doc:"the service number that it is about"`
}

// ApplicationView is an application and how far it is.
type ApplicationView struct {
	ID          int64      `json:"id"`
	ByID        int64      `json:"by_id"`
	By          string     `json:"by"`
	Contact     string     `json:"contact"`
	Description string     `json:"description"`
	NumberID    int64      `json:"number_id,omitempty"`
	Number      string     `json:"number,omitempty"`
	File        string     `json:"file,omitempty" doc:"name of the sketch; absent without one"`
	FileSize    int64      `json:"file_size,omitempty" doc:"bytes"`
	State       string     `json:"state" enum:"new,accepted,refused,done"`
	Answer      string     `json:"answer,omitempty"`
	FlowID      int64      `json:"flow_id,omitempty" doc:"the flow that came of it"`
	Flow        string     `json:"flow,omitempty"`
	SettledBy   string     `json:"settled_by,omitempty"`
	SettledAt   *time.Time `json:"settled_at,omitempty"`
	CreatedAt   time.Time  `json:"created_at"`
}

// SettleInput moves an application on.
type SettleInput struct {
	State  string `json:"state" enum:"accepted,refused,done"`
	Answer string `json:"answer,omitempty" maxLength:"2000" doc:"needed to refuse"`
	FlowID int64  `json:"flow_id,omitempty" minimum:"0"`
}

// WaitingCount counts what waits.
type WaitingCount struct {
	Count int64 `json:"count"`
}

// Notice tells one person something live.
type Notice struct {
	Kind  string `json:"kind" enum:"application.new,application.settled"`
	ID    int64  `json:"id" doc:"of what it is about"`
	By    string `json:"by" doc:"who did it"`
	State string `json:"state,omitempty"`
}

// MessageNotice tells the members of a skill group live that a caller has
// left a message for it; it goes out on the notices topic.
type MessageNotice struct {
	Kind     string `json:"kind" enum:"voicemail"`
	Call     string `json:"call" doc:"id of the call"`
	From     string `json:"from" doc:"who left it"`
	Customer string `json:"customer,omitempty"`
	Group    string `json:"group"`
}

type applicationsIn struct {
	Paging
	State string `query:"state" enum:"new,accepted,refused,done"`
	Mine  bool   `query:"mine" doc:"only the own ones"`
}

type applyIn struct{ Body ApplicationInput }

type settleIn struct {
	ByID
	Body SettleInput
}

type attachIn struct {
	ByID
	Name    string `query:"name" maxLength:"200" doc:"the file's name"`
	RawBody []byte `contentType:"application/octet-stream"`
}

func (s *Server) listApplications(ctx context.Context, in *applicationsIn) (*Body[Page[ApplicationView]], error) {
	before, err := idCursor(in.Cursor)
	if err != nil {
		return nil, err
	}
	rows, err := s.parts.Applications.List(ctx, actorOf(ctx), applications.Filter{
		State: applications.State(in.State), Mine: in.Mine, Before: before, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	view, err := s.applicationViews(ctx)
	if err != nil {
		return nil, err
	}
	page := Page[ApplicationView]{Items: each(rows, view)}
	if len(rows) == in.Limit {
		page.Next = cursorOf(strconv.FormatInt(rows[len(rows)-1].ID, 10))
	}
	return body(page), nil
}

func (s *Server) applicationViews(ctx context.Context) (func(applications.Application) ApplicationView, error) {
	flowNames, err := s.flowNames(ctx)
	if err != nil {
		return nil, err
	}
	numbers, err := s.parts.Numbers.Numbers(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	numberOf := map[int64]string{}
	for _, n := range numbers {
		numberOf[n.ID] = n.Number
	}
	return func(a applications.Application) ApplicationView {
		return ApplicationView{
			ID: a.ID, ByID: a.ByID, By: a.ByName, Contact: a.Contact, Description: a.Description,
			NumberID: a.NumberID, Number: numberOf[a.NumberID], File: a.FileName, FileSize: a.FileSize,
			State: string(a.State), Answer: a.Answer, FlowID: a.FlowID, Flow: flowNames[a.FlowID],
			SettledBy: a.SettledName, SettledAt: utc(a.SettledAt), CreatedAt: a.CreatedAt.UTC(),
		}
	}, nil
}

func (s *Server) applicationView(ctx context.Context, a applications.Application) (*Body[ApplicationView], error) {
	view, err := s.applicationViews(ctx)
	if err != nil {
		return nil, err
	}
	return body(view(a)), nil
}

func (s *Server) getApplication(ctx context.Context, in *ByID) (*Body[ApplicationView], error) {
	a, err := s.parts.Applications.Get(ctx, actorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return s.applicationView(ctx, a)
}

func (s *Server) waitingApplications(ctx context.Context, _ *nothingIn) (*Body[WaitingCount], error) {
	n, err := s.parts.Applications.Waiting(ctx, actorOf(ctx).AccountID)
	if err != nil {
		return nil, err
	}
	return body(WaitingCount{n}), nil
}

// apply keeps an application and tells those who configure flows.
func (s *Server) apply(ctx context.Context, in *applyIn) (*Body[ApplicationView], error) {
	actor := actorOf(ctx)
	if in.Body.NumberID != 0 {
		if _, err := s.parts.Numbers.Number(ctx, actor, in.Body.NumberID); err != nil {
			return nil, fault.New(fault.Invalid, "number.unknown", "there is no such service number").On("number_id")
		}
	}
	a, err := s.parts.Applications.Apply(ctx, actor, in.Body.Contact, in.Body.Description, in.Body.NumberID)
	if err != nil {
		return nil, err
	}
	if err := s.noted(ctx, "application.create", "application", a.ID, a); err != nil {
		return nil, err
	}
	managers, err := s.holders(ctx, accounts.FlowsManage)
	if err != nil {
		return nil, err
	}
	for _, user := range managers {
		s.notify(actor.AccountID, user, Notice{Kind: "application.new", ID: a.ID, By: actor.Name})
	}
	return s.applicationView(ctx, a)
}

// settleApplication moves an application on and tells the applicant.
func (s *Server) settleApplication(ctx context.Context, in *settleIn) (*Body[ApplicationView], error) {
	actor := actorOf(ctx)
	if in.Body.FlowID != 0 {
		names, err := s.flowNames(ctx)
		if err != nil {
			return nil, err
		}
		if _, known := names[in.Body.FlowID]; !known {
			return nil, fault.New(fault.Invalid, "flow.unknown", "there is no flow %d", in.Body.FlowID).On("flow_id")
		}
	}
	a, err := s.parts.Applications.Settle(ctx, actor, in.ID, applications.State(in.Body.State), in.Body.Answer, in.Body.FlowID)
	if err != nil {
		return nil, err
	}
	if err := s.noted(ctx, "application."+in.Body.State, "application", a.ID, map[string]any{"answer": a.Answer, "flow_id": a.FlowID, "by": a.ByName}); err != nil {
		return nil, err
	}
	told, err := s.holders(ctx, accounts.FlowsManage)
	if err != nil {
		return nil, err
	}
	for _, user := range append(told, a.ByID) { // other administrators' badges too
		s.notify(actor.AccountID, user, Notice{Kind: "application.settled", ID: a.ID, By: actor.Name, State: string(a.State)})
	}
	return s.applicationView(ctx, a)
}

func (s *Server) notify(account, user int64, n Notice) {
	if s.parts.Notify != nil {
		s.parts.Notify(account, user, n)
	}
}

// holders are the account's users whose role has a right.
func (s *Server) holders(ctx context.Context, right accounts.Right) ([]int64, error) {
	roles, err := s.accounts.Roles(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	has := map[int64]bool{}
	for _, r := range roles {
		has[r.ID] = r.Rights.Has(right)
	}
	users, err := s.everybody(ctx)
	var ids []int64
	for _, u := range users {
		if has[u.RoleID] && !u.Disabled {
			ids = append(ids, u.ID)
		}
	}
	return ids, err
}

func (s *Server) attachFile(ctx context.Context, in *attachIn) (*Body[ApplicationView], error) {
	a, err := s.parts.Applications.Attach(ctx, actorOf(ctx), in.ID, in.Name, in.RawBody)
	if err != nil {
		return nil, err
	}
	return s.applicationView(ctx, a)
}

// applicationFile answers the sketch as something to save and never to show:
// what somebody uploaded must not run here.
func (s *Server) applicationFile(ctx context.Context, in *ByID) (*huma.StreamResponse, error) {
	a, content, err := s.parts.Applications.File(ctx, actorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		defer content.Close() //nolint:errcheck // only read from
		c.SetHeader("Content-Type", "application/octet-stream")
		c.SetHeader("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.FileName}))
		c.SetHeader("Cache-Control", "private, no-store")
		c.SetHeader("Content-Security-Policy", "default-src 'none'; sandbox")
		_, _ = io.Copy(c.BodyWriter(), content) // the reader is gone: nobody to tell
	}}, nil
}
