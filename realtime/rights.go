package realtime

import (
	"strconv"
	"strings"

	"switchdesk/accounts"
)

// topics are the names of what one person may hear; an empty one is not
// theirs.
type topics struct {
	bar   string // bar:<agent>: the own softphone bar
	calls string // calls:<account>, or calls:<account>:<user> for a narrower scope
	wall  string // wall:<account>: the supervisor's wall
	own   string // notices:<account>:<user>: what is for this person alone
}

// Topics names what one person may hear, for the page that subscribes; "" is
// not theirs. agent tells whether the person takes calls.
func Topics(a accounts.Actor, agent bool) (bar, calls, wall, notices string) {
	t := topicsOf(a, agent)
	return t.bar, t.calls, t.wall, t.own
}

func noticesTopic(account, user int64) string {
	return "notices:" + strconv.FormatInt(account, 10) + ":" + strconv.FormatInt(user, 10)
}

// topicsOf is the one place that says who may hear what. Everybody hears only
// their own bar. The calls of the whole account are heard by those who see the
// whole account; everybody else has a topic of their own, into which only
// calls within their scope are put.
func topicsOf(a accounts.Actor, agent bool) topics {
	var t topics
	if a.AccountID == 0 || a.UserID == 0 {
		return t
	}
	account, user := strconv.FormatInt(a.AccountID, 10), strconv.FormatInt(a.UserID, 10)
	if !a.MustChangePassword {
		t.own = noticesTopic(a.AccountID, a.UserID)
	}
	if agent && a.Can(accounts.CallsHandle) {
		t.bar = "bar:" + user
	}
	switch {
	case a.Can(accounts.CallsRead) && a.Scope == accounts.ScopeAll:
		t.calls = "calls:" + account
	case a.Can(accounts.CallsRead), a.Can(accounts.CallsHandle):
		t.calls = "calls:" + account + ":" + user
	}
	if a.Can(accounts.FloorWatch) {
		t.wall = "wall:" + account
	}
	return t
}

// hears tells whether a topic is one of a person's.
func (t topics) hears(topic string) bool {
	return topic != "" && (topic == t.bar || topic == t.calls || topic == t.wall || topic == t.own)
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
