package api

import (
	"context"
	"slices"

	"switchdesk/flows"
	"switchdesk/hours"
	"switchdesk/internal/fault"
)

type flowNew struct{ Body FlowInput }

// ByVersion is the input of routes that name a version of a flow.
type ByVersion struct {
	ByID
	N int64 `path:"n" minimum:"1" doc:"version number"`
}

func (s *Server) flowNames(ctx context.Context) (map[int64]string, error) {
	rows, err := s.parts.Flows.List(ctx, actorOf(ctx).AccountID)
	names := make(map[int64]string, len(rows))
	for _, r := range rows {
		names[r.ID] = r.Name
	}
	return names, err
}

// flowFacts is what stands beside a flow in a list.
type flowFacts struct {
	numbers map[int64][]string // service numbers
	drafts  map[int64]flows.DraftInfo
	people  map[int64]string
}

func (s *Server) flowFacts(ctx context.Context) (flowFacts, error) {
	f := flowFacts{numbers: make(map[int64][]string)}
	numbers, err := s.parts.Numbers.Numbers(ctx, actorOf(ctx))
	if err != nil {
		return f, err
	}
	for _, n := range numbers {
		for _, flow := range n.Flows() {
			f.numbers[flow] = append(f.numbers[flow], n.Number)
		}
	}
	if f.drafts, err = s.parts.Flows.Drafts(ctx, actorOf(ctx).AccountID); err != nil {
		return f, err
	}
	f.people, err = s.userNames(ctx)
	return f, err
}

func flowView(r flows.Record, facts flowFacts) FlowView {
	view := FlowView{ID: r.ID, Name: r.Name, Active: r.Active, Latest: r.Latest, UpdatedAt: r.UpdatedAt.UTC(), Numbers: facts.numbers[r.ID]}
	if view.Numbers == nil {
		view.Numbers = []string{}
	}
	if d, ok := facts.drafts[r.ID]; ok && d.Changed {
		view.Draft = &FlowDraftMark{Revision: d.Revision, SavedAt: d.SavedAt.UTC(), SavedBy: facts.people[d.SavedBy]}
	}
	return view
}

func versionView(v flows.Version, active int64, names map[int64]string) FlowVersionView {
	return FlowVersionView{
		Number: v.Number, Active: v.Number == active && active > 0, File: v.File, Checksum: v.Checksum, Note: v.Note,
		CreatedAt: v.CreatedAt.UTC(), CreatedBy: names[v.CreatedBy], ActivatedAt: utc(v.ActivatedAt),
	}
}

// problemViews gives problems in the language of whoever asks.
func problemViews(ctx context.Context, list []flows.Problem) []Problem {
	zh := actorOf(ctx).Language != "en"
	return each(list, func(p flows.Problem) Problem {
		out := Problem{File: p.File, Line: p.Line, Column: p.Column, Node: p.Node, Path: p.Path, Code: p.Code, What: p.What, Do: p.Do, Warning: p.Warning}
		if zh && p.WhatZH != "" {
			out.What, out.Do = p.WhatZH, p.DoZH
		}
		return out
	})
}

// withProblems puts the problems of a refused flow into the error's body.
func withProblems(ctx context.Context, err error, list []flows.Problem) error {
	if kind := fault.KindOf(err); len(list) == 0 || kind != fault.Invalid && kind != fault.Conflict {
		return err
	}
	return withDetail(ctx, err, func(e *ErrorDetail) { e.Problems = problemViews(ctx, list) })
}

// refs is what a flow of the account may refer to. Recordings that come with
// the product are known to flows itself.
func (s *Server) refs(ctx context.Context) (flows.Refs, error) {
	account := actorOf(ctx).AccountID
	groups, err := s.parts.Groups.Groups(ctx, account)
	if err != nil {
		return flows.Refs{}, err
	}
	profiles, err := s.parts.Agents.Profiles(ctx, account)
	if err != nil {
		return flows.Refs{}, err
	}
	names, err := s.flowNames(ctx)
	if err != nil {
		return flows.Refs{}, err
	}
	calendars, err := s.parts.Hours.Calendars(ctx, account)
	if err != nil {
		return flows.Refs{}, err
	}
	groupIDs, agentIDs, known := map[string]int64{}, map[string]int64{}, map[string]bool{}
	for _, g := range groups {
		for _, name := range g.Former {
			groupIDs[name] = g.ID
		}
	}
	members := map[int64]int{}
	for _, g := range groups { // a name of today goes before one of yesterday
		groupIDs[g.Name] = g.ID
		members[g.ID] = len(g.Members)
	}
	for _, p := range profiles {
		agentIDs[p.Number] = p.UserID
	}
	for _, name := range names {
		known[name] = true
	}
	return flows.Refs{
		Prompt: func(name string) bool { _, ok := s.parts.Prompts.Path(account, name); return ok },
		Hours: func(name string) bool {
			return slices.ContainsFunc(calendars, func(c hours.Calendar) bool { return c.Name == name })
		},
		Group: func(name string) (int64, bool) { id, ok := groupIDs[name]; return id, ok },
		Agent: func(number string) (int64, bool) { id, ok := agentIDs[number]; return id, ok },
		Flow:  func(name string) bool { return known[name] },

		Members: func(group string) int { return members[groupIDs[group]] },
	}, nil
}

