package app

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"switchdesk/agents"
	"switchdesk/calls"
	"switchdesk/calls/sample"
	"switchdesk/configs"
	"switchdesk/internal/clock"
	"switchdesk/queues"
	"switchdesk/storage/db"
)

// Generate says which made-up calls are written, for measuring on tables of
// a real size.
type Generate struct {
	Account string // its short name
	Count   int
	Days    int // how far back they reach
	Records bool
	Seed    uint64
}

const (
	generateBatch   = 500
	generateWriters = 4
	tellEvery       = 100_000
)

// GenerateCalls writes made-up calls into an account of a database that is
// not otherwise used. It fails if the account is not there.
func GenerateCalls(ctx context.Context, cfg configs.Config, g Generate, out io.Writer) error {
	handle, err := db.Open(DatabaseOf(cfg))
	if err != nil {
		return err
	}
	defer db.Close(handle) //nolint:errcheck // nothing is pending
	a := &App{cfg: cfg, db: handle, clock: clock.Real{}}
	a.domains()
	account, err := a.accounts.AccountBySlug(ctx, g.Account)
	if err != nil {
		return err
	}
	p := sample.Plan{Account: account.ID, Services: []string{demoMain, demoSales}, Zone: account.Location(),
		To: time.Now().UTC().Truncate(time.Hour), Count: g.Count, Records: g.Records, Seed: g.Seed}
	p.From = p.To.AddDate(0, 0, -max(g.Days, 1))
	if p.Agents, p.Groups, err = a.cast(ctx, account.ID); err != nil {
		return err
	}
	return writeSamples(ctx, a.calls, sample.New(p), out)
}

// cast is who takes the made-up calls: the account's own agents and groups,
// or others where it has none.
func (a *App) cast(ctx context.Context, account int64) (people, groups []sample.Named, err error) {
	var profiles []agents.Profile
	if profiles, err = a.agents.Profiles(ctx, account); err != nil {
		return nil, nil, err
	}
	for _, p := range profiles {
		people = append(people, sample.Named{ID: p.UserID, Name: p.Name})
	}
	var rows []queues.Group
	if rows, err = a.groups.Groups(ctx, account); err != nil {
		return nil, nil, err
	}
	for _, g := range rows {
		groups = append(groups, sample.Named{ID: g.ID, Name: g.Name})
	}
	if len(people) == 0 {
		people = []sample.Named{{ID: 1, Name: "李静"}, {ID: 2, Name: "王浩"}}
	}
	if len(groups) == 0 {
		groups = []sample.Named{{ID: 1, Name: "售前"}, {ID: 2, Name: "售后"}}
	}
	return people, groups, nil
}

func writeSamples(ctx context.Context, store *calls.Store, made *sample.Calls, out io.Writer) error {
	began := time.Now()
	var written atomic.Int64
	batches := make(chan []calls.Bundle, generateWriters)
	group, ctx := errgroup.WithContext(ctx)
	for range generateWriters {
		group.Go(func() error {
			for batch := range batches {
				if err := store.Save(ctx, batch); err != nil {
					return err
				}
				n := written.Add(int64(len(batch)))
				if n%tellEvery < int64(len(batch)) {
					fmt.Fprintf(out, "%d calls, %.0f a second\n", n, float64(n)/time.Since(began).Seconds())
				}
			}
			return nil
		})
	}
	group.Go(func() error {
		defer close(batches)
		var batch []calls.Bundle
		for more := true; more; {
			var b calls.Bundle
			if b, more = made.Next(); more {
				batch = append(batch, b)
			}
			if len(batch) == generateBatch || !more && len(batch) > 0 {
				select {
				case batches <- batch:
				case <-ctx.Done():
					return ctx.Err()
				}
				batch = nil
			}
		}
		return nil
	})
	err := group.Wait()
	fmt.Fprintf(out, "%d calls in %s\n", written.Load(), time.Since(began).Round(time.Millisecond))
	return err
}
