package floor

import (
	"time"

	"switchdesk/calls"
)

// today counts an account's day for the wall.
type today struct {
	day     string
	zone    *time.Location // kept when the account is closed
	count   map[calls.Outcome]int
	inbound int // live inbound calls
}

func (c *Core) day(acc *Account, now time.Time) *today {
	t := c.today[acc.ID]
	if t == nil {
		t = &today{count: map[calls.Outcome]int{}}
		c.today[acc.ID] = t
	}
	if acc.Zone != nil {
		t.zone = acc.Zone
	}
	zone := t.zone
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
	c.remember(acc.ID, r.From, r.StartedAt)
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

// RepeatWindow is how long a caller is remembered: who calls again within it
// is a repeat caller.
const RepeatWindow = 48 * time.Hour

// repeats tells within how many hours the caller has called before: 24, 48 or,
// if it is longer ago or never, 0. Calls from hidden numbers repeat nothing.
func (c *Core) repeats(account int64, number string, now time.Time) int {
	at, ok := c.seen[account][number]
	switch ago := now.Sub(at); {
	case !ok || number == "" || ago > RepeatWindow:
		return 0
	case ago > RepeatWindow/2:
		return 48
	}
	return 24
}

// remember notes when somebody called; every so often the old ones go.
func (c *Core) remember(account int64, number string, at time.Time) {
	known := c.seen[account]
	if known == nil {
		known = map[string]time.Time{}
		c.seen[account] = known
	}
	before := len(known)
	if known[number].Before(at) {
		known[number] = at
	}
	if len(known) > before && len(known)%10_000 == 0 {
		for n, t := range known {
			if at.Sub(t) >= RepeatWindow {
				delete(known, n)
				delete(c.last[account], n)
			}
		}
	}
}

// SetSeen restores who called lately after a restart.
func (c *Core) SetSeen(account int64, seen map[string]time.Time) {
	for number, at := range seen {
		c.remember(account, number, at)
	}
}
