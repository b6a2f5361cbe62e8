package calls

import (
	"time"

	"switchdesk/esl"
)

// On takes one event of the switch about one of the call's legs. Events that
// come twice, late, or about legs that are gone change nothing.
func (c *Call) On(e *esl.Event, o *Effects, now time.Time) {
	if c.Stage == Over {
		return
	}
	l := c.Leg(e.UUID)
	if l == nil || l.State == LegGone {
		return
	}
	if e.Kind != esl.Failed {
		l.Doubt = time.Time{}
	}
	switch e.Kind {
	case esl.Create, esl.Progress:
		c.rang(l, e.Kind == esl.Progress, o, now)
	case esl.Answer:
		c.legUp(l, o, now)
	case esl.Park:
		c.parked(l, o, now)
	case esl.Bridge:
		c.bridged(o, now)
	case esl.ExecuteComplete:
		c.executed(l, e, o, now)
	case esl.DTMF:
		if l == &c.Customer && (c.Stage == Queued || c.Stage == Ringing) {
			o.tell(News{What: KeyPressed, Digits: e.Digits})
		}
	case esl.RecordStart:
		if c.Rec != nil && c.Rec.Path == e.Path {
			c.Rec.Began = true
		}
	case esl.RecordStop:
		c.recorded(e, now)
	case esl.Hangup:
		c.legGone(l, e.Cause, o, now)
	case esl.Failed:
		c.refused(l, e, o, now)
	}
}

func (c *Call) rang(l *Leg, progress bool, o *Effects, now time.Time) {
	if l.State == LegNew {
		l.State = LegRinging
	}
	if progress && l.Rang.IsZero() && l.State == LegRinging {
		l.Rang = now
		if l != &c.Customer && l.UUID != c.InHand {
			o.tell(News{What: OfferRang, Agent: l.Agent, Leg: l.UUID})
		}
	}
}

func (c *Call) legUp(l *Leg, o *Effects, now time.Time) {
	if l.State == LegUp {
		return
	}
	l.State, l.Answered = LegUp, now
	switch {
	case l == &c.Customer && l.Kills > 0:
		c.kill(o, l, "ORIGINATOR_CANCEL", now)
	case l == &c.Customer:
		if c.Direction == Out && c.Stage == Dialling {
			c.beginTalk(now)
			c.joinSoon(now)
			o.tell(News{What: OfferUp, Agent: c.Agent, Leg: c.InHand})
		}
	case c.Stage == Ending || c.Gone || l.Kills > 0:
		c.kill(o, l, "ORIGINATOR_CANCEL", now)
	case l.UUID == c.InHand && c.Direction == Out:
		// The agent's own phone is up: the floor dials the customer.
		o.tell(News{What: OfferUp, Agent: l.Agent, Leg: l.UUID})
	case c.InHand != "":
		// Another phone was quicker.
		l.Why = "withdrawn"
		c.kill(o, l, "LOSE_RACE", now)
	default:
		c.winOffer(l, o, now)
	}
}

func (c *Call) winOffer(l *Leg, o *Effects, now time.Time) {
	c.InHand, c.Agent = l.UUID, l.Agent
	c.endRing(l.Agent, "answered", "", now)
	for i := range c.Others {
		if x := &c.Others[i]; x.UUID != l.UUID && x.live() {
			x.Why = "withdrawn"
			c.kill(o, x, "LOSE_RACE", now)
		}
	}
	if n := len(c.Visits); n > 0 && c.Visits[n-1].Left.IsZero() {
		c.Visits[n-1].Left, c.Visits[n-1].Why = now, "answered"
	}
	if c.toCallBack() {
		c.enter(Dialling, now)
		o.tell(News{What: OfferUp, Agent: l.Agent, Leg: l.UUID})
		return
	}
	c.pickUp(o, now)
	c.beginTalk(now)
	c.joinSoon(now)
	o.tell(News{What: OfferUp, Agent: l.Agent, Leg: l.UUID})
}

// joinSoon has the bridge wait for the leg that has just answered to park: a
// bridge ordered before that breaks the switch's own originate off.
func (c *Call) joinSoon(now time.Time) {
	c.Unjoined, c.Joins = true, 0
	c.JoinBy = now.Add(joinGrace)
}

func (c *Call) beginTalk(now time.Time) {
	if c.Answer.IsZero() {
		c.Answer = now
	}
	c.TalkAt = now
	c.beginStretch(now)
	c.enter(Talking, now)
}

