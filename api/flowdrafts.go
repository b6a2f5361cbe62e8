package api

import (
	"context"
	"encoding/json"

	"switchdesk/flows"
	"switchdesk/internal/fault"
)

type draftIn struct {
	ByID
	Body FlowDraftInput
}

type publishIn struct {
	ByID
	Body FlowPublishInput
}

type textNew struct{ Body FlowText }

// source is the text of a flow that came as text or as a document; the latter
// is written as YAML.
func (t FlowText) source() (file string, src []byte, err error) {
	file = t.File
	if file == "" {
		file = "flow.yaml"
	}
	if len(t.Document) == 0 || string(t.Document) == "null" {
		return file, []byte(t.Source), nil
	}
	src, err = flows.Write(t.Document)
	if err != nil {
		return file, nil, fault.New(fault.Invalid, "flow.document", "the document can't be written as a flow file: %s", err).On("document")
	}
	return file, src, nil
}

// documentOf is a flow file as JSON; nothing where it can't be read.
func documentOf(src []byte) json.RawMessage {
	doc, _ := flows.Document(src)
	if len(doc) == 0 {
		return nil
	}
	return doc
}

func (s *Server) draftView(ctx context.Context, d flows.Draft) (FlowDraft, error) {
	account := actorOf(ctx).AccountID
	names, err := s.userNames(ctx)
	if err != nil {
		return FlowDraft{}, err
	}
	refs, err := s.refs(ctx)
	if err != nil {
		return FlowDraft{}, err
	}
	view := FlowDraft{
		FlowDraftSaved: FlowDraftSaved{
			Revision: d.Revision, Base: d.Base, SavedAt: d.SavedAt.UTC(), SavedBy: names[d.SavedBy],
			Problems: problemViews(ctx, s.parts.Flows.Check(d.File, []byte(d.Source), refs)),
		},
		File: d.File, Source: d.Source, Document: documentOf([]byte(d.Source)),
	}
	view.Changed = d.Revision > 0
	if newest, err := s.parts.Flows.Newest(ctx, account, d.FlowID); err == nil {
		view.Changed = newest.Checksum != d.Checksum
	} else if fault.KindOf(err) != fault.NotFound {
		return FlowDraft{}, err
	}
	return view, nil
}

// flowDraft gives the work on a flow; that of the newest version where none
// was saved.
func (s *Server) flowDraft(ctx context.Context, in *ByID) (*Body[FlowDraft], error) {
	d, err := s.parts.Flows.Draft(ctx, actorOf(ctx).AccountID, in.ID)
	if err != nil {
		return nil, err
	}
	view, err := s.draftView(ctx, d)
	if err != nil {
		return nil, err
	}
	return body(view), nil
}

// saveDraft keeps a draft, faulty or not. Who works on an older revision than
// the newest hears who saved that one, and when.
func (s *Server) saveDraft(ctx context.Context, in *draftIn) (*Body[FlowDraftSaved], error) {
	actor := actorOf(ctx)
	file, src, err := in.Body.source()
	if err != nil {
		return nil, err
	}
	if in.Body.File == "" {
		file = "" // the flow's own name
	}
	d, err := s.parts.Flows.SaveDraft(ctx, actor.AccountID, flows.Work{
		Flow: in.ID, Revision: in.Body.Revision, File: file, Source: src, By: actor.UserID,
	})
	if d.Revision > 0 && fault.KindOf(err) == fault.Conflict {
		names, namesErr := s.userNames(ctx)
		if namesErr != nil {
			return nil, namesErr
		}
		return nil, withDetail(ctx, err, func(e *ErrorDetail) {
			e.Draft = &FlowDraftTheirs{Revision: d.Revision, SavedBy: names[d.SavedBy], SavedAt: d.SavedAt.UTC()}
		})
	}
	if err != nil {
		return nil, err
	}
	view, err := s.draftView(ctx, d)
	if err != nil {
		return nil, err
	}
	return body(view.FlowDraftSaved), nil
}

func (s *Server) dropDraft(ctx context.Context, in *ByID) (*Nothing, error) {
	if err := s.parts.Flows.DropDraft(ctx, actorOf(ctx).AccountID, in.ID); err != nil {
		return nil, err
	}
	return nil, s.noted(ctx, "flow.draft_delete", "flow", in.ID, nil)
}

// publishDraft makes the next version of the draft that the asker has seen.
func (s *Server) publishDraft(ctx context.Context, in *publishIn) (*Body[FlowUploaded], error) {
	actor := actorOf(ctx)
	refs, err := s.refs(ctx)
	if err != nil {
		return nil, err
	}
	v, problems, err := s.parts.Flows.Publish(ctx, actor.AccountID, in.ID, in.Body.Revision, in.Body.Note, actor.UserID, refs)
	if err != nil {
		return nil, withProblems(ctx, err, problems)
	}
	return s.uploaded(ctx, v, problems)
}

// uploaded answers for a version that was kept, and writes it down if it is new.
func (s *Server) uploaded(ctx context.Context, v flows.Version, problems []flows.Problem) (*Body[FlowUploaded], error) {
	r, err := s.parts.Flows.Get(ctx, actorOf(ctx).AccountID, v.FlowID)
	if err != nil {
		return nil, err
	}
	if !v.Same {
		if err := s.noted(ctx, "flow.upload", "flow", v.FlowID, map[string]any{
			"file": v.File, "version": v.Number, "checksum": v.Checksum,
		}); err != nil {
			return nil, err
		}
	}
	return body(FlowUploaded{ID: v.FlowID, Name: r.Name, Number: v.Number, Unchanged: v.Same, Problems: problemViews(ctx, problems)}), nil
}

// newFlow begins a flow with a draft: blank, or from one that comes with the
// product.
func (s *Server) newFlow(ctx context.Context, in FlowInput) (*Body[FlowUploaded], error) {
	actor := actorOf(ctx)
	src := []byte("name: " + `"` + in.Name + `"` + "\nstart: \"\"\nnodes: {}\n")
	if in.Sample != "" {
		sample, ok := sampleNamed(in.Sample)
		if !ok {
			return nil, fault.New(fault.Invalid, "flow.sample_unknown", "there is no ready-made flow %q", in.Sample).On("sample")
		}
		src = []byte(sample.Source)
		if named, ok := flows.Named(src, in.Name); ok {
			src = named
		}
	}
	r, err := s.parts.Flows.NewFlow(ctx, actor.AccountID, in.Name, src, actor.UserID)
	if err != nil {
		return nil, err
	}
	if err := s.noted(ctx, "flow.create", "flow", r.ID, map[string]any{"name": r.Name, "sample": in.Sample}); err != nil {
		return nil, err
	}
	return body(FlowUploaded{ID: r.ID, Name: r.Name, Problems: []Problem{}}), nil
}

// convertFlow gives a flow both ways, as text and as JSON, with what is wrong
// with it.
func (s *Server) convertFlow(ctx context.Context, in *textNew) (*Body[FlowConverted], error) {
	file, src, err := in.Body.source()
	if err != nil {
		return nil, err
	}
	refs, err := s.refs(ctx)
	if err != nil {
		return nil, err
	}
	return body(FlowConverted{
		Source: string(src), Document: documentOf(src), Problems: problemViews(ctx, s.parts.Flows.Check(file, src, refs)),
	}), nil
}
