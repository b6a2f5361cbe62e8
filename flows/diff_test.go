package flows

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
)

const older = `name: x
start: 欢迎
nodes:
  欢迎: {kind: prompt, play: welcome, exits: {next: 菜单}, at: [0, 0]}
  菜单: {kind: menu, play: menu_main, timeout: 5, keys: {1: 售前, 2: 售后, 0: 欢迎}}
  判断:
    kind: caller
    cases: [{repeat: true, go: 售前}, {region: 浙江, go: 售后}]
    exits: {other: 菜单}
  售前: {kind: group, group: 售前, exits: {timeout: 留言}}
  售后: {kind: group, group: 售后}
  留言: {kind: voicemail, at: [5, 5]}
cases:
  - {name: 甲, keys: "1", expect: {exit: group}}
  - {name: 乙, keys: "2", expect: {exit: group}}
`

func changes(t *testing.T, a, b string) string {
	t.Helper()
	list, err := Diff([]byte(a), []byte(b))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, c := range list {
		data, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(string(data) + "\n")
	}
	return out.String()
}

func TestDiff(t *testing.T) {
	newer := strings.NewReplacer(
		"  菜单: {kind: menu, play: menu_main, timeout: 5, keys: {1: 售前, 2: 售后, 0: 欢迎}}\n",
		"  主菜单: {kind: menu, play: [menu_main], timeout: 5s, keys: {1: 售前, 2: 留言, 3: 售后}}\n",
		"next: 菜单", "next: 主菜单", "other: 菜单", "other: 售前", "at: [0, 0]", "at: [9, 0]",
		"{region: 浙江, go: 售后}", "{region: [浙江, 上海], go: 留言}", "{timeout: 留言}", "{full: 留言}",
		"售后: {kind: group, group: 售后}", "售后: {kind: group, group: 售前, priority: 3}", "  留言: {kind: voicemail, at: [5, 5]}\n",
		"  留言: {kind: voicemail}\n  新: {kind: hangup}\n", `keys: "2", expect: {exit: group}}`, `keys: "2", expect: {exit: hangup}}`,
	).Replace(older)
	// A key's table of a renamed menu changed too, so it is not the same menu.
	want := `{"what":"changed","node":"","fields":[{"field":"cases.乙","from":{"expect":{"exit":"group"},"keys":["2"],"name":"乙"},"to":{"expect":{"exit":"hangup"},"keys":["2"],"name":"乙"}}]}
{"what":"changed","node":"欢迎","kind":"prompt","exits":[{"exit":"next","from":"菜单","to":"主菜单"}],"moved":true}
{"what":"added","node":"主菜单","kind":"menu"}
{"what":"changed","node":"判断","kind":"caller","fields":[{"field":"cases","from":[{"go":"售前","repeat":true},{"go":"售后","region":["浙江"]}],"to":[{"go":"售前","repeat":true},{"go":"留言","region":["浙江","上海"]}]}],"exits":[{"exit":"case 2","from":"售后","to":"留言"},{"exit":"other","from":"菜单","to":"售前"}]}
{"what":"changed","node":"售前","kind":"group","exits":[{"exit":"full","from":"","to":"留言"},{"exit":"timeout","from":"留言","to":""}]}
{"what":"changed","node":"售后","kind":"group","fields":[{"field":"group","from":"售后","to":"售前"},{"field":"priority","from":null,"to":3}]}
{"what":"moved","node":"留言","kind":"voicemail","moved":true}
{"what":"added","node":"新","kind":"hangup"}
{"what":"removed","node":"菜单","kind":"menu"}
`
	if got := changes(t, older, newer); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestDiffKnowsRenamedNodes(t *testing.T) {
	newer := strings.NewReplacer("菜单", "主菜单", "欢迎", "开始").Replace(older)
	want := `{"what":"renamed","node":"开始","was":"欢迎","kind":"prompt"}
{"what":"renamed","node":"主菜单","was":"菜单","kind":"menu"}
`
	if got := changes(t, older, newer); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	newer = strings.Replace(strings.ReplaceAll(older, "菜单", "主菜单"), "2: 售后, 0", "2: 售前, 0", 1)
	want = `{"what":"renamed","node":"主菜单","was":"菜单","kind":"menu","exits":[{"exit":"2","from":"售后","to":"售前"}]}
`
	if got := changes(t, older, newer); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// A flow is the same however it is written, faulty or not.
func TestNothingChangedIsNoChange(t *testing.T) {
	for _, src := range append(corpus(t), older) {
		doc, list := Document([]byte(src))
		if doc == nil || len(list) > 0 {
			continue
		}
		text, err := Write(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range []string{src, string(doc), string(text)} {
			if got := changes(t, src, other); got != "" {
				t.Errorf("%s\nis different from\n%s\n%s", src, other, got)
			}
		}
	}
	if _, err := Diff([]byte(older), []byte("a: [")); err == nil {
		t.Error("no error")
	}
}

// Of any two flows: every node of either is told to be there, gone, renamed
// or unchanged; and the way back tells the opposite.
func TestDiffOfRandomFlows(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 300 {
		a, b := randomFlow(r, 1+r.IntN(8)), randomFlow(r, 1+r.IntN(8))
		list, err := Diff([]byte(a), []byte(b))
		back, err2 := Diff([]byte(b), []byte(a))
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		count := func(list []Change, what ChangeKind) (n int) {
			for _, c := range list {
				if c.What == what {
					n++
				}
			}
			return n
		}
		for _, p := range [][2]ChangeKind{{NodeAdded, NodeRemoved}, {NodeRemoved, NodeAdded}, {NodeRenamed, NodeRenamed}, {NodeChanged, NodeChanged}} {
			if count(list, p[0]) != count(back, p[1]) {
				t.Fatalf("%s\n%s\n%+v\n%+v", a, b, list, back)
			}
		}
	}
}
