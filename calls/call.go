// Package calls is a phone call from the first ring to its one record: the
// legs that make it up, what is done to them, how it ended, and where its
// recording is. The core decides as functions of events, verbs and time; it
// keeps no clock and does no I/O, so a Call can be written to the journal at
// any moment and go on in another process.
package calls

import (
	"time"

	"switchdesk/esl"
)

// Direction tells who began the call.
type Direction string

const (
	In  Direction = "in"  // a customer called a service number
	Out Direction = "out" // an agent called a customer
)

// Stage is where a call is.
type Stage string

const (
	IVR       Stage = "ivr"       // the flow speaks to the caller
	Queued    Stage = "queued"    // waits in a skill group
	Ringing   Stage = "ringing"   // waits while one or more phones ring
	Talking   Stage = "talking"   // customer and agent hear each other
	Held      Stage = "held"      // the customer hears music
	Dialling  Stage = "dialling"  // an agent's own call is being set up
	Voicemail Stage = "voicemail" // the caller leaves a message
	Ending    Stage = "ending"    // hang-ups are on their way
	Over      Stage = "over"      // every leg is gone; the record is made
)

// Outcome is how a call counts in the reports; every ended call has one.
type Outcome string

// Inbound outcomes: manual 4.1.1. Their sum is the number of inbound calls.
const (
	EndedInIVR     Outcome = "ivr"
	Answered       Outcome = "answered"
	LeftMessage    Outcome = "voicemail"
	RingNoAnswer   Outcome = "ring_no_answer"
	QueueAbandoned Outcome = "queue_abandoned"
	Blacklisted    Outcome = "blacklist"
	OverLimit      Outcome = "limit"
)

// Outbound outcomes: manual 4.1.3; Answered serves both.
const (
	NoAnswer  Outcome = "no_answer" // rang, nobody answered
	Busy      Outcome = "busy"
	Failed    Outcome = "failed"    // number does not exist, is switched off …
	Cancelled Outcome = "cancelled" // the agent gave up, or the agent's own phone did not answer
)

// Asked tells who asked the customer for a rating.
type Asked string

// An agent sent the question, or it came by itself after the talk.
const (
	AskedByAgent  Asked = "agent"
	AskedBySystem Asked = "system"
)

// LegState is how far a leg has come.
type LegState string

const (
	LegNew     LegState = "new"     // ordered, the switch has not shown it yet
	LegRinging LegState = "ringing" // exists, or its far end rings
	LegUp      LegState = "up"      // answered
	LegGone    LegState = "gone"    // hung up, or lost
)

// Leg is one phone's part in a call.
type Leg struct {
	UUID     string        `json:"uuid"`
	Agent    int64         `json:"agent,omitempty"`  // 0: not an agent
	Number   string        `json:"number,omitempty"` // who or what was called
	State    LegState      `json:"state"`
	Created  time.Time     `json:"created"`
	Rang     time.Time     `json:"rang,omitzero"`
	Answered time.Time     `json:"answered,omitzero"`
	Ended    time.Time     `json:"ended,omitzero"`
	Cause    string        `json:"cause,omitempty"`
	Timeout  time.Duration `json:"timeout,omitempty"` // ring time
	Why      string        `json:"why,omitempty"`     // why we hang it up: withdrawn, refused …
	KillAt   time.Time     `json:"kill_at,omitzero"`  // when its hang-up was last ordered
	Kills    int           `json:"kills,omitempty"`
	Doubt    time.Time     `json:"doubt,omitzero"` // when the switch said that it has no such leg
	Customer bool          `json:"customer,omitempty"`
}

func (l *Leg) live() bool { return l.UUID != "" && l.State != LegGone }

// MediaKind is what runs on the customer's leg.
type MediaKind string

const (
	Silent     MediaKind = ""        // nothing of ours
	Playing    MediaKind = "play"    // files, then MediaDone
	Collecting MediaKind = "collect" // files and keys, then MediaDone
	Music      MediaKind = "music"   // until something else is played
)

// Media is what the customer hears by our order.
type Media struct {
	ID      string    `json:"id,omitempty"`
	Kind    MediaKind `json:"kind,omitempty"`
	Files   []string  `json:"files,omitempty"` // the music, to start it again
	Expires time.Time `json:"expires,omitzero"`
	After   []string  `json:"after,omitempty"` // music that follows an announcement
	Min     int       `json:"min,omitempty"`   // keys that are enough
}

