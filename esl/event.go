// Package esl is FreeSWITCH's event socket: what the switch says, as typed
// events in order, and what it is told, as typed commands. No other package
// knows the wire.
package esl

import "time"

// Kind says what an Event is about.
type Kind uint8

// The kinds of event that Switchdesk subscribes to, and the ones that a Node
// itself delivers in the same order (Connected, Snapshot, Disconnected,
// Failed, Done, Dump).
const (
	Unknown         Kind = iota
	Park                 // CHANNEL_PARK: a leg waits for orders
	Create               // CHANNEL_CREATE
	Progress             // CHANNEL_PROGRESS or CHANNEL_PROGRESS_MEDIA: the far end rings
	Answer               // CHANNEL_ANSWER
	Bridge               // CHANNEL_BRIDGE: UUID and Other hear each other
	Unbridge             // CHANNEL_UNBRIDGE
	ExecuteComplete      // CHANNEL_EXECUTE_COMPLETE: App with ID has ended
	DTMF                 // DTMF: Digits holds the key
	Hangup               // CHANNEL_HANGUP_COMPLETE: the leg is gone, Cause says why
	RecordStart          // RECORD_START of Path
	RecordStop           // RECORD_STOP of Path, Seconds long
	Registered           // CUSTOM sofia::register: User@Domain has a phone
	Unregistered         // CUSTOM sofia::unregister or sofia::expire
	Gateway              // CUSTOM sofia::gateway_state: trunk Gateway is in State
	Conference           // CUSTOM conference::maintenance
	Heartbeat            // HEARTBEAT
	JobDone              // BACKGROUND_JOB: Job has ended, Body is its answer
	Failed               // a command that was sent for UUID (and ID) was refused: Cause is the switch's word
	Done                 // a command that asked for it (Originate) was accepted
	Dump                 // the answer to a DumpChannel command: Vars
	Connected            // the node's sockets are up and subscribed; Snapshot follows
	Snapshot             // Channels and Phones: all that the switch has now; what was missed is never sent again
	Disconnected         // the node's sockets are lost; Cause says why
)

// Event is one fact from one FreeSWITCH node. Events of one node arrive in
// the order in which the switch sent them.
type Event struct {
	Kind Kind
	Node string    // which FreeSWITCH
	Seq  int64     // Event-Sequence
	At   time.Time // Event-Date-Timestamp; the local clock for kinds that a Node makes

	UUID    string // the leg
	Other   string // the other leg of a bridge
	Call    string // variable_sd_call: the Call that the leg belongs to
	Role    string // variable_sd_role: what the leg is in that call
	Inbound bool   // Call-Direction inbound
	From    string // Caller-Caller-ID-Number
	To      string // Caller-Destination-Number
	Context string // Caller-Context
	// AuthUser is who signed in to make the leg (variable_sip_auth_username);
	// From is only what the phone says of itself.
	AuthUser string

	App      string // Application, for ExecuteComplete
	AppID    string // Application-UUID: the ID that the command carried
	Response string // Application-Response
	Digits   string // DTMF-Digit; for ExecuteComplete variable_sd_digits
	Invalid  string // variable_sd_digits_invalid: what was pressed instead
	Cause    string // Hangup-Cause, or why a command failed
	Media    bool   // Progress: there is early media to hear
	SIPCode  int    // variable_sip_term_status or sip_invite_failure_status, 0 if none

	Path    string  // recording file
	Seconds float64 // its length

	Job  string // Job-UUID
	Body string

	User, Domain, Contact string // registrations
	Gateway, State        string // trunks

	Sent Command // Failed, Done: the command that it is about

	Vars     map[string]string // Dump
	Channels []Channel         // Snapshot
	Phones   []Phone           // Snapshot
}

// Channel is one leg as `show channels as json` tells it.
type Channel struct {
	UUID     string
	Inbound  bool
	Created  time.Time
	From, To string
	State    string // CS_EXECUTE, CS_PARK …
	CallSt   string // callstate: RINGING, ACTIVE, HELD, EARLY …
	App      string // application that was last begun; it may have ended since
	AppData  string
	Peer     string // leg it is bridged to, or ""
	Context  string
}

// Answered tells whether the far end of the leg has answered.
func (c Channel) Answered() bool {
	switch c.CallSt {
	case "ACTIVE", "HELD", "UNHELD":
		return true
	}
	return false
}

// Phone is one SIP registration.
type Phone struct {
	User, Domain, Contact string
}
