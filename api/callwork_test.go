package api

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"switchdesk/calls"
)

// missedCalls adds calls that rang the agent in vain.
func (h *house) missedCalls(e *enterprise, numbers ...string) []string {
	h.t.Helper()
	var bundles []calls.Bundle
	var out []string
	for i, from := range numbers {
		began := start.Add(time.Duration(i-60) * time.Minute)
		r := calls.Record{
			ID: newCallID(), AccountID: e.account.ID, Direction: calls.In, From: from, To: e.number.Number, Outcome: calls.RingNoAnswer,
			AgentID: e.agent.ID, AgentName: e.agent.Name, GroupID: e.group.ID, StartedAt: began, EndedAt: began.Add(time.Minute), RecordingState: calls.RecNone,
		}
		bundles = append(bundles, calls.Bundle{Account: e.account.ID, Record: r})
		out = append(out, r.ID)
	}
	must(h.t, h.parts.Calls.Save(h.t.Context(), bundles))
	return out
}

func TestSearchOverHTTP(t *testing.T) {
	h := newHouse(t)
	n := h.north
	missed := h.missedCalls(n, "13900010001", "13900010002")
	b := h.as(n, n.admin)
	for query, want := range map[string]int{
		"":                                       6,
		"missed=true":                            2,
		"outcome=answered,ring_no_answer":        6,
		"outcome=voicemail,ring_no_answer":       2,
		"caller=0010001":                         1,
		"callee=0010001":                         0,
		"number=139%2000010":                     2,
		"talk=100-100":                           4,
		"talk=-0":                                2,
		"talk=101-":                              0,
		"queue=1-&ring=8-8":                      4,
		"located=yes":                            0,
		"located=no&closed=no&marked=no":         6,
		"assigned=open":                          0,
		"rated=given":                            0,
		"repeat=48":                              0,
		"id=" + missed[0]:                        1,
		"group=" + fmt.Sprint(n.group.ID):        6,
		"agent=" + fmt.Sprint(n.other.ID):        1,
		"tag=" + fmt.Sprint(n.label):             0,
		"tag=" + fmt.Sprint(h.south.label):       0,
		"ended_from=2026-11-22T07:59:00Z":        0,
		"ended_to=2026-11-22T07:02:00Z":          1,
		"mine=true":                              0,
		"from=2026-11-22T07:50:00Z&direction=in": 4,
	} {
		var page Page[CallView]
		b.get("/api/calls?"+query).into(t, &page)
		var count CallCount
		b.get("/api/calls/count?"+query).into(t, &count)
		if len(page.Items) != want || count.Count != want || count.More {
			t.Errorf("%s: %d calls, counted %+v, want %d", query, len(page.Items), count, want)
		}
	}
	for _, query := range []string{"talk=5", "talk=a-", "outcome=robbed", "repeat=7", "located=maybe", "from=yesterday", "cursor=eHh4", "group=x"} {
		if got := b.get("/api/calls?" + query); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
	// Nobody's search reaches beyond their scope, whatever it names.
	var page Page[CallView]
	h.as(n, n.agent).get(fmt.Sprintf("/api/calls?agent=%d&%s", n.other.ID, url.Values{"id": {n.foreign}}.Encode())).into(t, &page)
	if len(page.Items) != 0 {
		t.Errorf("the agent finds another's call: %+v", page.Items)
	}
}

func TestTagsAndNotes(t *testing.T) {
	h := newHouse(t)
	n := h.north
	agent, chief := h.as(n, n.agent), h.as(n, n.chief)
	var quality LabelView
	chief.do("POST", "/api/labels", map[string]any{"kind": "quality", "name": "态度好"}).into(t, &quality)
	call := "/api/calls/" + n.call
	var w CallWork
	agent.do("POST", call+"/tags", map[string]any{"label_id": n.label}).into(t, &w)
	agent.do("POST", call+"/notes", map[string]any{"text": "客户要求回电"}).into(t, &w)
	agent.do("POST", call+"/notes", map[string]any{"text": "已回电"}).into(t, &w)
	agent.do("PUT", call+"/mark", map[string]any{"on": true}).into(t, &w)
	if len(w.Tags) != 1 || len(w.Notes) != 2 || w.Notes[1].By != "座席丙" || len(w.Operations) != 4 || w.Operations[0].What != "tag.add" {
		t.Errorf("%+v", w)
	}
	if got := agent.do("POST", call+"/tags", map[string]any{"label_id": quality.ID}); got.status != http.StatusForbidden {
		t.Errorf("an agent gives a service-quality tag: %d %s", got.status, got.body)
	}
	chief.do("POST", call+"/tags", map[string]any{"label_id": quality.ID}).into(t, &w)
	if got := agent.do("DELETE", fmt.Sprintf("%s/tags/%d", call, quality.ID), nil); got.status != http.StatusForbidden {
		t.Errorf("an agent takes one off: %d %s", got.status, got.body)
	}
	if got := agent.do("POST", "/api/calls/"+n.foreign+"/tags", map[string]any{"label_id": n.label}); got.status != http.StatusNotFound {
		t.Errorf("an agent tags another's call: %d %s", got.status, got.body)
	}
	if got := chief.do("POST", call+"/tags", map[string]any{"label_id": h.south.label}); got.status != http.StatusNotFound {
		t.Errorf("another account's tag: %d %s", got.status, got.body)
	}
	var page Page[CallView]
	agent.get(fmt.Sprintf("/api/calls?tag=%d&quality=%d&marked=yes", n.label, quality.ID)).into(t, &page)
	if len(page.Items) != 1 || page.Items[0].Note != "已回电" || len(page.Items[0].Tags) != 2 || !page.Items[0].Marked {
		t.Errorf("%+v", page.Items)
	}
	var status LabelView
	chief.do("POST", "/api/labels", map[string]any{"kind": "status", "name": "已联系"}).into(t, &status)
	agent.do("PUT", call+"/status", map[string]any{"status_id": status.ID}).into(t, &w)
	if got := agent.do("PUT", call+"/status", map[string]any{"status_id": n.label}); got.code() != "label.unknown" {
		t.Errorf("a tag as a status: %d %s", got.status, got.body)
	}
	var one CallPage
	agent.get(call).into(t, &one)
	if one.Status != "已联系" {
		t.Errorf("status %q", one.Status)
	}
}

func TestCustomersAreLocated(t *testing.T) {
	h := newHouse(t)
	n := h.north
	b := h.as(n, n.chief)
	var found List[CustomerView]
	b.get("/api/customers?search=x").into(t, &found)
	if len(found.Items) != 0 {
		t.Errorf("%+v", found)
	}
	if got := b.do("PUT", "/api/calls/"+n.call+"/customer", map[string]any{"customer_id": 999}); got.status != http.StatusNotFound {
		t.Errorf("a customer of nobody's: %d %s", got.status, got.body)
	}
}

func TestMissedCallsAreAssigned(t *testing.T) {
	h := newHouse(t)
	n := h.north
	missed := h.missedCalls(n, "13900010001", "13900010002", "13900010003")
	lead, agent, other := h.as(n, n.lead), h.as(n, n.agent), h.as(n, n.other)
	if got := agent.do("POST", "/api/calls/assign", map[string]any{"agents": []int64{n.agent.ID}, "calls": missed}); got.status != http.StatusForbidden {
		t.Errorf("an agent assigns: %d", got.status)
	}
	for name, who := range map[string]int64{"not below the lead": n.other.ID, "no agent": n.admin.ID, "another account's": h.south.agent.ID} {
		if got := lead.do("POST", "/api/calls/assign", map[string]any{"agents": []int64{who}, "calls": missed}); got.code() != "agent.unknown" {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	var done AssignedView
	lead.do("POST", "/api/calls/assign", map[string]any{"agents": []int64{n.agent.ID}, "calls": []string{missed[0], n.call, n.foreign, h.south.call, "x"}}).into(t, &done)
	if done.Assigned != 1 {
		t.Errorf("chosen ones: %+v", done)
	}
	h.as(n, n.chief).do("POST", "/api/calls/assign", map[string]any{"agents": []int64{n.agent.ID, n.other.ID}, "search": map[string]any{"caller": "1390001000"}}).into(t, &done)
	if done.Assigned != 3 || done.Agents[0].Calls+done.Agents[1].Calls != 3 || done.Agents[0].Calls == 0 || done.Agents[1].Calls == 0 {
		t.Errorf("all found: %+v", done)
	}
	var mine List[PendingCall]
	other.get("/api/pending").into(t, &mine)
	if len(mine.Items) != done.Agents[1].Calls || mine.Items[0].By != "主管戊" {
		t.Fatalf("%+v", mine.Items)
	}
	// Who is to call back opens the call, though it rang somebody else.
	path := "/api/calls/" + mine.Items[0].ID
	if got := other.get(path); got.status != http.StatusOK {
		t.Errorf("the pending call: %d %s", got.status, got.body)
	}
	var w CallWork
	other.do("PUT", path+"/closed", map[string]any{"on": true}).into(t, &w)
	if w.Assigned != "座席丁" || w.Settled == nil {
		t.Errorf("%+v", w)
	}
	before := len(mine.Items)
	if other.get("/api/pending").into(t, &mine); len(mine.Items) != before-1 {
		t.Errorf("after closing one of %d: %+v", before, mine.Items)
	}
	if got := other.get(path); got.status != http.StatusNotFound {
		t.Errorf("a call that is settled and not theirs: %d", got.status)
	}
}

func TestSavedSearchesOverHTTP(t *testing.T) {
	h := newHouse(t)
	n := h.north
	agent, other := h.as(n, n.agent), h.as(n, n.other)
	var made SavedSearchView
	other.do("POST", "/api/searches", map[string]any{"name": "我的未接", "query": map[string]any{"missed": true, "mine": true}}).into(t, &made)
	var list List[SavedSearchView]
	other.get("/api/searches").into(t, &list)
	if len(list.Items) != 2 || string(made.Query) != `{"mine":true,"missed":true}` {
		t.Errorf("%+v %s", list.Items, made.Query)
	}
	agent.get("/api/searches").into(t, &list)
	if len(list.Items) != 1 || !list.Items[0].Own {
		t.Errorf("the agent sees %+v", list.Items)
	}
	if got := agent.do("DELETE", fmt.Sprintf("/api/searches/%d", made.ID), nil); got.status != http.StatusNotFound {
		t.Errorf("removing another's: %d", got.status)
	}
}
