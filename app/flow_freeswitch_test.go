package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sort"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"switchdesk/accounts"
	"switchdesk/dialplan"
	"switchdesk/flows"
	"switchdesk/internal/testswitch"
)

// addFlow puts a flow in force and a service number before it; before start.
func (w *realWorld) addFlow(number, source string) {
	w.t.Helper()
	ctx := context.Background()
	must := func(err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatal(err)
		}
	}
	a, err := New(ctx, w.cfg, slog.New(slog.DiscardHandler))
	must(err)
	defer a.close()
	refs, err := a.flowRefs(ctx, w.acct)
	must(err)
	v, problems, err := a.flows.Upload(ctx, w.acct, flows.NewVersion{File: "flow.yaml", Source: []byte(source)}, refs)
	if err != nil {
		w.t.Fatal(err, problems)
	}
	_, err = a.flows.Activate(ctx, w.acct, v.FlowID, v.Number, 0, refs)
	must(err)
	operator := accounts.Actor{AccountID: w.acct, Rights: accounts.All(), Scope: accounts.ScopeAll}
	_, err = a.numbers.SaveNumber(ctx, operator, dialplan.ServiceNumber{Number: number, Name: number, FlowID: v.FlowID, Enabled: true})
	must(err)
}

// lived is one of the account's live calls.
type lived struct {
	ID, Direction, State, From, To, Node string
	Callback                             string `json:"callback_of"`
}

func (w *realWorld) lives(p *person) []lived {
	var page struct{ Items []lived }
	p.do("GET", "/api/calls/live", nil, &page)
	w.last = fmt.Sprintf("%+v", page.Items)
	return page.Items
}

// trail is the IVR trail of a call: node, what was pressed, exit.
func (w *realWorld) trail(p *person, id string) string {
	var page struct {
		Trail []struct{ Node, Input, Exit string }
	}
	p.do("GET", "/api/calls/"+id, nil, &page)
	var steps []string
	for _, s := range page.Trail {
		steps = append(steps, s.Node+"["+s.Input+"]"+s.Exit)
	}
	return strings.Join(steps, " ")
}

const realQueueFlow = `
name: 真机排队
start: 菜单
nodes:
  菜单:
    kind: menu
    transferable: true
    play: menu_main
    timeout: 60s
    keys: {1: 排队}
    exits: {timeout: 再见, invalid: 再见}
  排队:
    kind: group
    group: 客服组
    say: offer_callback
    every: 10s
    callback: "1"
    exits: {no_agent: 再见, timeout: 再见}
  再见: {kind: hangup, play: [goodbye]}
`

