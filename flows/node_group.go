package flows

var groupSpec = Spec{
	Kind:  "group",
	Label: Text{"转技能组", "Skill group"},
	Help:  Text{"进入技能组排队，由座席接听", "waits in a skill group's queue for an agent"},
	Fields: []Field{
		{
			Name: "group", Type: TypeGroup, Required: true, Label: Text{"技能组", "Skill group"},
			Help: Text{"技能组名称", "its name"},
		},
		{
			Name: "priority", Type: TypeInt, Default: "0", Min: 0, Max: 100, Label: Text{"优先级", "Priority"},
			Help: Text{"0 至 100，数字越大越先接听", "0 to 100, higher is sooner"},
		},
	},
	Exits: []ExitSpec{
		{Name: "no_agent", Label: Text{"无座席在线", "No agent signed in"}, Says: []string{"no_agent", "goodbye"}},
		{Name: "timeout", Label: Text{"排队超时", "Waited too long"}, Waits: true, Says: []string{"apology"}},
		{Name: "full", Label: Text{"排队已满", "Queue full"}, Says: []string{"queue_full", "goodbye"}},
		exitAfter,
	},
	build: func(n *Node, f fields, _ *nodeReader) doer {
		return &groupNode{at{n.Line, n.Column}, f.text("group"), f.int("priority")}
	},
}

type groupNode struct {
	at
	group    string
	priority int
}

func (n *groupNode) enter(w *walk) turn {
	var id int64
	if w.env.Group != nil {
		var ok bool
		if id, ok = w.env.Group(n.group); !ok { // taken away since the upload
			return leaveWith("no_agent", "", n.group+" "+w.note("技能组不存在", "is no skill group"))
		}
	}
	return act(Enqueue{Group: id, Name: n.group, Priority: n.priority})
}

func (n *groupNode) on(w *walk, in Input) turn {
	switch in := in.(type) {
	case Left:
		switch in.Why {
		case LeftTimeout:
			return leaveWith("timeout", "", n.group)
		case LeftFull:
			return leaveWith("full", "", n.group)
		case LeftAgentLeft:
			return leaveWith("no_agent", "", n.group+" "+w.note("座席已离开", "the last agent left"))
		}
		return leaveWith("no_agent", "", n.group)
	case Ended:
		if in.Answered {
			return leaveWith("after", "", n.group)
		}
		return leaveWith("no_agent", "", n.group+" "+string(in.Cause))
	case Failed:
		return leaveWith("no_agent", "", n.group+" "+clip(in.What))
	}
	return wait
}

func (n *groupNode) refs(see *seen) { see.group(n.at, n.group) }
