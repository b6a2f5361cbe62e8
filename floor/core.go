package floor

import (
	"time"

	"switchdesk/agents"
	"switchdesk/calls"
	"switchdesk/esl"
	"switchdesk/flows"
	"switchdesk/queues"
)

// Live is one call with what the flow and the queue hold of it. It is plain
// data and goes to the journal whole.
type Live struct {
	Call   calls.Call   `json:"call"`
	Run    *flows.Run   `json:"run,omitempty"`
	Queue  *queues.Item `json:"queue,omitempty"`
	Group  int64        `json:"group,omitempty"`  // group that gave the call, or gives it
	Await  string       `json:"await,omitempty"`  // media that the flow waits for
	Doing  doing        `json:"doing,omitempty"`  // what that media is
	Max    int          `json:"max,omitempty"`    // seconds of a message
	Hops   int          `json:"hops,omitempty"`   // groups passed on by their exits
	Offer  *Offer       `json:"offer,omitempty"`  // what the flow adds to the waiting
	Back   *Back        `json:"back,omitempty"`   // of a call-back
	Next   *Next        `json:"next,omitempty"`   // where the customer goes once the agent's part has ended
	Passed *Passed      `json:"passed,omitempty"` // by a transfer, until somebody answers
	Named  string       `json:"named,omitempty"`  // flow of the record, if not the one of Run

	// What is known of the customer, for the flow.
	Customer map[string]string `json:"customer,omitempty"`
	looking  bool              // who calls is being looked up

	then flows.Action // what is done once the words for it are spoken

	wake time.Time // when the alarm heap has it
	seen bool      // in the list of changed calls
}

// doing tells what to do when the awaited media has ended.
type doing string

const (
	nothing    doing = ""
	playing    doing = "play"
	collecting doing = "collect"
	leaveWord  doing = "leave_word" // prompt before a message
	taping     doing = "taping"     // the message itself
	parting    doing = "parting"    // last words, then hang up
	fetching   doing = "fetch"      // another system is asked
	speaking   doing = "speak"      // words are being spoken into a file
)

// node is what the floor knows of one FreeSWITCH.
type node struct {
	name   string
	up     bool // sockets are there and the snapshot has been taken in
	phones map[string]bool
	synced bool // there has been a snapshot
}

// Order is a command for one FreeSWITCH.
type Order struct {
	Node    string
	Command esl.Command
}

// Core decides for the whole floor. It is a pure machine: events, commands
// and time go in; orders, changed calls and agents, ended calls and notes come
// out by Drain. It must be used by one goroutine.
type Core struct {
	set    *Settings
	live   map[string]*Live
	legs   map[string]*Live // by the UUID of each live leg
	agents map[int64]*agents.Agent
	bars   map[int64]string // agent → notice for the bar
	phone  map[string]int64 // SIP user → agent
	names  map[int64]string // of the groups that there are and were
	board  *queues.Board
	nodes  map[string]*node
	order  []string // node names, sorted by arrival
	alarms alarms
	newID  func() string
	today  map[int64]*today
	last   map[int64]map[string]int64     // account → caller → agent who talked last
	seen   map[int64]map[string]time.Time // account → caller → when they called last
	backs  map[int64]map[string]string    // account → number → call-back that waits for it

	eff   calls.Effects // of the call being handled
	out   Drained
	moved map[int64]bool      // agents changed in this step
	wakes map[int64]time.Time // when the alarm heap has an agent
}

// Drained is what one or more steps of the Core want done.
type Drained struct {
	Orders   []Order
	Changed  []*Live         // calls to be journalled
	Ended    []calls.Bundle  // calls to be written down; they leave the journal
	Agents   []*agents.Agent // agents to be journalled
	Notes    []Note          // for the log
	Lookups  []Lookup        // customers to be found
	Errands  []Errand        // requests of flows to other systems
	Speeches []Speech        // words to be spoken
	Offered  []time.Time     // since when each offer made now was possible: agent free and caller waiting
}