// Step is one line of the IVR trail (ivr 轨迹).
type Step struct {
	Flow    int64 `json:"flow,omitempty"` // flow and version that have the node
	Version int64 `json:"version,omitempty"`

	At     time.Time `json:"at"`
	Node   string    `json:"node"`
	Kind   string    `json:"kind"`
	Title  string    `json:"title"`
	Input  string    `json:"input,omitempty"`
	Exit   string    `json:"exit,omitempty"`
	How    string    `json:"how,omitempty"` // left, ended, stopped or resumed where no exit was taken
	Detail string    `json:"detail,omitempty"`
}

// Ring is one agent's phone having been rung for the call.
type Ring struct {
	Agent  int64     `json:"agent"`
	Group  int64     `json:"group,omitempty"`
	At     time.Time `json:"at"`
	Ended  time.Time `json:"ended,omitzero"`
	Result string    `json:"result,omitempty"` // answered, missed, refused, withdrawn, unreachable, abandoned
	Cause  string    `json:"cause,omitempty"`
}

// Visit is one stay in a skill group's queue.
type Visit struct {
	Group   int64     `json:"group"`
	Entered time.Time `json:"entered"`
	Left    time.Time `json:"left,omitzero"`
	Why     string    `json:"why,omitempty"` // answered, abandoned, timeout, no_agent, full …
}

// Stretch is a time that a call spent in somebody's hands. A hold lies within
// the talk that it interrupts.
type Stretch struct {
	Kind  StretchKind `json:"kind"`
	Agent int64       `json:"agent,omitempty"` // 0: somebody outside
	Group int64       `json:"group,omitempty"` // whose queue gave the call
	How   Via         `json:"how,omitempty"`   // how the call came into these hands
	From  time.Time   `json:"from"`
	To    time.Time   `json:"to,omitzero"`
}

// StretchKind names what a Stretch is.
type StretchKind string

// The kinds of stretch.
const (
	InTalk StretchKind = "talk" // from the answer until one of the two is gone, holds included
	OnHold StretchKind = "hold" // the customer hears music
)

// Via tells how a call came into somebody's hands.
type Via string

// The ways.
const (
	ViaQueue    Via = "queue"    // a skill group's match
	ViaRing     Via = "ring"     // the flow rang this agent or number by itself
	ViaDial     Via = "dial"     // the agent called the customer
	ViaTransfer Via = "transfer" // another agent passed the call on
	ViaCallback Via = "callback" // the customer had asked to be called back
)

// Recording is the one audio file of a call.
type Recording struct {
	Path    string    `json:"path"`
	Started time.Time `json:"started"`
	Began   bool      `json:"began,omitempty"` // the switch has said so
	Stopped time.Time `json:"stopped,omitzero"`
	Seconds float64   `json:"seconds,omitempty"`
	Message bool      `json:"message,omitempty"` // a voicemail
}

// Call is the whole state of one call, all of it plain data.
type Call struct {
	ID           string    `json:"id"`
	Account      int64     `json:"account"`
	Node         string    `json:"node"` // which FreeSWITCH
	Direction    Direction `json:"direction"`
	From         string    `json:"from"`
	To           string    `json:"to"`
	Region       string    `json:"region,omitempty"`
	Wait         []string  `json:"hold_music,omitempty"` // what the customer hears on hold
	CustomerID   int64     `json:"customer_id,omitempty"`
	CustomerName string    `json:"customer_name,omitempty"`

	Stage   Stage     `json:"stage"`
	Since   time.Time `json:"since"`
	Started time.Time `json:"started"`
	Answer  time.Time `json:"answered,omitzero"` // first talk with an agent
	Ended   time.Time `json:"ended,omitzero"`

	Customer Leg           `json:"customer"`
	Others   []Leg         `json:"others,omitempty"`
	InHand   string        `json:"in_hand,omitempty"` // leg that talks with the customer
	Media    Media         `json:"media,omitzero"`
	Seq      int           `json:"seq,omitempty"`
	Tell     []string      `json:"tell,omitempty"`     // what the customer hears before the talk, e.g. the agent's number
	Replay   time.Time     `json:"replay,omitzero"`    // the customer is being parked to hear it again, by then at the latest
	Unjoined bool          `json:"unjoined,omitempty"` // answered, waits for the leg to park
	Apart    bool          `json:"apart,omitempty"`    // the customer has left the bridge
	JoinBy   time.Time     `json:"join_by,omitzero"`
	Joins    int           `json:"joins,omitempty"`
	Parting  bool          `json:"parting,omitempty"`   // the agent's part is to end once the bridge that is under way is there
	HoldSoon bool          `json:"hold_soon,omitempty"` // a hold is to begin then
	Fuse     time.Time     `json:"fuse,omitzero"`       // when the dead man's timer must be renewed
	HeldAt   time.Time     `json:"held_at,omitzero"`
	HoldSum  time.Duration `json:"hold_sum,omitempty"`
	TalkSum  time.Duration `json:"talk_sum,omitempty"`
	TalkAt   time.Time     `json:"talk_at,omitzero"`
	Gone     bool          `json:"gone,omitempty"` // the customer has hung up

	Steps  []Step  `json:"steps,omitempty"`
	Rings  []Ring  `json:"rings,omitempty"`
	Visits []Visit `json:"visits,omitempty"`

	Stretches []Stretch `json:"stretches,omitempty"` // talks and holds, in order of their beginnings
	Via       Via       `json:"via,omitempty"`       // how the next talk comes about, where the rings don't tell

	Rec  *Recording `json:"recording,omitempty"`
	Past []Leg      `json:"past,omitempty"` // legs that have ended

	Agent      int64   `json:"agent,omitempty"` // who talked last
	Verdict    Outcome `json:"outcome,omitempty"`
	HangupBy   string  `json:"hangup_by,omitempty"` // customer, agent, system
	Cause      string  `json:"cause,omitempty"`
	Message    bool    `json:"message,omitempty"`     // entered voicemail
	MessageFor int64   `json:"message_for,omitempty"` // group that the message is for

	Repeat int `json:"repeat,omitempty"` // 24 or 48: the caller's last call was so many hours ago at most; 0: longer

	Rating       string `json:"rating,omitempty"`        // the caller's own words for it, from the flow: 满意
	RatingDetail string `json:"rating_detail,omitempty"` // answer to the second question
	Asked        Asked  `json:"asked,omitempty"`         // who asked for the rating

	CallbackOf string `json:"callback_of,omitempty"` // the call in which the customer asked for this one
	InFlow     bool   `json:"in_flow,omitempty"`     // a flow speaks, or has spoken, to the customer of an outbound call
}

