package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"switchdesk/accounts"
	"switchdesk/agents"
	"switchdesk/api"
	"switchdesk/calls"
	"switchdesk/configs"
	"switchdesk/dialplan"
	"switchdesk/floor"
	"switchdesk/flows"
	"switchdesk/queues"
	"switchdesk/simswitch"
)

// world is the whole program in this process, and a simulated switch that it
// reaches by TCP. Enterprises in it are people, numbers and callers of their
// own, so that many stories can happen in it at once.
type world struct {
	t      *testing.T
	engine *simswitch.Engine
	app    *App
	cfg    configs.Config
	addr   string
	log    *lockedBuffer
	halt   func() // stops the program; the switch goes on
	number atomic.Int64
}

// building keeps two programs in one process from being wired at once: the
// API's library has settings of its own that each sets.
var building sync.Mutex

const worldPassword = "dlkj-2026-ceshi"

func newWorld(t *testing.T) *world {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	engine := simswitch.New(simswitch.Options{
		Password: "socket-of-a-test", Seed: 1, RecordTiny: true, MaxSessions: 5000,
		Prompt: simswitch.FixedPrompts(60 * time.Millisecond), Fallback: 200 * time.Millisecond,
	})
	ended := make(chan struct{})
	go func() { defer close(ended); _ = engine.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	socket, err := engine.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := configs.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg.HTTP.Addr, cfg.HTTP.SecureCookies, cfg.DataDir = "127.0.0.1:0", false, t.TempDir()
	cfg.Switches = []configs.Node{{Name: "sim", Addr: socket.Addr(), Password: "socket-of-a-test"}}
	cfg.Stop = 2 * time.Second
	if _, err := Migrate(ctx, cfg); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, engine: engine, cfg: cfg, log: &lockedBuffer{}}
	w.start(nil)
	t.Cleanup(func() { w.halt() })
	return w
}

// start starts the program; with changes something in it before it runs.
func (w *world) start(with func(*App)) {
	w.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	building.Lock()
	a, err := New(ctx, w.cfg, slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelInfo})))
	building.Unlock()
	if err != nil {
		stop()
		w.t.Fatal(err)
	}
	if with != nil {
		with(a)
	}
	if w.addr, err = a.Listen(); err != nil {
		stop()
		w.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	w.app = a
	var once atomic.Bool
	w.halt = func() {
		if once.Swap(true) {
			return
		}
		stop()
		select {
		case err := <-ended:
			if err != nil {
				w.t.Errorf("the program ended with %v", err)
			}
		case <-time.After(20 * time.Second):
			w.t.Error("the program did not stop")
		}
	}
	w.until(w.t, "the program is ready", func() bool { return w.app.switchReady(ctx) == nil })
}

// until waits for something to become true.
func (w *world) until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	w.within(t, 15*time.Second, what, ok)
}

func (w *world) within(t testing.TB, d time.Duration, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(d); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", d, what)
		}
		time.Sleep(25 * time.Millisecond) // asks the program again; the deadline decides
	}
}

// company is an enterprise of a story.
type company struct {
	*testing.T
	w         *world
	account   accounts.Account
	operator  accounts.Actor
	prefix    string // of its callers' numbers
	hotline   string
	trunk     string // the gateway at the switch
	users     map[string]accounts.User
	groups    map[string]queues.Group
	flow      int64
	boss      *staff
	signed    map[string]*staff
	forgotten []string // callers whom the last check leaves out
	brief     bool     // talks may be too short to leave a recording
}

// plan says what a company is like; the zero value has two agents in one
// group, and a number whose flow leads straight into it.
type plan struct {
	agents int
	group  func(*queues.Group)
	second func(*queues.Group) // makes another group, 二组, of the last agent
	flow   string              // "none": the number has no flow
	limit  int
	phones func(number string) simswitch.Phone
	trunk  func(simswitch.Ringing) simswitch.Reaction
}

const straightFlow = `
name: 直通
start: 排队
nodes:
  排队: {kind: group, group: 客服, exits: {no_agent: 留言, timeout: 超时, full: 满了, after: 再见}}
  留言: {kind: voicemail, play: [leave_message], max: 30s, exits: {next: 再见, empty: 再见}}
  超时: {kind: hangup, play: [apology]}
  满了: {kind: hangup, play: [queue_full]}
  再见: {kind: hangup, play: [goodbye]}
`

