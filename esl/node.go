package esl

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"switchdesk/internal/clock"
)

// NodeConfig says where a FreeSWITCH is and how patient to be with it. Only
// Addr and Password must be set.
type NodeConfig struct {
	Name     string // stands in Event.Node
	Addr     string // host:port of its event socket
	Password string

	DialTimeout  time.Duration // connect and sign in, 3 s
	ReplyTimeout time.Duration // a command's reply, 5 s
	// Alive is how long either socket may be silent before it counts as lost,
	// 1.6 s; probes go out three times as often.
	Alive time.Duration

	// Settle is how long to wait before a snapshot, 250 ms, negative for not
	// at all: FreeSWITCH writes the table behind "show channels" in batches,
	// up to 200 ms late, and what it has not yet written would be missed.
	Settle time.Duration

	BackoffMin, BackoffMax time.Duration // between tries, 100 ms to 5 s, with jitter

	// QueueLimit is how many events may wait for the reader, 50,000. Past it
	// the node closes its own sockets, so that the switch never has to queue
	// for us, and connects again once the reader has caught up.
	QueueLimit int

	// Nudge is how often a bare newline is written on the events socket while
	// the node is busy, so that the switch's 20 ms poll does not delay
	// events; 2 ms, negative for never.
	Nudge time.Duration

	Log   *slog.Logger
	Clock clock.Clock // stamps the events that the node itself makes
	Rand  *rand.Rand  // for the jitter; used by Run's goroutine alone
}

