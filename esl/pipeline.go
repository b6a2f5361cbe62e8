package esl

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const maxUnsent = 8 << 20 // bytes of commands that wait to be written

// Reply is the switch's answer to one command.
type Reply struct {
	Text string // its first line, without +OK
	Body string // the whole answer
}

// call is a Command on its way: sent, waiting for as many replies as it has
// wires, and resolved once, by them, by a time-out or by the socket's end.
type call struct {
	cmd  Command // nil for the node's own questions
	enc  encoded
	done func(Reply, error)
	keep bool // Reply.Body is wanted
	slow bool // may keep the command socket busy for long

	left     int
	refusal  string
	reply    Reply
	raw      []byte // body of the last reply, while its frame is good
	sent     time.Time
	deadline time.Time
	resolved bool
	created  bool               // Originate: the leg exists
	jobOver  atomic.Bool        // Originate: its job has ended
	onJob    func(Reply, error) // Originate: wants the job's answer
}

// pipeline matches commands with replies. The switch answers the commands of
// a socket in order, so a slot is kept for each until its own reply is there:
// one that comes too late is thrown away, never given to the next command.
type pipeline struct {
	link  *link
	stats *stats
	fail  func(error)

	mu     sync.Mutex
	unsent []byte
	slots  []slot // in the order of writing
	head   int
	jobs   map[string]*call
	closed error
	wake   chan struct{}
}

type slot struct {
	c     *call
	index int
}

func newPipeline(l *link, st *stats, fail func(error)) *pipeline {
	return &pipeline{link: l, stats: st, fail: fail, jobs: make(map[string]*call), wake: make(chan struct{}, 1)}
}

// start queues a call for writing; it never waits. It fails with ErrBusy, or
// with why the pipeline has ended, and then done is not called.
func (p *pipeline) start(c *call, timeout time.Duration) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed != nil {
		return p.closed
	}
	if len(p.unsent) > maxUnsent {
		return ErrBusy
	}
	c.left = len(c.enc.wires)
	c.sent = time.Now()
	c.deadline = c.sent.Add(timeout)
	for i, w := range c.enc.wires {
		p.unsent = append(p.unsent, w.text...)
		p.slots = append(p.slots, slot{c, i})
	}
	if c.enc.job != "" {
		p.jobs[c.enc.job] = c
	}
	poke(p.wake)
	return nil
}

// writeLoop writes what is queued, many commands in one go.
func (p *pipeline) writeLoop(done <-chan struct{}) {
	var buf []byte
	for {
		select {
		case <-p.wake:
		case <-done:
			return
		}
		p.mu.Lock()
		buf, p.unsent = p.unsent, buf[:0]
		p.mu.Unlock()
		if len(buf) == 0 {
			continue
		}
		if err := p.link.write(buf); err != nil {
			p.fail(err)
			return
		}
		if cap(buf) > keepBuffer {
			buf = nil
		}
	}
}

// readLoop gives each reply to the command that it belongs to.
func (p *pipeline) readLoop() error {
	var f frame
	for {
		if err := p.link.fr.next(&f); err != nil {
			return err
		}
		switch f.typ {
		case replyFrame, apiFrame:
			if err := p.take(&f); err != nil {
				return err
			}
		case disconnectFrame:
			return fmt.Errorf("%w: %s", ErrLost, bytes.TrimSpace(f.body))
		default:
			return fmt.Errorf("%w: no reply", ErrFrame)
		}
	}
}

func (p *pipeline) take(f *frame) error {
	answer := f.body
	if f.typ == replyFrame {
		answer = header(f.head, "Reply-Text")
	}
	p.mu.Lock()
	if p.head == len(p.slots) {
		p.mu.Unlock()
		return fmt.Errorf("%w: a reply to nothing", ErrFrame)
	}
	s := p.slots[p.head]
	p.slots[p.head] = slot{}
	p.head++
	if p.head == len(p.slots) {
		p.slots, p.head = p.slots[:0], 0
	} else if p.head > 1024 && p.head*2 > len(p.slots) {
		n := copy(p.slots, p.slots[p.head:])
		clear(p.slots[n:])
		p.slots, p.head = p.slots[:n], 0
	}
	c, w := s.c, s.c.enc.wires[s.index]
	if err := w.fits(f, answer, c); err != nil {
		p.mu.Unlock()
		return err
	}
	if cause, refused := refusal(answer); refused && !w.soft && c.refusal == "" {
		c.refusal = cause
	}
	c.left--
	finish := c.left == 0 && !c.resolved
	if finish {
		p.finish(c, answer)
	} else if c.left == 0 {
		p.stats.late.Add(1)
	}
	p.mu.Unlock()
	if finish {
		p.resolve(c)
	}
	return nil
}

