package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"switchdesk/accounts"
	"switchdesk/calls"
)

func problemsOf(t *testing.T, a answer) ErrorDetail {
	t.Helper()
	var e ErrorBody
	must(t, json.Unmarshal(a.body, &e))
	return e.Err
}

// begun is a flow with a draft, made over HTTP.
func begun(t *testing.T, b *browser, name, sample string) (path string) {
	t.Helper()
	var made FlowUploaded
	b.do("POST", "/api/flows", map[string]any{"name": name, "sample": sample}).into(t, &made)
	if made.Number != 0 || made.ID == 0 {
		t.Fatalf("%+v", made)
	}
	return fmt.Sprintf("/api/flows/%d", made.ID)
}

const menuDocument = `{"name":"新流程","start":"菜单","nodes":{
	"菜单":{"kind":"menu","at":[40,80],"play":["menu_main"],"keys":{"1":"售前","2":"留言"}},
	"售前":{"kind":"group","group":"售前","exits":{"no_agent":"留言"}},
	"留言":{"kind":"voicemail"}}}`

func TestAnAdminMakesAFlowFromNothing(t *testing.T) {
	h := newHouse(t)
	b, other := h.as(h.north, h.north.admin), h.as(h.north, h.north.chief)
	flow := begun(t, b, "新流程", "")
	var d FlowDraft
	b.get(flow+"/draft").into(t, &d)
	if d.Revision != 1 || d.Base != 0 || !d.Changed || len(d.Problems) == 0 || !strings.Contains(string(d.Document), "新流程") {
		t.Fatalf("%+v", d)
	}
	var page FlowPage
	b.get(flow).into(t, &page)
	if page.Latest != 0 || page.Version.Number != 0 || page.Version.Active || page.Source != "" || page.Draft == nil {
		t.Errorf("a flow without a version: %+v", page)
	}
	save := func(b *browser, revision int64, document string) answer {
		return b.do("PUT", flow+"/draft", map[string]any{"revision": revision, "document": json.RawMessage(document)})
	}
	faulty := strings.Replace(menuDocument, `"1":"售前"`, `"1":"没有"`, 1)
	var saved FlowDraftSaved
	save(b, 1, faulty).into(t, &saved)
	if saved.Revision != 2 || saved.SavedBy != "管理员甲" || !slices.ContainsFunc(saved.Problems, func(p Problem) bool { return p.Node == "菜单" && p.Path != "" }) {
		t.Errorf("%+v", saved)
	}
	if got := b.do("POST", flow+"/versions", map[string]any{"revision": 2}); got.status != 422 || len(problemsOf(t, got).Problems) == 0 {
		t.Errorf("a faulty draft became a version: %d %s", got.status, got.body)
	}
	save(other, 2, menuDocument).into(t, &saved)
	got := save(b, 2, faulty)
	if theirs := problemsOf(t, got).Draft; got.status != http.StatusConflict || theirs == nil || theirs.Revision != 3 || theirs.SavedBy != "主管戊" || theirs.SavedAt.IsZero() {
		t.Errorf("the second to save hears of the first: %d %s", got.status, got.body)
	}
	var up FlowUploaded
	b.do("POST", flow+"/versions", map[string]any{"revision": 3, "note": "第一版"}).into(t, &up)
	if up.Number != 1 || up.Name != "新流程" {
		t.Errorf("%+v", up)
	}
	b.get(flow+"/draft").into(t, &d)
	if d.Changed || d.Base != 1 || d.Revision != 3 {
		t.Errorf("behind its version a draft is nothing new: %+v", d)
	}
	b.do("POST", flow+"/versions/1/activate", nil).into(t, &page.FlowView)
	if page.Active != 1 {
		t.Errorf("%+v", page.FlowView)
	}
	for format, want := range map[string]string{"": "name: 新流程\n", "yaml": "name: 新流程\n", "json": "{\n"} {
		file := b.get(flow + "/versions/1/source?format=" + format)
		if format == "" {
			file = b.get(flow + "/versions/1/source")
		}
		if file.status != 200 || !strings.HasPrefix(string(file.body), want) || !strings.Contains(file.header.Get("Content-Disposition"), "filename*=UTF-8''%E6%96%B0") {
			t.Errorf("as %q: %d %v %.40q", format, file.status, file.header, file.body)
		}
	}
	save(b, 3, strings.Replace(menuDocument, `"kind":"voicemail"`, `"kind":"voicemail","max":30`, 1)).into(t, &saved)
	var diff FlowDiff
	b.get(flow+"/diff?from=1&to=draft").into(t, &diff)
	if len(diff.Changes) != 1 || diff.Changes[0].Node != "留言" || diff.From.Number != 1 || diff.To.Number != 0 || len(diff.To.Document) == 0 {
		t.Errorf("%+v", diff)
	}
	if got := b.do("POST", flow+"/rollback", nil); got.code() != "flow.no_older" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := b.do("DELETE", flow+"/draft", nil); got.status != 204 {
		t.Errorf("%d %s", got.status, got.body)
	}
	b.get(flow+"/draft").into(t, &d)
	if d.Revision != 0 || d.Changed || d.Base != 1 {
		t.Errorf("without a draft: %+v", d)
	}
}

