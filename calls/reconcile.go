package calls

import (
	"time"

	"switchdesk/esl"
)

// settleIn is how long a new leg may be missing from a snapshot: the switch
// writes its list some time after the leg's first event.
const settleIn = 3 * time.Second

// Reconcile holds the call against all that the switch has: events that were
// missed are made up for. fresh says that events may have been missed (a lost
// socket, a restart of the controller): what should be heard is then started
// again, for the switch does not tell what it is playing; else it is a regular
// audit.
func (c *Call) Reconcile(find func(uuid string) *esl.Channel, fresh bool, o *Effects, now time.Time) {
	if c.Stage == Over {
		return
	}
	for _, uuid := range c.Legs() {
		l := c.Leg(uuid)
		ch := find(uuid)
		switch {
		case l == nil:
		case ch != nil && !l.Doubt.IsZero():
			l.Doubt = time.Time{} // the list may be late: whoever asks next finds out
		case ch == nil && now.Sub(l.Created) < settleIn:
			if fresh { // its end may have been missed: a refusal of the dump tells
				o.do(esl.DumpChannel{UUID: uuid})
			}
		case ch == nil:
			c.legGone(l, "LOST", o, now)
		case l.Kills > 0:
			c.kill(o, l, "NORMAL_CLEARING", now)
		case ch.Answered() && l.State != LegUp:
			c.legUp(l, o, now)
		case l.State == LegNew:
			l.State = LegRinging
		}
	}
	if c.Stage == Over || c.Gone || !c.Customer.live() {
		return
	}
	ch := find(c.Customer.UUID)
	if ch == nil { // too new for the list, or gone, which the park will tell
		if fresh && c.Stage != Talking {
			c.startAgain(o, now)
		}
		return
	}
	if fresh {
		c.orderAgain(ch, o)
	}
	if c.Stage == Talking {
		c.rejoin(ch, fresh, o, now)
		return
	}
	if fresh {
		c.startAgain(o, now)
	}
}

// orderAgain repeats orders that may have been lost with the socket.
func (c *Call) orderAgain(ch *esl.Channel, o *Effects) {
	if c.Direction == In && c.Customer.State == LegUp && !ch.Answered() {
		o.do(esl.AnswerLeg{UUID: c.Customer.UUID})
	}
	if c.Rec != nil && !c.Rec.Began && c.Rec.Stopped.IsZero() {
		o.do(esl.StartRecording{UUID: c.Customer.UUID, Path: c.Rec.Path})
	}
}

// rejoin joins a talk whose bridge is not there.
func (c *Call) rejoin(ch *esl.Channel, fresh bool, o *Effects, now time.Time) {
	apart := ch.Peer == "" && c.JoinBy.IsZero() && now.Sub(c.Since) > settleIn
	if c.InHand != "" && (apart || fresh && c.Unjoined) {
		c.Joins = 0
		c.join(o, now)
	}
}

// startAgain parks the customer, which ends whatever was playing; once the
// park has come, replay plays again what the stage asks for. Not before: what
// is ordered while the switch still leaves the old application ends at once.
func (c *Call) startAgain(o *Effects, now time.Time) {
	if c.Direction == Out && !c.InFlow || c.Stage == Dialling || c.Stage == Ending {
		return
	}
	c.renewFuse(o, now)
	music := c.Media.Files
	if c.Media.After != nil {
		music = c.Media.After
	}
	c.Media = Media{Files: music}
	if c.Customer.State != LegUp {
		c.replay(o, now)
		return
	}
	c.Replay = now.Add(replayGrace)
	o.do(esl.ParkLeg{UUID: c.Customer.UUID, Both: c.Stage == Held})
}

// replay plays again what a waiting customer hears, or asks the floor to
// repeat the flow's step.
func (c *Call) replay(o *Effects, now time.Time) {
	c.Replay = time.Time{}
	music := c.Media.Files
	if music == nil {
		music = c.Wait
	}
	switch c.Stage {
	case Held:
		c.PlayMusic(o, c.Wait, now)
	case Queued, Ringing:
		c.PlayMusic(o, music, now)
	case IVR, Voicemail:
		c.Media = Media{}
		o.tell(News{What: Replay})
	}
}
