package floor

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"switchdesk/agents"
	"switchdesk/calls"
	"switchdesk/esl"
	"switchdesk/flows"
	"switchdesk/queues"
)

const testFlow = `
name: 主流程
start: 欢迎
nodes:
  欢迎:
    kind: prompt
    play: [welcome, {tts: "您好，${caller}"}]
    exits: {next: 菜单}
  菜单:
    kind: menu
    transferable: true
    play: menu_main
    keys: {1: 售前, 2: 售后, 0: 专员}
    exits: {timeout: 售前, invalid: 再见}
  售前:
    kind: group
    group: 售前
    say: [offer_callback, {tts: "留言请按 2"}]
    every: 10s
    offers: {2: 留言, 3: 售后}
    callback: "1"
    exits: {no_agent: 留言, timeout: 留言, full: 再见, after: 评价}
  售后:
    kind: group
    group: 售后
    callback: "1"
    say: offer_callback
    exits: {no_agent: 留言, timeout: 售前}
  评价:
    kind: survey
    transferable: true
  专员:
    kind: agent
    number: "8001"
    exits: {unavailable: 售后, no_answer: 售后}
  留言:
    kind: voicemail
    play: [leave_message]
    group: 售前
  再见:
    kind: hangup
    play: [goodbye]
`

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func testSettings(t testing.TB, strategy queues.Strategy, agentsN int) *Settings {
	t.Helper()
	flow, problems := flows.Parse("test.yaml", []byte(testFlow))
	if flows.Refused(problems) {
		t.Fatalf("test flow: %v", problems)
	}
	acc := &Account{
		ID: 1, Language: "zh", Zone: time.UTC, InboundLimit: 60, WrapUp: 5 * time.Second,
		Groups: map[int64]queues.Group{}, Agents: map[int64]Agent{}, Trunk: "trunk", CallerID: "4008001000",
		Blacklisted: func(n string) bool { return n == "13900000007" },
		Flow:        func(id int64) (*flows.Flow, int64) { return flow, 1 },
		FlowAt:      func(id, version int64) *flows.Flow { return flow },
		ActiveFlows: func() map[int64]*flows.Flow { return map[int64]*flows.Flow{1: flow} },
	}
	for g := int64(1); g <= 2; g++ {
		group := queues.Group{ID: g, Account: 1, Name: []string{"", "售前", "售后"}[g], Strategy: strategy,
			RingTime: 15 * time.Second, WaitLimit: 90 * time.Second, MaxWaiting: 30, WrapUp: 10 * time.Second, MaxWrapUp: time.Minute,
			Announce: 20 * time.Second, AfterMiss: agents.AskAgain, AskPause: 5 * time.Second,
			OnNoAgent: queues.Exit{Kind: queues.ExitFlow}, OnTimeout: queues.Exit{Kind: queues.ExitFlow}, OnFull: queues.Exit{Kind: queues.ExitHangup}}
		if g == 2 {
			group.AfterMiss = agents.SetBusy
			group.LastAgentFirst = true
			group.TellAgentNo = true
			group.SurveyAfter = true
		}
		for i := 1; i <= agentsN; i++ {
			if int64(i)%2 == g%2 || i%3 == 0 {
				group.Members = append(group.Members, queues.Member{Agent: int64(i), Level: i % 4, Order: i})
			}
		}
		acc.Groups[g] = group
	}
	for i := 1; i <= agentsN; i++ {
		acc.Agents[int64(i)] = Agent{ID: int64(i), Number: strconv.Itoa(8000 + i), Name: fmt.Sprintf("座席%d", i), Method: agents.SIP}
	}
	return &Settings{
		Domain: "switchdesk", Accounts: map[int64]*Account{1: acc},
		Numbers:       map[string]*Number{"4008001000": {Account: 1, Number: "4008001000", FlowID: 1}, "4008002000": {Account: 1, Number: "4008002000"}},
		PromptPath:    func(_ int64, p flows.Prompt) string { return p.File + p.Text + ".wav" },
		RecordingPath: func(a int64, call string, _ time.Time) string { return call + ".wav" },
	}
}