func (c *NodeConfig) defaults() {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	set(&c.DialTimeout, 3*time.Second)
	set(&c.ReplyTimeout, 5*time.Second)
	set(&c.Alive, 1600*time.Millisecond)
	set(&c.Settle, 250*time.Millisecond)
	set(&c.BackoffMin, 100*time.Millisecond)
	set(&c.BackoffMax, 5*time.Second)
	set(&c.Nudge, 2*time.Millisecond)
	if c.QueueLimit <= 0 {
		c.QueueLimit = 50_000
	}
	if c.Name == "" {
		c.Name = c.Addr
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Clock == nil {
		c.Clock = clock.Real{}
	}
	if c.Rand == nil {
		c.Rand = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	}
}

// Node is the connection to one FreeSWITCH: it connects for ever, tells what
// happens there in one order, and passes commands on.
type Node struct {
	cfg       NodeConfig
	q         *queue
	stats     stats
	running   atomic.Bool
	busy      atomic.Bool
	resyncing atomic.Bool
	busyCh    chan struct{}

	mu  sync.Mutex
	cur *session // nil while offline
	why error    // what ended the last try
}

// NewNode makes a node that hands everything to out, in batches and in order.
// out is called from one goroutine; a batch is its own only until it returns.
// While out is busy, events wait in a bounded queue and the sockets go on
// being read.
//
// What out is told, connection by connection: Connected, then one Snapshot of
// all that the switch has, then what has happened since the subscription
// (so a Hangup of a leg that the Snapshot no longer shows is possible, and an
// Answer of one that it shows answered), and Disconnected with the cause in
// the end. While the switch cannot be reached, Disconnected is said once, and
// again when the reason changes.
func NewNode(cfg NodeConfig, out func([]Event)) *Node {
	cfg.defaults()
	return &Node{cfg: cfg, q: newQueue(cfg.QueueLimit, out), busyCh: make(chan struct{}, 1)}
}

// Run keeps the node connected until ctx ends; then it says Disconnected,
// hands out what is left and returns nil. It can run once.
func (n *Node) Run(ctx context.Context) error {
	if !n.running.CompareAndSwap(false, true) {
		return errors.New("esl: the node ran already")
	}
	var deliver sync.WaitGroup
	deliver.Go(n.q.run)
	var said error
	for try := 0; ctx.Err() == nil; try++ {
		synced, err := n.session(ctx)
		if ctx.Err() != nil {
			err = fmt.Errorf("%w: stopping", ErrLost)
		}
		n.note(err)
		if synced {
			try = 0
		}
		if sort := sortOf(err); synced || sort != said {
			n.q.say(Event{Kind: Disconnected, Node: n.cfg.Name, At: n.now(), Cause: err.Error()})
			said = sort
			level := slog.LevelWarn
			if ctx.Err() != nil {
				level = slog.LevelInfo // as it was asked to
			}
			n.cfg.Log.Log(ctx, level, "switch disconnected", "node", n.cfg.Name, "cause", err)
		}
		if errors.Is(err, ErrOverflow) {
			n.q.drained(ctx)
		}
		select {
		case <-time.After(n.backoff(try)):
		case <-ctx.Done():
		}
	}
	n.q.close()
	deliver.Wait()
	return nil
}

// backoff doubles from BackoffMin to BackoffMax and is spread by half, so
// that controllers do not all come back at once.
func (n *Node) backoff(try int) time.Duration {
	d := n.cfg.BackoffMin
	for ; try > 0 && d < n.cfg.BackoffMax; try-- {
		d *= 2
	}
	d = min(d, n.cfg.BackoffMax)
	return d/2 + time.Duration(n.cfg.Rand.Int64N(int64(d)/2+1))
}

func (n *Node) now() time.Time { return n.cfg.Clock.Now().UTC() }

func (n *Node) note(err error) {
	n.mu.Lock()
	n.why = err
	n.mu.Unlock()
}

func (n *Node) set(s *session) {
	n.mu.Lock()
	n.cur = s
	n.mu.Unlock()
}

func (n *Node) current() (*session, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.cur == nil {
		if n.why != nil {
			return nil, fmt.Errorf("%w: %w", ErrOffline, n.why)
		}
		return nil, ErrOffline
	}
	return n.cur, nil
}

// Send passes a command to the switch and never waits. A refusal, an unsafe
// argument, a missing connection or reply comes back as a Failed event with
// the command in Sent and its ID in AppID; an accepted Originate as Done, an
// answered DumpChannel as Dump. All else is told by the leg's own events.
//
// An Originate that fails before its leg exists ends in Failed with the
// switch's cause (USER_NOT_REGISTERED, …); once there has been a Create, the
// leg's Hangup tells how it ended. After ErrLost or ErrTimeout nobody knows
// whether the switch has carried the command out; the next Snapshot shows.
//
// What the new Snapshot does not show of an accepted Originate is not there.
func (n *Node) Send(cmd Command) {
	if cmd == nil {
		return
	}
	e, err := encode(cmd)
	var s *session
	if err == nil {
		s, err = n.current()
	}
	if err == nil {
		c := &call{cmd: cmd, enc: e}
		c.done = func(_ Reply, err error) { n.answered(c, err) }
		err = s.pipe.start(c, n.cfg.ReplyTimeout)
		n.stats.commands.Add(1)
	}
	if err != nil {
		n.failed(cmd, e.id, err)
	}
}

// answered turns the reply to a sent command into the event it deserves.
func (n *Node) answered(c *call, err error) {
	switch c.cmd.(type) {
	case DumpChannel:
		if err == nil {
			d := decoder{node: n.cfg.Name}
			ev := d.dump(c.raw)
			ev.At, ev.Sent = n.now(), c.cmd
			if ev.UUID == "" {
				ev.UUID = c.cmd.Leg()
			}
			n.q.say(ev)
			return
		}
	case Originate:
		if err == nil && !c.jobOver.Load() {
			n.q.say(Event{Kind: Done, Node: n.cfg.Name, At: n.now(), UUID: c.cmd.Leg(), Sent: c.cmd})
			return
		}
	}
	if err != nil {
		n.failed(c.cmd, c.enc.id, err)
	}
}

func (n *Node) failed(cmd Command, id string, err error) {
	n.stats.failed.Add(1)
	cause := err.Error()
	var r *Refusal
	if errors.As(err, &r) {
		cause = r.Cause
	}
	if id == "" {
		id = commandID(cmd)
	}
	n.q.say(Event{Kind: Failed, Node: n.cfg.Name, At: n.now(), UUID: cmd.Leg(), AppID: id, Cause: cause, Sent: cmd})
}

func commandID(cmd Command) string {
	switch c := cmd.(type) {
	case PlayFiles:
		return c.ID
	case CollectDigits:
		return c.ID
	}
	return ""
}

// jobDone takes a BACKGROUND_JOB: the end of one of our originates, which
// becomes Failed when nothing else will tell, or a job that somebody else
// started. It reports whether the event is ours and done with.
func (n *Node) jobDone(p *pipeline, ev *Event) bool {
	c := p.endJob(ev.Job)
	if c == nil {
		return false
	}
	cause, refused := refusal([]byte(ev.Body))
	var err error
	if refused {
		err = &Refusal{Cause: cause}
	}
	switch {
	case c.onJob != nil:
		c.onJob(Reply{Text: strings.TrimSpace(strings.TrimPrefix(ev.Body, "+OK")), Body: ev.Body}, err)
	case refused && !c.created:
		n.failed(c.cmd, "", err)
	}
	return true
}

// Do sends a command and waits for the switch's answer; for an Originate, for
// the answer of the job, that is until the call is answered or has failed.
// Errors: *Refusal, ErrArgument, ErrOffline, ErrTimeout, ErrLost, or ctx's.
func (n *Node) Do(ctx context.Context, cmd Command) (Reply, error) {
	e, err := encode(cmd)
	if err != nil {
		return Reply{}, err
	}
	return n.ask(ctx, &call{cmd: cmd, enc: e, keep: true})
}

// API runs one line of the switch's API, such as "status", and returns its
// whole output. It refuses line breaks (ErrArgument); output that begins with
// -ERR is returned with a *Refusal.
func (n *Node) API(ctx context.Context, line string) (string, error) {
	if err := none("API line", line, "", 4000); err != nil {
		return "", err
	}
	if strings.TrimSpace(line) == "" {
		return "", bad("API line", line, "is empty")
	}
	r, err := n.ask(ctx, &call{enc: encoded{wires: []wire{api("%s", line)}}, keep: true, slow: true})
	return r.Body, err
}

func (n *Node) ask(ctx context.Context, c *call) (Reply, error) {
	s, err := n.current()
	if err != nil {
		return Reply{}, err
	}
	return s.ask(ctx, c, n.cfg.ReplyTimeout)
}

// SetBusy tells whether calls are live, so that events are asked for often.
func (n *Node) SetBusy(busy bool) {
	if n.busy.Swap(busy) != busy {
		poke(n.busyCh)
	}
}