func (s *Server) listFlows(ctx context.Context, _ *nothingIn) (*Body[List[FlowView]], error) {
	rows, err := s.parts.Flows.List(ctx, actorOf(ctx).AccountID)
	if err != nil {
		return nil, err
	}
	facts, err := s.flowFacts(ctx)
	if err != nil {
		return nil, err
	}
	return list(rows, func(r flows.Record) FlowView { return flowView(r, facts) }), nil
}

func (s *Server) uploadFlow(ctx context.Context, in *flowNew) (*Body[FlowUploaded], error) {
	if in.Body.Source == "" {
		return s.newFlow(ctx, in.Body)
	}
	actor := actorOf(ctx)
	refs, err := s.refs(ctx)
	if err != nil {
		return nil, err
	}
	v, problems, err := s.parts.Flows.Upload(ctx, actor.AccountID, flows.NewVersion{
		Name: in.Body.Name, File: in.Body.File, Source: []byte(in.Body.Source), Note: in.Body.Note, By: actor.UserID,
	}, refs)
	if err != nil {
		return nil, withProblems(ctx, err, problems)
	}
	return s.uploaded(ctx, v, problems)
}

func (s *Server) checkFlow(ctx context.Context, in *flowNew) (*Body[FlowChecked], error) {
	file := in.Body.File
	if file == "" {
		file = "flow.yaml"
	}
	return s.checked(ctx, file, in.Body.Source)
}

func (s *Server) checked(ctx context.Context, file, source string) (*Body[FlowChecked], error) {
	refs, err := s.refs(ctx)
	if err != nil {
		return nil, err
	}
	problems := s.parts.Flows.Check(file, []byte(source), refs)
	return body(FlowChecked{OK: !flows.Refused(problems), Problems: problemViews(ctx, problems)}), nil
}

func (s *Server) getFlow(ctx context.Context, in *ByID) (*Body[FlowPage], error) {
	r, err := s.parts.Flows.Get(ctx, actorOf(ctx).AccountID, in.ID)
	if err != nil {
		return nil, err
	}
	number := r.Active
	if number == 0 {
		number = r.Latest
	}
	return s.flowPage(ctx, r, number)
}

func (s *Server) flowPage(ctx context.Context, r flows.Record, number int64) (*Body[FlowPage], error) {
	v := flows.Version{CreatedAt: r.CreatedAt, CreatedBy: r.CreatedBy} // of a flow that has only a draft
	var err error
	if number > 0 {
		if v, err = s.parts.Flows.Version(ctx, actorOf(ctx).AccountID, r.ID, number); err != nil {
			return nil, err
		}
	}
	facts, err := s.flowFacts(ctx)
	if err != nil {
		return nil, err
	}
	return body(FlowPage{FlowView: flowView(r, facts), Version: versionView(v, r.Active, facts.people), Source: v.Source}), nil
}

func (s *Server) flowVersions(ctx context.Context, in *ByID) (*Body[List[FlowVersionView]], error) {
	account := actorOf(ctx).AccountID
	r, err := s.parts.Flows.Get(ctx, account, in.ID)
	if err != nil {
		return nil, err
	}
	rows, err := s.parts.Flows.Versions(ctx, account, in.ID)
	if err != nil {
		return nil, err
	}
	names, err := s.userNames(ctx)
	if err != nil {
		return nil, err
	}
	return list(rows, func(v flows.Version) FlowVersionView { return versionView(v, r.Active, names) }), nil
}

func (s *Server) flowVersion(ctx context.Context, in *ByVersion) (*Body[FlowPage], error) {
	r, err := s.parts.Flows.Get(ctx, actorOf(ctx).AccountID, in.ID)
	if err != nil {
		return nil, err
	}
	return s.flowPage(ctx, r, in.N)
}

func (s *Server) recheckFlow(ctx context.Context, in *ByID) (*Body[FlowChecked], error) {
	account := actorOf(ctx).AccountID
	r, err := s.parts.Flows.Get(ctx, account, in.ID)
	if err != nil {
		return nil, err
	}
	v, err := s.parts.Flows.Version(ctx, account, r.ID, r.Latest)
	if err != nil {
		return nil, err
	}
	return s.checked(ctx, v.File, v.Source)
}
