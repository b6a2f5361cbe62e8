package flows

import "time"

var lastAgentSpec = Spec{
	Kind:   "last_agent",
	Label:  Text{"上次座席", "Last agent"},
	Help:   Text{"先振铃上次为来电者服务的座席", "rings the agent who talked with the caller last"},
	Fields: []Field{ringField},
	Exits: []ExitSpec{
		{Name: "none", Label: Text{"没有上次座席或不可用", "None, or not available"}, Required: true},
		{Name: "no_answer", Label: Text{"无人接听", "No answer"}, Waits: true, Says: []string{"callee_no_answer"}},
		exitAfter,
	},
	build: func(_ *Node, f fields, _ *nodeReader) doer { return &lastAgentNode{f.duration("ring")} },
}

type lastAgentNode struct{ ring time.Duration }

func (n *lastAgentNode) enter(w *walk) turn {
	if w.env.LastAgent == 0 {
		return leaveWith("none", "", w.note("没有上次座席", "no talk before"))
	}
	return act(RingAgent{Agent: w.env.LastAgent, Ring: n.ring})
}

func (n *lastAgentNode) on(_ *walk, in Input) turn { return afterRing(in, "none") }

func (n *lastAgentNode) refs(*seen) {}
