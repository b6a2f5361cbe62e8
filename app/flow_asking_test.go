package app

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"switchdesk/simswitch"
)

// Flows of TestFlowsAskOtherSystems: the first takes the name of the flow
// that the service number has.
const askingMain = `
name: 五条路
start: 号
nodes:
  号: {kind: input, play: enter_order, into: 号, max: 6, exits: {next: 查, timeout: 完, invalid: 完}}
  查:
    kind: lookup
    url: "http://%[1]s/orders/${号}?from=${caller}"
    into: {态: order.state}
    timeout: 15s
    exits: {ok: 判, not_found: 完, failed: 完}
  判: {kind: condition, when: [{if: '态 == "sent" and number(号) >= 1000', go: 告}], exits: {other: 完}}
  告: {kind: notice, url: "http://%[1]s/seen", body: {order: "${号}"}, exits: {next: 评}}
  评: {kind: subflow, flow: 评价, exits: {next: 完, missing: 完}}
  完: {kind: hangup}
cases:
  - {name: 查到, keys: "1001", answers: [{body: '{"order":{"state":"sent"}}'}], expect: {node: 完, exit: hangup, heard: [survey_ask]}}
`

const askingRating = `
name: 评价
start: 评
nodes:
  评: {kind: survey, second: {3: {play: menu_support, keys: {1: 态度, 2: 业务}}}, exits: {next: 回, none: 回}}
  回: {kind: return}
`

// TestFlowsAskOtherSystems lets callers go through a look-up, a condition, a
// notice, a sub-flow and a rating at the same time on the simulated switch;
// each record must tell of its own caller's way and no other's. 40 callers,
// or as many as SWITCHDESK_IVR_CALLERS says.
func TestFlowsAskOtherSystems(t *testing.T) {
	callers := 40
	if n, err := strconv.Atoi(os.Getenv("SWITCHDESK_IVR_CALLERS")); err == nil && n > 0 {
		callers = n
	}
	var asked, seen atomic.Int64
	crm := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/seen" {
			seen.Add(1)
			return
		}
		asked.Add(1)
		order := strings.TrimPrefix(r.URL.Path, "/orders/")
		if !strings.HasSuffix(r.URL.Query().Get("from"), order[2:]) {
			w.WriteHeader(http.StatusNotFound) // somebody else's order
			return
		}
		io.WriteString(w, `{"order":{"state":"sent"}}`)
	}))
	t.Cleanup(crm.Close)
	w := newCrashWorld(t)
	w.engine = largeSwitch(t, w.file, callers+100)
	host := crm.Listener.Addr().String()
	appendTo(t, w.file, fmt.Sprintf("flows: {allow_hosts: [%q]}\n", host))
	w.start()
	boss := w.signIn("8001")
	boss.putInForce(askingRating)
	boss.putInForce(fmt.Sprintf(askingMain, host))

	began := time.Now()
	for i := range callers {
		order := fmt.Sprintf("%06d", 100_000+i)
		rating, second := string(rune('1'+i%3)), ""
		who := simswitch.Caller{From: "1390000" + order[2:], To: "4008001234", Keys: []simswitch.KeyPress{
			{Collect: 1, After: 100 * time.Millisecond, Digits: order},
			{Collect: 2, After: 200 * time.Millisecond, Digits: rating},
		}}
		if rating == "3" {
			second = "2"
			who.Keys = append(who.Keys, simswitch.KeyPress{Collect: 3, After: 100 * time.Millisecond, Digits: second})
		}
		w.engine.Call(who)
	}
	most := 0
	for left := 1; left > 0; left = len(w.engine.Channels()) {
		if most = max(most, left); time.Since(began) > 2*time.Minute {
			t.Fatalf("%d callers still there:\n%s", left, w.log)
		}
		time.Sleep(20 * time.Millisecond) // polls the switch; the deadline decides
	}
	took := time.Since(began)
	records := map[string]rated{}
	w.until("every call is written down", func() bool {
		records = boss.records(callers)
		w.last = fmt.Sprint(len(records), " records")
		return len(records) == callers
	})
	wrong := 0
	for i := range callers {
		order := fmt.Sprintf("%06d", 100_000+i)
		got := records["1390000"+order[2:]]
		want := [][2]string{{"满意", ""}, {"一般", ""}, {"不满意", "业务"}}[i%3]
		if wrong > 20 {
			break
		}
		if got.Outcome != "ivr" || got.Rating != want[0] || got.RatingDetail != want[1] {
			t.Errorf("%s: %+v, want %v", order, got, want)
			wrong++
		}
		if i >= 20 {
			continue // the trail of some is enough to read
		}
		var page struct {
			Trail []struct{ Node, Input, Exit, Detail string }
		}
		boss.do("GET", "/api/calls/"+got.ID, nil, &page)
		var way []string
		for _, s := range page.Trail {
			way = append(way, s.Node+" "+s.Exit)
		}
		if text := strings.Join(way, ","); !strings.HasPrefix(text, "号 next,查 ok,判 rule 1,告 next,评 flow,评 ") || page.Trail[0].Input != order {
			t.Errorf("%s: %s %+v", order, text, page.Trail[0])
		}
	}
	w.until("each caller's look-up and notice has arrived, once", func() bool {
		w.last = fmt.Sprint(asked.Load(), " look-ups, ", seen.Load(), " notices")
		return asked.Load() == int64(callers) && seen.Load() == int64(callers)
	})
	cmd := w.cmd
	w.kill()
	if use, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		t.Logf("%d callers, %d at once, %.1f s; controller %s CPU, %d MB at most", callers, most, took.Seconds(),
			(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Round(time.Millisecond), use.Maxrss>>10)
	}
}

// largeSwitch puts a simulated switch for so many calls at once in the place
// of the one that a configuration file names.
func largeSwitch(t *testing.T, file string, sessions int) *simswitch.Engine {
	t.Helper()
	engine := simswitch.New(simswitch.Options{Password: "socket-of-a-test", Seed: 1, RecordTiny: true, MaxSessions: sessions})
	ctx := t.Context()
	go func() { _ = engine.Run(ctx) }()
	socket, err := engine.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	addr := regexp.MustCompile(`(name: sim, addr: )"[^"]*"`)
	text = addr.ReplaceAll(text, []byte(`${1}"`+socket.Addr()+`"`))
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return engine
}

func appendTo(t *testing.T, file, text string) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

// putInForce uploads a flow and activates it.
func (p *person) putInForce(source string) {
	p.w.t.Helper()
	var v struct{ ID, Number int64 }
	p.do("POST", "/api/flows", map[string]string{"source": source, "file": "f.yaml"}, &v)
	p.do("POST", fmt.Sprintf("/api/flows/%d/versions/%d/activate", v.ID, v.Number), map[string]any{}, nil)
}

type rated struct {
	ID, From, Outcome, Rating string
	RatingDetail              string `json:"rating_detail"`
}

// records gives n calls, or as many as there are, by the caller's number.
func (p *person) records(n int) map[string]rated {
	p.w.t.Helper()
	by := map[string]rated{}
	next := ""
	for range n/50 + 2 {
		var page struct {
			Items []rated
			Next  string
		}
		var raw json.RawMessage
		p.do("GET", "/api/calls?limit=200&cursor="+next, nil, &raw)
		if err := json.Unmarshal(raw, &page); err != nil {
			p.w.t.Fatal(err)
		}
		for _, r := range page.Items {
			by[r.From] = r
		}
		if next = page.Next; next == "" {
			break
		}
	}
	return by
}
