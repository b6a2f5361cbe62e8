package floor

import (
	"sort"
	"sync"
	"time"

	"switchdesk/agents"
	"switchdesk/calls"
	"switchdesk/flows"
	"switchdesk/internal/fault"
)

// Next is where the customer goes once the agent's part of the call has
// ended: to a node of a flow, or, by a transfer, to an agent, a group or a
// number outside.
type Next struct {
	Flow    int64       `json:"flow,omitempty"`
	Version int64       `json:"version,omitempty"`
	Node    string      `json:"node,omitempty"`   // "" is the flow's start
	Survey  calls.Asked `json:"survey,omitempty"` // it asks for a rating; by whose wish

	Agent  int64  `json:"agent,omitempty"`
	Group  int64  `json:"group,omitempty"`
	Number string `json:"number,omitempty"`
}

// Menu is a node that an agent may send the customer to.
type Menu struct {
	Flow     int64  `json:"flow"`
	FlowName string `json:"flow_name"`
	Node     string `json:"node"`
	Title    string `json:"title"`
	Kind     string `json:"kind"`
}

// usualSurvey is the id of the question that an account has without a flow of
// its own for it.
const usualSurvey = 0

const (
	usualSurveyZH = "name: 满意度评价\nlanguage: zh\nstart: 满意度评价\nnodes:\n  满意度评价: {kind: survey}\n"
	usualSurveyEN = "name: Satisfaction\nlanguage: en\nstart: Satisfaction\nnodes:\n  Satisfaction: {kind: survey}\n"
)

var usualSurveys = sync.OnceValue(func() [2]*flows.Flow {
	zh, _ := flows.Parse("survey.yaml", []byte(usualSurveyZH))
	en, _ := flows.Parse("survey.yaml", []byte(usualSurveyEN))
	return [2]*flows.Flow{zh, en}
})

func usualSurveyIn(language string) *flows.Flow {
	if language == "en" {
		return usualSurveys()[1]
	}
	return usualSurveys()[0]
}

// Menus lists the nodes that an account's agents may send customers to.
func (c *Core) Menus(account int64) []Menu {
	list := []Menu{}
	acc := c.set.Accounts[account]
	if acc == nil || acc.ActiveFlows == nil {
		return list
	}
	for id, f := range acc.ActiveFlows() {
		for _, n := range f.Transferable() {
			list = append(list, Menu{Flow: id, FlowName: f.Name, Node: n.Name, Title: n.Title, Kind: n.Kind})
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].FlowName < list[j].FlowName })
	return list
}

// toMenu sends the customer in the agent's hand to a node (V2.7).
func (c *Core) toMenu(l *Live, a *agents.Agent, x ToMenu, now time.Time) error {
	acc := c.set.Accounts[l.Call.Account]
	var flow *flows.Flow
	var version int64
	if acc != nil && acc.Flow != nil {
		flow, version = acc.Flow(x.Flow)
	}
	if flow == nil || flow.Nodes[x.Node] == nil || !flow.Nodes[x.Node].Transferable {
		return fault.New(fault.NotFound, "menu.unknown", "there is no such menu to send the caller to; an admin marks it in the flow").On("node")
	}
	return c.toFlow(l, a, Next{Flow: x.Flow, Version: version, Node: x.Node}, now)
}

// sendSurvey asks the customer in the agent's hand for a rating (V2.8).
func (c *Core) sendSurvey(l *Live, a *agents.Agent, now time.Time) error {
	if l.Call.Asked != "" {
		return fault.New(fault.Conflict, "survey.asked", "the customer has been asked for a rating in this call already")
	}
	return c.toFlow(l, a, c.survey(l.Call.Account, calls.AskedByAgent), now)
}

// survey is where an account's customers are asked for a rating.
func (c *Core) survey(account int64, by calls.Asked) Next {
	next := Next{Flow: usualSurvey, Survey: by}
	if acc := c.set.Accounts[account]; acc != nil && acc.Survey != 0 && acc.Flow != nil {
		if flow, version := acc.Flow(acc.Survey); flow != nil {
			next.Flow, next.Version = acc.Survey, version
		}
	}
	return next
}

