package flows

import (
	"maps"
	"strconv"
)

// walk is one step forward: the flow, where the caller stands, and the trail
// that the step leaves.
type walk struct {
	f     *Flow
	n     *Node
	r     *Run
	env   *Env
	steps []Step
	sets  map[string]string // by the step under way, if they are to be told
}

// note picks the words for the trail in the flow's language.
func (w *walk) note(zh, en string) string { return pick(w.f.Language != "en", zh, en) }

func (w *walk) trail(n *Node, t turn) {
	s := Step{Flow: w.r.FlowID, Version: w.r.Version, At: w.r.Since, Until: w.env.Now, Node: w.r.Node, Input: t.input, Exit: t.exit, How: t.how, Detail: t.detail}
	if n != nil {
		s.Kind, s.Title = n.Kind, n.Title
	}
	s.Set, w.sets = w.sets, nil
	w.steps = append(w.steps, s)
}

// Begin starts a caller on the flow. The caller of Begin keeps the Run; where
// its FlowID and Version are not those of Env, it has gone to another flow.
func (f *Flow) Begin(env Env) (Run, Action, []Step) { return f.BeginAt(f.Start, env, nil) }

// BeginAt starts a caller at a node other than the flow's first, with
// variables that are known already. Begin's rules hold; a node that the flow
// does not have ends the call with an apology.
func (f *Flow) BeginAt(node string, env Env, vars map[string]string) (Run, Action, []Step) {
	r := Run{FlowID: env.FlowID, Version: env.Version, Since: env.Now, Vars: maps.Clone(vars)}
	w := &walk{f: f, r: &r, env: &env}
	if f.Nodes[node] == nil {
		r.Node = node
		a := w.giveUp(w.note("节点不存在", "no such node"))
		return r, a, w.steps
	}
	a := w.enter(node)
	return r, a, w.steps
}

// Resume goes on after an input; f must be the flow of the Run's FlowID and
// Version. A nil Action means that the input does not
// belong to what is under way, and nothing changes. After the end it says
// Hangup again, without prompts.
func (f *Flow) Resume(r *Run, in Input, env Env) (Action, []Step) {
	if r.Done {
		return Hangup{Cause: CauseNormal}, nil
	}
	w := &walk{f: f, r: r, env: &env}
	r.Steps++
	if r.Steps > MaxSteps {
		return w.giveUp(w.overSteps()), w.steps
	}
	n := f.Nodes[r.Node]
	if n == nil {
		return w.giveUp(w.note("节点不存在", "no such node")), w.steps
	}
	w.n = n
	if r.Stage == looking {
		switch in.(type) {
		case Played, Failed:
			return w.take(w.arrive()), w.steps
		}
		return nil, w.steps
	}
	return w.take(n.doer.on(w, in)), w.steps
}

// looking is the stage of a node that waits for the customer to be looked up.
const looking = "looking"

// maxLooks is how often a node waits for that, a moment each.
const maxLooks = 15

// arrive is what a node does when the caller gets to it. One that asks for
// the customer waits a little while the customer is looked up.
func (w *walk) arrive() turn {
	if w.n.asks && w.env.Looking && w.r.Tries < maxLooks {
		w.r.Tries++
		w.r.Stage = looking
		return act(Play{Prompts: []Prompt{{Tone: "moment"}}})
	}
	if w.r.Stage == looking {
		w.r.Stage, w.r.Tries = "", 0
	}
	return w.n.doer.enter(w)
}

// Again gives the action of the node where the caller stands, after the
// controller was started again. The trail gets a mark that says so.
func (f *Flow) Again(r *Run, env Env) (Action, []Step) {
	if r.Done {
		return Hangup{Cause: CauseNormal}, nil
	}
	w := &walk{f: f, r: r, env: &env}
	r.Steps++
	n := f.Nodes[r.Node]
	if n == nil || r.Steps > MaxSteps {
		return w.giveUp(w.note("无法恢复", "cannot go on")), w.steps
	}
	w.n = n
	w.trail(n, turn{how: HowResumed, detail: w.note("系统恢复后继续", "resumed")})
	return w.take(w.arrive()), w.steps
}

// Leave closes the trail when the caller hangs up in the flow. It gives
// nothing once the flow has ended by itself.
func (f *Flow) Leave(r *Run, env Env) []Step {
	if r.Done {
		return nil
	}
	r.Done = true
	r.Wait = ""
	w := &walk{f: f, r: r, env: &env}
	w.trail(f.Nodes[r.Node], turn{how: HowLeft, detail: w.note("来电者挂断", "caller hung up")})
	return w.steps
}

