package floor

import (
	"time"

	"switchdesk/flows"
)

// Errand is something that a flow asks of another system over HTTP. With an
// ID the caller waits for the answer, which Fetched brings.
type Errand struct {
	Call    string
	Account int64
	ID      string
	Request flows.Request
}

// How many errands of one account may be under way, waiting for a connection
// included: a system that hangs must not use up the machine. Past it an
// errand fails at once.
const (
	asksAtOnce    = 4096
	noticesAtOnce = 4096
)

func (c *Core) errand(l *Live, id string, q flows.Request) {
	c.out.Errands = append(c.out.Errands, Errand{Call: l.Call.ID, Account: l.Call.Account, ID: id, Request: q})
}

// fetch lets the caller wait for another system. After a restart or a lost
// socket the flow's step is done again, with another ID: an answer to the
// first one is not taken then.
func (c *Core) fetch(l *Live, a flows.Fetch) {
	l.Await, l.Doing = c.newID(), fetching
	c.errand(l, l.Await, a.Request)
}

func (c *Core) notify(l *Live, a flows.Notify, now time.Time) {
	c.errand(l, "", a.Request)
	c.resume(l, flows.Done{}, now)
}

func (c *Core) rate(l *Live, a flows.Rate, now time.Time) {
	l.Call.Rating, l.Call.RatingDetail = a.Label, a.Second
	c.resume(l, flows.Done{}, now)
}

// Fetched brings the answer to an errand; one that nobody waits for any more
// changes nothing.
func (c *Core) Fetched(call, id string, in flows.Fetched, now time.Time) {
	l := c.live[call]
	if l == nil || l.Doing != fetching || l.Await != id {
		return
	}
	c.resume(l, in, now)
	c.carry(l, now)
	c.settle(now)
}

// lastAgent is who talked with a caller last, if that agent is still there.
func (c *Core) lastAgent(l *Live, acc *Account) int64 {
	id := c.last[acc.ID][l.peer()]
	if _, ok := acc.Agents[id]; !ok {
		return 0
	}
	return id
}

// crowd counts errands under way; it belongs to the floor's goroutine.
type crowd struct {
	account int64
	waits   bool
}

// runErrands carries errands out beside the floor.
func (s *Service) runErrands(list []Errand) {
	for _, e := range list {
		kind := crowd{e.Account, e.ID != ""}
		limit := noticesAtOnce
		if kind.waits {
			limit = asksAtOnce
		}
		if s.Fetch == nil || s.crowds[kind] >= limit {
			s.Log.Warn("a flow's request was not sent: too many are under way", "call", e.Call, "account", e.Account)
			go s.bring(e, flows.Fetched{Why: "too many requests at once"}, func() {})
			continue
		}
		s.crowds[kind]++
		go func() {
			answer := s.Fetch(e.Request)
			if answer.Why != "" && e.ID == "" {
				s.Log.Warn("a flow's notice did not arrive", "call", e.Call, "account", e.Account, "why", answer.Why)
			}
			s.bring(e, answer, func() { s.crowds[kind]-- })
		}()
	}
}

func (s *Service) bring(e Errand, answer flows.Fetched, done func()) {
	s.post(func(now time.Time) {
		done()
		if e.ID != "" {
			s.core.Fetched(e.Call, e.ID, answer, now)
		}
	})
}
