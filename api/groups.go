package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"switchdesk/accounts"
	"switchdesk/agents"
	"switchdesk/flows"
	"switchdesk/internal/fault"
	"switchdesk/queues"
)

type groupNew struct{ Body GroupInput }

type groupIn struct {
	ByID
	Body GroupInput
}

func (s *Server) listGroups(ctx context.Context, _ *nothingIn) (*Body[List[GroupView]], error) {
	rows, err := s.parts.Groups.Groups(ctx, actorOf(ctx).AccountID)
	if err != nil {
		return nil, err
	}
	people, err := s.peopleByID(ctx)
	if err != nil {
		return nil, err
	}
	return list(rows, func(g queues.Group) GroupView { return groupView(g, people) }), nil
}

// peopleByID finds the account's users by id.
func (s *Server) peopleByID(ctx context.Context) (map[int64]accounts.User, error) {
	users, err := s.everybody(ctx)
	out := make(map[int64]accounts.User, len(users))
	for _, u := range users {
		out[u.ID] = u
	}
	return out, err
}

func numberOf(u accounts.User) string {
	if u.Number == nil {
		return ""
	}
	return *u.Number
}

func groupView(g queues.Group, people map[int64]accounts.User) GroupView {
	return GroupView{
		ID: g.ID, Name: g.Name, Strategy: string(g.Strategy), LastAgentFirst: g.LastAgentFirst,
		WaitLimit: seconds(g.WaitLimit), RingTime: seconds(g.RingTime), WrapUp: seconds(g.WrapUp),
		MaxWrapUp: seconds(g.MaxWrapUp), MaxWaiting: g.MaxWaiting, AfterMiss: string(g.AfterMiss),
		AnnounceEvery: seconds(g.Announce), OnNoAgent: exitView(g.OnNoAgent), OnTimeout: exitView(g.OnTimeout),
		OnFull: exitView(g.OnFull), AskPause: seconds(g.AskPause), EmptyLimit: seconds(g.EmptyLimit),
		NeedWorking: g.NeedWorking, Music: g.Music, Greeting: g.Greeting, TellAgentNo: g.TellAgentNo, SurveyAfter: g.SurveyAfter,
		Members: each(g.Members, func(m queues.Member) GroupMember {
			u := people[m.Agent]
			return GroupMember{Agent: m.Agent, Name: u.Name, Number: numberOf(u), Level: m.Level, Order: m.Order}
		}),
	}
}

func exitView(e queues.Exit) GroupExit { return GroupExit{Kind: string(e.Kind), Group: e.Group} }

func seconds(d time.Duration) int { return int(d / time.Second) }

func (in GroupInput) group(account, id int64) queues.Group {
	sec := func(n int) time.Duration { return time.Duration(n) * time.Second }
	exit := func(e GroupExit) queues.Exit { return queues.Exit{Kind: queues.ExitKind(e.Kind), Group: e.Group} }
	return queues.Group{
		ID: id, Account: account, Name: in.Name, Strategy: queues.Strategy(in.Strategy), LastAgentFirst: in.LastAgentFirst,
		AfterMiss: agents.AfterMiss(in.AfterMiss), WaitLimit: sec(in.WaitLimit), RingTime: sec(in.RingTime),
		AskPause: sec(in.AskPause), EmptyLimit: sec(in.EmptyLimit), WrapUp: sec(in.WrapUp), MaxWrapUp: sec(in.MaxWrapUp),
		Announce: sec(in.AnnounceEvery), MaxWaiting: in.MaxWaiting, NeedWorking: in.NeedWorking,
		OnNoAgent: exit(in.OnNoAgent), OnTimeout: exit(in.OnTimeout), OnFull: exit(in.OnFull),
		Music: in.Music, Greeting: in.Greeting, TellAgentNo: in.TellAgentNo, SurveyAfter: in.SurveyAfter,
		Members: each(in.Members, func(m GroupMember) queues.Member {
			return queues.Member{Agent: m.Agent, Level: m.Level, Order: m.Order}
		}),
	}
}

func (s *Server) getGroup(ctx context.Context, in *ByID) (*Body[GroupView], error) {
	g, err := s.parts.Groups.Group(ctx, actorOf(ctx).AccountID, in.ID)
	if err != nil {
		return nil, err
	}
	people, err := s.peopleByID(ctx)
	if err != nil {
		return nil, err
	}
	return body(groupView(g, people)), nil
}

func (s *Server) addGroup(ctx context.Context, in *groupNew) (*Body[GroupView], error) {
	return s.saveGroup(ctx, 0, in.Body)
}

func (s *Server) changeGroup(ctx context.Context, in *groupIn) (*Body[GroupView], error) {
	return s.saveGroup(ctx, in.ID, in.Body)
}

func (s *Server) saveGroup(ctx context.Context, id int64, in GroupInput) (*Body[GroupView], error) {
	if err := s.groupNameFree(ctx, id, in.Name); err != nil {
		return nil, err
	}
	g, err := s.parts.Groups.Save(ctx, in.group(actorOf(ctx).AccountID, id))
	if err != nil {
		return nil, err
	}
	s.reload(ctx)
	if err := s.noted(ctx, verb(id, "group"), "group", g.ID, map[string]any{
		"name": g.Name, "strategy": g.Strategy, "members": len(g.Members),
	}); err != nil {
		return nil, err
	}
	people, err := s.peopleByID(ctx)
	if err != nil {
		return nil, err
	}
	return body(groupView(g, people)), nil
}

// leadingTo lists the flows in force that lead to a group by one of names.
func (s *Server) leadingTo(ctx context.Context, names ...string) []flows.InForce {
	return s.parts.Flows.Mentioning(actorOf(ctx).AccountID, func(m flows.Mentions) bool {
		return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(m.Groups, name) })
	})
}

// groupNameFree refuses a name by which flows in force still lead to another
// group: their callers would go to this one from now on.
func (s *Server) groupNameFree(ctx context.Context, id int64, name string) error {
	name = strings.TrimSpace(name)
	groups, err := s.parts.Groups.Groups(ctx, actorOf(ctx).AccountID)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if g.ID == id || !slices.Contains(g.Former, name) {
			continue
		}
		if users := s.leadingTo(ctx, name); len(users) > 0 {
			err := fault.New(fault.Conflict, "group.name_used", "flows in force lead to the group %s by its former name %s; put the new name into them first", g.Name, name).On("name")
			return withUses(ctx, err, users, nil)
		}
	}
	return nil
}

func (s *Server) removeGroup(ctx context.Context, in *ByID) (*Nothing, error) {
	account := actorOf(ctx).AccountID
	g, err := s.parts.Groups.Group(ctx, account, in.ID)
	if err != nil {
		return nil, err
	}
	if users := s.leadingTo(ctx, append(g.Former, g.Name)...); len(users) > 0 {
		err := fault.New(fault.Conflict, "group.used", "flows in force lead to this group, so it can't be removed; change those first")
		return nil, withUses(ctx, err, users, nil)
	}
	if err := s.parts.Groups.Delete(ctx, account, in.ID); err != nil {
		return nil, err
	}
	s.reload(ctx)
	return nil, s.noted(ctx, "group.delete", "group", in.ID, map[string]string{"name": g.Name})
}
