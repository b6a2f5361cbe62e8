package floor

import (
	"time"

	"switchdesk/calls"
)

// today counts an account's day for the wall.
type today struct {
	day     string
	count   map[calls.Outcome]int
	inbound int // live inbound calls
}

func (c *Core) day(acc *Account, now time.Time) *today {
	t := c.today[acc.ID]
	if t == nil {
		t = &today{count: map[calls.Outcome]int{}}
		c.today[acc.ID] = t
	}
	zone := acc.Zone
	if zone == nil {
		zone = time.UTC
	}
	if d := now.In(zone).Format(time.DateOnly); d != t.day {
		t.day = d
		clear(t.count)
	}
	return t
}

// count adds an ended call to its account's day.
func (c *Core) count(acc *Account, call *calls.Call, now time.Time) {
	if call.Direction != calls.In {
		return
	}
	if acc == nil { // closed meanwhile; it may be opened again
		acc = &Account{ID: call.Account}
	}
	t := c.day(acc, now)
	t.count[call.Verdict]++
	c.remember(acc.ID, call.From, call.Started)
	if t.inbound > 0 {
		t.inbound--
	}
}

// recount adds a call that ended before a restart and is in no table yet.
func (c *Core) recount(r *calls.Record, now time.Time) {
	acc := c.set.Accounts[r.AccountID]
	if acc == nil || r.Direction != calls.In {
		return
	}
	zone := acc.Zone
	if zone == nil {
		zone = time.UTC
	}
	if t := c.day(acc, now); r.StartedAt.In(zone).Format(time.DateOnly) == t.day {
		t.count[r.Outcome]++
	}
}

// SetToday restores an account's counts after a restart.
func (c *Core) SetToday(account int64, counts map[calls.Outcome]int, now time.Time) {
	if acc := c.set.Accounts[account]; acc != nil {
		t := c.day(acc, now)
		for k, v := range counts {
			t.count[k] = v
		}
	}
}

// SetLastAgents restores who talked last with whom.
func (c *Core) SetLastAgents(account int64, last map[string]int64) { c.last[account] = last }

// repeatWindow is how long a caller who calls again counts as a repeat caller.
const repeatWindow = 24 * time.Hour

// repeats tells whether the caller has called within the window before.
func (c *Core) repeats(l *Live) bool {
	at, ok := c.seen[l.Call.Account][l.Call.From]
	return ok && l.Call.Started.Sub(at) < repeatWindow
}

// remember notes when somebody called; every so often the old ones go.
func (c *Core) remember(account int64, number string, at time.Time) {
	known := c.seen[account]
	if known == nil {
		known = map[string]time.Time{}
		c.seen[account] = known
	}
	known[number] = at
	if len(known)%10_000 == 0 {
		for n, t := range known {
			if at.Sub(t) >= repeatWindow {
				delete(known, n)
				delete(c.last[account], n)
			}
		}
	}
}

// SetSeen restores who called lately after a restart.
func (c *Core) SetSeen(account int64, seen map[string]time.Time) { c.seen[account] = seen }
