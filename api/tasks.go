package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"

	"switchdesk/accounts"
	"switchdesk/calls"
	"switchdesk/internal/fault"
	"switchdesk/jobs"
)

// TaskView is a piece of long work.
type TaskView struct {
	ID         int64      `json:"id"`
	Kind       string     `json:"kind" doc:"calls.export, recordings.zip" example:"calls.export"`
	Title      string     `json:"title"`
	Owner      string     `json:"owner"`
	OwnerID    int64      `json:"owner_id"`
	State      string     `json:"state" enum:"waiting,running,done,failed,cancelled,expired" doc:"expired: 已失效, its file has been deleted"`
	Done       int64      `json:"done"`
	Total      int64      `json:"total" doc:"0: not known yet"`
	Attempts   int        `json:"attempts"`
	Stopping   bool       `json:"stopping,omitempty" doc:"will be cancelled in a moment"`
	Error      string     `json:"error,omitempty"`
	ErrorCode  string     `json:"error_code,omitempty"`
	File       string     `json:"file,omitempty" doc:"name of its result"`
	Bytes      int64      `json:"bytes,omitempty"`
	Rows       int64      `json:"rows,omitempty" doc:"in the result"`
	Missing    int        `json:"missing,omitempty" doc:"recordings that are not in the result"`
	CreatedAt  time.Time  `json:"created_at"`
	FinishedAt *time.Time `json:"finished_at,omitempty"`
	ExpiresAt  *time.Time `json:"expires_at,omitempty" doc:"when the file is deleted"`
}

// TaskNotice tells a person live how their own long work stands; it goes out
// on the notices topic.
type TaskNotice struct {
	Kind string   `json:"kind" enum:"task"`
	Task TaskView `json:"task"`
}

// TaskOf is how a job is shown.
func TaskOf(j jobs.Job) TaskView {
	v := TaskView{
		ID: j.ID, Kind: j.Kind, Title: j.Title, Owner: j.OwnerName, OwnerID: j.OwnerID, State: string(j.State), Done: j.Done, Total: j.Total,
		Attempts: j.Attempts, Stopping: j.Cancel && j.Active(), Error: j.Error, ErrorCode: j.ErrorCode, File: j.ResultName, Bytes: j.ResultBytes,
		CreatedAt: j.CreatedAt.UTC(), FinishedAt: utc(j.FinishedAt), ExpiresAt: utc(j.ExpiresAt),
	}
	var note calls.Note
	if json.Unmarshal([]byte(j.ResultNote), &note) == nil {
		v.Rows, v.Missing = note.Rows, note.Missing
	}
	return v
}

type tasksIn struct {
	Paging
	All bool `query:"all" doc:"everybody's, with account.manage"`
}

func (s *Server) listTasks(ctx context.Context, in *tasksIn) (*Body[Page[TaskView]], error) {
	actor := actorOf(ctx)
	before, err := idCursor(in.Cursor)
	if err != nil {
		return nil, err
	}
	f := jobs.Filter{Owner: actor.UserID, Before: before, Limit: in.Limit}
	if in.All {
		if !actor.Can(accounts.AccountManage) {
			return nil, lacks(accounts.AccountManage)
		}
		f.Owner = 0
	}
	rows, err := s.parts.Jobs.List(ctx, actor.AccountID, f)
	if err != nil {
		return nil, err
	}
	page := Page[TaskView]{Items: each(rows, TaskOf)}
	if len(rows) > 0 && len(rows) == in.Limit {
		page.Next = cursorOf(fmt.Sprint(rows[len(rows)-1].ID))
	}
	return body(page), nil
}

func lacks(right accounts.Right) error {
	return fault.New(fault.Forbidden, "right.missing", "your role lacks the right %q; ask an administrator", string(right))
}

// task reads a task that the actor may see: their own, or any with
// account.manage.
func (s *Server) task(ctx context.Context, id int64) (jobs.Job, error) {
	actor := actorOf(ctx)
	j, err := s.parts.Jobs.Get(ctx, actor.AccountID, id)
	if err == nil && j.OwnerID != actor.UserID && !actor.Can(accounts.AccountManage) {
		return jobs.Job{}, fault.New(fault.NotFound, "job.unknown", "there is no task %d", id)
	}
	return j, err
}

func (s *Server) getTask(ctx context.Context, in *ByID) (*Body[TaskView], error) {
	j, err := s.task(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return body(TaskOf(j)), nil
}

func (s *Server) cancelTask(ctx context.Context, in *ByID) (*Body[TaskView], error) {
	return s.steerTask(ctx, in.ID, "task.cancel", s.parts.Jobs.Cancel)
}

func (s *Server) retryTask(ctx context.Context, in *ByID) (*Body[TaskView], error) {
	return s.steerTask(ctx, in.ID, "task.retry", s.parts.Jobs.Retry)
}

func (s *Server) steerTask(ctx context.Context, id int64, action string, do func(context.Context, int64, int64) (jobs.Job, error)) (*Body[TaskView], error) {
	if _, err := s.task(ctx, id); err != nil {
		return nil, err
	}
	actor := actorOf(ctx)
	j, err := do(ctx, actor.AccountID, id)
	if err != nil {
		return nil, err
	}
	if err := s.accounts.Record(ctx, actor, action, "task", fmt.Sprint(id), nil); err != nil {
		return nil, err
	}
	return body(TaskOf(j)), nil
}

// rightOf is what a kind's result asks for when it is fetched: the right may
// have been lost since the task was made.
var rightOf = map[string]accounts.Right{calls.KindRecords: accounts.CallsExport, calls.KindRecordings: accounts.CallsDownload}

func (s *Server) taskFile(ctx context.Context, in *ByID) (*huma.StreamResponse, error) {
	j, err := s.task(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	actor := actorOf(ctx)
	if right := rightOf[j.Kind]; right != "" && !actor.Can(right) {
		return nil, lacks(right)
	}
	switch {
	case j.State == jobs.Expired:
		return nil, fault.New(fault.NotFound, "job.expired", "this file's time is up and it has been deleted; make the task anew")
	case j.State != jobs.Done || j.ResultKey == "":
		return nil, fault.New(fault.Conflict, "job.no_file", "this task has no file to fetch")
	}
	content, info, err := s.parts.Blobs.Get(ctx, j.ResultKey)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "job.file_gone", "the file is not in the store any more; make the task anew").Because(err)
	}
	if err != nil {
		return nil, err
	}
	if err := s.accounts.Record(ctx, actor, "task.download", "task", fmt.Sprint(j.ID), map[string]any{"file": j.ResultName}); err != nil {
		content.Close() //nolint:errcheck // only read from
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer content.Close() //nolint:errcheck // only read from
		c := humaecho.Unwrap(hc)
		asFile(c.Response().Header(), "application/zip", j.ResultName)
		http.ServeContent(c.Response(), c.Request(), "", info.Modified, content)
	}}, nil
}

// asFile has the browser save what comes, under a name that may be Chinese.
func asFile(h http.Header, contentType, name string) {
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
}
