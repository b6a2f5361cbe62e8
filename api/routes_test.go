package api

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"switchdesk/accounts"
)

// visit is how a test calls a route: with whose ids and which body.
type visit struct {
	ids   func(e *enterprise) []any
	body  func(e *enterprise) any
	query string
}

var update = flag.Bool("update", false, "write golden files anew")

func id(pick func(e *enterprise) any) func(e *enterprise) []any {
	return func(e *enterprise) []any { return []any{pick(e)} }
}

// visits says, for every route that names a row of an account, which row, and
// the body that the route takes. TestRoutesAcrossAccounts calls each with the
// other account's rows.
var visits = map[string]visit{
	"DELETE /api/me/sessions/{id}":               {ids: id(func(e *enterprise) any { return e.session })},
	"POST /api/bar/calls/{id}/answer":            {ids: id(func(e *enterprise) any { return e.call })},
	"POST /api/bar/calls/{id}/refuse":            {ids: id(func(e *enterprise) any { return e.call })},
	"POST /api/bar/calls/{id}/hangup":            {ids: id(func(e *enterprise) any { return e.call })},
	"POST /api/bar/calls/{id}/hold":              {ids: id(func(e *enterprise) any { return e.call })},
	"POST /api/bar/calls/{id}/resume":            {ids: id(func(e *enterprise) any { return e.call })},
	"POST /api/bar/calls/{id}/menu":              {ids: id(func(e *enterprise) any { return e.call }), body: fixed(map[string]any{"flow": 1, "node": "n"})},
	"POST /api/bar/calls/{id}/transfer":          {ids: id(func(e *enterprise) any { return e.call }), body: fixed(map[string]any{"number": "13800138000"})},
	"POST /api/bar/calls/{id}/survey":            {ids: id(func(e *enterprise) any { return e.call })},
	"DELETE /api/wall/callbacks/{id}":            {ids: id(func(e *enterprise) any { return e.call })},
	"GET /api/applications/{id}":                 {ids: id(func(e *enterprise) any { return e.applied })},
	"PUT /api/applications/{id}":                 {ids: id(func(e *enterprise) any { return e.applied }), body: fixed(map[string]any{"state": "done"})},
	"PUT /api/applications/{id}/file":            {ids: id(func(e *enterprise) any { return e.applied }), body: fixed("x")},
	"GET /api/applications/{id}/file":            {ids: id(func(e *enterprise) any { return e.applied })},
	"GET /api/calls/{id}":                        {ids: id(func(e *enterprise) any { return e.call })},
	"GET /api/calls/{id}/recording":              {ids: id(func(e *enterprise) any { return e.call })},
	"GET /api/tasks/{id}":                        {ids: id(func(e *enterprise) any { return e.task })},
	"POST /api/tasks/{id}/cancel":                {ids: id(func(e *enterprise) any { return e.task })},
	"POST /api/tasks/{id}/retry":                 {ids: id(func(e *enterprise) any { return e.task })},
	"GET /api/tasks/{id}/file":                   {ids: id(func(e *enterprise) any { return e.task })},
	"PUT /api/calls/{id}/hold":                   {ids: id(func(e *enterprise) any { return e.call }), body: fixed(map[string]any{"held": true})},
	"GET /api/calls/{id}/work":                   {ids: id(func(e *enterprise) any { return e.call })},
	"POST /api/calls/{id}/notes":                 {ids: id(func(e *enterprise) any { return e.call }), body: fixed(map[string]any{"text": "n"})},
	"POST /api/calls/{id}/tags":                  {ids: id(func(e *enterprise) any { return e.call }), body: func(e *enterprise) any { return map[string]any{"label_id": e.label} }},
	"DELETE /api/calls/{id}/tags/{label}":        {ids: func(e *enterprise) []any { return []any{e.call, e.label} }},
	"PUT /api/calls/{id}/mark":                   {ids: id(func(e *enterprise) any { return e.call }), body: fixed(map[string]any{"on": true})},
	"PUT /api/calls/{id}/closed":                 {ids: id(func(e *enterprise) any { return e.call }), body: fixed(map[string]any{"on": true})},
	"PUT /api/calls/{id}/status":                 {ids: id(func(e *enterprise) any { return e.call }), body: fixed(map[string]any{"status_id": 0})},
	"PUT /api/calls/{id}/customer":               {ids: id(func(e *enterprise) any { return e.call }), body: fixed(map[string]any{"customer_id": 0})},
	"PUT /api/searches/{id}":                     {ids: id(func(e *enterprise) any { return e.search }), body: fixed(map[string]any{"name": "n", "query": map[string]any{}})},
	"DELETE /api/searches/{id}":                  {ids: id(func(e *enterprise) any { return e.search })},
	"PUT /api/labels/{id}":                       {ids: id(func(e *enterprise) any { return e.label }), body: fixed(map[string]any{"name": "n", "enabled": true})},
	"PUT /api/labels/{id}/place":                 {ids: id(func(e *enterprise) any { return e.label }), body: fixed(map[string]any{})},
	"DELETE /api/labels/{id}":                    {ids: id(func(e *enterprise) any { return e.label })},
	"POST /api/wall/agents/{id}/state":           {ids: id(func(e *enterprise) any { return e.agent.ID }), body: fixed(map[string]any{"state": "busy"})},
	"GET /api/numbers/{id}":                      {ids: id(func(e *enterprise) any { return e.number.ID })},
	"PUT /api/numbers/{id}":                      {ids: id(func(e *enterprise) any { return e.number.ID }), body: fixed(map[string]any{"number": "057199999999", "name": "n", "enabled": true})},
	"DELETE /api/numbers/{id}":                   {ids: id(func(e *enterprise) any { return e.number.ID })},
	"GET /api/calendars/{id}":                    {ids: id(func(e *enterprise) any { return e.calendar.ID })},
	"PUT /api/calendars/{id}":                    {ids: id(func(e *enterprise) any { return e.calendar.ID }), body: fixed(map[string]any{"name": "c", "weekly": []any{}, "days": []any{}})},
	"DELETE /api/calendars/{id}":                 {ids: id(func(e *enterprise) any { return e.calendar.ID })},
	"GET /api/groups/{id}":                       {ids: id(func(e *enterprise) any { return e.group.ID })},
	"PUT /api/groups/{id}":                       {ids: id(func(e *enterprise) any { return e.group.ID }), body: fixed(groupBody("新组"))},
	"DELETE /api/groups/{id}":                    {ids: id(func(e *enterprise) any { return e.group.ID })},
	"GET /api/agents/{id}":                       {ids: id(func(e *enterprise) any { return e.agent.ID })},
	"PUT /api/agents/{id}":                       {ids: id(func(e *enterprise) any { return e.agent.ID }), body: fixed(map[string]any{"name": "n", "login": "n", "role_id": 1})},
	"POST /api/agents/{id}/password":             {ids: id(func(e *enterprise) any { return e.agent.ID }), body: fixed(map[string]any{"password": "Another-horse-43"})},
	"POST /api/agents/{id}/desk-phone":           {ids: id(func(e *enterprise) any { return e.agent.ID })},
	"PUT /api/departments/{id}":                  {ids: id(func(e *enterprise) any { return e.department.ID }), body: fixed(map[string]any{"name": "别名"})},
	"DELETE /api/departments/{id}":               {ids: id(func(e *enterprise) any { return e.department.ID })},
	"DELETE /api/keys/{id}":                      {ids: id(func(e *enterprise) any { return e.key })},
	"PUT /api/roles/{id}":                        {ids: id(func(e *enterprise) any { return e.roles["质检员"] }), body: fixed(map[string]any{"name": "r", "rights": []string{}, "scope": "own"})},
	"DELETE /api/roles/{id}":                     {ids: id(func(e *enterprise) any { return e.roles["质检员"] })},
	"GET /api/flows/{id}":                        {ids: id(func(e *enterprise) any { return e.flow })},
	"PUT /api/flows/{id}":                        {ids: id(func(e *enterprise) any { return e.flow }), body: fixed(map[string]any{"name": "别名"})},
	"DELETE /api/flows/{id}":                     {ids: id(func(e *enterprise) any { return e.flow })},
	"GET /api/flows/{id}/figures":                {ids: id(func(e *enterprise) any { return e.flow })},
	"GET /api/flows/{id}/diff":                   {ids: id(func(e *enterprise) any { return e.flow }), query: "?from=1&to=draft"},
	"GET /api/flows/{id}/draft":                  {ids: id(func(e *enterprise) any { return e.flow })},
	"PUT /api/flows/{id}/draft":                  {ids: id(func(e *enterprise) any { return e.flow }), body: fixed(map[string]any{"revision": 0, "source": "name: x"})},
	"DELETE /api/flows/{id}/draft":               {ids: id(func(e *enterprise) any { return e.flow })},
	"GET /api/flows/{id}/draft/source":           {ids: id(func(e *enterprise) any { return e.flow })},
	"POST /api/flows/{id}/versions":              {ids: id(func(e *enterprise) any { return e.flow }), body: fixed(map[string]any{"revision": 1})},
	"GET /api/flows/{id}/versions/{n}/source":    {ids: func(e *enterprise) []any { return []any{e.flow, 1} }},
	"POST /api/flows/{id}/rollback":              {ids: id(func(e *enterprise) any { return e.flow })},
	"GET /api/flows/{id}/versions":               {ids: id(func(e *enterprise) any { return e.flow })},
	"GET /api/flows/{id}/versions/{n}":           {ids: func(e *enterprise) []any { return []any{e.flow, 1} }},
	"POST /api/flows/{id}/versions/{n}/activate": {ids: func(e *enterprise) []any { return []any{e.flow, 1} }},
	"POST /api/flows/{id}/check":                 {ids: id(func(e *enterprise) any { return e.flow })},
	"DELETE /api/blacklist/{id}":                 {ids: id(func(e *enterprise) any { return e.banned.ID })},
	"GET /api/trunks/{id}":                       {ids: id(func(e *enterprise) any { return e.trunk.ID })},
	"PUT /api/trunks/{id}":                       {ids: id(func(e *enterprise) any { return e.trunk.ID }), body: fixed(map[string]any{"name": "t", "proxy": "sip.example.com", "enabled": true})},
	"DELETE /api/trunks/{id}":                    {ids: id(func(e *enterprise) any { return e.trunk.ID })},
	"PUT /api/prompts/{id}":                      {ids: id(func(e *enterprise) any { return e.prompt.ID }), body: fixed(map[string]any{"name": "新名"})},
	"DELETE /api/prompts/{id}":                   {ids: id(func(e *enterprise) any { return e.prompt.ID })},
	"GET /api/prompts/{id}/audio":                {ids: id(func(e *enterprise) any { return e.prompt.ID })},
	"PUT /api/prompts/{id}/audio":                {ids: id(func(e *enterprise) any { return e.prompt.ID }), body: fixed("sound")},
	"GET /api/prompts/builtin/{language}/{name}": {ids: func(*enterprise) []any { return []any{"zh", "none"} }},
}