// company makes one and puts its phones on the switch.
func (w *world) company(t *testing.T, p plan) *company {
	t.Helper()
	ctx := context.Background()
	n := w.number.Add(1)
	c := &company{
		T: t, w: w, prefix: fmt.Sprintf("139%04d", n), hotline: fmt.Sprintf("400800%04d", n), users: map[string]accounts.User{},
		groups: map[string]queues.Group{}, signed: map[string]*staff{},
	}
	account, roles, err := w.app.accounts.CreateAccount(ctx, accounts.Account{
		Slug: fmt.Sprintf("co%d", n), Name: fmt.Sprintf("公司%d", n), Timezone: "Asia/Shanghai", Language: "zh-CN", InboundLimit: p.limit,
	})
	c.must(err)
	c.account = account
	c.operator = accounts.Actor{AccountID: account.ID, Rights: accounts.All(), Scope: accounts.ScopeAll, Name: "操作员"}
	if p.agents == 0 {
		p.agents = 2
	}
	var last int64
	var members []queues.Member
	for i := range p.agents + 1 {
		number := fmt.Sprint(8000 + i)
		role := roles[0].ID
		u, err := w.app.accounts.Seed(ctx, account.ID, accounts.User{Login: number, Name: "座席" + number, Number: &number, RoleID: role}, worldPassword)
		c.must(err)
		c.users[number] = u
		if i > 0 {
			members = append(members, queues.Member{Agent: u.ID, Level: 1, Order: i})
			last = u.ID
		}
	}
	exit := queues.Exit{Kind: queues.ExitFlow}
	g := queues.Group{
		Account: account.ID, Name: "客服", Strategy: queues.FixedOrder, AfterMiss: agents.AskAgain, WaitLimit: time.Minute,
		RingTime: 10 * time.Second, AskPause: time.Second, WrapUp: time.Second, MaxWrapUp: 10 * time.Second, Members: members,
		OnNoAgent: exit, OnTimeout: exit, OnFull: exit,
	}
	if p.second != nil {
		h := g
		h.Name, h.Members = "二组", []queues.Member{{Agent: last, Level: 1}}
		p.second(&h)
		h, err = w.app.groups.Save(ctx, h)
		c.must(err)
		c.groups[h.Name] = h
	}
	if p.group != nil {
		p.group(&g)
	}
	if id := c.groups["二组"].ID; id != 0 {
		for _, x := range []*queues.Exit{&g.OnNoAgent, &g.OnTimeout, &g.OnFull} {
			if x.Kind == queues.ExitGroup {
				x.Group = id
			}
		}
	}
	g, err = w.app.groups.Save(ctx, g)
	c.must(err)
	c.groups[g.Name] = g
	tr, err := w.app.numbers.SaveTrunk(ctx, c.operator, dialplan.TrunkInput{Name: "线路", Proxy: "127.0.0.1:15080", CallerID: c.hotline, Enabled: true})
	c.must(err)
	c.trunk = tr.Gateway()
	w.engine.AddGateway(simswitch.Gateway{Name: c.trunk, React: p.trunk, Reaction: simswitch.Reaction{After: 100 * time.Millisecond}})
	if p.flow == "" {
		p.flow = straightFlow
	}
	if p.flow != "none" {
		c.upload(p.flow)
	}
	_, err = w.app.numbers.SaveNumber(ctx, c.operator, dialplan.ServiceNumber{Number: c.hotline, Name: "热线", FlowID: c.flow, Enabled: true})
	c.must(err)
	for number := range c.users {
		for _, m := range []agents.Method{agents.Web, agents.SIP} {
			ph := simswitch.Phone{Reaction: simswitch.Reaction{After: 100 * time.Millisecond}}
			if p.phones != nil {
				ph = p.phones(number)
			}
			ph.User = floor.PhoneUser(account.ID, number, m)
			w.engine.Register(ph)
		}
	}
	c.apply()
	c.boss = c.signIn("8000")
	t.Cleanup(func() {
		if t.Failed() {
			c.tell()
		}
	})
	return c
}

// tell shows what a failed story left behind.
func (c *company) tell() {
	live, _ := c.w.app.floor.LiveCalls(context.Background(), c.account.ID)
	c.Logf("live: %+v", live)
	if wall, err := c.w.app.floor.Wall(context.Background(), c.account.ID); err == nil {
		c.Logf("wall: %+v", wall)
	}
	c.Logf("records: %+v", c.records())
	c.Logf("legs: %+v", c.legs())
	for _, line := range strings.Split(c.w.log.String(), "\n") {
		if strings.Contains(line, "WARN") || strings.Contains(line, "ERROR") {
			c.Log(line)
		}
	}
}