// TestFreeSWITCHCallBack is a caller on the real switch who presses a key over
// the music of the queue, is told goodbye, and is called back once an agent is
// free: the agent's phone first, then the caller's through the trunk; they
// hear each other.
func TestFreeSWITCHCallBack(t *testing.T) {
	w := newRealWorld(t)
	addr, port := carrier(t)
	trunk := w.setTrunk(0, addr)
	w.addFlow("4008005678", realQueueFlow)
	w.start()
	customer := w.sw.Answer(t, testswitch.Phone{User: "13912345678", Port: port, After: 500 * time.Millisecond, Stay: 4 * time.Second, ToneHz: 700})
	phone := w.phone(testswitch.Phone{User: "8004", After: 200 * time.Millisecond})
	agent := w.agent("8004")
	w.wait("the agent's phone is seen", 10*time.Second, func() bool {
		agent.do("POST", "/api/bar/state", map[string]string{"state": "break"}, nil)
		return w.state(agent) == "break"
	})
	w.wait("the switch knows the trunk", 20*time.Second, func() bool { return w.gateway(trunk.Gateway()) == addr })

	caller := w.sw.Call(t, testswitch.Caller{Number: "4008005678", From: "13912345678", Keys: []testswitch.Key{
		{After: 2 * time.Second, Keys: "1"}, {After: 5 * time.Second, Keys: "1"},
	}})
	caller.WaitSaid("ended by the other side", 1, 40*time.Second)
	w.wait("the call-back waits", 10*time.Second, func() bool {
		l := w.lives(agent)
		return len(l) == 1 && l[0].Callback != "" && l[0].State == "queued" && l[0].To == "13912345678"
	})
	// A controller that dies meanwhile forgets nothing.
	w.kill()
	w.start()
	w.wait("the call-back waits again", 20*time.Second, func() bool {
		l := w.lives(agent)
		return len(l) == 1 && l[0].Callback != "" && l[0].State == "queued"
	})
	agent.do("POST", "/api/bar/state", map[string]string{"state": "idle"}, nil)
	phone.WaitSaid("answered", 1, 30*time.Second)
	customer.WaitSaid("answered", 1, 20*time.Second)
	customer.WaitSaid("hanging up", 1, 15*time.Second)
	phone.WaitSaid("ended by the other side", 1, 15*time.Second)
	w.wait("two records and the recording", 20*time.Second, func() bool {
		r := w.records(agent)
		return len(r) == 2 && (r[0].Recording == "stored" || r[1].Recording == "stored")
	})
	var back, first record
	for _, r := range w.records(agent) {
		if r.From == "13912345678" {
			first = r
		} else {
			back = r
		}
	}
	if first.Outcome != "queue_abandoned" || back.Outcome != "answered" {
		t.Errorf("the call counts as %q, the call-back as %q", first.Outcome, back.Outcome)
	}
	if got := w.trail(agent, first.ID); !strings.HasPrefix(got, "菜单[1]1 排队[1]") {
		t.Errorf("trail %s", got)
	}
	sound := w.recording(agent, back.ID)
	var seconds []float64
	for channel, hz := range []int{700, 1000} {
		seconds = append(seconds, sound.Heard(channel, hz).Seconds())
	}
	if seconds[0] < 2 || seconds[1] < 2 {
		t.Errorf("the recording has %.1f s of the customer and %.1f s of the agent", seconds[0], seconds[1])
	}
}

// menusFlow asks a lot; what is pressed decides the way.
const menusFlow = `
name: 一百路
start: 一级
nodes:
  一级:
    kind: menu
    play: menu_main
    timeout: 20s
    tries: 1
    keys: {1: 订单, 2: 二级, 0: 二级}
    exits: {timeout: 再见, invalid: 再见}
  二级:
    kind: menu
    play: menu_support
    timeout: 20s
    tries: 1
    keys: {1: 订单, "2": 尾声, "*": 订单}
    exits: {timeout: 再见, invalid: 再见}
  订单:
    kind: input
    play: enter_order
    into: 订单号
    min: 4
    max: 8
    timeout: 20s
    tries: 1
    exits: {next: 复述, timeout: 再见, invalid: 再见}
  复述:
    kind: prompt
    play: [you_entered, {say_digits: "${订单号}"}]
    exits: {next: 尾声}
  尾声:
    kind: menu
    play: press_any_key
    timeout: 25s
    tries: 1
    keys: {9: 再见}
    exits: {timeout: 再见, invalid: 再见}
  再见: {kind: hangup}
`

