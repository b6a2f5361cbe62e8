package api

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"switchdesk/accounts"
	"switchdesk/flows"
	"switchdesk/prompts"
)

// bring sends a file as a body.
func (b *browser) bring(method, path string, file []byte) answer {
	b.h.t.Helper()
	req, err := http.NewRequest(method, b.h.http.URL+path, bytes.NewReader(file))
	must(b.h.t, err)
	req.Header.Set("X-Requested-With", "test")
	req.Header.Set("Content-Type", "audio/x-wav")
	req.AddCookie(&http.Cookie{Name: CookieName, Value: b.cookie})
	return b.send(req)
}

func promptNamed(t *testing.T, b *browser, name string) PromptView {
	t.Helper()
	var all List[PromptView]
	b.get("/api/prompts").into(t, &all)
	for _, p := range all.Items {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("no prompt %q", name)
	return PromptView{}
}

func TestPrompts(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.admin)
	var p PromptView
	got := b.bring("POST", "/api/prompts?name="+url.QueryEscape("国庆通知")+"&file=a.wav", wav(900))
	got.into(t, &p)
	if got.status != http.StatusCreated || p.Milliseconds != 250 || p.Original != "a.wav" || p.UpdatedBy != "管理员甲" || len(p.UsedBy) != 0 {
		t.Errorf("%d %+v", got.status, p)
	}
	if list := promptNamed(t, b, "welcome"); !list.BuiltIn || list.Zh == "" {
		t.Errorf("%+v", list)
	}
	one := fmt.Sprintf("/api/prompts/%d", p.ID)
	sound := b.get(one + "/audio")
	if sound.status != http.StatusOK || int64(len(sound.body)) != p.Bytes || sound.header.Get("Content-Type") != "audio/wav" || sound.header.Get("Content-Encoding") != "" {
		t.Errorf("%d, %d bytes, %v", sound.status, len(sound.body), sound.header)
	}
	b.header = http.Header{"Range": {"bytes=0-43"}}
	if part := b.get(one + "/audio"); part.status != http.StatusPartialContent || len(part.body) != 44 {
		t.Errorf("a range: %d, %d bytes", part.status, len(part.body))
	}
	b.header = nil
	for what, c := range map[string]struct {
		path, code string
		file       []byte
	}{
		"taken":     {"/api/prompts?name=" + url.QueryEscape("国庆通知"), "prompt.taken", wav(700)},
		"no name":   {"/api/prompts", "prompt.name_empty", wav(700)},
		"not sound": {"/api/prompts?name=x", "sound.kind", []byte("<html>")},
		"built in":  {"/api/prompts?name=welcome", "prompt.reserved", wav(700)},
		"too large": {"/api/prompts?name=x", "request.too_large", make([]byte, prompts.MaxUpload+2)},
		"cut":       {"/api/prompts?name=x", "sound.truncated", wav(700)[:1000]},
	} {
		if got := b.bring("POST", c.path, c.file); got.code() != c.code {
			t.Errorf("%s: %d %s, want %s", what, got.status, got.body, c.code)
		}
	}
	// Larger than other routes take, and still a sound.
	long := append(wav(700)[:40], 0, 0, 0, 0)
	long = append(long, bytes.Repeat(wav(700)[44:4044], 2300)...)
	for i := range 4 {
		long[40+i] = byte((len(long) - 44) >> (8 * i))
	}
	b.bring("PUT", one+"/audio?file=b.wav", long).into(t, &p)
	if p.Milliseconds != 575_000 || p.Original != "b.wav" {
		t.Errorf("%+v", p)
	}
}

func TestPromptsInUse(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.admin)
	source := strings.Replace(goodFlow, "play: [goodbye]", "play: [开场白, goodbye]", 1)
	b.do("POST", "/api/flows", map[string]any{"name": "主流程", "source": source}).into(t, &FlowUploaded{})
	p := promptNamed(t, b, "开场白")
	if len(p.UsedBy) != 1 || p.UsedBy[0] != (PromptUse{Kind: "flow", ID: h.north.flow, Name: "主流程"}) {
		t.Errorf("%+v", p.UsedBy)
	}
	one := fmt.Sprintf("/api/prompts/%d", p.ID)
	if got := b.do("DELETE", one, nil); got.status != http.StatusConflict || got.code() != "prompt.used" || !strings.Contains(string(got.body), "主流程") {
		t.Errorf("removing: %d %s", got.status, got.body)
	}
	if got := b.do("PUT", one, map[string]any{"name": "别名"}); got.code() != "prompt.used" {
		t.Errorf("renaming: %d %s", got.status, got.body)
	}
	// A flow can't name what isn't there.
	if got := b.do("POST", "/api/flows", map[string]any{"name": "主流程", "source": strings.Replace(source, "开场白", "没有的", 1)}); got.code() != "flow.refused" {
		t.Errorf("a flow with an unknown prompt: %d %s", got.status, got.body)
	}
	b.do("POST", "/api/flows", map[string]any{"name": "主流程", "source": goodFlow}).into(t, &FlowUploaded{})
	b.do("PUT", one, map[string]any{"name": "别名"}).into(t, &p)
	if p.Name != "别名" {
		t.Errorf("%+v", p)
	}
	group := h.north.group
	group.Greeting = "别名"
	_, err := h.parts.Groups.Save(context.Background(), group)
	must(t, err)
	if got := b.do("DELETE", one, nil); got.code() != "prompt.used" || !strings.Contains(string(got.body), "售前") {
		t.Errorf("removing what a group plays: %d %s", got.status, got.body)
	}
	group.Greeting = ""
	_, err = h.parts.Groups.Save(context.Background(), group)
	must(t, err)
	if got := b.do("DELETE", one, nil); got.status != http.StatusNoContent {
		t.Errorf("removing: %d %s", got.status, got.body)
	}
	if got := b.get(one + "/audio"); got.status != http.StatusNotFound {
		t.Errorf("listening to what was removed: %d", got.status)
	}
}

func TestBuiltinPromptsAreHeard(t *testing.T) {
	h := newHouse(t)
	b := h.withRights(h.north, "", accounts.FlowsRead)
	for _, p := range flows.Builtins {
		for _, language := range []string{"zh", "en"} {
			if got := b.get("/api/prompts/builtin/" + language + "/" + p.Name); got.status != http.StatusOK || !bytes.HasPrefix(got.body, []byte("RIFF")) {
				t.Errorf("%s in %s: %d", p.Name, language, got.status)
			}
		}
	}
	for _, path := range []string{"zh/..%2f..%2fvars.xml", "fr/welcome", "zh/nothing"} {
		if got := b.get("/api/prompts/builtin/" + path); got.status != http.StatusNotFound && got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

func TestSpeech(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.north, h.north.admin)
	var v SpeechView
	b.get("/api/speech").into(t, &v)
	if len(v.Voices) != 0 || v.PerDay != 1000 {
		t.Errorf("%+v", v)
	}
	for path, in := range map[string]map[string]any{
		"/api/speech":         {"text": "您好", "language": "zh"},
		"/api/speech/prompts": {"text": "您好", "language": "zh", "name": "问候"},
	} {
		got := b.do("POST", path, in)
		if got.status != http.StatusServiceUnavailable || got.code() != "speech.none" {
			t.Errorf("%s without an engine: %d %s", path, got.status, got.body)
		}
	}
}
