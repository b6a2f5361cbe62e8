package flows

import (
	"slices"
	"strings"
	"testing"
)

// The editor jumps to the field and the exit that a problem is about.
func TestProblemsHaveAPath(t *testing.T) {
	src := `name: x
start: gone
nodes:
  m:
    kind: menu
    play: [welcome, nothing]
    keys: {1: z, 12: lost, x: z}
    timeout: 90s
    exits: {next: z}
  c:
    kind: caller
    cases:
      - {number: 138*, go: z}
      - {number: [1, abc], go: z}
      - {region: x}
  g: {kind: group, group: 无, exits: {after: lost}}
  h: {kind: hours, named: 夜班, exits: {open: z}}
  i: {kind: input, play: welcome, exits: {next: z}}
  s: {kind: survey, second: {3: {play: welcome}}}
  a b?: {kind: hangup}
  z: {kind: hangup, play: {say_digits: "${none}"}, transferable: true}
cases:
  - {at: never, expect: {}}
`
	want := []string{
		"/start start.lost", "m/play[1] prompt.missing", "m/keys.12 exit.lost", "m/keys.1 menu.prefix", "m/keys.x menu.key",
		"m/timeout field.range", "m/exits.next exit.unknown", "c/cases[1].number[1] case.number", "c/cases[2].go field.missing",
		"c/exits.other exit.missing", "g/group group.missing", "g/exits.after exit.lost", "h/named hours.missing",
		"h/exits.closed exit.missing", "i/into field.missing", "s/second.3.keys field.missing", "/nodes.a b? name.bad",
		"z/transferable transfer.end", "z/play variable.unset", "/cases[0].at case.time", "/cases[0].expect table.empty",
	}
	for _, form := range []string{src, string(documentOf(t, src))} {
		_, list := Inspect("x", []byte(form), sampleRefs())
		var got []string
		for _, p := range list {
			got = append(got, p.Node+"/"+p.Path+" "+p.Code)
		}
		for _, w := range want {
			// The document has lists where the file has one value alone.
			i := slices.IndexFunc(got, func(g string) bool { return g == w || strings.ReplaceAll(g, "[0] ", " ") == w })
			if i < 0 {
				t.Errorf("no %s", w)
				continue
			}
			got = slices.Delete(got, i, i+1)
		}
		if len(got) > 0 {
			t.Errorf("also %v", got)
		}
	}
}

func documentOf(t *testing.T, src string) []byte {
	t.Helper()
	doc, list := Document([]byte(src))
	if doc == nil || len(list) > 0 {
		t.Fatal(list)
	}
	return doc
}
