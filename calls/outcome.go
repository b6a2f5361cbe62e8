package calls

import "time"

// finishIfOver ends the call once, when no leg is left.
func (c *Call) finishIfOver(o *Effects, now time.Time) {
	if c.Stage == Over || c.Customer.live() || c.toCallBack() {
		return
	}
	for i := range c.Others {
		if c.Others[i].live() {
			return
		}
	}
	if c.Direction == Out && c.Customer.UUID == "" && c.Stage == Dialling {
		return // the agent's phone is up and the customer is about to be dialled
	}
	c.stopTalk(now)
	c.Ended = now
	c.closeRecording(now)
	c.Verdict = c.outcome()
	c.enter(Over, now)
	o.tell(News{What: CallOver})
}

// tooShort is within what time of its order a recording may be overtaken by
// the hang-up, so that there is none.
const tooShort = 2 * time.Second

func (c *Call) closeRecording(now time.Time) {
	if c.Rec == nil {
		return
	}
	if c.Rec.Stopped.IsZero() {
		c.Rec.Stopped = now
	}
	if !c.Rec.Began && c.Rec.Stopped.Sub(c.Rec.Started) < tooShort && c.Customer.Cause != "LOST" {
		c.Rec = nil
	}
}

// outcome decides how the call counts: manual 4.1.1 for inbound calls, 4.1.3
// for outbound ones.
func (c *Call) outcome() Outcome {
	switch {
	case c.Verdict != "":
		return c.Verdict
	case !c.Answer.IsZero():
		return Answered
	case c.Direction == Out:
		return c.outboundOutcome()
	case c.Message:
		return LeftMessage
	case c.rangAnAgent():
		return RingNoAnswer
	case len(c.Visits) > 0:
		return QueueAbandoned
	}
	return EndedInIVR
}

func (c *Call) rangAnAgent() bool {
	for _, r := range c.Rings {
		if r.Result != "unreachable" {
			return true
		}
	}
	return false
}

func (c *Call) outboundOutcome() Outcome {
	if c.Customer.UUID == "" {
		return Cancelled
	}
	switch {
	case c.HangupBy == "agent" && c.Customer.Rang.IsZero():
		return Cancelled
	case c.HangupBy == "agent":
		return NoAnswer // rang until the agent had enough
	}
	switch c.Customer.Cause {
	case "USER_BUSY":
		return Busy
	case "NO_ANSWER", "NO_USER_RESPONSE", "ALLOTTED_TIMEOUT", "CALL_REJECTED":
		return NoAnswer
	case "ORIGINATOR_CANCEL":
		if c.Customer.Rang.IsZero() {
			return Cancelled
		}
		return NoAnswer
	}
	return Failed
}
