package api

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"

	"switchdesk/accounts"
	"switchdesk/agents"
	"switchdesk/applications"
	"switchdesk/calls"
	"switchdesk/configs"
	"switchdesk/crm"
	"switchdesk/dialplan"
	"switchdesk/floor"
	"switchdesk/flows"
	"switchdesk/hours"
	"switchdesk/internal/clock"
	"switchdesk/jobs"
	"switchdesk/prompts"
	"switchdesk/queues"
	"switchdesk/storage/blob"
	"switchdesk/storage/db/dbtest"
	"switchdesk/storage/journal"
)

const password = "Correct-horse-42"

var start = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

// house is a whole server on a real database, with two enterprises in it.
type house struct {
	t      testing.TB
	parts  Parts
	server *Server
	http   *httptest.Server
	clock  *clock.Virtual
	north  *enterprise
	south  *enterprise
	spool  string

	told    sync.Mutex
	notices []string
}

// enterprise is one account with one of everything.
type enterprise struct {
	account    accounts.Account
	roles      map[string]int64
	admin      accounts.User
	lead       accounts.User // 班长 of the agent
	agent      accounts.User
	other      accounts.User // an agent whom the lead does not see
	chief      accounts.User // every right, and a phone
	session    int64         // one of the agent's sessions
	actor      accounts.Actor
	department accounts.Department
	number     dialplan.ServiceNumber
	trunk      dialplan.Trunk
	group      queues.Group
	banned     crm.Blacklisted
	flow       int64
	prompt     prompts.Prompt
	calendar   hours.Calendar
	applied    int64  // the agent's application, with a file
	call       string // the agent's, recorded and stored
	waiting    string // the agent's, recorded and not yet stored
	missing    string // the agent's, its recording is missing
	foreign    string // the other agent's
	key        int64  // an API key
	task       int64  // the administrator's
	label      int64  // a call tag
	search     int64  // the agent's own, shared
}

func newHouse(t testing.TB, change ...func(*configs.Config)) *house {
	t.Helper()
	cfg := configs.Config{}
	cfg.Switch.Domain, cfg.Switch.XMLSecret = "switchdesk", "a-secret-of-the-switch"
	for _, f := range change {
		f(&cfg)
	}
	h := &house{t: t, clock: clock.NewVirtual(start), spool: t.TempDir()}
	g := dbtest.SQLite(t)
	blobs, err := blob.Open(blob.Config{Kind: "disk", Path: t.TempDir()})
	must(t, err)
	log := slog.New(slog.DiscardHandler)
	j, err := journal.Open(t.TempDir(), journal.Options{})
	must(t, err)
	live := floor.NewService(&floor.Settings{}, uuid.NewString, log, h.clock, j, nil)
	h.parts = Parts{
		Config: cfg, DB: g, Clock: h.clock, Log: log, Floor: live, Blobs: blobs,
		Accounts: accounts.NewService(g, h.clock, accounts.Options{Hash: accounts.HashCost{MemoryKiB: 64, Passes: 1, Lanes: 1}}),
		Agents:   agents.NewStore(g), Groups: queues.NewStore(g), Flows: flows.NewStore(g),
		Numbers: dialplan.NewService(g, h.clock, dialplan.Options{}), CRM: crm.NewService(g, h.clock), Calls: calls.NewStore(g),
		Hours: hours.NewService(g, h.clock), Applications: applications.NewService(g, blobs, h.clock),
		Notify: func(account, user int64, notice any) {
			h.told.Lock()
			defer h.told.Unlock()
			h.notices = append(h.notices, fmt.Sprintf("%d %d %v", account, user, notice))
		},
		Spool: func(path string) string { return path },
		Web: fstest.MapFS{
			"index.html":               {Data: []byte("<!doctype html><title>app</title>")},
			"assets/index-B3kd_9xQ.js": {Data: []byte("console.log(1)")},
			"favicon.svg":              {Data: []byte("<svg/>")},
		},
		Topics: func(a accounts.Actor, _ bool) (string, string, string, string) { return "bar:1", "", "", "" },
	}
	h.parts.Prompts = prompts.NewService(g, blobs, prompts.Options{Dir: t.TempDir(), Clock: h.clock, Reserved: flows.IsBuiltin, PerDay: 1000})
	h.parts.Exports = &calls.Exporter{Store: h.parts.Calls, Objects: blobs, Scope: calls.ScopeOf(h.parts.Accounts), Now: h.clock.Now}
	h.parts.Retention = &calls.Retention{DB: g, Objects: blobs, Accounts: h.parts.Accounts, Clock: h.clock, Log: log}
	h.parts.Jobs = jobs.NewService(g, jobs.Options{Kinds: h.parts.Exports.Kinds(), Worker: "test", Poll: 10 * time.Millisecond, Clock: h.clock, Log: log, Remove: blobs.Delete})
	h.north, h.south = h.enterprise("north"), h.enterprise("south")
	must(t, live.Restore(h.settings(), nil))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- live.Run(ctx) }()
	h.server, err = New(h.parts)
	must(t, err)
	h.http = httptest.NewServer(h.server.Handler())
	t.Cleanup(func() {
		h.http.Close()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("floor: %v", err)
		}
		must(t, j.Close())
	})
	return h
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (h *house) settings() *floor.Settings {
	set := &floor.Settings{Domain: "switchdesk", Accounts: map[int64]*floor.Account{}, Numbers: map[string]*floor.Number{}}
	for _, e := range []*enterprise{h.north, h.south} {
		acc := &floor.Account{
			ID: e.account.ID, Language: "zh", Zone: time.UTC,
			Groups: map[int64]queues.Group{e.group.ID: e.group}, Agents: map[int64]floor.Agent{},
		}
		for _, u := range []accounts.User{e.lead, e.agent, e.other, e.chief} {
			acc.Agents[u.ID] = floor.Agent{ID: u.ID, Number: *u.Number, Name: u.Name, Method: agents.Web}
		}
		set.Accounts[e.account.ID] = acc
	}
	return set
}

