package flows

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// The reader is ours, so it is held to the library's: what both take must
// mean the same.
func TestReaderAgreesWithTheLibrary(t *testing.T) {
	for _, src := range append(corpus(t),
		"a: 1\nb:\n  - x\n  - y: 2\n    z: [1, {q: r}]\n  -\n    - deep\nc: \"x: y\"\n",
		"a:\n- 1\n- 2\nb: 'it''s'\n",
		"a: |\n  one\n  two\nb: >\n  three\n  four\nc: end\n",
		"a: one\n  two\nb: {x: 1,\n  y: 2}\n",
		"- a: 1\n  b: 2\n- - x\n  - y\n- c\n",
		"{\"a\": [\"x\\/y\\ud83d\\ude00\", null, true], \"b\": {}}",
		"a: # comment\n  b: 1 # more\n# end\n",
		"\"quoted\": 'x'\n? y\n",
	) {
		agree(t, src)
	}
}

func corpus(t testing.TB) []string {
	var out []string
	for _, pattern := range []string{"testdata/good/*.yaml", "testdata/bad/*.yaml", "samples/*.yaml"} {
		list, err := filepath.Glob(pattern)
		if err != nil || len(list) == 0 {
			t.Fatal(pattern, err)
		}
		for _, file := range list {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, string(src))
		}
	}
	return out
}

// agree compares the reader with the library on a source that both take.
func agree(t *testing.T, src string) {
	t.Helper()
	p := &problems{file: "f"}
	v, ok := read([]byte(src), p)
	if !ok {
		return
	}
	var ours, theirs any
	ours = plainValue(&v)
	dec := yaml.NewDecoder(strings.NewReader(src), yaml.AllowDuplicateMapKey(), yaml.UseOrderedMap())
	if err := dec.Decode(&theirs); err != nil {
		return
	}
	if theirs = plainTheirs(theirs); !reflect.DeepEqual(ours, theirs) {
		t.Errorf("%q\nis read      %v\nthe library: %v", src, ours, theirs)
	}
}

// plainValue and plainTheirs bring both to lists and strings; an empty value
// and a null are both nil. Numbers are told apart by their text alone.
func plainValue(v *value) any {
	switch v.shape {
	case scalar:
		return same(v.text)
	case list:
		out := []any{}
		for i := range v.items {
			out = append(out, plainValue(&v.items[i]))
		}
		return out
	case table:
		out := []any{}
		for i := range v.entries {
			out = append(out, []any{plainValue(&v.entries[i].key), plainValue(&v.entries[i].val)})
		}
		return out
	}
	return nil
}

func plainTheirs(v any) any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		out := []any{}
		for _, item := range v {
			out = append(out, plainTheirs(item))
		}
		return out
	case yaml.MapSlice:
		out := []any{}
		for _, item := range v {
			out = append(out, []any{plainTheirs(item.Key), plainTheirs(item.Value)})
		}
		return out
	}
	return same(fmt.Sprint(v))
}

// same makes 1, 0x1 and 1.0 one: which they are is for each field to say.
func same(text string) string {
	if strings.ContainsAny(text, "0123456789") || strings.Contains(strings.ToLower(text), "inf") || strings.Contains(strings.ToLower(text), "nan") {
		return "number?"
	}
	return strings.TrimSpace(text)
}

func FuzzParse(f *testing.F) {
	for _, src := range corpus(f) {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		src = src[:min(len(src), 20_000)] // TestHugeFilesAreBounded has the long ones
		begin := time.Now()
		flow, list := Inspect("fuzz.yaml", []byte(src), sampleRefs())
		if d := time.Since(begin); d > 30*time.Second {
			t.Errorf("took %s", d)
		}
		if (flow == nil) != Refused(list) || len(list) > maxProblems {
			t.Errorf("flow %v with %d problems", flow != nil, len(list))
		}
		lines := strings.Count(src, "\n") + 1
		for _, p := range list {
			if p.Line < 1 || p.Line > lines+1 || p.Column < 1 || strings.ContainsAny(p.String()+p.In("zh"), "\n\r") {
				t.Errorf("%+v", p)
			}
		}
		if flow != nil {
			run, a, _ := flow.Begin(Env{Now: monday, From: "1"})
			if a == nil || run.Steps == 0 {
				t.Error("no first action")
			}
		}
	})
}

func FuzzReaderAgrees(f *testing.F) {
	for _, src := range corpus(f) {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		agree(t, src[:min(len(src), 2000)]) // short inputs find more
	})
}

