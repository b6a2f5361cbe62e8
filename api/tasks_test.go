package api

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"switchdesk/accounts"
	"switchdesk/calls"
	"switchdesk/internal/xlsx"
	"switchdesk/jobs"
)

// working runs the house's tasks until the test ends.
func (h *house) working() {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.parts.Jobs.Run(ctx) }()
	h.t.Cleanup(func() { stop(); must(h.t, <-ended) })
}

func (b *browser) finished(id int64) TaskView {
	b.h.t.Helper()
	var v TaskView
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) { // polling a condition
		b.get(fmt.Sprint("/api/tasks/", id)).into(b.h.t, &v)
		if v.State != "waiting" && v.State != "running" {
			return v
		}
		if time.Now().After(end) {
			b.h.t.Fatalf("task %d is still %s", id, v.State)
		}
	}
}

func sheetRows(t *testing.T, data []byte) [][]string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	must(t, err)
	defer f.Close() //nolint:errcheck // only read from
	rows, err := f.GetRows(f.GetSheetName(0))
	must(t, err)
	return rows
}

func firstCells(rows [][]string) []string {
	var out []string
	for _, row := range rows[1:] {
		out = append(out, row[0])
	}
	slices.Sort(out)
	return out
}

// Few calls come at once, within the asker's scope, and the audit log says so.
func TestExportAtOnce(t *testing.T) {
	h := newHouse(t)
	for _, c := range []struct {
		who  *browser
		body map[string]any
		want []string
	}{
		{h.as(h.north, h.north.admin), map[string]any{"filter": map[string]any{}}, []string{h.north.waiting, h.north.missing, h.north.foreign, h.north.call}},
		{h.as(h.north, h.north.admin), map[string]any{"filter": map[string]any{}, "ids": []string{h.north.call, h.south.call}, "trail": true}, []string{h.north.call}},
		{h.as(h.north, h.north.lead), map[string]any{"filter": map[string]any{}}, []string{h.north.waiting, h.north.missing, h.north.call}},
		{h.as(h.north, h.north.lead), map[string]any{"filter": map[string]any{}, "mine": true}, nil},
	} {
		slices.Sort(c.want)
		got := c.who.do("POST", "/api/calls/export", c.body)
		if got.status != http.StatusOK || got.header.Get("Content-Type") != xlsx.ContentType {
			t.Fatalf("%d %s", got.status, got.body)
		}
		_, params, err := mime.ParseMediaType(got.header.Get("Content-Disposition"))
		if err != nil || params["filename"] != "通话记录-20261122-160000.xlsx" {
			t.Errorf("file %q: %v", params["filename"], err)
		}
		rows := sheetRows(t, got.body)
		if !slices.Equal(firstCells(rows), c.want) {
			t.Errorf("%v: %q, want %q", c.body, firstCells(rows), c.want)
		}
		if c.body["trail"] == true && rows[1][24] != "主菜单 [1]" {
			t.Errorf("trail %q", rows[1])
		}
	}
	if got := h.as(h.north, h.north.agent).do("POST", "/api/calls/export", map[string]any{"filter": map[string]any{}}); got.status != http.StatusForbidden {
		t.Errorf("an agent exports: %d", got.status)
	}
	log, err := h.parts.Accounts.AuditLog(context.Background(), h.north.actor, accounts.AuditFilter{Action: calls.KindRecords})
	must(t, err)
	if len(log) != 4 || string(log[3].Detail) != `{"rows":4,"trail":false}` {
		t.Errorf("audit: %+v", log)
	}
}

