package esl

import "time"

// Command is something that the switch is told to do. The concrete types in
// this file are all there are; how they look on the wire is this package's
// own affair. Arguments are checked when the command is encoded: text that
// would end the line, expand a variable or open a dial-string group is
// refused with an error, never sent.
type Command interface {
	// Leg is the channel that the command is for, or "".
	Leg() string
}

type (
	// AnswerLeg answers an inbound leg.
	AnswerLeg struct{ UUID string }

	// PlayFiles plays files one after the other on a parked leg, once what
	// was asked for before has ended; ExecuteComplete with AppID = ID
	// follows, also after a Break and for a missing file (Response tells). A
	// file is a path or a tone_stream://, silence_stream://, local_stream://
	// or http_cache:// address.
	//
	// Loop plays for ever (music) and has no ExecuteComplete; Break, a
	// bridge, a transfer or the hang-up ends it.
	PlayFiles struct {
		UUID, ID string
		Files    []string
		Loop     bool
	}

	// CollectDigits plays files and reads keys; ExecuteComplete with
	// AppID = ID follows, Event.Digits holds what was pressed: nothing after
	// a time-out, fewer than Min from one who stopped early. Times are a
	// second at least, and 5 s and 3 s where 0. A Break ends the files but
	// not the wait for a key; ParkLeg ends both.
	CollectDigits struct {
		UUID, ID    string
		Files       []string
		Min, Max    int
		Terminators string        // e.g. "#"; "" for none
		Timeout     time.Duration // for the first key after the files
		InterDigit  time.Duration // between keys
	}

	// Break stops what plays on a leg, and all that is queued behind it.
	Break struct{ UUID string }

	// BridgeLegs joins two answered or parked legs. Music ends by itself;
	// what is queued behind it does not, so Break first where that may be.
	// When one leg hangs up, the other's Unbridge and Park (by
	// transfer_after_bridge) may come before or after its Hangup.
	BridgeLegs struct{ A, B string }

	// ParkLeg takes a leg out of its bridge or application and parks it;
	// Both does so with the leg it is bridged to as well.
	ParkLeg struct {
		UUID string
		Both bool
	}

	// TransferLeg sends a leg to an extension of the static dialplan.
	TransferLeg struct{ UUID, Extension, Context string }

	// HangupLeg ends a leg with a cause such as NORMAL_CLEARING.
	HangupLeg struct{ UUID, Cause string }

	// SetVars sets channel variables. Values may not hold ; ' \ ` or ${.
	SetVars struct {
		UUID string
		Vars map[string]string
	}

	// StartRecording records a leg in stereo (what it says left, what it
	// hears right) to an absolute path, until StopRecording or the hang-up.
	StartRecording struct{ UUID, Path string }
	// StopRecording ends that recording.
	StopRecording struct{ UUID, Path string }

	// Originate calls Target; the new leg has the given UUID. Done follows
	// when the switch has taken it on, then Create, Progress, Answer, Park,
	// Hangup as they come; or Failed when there never was a leg (a phone that
	// is not registered). The leg parks when answered.
	//
	// With Ringback, it parks as soon as it has early media, answered or not
	// (Progress with Media comes before): bridge it to the Ringback leg then,
	// so that one hears the far end. For a far end that only rings (Progress
	// without Media), play a tone_stream on that leg. Timeout no longer ends
	// a leg that has parked.
	//
	// From and FromName are what a person typed or dialled: what could mean
	// something to the switch is left out of them, not refused.
	Originate struct {
		UUID     string
		Target   Target
		FromName string
		From     string        // caller number shown
		Timeout  time.Duration // ring time
		Vars     map[string]string
		Ringback string // leg that will hear the far end's early media, or ""
	}

	// AskPhone tells a phone to answer ("talk") or "hold", where it can.
	AskPhone struct{ UUID, Action string }

	// SendKeys sends DTMF on a leg.
	SendKeys struct{ UUID, Keys string }

	// DeadMan makes the switch itself send the leg to the dialplan's polite
	// ending after a time, unless a later DeadMan replaces it; After 0 takes
	// it away. So a held call ends well even if no controller ever returns.
	DeadMan struct {
		UUID  string
		After time.Duration
	}

	// DumpChannel asks for the variables of a leg; a Dump event follows.
	DumpChannel struct{ UUID string }
)

// Target is whom an Originate calls: a registered phone (User at Domain), or
// Number through the trunk Gateway.
type Target struct {
	User, Domain    string
	Gateway, Number string
}

func (c AnswerLeg) Leg() string      { return c.UUID }
func (c PlayFiles) Leg() string      { return c.UUID }
func (c CollectDigits) Leg() string  { return c.UUID }
func (c Break) Leg() string          { return c.UUID }
func (c BridgeLegs) Leg() string     { return c.A }
func (c ParkLeg) Leg() string        { return c.UUID }
func (c TransferLeg) Leg() string    { return c.UUID }
func (c HangupLeg) Leg() string      { return c.UUID }
func (c SetVars) Leg() string        { return c.UUID }
func (c StartRecording) Leg() string { return c.UUID }
func (c StopRecording) Leg() string  { return c.UUID }
func (c Originate) Leg() string      { return c.UUID }
func (c AskPhone) Leg() string       { return c.UUID }
func (c SendKeys) Leg() string       { return c.UUID }
func (c DeadMan) Leg() string        { return c.UUID }
func (c DumpChannel) Leg() string    { return c.UUID }
