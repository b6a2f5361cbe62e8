package api

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"switchdesk/hours"
)

func calendarBody(name string) map[string]any {
	return map[string]any{
		"name": name, "timezone": "Asia/Shanghai",
		"weekly": []any{map[string]any{"days": []int{1, 2, 3, 4, 5}, "from": "09:00", "to": "18:00"}},
		"days":   []any{map[string]any{"from": "2026-11-23", "to": "2026-11-23", "kind": "holiday", "name": "公司日"}},
	}
}

// It is Sunday 2026-11-22, 16:00 in Shanghai.
func TestCalendars(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.admin)
	var c CalendarView
	b.do("POST", "/api/calendars", calendarBody("客服工作时间")).into(t, &c)
	if c.Open || c.ChangesAt == nil || c.ChangesAt.Format("2006-01-02 15:04") != "2026-11-24 01:00" {
		t.Errorf("open %v, changes at %v", c.Open, c.ChangesAt)
	}
	if len(c.Weekly) != 1 || c.Weekly[0].String() != "09:00-18:00" || len(c.Days) != 1 || c.Days[0].Kind != hours.Holiday {
		t.Errorf("%+v", c)
	}
	for name, bad := range map[string]map[string]any{
		"weekly[1]": {"weekly": []any{
			map[string]any{"days": []int{1}, "from": "09:00", "to": "18:00"}, map[string]any{"days": []int{1}, "from": "17:00", "to": "19:00"},
		}},
		"name":     {"name": " "},
		"timezone": {"timezone": "Mars/Base"},
		"25:00":    {"weekly": []any{map[string]any{"days": []int{1}, "from": "25:00", "to": "18:00"}}},
	} {
		in := calendarBody("另一个")
		for k, v := range bad {
			in[k] = v
		}
		got := b.do("POST", "/api/calendars", in)
		if got.status/100 != 4 || !strings.Contains(string(got.body), name) {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}

	// A number whose schedule asks it.
	var n NumberView
	b.do("PUT", fmt.Sprintf("/api/numbers/%d", h.north.number.ID), map[string]any{
		"number": h.north.number.Number, "name": "热线", "enabled": true,
		"entries": []any{map[string]any{"name": "下班", "calendar_id": c.ID, "state": "closed", "flow_id": h.north.flow}},
	}).into(t, &n)
	if n.Now.Entry != 0 || n.Now.Flow != "主流程" || n.Entries[0].Calendar != "客服工作时间" {
		t.Errorf("who answers now: %+v", n)
	}
	var f FlowPage
	b.get(fmt.Sprintf("/api/flows/%d", h.north.flow)).into(t, &f)
	if len(f.Numbers) != 1 {
		t.Errorf("the flow does not know the number whose schedule names it: %v", f.Numbers)
	}
	got := b.do("DELETE", fmt.Sprintf("/api/calendars/%d", c.ID), nil)
	if got.status != http.StatusConflict || got.code() != "calendar.in_use" || !strings.Contains(string(got.body), n.Number) {
		t.Errorf("removing a calendar that is asked: %d %s", got.status, got.body)
	}
	b.do("PUT", fmt.Sprintf("/api/numbers/%d", n.ID), map[string]any{"number": n.Number, "name": "热线", "enabled": true}).into(t, &n)

	// A flow in force that names it.
	flow := strings.Replace(goodFlow, "start: 欢迎\nnodes:\n", "start: 时间\nnodes:\n  时间:\n    kind: hours\n    named: 客服工作时间\n    exits: {open: 欢迎, closed: 再见}\n", 1)
	var up FlowUploaded
	b.do("POST", "/api/flows", map[string]any{"name": "按时间", "source": flow}).into(t, &up)
	wrong := b.do("POST", "/api/flows", map[string]any{"name": "按时间", "source": strings.Replace(flow, "named: 客服工作时间", "named: 没有的", 1)})
	if wrong.status != http.StatusUnprocessableEntity || !strings.Contains(string(wrong.body), "hours.missing") {
		t.Errorf("a flow with an unknown calendar: %d %s", wrong.status, wrong.body)
	}
	if got := b.do("POST", fmt.Sprintf("/api/flows/%d/versions/1/activate", up.ID), nil); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got := b.do("DELETE", fmt.Sprintf("/api/calendars/%d", c.ID), nil); got.code() != "calendar.named" {
		t.Errorf("removing a calendar that a flow names: %d %s", got.status, got.body)
	}
	if got := b.do("PUT", fmt.Sprintf("/api/calendars/%d", c.ID), calendarBody("改名")); got.code() != "calendar.named" {
		t.Errorf("renaming a calendar that a flow names: %d %s", got.status, got.body)
	}
	if got := b.do("PUT", fmt.Sprintf("/api/calendars/%d", c.ID), calendarBody("客服工作时间")); got.status != http.StatusOK {
		t.Errorf("changing its times: %d %s", got.status, got.body)
	}
}

