package api

import (
	"time"

	"switchdesk/floor"
)

// CallView is the record of one call.
type CallView struct {
	ID           string     `json:"id"`
	Direction    string     `json:"direction" enum:"in,out"`
	From         string     `json:"from"`
	To           string     `json:"to"`
	Service      string     `json:"service,omitempty" doc:"name of the service number"`
	Region       string     `json:"region,omitempty" doc:"归属地 of the customer's number"`
	Flow         string     `json:"flow,omitempty"`
	GroupID      int64      `json:"group_id,omitempty"`
	Group        string     `json:"group,omitempty"`
	AgentID      int64      `json:"agent_id,omitempty"`
	Agent        string     `json:"agent,omitempty"`
	CustomerID   int64      `json:"customer_id,omitempty"`
	Customer     string     `json:"customer,omitempty"`
	Outcome      string     `json:"outcome" enum:"ivr,answered,voicemail,ring_no_answer,queue_abandoned,blacklist,limit,no_answer,busy,failed,cancelled"`
	StartedAt    time.Time  `json:"started_at"`
	AnsweredAt   *time.Time `json:"answered_at,omitempty"`
	EndedAt      time.Time  `json:"ended_at"`
	QueueSeconds float64    `json:"queue_seconds"`
	RingSeconds  float64    `json:"ring_seconds"`
	TalkSeconds  float64    `json:"talk_seconds"`
	HoldSeconds  float64    `json:"hold_seconds"`
	HangupCause  string     `json:"hangup_cause,omitempty"`
	HangupBy     string     `json:"hangup_by,omitempty" doc:"customer, agent or system"`
	Recording    string     `json:"recording" enum:"none,waiting,stored,missing,expired"`
	Held         bool       `json:"held,omitempty" doc:"under legal hold: kept whatever the retention rules say"`
	Note         string     `json:"note,omitempty"`
	Rating       string     `json:"rating,omitempty" doc:"满意度: what the caller chose, in the flow's words"`
	RatingDetail string     `json:"rating_detail,omitempty" doc:"what the caller chose at the second question"`
	RatingAsked  string     `json:"rating_asked,omitempty" enum:"agent,system" doc:"who asked for the rating; absent: nobody"`
	CallbackOf   string     `json:"callback_of,omitempty" doc:"the call in which the customer asked to be called back"`
	Repeat       int        `json:"repeat,omitempty" enum:"0,24,48" doc:"the caller called before within so many hours"`
	TotalSeconds float64    `json:"total_seconds" doc:"from the first ring to the last hang-up"`
	Marked       bool       `json:"marked,omitempty"`
	Closed       bool       `json:"closed,omitempty" doc:"put aside as dealt with"`
	StatusID     int64      `json:"status_id,omitempty"`
	Status       string     `json:"status,omitempty" doc:"contact status"`
	Tags         []CallTag  `json:"tags,omitempty"`
}

// CallPage is everything known about one call.
type CallPage struct {
	CallView
	Trail []CallStep     `json:"trail" doc:"IVR轨迹: where the caller went in the flow"`
	Rings []CallRing     `json:"rings" doc:"whom it rang, and what came of it"`
	Legs  []CallLeg      `json:"legs"`
	Audio *RecordingView `json:"audio,omitempty"`
	Log   []CallLogLine  `json:"log" doc:"what happened, in order of time"`
}

// CallStep is one step of the IVR trail.
type CallStep struct {
	At     time.Time `json:"at"`
	Node   string    `json:"node"`
	Kind   string    `json:"kind"`
	Title  string    `json:"title,omitempty"`
	Input  string    `json:"input,omitempty" doc:"what the caller pressed"`
	Exit   string    `json:"exit,omitempty" doc:"how the caller left the node"`
	Detail string    `json:"detail,omitempty"`
}

// CallRing is one ring at one agent.
type CallRing struct {
	At      time.Time `json:"at"`
	AgentID int64     `json:"agent_id"`
	Agent   string    `json:"agent"`
	Seconds float64   `json:"seconds"`
	Result  string    `json:"result" doc:"answered, missed, refused, withdrawn, unreachable or abandoned"`
}

// CallLeg is one connection of the call: the caller, an agent, somebody else.
type CallLeg struct {
	ID         string     `json:"id"`
	Role       string     `json:"role" enum:"customer,agent,outside"`
	Number     string     `json:"number,omitempty"`
	AgentID    int64      `json:"agent_id,omitempty"`
	Agent      string     `json:"agent,omitempty"`
	StartedAt  time.Time  `json:"started_at"`
	AnsweredAt *time.Time `json:"answered_at,omitempty"`
	EndedAt    *time.Time `json:"ended_at,omitempty"`
	Cause      string     `json:"cause,omitempty" doc:"the switch's hang-up cause"`
}

// RecordingView is the recording of a call.
type RecordingView struct {
	State   string  `json:"state" enum:"waiting,stored,missing,expired"`
	Seconds float64 `json:"seconds"`
	Bytes   int64   `json:"bytes"`
	URL     string  `json:"url" doc:"plays with Range requests; add ?download=1 to save it"`
}

// CallLogLine is one line of a call's log.
type CallLogLine struct {
	At     time.Time `json:"at"`
	What   string    `json:"what" doc:"code of what happened" example:"ring.missed"`
	Who    string    `json:"who,omitempty"`
	Detail string    `json:"detail,omitempty"`
}

// Incoming is one call that rang the signed-in agent.
type Incoming struct {
	CallID   string    `json:"call_id"`
	At       time.Time `json:"at"`
	From     string    `json:"from"`
	Region   string    `json:"region,omitempty"`
	Customer string    `json:"customer,omitempty"`
	Service  string    `json:"service,omitempty"`
	Seconds  float64   `json:"seconds"`
	Result   string    `json:"result" enum:"answered,answered_by_other,missed"`
}

// SoftphoneCredentials sign the web softphone in at the switch for a while.
type SoftphoneCredentials struct {
	User      string    `json:"user" example:"1-8001-w"`
	Password  string    `json:"password"`
	Domain    string    `json:"domain"`
	WSURL     string    `json:"ws_url"`
	ExpiresAt time.Time `json:"expires_at" doc:"ask again before this"`
}

// LiveMessage is what the calls topic publishes: one of its fields is set.
type LiveMessage struct {
	Call   *floor.LiveCall `json:"call,omitempty"`
	Ended  string          `json:"ended,omitempty"`
	Resync bool            `json:"resync,omitempty" doc:"too much was missed: read /api/calls/live again"`
}