func (c *Core) toFlow(l *Live, a *agents.Agent, next Next, now time.Time) error {
	if a.Call != l.Call.ID || l.Next != nil || !l.Call.ToFlow(&c.eff, now) {
		return errTooLate()
	}
	l.Next = &next
	return nil
}

// goOn takes the customer where the agent wanted; false if nowhere.
func (c *Core) goOn(l *Live, now time.Time) bool {
	if l.Next == nil {
		return false
	}
	next := *l.Next
	l.Next = nil
	if next.Agent != 0 || next.Group != 0 || next.Number != "" {
		c.passOn(l, next, now)
	} else {
		c.begin(l, next, now)
	}
	return true
}

// surveyAfter asks for a rating after a talk where the group wants that and
// the flow has no way of its own to go on; false if it does not.
func (c *Core) surveyAfter(l *Live, now time.Time) bool {
	g, ok := c.board.Group(l.Group)
	flow, acc := c.flowOf(l)
	if !ok || !g.SurveyAfter || l.Call.Asked != "" || acc == nil {
		return false
	}
	if flow != nil {
		if n := flow.Nodes[l.Run.Node]; n != nil && leadsOn(n) {
			return false
		}
	}
	c.begin(l, c.survey(l.Call.Account, calls.AskedBySystem), now)
	return true
}

// leadsOn tells whether the flow goes on behind the talk.
func leadsOn(n *flows.Node) bool {
	for _, x := range n.Exits {
		if x.Name == "after" && x.To != "" {
			return true
		}
	}
	return false
}

// begin lets a flow speak to the customer from one of its nodes on; variables
// of the flow before it are kept.
func (c *Core) begin(l *Live, next Next, now time.Time) {
	before, acc := c.flowOf(l)
	var vars map[string]string
	if l.Run != nil {
		vars = l.Run.Vars
		if before != nil && !l.Run.Done {
			c.closeNode(l, before, next, now)
		}
	}
	if acc == nil {
		l.Call.HangUp(&c.eff, "system", "NORMAL_CLEARING", now)
		return
	}
	if next.Survey != "" {
		l.Call.Asked = next.Survey
		if l.Named == "" && before != nil {
			l.Named = before.Name
		}
	}
	l.Run = &flows.Run{FlowID: next.Flow, Version: next.Version}
	flow, _ := c.flowOf(l)
	if flow == nil {
		l.Call.HangUp(&c.eff, "system", "NORMAL_CLEARING", now)
		return
	}
	node := next.Node
	if node == "" {
		node = flow.Start
	}
	env := c.env(l, acc, now)
	env.FlowID, env.Version = next.Flow, next.Version
	run, action, steps := flow.BeginAt(node, env, vars)
	l.Run = &run
	c.trail(l, steps)
	l.Call.BackToFlow(now)
	c.perform(l, action, now)
}

// closeNode writes down that the caller has left the node of a talk for
// another flow.
func (c *Core) closeNode(l *Live, flow *flows.Flow, next Next, now time.Time) {
	n := flow.Nodes[l.Run.Node]
	if n == nil || len(l.Call.Steps) >= maxTrail {
		return
	}
	words := map[bool]string{true: "座席转至 ", false: "sent by the agent to "}[flow.Language != "en"]
	if next.Survey == calls.AskedBySystem {
		words = map[bool]string{true: "通话结束，转至 ", false: "talk over, on to "}[flow.Language != "en"]
	}
	to := next.Node
	if next.Survey != "" {
		to = map[bool]string{true: "满意度评价", false: "satisfaction"}[flow.Language != "en"]
	}
	l.Call.Steps = append(l.Call.Steps, calls.Step{Flow: l.Run.FlowID, Version: l.Run.Version, At: now,
		Node: n.Name, Kind: n.Kind, Title: n.Title, Detail: words + to})
}

// noteAsking marks a call in which a flow asks for a rating.
func (c *Core) noteAsking(l *Live, action flows.Action) {
	if _, ok := action.(flows.Collect); !ok || l.Call.Asked != "" {
		return
	}
	if flow, _ := c.flowOf(l); flow != nil {
		if n := flow.Nodes[l.Run.Node]; n != nil && n.Kind == "survey" {
			l.Call.Asked = calls.AskedBySystem
		}
	}
}
