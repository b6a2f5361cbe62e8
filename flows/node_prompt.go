package flows

var promptSpec = Spec{
	Kind:  "prompt",
	Label: Text{"语音播放", "Prompt"},
	Help:  Text{"播放欢迎词、通知或其他内容，然后继续", "plays a greeting, a notice or other information, then goes on"},
	Fields: []Field{
		playField(true, Text{"依次播放的内容", "what to play, one after the other"}),
	},
	Exits: []ExitSpec{{Name: "next", Label: Text{"播放后", "After playing"}, Required: true}},
	build: func(_ *Node, f fields, _ *nodeReader) doer { return &promptNode{f.prompts("play")} },
}

type promptNode struct{ play []spoken }

func (n *promptNode) enter(w *walk) turn {
	prompts := w.say(n.play)
	if len(prompts) == 0 { // only variables, and they are empty
		return leave("next")
	}
	return act(Play{Prompts: prompts})
}

func (n *promptNode) on(w *walk, in Input) turn {
	switch in := in.(type) {
	case Played:
		return leave("next")
	case Failed: // a missing recording must not cost the call
		return leaveWith("next", "", w.note("播放失败", "not played")+" "+clip(in.What))
	}
	return wait
}

func (n *promptNode) refs(see *seen) { see.prompts(n.play) }
