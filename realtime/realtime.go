// Package realtime is what browsers are told live: the agent's own bar, the
// calls that go on, the supervisor's wall. It says who may hear what, lets a
// browser that lost its connection catch up, and tells the floor whether an
// agent's browser is there. It never makes the floor wait.
package realtime

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/centrifugal/centrifuge"
	"github.com/prometheus/client_golang/prometheus"

	"switchdesk/accounts"
	"switchdesk/floor"
	"switchdesk/internal/clock"
)

// How long things are kept for those who come back, and how often a
// connection's right to be there is asked for anew.
const (
	history     = 2 * time.Minute
	historySize = 1000
	noticesSize = 50
	recheck     = time.Minute
	maxPending  = 65536
	perUser     = 20 // connections of one person
)

// Parts is what the hub is wired to. All but Origins, Clock, Log, Figures and
// Grace are needed.
type Parts struct {
	// Identify finds who a request comes from by its cookie, and the token to
	// ask Actor with later. It fails with a fault when nobody is signed in.
	Identify func(*http.Request) (accounts.Actor, string, error)
	Actor    func(ctx context.Context, token string) (accounts.Actor, error)
	Visible  func(ctx context.Context, actor accounts.Actor) (accounts.Visible, error)
	IsAgent  func(ctx context.Context, account, user int64) (bool, error)
	Floor    func(ctx context.Context, cmd floor.Command) error

	Origins func(*http.Request) bool // which pages may connect; nil: those of the same host
	Clock   clock.Clock
	Log     *slog.Logger
	Figures *prometheus.Registry
	Grace   time.Duration // how long an agent's browser may be gone; 0: 30 s
}

// Hub tells browsers what happens.
type Hub struct {
	parts   Parts
	clock   clock.Clock
	log     *slog.Logger
	node    *centrifuge.Node
	handler http.Handler

	mu      sync.Mutex
	pending pending
	wake    chan struct{}
	viewers map[string]*viewer // by personal calls topic
	desks   map[int64]*desk    // by agent

	said      map[string]string // by topic or call, what was published last; the publisher's alone
	published prometheus.Counter
	dropped   prometheus.Counter
}

// New makes a hub. It fails if the metrics can't be registered.
func New(parts Parts) (*Hub, error) {
	h := &Hub{
		parts: parts, clock: parts.Clock, log: parts.Log, wake: make(chan struct{}, 1),
		viewers: make(map[string]*viewer), desks: make(map[int64]*desk), said: make(map[string]string),
		published: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "switchdesk_realtime_publications_total", Help: "Messages put on live topics.",
		}),
		dropped: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "switchdesk_realtime_resyncs_total",
			Help: "Times that browsers were told to read all again because too much was waiting.",
		}),
	}
	if h.clock == nil {
		h.clock = clock.Real{}
	}
	if h.log == nil {
		h.log = slog.Default()
	}
	if h.parts.Grace == 0 {
		h.parts.Grace = 30 * time.Second
	}
	node, err := centrifuge.New(centrifuge.Config{
		LogLevel: centrifuge.LogLevelError, LogHandler: h.nodeLog,
		ClientChannelLimit: 8, UserConnectionLimit: perUser,
		ClientQueueMaxSize: 1 << 20, ClientStaleCloseDelay: 10 * time.Second,
		HistoryMetaTTL: 24 * time.Hour,
		// Its two hundred series are not for an operator; ours are below.
		Metrics: centrifuge.MetricsConfig{RegistererGatherer: prometheus.NewRegistry()},
	})
	if err != nil {
		return nil, err
	}
	h.node = node
	if err := h.register(parts.Figures); err != nil {
		return nil, err
	}
	node.OnConnecting(h.connecting)
	node.OnConnect(h.connected)
	h.handler = centrifuge.NewWebsocketHandler(node, centrifuge.WebsocketConfig{
		CheckOrigin: parts.Origins, MessageSizeLimit: 16 << 10, UseWriteBufferPool: true,
	})
	return h, nil
}

func (h *Hub) register(registry *prometheus.Registry) error {
	if registry == nil {
		return nil
	}
	connections := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "switchdesk_realtime_connections", Help: "Browsers that listen.",
	}, func() float64 { return float64(h.node.Hub().NumClients()) })
	return errors.Join(registry.Register(connections), registry.Register(h.published), registry.Register(h.dropped))
}

func (h *Hub) nodeLog(e centrifuge.LogEntry) {
	args := make([]any, 0, 2*len(e.Fields)+2)
	for k, v := range e.Fields {
		args = append(args, k, v)
	}
	h.log.Error("realtime: "+e.Message, args...)
}

// Run publishes until ctx ends, then closes every connection. Browsers come
// back by themselves.
func (h *Hub) Run(ctx context.Context) error {
	if err := h.node.Run(); err != nil {
		return err
	}
	defer func() {
		stop, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := h.node.Shutdown(stop); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			h.log.Warn("realtime: connections did not close", "err", err)
		}
	}()
	tidy := h.clock.After(recheck)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-h.wake:
			h.publishPending()
		case <-tidy:
			h.forgetViewers()
			tidy = h.clock.After(recheck)
		}
	}
}

// ServeHTTP takes a browser's WebSocket. A browser that is not signed in is
// let in only to be told that it need not try again.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	actor, token, err := h.parts.Identify(r)
	ctx := r.Context()
	if err == nil {
		ctx = context.WithValue(ctx, whoKey{}, who{actor: actor, token: token})
	}
	h.handler.ServeHTTP(w, r.WithContext(ctx))
}

type whoKey struct{}

// who is at the other end of a connection.
type who struct {
	actor accounts.Actor
	token string
}

func (h *Hub) connecting(ctx context.Context, _ centrifuge.ConnectEvent) (centrifuge.ConnectReply, error) {
	w, ok := ctx.Value(whoKey{}).(who)
	if !ok {
		return centrifuge.ConnectReply{}, centrifuge.DisconnectInvalidToken
	}
	return centrifuge.ConnectReply{Credentials: &centrifuge.Credentials{
		UserID:   strconv.FormatInt(w.actor.UserID, 10),
		ExpireAt: time.Now().Add(recheck).Unix(), // centrifuge compares with the real clock
	}}, nil
}

// Revoke has every connection of a user come anew and show who it is: after a
// sign-out, a new password, a change of rights.
func (h *Hub) Revoke(user int64) {
	err := h.node.Disconnect(strconv.FormatInt(user, 10), centrifuge.WithCustomDisconnect(centrifuge.DisconnectForceReconnect))
	if err != nil {
		h.log.Warn("realtime: connections stayed open", "user", user, "err", err)
	}
}