func newModel(t testing.TB, seed uint64, strategy queues.Strategy, agentsN int) *model {
	m := &model{
		rng: rand.New(rand.NewPCG(seed, 7)), now: start, legs: map[string]*modelLeg{}, up: true,
		ended: map[string]calls.Outcome{}, sum: map[calls.Outcome]int{}, everLegs: map[string]bool{}, spoken: map[string]bool{}, backs: map[string]calls.Outcome{},
	}
	ids := 0
	set := testSettings(t, strategy, agentsN)
	m.set, m.ids = set, func() string { ids++; return fmt.Sprintf("id-%08d", ids) }
	set.PromptReady = func(_ int64, p flows.Prompt) bool { return m.spoken[p.Text] }
	m.core = New(set, m.ids)
	m.core.Apply(set, m.now)
	m.reconnect()
	return m
}

// checkNow asserts what must hold after every step.
func (m *model) checkNow(t testing.TB) {
	c := m.core
	on := map[int64]string{}
	for id, l := range c.live {
		for _, leg := range l.Call.Others {
			if leg.Agent == 0 || leg.State == calls.LegGone || leg.Kills > 0 {
				continue
			}
			if other, ok := on[leg.Agent]; ok && other != id {
				t.Fatalf("agent %d is on two calls: %s and %s", leg.Agent, other, id)
			}
			on[leg.Agent] = id
		}
		if l.Back != nil && l.Call.Answer.IsZero() && l.Call.Stage == calls.Queued && len(l.Call.Legs()) == 0 {
			if _, waits := c.board.Item(id); c.nodes["fs1"].up && !waits && l.Back.Retry.IsZero() {
				t.Fatalf("call-back %s waits nowhere: %+v", id, l.Back)
			}
		}
		if l.Call.Stage == calls.Over {
			t.Fatalf("call %s is over and still on the floor", id)
		}
	}
	for id, a := range c.agents {
		call := a.Call
		if call == "" {
			call = a.Offer
		}
		if call != "" && c.live[call] == nil {
			t.Fatalf("agent %d is stuck on call %s, which is over", id, call)
		}
	}
	if m.up {
		for g := range c.set.Accounts[1].Groups {
			stats, _ := c.board.GroupStats(g)
			if stats.Free == 0 || stats.Waiting == 0 {
				continue
			}
			for _, item := range c.board.Waiting(g) {
				if len(item.Offered) == 0 && len(item.Tried) == 0 {
					t.Fatalf("call %s waits in group %d beside %d idle agents", item.ID, g, stats.Free)
				}
			}
		}
	}
}

// agentActs lets a random agent do something.
func (m *model) agentActs() {
	if len(m.core.agents) == 0 {
		return // between two controllers
	}
	id := int64(1 + m.rng.IntN(len(m.core.agents)))
	a := m.core.agents[id]
	call := a.Call
	if call == "" {
		call = a.Offer
	}
	var cmd Command
	switch m.rng.IntN(26) {
	default:
		_ = m.core.Do(SignIn{1, id}, m.now)
		cmd = SetState{Account: 1, Agent: id, State: agents.Idle}
	case 0:
		cmd = SignOut{1, id}
	case 1, 2, 3, 4:
		cmd = SignIn{1, id}
	case 5:
		cmd = SetState{Account: 1, Agent: id, State: agents.Break, Reason: "午餐"}
	case 6, 7, 8:
		cmd = SetState{Account: 1, Agent: id, State: agents.Idle}
	case 9:
		cmd = Hold{1, id, call}
	case 10:
		cmd = Resume{1, id, call}
	case 11:
		cmd = Hangup{1, id, call}
	case 12:
		cmd = Refuse{1, id, call}
	case 14:
		cmd = ToMenu{1, id, call, 1, []string{"菜单", "评价", "欢迎"}[m.rng.IntN(3)]}
	case 17, 18:
		x := Transfer{Account: 1, Agent: id, Call: call}
		switch m.rng.IntN(3) {
		case 0:
			x.ToAgent = int64(1 + m.rng.IntN(12))
		case 1:
			x.ToGroup = int64(1 + m.rng.IntN(2))
		default:
			x.ToNumber = fmt.Sprintf("137%08d", m.rng.IntN(1000))
		}
		if err := m.core.Do(x, m.now); err == nil {
			m.passed++
		}
		m.drain()
		return
	case 15:
		cmd = SendSurvey{1, id, call}
	case 16:
		for _, waiting := range m.core.backs[1] {
			cmd = DropCallback{1, id, waiting}
			break
		}
		if cmd == nil || !m.chance(20) {
			return
		}
	case 13:
		cmd = Dial{1, id, fmt.Sprintf("138%08d", m.rng.IntN(1000))}
	}
	_ = m.core.Do(cmd, m.now) // refusals are part of life
	m.drain()
}

