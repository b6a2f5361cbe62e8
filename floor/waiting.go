package floor

import (
	"strings"
	"time"

	"switchdesk/calls"
	"switchdesk/flows"
	"switchdesk/queues"
)

// Offer is what a flow adds to the waiting in a group: words that are said
// again and again, and keys that mean something meanwhile.
type Offer struct {
	Keys  string         `json:"keys,omitempty"`
	Say   []flows.Prompt `json:"say,omitempty"`
	Every time.Duration  `json:"every,omitempty"`
	Next  time.Time      `json:"next,omitzero"` // when Say is due
	Quiet bool           `json:"quiet,omitempty"`
	Music *flows.Prompt  `json:"music,omitempty"`
}

func newOffer(a flows.Enqueue) *Offer {
	if a.Keys == "" && len(a.Say) == 0 && !a.Quiet && a.Music == nil {
		return nil
	}
	return &Offer{Keys: a.Keys, Say: a.Say, Every: a.Every, Quiet: a.Quiet, Music: a.Music}
}

// waitMusic begins what a caller hears in a queue: the music, over it the
// group's greeting and what the flow says.
func (c *Core) waitMusic(l *Live, g *queues.Group, now time.Time) {
	music := c.set.music()
	account := l.Call.Account
	switch o := l.Offer; {
	case o != nil && o.Music != nil && o.Music.Tone != "":
		music = flows.Tones[o.Music.Tone]
	case o != nil && o.Music != nil:
		if file := c.set.PromptPath(account, *o.Music); file != "" {
			music = file
		}
	case g.Music != "":
		if file := c.set.PromptPath(account, flows.Prompt{File: g.Music}); file != "" {
			music = file
		}
	}
	l.Call.Wait = []string{music}
	l.Call.PlayMusic(&c.eff, l.Call.Wait, now)
	acc := c.set.Accounts[account]
	if acc == nil {
		return
	}
	var words []string
	if g.Greeting != "" {
		words = c.set.prompts(acc, g.Greeting)
	}
	if o := l.Offer; o != nil && len(o.Say) > 0 {
		words = append(words, c.sounds(acc, o.Say)...)
		if missing := c.unspoken(account, o.Say); len(missing) > 0 {
			c.out.Speeches = append(c.out.Speeches, Speech{Call: l.Call.ID, Account: account, Prompts: missing})
			o.Next = now.Add(speakAtMost)
		} else if o.Every > 0 {
			o.Next = now.Add(o.Every)
		}
	}
	if len(words) > 0 {
		l.Call.Announce(&c.eff, words, now)
	}
}

// say repeats what the flow says to a waiting caller.
func (c *Core) say(l *Live, now time.Time) {
	o := l.Offer
	if l.Queue == nil || o == nil || o.Next.IsZero() {
		return
	}
	o.Next = time.Time{}
	if o.Every > 0 {
		o.Next = now.Add(o.Every)
	}
	acc := c.set.Accounts[l.Call.Account]
	if acc == nil {
		return
	}
	if words := c.sounds(acc, o.Say); len(words) > 0 {
		l.Call.Announce(&c.eff, words, now)
	}
}

// keyPressed: a caller who waits has pressed a key.
func (c *Core) keyPressed(l *Live, key string, now time.Time) {
	if l.Queue == nil || l.Offer == nil || key == "" || !strings.Contains(l.Offer.Keys, key) {
		return
	}
	flow, acc := c.flowOf(l)
	if flow == nil || acc == nil || l.Run.Done {
		return
	}
	action, steps := flow.Resume(l.Run, flows.Pressed{Key: key}, c.env(l, acc, now))
	c.trail(l, steps)
	switch a := action.(type) {
	case nil:
	case flows.Callback:
		c.takeCallback(l, acc, a, now)
	default:
		c.stopWaiting(l, "key", now)
		c.perform(l, action, now)
	}
}

// stopWaiting takes a caller out of the queue who goes elsewhere by choice.
func (c *Core) stopWaiting(l *Live, why string, now time.Time) queues.Item {
	item, _ := c.board.Leave(l.Call.ID)
	c.withdrawAll(l, item.Offered, now)
	l.Queue, l.Offer = nil, nil
	l.Call.LeaveQueue(why, now)
	return item
}

// next tells when due must be called for what the floor times of a call.
func (l *Live) next() time.Time {
	if b := l.Back; b != nil {
		return b.next()
	}
	if l.Queue != nil && l.Offer != nil && l.Call.Stage == calls.Queued {
		return l.Offer.Next
	}
	return time.Time{}
}

// due does what the floor times of a call.
func (c *Core) due(l *Live, now time.Time) {
	switch at := l.next(); {
	case at.IsZero() || now.Before(at):
	case l.Back != nil:
		c.callbackDue(l, now)
	default:
		c.say(l, now)
	}
}
