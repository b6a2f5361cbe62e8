package calls

import (
	"encoding/json"
	"time"
)

// Record is the one row that stays of a call. Seconds are as the manual's
// reports count them (4.1.5, 4.1.7): queue from entering the group, ring from
// the first phone that rang, talk without hold.
type Record struct {
	ID             string     `gorm:"primaryKey;size:36" json:"id"`
	AccountID      int64      `json:"-"`
	Direction      Direction  `gorm:"size:8" json:"direction" enum:"in,out"`
	From           string     `gorm:"column:from_number;size:40" json:"from"`
	To             string     `gorm:"column:to_number;size:40" json:"to"`
	Service        string     `gorm:"size:40" json:"service" doc:"service number that was dialled"`
	Region         string     `gorm:"size:60" json:"region"`
	FlowName       string     `gorm:"size:100" json:"flow_name"`
	GroupID        int64      `json:"group_id"`
	GroupName      string     `gorm:"size:100" json:"group_name"`
	AgentID        int64      `json:"agent_id"`
	AgentName      string     `gorm:"size:100" json:"agent_name"`
	Outcome        Outcome    `gorm:"size:20" json:"outcome"`
	StartedAt      time.Time  `json:"started_at"`
	AnsweredAt     *time.Time `json:"answered_at"`
	EndedAt        time.Time  `json:"ended_at"`
	QueueSeconds   float64    `json:"queue_seconds"`
	RingSeconds    float64    `json:"ring_seconds"`
	TalkSeconds    float64    `json:"talk_seconds"`
	HoldSeconds    float64    `json:"hold_seconds"`
	HangupCause    string     `gorm:"size:60" json:"hangup_cause"`
	HangupBy       string     `gorm:"size:12" json:"hangup_by" enum:"customer,agent,system"`
	CustomerID     int64      `json:"customer_id"`
	CustomerName   string     `gorm:"size:100" json:"customer_name"`
	RecordingState RecState   `gorm:"size:10" json:"recording_state" enum:"none,waiting,stored,missing,expired"`
	Note           string     `gorm:"type:text" json:"note"`
	Rating         string     `gorm:"size:60" json:"rating"`
	RatingDetail   string     `gorm:"size:60" json:"rating_detail"`
	Held           bool       `json:"held"` // kept whatever the retention rules say
	RatingAsked    Asked      `gorm:"size:8" json:"rating_asked" enum:",agent,system" doc:"who asked the customer for a rating; empty if nobody did"`
	CallbackOf     string     `gorm:"size:36" json:"callback_of" doc:"the call in which the customer asked to be called back"`
	Repeat         int        `gorm:"column:repeat_within" json:"repeat" doc:"24 or 48: the caller's last call was so many hours ago at most"`
	TotalSeconds   float64    `json:"total_seconds" doc:"from the first ring to the last hang-up"`

	// What people do to a record afterwards.
	Marked   bool       `json:"marked"`
	ClosedAt *time.Time `json:"closed_at" doc:"when somebody put it aside as dealt with"`
	StatusID int64      `json:"status_id" doc:"contact status"`
}

// TableName is where records are kept.
func (Record) TableName() string { return "calls" }

// Peer is the customer's number, whichever way the call went.
func (r *Record) Peer() string {
	if r.Direction == Out {
		return r.To
	}
	return r.From
}

// RecState tells where a recording is.
type RecState string

const (
	RecNone    RecState = "none"    // the call was not recorded
	RecWaiting RecState = "waiting" // in the spool
	RecStored  RecState = "stored"  // in the object store, verified
	RecMissing RecState = "missing" // should be there and is not: an alarm
	RecExpired RecState = "expired" // deleted when its time was up
)

// StepRow, RingRow and LegRow are the record's details.
type StepRow struct {
	ID        int64     `gorm:"primaryKey" json:"-"`
	AccountID int64     `json:"-"`
	CallID    string    `gorm:"size:36" json:"-"`
	Seq       int       `json:"seq"`
	At        time.Time `json:"at"`
	Node      string    `gorm:"size:100" json:"node"`
	Kind      string    `gorm:"size:30" json:"kind"`
	Title     string    `gorm:"size:200" json:"title"`
	Input     string    `gorm:"size:200" json:"input"`
	Exit      string    `gorm:"column:exit_name;size:60" json:"exit"`
	How       string    `gorm:"size:10" json:"how,omitempty"`
	FlowID    int64     `json:"flow,omitempty"`
	Version   int64     `json:"version,omitempty"`
	Detail    string    `gorm:"size:500" json:"detail"`
}