// TestFreeSWITCHHundredCallers has a hundred callers press keys by RFC 4733 in
// menus of the real switch, all at the same time; each trail must be that of
// what was pressed.
func TestFreeSWITCHHundredCallers(t *testing.T) {
	w := newRealWorld(t)
	w.addFlow("4008005678", menusFlow)
	w.start()
	boss := w.signIn("8001")
	after := func(seconds int, keys string) testswitch.Key {
		return testswitch.Key{After: time.Duration(seconds) * time.Second, Keys: keys}
	}
	ways := []struct {
		keys []testswitch.Key
		want string
	}{
		{[]testswitch.Key{after(4, "1"), after(4, "12345#")}, "一级[1]1 订单[12345]next 复述[]next 尾声[]timeout 再见[]"},
		{[]testswitch.Key{after(4, "2"), after(4, "2")}, "一级[2]2 二级[2]2 尾声[]timeout 再见[]"},
		{[]testswitch.Key{after(4, "0"), after(4, "*"), after(4, "87654321")}, "一级[0]0 二级[*]* 订单[87654321]next 复述[]next 尾声[]timeout 再见[]"},
		{[]testswitch.Key{after(6, "7")}, "一级[7]invalid 再见[]"},
	}
	began := time.Now()
	var crowds []*testswitch.Person
	for i, way := range ways {
		crowds = append(crowds, w.sw.Call(t, testswitch.Caller{Number: "4008005678", From: fmt.Sprintf("139%d000[call_number]", i+1), Keys: way.keys,
			Crowd: 25, PerSecond: 10, Stay: 90 * time.Second}))
	}
	most := 0
	w.wait("every caller has been served", 3*time.Minute, func() bool {
		most = max(most, len(w.lives(boss)))
		for _, c := range crowds {
			select {
			case <-c.Done():
			default:
				return false
			}
		}
		return true
	})
	took := time.Since(began)
	var all []record
	w.wait("a hundred records", 20*time.Second, func() bool {
		all = w.recordsOf(boss, 200)
		return len(all) == 100
	})
	got := map[string]int{}
	for _, r := range all {
		trail := w.trail(boss, r.ID)
		got[trail]++
		if r.Outcome != "ivr" {
			t.Errorf("%s counts as %s", r.From, r.Outcome)
		}
	}
	for _, way := range ways {
		if got[way.want] != 25 {
			t.Errorf("%d callers went %s, want 25", got[way.want], way.want)
		}
	}
	if t.Failed() {
		var seen []string
		for trail, n := range got {
			seen = append(seen, fmt.Sprintf("%3d× %s", n, trail))
		}
		sort.Strings(seen)
		t.Log(strings.Join(seen, "\n"))
	}
	if most < 80 {
		t.Errorf("at most %d callers were there at once", most)
	}
	t.Logf("100 callers in %v, %d at once at most, %d different trails", took.Round(time.Second), most, len(got))
}

func (w *realWorld) recordsOf(p *person, limit int) []record {
	var page struct{ Items []record }
	p.do("GET", fmt.Sprintf("/api/calls?limit=%d", limit), nil, &page)
	w.last = fmt.Sprintf("%d records", len(page.Items))
	return page.Items
}

