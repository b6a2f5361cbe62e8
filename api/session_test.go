package api

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"switchdesk/accounts"
	"switchdesk/configs"
)

func TestSignInAndOut(t *testing.T) {
	h := newHouse(t, func(c *configs.Config) { c.HTTP.SecureCookies = true })
	b := h.nobody()
	got := b.do("POST", "/api/session", map[string]any{"login": "ann@north", "password": password})
	var me Me
	got.into(t, &me)
	if me.User.Name != "座席丙" || me.User.Login != "ann@north" || me.Account.Slug != "north" || me.Agent == nil || me.Agent.Number != "8001" {
		t.Errorf("me: %s", got.body)
	}
	if me.Rights == nil || me.Softphone.Domain != "switchdesk" || me.Softphone.ICEServers == nil {
		t.Errorf("me lacks rights or the softphone: %s", got.body)
	}
	res := http.Response{Header: got.header}
	cookies := res.Cookies()
	if len(cookies) != 1 {
		t.Fatalf("cookies: %v", cookies)
	}
	c := cookies[0]
	if c.Name != CookieName || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || len(c.Value) < 40 {
		t.Errorf("cookie: %+v", c)
	}
	if strings.Contains(string(got.body), c.Value) {
		t.Error("the token is in the body")
	}
	b.cookie = c.Value
	if got := b.get("/api/me"); got.status != http.StatusOK {
		t.Errorf("me: %d", got.status)
	}
	if got := b.do("DELETE", "/api/session", nil); got.status != http.StatusNoContent {
		t.Errorf("sign-out: %d %s", got.status, got.body)
	}
	if got := b.get("/api/me"); got.status != http.StatusUnauthorized {
		t.Errorf("after the sign-out: %d", got.status)
	}
}

func TestSignInFailuresLookAlike(t *testing.T) {
	h := newHouse(t)
	var first answer
	for i, login := range []string{"ann@north", "nobody@north", "ann@nowhere", "ann", "@", "ann@north@south"} {
		got := h.nobody().do("POST", "/api/session", map[string]any{"login": login, "password": "wrong-wrong-wrong"})
		if got.status != http.StatusUnauthorized || got.code() != "sign_in.wrong" {
			t.Errorf("%s: %d %s", login, got.status, got.body)
		}
		if i == 0 {
			first = got
		} else if len(got.body) != len(first.body) {
			t.Errorf("%s is told from a wrong password: %s", login, got.body)
		}
		if len(got.header.Values("Set-Cookie")) > 0 {
			t.Errorf("%s: a failure sets a cookie", login)
		}
	}
}

