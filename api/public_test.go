package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"switchdesk/configs"
)

func TestSwitchLookUps(t *testing.T) {
	h := newHouse(t)
	cred, err := h.parts.Numbers.SeedDeskPhone(t.Context(), h.north.agent, "desk-phone-password")
	must(t, err)
	ask := func(user, password string) answer {
		form := "section=directory&domain=switchdesk&user=" + cred.User
		req, err := http.NewRequest("POST", h.http.URL+"/freeswitch/xml", strings.NewReader(form))
		must(t, err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if user != "" {
			req.SetBasicAuth(user, password)
		}
		return h.nobody().send(req)
	}
	if got := ask("switchdesk", "a-secret-of-the-switch"); got.status != 200 || !bytes.Contains(got.body, []byte(cred.User)) || !strings.HasPrefix(got.header.Get("Content-Type"), "text/xml") {
		t.Errorf("%d %s", got.status, got.body)
	}
	for _, c := range [][2]string{{"", ""}, {"switchdesk", ""}, {"switchdesk", "a-secret-of-the-switcH"}, {"a-secret-of-the-switch", "x"}} {
		if got := ask(c[0], c[1]); got.status != 401 || bytes.Contains(got.body, []byte("a1-hash")) {
			t.Errorf("with %v: %d %s", c, got.status, got.body)
		}
	}
	closed := newHouse(t, func(c *configs.Config) { c.Switch.XMLSecret = "" })
	req, err := http.NewRequest("POST", closed.http.URL+"/freeswitch/xml", nil)
	must(t, err)
	req.SetBasicAuth("", "")
	if got := closed.nobody().send(req); got.status != 401 {
		t.Errorf("without a secret in the configuration: %d", got.status)
	}
}

func TestHealthAndFigures(t *testing.T) {
	h := newHouse(t)
	h.server.parts.Ready = map[string]func(context.Context) error{"switch": func(context.Context) error { return fmt.Errorf("secret address 10.0.0.1") }}
	if got := h.nobody().get("/healthz"); got.status != 200 {
		t.Errorf("healthz %d", got.status)
	}
	got := h.nobody().get("/readyz")
	if got.status != 503 || !bytes.Contains(got.body, []byte(`"switch":"failed"`)) || !bytes.Contains(got.body, []byte(`"database":"ok"`)) || bytes.Contains(got.body, []byte("10.0.0.1")) {
		t.Errorf("readyz %d %s", got.status, got.body)
	}
	h.server.parts.Ready = nil
	if got := h.nobody().get("/readyz"); got.status != 200 {
		t.Errorf("readyz %d %s", got.status, got.body)
	}
	h.nobody().get("/api/me")
	h.nobody().get("/some/scanner.php")
	if got := h.nobody().get("/metrics"); got.status != 200 || !bytes.Contains(got.body, []byte(`route="/api/me",status="401"`)) || bytes.Contains(got.body, []byte("scanner")) {
		t.Errorf("metrics %d %s", got.status, got.body)
	}
	proxied := h.nobody()
	proxied.header = http.Header{"X-Forwarded-For": {"203.0.113.9"}}
	if got := proxied.get("/metrics"); got.status != 403 {
		t.Errorf("metrics through a proxy: %d", got.status)
	}
	guarded := newHouse(t, func(c *configs.Config) { c.Metrics.Token = "figures-token" })
	if got := guarded.nobody().get("/metrics"); got.status != 403 {
		t.Errorf("metrics without the token: %d", got.status)
	}
	with := guarded.nobody()
	with.header = http.Header{"Authorization": {"Bearer figures-token"}}
	if got := with.get("/metrics"); got.status != 200 {
		t.Errorf("metrics with the token: %d", got.status)
	}
	with.header.Set("Accept-Encoding", "gzip") // as Prometheus asks
	packed, err := gzip.NewReader(bytes.NewReader(with.get("/metrics").body))
	if err != nil {
		t.Fatalf("metrics are not packed as asked: %v", err)
	}
	if text, err := io.ReadAll(packed); err != nil || !bytes.HasPrefix(text, []byte("# HELP")) {
		t.Errorf("metrics unpack to %.40q (%v)", text, err)
	}
}

func TestWebApp(t *testing.T) {
	h := newHouse(t)
	for path, want := range map[string]struct {
		status int
		cache  string
		has    string
	}{
		"/":                         {200, "no-cache", "<title>app"},
		"/index.html":               {200, "no-cache", "<title>app"},
		"/calls/018f-abc":           {200, "no-cache", "<title>app"},
		"/assets/index-B3kd_9xQ.js": {200, "public, max-age=31536000, immutable", "console"},
		"/favicon.svg":              {200, "public, max-age=3600", "svg"},
		"/assets/old-AAAAAAAA.js":   {404, "", "not_found"},
		"/robots.txt":               {404, "", "not_found"},
		"/api":                      {404, "", "not_found"},
		"/api/x/y":                  {404, "", "not_found"},
		"/assets/":                  {404, "", "not_found"},
	} {
		got := h.nobody().get(path)
		if got.status != want.status || !strings.Contains(string(got.body), want.has) {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
		if want.cache != "" && got.header.Get("Cache-Control") != want.cache {
			t.Errorf("%s: cache %q", path, got.header.Get("Cache-Control"))
		}
	}
}

func TestAnswersArePacked(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.admin)
	b.header = http.Header{"Accept-Encoding": {"gzip"}}
	got := b.get("/api/prompts")
	if got.header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("%d bytes came as they are", len(got.body))
	}
	r, err := gzip.NewReader(bytes.NewReader(got.body))
	must(t, err)
	raw, err := io.ReadAll(r)
	must(t, err)
	var prompts List[PromptView]
	must(t, json.Unmarshal(raw, &prompts))
	if len(prompts.Items) < 40 || len(got.body) > len(raw)/2 {
		t.Errorf("%d prompts, %d bytes of %d", len(prompts.Items), len(got.body), len(raw))
	}
}

// The live topics' WebSocket gets through everything that stands before it.
func TestWebsocketGetsThrough(t *testing.T) {
	h := newHouse(t)
	h.server.parts.Websocket = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		actor, _, err := h.server.Identify(r)
		if err != nil {
			http.Error(w, "who?", http.StatusUnauthorized)
			return
		}
		conn, _, _, err := ws.UpgradeHTTP(r, w)
		if err != nil {
			t.Errorf("upgrade: %v", err)
			return
		}
		_ = wsutil.WriteServerText(conn, []byte(actor.Name))
		_ = conn.Close()
	})
	b := h.as(h.north, h.north.agent)
	dialer := ws.Dialer{Header: ws.HandshakeHeaderHTTP{"Cookie": {CookieName + "=" + b.cookie}, "Accept-Encoding": {"gzip"}}}
	conn, early, _, err := dialer.Dial(t.Context(), "ws"+strings.TrimPrefix(h.http.URL, "http")+"/connection/websocket")
	must(t, err)
	defer conn.Close() //nolint:errcheck // the server closes it
	var from io.Reader = conn
	if early != nil { // the message came along with the handshake
		from = io.MultiReader(early, conn)
	}
	got, _, err := wsutil.ReadServerData(struct {
		io.Reader
		io.Writer
	}{from, conn})
	if err != nil || string(got) != "座席丙" {
		t.Errorf("%q %v", got, err)
	}
	h.server.parts.Websocket = nil
	if got := b.get("/connection/websocket"); got.status != http.StatusServiceUnavailable {
		t.Errorf("without live topics: %d", got.status)
	}
}