// TestFreeSWITCHMenuAndRating: on the real switch an agent sends the caller to
// a menu out of a hold, the caller comes back by the menu, and is asked for a
// rating; then the agent calls somebody, who is asked as well though it is the
// agent's call.
func TestFreeSWITCHMenuAndRating(t *testing.T) {
	w := newRealWorld(t)
	addr, port := carrier(t)
	trunk := w.setTrunk(0, addr)
	w.addFlow("4008005678", realQueueFlow)
	w.start()
	customer := w.sw.Answer(t, testswitch.Phone{User: "13912345678", Port: port, After: 300 * time.Millisecond})
	phone := w.phone(testswitch.Phone{User: "8004", After: 200 * time.Millisecond})
	agent := w.agent("8004")
	w.wait("the agent's phone is seen", 10*time.Second, func() bool {
		agent.do("POST", "/api/bar/state", map[string]string{"state": "idle"}, nil)
		return w.state(agent) == "idle"
	})
	w.wait("the switch knows the trunk", 20*time.Second, func() bool { return w.gateway(trunk.Gateway()) == addr })
	menus := struct {
		Items []struct {
			Flow int64
			Node string
		}
	}{}
	agent.do("GET", "/api/bar/menus", nil, &menus)
	if len(menus.Items) != 1 || menus.Items[0].Node != "菜单" {
		t.Fatalf("menus %+v", menus)
	}
	at := func(what, state, node string) lived {
		t.Helper()
		var found lived
		w.wait(what, 30*time.Second, func() bool {
			for _, l := range w.lives(agent) {
				if l.State == state && (node == "" || l.Node == node) {
					found = l
					return true
				}
			}
			return false
		})
		return found
	}
	press := func(number, key string) { w.sw.API(t, "uuid_recv_dtmf "+w.legOf(number)+" "+key) }

	caller := w.sw.Call(t, testswitch.Caller{Number: "4008005678", From: "13900000001", Stay: 2 * time.Minute})
	at("the menu", "ivr", "菜单")
	press("13900000001", "1")
	call := at("they talk", "talking", "").ID
	agent.do("POST", "/api/bar/calls/"+call+"/hold", nil, nil)
	at("held", "held", "")
	agent.do("POST", "/api/bar/calls/"+call+"/menu", map[string]any{"flow": menus.Items[0].Flow, "node": "菜单"}, nil)
	at("the menu again", "ivr", "菜单")
	phone.WaitSaid("ended by the other side", 1, 10*time.Second)
	w.wait("the agent is idle", 10*time.Second, func() bool { return w.state(agent) == "idle" })
	press("13900000001", "1")
	at("they talk again", "talking", "")
	agent.do("POST", "/api/bar/calls/"+call+"/survey", nil, nil)
	at("the question", "ivr", "满意度评价")
	phone.WaitSaid("ended by the other side", 2, 10*time.Second)
	press("13900000001", "1")
	caller.WaitSaid("ended by the other side", 1, 30*time.Second)

	w.wait("the agent is idle", 10*time.Second, func() bool { return w.state(agent) == "idle" })
	agent.do("POST", "/api/bar/dial", map[string]string{"number": "13912345678"}, nil)
	second := at("they talk", "talking", "").ID
	agent.do("POST", "/api/bar/calls/"+second+"/survey", nil, nil)
	at("the question", "ivr", "满意度评价")
	press("13912345678", "3")
	customer.WaitSaid("ended by the other side", 1, 30*time.Second)
	w.wait("both records", 20*time.Second, func() bool {
		r := w.records(agent)
		return len(r) == 2 && r[0].Recording == "stored" && r[1].Recording == "stored"
	})
	if got, want := w.trail(agent, call), "菜单[1]1 排队[] 菜单[1]1 排队[] 满意度评价[1] 满意度评价[]next"; got != want {
		t.Errorf("trail %s\nwant  %s", got, want)
	}
	for id, want := range map[string]string{call: "满意", second: "不满意"} {
		var page struct{ Rating string }
		agent.do("GET", "/api/calls/"+id, nil, &page)
		if page.Rating != want {
			t.Errorf("call %s is rated %q, want %s", id, page.Rating, want)
		}
	}
}

// legOf is the leg of somebody outside, by the number.
func (w *realWorld) legOf(number string) string {
	w.t.Helper()
	leg := ""
	w.wait(number+" is in the switch's list", 10*time.Second, func() bool { // the list is written late
		for line := range strings.Lines(w.sw.API(w.t, "show channels")) {
			if f := strings.Split(line, ","); len(f) > 10 && strings.Contains(line, number) && !strings.Contains(line, "1-80") {
				leg = f[0]
			}
		}
		return leg != ""
	})
	return leg
}