func TestSignInIsSlowedDown(t *testing.T) {
	h := newHouse(t)
	try := func(password string) answer {
		return h.nobody().do("POST", "/api/session", map[string]any{"login": "ann@north", "password": password})
	}
	for range 5 {
		if got := try("wrong-wrong-wrong"); got.status != http.StatusUnauthorized {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	got := try(password) // even the right one has to wait
	if got.status != http.StatusTooManyRequests || got.code() != "sign_in.wait" {
		t.Fatalf("the sixth: %d %s", got.status, got.body)
	}
	after, err := strconv.Atoi(got.header.Get("Retry-After"))
	if err != nil || after < 1 {
		t.Fatalf("Retry-After %q", got.header.Get("Retry-After"))
	}
	h.clock.Advance(time.Duration(after) * time.Second)
	if got := try(password); got.status != http.StatusOK {
		t.Errorf("after waiting %d s: %d %s", after, got.status, got.body)
	}
}

func TestSessionsEnd(t *testing.T) {
	h := newHouse(t)
	one, two := h.as(h.north, h.north.agent), h.as(h.north, h.north.agent)
	var revoked []int64
	h.server.parts.Revoked = func(user int64) { revoked = append(revoked, user) }
	var sessions List[SessionView]
	one.get("/api/me/sessions").into(t, &sessions)
	var other int64
	for _, s := range sessions.Items {
		if !s.Current {
			other = max(other, s.ID)
		}
	}
	if got := one.do("DELETE", "/api/me/sessions/"+strconv.FormatInt(other, 10), nil); got.status != http.StatusNoContent {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got := two.get("/api/me"); got.status != http.StatusUnauthorized {
		t.Errorf("the ended session: %d", got.status)
	}
	if got := one.get("/api/me"); got.status != http.StatusOK {
		t.Errorf("the other: %d", got.status)
	}
	if len(revoked) != 1 || revoked[0] != h.north.agent.ID {
		t.Errorf("live connections of %v were cut", revoked)
	}
	// Not even an administrator ends somebody else's here.
	if got := h.as(h.north, h.north.admin).do("DELETE", "/api/me/sessions/"+strconv.FormatInt(h.north.session, 10), nil); got.status != http.StatusNotFound {
		t.Errorf("somebody else's session: %d", got.status)
	}
	h.clock.Advance(13 * time.Hour)
	if got := one.get("/api/me"); got.status != http.StatusUnauthorized {
		t.Errorf("an idle session after 13 h: %d", got.status)
	}
}

func TestOwnLanguage(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.agent)
	if got := b.do("PUT", "/api/me/language", map[string]any{"language": "en"}); got.status != http.StatusNoContent {
		t.Fatalf("%d %s", got.status, got.body)
	}
	var me Me
	b.get("/api/me").into(t, &me)
	if me.User.Language != "en" || me.User.Name != "座席丙" || me.Agent == nil {
		t.Errorf("%+v", me)
	}
	if got := b.do("PUT", "/api/me/language", map[string]any{"language": "tlh"}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown language: %d", got.status)
	}
}

func TestOtherSitesAreRefused(t *testing.T) {
	h := newHouse(t, func(c *configs.Config) { c.HTTP.PublicURL = "https://desk.example.com" })
	signed := h.as(h.north, h.north.agent)
	for _, c := range []struct {
		name    string
		headers map[string]string
		allowed bool
	}{
		{"own page", map[string]string{"Sec-Fetch-Site": "same-origin"}, true},
		{"own origin", map[string]string{"Origin": h.http.URL}, true},
		{"public address behind a proxy", map[string]string{"Origin": "https://desk.example.com", "Sec-Fetch-Site": "cross-site"}, true},
		{"program with the header", map[string]string{"X-Requested-With": "curl"}, true},
		{"program without", nil, false},
		{"another site", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, false},
		{"another site with the header", map[string]string{"Sec-Fetch-Site": "cross-site", "X-Requested-With": "x"}, false},
		{"a neighbour's page", map[string]string{"Sec-Fetch-Site": "same-site", "Origin": "https://other.example.com"}, false},
		{"an old browser on another site", map[string]string{"Origin": "https://evil.example"}, false},
		{"a sandboxed frame", map[string]string{"Origin": "null"}, false},
	} {
		req, err := http.NewRequest("PUT", h.http.URL+"/api/me/language", strings.NewReader(`{"language":"en"}`))
		must(t, err)
		req.AddCookie(&http.Cookie{Name: CookieName, Value: signed.cookie})
		for k, v := range c.headers {
			req.Header.Set(k, v)
		}
		got := signed.send(req)
		if (got.status == http.StatusNoContent) != c.allowed || (!c.allowed && got.status != http.StatusForbidden) {
			t.Errorf("%s: %d %s, allowed should be %v", c.name, got.status, got.body, c.allowed)
		}
	}
	// A foreign page can't sign its visitor in as somebody else either.
	req, err := http.NewRequest("POST", h.http.URL+"/api/session", strings.NewReader(`{}`))
	must(t, err)
	req.Header.Set("Origin", "https://evil.example")
	if got := h.nobody().send(req); got.status != http.StatusForbidden {
		t.Errorf("sign-in from another site: %d", got.status)
	}
}

// Every error has the one shape, whatever part of the server it comes from.
func TestErrorsHaveOneShape(t *testing.T) {
	h := newHouse(t)
	admin := h.as(h.north, h.north.admin)
	raw := func(method, path, kind, body string) answer {
		req, err := http.NewRequest(method, h.http.URL+path, strings.NewReader(body))
		must(t, err)
		req.Header.Set("X-Requested-With", "test")
		req.Header.Set("Content-Type", kind)
		req.AddCookie(&http.Cookie{Name: CookieName, Value: admin.cookie})
		return admin.send(req)
	}
	for _, c := range []struct {
		name        string
		got         answer
		status      int
		code, field string
	}{
		{"no such path", admin.get("/api/nothing"), 404, "not_found", ""},
		{"no such method", admin.do("DELETE", "/api/wall", nil), 405, "method.not_allowed", ""},
		{"no such row", admin.get("/api/groups/99999"), 404, "group.unknown", ""},
		{"signed out", h.nobody().get("/api/me"), 401, "session.none", ""},
		{"a field is missing", raw("POST", "/api/roles", "application/json", `{"rights":[],"scope":"own"}`), 422, "input.invalid", "name"},
		{"a field is of the wrong type", raw("POST", "/api/roles", "application/json", `{"name":"x","rights":[1],"scope":"own"}`), 422, "input.invalid", "rights[0]"},
		{"a field that does not exist", raw("POST", "/api/roles", "application/json", `{"name":"x","rights":[],"scope":"own","admin":true}`), 422, "input.invalid", "admin"},
		{"not one of the words", raw("POST", "/api/roles", "application/json", `{"name":"x","rights":[],"scope":"world"}`), 422, "input.invalid", "scope"},
		{"a rule of the house", raw("POST", "/api/roles", "application/json", `{"name":"x","rights":["fly"],"scope":"own"}`), 422, "role.right_unknown", "rights"},
		{"not JSON", raw("POST", "/api/roles", "application/json", `{"name":`), 400, "request.malformed", ""},
		{"no body", raw("POST", "/api/roles", "application/json", ``), 400, "request.malformed", ""},
		{"another kind of body", raw("POST", "/api/roles", "text/xml", `<a/>`), 415, "request.media_type", ""},
		{"a number in the path", admin.get("/api/groups/abc"), 422, "input.invalid", "id"},
		{"a bad query", admin.get("/api/calls?limit=100000"), 422, "input.invalid", "limit"},
		{"a bad time", admin.get("/api/calls?from=yesterday"), 422, "input.invalid", "from"},
		{"a bad cursor", admin.get("/api/audit?cursor=%21%21"), 422, "cursor.invalid", "cursor"},
		{"too large", raw("POST", "/api/roles", "application/json", `{"name":"`+strings.Repeat("x", 2<<20)+`"}`), 413, "request.too_large", ""},
	} {
		var body struct {
			Error *struct {
				Code, Message, Field string
				RequestID            string `json:"request_id"`
			}
		}
		dec := json.NewDecoder(bytes.NewReader(c.got.body))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&body); err != nil || body.Error == nil {
			t.Errorf("%s: %d %s: %v", c.name, c.got.status, c.got.body, err)
			continue
		}
		e := body.Error
		if c.got.status != c.status || e.Code != c.code || e.Field != c.field || e.Message == "" {
			t.Errorf("%s: %d %s, want %d %s field %q", c.name, c.got.status, c.got.body, c.status, c.code, c.field)
		}
		if e.RequestID == "" || e.RequestID != c.got.header.Get("X-Request-ID") {
			t.Errorf("%s: request id %q, header %q", c.name, e.RequestID, c.got.header.Get("X-Request-ID"))
		}
		if kind := c.got.header.Get("Content-Type"); !strings.HasPrefix(kind, "application/json") {
			t.Errorf("%s: content type %s", c.name, kind)
		}
	}
}

func TestInternalErrorsTellNothing(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.chief)
	db, err := h.parts.DB.DB()
	must(t, err)
	must(t, db.Close())
	got := b.get("/api/groups")
	if got.status < 500 || bytes.Contains(got.body, []byte("sql")) || bytes.Contains(got.body, []byte("closed")) {
		t.Errorf("with the database gone: %d %s", got.status, got.body)
	}
}

