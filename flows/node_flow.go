package flows

// maxStack bounds how deep flows call each other.
const maxStack = 8

var flowField = Field{
	Name: "flow", Type: TypeFlow, Required: true, Label: Text{"流程", "Flow"},
	Help: Text{"流程名称；使用其生效版本", "its name; the version in force is used"},
}

var exitMissing = ExitSpec{Name: "missing", Label: Text{"流程不可用", "Flow not available"}, Says: []string{"apology"}}

var flowSpec = Spec{
	Kind:   "flow",
	Label:  Text{"转到流程", "Go to flow"},
	Help:   Text{"转到另一个流程，不再返回；变量保留", "goes on in another flow and does not come back; variables are kept"},
	Fields: []Field{flowField},
	Exits:  []ExitSpec{exitMissing},
	build: func(_ *Node, f fields, r *nodeReader) doer {
		return &flowNode{at: r.place("flow"), name: f.text("flow")}
	},
}

var subflowSpec = Spec{
	Kind:  "subflow",
	Label: Text{"子流程", "Sub-flow"},
	Help:  Text{"执行另一个流程，遇到“返回”节点后继续；变量共用", "goes through another flow and on from here when that one returns; variables are shared"},
	Fields: []Field{flowField, {
		Name: "gives", Type: TypeNames, Label: Text{"带回变量", "Gives"},
		Help: Text{"子流程中赋值、本流程要使用的变量", "variables that the sub-flow sets and this flow reads"},
	}},
	Exits: []ExitSpec{{Name: "next", Label: Text{"返回后", "After it returned"}, Required: true}, exitMissing},
	build: func(_ *Node, f fields, r *nodeReader) doer {
		return &flowNode{r.place("flow"), f.text("flow"), true}
	},
}

type flowNode struct {
	at
	name      string
	comesBack bool
}

func (n *flowNode) enter(w *walk) turn {
	if n.comesBack && len(w.r.Stack) >= maxStack {
		return leaveWith("missing", "", n.name+" "+w.note("子流程嵌套过深", "sub-flows are nested too deep"))
	}
	var t target
	if w.env.Flow != nil {
		t.flow, t.id, t.version = w.env.Flow(n.name)
	}
	if t.flow == nil {
		return leaveWith("missing", "", n.name+" "+w.note("流程未生效", "is not in force"))
	}
	t.comesBack = n.comesBack
	return turn{exit: "flow", detail: n.name, goTo: &t}
}

func (n *flowNode) on(w *walk, _ Input) turn { return n.enter(w) }

func (n *flowNode) refs(see *seen) {
	if n.name != "" && see.r.Flow != nil && !see.r.Flow(n.name) {
		see.add(n.at, "flow.missing", n.name)
	}
}

var returnSpec = Spec{
	Kind:  "return",
	Label: Text{"返回", "Return"},
	Help:  Text{"子流程到此结束，回到调用它的流程；不在子流程中时挂断", "ends a sub-flow and goes back to the flow that called it; hangs up where there is none"},
	build: func(*Node, fields, *nodeReader) doer { return returnNode{} },
}

type returnNode struct{}

func (returnNode) enter(w *walk) turn {
	if len(w.r.Stack) == 0 {
		return act(Hangup{Cause: CauseNormal, Prompts: w.sayNames([]string{"goodbye"})})
	}
	return turn{exit: "next", goBack: true}
}

func (n returnNode) on(w *walk, _ Input) turn { return n.enter(w) }
func (returnNode) refs(*seen)                 {}

// names reads a list of variables that are set elsewhere.
func (r *nodeReader) names(name string, v *value) []string {
	var out []string
	for _, item := range r.texts(name, v, 50) {
		if !isVariable(item.text) {
			r.add(item.at, "variable.bad", item.text)
			continue
		}
		r.sets(item.at, item.text)
		out = append(out, item.text)
	}
	return out
}