// fits tells whether a reply can be this command's: an answer of another sort
// means that the two ends disagree about where they are.
func (w wire) fits(f *frame, answer []byte, c *call) error {
	isAPI := strings.HasPrefix(w.text, "api ")
	switch {
	case isAPI && f.typ == apiFrame, !isAPI && f.typ == replyFrame:
	case isAPI && bytes.HasPrefix(answer, []byte("-ERR")): // permission denied
	default:
		return fmt.Errorf("%w: a reply of the wrong sort", ErrFrame)
	}
	if nonce, ok := strings.CutPrefix(w.text, "api echo "); ok {
		if got := bytes.TrimSpace(answer); !bytes.HasPrefix(got, []byte("-ERR")) && string(got) != strings.TrimSpace(nonce) {
			return fmt.Errorf("%w: replies out of step", ErrFrame)
		}
	}
	if c.enc.job != "" {
		if job := header(f.head, "Job-UUID"); len(job) > 0 && string(job) != c.enc.job {
			return fmt.Errorf("%w: the reply to another job", ErrFrame)
		}
	}
	return nil
}

// refusal finds the switch's word for no.
func refusal(answer []byte) (string, bool) {
	for _, no := range []string{"-ERR", "-USAGE"} {
		if rest, ok := bytes.CutPrefix(answer, []byte(no)); ok {
			line, _, _ := bytes.Cut(bytes.TrimLeft(rest, " :"), []byte{'\n'})
			cause := string(bytes.TrimSpace(line))
			if cause == "" || no == "-USAGE" {
				cause = strings.TrimSpace(no[1:] + " " + cause)
			}
			return cause, true
		}
	}
	return "", false
}

// finish prepares the reply; the caller holds mu and has the frame.
func (p *pipeline) finish(c *call, answer []byte) {
	p.stats.reply(time.Since(c.sent))
	c.resolved = true
	if c.keep {
		c.reply.Body = string(answer)
		line, _, _ := strings.Cut(c.reply.Body, "\n")
		c.reply.Text = strings.TrimSpace(strings.TrimPrefix(line, "+OK"))
	}
	c.raw = answer
	if c.refusal != "" && c.enc.job != "" {
		delete(p.jobs, c.enc.job)
	}
}

// resolve tells the one who asked; without mu, so that done may send more.
func (p *pipeline) resolve(c *call) {
	var err error
	if c.refusal != "" {
		err = &Refusal{Cause: c.refusal}
	}
	c.done(c.reply, err)
	c.raw = nil
}

// busyFor tells that the command socket has good reason to be silent.
func (p *pipeline) busyFor() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.head < len(p.slots) && p.slots[p.head].c.slow
}

// expire resolves the calls whose time is over; their slots stay.
func (p *pipeline) expire(now time.Time) {
	var over []*call
	p.mu.Lock()
	for _, s := range p.slots[p.head:] {
		if s.c.resolved || s.c.deadline.After(now) {
			continue
		}
		s.c.resolved = true
		delete(p.jobs, s.c.enc.job) // has had its answer, such as it is
		over = append(over, s.c)
	}
	p.mu.Unlock()
	for _, c := range over {
		p.stats.timeouts.Add(1)
		c.done(Reply{}, ErrTimeout)
	}
}

// legCreated notes that an originated leg came to be: how it ends, its own
// events will tell.
func (p *pipeline) legCreated(uuid string) {
	p.mu.Lock()
	if c := p.jobs[uuid]; c != nil {
		c.created = true
	}
	p.mu.Unlock()
}

// endJob takes the call that a BACKGROUND_JOB answers.
func (p *pipeline) endJob(job string) *call {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.jobs[job]
	if c != nil {
		delete(p.jobs, job)
		c.jobOver.Store(true)
	}
	return c
}

// close ends the pipeline; what waits for a reply gets err.
func (p *pipeline) close(err error) {
	p.mu.Lock()
	if p.closed != nil {
		p.mu.Unlock()
		return
	}
	p.closed = err
	var rest []*call
	for _, s := range p.slots[p.head:] {
		if !s.c.resolved {
			s.c.resolved = true
			rest = append(rest, s.c)
		}
	}
	p.slots, p.head = nil, 0
	jobs := p.jobs
	p.jobs = nil
	p.mu.Unlock()
	for _, c := range rest {
		c.done(Reply{}, err)
	}
	for _, c := range jobs {
		if c.onJob != nil {
			c.onJob(Reply{}, err)
		}
	}
}