func (c *Call) stopTalk(now time.Time) {
	if !c.HeldAt.IsZero() {
		c.HoldSum += now.Sub(c.HeldAt)
		c.HeldAt = time.Time{}
	}
	if !c.TalkAt.IsZero() {
		c.TalkSum += now.Sub(c.TalkAt)
		c.TalkAt = time.Time{}
	}
	c.endStretches(now)
}

// parked: the customer waits for orders. In a hold that is when the music can
// begin; after a talk the floor has been told already by the agent's leg.
func (c *Call) parked(l *Leg, o *Effects, now time.Time) {
	if l.State == LegNew || l.State == LegRinging {
		// An outbound leg parks as soon as it has answered.
		if l != &c.Customer || c.Direction == Out {
			c.legUp(l, o, now)
		}
	}
	if c.Unjoined && c.Stage == Talking && (l.UUID == c.InHand || c.Direction == Out && !c.InFlow) {
		c.tellAndJoin(o, now)
		return
	}
	if l != &c.Customer {
		return
	}
	switch {
	case !c.Replay.IsZero():
		c.replay(o, now)
	case c.Stage == Held && c.Media.Kind != Music:
		c.PlayMusic(o, c.Wait, now)
		c.renewFuse(o, now)
	case c.Stage == Talking && c.InHand == "":
		c.talkOver(o, now)
	case c.Stage == Talking:
		c.Apart = true
	}
}

// tellAndJoin plays to the customer what is to be said first (报工号), then
// joins.
func (c *Call) tellAndJoin(o *Effects, now time.Time) {
	if len(c.Tell) == 0 {
		c.join(o, now)
		return
	}
	words := c.Tell
	c.Tell = nil
	c.Play(o, words, now)
	c.JoinBy = now.Add(tellAtMost)
}

// talkOver: the agent's side is gone and the customer is still there. Which of
// the two hung up shows only now: when the customer does, the switch ends the
// agent's leg first, so the end of that leg alone says nothing.
func (c *Call) talkOver(o *Effects, now time.Time) {
	c.JoinBy = time.Time{}
	c.Apart, c.Unjoined, c.Parting, c.HoldSoon, c.Tell = false, false, false, false, nil
	if c.Media.Kind != Music {
		// That of a hold may play still, where the bridge that was to end it
		// never came about: what comes next breaks it off.
		c.Media = Media{Kind: Music}
	}
	c.enter(IVR, now)
	c.renewFuse(o, now)
	o.tell(News{What: TalkOver, Agent: c.Agent})
}

func (c *Call) bridged(o *Effects, now time.Time) {
	if c.Stage == Talking {
		c.JoinBy = time.Time{}
		c.Joins, c.Apart = 0, false
		switch soon := c.HoldSoon; {
		case c.Parting:
			c.EndTalk(o, now)
		case soon:
			c.HoldSoon = false
			c.Hold(o, now)
		}
	}
}

func (c *Call) executed(l *Leg, e *esl.Event, o *Effects, now time.Time) {
	if l != &c.Customer || e.AppID == "" || e.AppID != c.Media.ID {
		return
	}
	if c.Media.Kind == Music {
		// Music never ends by itself: the file is missing or was broken off.
		c.Media.Expires = now.Add(time.Second)
		return
	}
	cause := ""
	if c.Media.Kind == Collecting && len(e.Digits) < max(c.Media.Min, 1) {
		cause = "timeout"
	}
	c.mediaDone(e.Digits, cause, o, now)
}

func (c *Call) mediaDone(digits, cause string, o *Effects, now time.Time) {
	id, after := c.Media.ID, c.Media.After
	c.Media = Media{}
	if c.Unjoined && c.Stage == Talking {
		if c.InHand != "" {
			c.join(o, now)
		}
		return
	}
	if after != nil {
		c.PlayMusic(o, after, now)
		return
	}
	o.tell(News{What: MediaDone, ID: id, Digits: digits, Cause: cause})
}

func (c *Call) recorded(e *esl.Event, now time.Time) {
	if c.Rec != nil && c.Rec.Path == e.Path && c.Rec.Stopped.IsZero() {
		c.Rec.Stopped, c.Rec.Seconds = now, e.Seconds
		if e.Seconds < 0.02 {
			c.Rec.Began = false // not one frame of sound: the switch keeps no such file
		}
	}
}

func (c *Call) legGone(l *Leg, cause string, o *Effects, now time.Time) {
	if l.State == LegGone {
		return
	}
	was := *l
	l.State, l.Ended, l.Cause = LegGone, now, cause
	if l == &c.Customer {
		c.customerGone(was, cause, o, now)
	} else {
		c.otherGone(was, cause, o, now)
	}
	c.finishIfOver(o, now)
}

