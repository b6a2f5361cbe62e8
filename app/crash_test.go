package app

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchdesk/accounts"
	"switchdesk/agents"
	"switchdesk/configs"
	"switchdesk/dialplan"
	"switchdesk/floor"
	"switchdesk/flows"
	"switchdesk/queues"
	"switchdesk/simswitch"
)

// TestMain lets the test binary be the controller that a test kills.
func TestMain(m *testing.M) {
	if file := os.Getenv("SWITCHDESK_TEST_SERVE"); file != "" {
		if err := serveForTest(file); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	flag.Parse()
	many()
	os.Exit(m.Run())
}

func serveForTest(file string) error {
	cfg, err := configs.Load(file, nil)
	if err != nil {
		return err
	}
	a, err := New(context.Background(), cfg, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	return a.Run(context.Background())
}

const crashFlow = `
name: 五条路
start: 菜单
nodes:
  菜单:
    kind: menu
    play: welcome
    timeout: 60s
    tries: 3
    keys: {1: 响铃, 2: 通话, 3: 保持, 4: 排队}
    exits: {timeout: 再见, invalid: 再见}
  响铃: {kind: agent, number: "8001", ring: 110s, exits: {no_answer: 再见, unavailable: 再见}}
  通话: {kind: agent, number: "8002", exits: {no_answer: 再见, unavailable: 再见}}
  保持: {kind: agent, number: "8003", exits: {no_answer: 再见, unavailable: 再见}}
  排队: {kind: group, group: 慢组, exits: {no_agent: 再见, timeout: 再见}}
  再见: {kind: hangup, play: [goodbye]}
`

const crashPassword = "dlkj-2026-ceshi"

// crashWorld is a simulated switch that outlives its controllers.
type crashWorld struct {
	t      *testing.T
	engine *simswitch.Engine
	file   string
	addr   string
	cmd    *exec.Cmd
	log    *bytes.Buffer
	last   string // what until looked at last
}

func newCrashWorld(t *testing.T) *crashWorld {
	t.Helper()
	dir := t.TempDir()
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	engine := simswitch.New(simswitch.Options{Password: "socket-of-a-test", Seed: 1, RecordTiny: true})
	go func() { _ = engine.Run(ctx) }()
	socket, err := engine.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &crashWorld{t: t, engine: engine, addr: freeAddr(t), file: filepath.Join(dir, "switchdesk.yaml"), log: &bytes.Buffer{}}
	text := fmt.Sprintf("http: {addr: %q, secure_cookies: false}\ndata_dir: %q\nlog: {level: warn}\nswitches: [{name: sim, addr: %q, password: socket-of-a-test}]\nstop_timeout: 2s\n",
		w.addr, filepath.Join(dir, "data"), socket.Addr())
	if err := os.WriteFile(w.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	w.seed()
	return w
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (w *crashWorld) seed() {
	w.t.Helper()
	ctx := context.Background()
	must := func(err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatal(err)
		}
	}
	cfg, err := configs.Load(w.file, nil)
	must(err)
	_, err = Migrate(ctx, cfg)
	must(err)
	a, err := New(ctx, cfg, slog.New(slog.DiscardHandler))
	must(err)
	defer a.close()
	account, roles, err := a.accounts.CreateAccount(ctx, accounts.Account{Slug: "test", Name: "测试", Timezone: "Asia/Shanghai", Language: "zh-CN"})
	must(err)
	operator := accounts.Actor{AccountID: account.ID, Rights: accounts.All(), Scope: accounts.ScopeAll}
	var last int64
	for i := 1; i <= 4; i++ {
		number := fmt.Sprint(8000 + i)
		u, err := a.accounts.Seed(ctx, account.ID, accounts.User{Login: number, Name: "座席" + number, Number: &number, RoleID: roles[0].ID}, crashPassword)
		must(err)
		last = u.ID
	}
	_, err = a.groups.Save(ctx, queues.Group{Account: account.ID, Name: "慢组", Strategy: queues.LongestIdle, AfterMiss: agents.AskAgain,
		RingTime: 20 * time.Second, WaitLimit: 5 * time.Minute, WrapUp: time.Second, Members: []queues.Member{{Agent: last, Level: 1}},
		OnNoAgent: queues.Exit{Kind: queues.ExitFlow}, OnTimeout: queues.Exit{Kind: queues.ExitFlow}, OnFull: queues.Exit{Kind: queues.ExitFlow}})
	must(err)
	refs, err := a.flowRefs(ctx, account.ID)
	must(err)
	v, problems, err := a.flows.Upload(ctx, account.ID, flows.NewVersion{File: "crash.yaml", Source: []byte(crashFlow)}, refs)
	if err != nil {
		w.t.Fatal(err, problems)
	}
	_, err = a.flows.Activate(ctx, account.ID, v.FlowID, v.Number, 0, refs)
	must(err)
	_, err = a.numbers.SaveNumber(ctx, operator, dialplan.ServiceNumber{Number: "4008001234", Name: "热线", FlowID: v.FlowID, Enabled: true})
	must(err)
	for i := 1; i <= 4; i++ {
		react := simswitch.Reaction{Act: simswitch.Pick, After: 200 * time.Millisecond}
		w.engine.Register(simswitch.Phone{User: floor.PhoneUser(account.ID, fmt.Sprint(8000+i), agents.Web), Reaction: react, Manual: i == 1})
	}
}

// start starts a controller and waits until it is ready.
func (w *crashWorld) start() {
	w.t.Helper()
	self, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	w.cmd = exec.Command(self)
	w.cmd.Env = append(os.Environ(), "SWITCHDESK_TEST_SERVE="+w.file)
	w.cmd.Stderr = w.log // read only after the process is gone, or when the test has failed
	if err := w.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(w.kill)
	w.until("the controller is ready", func() bool {
		resp, err := http.Get("http://" + w.addr + "/readyz")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// kill is kill -9.
func (w *crashWorld) kill() {
	if w.cmd == nil {
		return
	}
	_ = w.cmd.Process.Kill()
	_ = w.cmd.Wait()
	w.cmd = nil
}

func (w *crashWorld) until(what string, ok func() bool) {
	w.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			w.t.Fatalf("not within 20 s: %s\nlast: %s\nswitch: %+v\ncontroller:\n%s", what, w.last, w.engine.Channels(), w.log.String())
		}
		time.Sleep(20 * time.Millisecond) // polls another process; the deadline decides
	}
}

// person is somebody signed in over HTTP.
type person struct {
	w      *crashWorld
	client *http.Client
}

func (w *crashWorld) signIn(login string) *person {
	w.t.Helper()
	jar, _ := cookiejar.New(nil)
	p := &person{w: w, client: &http.Client{Jar: jar}}
	p.do("POST", "/api/session", map[string]string{"login": login + "@test", "password": crashPassword}, nil)
	return p
}

func (p *person) do(method, path string, in, out any) {
	p.w.t.Helper()
	if err := p.try(method, path, in, out); err != nil {
		p.w.t.Fatal(err)
	}
}

func (p *person) try(method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(method, "http://"+p.w.addr+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Requested-With", "switchdesk")
	resp, err := p.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %d %s", method, path, resp.StatusCode, text)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(text, out)
}

// live tells the state of each live call by the caller's number.
func (p *person) live() map[string]floor.LiveCall {
	p.w.t.Helper()
	var list struct{ Items []floor.LiveCall }
	p.do("GET", "/api/calls/live", nil, &list)
	by := map[string]floor.LiveCall{}
	for _, c := range list.Items {
		by[c.From] = c
	}
	return by
}

// TestControllerDies kills the controller while one call each is in the IVR,
// in the queue, ringing, talking and on hold. Every leg stays, every call
// goes on where it was, and each ends with one record.
func TestControllerDies(t *testing.T) {
	w := newCrashWorld(t)
	w.start()
	boss := w.signIn("8001")
	for _, n := range []string{"8001", "8002", "8003"} {
		w.signIn(n).do("POST", "/api/bar/state", map[string]string{"state": "idle"}, nil)
	}
	w.signIn("8004").do("POST", "/api/bar/state", map[string]string{"state": "break", "reason": "午餐"}, nil)

	want := map[string]string{"13900000000": "ivr", "13900000001": "ringing", "13900000002": "talking", "13900000003": "held", "13900000004": "queued"}
	legs := map[string]string{}
	for from := range want {
		who := simswitch.Caller{From: from, To: "4008001234"}
		if key := strings.TrimPrefix(from, "1390000000"); key != "0" {
			who.Keys = []simswitch.KeyPress{{Collect: 1, After: 100 * time.Millisecond, Digits: key}}
		}
		legs[from] = w.engine.Call(who)
	}
	holder := w.signIn("8003")
	w.until("the call of 8003 talks", func() bool { return boss.live()["13900000003"].State == "talking" })
	holder.do("POST", "/api/bar/calls/"+boss.live()["13900000003"].ID+"/hold", nil, nil)
	same := func() bool {
		live := boss.live()
		for from, state := range want {
			if live[from].State != state {
				return false
			}
		}
		return true
	}
	w.until("all five calls are where they should be", same)
	before := boss.live()

	for range 3 {
		w.kill()
		if n := len(w.engine.Channels()); n != 8 {
			t.Fatalf("%d legs after the kill, 8 before", n)
		}
		w.start()
		w.until("the five calls are where they were", same)
		for from, c := range boss.live() {
			if c.ID != before[from].ID || !c.Started.Equal(before[from].Started) {
				t.Fatalf("the call from %s became another one: %+v, was %+v", from, c, before[from])
			}
		}
	}

	// They go on: the ring is answered, the hold resumed, the queue served,
	// the menu chosen.
	w.signIn("8001").do("POST", "/api/bar/calls/"+before["13900000001"].ID+"/answer", nil, nil)
	w.signIn("8003").do("POST", "/api/bar/calls/"+before["13900000003"].ID+"/resume", nil, nil)
	w.signIn("8004").do("POST", "/api/bar/state", map[string]string{"state": "idle"}, nil)
	w.until("the ring, the hold and the queue became talks", func() bool {
		live := boss.live()
		for _, from := range []string{"13900000001", "13900000003", "13900000004"} {
			c := live[from]
			if c.State != "talking" || c.Answered == nil || time.Since(*c.Answered) < 500*time.Millisecond {
				return false // a talk of milliseconds leaves no recording
			}
		}
		return true
	})
	for _, leg := range legs {
		w.engine.Hangup(leg, "NORMAL_CLEARING")
	}
	var page struct {
		Items []struct {
			From, Outcome, Recording string
		}
	}
	w.until("five records, stored", func() bool {
		boss.do("GET", "/api/calls", nil, &page)
		w.last = fmt.Sprintf("%+v", page.Items)
		stored := 0
		for _, r := range page.Items {
			if r.Recording == "stored" {
				stored++
			}
		}
		return len(page.Items) >= 5 && stored == 4
	})
	if len(page.Items) != 5 {
		t.Fatalf("%d records of 5 calls: %+v", len(page.Items), page.Items)
	}
	for _, r := range page.Items {
		wantOutcome := "answered"
		if r.From == "13900000000" {
			wantOutcome = "ivr"
		}
		if r.Outcome != wantOutcome {
			t.Errorf("the call from %s is written down as %s, want %s", r.From, r.Outcome, wantOutcome)
		}
	}
	if n := len(w.engine.Channels()); n != 0 {
		t.Errorf("%d legs are left at the switch", n)
	}
}
