package floor

import (
	"context"
	"errors"
	"time"
)

// ErrStopped says that the floor does not run.
var ErrStopped = errors.New("the floor has stopped")

// ask runs f on the floor's goroutine and waits for it.
func (s *Service) ask(ctx context.Context, f func(now time.Time)) error {
	done := make(chan struct{})
	wrapped := func(now time.Time) { f(now); close(done) }
	select {
	case s.inbox <- wrapped:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.stopped:
		return ErrStopped
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-s.stopped:
		return ErrStopped
	}
}

// Do carries out a command; it returns once the floor has decided, not once
// the switch has obeyed.
func (s *Service) Do(ctx context.Context, cmd Command) error {
	var err error
	if e := s.ask(ctx, func(now time.Time) { err = s.core.Do(cmd, now) }); e != nil {
		return e
	}
	return err
}

// Bar tells what an agent's softphone bar shows; a fault if the account has
// no such agent.
func (s *Service) Bar(ctx context.Context, account, agent int64) (Bar, error) {
	var b Bar
	err := errUnknownAgent(agent)
	e := s.ask(ctx, func(time.Time) {
		if a := s.core.agents[agent]; a != nil && a.Account == account {
			b, _ = s.core.Bar(agent)
			err = nil
		}
	})
	return b, errors.Join(e, err)
}

// LiveCalls lists an account's calls.
func (s *Service) LiveCalls(ctx context.Context, account int64) ([]LiveCall, error) {
	var list []LiveCall
	err := s.ask(ctx, func(time.Time) { list = s.core.LiveCalls(account) })
	return list, err
}

// Away lists the switches that the floor can't steer at the moment.
func (s *Service) Away(ctx context.Context) ([]string, error) {
	var away []string
	err := s.ask(ctx, func(time.Time) {
		for name := range s.Switches {
			if n := s.core.nodes[name]; n == nil || !n.up {
				away = append(away, name)
			}
		}
	})
	return away, err
}

// Wall gives a supervisor's view.
func (s *Service) Wall(ctx context.Context, account int64) (Wall, error) {
	var w Wall
	err := s.ask(ctx, func(now time.Time) { w = s.core.Wall(account, now) })
	return w, err
}

// Menus lists the nodes that an account's agents may send customers to.
func (s *Service) Menus(ctx context.Context, account int64) ([]Menu, error) {
	var list []Menu
	err := s.ask(ctx, func(time.Time) { list = s.core.Menus(account) })
	return list, err
}

// FlowNow tells where the callers of a flow are now; version 0 counts all
// versions.
func (s *Service) FlowNow(ctx context.Context, account, flow, version int64) (FlowNow, error) {
	var v FlowNow
	err := s.ask(ctx, func(now time.Time) { v = s.core.FlowNow(account, flow, version, now) })
	return v, err
}

// Apply takes in new settings.
func (s *Service) Apply(ctx context.Context, set *Settings) error {
	return s.ask(ctx, func(now time.Time) { s.core.Apply(set, now) })
}
