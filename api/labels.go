package api

import (
	"context"
	"encoding/json"
	"time"

	"switchdesk/calls"
)

// LabelView is one entry of a tree of labels for calls.
type LabelView struct {
	ID       int64  `json:"id"`
	Kind     string `json:"kind" enum:"call,quality,status"`
	ParentID int64  `json:"parent_id,omitempty"`
	Name     string `json:"name"`
	Enabled  bool   `json:"enabled" doc:"off: can no longer be chosen, stays on calls that have it"`
}

// SavedSearchView is a search under a name.
type SavedSearchView struct {
	ID     int64           `json:"id"`
	Name   string          `json:"name"`
	Shared bool            `json:"shared"`
	Own    bool            `json:"own"`
	By     string          `json:"by,omitempty"`
	Query  json.RawMessage `json:"query" doc:"what the page's address holds"`
}

type (
	labelsIn struct {
		Kind string `query:"kind" enum:"call,quality,status"`
	}
	labelNew struct {
		Body struct {
			Kind     string `json:"kind" enum:"call,quality,status"`
			ParentID int64  `json:"parent_id,omitempty" minimum:"0"`
			Name     string `json:"name" minLength:"1" maxLength:"60"`
		}
	}
	labelIn struct {
		ByID
		Body struct {
			Name    string `json:"name" minLength:"1" maxLength:"60"`
			Enabled bool   `json:"enabled"`
		}
	}
	labelMove struct {
		ByID
		Body struct {
			ParentID int64 `json:"parent_id,omitempty" minimum:"0" doc:"0: the top"`
			BeforeID int64 `json:"before_id,omitempty" minimum:"0" doc:"the sibling that follows it; 0: none"`
		}
	}
	searchFields struct {
		Name   string         `json:"name" minLength:"1" maxLength:"60"`
		Shared bool           `json:"shared,omitempty"`
		Query  map[string]any `json:"query"`
	}
	searchNew struct{ Body searchFields }
	searchIn  struct {
		ByID
		Body searchFields
	}
)

func labelView(l calls.Label) LabelView {
	return LabelView{ID: l.ID, Kind: string(l.Kind), ParentID: l.ParentID, Name: l.Name, Enabled: l.Enabled}
}

func (s *Server) listLabels(ctx context.Context, in *labelsIn) (*Body[List[LabelView]], error) {
	rows, err := s.parts.Calls.Labels(ctx, actorOf(ctx).AccountID, calls.LabelKind(in.Kind))
	if err != nil {
		return nil, err
	}
	return list(rows, labelView), nil
}

func (s *Server) addLabel(ctx context.Context, in *labelNew) (*Body[LabelView], error) {
	l, err := s.parts.Calls.AddLabel(ctx, calls.Label{
		AccountID: actorOf(ctx).AccountID, Kind: calls.LabelKind(in.Body.Kind), ParentID: in.Body.ParentID, Name: in.Body.Name, Enabled: true,
	}, s.now().UTC())
	if err != nil {
		return nil, err
	}
	return body(labelView(l)), s.noted(ctx, "label.create", "label", l.ID, map[string]any{"kind": l.Kind, "name": l.Name})
}

func (s *Server) changeLabel(ctx context.Context, in *labelIn) (*Body[LabelView], error) {
	l, err := s.parts.Calls.ChangeLabel(ctx, actorOf(ctx).AccountID, in.ID, in.Body.Name, in.Body.Enabled, s.now().UTC())
	if err != nil {
		return nil, err
	}
	return body(labelView(l)), s.noted(ctx, "label.update", "label", l.ID, map[string]any{"name": l.Name, "enabled": l.Enabled})
}

func (s *Server) moveLabel(ctx context.Context, in *labelMove) (*Nothing, error) {
	err := s.parts.Calls.MoveLabel(ctx, actorOf(ctx).AccountID, in.ID, in.Body.ParentID, in.Body.BeforeID, s.now().UTC())
	if err != nil {
		return nil, err
	}
	return nil, s.noted(ctx, "label.move", "label", in.ID, map[string]any{"parent": in.Body.ParentID})
}

func (s *Server) removeLabel(ctx context.Context, in *ByID) (*Nothing, error) {
	if err := s.parts.Calls.RemoveLabel(ctx, actorOf(ctx).AccountID, in.ID); err != nil {
		return nil, err
	}
	return nil, s.noted(ctx, "label.delete", "label", in.ID, nil)
}

func (s *Server) listSearches(ctx context.Context, _ *nothingIn) (*Body[List[SavedSearchView]], error) {
	actor := actorOf(ctx)
	rows, err := s.parts.Calls.Searches(ctx, actor.AccountID, actor.UserID)
	if err != nil {
		return nil, err
	}
	names, err := s.userNames(ctx)
	if err != nil {
		return nil, err
	}
	return list(rows, func(f calls.SavedSearch) SavedSearchView { return searchView(f, actor.UserID, names) }), nil
}

func searchView(f calls.SavedSearch, user int64, names map[int64]string) SavedSearchView {
	return SavedSearchView{ID: f.ID, Name: f.Name, Shared: f.Shared, Own: f.UserID == user, By: names[f.UserID], Query: json.RawMessage(f.Query)}
}

func (s *Server) addSearch(ctx context.Context, in *searchNew) (*Body[SavedSearchView], error) {
	return s.saveSearch(ctx, 0, in.Body)
}

func (s *Server) changeSearch(ctx context.Context, in *searchIn) (*Body[SavedSearchView], error) {
	return s.saveSearch(ctx, in.ID, in.Body)
}

func (s *Server) saveSearch(ctx context.Context, id int64, in searchFields) (*Body[SavedSearchView], error) {
	actor := actorOf(ctx)
	query, err := json.Marshal(in.Query)
	if err != nil {
		return nil, err
	}
	f, err := s.parts.Calls.SaveSearch(ctx, calls.SavedSearch{
		ID: id, AccountID: actor.AccountID, UserID: actor.UserID, Name: in.Name, Shared: in.Shared, Query: string(query),
	}, s.now().UTC().Truncate(time.Microsecond))
	if err != nil {
		return nil, err
	}
	return body(searchView(f, actor.UserID, map[int64]string{actor.UserID: actor.Name})), nil
}

func (s *Server) removeSearch(ctx context.Context, in *ByID) (*Nothing, error) {
	actor := actorOf(ctx)
	return nil, s.parts.Calls.RemoveSearch(ctx, actor.AccountID, actor.UserID, in.ID)
}
