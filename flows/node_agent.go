package flows

import "time"

var agentSpec = Spec{
	Kind:  "agent",
	Label: Text{"转座席", "Agent"},
	Help:  Text{"转给指定工号的座席，或转给来电者输入的工号", "rings one agent: a fixed one, or the one whose number the caller entered"},
	Fields: []Field{
		{
			Name: "number", Type: TypeAgent, Label: Text{"工号", "Agent number"},
			Help: Text{"座席工号", "number of the agent"},
		},
		{
			Name: "by", Type: TypeVariable, Label: Text{"工号变量", "Number from variable"},
			Help: Text{"保存工号的变量；只在本企业座席中查找", "variable that holds the number; only looked up among the enterprise's agents"},
		},
		ringField,
	},
	Exits: []ExitSpec{
		{Name: "no_answer", Label: Text{"无人接听", "No answer"}, Waits: true, Says: []string{"callee_no_answer"}},
		{Name: "unavailable", Label: Text{"座席不可用", "Not available"}, Says: []string{"no_agent", "goodbye"}},
		exitAfter,
	},
	build: func(_ *Node, f fields, r *nodeReader) doer {
		a := &agentNode{r.place("number"), f.text("number"), f.text("by"), f.duration("ring")}
		if r.has("number") == r.has("by") {
			r.add(a.at, "agent.one")
		}
		r.reads(r.place("by"), a.by)
		return a
	},
}

type agentNode struct {
	at
	number, by string
	ring       time.Duration
}

func (n *agentNode) enter(w *walk) turn {
	number := n.number
	if n.by != "" {
		number = w.variable(n.by)
		if !isDigits(number) || len(number) > 12 {
			return leaveWith("unavailable", "", w.note("工号无效", "not an agent number"))
		}
	}
	var id int64
	if w.env.Agent != nil {
		var ok bool
		if id, ok = w.env.Agent(number); !ok {
			return leaveWith("unavailable", "", number+" "+w.note("工号不存在", "is no agent"))
		}
	}
	return act(RingAgent{Agent: id, Number: number, Ring: n.ring})
}

func (n *agentNode) on(_ *walk, in Input) turn { return afterRing(in, "unavailable") }

// afterRing is the way on after one agent was rung; away is the exit for who
// could not be.
func afterRing(in Input, away string) turn {
	switch in := in.(type) {
	case Ended:
		switch {
		case in.Answered:
			return leave("after")
		case in.Cause == EndNoAnswer || in.Cause == "":
			return leave("no_answer")
		}
		return leaveWith(away, "", string(in.Cause))
	case Left:
		return leaveWith(away, "", string(in.Why))
	case Failed:
		return leaveWith(away, "", clip(in.What))
	}
	return wait
}

func (n *agentNode) refs(see *seen) {
	if n.number == "" || see.r.Agent == nil {
		return
	}
	if _, ok := see.r.Agent(n.number); !ok {
		see.add(n.at, "agent.missing", n.number)
	}
}
