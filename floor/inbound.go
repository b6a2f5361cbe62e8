package floor

import (
	"slices"
	"time"

	"switchdesk/calls"
	"switchdesk/esl"
	"switchdesk/flows"
)

// Contexts of the switch's static dialplan from which legs are ours.
const (
	contextPublic = "public" // a caller has dialled a service number
	contextDesk   = "desk"   // an agent dials on the desk phone
)

// maxTrail bounds the IVR trail of one call, whatever its flow does.
const maxTrail = 1000

// arrive opens a call for a leg that the switch has parked.
func (c *Core) arrive(e *esl.Event, now time.Time) {
	switch e.Context {
	case contextDesk:
		c.deskDial(e, now)
		return
	case contextPublic:
	default:
		return // not ours
	}
	number := c.set.Numbers[c.set.normalise(e.To)]
	if number == nil || c.set.Accounts[number.Account] == nil {
		// Nobody's number: there is no account to write it down for.
		c.out.Notes = append(c.out.Notes, Note{Leg: e.UUID, Node: e.Node, What: "call to a number that no account has: " + e.To})
		c.out.Orders = append(c.out.Orders, Order{e.Node, esl.TransferLeg{UUID: e.UUID, Extension: "fallback", Context: "switchdesk"}})
		return
	}
	acc := c.set.Accounts[number.Account]
	l := c.open(acc, calls.In, e.Node, now)
	call := &l.Call
	call.From, call.To = c.set.normalise(e.From), number.Number
	call.Region = c.set.region(call.From)
	call.Repeat = c.repeats(acc.ID, call.From, now)
	c.remember(acc.ID, call.From, now)
	c.lookUp(l, call.From)
	call.Customer = calls.Leg{UUID: e.UUID, Number: call.From, State: calls.LegRinging, Created: now}
	c.legs[e.UUID] = l
	busy := acc.InboundLimit > 0 && c.liveInbound(acc.ID) > acc.InboundLimit
	call.Take(&c.eff, now)
	switch {
	case acc.blacklisted(call.From):
		call.Refuse(&c.eff, calls.Blacklisted, "CALL_REJECTED", now)
	case busy:
		call.Refuse(&c.eff, calls.OverLimit, "USER_BUSY", now)
	default:
		c.startFlow(l, acc, number, now)
	}
	c.carry(l, now)
}

// open makes a live call.
func (c *Core) open(acc *Account, dir calls.Direction, node string, now time.Time) *Live {
	l := &Live{Call: calls.Call{
		ID: c.newID(), Account: acc.ID, Node: node, Direction: dir, Stage: calls.IVR,
		Since: now, Started: now, Wait: []string{c.set.music()},
	}}
	c.live[l.Call.ID] = l
	if dir == calls.In {
		c.day(acc, now).inbound++
	}
	return l
}

func (c *Core) liveInbound(account int64) int {
	t := c.today[account]
	if t == nil {
		return 0
	}
	return t.inbound
}

func (c *Core) startFlow(l *Live, acc *Account, number *Number, now time.Time) {
	var flow *flows.Flow
	var version int64
	id, entry := number.flow(now)
	if entry != "" {
		l.Call.Steps = append(l.Call.Steps, calls.Step{At: now, Kind: "schedule", Title: entry, Exit: "next"})
	}
	if id != 0 && acc.Flow != nil {
		flow, version = acc.Flow(id)
	}
	if flow == nil {
		l.Call.Steps = append(l.Call.Steps, calls.Step{At: now, Node: "", Kind: "fallback", Title: "号码未配置流程 / number without a flow", Exit: "hangup"})
		c.lastWords(l, c.set.prompts(acc, "no_flow"), now)
		return
	}
	env := c.env(l, acc, now)
	env.FlowID, env.Version = id, version
	run, action, steps := flow.Begin(env)
	l.Run = &run
	c.trail(l, steps)
	c.perform(l, action, now)
}

// lastWords plays something and hangs up.
func (c *Core) lastWords(l *Live, files []string, now time.Time) {
	l.Call.BackToFlow(now)
	l.Await, l.Doing = l.Call.Play(&c.eff, files, now), parting
}

func (c *Core) env(l *Live, acc *Account, now time.Time) flows.Env {
	zone := acc.Zone
	if zone == nil {
		zone = time.UTC
	}
	return flows.Env{
		Now: now.In(zone), From: l.peer(), To: service(&l.Call), Region: l.Call.Region,
		Blacklisted: acc.blacklisted(l.peer()), Repeat: l.Call.Repeat == 24,
		Customer: l.Customer, Looking: l.looking,
		Hours:   acc.Hours,
		Holiday: acc.Holiday,
		Group:   acc.groupNamed,
		Agent:   acc.agentNumbered,
		Flow:    acc.FlowNamed, FlowAt: acc.FlowAt, LastAgent: c.lastAgent(l, acc),
	}
}

// service is the account's number in a call, whoever dialled whom.
func service(call *calls.Call) string {
	if call.Direction == calls.Out {
		return call.From
	}
	return call.To
}

func (a *Account) groupNamed(name string) (int64, bool) {
	former, was := int64(0), false
	for id, g := range a.Groups {
		if g.Name == name {
			return id, true
		}
		if slices.Contains(g.Former, name) {
			former, was = id, true
		}
	}
	return former, was
}

func (a *Account) agentNumbered(number string) (int64, bool) {
	for id, g := range a.Agents {
		if g.Number == number {
			return id, true
		}
	}
	return 0, false
}

func (c *Core) trail(l *Live, steps []flows.Step) {
	for _, s := range steps {
		if len(l.Call.Steps) >= maxTrail {
			return
		}
		l.Call.Steps = append(l.Call.Steps, calls.Step{
			Flow: s.Flow, Version: s.Version, At: s.At, Node: s.Node, Kind: s.Kind, Title: s.Title, Input: s.Input, Exit: s.Exit, How: string(s.How), Detail: s.Detail,
		})
	}
}

// Lookup asks who the customer of a call is; Known answers it.
type Lookup struct {
	Call    string
	Account int64
	Number  string
}

func (c *Core) lookUp(l *Live, number string) {
	if number != "" {
		l.looking = true
		c.out.Lookups = append(c.out.Lookups, Lookup{l.Call.ID, l.Call.Account, number})
	}
}

// Customer is what is known of somebody who calls or is called.
type Customer struct {
	ID     int64 // 0 for nobody that is known
	Name   string
	Fields map[string]string // for flows: customer.name and so on
}

// Known says who the customer of a call is, if anybody.
func (c *Core) Known(call string, found Customer) {
	l := c.live[call]
	if l == nil {
		return
	}
	l.looking = false
	if found.ID == 0 {
		return
	}
	l.Call.CustomerID, l.Call.CustomerName, l.Customer = found.ID, found.Name, found.Fields
	c.touch(l)
}
