package api

import (
	"context"
	"time"

	"switchdesk/accounts"
	"switchdesk/calls"
	"switchdesk/floor"
	"switchdesk/internal/fault"
)

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
	// Who is to call back may see what was missed.
	if to, err := s.parts.Calls.AssignedTo(ctx, actorOf(ctx).AccountID, id); err == nil && to == actorOf(ctx).UserID {
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
	page := callPage(d, names)
	views, err := s.callViews(ctx, []calls.Record{d.Record})
	if err != nil {
		return nil, err
	}
	page.Status, page.Tags = views[0].Status, views[0].Tags
	return body(page), nil
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
