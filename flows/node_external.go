package flows

import "time"

var externalSpec = Spec{
	Kind:  "external",
	Label: Text{"转外线", "Outside number"},
	Help:  Text{"转到外部电话；号码只能写在流程中", "calls an outside number; only one that stands in the flow"},
	Fields: []Field{
		{
			Name: "number", Type: TypePhone, Required: true, Label: Text{"号码", "Number"},
			Help: Text{"3 至 20 位数字，可加前导 +", "3 to 20 digits, with a + in front where needed"},
		},
		ringField,
	},
	Exits: []ExitSpec{
		{Name: "no_answer", Label: Text{"无人接听", "No answer"}, Waits: true, Says: []string{"callee_no_answer"}},
		{Name: "busy", Label: Text{"忙线", "Busy"}, Says: []string{"callee_busy"}},
		{Name: "failed", Label: Text{"无法接通", "Cannot be reached"}, Says: []string{"callee_failed"}},
		exitAfter,
	},
	build: func(_ *Node, f fields, _ *nodeReader) doer {
		return &externalNode{f.text("number"), f.duration("ring")}
	},
}

type externalNode struct {
	number string
	ring   time.Duration
}

func (n *externalNode) enter(*walk) turn { return act(Dial{Number: n.number, Ring: n.ring}) }

func (n *externalNode) on(_ *walk, in Input) turn {
	switch in := in.(type) {
	case Ended:
		switch {
		case in.Answered:
			return leave("after")
		case in.Cause == EndNoAnswer || in.Cause == "":
			return leave("no_answer")
		case in.Cause == EndBusy:
			return leave("busy")
		}
		return leaveWith("failed", "", string(in.Cause))
	case Failed:
		return leaveWith("failed", "", clip(in.What))
	}
	return wait
}

func (n *externalNode) refs(*seen) {}