func TestReadyMadeFlowsAreReady(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.admin)
	var list List[FlowSample]
	b.get("/api/flows/samples").into(t, &list)
	if len(list.Items) < 4 {
		t.Fatalf("%d ready-made flows", len(list.Items))
	}
	for i, f := range list.Items {
		if f.Title.ZH == "" || f.Title.EN == "" || f.Help.ZH == "" || len(f.Document) == 0 {
			t.Errorf("%+v", f)
		}
		name := fmt.Sprintf("我的%d", i)
		var d FlowDraft
		b.get(begun(t, b, name, f.Name)+"/draft").into(t, &d)
		if !strings.Contains(d.Source, name) || len(d.Document) == 0 {
			t.Errorf("%s: %.80s", f.Name, d.Source)
		}
	}
	if got := b.do("POST", "/api/flows", map[string]any{"name": "别的", "sample": "../../etc/passwd"}); got.code() != "flow.sample_unknown" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := b.do("POST", "/api/flows", map[string]any{}); got.code() != "flow.name" {
		t.Errorf("a flow without a name: %d %s", got.status, got.body)
	}
	var spec FlowSpec
	b.get("/api/flows/spec").into(t, &spec)
	if len(spec.Kinds) < 15 || len(spec.Builtins) < 50 || len(spec.Tones) == 0 || len(spec.Then) == 0 {
		t.Errorf("%d kinds, %d builtins", len(spec.Kinds), len(spec.Builtins))
	}
}

func TestAFailingCaseIsForcedWithAReasonAlone(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.admin)
	var up FlowUploaded
	b.do("POST", "/api/flows", map[string]any{"source": goodFlow + "cases:\n  - {name: 挂断, expect: {exit: hangup}}\n"}).into(t, &up)
	activate := fmt.Sprintf("/api/flows/%d/versions/%d/activate", up.ID, up.Number)
	got := b.do("POST", activate, nil)
	if e := problemsOf(t, got); got.status != http.StatusConflict || e.Code != "flow.cases" || len(e.Problems) != 1 || !strings.Contains(e.Problems[0].What, "挂断") {
		t.Errorf("%d %s", got.status, got.body)
	}
	for _, reason := range []string{"", "  "} {
		if got := b.do("POST", activate, map[string]any{"force": true, "reason": reason}); got.code() != "flow.reason" {
			t.Errorf("forced without a reason: %d %s", got.status, got.body)
		}
	}
	var view FlowView
	b.do("POST", activate, map[string]any{"force": true, "reason": "紧急切换"}).into(t, &view)
	if view.Active != up.Number {
		t.Errorf("%+v", view)
	}
	audit := string(b.get("/api/audit?action=flow.activate").body)
	if !strings.Contains(audit, "紧急切换") || !strings.Contains(audit, "挂断") || !strings.Contains(audit, `"forced":true`) {
		t.Errorf("the audit log does not tell that it was forced, why, and what failed: %s", audit)
	}
	var cases FlowCasesResult
	b.do("POST", "/api/flows/cases", map[string]any{"source": goodFlow + "cases:\n  - {name: 挂断, expect: {exit: hangup}}\n  - {name: 排队, expect: {group: 售前}}\n"}).into(t, &cases)
	if len(cases.Cases) != 2 || cases.Cases[0].OK || cases.Cases[0].Why == "" || !cases.Cases[1].OK || len(cases.Cases[1].Tried.Steps) == 0 {
		t.Errorf("%+v", cases)
	}
}