func (c *company) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// upload puts a flow in force.
func (c *company) upload(source string) {
	c.Helper()
	ctx := context.Background()
	refs, err := c.w.app.flowRefs(ctx, c.account.ID)
	c.must(err)
	in := flows.NewVersion{File: "flow.yaml", Source: []byte(source)}
	v, problems, err := c.w.app.flows.Upload(ctx, c.account.ID, in, refs)
	if err != nil {
		c.Fatal(err, problems)
	}
	_, err = c.w.app.flows.Activate(ctx, c.account.ID, v.FlowID, v.Number, 0, refs)
	c.must(err)
	c.flow = v.FlowID
}

// apply has the floor read what was changed in the tables.
func (c *company) apply() {
	c.Helper()
	c.must(c.w.app.changed(context.Background(), c.account.ID))
}

// staff is one of the company, signed in over HTTP.
type staff struct {
	c      *company
	number string
	client *http.Client
}

func (c *company) signIn(number string) *staff {
	c.Helper()
	if p := c.signed[number]; p != nil {
		return p
	}
	jar, _ := cookiejar.New(nil)
	p := &staff{c: c, number: number, client: &http.Client{Jar: jar, Timeout: 10 * time.Second}}
	p.must("POST", "/api/session", map[string]string{"login": number + "@" + c.account.Slug, "password": worldPassword}, nil)
	c.signed[number] = p
	return p
}

// idle signs agents in and makes them ready.
func (c *company) idle(numbers ...string) {
	c.Helper()
	for _, n := range numbers {
		c.signIn(n).state("idle")
	}
}

func (p *staff) state(s string) {
	p.c.Helper()
	p.must("POST", "/api/bar/state", map[string]string{"state": s, "reason": map[string]string{"custom": "培训"}[s]}, nil)
}

func (p *staff) bar() floor.Bar {
	p.c.Helper()
	var b floor.Bar
	p.must("GET", "/api/bar", nil, &b)
	return b
}

// verb does something to the call on the bar.
func (p *staff) verb(what string) error {
	b := p.bar()
	if b.Call == nil {
		return fmt.Errorf("no call on the bar: %+v", b)
	}
	return p.try("POST", "/api/bar/calls/"+b.Call.ID+"/"+what, nil, nil)
}

func (p *staff) does(what string) {
	p.c.Helper()
	if err := p.verb(what); err != nil {
		p.c.Fatal(err)
	}
}

func (p *staff) must(method, path string, in, out any) {
	p.c.Helper()
	if err := p.try(method, path, in, out); err != nil {
		p.c.Fatal(err)
	}
}

