package flows

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Trial is a caller who is played through a flow without a switch: what holds
// when they call, and what they do. It ends by itself: past what is given,
// the caller presses nothing, and nobody answers for the enterprise.
type Trial struct {
	At          time.Time // its clock is read as the enterprise's own; it does not move
	From, To    string
	Region      string
	Blacklisted bool
	Repeat      bool
	Customer    map[string]string
	Hours       map[string]bool // named opening hours that are open; others are closed
	Keys        []string        // pressed at each question; "" for no key
	// Then is what becomes of each stay in a queue or ringing: one of
	// ThenWords, or a key that is pressed in the queue. Past the last of them
	// the trial ends there.
	Then      []string
	Answers   []Fetched // what look-ups get, in order; past the last, none answers
	LastAgent string    // number of the agent who talked with the caller last
	NoMessage bool      // leaves no message where a voicemail asks for one

	// Ask ends the trial where keys, a person or an answer are waited for and
	// none is given, instead of pressing nothing: so that somebody can be
	// asked, and the trial played again with one more.
	Ask bool
}

// IsThen tells whether something may stand in a Trial's Then.
func IsThen(word string) bool {
	return slices.Contains(ThenWords, word) || len(word) == 1 && isKeys(word)
}

// ThenWords are what may become of a caller who waits for a person.
var ThenWords = []string{"answered", "no_agent", "timeout", "full", "no_answer", "busy", "unavailable", "failed"}

// End is where a trial ends.
type End string

const (
	EndGroup     End = "group"     // waits in a skill group
	EndAgent     End = "agent"     // an agent's phone rings
	EndOutside   End = "external"  // an outside number rings
	EndVoicemail End = "voicemail" // has left a message, and the call has ended
	EndHangup    End = "hangup"    // the flow has ended the call
	EndStopped   End = "stopped"   // past a bound; the caller hears an apology
	EndWaits     End = "waits"     // a Trial that asks: Tried.Waits says for what
)

// Ends are all of them.
var Ends = []string{string(EndGroup), string(EndAgent), string(EndOutside), string(EndVoicemail), string(EndHangup), string(EndStopped)}

// Heard is something that the caller hears, or does.
type Heard struct {
	Step    int      `json:"step"` // lines of the trail that came before it
	Node    string   `json:"node"`
	Text    string   `json:"text"` // in words
	Prompts []Prompt `json:"prompts,omitempty"`
	Keys    string   `json:"keys,omitempty"` // what was pressed then
	Asked   bool     `json:"asked,omitempty"`
}

// Sent is a request that another system would have got.
type Sent struct {
	Step    int    `json:"step"`
	Node    string `json:"node"`
	Waits   bool   `json:"waits"` // for the answer
	Request        // what is sent
}

// Tried is what came of a Trial.
type Tried struct {
	Steps  []Step            `json:"steps"`
	Heard  []Heard           `json:"heard"`
	End    End               `json:"exit"`
	Node   string            `json:"node"` // the last one
	Group  string            `json:"group,omitempty"`
	Agent  string            `json:"agent,omitempty"`
	Number string            `json:"number,omitempty"` // outside number
	Cause  HangupCause       `json:"cause,omitempty"`
	Vars   map[string]string `json:"vars,omitempty"`
	Sent   []Sent            `json:"sent,omitempty"`
	Rating *Rate             `json:"rating,omitempty"`
	// Waits is what the trial waits for, where it asks.
	Waits *TrialWait `json:"waits,omitempty"`
	// Callback is the number that would be called back, "" for none.
	Callback string `json:"callback,omitempty"`
}

// trialMessage is how long a message in a trial is, in seconds.
const trialMessage = 10

