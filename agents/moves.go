package agents

import (
	"time"

	"switchdesk/internal/fault"
)

// SignIn puts the agent on the floor, idle unless the phone is down. A second
// SignIn changes nothing.
func (a *Agent) SignIn(now time.Time) {
	a.Tick(now)
	if a.SignedIn {
		return
	}
	a.SignedIn = true
	a.Chosen, a.Reason = Idle, ""
	a.moved(now, false)
}

// SignOut takes the agent off the floor and ends a wrap-up. A call in hand
// goes on and a ring stays until the floor withdraws it; offline follows then.
func (a *Agent) SignOut(now time.Time) {
	a.Tick(now)
	if !a.SignedIn {
		return
	}
	a.SignedIn = false
	a.Chosen, a.Reason = Idle, ""
	a.endWrapUp()
	a.moved(now, false)
}

// Choose sets idle, busy, break or custom; reason names the break or the
// custom state. With a call, a ring or a wrap-up in hand it becomes the state
// that follows; only choosing idle in wrap-up ends the wrap-up at once. It
// fails when signed out, for another state, and for custom without a reason.
func (a *Agent) Choose(state State, reason string, now time.Time) error {
	a.Tick(now)
	switch state {
	case Idle:
		reason = ""
	case Busy, Break:
	case Custom:
		if reason == "" {
			return fault.New(fault.Invalid, "agent.reason_missing", "name the custom state").On("reason")
		}
	default:
		return fault.New(fault.Invalid, "agent.state_unknown", "the state %q cannot be chosen", string(state)).On("state")
	}
	if !a.SignedIn {
		return fault.New(fault.Conflict, "agent.offline", "the agent is signed out")
	}
	a.Chosen, a.Reason = state, reason
	if state == Idle {
		a.endWrapUp()
	}
	a.moved(now, false)
	return nil
}

// PhoneUp says that the phone of the chosen answer method can be rung.
func (a *Agent) PhoneUp(now time.Time) {
	a.Tick(now)
	a.PhoneReady = true
	a.moved(now, false)
}

// PhoneDown says that it can't; the agent shows as disconnected from now on,
// or once the call or wrap-up in hand is over.
func (a *Agent) PhoneDown(now time.Time) {
	a.Tick(now)
	a.PhoneReady = false
	a.moved(now, false)
}

// SetMethod changes how the agent answers; ready tells whether that phone is
// up. It fails while a call is ringing or in hand.
func (a *Agent) SetMethod(m Method, ready bool, now time.Time) error {
	a.Tick(now)
	switch m {
	case Web, SIP, Mobile:
	default:
		return fault.New(fault.Invalid, "agent.method_unknown", "there is no answer method %q", string(m)).On("method")
	}
	if a.Offer != "" || a.Call != "" {
		return fault.New(fault.Conflict, "agent.in_call", "the answer method cannot change during a call")
	}
	a.Method, a.PhoneReady = m, ready
	a.moved(now, false)
	return nil
}

// Reserve starts the ring of a call from a group. It fails unless the agent is
// idle; the same call again is no error.
func (a *Agent) Reserve(call string, now time.Time) error {
	a.Tick(now)
	if a.Offer == call && call != "" {
		return nil
	}
	if s := a.State(); s != Idle || call == "" {
		return fault.New(fault.Conflict, "agent.not_idle", "agent %s is not idle but %s", a.Number, s)
	}
	a.Offer = call
	a.moved(now, false)
	return nil
}

// ReserveDirect starts the ring of a call meant for this very person: a
// transfer, a consultation, a flow that names the agent. Busy, break and
// custom don't hinder it; a call, a ring, a wrap-up, a phone that is down do.
func (a *Agent) ReserveDirect(call string, now time.Time) error {
	a.Tick(now)
	if a.Offer == call && call != "" {
		return nil
	}
	switch s := a.State(); {
	case call == "":
		return fault.New(fault.Invalid, "agent.call_missing", "the call has no id")
	case s == Idle, s == Busy, s == Break, s == Custom:
		a.Offer = call
		a.moved(now, false)
		return nil
	default:
		return fault.New(fault.Conflict, "agent.unreachable", "agent %s cannot be rung now (%s)", a.Number, s)
	}
}

// Ending is how a ring ended without an answer.
type Ending string

const (
	Missed    Ending = "missed"    // rang out, or the phone couldn't be reached
	Refused   Ending = "refused"   // the agent said no
	Withdrawn Ending = "withdrawn" // not the agent's doing: the caller left, a colleague answered
)

// AfterMiss is what follows a missed or refused ring.
type AfterMiss string

const (
	SetBusy  AfterMiss = "busy"  // the agent is set busy, with the reason
	AskAgain AfterMiss = "again" // the agent stays idle and will be asked again
)

// Release ends the ring of call; a ring of another call isn't touched. Missed
// and Refused set an idle agent busy if the policy says so, and put the agent
// last in "longest idle" if not; Withdrawn leaves the agent's place as it was.
func (a *Agent) Release(call string, how Ending, policy AfterMiss, now time.Time) {
	a.Tick(now)
	if a.Offer != call || call == "" {
		return
	}
	a.Offer = ""
	if how != Withdrawn && policy == SetBusy && a.SignedIn && a.Next() != Break && a.Next() != Custom {
		a.Chosen, a.Reason = Busy, ReasonNoAnswer
		if how == Refused {
			a.Reason = ReasonRefused
		}
	}
	a.moved(now, how == Withdrawn)
}

// Connect says that the agent talks: the ringing call was answered at the
// phone, or the dialled one by the other side. It fails for a call that is
// neither, such as one released a moment ago; a repeat is no error.
func (a *Agent) Connect(call string, now time.Time) error {
	a.Tick(now)
	switch {
	case call == "" || (a.Offer != call && a.Call != call):
		return fault.New(fault.Conflict, "agent.not_offered", "call %s is not offered to agent %s", call, a.Number)
	case a.Call == call && a.Answered:
		return nil
	case a.Call == "":
		a.Offer = ""
	}
	a.Call, a.Answered = call, true
	a.TalkSince = now
	a.CallsToday++
	a.moved(now, false)
	return nil
}

// Dialling says that the agent calls out; a wrap-up in hand ends with it. It
// fails while signed out, disconnected, ringing or on another call.
func (a *Agent) Dialling(call string, now time.Time) error {
	a.Tick(now)
	if a.Call == call && call != "" {
		return nil
	}
	switch s := a.State(); {
	case call == "":
		return fault.New(fault.Invalid, "agent.call_missing", "the call has no id")
	case s == Offline, s == Ringing, s == Talking, !a.PhoneReady:
		return fault.New(fault.Conflict, "agent.cannot_dial", "agent %s cannot call out now (%s)", a.Number, s)
	}
	a.endWrapUp()
	a.Call, a.Answered = call, false
	a.moved(now, false)
	return nil
}

// EndCall ends the call in hand. After a talk a wrap-up of the given length
// follows (none if 0, if signed out, or if nobody answered). For a call that
// the agent isn't on it does nothing; for one that still rings see Release.
func (a *Agent) EndCall(call string, wrap time.Duration, now time.Time) {
	a.Tick(now)
	if a.Call != call || call == "" {
		return
	}
	if a.Answered {
		if talk := now.Sub(a.TalkSince); talk > 0 {
			a.TalkToday += talk
		}
		if wrap > 0 && a.SignedIn {
			a.WrapCall, a.WrapFrom, a.WrapUntil = call, now, now.Add(wrap)
		}
	}
	a.Call, a.Answered, a.TalkSince = "", false, time.Time{}
	a.moved(now, false)
}
