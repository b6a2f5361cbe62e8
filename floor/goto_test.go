package floor

import (
	"slices"
	"strings"
	"testing"
	"time"

	"switchdesk/agents"
	"switchdesk/calls"
	"switchdesk/esl"
	"switchdesk/flows"
)

func (d *byHand) after(leg string) {
	d.event(esl.Event{Kind: esl.Park, UUID: leg, Inbound: true, Context: "switchdesk"})
}

func TestAnAgentSendsTheCallerToAMenu(t *testing.T) {
	for _, held := range []bool{false, true} {
		d := newByHand(t, nil)
		d.snapshot()
		l := d.talk("leg-a", "13900000001", 1)
		agent := l.Call.InHand
		if held {
			d.do(Hold{1, 1, l.Call.ID})
			d.event(esl.Event{Kind: esl.Park, UUID: "leg-a", Inbound: true, Context: contextPublic})
		}
		d.refused(ToMenu{1, 1, l.Call.ID, 1, "欢迎"}, "menu.unknown") // not marked
		d.refused(ToMenu{1, 1, l.Call.ID, 1, "没有"}, "menu.unknown")
		d.refused(ToMenu{1, 2, l.Call.ID, 1, "菜单"}, "call.gone") // not the one who talks
		d.do(ToMenu{1, 1, l.Call.ID, 1, "菜单"})
		d.refused(ToMenu{1, 1, l.Call.ID, 1, "评价"}, "call.not_now")
		d.sent = nil
		if held {
			d.gone(agent, "NORMAL_CLEARING")
		} else { // the customer parks before the agent's leg has gone, or after
			d.after("leg-a")
			d.gone(agent, "NORMAL_CLEARING")
		}
		if l.Run.Node != "菜单" || l.Call.Stage != calls.IVR || !slices.Contains(d.plays("leg-a"), "menu_main.wav") {
			t.Fatalf("held %v: the caller is at %s (%s) and hears %v", held, l.Run.Node, l.Call.Stage, d.plays("leg-a"))
		}
		if s := d.core.agents[1].State(); s != agents.WrapUp {
			t.Errorf("the agent is %s, want wrap-up", s)
		}
		d.keys(l, "1") // and is a caller like any other
		if l.Queue == nil {
			t.Fatal("the menu leads nowhere")
		}
		d.gone("leg-a", "NORMAL_CLEARING")
		r := d.last()
		trail := d.ended[len(d.ended)-1].Steps
		var nodes []string
		for _, s := range trail {
			nodes = append(nodes, s.Node)
		}
		if got := strings.Join(nodes, " "); got != "欢迎 菜单 售前 菜单 售前" {
			t.Errorf("trail %s", got)
		}
		if r.Outcome != calls.Answered || r.AgentID != 1 {
			t.Errorf("record %+v", r)
		}
	}
}

func TestTheMenusThatAnAgentMayChoose(t *testing.T) {
	d := newByHand(t, nil)
	list := d.core.Menus(1)
	if len(list) != 2 || list[0].Node != "菜单" || list[1].Node != "评价" || list[0].FlowName != "主流程" || list[0].Flow != 1 {
		t.Errorf("menus %+v", list)
	}
	if len(d.core.Menus(2)) != 0 {
		t.Error("another account sees them")
	}
}

func TestAnAgentAsksForARating(t *testing.T) {
	d := newByHand(t, nil)
	d.snapshot()
	l := d.talk("leg-a", "13900000001", 1)
	agent := l.Call.InHand
	d.do(SendSurvey{1, 1, l.Call.ID})
	d.after("leg-a")
	d.gone(agent, "NORMAL_CLEARING")
	if !slices.Contains(d.plays("leg-a"), "survey_ask.wav") {
		t.Fatalf("the customer hears %v", d.plays("leg-a"))
	}
	d.keys(l, "3")
	d.keys(l, "")
	d.gone("leg-a", "NORMAL_CLEARING")
	if r := d.last(); r.RatingAsked != calls.AskedByAgent || r.Rating != "不满意" || r.FlowName != "主流程" || r.AgentID != 1 {
		t.Errorf("record: asked %q, rating %q, flow %q", r.RatingAsked, r.Rating, r.FlowName)
	}
}