// Try plays a caller through the flow. It reaches an end whatever the flow
// says; it rings, sends and writes nothing. Of env only what names things is
// used: the Trial says the rest.
func (f *Flow) Try(t Trial, env Env) Tried {
	p := &tryout{out: Tried{Steps: []Step{}, Heard: []Heard{}}, t: t, env: env, others: env.Flow, flows: map[Frame]*Flow{{FlowID: env.FlowID, Version: env.Version}: f}}
	p.env.Now, p.env.From, p.env.To, p.env.Region = t.At, t.From, t.To, t.Region
	p.env.Blacklisted, p.env.Repeat, p.env.Customer = t.Blacklisted, t.Repeat, t.Customer
	p.env.Hours = func(name string, _ time.Time) bool { return t.Hours[name] }
	p.env.LastAgent = p.lastAgent()
	p.env.Flow, p.env.FlowAt, p.env.trace = p.named, p.flowAt, true
	run, a, steps := f.Begin(p.env)
	p.r = run
	for {
		p.out.Steps = append(p.out.Steps, steps...)
		in, ended := p.answer(a)
		if ended {
			break
		}
		last := a
		a, steps = p.flowAt(p.r.FlowID, p.r.Version).Resume(&p.r, in, p.env)
		if _, key := in.(Pressed); key && a == nil {
			a = last // the key means nothing: the caller goes on waiting
		}
	}
	p.out.Node, p.out.Vars = p.r.Node, p.r.Vars
	return p.out
}

// tryout is one Trial under way.
type tryout struct {
	t       Trial
	env     Env
	flows   map[Frame]*Flow // that the caller has been to
	others  func(name string) (*Flow, int64, int64)
	r       Run
	out     Tried
	message bool // has been left
}

// named gives another flow, and keeps it for the way back.
func (p *tryout) named(name string) (*Flow, int64, int64) {
	if p.others == nil {
		return nil, 0, 0
	}
	f, id, version := p.others(name)
	if f != nil {
		p.flows[Frame{FlowID: id, Version: version}] = f
	}
	return f, id, version
}

func (p *tryout) flowAt(id, version int64) *Flow { return p.flows[Frame{FlowID: id, Version: version}] }

func (p *tryout) lastAgent() int64 {
	if p.t.LastAgent == "" {
		return 0
	}
	if p.env.Agent != nil {
		id, _ := p.env.Agent(p.t.LastAgent)
		return id
	}
	return 1
}

func (p *tryout) send(q Request, waits bool) {
	p.out.Sent = append(p.out.Sent, Sent{Step: len(p.out.Steps), Node: p.r.Node, Waits: waits, Request: q})
}

// fetched gives the next answer that the trial has.
func (p *tryout) fetched() Fetched {
	if len(p.t.Answers) == 0 {
		return Fetched{Why: "no answer"}
	}
	a := p.t.Answers[0]
	p.t.Answers = p.t.Answers[1:]
	return a
}

func (p *tryout) hear(prompts []Prompt) *Heard {
	p.out.Heard = append(p.out.Heard, Heard{Step: len(p.out.Steps), Node: p.r.Node, Text: Words(prompts), Prompts: prompts})
	return &p.out.Heard[len(p.out.Heard)-1]
}

// answer makes what would happen of an action; true ends the trial.
func (p *tryout) answer(a Action) (Input, bool) {
	switch a := a.(type) {
	case Play:
		p.hear(a.Prompts)
		return Played{}, false
	case Collect:
		h := p.hear(a.Prompts)
		if p.t.Ask && len(p.t.Keys) == 0 {
			h.Asked = true
			return p.ask(p.forKeys(a))
		}
		d := p.press(a)
		h.Asked, h.Keys = true, d.Value
		return d, false
	case Enqueue:
		p.out.Group = a.Name
		if len(a.Say) > 0 {
			p.hear(a.Say)
		}
		return p.people(EndGroup, a.Keys)
	case Callback:
		p.out.Callback = a.Number
		return Done{}, false
	case RingAgent:
		if p.out.Agent = a.Number; a.Number == "" {
			p.out.Agent = p.t.LastAgent
		}
		return p.people(EndAgent, "")
	case Dial:
		p.out.Number = a.Number
		return p.people(EndOutside, "")
	case Voicemail:
		p.hear(append(a.Prompts[:len(a.Prompts):len(a.Prompts)], Prompt{Tone: "beep"}))
		if p.t.NoMessage {
			return VoicemailDone{}, false
		}
		p.message = true
		return VoicemailDone{Seconds: trialMessage}, false
	case Fetch:
		p.send(a.Request, true)
		if p.t.Ask && len(p.t.Answers) == 0 {
			return p.ask(TrialWait{For: WaitAnswer})
		}
		return p.fetched(), false
	case Notify:
		p.send(a.Request, false)
		return Done{}, false
	case Rate:
		p.out.Rating = &a
		return Done{}, false
	case Hangup:
		p.hangup(a)
	default: // a flow never gives another, nor none
		p.out.End = EndStopped
	}
	return nil, true
}

