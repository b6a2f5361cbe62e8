package calls

import (
	"time"

	"switchdesk/esl"
)

// Next tells when Due must be called at the latest; zero if the call waits
// for events alone.
func (c *Call) Next() time.Time {
	var at time.Time
	soonest := func(t time.Time) {
		if !t.IsZero() && (at.IsZero() || t.Before(at)) {
			at = t
		}
	}
	if c.Stage == Over {
		return at
	}
	if c.Customer.live() {
		soonest(c.Media.Expires)
		soonest(c.Fuse)
		soonest(c.JoinBy)
		soonest(c.Replay)
	}
	for _, l := range c.Others {
		soonest(l.next())
	}
	soonest(c.Customer.next())
	return at
}

func (l *Leg) next() time.Time {
	switch {
	case !l.live():
		return time.Time{}
	case !l.Doubt.IsZero():
		return l.Doubt.Add(doubtGrace)
	case l.Kills > 0:
		return l.KillAt.Add(l.killWait())
	case l.Timeout > 0 && l.State != LegUp:
		return l.Created.Add(l.Timeout + ringGrace)
	}
	return time.Time{}
}

// killWait grows: a switch that does not answer is not to be flooded.
func (l *Leg) killWait() time.Duration {
	if l.Kills > 4 {
		return 30 * time.Second
	}
	return killRetry << (l.Kills - 1)
}

// Due does what the clock asks for: renews the dead man's fuse, repeats
// hang-ups that the switch did not obey, ends what never answers.
func (c *Call) Due(o *Effects, now time.Time) {
	if c.Stage == Over {
		return
	}
	if reached(c.Fuse, now) {
		c.renewFuse(o, now)
	}
	if reached(c.Media.Expires, now) && c.Customer.live() {
		c.mediaOverdue(o, now)
	}
	if reached(c.JoinBy, now) {
		c.joinOverdue(o, now)
	}
	if reached(c.Replay, now) && c.Customer.live() {
		c.replay(o, now)
	}
	c.legDue(&c.Customer, o, now)
	for i := len(c.Others) - 1; i >= 0; i-- {
		if i < len(c.Others) {
			c.legDue(&c.Others[i], o, now)
		}
	}
}

func reached(t, now time.Time) bool { return !t.IsZero() && !now.Before(t) }

func (c *Call) mediaOverdue(o *Effects, now time.Time) {
	if c.Media.Kind == Music {
		files := c.Media.Files
		c.Media = Media{}
		c.PlayMusic(o, files, now)
		return
	}
	o.do(esl.ParkLeg{UUID: c.Customer.UUID}) // a break would not end a question for keys
	c.mediaDone("", "failed", o, now)
}

// joinOverdue: a bridge was ordered and has not come about. Once more, then
// the agent's side is given up.
func (c *Call) joinOverdue(o *Effects, now time.Time) {
	c.JoinBy = time.Time{}
	if c.Stage != Talking {
		return
	}
	if c.InHand == "" {
		c.talkOver(o, now)
		return
	}
	if c.Joins < 2 && !c.Parting {
		c.join(o, now)
		return
	}
	if l := c.Leg(c.InHand); l != nil {
		c.kill(o, l, "NORMAL_TEMPORARY_FAILURE", now)
	}
}

func (c *Call) legDue(l *Leg, o *Effects, now time.Time) {
	at := l.next()
	if !reached(at, now) {
		return
	}
	if !l.Doubt.IsZero() {
		c.legGone(l, "LOST", o, now)
		return
	}
	if l.Kills == 0 {
		c.kill(o, l, "NO_ANSWER", now)
		return
	}
	if l.Kills >= 3 {
		// Does it exist at all? A refusal of the dump ends the leg.
		o.do(esl.DumpChannel{UUID: l.UUID})
	}
	c.kill(o, l, "NORMAL_CLEARING", now)
}