// enter goes to a node, and on from there until something has to be waited for.
func (w *walk) enter(name string) Action {
	for inARow := 1; ; inARow++ {
		w.r.Node, w.r.Since, w.r.Tries, w.r.Stage = name, w.env.Now, 0, ""
		w.n = w.f.Nodes[name]
		w.r.Steps++
		switch {
		case w.n == nil:
			return w.giveUp(w.note("节点不存在", "no such node"))
		case w.r.Steps > MaxSteps:
			return w.giveUp(w.overSteps())
		case inARow > MaxInARow:
			return w.giveUp(w.note("连续步骤超过上限 ", "more steps in a row than ") + strconv.Itoa(MaxInARow))
		}
		t := w.arrive()
		if t.action != nil {
			return w.start(t.action)
		}
		w.trail(w.n, t)
		var why string
		switch name, why = w.follow(&t); {
		case why != "":
			return w.giveUp(why)
		case name == "":
			return w.end(t.exit)
		}
	}
}

// follow gives the node behind a turn, in this flow or another; "" if the
// call ends there. The second result says why nobody can go on.
func (w *walk) follow(t *turn) (name, why string) {
	switch {
	case t.goTo != nil:
		if t.goTo.comesBack {
			w.r.Stack = append(w.r.Stack, Frame{w.r.FlowID, w.r.Version, w.r.Node})
		}
		w.f, w.r.FlowID, w.r.Version = t.goTo.flow, t.goTo.id, t.goTo.version
		return w.f.Start, ""
	case t.goBack && len(w.r.Stack) > 0:
		last := len(w.r.Stack) - 1
		from := w.r.Stack[last]
		w.r.Stack = w.r.Stack[:last]
		var f *Flow
		if w.env.FlowAt != nil {
			f = w.env.FlowAt(from.FlowID, from.Version)
		}
		if f == nil || f.Nodes[from.Node] == nil {
			return "", w.note("无法返回原流程", "the flow to go back to is gone")
		}
		w.f, w.n = f, f.Nodes[from.Node]
		w.r.FlowID, w.r.Version, w.r.Node = from.FlowID, from.Version, from.Node
	}
	return w.n.exit(t.exit), ""
}

func (w *walk) overSteps() string {
	return w.note("步骤超过上限 ", "more steps than ") + strconv.Itoa(MaxSteps)
}

// take carries out what a node made of an input.
func (w *walk) take(t turn) Action {
	switch {
	case w.r.Silent > MaxSilent:
		return w.giveUp(w.note("多次没有有效按键", "no valid key for too long"))
	case t.action != nil:
		return w.start(t.action)
	case t.exit == "":
		return nil
	}
	w.trail(w.n, t)
	switch to, why := w.follow(&t); {
	case why != "":
		return w.giveUp(why)
	case to != "":
		return w.enter(to)
	}
	return w.end(t.exit)
}

// start makes an action the one under way.
func (w *walk) start(a Action) Action {
	w.r.Wait = kindOf(a)
	if _, last := a.(Hangup); last {
		w.r.Done = true
		w.trail(w.n, turn{how: HowEnded, detail: w.note("挂断", "hang up")})
	}
	return a
}

// end is what follows an exit that is not connected: the words that the spec
// has for it, and the end of the call.
func (w *walk) end(exit string) Action {
	w.r.Done, w.r.Wait = true, "hangup"
	h := Hangup{Cause: CauseNormal}
	if x := w.n.spec.exit(exit); x != nil {
		h.Prompts = w.sayNames(x.Says)
	}
	return h
}

// giveUp ends the call politely and says in the trail why.
func (w *walk) giveUp(why string) Action {
	w.r.Done, w.r.Stopped, w.r.Wait = true, true, "hangup"
	w.trail(w.n, turn{how: HowStopped, detail: w.note("流程中止：", "flow stopped: ") + why})
	return Hangup{Cause: CauseNormal, Prompts: w.sayNames([]string{"apology"})}
}

func kindOf(a Action) string {
	switch a.(type) {
	case Play:
		return "play"
	case Collect:
		return "collect"
	case Enqueue:
		return "enqueue"
	case Callback:
		return "callback"
	case RingAgent:
		return "ring"
	case Dial:
		return "dial"
	case Voicemail:
		return "voicemail"
	case Fetch:
		return "fetch"
	case Notify:
		return "notify"
	case Rate:
		return "rate"
	}
	return "hangup"
}
