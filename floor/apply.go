package floor

import (
	"time"

	"switchdesk/agents"
)

// Apply takes in new settings. Calls in progress keep the flow version they
// began with; what waits in a group stays in its place.
func (c *Core) Apply(set *Settings, now time.Time) {
	old := c.set
	c.set = set
	c.phone = map[string]int64{}
	for _, acc := range set.Accounts {
		for _, g := range acc.Groups {
			c.board.SetGroup(g, now)
			c.names[g.ID] = g.Name
		}
		for id, s := range acc.Agents {
			c.applyAgent(acc, id, s, now)
		}
	}
	if old != nil {
		c.dropGone(old, now)
	}
	c.settle(now)
}

func (c *Core) applyAgent(acc *Account, id int64, s Agent, now time.Time) {
	a := c.agents[id]
	if a == nil {
		a = agents.New(id, acc.ID, s.Name, s.Number, s.Method, now)
		c.agents[id] = a
	}
	a.Name, a.Number, a.Zone = s.Name, s.Number, acc.Zone
	for _, m := range []agents.Method{agents.Web, agents.SIP} {
		c.phone[PhoneUser(acc.ID, s.Number, m)] = id
	}
	ready := c.phoneReady(acc.ID, s.Number, s.Method)
	if a.Method != s.Method {
		// A call in hand goes on where it is; the new way holds after it.
		if err := a.SetMethod(s.Method, ready, now); err != nil {
			c.out.Notes = append(c.out.Notes, Note{What: "answer method of agent " + a.Number + " not changed yet: " + err.Error()})
		}
	}
	c.checkPhone(a, now)
	c.changed(a)
}

// dropGone takes groups and agents off the floor that are no more.
func (c *Core) dropGone(old *Settings, now time.Time) {
	for id, acc := range old.Accounts {
		cur := c.set.Accounts[id]
		for gid, g := range acc.Groups {
			if cur != nil {
				if _, ok := cur.Groups[gid]; ok {
					continue
				}
			}
			for _, item := range c.board.RemoveGroup(gid) {
				if l := c.live[item.ID]; l != nil {
					c.withdrawAll(l, item.Offered, now)
					c.leaveQueue(l, g.OnNoAgent, "no_agent", now)
					c.carry(l, now)
				}
			}
		}
		for aid := range acc.Agents {
			if cur != nil {
				if _, ok := cur.Agents[aid]; ok {
					continue
				}
			}
			if a := c.agents[aid]; a != nil {
				c.signOut(a, now)
				c.changed(a)
			}
		}
	}
}

// Seat puts an agent back whom the journal kept; Apply must have run.
func (c *Core) Seat(kept *agents.Agent, now time.Time) {
	a := c.agents[kept.ID]
	if a == nil {
		c.seatGone(kept, now)
		return
	}
	if a.Account != kept.Account {
		return
	}
	kept.Zone, kept.Name, kept.Number = a.Zone, a.Name, a.Number
	if kept.Call != "" && c.live[kept.Call] == nil {
		kept.EndCall(kept.Call, 0, now)
	}
	if kept.Offer != "" && c.live[kept.Offer] == nil {
		kept.Release(kept.Offer, agents.Withdrawn, agents.AskAgain, now)
	}
	c.agents[kept.ID] = kept
	c.changed(kept)
}

// seatGone puts an agent back who was taken away while nobody ran the floor:
// the talk in hand goes on, a ring does not.
func (c *Core) seatGone(kept *agents.Agent, now time.Time) {
	if c.live[kept.Call] != nil || c.live[kept.Offer] != nil {
		c.agents[kept.ID] = kept
		c.signOut(kept, now)
		c.changed(kept)
	}
}
