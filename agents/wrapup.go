package agents

import (
	"time"

	"switchdesk/internal/fault"
)

// ExtendWrapUp moves the end of the wrap-up by the given time, to at most max
// after its start (0: no bound). It fails outside wrap-up, for a time that
// isn't positive, and when the wrap-up is at its longest already.
func (a *Agent) ExtendWrapUp(by time.Duration, now time.Time, max time.Duration) error {
	a.Tick(now)
	if a.State() != WrapUp {
		return errNoWrapUp()
	}
	if by <= 0 {
		return fault.New(fault.Invalid, "wrapup.time", "the extension must be longer than 0").On("seconds")
	}
	until := a.WrapUntil.Add(by)
	if max > 0 {
		last := a.WrapFrom.Add(max)
		if !a.WrapUntil.Before(last) {
			return fault.New(fault.Conflict, "wrapup.longest", "the wrap-up is at its longest already")
		}
		if until.After(last) {
			until = last
		}
	}
	a.WrapUntil = until
	return nil
}

// FinishWrapUp ends the wrap-up; it fails outside wrap-up.
func (a *Agent) FinishWrapUp(now time.Time) error {
	a.Tick(now)
	if a.State() != WrapUp {
		return errNoWrapUp()
	}
	a.endWrapUp()
	a.moved(now, false)
	return nil
}

// Tick does what is due by now: it ends a wrap-up that is over, as of the
// moment when it was over, and starts a new day's counts. Every other method
// ticks first, so a late Tick changes no figure.
func (a *Agent) Tick(now time.Time) {
	if !a.WrapUntil.IsZero() && !now.Before(a.WrapUntil) {
		end := a.WrapUntil
		a.endWrapUp()
		a.moved(end, false)
	}
	if day := a.dayOf(now); day > a.Day { // never back to a day gone by
		a.Day, a.CallsToday, a.TalkToday = day, 0, 0
	}
}

// NextDeadline tells when Tick has something to do: the end of the wrap-up, or
// midnight for an agent who has counts to lose.
func (a *Agent) NextDeadline() (time.Time, bool) {
	var at time.Time
	if a.CallsToday > 0 && a.SignedIn {
		at = a.midnight()
	}
	if !a.WrapUntil.IsZero() && (at.IsZero() || a.WrapUntil.Before(at)) {
		at = a.WrapUntil
	}
	return at, !at.IsZero()
}

func (a *Agent) midnight() time.Time {
	zone := a.Zone
	if zone == nil {
		zone = time.UTC
	}
	day, err := time.ParseInLocation(time.DateOnly, a.Day, zone)
	if err != nil {
		return time.Time{}
	}
	return day.AddDate(0, 0, 1)
}

func (a *Agent) endWrapUp() {
	a.WrapCall, a.WrapFrom, a.WrapUntil = "", time.Time{}, time.Time{}
}

func errNoWrapUp() error {
	return fault.New(fault.Conflict, "wrapup.none", "the agent is not in wrap-up")
}
