package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"switchdesk/storage/db"
	"switchdesk/storage/db/dbtest"
)

func TestLeaseHasOneHolder(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		var held atomic.Int32
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				l := db.NewLease(g, "cell", fmt.Sprint("p", i), time.Minute)
				err := l.Acquire(ctx)
				if err == nil {
					held.Add(1)
				} else if !errors.Is(err, db.ErrLeaseTaken) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if held.Load() != 1 {
			t.Fatalf("%d hold it", held.Load())
		}
	})
}

func TestLeaseRunsOutAndFences(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		a, b := db.NewLease(g, "cell", "a", time.Minute), db.NewLease(g, "cell", "b", time.Minute)
		if err := a.Acquire(ctx); err != nil {
			t.Fatal(err)
		}
		if err := a.Renew(ctx); err != nil {
			t.Fatal(err)
		}
		if err := b.Acquire(ctx); !errors.Is(err, db.ErrLeaseTaken) {
			t.Fatalf("b beside a: %v", err)
		}
		if err := b.Renew(ctx); !errors.Is(err, db.ErrLeaseTaken) {
			t.Fatalf("b renews what it never had: %v", err)
		}
		// A minute passes: a has been silent.
		if err := g.Exec("UPDATE leases SET expires_at = expires_at - 61000000").Error; err != nil {
			t.Fatal(err)
		}
		if err := b.Acquire(ctx); err != nil {
			t.Fatal(err)
		}
		if a.Epoch() != 1 || b.Epoch() != 2 {
			t.Fatalf("epochs %d and %d", a.Epoch(), b.Epoch())
		}
		if err := a.Renew(ctx); !errors.Is(err, db.ErrLeaseTaken) {
			t.Fatalf("a renews after b took over: %v", err)
		}
		if err := a.Release(ctx); err != nil {
			t.Fatal(err)
		}
		if err := b.Renew(ctx); err != nil {
			t.Fatalf("a's release took b's lease: %v", err)
		}
		if err := b.Release(ctx); err != nil {
			t.Fatal(err)
		}
		if err := a.Acquire(ctx); err != nil || a.Epoch() != 3 {
			t.Fatalf("after a release: %v, epoch %d", err, a.Epoch())
		}
	})
}

// TestLeaseClock compares the database's clock with the machine's.
func TestLeaseClock(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		l := db.NewLease(g, "cell", "a", 10*time.Second)
		if err := l.Acquire(ctx); err != nil {
			t.Fatal(err)
		}
		var expires int64
		g.Raw("SELECT expires_at FROM leases").Scan(&expires)
		if left := time.Until(time.UnixMicro(expires)); left < 8*time.Second || left > 11*time.Second {
			t.Fatalf("a lease of 10 s ends in %s", left)
		}
	})
}
