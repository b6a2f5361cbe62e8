package api

import (
	"context"

	"switchdesk/agents"
	"switchdesk/floor"
)

type steerIn struct {
	ByID
	Body struct {
		State  string `json:"state" enum:"idle,busy,break,custom,offline"`
		Reason string `json:"reason,omitempty" maxLength:"60"`
	}
}

func (s *Server) wall(ctx context.Context, _ *nothingIn) (*Body[floor.Wall], error) {
	wall, err := s.floor.Wall(ctx, actorOf(ctx).AccountID)
	if err != nil {
		return nil, err
	}
	return body(wall), nil
}

// dropCallback takes a call-back that waits off the list.
func (s *Server) dropCallback(ctx context.Context, in *CallIn) (*Nothing, error) {
	actor := actorOf(ctx)
	if err := s.floor.Do(ctx, floor.DropCallback{Account: actor.AccountID, By: actor.UserID, Call: in.ID}); err != nil {
		return nil, err
	}
	return nil, s.accounts.Record(ctx, actor, "callback.drop", "call", in.ID, nil)
}

// steer sets another agent's state. The agent must be one that the actor's
// scope reaches.
func (s *Server) steer(ctx context.Context, in *steerIn) (*Nothing, error) {
	actor := actorOf(ctx)
	if err := s.reach(ctx, in.ID); err != nil {
		return nil, err
	}
	if _, err := s.parts.Agents.Profile(ctx, actor.AccountID, in.ID); err != nil {
		return nil, err
	}
	var cmd floor.Command = floor.SetState{
		Account: actor.AccountID, Agent: in.ID, State: agents.State(in.Body.State), Reason: in.Body.Reason, By: actor.UserID,
	}
	if in.Body.State == string(agents.Offline) {
		cmd = floor.SignOut{Account: actor.AccountID, Agent: in.ID}
	}
	if err := s.floor.Do(ctx, cmd); err != nil {
		return nil, err
	}
	return nil, s.noted(ctx, "agent.state", "agent", in.ID, map[string]string{"state": in.Body.State, "reason": in.Body.Reason})
}
