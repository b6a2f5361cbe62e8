package api

import (
	"context"
	"strconv"

	"switchdesk/crm"
)

type blackNew struct{ Body BlacklistInput }

type blackList struct {
	Paging
	Search string `query:"search" maxLength:"40" doc:"part of a number or reason"`
}

func blacklistView(b crm.Blacklisted) BlacklistView {
	return BlacklistView{ID: b.ID, Number: b.Number, Reason: b.Reason, By: b.ByName, At: b.CreatedAt.UTC()}
}

func (s *Server) listBlacklist(ctx context.Context, in *blackList) (*Body[Page[BlacklistView]], error) {
	before, err := idCursor(in.Cursor)
	if err != nil {
		return nil, err
	}
	rows, err := s.parts.CRM.Blacklist(ctx, actorOf(ctx), crm.BlacklistFilter{
		Search: in.Search, Before: before, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	page := Page[BlacklistView]{Items: each(rows, blacklistView)}
	if len(rows) == in.Limit {
		page.Next = cursorOf(strconv.FormatInt(rows[len(rows)-1].ID, 10))
	}
	return body(page), nil
}

// addBlacklist refuses a number from the next call on: the list in memory is
// the one that the floor asks.
func (s *Server) addBlacklist(ctx context.Context, in *blackNew) (*Body[BlacklistView], error) {
	row, err := s.parts.CRM.Ban(ctx, actorOf(ctx), in.Body.Number, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	if err := s.noted(ctx, "blacklist.create", "blacklist", row.ID, blacklistView(row)); err != nil {
		return nil, err
	}
	return body(blacklistView(row)), nil
}

func (s *Server) removeBlacklist(ctx context.Context, in *ByID) (*Nothing, error) {
	row, err := s.parts.CRM.Unban(ctx, actorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return nil, s.noted(ctx, "blacklist.delete", "blacklist", in.ID, blacklistView(row))
}
