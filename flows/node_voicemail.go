package flows

import (
	"strconv"
	"time"
)

var voicemailSpec = Spec{
	Kind:  "voicemail",
	Label: Text{"语音留言", "Voicemail"},
	Help:  Text{"播放提示音后录下留言", "records a message after a beep"},
	Fields: []Field{
		{
			Name: "play", Type: TypePrompts, Default: "leave_message", Label: Text{"提示内容", "Play"},
			Help: Text{"留言前的提示", "what to say before the beep"},
		},
		{
			Name: "max", Type: TypeDuration, Default: "2m", Min: 5, Max: 600, Label: Text{"最长时间", "Longest message"},
			Help: Text{"留言最长时间", "how long a message may be"},
		},
		{
			Name: "group", Type: TypeGroup, Label: Text{"归属技能组", "For group"},
			Help: Text{"留言由哪个技能组处理", "the skill group that the message is for"},
		},
	},
	Exits: []ExitSpec{
		{Name: "next", Label: Text{"留言后", "After the message"}, Waits: true, Says: []string{"message_saved", "goodbye"}},
		{Name: "empty", Label: Text{"没有留言", "No message left"}, Waits: true, Says: []string{"goodbye"}},
	},
	build: func(_ *Node, f fields, r *nodeReader) doer {
		return &voicemailNode{r.place("group"), f.prompts("play"), f.duration("max"), f.text("group")}
	},
}

// shortest is the shortest message worth keeping, in seconds.
const shortest = 1

type voicemailNode struct {
	at
	play  []spoken
	max   time.Duration
	group string
}

func (n *voicemailNode) enter(w *walk) turn {
	v := Voicemail{Prompts: w.say(n.play), MaxSeconds: int(n.max / time.Second), GroupName: n.group}
	if n.group != "" && w.env.Group != nil {
		v.Group, _ = w.env.Group(n.group) // the message is kept even if the group is gone
	}
	return act(v)
}

func (n *voicemailNode) on(w *walk, in Input) turn {
	switch in := in.(type) {
	case VoicemailDone:
		if in.Seconds < shortest {
			return leave("empty")
		}
		return leaveWith("next", "", strconv.Itoa(in.Seconds)+w.note(" 秒", " s"))
	case Failed:
		return leaveWith("empty", "", clip(in.What))
	}
	return wait
}

func (n *voicemailNode) refs(see *seen) {
	see.prompts(n.play)
	if n.group != "" {
		see.group(n.at, n.group)
	}
}
