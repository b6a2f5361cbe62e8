package floor

import (
	"strconv"
	"strings"
	"time"

	"switchdesk/agents"
	"switchdesk/calls"
	"switchdesk/esl"
	"switchdesk/internal/fault"
)

const (
	ownPhoneRing = 30 * time.Second // for the agent's own phone
	customerRing = 60 * time.Second
)

// originate fills in what every leg that we make carries.
func (c *Core) originate(l *Live, to esl.Target, ring time.Duration, role string) esl.Originate {
	return esl.Originate{
		Target: to, Timeout: ring, From: l.Call.From, FromName: l.Call.From,
		Vars: map[string]string{
			"sd_call":    l.Call.ID,
			"sd_role":    role,
			"sd_account": strconv.FormatInt(l.Call.Account, 10),
		},
	}
}

// dialAgent makes the order that rings an agent's phone.
func (c *Core) dialAgent(l *Live, a *agents.Agent, ring time.Duration) (esl.Originate, calls.Leg, error) {
	acc := c.set.Accounts[a.Account]
	if acc == nil {
		return esl.Originate{}, calls.Leg{}, errUnknownAgent(a.ID)
	}
	leg := calls.Leg{UUID: c.newID(), Agent: a.ID, Number: a.Number}
	to := esl.Target{Domain: c.set.Domain, User: PhoneUser(a.Account, a.Number, a.Method)}
	if a.Method == agents.Mobile {
		mobile := acc.Agents[a.ID].Mobile
		if mobile == "" || acc.Trunk == "" {
			return esl.Originate{}, leg, fault.New(fault.Conflict, "agent.no_mobile", "agent %s has no mobile number or the account has no trunk", a.Number)
		}
		to = esl.Target{Gateway: acc.Trunk, Number: acc.Prefix + mobile}
		leg.Number = mobile
	}
	dial := c.originate(l, to, ring, "agent")
	dial.Vars["hangup_after_bridge"] = "true"
	dial.Vars["ignore_early_media"] = "true"
	dial.Vars["sip_h_X-Switchdesk-Call"] = l.Call.ID
	if a.Method == agents.Web {
		dial.Vars["media_webrtc"] = "true"
	}
	if l.Call.Direction == calls.Out {
		dial.From, dial.FromName = l.Call.To, l.Call.To
	}
	if l.Call.Direction == calls.Out && !l.Call.InFlow && l.Back == nil {
		dial.Vars["sip_h_X-Switchdesk-Dial"] = "1"
		dial.Vars["sip_auto_answer"] = "true"
	}
	return dial, leg, nil
}

// dial begins an agent's own call (V2.1).
func (c *Core) dial(a *agents.Agent, number string, now time.Time) error {
	acc := c.set.Accounts[a.Account]
	number, err := c.mayDial(acc, number)
	if err != nil {
		return err
	}
	node := c.nodeFor(a)
	if node == "" {
		return fault.New(fault.Unavailable, "switch.away", "no switch is connected at the moment")
	}
	l := c.openOut(acc, number, node, now)
	order, leg, err := c.dialAgent(l, a, ownPhoneRing)
	if err == nil {
		err = a.Dialling(l.Call.ID, now)
	}
	if err != nil {
		delete(c.live, l.Call.ID)
		return err
	}
	c.legs[leg.UUID] = l
	l.Call.Dial(&c.eff, leg, order, now)
	c.changed(a)
	c.carry(l, now)
	return nil
}

func (c *Core) openOut(acc *Account, number, node string, now time.Time) *Live {
	l := c.open(acc, calls.Out, node, now)
	l.Call.From, l.Call.To = acc.CallerID, number
	l.Call.Region = c.set.region(number)
	c.lookUp(l, number)
	return l
}

// mayDial is the one guard on every call to the outside.
func (c *Core) mayDial(acc *Account, number string) (string, error) {
	typed := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -()", r) {
			return -1
		}
		return r
	}, number)
	if !dialable(typed) {
		return "", fault.New(fault.Invalid, "dial.number", "%q is not a number that can be dialled", number).On("number")
	}
	if acc == nil || acc.Trunk == "" {
		return "", fault.New(fault.Conflict, "dial.no_trunk", "the account has no trunk for calls to the outside; an admin can add one")
	}
	typed = c.set.normalise(typed)
	if acc.blacklisted(typed) {
		return "", fault.New(fault.Forbidden, "dial.blacklist", "%s is on the blacklist", typed)
	}
	return typed, nil
}

