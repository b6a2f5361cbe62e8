package calls

import (
	"strings"
	"time"

	"switchdesk/esl"
)

// refused: the switch did not carry out a command for this leg.
func (c *Call) refused(l *Leg, e *esl.Event, o *Effects, now time.Time) {
	switch {
	case originated(e) && l.State == LegNew && !unsure(e.Cause):
		if offline(e.Cause) && l.Why == "" {
			l.Why = "withdrawn" // not the doing of whose phone it is
		}
		c.legGone(l, e.Cause, o, now)
	case e.Gone() && joining(e):
		// One of the two is no more; the switch does not say which.
		b := e.Sent.(esl.BridgeLegs)
		o.do(esl.DumpChannel{UUID: b.A})
		o.do(esl.DumpChannel{UUID: b.B})
	case e.Gone() && !originated(e):
		if _, ok := e.Sent.(esl.StartRecording); ok && c.Rec != nil && !c.Rec.Began {
			c.Rec = nil // nothing was there to be recorded
		}
		if l.Doubt.IsZero() {
			l.Doubt = now // its hang-up may be on its way
		}
	case unsure(e.Cause) || offline(e.Cause):
		// The next snapshot has the step repeated.
	case e.AppID != "" && e.AppID == c.Media.ID && c.Media.Kind != Music:
		c.mediaDone("", "failed", o, now)
	}
}

func originated(e *esl.Event) bool {
	_, ok := e.Sent.(esl.Originate)
	return ok
}

func joining(e *esl.Event) bool {
	_, ok := e.Sent.(esl.BridgeLegs)
	return ok
}

// unsure: nobody knows whether the switch has carried the command out; the
// next snapshot or the ring's own limit will tell.
func unsure(cause string) bool {
	for _, err := range []error{esl.ErrLost, esl.ErrTimeout, esl.ErrFrame, esl.ErrOverflow} {
		if strings.HasPrefix(cause, err.Error()) {
			return true
		}
	}
	return false
}

// offline: the switch has not been told at all.
func offline(cause string) bool { return strings.HasPrefix(cause, esl.ErrOffline.Error()) }
