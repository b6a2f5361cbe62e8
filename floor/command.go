package floor

import (
	"time"

	"switchdesk/agents"
)

// Command is something that an agent, a supervisor or the web app's presence
// asks of the floor. A command that can't be carried out now gives a fault
// that says why; the floor is as before then.
type Command interface{ who() (account, agent int64) }

type (
	// SignIn says that an agent's softphone bar is open.
	SignIn struct{ Account, Agent int64 }
	// SignOut says that it has been closed.
	SignOut struct{ Account, Agent int64 }
	// SetState chooses idle, busy, break or custom; By is who asked.
	SetState struct {
		Account, Agent, By int64
		State              agents.State
		Reason             string
	}
	// SetMethod changes how the agent answers.
	SetMethod struct {
		Account, Agent int64
		Method         agents.Method
	}
	// Dial calls a number for the agent.
	Dial struct {
		Account, Agent int64
		Number         string
	}
	// Answer asks the agent's phone to answer, where it can be asked.
	Answer struct {
		Account, Agent int64
		Call           string
	}
	// Refuse sends the ringing call back to its queue.
	Refuse struct {
		Account, Agent int64
		Call           string
	}
	// Hangup ends the agent's part of the call; the flow may go on with the
	// customer.
	Hangup struct {
		Account, Agent int64
		Call           string
	}
	// Hold gives the customer music; neither hears the other.
	Hold struct {
		Account, Agent int64
		Call           string
	}
	// Resume ends a hold.
	Resume struct {
		Account, Agent int64
		Call           string
	}
	// ToMenu ends the agent's part and sends the customer to a node of an
	// active flow that is marked as transferable.
	ToMenu struct {
		Account, Agent int64
		Call           string
		Flow           int64
		Node           string
	}
	// Transfer ends the agent's part and passes the customer on to one of
	// ToAgent, ToGroup and ToNumber.
	Transfer struct {
		Account, Agent   int64
		Call             string
		ToAgent, ToGroup int64
		ToNumber         string
	}
	// SendSurvey ends the agent's part and asks the customer for a rating.
	SendSurvey struct {
		Account, Agent int64
		Call           string
	}
	// DropCallback takes a waiting call-back off the list; By is who asked.
	DropCallback struct {
		Account, By int64
		Call        string
	}
	// ExtendWrapUp moves the end of the wrap-up.
	ExtendWrapUp struct {
		Account, Agent int64
		By             time.Duration
	}
	// FinishWrapUp ends it.
	FinishWrapUp struct{ Account, Agent int64 }
)

func (c SignIn) who() (int64, int64)       { return c.Account, c.Agent }
func (c SignOut) who() (int64, int64)      { return c.Account, c.Agent }
func (c SetState) who() (int64, int64)     { return c.Account, c.Agent }
func (c SetMethod) who() (int64, int64)    { return c.Account, c.Agent }
func (c Dial) who() (int64, int64)         { return c.Account, c.Agent }
func (c Answer) who() (int64, int64)       { return c.Account, c.Agent }
func (c Refuse) who() (int64, int64)       { return c.Account, c.Agent }
func (c Hangup) who() (int64, int64)       { return c.Account, c.Agent }
func (c Hold) who() (int64, int64)         { return c.Account, c.Agent }
func (c Resume) who() (int64, int64)       { return c.Account, c.Agent }
func (c ToMenu) who() (int64, int64)       { return c.Account, c.Agent }
func (c Transfer) who() (int64, int64)     { return c.Account, c.Agent }
func (c SendSurvey) who() (int64, int64)   { return c.Account, c.Agent }
func (c DropCallback) who() (int64, int64) { return c.Account, c.By }
func (c ExtendWrapUp) who() (int64, int64) { return c.Account, c.Agent }
func (c FinishWrapUp) who() (int64, int64) { return c.Account, c.Agent }
