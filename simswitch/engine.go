// Package simswitch is a pretend FreeSWITCH: callers, phones and trunks by
// script, the event socket on TCP as the real one speaks it, its own time, and
// faults on demand. The demo, the tests and the benchmarks run against it.
//
// An Engine is the switch itself; a Server is its event socket. What the
// Engine answers and in which order it tells events was taken down from a real
// FreeSWITCH 1.11; the conformance package holds both to the same cases.
package simswitch

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"switchdesk/internal/clock"
)

// Options say how an Engine behaves. The zero value is a switch in real time.
type Options struct {
	// Clock is the time that Speed scales; nil is the machine's. With a
	// *clock.Virtual nothing happens until Advance is called.
	Clock clock.Clock
	// Speed makes the switch's own time run faster than the clock (a demo
	// whose calls last minutes). 0 means 1.
	Speed float64
	// Seed makes what is random repeatable.
	Seed uint64

	Hostname    string // "switch-1" if empty
	Domain      string // SIP domain of the phones; "switchdesk" if empty
	Password    string // of the event socket; "ClueCon" if empty
	MaxSessions int    // 1000 if 0

	// Prompt tells how long a sound file plays; false is a missing file.
	// nil looks at the file itself (WAV only), as the real one does.
	Prompt func(path string) (time.Duration, bool)
	// Fallback is how long the fallback extension's apology lasts. 3 s if 0.
	Fallback time.Duration
	// Heartbeat is the time between HEARTBEAT events; 20 s if 0.
	Heartbeat time.Duration

	// RecordReal caps how much of a recording is real sound (30 s if 0); the
	// rest of the file is a hole that reads as silence.
	RecordReal time.Duration
	// RecordTiny makes every file at most a quarter of a second long.
	RecordTiny bool

	// ClientLimit is how many bytes a client may leave unread before it is cut
	// off; 256 MiB if 0. The real switch keeps 100,000 events and then stalls
	// everybody.
	ClientLimit int

	Log *slog.Logger
}

// FixedPrompts makes every sound file exist and last d.
func FixedPrompts(d time.Duration) func(string) (time.Duration, bool) {
	return func(string) (time.Duration, bool) { return d, true }
}

// Engine is the simulated switch. Its methods may be called from any
// goroutine; one lock keeps the steps apart.
type Engine struct {
	opt  Options
	core string // Core-UUID

	mu       sync.Mutex
	rng      *rand.Rand
	start    time.Time // engine time at the start
	realBase time.Time // the clock's time at the start
	virtual  *clock.Virtual
	timers   timerHeap
	wake     chan struct{}

	seq      int64 // Event-Sequence
	session  int64
	channels map[string]*channel
	order    []*channel // in order of creation; holes are swept now and then
	holes    int
	users    map[string]*phoneState // user@domain
	gateways map[string]*gatewayState
	rooms    map[string]*room
	globals  map[string]string
	sounds   map[string]soundLength
	stats    Stats
	faults   faultState
	waiters  chan struct{}
	servers  []*Server
	sinks    []*client
	want     kindSet // union of what the clients asked for

	scratch []byte
	stamp   stampCache
	prefix  []byte
	tail    []func() // run when the current step is over
	inTail  bool
}

// New makes a switch without a socket; NewServer gives it one.
func New(opt Options) *Engine {
	if opt.Clock == nil {
		opt.Clock = clock.Real{}
	}
	if opt.Speed <= 0 {
		opt.Speed = 1
	}
	setDefault(&opt.Hostname, "switch-1")
	setDefault(&opt.Domain, "switchdesk")
	setDefault(&opt.Password, "ClueCon")
	setDefault(&opt.MaxSessions, 1000)
	setDefault(&opt.Fallback, 3*time.Second)
	setDefault(&opt.Heartbeat, 20*time.Second)
	setDefault(&opt.RecordReal, 30*time.Second)
	setDefault(&opt.ClientLimit, 256<<20)
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	e := &Engine{
		opt: opt, rng: rand.New(rand.NewPCG(opt.Seed, 0x5157)),
		channels: map[string]*channel{}, users: map[string]*phoneState{},
		gateways: map[string]*gatewayState{}, rooms: map[string]*room{},
		globals: map[string]string{"domain": opt.Domain, "hostname": opt.Hostname},
		sounds:  map[string]soundLength{},
		wake:    make(chan struct{}, 1),
	}
	e.virtual, _ = opt.Clock.(*clock.Virtual)
	e.realBase = opt.Clock.Now()
	e.start = e.realBase.UTC()
	e.core = e.newUUID()
	e.prefix = e.commonHeaders()
	e.after(opt.Heartbeat, e.heartbeat)
	return e
}

