package api

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"switchdesk/applications"
)

func (b *browser) upload(path string, data []byte) answer {
	b.h.t.Helper()
	req, err := http.NewRequest(http.MethodPut, b.h.http.URL+path, bytes.NewReader(data))
	must(b.h.t, err)
	req.Header.Set("X-Requested-With", "test")
	req.Header.Set("Content-Type", "application/octet-stream")
	req.AddCookie(&http.Cookie{Name: CookieName, Value: b.cookie})
	return b.send(req)
}

// From the agent's wish to the administrator's answer: who sees it, who is
// told, what stands in the audit log.
func TestApplyingForAConfiguration(t *testing.T) {
	h := newHouse(t)
	ann, bob, admin := h.as(h.north, h.north.agent), h.as(h.north, h.north.other), h.as(h.north, h.north.admin)
	var a ApplicationView
	ann.do("POST", "/api/applications", map[string]any{"contact": "13900010001", "description": "周末也接听", "number_id": h.north.number.ID}).into(t, &a)
	if a.State != "new" || a.Number != h.north.number.Number || a.By != "座席丙" {
		t.Errorf("%+v", a)
	}
	path := fmt.Sprintf("/api/applications/%d", a.ID)
	if got := ann.upload(path+"/file?name=%E8%8D%89%E5%9B%BE.html", []byte("<script>alert(1)</script>")); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got := ann.upload(path+"/file?name=ten.png", make([]byte, applications.MaxFile)); got.status != http.StatusOK {
		t.Errorf("ten megabytes: %d %s", got.status, got.body)
	}
	if got := ann.upload(path+"/file?name=more.png", make([]byte, applications.MaxFile+2)); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("more than ten megabytes: %d %s", got.status, got.body)
	}
	if got := ann.upload(path+"/file?name=%E8%8D%89%E5%9B%BE.html", []byte("<script>alert(1)</script>")); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	file := admin.get(path + "/file")
	if file.status != http.StatusOK || file.header.Get("Content-Type") != "application/octet-stream" ||
		!strings.HasPrefix(file.header.Get("Content-Disposition"), "attachment; filename*=utf-8''") || !strings.Contains(file.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%d %v", file.status, file.header)
	}
	for _, url := range []string{path, path + "/file"} {
		if got := bob.get(url); got.status != http.StatusNotFound {
			t.Errorf("a colleague reads %s: %d %s", url, got.status, got.body)
		}
	}
	if got := ann.do("PUT", path, map[string]any{"state": "done"}); got.status != http.StatusForbidden {
		t.Errorf("settled by the applicant: %d %s", got.status, got.body)
	}
	if got := admin.do("PUT", path, map[string]any{"state": "done", "flow_id": h.south.flow}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("another account's flow: %d %s", got.status, got.body)
	}
	var waiting WaitingCount
	if admin.get("/api/applications/waiting").into(t, &waiting); waiting.Count != 2 { // one stands in every house
		t.Errorf("%d wait", waiting.Count)
	}
	admin.do("PUT", path, map[string]any{"state": "accepted"}).into(t, &a)
	admin.do("PUT", path, map[string]any{"state": "done", "answer": "已上线", "flow_id": h.north.flow}).into(t, &a)
	if a.State != "done" || a.Flow != "主流程" || a.SettledBy != "管理员甲" {
		t.Errorf("%+v", a)
	}
	if got := admin.do("PUT", path, map[string]any{"state": "refused", "answer": "不"}); got.code() != "application.settled" {
		t.Errorf("%d %s", got.status, got.body)
	}
	h.told.Lock()
	notices := slices.Clone(h.notices)
	h.told.Unlock()
	account := h.north.account.ID
	for _, want := range []string{
		fmt.Sprintf("%d %d {application.new %d 座席丙 }", account, h.north.admin.ID, a.ID),
		fmt.Sprintf("%d %d {application.settled %d 管理员甲 accepted}", account, h.north.agent.ID, a.ID),
		fmt.Sprintf("%d %d {application.settled %d 管理员甲 done}", account, h.north.agent.ID, a.ID),
	} {
		if !slices.Contains(notices, want) {
			t.Errorf("not told: %s\nof %q", want, notices)
		}
	}
	for _, n := range notices {
		if strings.HasPrefix(n, fmt.Sprintf("%d %d ", account, h.north.other.ID)) {
			t.Errorf("a colleague was told: %s", n)
		}
	}
	var mine, all Page[ApplicationView]
	ann.get("/api/applications?state=done").into(t, &mine)
	admin.get("/api/applications?limit=1").into(t, &all)
	if len(mine.Items) != 1 || len(all.Items) != 1 || all.Next == "" {
		t.Errorf("%+v %+v", mine, all)
	}
	var log Page[AuditView]
	admin.get("/api/audit?kind=application").into(t, &log)
	if len(log.Items) != 3 {
		t.Errorf("%d lines in the audit log", len(log.Items))
	}
}
