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
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"switchdesk/agents"
	"switchdesk/calls"
	"switchdesk/configs"
	"switchdesk/floor"
	"switchdesk/simswitch"
	"switchdesk/storage/db"
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
// disk, a simulated switch, an account with agents, and callers.
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
	speed := 1.0
	if d.Exit {
		speed = demoSpeed
	}
	password := randomPassword()
	engine := simswitch.New(simswitch.Options{Speed: speed, Password: password, Seed: rand.Uint64(), MaxSessions: 2000, Log: d.Log.With("switch", "sim")})
	group.Go(func() error { return ended(engine.Run(ctx)) })
	socket, err := engine.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		return err
	}
	cfg, err := demoConfig(d, socket.Addr(), password)
	if err != nil {
		return err
	}
	a, err := demoApp(ctx, cfg, d)
	if err != nil {
		return err
	}
	addr, err := a.Listen()
	if err != nil {
		return err
	}
	group.Go(func() error { return a.Run(ctx) })
	crowd := &crowd{app: a, engine: engine, quick: d.Exit, log: d.Log}
	if err := crowd.seat(ctx); err != nil {
		stop()
		return errors.Join(err, group.Wait())
	}
	printDemo(out, addr)
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

func demoConfig(d Demo, socket, password string) (configs.Config, error) {
	cfg, err := configs.Load("", nil)
	if err != nil {
		return cfg, err
	}
	if d.Addr != "" {
		cfg.HTTP.Addr = d.Addr
	}
	cfg.HTTP.SecureCookies = false
	cfg.DataDir = d.Data
	cfg.Switches = []configs.Node{{Name: "sim", Addr: socket, Password: password}}
	cfg.Stop = 3 * time.Second
	return cfg, nil
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

// crowd is the demo's people: agents who work by themselves, phones, callers.
type crowd struct {
	app    *App
	engine *simswitch.Engine
	quick  bool
	log    *slog.Logger
	agents []int64
}

// seat puts phones on the switch and signs in the agents who work by
// themselves: all in a scripted run, else all but 8001 and 8002.
func (c *crowd) seat(ctx context.Context) error {
	c.engine.AddGateway(simswitch.Gateway{Name: c.trunk(ctx), React: func(simswitch.Ringing) simswitch.Reaction { return c.somebody() }})
	account, err := c.app.accounts.AccountBySlug(ctx, demoSlug)
	if err != nil {
		return err
	}
	profiles, err := c.app.agents.Profiles(ctx, account.ID)
	if err != nil {
		return err
	}
	for _, p := range profiles {
		own := !c.quick && (p.Number == "8000" || p.Number == "8001" || p.Number == "8002")
		for _, m := range []agents.Method{agents.Web, agents.SIP} {
			ph := simswitch.Phone{User: floor.PhoneUser(account.ID, p.Number, m), Manual: own}
			if !own {
				ph.React = func(simswitch.Ringing) simswitch.Reaction { return c.colleague() }
			}
			c.engine.Register(ph)
		}
		if own || p.Number == "8000" {
			continue
		}
		c.agents = append(c.agents, p.UserID)
		if err := c.app.floor.Do(ctx, floor.SignIn{Account: account.ID, Agent: p.UserID}); err != nil {
			return err
		}
	}
	return nil
}

func (c *crowd) trunk(ctx context.Context) string {
	account, err := c.app.accounts.AccountBySlug(ctx, demoSlug)
	if err != nil {
		return ""
	}
	trunks, err := c.app.numbers.AccountTrunks(ctx, account.ID)
	if err != nil || len(trunks) == 0 {
		return ""
	}
	return trunks[0].Gateway()
}

func between(from, to time.Duration) time.Duration {
	return from + time.Duration(rand.Int64N(int64(to-from)))
}

// colleague is how an agent who works by himself takes a ring.
func (c *crowd) colleague() simswitch.Reaction {
	r := simswitch.Reaction{Act: simswitch.Pick, After: between(time.Second, 5*time.Second), HangupAfter: between(25*time.Second, 150*time.Second)}
	if c.quick {
		r.HangupAfter = between(8*time.Second, 30*time.Second)
	}
	switch n := rand.IntN(100); {
	case n < 3:
		r.Act = simswitch.Refuse
	case n < 6:
		r.Act = simswitch.Ignore
	}
	return r
}

// somebody is a person whom an agent calls.
func (c *crowd) somebody() simswitch.Reaction {
	r := simswitch.Reaction{Act: simswitch.Pick, Ring: between(300*time.Millisecond, 2*time.Second), After: between(2*time.Second, 9*time.Second), HangupAfter: between(20*time.Second, 90*time.Second)}
	switch n := rand.IntN(100); {
	case n < 8:
		r.Act = simswitch.Busy
	case n < 16:
		r.Act = simswitch.Ignore
	case n < 20:
		r.Act = simswitch.Unallocated
	}
	return r
}

func (c *crowd) caller() simswitch.Caller {
	from := fmt.Sprintf("1390001%04d", 1+rand.IntN(5000))
	if rand.IntN(3) == 0 {
		from = demoCustomers[rand.IntN(len(demoCustomers))].Phones[0]
	}
	if rand.IntN(40) == 0 {
		from = "13900019999" // is on the blacklist
	}
	to := demoMain
	if rand.IntN(4) == 0 {
		to = demoSales
	}
	key := []string{"1", "2", "0", "1", "2", "9"}[rand.IntN(6)]
	who := simswitch.Caller{
		From: from, To: to, Patience: between(40*time.Second, 150*time.Second), Talk: between(20*time.Second, 180*time.Second),
		Keys: []simswitch.KeyPress{{Collect: 1, After: between(time.Second, 5*time.Second), Digits: key}},
	}
	if key == "9" {
		who.Keys = append(who.Keys, simswitch.KeyPress{Collect: 2, After: 2 * time.Second, Digits: "2"})
	}
	if rand.IntN(12) == 0 {
		who.Patience = between(2*time.Second, 12*time.Second) // has had enough of the menu
	}
	return who
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
		c.engine.Call(c.caller())
		wait = between(5*time.Second, 18*time.Second)
	}
}