func setDefault[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}

// Now is the switch's own time.
func (e *Engine) Now() time.Time {
	since := e.opt.Clock.Now().Sub(e.realBase)
	if e.opt.Speed != 1 {
		since = time.Duration(float64(since) * e.opt.Speed)
	}
	return e.start.Add(since)
}

// Run turns the switch's time until ctx ends. With a virtual clock it only
// waits: Advance turns the time.
func (e *Engine) Run(ctx context.Context) error {
	for {
		var due <-chan time.Time
		if e.virtual == nil {
			e.Advance(0)
			e.mu.Lock()
			if at, ok := e.timers.next(); ok {
				due = e.opt.Clock.After(e.wall(at.Sub(e.Now())))
			}
			e.mu.Unlock()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-due:
		case <-e.wake:
		}
	}
}

// wall turns a span of the switch's time into one of the clock's.
func (e *Engine) wall(d time.Duration) time.Duration {
	if d < 0 {
		return 0
	}
	return time.Duration(float64(d) / e.opt.Speed)
}

// Advance does what is due within the next d, step by step, moving a virtual
// clock along; with a real clock it does what is due now.
func (e *Engine) Advance(d time.Duration) {
	if e.virtual == nil {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.runDue(e.Now())
		return
	}
	end := e.opt.Clock.Now().Add(d)
	for {
		e.mu.Lock()
		at, ok := e.timers.next()
		gap := e.wall(at.Sub(e.Now()))
		e.mu.Unlock()
		now := e.opt.Clock.Now()
		if !ok || now.Add(gap).After(end) {
			e.virtual.Advance(end.Sub(now))
			e.mu.Lock()
			e.runDue(e.Now())
			e.mu.Unlock()
			return
		}
		e.virtual.Advance(gap)
		e.mu.Lock()
		e.runDue(e.Now().Add(time.Microsecond)) // Speed may round down
		e.mu.Unlock()
	}
}

// Next tells how far away the next thing to happen is; false if nothing is.
func (e *Engine) Next() (time.Duration, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	at, ok := e.timers.next()
	if !ok {
		return 0, false
	}
	return at.Sub(e.Now()), true
}

func (e *Engine) runDue(now time.Time) {
	for {
		t := e.timers.popDue(now)
		if t == nil {
			return
		}
		e.step(t.fn)
	}
}

// step runs fn and then whatever fn left for after it. Scripts of callers and
// phones act through later, so that they never cut into a half-told event
// order.
func (e *Engine) step(fn func()) {
	fn()
	if e.inTail {
		return
	}
	e.inTail = true
	for len(e.tail) > 0 {
		next := e.tail[0]
		e.tail = e.tail[1:]
		next()
	}
	e.tail = nil
	e.inTail = false
	if e.waiters != nil {
		close(e.waiters)
		e.waiters = nil
	}
}

func (e *Engine) later(fn func()) { e.tail = append(e.tail, fn) }

// do takes the lock and makes one step.
func (e *Engine) do(fn func()) {
	e.mu.Lock()
	e.step(fn)
	e.mu.Unlock()
}

// Wait blocks until ok says true of the switch as it is, or fails when ctx
// ends. ok must not call the Engine.
func (e *Engine) Wait(ctx context.Context, ok func(Stats) bool) error {
	for {
		e.mu.Lock()
		s := e.snapshotStats()
		if ok(s) {
			e.mu.Unlock()
			return nil
		}
		if e.waiters == nil {
			e.waiters = make(chan struct{})
		}
		changed := e.waiters
		e.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("the simulated switch never got there, it stands at %+v: %w", s, ctx.Err())
		}
	}
}

func (e *Engine) newUUID() string {
	const hex = "0123456789abcdef"
	var b [36]byte
	a, c := e.rng.Uint64(), e.rng.Uint64()
	for i := range b {
		switch i {
		case 8, 13, 18, 23:
			b[i] = '-'
		case 14:
			b[i] = '4'
		case 19:
			b[i] = hex[8+a&3]
			a >>= 4
		default:
			b[i] = hex[a&15]
			a >>= 4
			if a == 0 {
				a, c = c, e.rng.Uint64()
			}
		}
	}
	return string(b[:])
}