// world lets n callers dial in and checks the floor to the end.
func world(t testing.TB, seed uint64, strategy queues.Strategy, n int, faults, crashes bool) *model {
	m := newModel(t, seed, strategy, 12)
	m.faults = faults
	if crashes {
		m.kept = map[string][]byte{}
	}
	steps := 0
	m.check = func() {
		if steps++; steps%16 == 0 {
			m.checkNow(t)
		}
	}
	for id := range m.core.agents {
		_ = m.core.Do(SignIn{1, id}, m.now)
	}
	m.drain()
	for i := 0; i < n; i++ {
		m.after(m.ms(0, n*1500), func() {
			to := "4008001000"
			if m.chance(2) {
				to = "4008002000"
			}
			m.call(to)
		})
		m.after(m.ms(0, n*1500), m.agentActs)
		m.after(m.ms(0, n*1500), m.agentActs)
		if faults && m.kept != nil && m.chance(3) {
			m.after(m.ms(0, n*1500), func() { m.crash(m.ms(100, 5000)) })
		}
		if faults && m.chance(1) {
			m.after(m.ms(0, n*1500), func() { m.drop(m.ms(50, 20_000)) })
		}
	}
	for d := time.Minute; d < time.Duration(n)*1500*time.Millisecond+time.Hour; d += time.Minute {
		m.after(d, func() {
			if m.up {
				m.emit(m.snapshot()) // the regular audit
			}
		})
	}
	m.run(m.now.Add(time.Duration(n)*1500*time.Millisecond + 26*time.Hour)) // a call-back may wait for a day
	m.finish(t, n)
	return m
}

// finish asserts what must hold once everything has come to rest.
func (m *model) finish(t testing.TB, n int) {
	t.Helper()
	m.checkNow(t)
	for id, l := range m.core.live {
		t.Errorf("call %s never ended: stage %s, customer %s gone=%v, others %+v", id, l.Call.Stage, l.Call.Customer.State, l.Call.Gone, l.Call.Others)
	}
	for uuid, l := range m.legs {
		t.Errorf("leg %s of call %s was left at the switch (%s)", uuid, l.call, l.app)
	}
	if n := len(m.core.backs[1]); n != 0 {
		t.Errorf("%d call-backs are still known", n)
	}
	if m.cut > 0 && !m.faults {
		t.Errorf("%d customers were cut off by the end of the agent's leg in the moment of the bridge", m.cut)
	}
	inbound, total := 0, 0
	for _, o := range []calls.Outcome{calls.EndedInIVR, calls.Answered, calls.LeftMessage, calls.RingNoAnswer, calls.QueueAbandoned, calls.Blacklisted, calls.OverLimit} {
		total += m.sum[o]
	}
	for _, v := range m.sum {
		inbound += v
	}
	if inbound != total {
		t.Errorf("%d inbound calls, but the outcomes of manual 4.1.1 sum to %d: %v", inbound, total, m.sum)
	}
	if lost := n - inbound; lost < 0 || (lost > 0 && !m.faults) {
		t.Errorf("%d callers, %d inbound records", n, inbound)
	}
	for id, a := range m.core.agents {
		switch a.State() {
		case agents.Talking, agents.Ringing, agents.WrapUp:
			t.Errorf("agent %d is left %s", id, a.State())
		}
	}
}

