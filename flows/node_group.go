package flows

import (
	"strings"
	"time"
)

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
		{
			Name: "music", Type: TypePrompts, Max: 1, Label: Text{"等待音乐", "Music"},
			Help: Text{"等待时循环播放；不填则用技能组的", "played again and again while waiting; the group's own if left out"},
		},
		{
			Name: "announce", Type: TypeFlag, Default: "true", Label: Text{"播报排队位置", "Announcements"},
			Help: Text{"是否播报技能组的排队位置和预计等待时间", "whether the group's own announcements of place and wait are made"},
		},
		{
			Name: "say", Type: TypePrompts, Label: Text{"等待提示", "Say while waiting"},
			Help: Text{"排队开始时和之后每隔一段时间播放，如告知可按的键", "said at the beginning and then again and again, such as which keys may be pressed"},
		},
		{
			Name: "every", Type: TypeDuration, Default: "30s", Min: 10, Max: 600, Label: Text{"提示间隔", "Say every"},
			Help: Text{"两次等待提示之间的时间", "time between two rounds of say"},
		},
		{
			Name: "offers", Type: TypeKeys, Max: 1, Label: Text{"等待时按键", "Keys while waiting"},
			Help: Text{"按键 → 节点；等待时按下即离开队列，如转到留言；每个按键一位", "key → node: pressing it while waiting leaves the queue, for a voicemail say; one of 0-9, * and # each"},
		},
		{
			Name: "callback", Type: TypeKey, Label: Text{"回电按键", "Key for a call back"},
			Help: Text{
				"等待时按此键登记回电，保留排队位置，轮到时拨打来电号码；没有来电号码时无效",
				"pressed while waiting it asks for a call back to the caller's own number when it is their turn; it means nothing to a caller without a number",
			},
		},
	},
	Exits: []ExitSpec{
		{Name: "no_agent", Label: Text{"无座席在线", "No agent signed in"}, Says: []string{"no_agent", "goodbye"}},
		{Name: "timeout", Label: Text{"排队超时", "Waited too long"}, Waits: true, Says: []string{"apology"}},
		{Name: "full", Label: Text{"排队已满", "Queue full"}, Says: []string{"queue_full", "goodbye"}},
		{Name: "callback", Label: Text{"已登记回电", "Call back noted"}, Waits: true, Says: []string{"callback_saved", "goodbye"}},
		exitAfter,
	},
	build: buildGroup,
}

type groupNode struct {
	at
	group    string
	priority int
	music    []spoken
	quiet    bool
	say      []spoken
	every    time.Duration
	keys     string // that lead to nodes
	callback string // key
}

func buildGroup(n *Node, f fields, r *nodeReader) doer {
	g := &groupNode{
		at: r.place("group"), group: f.text("group"), priority: f.int("priority"), music: f.prompts("music"),
		say: f.prompts("say"), every: f.duration("every"), callback: f.text("callback"),
	}
	announce, _ := f["announce"].(bool)
	g.quiet = !announce
	offers, _ := f["offers"].([]Exit)
	for _, x := range offers {
		if x.Name == g.callback {
			r.add(at{x.Line, x.Column}, "key.twice", x.Name)
			continue
		}
		n.Exits = append(n.Exits, x)
		g.keys += x.Name
	}
	if g.keys+g.callback != "" && !r.has("say") {
		where := r.place("offers")
		if !r.has("offers") {
			where = r.place("callback")
		}
		r.add(where, "group.unsaid")
	}
	if g.callback == "" && n.exit("callback") != "" {
		r.add(r.place("exits"), "group.callback")
	}
	return g
}

func (n *groupNode) enter(w *walk) turn {
	var id int64
	if w.env.Group != nil {
		var ok bool
		if id, ok = w.env.Group(n.group); !ok { // taken away since the upload
			return leaveWith("no_agent", "", n.group+" "+w.note("技能组不存在", "is no skill group"))
		}
	}
	a := Enqueue{Group: id, Name: n.group, Priority: n.priority, Quiet: n.quiet, Say: w.say(n.say), Keys: n.keys}
	if music := w.say(n.music); len(music) > 0 {
		a.Music = &music[0]
	}
	if len(a.Say) > 0 {
		a.Every = n.every
	}
	if n.callback != "" && callbackNumber(w.env) != "" {
		a.Keys += n.callback
	}
	return act(a)
}

// callbackNumber is where a caller can be called back, "" if nowhere.
func callbackNumber(env *Env) string {
	if n := strings.NewReplacer(" ", "", "-", "").Replace(env.From); isPhone(n) {
		return n
	}
	return ""
}

func (n *groupNode) on(w *walk, in Input) turn {
	switch in := in.(type) {
	case Pressed:
		return n.pressed(w, in.Key)
	case Done:
		if w.r.Wait == "callback" {
			return leaveWith("callback", "", n.group+" "+callbackNumber(w.env))
		}
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
		if w.r.Wait == "callback" { // the caller goes on waiting
			w.trail(w.n, turn{detail: w.note("无法登记回电", "call back not possible") + " " + clip(in.What)})
			return n.enter(w)
		}
		return leaveWith("no_agent", "", n.group+" "+clip(in.What))
	}
	return wait
}

// pressed is a key while waiting.
func (n *groupNode) pressed(w *walk, key string) turn {
	switch {
	case w.r.Wait != "enqueue" || len(key) != 1:
	case key == n.callback && callbackNumber(w.env) != "":
		var id int64
		if w.env.Group != nil {
			id, _ = w.env.Group(n.group)
		}
		w.trail(w.n, turn{input: key, detail: w.note("请求回电", "asks for a call back")})
		return act(Callback{Group: id, Name: n.group, Priority: n.priority, Number: callbackNumber(w.env)})
	case strings.Contains(n.keys, key):
		return leaveWith(key, key, n.group)
	}
	return wait
}

func (n *groupNode) refs(see *seen) {
	see.group(n.at, n.group)
	see.prompts(n.music)
	see.prompts(n.say)
}
