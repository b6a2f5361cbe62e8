package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"

	"switchdesk/calls"
	"switchdesk/internal/xlsx"
	"switchdesk/jobs"
)

// ExportInput says which calls are exported.
type ExportInput struct {
	Filter CallSearch `json:"filter"`
	Mine   bool       `json:"mine,omitempty" doc:"only the own calls"`
	IDs    []string   `json:"ids,omitempty" maxItems:"1000" doc:"these calls alone"`
	Trail  bool       `json:"trail,omitempty" doc:"with the IVR trail (IVR轨迹)"`
	Task   bool       `json:"task,omitempty" doc:"as a task, however few they are"`
}

type exportIn struct{ Body ExportInput }

func (s *Server) wanted(ctx context.Context, in ExportInput) (calls.Wanted, error) {
	f, err := s.filter(ctx, in.Filter)
	w := calls.Wanted{Filter: f, IDs: in.IDs, Trail: in.Trail, Mine: in.Mine || in.Filter.Mine}
	if err == nil {
		err = w.Check()
	}
	return w, err
}

// exportCalls sends the workbook at once up to the manual's limits (10,000
// calls, 5,000 with the trail); beyond them it makes a task.
func (s *Server) exportCalls(ctx context.Context, in *exportIn) (*huma.StreamResponse, error) {
	actor := actorOf(ctx)
	w, err := s.wanted(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	sc, err := s.parts.Exports.Scope(ctx, actor.AccountID, actor.UserID, false)
	if err != nil {
		return nil, err
	}
	most := calls.DirectRows
	if w.Trail {
		most = calls.DirectWithTrail
	}
	n := most + 1
	if !in.Body.Task {
		if n, err = s.parts.Exports.Store.CountUpTo(ctx, actor.AccountID, w, sc, most); err != nil {
			return nil, err
		}
	}
	if n > most {
		return s.exportTask(ctx, calls.KindRecords, w)
	}
	var buf bytes.Buffer // a megabyte or two; so a failure is told, and no half file sent
	rows, err := s.parts.Exports.WriteWorkbook(ctx, &buf, actor.AccountID, w, sc)
	if err != nil {
		return nil, err
	}
	if err := s.accounts.Record(ctx, actor, calls.KindRecords, "calls", "", map[string]any{"rows": rows, "trail": w.Trail}); err != nil {
		return nil, err
	}
	name := fmt.Sprintf("%s-%s.xlsx", calls.ExportName(sc.Language), s.now().In(actor.Location()).Format("20060102-150405"))
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		c := humaecho.Unwrap(hc)
		asFile(c.Response().Header(), xlsx.ContentType, name)
		c.Response().Header().Set("Content-Length", fmt.Sprint(buf.Len()))
		c.Response().WriteHeader(http.StatusOK)
		_, _ = c.Response().Write(buf.Bytes()) // who left needs no answer
	}}, nil
}

// exportTask makes a task and answers 202 with it.
func (s *Server) exportTask(ctx context.Context, kind string, w calls.Wanted) (*huma.StreamResponse, error) {
	view, err := s.addExport(ctx, kind, w)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(view)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		c := humaecho.Unwrap(hc)
		c.Response().Header().Set("Content-Type", "application/json")
		c.Response().WriteHeader(http.StatusAccepted)
		_, _ = c.Response().Write(raw) // who left needs no answer
	}}, nil
}

func (s *Server) addExport(ctx context.Context, kind string, w calls.Wanted) (TaskView, error) {
	actor := actorOf(ctx)
	if w.Filter.To.IsZero() {
		w.Filter.To = s.now() // what comes in meanwhile is for the next one
	}
	j, err := s.parts.Jobs.Add(ctx, jobs.New{AccountID: actor.AccountID, Kind: kind, OwnerID: actor.UserID, OwnerName: actor.Name, Input: w})
	if err != nil {
		return TaskView{}, err
	}
	if err := s.accounts.Record(ctx, actor, kind, "task", fmt.Sprint(j.ID), w); err != nil {
		return TaskView{}, err
	}
	return TaskOf(j), nil
}

func (s *Server) exportRecordings(ctx context.Context, in *exportIn) (*Body[TaskView], error) {
	w, err := s.wanted(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	view, err := s.addExport(ctx, calls.KindRecordings, w)
	if err != nil {
		return nil, err
	}
	return body(view), nil
}

// accepted makes a POST answer 202: the work is done later.
func accepted(op *huma.Operation) { op.DefaultStatus = http.StatusAccepted }

// workbook describes an answer that is a workbook, or a task.
func workbook(op *huma.Operation) {
	file := map[string]*huma.MediaType{xlsx.ContentType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}
	task := map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Ref: "#/components/schemas/TaskView"}}}
	op.Responses = map[string]*huma.Response{
		"200": {Description: "The workbook", Content: file},
		"202": {Description: "A task was made", Content: task},
	}
}

// archive describes a task's file.
func archive(op *huma.Operation) {
	file := map[string]*huma.MediaType{"application/zip": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}
	op.Responses = map[string]*huma.Response{
		"200": {Description: "The whole file", Content: file},
		"206": {Description: "The range that was asked for", Content: file},
		"416": {Description: "There is no such range"},
	}
}
