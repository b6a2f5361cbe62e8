package api

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// An id in a path that the handler does not read would be 0 to it.
func TestEveryPathParameterIsRead(t *testing.T) {
	var spec struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Parameters  []struct{ Name, In string }
			Security    []map[string][]string
		}
	}
	raw, err := Spec()
	must(t, err)
	must(t, json.Unmarshal(raw, &spec))
	seen := map[string]bool{}
	for path, item := range spec.Paths {
		for verb, op := range item {
			if seen[op.OperationID] {
				t.Errorf("%s %s: operation id %s is taken", verb, path, op.OperationID)
			}
			seen[op.OperationID] = true
			if len(op.Security) == 0 && path != "/api/session" {
				t.Errorf("%s %s is described as open", verb, path)
			}
			for _, part := range strings.Split(path, "/") {
				name, ok := strings.CutPrefix(part, "{")
				if !ok {
					continue
				}
				found := false
				for _, p := range op.Parameters {
					found = found || (p.In == "path" && p.Name == strings.TrimSuffix(name, "}"))
				}
				if !found {
					t.Errorf("%s %s does not read %s", verb, path, part)
				}
			}
		}
	}
	if len(seen) < 60 {
		t.Errorf("only %d operations are described", len(seen))
	}
}

func TestClientDescriptionIsFresh(t *testing.T) {
	want, err := Spec()
	must(t, err)
	have, err := os.ReadFile("../web/openapi.json")
	must(t, err)
	if !bytes.Equal(have, want) {
		t.Error("web/openapi.json is stale: go run ./api/gen, then npm run api in web/")
	}
}

func TestDescriptionIsServed(t *testing.T) {
	h := newHouse(t)
	got := h.nobody().get("/openapi.json")
	var doc struct{ OpenAPI string }
	got.into(t, &doc)
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("openapi %q", doc.OpenAPI)
	}
	page := h.nobody().get("/docs")
	if page.status != 200 || !strings.Contains(string(page.body), "/docs/docs.js") {
		t.Errorf("/docs: %d", page.status)
	}
	for _, file := range []string{"/docs/docs.js", "/docs/docs.css"} {
		if got := h.nobody().get(file); got.status != 200 || bytes.Contains(got.body, []byte("https://")) || bytes.Contains(got.body, []byte("http://")) {
			t.Errorf("%s: %d, or it loads from elsewhere", file, got.status)
		}
	}
	if bytes.Contains(page.body, []byte("://")) {
		t.Error("the page loads from elsewhere")
	}
}
