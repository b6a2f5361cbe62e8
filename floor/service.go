package floor

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"switchdesk/agents"
	"switchdesk/calls"
	"switchdesk/esl"
	"switchdesk/flows"
	"switchdesk/internal/clock"
	"switchdesk/storage/journal"
)

// Kinds of entry in the journal.
const (
	kindCall   = "call"
	kindAgent  = "agent"
	kindRecord = "record"
	kindSpan   = "span"
)

const (
	auditEvery = 60 * time.Second       // calls held against the switch's own list
	wallEvery  = 500 * time.Millisecond // at most so often a wall is sent

	lookupsAtOnce = 32
	lookupTime    = 3 * time.Second
)

// Switch is one FreeSWITCH as the floor needs it.
type Switch interface {
	Send(cmd esl.Command)
	SetBusy(busy bool)
	Resync()
}

// Recorder takes what is to be kept for good; it calls done once that is in
// the database. It never blocks.
type Recorder interface {
	Keep(bundles []calls.Bundle, spans []agents.Span, done func())
}

// Update is what has changed, for whoever watches: one of Bar, Call, Ended or
// Wall.
type Update struct {
	Account int64
	Agent   int64
	Bar     *Bar
	Call    *LiveCall
	Ended   string
	Wall    *Wall
}

// Service runs a Core: one goroutine owns it, everything else asks.
type Service struct {
	Log      *slog.Logger
	Clock    clock.Clock
	Journal  *journal.Journal
	Recorder Recorder
	Switches map[string]Switch
	// Customer finds who has a number; it may take its time. nil: nobody is
	// known.
	Customer func(ctx context.Context, account int64, number string) (Customer, error)

	// Fetch asks another system for a flow, in bounded time. nil: every
	// request fails.
	Fetch func(q flows.Request) flows.Fetched

	// Speak has the words of a prompt's Text spoken, so that PromptPath finds
	// the file; nil: such prompts are left out.
	Speak func(ctx context.Context, account int64, p flows.Prompt) error

	speaking int           // texts under way
	crowds   map[crowd]int // errands under way
	lookups  chan struct{} // places for look-ups under way
	core     *Core
	inbox    chan func(now time.Time)
	events   chan []esl.Event
	watch    []func(Update)
	walls    map[int64]bool
	wallAt   time.Time
	spanSeq  int64
	busy     map[string]bool
	stopped  chan struct{}
	figures  figures
}

// NewService makes a floor that runs on the given parts; call Restore, then
// Run.
func NewService(set *Settings, newID func() string, log *slog.Logger, clk clock.Clock, j *journal.Journal, rec Recorder) *Service {
	return &Service{
		Log: log, Clock: clk, Journal: j, Recorder: rec, Switches: map[string]Switch{},
		core: New(set, newID), inbox: make(chan func(time.Time), 1024), events: make(chan []esl.Event, 64),
		walls: map[int64]bool{}, busy: map[string]bool{}, stopped: make(chan struct{}), lookups: make(chan struct{}, lookupsAtOnce),
		crowds: map[crowd]int{},
	}
}

// Events takes events of a node, in order. It waits while the floor is busy:
// the node's own bounded queue is what gives way.
func (s *Service) Events(batch []esl.Event) {
	own := append([]esl.Event(nil), batch...)
	select {
	case s.events <- own:
	case <-s.stopped:
	}
}

// Subscribe adds a watcher; before Run only. It is called on the floor's own
// goroutine and must not wait.
func (s *Service) Subscribe(f func(Update)) { s.watch = append(s.watch, f) }

// Past is what the floor knows of an account's ended calls; it comes from the
// records.
type Past struct {
	Today      map[calls.Outcome]int // inbound calls since midnight
	LastAgents map[string]int64      // caller → agent who talked last
	Seen       map[string]time.Time  // caller → last call
}

