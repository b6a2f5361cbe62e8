package calls

import (
	"time"

	"switchdesk/esl"
)

// settleIn is how long a new leg may be missing from a snapshot: the switch
// writes its list some time after the leg's first event.
const settleIn = 3 * time.Second

// Reconcile holds the call against all that the switch has (after a lost
// socket or a restart of the controller, and as a regular audit): events that
// were missed are made up for, and what should be heard is started again if
// it is not running. resume asks the floor to repeat the flow's step.
func (c *Call) Reconcile(find func(uuid string) *esl.Channel, o *Effects, now time.Time) (resume bool) {
	if c.Stage == Over {
		return false
	}
	for _, uuid := range c.Legs() {
		l := c.Leg(uuid)
		ch := find(uuid)
		switch {
		case l == nil:
		case ch == nil && now.Sub(l.Created) < settleIn:
		case ch == nil:
			c.legGone(l, "LOST", o, now)
		case l.Kills > 0:
			c.kill(o, l, "NORMAL_CLEARING", now)
		case ch.Answered() && l.State != LegUp:
			c.legUp(l, o, now)
			if ch.App == "park" && c.Unjoined {
				c.parked(l, o, now)
			}
		case l.State == LegNew:
			l.State = LegRinging
		}
	}
	if c.Stage == Over || c.Gone || !c.Customer.live() {
		return false
	}
	return c.resumeMedia(find(c.Customer.UUID), o, now)
}

func (c *Call) resumeMedia(ch *esl.Channel, o *Effects, now time.Time) (resume bool) {
	if ch == nil {
		return false
	}
	idle := ch.App == "" || ch.App == "park"
	switch c.Stage {
	case Talking:
		if ch.Peer == "" && c.JoinBy.IsZero() && c.InHand != "" && now.Sub(c.Since) > settleIn {
			c.Joins = 0
			c.join(o, now)
		}
		return false
	case Held:
		if ch.Peer != "" {
			o.do(esl.ParkLeg{UUID: c.Customer.UUID, Both: true})
			c.Media = Media{}
		} else if idle {
			c.PlayMusic(o, c.Wait, now)
		}
	case Queued, Ringing:
		if idle && c.Media.Kind == Music {
			files := c.Media.Files
			c.Media = Media{}
			c.PlayMusic(o, files, now)
		} else if idle && c.Media.After != nil {
			c.mediaDone("", "failed", o, now)
		}
	case IVR, Voicemail:
		resume = idle
	}
	if c.Direction == In {
		c.renewFuse(o, now)
	}
	return resume
}
