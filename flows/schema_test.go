package flows

import (
	"encoding/json"
	"testing"
)

// The published schema is what the spec table says now.
func TestSchemaFollowsTheSpec(t *testing.T) {
	got, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "../docs/flow.schema.json", string(got)+"\n")
}

// Each kind, field and exit of the spec table is in the schema, and every
// reference in it leads somewhere.
func TestSchemaIsWhole(t *testing.T) {
	data, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	var s map[string]any
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	defs := s["$defs"].(map[string]any)
	for _, spec := range Specs() {
		node, _ := defs["node_"+spec.Kind].(map[string]any)
		if node == nil {
			t.Errorf("no %s", spec.Kind)
			continue
		}
		properties := node["properties"].(map[string]any)
		for _, f := range spec.Fields {
			if properties[f.Name] == nil {
				t.Errorf("no %s.%s", spec.Kind, f.Name)
			}
		}
		exits, _ := properties["exits"].(map[string]any)
		for _, x := range spec.Exits {
			if exits["properties"].(map[string]any)[x.Name] == nil {
				t.Errorf("no exit %s of %s", x.Name, spec.Kind)
			}
		}
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if to, ok := v["$ref"].(string); ok && defs[to[len("#/$defs/"):]] == nil {
				t.Errorf("%s leads nowhere", to)
			}
			for _, x := range v {
				walk(x)
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(s)
}