// The customer of an outbound call is asked as well: their leg must not be
// hung up with the agent's.
func TestTheCustomerWhomTheAgentCalledIsAsked(t *testing.T) {
	d := newByHand(t, nil)
	d.snapshot()
	d.do(Dial{1, 1, "13800138000"})
	agent := d.originate().UUID
	d.answers(agent)
	out := d.originate().UUID
	d.answers(out)
	d.bridged()
	l := d.core.legs[out]
	d.refused(SendSurvey{1, 2, l.Call.ID}, "call.gone")
	d.do(SendSurvey{1, 1, l.Call.ID})
	if v := d.sentVars(out, "hangup_after_bridge"); v != "false" {
		t.Errorf("hangup_after_bridge is %q", v)
	}
	if v := d.sentVars(out, "transfer_after_bridge"); v != "after:XML:switchdesk" {
		t.Errorf("transfer_after_bridge is %q", v)
	}
	d.gone(agent, "NORMAL_CLEARING")
	d.event(esl.Event{Kind: esl.Park, UUID: out, Context: "switchdesk"})
	if !slices.Contains(d.plays(out), "survey_ask.wav") {
		t.Fatalf("the customer hears %v", d.plays(out))
	}
	d.keys(l, "1")
	// A dead controller asks again what was being said.
	d.open()
	d.sent = nil
	d.snapshot(esl.Channel{UUID: out, CallSt: "ACTIVE", App: "park"})
	d.event(esl.Event{Kind: esl.Park, UUID: out, Context: contextPublic})
	if len(d.plays(out)) == 0 {
		t.Error("after a restart the customer hears nothing")
	}
	d.gone(out, "NORMAL_CLEARING")
	if r := d.last(); r.Direction != calls.Out || r.Outcome != calls.Answered || r.RatingAsked != calls.AskedByAgent || r.Rating != "满意" {
		t.Errorf("record %+v", r)
	}
}

// A group may want it asked after each talk; a flow that goes on by itself
// behind the talk comes first, and nobody is asked twice.
func TestAGroupHasItAskedAfterTheTalk(t *testing.T) {
	d := newByHand(t, nil)
	d.snapshot()
	l := d.call("leg-a", "13900000001")
	d.keys(l, "")
	d.keys(l, "2") // group 2: SurveyAfter, its exit after leads nowhere
	d.sent = nil
	d.idle(2)
	agent := d.originate().UUID
	d.answers(agent)
	d.keys(l, "") // 报工号
	d.bridged()
	d.after("leg-a")
	d.gone(agent, "NORMAL_CLEARING")
	if !slices.Contains(d.plays("leg-a"), "survey_ask.wav") {
		t.Fatalf("the customer hears %v", d.plays("leg-a"))
	}
	d.gone("leg-a", "NORMAL_CLEARING")
	if r := d.last(); r.RatingAsked != calls.AskedBySystem || r.Rating != "" || r.HangupBy != "agent" {
		t.Errorf("record: asked %q, rating %q, hung up by %s", r.RatingAsked, r.Rating, r.HangupBy)
	}
}

func TestTheAccountsOwnSurvey(t *testing.T) {
	d := newByHand(t, func(s *Settings) {
		own, problems := flows.Parse("survey.yaml", []byte("name: 回访\nstart: 问\nnodes:\n  问: {kind: survey, play: thank_you, keys: {5: 很好}}\n"))
		if flows.Refused(problems) {
			t.Fatal(problems)
		}
		main := s.Accounts[1].FlowAt(1, 1)
		s.Accounts[1].Survey = 7
		s.Accounts[1].Flow = func(id int64) (*flows.Flow, int64) {
			if id == 7 {
				return own, 3
			}
			return main, 1
		}
		s.Accounts[1].FlowAt = func(id, _ int64) *flows.Flow {
			if id == 7 {
				return own
			}
			return main
		}
	})
	d.snapshot()
	l := d.talk("leg-a", "13900000001", 1)
	agent := l.Call.InHand
	d.do(SendSurvey{1, 1, l.Call.ID})
	d.gone(agent, "NORMAL_CLEARING")
	d.after("leg-a")
	if l.Run.FlowID != 7 || l.Run.Version != 3 || !slices.Contains(d.plays("leg-a"), "thank_you.wav") {
		t.Fatalf("the customer is in flow %d and hears %v", l.Run.FlowID, d.plays("leg-a"))
	}
	if now := d.core.FlowNow(1, 7, 0, d.now); now.Nodes["问"].Here != 1 || now.Calls != 1 {
		t.Errorf("live figures of the survey: %+v", now)
	}
	now := d.core.FlowNow(1, 1, 1, d.now)
	if now.Nodes["菜单"].Exits["1"] != 1 || now.Nodes["售前"].Here != 0 || now.Nodes["欢迎"].Exits["next"] != 1 {
		t.Errorf("live figures of the main flow: %+v", now)
	}
	if other := d.core.FlowNow(1, 1, 2, d.now); other.Calls != 0 || len(other.Nodes) != 0 {
		t.Errorf("another version counts %+v", other)
	}
}