// Files made to use up time or memory are refused or read in time.
func TestHugeFilesAreBounded(t *testing.T) {
	keys := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "k%d: 1\n", i)
		}
		return b.String()
	}
	for name, src := range map[string]string{
		"too large":       strings.Repeat("#", maxSource+1),
		"brackets":        "a: " + strings.Repeat("[", 150_000),
		"tables":          strings.Repeat("{a: ", 200_000),
		"dashes":          strings.Repeat("- ", 150_000),
		"questions":       strings.Repeat("? ", 150_000),
		"commas":          "a: [" + strings.Repeat("a,", 490_000) + "]",
		"commas over":     "a: [" + strings.Repeat("a,", 600_000) + "]",
		"keys":            keys(120_000),
		"one line":        "a: \"" + strings.Repeat("x", 2_000_000) + "\"",
		"many words":      "a: " + strings.Repeat("x ", 1_000_000),
		"spaces":          "a:" + strings.Repeat(" ", 2_000_000),
		"comments":        strings.Repeat("# x\n", 150_000),
		"quotes":          strings.Repeat("'", 1_500_000),
		"escapes":         "a: \"" + strings.Repeat("\\n", 1_000_000),
		"tabs":            strings.Repeat("\t", 2_000_000),
		"anchors":         strings.Repeat("&a ", 150_000),
		"aliases":         "a: &a [x]\nb: [" + strings.Repeat("*a,", 150_000) + "]",
		"tags":            strings.Repeat("!!a ", 150_000),
		"literal":         "a: |\n" + strings.Repeat("  x\n", 150_000),
		"folded":          "a: >\n" + strings.Repeat("  x\n", 150_000),
		"plain lines":     "a: x\n" + strings.Repeat("  x\n", 150_000),
		"documents":       strings.Repeat("---\n", 100_000),
		"nodes":           "name: x\nstart: a\nnodes:\n" + strings.ReplaceAll(keys(20_000), "k", " k"),
		"one bad node":    "name: x\nstart: a\nnodes: {a: {" + strings.Repeat("x: 1, ", 100_000) + "}}",
		"colons":          strings.Repeat("a:", 150_000),
		"percent":         strings.Repeat("%", 1_500_000),
		"json brackets":   "{\"a\":" + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + "}",
		"json keys":       "{" + strings.Repeat("\"a\":1,", 60_000) + "\"b\":2}",
		"json names":      "{\"nodes\":{\"a\":{" + strings.TrimSuffix(strings.NewReplacer("k", "\"k", ": 1\n", "\":1,").Replace(keys(80_000)), ",") + "}}}",
		"json numbers":    "{\"a\":[" + strings.Repeat("1,", 200_000) + strings.Repeat("9", 1_000_000) + "]}",
		"json escapes":    "{\"name\":\"" + strings.Repeat("\\u0000", 300_000) + "\"}",
		"json nulls":      "{\"nodes\":[" + strings.Repeat("null,", 90_000) + "null]}",
		"one long key":    "{\"" + strings.Repeat("k", 2_000_000) + "\":1}",
		"carriage return": strings.Repeat("\r\n", 150_000),
	} {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			f, list := Inspect("x.yaml", []byte(src), sampleRefs())
			if doc, _ := Document([]byte(src)); doc != nil {
				if len(doc) > 4*len(src)+100 {
					t.Errorf("a document of %d bytes out of %d", len(doc), len(src))
				}
				if out, err := Write(doc); err == nil && len(out) > 8*len(src)+100 {
					t.Errorf("%d bytes of YAML out of %d", len(out), len(src))
				}
				if list, err := Diff(doc, []byte("name: x\nnodes: {a: {kind: hangup}}\n")); err == nil && len(list) > maxMarks {
					t.Errorf("%d changes", len(list))
				}
			}
			if took := time.Since(begin); took > time.Minute {
				t.Errorf("took %s", took)
			} else if took > time.Second {
				t.Logf("took %s", took)
			}
			if f != nil || len(list) == 0 || len(list) > maxProblems {
				t.Errorf("flow %v, %d problems", f != nil, len(list))
			}
		})
	}
}

func TestTenThousandNodesAreTaken(t *testing.T) {
	src := large(maxNodes)
	f, list := Inspect("x.yaml", []byte(src), sampleRefs())
	if f == nil || len(f.Nodes) != maxNodes {
		t.Fatal(list)
	}
	if f, list := Inspect("x.yaml", []byte(large(maxNodes+1)), sampleRefs()); f != nil || list[0].Code != "nodes.many" {
		t.Errorf("%v %v", f != nil, list)
	}
}

// large writes a clean flow of n nodes.
func large(n int) string {
	var b strings.Builder
	b.WriteString("name: 大流程\nstart: 节点0\nnodes:\n")
	for i := range n - 1 {
		next := fmt.Sprintf("节点%d", i+1)
		if i == n-2 {
			next = "结束"
		}
		switch i % 4 {
		case 0:
			fmt.Fprintf(&b, "  节点%d:\n    kind: prompt\n    title: 播放\n    play: [welcome, {say_digits: \"${caller}\"}]\n    exits:\n      next: %s\n", i, next)
		case 1:
			fmt.Fprintf(&b, "  节点%d:\n    kind: menu\n    play: menu_main\n    timeout: 5s\n    keys:\n      1: %s\n      2: 节点0\n      0: 结束\n    exits:\n      timeout: 结束\n      invalid: 结束\n", i, next)
		case 2:
			fmt.Fprintf(&b, "  节点%d:\n    kind: hours\n    open:\n      - mon-fri 09:00-18:00\n    exits:\n      open: %s\n      closed: 结束\n", i, next)
		default:
			fmt.Fprintf(&b, "  节点%d:\n    kind: group\n    group: 售前\n    exits:\n      no_agent: %s\n      timeout: 结束\n", i, next)
		}
	}
	b.WriteString("  结束:\n    kind: hangup\n    play: [thank_you, goodbye]\n")
	return b.String()
}