// Note is a line for the operator's log.
type Note struct {
	Call, Leg, Node, What string
}

// New makes an empty floor; newID gives ids that rise with time.
func New(set *Settings, newID func() string) *Core {
	c := &Core{
		live: map[string]*Live{}, legs: map[string]*Live{}, agents: map[int64]*agents.Agent{},
		bars: map[int64]string{}, names: map[int64]string{}, phone: map[string]int64{}, board: queues.NewBoard(1), nodes: map[string]*node{},
		newID: newID, today: map[int64]*today{}, last: map[int64]map[string]int64{}, backs: map[int64]map[string]string{}, seen: map[int64]map[string]time.Time{}, moved: map[int64]bool{}, wakes: map[int64]time.Time{},
	}
	c.set = set
	return c
}

// Drain hands over what has come up since the last call. The slices are the
// Core's own and are used again: be done with them before the next step.
func (c *Core) Drain() *Drained {
	c.updateBoard()
	for id := range c.moved {
		if a := c.agents[id]; a != nil {
			c.out.Agents = append(c.out.Agents, a)
		}
	}
	clear(c.moved)
	for _, l := range c.out.Changed {
		l.seen = false
	}
	return &c.out
}

// Clear forgets what was drained.
func (c *Core) Clear() {
	o := &c.out
	o.Orders, o.Changed, o.Ended = o.Orders[:0], o.Changed[:0], o.Ended[:0]
	o.Agents, o.Notes, o.Offered, o.Lookups = o.Agents[:0], o.Notes[:0], o.Offered[:0], o.Lookups[:0]
	o.Errands, o.Speeches = o.Errands[:0], o.Speeches[:0]
}

func (c *Core) note(l *Live, leg, what string) {
	n := Note{Leg: leg, What: what}
	if l != nil {
		n.Call, n.Node = l.Call.ID, l.Call.Node
	}
	c.out.Notes = append(c.out.Notes, n)
}

// Event takes one event of a switch.
func (c *Core) Event(e *esl.Event, now time.Time) {
	switch e.Kind {
	case esl.Connected:
		c.node(e.Node)
		return
	case esl.Disconnected:
		c.away(e.Node)
		return
	case esl.Snapshot:
		c.snapshot(e, now)
	case esl.Registered:
		c.phoneChange(e.Node, e.User, true, now)
	case esl.Unregistered:
		c.phoneChange(e.Node, e.User, false, now)
	case esl.Dump:
		c.dumped(e, now)
	default:
		c.legEvent(e, now)
	}
	c.settle(now)
}

func (c *Core) legEvent(e *esl.Event, now time.Time) {
	if e.UUID == "" {
		return
	}
	if l := c.legs[e.UUID]; l != nil {
		l.Call.On(e, &c.eff, now)
		c.carry(l, now)
		return
	}
	switch e.Kind {
	case esl.Park:
		if e.Inbound {
			c.arrive(e, now)
			return
		}
		c.stray(e)
	case esl.Create, esl.Answer:
		c.stray(e)
	}
}

// stray: a leg that says it is of a call of ours which is over, or was given
// up before the switch had made the leg. It must not ring on.
func (c *Core) stray(e *esl.Event) {
	if e.Call == "" || e.Inbound {
		return
	}
	c.out.Notes = append(c.out.Notes, Note{Call: e.Call, Leg: e.UUID, Node: e.Node, What: "hung up a leg of a call that is over"})
	c.out.Orders = append(c.out.Orders, Order{e.Node, esl.HangupLeg{UUID: e.UUID, Cause: "ORIGINATOR_CANCEL"}})
}

// carry carries out what a call asked for, until it asks for no more.
func (c *Core) carry(l *Live, now time.Time) {
	for {
		for _, cmd := range c.eff.Commands {
			c.out.Orders = append(c.out.Orders, Order{l.Call.Node, cmd})
		}
		if len(c.eff.News) == 0 {
			c.eff.Reset()
			break
		}
		news := append([]calls.News(nil), c.eff.News...)
		c.eff.Reset()
		for _, n := range news {
			c.hear(l, n, now)
		}
	}
	if l.Call.Stage != calls.Over {
		c.touch(l)
	}
}

