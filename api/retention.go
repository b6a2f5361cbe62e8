package api

import (
	"context"
	"time"

	"switchdesk/calls"
)

// RetentionView says how long an account's calls are kept.
type RetentionView struct {
	RecordingDays int        `json:"recording_days" doc:"0: for ever"`
	RecordDays    int        `json:"record_days" doc:"0: for ever; never less than recordings"`
	Held          int64      `json:"held" doc:"calls under legal hold"`
	UpdatedAt     *time.Time `json:"updated_at,omitempty"`
}

// RetentionInput changes the rules.
type RetentionInput struct {
	RecordingDays int `json:"recording_days" minimum:"0" maximum:"36500"`
	RecordDays    int `json:"record_days" minimum:"0" maximum:"36500"`
}

type retentionIn struct{ Body RetentionInput }

type holdIn struct {
	CallIn
	Body struct {
		Held   bool   `json:"held"`
		Reason string `json:"reason,omitempty" maxLength:"500"`
	}
}

func (s *Server) getRetention(ctx context.Context, _ *nothingIn) (*Body[RetentionView], error) {
	rules, held, err := s.parts.Retention.Rules(ctx, actorOf(ctx).AccountID)
	if err != nil {
		return nil, err
	}
	view := RetentionView{RecordingDays: rules.RecordingDays, RecordDays: rules.RecordDays, Held: held}
	if !rules.UpdatedAt.IsZero() {
		view.UpdatedAt = utc(&rules.UpdatedAt)
	}
	return body(view), nil
}

func (s *Server) setRetention(ctx context.Context, in *retentionIn) (*Body[RetentionView], error) {
	actor := actorOf(ctx)
	err := s.parts.Retention.SetRules(ctx, actor, calls.Rules{RecordingDays: in.Body.RecordingDays, RecordDays: in.Body.RecordDays})
	if err != nil {
		return nil, err
	}
	return s.getRetention(ctx, nil)
}

// holdCall keeps a call for good, or lets it go as the rules say.
func (s *Server) holdCall(ctx context.Context, in *holdIn) (*Nothing, error) {
	if _, err := s.oneCall(ctx, in.ID); err != nil {
		return nil, err
	}
	return nil, s.parts.Retention.Hold(ctx, actorOf(ctx), in.ID, in.Body.Held, in.Body.Reason)
}
