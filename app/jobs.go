package app

import (
	"context"
	"time"

	"github.com/robfig/cron/v3"
)

// jobs runs everything that happens by the clock.
func (a *App) jobs(ctx context.Context) error {
	c := cron.New(cron.WithLocation(time.UTC))
	add := func(spec, what string, f func(context.Context) error) {
		_, err := c.AddFunc(spec, func() {
			if err := f(ctx); err != nil && ctx.Err() == nil {
				a.log.Error("a scheduled job failed", "job", what, "error", err)
			}
		})
		if err != nil {
			panic(what + ": " + err.Error()) // a schedule that does not parse is a mistake in this file
		}
	}
	// Sign-in failures and sessions that are over.
	add("17 * * * *", "tidy sessions", func(ctx context.Context) error { return a.accounts.Tidy(ctx, 24*time.Hour) })
	// What another web replica may have changed.
	add("* * * * *", "read settings", func(ctx context.Context) error { return a.changed(ctx, 0) })
	// Spoken texts that nobody needs any more, files that nothing names.
	add("37 * * * *", "tidy prompts", a.prompts.Tidy)
	c.Start()
	<-ctx.Done()
	<-c.Stop().Done()
	return nil
}
