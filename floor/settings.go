package floor

import (
	"strconv"
	"time"

	"switchdesk/agents"
	"switchdesk/flows"
	"switchdesk/queues"
)

// Settings is all that the floor must know of what admins set. It is made
// anew and swapped whole when something changes; nothing in it is changed.
type Settings struct {
	Domain   string // SIP domain of the agents' phones
	Music    string // what waiting and held callers hear
	Accounts map[int64]*Account
	Numbers  map[string]*Number // by normalised service number

	// PromptPath is where the switch finds a prompt of an account.
	// "" if there is no such file (yet): it is left out.
	PromptPath func(account int64, p flows.Prompt) string
	// PromptReady tells whether the sound of a text is there; nil: it always
	// is. It only looks and never waits.
	PromptReady func(account int64, p flows.Prompt) bool
	// RecordingPath is where the switch writes a call's recording; at is when
	// it starts.
	RecordingPath func(account int64, call string, at time.Time) string
	// Normalise brings a number as the switch shows it into the form in which
	// numbers are kept.
	Normalise func(number string) string
	// Region names the place of a number (归属地), "" if not known.
	Region func(number string) string
}

// Account is one enterprise.
type Account struct {
	ID           int64
	Language     string // of engine announcements: "zh" or "en"
	Zone         *time.Location
	InboundLimit int           // live inbound calls; 0: no limit
	WrapUp       time.Duration // after calls that no group gave
	Groups       map[int64]queues.Group
	Agents       map[int64]Agent
	Trunk        string // gateway for calls to the outside, "" if there is none
	Prefix       string // put before numbers that go out by it
	CallerID     string // number shown on them
	Survey       int64  // flow that asks for a rating; 0: the usual question
	Blacklisted  func(number string) bool
	Hours        func(name string, t time.Time) bool // whether a calendar is open
	Holiday      func(name string, t time.Time) bool // whether it is closed for a holiday
	// Flow gives a flow's active version, FlowAt a given one; nil if there is
	// none.
	Flow   func(id int64) (*flows.Flow, int64)
	FlowAt func(id, version int64) *flows.Flow
	// ActiveFlows lists the versions in force, by id; nil: none.
	ActiveFlows func() map[int64]*flows.Flow
	// FlowNamed gives the active version of the flow of that name.
	FlowNamed func(name string) (f *flows.Flow, id, version int64)
}

// Agent is one agent's settings.
type Agent struct {
	ID     int64
	Number string // 工号
	Name   string
	Method agents.Method
	Mobile string
}

// Number is one service number.
type Number struct {
	Account int64
	Number  string
	FlowID  int64 // 0: none
	// Choose says which flow answers a call that arrives now, and which entry
	// of the number's schedule says so; nil: FlowID, always.
	Choose func(now time.Time) (flow int64, entry string)
}

// flow is who answers a call that arrives now.
func (n *Number) flow(now time.Time) (int64, string) {
	if n.Choose == nil {
		return n.FlowID, ""
	}
	return n.Choose(now)
}

// PhoneUser is the SIP user of an agent's phone: 1-8001 on the desk,
// 1-8001-w in the browser; "" for a mobile.
func PhoneUser(account int64, number string, m agents.Method) string {
	user := strconv.FormatInt(account, 10) + "-" + number
	switch m {
	case agents.SIP:
		return user
	case agents.Web:
		return user + "-w"
	}
	return ""
}

func (a *Account) groupName(id int64) string { return a.Groups[id].Name }

func (a *Account) agentName(id int64) string { return a.Agents[id].Name }

func (a *Account) blacklisted(number string) bool {
	return a.Blacklisted != nil && a.Blacklisted(number)
}

func (s *Settings) music() string {
	if s.Music == "" {
		return "local_stream://default"
	}
	return s.Music
}

func (s *Settings) region(number string) string {
	if s.Region == nil {
		return ""
	}
	return s.Region(number)
}

func (s *Settings) normalise(number string) string {
	if s.Normalise == nil {
		return number
	}
	return s.Normalise(number)
}

// prompts gives the files of engine announcements by their builtin names.
func (s *Settings) prompts(a *Account, names ...string) []string {
	files := make([]string, 0, len(names))
	for _, n := range names {
		if file := s.PromptPath(a.ID, flows.Prompt{File: n, Lang: a.Language}); file != "" {
			files = append(files, file)
		}
	}
	return files
}
