package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"switchdesk/app"
	"switchdesk/configs"
)

// desk is a whole server on this machine with an administrator's API key.
type desk struct {
	t    *testing.T
	url  string
	key  string
	http *http.Client
}

const adminPassword = "Correct-horse-42"

func newDesk(t *testing.T) *desk {
	t.Helper()
	cfg, err := configs.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg.DataDir, cfg.HTTP.Addr, cfg.HTTP.SecureCookies = t.TempDir(), "127.0.0.1:0", false
	ctx, stop := context.WithCancel(context.Background())
	if _, err := app.Migrate(ctx, cfg); err != nil {
		t.Fatal(err)
	}
	if err := app.CreateAdmin(ctx, cfg, app.NewAdmin{Account: "acme", Login: "admin", Name: "管理员", Password: adminPassword}); err != nil {
		t.Fatal(err)
	}
	a, err := app.New(ctx, cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	addr, err := a.Listen()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil && ctx.Err() == nil {
			t.Errorf("the server: %v", err)
		}
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, url: "http://" + addr, http: &http.Client{Jar: jar}}
	d.post("/api/session", map[string]string{"login": "admin@acme", "password": adminPassword}, nil)
	var made struct{ Secret string }
	d.post("/api/keys", map[string]any{"name": "CI", "rights": []string{"flows.manage", "groups.manage"}}, &made)
	d.key = made.Secret
	return d
}

func (d *desk) post(path string, in, out any) {
	d.t.Helper()
	raw, err := json.Marshal(in)
	if err != nil {
		d.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, d.url+path, bytes.NewReader(raw))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Requested-With", "test")
	res, err := d.http.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		d.t.Fatalf("%s: %d %s %v", path, res.StatusCode, body, err)
	}
	if out != nil {
		if err := json.Unmarshal(body, out); err != nil {
			d.t.Fatal(err)
		}
	}
}

// flow runs a flow command against the server.
func (d *desk) flow(args ...string) (code int, out, errOut string) {
	d.t.Helper()
	return flowRun(d.t, append(args, "--server", d.url, "--key", d.key)...)
}

// expect runs a flow command whose exit code and output must be these.
func (d *desk) expect(code int, want string, args ...string) {
	d.t.Helper()
	got, out, errOut := d.flow(args...)
	if got != code || out+errOut != want {
		d.t.Errorf("flow %s: %d\n%s%swant %d\n%s", strings.Join(args, " "), got, out, errOut, code, want)
	}
}

const (
	shopFlow = "# kept by the shop\nname: 门店\nstart: 主\nnodes:\n  主: {kind: flow, flow: 问候}\n"
	helloV1  = "name: 问候\nstart: 你好\nnodes:\n  你好: {kind: prompt, play: welcome, exits: {next: 再见}}\n  再见: {kind: hangup, play: goodbye}\n"
)

func TestFlowsTravelBetweenFilesAndAServer(t *testing.T) {
	d := newDesk(t)
	shop, hello := written(t, "shop.yaml", shopFlow), written(t, "hello.yaml", helloV1)
	// The first leads to the second: they go up in whatever order.
	d.expect(exitDone, hello+": 问候: version 1\n"+shop+": 门店: version 1\n", "push", shop, hello)
	d.expect(exitDone, shop+": 门店: unchanged, version 1\n", "push", shop)
	d.expect(exitDone, "问候: version 1 in force\n", "activate", "问候")

	dir := t.TempDir()
	shopThere, helloThere := filepath.Join(dir, "门店.yaml"), filepath.Join(dir, "问候.yaml")
	code, out, errOut := d.flow("pull", "--dir", dir)
	if code != exitDone || !strings.Contains(out, shopThere+": 门店: version 1\n") || !strings.Contains(out, helloThere+": 问候: version 1\n") {
		t.Fatalf("%d %s%s", code, out, errOut)
	}
	if src, err := os.ReadFile(shopThere); err != nil || string(src) != shopFlow {
		t.Errorf("pulled another text than was pushed: %q %v", src, err)
	}
	d.expect(exitDone, shopThere+": 门店: unchanged, version 1\n", "pull", "门店", "--dir", dir)
	d.expect(exitDone, shopThere+": 门店: unchanged, version 1\n"+helloThere+": 问候: unchanged, version 1\n", "push", shopThere, helloThere)

	two := written(t, "hello.yaml", strings.Replace(helloV1, "play: welcome", "play: [welcome, recording_notice]", 1))
	d.expect(exitDone, two+": 问候: version 2\n问候: version 2 in force\n", "push", "--activate", two)
	d.expect(exitDone, helloThere+": 问候: version 2\n", "pull", "问候", "--dir", dir)
	d.expect(exitDone, "问候: version 1 in force\n", "rollback", "问候")
	d.expect(exitFailed, "switchdesk: no older version of this flow has been in force\n", "rollback", "问候")
	d.expect(exitDone, helloThere+": 问候: version 1\n", "pull", "--active", "问候", "--dir", dir)
}