func (c *Call) customerGone(was Leg, cause string, o *Effects, now time.Time) {
	if c.Gone {
		return
	}
	if c.toCallBack() {
		c.tryFailed(cause, o, now)
		return
	}
	c.Gone = true
	if c.HangupBy == "" {
		c.HangupBy, c.Cause = "customer", cause
		if was.Kills > 0 {
			c.HangupBy = "system"
		}
		if cause == "LOST" {
			c.HangupBy = "system"
		}
	}
	dialling := c.Stage == Dialling
	c.stopTalk(now)
	if c.Rec != nil && c.Rec.Stopped.IsZero() {
		c.Rec.Stopped = now
	}
	if n := len(c.Visits); n > 0 && c.Visits[n-1].Left.IsZero() {
		c.Visits[n-1].Left, c.Visits[n-1].Why = now, "abandoned"
	}
	c.enter(Ending, now)
	for i := range c.Others {
		if x := &c.Others[i]; x.live() && x.Kills == 0 {
			if x.UUID != c.InHand {
				x.Why = "abandoned"
			}
			c.kill(o, x, "ORIGINATOR_CANCEL", now)
		}
	}
	o.tell(News{What: CustomerGone, Cause: cause})
	if dialling {
		o.tell(News{What: DialFailed, Cause: cause, Agent: c.Agent})
	}
}

func (c *Call) otherGone(was Leg, cause string, o *Effects, now time.Time) {
	switch {
	case was.UUID == c.InHand && c.toCallBack():
		c.callbackAgentGone(was, cause, o, now)
	case was.UUID == c.InHand && c.Stage == Dialling:
		c.HangupBy, c.Cause = "agent", cause
		o.tell(News{What: DialFailed, Agent: was.Agent, Cause: cause, Leg: was.UUID})
		o.tell(News{What: AgentGone, Agent: was.Agent, Leg: was.UUID, Cause: cause})
		c.InHand = ""
		c.enter(Ending, now)
		c.kill(o, &c.Customer, "ORIGINATOR_CANCEL", now)
	case was.UUID == c.InHand:
		c.InHand = ""
		c.JoinBy = time.Time{}
		c.stopTalk(now)
		o.tell(News{What: AgentGone, Agent: was.Agent, Leg: was.UUID, Cause: cause})
		switch {
		case c.Gone || c.Stage == Ending:
		case c.Apart || c.Unjoined || c.Stage == Held || was.Kills > 0:
			c.talkOver(o, now)
		default:
			c.JoinBy = now.Add(partGrace) // the customer's park or hang-up is on its way
		}
	default:
		how := offerResult(was, cause)
		c.endRing(was.Agent, how, cause, now)
		o.tell(News{What: OfferFailed, Agent: was.Agent, Leg: was.UUID, Cause: how})
		if c.Stage == Ringing && !c.ringing() {
			c.enter(Queued, now)
		}
	}
	c.retire(was.UUID)
}

func (c *Call) ringing() bool {
	for i := range c.Others {
		if c.Others[i].live() {
			return true
		}
	}
	return false
}

// retire moves a leg that is gone out of the way; the record keeps it.
func (c *Call) retire(uuid string) {
	for i := range c.Others {
		if c.Others[i].UUID == uuid {
			c.Past = append(c.Past, c.Others[i])
			c.Others = append(c.Others[:i], c.Others[i+1:]...)
			return
		}
	}
}

func offerResult(was Leg, cause string) string {
	if was.Why != "" {
		return was.Why
	}
	switch cause {
	case "LOST":
		return "withdrawn" // not the doing of whose phone it is
	case "NO_ANSWER", "NO_USER_RESPONSE", "ALLOTTED_TIMEOUT", "PROGRESS_TIMEOUT", "ORIGINATOR_CANCEL", "RECOVERY_ON_TIMER_EXPIRE":
		return "missed"
	case "CALL_REJECTED", "USER_BUSY", "NORMAL_CLEARING":
		return "refused"
	}
	return "unreachable"
}

func (c *Call) endRing(agent int64, result, cause string, now time.Time) {
	for i := len(c.Rings) - 1; i >= 0; i-- {
		if r := &c.Rings[i]; r.Agent == agent && r.Ended.IsZero() {
			r.Ended, r.Result, r.Cause = now, result, cause
			return
		}
	}
}