// enterprise makes an account with one of everything in it.
func (h *house) enterprise(slug string) *enterprise {
	t, ctx, p := h.t, context.Background(), h.parts
	e := &enterprise{roles: map[string]int64{}}
	account, roles, err := p.Accounts.CreateAccount(ctx, accounts.Account{Slug: slug, Name: "企业 " + slug})
	must(t, err)
	e.account = account
	for _, r := range roles {
		e.roles[r.Name] = r.ID
	}
	person := func(login, name, number, role string, superior int64) accounts.User {
		u := accounts.User{Login: login, Name: name, RoleID: e.roles[role], SuperiorID: superior}
		if number != "" {
			u.Number = &number
		}
		u, err := p.Accounts.Seed(ctx, account.ID, u, password)
		must(t, err)
		return u
	}
	e.admin = person("admin", "管理员甲", "", "管理员", 0)
	e.lead = person("lead", "班长乙", "8000", "班长", 0)
	e.agent = person("ann", "座席丙", "8001", "座席", e.lead.ID)
	e.other = person("bob", "座席丁", "8002", "座席", 0)
	e.chief = person("chief", "主管戊", "8009", "管理员", 0)
	e.actor, err = p.Accounts.ActorOf(ctx, account.ID, e.admin.ID)
	must(t, err)
	e.department, err = p.Accounts.SaveDepartment(ctx, e.actor, accounts.Department{Name: "客服部"})
	must(t, err)
	e.number, err = p.Numbers.SaveNumber(ctx, e.actor, dialplan.ServiceNumber{
		Number: "057188" + fmt.Sprintf("%06d", account.ID), Name: "热线", Enabled: true,
	})
	must(t, err)
	e.trunk, err = p.Numbers.SaveTrunk(ctx, e.actor, dialplan.TrunkInput{Name: "运营商", Proxy: "sip.example.com:5060", Enabled: true})
	must(t, err)
	group := queues.NewGroup(account.ID, "售前")
	group.Members = []queues.Member{{Agent: e.agent.ID, Level: 5, Order: 1}}
	e.group, err = p.Groups.Save(ctx, group)
	must(t, err)
	e.banned, err = p.CRM.Ban(ctx, e.actor, "13900000000", "骚扰")
	must(t, err)
	_, agent, err := p.Accounts.SignIn(ctx, accounts.Credentials{Login: "ann@" + slug, Password: password})
	must(t, err)
	e.session = agent.SessionID
	e.calendar, err = p.Hours.Save(ctx, e.actor, hours.Calendar{Name: "客服作息"})
	must(t, err)
	ann, err := p.Accounts.ActorOf(ctx, account.ID, e.agent.ID)
	must(t, err)
	wish, err := p.Applications.Apply(ctx, ann, "13900010001", "请 "+slug+" 周末也接听", e.number.ID)
	must(t, err)
	_, err = p.Applications.Attach(ctx, ann, wish.ID, "sketch.png", []byte("a sketch"))
	must(t, err)
	e.applied = wish.ID
	key, _, err := p.Accounts.MakeKey(ctx, e.actor, "集成 "+slug, accounts.Rights{accounts.FlowsRead}, nil)
	must(t, err)
	e.key = key.ID
	h.records(e)
	task, err := p.Jobs.Add(ctx, jobs.New{AccountID: account.ID, Kind: calls.KindRecords, OwnerID: e.admin.ID, OwnerName: "管理员甲 of " + slug, Input: calls.Wanted{}})
	must(t, err)
	e.task = task.ID
	h.flow(e)
	e.prompt, err = p.Prompts.Add(ctx, account.ID, prompts.Upload{Name: "开场白", Original: "a.wav", File: wav(700), By: e.admin.ID})
	must(t, err)
	return e
}

