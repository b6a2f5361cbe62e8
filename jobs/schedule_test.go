package jobs

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"switchdesk/internal/clock"
)

func hourly(now time.Time) time.Time { return now.Truncate(time.Hour) }

// Of many processes one runs a moment of a schedule.
func TestScheduleRunsOnce(t *testing.T) {
	each(t, func(o *office) {
		virtual := clock.NewVirtual(time.Date(2026, 11, 22, 8, 30, 0, 0, time.UTC))
		o.clock = virtual
		services := []*Service{o.service("a"), o.service("b"), o.service("c")}
		var ran atomic.Int32
		work := func(context.Context) error { ran.Add(1); return nil }
		all := func() {
			var wg sync.WaitGroup
			for _, s := range services {
				wg.Go(func() {
					if _, err := s.CatchUp(context.Background(), "tidy", hourly, work); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		}
		all()
		if ran.Load() != 0 {
			t.Fatal("a new schedule began in the past")
		}
		virtual.Advance(time.Hour)
		all()
		all()
		if ran.Load() != 1 {
			t.Fatalf("ran %d times", ran.Load())
		}
		virtual.Advance(9 * time.Hour) // nobody was there
		all()
		if ran.Load() != 2 {
			t.Errorf("nine missed moments ran %d times", ran.Load()-1)
		}
	})
}

// A process that dies at a moment is stepped in for; one that fails has had
// its turn.
func TestScheduleOfTheDead(t *testing.T) {
	each(t, func(o *office) {
		ctx, tick := context.Background(), time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
		a, b := o.service("a"), o.service("b")
		if mine, err := a.takeTick(ctx, "night", tick.Unix()); err != nil || !mine {
			t.Fatal(mine, err)
		}
		if ran, err := b.Once(ctx, "night", tick, func(context.Context) error { return nil }); err != nil || ran {
			t.Fatalf("two at once: %v", err)
		}
		if err := o.db.Exec("UPDATE schedule_runs SET lease_until = 1").Error; err != nil {
			t.Fatal(err)
		}
		failed := errors.New("no luck")
		if ran, err := b.Once(ctx, "night", tick, func(context.Context) error { return failed }); !ran || !errors.Is(err, failed) {
			t.Fatalf("%v %v", ran, err)
		}
		if ran, err := a.Once(ctx, "night", tick, func(context.Context) error { return nil }); ran || err != nil {
			t.Errorf("ran again after it had its turn: %v %v", ran, err)
		}
		next := tick.Add(time.Hour)
		stopped, stop := context.WithCancel(ctx)
		if ran, err := a.Once(stopped, "night", next, func(ctx context.Context) error { stop(); return ctx.Err() }); !ran || !errors.Is(err, context.Canceled) {
			t.Errorf("%v %v", ran, err)
		}
		if ran, err := b.Once(ctx, "night", next, func(context.Context) error { return nil }); !ran || err != nil {
			t.Errorf("a stopped process's moment is not taken up: %v %v", ran, err)
		}
	})
}