func TestPushTellsEveryFaultByItsPlace(t *testing.T) {
	d := newDesk(t)
	bad := written(t, "bad.yaml", "name: 坏\nstart: a\nnodes:\n  a: {kind: group, group: 没有的组, exits: {after: c}}\n")
	code, out, _ := d.flow("push", bad)
	if code != exitFailed || !strings.Contains(out, bad+":4:48: node a: the exit after leads to c") || !strings.Contains(out, bad+":4:27: node a: there is no skill group 没有的组; ") {
		t.Errorf("%d\n%s", code, out)
	}
	code, out, _ = d.flow("push", bad, "--lang", "zh")
	if code != exitFailed || !strings.Contains(out, "节点 a：技能组 没有的组 不存在；") {
		t.Errorf("%d\n%s", code, out)
	}
	// Flows that lead to one that is nowhere are told, not tried for ever.
	shop := written(t, "shop.yaml", shopFlow)
	code, out, _ = d.flow("push", shop)
	if code != exitFailed || !strings.Contains(out, shop+":5:25: node 主: there is no flow 问候") {
		t.Errorf("%d\n%s", code, out)
	}
	good := written(t, "good.yaml", helloV1+"cases:\n  - {name: 挂断, expect: {exit: group}}\n")
	d.expect(exitDone, good+": 问候: version 1\n", "push", good)
	code, out, _ = d.flow("activate", "问候")
	if code != exitFailed || !strings.Contains(out, `good.yaml:7:5: the case 挂断 fails: exit is "hangup", expected "group"`) {
		t.Errorf("%d\n%s", code, out)
	}
	d.expect(exitFailed, "switchdesk: --force needs --reason\n", "activate", "问候", "--force")
	d.expect(exitDone, "问候: version 1 in force\n", "activate", "问候", "1", "--force", "--reason", "演练")
}

func TestFlowCommandsSayWhatIsWrongWithTheServer(t *testing.T) {
	d := newDesk(t)
	for want, args := range map[string][]string{
		"the server has no flow \"无\"":           {"activate", "无", "--server", d.url, "--key", d.key},
		"this API key is not known":              {"pull", "--server", d.url, "--key", "sdk_nothing"},
		"is not an address like":                 {"pull", "--server", "desk.example.com", "--key", d.key},
		"the server can't be reached":            {"pull", "--server", "http://127.0.0.1:1", "--key", d.key},
		"missing flags: --key=KEY, --server=URL": {"pull"},
		"the server has no flow \"也无\"":          {"pull", "也无", "--server", d.url, "--key", d.key},
	} {
		if code, out, errOut := flowRun(t, args...); code == exitDone || !strings.Contains(errOut, want) {
			t.Errorf("%q: %d %s%s", args, code, out, errOut)
		}
	}
}

func TestFileNamesOfFlowsStayInTheirFolder(t *testing.T) {
	for flow, want := range map[string]string{
		"门店": "门店", "a/b": "a_b", "../../etc/x": "_._.._etc_x", ".hidden": "_hidden", "..": "_.", `c:\x`: "c__x",
	} {
		if got := fileOf(flow); got != want || filepath.Base(got) != got {
			t.Errorf("%q is kept as %q, want %q", flow, got, want)
		}
	}
}
