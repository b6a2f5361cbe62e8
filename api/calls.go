package api

import (
	"context"
	"time"

	"switchdesk/accounts"
	"switchdesk/calls"
	"switchdesk/floor"
	"switchdesk/internal/fault"
)

type callsIn struct {
	Paging
	From      time.Time `query:"from" doc:"calls that began at or after this"`
	To        time.Time `query:"to" doc:"calls that began before this"`
	Number    string    `query:"number" maxLength:"40" doc:"start of the caller's or the dialled number"`
	Outcome   string    `query:"outcome" enum:"ivr,answered,voicemail,ring_no_answer,queue_abandoned,blacklist,limit,no_answer,busy,failed,cancelled"`
	Direction string    `query:"direction" enum:"in,out"`
	Agent     int64     `query:"agent" minimum:"0"`
	Group     int64     `query:"group" minimum:"0"`
	Mine      bool      `query:"mine" doc:"only the own calls"`
}

type noteIn struct {
	CallIn
	Body struct {
		Note string `json:"note" maxLength:"8000"`
	}
}

type incomingIn struct {
	Since time.Time `query:"since" doc:"from when; absent: the last twelve hours"`
}

// visible tells whose calls the actor sees. Without calls.read, people see
// their own.
func (s *Server) visible(ctx context.Context) (accounts.Visible, error) {
	actor := actorOf(ctx)
	if !actor.Can(accounts.CallsRead) {
		return accounts.Visible{Users: []int64{actor.UserID}}, nil
	}
	return s.accounts.VisibleUsers(ctx, actor)
}

// reach refuses, as not there, an agent outside of the actor's scope.
func (s *Server) reach(ctx context.Context, agent int64) error {
	visible, err := s.accounts.VisibleUsers(ctx, actorOf(ctx))
	if err == nil && !visible.Includes(agent) {
		return fault.New(fault.NotFound, "agent.unknown", "there is no agent %d", agent)
	}
	return err
}

// liveCalls lists what goes on within the scope. Calls that no agent has yet
// are seen by whoever sees more than their own.
func (s *Server) liveCalls(ctx context.Context, _ *nothingIn) (*Body[List[floor.LiveCall]], error) {
	actor := actorOf(ctx)
	all, err := s.floor.LiveCalls(ctx, actor.AccountID)
	if err != nil {
		return nil, err
	}
	seen, err := s.visible(ctx)
	if err != nil {
		return nil, err
	}
	onlyOwn := !seen.All && len(seen.Users) == 1
	out := make([]floor.LiveCall, 0, len(all))
	for _, call := range all {
		if seen.Includes(call.Agent) || (call.Agent == 0 && !onlyOwn) {
			out = append(out, call)
		}
	}
	return body(List[floor.LiveCall]{Items: out}), nil
}

func (s *Server) listCalls(ctx context.Context, in *callsIn) (*Body[Page[CallView]], error) {
	actor := actorOf(ctx)
	seen, err := s.visible(ctx)
	if err != nil {
		return nil, err
	}
	var users []int64 // nil: everybody's
	switch {
	case in.Mine:
		users = []int64{actor.UserID}
	case !seen.All:
		users = seen.Users
	}
	before := ""
	if in.Cursor != "" {
		parts, err := splitCursor(in.Cursor, 1)
		if err != nil {
			return nil, err
		}
		before = parts[0]
	}
	rows, next, err := s.parts.Calls.List(ctx, actor.AccountID, calls.Filter{
		From: in.From, To: in.To, Number: in.Number, Outcome: calls.Outcome(in.Outcome),
		Direction: calls.Direction(in.Direction), Agent: in.Agent, Agents: users, Group: in.Group,
		Before: before, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	page := Page[CallView]{Items: each(rows, callView)}
	if next != "" {
		page.Next = cursorOf(next)
	}
	return body(page), nil
}

// oneCall reads a call within the scope; outside of it there is no such call.
func (s *Server) oneCall(ctx context.Context, id string) (calls.Details, error) {
	d, err := s.parts.Calls.Get(ctx, actorOf(ctx).AccountID, id)
	if err != nil {
		return d, err
	}
	seen, err := s.visible(ctx)
	if err != nil {
		return calls.Details{}, err
	}
	if seen.Includes(d.Record.AgentID) || rang(d.Rings, seen) {
		return d, nil
	}
	return calls.Details{}, fault.New(fault.NotFound, "call.unknown", "there is no call %s", id)
}

func rang(rings []calls.RingRow, seen accounts.Visible) bool {
	for _, ring := range rings {
		if seen.Includes(ring.AgentID) {
			return true
		}
	}
	return false
}

func (s *Server) getCall(ctx context.Context, in *CallIn) (*Body[CallPage], error) {
	d, err := s.oneCall(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	names, err := s.userNames(ctx)
	if err != nil {
		return nil, err
	}
	return body(callPage(d, names)), nil
}

func (s *Server) setNote(ctx context.Context, in *noteIn) (*Nothing, error) {
	if _, err := s.oneCall(ctx, in.ID); err != nil {
		return nil, err
	}
	if err := s.parts.Calls.SetNote(ctx, actorOf(ctx).AccountID, in.ID, in.Body.Note); err != nil {
		return nil, err
	}
	return nil, nil
}

func (s *Server) incoming(ctx context.Context, in *incomingIn) (*Body[List[Incoming]], error) {
	actor := actorOf(ctx)
	since := in.Since
	if since.IsZero() {
		since = s.now().Add(-12 * time.Hour)
	}
	rows, err := s.parts.Calls.RangFor(ctx, actor.AccountID, actor.UserID, since)
	if err != nil {
		return nil, err
	}
	return list(rows, func(r calls.Record) Incoming {
		return Incoming{
			CallID: r.ID, At: r.StartedAt, From: r.From, Region: r.Region, Customer: r.CustomerName,
			Service: r.Service, Seconds: r.RingSeconds, Result: incomingResult(r, actor.UserID),
		}
	}), nil
}

// incomingResult tells what became of a call that rang this agent.
func incomingResult(r calls.Record, agent int64) string {
	switch {
	case r.Outcome == calls.Answered && r.AgentID == agent:
		return "answered"
	case r.Outcome == calls.Answered:
		return "answered_by_other"
	}
	return "missed"
}
