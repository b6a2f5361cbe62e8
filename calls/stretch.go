package calls

import "time"

// beginStretch notes that a talk begins, and how it came about.
func (c *Call) beginStretch(now time.Time) {
	s := Stretch{Kind: InTalk, Agent: c.Agent, How: c.Via, From: now}
	c.Via = ""
	if c.Direction == Out {
		s.How = orVia(s.How, ViaDial)
	}
	for i := len(c.Rings) - 1; i >= 0; i-- {
		if r := c.Rings[i]; r.Agent == c.Agent && r.Result == "answered" {
			s.Group = r.Group
			break
		}
	}
	if s.Group != 0 {
		s.How = orVia(s.How, ViaQueue)
	}
	s.How = orVia(s.How, ViaRing)
	c.Stretches = append(c.Stretches, s)
}

func orVia(v, other Via) Via {
	if v == "" {
		return other
	}
	return v
}

// endHold closes the hold that is open.
func (c *Call) endHold(now time.Time) {
	for i := range c.Stretches {
		if s := &c.Stretches[i]; s.Kind == OnHold && s.To.IsZero() {
			s.To = now
		}
	}
}

// endStretches closes all that is open.
func (c *Call) endStretches(now time.Time) {
	for i := range c.Stretches {
		if s := &c.Stretches[i]; s.To.IsZero() {
			s.To = now
		}
	}
}
