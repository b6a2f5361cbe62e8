package api

import (
	"context"
	"strconv"
	"strings"
	"time"

	"switchdesk/calls"
	"switchdesk/internal/fault"
)

// CallSearch is what calls are searched by. It comes as the query of an
// address or as JSON, with the same names.
type CallSearch struct {
	From      time.Time `query:"from" json:"from,omitzero" doc:"calls that began at or after this"`
	To        time.Time `query:"to" json:"to,omitzero" doc:"calls that began before this"`
	EndedFrom time.Time `query:"ended_from" json:"ended_from,omitzero" doc:"hung up at or after this"`
	EndedTo   time.Time `query:"ended_to" json:"ended_to,omitzero" doc:"hung up before this"`
	ID        string    `query:"id" json:"id,omitempty" maxLength:"36" doc:"call id"`
	Number    string    `query:"number" json:"number,omitempty" maxLength:"40" doc:"part of the caller's or the dialled number"`
	Caller    string    `query:"caller" json:"caller,omitempty" maxLength:"40" doc:"part of the caller's number"`
	Callee    string    `query:"callee" json:"callee,omitempty" maxLength:"40" doc:"part of the dialled number"`
	Outcome   []string  `query:"outcome" json:"outcome,omitempty" enum:"ivr,answered,voicemail,ring_no_answer,queue_abandoned,blacklist,limit,no_answer,busy,failed,cancelled"`
	Direction string    `query:"direction" json:"direction,omitempty" enum:"in,out"`
	Missed    bool      `query:"missed" json:"missed,omitempty" doc:"inbound calls that nobody talked to and that can be assigned"`
	Rating    []string  `query:"rating" json:"rating,omitempty" maxItems:"20" doc:"what customers chose"`
	Rated     string    `query:"rated" json:"rated,omitempty" enum:"given,asked,none" doc:"asked: asked and not answered"`
	Located   string    `query:"located" json:"located,omitempty" enum:"yes,no" doc:"whether the customer is known"`
	Customer  int64     `query:"customer" json:"customer,omitempty" minimum:"0"`
	Marked    string    `query:"marked" json:"marked,omitempty" enum:"yes,no"`
	Closed    string    `query:"closed" json:"closed,omitempty" enum:"yes,no" doc:"put aside as dealt with"`
	Status    []int64   `query:"status" json:"status,omitempty" maxItems:"50" doc:"contact status"`
	Group     []int64   `query:"group" json:"group,omitempty" maxItems:"200"`
	Agent     []int64   `query:"agent" json:"agent,omitempty" maxItems:"200"`
	Mine      bool      `query:"mine" json:"mine,omitempty" doc:"only the own calls"`
	Repeat    string    `query:"repeat" json:"repeat,omitempty" enum:"24,48" doc:"called before within so many hours"`
	Tag       []int64   `query:"tag" json:"tag,omitempty" maxItems:"50" doc:"call tags, each with those below it"`
	Quality   []int64   `query:"quality" json:"quality,omitempty" maxItems:"50" doc:"service-quality tags, each with those below it"`
	Assigned  string    `query:"assigned" json:"assigned,omitempty" enum:"no,open,settled"`
	Recording []string  `query:"recording" json:"recording,omitempty" enum:"none,waiting,stored,missing"`
	Talk      string    `query:"talk" json:"talk,omitempty" pattern:"^[0-9]*-[0-9]*$" maxLength:"20" doc:"seconds from-to; either may be left out" example:"60-"`
	Queue     string    `query:"queue" json:"queue,omitempty" pattern:"^[0-9]*-[0-9]*$" maxLength:"20" doc:"seconds from-to"`
	Ring      string    `query:"ring" json:"ring,omitempty" pattern:"^[0-9]*-[0-9]*$" maxLength:"20" doc:"seconds from-to"`
	Total     string    `query:"total" json:"total,omitempty" pattern:"^[0-9]*-[0-9]*$" maxLength:"20" doc:"seconds from-to, from the first ring to the hang-up"`
	Flow      int64     `query:"flow" json:"flow,omitempty" minimum:"0" doc:"calls that were in this flow; with version, node and exit the calls behind a figure of it"`
	Version   int64     `query:"version" json:"version,omitempty" minimum:"0" doc:"version of the flow"`
	Node      string    `query:"node" json:"node,omitempty" maxLength:"100" doc:"node of the flow"`
	Exit      string    `query:"exit" json:"exit,omitempty" maxLength:"60" doc:"exit by which they left the node; @left hung up there, @talked did so after a talk, @ended and @stopped"`
}

type callsIn struct {
	Paging
	CallSearch
}

type countIn struct{ CallSearch }

// CallCount tells how many calls a search finds.
type CallCount struct {
	Count int  `json:"count"`
	More  bool `json:"more,omitempty" doc:"there are more; counting stops where it would take long"`
}

