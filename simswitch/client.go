package simswitch

import (
	"bufio"
	"bytes"
	"errors"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// client is one connection to the event socket.
type client struct {
	s      *Server
	e      *Engine
	conn   net.Conn
	frozen atomic.Bool // half-open: nothing goes in or out

	// Under the Engine's lock.
	authed  bool
	format  string // plain or json
	mask    kindSet
	all     bool
	custom  map[string]bool
	filters []filter
	busy    bool   // a reply is being made; events wait behind it
	held    []byte // those events

	mu     sync.Mutex
	out    []byte
	more   chan struct{}
	closed chan struct{}
	once   sync.Once
}

type filter struct{ name, value string }

func newClient(s *Server, conn net.Conn) *client {
	return &client{s: s, e: s.e, conn: conn, custom: map[string]bool{}, more: make(chan struct{}, 1), closed: make(chan struct{})}
}

// cut closes the connection at once.
func (c *client) cut() {
	c.once.Do(func() {
		close(c.closed)
		_ = c.conn.Close()
	})
}

// write queues bytes for the socket; a client that does not read is cut off
// rather than waited for.
func (c *client) write(b []byte) {
	c.mu.Lock()
	over := len(c.out)+len(b) > c.e.opt.ClientLimit
	if !over {
		c.out = append(c.out, b...)
	}
	c.mu.Unlock()
	if over {
		go c.cut()
		return
	}
	select {
	case c.more <- struct{}{}:
	default:
	}
}

func (c *client) writeLoop() {
	var spare []byte
	for {
		select {
		case <-c.more:
		case <-c.closed:
			c.flush(&spare)
			return
		}
		if !c.flush(&spare) {
			c.cut()
			return
		}
	}
}

func (c *client) flush(spare *[]byte) bool {
	c.mu.Lock()
	b := c.out
	c.out = (*spare)[:0]
	c.mu.Unlock()
	if cap(b) > 8<<20 {
		*spare = nil // don't keep a burst's memory for ever
	} else {
		*spare = b
	}
	if len(b) == 0 || c.frozen.Load() {
		return true
	}
	_, err := c.conn.Write(b)
	return err == nil
}

// wants tells whether an event is for this client.
func (c *client) wants(k kind, subclass, uuid string, text []byte) bool {
	if !c.all && !c.mask.has(k) {
		return false
	}
	if k == evCustom && !c.all && !c.custom[subclass] && !c.custom["*"] {
		return false
	}
	for _, f := range c.filters {
		if f.name == "Unique-ID" && f.value == uuid {
			return true
		}
		line := appendHeader(nil, f.name, f.value)
		if f.value != "" && bytes.Contains(text, line) {
			return true
		}
	}
	return len(c.filters) == 0
}

// event queues an event's text as a frame.
func (c *client) event(text []byte) {
	if c.frozen.Load() {
		return
	}
	c.e.stats.Delivered++
	kind := "plain"
	if c.format == "json" {
		kind, text = "json", toJSON(text)
	}
	var h [64]byte
	b := append(h[:0], "Content-Length: "...)
	b = strconv.AppendInt(b, int64(len(text)), 10)
	b = append(b, "\nContent-Type: text/event-"...)
	b = append(append(b, kind...), "\n\n"...)
	if c.busy {
		c.held = append(append(c.held, b...), text...)
		return
	}
	c.mu.Lock()
	over := len(c.out)+len(text) > c.e.opt.ClientLimit
	if !over {
		c.out = append(append(c.out, b...), text...)
	}
	c.mu.Unlock()
	if over {
		c.e.stats.Dropped++
		go c.cut()
		return
	}
	select {
	case c.more <- struct{}{}:
	default:
	}
}

const disconnectNotice = "Content-Type: text/disconnect-notice\nContent-Length: 67\n\n" +
	"Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n"

const rudeRejection = "Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n"

// serve reads commands until the client leaves.
func (c *client) serve() {
	defer c.leave()
	c.e.mu.Lock()
	rude := c.e.faults.refuseACL
	if c.e.faults.half {
		c.frozen.Store(true)
	}
	c.e.mu.Unlock()
	if rude {
		_, _ = c.conn.Write([]byte(rudeRejection))
		return
	}
	c.write([]byte("Content-Type: auth/request\n\n"))
	r := bufio.NewReaderSize(c.conn, 64<<10)
	for {
		cmd, err := readCommand(r)
		if err != nil {
			return
		}
		if c.frozen.Load() {
			continue
		}
		if !c.delay() || !c.handle(cmd) {
			return
		}
	}
}

// leave says goodbye to the Engine and closes once all that was queued is out.
func (c *client) leave() {
	c.e.do(func() {
		for i, s := range c.e.sinks {
			if s == c {
				c.e.sinks = append(c.e.sinks[:i], c.e.sinks[i+1:]...)
				break
			}
		}
		c.e.recount()
	})
	var none []byte
	c.flush(&none)
	c.cut()
}

// delay is the fault of late replies.
func (c *client) delay() bool {
	c.e.mu.Lock()
	d := c.e.faults.late
	c.e.mu.Unlock()
	if d <= 0 {
		return true
	}
	select {
	case <-c.e.opt.Clock.After(c.e.wall(d)):
		return true
	case <-c.closed:
		return false
	}
}

type command struct {
	line string
	head []filter // further header lines
	body string
}

func (c *command) header(name string) string {
	for _, h := range c.head {
		if strings.EqualFold(h.name, name) {
			return h.value
		}
	}
	return ""
}

var errTooLong = errors.New("command is too long")

// readCommand reads up to an empty line, and a body if a Content-Length was
// given. Empty lines before a command are skipped: clients nudge with them.
func readCommand(r *bufio.Reader) (*command, error) {
	var c command
	size := 0
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil, err
		}
		if size += len(line); size > 1<<20 {
			return nil, errTooLong
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			if c.line == "" {
				size = 0
				continue
			}
			break
		}
		if c.line == "" {
			c.line = line
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		c.head = append(c.head, filter{strings.TrimSpace(name), strings.TrimLeft(value, " ")})
	}
	if n, err := strconv.Atoi(c.header("Content-Length")); err == nil && n > 0 {
		if n > 16<<20 {
			return nil, errTooLong
		}
		b := make([]byte, n)
		if _, err := readFull(r, b); err != nil {
			return nil, err
		}
		c.body = string(b)
	}
	return &c, nil
}

func readFull(r *bufio.Reader, b []byte) (int, error) {
	n := 0
	for n < len(b) {
		m, err := r.Read(b[n:])
		n += m
		if err != nil {
			return n, err
		}
	}
	return n, nil
}
