package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"switchdesk/internal/clock"
	"switchdesk/internal/fault"
	"switchdesk/storage/db/dbtest"
)

const account, owner = 7, 70

// office is a database with workers on it.
type office struct {
	*testing.T
	db    *gorm.DB
	kinds map[string]Kind
	clock clock.Clock
	stops []context.CancelFunc
	ends  []chan error
}

func newOffice(t *testing.T, g *gorm.DB) *office {
	o := &office{T: t, db: g, kinds: map[string]Kind{}, clock: clock.Real{}}
	t.Cleanup(func() {
		for i := range o.stops {
			o.stops[i]()
			if err := <-o.ends[i]; err != nil {
				t.Error(err)
			}
		}
	})
	return o
}

func (o *office) service(name string, change ...func(*Options)) *Service {
	opts := Options{Kinds: o.kinds, Worker: name, Lease: 2 * time.Second, Poll: 20 * time.Millisecond, Tries: 3, Clock: o.clock, Log: slog.New(slog.DiscardHandler)}
	for _, f := range change {
		f(&opts)
	}
	return NewService(o.db, opts)
}

// runs has a worker work until the test ends or the func is called.
func (o *office) runs(s *Service) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	o.stops, o.ends = append(o.stops, cancel), append(o.ends, ended)
	go func() { ended <- s.Run(ctx) }()
	return func() { cancel(); err := <-ended; ended <- err }
}

func (o *office) add(s *Service, kind string) Job {
	o.Helper()
	j, err := s.Add(context.Background(), New{AccountID: account, Kind: kind, Title: "导出", OwnerID: owner, OwnerName: "李静", Input: map[string]int{"n": 1}})
	if err != nil {
		o.Fatal(err)
	}
	return j
}

func (o *office) get(s *Service, id int64) Job {
	o.Helper()
	j, err := s.Get(context.Background(), account, id)
	if err != nil {
		o.Fatal(err)
	}
	return j
}

func (o *office) until(what string, holds func() bool) {
	o.Helper()
	for end := time.Now().Add(30 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) { // polling a condition
		if time.Now().After(end) {
			o.Fatalf("not within 30 s: %s", what)
		}
	}
}

func (o *office) comesTo(s *Service, id int64, state State) Job {
	o.Helper()
	var j Job
	o.until(fmt.Sprintf("job %d is %s", id, state), func() bool { j = o.get(s, id); return j.State == state })
	return j
}

func each(t *testing.T, test func(o *office)) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) { test(newOffice(t, g)) })
}

func TestJobIsDone(t *testing.T) {
	each(t, func(o *office) {
		var told []State
		var mu sync.Mutex
		o.kinds["count"] = Kind{Do: func(_ context.Context, r *Run) (Result, error) {
			var in map[string]int
			if err := r.Input(&in); err != nil || in["n"] != 1 {
				return Result{}, fmt.Errorf("input %v: %w", in, err)
			}
			if err := r.Save(map[string]int{"at": 5}, 5, 10); err != nil {
				return Result{}, err
			}
			return Result{Key: "exports/7/1.zip", Name: "通话记录.zip", Bytes: 99, Note: map[string]int{"missing": 2}}, nil
		}}
		s := o.service("a", func(p *Options) {
			p.Changed = func(j Job) { mu.Lock(); told = append(told, j.State); mu.Unlock() }
		})
		j := o.add(s, "count")
		o.runs(s)
		j = o.comesTo(s, j.ID, Done)
		if j.ResultKey == "" || j.ResultName != "通话记录.zip" || j.ResultBytes != 99 || j.ResultNote != `{"missing":2}` || j.Done != 10 || j.Total != 10 {
			t.Errorf("%+v", j)
		}
		if j.ExpiresAt == nil || j.ExpiresAt.Sub(*j.FinishedAt) != Keep || j.StartedAt == nil {
			t.Errorf("%+v", j)
		}
		o.until("the end is told", func() bool { mu.Lock(); defer mu.Unlock(); return slices.Contains(told, Done) })
		if _, err := s.Get(context.Background(), account+1, j.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another account sees the job: %v", err)
		}
		if _, err := s.Cancel(context.Background(), account, j.ID); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a job that is over is cancelled: %v", err)
		}
	})
}