func (StepRow) TableName() string { return "call_steps" }

// RingRow is one agent's phone having been rung.
type RingRow struct {
	ID        int64     `gorm:"primaryKey" json:"-"`
	AccountID int64     `json:"-"`
	CallID    string    `gorm:"size:36" json:"call_id"`
	Seq       int       `json:"seq"`
	AgentID   int64     `json:"agent_id"`
	GroupID   int64     `json:"group_id"`
	At        time.Time `json:"at"`
	EndedAt   time.Time `json:"ended_at"`
	Result    string    `gorm:"size:16" json:"result"`
	Cause     string    `gorm:"size:60" json:"cause"`
}

func (RingRow) TableName() string { return "call_rings" }

// LegRow is one leg of the call.
type LegRow struct {
	ID         int64      `gorm:"primaryKey" json:"-"`
	AccountID  int64      `json:"-"`
	CallID     string     `gorm:"size:36" json:"-"`
	UUID       string     `gorm:"size:36" json:"uuid"`
	Role       string     `gorm:"size:12" json:"role" enum:"customer,agent,outside"`
	AgentID    int64      `json:"agent_id"`
	Number     string     `gorm:"size:40" json:"number"`
	StartedAt  time.Time  `json:"started_at"`
	AnsweredAt *time.Time `json:"answered_at"`
	EndedAt    time.Time  `json:"ended_at"`
	Cause      string     `gorm:"size:60" json:"cause"`
}

func (LegRow) TableName() string { return "call_legs" }

// VisitRow is one stay in a skill group's queue.
type VisitRow struct {
	ID        int64     `gorm:"primaryKey" json:"-"`
	AccountID int64     `json:"-"`
	CallID    string    `gorm:"size:36" json:"-"`
	Seq       int       `json:"seq"`
	GroupID   int64     `json:"group_id"`
	EnteredAt time.Time `json:"entered_at"`
	LeftAt    time.Time `json:"left_at"`
	Why       string    `gorm:"size:16" json:"why"`
}

func (VisitRow) TableName() string { return "call_visits" }

// StretchRow is a talk or a hold.
type StretchRow struct {
	ID        int64       `gorm:"primaryKey" json:"-"`
	AccountID int64       `json:"-"`
	CallID    string      `gorm:"size:36" json:"-"`
	Seq       int         `json:"seq"`
	Kind      StretchKind `gorm:"size:12" json:"kind"`
	AgentID   int64       `json:"agent_id"`
	GroupID   int64       `json:"group_id"`
	How       Via         `gorm:"size:12" json:"how"`
	BeganAt   time.Time   `json:"began_at"`
	EndedAt   time.Time   `json:"ended_at"`
}

func (StretchRow) TableName() string { return "call_stretches" }

// RecordingRow is the audio of a call and where it is.
type RecordingRow struct {
	CallID    string     `gorm:"primaryKey;size:36" json:"-"`
	AccountID int64      `json:"-"`
	Path      string     `gorm:"column:spool_path;size:400" json:"-"`
	BlobKey   string     `gorm:"size:200" json:"-"`
	Seconds   float64    `json:"seconds"`
	Bytes     int64      `json:"bytes"`
	State     RecState   `gorm:"size:10" json:"state" enum:"waiting,stored,missing"`
	Voicemail bool       `json:"voicemail"`
	StartedAt time.Time  `json:"started_at"`
	StoppedAt time.Time  `json:"stopped_at"`
	Tries     int        `json:"-"`
	NextTry   time.Time  `json:"-"`
	Problem   string     `gorm:"size:300" json:"problem,omitempty"`
	StoredAt  *time.Time `json:"stored_at"`
	SHA256    string     `gorm:"column:sha256;size:64" json:"-"`
}

func (RecordingRow) TableName() string { return "recordings" }

