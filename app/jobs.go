package app

import (
	"context"
	"time"

	"github.com/robfig/cron/v3"

	"switchdesk/api"
	"switchdesk/jobs"
)

// A clockwork job either belongs to each process (what it keeps in memory), or
// to the house: then one process does it at each of its moments, and a moment
// that nobody was there for is made up for once.
type clockwork struct {
	spec string // cron, UTC
	what string
	each bool
	do   func(ctx context.Context) error
}

func (a *App) clockworks() []clockwork {
	return []clockwork{
		// What another web replica may have changed.
		{"* * * * *", "read settings", true, func(ctx context.Context) error { return a.changed(ctx, 0) }},
		{"* * * * *", "watch disks", true, a.watchDisks},
		// Sign-in failures and sessions that are over.
		{"17 * * * *", "tidy sessions", false, func(ctx context.Context) error { return a.accounts.Tidy(ctx, 24*time.Hour) }},
		// Spoken texts that nobody needs any more, files that nothing names.
		{"37 * * * *", "tidy prompts", false, a.prompts.Tidy},
		// Files of tasks whose 30 days are up.
		{"*/10 * * * *", "expire tasks", false, a.tasks.Expire},
		// Records and recordings that accounts keep no longer; at night in China.
		{"23 18 * * *", "apply retention", false, a.kept.Sweep},
	}
}

// jobs runs everything that happens by the clock.
func (a *App) jobs(ctx context.Context) error {
	c := cron.New(cron.WithLocation(time.UTC))
	var house []func()
	for _, w := range a.clockworks() {
		schedule, err := cron.ParseStandard(w.spec)
		if err != nil {
			panic(w.what + ": " + err.Error()) // a schedule that does not parse is a mistake in this file
		}
		run := func() {
			if err := w.do(ctx); err != nil && ctx.Err() == nil {
				a.log.Error("a scheduled job failed", "job", w.what, "error", err)
			}
		}
		if !w.each {
			run = func() {
				_, err := a.tasks.CatchUp(ctx, w.what, func(now time.Time) time.Time { return latest(schedule, now) }, w.do)
				if err != nil && ctx.Err() == nil {
					a.log.Error("a scheduled job failed", "job", w.what, "error", err)
				}
			}
			house = append(house, run)
		}
		c.Schedule(schedule, cron.NewChain(cron.SkipIfStillRunning(cron.DiscardLogger)).Then(cron.FuncJob(run)))
	}
	// Now, for what was missed; and once a minute, to step in for a process
	// that died at its work.
	catchUp := cron.NewChain(cron.SkipIfStillRunning(cron.DiscardLogger)).Then(cron.FuncJob(func() {
		for _, run := range house {
			run()
		}
	}))
	c.Schedule(cron.Every(time.Minute), catchUp)
	c.Start()
	catchUp.Run()
	<-ctx.Done()
	<-c.Stop().Done()
	return nil
}

// latest is a schedule's last moment up to now; zero if it has none within a
// year.
func latest(s cron.Schedule, now time.Time) time.Time {
	for back := time.Minute; back < 366*24*time.Hour; back *= 4 {
		at := s.Next(now.Add(-back))
		if at.IsZero() || at.After(now) {
			continue
		}
		for next := s.Next(at); !next.IsZero() && !next.After(now); next = s.Next(at) {
			at = next
		}
		return at
	}
	return time.Time{}
}

// tellTask tells the owner's browsers how a task stands.
func (a *App) tellTask(j jobs.Job) {
	if a.hub != nil && j.OwnerID != 0 {
		a.hub.Notify(j.AccountID, j.OwnerID, api.TaskNotice{Kind: "task", Task: api.TaskOf(j)})
	}
}
