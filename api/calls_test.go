package api

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"switchdesk/accounts"
)

func ids(page Page[CallView]) []string {
	return each(page.Items, func(c CallView) string { return c.ID })
}

func TestCallsWithinTheScope(t *testing.T) {
	h := newHouse(t)
	n := h.north
	mine := []string{n.call, n.missing, n.waiting} // newest first
	all := []string{n.call, n.foreign, n.missing, n.waiting}
	for _, c := range []struct {
		name  string
		who   accounts.User
		query string
		want  []string
	}{
		{"the agent sees their own", n.agent, "", mine},
		{"the lead sees the team's", n.lead, "", mine},
		{"the lead's own are none", n.lead, "?mine=true", nil},
		{"the administrator sees all", n.admin, "", all},
		{"by agent", n.admin, fmt.Sprintf("?agent=%d", n.other.ID), []string{n.foreign}},
		{"by an agent out of scope", n.lead, fmt.Sprintf("?agent=%d", n.other.ID), nil},
		{"by group", n.admin, fmt.Sprintf("?group=%d", n.group.ID), all},
		{"by outcome", n.admin, "?outcome=voicemail", nil},
		{"by direction", n.admin, "?direction=out", nil},
		{"by number", n.admin, "?number=13957110003", []string{n.call}},
		{"no wildcard", n.admin, "?number=%25", nil},
		{"since", n.admin, "?from=2026-11-22T07:52:30Z", []string{n.call}},
		{"until", n.admin, "?to=2026-11-22T07:50:30Z", []string{n.waiting}},
	} {
		var page Page[CallView]
		h.as(n, c.who).get("/api/calls"+c.query).into(t, &page)
		got := ids(page)
		slices.SortFunc(got, func(a, b string) int { return strings.Compare(b, a) })
		want := slices.Clone(c.want)
		slices.SortFunc(want, func(a, b string) int { return strings.Compare(b, a) })
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", c.name, got, want)
		}
	}
}

func TestCallsPage(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.admin)
	var got []string
	cursor := ""
	for range 10 {
		var page Page[CallView]
		b.get("/api/calls?limit=1&cursor="+cursor).into(t, &page)
		got = append(got, ids(page)...)
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	var whole Page[CallView]
	b.get("/api/calls").into(t, &whole)
	if len(got) != 4 || !slices.Equal(got, ids(whole)) {
		t.Errorf("page by page %v, whole %v", got, ids(whole))
	}
}

func TestOneCall(t *testing.T) {
	h := newHouse(t)
	n := h.north
	var page CallPage
	h.as(n, n.agent).get("/api/calls/"+n.call).into(t, &page)
	if page.ID != n.call || len(page.Trail) != 1 || page.Trail[0].Title != "主菜单" || len(page.Rings) != 1 ||
		page.Rings[0].Agent != "座席丙" || page.Rings[0].Seconds != 8 || page.Audio == nil || page.Audio.State != "stored" {
		t.Errorf("%+v", page)
	}
	if first, last := page.Log[0], page.Log[len(page.Log)-1]; first.What != "call.started" || last.What != "call.ended" {
		t.Errorf("the log begins with %s and ends with %s", first.What, last.What)
	}
	for i := 1; i < len(page.Log); i++ {
		if page.Log[i].At.Before(page.Log[i-1].At) {
			t.Errorf("the log goes back in time: %+v", page.Log)
		}
	}
	for name, c := range map[string]struct {
		who  accounts.User
		call string
		want int
	}{
		"another agent's":           {n.agent, n.foreign, 404},
		"the lead, not of the team": {n.lead, n.foreign, 404},
		"the lead, of the team":     {n.lead, n.call, 200},
		"nobody's":                  {n.admin, newCallID(), 404},
	} {
		b := h.as(n, c.who)
		if got := b.get("/api/calls/" + c.call); got.status != c.want {
			t.Errorf("%s: %d", name, got.status)
		}
		if got := b.get("/api/calls/" + c.call + "/recording"); got.status != c.want {
			t.Errorf("%s, recording: %d", name, got.status)
		}
		note := b.do("POST", "/api/calls/"+c.call+"/notes", map[string]any{"text": "回访"})
		if (note.status == 200) != (c.want == 200) {
			t.Errorf("%s, note: %d %s", name, note.status, note.body)
		}
	}
	h.as(n, n.agent).get("/api/calls/"+n.call).into(t, &page)
	if page.Note != "回访" {
		t.Errorf("note %q", page.Note)
	}
}