// records gives an enterprise four ended calls.
func (h *house) records(e *enterprise) {
	ctx := context.Background()
	e.waiting, e.missing, e.foreign, e.call = newCallID(), newCallID(), newCallID(), newCallID()
	var bundles []calls.Bundle
	for i, id := range []string{e.waiting, e.missing, e.foreign, e.call} {
		who := e.agent
		if id == e.foreign {
			who = e.other
		}
		began := start.Add(time.Duration(i-10) * time.Minute)
		answered := began.Add(20 * time.Second)
		b := calls.Bundle{Account: e.account.ID, Record: calls.Record{
			ID: id, AccountID: e.account.ID, Direction: calls.In, From: "1395711000" + fmt.Sprint(i), To: e.number.Number,
			Service: "热线", AgentID: who.ID, AgentName: who.Name, GroupID: e.group.ID, GroupName: e.group.Name,
			Outcome: calls.Answered, StartedAt: began, AnsweredAt: &answered, EndedAt: began.Add(2 * time.Minute),
			QueueSeconds: 12, RingSeconds: 8, TalkSeconds: 100, HangupBy: "customer", RecordingState: calls.RecStored,
		}}
		b.Steps = []calls.StepRow{{AccountID: e.account.ID, CallID: id, Seq: 1, At: began, Node: "menu", Kind: "menu", Title: "主菜单", Input: "1", Exit: "1"}}
		b.Rings = []calls.RingRow{{AccountID: e.account.ID, CallID: id, Seq: 1, AgentID: who.ID, GroupID: e.group.ID, At: began.Add(12 * time.Second), EndedAt: answered, Result: "answered"}}
		b.Recording = &calls.RecordingRow{CallID: id, AccountID: e.account.ID, State: calls.RecStored, Seconds: 100, StartedAt: answered, StoppedAt: b.Record.EndedAt}
		switch id {
		case e.waiting:
			b.Record.RecordingState, b.Recording.State, b.Recording.Path = calls.RecWaiting, calls.RecWaiting, h.spool+"/"+id+".wav"
		case e.missing:
			b.Record.RecordingState, b.Recording.State = calls.RecMissing, calls.RecMissing
		default:
			b.Recording.BlobKey = "recordings/" + id + ".wav"
			b.Recording.Bytes = int64(len(tone(e.account.ID)))
			_, err := h.parts.Blobs.Put(ctx, b.Recording.BlobKey, bytes.NewReader(tone(e.account.ID)), b.Recording.Bytes, "audio/wav")
			must(h.t, err)
		}
		bundles = append(bundles, b)
	}
	must(h.t, h.parts.Calls.Save(ctx, bundles))
	label, err := h.parts.Calls.AddLabel(ctx, calls.Label{AccountID: e.account.ID, Kind: calls.CallTag, Name: "投诉" + e.account.Slug, Enabled: true}, start)
	must(h.t, err)
	search, err := h.parts.Calls.SaveSearch(ctx, calls.SavedSearch{AccountID: e.account.ID, UserID: e.agent.ID, Name: "长通话" + e.account.Slug, Shared: true, Query: "{}"}, start)
	must(h.t, err)
	e.label, e.search = label.ID, search.ID
}

