// Package queues decides who gets the waiting call: skill groups, the work
// that waits in them, and the match between the two.
//
// It is a pure core: no clock, no I/O, no goroutine, and it knows no channel.
// The owner of the floor tells the Board what happens, calls Due and Match at
// every change and at every NextDeadline, and carries out what they return.
package queues

import (
	"time"

	"switchdesk/agents"
)

// Strategy is how a group chooses among its free agents.
type Strategy string

const (
	LongestIdle Strategy = "longest_idle" // idle for the longest time
	RoundRobin  Strategy = "round_robin"  // in turn, by the order of the list
	FewestCalls Strategy = "fewest_calls" // fewest talks today, then longest idle
	FixedOrder  Strategy = "fixed_order"  // always the first of the list who is free
	Random      Strategy = "random"       // by lot
	RingAll     Strategy = "ring_all"     // every free agent rings, the first to answer gets it
	SkillLevel  Strategy = "skill_level"  // highest level, then longest idle
)

// Strategies lists every strategy, in the order in which a page shows them.
func Strategies() []Strategy {
	return []Strategy{LongestIdle, RoundRobin, FewestCalls, FixedOrder, Random, RingAll, SkillLevel}
}

// ExitKind is where a caller goes who can't be served by the group.
type ExitKind string

const (
	ExitFlow      ExitKind = "flow"      // back into the flow, by the exit of that name
	ExitGroup     ExitKind = "group"     // into another group
	ExitVoicemail ExitKind = "voicemail" // asked to leave a message
	ExitHangup    ExitKind = "hangup"    // hears why, then it is over
)

// Exit is one way out of a group. Group is set for ExitGroup only.
type Exit struct {
	Kind  ExitKind `json:"kind"`
	Group int64    `json:"group,omitempty"`
}

// Member is an agent of a group. A higher Level is the better skill; Order is
// the place in the list, lowest first.
type Member struct {
	Agent int64 `json:"agent"`
	Level int   `json:"level"`
	Order int   `json:"order"`
}

// Group is a skill group's settings. A zero duration or number means "none".
type Group struct {
	ID             int64            `json:"id"`
	Account        int64            `json:"account"`
	Name           string           `json:"name"`
	Former         []string         `json:"former,omitempty"` // names that it had; flows may still lead here by them
	Strategy       Strategy         `json:"strategy"`
	LastAgentFirst bool             `json:"last_agent_first"` // the caller's last agent first, if free; goes with any strategy
	Members        []Member         `json:"members"`
	AfterMiss      agents.AfterMiss `json:"after_miss"`

	WaitLimit   time.Duration `json:"wait_limit"`    // then OnTimeout
	RingTime    time.Duration `json:"ring_time"`     // of one agent's phone; the floor times it
	AskPause    time.Duration `json:"ask_pause"`     // how long an agent who missed an item isn't asked for that item again; at least a second
	EmptyLimit  time.Duration `json:"empty_limit"`   // waiting with nobody signed in for so long: OnNoAgent; 0: until WaitLimit
	WrapUp      time.Duration `json:"wrap_up"`       // after each talk
	MaxWrapUp   time.Duration `json:"max_wrap_up"`   // with all extensions
	Announce    time.Duration `json:"announce"`      // between two announcements of the position
	MaxWaiting  int           `json:"max_waiting"`   // then OnFull
	NeedWorking bool          `json:"need_working"`  // "no agent" also when those signed in are all away, not only when nobody is
	OnNoAgent   Exit          `json:"on_no_agent"`   // nobody is there
	OnTimeout   Exit          `json:"on_timeout"`    // WaitLimit is over
	OnFull      Exit          `json:"on_full"`       // MaxWaiting wait already
	Music       string        `json:"music"`         // name of the music on hold; "" is the default
	Greeting    string        `json:"greeting"`      // prompt played once on entering; "" is none
	TellAgentNo bool          `json:"tell_agent_no"` // 报工号: the caller hears the agent's number
	SurveyAfter bool          `json:"survey_after"`  // the caller is asked for a rating once the agent has hung up
}

