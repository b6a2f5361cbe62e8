package flows

// fields are the read fields of one node, by name.
type fields map[string]any

// doer is what a kind of node does.
type doer interface{}

// Problem is one thing wrong with a flow file.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Node    string `json:"node,omitempty"`
	What    string `json:"what"`
	Do      string `json:"do"`
	Warning bool   `json:"warning,omitempty"`
}

// Refs is what a flow may refer to in its account. A nil function is not asked.
type Refs struct {
	Prompt func(name string) bool
	Group  func(name string) (int64, bool)
	Agent  func(number string) (int64, bool)
	Flow   func(name string) bool
	Hours  func(name string) bool
}

// Parse reads a flow file, YAML or JSON.
func Parse(file string, src []byte) (*Flow, []Problem) { return nil, nil }

// Check tells what is wrong with a flow that can be read.
func Check(f *Flow, refs Refs) []Problem { return nil }

// Begin starts a caller on the flow.
func (f *Flow) Begin(env Env) (Run, Action, []Step) { return Run{}, nil, nil }

// Resume goes on after an input. A nil Action means that the input does not
// belong to what is under way, and nothing changes.
func (f *Flow) Resume(r *Run, in Input, env Env) (Action, []Step) { return nil, nil }

// Again gives the action of the node where the caller stands, after a restart.
func (f *Flow) Again(r *Run, env Env) (Action, []Step) { return nil, nil }

// Leave closes the trail when the caller hangs up; it gives no action.
func (f *Flow) Leave(r *Run, env Env) []Step { return nil }
