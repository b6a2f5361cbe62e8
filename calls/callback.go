package calls

import (
	"time"

	"switchdesk/esl"
)

// A call-back is an outbound call that begins as a place in a queue, with
// nobody on the line. When its turn comes an agent's phone is rung by Offer;
// once that has answered, the customer is called by DialCustomer. A customer
// who isn't reached ends the try, not the call: TryFailed says so, and the
// floor has it wait again or ends it by HangUp.

// toCallBack tells whether this is a call-back that has not reached the
// customer yet; it is not over then, whatever legs there are.
func (c *Call) toCallBack() bool {
	return c.CallbackOf != "" && c.Answer.IsZero() && c.Stage != Ending && c.Stage != Over
}

// tryFailed: the customer wasn't reached, or the agent gave up before that.
func (c *Call) tryFailed(cause string, o *Effects, now time.Time) {
	c.enter(Queued, now)
	if l := c.Leg(c.InHand); l != nil {
		c.kill(o, l, "NORMAL_CLEARING", now)
	}
	o.tell(News{What: TryFailed, Agent: c.Agent, Cause: cause})
}

// callbackAgentGone: the agent who has taken the call-back has hung up before
// the customer answered, or is hung up because the customer won't.
func (c *Call) callbackAgentGone(was Leg, cause string, o *Effects, now time.Time) {
	c.InHand = ""
	o.tell(News{What: AgentGone, Agent: was.Agent, Leg: was.UUID, Cause: cause})
	switch {
	case c.Stage != Dialling: // the try has failed before
	case c.Customer.live():
		c.kill(o, &c.Customer, "ORIGINATOR_CANCEL", now)
	default:
		c.tryFailed("ORIGINATOR_CANCEL", o, now)
	}
}

// ToFlow ends the agent's part so that a flow can speak to the customer, in
// calls in both directions; TalkOver follows once the agent's leg is gone. It
// reports whether there was a talk to end.
func (c *Call) ToFlow(o *Effects, now time.Time) bool {
	if c.Stage != Talking && c.Stage != Held || c.InHand == "" || c.Answer.IsZero() {
		return false
	}
	if c.Direction == Out && !c.InFlow {
		c.InFlow = true
		o.do(esl.SetVars{UUID: c.Customer.UUID, Vars: map[string]string{"hangup_after_bridge": "false", "transfer_after_bridge": afterTalk}})
	}
	c.EndTalk(o, now)
	return true
}