// allNodes has a node of every kind; %s is where the other system is.
const allNodes = `
name: 全部节点
start: 问候
nodes:
  问候: {kind: prompt, play: [welcome, {tts: "您好，${caller}"}, {say_digits: "12"}, {say_amount: "3.50"}, {say_date: "2026-10-01"}, {tone: beep}], exits: {next: 时间}}
  时间: {kind: hours, open: ["daily 00:00-12:00", "daily 12:00-24:00"], exits: {open: 身份, closed: 再见}}
  身份: {kind: caller, cases: [{number: ["139*"], go: 赋值}], exits: {other: 再见}}
  赋值: {kind: set, values: {来源: "热线"}, exits: {next: 号}}
  号: {kind: input, play: enter_order, into: 号, max: 6, timeout: 60s, exits: {next: 查, timeout: 再见, invalid: 再见}}
  查: {kind: lookup, url: "http://%[1]s/orders/${号}", into: {态: state}, timeout: 10s, exits: {ok: 判, not_found: 再见, failed: 再见}}
  判: {kind: condition, when: [{if: '态 == "sent"', go: 说}], exits: {other: 再见}}
  说: {kind: info, by: 号, answers: {"1001": order_shipped}, exits: {next: 告, unknown: 再见}}
  告: {kind: notice, url: "http://%[1]s/seen", body: {order: "${号}"}, exits: {next: 评}}
  评: {kind: subflow, flow: 评价子流程, exits: {next: 上次, missing: 再见}}
  上次: {kind: last_agent, exits: {none: 外线, no_answer: 再见, after: 再见}}
  外线: {kind: external, number: "13912345678", exits: {no_answer: 再见, busy: 再见, failed: 座席, after: 再见}}
  座席: {kind: agent, number: "8002", exits: {unavailable: 排, no_answer: 再见}}
  排: {kind: group, group: 客服组, exits: {no_agent: 留言, timeout: 再见}}
  留言: {kind: voicemail, play: [leave_message], max: 20s, group: 客服组, exits: {next: 选, empty: 选}}
  选: {kind: menu, play: press_any_key, timeout: 60s, keys: {5: 转}, exits: {timeout: 再见, invalid: 再见}}
  转: {kind: flow, flow: 评价子流程, exits: {missing: 再见}}
  再见: {kind: hangup, play: [goodbye]}
`

const ratingPart = `
name: 评价子流程
start: 评
nodes:
  评: {kind: survey, second: {3: {play: survey_reasons, keys: {1: 态度, 2: 业务}}}, exits: {next: 回, none: 回}}
  回: {kind: return}
`