func TestWhatLeadsToAFlowIsNamed(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.admin)
	number := map[string]any{"number": h.north.number.Number, "name": "热线", "enabled": true, "flow_id": h.north.flow}
	if got := b.do("PUT", fmt.Sprintf("/api/numbers/%d", h.north.number.ID), number); got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	path := fmt.Sprintf("/api/flows/%d", h.north.flow)
	if e := problemsOf(t, b.do("DELETE", path, nil)); e.Code != "flow.used" || len(e.Uses) != 1 || e.Uses[0].Kind != "number" || e.Uses[0].Name != h.north.number.Number {
		t.Errorf("%+v", e)
	}
	number["flow_id"] = 0
	b.do("PUT", fmt.Sprintf("/api/numbers/%d", h.north.number.ID), number)
	var up FlowUploaded
	b.do("POST", "/api/flows", map[string]any{"source": "name: 入口\nstart: 去\nnodes:\n  去: {kind: flow, flow: 主流程}\n"}).into(t, &up)
	if got := b.do("POST", fmt.Sprintf("/api/flows/%d/versions/1/activate", up.ID), nil); got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	for method, body := range map[string]any{"DELETE": nil, "PUT": map[string]any{"name": "别名"}} {
		if e := problemsOf(t, b.do(method, path, body)); e.Code != "flow.used" || len(e.Uses) != 1 || e.Uses[0].Kind != "flow" || e.Uses[0].Name != "入口" {
			t.Errorf("%s: %+v", method, e)
		}
	}
	if got := b.do("DELETE", fmt.Sprintf("/api/flows/%d", up.ID), nil); got.status != 204 {
		t.Errorf("%d %s", got.status, got.body)
	}
	for _, do := range []func() answer{
		func() answer { return b.do("PUT", path, map[string]any{"name": "别名"}) },
		func() answer { return b.do("DELETE", path, nil) },
	} {
		if got := do(); got.status >= 300 {
			t.Errorf("%d %s", got.status, got.body)
		}
	}
	if got := b.get(path); got.status != http.StatusNotFound {
		t.Errorf("a removed flow: %d %s", got.status, got.body)
	}
}

func TestARenamedGroupBreaksNoFlow(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.admin)
	activate := fmt.Sprintf("/api/flows/%d/versions/1/activate", h.north.flow)
	if got := b.do("POST", activate, nil); got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	group := fmt.Sprintf("/api/groups/%d", h.north.group.ID)
	if e := problemsOf(t, b.do("DELETE", group, nil)); e.Code != "group.used" || len(e.Uses) != 1 || e.Uses[0].Name != "主流程" {
		t.Errorf("%+v", e)
	}
	if got := b.do("PUT", group, groupBody("华东售前")); got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	var faults List[FlowFaults]
	b.get("/api/flows/faults").into(t, &faults)
	if got := b.do("POST", activate, nil); got.status != 200 || len(faults.Items) != 0 {
		t.Errorf("the flow no longer finds its group: %d %s %+v", got.status, got.body, faults)
	}
	if e := problemsOf(t, b.do("POST", "/api/groups", groupBody("售前"))); e.Code != "group.name_used" || len(e.Uses) != 1 {
		t.Errorf("a new group takes the callers of another: %+v", e)
	}
	if e := problemsOf(t, b.do("DELETE", group, nil)); e.Code != "group.used" {
		t.Errorf("%+v", e)
	}
	// What slips through all the same is told.
	must(t, h.parts.Groups.Delete(context.Background(), h.north.account.ID, h.north.group.ID))
	b.get("/api/flows/faults").into(t, &faults)
	if len(faults.Items) != 1 || faults.Items[0].Name != "主流程" || faults.Items[0].Problems[0].Code != "group.missing" {
		t.Errorf("%+v", faults)
	}
}

func TestATrialStepsFromQuestionToQuestion(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.lead) // who may read flows may try them
	try := func(trial map[string]any, wait bool) map[string]any {
		t.Helper()
		var out map[string]any
		b.do("POST", "/api/flows/try", map[string]any{"document": json.RawMessage(menuDocument), "trial": trial, "wait": wait}).into(t, &out)
		return out
	}
	if out := try(map[string]any{}, true); out["exit"] != "waits" || out["waits"] == nil {
		t.Errorf("%v", out)
	}
	if out := try(map[string]any{"keys": []string{"1"}, "then": []string{"no_agent"}}, false); out["exit"] != "voicemail" || out["node"] != "留言" {
		t.Errorf("%v", out)
	}
	for field, trial := range map[string]map[string]any{
		"trial.at": {"at": "gestern"}, "trial.keys": {"keys": []string{"<script>"}}, "trial.then": {"then": []string{"whatever"}},
	} {
		if e := problemsOf(t, b.do("POST", "/api/flows/try", map[string]any{"document": json.RawMessage(menuDocument), "trial": trial})); e.Field != field {
			t.Errorf("%s: %+v", field, e)
		}
	}
	if e := problemsOf(t, b.do("POST", "/api/flows/try", map[string]any{"source": "name: x", "trial": map[string]any{}})); e.Code != "flow.refused" || len(e.Problems) == 0 {
		t.Errorf("%+v", e)
	}
}

