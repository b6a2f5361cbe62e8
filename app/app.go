// Package app wires every part of Switchdesk from its configuration and runs
// them together.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/sync/errgroup"
	"gorm.io/gorm"

	"switchdesk/accounts"
	"switchdesk/agents"
	"switchdesk/api"
	"switchdesk/applications"
	"switchdesk/calls"
	"switchdesk/configs"
	"switchdesk/crm"
	"switchdesk/dialplan"
	"switchdesk/esl"
	"switchdesk/floor"
	"switchdesk/flows"
	"switchdesk/hours"
	"switchdesk/internal/clock"
	"switchdesk/jobs"
	"switchdesk/prompts"
	"switchdesk/queues"
	"switchdesk/realtime"
	"switchdesk/storage/blob"
	"switchdesk/storage/db"
	"switchdesk/storage/journal"
	"switchdesk/web"
)

// App is one running Switchdesk.
type App struct {
	cfg      configs.Config
	log      *slog.Logger
	clock    clock.Clock
	db       *gorm.DB
	blobs    *blob.Store
	journal  *journal.Journal
	accounts *accounts.Service
	agents   *agents.Store
	groups   *queues.Store
	flows    *flows.Store
	numbers  *dialplan.Service
	hours    *hours.Service
	wishes   *applications.Service
	crm      *crm.Service
	calls    *calls.Store
	prompts  *prompts.Service
	exports  *calls.Exporter
	kept     *calls.Retention
	tasks    *jobs.Service
	settings *settings
	floor    *floor.Service
	nodes    []*esl.Node
	writer   *writer
	shipper  *calls.Shipper
	hub      *realtime.Hub
	server   *api.Server
	figures  *prometheus.Registry
	listener net.Listener
	lease    *db.Lease
	missing  prometheus.Counter // recordings
	disks    disks

	metricsListener net.Listener // nil: /metrics is on the main one
}

// spoolDir and the others are folders below data_dir.
const (
	spoolDir   = "spool"
	promptsDir = "prompts"
	journalDir = "journal"
)

// New opens the stores and wires the parts; nothing runs yet. It fails on a
// database with another schema than this program's, and on folders or stores
// that can't be opened.
func New(ctx context.Context, cfg configs.Config, log *slog.Logger) (*App, error) {
	a := &App{cfg: cfg, log: log, clock: clock.Real{}, figures: prometheus.NewRegistry(), missing: newMissing()}
	if err := a.build(ctx); err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

func (a *App) build(ctx context.Context) error {
	if err := a.stores(ctx); err != nil {
		return err
	}
	if err := a.installPrompts(); err != nil {
		return err
	}
	a.domains()
	if err := a.live(ctx); err != nil {
		return err
	}
	return a.front()
}

func (a *App) stores(ctx context.Context) error {
	for _, dir := range []string{spoolDir, promptsDir, journalDir} {
		if err := os.MkdirAll(filepath.Join(a.cfg.DataDir, dir), 0o755); err != nil {
			return fmt.Errorf("data_dir: %w", err)
		}
	}
	var err error
	if a.db, err = db.Open(DatabaseOf(a.cfg)); err != nil {
		return err
	}
	if err := db.CheckSchema(ctx, a.db); err != nil {
		return err
	}
	if a.blobs, err = blob.Open(BlobOf(a.cfg)); err != nil {
		return err
	}
	a.journal, err = journal.Open(filepath.Join(a.cfg.DataDir, journalDir), journal.Options{
		Failed: func(err error) { a.log.Error("the journal's disk fails", "error", err) },
	})
	if err != nil {
		return err
	}
	return a.takeLease(ctx)
}

func (a *App) domains() {
	c := a.cfg
	a.accounts = accounts.NewService(a.db, a.clock, accounts.Options{
		Idle: c.Session.Idle, Absolute: c.Session.Absolute,
		PerLogin: c.SignIn.PerLogin, PerIP: c.SignIn.PerIP, Window: c.SignIn.Window,
	})
	a.agents, a.groups, a.flows = agents.NewStore(a.db), queues.NewStore(a.db), flows.NewStore(a.db)
	a.numbers = dialplan.NewService(a.db, a.clock, dialplan.Options{
		Domain: c.Switch.Domain, TTL: c.Softphone.CredentialTTL, Secret: []byte(c.Switch.XMLSecret),
	})
	a.crm = crm.NewService(a.db, a.clock)
	a.hours = hours.NewService(a.db, a.clock)
	a.wishes = applications.NewService(a.db, a.blobs, a.clock)
	a.calls = calls.NewStore(a.db)
	a.prompts = a.newPrompts()
	a.exports = &calls.Exporter{Store: a.calls, Objects: a.blobs, Scope: calls.ScopeOf(a.accounts), Now: a.clock.Now}
	a.kept = &calls.Retention{DB: a.db, Objects: a.blobs, Accounts: a.accounts, Clock: a.clock, Log: a.log}
	a.tasks = jobs.NewService(a.db, jobs.Options{
		Kinds: a.exports.Kinds(), Worker: newID(), Log: a.log, Clock: a.clock,
		Remove:  func(ctx context.Context, key string) error { return a.blobs.Delete(ctx, key) },
		Changed: a.tellTask,
	})
}

// live builds the floor, its nodes, and what writes down what it did.
func (a *App) live(ctx context.Context) error {
	a.settings = &settings{
		domain: a.cfg.Switch.Domain, music: a.cfg.Switch.Music, prompts: a.switchPrompts(), recordings: a.switchSpool(),
		accounts: a.accounts, agents: a.agents, groups: a.groups, flows: a.flows, numbers: a.numbers, hours: a.hours, crm: a.crm, sounds: a.prompts,
	}
	set, err := a.settings.load(ctx)
	if err != nil {
		return err
	}
	go dialplan.LoadRegions() // takes a moment; the first caller need not wait for it
	a.writer = newWriter(a.log, a.save)
	a.floor = floor.NewService(set, newID, a.log, a.clock, a.journal, a.writer)
	a.floor.Customer = a.settings.customer
	a.floor.Speak = a.settings.speak
	a.floor.Fetch = fetcher(a.cfg.Flows.AllowHosts)
	for _, n := range a.cfg.Switches {
		node := esl.NewNode(esl.NodeConfig{Name: n.Name, Addr: n.Addr, Password: n.Password, Log: a.log.With("switch", n.Name)}, a.floor.Events)
		a.nodes = append(a.nodes, node)
		a.floor.Switches[n.Name] = node
	}
	a.shipper = calls.NewShipper(calls.Shipper{
		DB: a.db, Objects: a.blobs, Spool: a.localSpool, Log: a.log, Clock: a.clock, Alarm: a.recordingMissing,
	})
	a.writer.saved = func(bundles []calls.Bundle) {
		a.shipper.Wake()
		if a.hub != nil {
			teller{a.groups.Groups, a.hub.Notify, a.log}.tell(bundles)
		}
	}
	return a.restore(ctx, set)
}

// restore rebuilds the floor as it was when the last process ended.
func (a *App) restore(ctx context.Context, set *floor.Settings) error {
	past := map[int64]floor.Past{}
	for id, acc := range set.Accounts {
		now := a.clock.Now().In(acc.Zone)
		var p floor.Past
		var err error
		if p.Today, err = a.calls.Today(ctx, id, time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, acc.Zone)); err != nil {
			return err
		}
		if p.LastAgents, err = a.calls.LastAgents(ctx, id, now.AddDate(0, 0, -7)); err != nil {
			return err
		}
		if p.Seen, err = a.calls.Callers(ctx, id, now.Add(-floor.RepeatWindow)); err != nil {
			return err
		}
		past[id] = p
	}
	return a.floor.Restore(set, past)
}