func fixed(v any) func(*enterprise) any { return func(*enterprise) any { return v } }

func groupBody(name string) map[string]any {
	exit := map[string]any{"kind": "flow"}
	return map[string]any{
		"name": name, "strategy": "longest_idle", "wait_limit": 60, "ring_time": 20, "wrap_up": 10, "max_waiting": 0,
		"after_miss": "busy", "on_no_agent": exit, "on_timeout": exit, "on_full": exit, "members": []any{},
	}
}

// fill puts ids in the place of {id}.
func fill(path string, ids []any) string {
	for _, v := range ids {
		before, rest, ok := strings.Cut(path, "{")
		if !ok {
			break
		}
		_, after, _ := strings.Cut(rest, "}")
		path = before + fmt.Sprint(v) + after
	}
	return path
}

func named(r Route) string { return r.Method + " " + r.Path }

func guarded() []Route {
	return slices.DeleteFunc(slices.Clone(routes), func(r Route) bool { return r.Guard.Open })
}

// What echo serves is what the table says, no more and no less.
func TestNothingIsServedOutsideTheTable(t *testing.T) {
	h := newHouse(t)
	listed := map[string]bool{}
	for _, r := range routes {
		listed[r.Method+" "+echoPath(r.Path)] = true
	}
	served := map[string]bool{}
	for _, r := range h.server.echo.Routes() {
		served[r.Method+" "+r.Path] = true
		if !listed[r.Method+" "+r.Path] {
			t.Errorf("%s %s is served but not in the table", r.Method, r.Path)
		}
	}
	for key := range listed {
		if !served[key] {
			t.Errorf("%s is in the table but not served", key)
		}
	}
	// A handler that slips past the table is not reachable either.
	h.server.echo.GET("/api/back-door", func(c echo.Context) error { return c.String(http.StatusOK, "hello") })
	if got := h.as(h.north, h.north.admin).get("/api/back-door"); got.status != http.StatusNotFound {
		t.Errorf("a route outside of the table answered %d", got.status)
	}
}

