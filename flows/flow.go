// Package flows is what happens to a caller, step by step: flow files are
// read, checked and kept in versions here, and a caller is walked through one
// by Begin and Resume. It decides and remembers; the live floor plays, dials
// and waits.
package flows

// Flow is a parsed flow. It never changes, so any number of calls share it.
type Flow struct {
	File     string
	Name     string
	Language string // "zh" or "en"
	Start    string
	Nodes    map[string]*Node
	Order    []string // node names as the file has them
	Cases    []Case   // trials saved with the flow
	startAt  at
	uses     map[string][]use // by node: the variables it reads and sets
}

// Node is one step of a flow.
type Node struct {
	Name   string
	Kind   string
	Title  string // what people see; the name where the file has no title
	Line   int
	Column int
	Exits  []Exit // those that are connected, as the file has them
	At     *Point // its place in the drawing, nil if it has none
	// Transferable says that agents may send callers here out of a talk.
	Transferable bool
	spec         *Spec
	asks         bool // what is known of the customer
	doer         doer
}

// Point is a place in the drawing of a flow. It means nothing to a call.
type Point struct{ X, Y int }

// Transferable gives the nodes that agents may send callers to, as the file
// has them.
func (f *Flow) Transferable() []*Node {
	var out []*Node
	for _, name := range f.Order {
		if n := f.Nodes[name]; n.Transferable {
			out = append(out, n)
		}
	}
	return out
}

// Exit is a way from one node to another.
type Exit struct {
	Name   string // exit of the spec table, the key pressed, or "case 1"
	To     string
	Line   int
	Column int
	waits  bool // the caller waited for something before taking it
}

// exit gives the node that an exit leads to, or "" if it is not connected.
func (n *Node) exit(name string) string {
	for i := range n.Exits {
		if n.Exits[i].Name == name {
			return n.Exits[i].To
		}
	}
	return ""
}

// at is a place in a flow file; both count from 1.
type at struct{ line, column int }

// doer is what one node does.
type doer interface {
	// enter is called when the caller gets to the node, and again after a
	// restart; it must not depend on how often.
	enter(w *walk) turn
	// on is called with each input while the caller stands at the node.
	on(w *walk, in Input) turn
	// refs tells what the node refers to outside the flow.
	refs(see *seen)
}

// turn is what a node decides: an action, or an exit, or neither, when an
// input does not concern it.
type turn struct {
	action Action
	exit   string
	input  string // keys pressed, for the trail
	detail string // for the trail
	how    How    // for the trail
	goTo   *target
	goBack bool // to the flow that called this one, by its exit
}

// target is another flow to go to, at its start.
type target struct {
	flow        *Flow
	id, version int64
	comesBack   bool // the node's exit next is taken when that flow returns
}

func act(a Action) turn      { return turn{action: a} }
func leave(exit string) turn { return turn{exit: exit} }
func leaveWith(exit, input, detail string) turn {
	return turn{exit: exit, input: input, detail: detail}
}

// wait is the turn that changes nothing.
var wait = turn{}
