package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchdesk/accounts"
	"switchdesk/agents"
	"switchdesk/configs"
	"switchdesk/configs/freeswitch"
	"switchdesk/dialplan"
	"switchdesk/flows"
	"switchdesk/internal/testswitch"
	"switchdesk/queues"
	"switchdesk/simswitch"
)

// The flow of the real switch's tests: a menu that leads to an agent's group,
// to one agent each, or nowhere.
const realFlow = `
name: 真机
start: 菜单
nodes:
  菜单:
    kind: menu
    play: menu_main
    timeout: 60s
    tries: 3
    keys: {1: 响铃, 2: 通话, 3: 保持, 4: 排队}
    exits: {timeout: 再见, invalid: 再见}
  响铃: {kind: agent, number: "8001", ring: 110s, exits: {no_answer: 再见, unavailable: 再见}}
  通话: {kind: agent, number: "8002", exits: {no_answer: 再见, unavailable: 再见}}
  保持: {kind: agent, number: "8003", exits: {no_answer: 再见, unavailable: 再见}}
  排队: {kind: group, group: 客服组, exits: {no_agent: 再见, timeout: 再见}}
  再见: {kind: hangup, play: [goodbye]}
`

const (
	realNumber   = "4008001234"
	realSecret   = "the-secret-of-the-look-ups"
	deskPassword = "desk-phone-of-a-test"
)

// realWorld is a real FreeSWITCH that outlives its controllers.
type realWorld struct {
	*crashWorld
	sw   *testswitch.Switch
	cfg  configs.Config
	acct int64
}

func newRealWorld(t *testing.T) *realWorld {
	t.Helper()
	dir, addr := t.TempDir(), freeAddr(t)
	sw := testswitch.Start(t, testswitch.Options{Values: freeswitch.Values{
		Node: "fs1", XMLURL: "http://" + addr + "/freeswitch/xml", XMLSecret: realSecret,
	}})
	w := &realWorld{sw: sw, crashWorld: &crashWorld{
		t: t, engine: simswitch.New(simswitch.Options{}), addr: addr, file: filepath.Join(dir, "switchdesk.yaml"), log: &bytes.Buffer{},
	}}
	text := fmt.Sprintf(`http: {addr: %q, secure_cookies: false}
data_dir: %q
log: {level: info}
switches: [{name: fs1, addr: %q, password: %q}]
switch: {domain: %q, ws_url: %q, xml_secret: %q}
stop_timeout: 2s
`, addr, filepath.Join(dir, "data"), sw.ESLAddr(), sw.Values.ESLPassword, sw.Values.Domain, sw.WSURL(), realSecret)
	if err := os.WriteFile(w.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	w.seedReal()
	return w
}

// seedReal makes an account with four agents at desk phones.
func (w *realWorld) seedReal() {
	w.t.Helper()
	ctx := context.Background()
	must := func(err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatal(err)
		}
	}
	var err error
	w.cfg, err = configs.Load(w.file, nil)
	must(err)
	_, err = Migrate(ctx, w.cfg)
	must(err)
	a, err := New(ctx, w.cfg, slog.New(slog.DiscardHandler))
	must(err)
	defer a.close()
	account, roles, err := a.accounts.CreateAccount(ctx, accounts.Account{Slug: "test", Name: "测试", Timezone: "Asia/Shanghai", Language: "zh-CN"})
	must(err)
	w.acct = account.ID
	operator := accounts.Actor{AccountID: account.ID, Rights: accounts.All(), Scope: accounts.ScopeAll}
	var last int64
	for i := 1; i <= 4; i++ {
		number := fmt.Sprint(8000 + i)
		u, err := a.accounts.Seed(ctx, account.ID, accounts.User{Login: number, Name: "座席" + number, Number: &number, RoleID: roles[0].ID}, crashPassword)
		must(err)
		_, err = a.numbers.SeedDeskPhone(ctx, u, deskPassword)
		must(err)
		last = u.ID
	}
	_, err = a.groups.Save(ctx, queues.Group{Account: account.ID, Name: "客服组", Strategy: queues.LongestIdle, AfterMiss: agents.AskAgain,
		RingTime: 20 * time.Second, WaitLimit: 5 * time.Minute, WrapUp: time.Second, Members: []queues.Member{{Agent: last, Level: 1}},
		OnNoAgent: queues.Exit{Kind: queues.ExitFlow}, OnTimeout: queues.Exit{Kind: queues.ExitFlow}, OnFull: queues.Exit{Kind: queues.ExitFlow}})
	must(err)
	refs, err := a.flowRefs(ctx, account.ID)
	must(err)
	v, problems, err := a.flows.Upload(ctx, account.ID, flows.NewVersion{File: "real.yaml", Source: []byte(realFlow)}, refs)
	if err != nil {
		w.t.Fatal(err, problems)
	}
	_, err = a.flows.Activate(ctx, account.ID, v.FlowID, v.Number, 0, refs)
	must(err)
	_, err = a.numbers.SaveNumber(ctx, operator, dialplan.ServiceNumber{Number: realNumber, Name: "热线", FlowID: v.FlowID, Enabled: true})
	must(err)
}