// TestFreeSWITCHEveryNode walks one caller through a node of every kind on the
// real switch; keys are pressed when the caller has got to the node.
func TestFreeSWITCHEveryNode(t *testing.T) {
	w := newRealWorld(t)
	var seen atomic.Int64
	crm := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/seen" {
			seen.Add(1)
			return
		}
		fmt.Fprint(rw, `{"state": "sent"}`)
	}))
	defer crm.Close()
	host := strings.TrimPrefix(crm.URL, "http://")
	text, err := os.ReadFile(w.file)
	if err == nil {
		err = os.WriteFile(w.file, append(text, "flows: {allow_hosts: [\""+host+"\"]}\n"...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.addFlow("4008005679", ratingPart)
	w.addFlow("4008005678", fmt.Sprintf(allNodes, host))
	w.start()
	boss := w.signIn("8001")
	caller := w.sw.Call(t, testswitch.Caller{Number: "4008005678", From: "13900000001", Stay: 3 * time.Minute})
	presses := []struct{ node, keys string }{{"号", "1001#"}, {"评", "3"}, {"评", "2"}, {"留言", "#"}, {"选", "5"}, {"评", "1"}}
	before := ""
	for _, p := range presses {
		w.wait("the caller is at "+p.node, 60*time.Second, func() bool {
			l := w.lives(boss)
			return len(l) == 1 && l[0].Node == p.node
		})
		again := p.node == before // the second question of the same node
		asks := "play_and_get_digits"
		w.wait("a question at "+p.node, 60*time.Second, func() bool {
			app := w.sw.API(t, "uuid_getvar "+w.legOf("13900000001")+" current_application")
			return strings.Contains(app, asks)
		})
		if again || p.node == "留言" {
			time.Sleep(1500 * time.Millisecond) // what is said before, and a little to be recorded
		}
		w.sw.API(t, "uuid_recv_dtmf "+w.legOf("13900000001")+" "+p.keys)
		before = p.node
	}
	caller.WaitSaid("ended by the other side", 1, 40*time.Second)
	w.wait("the record", 20*time.Second, func() bool {
		r := w.records(boss)
		return len(r) == 1 && r[0].Recording == "stored"
	})
	r := w.records(boss)[0]
	got := w.trail(boss, r.ID)
	want := "问候[]next 时间[]open 身份[]case 1 赋值[]next 号[1001]next 查[]ok 判[]rule 1 说[]next 告[]next " +
		"评[]flow 评[3] 评[2] 评[]next 回[]next 上次[]none 外线[]failed 座席[]unavailable 排[]no_agent 留言[]next 选[5]5 转[]flow 评[1] 评[]next 回[]"
	if got != want {
		t.Errorf("trail\n%s\nwant\n%s", got, want)
	}
	if r.Outcome != "voicemail" || seen.Load() != 1 {
		t.Errorf("the call counts as %s; %d notices came", r.Outcome, seen.Load())
	}
}

// TestFreeSWITCHTransfer: on the real switch an agent passes the caller on to
// a colleague, who passes them on to somebody outside; all three talks are on
// the one recording, and nobody is cut off in between.
func TestFreeSWITCHTransfer(t *testing.T) {
	w := newRealWorld(t)
	addr, port := carrier(t)
	trunk := w.setTrunk(0, addr)
	w.addFlow("4008005678", realQueueFlow)
	w.start()
	outside := w.sw.Answer(t, testswitch.Phone{User: "13912345678", Port: port, After: 300 * time.Millisecond, Stay: 3 * time.Second, ToneHz: 700})
	firstPhone := w.phone(testswitch.Phone{User: "8004", After: 200 * time.Millisecond})
	secondPhone := w.phone(testswitch.Phone{User: "8003", After: 200 * time.Millisecond, ToneHz: 1400})
	first, second := w.agent("8004"), w.agent("8003")
	for _, a := range []*person{first, second} {
		w.wait("the phones are seen", 10*time.Second, func() bool {
			a.do("POST", "/api/bar/state", map[string]string{"state": "idle"}, nil)
			return w.state(a) == "idle"
		})
	}
	w.wait("the switch knows the trunk", 20*time.Second, func() bool { return w.gateway(trunk.Gateway()) == addr })
	talks := func(a *person) string {
		id := ""
		w.wait("they talk", 30*time.Second, func() bool {
			var bar struct{ Call *struct{ ID, State string } }
			a.do("GET", "/api/bar", nil, &bar)
			if bar.Call != nil && bar.Call.State == "talking" {
				id = bar.Call.ID
			}
			return id != ""
		})
		return id
	}
	caller := w.sw.Call(t, testswitch.Caller{Number: "4008005678", From: "13900000001", Keys: []testswitch.Key{{After: 2 * time.Second, Keys: "1"}}, Stay: time.Minute})
	call := talks(first)
	time.Sleep(1500 * time.Millisecond) // of talk, to be heard on the recording
	var targets struct {
		Agents []struct {
			ID     int64
			Number string
			Ready  bool
		}
	}
	first.do("GET", "/api/bar/targets", nil, &targets)
	if len(targets.Agents) != 1 || targets.Agents[0].Number != "8003" || !targets.Agents[0].Ready {
		t.Fatalf("targets %+v", targets)
	}
	first.do("POST", "/api/bar/calls/"+call+"/transfer", map[string]any{"agent": targets.Agents[0].ID}, nil)
	firstPhone.WaitSaid("ended by the other side", 1, 10*time.Second)
	if got := talks(second); got != call {
		t.Errorf("the colleague has call %s, want %s", got, call)
	}
	time.Sleep(1500 * time.Millisecond)
	second.do("POST", "/api/bar/calls/"+call+"/transfer", map[string]any{"number": "13912345678"}, nil)
	secondPhone.WaitSaid("ended by the other side", 1, 10*time.Second)
	outside.WaitSaid("hanging up", 1, 30*time.Second)
	caller.WaitSaid("ended by the other side", 1, 20*time.Second)
	w.wait("the record", 20*time.Second, func() bool {
		r := w.records(first)
		return len(r) == 1 && r[0].Recording == "stored"
	})
	if r := w.records(first)[0]; r.Outcome != "answered" {
		t.Errorf("record %+v", r)
	}
	sound := w.recording(first, call)
	for hz, who := range map[int]string{1000: "the first agent", 1400: "the colleague", 700: "somebody outside"} {
		if s := sound.Heard(1, hz).Seconds(); s < 0.8 {
			t.Errorf("%.1f s of %s on the recording of %v", s, who, sound.Length())
		}
	}
}