func TestRecordingIsPlayedInRanges(t *testing.T) {
	h := newHouse(t)
	n := h.north
	b, want := h.as(n, n.agent), tone(n.account.ID)
	ask := func(rang string) answer {
		b.header = http.Header{}
		if rang != "" {
			b.header.Set("Range", rang)
		}
		b.header.Set("Accept-Encoding", "gzip")
		return b.get("/api/calls/" + n.call + "/recording")
	}
	size := len(want)
	for _, c := range []struct {
		rang     string
		status   int
		from, to int
	}{
		{"", 200, 0, size},
		{"bytes=0-", 206, 0, size},
		{"bytes=0-0", 206, 0, 1},
		{"bytes=100-199", 206, 100, 200},
		{"bytes=-100", 206, size - 100, size},
		{fmt.Sprintf("bytes=%d-%d", size-10, size+1000), 206, size - 10, size},
		{fmt.Sprintf("bytes=%d-", size), 416, 0, 0},
		{"bytes=5-2", 416, 0, 0},
	} {
		got := ask(c.rang)
		if got.status != c.status {
			t.Errorf("%q: %d %s", c.rang, got.status, got.header)
			continue
		}
		if c.status == 416 {
			continue
		}
		if !bytes.Equal(got.body, want[c.from:c.to]) {
			t.Errorf("%q: %d bytes, not those from %d to %d", c.rang, len(got.body), c.from, c.to)
		}
		h := got.header
		if h.Get("Content-Type") != "audio/wav" || h.Get("Accept-Ranges") != "bytes" || h.Get("Content-Encoding") != "" || !strings.Contains(h.Get("Cache-Control"), "no-store") {
			t.Errorf("%q: headers %v", c.rang, h)
		}
		if c.status == 206 && h.Get("Content-Range") != fmt.Sprintf("bytes %d-%d/%d", c.from, c.to-1, size) {
			t.Errorf("%q: Content-Range %s", c.rang, h.Get("Content-Range"))
		}
	}
}

func TestRecordingsByState(t *testing.T) {
	h := newHouse(t)
	n := h.north
	b := h.as(n, n.agent)
	if got := b.get("/api/calls/" + n.missing + "/recording"); got.status != 404 || got.code() != "recording.missing" {
		t.Errorf("missing: %d %s", got.status, got.body)
	}
	if got := b.get("/api/calls/" + n.waiting + "/recording"); got.status != 503 || got.code() != "recording.waiting" {
		t.Errorf("waiting, not written yet: %d %s", got.status, got.body)
	}
	must(t, os.WriteFile(h.spool+"/"+n.waiting+".wav", tone(9), 0o600))
	if got := b.get("/api/calls/" + n.waiting + "/recording"); got.status != 200 || !bytes.Equal(got.body, tone(9)) {
		t.Errorf("waiting, in the spool: %d", got.status)
	}
	must(t, h.parts.Blobs.Delete(t.Context(), "recordings/"+n.call+".wav"))
	if got := b.get("/api/calls/" + n.call + "/recording"); got.status != 404 || got.code() != "recording.missing" {
		t.Errorf("gone from the store: %d %s", got.status, got.body)
	}
}

func TestListeningAndSavingAreTwoRights(t *testing.T) {
	h := newHouse(t)
	n := h.north
	url := "/api/calls/" + n.call + "/recording"
	listener := h.withRights(n, "", "calls.read", "calls.listen")
	saver := h.withRights(n, "", "calls.read", "calls.download", "audit.read")
	for name, c := range map[string]struct {
		b    *browser
		url  string
		want int
	}{
		"listener listens": {listener, url, 200},
		"listener saves":   {listener, url + "?download=1", 403},
		"saver listens":    {saver, url, 403},
		"saver saves":      {saver, url + "?download=1", 200},
	} {
		got := c.b.get(c.url)
		if got.status != c.want {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
		attached := strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment; filename=\"20261122-")
		if got.status == 200 && attached != strings.Contains(c.url, "download") {
			t.Errorf("%s: Content-Disposition %q", name, got.header.Get("Content-Disposition"))
		}
	}
	var log Page[AuditView]
	saver.get("/api/audit?action=recording.download").into(t, &log)
	if len(log.Items) != 1 || log.Items[0].Target != n.call {
		t.Errorf("the audit log holds %+v", log.Items)
	}
}

func TestLongRecordingIsStreamed(t *testing.T) {
	h := newHouse(t)
	n := h.north
	f, err := os.Create(h.spool + "/" + n.waiting + ".wav")
	must(t, err)
	must(t, f.Truncate(64<<20))
	must(t, f.Close())
	b := h.as(n, n.agent)
	req, err := http.NewRequest("GET", h.http.URL+"/api/calls/"+n.waiting+"/recording", nil)
	must(t, err)
	req.AddCookie(&http.Cookie{Name: CookieName, Value: b.cookie})
	res, err := h.http.Client().Do(req)
	must(t, err)
	defer res.Body.Close() //nolint:errcheck // only counted
	if got, err := io.Copy(io.Discard, res.Body); err != nil || got != 64<<20 {
		t.Errorf("read %d bytes: %v", got, err)
	}
}

func TestIncoming(t *testing.T) {
	h := newHouse(t)
	n := h.north
	var got List[Incoming]
	h.as(n, n.agent).get("/api/incoming").into(t, &got)
	if len(got.Items) != 3 || got.Items[0].CallID != n.call || got.Items[0].Result != "answered" {
		t.Errorf("%+v", got.Items)
	}
	h.as(n, n.agent).get("/api/incoming?since=2026-11-22T07:52:30Z").into(t, &got)
	if len(got.Items) != 1 {
		t.Errorf("since 07:52:30: %+v", got.Items)
	}
}
