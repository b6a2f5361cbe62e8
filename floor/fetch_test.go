package floor

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"switchdesk/agents"
	"switchdesk/calls"
	"switchdesk/esl"
	"switchdesk/flows"
	"switchdesk/internal/clock"
	"switchdesk/queues"
	"switchdesk/storage/journal"
)

const askingFlow = `
name: 查询
start: 查
nodes:
  查:
    kind: lookup
    url: "https://crm.test/${caller}"
    into: {状态: status}
    exits: {ok: 报, not_found: 完, failed: 完}
  报: {kind: notice, url: "https://crm.test/seen", exits: {next: 问}}
  问: {kind: subflow, flow: 评价, exits: {next: 上次, missing: 完}}
  上次: {kind: last_agent, exits: {none: 完}}
  完: {kind: hangup}
`

const ratingFlow = `
name: 评价
start: 评
nodes:
  评:
    kind: survey
    second: {3: {play: menu_support, keys: {1: 态度}}}
    exits: {next: 回, none: 回}
  回: {kind: return}
`

func askingSettings(t *testing.T) *Settings {
	t.Helper()
	set := testSettings(t, queues.Strategies()[0], 2)
	asking, p1 := flows.Parse("a.yaml", []byte(askingFlow))
	rating, p2 := flows.Parse("b.yaml", []byte(ratingFlow))
	if asking == nil || rating == nil {
		t.Fatal(p1, p2)
	}
	acc := set.Accounts[1]
	acc.Flow = func(int64) (*flows.Flow, int64) { return asking, 1 }
	acc.FlowAt = func(id, version int64) *flows.Flow {
		return map[[2]int64]*flows.Flow{{1, 1}: asking, {2, 5}: rating}[[2]int64{id, version}]
	}
	acc.FlowNamed = func(name string) (*flows.Flow, int64, int64) {
		if name == "评价" {
			return rating, 2, 5
		}
		return nil, 0, 0
	}
	return set
}

// desk is a floor with one caller, and what it ordered last.
type desk struct {
	t       *testing.T
	core    *Core
	set     *Settings
	now     time.Time
	ids     int
	orders  []esl.Command
	errands []Errand
	ended   []calls.Bundle
}

func newDesk(t *testing.T) *desk {
	d := &desk{t: t, set: askingSettings(t), now: start}
	d.begin()
	d.event(esl.Event{Kind: esl.Park, UUID: "leg", Inbound: true, Context: "public", From: "13800138000", To: "4008001000"})
	return d
}

func (d *desk) begin() {
	d.core = New(d.set, func() string { d.ids++; return fmt.Sprintf("id-%04d", d.ids) })
	d.core.Apply(d.set, d.now)
	d.event(esl.Event{Kind: esl.Snapshot})
}

func (d *desk) event(e esl.Event) {
	d.now = d.now.Add(time.Second)
	e.Node = "fs1"
	d.core.Event(&e, d.now)
	d.take()
}

func (d *desk) take() {
	out := d.core.Drain()
	d.orders, d.errands, d.ended = nil, append([]Errand(nil), out.Errands...), append([]calls.Bundle(nil), out.Ended...)
	for _, o := range out.Orders {
		d.orders = append(d.orders, o.Command)
	}
	d.core.Clear()
}

func (d *desk) live() *Live {
	for _, l := range d.core.live {
		return l
	}
	d.t.Fatal("no call is live")
	return nil
}

// waitsFor gives the one errand whose answer the caller waits for.
func (d *desk) waitsFor() Errand {
	d.t.Helper()
	if len(d.errands) != 1 || d.errands[0].ID == "" || d.errands[0].ID != d.live().Await {
		d.t.Fatalf("errands %+v", d.errands)
	}
	return d.errands[0]
}

func (d *desk) fetched(e Errand, in flows.Fetched) {
	d.core.Fetched(e.Call, e.ID, in, d.now)
	d.take()
}

// presses answers the question that is being asked.
func (d *desk) presses(keys string) {
	d.t.Helper()
	for _, o := range d.orders {
		switch o := o.(type) {
		case esl.CollectDigits:
			d.event(esl.Event{Kind: esl.ExecuteComplete, UUID: "leg", AppID: o.ID, Digits: keys})
			return
		case esl.PlayFiles:
			d.event(esl.Event{Kind: esl.ExecuteComplete, UUID: "leg", AppID: o.ID})
			return
		}
	}
	d.t.Fatalf("nothing is asked or played: %+v", d.orders)
}

func TestAFlowAsksAnotherSystemAndTheCallerRates(t *testing.T) {
	d := newDesk(t)
	e := d.waitsFor()
	if e.Request.URL != "https://crm.test/13800138000" || e.Account != 1 {
		t.Errorf("%+v", e)
	}
	d.fetched(Errand{Call: e.Call, ID: "another"}, flows.Fetched{Status: 200, Body: `{"status":"x"}`})
	if d.live().Doing != fetching || len(d.orders) > 0 {
		t.Fatal("an answer to something else was taken")
	}
	d.fetched(e, flows.Fetched{Status: 200, Body: `{"status":"shipped"}`})
	if l := d.live(); l.Run.Vars["状态"] != "shipped" || l.Run.FlowID != 2 || l.Run.Version != 5 {
		t.Errorf("%+v", l.Run)
	}
	if len(d.errands) != 1 || d.errands[0].ID != "" || d.errands[0].Request.Method != "POST" {
		t.Errorf("the notice: %+v", d.errands)
	}
	d.presses("3")
	if d.live().Call.Rating != "不满意" {
		t.Errorf("not written down at once: %+v", d.live().Call)
	}
	d.presses("1")
	d.presses("") // thanks
	d.event(esl.Event{Kind: esl.Hangup, UUID: "leg", Cause: "NORMAL_CLEARING"})
	if len(d.ended) != 1 || d.ended[0].Record.Rating != "不满意" || d.ended[0].Record.RatingDetail != "态度" || d.ended[0].Record.FlowName != "查询" {
		t.Fatalf("%+v", d.ended)
	}
}