// callTimes lets n callers come in and waits until all is done.
func (c *crowd) callTimes(ctx context.Context, n int) error {
	for range n {
		if c.engine.Call(c.caller()) == "" {
			return errors.New("the simulated switch is full")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(between(50*time.Millisecond, 700*time.Millisecond)):
		}
	}
	return nil
}

// Summary is what a scripted run came to.
type Summary struct {
	Calls      int            `json:"calls"`
	Outcomes   map[string]int `json:"outcomes"`
	Total      int            `json:"total"`        // inbound records
	SumOfParts int            `json:"sum_of_parts"` // ivr + answered + … (manual 4.1.1)
	SumHolds   bool           `json:"sum_holds"`
	Recordings recordingSum   `json:"recordings"`
	IVRSteps   int            `json:"ivr_steps"`
	Agents     map[string]int `json:"agents"`
	Offer      offerDelay     `json:"agent_free_to_offer_ms"`
	Good       bool           `json:"good"`
	Problem    string         `json:"problem,omitempty"`
}

type recordingSum struct {
	Expected int `json:"expected"`
	Stored   int `json:"stored"`
	Waiting  int `json:"waiting"`
	Missing  int `json:"missing"`
}

type offerDelay struct {
	P50   float64 `json:"p50"`
	P99   float64 `json:"p99"`
	Count int     `json:"count"`
}

// summary waits until every call has ended and is stored, and counts.
func (c *crowd) summary(ctx context.Context, n int) (Summary, error) {
	account, err := c.app.accounts.AccountBySlug(ctx, demoSlug)
	if err != nil {
		return Summary{}, err
	}
	until := time.Now().Add(demoLimit)
	for {
		s, done, err := c.count(ctx, account.ID, n)
		if err != nil || done || time.Now().After(until) {
			if err == nil && !done {
				s.Good, s.Problem = false, "not everything ended in time"
			}
			return s, err
		}
		select {
		case <-ctx.Done():
			return s, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (c *crowd) count(ctx context.Context, account int64, n int) (s Summary, done bool, err error) {
	s = Summary{Calls: n, Outcomes: map[string]int{}, Agents: map[string]int{}}
	live, err := c.app.floor.LiveCalls(ctx, account)
	if err != nil {
		return s, false, err
	}
	totals, err := c.app.calls.Totals(ctx, account)
	if err != nil {
		return s, false, err
	}
	for o, k := range totals.Outcomes {
		s.Outcomes[string(o)] = k
	}
	s.Total, s.IVRSteps = totals.Inbound, totals.Steps
	for _, o := range calls.InboundOutcomes {
		s.SumOfParts += totals.Outcomes[o]
	}
	s.SumHolds = s.Total == s.SumOfParts
	s.Recordings = recordingSum{Stored: totals.Recordings[calls.RecStored], Waiting: totals.Recordings[calls.RecWaiting], Missing: totals.Recordings[calls.RecMissing]}
	s.Recordings.Expected = s.Recordings.Stored + s.Recordings.Waiting + s.Recordings.Missing
	wall, err := c.app.floor.Wall(ctx, account)
	if err != nil {
		return s, false, err
	}
	atRest := true
	for _, a := range wall.Agents {
		s.Agents[a.State]++
		atRest = atRest && a.State != "talking" && a.State != "ringing" && a.State != "wrapup"
	}
	f := c.app.floor.Figures()
	s.Offer = offerDelay{P50: ms(f.Quantile(0.5)), P99: ms(f.Quantile(0.99)), Count: f.Offers}
	done = len(live) == 0 && s.Total >= n && s.Recordings.Waiting == 0 && c.app.writer.Waiting() == 0 && atRest && len(c.engine.Channels()) == 0
	switch {
	case s.Total != n:
		s.Problem = fmt.Sprintf("%d calls, %d records", n, s.Total)
	case !s.SumHolds:
		s.Problem = "the outcomes do not sum up"
	case s.Recordings.Stored != s.Recordings.Expected:
		s.Problem = "not every recording is stored"
	case s.Recordings.Expected < s.Outcomes[string(calls.Answered)]:
		s.Problem = "an answered call has no recording"
	}
	s.Good = done && s.Problem == ""
	return s, done, nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// DatabaseOf completes the database's place from the configuration.
func DatabaseOf(cfg configs.Config) db.Config {
	dsn := cfg.Database.DSN
	if dsn == "" && cfg.Database.Driver == "sqlite" {
		dsn = filepath.Join(cfg.DataDir, "switchdesk.db")
	}
	return db.Config{Driver: cfg.Database.Driver, DSN: dsn}
}