func (p *tryout) hangup(h Hangup) {
	if len(h.Prompts) > 0 {
		p.hear(h.Prompts)
	}
	p.out.Cause, p.out.End = h.Cause, EndHangup
	switch {
	case p.r.Stopped:
		p.out.End = EndStopped
	case p.message:
		p.out.End = EndVoicemail
	}
}

// press gives the keys for the next question, as the switch would read them:
// up to an ending key or the most that are taken. What is pressed beyond
// that is lost.
func (p *tryout) press(c Collect) Digits {
	keys := ""
	if len(p.t.Keys) > 0 {
		keys, p.t.Keys = p.t.Keys[0], p.t.Keys[1:]
	}
	ended := false
	if i := strings.IndexAny(keys, c.Terminators); i >= 0 {
		keys, ended = keys[:i], true
	}
	if len(keys) >= c.Max {
		keys, ended = keys[:c.Max], true
	}
	return Digits{Value: keys, TimedOut: !ended && len(keys) < c.Min}
}

// people says what becomes of a caller who waits for a person.
func (p *tryout) people(end End, keys string) (Input, bool) {
	if len(p.t.Then) == 0 && p.t.Ask {
		return p.ask(forPerson(end, keys))
	}
	if len(p.t.Then) == 0 {
		p.out.End = end
		return nil, true
	}
	word := p.t.Then[0]
	p.t.Then = p.t.Then[1:]
	if end != EndGroup {
		if word == "answered" {
			return Ended{Answered: true}, false
		}
		return Ended{Cause: EndCause(word)}, false
	}
	switch word {
	case "answered":
		return Ended{Answered: true}, false
	case "":
		return Left{LeftNoAgent}, false
	case "timeout", "no_answer":
		return Left{LeftTimeout}, false
	case "full":
		return Left{LeftFull}, false
	}
	if isKeys(word) {
		return Pressed{Key: word}, false
	}
	return Left{LeftNoAgent}, false
}

// SplitKeys takes keys apart as they are written in one line: "1,2#,-" is 1
// at the first question, 2# at the second, none at the third. The second
// result is the part that holds something else than keys, "" if all do.
func SplitKeys(text string) (keys []string, bad string) {
	if strings.TrimSpace(text) == "" {
		return nil, ""
	}
	for _, part := range strings.Split(text, ",") {
		part = strings.TrimSpace(part)
		switch {
		case part == "-" || part == "":
			part = ""
		case strings.Trim(part, "0123456789*#") != "" || len(part) > maxSpoken:
			return nil, part
		}
		keys = append(keys, part)
	}
	return keys, ""
}

// Line is a line of the trail as people read it.
func (s Step) Line(lang string) string {
	var b strings.Builder
	b.WriteString(s.Node)
	if s.Title != "" && s.Title != s.Node {
		b.WriteString(" (" + s.Title + ")")
	}
	if s.Input != "" {
		b.WriteString(" [" + s.Input + "]")
	}
	if s.Exit != "" {
		l := ExitLabel(s.Kind, s.Exit)
		b.WriteString(" → " + pick(lang == "zh", l.ZH, l.EN))
	}
	if s.Detail != "" {
		b.WriteString("  " + s.Detail)
	}
	return b.String()
}

// Where names the end of a trial with what it came to: "group 售前".
func (t Tried) Where() string {
	switch t.End {
	case EndGroup:
		return "group " + t.Group
	case EndAgent:
		return "agent " + t.Agent
	case EndOutside:
		return "external " + t.Number
	case EndHangup:
		if t.Cause != CauseNormal {
			return "hangup (" + string(t.Cause) + ")"
		}
	case EndStopped:
		return "stopped at node " + strconv.Quote(t.Node)
	}
	return string(t.End)
}