// News is what a call tells the floor after an event, a verb or a timer.
type News struct {
	What   What
	ID     string // media
	Agent  int64
	Leg    string
	Digits string
	Cause  string
}

// What names a piece of news.
type What string

const (
	MediaDone    What = "media_done"    // Media ID has ended; Digits is what was pressed, Cause "timeout" or "failed" if it ended so
	OfferRang    What = "offer_rang"    // the phone of Agent rings
	OfferUp      What = "offer_up"      // Agent has answered and gets the call
	OfferFailed  What = "offer_failed"  // Agent did not: Cause is refused, missed, unreachable or withdrawn
	AgentGone    What = "agent_gone"    // the leg of Agent, who talked, has ended
	TalkOver     What = "talk_over"     // nobody talks with the customer, who is still there
	Replay       What = "replay"        // the flow's step must be played again
	CustomerGone What = "customer_gone" // the customer has hung up
	DialFailed   What = "dial_failed"   // an agent's own call did not come about
	TryFailed    What = "try_failed"    // a call-back was tried and did not reach the customer; it waits again
	KeyPressed   What = "key_pressed"   // the customer, who waits, has pressed Digits
	CallOver     What = "call_over"     // every leg is gone
)

// Effects collects what a call wants done and has to tell.
type Effects struct {
	Commands []esl.Command
	News     []News
}

func (o *Effects) do(c esl.Command) { o.Commands = append(o.Commands, c) }
func (o *Effects) tell(n News)      { o.News = append(o.News, n) }

// Reset empties the Effects for the next use.
func (o *Effects) Reset() { o.Commands, o.News = o.Commands[:0], o.News[:0] }

func (c *Call) enter(s Stage, now time.Time) {
	if c.Stage != s {
		c.Stage, c.Since = s, now
	}
}

// Leg finds a live leg by its UUID, nil if there is none.
func (c *Call) Leg(uuid string) *Leg {
	if uuid == "" {
		return nil
	}
	if c.Customer.UUID == uuid {
		return &c.Customer
	}
	for i := range c.Others {
		if c.Others[i].UUID == uuid {
			return &c.Others[i]
		}
	}
	return nil
}

// LegOf finds the live leg of an agent, nil if there is none.
func (c *Call) LegOf(agent int64) *Leg {
	for i := range c.Others {
		if l := &c.Others[i]; l.Agent == agent && l.live() {
			return l
		}
	}
	return nil
}

// Legs lists the UUIDs of all legs that are not gone.
func (c *Call) Legs() []string {
	var ids []string
	if c.Customer.live() {
		ids = append(ids, c.Customer.UUID)
	}
	for i := range c.Others {
		if c.Others[i].live() {
			ids = append(ids, c.Others[i].UUID)
		}
	}
	return ids
}
