package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"

	"context"

	"switchdesk/agents"
	"switchdesk/dialplan"
	"switchdesk/floor"
)

func TestFlowUpload(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.admin)
	changed := 0
	h.server.parts.Changed = func(context.Context, int64) error { changed++; return nil }
	bad := strings.Replace(goodFlow, "no_agent: 再见", "no_agent: 不存在", 1)
	got := b.do("POST", "/api/flows", map[string]any{"name": "新流程", "file": "bad.yaml", "source": bad})
	var refused ErrorBody
	must(t, json.Unmarshal(got.body, &refused))
	if got.status != http.StatusUnprocessableEntity || refused.Err.Code != "flow.refused" || len(refused.Err.Problems) == 0 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	p := refused.Err.Problems[0]
	if p.File != "bad.yaml" || p.Line == 0 || p.Node != "人工" || p.What == "" || p.Do == "" || p.Code == "" {
		t.Errorf("problem %+v", p)
	}
	if !strings.ContainsAny(p.What, "不没指向存在节点") {
		t.Errorf("the problem is not in Chinese: %s", p.What)
	}
	var flows List[FlowView]
	b.get("/api/flows").into(t, &flows)
	if len(flows.Items) != 1 {
		t.Errorf("a refused flow left something: %+v", flows.Items)
	}

	var up FlowUploaded
	first := b.do("POST", "/api/flows", map[string]any{"name": "新流程", "file": "good.yaml", "source": goodFlow, "note": "第一版"})
	first.into(t, &up)
	if first.status != http.StatusCreated || up.Number != 1 || up.ID == 0 {
		t.Fatalf("%d %s", first.status, first.body)
	}
	if changed != 0 {
		t.Error("an upload alone changed the live floor")
	}
	var page FlowPage
	b.get(fmt.Sprintf("/api/flows/%d", up.ID)).into(t, &page)
	if page.Active != 0 || page.Source != goodFlow || page.Version.Note != "第一版" || page.Version.CreatedBy != "管理员甲" {
		t.Errorf("%+v", page)
	}
	var view FlowView
	b.do("POST", fmt.Sprintf("/api/flows/%d/versions/1/activate", up.ID), nil).into(t, &view)
	if view.Active != 1 || changed != 1 {
		t.Errorf("activated: %+v, floor told %d times", view, changed)
	}
	var checked FlowChecked
	b.do("POST", fmt.Sprintf("/api/flows/%d/check", up.ID), nil).into(t, &checked)
	if !checked.OK {
		t.Errorf("check: %+v", checked)
	}
	b.do("POST", "/api/flows/check", map[string]any{"source": bad}).into(t, &checked)
	if checked.OK || len(checked.Problems) == 0 {
		t.Errorf("check of a bad one: %+v", checked)
	}
	if got := b.get(fmt.Sprintf("/api/flows/%d/versions/7", up.ID)); got.status != 404 {
		t.Errorf("a version that is not there: %d", got.status)
	}
}