// TestRandomFloor: random callers, agents and faults in virtual time.
// FLOOR_CALLS sets how many calls each strategy gets.
func TestRandomFloor(t *testing.T) {
	n := 100_000/len(queues.Strategies())/4 + 1
	if s := os.Getenv("FLOOR_CALLS"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	if testing.Short() {
		n = 300
	}
	for _, strategy := range queues.Strategies() {
		for seed := uint64(1); seed <= 4; seed++ {
			t.Run(fmt.Sprintf("%s/%d", strategy, seed), func(t *testing.T) {
				t.Parallel()
				m := world(t, seed, strategy, n, seed > 1, seed > 3)
				t.Logf("%d calls, %d steps, %d crashes: %v; call-backs %v; asked for a rating %d, rated %d, passed on %d", m.arrived, m.steps, m.crashes, m.sum, tally(m.backs), m.asked, m.rated, m.passed)
			})
		}
	}
}

// New settings that come between a restart and the switch's first word must
// not take a ringing phone for one that has gone.
func TestSettingsBeforeTheFirstSnapshotLeaveARingAlone(t *testing.T) {
	m := newModel(t, 1, queues.LongestIdle, 2)
	m.kept = map[string][]byte{}
	_ = m.core.Do(SignIn{1, 1}, m.now)
	m.drain()
	for i := 0; i < 3000 && m.core.agents[1].Offer == ""; i++ {
		if i%100 == 0 {
			m.call("4008001000")
		}
		m.run(m.now.Add(100 * time.Millisecond))
	}
	ringing := m.core.agents[1].Offer
	if ringing == "" {
		t.Fatal("no phone rings: choose another seed")
	}
	kept := &Live{}
	if err := json.Unmarshal(m.kept["call "+ringing], kept); err != nil {
		t.Fatal(err)
	}
	agent := &agents.Agent{}
	if err := json.Unmarshal(m.kept["agent 1"], agent); err != nil {
		t.Fatal(err)
	}
	c := New(m.set, m.ids)
	c.Expect("fs1")
	c.Apply(m.set, m.now)
	c.Readmit(kept, m.now)
	c.Seat(agent, m.now)
	c.Apply(m.set, m.now) // an admin saves something
	if got := c.agents[1]; got.Offer != ringing || !got.PhoneReady {
		t.Errorf("agent 1 rings for %q, phone ready %v; want %q and ready", got.Offer, got.PhoneReady, ringing)
	}
	for _, o := range c.Drain().Orders {
		if _, ok := o.Command.(esl.HangupLeg); ok {
			t.Errorf("a phone was hung up: %+v", o)
		}
	}
}

// A desk phone may say of itself what it likes: it calls as the one who signed
// in, never as the one in its From.
func TestADeskPhoneCallsAsTheOneWhoSignedIn(t *testing.T) {
	m := newModel(t, 1, queues.LongestIdle, 2)
	_ = m.core.Do(SignIn{1, 1}, m.now)
	_ = m.core.Do(SignIn{1, 2}, m.now)
	m.drain()
	m.legs["desk-leg"] = &modelLeg{uuid: "desk-leg", inbound: true, app: "park"}
	m.emit(esl.Event{Kind: esl.Park, UUID: "desk-leg", Context: contextDesk, From: "1-8001", AuthUser: "1-8002", To: "13800138000"})
	if a := m.core.agents[1]; a.Call != "" {
		t.Error("agent 8001 is on a call that somebody else's phone made")
	}
	if a := m.core.agents[2]; a.Call == "" {
		t.Error("agent 8002, whose phone it was, is not on the call")
	}
	m.legs["stranger"] = &modelLeg{uuid: "stranger", inbound: true, app: "park"}
	m.emit(esl.Event{Kind: esl.Park, UUID: "stranger", Context: contextDesk, From: "1-8001", To: "13800138000"})
	if a := m.core.agents[1]; a.Call != "" {
		t.Error("a phone that has not signed in calls as agent 8001")
	}
}

func tally(of map[string]calls.Outcome) map[calls.Outcome]int {
	sum := map[calls.Outcome]int{}
	for _, o := range of {
		sum[o]++
	}
	return sum
}
