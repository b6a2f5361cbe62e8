package floor

import (
	"sort"
	"time"

	"switchdesk/agents"
	"switchdesk/calls"
)

// Bar makes an agent's softphone bar.
func (c *Core) Bar(id int64) (Bar, bool) {
	a := c.agents[id]
	if a == nil {
		return Bar{}, false
	}
	b := Bar{
		Agent: a.ID, Name: a.Name, Number: a.Number, State: string(a.State()), Reason: a.Now.Reason,
		Since: a.Since.UTC(), Method: string(a.Method), Phone: a.PhoneReady, Notice: c.bars[id],
	}
	if next := a.Next(); next != a.State() && next != agents.Idle {
		b.Next = string(next) // idle goes without saying
	}
	if !a.WrapUntil.IsZero() && a.State() == agents.WrapUp {
		at := a.WrapUntil.UTC()
		b.WrapEnds = &at
	}
	id2 := a.Call
	if id2 == "" {
		id2 = a.Offer
	}
	if l := c.live[id2]; l != nil {
		b.Call = c.barCall(l, a)
	}
	return b, true
}

func (c *Core) barCall(l *Live, a *agents.Agent) *BarCall {
	call := &l.Call
	bc := &BarCall{
		ID: call.ID, Direction: string(call.Direction), State: barState(call, a),
		Peer: call.From, Service: call.To, Region: call.Region, Customer: call.CustomerName,
		Started: call.Started.UTC(), SurveyAsked: call.Asked != "", CallbackOf: call.CallbackOf,
	}
	if call.Direction == calls.Out {
		bc.Peer, bc.Service = call.To, call.From
	}
	if acc := c.set.Accounts[call.Account]; acc != nil {
		bc.Group = acc.groupName(l.Group)
	}
	if !call.TalkAt.IsZero() {
		at := call.TalkAt.UTC()
		bc.Answered = &at
	}
	if !call.HeldAt.IsZero() {
		at := call.HeldAt.UTC()
		bc.Held = &at
	}
	for _, v := range call.Visits {
		if !v.Left.IsZero() {
			bc.Waited += v.Left.Sub(v.Entered).Seconds()
		}
	}
	if leg := call.LegOf(a.ID); leg != nil {
		bc.Leg = leg.UUID
	}
	return bc
}

func barState(call *calls.Call, a *agents.Agent) string {
	switch {
	case a.Offer == call.ID:
		return "ringing"
	case call.Stage == calls.Held:
		return "held"
	case call.Stage == calls.Talking:
		return "talking"
	case call.Stage == calls.Dialling:
		return "dialling"
	}
	return "ending"
}

// LiveCall makes one row of the live list.
func (c *Core) liveCall(l *Live) LiveCall {
	call := &l.Call
	v := LiveCall{
		ID: call.ID, Direction: string(call.Direction), State: string(call.Stage), From: call.From, To: call.To,
		Region: call.Region, Customer: call.CustomerName, Started: call.Started.UTC(), Since: call.Since.UTC(),
		CallbackOf: call.CallbackOf,
	}
	if l.Back != nil {
		v.Tries = l.Back.Tries
	}
	if call.Stage == calls.Ending {
		v.State = "ivr"
		if call.Direction == calls.Out {
			v.State = "dialling"
		}
		if !call.Answer.IsZero() {
			v.State = "talking"
		}
	}
	acc := c.set.Accounts[call.Account]
	if acc == nil {
		return v
	}
	if l.Queue != nil || call.InHand != "" || call.Stage == calls.Ringing {
		v.Group, v.GroupName = l.Group, acc.groupName(l.Group)
	}
	for _, leg := range call.Others {
		if leg.State != calls.LegGone && leg.Agent != 0 && (call.InHand == "" || leg.UUID == call.InHand) {
			v.Agent, v.AgentName = leg.Agent, acc.agentName(leg.Agent)
			break
		}
	}
	if l.Run != nil {
		v.Node = l.Run.Node
	}
	if l.Queue != nil {
		v.Position, _ = c.board.Position(call.ID)
	}
	if !call.Answer.IsZero() {
		at := call.Answer.UTC()
		v.Answered = &at
	}
	return v
}

