package api

import (
	"context"
	"fmt"
	"time"

	"switchdesk/calls"
	"switchdesk/internal/fault"
)

// PendingCall is a missed call that the signed-in agent is to call back.
type PendingCall struct {
	CallView
	By         string    `json:"by" doc:"who assigned it"`
	AssignedAt time.Time `json:"assigned_at"`
}

// AssignedView tells what an assignment did.
type AssignedView struct {
	Assigned int             `json:"assigned"`
	Talked   int             `json:"talked,omitempty" doc:"left out: there was a talk with the number since"`
	Agents   []AssignedAgent `json:"agents"`
}

// AssignedAgent is how many calls an agent got.
type AssignedAgent struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Calls int    `json:"calls"`
}

type assignCallsIn struct {
	Body struct {
		Agents []int64     `json:"agents" minItems:"1" maxItems:"200" doc:"the calls are shared out among them evenly"`
		Calls  []string    `json:"calls,omitempty" maxItems:"5000" doc:"the chosen ones"`
		Search *CallSearch `json:"search,omitempty" doc:"or all missed calls that this finds, 5000 at most"`
	}
}

// assign gives missed calls to agents within the actor's scope.
func (s *Server) assign(ctx context.Context, in *assignCallsIn) (*Body[AssignedView], error) {
	actor := actorOf(ctx)
	names, err := s.userNames(ctx)
	if err != nil {
		return nil, err
	}
	for i, id := range in.Body.Agents {
		field := fmt.Sprintf("agents[%d]", i)
		if _, err := s.parts.Agents.Profile(ctx, actor.AccountID, id); err != nil {
			return nil, fault.New(fault.Invalid, "agent.unknown", "there is no agent %d", id).On(field).Because(err)
		}
		if err := s.reach(ctx, id); err != nil {
			return nil, fault.New(fault.Invalid, "agent.unknown", "there is no agent %d", id).On(field).Because(err)
		}
	}
	search := CallSearch{}
	if in.Body.Search != nil {
		search = *in.Body.Search
	}
	search.Missed = true
	ids, err := s.missedOf(ctx, search, in.Body.Calls, in.Body.Search == nil)
	if err != nil {
		return nil, err
	}
	done, err := s.parts.Calls.Assign(ctx, actor.AccountID, ids, in.Body.Agents, s.by(ctx))
	if err != nil {
		return nil, err
	}
	out := AssignedView{Assigned: done.Given, Talked: done.Talked, Agents: []AssignedAgent{}}
	for _, id := range in.Body.Agents {
		out.Agents = append(out.Agents, AssignedAgent{ID: id, Name: names[id], Calls: done.PerAgent[id]})
	}
	return body(out), s.accounts.Record(ctx, actor, "calls.assign", "calls", "", map[string]any{"calls": done.Given, "agents": in.Body.Agents})
}

// missedOf gives the ids of the missed calls that a search finds, or of those
// chosen, within the actor's scope.
func (s *Server) missedOf(ctx context.Context, search CallSearch, chosen []string, only bool) ([]string, error) {
	f, err := s.filter(ctx, search)
	if err != nil {
		return nil, err
	}
	f.Limit = 200
	account := actorOf(ctx).AccountID
	var ids []string
	if only {
		for _, id := range chosen {
			f.ID = id
			rows, _, err := s.parts.Calls.List(ctx, account, f)
			if err != nil {
				return nil, err
			}
			if id != "" && len(rows) > 0 {
				ids = append(ids, id)
			}
		}
		return ids, nil
	}
	for {
		rows, next, err := s.parts.Calls.List(ctx, account, f)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			ids = append(ids, r.ID)
		}
		if len(ids) > calls.AssignMost || next == "" {
			return ids, nil
		}
		f.After = next
	}
}

func (s *Server) pending(ctx context.Context, _ *nothingIn) (*Body[List[PendingCall]], error) {
	actor := actorOf(ctx)
	rows, records, err := s.parts.Calls.Pending(ctx, actor.AccountID, actor.UserID)
	if err != nil {
		return nil, err
	}
	var found []calls.Record
	for _, a := range rows {
		if r, ok := records[a.CallID]; ok {
			found = append(found, r)
		}
	}
	views, err := s.callViews(ctx, found)
	if err != nil {
		return nil, err
	}
	byID := map[string]CallView{}
	for _, v := range views {
		byID[v.ID] = v
	}
	out := []PendingCall{}
	for _, a := range rows {
		if v, ok := byID[a.CallID]; ok {
			out = append(out, PendingCall{CallView: v, By: a.ByName, AssignedAt: a.At.UTC()})
		}
	}
	return body(List[PendingCall]{Items: out}), nil
}