// filter makes what the store searches by, within the actor's scope.
func (s *Server) filter(ctx context.Context, in CallSearch) (calls.Filter, error) {
	f := calls.Filter{
		From: in.From, To: in.To, EndedFrom: in.EndedFrom, EndedTo: in.EndedTo, ID: in.ID,
		Number: in.Number, Caller: in.Caller, Callee: in.Callee, Direction: calls.Direction(in.Direction),
		Outcomes: each(in.Outcome, func(o string) calls.Outcome { return calls.Outcome(o) }),
		Ratings:  in.Rating, Rated: calls.Rated(in.Rated), Located: yesNo(in.Located), Customer: in.Customer,
		Marked: yesNo(in.Marked), Closed: yesNo(in.Closed), Statuses: in.Status, Groups: in.Group, AgentIDs: in.Agent,
		Flow: in.Flow, Version: in.Version, Node: in.Node, Exit: in.Exit,
		Tags: in.Tag, Quality: in.Quality, Assigned: calls.Given(in.Assigned),
		Recordings: each(in.Recording, func(r string) calls.RecState { return calls.RecState(r) }),
	}
	f.Repeat, _ = strconv.Atoi(in.Repeat) // one of the enum's words, or none
	if in.Missed {
		f.Direction = calls.In
		if len(f.Outcomes) == 0 {
			f.Outcomes = calls.Missed
		}
	}
	for _, r := range []struct {
		name, text string
		from, to   **float64
	}{
		{"talk", in.Talk, &f.TalkMin, &f.TalkMax}, {"queue", in.Queue, &f.QueueMin, &f.QueueMax},
		{"ring", in.Ring, &f.RingMin, &f.RingMax}, {"total", in.Total, &f.TotalMin, &f.TotalMax},
	} {
		if err := spanOf(r.name, r.text, r.from, r.to); err != nil {
			return f, err
		}
	}
	seen, err := s.visible(ctx)
	switch {
	case err != nil:
		return f, err
	case in.Mine:
		f.Agents = []int64{actorOf(ctx).UserID}
	case !seen.All:
		f.Agents = append([]int64{}, seen.Users...)
	}
	return f, nil
}

func yesNo(word string) *bool {
	if word == "" {
		return nil
	}
	yes := word == "yes"
	return &yes
}

// spanOf reads a range of seconds: 60-300, 60- or -300.
func spanOf(field, text string, from, to **float64) error {
	low, high, _ := strings.Cut(text, "-")
	for _, end := range []struct {
		word string
		at   **float64
	}{{low, from}, {high, to}} {
		if end.word == "" {
			continue
		}
		n, err := strconv.ParseFloat(end.word, 64)
		if err != nil {
			return fault.New(fault.Invalid, "range.form", "a range of seconds is written 60-300, 60- or -300").On(field)
		}
		*end.at = &n
	}
	return nil
}

func (s *Server) listCalls(ctx context.Context, in *callsIn) (*Body[Page[CallView]], error) {
	f, err := s.filter(ctx, in.CallSearch)
	if err != nil {
		return nil, err
	}
	f.After, f.Limit = in.Cursor, in.Limit
	rows, next, err := s.parts.Calls.List(ctx, actorOf(ctx).AccountID, f)
	if err != nil {
		return nil, err
	}
	views, err := s.callViews(ctx, rows)
	if err != nil {
		return nil, err
	}
	return body(Page[CallView]{Items: views, Next: next}), nil
}

// callViews shows records with their labels.
func (s *Server) callViews(ctx context.Context, rows []calls.Record) ([]CallView, error) {
	account := actorOf(ctx).AccountID
	labels, err := s.parts.Calls.Labels(ctx, account, "")
	if err != nil {
		return nil, err
	}
	tags, err := s.parts.Calls.TagsOf(ctx, account, each(rows, func(r calls.Record) string { return r.ID }))
	if err != nil {
		return nil, err
	}
	return each(rows, func(r calls.Record) CallView {
		v := callView(r)
		v.Status = calls.LabelPath(labels, r.StatusID)
		v.Tags = each(tags[r.ID], func(id int64) CallTag { return callTag(labels, id) })
		return v
	}), nil
}

func (s *Server) countCalls(ctx context.Context, in *countIn) (*Body[CallCount], error) {
	f, err := s.filter(ctx, in.CallSearch)
	if err != nil {
		return nil, err
	}
	n, more, err := s.parts.Calls.Count(ctx, actorOf(ctx).AccountID, f)
	if err != nil {
		return nil, err
	}
	return body(CallCount{Count: n, More: more}), nil
}

func (s *Server) callRatings(ctx context.Context, _ *nothingIn) (*Body[List[string]], error) {
	words, err := s.parts.Calls.Ratings(ctx, actorOf(ctx).AccountID)
	if err != nil {
		return nil, err
	}
	return body(List[string]{Items: words}), nil
}