// LiveCalls lists an account's calls, oldest first.
func (c *Core) LiveCalls(account int64) []LiveCall {
	list := []LiveCall{}
	for _, l := range c.live {
		if l.Call.Account == account {
			list = append(list, c.liveCall(l))
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].ID < list[j].ID })
	return list
}

// Wall makes a supervisor's view.
func (c *Core) Wall(account int64, now time.Time) Wall {
	w := Wall{At: now.UTC(), Groups: []WallGroup{}, Agents: []WallAgent{}}
	acc := c.set.Accounts[account]
	if acc == nil {
		return w
	}
	groupsOf := map[int64][]int64{}
	for id, g := range acc.Groups {
		w.Groups = append(w.Groups, c.wallGroup(id, now))
		for _, m := range g.Members {
			groupsOf[m.Agent] = append(groupsOf[m.Agent], id)
		}
	}
	for id := range acc.Agents {
		if a := c.agents[id]; a != nil {
			w.Agents = append(w.Agents, c.wallAgent(a, groupsOf[id]))
		}
	}
	sort.Slice(w.Groups, func(i, j int) bool { return w.Groups[i].ID < w.Groups[j].ID })
	sort.Slice(w.Agents, func(i, j int) bool { return w.Agents[i].Number < w.Agents[j].Number })
	w.Today = c.wallToday(acc, now)
	return w
}

func (c *Core) wallGroup(id int64, now time.Time) WallGroup {
	s, _ := c.board.GroupStats(id)
	g, _ := c.board.Group(id)
	v := WallGroup{ID: id, Name: g.Name, Waiting: s.Waiting + s.Ringing, LongestWait: s.Longest(now).Seconds(),
		Online: s.Online, Members: s.Members, Callbacks: s.Callbacks}
	for _, m := range g.Members {
		a := c.agents[m.Agent]
		if a == nil {
			continue
		}
		switch a.State() {
		case agents.Idle:
			v.Idle++
		case agents.Ringing:
			v.Ringing++
		case agents.Talking:
			v.Talking++
		case agents.WrapUp:
			v.WrapUp++
		case agents.Busy, agents.Break, agents.Custom:
			v.Away++
		}
	}
	return v
}

func (c *Core) wallAgent(a *agents.Agent, groups []int64) WallAgent {
	sort.Slice(groups, func(i, j int) bool { return groups[i] < groups[j] })
	if groups == nil {
		groups = []int64{}
	}
	v := WallAgent{ID: a.ID, Name: a.Name, Number: a.Number, State: string(a.State()), Reason: a.Now.Reason,
		Since: a.Since.UTC(), Method: string(a.Method), Groups: groups, Calls: a.CallsToday}
	id := a.Call
	if id == "" {
		id = a.Offer
	}
	if l := c.live[id]; l != nil {
		v.Call, v.Peer = id, l.Call.From
		if l.Call.Direction == calls.Out {
			v.Peer = l.Call.To
		}
	}
	return v
}

func (c *Core) wallToday(acc *Account, now time.Time) WallToday {
	t := c.day(acc, now)
	v := WallToday{
		IVR: t.count[calls.EndedInIVR], Answered: t.count[calls.Answered], Voicemail: t.count[calls.LeftMessage],
		RingNoAnswer: t.count[calls.RingNoAnswer], QueueAbandoned: t.count[calls.QueueAbandoned],
		Blacklist: t.count[calls.Blacklisted], Limit: t.count[calls.OverLimit], Live: t.inbound,
	}
	v.Total = v.IVR + v.Answered + v.Voicemail + v.RingNoAnswer + v.QueueAbandoned + v.Blacklist + v.Limit
	return v
}
