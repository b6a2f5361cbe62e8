package app

import (
	"context"
	"time"

	"switchdesk/calls"
	"switchdesk/floor"
	"switchdesk/simswitch"
)

const waitFlow = `
name: 排队与回电
start: 主菜单
nodes:
  主菜单:
    kind: menu
    transferable: true
    play: [welcome, {tts: "您好，${caller}"}]
    timeout: 5s
    keys: {1: 排队}
    exits: {timeout: 再见, invalid: 再见}
  排队:
    kind: group
    group: 客服
    say: offer_callback
    every: 10s
    callback: "1"
    offers: {2: 留言}
    exits: {no_agent: 再见, timeout: 再见, full: 再见}
  留言: {kind: voicemail, play: [leave_message], max: 30s, exits: {next: 再见, empty: 再见}}
  再见: {kind: hangup, play: [goodbye]}
`

// chooses presses keys: digits for each question, in turn.
func chooses(digits ...string) simswitch.Caller {
	var who simswitch.Caller
	for i, d := range digits {
		who.Keys = append(who.Keys, simswitch.KeyPress{Collect: i + 1, After: 50 * time.Millisecond, Digits: d})
	}
	return who
}

func (c *company) command(cmd floor.Command) {
	c.Helper()
	c.must(c.w.app.floor.Do(context.Background(), cmd))
}

// row is the record of the nth caller as the table has it.
func (c *company) row(n int) calls.Record {
	c.Helper()
	rows, _, err := c.w.app.calls.List(context.Background(), c.account.ID, calls.Filter{Number: c.from(n)})
	c.must(err)
	if len(rows) != 1 {
		c.Fatalf("caller %d has %d records", n, len(rows))
	}
	return rows[0]
}

// flowStories play what a flow does beside the queue and behind the talk.
var flowStories = []story{
	{
		name: "is called back in turn", plan: plan{flow: waitFlow}, want: map[int]calls.Outcome{2: calls.Answered},
		play: func(c *company) {
			c.idle("8001")
			c.signIn("8001").state("break")
			leg := c.call(1, chooses("1"))
			c.at(1, "queued")
			c.w.engine.Press(leg, "1")
			var back floor.LiveCall
			c.w.until(c.T, "the call-back waits", func() bool {
				for _, l := range c.lives() {
					if l.CallbackOf != "" {
						back = l
					}
				}
				return back.ID != "" && len(c.lives()) == 1 // the caller has heard goodbye
			})
			if back.State != "queued" || back.To != c.from(1) || back.Position != 1 || c.wall().Groups[0].Callbacks != 1 {
				c.Errorf("waits as %+v", back)
			}
			c.call(2, simswitch.Caller{Talk: 300 * time.Millisecond, Keys: chooses("1").Keys})
			c.at(2, "queued")
			c.signIn("8001").state("idle")
			c.at(1, "talking")
			if at := c.live(2); at.State != "queued" || at.Position != 1 {
				c.Errorf("who came later is %+v", at)
			}
			c.signIn("8001").does("hangup")
			c.quiet()
			c.forgotten = []string{c.from(1)}
			first, second := calls.Outcome(""), ""
			for _, r := range c.records() {
				if r.From == c.from(1) {
					first = calls.Outcome(r.Outcome)
					if r.ID != back.CallbackOf {
						c.Errorf("call-back of %s, want %s", back.CallbackOf, r.ID)
					}
				}
				if r.To == c.from(1) {
					second = r.Direction + " " + r.Outcome
				}
			}
			if first != calls.QueueAbandoned || second != "out answered" {
				c.Errorf("the two calls count as %s and %s", first, second)
			}
		},
	},
	{
		name: "leaves the queue for a message", plan: plan{flow: waitFlow}, want: map[int]calls.Outcome{1: calls.LeftMessage},
		play: func(c *company) {
			c.idle("8001")
			c.signIn("8001").state("break")
			leg := c.call(1, chooses("1", "#"))
			c.at(1, "queued")
			c.w.engine.Press(leg, "2")
			c.quiet()
			if p := c.page(1); len(p.Rings) != 0 || p.QueueSeconds == 0 {
				c.Errorf("rings %+v, %v s in the queue", p.Rings, p.QueueSeconds)
			}
		},
	},
	{
		name: "is sent to a menu and asked for a rating", plan: plan{flow: waitFlow}, want: map[int]calls.Outcome{1: calls.Answered},
		play: func(c *company) {
			c.idle("8001")
			c.call(1, chooses("1", "1", "3"))
			c.at(1, "talking")
			menus, err := c.w.app.floor.Menus(context.Background(), c.account.ID)
			c.must(err)
			if len(menus) != 1 || menus[0].Node != "主菜单" {
				c.Fatalf("menus %+v", menus)
			}
			id, agent := c.live(1).ID, c.users["8001"].ID
			c.command(floor.ToMenu{Account: c.account.ID, Agent: agent, Call: id, Flow: menus[0].Flow, Node: menus[0].Node})
			c.agentIs("8001", "wrapup")
			c.at(1, "talking") // the menu has led into the queue again
			c.command(floor.SendSurvey{Account: c.account.ID, Agent: agent, Call: id})
			c.quiet()
			p := c.page(1)
			if r := c.row(1); r.Rating != "不满意" || r.RatingAsked != calls.AskedByAgent {
				c.Errorf("rating %q, asked by %q", r.Rating, r.RatingAsked)
			}
			var nodes []string
			for _, s := range p.Trail {
				nodes = append(nodes, s.Node+"→"+s.Exit)
			}
			c.Logf("trail %v", nodes)
		},
	},
	{
		name: "is asked for a rating after a call out", want: map[int]calls.Outcome{1: calls.Answered},
		plan: plan{trunk: func(simswitch.Ringing) simswitch.Reaction { return simswitch.Reaction{After: 50 * time.Millisecond} }},
		play: func(c *company) {
			c.idle("8001")
			c.signIn("8001").must("POST", "/api/bar/dial", map[string]string{"number": c.from(1)}, nil)
			c.at(1, "talking")
			id := c.live(1).ID
			c.command(floor.SendSurvey{Account: c.account.ID, Agent: c.users["8001"].ID, Call: id})
			c.agentIs("8001", "idle")
			if l := c.live(1); l.State != "ivr" {
				c.Errorf("the customer is %+v", l)
			}
			for _, leg := range c.legs() {
				c.w.engine.Leave(leg.UUID)
			}
			c.quiet()
			if r := c.row(1); r.RatingAsked != calls.AskedByAgent || r.Rating != "" {
				c.Errorf("rating %q, asked by %q", r.Rating, r.RatingAsked)
			}
		},
	},
}