// Words are spoken into a file while the caller waits a little; then the call
// goes on, with them or without.
func TestWordsAreSpokenBeforeTheyArePlayed(t *testing.T) {
	ready := map[string]bool{}
	d := newByHand(t, func(s *Settings) {
		s.PromptReady = func(_ int64, p flows.Prompt) bool { return ready[p.Text] }
		s.PromptPath = func(_ int64, p flows.Prompt) string {
			if p.Text != "" && !ready[p.Text] {
				return ""
			}
			return p.File + p.Text + ".wav"
		}
	})
	d.snapshot()
	hears := func(leg string) string { return strings.Join(d.plays(leg), " ") }
	a := d.call("leg-a", "13900000001")
	b := d.call("leg-b", "13900000002")
	if hears("leg-a") != "" || len(d.said) != 2 || d.said[0].Prompts[0].Text != "您好，13900000001" {
		t.Fatalf("plays %q before the words are there; asked for %+v", hears("leg-a"), d.said)
	}
	ready["您好，13900000001"] = true
	d.core.Spoken(a.Call.ID, "another", d.now)
	d.drain()
	if hears("leg-a") != "" {
		t.Error("an answer to another question starts it")
	}
	for _, s := range d.said {
		d.core.Spoken(s.Call, s.ID, d.now)
		d.drain()
	}
	if got := hears("leg-a"); got != "welcome.wav 您好，13900000001.wav" {
		t.Errorf("plays %q", got)
	}
	if got := hears("leg-b"); got != "welcome.wav" {
		t.Errorf("words that did not come: plays %q", got)
	}
	d.keys(b, "")
	d.gone("leg-a", "NORMAL_CLEARING")
	d.core.Spoken(a.Call.ID, d.said[0].ID, d.now) // too late
	d.drain()
}

// What a flow says while somebody waits comes again and again, and the keys
// that it names lead out of the queue at any moment.
func TestKeysWhileWaiting(t *testing.T) {
	d := newByHand(t, nil)
	d.snapshot()
	l := d.waiting("leg-a", "13900000001")
	said := 0
	for range 4 {
		d.sent = nil
		d.pass(10 * time.Second)
		if slices.Contains(d.plays("leg-a"), "offer_callback.wav") {
			said++
		}
		if l.Call.Media.Kind == calls.Playing {
			d.keys(l, "") // it ends; the music goes on
		}
	}
	if said < 3 {
		t.Errorf("said %d times in 40 s, want every 10 s", said)
	}
	for _, key := range []string{"9", "#", ""} {
		d.press(l, key)
	}
	if l.Queue == nil {
		t.Fatal("a key that means nothing leads out of the queue")
	}
	d.idle(1)
	ring := d.originate()
	d.press(l, "2") // while a phone rings for the caller
	if l.Run.Node != "留言" || l.Queue != nil {
		t.Fatalf("the caller is at %s", l.Run.Node)
	}
	var killed bool
	for _, c := range d.sent {
		if x, ok := c.(esl.HangupLeg); ok && x.UUID == ring.UUID {
			killed = true
		}
	}
	if !killed {
		t.Error("the agent's phone rings on")
	}
	d.gone(ring.UUID, "ORIGINATOR_CANCEL")
	if s := d.core.agents[1].State(); s != agents.Idle {
		t.Errorf("the agent is %s", s)
	}
	d.press(l, "1")
	if len(d.core.backs[1]) != 0 {
		t.Error("who leaves a message can still ask for a call-back")
	}
}

// Until the bridge is there, the end of one leg would be the end of both: what
// the agent wants in that moment is done once it is.
func TestVerbsInTheMomentOfTheBridge(t *testing.T) {
	begin := func() (*byHand, *Live, string) {
		d := newByHand(t, nil)
		d.snapshot()
		l := d.waiting("leg-a", "13900000001")
		d.idle(1)
		agent := d.originate().UUID
		d.answers(agent) // the bridge is ordered
		return d, l, agent
	}
	ends := func(d *byHand, leg string) bool {
		for _, c := range d.sent {
			if x, ok := c.(esl.HangupLeg); ok && x.UUID == leg {
				return true
			}
		}
		return false
	}
	for name, cmd := range map[string]func(call string) Command{
		"hang-up": func(call string) Command { return Hangup{1, 1, call} },
		"rating":  func(call string) Command { return SendSurvey{1, 1, call} },
		"menu":    func(call string) Command { return ToMenu{1, 1, call, 1, "菜单"} },
	} {
		d, l, agent := begin()
		d.do(cmd(l.Call.ID))
		if ends(d, agent) {
			t.Errorf("%s: the agent's leg is hung up before the bridge is there", name)
		}
		d.bridged()
		if !ends(d, agent) && len(d.sent) == 0 {
			d.event(esl.Event{Kind: esl.Bridge, UUID: "leg-a", Other: agent})
		}
		if !ends(d, agent) {
			t.Errorf("%s: nothing happens once the bridge is there", name)
		}
		d.after("leg-a")
		d.gone(agent, "NORMAL_CLEARING")
		if l.Call.Stage == calls.Talking {
			t.Errorf("%s: they still talk", name)
		}
	}
	d, l, _ := begin()
	d.do(Hold{1, 1, l.Call.ID})
	d.do(Resume{1, 1, l.Call.ID})
	d.do(Hold{1, 1, l.Call.ID})
	if l.Call.Stage != calls.Talking {
		t.Fatalf("the hold begins before the bridge: %s", l.Call.Stage)
	}
	d.bridged()
	if l.Call.Stage != calls.Held {
		t.Errorf("the hold does not begin: %s", l.Call.Stage)
	}
	// A bridge that never comes ends the agent's part in bounded time.
	d, l, agent := begin()
	d.do(Hangup{1, 1, l.Call.ID})
	d.pass(6 * time.Second)
	if !ends(d, agent) {
		t.Error("without a bridge the agent's leg stays for ever")
	}
}
