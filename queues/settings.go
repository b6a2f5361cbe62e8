package queues

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"switchdesk/agents"
	"switchdesk/internal/fault"
)

// NewGroup is a group with settings that suit most: ring the longest idle for
// 20 s, set who doesn't answer busy, wait 3 minutes at most, then back into
// the flow.
func NewGroup(account int64, name string) Group {
	return Group{
		Account: account, Name: name, Strategy: LongestIdle, AfterMiss: agents.SetBusy,
		WaitLimit: 3 * time.Minute, RingTime: 20 * time.Second, AskPause: 5 * time.Second,
		WrapUp: 20 * time.Second, MaxWrapUp: 5 * time.Minute, Announce: 30 * time.Second,
		OnNoAgent: Exit{Kind: ExitFlow}, OnTimeout: Exit{Kind: ExitFlow}, OnFull: Exit{Kind: ExitFlow},
	}
}

// Check tells the first thing that is wrong with a group's settings, naming
// the field, and trims its name. Durations are whole seconds.
func (g *Group) Check() error {
	g.Name = strings.TrimSpace(g.Name)
	if n := utf8.RuneCountInString(g.Name); n == 0 || n > 100 || strings.ContainsFunc(g.Name, isControl) {
		return invalid("group.name", "name", "a group's name has 1 to 100 characters")
	}
	if !slices.Contains(Strategies(), g.Strategy) {
		return invalid("group.strategy", "strategy", "there is no strategy %q", string(g.Strategy))
	}
	if g.AfterMiss != agents.SetBusy && g.AfterMiss != agents.AskAgain {
		return invalid("group.after_miss", "after_miss", "after a missed ring an agent is set busy or asked again")
	}
	if err := g.checkTimes(); err != nil {
		return err
	}
	if g.MaxWaiting < 0 || g.MaxWaiting > 1_000_000 {
		return invalid("group.max_waiting", "max_waiting", "at most 1,000,000 callers may wait")
	}
	if utf8.RuneCountInString(g.Music) > 200 {
		return invalid("group.music", "music", "the music's name is too long")
	}
	if utf8.RuneCountInString(g.Greeting) > 100 {
		return invalid("group.greeting", "greeting", "the greeting's name is too long")
	}
	if err := g.checkExits(); err != nil {
		return err
	}
	return g.checkMembers()
}

func (g *Group) checkTimes() error {
	for _, c := range []struct {
		field     string
		is        time.Duration
		from, to  time.Duration
		sayFields string
	}{
		{"wait_limit", g.WaitLimit, 0, 24 * time.Hour, "the wait limit"},
		{"ring_time", g.RingTime, 3 * time.Second, 5 * time.Minute, "the ring time"},
		{"ask_pause", g.AskPause, 0, time.Hour, "the pause before asking again"},
		{"empty_limit", g.EmptyLimit, 0, 24 * time.Hour, "the wait with nobody there"},
		{"wrap_up", g.WrapUp, 0, time.Hour, "the wrap-up"},
		{"max_wrap_up", g.MaxWrapUp, 0, 2 * time.Hour, "the longest wrap-up"},
		{"announce_every", g.Announce, 0, 10 * time.Minute, "the time between announcements"},
	} {
		if c.is < c.from || c.is > c.to || c.is%time.Second != 0 {
			return invalid("group.time", c.field, "%s is %d to %d whole seconds", c.sayFields, c.from/time.Second, c.to/time.Second)
		}
	}
	if g.MaxWrapUp != 0 && g.MaxWrapUp < g.WrapUp {
		return invalid("group.max_wrap_up", "max_wrap_up", "the longest wrap-up can't be shorter than the wrap-up")
	}
	if g.Announce != 0 && g.Announce < 5*time.Second {
		return invalid("group.time", "announce_every", "announcements are at least 5 seconds apart")
	}
	return nil
}

func (g *Group) checkExits() error {
	for _, c := range []struct {
		field string
		exit  *Exit
	}{{"on_no_agent", &g.OnNoAgent}, {"on_timeout", &g.OnTimeout}, {"on_full", &g.OnFull}} {
		switch c.exit.Kind {
		case ExitFlow, ExitVoicemail, ExitHangup:
			c.exit.Group = 0
		case ExitGroup:
			if c.exit.Group <= 0 || c.exit.Group == g.ID {
				return invalid("group.exit", c.field, "choose another group to go to")
			}
		default:
			return invalid("group.exit", c.field, "callers can't leave to %q", string(c.exit.Kind))
		}
	}
	return nil
}

func (g *Group) checkMembers() error {
	if len(g.Members) > 15_000 {
		return invalid("group.members", "members", "a group has at most 15,000 members")
	}
	seen := make(map[int64]bool, len(g.Members))
	for _, m := range g.Members {
		switch {
		case m.Agent <= 0 || seen[m.Agent]:
			return invalid("group.members", "members", "each member is listed once")
		case m.Level < 1 || m.Level > 10:
			return invalid("group.level", "members", "a skill level is 1 to 10")
		case m.Order < 0 || m.Order > 15_000:
			return invalid("group.order", "members", "a member's place is 0 to 15,000")
		}
		seen[m.Agent] = true
	}
	return nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

func invalid(code, field, format string, args ...any) error {
	return fault.New(fault.Invalid, code, format, args...).On(field)
}
