package app

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"switchdesk/agents"
	"switchdesk/calls"
	"switchdesk/queues"
	"switchdesk/simswitch"
)

// story is something that happens at one company; play tells it and check
// ends it.
type story struct {
	name string
	plan plan
	play func(c *company)
	want map[int]calls.Outcome
}

func phone(r simswitch.Reaction) func(string) simswitch.Phone {
	return func(string) simswitch.Phone { return simswitch.Phone{Reaction: r} }
}

func manual(string) simswitch.Phone { return simswitch.Phone{Manual: true} }

const menuFlow = `
name: 菜单
start: 主菜单
nodes:
  主菜单:
    kind: menu
    play: welcome
    timeout: 30s
    keys: {1: 排队, 2: 再见}
    exits: {timeout: 再见, invalid: 再见}
  排队: {kind: group, group: 客服, exits: {no_agent: 再见, timeout: 再见, full: 再见, after: 再见}}
  再见: {kind: hangup, play: [goodbye]}
`

var waits = simswitch.Caller{}

// TestStories plays what happens on a floor, all at once, each at a company
// of its own in one running program.
func TestStories(t *testing.T) {
	w := newWorld(t)
	all := append(append(append([]story{}, queueStories...), agentStories...), changeStories...)
	all = append(append(append(append(all, outStories...), inStories...), flowStories...), numberStories...)
	t.Run("at", func(t *testing.T) {
		for _, s := range all {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				c := w.company(t, s.plan)
				s.play(c)
				c.ends(s.want)
			})
		}
	})
	if n := len(w.engine.Channels()); n != 0 {
		t.Errorf("%d legs are left at the switch", n)
	}
}

// many lets stories, which mostly wait, happen at the same time; to be called
// once the flags are read.
func many() { _ = flag.Set("test.parallel", "16") }