// A task's file is its owner's, for as long as they have the right, until it
// expires.
func TestExportTasks(t *testing.T) {
	h := newHouse(t)
	h.working()
	admin, lead := h.as(h.north, h.north.admin), h.as(h.north, h.north.lead)
	got := lead.do("POST", "/api/calls/export", map[string]any{"filter": map[string]any{}, "task": true})
	var task TaskView
	if got.status != http.StatusAccepted {
		t.Fatalf("%d %s", got.status, got.body)
	}
	got.status = 200
	got.into(t, &task)
	if task = lead.finished(task.ID); task.State != "done" || task.Rows != 3 || task.ExpiresAt == nil || task.ExpiresAt.Sub(*task.FinishedAt) != jobs.Keep {
		t.Fatalf("%+v", task)
	}
	path := fmt.Sprint("/api/tasks/", task.ID)
	file := lead.get(path + "/file")
	z, err := zip.NewReader(bytes.NewReader(file.body), int64(len(file.body)))
	if err != nil || len(z.File) != 1 || z.File[0].Name != "通话记录.xlsx" || int64(len(file.body)) != task.Bytes {
		t.Fatalf("%d %v", file.status, err)
	}
	other := h.as(h.north, h.north.agent)
	for _, p := range []string{path, path + "/file"} {
		if got := other.get(p); got.status != http.StatusNotFound {
			t.Errorf("somebody else's %s: %d", p, got.status)
		}
	}
	if got := admin.get(path + "/file"); got.status != http.StatusOK {
		t.Errorf("an administrator: %d %s", got.status, got.body)
	}
	if got := other.get("/api/tasks?all=true"); got.status != http.StatusForbidden {
		t.Errorf("everybody's tasks: %d", got.status)
	}
	var page Page[TaskView]
	admin.get("/api/tasks?all=true").into(t, &page)
	if len(page.Items) != 2 || page.Items[0].ID != task.ID {
		t.Errorf("%+v", page)
	}
	h.clock.Advance(jobs.Keep + time.Minute)
	must(t, h.parts.Jobs.Expire(context.Background()))
	lead = h.as(h.north, h.north.lead)
	if got := lead.get(path + "/file"); got.status != http.StatusNotFound || got.code() != "job.expired" {
		t.Errorf("an expired file: %d %s", got.status, got.body)
	}
}

func TestRecordingsTask(t *testing.T) {
	h := newHouse(t)
	h.working()
	admin := h.as(h.north, h.north.admin)
	got := admin.do("POST", "/api/calls/recordings/export", map[string]any{"filter": map[string]any{}})
	if got.status != http.StatusAccepted {
		t.Fatalf("%d %s", got.status, got.body)
	}
	var task TaskView
	got.status = 200
	got.into(t, &task)
	if task = admin.finished(task.ID); task.State != "done" || task.Rows != 2 || task.Missing != 2 {
		t.Fatalf("%+v", task)
	}
	only := h.withRights(h.north, "8101", accounts.CallsExport, accounts.AccountManage)
	if got := only.get(fmt.Sprintf("/api/tasks/%d/file", task.ID)); got.status != http.StatusForbidden {
		t.Errorf("recordings without calls.download: %d", got.status)
	}
}

func TestRetentionRules(t *testing.T) {
	h := newHouse(t)
	admin := h.as(h.north, h.north.admin)
	var v RetentionView
	admin.get("/api/retention").into(t, &v)
	if v.RecordDays != 0 || v.RecordingDays != 0 || v.UpdatedAt != nil {
		t.Errorf("%+v", v)
	}
	if got := admin.do("PUT", "/api/retention", map[string]any{"recording_days": 0, "record_days": 30}); got.status != http.StatusUnprocessableEntity || got.code() != "retention.order" {
		t.Errorf("recordings for longer than records: %d %s", got.status, got.body)
	}
	admin.do("PUT", "/api/retention", map[string]any{"recording_days": 90, "record_days": 365}).into(t, &v)
	if got := admin.do("PUT", "/api/calls/"+h.north.call+"/hold", map[string]any{"held": true, "reason": "诉讼"}); got.status != http.StatusNoContent {
		t.Fatalf("%d %s", got.status, got.body)
	}
	admin.get("/api/retention").into(t, &v)
	if v.RecordDays != 365 || v.RecordingDays != 90 || v.Held != 1 || v.UpdatedAt == nil {
		t.Errorf("%+v", v)
	}
	var call CallPage
	admin.get("/api/calls/"+h.north.call).into(t, &call)
	if !call.Held {
		t.Error("the call is not held")
	}
}
