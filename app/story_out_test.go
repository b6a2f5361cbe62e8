package app

import (
	"strconv"
	"strings"
	"time"

	"switchdesk/calls"
	"switchdesk/queues"
	"switchdesk/simswitch"
)

// somebody is whoever answers the phones behind a trunk.
func somebody(r simswitch.Reaction) func(simswitch.Ringing) simswitch.Reaction {
	return func(simswitch.Ringing) simswitch.Reaction { return r }
}

// dials has an agent dial the nth customer.
func (c *company) dials(number string, n int) {
	c.Helper()
	c.signIn(number).must("POST", "/api/bar/dial", map[string]string{"number": c.from(n)}, nil)
}

// notice waits for what an agent's bar says went wrong.
func (c *company) notice(number, want string) {
	c.Helper()
	c.w.until(c.T, "the bar of "+number+" says "+want, func() bool { return c.signIn(number).bar().Notice == want })
}

// failing is a dialled number that does not get to a talk.
func failing(name string, r simswitch.Reaction, outcome calls.Outcome, notice string) story {
	return story{
		name: "dialled: " + name, plan: plan{agents: 1, trunk: somebody(r)}, want: map[int]calls.Outcome{1: outcome},
		play: func(c *company) {
			c.idle("8001")
			c.dials("8001", 1)
			c.notice("8001", notice)
			c.agentIs("8001", "idle")
		},
	}
}