var queueStories = []story{
	{
		name: "one call", want: map[int]calls.Outcome{1: calls.Answered},
		play: func(c *company) {
			c.idle("8001")
			c.call(1, simswitch.Caller{Talk: 500 * time.Millisecond})
			c.at(1, "talking")
			c.quiet()
			p := c.page(1)
			if p.HangupBy != "customer" || p.Agent != "座席8001" || p.Group != "客服" || p.TalkSeconds <= 0.2 || p.TalkSeconds > 3 {
				c.Errorf("record %+v", p.CallView)
			}
			var audio []byte
			c.boss.must("GET", "/api/calls/"+p.ID+"/recording", nil, &audio)
			if len(audio) < 1000 || string(audio[:4]) != "RIFF" {
				c.Errorf("the recording has %d bytes", len(audio))
			}
		},
	},
	{
		name: "gives up in the menu", plan: plan{flow: menuFlow}, want: map[int]calls.Outcome{1: calls.EndedInIVR, 2: calls.EndedInIVR},
		play: func(c *company) {
			c.idle("8001")
			c.call(1, simswitch.Caller{Patience: 400 * time.Millisecond})
			c.call(2, simswitch.Caller{Keys: []simswitch.KeyPress{{Collect: 1, After: 50 * time.Millisecond, Digits: "2"}}})
			c.quiet()
			if got := c.page(1).HangupBy; got != "customer" {
				c.Errorf("hung up by %s", got)
			}
			if p := c.page(2); p.HangupBy != "system" || len(p.Trail) != 2 || p.Trail[0].Input != "2" {
				c.Errorf("trail %+v by %s", p.Trail, p.HangupBy)
			}
		},
	},
	{
		name: "gives up in the queue", want: map[int]calls.Outcome{1: calls.QueueAbandoned},
		play: func(c *company) {
			c.idle("8001")
			c.signIn("8001").state("break")
			c.call(1, simswitch.Caller{Patience: 700 * time.Millisecond})
			c.at(1, "queued")
			c.quiet()
			c.signIn("8001").state("idle")
			if p := c.page(1); len(p.Rings) != 0 || p.QueueSeconds < 0.3 {
				c.Errorf("rings %+v, %v s in the queue", p.Rings, p.QueueSeconds)
			}
		},
	},
	{
		name: "gives up while it rings", plan: plan{phones: manual}, want: map[int]calls.Outcome{1: calls.RingNoAnswer},
		play: func(c *company) {
			c.idle("8001")
			c.call(1, simswitch.Caller{Patience: 800 * time.Millisecond})
			c.at(1, "ringing")
			c.agentIs("8001", "ringing")
			c.agentIs("8001", "idle") // not busy: it was not the agent's doing
		},
	},
	{
		name: "lets it ring, set busy", plan: plan{phones: manual, group: func(g *queues.Group) { g.AfterMiss, g.RingTime = agents.SetBusy, 3*time.Second }},
		want: map[int]calls.Outcome{1: calls.RingNoAnswer},
		play: func(c *company) {
			c.idle("8001")
			leg := c.call(1, waits)
			c.agentIs("8001", "ringing")
			c.agentIs("8001", "busy")
			c.at(1, "queued")
			c.w.engine.Leave(leg)
			c.quiet()
			if p := c.page(1); len(p.Rings) != 1 || p.Rings[0].Result != "missed" {
				c.Errorf("rings %+v", p.Rings)
			}
		},
	},
	{
		name: "refuses, is asked again", plan: plan{phones: manual}, want: map[int]calls.Outcome{1: calls.Answered},
		play: func(c *company) {
			c.idle("8001")
			leg := c.call(1, waits)
			c.agentIs("8001", "ringing")
			c.signIn("8001").does("refuse")
			c.at(1, "queued")
			c.agentIs("8001", "ringing")
			c.signIn("8001").does("answer")
			c.at(1, "talking")
			c.w.engine.Leave(leg)
			c.quiet()
			if p := c.page(1); len(p.Rings) != 2 || p.Rings[0].Result != "refused" || p.Rings[1].Result != "answered" {
				c.Errorf("rings %+v", p.Rings)
			}
		},
	},
	{
		name: "refuses at the phone, the colleague takes it",
		plan: plan{phones: func(n string) simswitch.Phone {
			if n == "8001" {
				return simswitch.Phone{Reaction: simswitch.Reaction{Act: simswitch.Refuse, After: 50 * time.Millisecond}}
			}
			return simswitch.Phone{Reaction: simswitch.Reaction{After: 50 * time.Millisecond}}
		}, group: func(g *queues.Group) { g.AfterMiss = agents.SetBusy }},
		want: map[int]calls.Outcome{1: calls.Answered},
		play: func(c *company) {
			c.idle("8001", "8002")
			c.call(1, simswitch.Caller{Talk: 300 * time.Millisecond})
			c.quiet()
			if p := c.page(1); p.Agent != "座席8002" {
				c.Errorf("answered by %s, rings %+v", p.Agent, p.Rings)
			}
			if s := c.stateOf("8001"); s != "busy" {
				c.Errorf("8001 is %s", s)
			}
		},
	},
	{
		name: "all busy, then one is free", plan: plan{agents: 1}, want: map[int]calls.Outcome{1: calls.Answered, 2: calls.Answered, 3: calls.Answered},
		play: func(c *company) {
			c.idle("8001")
			c.call(1, simswitch.Caller{Talk: time.Second})
			c.at(1, "talking")
			c.call(2, simswitch.Caller{Talk: 300 * time.Millisecond})
			c.at(2, "queued")
			c.call(3, simswitch.Caller{Talk: 300 * time.Millisecond})
			c.at(3, "queued")
			c.quiet()
			if a, b := c.page(2), c.page(3); !a.AnsweredAt.Before(*b.AnsweredAt) {
				c.Error("the later caller was served first")
			}
		},
	},
	{
		name: "nobody there, a message", want: map[int]calls.Outcome{1: calls.LeftMessage},
		play: func(c *company) {
			c.call(1, simswitch.Caller{Keys: []simswitch.KeyPress{{Collect: 1, After: 1200 * time.Millisecond, Digits: "#"}}})
			c.at(1, "voicemail")
			c.quiet()
			p := c.page(1)
			if p.Audio == nil || p.Audio.State != "stored" {
				c.Fatalf("the message: %+v, trail %+v", p.Audio, p.Trail)
			}
			var audio []byte
			c.boss.must("GET", "/api/calls/"+p.ID+"/recording", nil, &audio)
			if len(audio) < 100 {
				c.Errorf("the message has %d bytes", len(audio))
			}
		},
	},
	{
		name: "hangs up after the message", want: map[int]calls.Outcome{1: calls.LeftMessage},
		play: func(c *company) {
			c.call(1, simswitch.Caller{HangupAt: []simswitch.HangPoint{{Event: "CHANNEL_EXECUTE", App: "play_and_get_digits", After: 700 * time.Millisecond}}})
			c.quiet()
			if p := c.page(1); p.Audio == nil || p.Audio.State != "stored" {
				c.Errorf("the message: %+v", p.Audio)
			}
		},
	},
	{
		name: "everybody on break counts as nobody", plan: plan{group: func(g *queues.Group) {
			g.NeedWorking = true
			g.OnNoAgent = queues.Exit{Kind: queues.ExitHangup}
		}}, want: map[int]calls.Outcome{1: calls.QueueAbandoned},
		play: func(c *company) {
			c.idle("8001")
			c.signIn("8001").state("break")
			c.call(1, waits)
		},
	},
	{
		name: "nobody there, the other group", plan: plan{agents: 2, second: func(*queues.Group) {}, group: func(g *queues.Group) {
			g.Members = g.Members[:1]
			g.OnNoAgent = queues.Exit{Kind: queues.ExitGroup}
		}}, want: map[int]calls.Outcome{1: calls.Answered},
		play: func(c *company) {
			c.idle("8002")
			c.call(1, simswitch.Caller{Talk: 300 * time.Millisecond})
			c.quiet()
			if p := c.page(1); p.Group != "二组" || p.Agent != "座席8002" {
				c.Errorf("%+v", p.CallView)
			}
		},
	},
	{
		name: "full queue", plan: plan{agents: 1, group: func(g *queues.Group) { g.MaxWaiting = 1 }},
		want: map[int]calls.Outcome{1: calls.Answered, 2: calls.Answered, 3: calls.QueueAbandoned},
		play: func(c *company) {
			c.idle("8001")
			c.call(1, simswitch.Caller{Talk: time.Second})
			c.at(1, "talking")
			c.call(2, simswitch.Caller{Talk: 200 * time.Millisecond})
			c.at(2, "queued")
			c.call(3, waits)
			c.quiet()
			p := c.page(3)
			if last := p.Trail[len(p.Trail)-1]; last.Node != "满了" || p.HangupBy != "system" {
				c.Errorf("trail %+v", p.Trail)
			}
		},
	},
	{
		name: "wait limit", plan: plan{agents: 1, group: func(g *queues.Group) { g.WaitLimit = time.Second }},
		want: map[int]calls.Outcome{1: calls.QueueAbandoned},
		play: func(c *company) {
			c.idle("8001")
			c.signIn("8001").state("busy")
			c.call(1, waits)
			c.quiet()
			p := c.page(1)
			if last := p.Trail[len(p.Trail)-1]; last.Node != "超时" || p.QueueSeconds < 0.9 || p.QueueSeconds > 3 {
				c.Errorf("trail %+v, %v s", p.Trail, p.QueueSeconds)
			}
		},
	},
	{
		name: "priority goes first",
		plan: plan{agents: 1, flow: `
name: 优先
start: 菜单
nodes:
  菜单: {kind: menu, play: welcome, timeout: 10s, keys: {1: 贵宾, 2: 普通}, exits: {timeout: 再见, invalid: 再见}}
  贵宾: {kind: group, group: 客服, priority: 50, exits: {after: 再见}}
  普通: {kind: group, group: 客服, exits: {after: 再见}}
  再见: {kind: hangup}
`}, want: map[int]calls.Outcome{1: calls.Answered, 2: calls.Answered, 3: calls.Answered},
		play: func(c *company) {
			c.idle("8001")
			who := func(key string) simswitch.Caller {
				return simswitch.Caller{Talk: 800 * time.Millisecond, Keys: []simswitch.KeyPress{{Collect: 1, After: 50 * time.Millisecond, Digits: key}}}
			}
			c.call(1, who("2"))
			c.at(1, "talking")
			c.call(2, who("2"))
			c.at(2, "queued")
			c.call(3, who("1"))
			c.at(3, "queued")
			c.quiet()
			if a, b := c.page(2), c.page(3); !b.AnsweredAt.Before(*a.AnsweredAt) {
				c.Error("the caller with priority was served last")
			}
		},
	},
	{
		name: "last agent first", plan: plan{agents: 2, group: func(g *queues.Group) { g.LastAgentFirst, g.WrapUp = true, 0 }},
		want: map[int]calls.Outcome{},
		play: func(c *company) {
			c.idle("8002")
			c.call(1, simswitch.Caller{Talk: 200 * time.Millisecond})
			c.quiet()
			c.idle("8001") // first by order, yet not the last agent
			c.call(1, simswitch.Caller{Talk: 200 * time.Millisecond})
			c.quiet()
			records := c.records()
			if len(records) != 2 || records[0].Agent != "座席8002" || records[1].Agent != "座席8002" {
				c.Errorf("%+v", records)
			}
			c.forget(1)
		},
	},
	{
		name: "all ring, one wins", plan: plan{agents: 3, group: func(g *queues.Group) { g.Strategy = queues.RingAll }, phones: func(n string) simswitch.Phone {
			if n == "8002" {
				return simswitch.Phone{Reaction: simswitch.Reaction{After: 300 * time.Millisecond}}
			}
			return simswitch.Phone{Manual: true}
		}}, want: map[int]calls.Outcome{1: calls.Answered},
		play: func(c *company) {
			c.idle("8001", "8002", "8003")
			leg := c.call(1, waits)
			c.at(1, "talking")
			c.agentIs("8001", "idle")
			c.agentIs("8003", "idle")
			c.w.engine.Leave(leg)
			c.quiet()
			p := c.page(1)
			won, lost := 0, 0
			for _, r := range p.Rings {
				switch r.Result {
				case "answered":
					won++
				case "withdrawn":
					lost++
				}
			}
			if won != 1 || lost != 2 || p.Agent != "座席8002" {
				c.Errorf("rings %+v, agent %s", p.Rings, p.Agent)
			}
		},
	},
	{
		name: "all pick up in the same moment", plan: plan{agents: 3, group: func(g *queues.Group) { g.Strategy = queues.RingAll }},
		want: map[int]calls.Outcome{1: calls.Answered, 2: calls.Answered},
		play: func(c *company) {
			c.idle("8001", "8002", "8003")
			c.call(1, simswitch.Caller{Talk: 500 * time.Millisecond})
			c.call(2, simswitch.Caller{Talk: 500 * time.Millisecond})
		},
	},
}