// expect has agents who were signed in before the restart signed out if their
// browser does not come back.
func (a *App) expect() {
	for account, list := range a.floor.SignedIn() {
		for _, id := range list {
			a.hub.Expect(account, id)
		}
	}
}

// save writes records and spans; both may be tried again.
func (a *App) save(ctx context.Context, bundles []calls.Bundle, spans []agents.Span) error {
	if len(bundles) > 0 {
		if err := a.calls.Save(ctx, bundles); err != nil {
			return err
		}
	}
	return a.agents.AppendSpans(ctx, spans)
}

// front builds what people and programs talk to.
func (a *App) front() error {
	a.figures.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	a.registerFigures()
	var err error
	a.hub, err = realtime.New(realtime.Parts{
		Identify: func(r *http.Request) (accounts.Actor, string, error) { return a.server.Identify(r) },
		Actor:    a.accounts.Actor,
		Visible:  a.accounts.VisibleUsers,
		IsAgent:  a.isAgent,
		Floor:    a.floor.Do,
		Clock:    a.clock, Log: a.log, Figures: a.figures,
	})
	if err != nil {
		return err
	}
	a.floor.Subscribe(a.hub.Tell)
	a.expect()
	a.server, err = api.New(api.Parts{
		Config: a.cfg, DB: a.db, Accounts: a.accounts, Agents: a.agents, Groups: a.groups, Flows: a.flows,
		Numbers: a.numbers, Hours: a.hours, Applications: a.wishes, Notify: a.hub.Notify, CRM: a.crm, Calls: a.calls, Prompts: a.prompts, Blobs: a.blobs,
		Jobs: a.tasks, Exports: a.exports, Retention: a.kept, Spool: a.localSpool, Floor: a.floor, Clock: a.clock, Log: a.log,
		Figures: a.figures, Websocket: a.hub, Topics: realtime.Topics, Changed: a.changed, Revoked: a.hub.Revoke,
		Ready: map[string]func(context.Context) error{"switch": a.switchReady, "schema": func(ctx context.Context) error { return db.CheckSchema(ctx, a.db) }},
		Web:   web.Files(), WebIndex: web.Index(),
	})
	return err
}

// changed has the floor read again what an administrator changed.
func (a *App) changed(ctx context.Context, _ int64) error {
	set, err := a.settings.load(ctx)
	if err != nil {
		return err
	}
	return a.floor.Apply(ctx, set)
}