func TestReadingDays(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.admin)
	var out DaysRead
	text := base64.StdEncoding.EncodeToString([]byte("2026-10-01..2026-10-07,休,国庆节\n明天,休\n"))
	b.do("POST", "/api/calendars/read", map[string]any{"data": text}).into(t, &out)
	if len(out.Days) != 1 || len(out.Problems) != 1 || out.Problems[0].Line != 2 {
		t.Errorf("%+v", out)
	}
	var presets List[CalendarPreset]
	b.get("/api/calendars/presets").into(t, &presets)
	if len(presets.Items) == 0 || len(presets.Items[0].Days) < 10 {
		t.Errorf("%+v", presets)
	}
}

func TestPreviewOfASchedule(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.admin)
	var c CalendarView
	b.do("POST", "/api/calendars", calendarBody("工作时间")).into(t, &c)
	entry := func(state string) map[string]any {
		return map[string]any{"name": state, "calendar_id": c.ID, "state": state, "flow_id": h.north.flow}
	}
	var p Preview
	b.do("POST", "/api/numbers/preview", map[string]any{
		"entries": []any{entry("closed"), entry("holiday")}, "at": "2026-11-24T01:00:00Z", "from": "2026-11-22T16:00:00Z",
	}).into(t, &p)
	// Monday is a holiday, so Tuesday to Friday have two changes each.
	if p.At.Entry != -1 || p.At.Flow != "" || len(p.Slots) != 9 || !p.Slots[8].To.Equal(p.Slots[0].From.AddDate(0, 0, 7)) {
		t.Errorf("%+v", p)
	}
	var codes []string
	for _, d := range p.Doubts {
		codes = append(codes, fmt.Sprint(d.Code, d.Entry, d.By))
	}
	if strings.Join(codes, " ") != "hidden1 0 gap-1 0" {
		t.Errorf("%v", codes)
	}
}

func TestNumbersAsAList(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.admin)
	send := func(text string, dry bool) (out NumberListDone) {
		t.Helper()
		b.do("POST", "/api/numbers/import", map[string]any{"data": base64.StdEncoding.EncodeToString([]byte(text)), "dry": dry}).into(t, &out)
		return out
	}
	bad := send("号码,名称,流程,状态\n4008001111,一,主流程,启用\n4008002222,二,没有的流程,启用\n"+h.south.number.Number+",三,,启用\n", false)
	if len(bad.Problems) != 2 || bad.Problems[0].Code != "flow" || bad.Problems[1].Code != "taken" {
		t.Errorf("%+v", bad)
	}
	var numbers List[NumberView]
	if b.get("/api/numbers").into(t, &numbers); len(numbers.Items) != 1 {
		t.Fatalf("a list with problems changed something: %+v", numbers)
	}
	good := "4008001111,一,主流程,启用\n4008002222,二,,停用\n"
	if out := send(good, true); out.Added != 2 || len(out.Problems) != 0 {
		t.Errorf("%+v", out)
	}
	send(good, false)
	if b.get("/api/numbers").into(t, &numbers); len(numbers.Items) != 3 || numbers.Items[1].Flow != "主流程" || numbers.Items[2].Enabled {
		t.Fatalf("%+v", numbers)
	}
	if got := b.do("POST", "/api/numbers/assign", map[string]any{"ids": []int64{numbers.Items[1].ID, numbers.Items[2].ID}}); got.code() != "assign.nothing" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := b.do("POST", "/api/numbers/assign", map[string]any{"ids": []int64{numbers.Items[1].ID, numbers.Items[2].ID}, "flow_id": h.north.flow, "enabled": true}); got.status != http.StatusNoContent {
		t.Errorf("%d %s", got.status, got.body)
	}
	csv := b.get("/api/numbers/export")
	if !strings.Contains(csv.header.Get("Content-Type"), "text/csv") || !strings.Contains(string(csv.body), "\"\t4008002222\",二,主流程,启用") {
		t.Errorf("%s", csv.body)
	}
	if out := send(string(csv.body), true); out.Changed != 3 || len(out.Problems) != 0 {
		t.Errorf("the list that was written is not taken: %+v", out)
	}
}

func TestAccountLoad(t *testing.T) {
	h := newHouse(t)
	var l AccountLoad
	h.as(h.north, h.north.admin).get("/api/account/load").into(t, &l)
	if l != (AccountLoad{}) {
		t.Errorf("%+v", l)
	}
}
