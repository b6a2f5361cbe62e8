package floor

import (
	"time"

	"switchdesk/agents"
	"switchdesk/calls"
)

// callOver writes the call down, once.
func (c *Core) callOver(l *Live, now time.Time) {
	call := &l.Call
	if c.live[call.ID] != l {
		return
	}
	c.board.Leave(call.ID)
	// Nobody may be left on a call that is no more.
	for _, leg := range call.Past {
		c.freeAgent(l, leg.Agent, agents.Withdrawn, now)
	}
	acc := c.set.Accounts[call.Account]
	names := calls.Names{Service: call.To}
	if call.Direction == calls.Out {
		names.Service = call.From
	}
	names.Group, names.Agent = c.groupName, c.agentName
	if acc != nil {
		names.Zone = acc.Zone
		if l.Run != nil && acc.FlowAt != nil {
			if f := acc.FlowAt(l.Run.FlowID, l.Run.Version); f != nil {
				names.Flow = f.Name
			}
		}
	}
	if l.Named != "" {
		names.Flow = l.Named
	}
	c.forgetCallback(l)
	c.count(acc, call, now)
	c.out.Ended = append(c.out.Ended, call.Bundle(names))
	delete(c.live, call.ID)
	delete(c.legs, call.Customer.UUID)
	for _, leg := range call.Past {
		delete(c.legs, leg.UUID)
	}
}

// groupName and agentName know those too that were taken away in between.
func (c *Core) groupName(id int64) string { return c.names[id] }

func (c *Core) agentName(id int64) string {
	if a := c.agents[id]; a != nil {
		return a.Name
	}
	return ""
}