// Restore rebuilds the floor from the journal. What was ended but not yet in
// the database is handed to the Recorder.
func (s *Service) Restore(set *Settings, past map[int64]Past) error {
	now := s.Clock.Now()
	for name := range s.Switches {
		s.core.Expect(name)
	}
	s.core.Apply(set, now)
	for account, p := range past {
		s.core.SetToday(account, p.Today, now)
		s.core.SetLastAgents(account, p.LastAgents)
		s.core.SetSeen(account, p.Seen)
	}
	var kept []*agents.Agent
	var bundles []calls.Bundle
	var spans []agents.Span
	var keys []string
	err := s.Journal.Load(func(kind, key string, data []byte) error {
		switch kind {
		case kindCall:
			l := &Live{}
			if err := json.Unmarshal(data, l); err != nil {
				return err
			}
			s.core.Readmit(l, now)
		case kindAgent:
			a := &agents.Agent{}
			if err := json.Unmarshal(data, a); err != nil {
				return err
			}
			kept = append(kept, a)
		case kindRecord:
			b, err := calls.DecodeBundle(data)
			if err != nil {
				return err
			}
			bundles = append(bundles, b)
		case kindSpan:
			var sp agents.Span
			if err := json.Unmarshal(data, &sp); err != nil {
				return err
			}
			spans, keys = append(spans, sp), append(keys, key)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, a := range kept {
		s.core.Seat(a, now)
	}
	for i := range bundles {
		s.core.recount(&bundles[i].Record, now)
	}
	s.keep(bundles, spans, keys)
	s.drain(now)
	return nil
}

// SignedIn lists the signed-in agents by account; before Run only.
func (s *Service) SignedIn() map[int64][]int64 {
	in := map[int64][]int64{}
	for id, a := range s.core.agents {
		if a.SignedIn {
			in[a.Account] = append(in[a.Account], id)
		}
	}
	return in
}

// Run owns the floor until ctx ends. What is live stays in the journal; calls
// go on at the switch.
func (s *Service) Run(ctx context.Context) error {
	defer close(s.stopped)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	audit := s.Clock.Now().Add(auditEvery)
	for {
		now := s.Clock.Now()
		timer.Reset(s.wait(now, audit))
		select {
		case <-ctx.Done():
			return s.Journal.Commit()
		case batch := <-s.events:
			now = s.Clock.Now()
			for i := range batch {
				s.core.Event(&batch[i], now)
			}
		case f := <-s.inbox:
			now = s.Clock.Now()
			f(now)
		case <-timer.C:
			now = s.Clock.Now()
		}
		s.core.Tick(now)
		if now.After(audit) {
			audit = now.Add(auditEvery)
			s.audit()
		}
		s.drain(now)
	}
}

func (s *Service) wait(now, audit time.Time) time.Duration {
	until := audit
	if at := s.core.Next(); !at.IsZero() && at.Before(until) {
		until = at
	}
	if len(s.walls) > 0 {
		if at := s.wallAt.Add(wallEvery); at.Before(until) {
			until = at
		}
	}
	if d := until.Sub(now); d > 0 {
		return d
	}
	return 0
}

func (s *Service) audit() {
	if len(s.core.live) == 0 {
		return
	}
	for _, sw := range s.Switches {
		sw.Resync()
	}
}

// drain makes a step's effects real: first the journal, then the switch, then
// whoever watches.
func (s *Service) drain(now time.Time) {
	d := s.core.Drain()
	s.journal(d)
	for _, o := range d.Orders {
		if sw := s.Switches[o.Node]; sw != nil {
			sw.Send(o.Command)
		}
	}
	s.setBusy()
	for _, n := range d.Notes {
		s.Log.Warn(n.What, "call", n.Call, "leg", n.Leg, "switch", n.Node)
	}
	s.findCustomers(d.Lookups)
	s.runErrands(d.Errands)
	s.runSpeeches(d.Speeches)
	s.figures.take(d, len(s.core.live), s.Clock.Now())
	s.publish(d, now)
	s.core.Clear()
}

func (s *Service) journal(d *Drained) {
	for _, l := range d.Changed {
		if s.core.live[l.Call.ID] != l {
			continue
		}
		s.put(kindCall, l.Call.ID, l)
	}
	var spans []agents.Span
	var keys []string
	for _, a := range d.Agents {
		for _, sp := range a.Drain() {
			s.spanSeq++
			key := spanKey(sp, s.spanSeq)
			s.put(kindSpan, key, sp)
			spans, keys = append(spans, sp), append(keys, key)
		}
		s.put(kindAgent, spanOwner(a.ID), a)
	}
	for i := range d.Ended {
		b := &d.Ended[i]
		data, err := b.Encode()
		if err != nil {
			s.Log.Error("a call could not be written down", "call", b.Record.ID, "error", err)
			continue
		}
		s.Journal.Put(kindRecord, b.Record.ID, data)
		s.Journal.Delete(kindCall, b.Record.ID)
		s.Log.Info("call ended", "call", b.Record.ID, "account", b.Account, "direction", b.Record.Direction,
			"outcome", b.Record.Outcome, "agent", b.Record.AgentID, "talk_seconds", b.Record.TalkSeconds, "cause", b.Record.HangupCause)
	}
	if err := s.Journal.Commit(); err != nil {
		s.Log.Error("the journal can't be written; calls go on, their facts are kept in memory", "error", err)
	}
	s.keep(append([]calls.Bundle(nil), d.Ended...), spans, keys)
}

// findCustomers looks up who calls, beside the floor. With too many under way
// the name is left out: a call does not wait for it.
func (s *Service) findCustomers(wanted []Lookup) {
	for _, w := range wanted {
		if s.Customer == nil {
			s.core.Known(w.Call, Customer{})
			continue
		}
		select {
		case s.lookups <- struct{}{}:
			go func() {
				defer func() { <-s.lookups }()
				s.findCustomer(w)
			}()
		default:
			s.core.Known(w.Call, Customer{})
		}
	}
}

// findCustomer looks up one customer, and tells the floor also if there is none.
func (s *Service) findCustomer(w Lookup) {
	ctx, cancel := context.WithTimeout(context.Background(), lookupTime)
	defer cancel()
	found, err := s.Customer(ctx, w.Account, w.Number)
	if err != nil {
		s.Log.Warn("the customer could not be looked up", "call", w.Call, "error", err)
		found = Customer{}
	}
	s.post(func(time.Time) { s.core.Known(w.Call, found) })
}

func (s *Service) put(kind, key string, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		s.Log.Error("not journalled", "kind", kind, "key", key, "error", err)
		return
	}
	s.Journal.Put(kind, key, data)
}

func (s *Service) keep(bundles []calls.Bundle, spans []agents.Span, keys []string) {
	if s.Recorder == nil || len(bundles) == 0 && len(spans) == 0 {
		return
	}
	s.Recorder.Keep(bundles, spans, func() {
		s.post(func(time.Time) {
			for i := range bundles {
				s.Journal.Delete(kindRecord, bundles[i].Record.ID)
			}
			for _, k := range keys {
				s.Journal.Delete(kindSpan, k)
			}
		})
	})
}

// setBusy asks a switch for prompt events while calls are live there.
func (s *Service) setBusy() {
	count := map[string]bool{}
	for _, l := range s.core.live {
		if l.Back != nil && l.Queue != nil && len(l.Queue.Offered) == 0 {
			continue // nobody is on the line
		}
		count[l.Call.Node] = true
		if len(count) == len(s.Switches) {
			break
		}
	}
	for name, sw := range s.Switches {
		if s.busy[name] != count[name] {
			s.busy[name] = count[name]
			sw.SetBusy(count[name])
		}
	}
}

// post runs f on the floor's goroutine, later.
func (s *Service) post(f func(now time.Time)) {
	select {
	case s.inbox <- f:
	case <-s.stopped:
	}
}
