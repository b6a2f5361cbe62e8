package flows

import "time"

// Prompt is one thing to play: a recording, a tone, or words to be spoken;
// exactly one of File, Tone and Text is set. What a flow says as digits, a
// number, an amount, a date or a time arrives here already as recordings.
type Prompt struct {
	File string `json:"file,omitempty"` // name in the account's prompt list or of a Builtin
	Lang string `json:"lang,omitempty"` // "zh" or "en": which set of Builtins, or the language of Text
	Tone string `json:"tone,omitempty"` // one of Tones
	Text string `json:"text,omitempty"` // for text to speech: one line, 500 characters at most
}

// Action is the one thing that a flow wants next. The concrete types in this
// file are all there are. Each is answered by one Input.
type Action interface{ action() }

type (
	// Play says something; Played answers it.
	Play struct {
		Prompts []Prompt `json:"prompts"`
	}

	// Collect says something and reads keys; Digits answers it.
	Collect struct {
		Prompts     []Prompt      `json:"prompts"`
		Min         int           `json:"min"`
		Max         int           `json:"max"`
		Terminators string        `json:"terminators"` // keys that end the input and are no part of it; "" for none
		Timeout     time.Duration `json:"timeout"`     // for the first key after the prompts
		InterDigit  time.Duration `json:"inter_digit"` // between keys
	}

	// Enqueue puts the caller into a skill group's queue; one who still waits
	// there keeps the place. Left answers it when the queue lets the caller go
	// without an agent, Ended after the talk, Pressed when the caller presses
	// one of Keys.
	Enqueue struct {
		Group    int64         `json:"group"` // 0 where Env.Group is nil
		Name     string        `json:"name"`
		Priority int           `json:"priority"`        // 0 to 100, higher is sooner
		Music    *Prompt       `json:"music,omitempty"` // instead of the group's own
		Quiet    bool          `json:"quiet,omitempty"` // without the group's own announcements of place and wait
		Say      []Prompt      `json:"say,omitempty"`   // said at the beginning and then every Every
		Every    time.Duration `json:"every,omitempty"`
		Keys     string        `json:"keys,omitempty"` // each a key that means something while waiting
	}

	// Callback turns the caller's place in the queue into one that waits for
	// a call back to Number; age and priority stay. Done answers it, or Failed
	// if the place cannot be kept. It follows an Enqueue alone.
	Callback struct {
		Group    int64  `json:"group"`
		Name     string `json:"name"`
		Priority int    `json:"priority"`
		Number   string `json:"number"` // the caller's own
	}

	// RingAgent rings one agent. Number is an agent number (工号) of this
	// account and is only ever looked up, never dialled. Ended answers it.
	RingAgent struct {
		Agent  int64         `json:"agent"` // 0 where Env.Agent is nil
		Number string        `json:"number"`
		Ring   time.Duration `json:"ring"`
	}

	// Dial calls an outside number that stands in the flow file. Ended answers it.
	Dial struct {
		Number string        `json:"number"`
		Ring   time.Duration `json:"ring"`
	}

	// Voicemail plays the prompts and a beep and records what the caller says,
	// until a hash key, silence, or MaxSeconds. VoicemailDone answers it.
	Voicemail struct {
		Prompts    []Prompt `json:"prompts"`
		MaxSeconds int      `json:"max_seconds"`
		Group      int64    `json:"group"` // whose message it is; 0 for nobody's
		GroupName  string   `json:"group_name"`
	}

	// Hangup plays the prompts, then ends the call. It is the last action;
	// Run.Done is true with it.
	Hangup struct {
		Cause   HangupCause `json:"cause"`
		Prompts []Prompt    `json:"prompts"`
	}
)