// A worker that dies without a word is taken over once its lease has run out,
// and the work goes on from the checkpoint; what the dead one still says is
// not heard.
func TestDeadWorkerIsTakenOver(t *testing.T) {
	each(t, func(o *office) {
		ghost := make(chan *Run, 1)
		release := make(chan struct{})
		var turns atomic.Int32
		o.kinds["long"] = Kind{Do: func(_ context.Context, r *Run) (Result, error) {
			var at int
			resumed, err := r.Checkpoint(&at)
			if err != nil {
				return Result{}, err
			}
			if turns.Add(1) == 1 {
				if resumed {
					return Result{}, errors.New("begins with a checkpoint")
				}
				if err := r.Save(40, 40, 100); err != nil {
					return Result{}, err
				}
				ghost <- r
				<-release // deaf and dumb, as one that hangs
				return Result{Key: "of-the-dead"}, nil
			}
			if !resumed || at != 40 {
				return Result{}, fmt.Errorf("goes on at %d, %v", at, resumed)
			}
			return Result{Key: "of-the-living"}, nil
		}}
		var removed sync.Map
		remove := func(p *Options) {
			p.Remove = func(_ context.Context, key string) error { removed.Store(key, true); return nil }
		}
		a, b := o.service("a", remove), o.service("b", remove)
		j := o.add(a, "long")
		o.runs(a)
		dead := <-ghost
		// Its heart stops too: the row says that the lease ran out long ago.
		if err := o.db.Exec("UPDATE jobs SET lease_until = 1, epoch = epoch WHERE id = ?", j.ID).Error; err != nil {
			t.Fatal(err)
		}
		stopHeart(dead)
		o.runs(b)
		o.until("the job is lost and done by another", func() bool {
			_ = o.db.Exec("UPDATE jobs SET lease_until = 1 WHERE id = ? AND state = 'running' AND worker = 'a'", j.ID).Error
			return o.get(b, j.ID).State == Done
		})
		if err := dead.write(context.Background(), map[string]any{"checkpoint": "50"}); !errors.Is(err, errLost) {
			t.Errorf("the dead worker writes: %v", err)
		}
		close(release)
		o.until("the dead one's file is removed", func() bool { _, ok := removed.Load("of-the-dead"); return ok })
		if got := o.get(b, j.ID); got.ResultKey != "of-the-living" || got.State != Done || got.Epoch < 2 {
			t.Errorf("%+v", got)
		}
	})
}

// stopHeart ends a run's heartbeat, as the end of its process would.
func stopHeart(r *Run) { r.stop(errLost) }

// However workers die, each job is done exactly once at a time and in the end.
func TestNeverTwiceAtOnce(t *testing.T) {
	each(t, func(o *office) {
		var busy sync.Map
		var done sync.Map
		o.kinds["x"] = Kind{PerAccount: 100, Queue: 1000, Do: func(ctx context.Context, r *Run) (Result, error) {
			if _, twice := busy.LoadOrStore(r.Job.ID, true); twice {
				t.Errorf("job %d runs twice at once", r.Job.ID)
			}
			defer busy.Delete(r.Job.ID)
			if rand.IntN(3) == 0 {
				return Result{}, errors.New("bad luck")
			}
			if _, twice := done.LoadOrStore(r.Job.ID, true); twice {
				t.Errorf("job %d done twice", r.Job.ID)
			}
			return Result{}, nil
		}}
		var workers []*Service
		for i := range 4 {
			workers = append(workers, o.service(fmt.Sprint("w", i), func(p *Options) { p.Tries = 1000; p.Workers = 3 }))
		}
		var ids []int64
		for range 30 {
			ids = append(ids, o.add(workers[0], "x").ID)
		}
		for _, w := range workers {
			o.runs(w)
		}
		for _, id := range ids {
			o.until("all are done", func() bool {
				// Nobody waits for the pause between tries here.
				_ = o.db.Exec("UPDATE jobs SET next_try = 0 WHERE state = 'waiting'").Error
				return o.get(workers[0], id).State == Done
			})
		}
	})
}

