package floor

import (
	"context"
	"sync"
	"time"

	"switchdesk/flows"
)

// speakAtMost is how long a caller waits for words to be spoken into a file;
// past it the call goes on without them.
const speakAtMost = 3 * time.Second

// speakingAtOnce bounds the texts under way; past it a call goes on at once.
const speakingAtOnce = 256

// Speech asks for the sounds of texts. With an ID a caller waits for them,
// and Spoken answers; without one they are for later.
type Speech struct {
	Call    string
	Account int64
	ID      string
	Prompts []flows.Prompt
}

// unspoken lists the texts whose sounds are not there yet.
func (c *Core) unspoken(account int64, lists ...[]flows.Prompt) []flows.Prompt {
	if c.set.PromptReady == nil {
		return nil
	}
	var missing []flows.Prompt
	for _, list := range lists {
		for _, p := range list {
			if p.Text != "" && !c.set.PromptReady(account, p) {
				missing = append(missing, p)
			}
		}
	}
	return missing
}

// speakFirst has what an action says be spoken before it is carried out; it
// reports whether the caller waits for that.
func (c *Core) speakFirst(l *Live, action flows.Action) bool {
	var missing []flows.Prompt
	id := l.Call.Account
	switch a := action.(type) {
	case flows.Play:
		missing = c.unspoken(id, a.Prompts)
	case flows.Collect:
		missing = c.unspoken(id, a.Prompts)
	case flows.Voicemail:
		missing = c.unspoken(id, a.Prompts)
	case flows.Hangup:
		missing = c.unspoken(id, a.Prompts)
	}
	if len(missing) == 0 {
		return false
	}
	l.Await, l.Doing, l.then = c.newID(), speaking, action
	c.out.Speeches = append(c.out.Speeches, Speech{Call: l.Call.ID, Account: id, ID: l.Await, Prompts: missing})
	return true
}

// Spoken says that the sounds are there, or that they won't be in time. One
// that nobody waits for any more changes nothing.
func (c *Core) Spoken(call, id string, now time.Time) {
	l := c.live[call]
	if l == nil || l.Doing != speaking || l.Await != id {
		return
	}
	action := l.then
	l.Await, l.Doing, l.then = "", nothing, nil
	c.carryOut(l, action, now)
	c.carry(l, now)
	c.settle(now)
}

// runSpeeches has texts spoken beside the floor.
func (s *Service) runSpeeches(list []Speech) {
	for _, w := range list {
		if s.Speak == nil || s.speaking >= speakingAtOnce {
			s.Log.Warn("words were not spoken: too many at once, or nothing to speak them with", "call", w.Call, "account", w.Account)
			go s.post(func(now time.Time) { s.core.Spoken(w.Call, w.ID, now) })
			continue
		}
		s.speaking++
		go func() {
			s.speak(w)
			s.post(func(now time.Time) {
				s.speaking--
				if w.ID != "" {
					s.core.Spoken(w.Call, w.ID, now)
				}
			})
		}()
	}
}

// speak returns once every text is spoken, or when the time is over, whatever
// Speak does with its context.
func (s *Service) speak(w Speech) {
	ctx, cancel := context.WithTimeout(context.Background(), speakAtMost)
	defer cancel()
	var all sync.WaitGroup
	for _, p := range w.Prompts {
		all.Go(func() {
			if err := s.Speak(ctx, w.Account, p); err != nil {
				s.Log.Warn("words could not be spoken; the call goes on without them", "call", w.Call, "account", w.Account, "error", err)
			}
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
	}
}