var outStories = []story{
	{
		name: "dialled: answered", plan: plan{agents: 1, trunk: somebody(simswitch.Reaction{After: 200 * time.Millisecond, HangupAfter: 600 * time.Millisecond})},
		want: map[int]calls.Outcome{1: calls.Answered},
		play: func(c *company) {
			c.idle("8001")
			c.dials("8001", 1)
			if p := c.signIn("8001"); p.try("POST", "/api/bar/dial", map[string]string{"number": c.from(2)}, nil) == nil {
				c.Error("dialled twice at once")
			}
			c.at(1, "talking")
			c.quiet()
			if p := c.page(1); p.Direction != "out" || p.HangupBy != "customer" || p.Agent != "座席8001" || p.TalkSeconds < 0.3 {
				c.Errorf("%+v", p.CallView)
			}
		},
	},
	{
		name: "dialled: hold, resume, the agent hangs up", plan: plan{agents: 1}, want: map[int]calls.Outcome{1: calls.Answered},
		play: func(c *company) {
			c.idle("8001")
			c.dials("8001", 1)
			c.at(1, "talking")
			p := c.signIn("8001")
			p.does("hold")
			c.at(1, "held")
			p.does("resume")
			c.at(1, "talking")
			p.does("hangup")
			c.quiet()
			if r := c.page(1); r.HangupBy != "agent" || r.HoldSeconds <= 0 {
				c.Errorf("%+v", r.CallView)
			}
		},
	},
	failing("busy", simswitch.Reaction{Act: simswitch.Busy, After: 200 * time.Millisecond}, calls.Busy, "dial.busy"),
	failing("refused", simswitch.Reaction{Act: simswitch.Refuse, After: 200 * time.Millisecond}, calls.NoAnswer, "dial.refused"),
	failing("no such number", simswitch.Reaction{Act: simswitch.Unallocated, After: 100 * time.Millisecond}, calls.Failed, "dial.no_such_number"),
	failing("the trunk fails", simswitch.Reaction{Act: simswitch.Down, After: 100 * time.Millisecond}, calls.Failed, "dial.failed"),
	{
		name: "dialled: the agent gives up", plan: plan{agents: 1, trunk: somebody(simswitch.Reaction{Act: simswitch.Ignore})},
		want: map[int]calls.Outcome{1: calls.NoAnswer},
		play: func(c *company) {
			c.idle("8001")
			c.dials("8001", 1)
			c.ringsAtTrunk(1)
			c.signIn("8001").does("hangup")
			c.agentIs("8001", "idle")
		},
	},
	{
		name: "dialled: the own phone does not answer", plan: plan{agents: 1, phones: phone(simswitch.Reaction{Act: simswitch.Refuse, After: 100 * time.Millisecond})},
		want: map[int]calls.Outcome{1: calls.Cancelled},
		play: func(c *company) {
			c.idle("8001")
			c.dials("8001", 1)
			c.agentIs("8001", "idle")
			c.quiet()
			for _, l := range c.page(1).Legs {
				if l.Role == "customer" {
					c.Errorf("the customer was rung: %+v", l)
				}
			}
		},
	},
	{
		name: "dialled: nonsense", plan: plan{agents: 1}, want: map[int]calls.Outcome{},
		play: func(c *company) {
			c.idle("8001")
			for _, n := range []string{"abc", "1", "13900000001\nbgapi status", "${api(status)}", "139000000010000000000000", "+"} {
				if c.signIn("8001").try("POST", "/api/bar/dial", map[string]string{"number": n}, nil) == nil {
					c.Errorf("dialled %q", n)
				}
			}
			c.agentIs("8001", "idle")
		},
	},
	{
		name: "desk phone dials", plan: plan{agents: 1, trunk: somebody(simswitch.Reaction{After: 100 * time.Millisecond, HangupAfter: 400 * time.Millisecond})},
		want: map[int]calls.Outcome{1: calls.Answered},
		play: func(c *company) {
			c.idle("8001")
			c.w.engine.Call(simswitch.Caller{From: strings.TrimSuffix(c.user("8001"), "-w"), To: c.from(1), Context: "desk"})
			c.at(1, "talking")
			c.quiet()
			if p := c.page(1); p.Agent != "座席8001" || p.Direction != "out" {
				c.Errorf("%+v", p.CallView)
			}
		},
	},
	{
		name: "desk phone gives up", plan: plan{agents: 1, trunk: somebody(simswitch.Reaction{Act: simswitch.Ignore})},
		want: map[int]calls.Outcome{1: calls.NoAnswer},
		play: func(c *company) {
			c.idle("8001")
			leg := c.w.engine.Call(simswitch.Caller{From: strings.TrimSuffix(c.user("8001"), "-w"), To: c.from(1), Context: "desk"})
			c.ringsAtTrunk(1)
			c.w.engine.Leave(leg)
			c.agentIs("8001", "idle")
		},
	},
	{
		name: "a stranger's desk phone dials", plan: plan{agents: 1}, want: map[int]calls.Outcome{},
		play: func(c *company) {
			leg := c.w.engine.Call(simswitch.Caller{From: "999-8001", To: c.from(1), Context: "desk"})
			c.w.until(c.T, "the leg is hung up", func() bool { _, ok := c.w.engine.Var(leg, "uuid"); return !ok })
		},
	},
}

// ringsAtTrunk waits until the nth customer's phone rings.
func (c *company) ringsAtTrunk(n int) {
	c.Helper()
	c.w.until(c.T, "the customer's phone rings", func() bool {
		for _, l := range c.legs() {
			if !l.Inbound && l.To == c.from(n) && l.CallState == "RINGING" {
				return true
			}
		}
		return false
	})
}