func TestLimits(t *testing.T) {
	each(t, func(o *office) {
		var now, most atomic.Int32
		hold := make(chan struct{})
		o.kinds["one"] = Kind{PerAccount: 2, Queue: 5, Do: func(ctx context.Context, _ *Run) (Result, error) {
			n := now.Add(1)
			defer now.Add(-1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			select {
			case <-hold:
			case <-ctx.Done():
				return Result{}, ctx.Err()
			}
			return Result{}, nil
		}}
		a, b := o.service("a", func(p *Options) { p.Workers = 4 }), o.service("b", func(p *Options) { p.Workers = 4 })
		for range 5 {
			o.add(a, "one")
		}
		if _, err := a.Add(context.Background(), New{AccountID: account, Kind: "one", OwnerID: owner}); fault.KindOf(err) != fault.TooMany {
			t.Errorf("a sixth is taken: %v", err)
		}
		other, err := a.Add(context.Background(), New{AccountID: account + 1, Kind: "one", OwnerID: 1})
		if err != nil {
			t.Fatal(err)
		}
		o.runs(a)
		o.runs(b)
		o.until("two of one account and one of the other run", func() bool { return now.Load() == 3 })
		close(hold)
		o.until("all are done", func() bool {
			rows, err := a.List(context.Background(), account, Filter{Owner: owner})
			return err == nil && len(rows) == 5 && !slices.ContainsFunc(rows, func(j Job) bool { return j.State != Done })
		})
		o.until("the other's too", func() bool {
			j, err := a.Get(context.Background(), account+1, other.ID)
			return err == nil && j.State == Done
		})
		if most.Load() > 3 {
			t.Errorf("%d at once, 3 allowed", most.Load())
		}
	})
}

func TestCancelRetryFail(t *testing.T) {
	each(t, func(o *office) {
		ctx := context.Background()
		var dropped atomic.Int32
		started := make(chan struct{}, 10)
		o.kinds["stuck"] = Kind{
			Do: func(ctx context.Context, r *Run) (Result, error) {
				if err := r.Save("half", 1, 2); err != nil {
					return Result{}, err
				}
				started <- struct{}{}
				<-ctx.Done()
				return Result{}, ctx.Err()
			},
			Drop: func(context.Context, Job) error { dropped.Add(1); return nil },
		}
		var tries atomic.Int32
		o.kinds["bad"] = Kind{Do: func(context.Context, *Run) (Result, error) {
			tries.Add(1)
			return Result{}, fault.New(fault.Invalid, "export.none", "nothing to export")
		}}
		o.kinds["panics"] = Kind{Do: func(context.Context, *Run) (Result, error) { panic("oh") }}
		s := o.service("a", func(p *Options) { p.Workers = 3; p.Tries = 1 })
		waiting := o.add(s, "stuck")
		if j, err := s.Cancel(ctx, account, waiting.ID); err != nil || j.State != Cancelled {
			t.Fatalf("%+v %v", j, err)
		}
		stuck := o.add(s, "stuck")
		o.runs(s)
		<-started
		// Another process is asked to cancel; the worker hears of it with its next beat.
		if _, err := o.service("b").Cancel(ctx, account, stuck.ID); err != nil {
			t.Fatal(err)
		}
		o.comesTo(s, stuck.ID, Cancelled)
		o.until("what it left is dropped", func() bool { return dropped.Load() == 1 })
		if _, err := s.Retry(ctx, account, stuck.ID); err != nil {
			t.Fatal(err)
		}
		<-started
		if _, err := s.Cancel(ctx, account, stuck.ID); err != nil {
			t.Fatal(err)
		}
		o.comesTo(s, stuck.ID, Cancelled)

		bad := o.comesTo(s, o.add(s, "bad").ID, Failed)
		if bad.ErrorCode != "export.none" || bad.Error != "nothing to export" || tries.Load() != 1 {
			t.Errorf("%+v after %d tries", bad, tries.Load())
		}
		if j := o.comesTo(s, o.add(s, "panics").ID, Failed); j.ErrorCode != "job.failed" {
			t.Errorf("%+v", j)
		}
		if _, err := s.Cancel(ctx, account+1, stuck.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another account cancels: %v", err)
		}
		if _, err := s.Retry(ctx, account+1, bad.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another account retries: %v", err)
		}
	})
}

// A process that stops hands its work back, and it costs no try.
func TestStopHandsBack(t *testing.T) {
	each(t, func(o *office) {
		started := make(chan struct{}, 1)
		var turns atomic.Int32
		o.kinds["x"] = Kind{Do: func(ctx context.Context, r *Run) (Result, error) {
			if turns.Add(1) > 1 {
				return Result{}, nil
			}
			if err := r.Save(1, 1, 2); err != nil {
				return Result{}, err
			}
			started <- struct{}{}
			<-ctx.Done()
			return Result{}, ctx.Err()
		}}
		a, b := o.service("a"), o.service("b")
		j := o.add(a, "x")
		stop := o.runs(a)
		<-started
		stop()
		if got := o.get(b, j.ID); got.State != Waiting || got.Attempts != 0 || got.Done != 1 {
			t.Fatalf("%+v", got)
		}
		o.runs(b)
		o.comesTo(b, j.ID, Done)
	})
}

func TestResultsExpire(t *testing.T) {
	each(t, func(o *office) {
		ctx := context.Background()
		virtual := clock.NewVirtual(time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC))
		o.clock = virtual
		o.kinds["x"] = Kind{Do: func(context.Context, *Run) (Result, error) { return Result{Key: "k", Name: "n.zip", Bytes: 3}, nil }}
		fails := true
		var removed []string
		s := o.service("a", func(p *Options) {
			p.Remove = func(_ context.Context, key string) error {
				if fails {
					return errors.New("the store is away")
				}
				removed = append(removed, key)
				return nil
			}
		})
		j := o.add(s, "x")
		o.runs(s)
		o.comesTo(s, j.ID, Done)
		virtual.Advance(Keep - time.Second)
		if err := s.Expire(ctx); err != nil || o.get(s, j.ID).State != Done {
			t.Fatalf("too early: %v", err)
		}
		virtual.Advance(2 * time.Second)
		if err := s.Expire(ctx); err == nil || o.get(s, j.ID).State != Done {
			t.Errorf("the store is away: %v", err)
		}
		fails = false
		if err := s.Expire(ctx); err != nil {
			t.Fatal(err)
		}
		if got := o.get(s, j.ID); got.State != Expired || got.ResultKey != "" || len(removed) != 1 {
			t.Errorf("%+v, removed %q", got, removed)
		}
	})
}
