package flows

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// meaning is a flow without the places in its file.
func meaning(f *Flow) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s %v\n", f.Name, f.Language, f.Start, f.Order)
	for _, name := range f.Order {
		n := f.Nodes[name]
		fmt.Fprintf(&b, "%s %s %s %v %v", n.Name, n.Kind, n.Title, n.At, n.Transferable)
		if n.At != nil {
			fmt.Fprint(&b, *n.At)
		}
		for _, x := range n.Exits {
			fmt.Fprintf(&b, " %s→%s", x.Name, x.To)
		}
		b.WriteString("\n" + inner(reflect.ValueOf(n.doer)) + "\n")
	}
	for _, c := range f.Cases {
		fmt.Fprintf(&b, "%s %+v %+v\n", c.Name, c.Trial, c.Expect)
	}
	return b.String()
}

// inner prints what a node does, without places.
func inner(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return "-"
		}
		if v.Type().String() == "*regexp.Regexp" {
			return v.Elem().FieldByName("expr").String()
		}
		return inner(v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[at]() {
			return ""
		}
		var b strings.Builder
		for i := range v.NumField() {
			switch v.Type().Field(i).Name {
			case "line", "column", "program", "Line", "Column":
				continue
			}
			b.WriteString(v.Type().Field(i).Name + ":" + inner(v.Field(i)) + " ")
		}
		return "{" + b.String() + "}"
	case reflect.Slice:
		var b strings.Builder
		for i := range v.Len() {
			b.WriteString(inner(v.Index(i)) + ",")
		}
		return "[" + b.String() + "]"
	case reflect.Map:
		var list []string
		for _, k := range v.MapKeys() {
			list = append(list, fmt.Sprint(k)+"="+inner(v.MapIndex(k)))
		}
		slices.Sort(list)
		return fmt.Sprint(list)
	}
	return fmt.Sprintf("%v", v)
}

// codes is what is wrong with a flow, wherever it stands.
func codes(list []Problem) []string {
	var out []string
	for _, p := range list {
		out = append(out, p.Node+" "+p.Code)
	}
	slices.Sort(out)
	return out
}

// roundTrip writes a source as a document, that as YAML, and holds both
// against the source.
func roundTrip(t *testing.T, src string) {
	t.Helper()
	doc, list := Document([]byte(src))
	if doc == nil {
		if len(list) == 0 {
			t.Errorf("%q: no document and no reason", src)
		}
		return
	}
	if !json.Valid(doc) {
		t.Fatalf("%q: no JSON: %s", src, doc)
	}
	text, err := Write(doc)
	if err != nil {
		if strings.Contains(err.Error(), "deep") { // a list of one is a level more
			return
		}
		t.Fatalf("%q: %v\n%s", src, err, doc)
	}
	again, list2 := Document(text)
	if len(list2) > 0 || string(again) != string(doc) {
		t.Fatalf("%q: %v\nthe document was\n%s\nand is\n%s\nwritten\n%s", src, list2, doc, again, text)
	}
	if len(list) > 0 {
		return // something stood there twice: one of both is gone
	}
	f1, p1 := Inspect("a", []byte(src), sampleRefs())
	for _, other := range []string{string(doc), string(text)} {
		f2, p2 := Inspect("a", []byte(other), sampleRefs())
		if (f1 == nil) != (f2 == nil) {
			t.Fatalf("%q: %v\nbecomes %v\n%s", src, p1, p2, other)
		}
		if len(p1) < maxProblems && !slices.Equal(codes(p1), codes(p2)) {
			t.Fatalf("%q: %v\nbecomes %v\n%s", src, codes(p1), codes(p2), other)
		}
		if f1 != nil && meaning(f1) != meaning(f2) {
			t.Fatalf("%q means\n%s\nand becomes\n%s\n%s", src, meaning(f1), meaning(f2), other)
		}
	}
}

func TestDocumentsKeepTheMeaning(t *testing.T) {
	for _, src := range append(corpus(t),
		"name: x\nstart: a\nnodes: {a: {kind: hangup, play: \"\"}}\n",
		"name: \"a: b\"\nstart: '#1'\nnodes:\n  '#1': {kind: hangup, title: \"a\\u0085\\u2028\\U0001F600\\\"\\\\\"}\n",
		"name: x\nstart: 1\nnodes: {1: {kind: hangup}, 0x1: null, true: [], 'no': {kind: 5, at: [1.5, x], foo: {bar: [[1, 2], {a: b}], baz: ~}}}\ncases: [1, {expect: {exit: hangup}, keys: ['', '1,-,2', x]}]\n",
	) {
		roundTrip(t, src)
	}
}

func TestDocumentIsInOneForm(t *testing.T) {
	src := `name: x
nodes:
  b: {at: [3, -4], exits: {next: a}, play: {file: welcome}, kind: prompt, transferable: true}
  a:
    timeout: 7
    kind: menu
    tries: 2
    keys: {2: a, 1: b}
    play: [welcome, {say_digits: 12}]
    color: 5
start: b
cases: {keys: "1,-", expect: {heard: welcome}}
`
	doc, list := Document([]byte(src))
	want := `{"name":"x","start":"b","nodes":{` +
		`"b":{"kind":"prompt","play":["welcome"],"exits":{"next":"a"},"transferable":true,"at":[3,-4]},` +
		`"a":{"kind":"menu","play":["welcome",{"say_digits":"12"}],"keys":{"2":"a","1":"b"},"timeout":"7s","tries":2,"color":5}},` +
		`"cases":[{"keys":["1","-"],"expect":{"heard":["welcome"]}}]}`
	if string(doc) != want || len(list) > 0 {
		t.Errorf("%v\n%s\n%s", list, doc, want)
	}
	text, err := Write(doc)
	wantText := `name: x
start: b
nodes:
  b:
    kind: prompt
    play: [welcome]
    exits: {next: a}
    transferable: true
    at: [3, -4]

  a:
    kind: menu
    play: [welcome, {say_digits: "12"}]
    keys: {2: a, 1: b}
    timeout: 7s
    tries: 2
    color: 5

cases:
  - keys: ["1", "-"]
    expect: {heard: [welcome]}
`
	if err != nil || string(text) != wantText {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	for _, doc := range []string{"", "{", "[]", `{"a":1,"a":2}`, `{"nodes":{"a":{"kind":"hangup"},"a":{}}}`, "a: &b 1", "\xff", `"x"`, "null"} {
		if out, err := Write([]byte(doc)); err == nil {
			t.Errorf("%q becomes %q", doc, out)
		}
	}
}

func FuzzDocument(f *testing.F) {
	for _, src := range corpus(f) {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) { roundTrip(t, src[:min(len(src), 5000)]) })
}

// The main sample, written by us, is as an author would have it.
func TestWrittenYAMLIsReadable(t *testing.T) {
	src, err := os.ReadFile("samples/main.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, _ := Document(src)
	text, err := Write(doc)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "testdata/written.yaml", string(text))
}