// The open routes are these and no others.
func TestOpenRoutes(t *testing.T) {
	var got []string
	for _, r := range routes {
		if r.Guard.Open {
			got = append(got, named(r))
		}
	}
	slices.Sort(got)
	want := []string{
		"GET /*", "GET /connection/websocket", "GET /docs", "GET /docs/{file}", "GET /freeswitch/xml", "GET /healthz",
		"GET /metrics", "GET /openapi.json", "GET /readyz", "HEAD /*", "POST /api/session", "POST /freeswitch/xml",
	}
	if !slices.Equal(got, want) {
		t.Errorf("open routes:\n got %q\nwant %q", got, want)
	}
}

func TestRightsOfRoutesExist(t *testing.T) {
	for _, r := range routes {
		for _, right := range r.Guard.Rights {
			if !right.Known() {
				t.Errorf("%s asks for %q, which is in no catalogue", named(r), right)
			}
		}
	}
}

func TestSignedOutIsRefusedEverywhere(t *testing.T) {
	h := newHouse(t)
	for _, r := range guarded() {
		for name, b := range map[string]*browser{"no cookie": h.nobody(), "a wrong cookie": {h: h, cookie: "bm90aGluZw"}} {
			got := b.do(r.Method, fill(r.Path, []any{1, 1}), nil)
			if got.status != http.StatusUnauthorized || got.code() != "session.none" {
				t.Errorf("%s with %s: %d %s, want 401 session.none", named(r), name, got.status, got.body)
			}
		}
	}
}

