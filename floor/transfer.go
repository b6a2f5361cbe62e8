package floor

import (
	"cmp"
	"context"
	"slices"
	"time"

	"switchdesk/agents"
	"switchdesk/calls"
	"switchdesk/flows"
	"switchdesk/internal/fault"
)

// returnPriority lets a customer whose transfer came to nothing wait before
// others in the group that the call came from.
const returnPriority = 100

// Passed is a transfer that nobody has answered yet.
type Passed struct {
	Back int64 `json:"back,omitempty"` // group that the customer returns to; 0: none
}

// transfer passes the customer in the agent's hand on, without asking whoever
// is to have the call (V2.4). What can't come about is refused while the agent
// still has the customer.
func (c *Core) transfer(l *Live, a *agents.Agent, x Transfer, now time.Time) error {
	acc := c.set.Accounts[l.Call.Account]
	if acc == nil {
		return errTooLate()
	}
	next := Next{}
	switch {
	case x.ToAgent != 0 && x.ToGroup == 0 && x.ToNumber == "":
		b := c.agents[x.ToAgent]
		if b == nil || b.Account != acc.ID {
			return errUnknownAgent(x.ToAgent)
		}
		if b.ID == a.ID || !reachable(b) {
			return fault.New(fault.Conflict, "transfer.unreachable", "agent %s can't be rung now (%s)", b.Number, b.State()).On("agent")
		}
		next.Agent = b.ID
	case x.ToGroup != 0 && x.ToAgent == 0 && x.ToNumber == "":
		if _, ok := acc.Groups[x.ToGroup]; !ok {
			return fault.New(fault.NotFound, "group.unknown", "there is no such group").On("group")
		}
		if s, ok := c.board.GroupStats(x.ToGroup); !ok || s.Online == 0 || s.Online == 1 && c.memberOf(acc, a.ID, x.ToGroup) {
			return fault.New(fault.Conflict, "transfer.nobody", "nobody else of this group is signed in").On("group")
		}
		next.Group = x.ToGroup
	case x.ToNumber != "" && x.ToAgent == 0 && x.ToGroup == 0:
		number, err := c.mayDial(acc, x.ToNumber)
		if err != nil {
			return err
		}
		next.Number = number
	default:
		return fault.New(fault.Invalid, "transfer.target", "name an agent, a group or a number to pass the call to")
	}
	return c.toFlow(l, a, next, now)
}

// reachable tells whether an agent's phone can be rung for a call meant for
// this very person.
func reachable(a *agents.Agent) bool {
	switch a.State() {
	case agents.Idle, agents.Busy, agents.Break, agents.Custom:
		return true
	}
	return false
}

func (c *Core) memberOf(acc *Account, agent, group int64) bool {
	for _, m := range acc.Groups[group].Members {
		if m.Agent == agent {
			return true
		}
	}
	return false
}

// passOn carries a transfer out, once the agent's part has ended.
func (c *Core) passOn(l *Live, next Next, now time.Time) {
	acc := c.set.Accounts[l.Call.Account]
	l.Passed = &Passed{Back: l.Group}
	l.Call.Via = calls.ViaTransfer
	l.Call.BackToFlow(now)
	switch {
	case next.Agent != 0:
		c.ringDirect(l, acc, flows.RingAgent{Agent: next.Agent}, now)
	case next.Number != "":
		c.ringOutside(l, acc, flows.Dial{Number: next.Number}, now)
	default:
		if l.Passed.Back == next.Group {
			l.Passed.Back = 0
		}
		l.Hops, l.Offer = 0, nil
		c.enqueue(l, next.Group, 0, now)
	}
}

// passFailed: nobody has taken the customer who was passed on. The group that
// the call came from has them before others; without one they hear that
// nobody is there.
func (c *Core) passFailed(l *Live, now time.Time) {
	back := l.Passed.Back
	l.Passed = &Passed{}
	acc := c.set.Accounts[l.Call.Account]
	switch {
	case acc == nil:
		l.Call.HangUp(&c.eff, "system", "NORMAL_CLEARING", now)
	case back != 0:
		c.enqueue(l, back, returnPriority, now)
	default:
		l.Passed = nil
		c.lastWords(l, c.set.prompts(acc, "no_agent", "goodbye"), now)
	}
}

// Targets is whom an agent may pass a call on to.
type Targets struct {
	Agents []TargetAgent `json:"agents"`
	Groups []TargetGroup `json:"groups"`
}

// TargetAgent is a colleague.
type TargetAgent struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Number string `json:"number" doc:"agent number (工号)"`
	State  string `json:"state" enum:"offline,disconnected,idle,busy,break,custom,ringing,talking,wrapup"`
	Ready  bool   `json:"ready" doc:"the phone can be rung now"`
}

// TargetGroup is a skill group.
type TargetGroup struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Idle    int    `json:"idle"`
	Online  int    `json:"online"`
	Waiting int    `json:"waiting"`
}

// Targets lists colleagues, those who can be rung first, and groups; it leaves
// out the one who asks and who isn't signed in.
func (c *Core) Targets(account, asks int64) Targets {
	t := Targets{Agents: []TargetAgent{}, Groups: []TargetGroup{}}
	acc := c.set.Accounts[account]
	if acc == nil {
		return t
	}
	for id := range acc.Agents {
		a := c.agents[id]
		if a == nil || id == asks || a.State() == agents.Offline {
			continue
		}
		t.Agents = append(t.Agents, TargetAgent{ID: id, Name: a.Name, Number: a.Number, State: string(a.State()), Ready: reachable(a)})
	}
	for id := range acc.Groups {
		s, _ := c.board.GroupStats(id)
		t.Groups = append(t.Groups, TargetGroup{ID: id, Name: acc.Groups[id].Name, Idle: s.Free, Online: s.Online, Waiting: s.Waiting + s.Ringing})
	}
	slices.SortFunc(t.Agents, func(x, y TargetAgent) int {
		if x.Ready != y.Ready {
			return map[bool]int{true: -1, false: 1}[x.Ready]
		}
		return cmp.Compare(x.Number, y.Number)
	})
	slices.SortFunc(t.Groups, func(x, y TargetGroup) int { return cmp.Compare(x.ID, y.ID) })
	return t
}

// Targets lists whom an agent may pass a call on to.
func (s *Service) Targets(ctx context.Context, account, asks int64) (Targets, error) {
	var t Targets
	err := s.ask(ctx, func(time.Time) { t = s.core.Targets(account, asks) })
	return t, err
}