var inStories = []story{
	{
		name: "blacklist", want: map[int]calls.Outcome{1: calls.Blacklisted, 2: calls.Answered},
		play: func(c *company) {
			c.idle("8001")
			c.boss.must("POST", "/api/blacklist", map[string]string{"number": c.from(1), "reason": "骚扰"}, nil)
			c.call(1, waits)
			c.call(2, simswitch.Caller{Talk: 100 * time.Millisecond})
			c.quiet()
			if p := c.page(1); len(p.Rings) != 0 || p.HangupBy != "system" || p.AnsweredAt != nil {
				c.Errorf("%+v", p)
			}
		},
	},
	{
		name: "limit", plan: plan{limit: 1, agents: 1}, want: map[int]calls.Outcome{1: calls.Answered, 2: calls.OverLimit, 3: calls.Answered},
		play: func(c *company) {
			c.idle("8001")
			leg := c.call(1, waits)
			c.at(1, "talking")
			c.call(2, waits)
			c.w.until(c.T, "the second is refused", func() bool { return len(c.records()) == 1 })
			c.w.engine.Leave(leg)
			c.quiet()
			c.call(3, simswitch.Caller{Talk: 100 * time.Millisecond})
			c.at(3, "talking")
		},
	},
	{
		name: "number without a flow", plan: plan{flow: "none"}, want: map[int]calls.Outcome{1: calls.EndedInIVR},
		play: func(c *company) {
			c.call(1, waits)
			c.quiet()
			if p := c.page(1); p.HangupBy != "system" || len(p.Trail) != 1 || p.Trail[0].Kind != "fallback" {
				c.Errorf("trail %+v, by %s", p.Trail, p.HangupBy)
			}
		},
	},
	{
		name: "unknown number", want: map[int]calls.Outcome{},
		play: func(c *company) {
			leg := c.call(1, simswitch.Caller{To: "4009999999"})
			c.w.until(c.T, "the caller has heard the apology", func() bool { _, ok := c.w.engine.Var(leg, "uuid"); return !ok })
		},
	},
	{
		name: "a caller without a number", plan: plan{agents: 1}, want: map[int]calls.Outcome{},
		play: func(c *company) {
			c.idle("8001")
			c.w.engine.Call(simswitch.Caller{From: "anonymous", To: c.hotline, Talk: 100 * time.Millisecond})
			c.w.until(c.T, "a record", func() bool { return len(c.records()) == 1 })
			if r := c.records()[0]; r.Outcome != "answered" {
				c.Errorf("%+v", r)
			}
			c.forgotten = append(c.forgotten, c.records()[0].From)
		},
	},
}