// Bundle is everything that is written down of one ended call; it travels
// from the floor to the database through the journal.
type Bundle struct {
	Record    Record        `json:"record"`
	Steps     []StepRow     `json:"steps"`
	Rings     []RingRow     `json:"rings"`
	Legs      []LegRow      `json:"legs"`
	Visits    []VisitRow    `json:"visits"`
	Stretches []StretchRow  `json:"stretches,omitempty"`
	Recording *RecordingRow `json:"recording,omitempty"`

	Day string `json:"day,omitempty"` // that the call began on, in the account's zone

	// Account and path are not part of the rows' JSON for browsers.
	Account int64  `json:"account"`
	Path    string `json:"path,omitempty"`
}

// Names puts words to the numbers of a Call in its record.
type Names struct {
	Service, Flow string
	Zone          *time.Location // the account's
	Group         func(id int64) string
	Agent         func(id int64) string
}

// Bundle makes the record of a call that is over.
func (c *Call) Bundle(n Names) Bundle {
	b := Bundle{Account: c.Account}
	if n.Zone != nil {
		b.Day = c.Started.In(n.Zone).Format(time.DateOnly)
	}
	r := Record{
		ID: c.ID, AccountID: c.Account, Direction: c.Direction, From: c.From, To: c.To,
		Service: n.Service, Region: c.Region, FlowName: n.Flow, AgentID: c.Agent, Outcome: c.Verdict,
		StartedAt: c.Started, AnsweredAt: optional(c.Answer), EndedAt: c.Ended,
		TalkSeconds: (c.TalkSum - c.HoldSum).Seconds(), HoldSeconds: c.HoldSum.Seconds(),
		HangupCause: c.Cause, HangupBy: c.HangupBy, CustomerID: c.CustomerID, CustomerName: c.CustomerName,
		RecordingState: RecNone, Rating: c.Rating, RatingDetail: c.RatingDetail, RatingAsked: c.Asked, CallbackOf: c.CallbackOf,
		Repeat: c.Repeat, TotalSeconds: c.Ended.Sub(c.Started).Seconds(),
	}
	for i := len(c.Stretches) - 1; i >= 0 && r.AgentID == 0; i-- {
		r.AgentID = c.Stretches[i].Agent // who passed the call on to somebody outside
	}
	for i, v := range c.Visits {
		left := orElse(v.Left, c.Ended)
		r.QueueSeconds += left.Sub(v.Entered).Seconds()
		r.GroupID = v.Group
		b.Visits = append(b.Visits, VisitRow{AccountID: c.Account, CallID: c.ID, Seq: i, GroupID: v.Group, EnteredAt: v.Entered, LeftAt: left, Why: v.Why})
	}
	if c.MessageFor != 0 && c.Verdict == LeftMessage {
		r.GroupID = c.MessageFor
	}
	for i, g := range c.Rings {
		end := orElse(g.Ended, c.Ended)
		r.RingSeconds += end.Sub(g.At).Seconds()
		if r.AgentID == 0 {
			// Nobody answered: the last one who was rung is named.
			r.AgentID = c.Rings[len(c.Rings)-1].Agent
		}
		b.Rings = append(b.Rings, RingRow{AccountID: c.Account, CallID: c.ID, Seq: i, AgentID: g.Agent, GroupID: g.Group, At: g.At, EndedAt: end, Result: g.Result, Cause: g.Cause})
	}
	for i, s := range c.Steps {
		b.Steps = append(b.Steps, StepRow{AccountID: c.Account, CallID: c.ID, Seq: i, At: s.At, Node: s.Node, Kind: s.Kind, Title: s.Title, Input: s.Input, Exit: s.Exit, How: s.How, FlowID: s.Flow, Version: s.Version, Detail: s.Detail})
	}
	for i, s := range c.Stretches {
		b.Stretches = append(b.Stretches, StretchRow{AccountID: c.Account, CallID: c.ID, Seq: i, Kind: s.Kind, AgentID: s.Agent, GroupID: s.Group, How: s.How, BeganAt: s.From, EndedAt: orElse(s.To, c.Ended)})
	}
	c.addLegs(&b)
	if n.Group != nil && r.GroupID != 0 {
		r.GroupName = n.Group(r.GroupID)
	}
	if n.Agent != nil && r.AgentID != 0 {
		r.AgentName = n.Agent(r.AgentID)
	}
	if c.Rec != nil {
		r.RecordingState = RecWaiting
		b.Path = c.Rec.Path
		b.Recording = &RecordingRow{CallID: c.ID, AccountID: c.Account, Path: c.Rec.Path, Seconds: c.Rec.Seconds,
			State: RecWaiting, Voicemail: c.Rec.Message, StartedAt: c.Rec.Started, StoppedAt: orElse(c.Rec.Stopped, c.Ended), NextTry: c.Ended}
	}
	b.Record = r
	b.fit()
	return b
}

