package realtime

import (
	"strconv"
	"strings"

	"switchdesk/accounts"
)

// Topics are the names of what one person may hear; an empty one is not
// theirs.
type Topics struct {
	Bar   string // bar:<agent>: the own softphone bar
	Calls string // calls:<account>, or calls:<account>:<user> for a narrower scope
	Wall  string // wall:<account>: the supervisor's wall
}

// TopicsOf is the one place that says who may hear what. Everybody hears only
// their own bar. The calls of the whole account are heard by those who see the
// whole account; everybody else has a topic of their own, into which only
// calls within their scope are put. agent tells whether the person takes calls.
func TopicsOf(a accounts.Actor, agent bool) Topics {
	var t Topics
	if a.AccountID == 0 || a.UserID == 0 {
		return t
	}
	account, user := strconv.FormatInt(a.AccountID, 10), strconv.FormatInt(a.UserID, 10)
	if agent && a.Can(accounts.CallsHandle) {
		t.Bar = "bar:" + user
	}
	switch {
	case a.Can(accounts.CallsRead) && a.Scope == accounts.ScopeAll:
		t.Calls = "calls:" + account
	case a.Can(accounts.CallsRead), a.Can(accounts.CallsHandle):
		t.Calls = "calls:" + account + ":" + user
	}
	if a.Can(accounts.FloorWatch) {
		t.Wall = "wall:" + account
	}
	return t
}

// hears tells whether a topic is one of a person's.
func (t Topics) hears(topic string) bool {
	return topic != "" && (topic == t.Bar || topic == t.Calls || topic == t.Wall)
}

// personal tells a calls topic of one person from that of an account.
func personal(topic string) bool {
	return strings.HasPrefix(topic, "calls:") && strings.Count(topic, ":") == 2
}

// scopeOf is whose calls go into a person's own topic.
func scopeOf(a accounts.Actor, visible accounts.Visible) accounts.Visible {
	if !a.Can(accounts.CallsRead) {
		return accounts.Visible{Users: []int64{a.UserID}}
	}
	return visible
}