// touch notes that a call has changed and sets its alarm.
func (c *Core) touch(l *Live) {
	if l.Queue != nil {
		if item, ok := c.board.Item(l.Call.ID); ok {
			*l.Queue = item
		}
	}
	if !l.seen {
		l.seen = true
		c.out.Changed = append(c.out.Changed, l)
	}
	at := l.Call.Next()
	if own := l.next(); !own.IsZero() && (at.IsZero() || own.Before(at)) {
		at = own
	}
	if !at.IsZero() && (l.wake.IsZero() || at.Before(l.wake)) {
		l.wake = at
		c.alarms.push(alarm{at: at, call: l.Call.ID})
	}
}

// hear takes one piece of news from a call.
func (c *Core) hear(l *Live, n calls.News, now time.Time) {
	switch n.What {
	case calls.MediaDone:
		c.mediaDone(l, n, now)
	case calls.OfferRang:
	case calls.OfferUp:
		c.offerUp(l, n, now)
	case calls.OfferFailed:
		c.offerFailed(l, n, now)
	case calls.AgentGone:
		c.agentGone(l, n, now)
	case calls.TalkOver:
		c.talkOver(l, now)
	case calls.Replay:
		c.again(l, now)
	case calls.CustomerGone:
		c.customerGone(l, now)
	case calls.DialFailed:
		c.dialFailed(l, n, now)
	case calls.TryFailed:
		c.tryFailed(l, n, now)
	case calls.KeyPressed:
		c.keyPressed(l, n.Digits, now)
	case calls.CallOver:
		c.callOver(l, now)
	}
}

// customerGone takes a waiting caller out of the queue.
func (c *Core) customerGone(l *Live, now time.Time) {
	c.board.Leave(l.Call.ID)
	l.Queue = nil
	l.Await, l.Doing = "", nothing
	if flow, acc := c.flowOf(l); flow != nil && !l.Run.Done {
		c.trail(l, flow.Leave(l.Run, c.env(l, acc, now)))
	}
}

// Tick does what is due.
func (c *Core) Tick(now time.Time) {
	for {
		a, ok := c.alarms.due(now)
		if !ok {
			break
		}
		if a.call == "" {
			c.tickAgent(a.agent, now)
			continue
		}
		l := c.live[a.call]
		if l == nil || !l.wake.Equal(a.at) {
			continue
		}
		l.wake = time.Time{}
		if n := c.nodes[l.Call.Node]; (n == nil || !n.up) && !c.elsewhere(l, now) {
			// The switch can't be told anything now; look again shortly.
			l.wake = now.Add(time.Second)
			c.alarms.push(alarm{at: l.wake, call: a.call})
			continue
		}
		l.Call.Due(&c.eff, now)
		c.carry(l, now)
		if c.live[a.call] == l {
			c.due(l, now)
			c.carry(l, now)
		}
	}
	c.settle(now)
}

// settle brings the queues to rest after a step: what is due for waiting
// callers, then the match.
func (c *Core) settle(now time.Time) {
	c.updateBoard()
	for _, d := range c.board.Due(now) {
		c.queueDue(d, now)
	}
	for {
		c.updateBoard()
		offers := c.board.Match(now)
		if len(offers) == 0 {
			return
		}
		for _, o := range offers {
			c.offer(o, now)
		}
	}
}

// Next tells when Tick must be called at the latest; zero: not before the
// next event.
func (c *Core) Next() time.Time {
	at := c.alarms.next()
	if q, ok := c.board.NextDeadline(); ok && (at.IsZero() || q.Before(at)) {
		at = q
	}
	return at
}

func (c *Core) node(name string) *node {
	n := c.nodes[name]
	if n == nil {
		n = &node{name: name, phones: map[string]bool{}}
		c.nodes[name] = n
		c.order = append(c.order, name)
	}
	return n
}