// fit cuts texts that come from outside to what the tables hold: one caller's
// odd number must not keep a batch of records out of the database.
func (b *Bundle) fit() {
	r := &b.Record
	r.From, r.To, r.Service = cut(r.From, 40), cut(r.To, 40), cut(r.Service, 40)
	r.Region, r.FlowName, r.GroupName = cut(r.Region, 60), cut(r.FlowName, 100), cut(r.GroupName, 100)
	r.Rating, r.RatingDetail = cut(r.Rating, 60), cut(r.RatingDetail, 60)
	r.AgentName, r.CustomerName, r.HangupCause = cut(r.AgentName, 100), cut(r.CustomerName, 100), cut(r.HangupCause, 60)
	for i := range b.Steps {
		s := &b.Steps[i]
		s.Node, s.Kind, s.Title = cut(s.Node, 100), cut(s.Kind, 30), cut(s.Title, 200)
		s.Input, s.Exit, s.Detail = cut(s.Input, 200), cut(s.Exit, 60), cut(s.Detail, 500)
	}
	for i := range b.Rings {
		b.Rings[i].Cause = cut(b.Rings[i].Cause, 60)
	}
	for i := range b.Legs {
		l := &b.Legs[i]
		l.UUID, l.Number, l.Cause = cut(l.UUID, 36), cut(l.Number, 40), cut(l.Cause, 60)
	}
}

func (c *Call) addLegs(b *Bundle) {
	add := func(l Leg, role string) {
		if l.UUID == "" {
			return
		}
		b.Legs = append(b.Legs, LegRow{AccountID: c.Account, CallID: c.ID, UUID: l.UUID, Role: role, AgentID: l.Agent, Number: l.Number,
			StartedAt: orElse(l.Created, c.Started), AnsweredAt: optional(l.Answered), EndedAt: orElse(l.Ended, c.Ended), Cause: l.Cause})
	}
	add(c.Customer, "customer")
	for _, l := range append(append([]Leg(nil), c.Past...), c.Others...) {
		role := "agent"
		switch {
		case l.Customer:
			role = "customer"
		case l.Agent == 0:
			role = "outside"
		}
		add(l, role)
	}
}

// Encode writes the bundle for the journal.
func (b *Bundle) Encode() ([]byte, error) { return json.Marshal(b) }

// DecodeBundle reads what Encode wrote.
func DecodeBundle(data []byte) (Bundle, error) {
	var b Bundle
	if err := json.Unmarshal(data, &b); err != nil {
		return b, err
	}
	b.scope()
	return b, nil
}

// scope puts back what the rows' JSON, made for browsers, leaves out.
func (b *Bundle) scope() {
	id := b.Record.ID
	b.Record.AccountID = b.Account
	for i := range b.Steps {
		b.Steps[i].AccountID, b.Steps[i].CallID = b.Account, id
	}
	for i := range b.Rings {
		b.Rings[i].AccountID, b.Rings[i].CallID = b.Account, id
	}
	for i := range b.Legs {
		b.Legs[i].AccountID, b.Legs[i].CallID = b.Account, id
	}
	for i := range b.Visits {
		b.Visits[i].AccountID, b.Visits[i].CallID = b.Account, id
	}
	for i := range b.Stretches {
		b.Stretches[i].AccountID, b.Stretches[i].CallID = b.Account, id
	}
	if b.Recording != nil {
		b.Recording.AccountID, b.Recording.CallID, b.Recording.Path = b.Account, id, b.Path
		b.Recording.NextTry = b.Record.EndedAt
	}
}

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func orElse(t, other time.Time) time.Time {
	if t.IsZero() {
		return other
	}
	return t
}