func dialable(number string) bool {
	digits := strings.TrimPrefix(number, "+")
	if len(digits) < 3 || len(digits) > 20 {
		return false
	}
	for _, r := range digits {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

func (c *Core) nodeFor(a *agents.Agent) string {
	if a.Method != agents.Mobile {
		name := c.phoneNode(PhoneUser(a.Account, a.Number, a.Method))
		if n := c.nodes[name]; n != nil && n.up {
			return name
		}
		return ""
	}
	for _, name := range c.order {
		if c.nodes[name].up {
			return name
		}
	}
	return ""
}

// deskDial: an agent has dialled on the desk phone; the leg is parked.
func (c *Core) deskDial(e *esl.Event, now time.Time) {
	a := c.agents[c.phone[e.AuthUser]]
	reject := func(why string) {
		c.out.Notes = append(c.out.Notes, Note{Leg: e.UUID, Node: e.Node, What: "call from a desk phone refused: " + why})
		c.out.Orders = append(c.out.Orders, Order{e.Node, esl.HangupLeg{UUID: e.UUID, Cause: "CALL_REJECTED"}})
	}
	if a == nil {
		reject("phone " + e.AuthUser + " (says it is " + e.From + ") is no agent's")
		return
	}
	acc := c.set.Accounts[a.Account]
	number, err := c.mayDial(acc, e.To)
	if err != nil {
		c.bars[a.ID] = faultCode(err)
		c.changed(a)
		reject(err.Error())
		return
	}
	l := c.openOut(acc, number, e.Node, now)
	if err := a.Dialling(l.Call.ID, now); err != nil {
		delete(c.live, l.Call.ID)
		reject(err.Error())
		return
	}
	c.legs[e.UUID] = l
	l.Call.DeskDial(&c.eff, calls.Leg{UUID: e.UUID, Agent: a.ID, Number: a.Number}, now)
	c.changed(a)
	c.dialCustomer(l, now)
	c.carry(l, now)
}

// dialProgress: a leg of an agent's own call has answered.
func (c *Core) dialProgress(l *Live, n calls.News, now time.Time) {
	if l.Call.Stage == calls.Dialling {
		if l.Back != nil {
			c.takeOver(l, n.Agent, now)
		}
		c.dialCustomer(l, now)
		return
	}
	if a := c.agents[n.Agent]; a != nil {
		if err := a.Connect(l.Call.ID, now); err != nil {
			c.note(l, n.Leg, err.Error())
		}
		c.changed(a)
	}
	if c.set.RecordingPath != nil {
		l.Call.Record(&c.eff, c.set.RecordingPath(l.Call.Account, l.Call.ID, now), false, now)
	}
}

// takeOver: an agent has answered a call-back; until the customer answers it
// is like a number that the agent has dialled.
func (c *Core) takeOver(l *Live, id int64, now time.Time) {
	a := c.agents[id]
	if a == nil {
		return
	}
	l.Call.Via = calls.ViaCallback
	a.Release(l.Call.ID, agents.Withdrawn, agents.AskAgain, now)
	if err := a.Dialling(l.Call.ID, now); err != nil {
		c.note(l, "", err.Error())
	}
	c.changed(a)
}

func (c *Core) dialCustomer(l *Live, now time.Time) {
	acc := c.set.Accounts[l.Call.Account]
	if _, err := c.mayDial(acc, l.Call.To); err != nil {
		c.note(l, "", "not dialled: "+err.Error())
		l.Call.HangUp(&c.eff, "system", "NORMAL_CLEARING", now)
		return
	}
	uuid := c.newID()
	c.legs[uuid] = l
	order := c.originate(l, esl.Target{Gateway: acc.Trunk, Number: acc.Prefix + l.Call.To}, customerRing, "callee")
	order.Vars["RECORD_STEREO"] = "true"
	order.Vars["RECORD_MIN_SEC"] = "0" // else the switch throws away what is shorter than 3 s
	order.Vars["hangup_after_bridge"] = "true"
	l.Call.DialCustomer(&c.eff, uuid, order, now)
}

// dialFailed tells the agent's bar why the call did not come about.
func (c *Core) dialFailed(l *Live, n calls.News, now time.Time) {
	if a := c.agents[n.Agent]; a != nil {
		c.bars[a.ID] = dialNotice(n.Cause)
		c.changed(a)
	}
	l.Call.HangUp(&c.eff, "system", "NORMAL_CLEARING", now)
}

func dialNotice(cause string) string {
	switch cause {
	case "USER_BUSY":
		return "dial.busy"
	case "NO_ANSWER", "NO_USER_RESPONSE", "ALLOTTED_TIMEOUT", "ORIGINATOR_CANCEL":
		return "dial.no_answer"
	case "CALL_REJECTED":
		return "dial.refused"
	case "UNALLOCATED_NUMBER", "NO_ROUTE_DESTINATION", "INVALID_NUMBER_FORMAT", "NUMBER_CHANGED":
		return "dial.no_such_number"
	case "USER_NOT_REGISTERED", "SUBSCRIBER_ABSENT":
		return "dial.switched_off"
	}
	return "dial.failed"
}

func faultCode(err error) string {
	if f, ok := err.(*fault.Error); ok {
		return f.Code
	}
	return "dial.failed"
}