// Item is one piece of waiting work: a call, known by its id. The floor fills
// in the fields above Tried; Tried and Offered belong to the Board.
type Item struct {
	ID        string    `json:"id"`
	Account   int64     `json:"account"`
	Group     int64     `json:"group"`
	Priority  int       `json:"priority"`             // higher goes first; within ±1,000,000
	Entered   time.Time `json:"entered"`              // zero: the time of Enqueue; kept over a restart or a change of group, it keeps the place
	LastAgent int64     `json:"last_agent,omitempty"` // the caller's last agent; 0: none known
	Joined    time.Time `json:"joined,omitzero"`      // start of the wait limit; zero: the time of Enqueue
	Callback  bool      `json:"callback,omitempty"`   // nobody is on the line: the place of one who will be called back

	Tried   []Attempt `json:"tried,omitempty"`   // rings that came to nothing, the latest of each agent
	Offered []int64   `json:"offered,omitempty"` // agents whose phones ring for it now
}

// Attempt is a ring that came to nothing.
type Attempt struct {
	Agent int64     `json:"agent"`
	At    time.Time `json:"at"`
}

// Presence is how much of an agent is there, for the "no agent" rule.
type Presence uint8

const (
	Absent  Presence = iota // signed out
	Away                    // signed in, but busy, on break or without a phone
	Working                 // idle, ringing, talking, in wrap-up
)

// Availability is what the Board must know of an agent.
type Availability struct {
	Free       bool      `json:"free"` // can be rung now; implies Working
	Presence   Presence  `json:"presence"`
	IdleSince  time.Time `json:"idle_since,omitzero"`
	CallsToday int       `json:"calls_today"`
}

// Refusal is why an item can't wait in a group; "" is none.
type Refusal string

const (
	Welcome Refusal = ""         // it waits
	NoAgent Refusal = "no_agent" // leaves by OnNoAgent
	Full    Refusal = "full"     // leaves by OnFull
	NoGroup Refusal = "no_group" // there is no such group
	Waits   Refusal = "waits"    // an item of this id waits already; nothing changed
)

// Offer is a decision: ring these agents (one, or several by RingAll) for the
// item. They are held for it until OfferTaken, OfferFailed or Leave.
type Offer struct {
	Item   Item    `json:"item"`
	Agents []int64 `json:"agents"`
}

// DueKind is what a waiting item is due for.
type DueKind string

const (
	DueTimeout  DueKind = "timeout"  // WaitLimit is over: the item has left, send it to OnTimeout
	DueNoAgent  DueKind = "no_agent" // EmptyLimit is over: the item has left, send it to OnNoAgent
	DueAnnounce DueKind = "announce" // tell the caller Position and Wait; the item waits on
)

// Due is something to do for an item at its time.
type Due struct {
	Kind     DueKind       `json:"kind"`
	Item     Item          `json:"item"`
	Position int           `json:"position,omitempty"` // 1 is next
	Wait     time.Duration `json:"wait,omitempty"`     // estimate; 0: not known yet
}

// Stats is one group at a glance.
type Stats struct {
	Group   int64 `json:"group"`
	Waiting int   `json:"waiting"` // not ringing anywhere
	Ringing int   `json:"ringing"` // being offered
	// Callbacks of Waiting and Ringing are places of people who will be called back.
	Callbacks int       `json:"callbacks,omitempty"`
	Oldest    time.Time `json:"oldest,omitzero"` // when the longest waiting of both entered; zero: none
	Free      int       `json:"free"`            // agents who could be rung now
	Working   int       `json:"working"`
	Online    int       `json:"online"` // Working or Away
	Members   int       `json:"members"`
	// Pace is the smoothed time between two answers while someone waits; 0:
	// not known yet.
	Pace time.Duration `json:"pace"`
}

// AvailabilityOf tells the Board's view of an agent.
func AvailabilityOf(a *agents.Agent) Availability {
	v := Availability{IdleSince: a.IdleSince, CallsToday: a.CallsToday}
	switch a.State() {
	case agents.Offline, "":
	case agents.Disconnected, agents.Busy, agents.Break, agents.Custom:
		v.Presence = Away
	case agents.Idle:
		v.Free, v.Presence = true, Working
	default:
		v.Presence = Working
	}
	return v
}

// Longest is how long the longest waiting item has waited at now.
func (s Stats) Longest(now time.Time) time.Duration {
	if s.Oldest.IsZero() || now.Before(s.Oldest) {
		return 0
	}
	return now.Sub(s.Oldest)
}