var changeStories = []story{
	{
		name: "the flow changes while callers are inside", plan: plan{flow: menuFlow, agents: 1}, want: map[int]calls.Outcome{1: calls.Answered, 2: calls.EndedInIVR},
		play: func(c *company) {
			c.idle("8001")
			leg := c.call(1, waits)
			c.at(1, "ivr")
			c.upload(strings.Replace(menuFlow, "1: 排队, 2: 再见", "1: 再见, 2: 排队", 1))
			c.apply()
			c.w.until(c.T, "the menu asks", func() bool { return c.asks(leg) })
			c.w.engine.Press(leg, "1")
			c.at(1, "talking")
			c.call(2, simswitch.Caller{Keys: []simswitch.KeyPress{{Collect: 1, After: 50 * time.Millisecond, Digits: "1"}}})
			c.w.until(c.T, "the second caller met the new version", func() bool { return len(c.records()) == 1 })
			c.w.engine.Leave(leg)
		},
	},
	{
		name: "the group goes while callers wait", want: map[int]calls.Outcome{1: calls.LeftMessage, 2: calls.LeftMessage},
		plan: plan{agents: 2, phones: manual},
		play: func(c *company) {
			c.idle("8001")
			a := c.call(1, waits)
			c.at(1, "ringing")
			b := c.call(2, waits)
			c.at(2, "queued")
			c.must(c.w.app.groups.Delete(c.Context(), c.account.ID, c.groups["客服"].ID))
			c.apply()
			c.at(1, "voicemail")
			c.at(2, "voicemail")
			c.agentIs("8001", "idle")
			c.w.engine.Leave(a)
			c.w.engine.Leave(b)
		},
	},
	{
		name: "the group goes while its agent talks", plan: plan{agents: 1}, want: map[int]calls.Outcome{1: calls.Answered},
		play: func(c *company) {
			c.idle("8001")
			leg := c.call(1, waits)
			c.at(1, "talking")
			c.must(c.w.app.groups.Delete(c.Context(), c.account.ID, c.groups["客服"].ID))
			c.apply()
			if c.live(1).State != "talking" {
				c.Error("the talk ended with the group")
			}
			c.w.engine.Leave(leg)
		},
	},
	{
		name: "the agent is disabled while talking", plan: plan{agents: 2}, want: map[int]calls.Outcome{1: calls.Answered, 2: calls.Answered},
		play: func(c *company) {
			c.idle("8001", "8002")
			leg := c.call(1, waits)
			c.at(1, "talking")
			c.disable("8001")
			if c.live(1).State != "talking" {
				c.Error("the talk ended with the agent")
			}
			c.call(2, simswitch.Caller{Talk: 100 * time.Millisecond})
			c.at(2, "talking")
			c.w.engine.Leave(leg)
			c.quiet()
			if a := c.page(2).Agent; a != "座席8002" {
				c.Errorf("answered by %s", a)
			}
			if p := c.page(1); p.Agent != "座席8001" {
				c.Errorf("%+v", p.CallView)
			}
		},
	},
	{
		name: "the agent leaves the group while it rings", plan: plan{agents: 2, phones: manual}, want: map[int]calls.Outcome{1: calls.Answered},
		play: func(c *company) {
			c.idle("8001")
			leg := c.call(1, waits)
			c.agentIs("8001", "ringing")
			g := c.groups["客服"]
			g.Members = g.Members[1:]
			_, err := c.w.app.groups.Save(c.Context(), g)
			c.must(err)
			c.apply()
			c.signIn("8001").does("answer")
			c.at(1, "talking")
			c.w.engine.Leave(leg)
		},
	},
	{
		name: "the number goes while callers are inside", plan: plan{agents: 1}, want: map[int]calls.Outcome{1: calls.Answered},
		play: func(c *company) {
			c.idle("8001")
			leg := c.call(1, waits)
			c.at(1, "talking")
			var list struct{ Items []struct{ ID int64 } }
			c.boss.must("GET", "/api/numbers", nil, &list)
			c.boss.must("DELETE", "/api/numbers/"+str(list.Items[0].ID), nil, nil)
			other := c.call(2, waits)
			c.w.until(c.T, "the next caller hears the apology", func() bool { _, ok := c.w.engine.Var(other, "uuid"); return !ok })
			c.w.engine.Leave(leg)
		},
	},
	{
		name: "the enterprise is closed while callers wait", plan: plan{agents: 1, phones: manual, group: func(g *queues.Group) { g.OnNoAgent = queues.Exit{Kind: queues.ExitVoicemail} }},
		want: map[int]calls.Outcome{1: calls.RingNoAnswer, 2: calls.QueueAbandoned},
		play: func(c *company) {
			c.idle("8001")
			c.call(1, waits)
			c.at(1, "ringing")
			c.call(2, waits)
			c.at(2, "queued")
			c.must(c.w.app.db.Exec("UPDATE accounts SET disabled = ? WHERE id = ?", true, c.account.ID).Error)
			c.apply()
			c.w.until(c.T, "nobody is left on the line", func() bool { return len(c.legs()) == 0 })
			c.must(c.w.app.db.Exec("UPDATE accounts SET disabled = ? WHERE id = ?", false, c.account.ID).Error)
			c.apply()
		},
	},
}

// asks tells whether the caller is asked for keys now.
func (c *company) asks(leg string) bool {
	for _, l := range c.legs() {
		if l.UUID == leg && l.App == "play_and_get_digits" {
			return true
		}
	}
	return false
}

// disable takes an agent's sign-in away, over HTTP.
func (c *company) disable(number string) {
	c.Helper()
	u := c.users[number]
	c.boss.must("PUT", "/api/agents/"+str(u.ID), map[string]any{
		"name": u.Name, "login": u.Login, "number": number, "role_id": u.RoleID, "disabled": true,
	}, nil)
}

func str(id int64) string { return strconv.FormatInt(id, 10) }