// Actions that reach outside the switch.
type (
	// Fetch asks another system over HTTP; Fetched answers it.
	Fetch struct{ Request }

	// Notify tells another system something over HTTP. Done answers it at
	// once: nobody waits for what comes of it.
	Notify struct{ Request }

	// Rate writes the caller's rating to the call; Done answers it. It may
	// come again with more for the same rating.
	Rate struct {
		Key    string `json:"key"`
		Label  string `json:"label"`
		Second string `json:"second,omitempty"` // what the caller chose of the second question, as its label
	}
)

// Request is an HTTP request that a flow asks for.
type Request struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    string            `json:"body,omitempty"` // JSON
	Timeout time.Duration     `json:"timeout"`        // for all tries together
	Retries int               `json:"retries,omitempty"`
}

func (Play) action()      {}
func (Collect) action()   {}
func (Enqueue) action()   {}
func (Callback) action()  {}
func (RingAgent) action() {}
func (Dial) action()      {}
func (Voicemail) action() {}
func (Hangup) action()    {}
func (Fetch) action()     {}
func (Notify) action()    {}
func (Rate) action()      {}

// HangupCause is why a flow ends a call.
type HangupCause string

const (
	CauseNormal   HangupCause = "normal"
	CauseBusy     HangupCause = "busy"
	CauseRejected HangupCause = "rejected"
)

// Input is what happened after an Action. The concrete types in this file
// are all there are.
type Input interface{ input() }

type (
	// Played answers Play: all of it was heard or skipped.
	Played struct{}

	// Digits answers Collect. TimedOut says that no (or too few) keys came in
	// time; Value then holds what did come.
	Digits struct {
		Value    string `json:"value"`
		TimedOut bool   `json:"timed_out"`
	}

	// Left says that the queue let the caller go without an agent.
	Left struct {
		Why QueueExit `json:"why"`
	}

	// Pressed says that a caller who waits in a queue pressed a key. An answer
	// without an action means that the waiting goes on; any action but Callback
	// means that the caller leaves the queue for it.
	Pressed struct {
		Key string `json:"key"`
	}

	// Ended says that ringing or talking to a person is over and the caller is
	// still there.
	Ended struct {
		Answered bool     `json:"answered"`
		Cause    EndCause `json:"cause"` // why it was not answered
	}

	// VoicemailDone says how much was recorded.
	VoicemailDone struct {
		Seconds int `json:"seconds"`
	}

	// Fetched is what came of a Fetch: an answer, or why there is none.
	Fetched struct {
		Status int    `json:"status"`
		Body   string `json:"body"`
		Why    string `json:"why,omitempty"`
	}

	// Done says that what was asked for has been taken.
	Done struct{}

	// Failed says that the switch could not do what was asked. Each node has
	// its own way on, so a caller is never left in silence.
	Failed struct {
		What string `json:"what"`
	}
)

func (Played) input()        {}
func (Digits) input()        {}
func (Left) input()          {}
func (Pressed) input()       {}
func (Ended) input()         {}
func (VoicemailDone) input() {}
func (Fetched) input()       {}
func (Done) input()          {}
func (Failed) input()        {}

// QueueExit is why a queue lets a caller go.
type QueueExit string

const (
	LeftNoAgent   QueueExit = "no_agent"   // nobody of the group is signed in
	LeftTimeout   QueueExit = "timeout"    // waited as long as the group allows
	LeftFull      QueueExit = "full"       // the queue takes no more
	LeftAgentLeft QueueExit = "agent_left" // the last agent signed out meanwhile
)

// EndCause is why nobody answered.
type EndCause string

const (
	EndNoAnswer    EndCause = "no_answer"
	EndBusy        EndCause = "busy"
	EndUnavailable EndCause = "unavailable" // not signed in, phone not ready, no such number
	EndFailed      EndCause = "failed"
)

// Tones are the tones a flow may name, with where the switch finds them.
var Tones = map[string]string{
	"beep":     "tone_stream://%(300,0,1000)",
	"ringback": "tone_stream://%(1000,4000,450);loops=2",
	"busy":     "tone_stream://%(350,350,450);loops=5",
	"pause":    "silence_stream://1000",
	"moment":   "silence_stream://200",
}