func TestFlowUploadAsForm(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.admin)
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	must(t, w.WriteField("name", "表单流程"))
	part, err := w.CreateFormFile("file", "菜单.yaml")
	must(t, err)
	_, err = io.WriteString(part, goodFlow)
	must(t, err)
	must(t, w.Close())
	req, err := http.NewRequest("POST", h.http.URL+"/api/flows", &form)
	must(t, err)
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("X-Requested-With", "test")
	req.AddCookie(&http.Cookie{Name: CookieName, Value: b.cookie})
	var up FlowUploaded
	b.send(req).into(t, &up)
	var page FlowPage
	b.get(fmt.Sprintf("/api/flows/%d", up.ID)).into(t, &page)
	if page.Name != "表单流程" || page.Version.File != "菜单.yaml" || page.Source != goodFlow {
		t.Errorf("%+v", page)
	}
	for name, body := range map[string]string{"no form at all": "hello", "cut": "--x\r\nContent-Disposition: form-data; name=\"a\"", "empty": "--\r\n"} {
		req, err := http.NewRequest("POST", h.http.URL+"/api/flows", strings.NewReader(body))
		must(t, err)
		req.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		req.Header.Set("X-Requested-With", "test")
		req.AddCookie(&http.Cookie{Name: CookieName, Value: b.cookie})
		if got := b.send(req); got.status != 400 && got.status != 422 {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}

func TestAgentsWithTheirGroups(t *testing.T) {
	h := newHouse(t)
	n, b := h.north, h.as(h.north, h.north.admin)
	var made AgentView
	got := b.do("POST", "/api/agents", map[string]any{
		"name": "新座席", "login": "xin", "password": password, "number": "8020", "method": "mobile", "mobile": "13800000000",
		"role_id": n.roles["座席"], "superior_id": n.lead.ID, "groups": []any{map[string]any{"id": n.group.ID, "level": 7}},
	})
	got.into(t, &made)
	if got.status != http.StatusCreated || made.Method != "mobile" || made.Mobile != "13800000000" || made.Superior != "班长乙" ||
		len(made.Groups) != 1 || made.Groups[0].Level != 7 || made.Groups[0].Name != "售前" {
		t.Fatalf("%d %s", got.status, got.body)
	}
	path := fmt.Sprintf("/api/agents/%d", made.ID)
	change := func(extra map[string]any) answer {
		in := map[string]any{"name": "新座席", "login": "xin", "number": "8020", "role_id": n.roles["座席"], "superior_id": n.lead.ID}
		for k, v := range extra {
			in[k] = v
		}
		return b.do("PUT", path, in)
	}
	change(map[string]any{"name": "改名"}).into(t, &made)
	if made.Name != "改名" || len(made.Groups) != 1 || made.Method != "mobile" {
		t.Errorf("a change of name lost something: %+v", made)
	}
	change(map[string]any{"groups": []any{}}).into(t, &made)
	if len(made.Groups) != 0 {
		t.Errorf("still in %+v", made.Groups)
	}
	var group GroupView
	b.get(fmt.Sprintf("/api/groups/%d", n.group.ID)).into(t, &group)
	if len(group.Members) != 1 || group.Members[0].Agent != n.agent.ID || group.Members[0].Name != "座席丙" || group.Members[0].Number != "8001" {
		t.Errorf("the other member: %+v", group.Members)
	}
	for name, c := range map[string]struct {
		extra       map[string]any
		status      int
		code, field string
	}{
		"number taken":    {map[string]any{"number": "8001"}, 409, "user.number_taken", "number"},
		"login taken":     {map[string]any{"login": "ann"}, 409, "user.login_taken", "login"},
		"mobile missing":  {map[string]any{"method": "mobile"}, 422, "agent.mobile", "mobile"},
		"unknown group":   {map[string]any{"groups": []any{map[string]any{"id": 9999, "level": 1}}}, 422, "group.unknown", "groups"},
		"level out of it": {map[string]any{"groups": []any{map[string]any{"id": n.group.ID, "level": 11}}}, 422, "input.invalid", "groups[0].level"},
		"letters as 工号":   {map[string]any{"number": "abc"}, 422, "user.number", "number"},
	} {
		got := change(c.extra)
		var e ErrorBody
		_ = json.Unmarshal(got.body, &e)
		if got.status != c.status || e.Err.Code != c.code || e.Err.Field != c.field {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	var phone DeskPhoneNet
	b.do("POST", path+"/desk-phone", nil).into(t, &phone)
	if phone.User != dialplan.DeskUser(n.account.ID, "8020") || len(phone.Password) < 16 || phone.Domain != "switchdesk" {
		t.Errorf("desk phone %+v", phone)
	}
	change(map[string]any{"disabled": true}).into(t, &made)
	if !made.Disabled {
		t.Error("not disabled")
	}
	if got := b.get(path); bytes.Contains(got.body, []byte("password")) || bytes.Contains(got.body, []byte("argon2")) {
		t.Errorf("a person's view holds a secret: %s", got.body)
	}
}

// A supervisor may read names and groups of people, nothing more of them.
func TestPeopleWithoutTheRightToManage(t *testing.T) {
	h := newHouse(t)
	got := h.as(h.north, h.north.lead).get("/api/agents")
	var people List[AgentView]
	got.into(t, &people)
	if len(people.Items) != 5 {
		t.Errorf("%d people", len(people.Items))
	}
	for _, p := range people.Items {
		if p.Login != "" || p.Mobile != "" || p.RoleID != 0 || p.Email != "" {
			t.Errorf("too much is told: %+v", p)
		}
	}
}

func TestAdministrationIsLoggedAndTellsTheFloor(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.admin)
	changed := 0
	h.server.parts.Changed = func(_ context.Context, account int64) error {
		if account != h.north.account.ID {
			t.Errorf("account %d was changed", account)
		}
		changed++
		return nil
	}
	create := func(path string, body any) int64 {
		var made struct{ ID int64 }
		b.do("POST", path, body).into(t, &made)
		return made.ID
	}
	number := create("/api/numbers", map[string]any{"number": "0571 8765 4321", "name": "投诉", "enabled": true, "flow_id": h.north.flow})
	group := create("/api/groups", groupBody("投诉组"))
	trunk := create("/api/trunks", map[string]any{"name": "备用", "proxy": "sip2.example.com", "username": "u", "password": "s3cret-s3cret", "enabled": true})
	black := create("/api/blacklist", map[string]any{"number": "+86 138 1111 2222", "reason": "骚扰"})
	role := create("/api/roles", map[string]any{"name": "新角色", "rights": []string{"calls.read"}, "scope": "department"})
	department := create("/api/departments", map[string]any{"name": "投诉部"})
	if changed != 3 {
		t.Errorf("the floor was told %d times, want 3 (number, group, trunk)", changed)
	}
	if got := b.get(fmt.Sprintf("/api/trunks/%d", trunk)); bytes.Contains(got.body, []byte("s3cret")) || !bytes.Contains(got.body, []byte(`"has_password":true`)) {
		t.Errorf("trunk: %s", got.body)
	}
	b.do("PUT", fmt.Sprintf("/api/trunks/%d", trunk), map[string]any{"name": "备用2", "proxy": "sip2.example.com", "username": "u", "enabled": false}).into(t, &struct{}{})
	if got := b.get(fmt.Sprintf("/api/trunks/%d", trunk)); !bytes.Contains(got.body, []byte(`"has_password":true`)) {
		t.Errorf("a change without a password lost it: %s", got.body)
	}
	if !h.parts.CRM.Contains(h.north.account.ID, "13811112222") || h.parts.CRM.Contains(h.south.account.ID, "13811112222") {
		t.Error("the number is not refused, or is at the other account too")
	}
	for path, id := range map[string]int64{"numbers": number, "groups": group, "trunks": trunk, "blacklist": black, "roles": role, "departments": department} {
		if got := b.do("DELETE", fmt.Sprintf("/api/%s/%d", path, id), nil); got.status != http.StatusNoContent {
			t.Errorf("remove %s: %d %s", path, got.status, got.body)
		}
		if got := b.do("DELETE", fmt.Sprintf("/api/%s/%d", path, id), nil); got.status != http.StatusNotFound {
			t.Errorf("remove %s again: %d %s", path, got.status, got.body)
		}
	}
	var log Page[AuditView]
	audit := b.get("/api/audit?limit=200")
	audit.into(t, &log)
	actions := each(log.Items, func(a AuditView) string { return a.Action })
	for _, noun := range []string{"number", "group", "trunk", "blacklist", "role", "department"} {
		created := slices.ContainsFunc(actions, func(a string) bool { return strings.HasPrefix(a, noun+".") && !strings.HasSuffix(a, ".delete") })
		if !created || !slices.Contains(actions, noun+".delete") {
			t.Errorf("the audit log lacks %s: %v", noun, actions)
		}
	}
	if bytes.Contains(audit.body, []byte("s3cret")) {
		t.Error("a password is in the audit log")
	}
	var first Page[AuditView]
	b.get("/api/audit?limit=3").into(t, &first)
	var second Page[AuditView]
	b.get("/api/audit?limit=3&cursor="+first.Next).into(t, &second)
	if len(first.Items) != 3 || len(second.Items) != 3 || second.Items[0].ID >= first.Items[2].ID {
		t.Errorf("pages of the audit log: %+v then %+v", first.Items, second.Items)
	}
}

func TestAFlowInUseIsCheckedAgainstGroups(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.admin)
	if got := b.do("DELETE", fmt.Sprintf("/api/groups/%d", h.north.group.ID), nil); got.status != http.StatusNoContent {
		t.Fatalf("%d %s", got.status, got.body)
	}
	got := b.do("POST", fmt.Sprintf("/api/flows/%d/versions/1/activate", h.north.flow), nil)
	var e ErrorBody
	must(t, json.Unmarshal(got.body, &e))
	if got.status != 422 || len(e.Err.Problems) == 0 {
		t.Errorf("a flow whose group is gone came into force: %d %s", got.status, got.body)
	}
}

func TestBarAndWall(t *testing.T) {
	h := newHouse(t)
	n := h.north
	ann, lead := h.as(n, n.agent), h.as(n, n.lead)
	var bar floor.Bar
	ann.get("/api/bar").into(t, &bar)
	if bar.Agent != n.agent.ID || bar.State != string(agents.Offline) {
		t.Errorf("%+v", bar)
	}
	ann.do("POST", "/api/bar/state", map[string]any{"state": "break", "reason": "午餐"}).into(t, &bar)
	if bar.State != string(agents.Disconnected) { // signed in, but no phone is registered
		t.Errorf("%+v", bar)
	}
	var wall floor.Wall
	lead.get("/api/wall").into(t, &wall)
	if len(wall.Agents) != 4 {
		t.Errorf("%+v", wall)
	}
	steer := func(b *browser, agent int64, state string) answer {
		return b.do("POST", fmt.Sprintf("/api/wall/agents/%d/state", agent), map[string]any{"state": state})
	}
	if got := steer(lead, n.agent.ID, "busy"); got.status != http.StatusNoContent {
		t.Errorf("the lead steers: %d %s", got.status, got.body)
	}
	if got := steer(lead, n.other.ID, "busy"); got.status != http.StatusNotFound {
		t.Errorf("the lead steers somebody of another team: %d %s", got.status, got.body)
	}
	if got := steer(ann, n.agent.ID, "busy"); got.status != http.StatusForbidden {
		t.Errorf("an agent steers: %d", got.status)
	}
	var log Page[AuditView]
	h.as(n, n.admin).get("/api/audit?action=agent.state").into(t, &log)
	if len(log.Items) != 1 || log.Items[0].User != "班长乙" {
		t.Errorf("audit: %+v", log.Items)
	}
	ann.do("POST", "/api/bar/state", map[string]any{"state": "offline"}).into(t, &bar)
	if bar.State != string(agents.Offline) {
		t.Errorf("%+v", bar)
	}
	if got := ann.do("POST", "/api/bar/wrapup/finish", nil); got.status != http.StatusConflict {
		t.Errorf("finishing no wrap-up: %d %s", got.status, got.body)
	}
	var cred SoftphoneCredentials
	ann.do("POST", "/api/softphone/credentials", nil).into(t, &cred)
	if cred.User != dialplan.WebUser(n.account.ID, "8001") || cred.Password == "" || !cred.ExpiresAt.After(start) {
		t.Errorf("%+v", cred)
	}
}

func TestMethodIsKept(t *testing.T) {
	h := newHouse(t)
	ann := h.as(h.north, h.north.agent)
	var bar floor.Bar
	ann.do("PUT", "/api/bar/method", map[string]any{"method": "sip"}).into(t, &bar)
	var me Me
	ann.get("/api/me").into(t, &me)
	if bar.Method != "sip" || me.Agent.Method != "sip" {
		t.Errorf("bar %s, profile %s", bar.Method, me.Agent.Method)
	}
	if got := ann.do("PUT", "/api/bar/method", map[string]any{"method": "mobile"}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("mobile without a number: %d %s", got.status, got.body)
	}
}
