package flows

var hangupSpec = Spec{
	Kind:  "hangup",
	Label: Text{"挂断", "Hang up"},
	Help:  Text{"可先播放结束语，然后挂断", "ends the call, after a last word if there is one"},
	Fields: []Field{
		playField(false, Text{"挂断前播放的内容", "what to say first"}),
		{
			Name: "cause", Type: TypeOption, Default: "normal", Label: Text{"原因", "Cause"},
			Options: []string{string(CauseNormal), string(CauseBusy), string(CauseRejected)},
			Help:    Text{"告知运营商的挂断原因", "what the carrier is told"},
		},
	},
	build: func(_ *Node, f fields, _ *nodeReader) doer {
		return &hangupNode{f.prompts("play"), HangupCause(f.text("cause"))}
	},
}

type hangupNode struct {
	play  []spoken
	cause HangupCause
}

func (n *hangupNode) enter(w *walk) turn {
	return act(Hangup{Cause: n.cause, Prompts: w.say(n.play)})
}

func (n *hangupNode) on(*walk, Input) turn { return act(Hangup{Cause: n.cause}) }
func (n *hangupNode) refs(see *seen)       { see.prompts(n.play) }