func newCallID() string { return uuid.Must(uuid.NewV7()).String() }

// tone is a recording's bytes, another for each account.
func tone(account int64) []byte {
	return append([]byte("RIFF----WAVEfmt "), bytes.Repeat([]byte{byte(account), 1, 2, 3}, 4096)...)
}

// wav is a sound file: a tone of hz for a quarter of a second.
func wav(hz int) []byte {
	var b bytes.Buffer
	b.WriteString("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data\xa0\x0f\x00\x00")
	for i := range 2000 {
		_ = binary.Write(&b, binary.LittleEndian, int16(8000*math.Sin(2*math.Pi*float64(hz)*float64(i)/8000)))
	}
	return b.Bytes()
}

// browser is a signed-in client.
type browser struct {
	h      *house
	cookie string
	header http.Header
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) code() string {
	var e ErrorBody
	_ = json.Unmarshal(a.body, &e)
	return e.Err.Code
}

func (a answer) into(t testing.TB, v any) {
	t.Helper()
	if a.status >= 300 {
		t.Fatalf("status %d: %s", a.status, a.body)
	}
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("%s: %v", a.body, err)
	}
}

// nobody is a browser that is not signed in.
func (h *house) nobody() *browser { return &browser{h: h} }

// as signs somebody in.
func (h *house) as(e *enterprise, u accounts.User) *browser {
	h.t.Helper()
	token, _, err := h.parts.Accounts.SignIn(context.Background(), accounts.Credentials{
		Login: u.Login + "@" + e.account.Slug, Password: password, IP: "192.0.2.1",
	})
	must(h.t, err)
	return &browser{h: h, cookie: token}
}

// withRole signs in a new person who has exactly these rights.
func (h *house) withRights(e *enterprise, number string, rights ...accounts.Right) *browser {
	h.t.Helper()
	ctx := context.Background()
	role, err := h.parts.Accounts.SaveRole(ctx, e.actor, accounts.Role{Name: "角色" + newCallID()[:18] + number, Rights: rights, Scope: accounts.ScopeAll})
	must(h.t, err)
	u := accounts.User{Login: "u" + strings.ReplaceAll(newCallID(), "-", "")[:30], Name: "临时", RoleID: role.ID}
	if number != "" {
		u.Number = &number
	}
	u, err = h.parts.Accounts.Seed(ctx, e.account.ID, u, password)
	must(h.t, err)
	return h.as(e, u)
}

func (b *browser) do(method, path string, body any) answer {
	b.h.t.Helper()
	var reader io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		must(b.h.t, err)
		reader = bytes.NewReader(raw)
	}
	req, err := http.NewRequest(method, b.h.http.URL+path, reader)
	must(b.h.t, err)
	req.Header.Set("X-Requested-With", "test")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if b.cookie != "" {
		req.AddCookie(&http.Cookie{Name: CookieName, Value: b.cookie})
	}
	for name, values := range b.header {
		req.Header[name] = values
	}
	return b.send(req)
}

func (b *browser) send(req *http.Request) answer {
	b.h.t.Helper()
	res, err := b.h.http.Client().Do(req)
	must(b.h.t, err)
	defer res.Body.Close() //nolint:errcheck // read to its end
	raw, err := io.ReadAll(res.Body)
	must(b.h.t, err)
	return answer{res.StatusCode, res.Header, raw}
}

func (b *browser) get(path string) answer { b.h.t.Helper(); return b.do(http.MethodGet, path, nil) }

// flow gives an enterprise a flow with one version.
func (h *house) flow(e *enterprise) {
	v, problems, err := h.parts.Flows.Upload(context.Background(), e.account.ID, flows.NewVersion{
		Name: "主流程", File: "main.yaml", Source: []byte(goodFlow), By: e.admin.ID,
	}, flows.Refs{})
	if err != nil {
		h.t.Fatalf("%v %v", err, problems)
	}
	e.flow = v.FlowID
}

const goodFlow = `name: 主流程
start: 欢迎
nodes:
  欢迎:
    kind: prompt
    play: [welcome]
    exits:
      next: 人工
  人工:
    kind: group
    group: 售前
    exits:
      no_agent: 再见
      timeout: 再见
  再见:
    kind: hangup
    play: [goodbye]
`
