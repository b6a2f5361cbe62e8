package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"switchdesk/agents"
	"switchdesk/configs"
	"switchdesk/dialplan"
	"switchdesk/floor"
)

// Demo says how a demo runs.
type Demo struct {
	Addr  string // host:port, any free port if it ends in :0
	Data  string // folder, a new temporary one if ""
	Calls int    // scripted calls; 0: callers keep calling in
	Exit  bool   // end after the calls and print a summary
	// FreeSWITCH runs the real switch, found on this machine, with our
	// configuration instead of the simulated one.
	FreeSWITCH bool
	Log        *slog.Logger
}

// ErrDemoFailed says that a scripted run did not come out as it must; the
// summary says what is wrong.
var ErrDemoFailed = errors.New("the run did not come out as it must, see the summary")

const (
	demoSpeed  = 6 // of the simulated switch in a scripted run
	demoLimit  = 5 * time.Minute
	demoSecret = 24 // characters of the event socket's password
)

// RunDemo starts everything on this machine alone: SQLite, recordings on
// disk, a switch, an account with agents, and callers.
func RunDemo(ctx context.Context, d Demo, out io.Writer) error {
	if d.Data == "" {
		dir, err := os.MkdirTemp("", "switchdesk-demo-")
		if err != nil {
			return err
		}
		d.Data = dir
	}
	fmt.Fprintln(out, "data in", d.Data)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	lines, cfg, err := d.telephones(ctx)
	if err != nil {
		return err
	}
	group.Go(func() error { return ended(lines.run(ctx)) })
	crowd, err := d.open(ctx, group, lines, cfg, out)
	if err != nil {
		stop()
		return errors.Join(err, group.Wait())
	}
	failed := false
	group.Go(func() error {
		if d.Calls == 0 {
			return crowd.callForEver(ctx)
		}
		err := crowd.callTimes(ctx, d.Calls)
		if !d.Exit || err != nil {
			return err
		}
		summary, err := crowd.summary(ctx, d.Calls)
		if err != nil {
			return err
		}
		failed = !summary.Good
		line, err := json.Marshal(summary)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, string(line))
		stop()
		return nil
	})
	err = group.Wait()
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	if err == nil && failed {
		err = ErrDemoFailed
	}
	return err
}

// open starts the app and puts its people at their places.
func (d Demo) open(ctx context.Context, group *errgroup.Group, lines telephones, cfg configs.Config, out io.Writer) (*crowd, error) {
	a, err := demoApp(ctx, cfg, d)
	if err != nil {
		return nil, err
	}
	addr, err := a.Listen()
	if err != nil {
		return nil, err
	}
	group.Go(func() error { return a.Run(ctx) })
	crowd := &crowd{app: a, lines: lines, quick: d.Exit}
	if err := crowd.seat(ctx); err != nil {
		return nil, err
	}
	printDemo(out, addr)
	return crowd, nil
}

// telephones starts the switch that the demo runs on, and gives the
// configuration that goes with it.
func (d Demo) telephones(ctx context.Context) (telephones, configs.Config, error) {
	cfg, err := configs.Load("", nil)
	if err != nil {
		return nil, cfg, err
	}
	if d.Addr != "" {
		cfg.HTTP.Addr = d.Addr
	}
	cfg.HTTP.SecureCookies = false
	cfg.DataDir = d.Data
	cfg.Stop = 3 * time.Second
	if d.FreeSWITCH {
		lines, err := newRealLines(ctx, d, &cfg)
		return lines, cfg, err
	}
	lines, err := newSimLines(ctx, d, &cfg)
	return lines, cfg, err
}