func (a *App) isAgent(ctx context.Context, account, user int64) (bool, error) {
	_, err := a.agents.Profile(ctx, account, user)
	if err != nil {
		return false, ignoreNotFound(err)
	}
	return true, nil
}

func (a *App) switchReady(ctx context.Context) error {
	away, err := a.floor.Away(ctx)
	if err == nil && len(away) > 0 {
		err = fmt.Errorf("not connected: %s", strings.Join(away, ", "))
	}
	return err
}

// Listen opens the HTTP address and returns it as host:port; Run does it if
// nobody has.
func (a *App) Listen() (string, error) {
	if a.listener == nil {
		l, err := net.Listen("tcp", a.cfg.HTTP.Addr)
		if err != nil {
			return "", fmt.Errorf("http.addr: %w", err)
		}
		a.listener = l
	}
	if a.metricsListener == nil && a.cfg.Metrics.Addr != "" {
		l, err := net.Listen("tcp", a.cfg.Metrics.Addr)
		if err != nil {
			return "", fmt.Errorf("metrics.addr: %w", err)
		}
		a.metricsListener = l
	}
	return a.listener.Addr().String(), nil
}

// Run runs everything until ctx ends, then stops in order: no new requests,
// the switches' sockets, the last records to the database, the floor. Calls
// go on at the switches and are taken up again at the next start.
func (a *App) Run(ctx context.Context) error {
	if _, err := a.Listen(); err != nil {
		return err
	}
	defer a.close()
	outer, stopOuter := context.WithCancel(ctx)
	defer stopOuter()
	inner, stopInner := context.WithCancel(context.WithoutCancel(ctx))
	defer stopInner()
	front, outer := errgroup.WithContext(outer)
	core, inner := errgroup.WithContext(inner)
	core.Go(func() error { return a.floor.Run(inner) })
	core.Go(func() error { return a.writer.Run(inner) })
	for _, n := range a.nodes {
		front.Go(func() error { return ended(n.Run(outer)) })
	}
	front.Go(func() error { return ended(a.shipper.Run(outer)) })
	front.Go(func() error { return ended(a.hub.Run(outer)) })
	front.Go(func() error { return ended(a.prompts.Run(outer)) })
	front.Go(func() error { return a.tasks.Run(outer) })
	front.Go(func() error { return a.jobs(outer) })
	front.Go(func() error { return a.keepLease(outer) })
	front.Go(func() error { return a.keepTrunks(outer) })
	front.Go(func() error { return a.serve(outer, a.server.HTTP(), a.listener) })
	if a.metricsListener != nil {
		srv := &http.Server{Handler: a.server.MetricsHandler(), ReadHeaderTimeout: 10 * time.Second}
		front.Go(func() error { return a.serve(outer, srv, a.metricsListener) })
	}
	front.Go(func() error {
		select { // the floor never ends by itself; if it does, all does
		case <-inner.Done():
			return core.Wait()
		case <-outer.Done():
			return nil
		}
	})
	a.log.Info("serving", "addr", a.listener.Addr().String(), "switches", len(a.nodes))
	err := front.Wait()
	a.drainWriter()
	stopInner()
	err = errors.Join(err, core.Wait())
	a.dropLease()
	return err
}

// drainWriter gives the database a moment to take what is written already.
func (a *App) drainWriter() {
	until := time.Now().Add(a.cfg.Stop)
	for a.writer.Waiting() > 0 && time.Now().Before(until) {
		time.Sleep(20 * time.Millisecond)
	}
}

func ended(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func (a *App) serve(ctx context.Context, srv *http.Server, l net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.cfg.Stop)
	defer cancel()
	if err := srv.Shutdown(stop); err != nil {
		return srv.Close()
	}
	return nil
}

func (a *App) close() {
	if a.journal != nil {
		if err := a.journal.Close(); err != nil {
			a.log.Error("the journal did not close well", "error", err)
		}
	}
	if a.db != nil {
		_ = db.Close(a.db)
	}
}

// newID gives ids that rise with time, for calls and legs.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// switchSpool is the recordings' folder as the switch sees it; localSpool
// finds one of its files here.
func (a *App) switchSpool() string {
	if a.cfg.Switch.RecordingsDir != "" {
		return a.cfg.Switch.RecordingsDir
	}
	return absolute(filepath.Join(a.cfg.DataDir, spoolDir))
}

func (a *App) localSpool(file string) string {
	rest, ok := strings.CutPrefix(file, strings.TrimSuffix(a.switchSpool(), "/")+"/")
	if !ok {
		return file
	}
	return filepath.Join(a.cfg.DataDir, spoolDir, filepath.FromSlash(rest))
}

func (a *App) switchPrompts() string {
	if a.cfg.Switch.PromptsDir != "" {
		return a.cfg.Switch.PromptsDir
	}
	return absolute(filepath.Join(a.cfg.DataDir, promptsDir))
}

func absolute(dir string) string {
	if full, err := filepath.Abs(dir); err == nil {
		return full
	}
	return dir
}
