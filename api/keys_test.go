package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"switchdesk/accounts"
)

// program is a client with an API key.
func (h *house) program(secret string) *browser {
	return &browser{h: h, header: http.Header{"Authorization": {"Bearer " + secret}}}
}

// withKey makes a key of the administrator's.
func withKey(t *testing.T, h *house, rights ...string) (*browser, KeyMade) {
	t.Helper()
	var made KeyMade
	h.as(h.north, h.north.admin).do("POST", "/api/keys", map[string]any{"name": "CI", "rights": rights}).into(t, &made)
	return h.program(made.Secret), made
}

func TestAKeyOpensWhatItsRightsAllow(t *testing.T) {
	h := newHouse(t)
	b, made := withKey(t, h, "flows.read", "flows.manage")
	if !strings.HasPrefix(made.Secret, "sdk_") || len(made.Secret) < 40 || !strings.HasPrefix(made.Secret, made.Hint) || made.State != "active" || made.By != "管理员甲" {
		t.Errorf("%+v", made)
	}
	for path, status := range map[string]int{
		"/api/flows": 200, "/api/me": 200, "/api/groups": 403, "/api/keys": 403, "/api/me/sessions": 403, "/api/bar": 403,
	} {
		if got := b.get(path); got.status != status {
			t.Errorf("%s: %d %s, want %d", path, got.status, got.body, status)
		}
	}
	b.header.Del("X-Requested-With")
	got := b.do("POST", "/api/flows", map[string]any{"source": goodFlow, "file": "ci.yaml", "note": "推送"})
	if got.status != 201 {
		t.Errorf("%d %s", got.status, got.body)
	}
	admin := h.as(h.north, h.north.admin)
	b.do("POST", fmt.Sprintf("/api/flows/%d/versions/1/activate", h.north.flow), nil)
	var audit Page[AuditView]
	admin.get("/api/audit?action=flow.activate").into(t, &audit)
	if len(audit.Items) != 1 || audit.Items[0].Key != "CI" || audit.Items[0].User != "管理员甲" {
		t.Errorf("the audit log does not name the key: %+v", audit.Items)
	}
	var list KeyList
	raw := admin.get("/api/keys")
	raw.into(t, &list)
	if len(list.Items) != 2 || list.Items[0].UsedAt == nil || list.Items[0].UsedIP == "" || strings.Contains(string(raw.body), made.Secret) {
		t.Errorf("%s", raw.body)
	}
	if got := admin.do("DELETE", fmt.Sprintf("/api/keys/%d", made.ID), nil); got.status != 204 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got := b.get("/api/flows"); got.status != http.StatusUnauthorized || got.code() != "key.unknown" {
		t.Errorf("a revoked key: %d %s", got.status, got.body)
	}
}

// No route about people's sign-in, desks or keys takes a key, whatever rights
// its maker has.
func TestKeysAreNoPeople(t *testing.T) {
	h := newHouse(t)
	rights := accounts.KeyRights(accounts.Actor{Rights: accounts.All()})
	names := make([]string, len(rights))
	for i, r := range rights {
		names[i] = string(r)
	}
	b, _ := withKey(t, h, names...)
	for _, r := range guarded() {
		if !r.Guard.Person && !r.Guard.Agent {
			continue
		}
		if got := b.do(r.Method, fill(r.Path, []any{1, 1}), nil); got.status != http.StatusForbidden || got.code() != "key.person_only" {
			t.Errorf("%s with a key: %d %s", named(r), got.status, got.body)
		}
	}
	for _, path := range []string{"/api/roles", "/api/agents"} {
		if got := b.do("POST", path, map[string]any{}); got.status != http.StatusForbidden {
			t.Errorf("POST %s with a key: %d %s", path, got.status, got.body)
		}
	}
}

func TestKeysThatAreNoneAreRefused(t *testing.T) {
	h := newHouse(t)
	for i, secret := range []string{"", "sdk_", "sdk_" + strings.Repeat("A", 43), "basic", strings.Repeat("x", 5000), "sdk_' OR 1=1 --"} {
		got := h.program(secret).get("/api/flows")
		if got.status != http.StatusUnauthorized {
			t.Errorf("%d: %d %s", i, got.status, got.body)
		}
	}
	// A cookie does not stand in for a key that does not hold.
	b := h.as(h.north, h.north.admin)
	b.header = http.Header{"Authorization": {"Bearer sdk_wrong"}}
	if got := b.get("/api/flows"); got.status != http.StatusUnauthorized {
		t.Errorf("%d %s", got.status, got.body)
	}
	for range 10 {
		h.program("sdk_guess").get("/api/flows")
	}
	if got := h.program("sdk_guess").get("/api/flows"); got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" {
		t.Errorf("guessing on: %d %s", got.status, got.body)
	}
	h.clock.Advance(time.Minute)
	if got := h.program("sdk_guess").get("/api/flows"); got.status != http.StatusUnauthorized {
		t.Errorf("a minute later: %d %s", got.status, got.body)
	}
}

func TestAKeyThatAsksTooOftenWaits(t *testing.T) {
	h := newHouse(t)
	b, _ := withKey(t, h, "flows.read")
	for i := range keyBurst {
		if got := b.get("/api/flows/spec"); got.status != 200 {
			t.Fatalf("request %d: %d %s", i, got.status, got.body)
		}
	}
	if got := b.get("/api/flows/spec"); got.status != http.StatusTooManyRequests || got.code() != "key.too_often" || got.header.Get("Retry-After") != "1" {
		t.Errorf("%d %s", got.status, got.body)
	}
	other, _ := withKey(t, h, "flows.read")
	if got := other.get("/api/flows/spec"); got.status != 200 {
		t.Errorf("another key waits too: %d %s", got.status, got.body)
	}
	h.clock.Advance(time.Second)
	for i := range keyRate {
		if got := b.get("/api/flows/spec"); got.status != 200 {
			t.Fatalf("a second later, request %d: %d %s", i, got.status, got.body)
		}
	}
}