func TestFlowFiguresTellWhereCallersWent(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.admin)
	var bundles []calls.Bundle
	for i := range 10 {
		id := newCallID()
		bundle := calls.Bundle{Account: h.north.account.ID, Day: "2026-11-22", Record: calls.Record{ID: id, AccountID: h.north.account.ID, Direction: calls.In, From: "13900001111", StartedAt: start, EndedAt: start, Outcome: calls.EndedInIVR}}
		add := func(node, kind, exit, how string) {
			n := len(bundle.Steps)
			bundle.Steps = append(bundle.Steps, calls.StepRow{AccountID: h.north.account.ID, CallID: id, Seq: n, At: start.Add(time.Duration(n) * time.Second), Node: node, Kind: kind, Exit: exit, How: how, FlowID: h.north.flow, Version: 1})
		}
		add("欢迎", "prompt", "next", "")
		if i < 4 {
			add("人工", "group", "", "left")
		} else {
			add("人工", "group", "no_agent", "")
			add("再见", "hangup", "", "ended")
		}
		bundles = append(bundles, bundle)
	}
	must(t, h.parts.Calls.Save(context.Background(), bundles))
	path := fmt.Sprintf("/api/flows/%d/figures", h.north.flow)
	var f FlowFigures
	b.get(path+"?from=2026-11-22&to=2026-11-22").into(t, &f)
	raw, _ := json.Marshal(f.Nodes)
	want := `[{"node":"欢迎","entered":10,"left":0,"talked":0,"ended":0,"stopped":0,"other":0,"now":0,"exits":[{"exit":"next","passed":10}]},` +
		`{"node":"人工","entered":10,"left":4,"talked":0,"ended":0,"stopped":0,"other":0,"now":0,"exits":[{"exit":"no_agent","passed":6}]},` +
		`{"node":"再见","entered":6,"left":0,"talked":0,"ended":6,"stopped":0,"other":0,"now":0,"exits":[]}]`
	if string(raw) != want || f.Version != 1 {
		t.Errorf("\n got %s\nwant %s", raw, want)
	}
	b.get(path+"?from=2026-11-23&to=2026-11-30").into(t, &f)
	if len(f.Nodes) != 0 {
		t.Errorf("on other days: %+v", f)
	}
	for query, status := range map[string]int{"?version=9": 404, "?from=yesterday": 422, "?version=-1": 422} {
		if got := b.get(path + query); got.status != status {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
}

// What is too large, too deep or no text is refused with a word, quickly.
func TestHostileFlowsAreRefused(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.admin)
	flow := fmt.Sprintf("/api/flows/%d", h.north.flow)
	deep := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	bodies := map[string]map[string]any{
		"5 MB of text":      {"revision": 0, "source": strings.Repeat("a", 5<<20+1)},
		"8 MB":              {"revision": 0, "source": strings.Repeat("a", 8<<20)},
		"NUL":               {"revision": 0, "source": "name: a\x00b"},
		"a list":            {"revision": 0, "document": []any{1, 2}},
		"a number":          {"revision": 0, "document": 1e300},
		"deep":              {"revision": 0, "document": map[string]any{"nodes": json.RawMessage(deep[99_000:101_000])}},
		"a negative number": {"revision": -1, "source": "x"},
	}
	for what, body := range bodies {
		begin := time.Now()
		got := b.do("PUT", flow+"/draft", body)
		if got.status < 400 || got.status >= 500 || got.code() == "" || time.Since(begin) > 20*time.Second {
			t.Errorf("%s: %d %.200s after %s", what, got.status, got.body, time.Since(begin))
		}
	}
	var d FlowDraft
	b.get(flow+"/draft").into(t, &d)
	if d.Revision != 0 {
		t.Errorf("something was kept: %+v", d.FlowDraftSaved)
	}
	for _, path := range []string{"/diff?from=0&to=1", "/diff?from=x&to=1", "/diff?from=1", "/diff?from=1&to=99", "/versions/1/source?format=exe", "/versions/99/source"} {
		if got := b.get(flow + path); got.status < 400 || got.status >= 500 {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}

func TestOnlyReadersOfFlowsSeeDrafts(t *testing.T) {
	h := newHouse(t)
	reader := h.withRights(h.north, "", accounts.FlowsRead)
	flow := fmt.Sprintf("/api/flows/%d", h.north.flow)
	if got := reader.get(flow + "/draft"); got.status != 200 {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := reader.do("PUT", flow+"/draft", map[string]any{"revision": 0, "source": "x"}); got.status != http.StatusForbidden {
		t.Errorf("%d %s", got.status, got.body)
	}
}