// agent signs an agent in, who answers at a desk phone.
func (w *realWorld) agent(number string) *person {
	w.t.Helper()
	p := w.signIn(number)
	p.do("PUT", "/api/bar/method", map[string]string{"method": "sip"}, nil)
	return p
}

func (w *realWorld) phone(p testswitch.Phone) *testswitch.Person {
	w.t.Helper()
	p.User, p.Password = dialplan.DeskUser(w.acct, p.User), deskPassword
	return w.sw.Phone(w.t, p)
}

// wait waits for something of the controller's, and shows its log if it
// doesn't come.
func (w *realWorld) wait(what string, limit time.Duration, ok func() bool) {
	w.t.Helper()
	deadline := time.Now().Add(limit)
	for !ok() {
		if time.Now().After(deadline) {
			w.kill()
			w.t.Fatalf("not within %v: %s\nlast: %s\ncontroller:\n%s", limit, what, w.last, w.log.String())
		}
		time.Sleep(50 * time.Millisecond) // polls another process; the deadline decides
	}
}

func (w *realWorld) state(p *person) string {
	var bar struct{ State string }
	p.do("GET", "/api/bar", nil, &bar)
	w.last = fmt.Sprintf("%+v", bar)
	return bar.State
}

// record is a row of the list of calls.
type record struct {
	ID, From, Outcome, Recording string
}

func (w *realWorld) records(p *person) []record {
	var page struct{ Items []record }
	p.do("GET", "/api/calls", nil, &page)
	w.last = fmt.Sprintf("%+v", page.Items)
	return page.Items
}

// recording downloads a call's recording.
func (w *realWorld) recording(p *person, id string) testswitch.Sound {
	w.t.Helper()
	resp, err := p.client.Get("http://" + w.addr + "/api/calls/" + id + "/recording")
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		w.t.Fatalf("recording of %s: %d %v %.200s", id, resp.StatusCode, err, data)
	}
	file := filepath.Join(w.t.TempDir(), "heard.wav")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		w.t.Fatal(err)
	}
	sound, err := testswitch.ReadWAV(file)
	if err != nil {
		w.t.Fatal(err)
	}
	return sound
}

// TestFreeSWITCHInboundCall is the whole way of one call on the real switch: a
// caller hears the menu, presses a key, waits, an agent's desk phone rings
// and is answered, they talk, the agent hangs up; the record, its trail and
// the recording with both voices are there.
func TestFreeSWITCHInboundCall(t *testing.T) {
	w := newRealWorld(t)
	w.start()
	agent := w.agent("8004")
	agent.do("POST", "/api/bar/state", map[string]string{"state": "idle"}, nil)
	if got := w.state(agent); got != "disconnected" {
		t.Errorf("an agent whose phone isn't there is %s", got)
	}
	phone := w.phone(testswitch.Phone{User: "8004", After: 500 * time.Millisecond, Stay: 5 * time.Second})
	w.wait("the agent's phone is seen", 10*time.Second, func() bool { return w.state(agent) != "disconnected" })
	agent.do("POST", "/api/bar/state", map[string]string{"state": "idle"}, nil)

	caller := w.sw.Call(t, testswitch.Caller{Number: realNumber, From: "13900000004", Keys: []testswitch.Key{{After: 2 * time.Second, Keys: "4"}}})
	caller.WaitSaid("answered", 1, 10*time.Second)
	w.wait("they talk", 20*time.Second, func() bool { return w.state(agent) == "talking" })
	phone.WaitSaid("hanging up", 1, 15*time.Second)
	caller.WaitSaid("ended by the other side", 1, 15*time.Second)
	if code := caller.Wait(5 * time.Second); code != 0 {
		t.Errorf("the caller's telephone ended with %d", code)
	}
	w.wait("the record and its recording", 20*time.Second, func() bool {
		r := w.records(agent)
		return len(r) == 1 && r[0].Recording == "stored"
	})
	r := w.records(agent)[0]
	if r.Outcome != "answered" || r.From != "13900000004" {
		t.Errorf("the record says %+v", r)
	}
	var page struct {
		Trail []struct{ Node, Kind, Input, Exit string }
	}
	agent.do("GET", "/api/calls/"+r.ID, nil, &page)
	if trail := fmt.Sprint(page.Trail); !strings.Contains(trail, "菜单") || !strings.Contains(trail, "排队") || !strings.Contains(trail, "4") {
		t.Errorf("the trail is %s", trail)
	}
	sound := w.recording(agent, r.ID)
	if len(sound.Channels) != 2 || sound.Heard(0, 440) < 3*time.Second || sound.Heard(1, 1000) < 3*time.Second {
		t.Errorf("recording of %v with %d channels: caller %v, agent %v", sound.Length(), len(sound.Channels), sound.Heard(0, 440), sound.Heard(1, 1000))
	}
	w.wait("the agent is idle again", 10*time.Second, func() bool { return w.state(agent) == "idle" })
	if left := w.spooled(); len(left) != 0 {
		t.Errorf("stored recordings are still in the spool: %v", left)
	}
}

func (w *realWorld) spooled() (files []string) {
	_ = filepath.WalkDir(filepath.Join(w.cfg.DataDir, spoolDir), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return nil
	})
	return files
}
