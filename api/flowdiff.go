package api

import (
	"context"
	"strconv"

	"switchdesk/flows"
	"switchdesk/internal/fault"
)

type diffIn struct {
	ByID
	From string `query:"from" maxLength:"20" doc:"number of a version, or draft" required:"true"`
	To   string `query:"to" maxLength:"20" doc:"number of a version, or draft" required:"true"`
}

// side reads one side of a comparison: a version, or the draft.
func (s *Server) side(ctx context.Context, flow int64, which, field string) (FlowDiffSide, []byte, error) {
	account := actorOf(ctx).AccountID
	if which == "draft" {
		d, err := s.parts.Flows.Draft(ctx, account, flow)
		return FlowDiffSide{Document: documentOf([]byte(d.Source))}, []byte(d.Source), err
	}
	n, err := strconv.ParseInt(which, 10, 64)
	if err != nil || n < 1 {
		return FlowDiffSide{}, nil, fault.New(fault.Invalid, "flow.side", "name a version by its number, or say draft").On(field)
	}
	v, err := s.parts.Flows.Version(ctx, account, flow, n)
	return FlowDiffSide{Number: n, Document: documentOf([]byte(v.Source))}, []byte(v.Source), err
}

// diffFlow tells what is different between two versions of a flow.
func (s *Server) diffFlow(ctx context.Context, in *diffIn) (*Body[FlowDiff], error) {
	if _, err := s.parts.Flows.Get(ctx, actorOf(ctx).AccountID, in.ID); err != nil {
		return nil, err
	}
	from, a, err := s.side(ctx, in.ID, in.From, "from")
	if err != nil {
		return nil, err
	}
	to, b, err := s.side(ctx, in.ID, in.To, "to")
	if err != nil {
		return nil, err
	}
	changes, err := flows.Diff(a, b)
	if err != nil {
		return nil, err
	}
	if changes == nil {
		changes = []flows.Change{}
	}
	return body(FlowDiff{From: from, To: to, Changes: changes}), nil
}

// flowSamples are the ready-made flows.
func (s *Server) flowSamples(context.Context, *nothingIn) (*Body[List[FlowSample]], error) {
	return list(flows.Samples(), func(f flows.Sample) FlowSample {
		return FlowSample{Name: f.Name, Title: f.Title, Help: f.About, Source: string(f.Source), Document: documentOf([]byte(f.Source))}
	}), nil
}

func sampleNamed(name string) (flows.Sample, bool) {
	for _, f := range flows.Samples() {
		if f.Name == name {
			return f, true
		}
	}
	return flows.Sample{}, false
}
