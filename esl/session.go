package esl

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// session is one connection to a node: the events socket, the commands
// socket, and what keeps them going.
type session struct {
	n    *Node
	ev   *link
	cmd  *link
	pipe *pipeline

	audit atomic.Pointer[audit] // while Resync is under way
	once  sync.Once
	err   error
	done  chan struct{}
	wg    sync.WaitGroup
}

// session connects once and stays until something breaks. It tells whether
// it came as far as a snapshot, and why it ended.
func (n *Node) session(ctx context.Context) (synced bool, err error) {
	ev, err := dial(ctx, &n.cfg, maxEvent)
	if err != nil {
		return false, err
	}
	defer ev.conn.Close()
	cmd, err := dial(ctx, &n.cfg, maxReply)
	if err != nil {
		return false, err
	}
	defer cmd.conn.Close()
	stopDial := context.AfterFunc(ctx, func() { ev.conn.Close() })
	err = ev.subscribe(n.cfg.ReplyTimeout)
	stopDial()
	if err != nil {
		return false, err
	}
	s := &session{n: n, ev: ev, cmd: cmd, done: make(chan struct{})}
	s.pipe = newPipeline(cmd, &n.stats, s.fail)
	return s.run(ctx)
}

func (s *session) run(ctx context.Context) (synced bool, err error) {
	n := s.n
	stop := context.AfterFunc(ctx, func() { s.fail(ctx.Err()) })
	defer stop()
	n.set(s)
	n.stats.connected()
	n.q.holdAfter(Event{Kind: Connected, Node: n.cfg.Name, At: n.now()})
	s.wg.Go(func() { s.fail(s.readEvents()) })
	s.wg.Go(func() { s.fail(s.pipe.readLoop()) })
	s.wg.Go(func() { s.pipe.writeLoop(s.done) })
	s.wg.Go(s.watch)
	s.wg.Go(s.nudge)
	snap, err := s.snapshot(ctx)
	if err != nil {
		s.fail(err)
		n.q.release()
	} else {
		n.q.release(snap)
		n.stats.synced(len(snap.Channels))
		n.cfg.Log.Info("switch connected", "node", n.cfg.Name, "channels", len(snap.Channels), "phones", len(snap.Phones))
	}
	<-s.done
	n.set(nil)
	s.wg.Wait()
	s.pipe.close(s.err)
	n.stats.disconnected()
	return err == nil, s.err
}

// fail ends the session for the first reason given.
func (s *session) fail(err error) {
	if err == nil {
		return
	}
	s.once.Do(func() {
		s.err = err
		close(s.done)
		s.ev.conn.Close()
		s.cmd.conn.Close()
	})
}

// readEvents decodes and queues; it waits for nothing but the socket.
func (s *session) readEvents() error {
	n := s.n
	d := decoder{node: n.cfg.Name}
	var f frame
	var ev Event
	for {
		if err := s.ev.fr.next(&f); err != nil {
			return err
		}
		switch f.typ {
		case eventFrame:
		case apiFrame, replyFrame: // to a probe
			continue
		case disconnectFrame:
			return fmt.Errorf("%w: closed by the switch", ErrLost)
		default:
			return fmt.Errorf("%w: no event", ErrFrame)
		}
		if !d.decode(f.body, &ev) {
			n.stats.skipped.Add(1)
			continue
		}
		n.stats.event(&ev)
		if a := s.audit.Load(); a != nil {
			a.note(&ev)
		}
		switch ev.Kind {
		case ExecuteComplete:
			if ev.AppID == loopID {
				continue
			}
		case Create:
			s.pipe.legCreated(ev.UUID)
		case JobDone:
			if n.jobDone(s.pipe, &ev) {
				continue
			}
		}
		if !n.q.put(&ev) {
			n.stats.overflows.Add(1)
			return fmt.Errorf("%w: %d wait", ErrOverflow, n.cfg.QueueLimit)
		}
	}
}

// watch asks both sockets for a sign of life, gives up on silent ones, and
// ends the wait for replies that are overdue.
func (s *session) watch() {
	alive := s.n.cfg.Alive
	tick := time.NewTicker(max(alive/10, time.Millisecond))
	defer tick.Stop()
	strikes, asked := 0, time.Time{}
	for nonce := 0; ; {
		var now time.Time
		select {
		case now = <-tick.C:
		case <-s.done:
			return
		}
		s.pipe.expire(now)
		if s.quiet(now) {
			// A process that was itself stopped for a while finds old
			// stamps and full sockets: look a second time.
			if strikes++; strikes > 1 {
				s.fail(fmt.Errorf("%w: silent for %v", ErrLost, alive))
				return
			}
			continue
		}
		strikes = 0
		if now.Sub(asked) >= alive/3 {
			asked = now
			nonce++
			s.probe(nonce)
		}
	}
}

func (s *session) quiet(now time.Time) bool {
	alive := s.n.cfg.Alive
	if s.ev.silent(now) > alive {
		return true
	}
	if s.pipe.busyFor() {
		alive = max(alive, s.n.cfg.ReplyTimeout)
	}
	return s.cmd.silent(now) > alive
}

// probe asks for a number back on the commands socket, which also proves that
// replies are still in step, and for anything at all on the events socket.
func (s *session) probe(nonce int) {
	echo := api("echo sd%s", strconv.Itoa(nonce))
	c := &call{enc: encoded{wires: []wire{echo}}, done: func(Reply, error) {}}
	if err := s.pipe.start(c, time.Hour); err != nil && !errors.Is(err, ErrBusy) {
		return
	}
	if err := s.ev.write([]byte("api echo sd\n\n")); err != nil {
		s.fail(err)
	}
}

// nudge writes bare newlines while calls are live: each lets the switch's
// event loop turn once more, so an event waits 2 ms for it and not 20.
func (s *session) nudge() {
	every := s.n.cfg.Nudge
	newline := []byte{'\n'}
	for {
		var tick <-chan time.Time
		var t *time.Ticker
		if every > 0 && s.n.busy.Load() {
			t = time.NewTicker(every)
			tick = t.C
		}
		err := s.nudgeWhile(tick, newline)
		if t != nil {
			t.Stop()
		}
		if err != nil {
			s.fail(err)
			return
		}
		select {
		case <-s.done:
			return
		default:
		}
	}
}

func (s *session) nudgeWhile(tick <-chan time.Time, newline []byte) error {
	for {
		select {
		case <-tick:
			if err := s.ev.write(newline); err != nil {
				return err
			}
		case <-s.n.busyCh:
			return nil
		case <-s.done:
			return nil
		}
	}
}

// ask starts a call and waits for it.
func (s *session) ask(ctx context.Context, c *call, timeout time.Duration) (Reply, error) {
	type answer struct {
		r   Reply
		err error
	}
	ch := make(chan answer, 2)
	c.done = func(r Reply, err error) {
		if c.enc.job == "" || err != nil {
			ch <- answer{r, err}
		}
	}
	if c.enc.job != "" {
		c.onJob = func(r Reply, err error) { ch <- answer{r, err} }
	}
	if err := s.pipe.start(c, timeout); err != nil {
		return Reply{}, err
	}
	select {
	case a := <-ch:
		return a.r, a.err
	case <-s.done:
		return Reply{}, s.err
	case <-ctx.Done():
		return Reply{}, ctx.Err()
	}
}
