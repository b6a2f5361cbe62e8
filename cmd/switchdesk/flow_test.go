package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const main0 = "../../flows/samples/main.yaml"

func flowRun(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(append([]string{"flow"}, args...), &o, &e)
	return code, o.String(), e.String()
}

func written(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestFlowCheckNamesFaultsByPlace(t *testing.T) {
	if code, out, _ := flowRun(t, "check", main0); code != exitDone || out != "" {
		t.Errorf("%d %q", code, out)
	}
	bad := written(t, "bad.yaml", "name: x\nstart: a\nnodes:\n  a: {kind: prompt, play: nothing_here, exits: {next: b}}\n  b: {kind: group, group: 售前}\n")
	code, out, _ := flowRun(t, "check", main0, bad, "--refs", written(t, "refs.yaml", "prompts: []\ngroups: [售后]\n"))
	want := bad + ":4:27: node a: there is no prompt nothing_here"
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != exitFailed || len(lines) < 3 || !strings.Contains(out, want) || !strings.Contains(out, bad+":5:27: node b: there is no skill group 售前") {
		t.Errorf("%d\n%s", code, out)
	}
	for _, l := range lines {
		if !strings.Contains(l, "; ") || strings.Count(strings.SplitN(l, ": ", 2)[0], ":") != 2 {
			t.Errorf("not file:line:column: what; what to do: %s", l)
		}
	}
	if code, _, errOut := flowRun(t, "check", "no/such/file"); code != exitFailed || !strings.Contains(errOut, "no such file") {
		t.Errorf("%d %q", code, errOut)
	}
}

func TestFlowRunTellsStepsWordsAndExit(t *testing.T) {
	code, out, errOut := flowRun(t, "run", main0, "--at", "2026-11-23 10:00", "--from", "13957112345", "--keys", "2,1,1001#")
	if code != exitDone || errOut != "" {
		t.Fatalf("%d %s", code, errOut)
	}
	for _, want := range []string{"hears    您好，欢迎致电", "presses  2\n", "step     主菜单 [2] → key 2", "您输入的是幺零零幺", "exit     hangup\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	code, out, _ = flowRun(t, "run", main0, "--at", "2026-11-23 10:00", "--keys", "1", "--json")
	var got struct {
		Exit, Group string
		Steps       []struct{ Node string }
		Heard       []struct{ Text string }
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != exitDone {
		t.Fatal(code, err, out)
	}
	if got.Exit != "group" || got.Group != "售前" || len(got.Steps) != 4 || len(got.Heard) != 2 {
		t.Errorf("%+v", got)
	}
	for _, args := range [][]string{{"--keys", "a"}, {"--then", "magic"}, {"--at", "soon"}} {
		if code, _, errOut := flowRun(t, append([]string{"run", main0}, args...)...); code != exitFailed || !strings.Contains(errOut, args[0]) {
			t.Errorf("%v: %d %q", args, code, errOut)
		}
	}
}

func TestFlowTestPlaysSavedCases(t *testing.T) {
	text := "name: x\nstart: a\nnodes:\n  a: {kind: menu, play: menu_main, keys: {1: b}}\n  b: {kind: hangup}\ncases:\n" +
		"  - {name: 好, keys: 1, expect: {node: b}}\n"
	if code, out, _ := flowRun(t, "test", written(t, "f.yaml", text)); code != exitDone || !strings.Contains(out, "1 cases, 0 failed") {
		t.Errorf("%d %s", code, out)
	}
	file := written(t, "f.yaml", text+"  - {name: 坏, keys: 2, expect: {node: b}}\n")
	code, out, _ := flowRun(t, "test", file)
	if code != exitFailed || !strings.Contains(out, file+":8:5: the case 坏 fails") || !strings.Contains(out, "2 cases, 1 failed") {
		t.Errorf("%d %s", code, out)
	}
}