// Somebody with every right but those of the route is refused; somebody with
// one of them alone is not refused by the guard.
func TestEveryRouteAsksForItsRight(t *testing.T) {
	h := newHouse(t)
	without := map[string]*browser{}
	only := map[accounts.Right]*browser{}
	serial := 8100
	for _, r := range guarded() {
		if len(r.Guard.Rights) == 0 {
			continue
		}
		key := fmt.Sprint(r.Guard.Rights)
		if without[key] == nil {
			serial++
			rest := slices.DeleteFunc(accounts.All(), func(x accounts.Right) bool { return slices.Contains(r.Guard.Rights, x) })
			without[key] = h.withRights(h.north, fmt.Sprint(serial), rest...)
		}
		path := fill(r.Path, []any{999_999, 1})
		if got := without[key].do(r.Method, path, nil); got.status != http.StatusForbidden || got.code() != "right.missing" {
			t.Errorf("%s without %v: %d %s, want 403 right.missing", named(r), r.Guard.Rights, got.status, got.body)
		}
		for _, right := range r.Guard.Rights {
			if only[right] == nil {
				serial++
				only[right] = h.withRights(h.north, fmt.Sprint(serial), right)
			}
			got := only[right].do(r.Method, path, nil)
			if got.status == http.StatusUnauthorized || got.status == http.StatusInternalServerError {
				t.Errorf("%s with %s alone: %d %s", named(r), right, got.status, got.body)
			}
		}
	}
}