func TestAHangUpWhileAFlowWaitsForAnAnswer(t *testing.T) {
	d := newDesk(t)
	e := d.waitsFor()
	d.event(esl.Event{Kind: esl.Hangup, UUID: "leg", Cause: "ORIGINATOR_CANCEL"})
	if len(d.ended) != 1 || d.ended[0].Record.Outcome != calls.EndedInIVR {
		t.Fatalf("%+v", d.ended)
	}
	d.fetched(e, flows.Fetched{Status: 200})
	if len(d.orders)+len(d.errands)+len(d.ended) > 0 {
		t.Error("the answer did something to a call that is over")
	}
}

// After a restart the step is done again, in whatever flow the caller is; the
// answer to the question of before is not taken.
func TestARestartRepeatsTheStep(t *testing.T) {
	d := newDesk(t)
	before := d.waitsFor()
	d.restart()
	after := d.waitsFor()
	d.fetched(before, flows.Fetched{Why: "late"})
	if d.live().Doing != fetching {
		t.Fatal("the old answer was taken")
	}
	d.fetched(after, flows.Fetched{Status: 200, Body: `{"status":"shipped"}`})
	d.presses("3")
	d.restart()
	d.presses("1") // the second question is asked again, in the sub-flow
	if c := &d.live().Call; c.Rating != "不满意" || c.RatingDetail != "态度" {
		t.Errorf("%s %s", c.Rating, c.RatingDetail)
	}
	d.presses("")
	if l := d.live(); l.Run.FlowID != 1 || !l.Run.Done {
		t.Errorf("did not come back: %+v", l.Run)
	}
}

func (d *desk) restart() {
	data, err := json.Marshal(d.live())
	if err != nil {
		d.t.Fatal(err)
	}
	l := &Live{}
	if err := json.Unmarshal(data, l); err != nil {
		d.t.Fatal(err)
	}
	d.now = d.now.Add(time.Minute)
	d.core = New(d.set, d.core.newID)
	d.core.Apply(d.set, d.now)
	d.core.Readmit(l, d.now)
	d.event(esl.Event{Kind: esl.Snapshot, Channels: []esl.Channel{{UUID: "leg", State: "CS_EXECUTE", CallSt: "ACTIVE"}}})
	d.event(esl.Event{Kind: esl.Park, UUID: "leg", Inbound: true, Context: contextPublic})
}

func TestTheLastAgentIsOneWhoIsStillThere(t *testing.T) {
	set := askingSettings(t)
	c := New(set, func() string { return "x" })
	c.Apply(set, start)
	c.SetLastAgents(1, map[string]int64{"13800138000": 2, "13900139000": 77})
	l := &Live{}
	l.Call.Account, l.Call.From = 1, "13800138000"
	if id := c.lastAgent(l, set.Accounts[1]); id != 2 {
		t.Errorf("agent %d", id)
	}
	l.Call.From = "13900139000"
	if id := c.lastAgent(l, set.Accounts[1]); id != 0 {
		t.Errorf("an agent who has left: %d", id)
	}
	if c.agents[2].State() == agents.Talking {
		t.Error("asking made the agent busy")
	}
}

// The service carries errands out beside the floor, and refuses what is too
// much, so that a slow system holds up nothing but its own callers.
func TestErrandsAreBounded(t *testing.T) {
	j, err := journal.Open(t.TempDir(), journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	s := NewService(askingSettings(t), func() string { return "x" }, slog.New(slog.NewTextHandler(io.Discard, nil)), clock.Real{}, j, nil)
	hold := make(chan struct{})
	s.Fetch = func(flows.Request) flows.Fetched { <-hold; return flows.Fetched{Status: 200} }
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- s.Run(ctx) }()
	var under, other int
	err = s.ask(ctx, func(time.Time) {
		list := make([]Errand, 2*asksAtOnce)
		for i := range list {
			list[i] = Errand{Account: 1, ID: "q"}
		}
		s.runErrands(list)
		s.runErrands([]Errand{{Account: 2, ID: "q"}})
		under, other = s.crowds[crowd{1, true}], s.crowds[crowd{2, true}]
	})
	if err != nil || under != asksAtOnce || other != 1 {
		t.Errorf("%d and %d under way: %v", under, other, err)
	}
	close(hold)
	deadline := time.Now().Add(5 * time.Second)
	for left := 1; left > 0 && time.Now().Before(deadline); {
		if err := s.ask(ctx, func(time.Time) { left = s.crowds[crowd{1, true}] + s.crowds[crowd{2, true}] }); err != nil {
			t.Fatal(err)
		}
		if left > 0 && time.Until(deadline) < time.Second {
			t.Fatalf("%d errands never came back", left)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
