package realtime

import (
	"testing"

	"switchdesk/accounts"
)

func TestWhoMayHearWhat(t *testing.T) {
	const account, user = 7, 31
	everything := []string{
		"bar:31", "bar:32", "bar:", "bar:31:1", "calls:7", "calls:8", "calls:7:31", "calls:7:32", "calls:8:31", "calls:",
		"wall:7", "wall:8", "wall:", "", "other:7", "notices:7:31", "notices:7:32", "notices:8:31", "notices:7",
	}
	for _, c := range []struct {
		name   string
		rights accounts.Rights
		scope  accounts.Scope
		agent  bool
		first  bool // has to change the password first
		hears  []string
	}{
		{"agent", accounts.Rights{"calls.handle", "calls.read"}, accounts.ScopeOwn, true, false, []string{"notices:7:31", "bar:31", "calls:7:31"}},
		{"agent without reading", accounts.Rights{"calls.handle"}, accounts.ScopeAll, true, false, []string{"notices:7:31", "bar:31", "calls:7:31"}},
		{"supervisor", accounts.Rights{"calls.handle", "calls.read", "floor.watch"}, accounts.ScopeSubordinates, true, false, []string{"notices:7:31", "bar:31", "calls:7:31", "wall:7"}},
		{"inspector", accounts.Rights{"calls.read", "floor.watch"}, accounts.ScopeAll, false, false, []string{"notices:7:31", "calls:7", "wall:7"}},
		{"administrator without a number", accounts.All(), accounts.ScopeAll, false, false, []string{"notices:7:31", "calls:7", "wall:7"}},
		{"agent of all", accounts.All(), accounts.ScopeAll, true, false, []string{"notices:7:31", "bar:31", "calls:7", "wall:7"}},
		{"number but no right to handle", accounts.Rights{"flows.read"}, accounts.ScopeAll, true, false, []string{"notices:7:31"}},
		{"nothing", nil, accounts.ScopeAll, false, false, []string{"notices:7:31"}},
		{"handed-out password", accounts.All(), accounts.ScopeAll, true, true, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			actor := accounts.Actor{UserID: user, AccountID: account, Rights: c.rights, Scope: c.scope, MustChangePassword: c.first}
			hears := topicsOf(actor, c.agent)
			want := make(map[string]bool)
			for _, topic := range c.hears {
				want[topic] = true
			}
			for _, topic := range everything {
				if got := hears.hears(topic); got != want[topic] {
					t.Errorf("hears(%q) = %v, want %v", topic, got, want[topic])
				}
			}
		})
	}
	if nobody := topicsOf(accounts.Actor{Rights: accounts.All(), Scope: accounts.ScopeAll}, true); nobody != (topics{}) {
		t.Errorf("somebody of no account hears %+v", nobody)
	}
}