// Agents' routes are for agents: a right alone is not a phone.
func TestDeskRoutesNeedANumber(t *testing.T) {
	h := newHouse(t)
	b := h.withRights(h.north, "", accounts.All()...)
	for _, r := range guarded() {
		if !r.Guard.Agent {
			continue
		}
		if got := b.do(r.Method, fill(r.Path, []any{"x"}), nil); got.status != http.StatusForbidden || got.code() != "agent.none" {
			t.Errorf("%s without a number: %d %s, want 403 agent.none", named(r), got.status, got.body)
		}
	}
}

// Somebody who has to change a handed-out password can do that and nothing else.
func TestHandedOutPasswordOpensNothing(t *testing.T) {
	h := newHouse(t)
	admin := h.as(h.north, h.north.admin)
	var made AgentView
	admin.do("POST", "/api/agents", map[string]any{
		"name": "新人", "login": "new", "password": password, "role_id": h.north.roles["管理员"], "number": "8055",
	}).into(t, &made)
	b := h.as(h.north, accounts.User{Login: "new"})
	for _, r := range guarded() {
		if len(r.Guard.Rights) == 0 {
			continue
		}
		if got := b.do(r.Method, fill(r.Path, []any{1, 1}), nil); got.status != http.StatusForbidden || got.code() != "password.change_first" {
			t.Errorf("%s: %d %s, want 403 password.change_first", named(r), got.status, got.body)
		}
	}
	if got := b.do("PUT", "/api/me/password", map[string]any{"old": password, "new": "Better-battery-44"}); got.status != http.StatusNoContent {
		t.Fatalf("changing it: %d %s", got.status, got.body)
	}
	if got := b.get("/api/groups"); got.status != http.StatusOK {
		t.Fatalf("after changing it: %d %s", got.status, got.body)
	}
}

// The other enterprise's rows are not there, on any route, for an
// administrator with every right and a phone.
func TestRoutesAcrossAccounts(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.chief)
	for _, r := range guarded() {
		if !strings.Contains(r.Path, "{") {
			continue
		}
		v, ok := visits[named(r)]
		if !ok {
			t.Errorf("%s names a row; say in visits how to reach one", named(r))
			continue
		}
		var body any
		if v.body != nil {
			body = v.body(h.south)
		}
		got := b.do(r.Method, fill(r.Path, v.ids(h.south))+v.query, body)
		want := http.StatusNotFound
		if r.Guard.Agent {
			// The floor answers for its own calls: none of these is the agent's.
			want = http.StatusConflict
			if nowhere := b.do(r.Method, fill(r.Path, []any{newCallID()}), body); nowhere.code() != got.code() {
				t.Errorf("%s tells the other account's call (%s) from none at all (%s)", named(r), got.code(), nowhere.code())
			}
		}
		if got.status != want {
			t.Errorf("%s with the other account's row: %d %s, want %d", named(r), got.status, got.body, want)
		}
		if strings.Contains(string(got.body), "south") || strings.Contains(string(got.body), h.south.number.Number) {
			t.Errorf("%s tells of the other account: %s", named(r), got.body)
		}
	}
}

// No list holds anything of the other enterprise.
func TestListsAcrossAccounts(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.chief)
	for _, r := range guarded() {
		if r.Method != get || strings.Contains(r.Path, "{") {
			continue
		}
		got := b.get(r.Path)
		if got.status != http.StatusOK {
			t.Errorf("%s: %d %s", named(r), got.status, got.body)
			continue
		}
		for what, needle := range map[string]string{
			"slug": "south", "number": h.south.number.Number, "call": h.south.call, "call of another": h.south.foreign,
		} {
			if strings.Contains(string(got.body), needle) {
				t.Errorf("%s holds the other account's %s: %s", named(r), what, got.body)
			}
		}
	}
}