// demoApp makes the app on a fresh database, or on the one that an earlier
// demo left in the same folder.
func demoApp(ctx context.Context, cfg configs.Config, d Demo) (*App, error) {
	if _, err := Migrate(ctx, cfg); err != nil {
		return nil, err
	}
	a, err := New(ctx, cfg, d.Log)
	if err != nil {
		return nil, err
	}
	all, err := a.accounts.Accounts(ctx)
	if err == nil && len(all) == 0 {
		err = a.seed(ctx, d.Exit)
	}
	if err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

func printDemo(out io.Writer, addr string) {
	fmt.Fprintf(out, "\nSwitchdesk demo: http://%s\n\n", addr)
	for _, p := range demoPeople {
		what := p.role
		if p.number == "8001" || p.number == "8002" {
			what += "  (yours: sign in, go idle, calls will ring)"
		}
		fmt.Fprintf(out, "  %-14s %-16s %s %s\n", p.login+"@"+demoSlug, p.password, p.name, what)
	}
	fmt.Fprintln(out)
}

// telephones are the demo's callers and desks, at the simulated switch or at a
// real one.
type telephones interface {
	// seat puts a telephone on an agent's desk and tells how the agent answers
	// it; own: a person will, nobody else does.
	seat(ctx context.Context, a *App, p agents.Profile, own bool) (agents.Method, error)
	// outside puts people behind a trunk.
	outside(t dialplan.Trunk) error
	// call lets somebody call.
	call() error
	// quiet tells that nobody is on the line any more.
	quiet() bool
	// run lasts as long as the switch, or until ctx ends; then it ends it.
	run(ctx context.Context) error
}

// crowd is the demo's people: agents who work by themselves, and callers.
type crowd struct {
	app   *App
	lines telephones
	quick bool
}

// seat puts phones on the desks and signs in the agents who work by
// themselves: all in a scripted run, else all but 8001 and 8002.
func (c *crowd) seat(ctx context.Context) error {
	account, err := c.app.accounts.AccountBySlug(ctx, demoSlug)
	if err != nil {
		return err
	}
	trunks, err := c.app.numbers.AccountTrunks(ctx, account.ID)
	if err != nil {
		return err
	}
	for _, t := range trunks {
		if err := c.lines.outside(t); err != nil {
			return err
		}
	}
	profiles, err := c.app.agents.Profiles(ctx, account.ID)
	if err != nil {
		return err
	}
	for _, p := range profiles {
		method, err := c.lines.seat(ctx, c.app, p, c.own(p))
		if err != nil {
			return err
		}
		if method != p.Method {
			p.Method = method
			if err := c.app.agents.Save(ctx, p); err != nil {
				return err
			}
		}
	}
	if err := c.app.changed(ctx, account.ID); err != nil {
		return err
	}
	for _, p := range profiles {
		if c.own(p) {
			continue
		}
		if err := c.app.floor.Do(ctx, floor.SignIn{Account: account.ID, Agent: p.UserID}); err != nil {
			return err
		}
	}
	return nil
}

// own tells that an agent is left to whoever looks at the demo.
func (c *crowd) own(p agents.Profile) bool {
	return p.Number == "8000" || !c.quick && (p.Number == "8001" || p.Number == "8002")
}

// demoCaller draws who calls which number and presses what.
func demoCaller() (from, to, key string) {
	from = fmt.Sprintf("1390001%04d", 1+rand.IntN(5000))
	if rand.IntN(3) == 0 {
		from = demoCustomers[rand.IntN(len(demoCustomers))].Phones[0]
	}
	if rand.IntN(40) == 0 {
		from = "13900019999" // is on the blacklist
	}
	to = demoMain
	if rand.IntN(4) == 0 {
		to = demoSales
	}
	return from, to, []string{"1", "2", "0", "1", "2", "9"}[rand.IntN(6)]
}

func between(from, to time.Duration) time.Duration {
	return from + time.Duration(rand.Int64N(int64(to-from)))
}

// callForEver lets callers come in, a few a minute.
func (c *crowd) callForEver(ctx context.Context) error {
	wait := 2 * time.Second
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
		if err := c.lines.call(); err != nil {
			return err
		}
		wait = between(5*time.Second, 18*time.Second)
	}
}

// callTimes lets n callers come in and waits until all is done.
func (c *crowd) callTimes(ctx context.Context, n int) error {
	for range n {
		if err := c.lines.call(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(between(50*time.Millisecond, 700*time.Millisecond)):
		}
	}
	return nil
}
