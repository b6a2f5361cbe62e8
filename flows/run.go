package flows

import "time"

// Budgets of one run. Whatever a flow says and whatever comes in, a call gets
// to an end: past a budget the caller hears an apology and is hung up on.
const (
	MaxSteps  = 1000 // nodes entered and inputs taken, in all
	MaxInARow = 200  // nodes entered without waiting for anything
	MaxSilent = 20   // prompts for keys in a row without one valid answer
)

const maxValue = 256 // runes kept of a variable's value

// Run is where one caller stands in a flow. It is plain data: kept as JSON,
// it goes on after a restart with Again.
type Run struct {
	FlowID  int64             `json:"flow"` // where the caller is now: a flow may lead to another
	Version int64             `json:"version"`
	Node    string            `json:"node"`
	Wait    string            `json:"wait,omitempty"` // the kind of Action under way
	Since   time.Time         `json:"since"`          // when the node was entered
	Vars    map[string]string `json:"vars,omitempty"`
	Tries   int               `json:"tries,omitempty"` // failed tries at this node
	Steps   int               `json:"steps"`
	Silent  int               `json:"silent,omitempty"`
	Done    bool              `json:"done,omitempty"`
	Stopped bool              `json:"stopped,omitempty"` // ended past a budget
	Stage   string            `json:"stage,omitempty"`   // how far a node with several questions is
	Stack   []Frame           `json:"stack,omitempty"`   // flows to come back to, the last first to come
}

// Frame is a node of kind subflow that a flow comes back to.
type Frame struct {
	FlowID  int64  `json:"flow"`
	Version int64  `json:"version"`
	Node    string `json:"node"`
}

// Env is what a flow may know of the world at one moment. All functions may
// be nil.
type Env struct {
	Now         time.Time // in the account's zone
	From        string    // the caller's number
	To          string    // the service number that was dialled
	Region      string    // where the caller's number belongs, e.g. 浙江省杭州市
	Blacklisted bool
	Repeat      bool                                // called before, within the account's window
	Customer    map[string]string                   // what is known of the customer
	Looking     bool                                // the customer is still being looked up
	Hours       func(name string, t time.Time) bool // opening hours by name
	Holiday     func(name string, t time.Time) bool // whether those are closed for a holiday
	Group       func(name string) (int64, bool)
	Agent       func(number string) (int64, bool)
	LastAgent   int64 // agent who talked with the caller last; 0 if none did

	FlowID, Version int64 // of the flow that begins; for Begin alone
	// Flow gives the version in force of the flow of that name, nil if there
	// is none; FlowAt a given version.
	Flow   func(name string) (f *Flow, id, version int64)
	FlowAt func(id, version int64) *Flow

	trace bool // steps tell what they set
}

// Step is one line of a call's IVR trail (ivr轨迹): a visit to a node, or one
// try at a menu.
type Step struct {
	Flow    int64 `json:"flow,omitempty"` // where the node stands: a call may walk through several flows
	Version int64 `json:"version,omitempty"`

	At     time.Time `json:"at"`    // when the node was entered
	Until  time.Time `json:"until"` // when this line was written
	Node   string    `json:"node"`
	Kind   string    `json:"kind"`
	Title  string    `json:"title"`
	Input  string    `json:"input,omitempty"`  // keys pressed
	Exit   string    `json:"exit,omitempty"`   // exit taken; "" if the caller stays
	How    How       `json:"how,omitempty"`    // what the line is where it names no exit
	Detail string    `json:"detail,omitempty"` // in the flow's language

	// Set is which variables this step gave a value; in trials alone.
	Set map[string]string `json:"set,omitempty"`
}

// How says what a line of the trail without an exit is.
type How string

const (
	HowTry     How = ""        // a try at a question; the caller stays
	HowLeft    How = "left"    // the caller hung up here
	HowEnded   How = "ended"   // the flow ended the call here
	HowStopped How = "stopped" // the flow could not go on
	HowResumed How = "resumed" // the controller was started again; the caller stays
)