// Rows of one account can't be tied to another's.
func TestInputsAcrossAccounts(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.admin)
	group := groupBody("组")
	group["members"] = []any{map[string]any{"agent": h.south.agent.ID, "level": 1, "order": 1}}
	exits := groupBody("组2")
	exits["on_full"] = map[string]any{"kind": "group", "group": h.south.group.ID}
	person := func(extra map[string]any) map[string]any {
		out := map[string]any{"name": "n", "login": "nn", "password": password, "role_id": h.north.roles["座席"], "number": "8090"}
		for k, v := range extra {
			out[k] = v
		}
		return out
	}
	for name, c := range map[string]struct {
		path string
		body any
	}{
		"member":           {"/api/groups", group},
		"exit":             {"/api/groups", exits},
		"flow":             {"/api/numbers", map[string]any{"number": "057112345678", "name": "n", "enabled": true, "flow_id": h.south.flow}},
		"entry's flow":     {"/api/numbers", map[string]any{"number": "057112345679", "name": "n", "enabled": true, "entries": []any{map[string]any{"name": "e", "flow_id": h.south.flow, "dates": []any{map[string]any{"from": "2026-10-01", "to": "2026-10-07"}}}}}},
		"entry's calendar": {"/api/numbers", map[string]any{"number": "057112345679", "name": "n", "enabled": true, "entries": []any{map[string]any{"name": "e", "flow_id": h.north.flow, "calendar_id": h.south.calendar.ID, "state": "open"}}}},
		"preview":          {"/api/numbers/preview", map[string]any{"entries": []any{map[string]any{"name": "e", "flow_id": h.north.flow, "calendar_id": h.south.calendar.ID, "state": "open"}}}},
		"assigned number":  {"/api/numbers/assign", map[string]any{"ids": []any{h.south.number.ID}, "enabled": false}},
		"assigned flow":    {"/api/numbers/assign", map[string]any{"ids": []any{h.north.number.ID}, "flow_id": h.south.flow}},
		"schedule like":    {"/api/numbers/assign", map[string]any{"ids": []any{h.north.number.ID}, "like_id": h.south.number.ID}},
		"role":             {"/api/agents", person(map[string]any{"role_id": h.south.roles["座席"]})},
		"department":       {"/api/agents", person(map[string]any{"department_id": h.south.department.ID})},
		"superior":         {"/api/agents", person(map[string]any{"superior_id": h.south.lead.ID})},
		"groups":           {"/api/agents", person(map[string]any{"groups": []any{map[string]any{"id": h.south.group.ID, "level": 1}}})},
		"manager":          {"/api/departments", map[string]any{"name": "部门", "manager_id": h.south.admin.ID}},
		"parent":           {"/api/departments", map[string]any{"name": "部门", "parent_id": h.south.department.ID}},
	} {
		if got := b.do("POST", c.path, c.body); got.status != http.StatusUnprocessableEntity && got.status != http.StatusNotFound {
			t.Errorf("%s of the other account: %d %s", name, got.status, got.body)
		}
	}
}

// What the roles that every account begins with may use, as a table to read
// and to review when it changes: go test ./api -run StandardRoles -update.
func TestStandardRoles(t *testing.T) {
	roles := accounts.StandardRoles()
	var out strings.Builder
	out.WriteString("route")
	for _, role := range roles {
		out.WriteString("\t" + role.Name)
	}
	out.WriteString("\n")
	for _, r := range guarded() {
		out.WriteString(named(r))
		for _, role := range roles {
			who := &request{actor: &accounts.Actor{UserID: 1, AccountID: 1, Number: "8001", Rights: role.Rights, Scope: role.Scope}}
			mark := "-"
			if r.Guard.check(who) == nil {
				mark = "yes"
			}
			out.WriteString("\t" + mark)
		}
		out.WriteString("\n")
	}
	const file = "testdata/roles.tsv"
	if *update {
		must(t, os.MkdirAll("testdata", 0o755))
		must(t, os.WriteFile(file, []byte(out.String()), 0o644))
	}
	want, err := os.ReadFile(file)
	must(t, err)
	if out.String() != string(want) {
		t.Errorf("what roles may use has changed; review and run with -update:\n%s", out.String())
	}
}
