package esl

import (
	"errors"
	"strings"
)

// What can go wrong with a node. Each ends the connection in hand and is
// followed by another try; errors.Is tells them apart.
var (
	// ErrAuth: the event socket does not take our password.
	ErrAuth = errors.New("the switch refused the password")
	// ErrRefused: the event socket's access list does not let this address in.
	ErrRefused = errors.New("the switch refuses connections from this address")
	// ErrFrame: what arrived is not the event socket's protocol, or too big.
	ErrFrame = errors.New("malformed frame from the switch")
	// ErrLost: the connection ended, was reset, or fell silent.
	ErrLost = errors.New("connection to the switch lost")
	// ErrTimeout: a command got no reply in time.
	ErrTimeout = errors.New("no reply from the switch in time")
	// ErrOverflow: events were not taken in time, so the node closed its own
	// socket rather than let the switch's queues fill up.
	ErrOverflow = errors.New("events were not taken in time")
	// ErrOffline: the node is not connected now.
	ErrOffline = errors.New("the switch is not connected")
	// ErrArgument: a command holds text that must not reach the switch.
	ErrArgument = errors.New("unsafe command argument")
	// ErrBusy: too many commands wait to be written.
	ErrBusy = errors.New("too many commands wait for the switch")
)

// sortOf finds which of the errors above err is.
func sortOf(err error) error {
	for _, e := range []error{ErrAuth, ErrRefused, ErrFrame, ErrOverflow, ErrTimeout} {
		if errors.Is(err, e) {
			return e
		}
	}
	return ErrLost
}

// Refusal is the switch's own no to a command, for example "No such channel!".
type Refusal struct{ Cause string }

func (e *Refusal) Error() string { return "the switch refused: " + e.Cause }

// Gone tells whether a Failed event says that the leg no longer exists.
func (e Event) Gone() bool {
	return e.Kind == Failed && goneCause(e.Cause)
}

func goneCause(cause string) bool {
	c := strings.ToLower(cause)
	for _, s := range []string{"no such channel", "invalid session id", "cannot locate session", "invalid uuid"} {
		if strings.HasPrefix(c, s) {
			return true
		}
	}
	return false
}
