package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"switchdesk/calls"
	"switchdesk/flows"
	"switchdesk/internal/fault"
)

// FlowFigures is where callers went in one version of a flow.
type FlowFigures struct {
	Version int64            `json:"version"`
	From    string           `json:"from" doc:"first day that is counted, in the enterprise's zone" example:"2026-11-16"`
	To      string           `json:"to" doc:"last day that is counted"`
	Now     int              `json:"now" doc:"callers in this version now"`
	Nodes   []FlowNodeFigure `json:"nodes"`
}

// FlowNodeFigure is what happened at one node. Every visit ended one way: by
// one of the exits, or by one of the other counts.
type FlowNodeFigure struct {
	Node    string           `json:"node"`
	Entered int64            `json:"entered" doc:"visits by calls that have ended"`
	Left    int64            `json:"left" doc:"hung up here"`
	Talked  int64            `json:"talked" doc:"hung up here after talking with somebody"`
	Ended   int64            `json:"ended" doc:"the flow ended the call here"`
	Stopped int64            `json:"stopped" doc:"the flow could not go on here"`
	Other   int64            `json:"other" doc:"taken out of the flow, by an agent for example"`
	Now     int              `json:"now" doc:"callers who are here now"`
	Exits   []FlowExitFigure `json:"exits"`
}

// FlowExitFigure is how many callers left a node by one exit.
type FlowExitFigure struct {
	Exit   string `json:"exit"`
	Passed int64  `json:"passed"`
}

type figuresIn struct {
	ByID
	Version int64  `query:"version" minimum:"0" doc:"left out: the one in force, else the newest"`
	From    string `query:"from" maxLength:"10" doc:"a day such as 2026-11-16; left out: today"`
	To      string `query:"to" maxLength:"10" doc:"a day; left out: today"`
}

// flowFigures counts the ways through a version: those of ended calls by
// days, and who is where now.
func (s *Server) flowFigures(ctx context.Context, in *figuresIn) (*Body[FlowFigures], error) {
	actor := actorOf(ctx)
	r, err := s.parts.Flows.Get(ctx, actor.AccountID, in.ID)
	if err != nil {
		return nil, err
	}
	out := FlowFigures{Version: cmp.Or(in.Version, r.Active, r.Latest), From: in.From, To: in.To}
	if in.Version > 0 {
		if _, err := s.parts.Flows.Version(ctx, actor.AccountID, r.ID, in.Version); err != nil {
			return nil, err
		}
	}
	today := s.now().In(actor.Location()).Format(time.DateOnly)
	for field, day := range map[string]*string{"from": &out.From, "to": &out.To} {
		*day = cmp.Or(*day, today)
		if _, err := time.Parse(time.DateOnly, *day); err != nil {
			return nil, fault.New(fault.Invalid, "flow.day", "write a day like 2026-11-16").On(field)
		}
	}
	passes, err := s.parts.Calls.Passes(ctx, actor.AccountID, r.ID, out.Version, out.From, out.To)
	if err != nil {
		return nil, err
	}
	live, err := s.floor.FlowNow(ctx, actor.AccountID, r.ID, out.Version)
	if err != nil {
		return nil, err
	}
	nodes := figuresOf(passes)
	for name, now := range live.Nodes {
		if now.Here > 0 {
			nodeFigure(nodes, name).Now = now.Here
			out.Now += now.Here
		}
	}
	out.Nodes = inOrder(nodes, s.parts.Flows.At(actor.AccountID, r.ID, out.Version))
	return body(out), nil
}

func nodeFigure(nodes map[string]*FlowNodeFigure, name string) *FlowNodeFigure {
	if nodes[name] == nil {
		nodes[name] = &FlowNodeFigure{Node: name, Exits: []FlowExitFigure{}}
	}
	return nodes[name]
}

func figuresOf(passes []calls.Pass) map[string]*FlowNodeFigure {
	nodes := map[string]*FlowNodeFigure{}
	for _, p := range passes {
		n := nodeFigure(nodes, p.Node)
		n.Entered += p.N
		switch p.Exit {
		case calls.WayLeft:
			n.Left += p.N
		case calls.WayTalked:
			n.Talked += p.N
		case calls.WayEnded:
			n.Ended += p.N
		case calls.WayStopped:
			n.Stopped += p.N
		case calls.WayOther:
			n.Other += p.N
		default:
			n.Exits = append(n.Exits, FlowExitFigure{Exit: p.Exit, Passed: p.N})
		}
	}
	return nodes
}

// inOrder lists the nodes as the version has them; a sub-flow's way back is
// no further visit.
func inOrder(nodes map[string]*FlowNodeFigure, f *flows.Flow) []FlowNodeFigure {
	place := map[string]int{}
	if f != nil {
		for i, name := range f.Order {
			place[name] = i
		}
		for name, n := range nodes {
			if node := f.Nodes[name]; node != nil && node.Kind == "subflow" {
				for _, x := range n.Exits {
					if x.Exit == "next" {
						n.Entered -= x.Passed
					}
				}
			}
		}
	}
	out := make([]FlowNodeFigure, 0, len(nodes))
	for _, n := range nodes {
		out = append(out, *n)
	}
	slices.SortFunc(out, func(a, b FlowNodeFigure) int {
		return cmp.Or(cmp.Compare(place[a.Node], place[b.Node]), cmp.Compare(a.Node, b.Node))
	})
	return out
}
