// Package floor is the live floor: every call, queue and agent of one cell,
// decided by one owner. It ties what `calls`, `flows`, `queues` and `agents`
// decide, and is the same against FreeSWITCH, the simulated switch and in
// virtual time.
package floor

import "time"

// Bar is what one agent's softphone bar shows. It is sent whole on every
// change, so a bar that missed some is right again with the next.
type Bar struct {
	Agent    int64      `json:"agent"`
	Name     string     `json:"name"`
	Number   string     `json:"number" doc:"agent number (工号)"`
	State    string     `json:"state" enum:"offline,disconnected,idle,busy,break,custom,ringing,talking,wrapup"`
	Reason   string     `json:"reason,omitempty"`
	Since    time.Time  `json:"since"`
	Next     string     `json:"next,omitempty" doc:"state that follows this call, chosen while talking"`
	Method   string     `json:"method" enum:"web,sip,mobile"`
	Phone    bool       `json:"phone_ready"`
	WrapEnds *time.Time `json:"wrap_ends,omitempty"`
	Call     *BarCall   `json:"call,omitempty"`
	Notice   string     `json:"notice,omitempty" doc:"code of the last thing that went wrong, e.g. dial.busy"`
}

// BarCall is the call in an agent's hand, or the one that rings.
type BarCall struct {
	ID        string     `json:"id"`
	Direction string     `json:"direction" enum:"in,out"`
	State     string     `json:"state" enum:"dialling,ringing,talking,held,ending"`
	Peer      string     `json:"peer" doc:"the customer's number, masked by right"`
	Region    string     `json:"region,omitempty"`
	Customer  string     `json:"customer,omitempty"`
	Service   string     `json:"service,omitempty" doc:"service number that was dialled"`
	Group     string     `json:"group,omitempty"`
	Started   time.Time  `json:"started"`
	Answered  *time.Time `json:"answered,omitempty"`
	Waited    float64    `json:"waited_seconds"`
	Held      *time.Time `json:"held_since,omitempty"`

	SurveyAsked bool   `json:"survey_asked,omitempty" doc:"the customer was asked for a rating in this call"`
	CallbackOf  string `json:"callback_of,omitempty" doc:"the call in which the customer asked to be called back"`

	Leg string `json:"leg,omitempty" doc:"the agent's SIP leg: the browser matches its WebRTC session by the header X-Switchdesk-Call"`
}

// LiveCall is one row of the live list of calls.
type LiveCall struct {
	ID        string `json:"id"`
	Direction string `json:"direction" enum:"in,out"`
	State     string `json:"state" enum:"ivr,queued,ringing,talking,held,dialling,voicemail"`
	From      string `json:"from"`
	To        string `json:"to"`
	Region    string `json:"region,omitempty"`
	Customer  string `json:"customer,omitempty"`
	Group     int64  `json:"group,omitempty"`
	GroupName string `json:"group_name,omitempty"`
	Agent     int64  `json:"agent,omitempty"`
	AgentName string `json:"agent_name,omitempty"`
	Node      string `json:"node,omitempty" doc:"IVR node the caller is at"`
	Position  int    `json:"position,omitempty" doc:"place in the queue, from 1"`

	CallbackOf string `json:"callback_of,omitempty" doc:"the call in which the customer asked to be called back"`
	Tries      int    `json:"tries,omitempty" doc:"how often the customer was called back in vain"`

	Started  time.Time  `json:"started"`
	Since    time.Time  `json:"since" doc:"when this state began"`
	Answered *time.Time `json:"answered,omitempty"`
}

// Wall is a supervisor's view of the floor.
type Wall struct {
	At     time.Time   `json:"at"`
	Groups []WallGroup `json:"groups"`
	Agents []WallAgent `json:"agents"`
	Today  WallToday   `json:"today"`
}

// WallGroup is a skill group now.
type WallGroup struct {
	ID          int64   `json:"id"`
	Name        string  `json:"name"`
	Waiting     int     `json:"waiting"`
	LongestWait float64 `json:"longest_wait_seconds"`
	Idle        int     `json:"idle"`
	Ringing     int     `json:"ringing"`
	Talking     int     `json:"talking"`
	WrapUp      int     `json:"wrapup"`
	Away        int     `json:"away" doc:"busy, break and custom states"`
	Online      int     `json:"online"`
	Callbacks   int     `json:"callbacks" doc:"of those waiting: people who will be called back"`
	Members     int     `json:"members"`
}

// WallAgent is an agent now.
type WallAgent struct {
	ID     int64     `json:"id"`
	Name   string    `json:"name"`
	Number string    `json:"number"`
	State  string    `json:"state"`
	Reason string    `json:"reason,omitempty"`
	Since  time.Time `json:"since"`
	Method string    `json:"method"`
	Groups []int64   `json:"groups"`
	Call   string    `json:"call,omitempty"`
	Peer   string    `json:"peer,omitempty"`
	Calls  int       `json:"calls_today"`
}

// WallToday sums the account's day so far; Total = the sum of the others
// but Live (manual 4.1.1).
type WallToday struct {
	Total          int `json:"total"`
	IVR            int `json:"ivr"`
	Answered       int `json:"answered"`
	Voicemail      int `json:"voicemail"`
	RingNoAnswer   int `json:"ring_no_answer"`
	QueueAbandoned int `json:"queue_abandoned"`
	Blacklist      int `json:"blacklist"`
	Limit          int `json:"limit"`
	Live           int `json:"live"`
}