// forget leaves a caller who called more than once out of the last check.
func (c *company) forget(n int) { c.forgotten = append(c.forgotten, c.from(n)) }

var agentStories = []story{
	{
		name: "wrap-up is extended and finished", plan: plan{agents: 1, group: func(g *queues.Group) { g.WrapUp, g.MaxWrapUp = 2*time.Second, 4*time.Second }},
		want: map[int]calls.Outcome{1: calls.Answered, 2: calls.Answered},
		play: func(c *company) {
			c.idle("8001")
			c.call(1, simswitch.Caller{Talk: 200 * time.Millisecond})
			c.agentIs("8001", "wrapup")
			p := c.signIn("8001")
			first := *p.bar().WrapEnds
			p.must("POST", "/api/bar/wrapup/extend", map[string]int{"seconds": 60}, nil)
			if d := p.bar().WrapEnds.Sub(first); d <= 0 || d > 2100*time.Millisecond {
				c.Errorf("the end moved by %v, want to the longest of 4 s", d)
			}
			if err := p.try("POST", "/api/bar/wrapup/extend", map[string]int{"seconds": 60}, nil); err == nil {
				c.Error("extended beyond the longest")
			}
			c.call(2, simswitch.Caller{Talk: 200 * time.Millisecond})
			c.at(2, "queued")
			p.must("POST", "/api/bar/wrapup/finish", nil, nil)
			c.at(2, "talking")
		},
	},
	{
		name: "phone goes while it rings", plan: plan{agents: 2, phones: manual}, want: map[int]calls.Outcome{1: calls.Answered},
		play: func(c *company) {
			c.idle("8001")
			c.call(1, simswitch.Caller{Talk: 300 * time.Millisecond})
			c.agentIs("8001", "ringing")
			c.w.engine.Unregister(c.user("8001"))
			c.within(2*time.Second, "8001 is 未连接 and the caller waits again", func() bool {
				return c.stateOf("8001") == "disconnected" && c.live(1).State == "queued"
			})
			c.w.engine.Register(simswitch.Phone{User: c.user("8001"), Reaction: simswitch.Reaction{After: 50 * time.Millisecond}})
			c.quiet()
			if s := c.stateOf("8001"); s != "idle" {
				c.Errorf("8001 is %s after the phone came back", s)
			}
		},
	},
	{
		name: "phone goes while talking", want: map[int]calls.Outcome{1: calls.Answered},
		play: func(c *company) {
			c.idle("8001")
			leg := c.call(1, waits)
			c.at(1, "talking")
			c.w.engine.Expire(c.user("8001"))
			c.w.within(c.T, 2*time.Second, "the bar knows", func() bool { return !c.signIn("8001").bar().Phone })
			if s := c.stateOf("8001"); s != "talking" {
				c.Errorf("8001 is %s", s)
			}
			c.w.engine.Leave(leg)
			c.quiet()
			c.agentIs("8001", "disconnected")
		},
	},
	{
		name: "phone goes while idle", plan: plan{agents: 2}, want: map[int]calls.Outcome{1: calls.Answered},
		play: func(c *company) {
			c.idle("8001", "8002")
			c.w.engine.Unregister(c.user("8001"))
			c.agentIs("8001", "disconnected")
			c.call(1, simswitch.Caller{Talk: 200 * time.Millisecond})
			c.quiet()
			p := c.page(1)
			if len(p.Rings) != 1 || p.Agent != "座席8002" {
				c.Errorf("rings %+v", p.Rings)
			}
		},
	},
	{
		name: "chooses a break while talking", plan: plan{agents: 1}, want: map[int]calls.Outcome{1: calls.Answered, 2: calls.QueueAbandoned},
		play: func(c *company) {
			c.idle("8001")
			leg := c.call(1, waits)
			c.at(1, "talking")
			p := c.signIn("8001")
			p.state("break")
			if b := p.bar(); b.State != "talking" || b.Next != "break" {
				c.Errorf("bar %+v", b)
			}
			c.w.engine.Leave(leg)
			c.agentIs("8001", "break")
			c.call(2, simswitch.Caller{Patience: 500 * time.Millisecond})
			c.quiet()
			if r := c.page(2).Rings; len(r) != 0 {
				c.Errorf("rang on break: %+v", r)
			}
		},
	},
	{
		name: "on hold the caller hangs up", want: map[int]calls.Outcome{1: calls.Answered},
		play: func(c *company) {
			c.idle("8001")
			leg := c.call(1, waits)
			c.at(1, "talking")
			p := c.signIn("8001")
			p.does("hold")
			c.at(1, "held")
			if err := p.verb("hold"); err == nil {
				c.Error("held twice")
			}
			c.w.engine.Leave(leg)
			c.quiet()
			if r := c.page(1); r.HoldSeconds <= 0 || r.HangupBy != "customer" {
				c.Errorf("%+v", r.CallView)
			}
		},
	},
	{
		name: "on hold the agent hangs up", want: map[int]calls.Outcome{1: calls.Answered},
		play: func(c *company) {
			c.idle("8001")
			c.call(1, waits)
			c.at(1, "talking")
			p := c.signIn("8001")
			p.does("hold")
			c.at(1, "held")
			p.does("hangup")
			c.quiet()
			r := c.page(1)
			if r.HangupBy != "agent" || r.Trail[len(r.Trail)-1].Node != "再见" {
				c.Errorf("by %s, trail %+v", r.HangupBy, r.Trail)
			}
		},
	},
	{
		name: "hold and resume in a hurry", want: map[int]calls.Outcome{1: calls.Answered},
		play: func(c *company) {
			c.idle("8001")
			leg := c.call(1, waits)
			c.at(1, "talking")
			p := c.signIn("8001")
			for range 5 {
				p.does("hold")
				p.does("resume")
			}
			c.bridged(leg)
			c.w.engine.Leave(leg)
			c.quiet()
			if r := c.page(1); r.HangupBy != "customer" {
				c.Errorf("by %s, trail %+v", r.HangupBy, r.Trail)
			}
		},
	},
	{
		name: "agent hangs up, the flow goes on", want: map[int]calls.Outcome{1: calls.Answered},
		play: func(c *company) {
			c.idle("8001")
			c.call(1, waits)
			c.at(1, "talking")
			c.signIn("8001").does("hangup")
			c.quiet()
			r := c.page(1)
			if r.HangupBy != "agent" || r.Trail[len(r.Trail)-1].Node != "再见" {
				c.Errorf("by %s, trail %+v", r.HangupBy, r.Trail)
			}
		},
	},
	{
		name: "signs out while talking", plan: plan{agents: 1}, want: map[int]calls.Outcome{1: calls.Answered},
		play: func(c *company) {
			c.idle("8001")
			leg := c.call(1, waits)
			c.at(1, "talking")
			c.signIn("8001").state("offline")
			if s := c.stateOf("8001"); s != "talking" {
				c.Errorf("8001 is %s", s)
			}
			c.w.engine.Leave(leg)
			c.agentIs("8001", "offline")
		},
	},
	{
		name: "signs out while it rings", plan: plan{agents: 2, phones: manual}, want: map[int]calls.Outcome{1: calls.RingNoAnswer},
		play: func(c *company) {
			c.idle("8001")
			leg := c.call(1, waits)
			c.agentIs("8001", "ringing")
			c.signIn("8001").state("offline")
			c.agentIs("8001", "offline")
			c.at(1, "queued")
			c.w.engine.Leave(leg)
		},
	},
	{
		name: "the desk phone answers", plan: plan{agents: 1}, want: map[int]calls.Outcome{1: calls.Answered},
		play: func(c *company) {
			c.idle("8001")
			c.signIn("8001").must("PUT", "/api/bar/method", map[string]string{"method": "sip"}, nil)
			leg := c.call(1, waits)
			c.at(1, "talking")
			if p := c.signIn("8001"); p.try("PUT", "/api/bar/method", map[string]string{"method": "web"}, nil) == nil {
				c.Error("the method changed during a call")
			}
			for _, l := range c.legs() {
				if l.To == c.user("8001") {
					c.Error("the web phone rang")
				}
			}
			c.w.engine.Leave(leg)
		},
	},
	{
		name: "the mobile answers", plan: plan{agents: 1}, want: map[int]calls.Outcome{1: calls.Answered},
		play: func(c *company) {
			c.must(c.w.app.agents.Save(c.Context(), agents.Profile{UserID: c.users["8001"].ID, AccountID: c.account.ID, Method: agents.Mobile, Mobile: c.from(77)}))
			c.apply()
			c.idle("8001")
			c.agentIs("8001", "idle")
			leg := c.call(1, waits)
			c.at(1, "talking")
			c.w.engine.Leave(leg)
		},
	},
}

// user is the SIP user of an agent's web phone.
func (c *company) user(number string) string { return fmt.Sprintf("%d-%s-w", c.account.ID, number) }

// bridged waits until a leg talks.
func (c *company) bridged(leg string) {
	c.Helper()
	c.w.until(c.T, "the legs are joined", func() bool {
		for _, l := range c.legs() {
			if l.UUID == leg && l.Peer != "" {
				return true
			}
		}
		return false
	})
}

func (c *company) within(d time.Duration, what string, ok func() bool) {
	c.Helper()
	c.w.within(c.T, d, what, ok)
}