func (p *staff) try(method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(method, "http://"+p.c.w.addr+path, bytes.NewReader(body))
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
	if raw, ok := out.(*[]byte); ok {
		*raw = text
		return nil
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(text, out)
}

// from is the number of the company's nth caller.
func (c *company) from(n int) string { return fmt.Sprintf("%s%04d", c.prefix, n) }

// call has the nth caller ring the hotline; it gives the leg.
func (c *company) call(n int, who simswitch.Caller) string {
	c.Helper()
	who.From = c.from(n)
	if who.To == "" {
		who.To = c.hotline
	}
	leg := c.w.engine.Call(who)
	if leg == "" {
		c.Fatal("the switch is full")
	}
	return leg
}

// live gives the call of the nth caller, zero if there is none.
func (c *company) live(n int) floor.LiveCall {
	c.Helper()
	for _, l := range c.lives() {
		if l.From == c.from(n) || l.To == c.from(n) {
			return l
		}
	}
	return floor.LiveCall{}
}

func (c *company) lives() []floor.LiveCall {
	c.Helper()
	list, err := c.w.app.floor.LiveCalls(context.Background(), c.account.ID)
	c.must(err)
	return list
}

func (c *company) at(n int, state string) {
	c.Helper()
	c.w.until(c.T, fmt.Sprintf("caller %d is %s", n, state), func() bool {
		return c.live(n).State == state && (state != "talking" || c.recorded(n))
	})
	if state == "talking" {
		time.Sleep(60 * time.Millisecond) // of sound, so that there is something to keep
	}
}

// recorded tells whether the nth caller's leg is joined and recorded: a caller
// who leaves in the moment of the answer leaves no recording.
func (c *company) recorded(n int) bool {
	for _, l := range c.w.engine.Channels() {
		if (l.From == c.from(n) && l.Inbound || l.To == c.from(n) && !l.Inbound) && l.Recording && l.Peer != "" {
			return true
		}
	}
	return false
}

// agentIs waits until an agent is in a state.
func (c *company) agentIs(number, state string) {
	c.Helper()
	c.w.until(c.T, "agent "+number+" is "+state, func() bool { return c.stateOf(number) == state })
}

func (c *company) stateOf(number string) string {
	c.Helper()
	for _, a := range c.wall().Agents {
		if a.Number == number {
			return a.State
		}
	}
	return ""
}

func (c *company) wall() floor.Wall {
	c.Helper()
	wall, err := c.w.app.floor.Wall(context.Background(), c.account.ID)
	c.must(err)
	return wall
}

func (c *company) records() []api.CallView {
	var all []api.CallView
	path := "/api/calls?limit=100"
	for {
		var page struct {
			Items []api.CallView `json:"items"`
			Next  string         `json:"next"`
		}
		if err := c.boss.try("GET", path, nil, &page); err != nil {
			c.Errorf("records: %v", err)
			return nil
		}
		all = append(all, page.Items...)
		if page.Next == "" {
			return all
		}
		path = "/api/calls?limit=100&cursor=" + page.Next
	}
}

// page is all about the one call of the nth caller.
func (c *company) page(n int) api.CallPage {
	c.Helper()
	for _, r := range c.records() {
		if r.From == c.from(n) || r.To == c.from(n) {
			var p api.CallPage
			c.boss.must("GET", "/api/calls/"+r.ID, nil, &p)
			return p
		}
	}
	c.Fatalf("caller %d has no record", n)
	return api.CallPage{}
}

// legs lists the company's legs at the switch.
func (c *company) legs() []simswitch.ChannelInfo {
	var own []simswitch.ChannelInfo
	user := fmt.Sprintf("%d-", c.account.ID)
	for _, l := range c.w.engine.Channels() {
		if strings.HasPrefix(l.From, c.prefix) || strings.HasPrefix(l.To, c.prefix) || strings.HasPrefix(l.To, user) || strings.HasPrefix(l.From, user) || l.To == c.hotline || l.From == c.hotline {
			own = append(own, l)
		}
	}
	return own
}

// ends waits until every call is over and checks what is left of them: one
// record each with the wanted outcome by caller, recordings of all that
// somebody answered, the sum of R8, agents at rest, no leg.
func (c *company) ends(want map[int]calls.Outcome) {
	c.Helper()
	c.quiet()
	records := c.records()
	by := map[string][]api.CallView{}
	inbound := 0
	for _, r := range records {
		who := r.From
		if r.Direction == string(calls.Out) {
			who = r.To
		} else {
			inbound++
		}
		by[who] = append(by[who], r)
	}
	for _, n := range c.forgotten {
		delete(by, n)
	}
	for n, outcome := range want {
		got := by[c.from(n)]
		if len(got) != 1 {
			c.Errorf("caller %d has %d records, want 1: %+v", n, len(got), got)
			continue
		}
		r := got[0]
		if r.Outcome != string(outcome) {
			c.Errorf("caller %d is written down as %s, want %s: %+v", n, r.Outcome, outcome, r)
		}
		if c.brief && r.Recording == "none" && r.TalkSeconds < 2 {
			continue
		}
		if recorded := r.Recording == "stored"; recorded != (outcome == calls.Answered) && outcome != calls.LeftMessage {
			c.Errorf("the recording of caller %d (%s) is %s", n, outcome, r.Recording)
		}
	}
	if len(by) != len(want) {
		c.Errorf("records of %d callers, want %d: %+v", len(by), len(want), records)
	}
	t := c.wall().Today
	sum := t.IVR + t.Answered + t.Voicemail + t.RingNoAnswer + t.QueueAbandoned + t.Blacklist + t.Limit
	if t.Total != sum || t.Total != inbound || t.Live != 0 {
		c.Errorf("the wall's day %+v: %d inbound records, sum %d", t, inbound, sum)
	}
}

// quiet waits until nothing of the company goes on anywhere.
func (c *company) quiet() {
	c.Helper()
	c.w.within(c.T, 25*time.Second, "nothing goes on any more", func() bool {
		if len(c.lives()) > 0 || len(c.legs()) > 0 || c.w.app.writer.Waiting() > 0 {
			return false
		}
		for _, a := range c.wall().Agents {
			if a.State == "talking" || a.State == "ringing" || a.State == "wrapup" {
				return false
			}
		}
		totals, err := c.w.app.calls.Totals(context.Background(), c.account.ID)
		c.must(err)
		return totals.Recordings[calls.RecWaiting] == 0
	})
}

// leg is the leg that the switch has of an agent's phone, "" if none.
func (c *company) leg(number string) string {
	for _, l := range c.w.engine.Channels() {
		if !l.Inbound && strings.HasPrefix(l.To, fmt.Sprintf("%d-%s", c.account.ID, number)) {
			return l.UUID
		}
	}
	return ""
}