func TestPanicsAreAnswered(t *testing.T) {
	h := newHouse(t)
	h.server.parts.Topics = func(accounts.Actor, bool) (string, string, string, string) { panic("boom") }
	got := h.as(h.north, h.north.agent).get("/api/me")
	if got.status != 500 || got.code() != "internal" || bytes.Contains(got.body, []byte("boom")) {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := h.nobody().get("/healthz"); got.status != 200 {
		t.Errorf("afterwards: %d", got.status)
	}
}

func TestHeaders(t *testing.T) {
	h := newHouse(t, func(c *configs.Config) { c.Switch.WSURL = "wss://sip.example.com:7443/x"; c.HTTP.SecureCookies = true })
	for _, path := range []string{"/", "/api/me", "/docs", "/assets/none.js"} {
		got := h.nobody().get(path)
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
			"Strict-Transport-Security": "max-age=31536000",
		} {
			if v := got.header.Get(name); v != want {
				t.Errorf("%s: %s = %q", path, name, v)
			}
		}
		policy := got.header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'self'", "script-src 'self';", "connect-src 'self' wss://sip.example.com:7443;", "frame-ancestors 'none'", "object-src 'none'", "media-src 'self' blob:"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: policy %q lacks %q", path, policy, part)
			}
		}
	}
	req, err := http.NewRequest("GET", h.http.URL+"/healthz", nil)
	must(t, err)
	req.Header.Set("X-Request-ID", "from-the-proxy-1")
	if got := h.nobody().send(req); got.header.Get("X-Request-ID") != "from-the-proxy-1" {
		t.Error("a proxy's request id is not kept")
	}
	req.Header.Set("X-Request-ID", "bad id\twith <things>")
	if got := h.nobody().send(req); strings.ContainsAny(got.header.Get("X-Request-ID"), " <\t") {
		t.Error("a foreign request id is taken as it is")
	}
}

// A body that never comes holds a connection for so long and no longer.
func TestDrippingBodyIsCutOff(t *testing.T) {
	h := newHouse(t)
	h.server.bodyWithin = 50 * time.Millisecond
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.http.URL, "http://"))
	must(t, err)
	defer conn.Close() //nolint:errcheck // the server closes it
	_, err = io.WriteString(conn, "PUT /api/account HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{")
	must(t, err)
	must(t, conn.SetReadDeadline(time.Now().Add(5*time.Second)))
	if _, err := io.Copy(io.Discard, conn); err != nil {
		t.Errorf("the connection was held: %v", err)
	}
}
