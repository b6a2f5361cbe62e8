package floor

import "time"

// FlowNow is where the callers of a flow are now, and what they have passed
// so far. Calls that have ended are not in it: their steps are in the tables.
type FlowNow struct {
	At    time.Time          `json:"at"`
	Calls int                `json:"calls" doc:"live calls that are or were in the flow"`
	Nodes map[string]NodeNow `json:"nodes"`
}

// NodeNow is one node of a flow.
type NodeNow struct {
	Here    int            `json:"here" doc:"callers at the node now"`
	Entered int            `json:"entered" doc:"visits that have ended or go on, of live calls"`
	Exits   map[string]int `json:"exits,omitempty" doc:"how often each exit was taken by live calls"`
}

// FlowNow counts an account's live calls in a flow; version 0 counts all
// versions.
func (c *Core) FlowNow(account, flow, version int64, now time.Time) FlowNow {
	v := FlowNow{At: now.UTC(), Nodes: map[string]NodeNow{}}
	of := func(f, n int64) bool { return f == flow && (version == 0 || n == version) }
	for _, l := range c.live {
		if l.Call.Account != account || l.Run == nil {
			continue
		}
		seen := false
		for _, s := range l.Call.Steps {
			if s.Exit == "" || !of(s.Flow, s.Version) {
				continue
			}
			seen = true
			n := v.Nodes[s.Node]
			if n.Exits == nil {
				n.Exits = map[string]int{}
			}
			n.Entered++
			n.Exits[s.Exit]++
			v.Nodes[s.Node] = n
		}
		if r := l.Run; !r.Done && of(r.FlowID, r.Version) && !l.Call.Gone {
			seen = true
			n := v.Nodes[r.Node]
			n.Here++
			n.Entered++
			v.Nodes[r.Node] = n
		}
		if seen {
			v.Calls++
		}
	}
	return v
}
