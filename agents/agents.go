// Package agents knows what each agent is doing now: signed in or not, ready
// or away, ringing, talking, wrapping up, and the time log of it all.
//
// It is a pure core: no clock, no I/O, no goroutine. The owner of the floor
// passes the time in, drains the closed spans and writes them down.
package agents

import "time"

// State is what an agent is doing, as the softphone bar shows it.
type State string

const (
	Offline      State = "offline"      // signed out
	Disconnected State = "disconnected" // 未连接: signed in, the phone isn't ready
	Idle         State = "idle"         // 空闲: takes the next call
	Busy         State = "busy"         // 忙碌: by choice, or set after a missed ring
	Break        State = "break"        // 小休
	Custom       State = "custom"       // a state of the account's own; Reason names it
	Ringing      State = "ringing"      // a call is offered to the phone
	Talking      State = "talking"      // a call in hand, from the first ring of an own outbound one
	WrapUp       State = "wrapup"       // 后处理, in reports 系统置忙
)

// Method is how an agent answers.
type Method string

const (
	Web    Method = "web"    // the browser's softphone
	SIP    Method = "sip"    // a desk phone
	Mobile Method = "mobile" // a mobile number through a trunk
)

// Reasons that aren't the agent's choice.
const (
	ReasonNoAnswer = "no_answer" // Busy after a ring that nobody answered
	ReasonRefused  = "refused"   // Busy after a ring that the agent refused
	ReasonDialling = "dialling"  // Talking, in the time log: the other side hasn't answered yet
)

// Span is one closed stretch of the time log: the agent was in State from
// From (included) to To (excluded). Reason is the break's or custom state's
// name, why the agent was set busy, or ReasonDialling; Call is set while a call is in hand,
// and in wrap-up it is the call just ended.
type Span struct {
	Agent   int64     `json:"agent"`
	Account int64     `json:"account"`
	State   State     `json:"state"`
	Reason  string    `json:"reason,omitempty"`
	Call    string    `json:"call,omitempty"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
}

// Agent is one agent's live state. Its exported fields are all there is, so
// that JSON keeps it whole over a restart (set Zone again afterwards); change
// them through the methods only.
type Agent struct {
	ID      int64  `json:"id"` // the user's id
	Account int64  `json:"account"`
	Name    string `json:"name"`
	Number  string `json:"number"` // 工号
	Method  Method `json:"method"`

	SignedIn   bool   `json:"signed_in"`
	PhoneReady bool   `json:"phone_ready"`
	Chosen     State  `json:"chosen"`           // Idle, Busy, Break or Custom: what holds when nothing else does
	Reason     string `json:"reason,omitempty"` // of Chosen

	Offer    string `json:"offer,omitempty"`    // call being rung
	Call     string `json:"call,omitempty"`     // call in hand
	Answered bool   `json:"answered,omitempty"` // Call is a talk, not an outbound ring

	WrapCall  string    `json:"wrap_call,omitempty"`
	WrapFrom  time.Time `json:"wrap_from,omitzero"`
	WrapUntil time.Time `json:"wrap_until,omitzero"` // zero: not in wrap-up

	Now       Mark      `json:"now"`   // what is being logged
	Since     time.Time `json:"since"` // start of Now
	TalkSince time.Time `json:"talk_since,omitzero"`
	IdleSince time.Time `json:"idle_since,omitzero"` // place in "longest idle"; kept when a ring is withdrawn

	Day        string        `json:"day,omitempty"` // 2006-01-02 in Zone, of the two counts below
	CallsToday int           `json:"calls_today"`   // talks begun, in and out
	TalkToday  time.Duration `json:"talk_today"`    // nanoseconds of ended talks

	Closed []Span `json:"closed,omitempty"` // spans not drained yet

	Zone *time.Location `json:"-"` // the account's zone; nil is UTC
}

// Mark is what tells one span of the log from the next.
type Mark struct {
	State  State  `json:"state"`
	Reason string `json:"reason,omitempty"`
	Call   string `json:"call,omitempty"`
}

// New makes a signed-out agent whose time log begins at now.
func New(id, account int64, name, number string, method Method, now time.Time) *Agent {
	a := &Agent{
		ID: id, Account: account, Name: name, Number: number, Method: method,
		Chosen: Idle, Since: now,
	}
	a.Now = a.mark()
	a.Day = a.dayOf(now)
	return a
}

// State tells what the agent is doing. A call outranks a ring, a ring outranks
// being signed out (until the floor has withdrawn it), wrap-up outranks a
// phone that is down, and that outranks what the agent chose.
func (a *Agent) State() State {
	switch {
	case a.Call != "":
		return Talking
	case a.Offer != "":
		return Ringing
	case !a.SignedIn:
		return Offline
	case !a.WrapUntil.IsZero():
		return WrapUp
	case !a.PhoneReady:
		return Disconnected
	case a.Chosen == "":
		return Idle
	default:
		return a.Chosen
	}
}

// Next tells what the agent will be once the call or wrap-up in hand is over;
// it equals State when nothing is in hand.
func (a *Agent) Next() State {
	switch {
	case !a.SignedIn:
		return Offline
	case !a.PhoneReady:
		return Disconnected
	case a.Chosen == "":
		return Idle
	}
	return a.Chosen
}

// Open is the span that is still running, cut off at now.
func (a *Agent) Open(now time.Time) Span { return a.span(now) }

// Drain hands over the spans closed since the last Drain, oldest first. Spans
// follow each other without gap or overlap; those of no length are left out.
func (a *Agent) Drain() []Span {
	spans := a.Closed
	a.Closed = nil
	return spans
}

func (a *Agent) mark() Mark {
	m := Mark{State: a.State()}
	switch m.State {
	case Talking:
		m.Call = a.Call
		if !a.Answered {
			m.Reason = ReasonDialling
		}
	case Ringing:
		m.Call = a.Offer
	case WrapUp:
		m.Call = a.WrapCall
	case Busy, Break, Custom:
		m.Reason = a.Reason
	}
	return m
}

func (a *Agent) span(to time.Time) Span {
	if to.Before(a.Since) {
		to = a.Since
	}
	return Span{
		Agent: a.ID, Account: a.Account, State: a.Now.State, Reason: a.Now.Reason,
		Call: a.Now.Call, From: a.Since, To: to,
	}
}

// moved closes the running span if the state is another one now. keepIdle
// leaves the agent's place in "longest idle" as it was.
func (a *Agent) moved(now time.Time, keepIdle bool) {
	m := a.mark()
	if m == a.Now {
		return
	}
	if now.Before(a.Since) { // a clock that went back makes no negative span
		now = a.Since
	}
	if now.After(a.Since) {
		a.Closed = append(a.Closed, a.span(now))
	}
	if m.State == Idle && !(keepIdle && !a.IdleSince.IsZero()) {
		a.IdleSince = now
	}
	a.Now, a.Since = m, now
}

func (a *Agent) dayOf(t time.Time) string {
	zone := a.Zone
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format(time.DateOnly)
}
