package flows

var infoSpec = Spec{
	Kind:  "info",
	Label: Text{"按输入播放", "Play by entry"},
	Help:  Text{"根据变量的值播放对应的内容", "plays what belongs to a variable's value"},
	Fields: []Field{
		{
			Name: "by", Type: TypeVariable, Required: true, Label: Text{"变量", "Variable"},
			Help: Text{"决定播放内容的变量", "the variable that decides what is played"},
		},
		{
			Name: "answers", Type: TypeAnswers, Required: true, Label: Text{"内容表", "Answers"},
			Help: Text{"值 → 播放内容", "value → what to play"},
		},
	},
	Exits: []ExitSpec{
		{Name: "next", Label: Text{"播放后", "After playing"}, Required: true},
		{Name: "unknown", Label: Text{"没有对应内容", "No answer for this value"}, Required: true},
	},
	build: func(n *Node, f fields, r *nodeReader) doer {
		i := &infoNode{by: f.text("by"), answers: map[string][]spoken{}}
		r.reads(r.place("by"), i.by)
		list, _ := f["answers"].([]answer)
		for _, a := range list {
			i.answers[a.value] = a.play
		}
		return i
	},
}

type infoNode struct {
	by      string
	answers map[string][]spoken
}

type answer struct {
	value string
	play  []spoken
}

// answers reads a table of value → prompts.
func (r *nodeReader) answers(name string, v *value) []answer {
	var out []answer
	for _, e := range r.table(name, v, 5000) {
		if len([]rune(e.key.text)) > 100 {
			r.add(e.key.at, "field.long", name, 100)
			continue
		}
		if e.val.shape == nothing {
			r.add(e.val.at, "field.empty", e.key.text)
			continue
		}
		if p := r.prompts(name, &e.val, 0); len(p) > 0 {
			out = append(out, answer{e.key.text, p})
		}
	}
	return out
}

// reads notes that the node reads a variable.
func (r *nodeReader) reads(where at, name string) {
	if name != "" {
		r.uses = append(r.uses, use{at: where, name: name})
	}
}

func (n *infoNode) enter(w *walk) turn {
	play, ok := n.answers[w.variable(n.by)]
	if !ok {
		return leaveWith("unknown", "", n.by+"="+w.variable(n.by))
	}
	prompts := w.say(play)
	if len(prompts) == 0 {
		return leave("next")
	}
	return act(Play{Prompts: prompts})
}

func (n *infoNode) on(w *walk, in Input) turn {
	switch in := in.(type) {
	case Played:
		return leaveWith("next", "", n.by+"="+w.variable(n.by))
	case Failed:
		return leaveWith("next", "", w.note("播放失败", "not played")+" "+clip(in.What))
	}
	return wait
}

func (n *infoNode) refs(see *seen) {
	for _, play := range n.answers {
		see.prompts(play)
	}
}
