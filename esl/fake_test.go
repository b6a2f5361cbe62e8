package esl

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeSwitch is a scripted event socket on loopback: just enough protocol for
// the tests of this package.
type fakeSwitch struct {
	t        testing.TB
	ln       net.Listener
	password string
	// answer replies to one command (its lines without the empty one); "" is
	// no reply. Nil means reply.
	answer func(c *fakeConn, cmd string) string
	// greet runs instead of the usual dialogue when set and true.
	greet func(c *fakeConn) bool

	start sync.Once
	mu    sync.Mutex
	conns map[*fakeConn]bool
	subs  chan *fakeConn // each events socket, once subscribed
	wg    sync.WaitGroup
}

type fakeConn struct {
	net.Conn
	s   *fakeSwitch
	r   *bufio.Reader
	wmu sync.Mutex
}

func newFake(t testing.TB) *fakeSwitch {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &fakeSwitch{t: t, ln: ln, password: "secret", conns: map[*fakeConn]bool{}, subs: make(chan *fakeConn, 4096)}
	t.Cleanup(s.stop)
	return s
}

// addr also starts the switch, so that a test can first set its ways.
func (s *fakeSwitch) addr() string {
	s.start.Do(func() { s.wg.Go(s.accept) })
	return s.ln.Addr().String()
}

func (s *fakeSwitch) stop() {
	s.ln.Close()
	s.drop()
	s.wg.Wait()
}

// drop closes every connection.
func (s *fakeSwitch) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.Close()
	}
}

func (s *fakeSwitch) accept() {
	for {
		nc, err := s.ln.Accept()
		if err != nil {
			return
		}
		c := &fakeConn{Conn: nc, s: s, r: bufio.NewReader(nc)}
		s.mu.Lock()
		s.conns[c] = true
		s.mu.Unlock()
		s.wg.Go(func() {
			defer func() {
				nc.Close()
				s.mu.Lock()
				delete(s.conns, c)
				s.mu.Unlock()
			}()
			c.serve()
		})
	}
}

func (c *fakeConn) send(format string, args ...any) error {
	c.wmu.Lock()
	defer c.wmu.Unlock()
	_, err := fmt.Fprintf(c.Conn, format, args...)
	return err
}

func (c *fakeConn) sendRaw(b []byte) error {
	c.wmu.Lock()
	defer c.wmu.Unlock()
	_, err := c.Conn.Write(b)
	return err
}

// sendPieces writes whole frames in pieces of odd sizes.
func (c *fakeConn) sendPieces(b []byte, piece func() int) {
	c.wmu.Lock()
	defer c.wmu.Unlock()
	for len(b) > 0 {
		n := min(piece(), len(b))
		if _, err := c.Conn.Write(b[:n]); err != nil {
			return
		}
		b = b[n:]
	}
}

// command reads lines up to an empty one; bare newlines are skipped, as the
// real one does.
func (c *fakeConn) command() (string, error) {
	var b strings.Builder
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			return "", err
		}
		if line == "\n" {
			if b.Len() == 0 {
				continue
			}
			return strings.TrimSuffix(b.String(), "\n"), nil
		}
		b.WriteString(line)
	}
}

func (c *fakeConn) serve() {
	s := c.s
	if s.greet != nil && s.greet(c) {
		return
	}
	c.send("Content-Type: auth/request\n\n")
	cmd, err := c.command()
	if err != nil {
		return
	}
	if cmd != "auth "+s.password {
		c.send("Content-Type: command/reply\nReply-Text: -ERR invalid\n\n")
		c.send("Content-Type: text/disconnect-notice\nContent-Length: 67\n\nDisconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n")
		return
	}
	c.send("Content-Type: command/reply\nReply-Text: +OK accepted\n\n")
	for {
		cmd, err := c.command()
		if err != nil {
			return
		}
		answer := reply
		if s.answer != nil {
			answer = s.answer
		}
		out := answer(c, cmd)
		if out != "" && c.sendRaw([]byte(out)) != nil {
			return
		}
		if strings.HasPrefix(cmd, "event ") {
			s.subs <- c
		}
	}
}

func apiReply(body string) string {
	return fmt.Sprintf("Content-Type: api/response\nContent-Length: %d\n\n%s", len(body), body)
}

func cmdReply(text string) string { return "Content-Type: command/reply\nReply-Text: " + text + "\n\n" }

// reply is what a switch with nothing on it would say.
func reply(c *fakeConn, cmd string) string {
	switch {
	case strings.HasPrefix(cmd, "event "):
		return cmdReply("+OK event listener enabled plain")
	case strings.HasPrefix(cmd, "api echo "):
		return apiReply(strings.TrimPrefix(cmd, "api echo "))
	case strings.HasPrefix(cmd, "api show "):
		return apiReply("{\"row_count\": 0}\n")
	case strings.HasPrefix(cmd, "bgapi "):
		_, job, _ := strings.Cut(cmd, "Job-UUID: ")
		return cmdReply("+OK Job-UUID: " + job + "\nJob-UUID: " + job)
	case strings.HasPrefix(cmd, "api "):
		return apiReply("+OK\n")
	}
	return cmdReply("+OK")
}

// plainEvent frames an event; headers are "Name: value" lines.
func plainEvent(name string, headers ...string) []byte {
	body := "Event-Name: " + name + "\n" + strings.Join(headers, "\n") + "\n\n"
	return []byte(fmt.Sprintf("Content-Length: %d\nContent-Type: text/event-plain\n\n%s", len(body), body))
}

// collector gathers what a node says.
type collector struct {
	mu   sync.Mutex
	evs  []Event
	more chan struct{}
}

func newCollector() *collector { return &collector{more: make(chan struct{}, 1)} }

func (c *collector) out(evs []Event) {
	c.mu.Lock()
	c.evs = append(c.evs, evs...)
	c.mu.Unlock()
	poke(c.more)
}

func (c *collector) all() []Event {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Event(nil), c.evs...)
}

const patience = 20 * time.Second

// wait returns the first event that ok likes, and forgets all up to it.
func (c *collector) wait(t testing.TB, what string, ok func(Event) bool) Event {
	t.Helper()
	deadline := time.After(patience)
	for {
		c.mu.Lock()
		for i, ev := range c.evs {
			if ok(ev) {
				c.evs = c.evs[i+1:]
				c.mu.Unlock()
				return ev
			}
		}
		c.mu.Unlock()
		select {
		case <-c.more:
		case <-deadline:
			t.Fatalf("no %s within %v; got %v", what, patience, kinds(c.all()))
		}
	}
}

func (c *collector) kind(t testing.TB, k Kind) Event {
	t.Helper()
	return c.wait(t, fmt.Sprintf("event of kind %d", k), func(e Event) bool { return e.Kind == k })
}

func kinds(evs []Event) []Kind {
	var ks []Kind
	for _, e := range evs {
		ks = append(ks, e.Kind)
	}
	if len(ks) > 40 {
		ks = ks[len(ks)-40:]
	}
	return ks
}

// startNode runs a node against s until the test ends.
func startNode(t testing.TB, s *fakeSwitch, out func([]Event), tweak func(*NodeConfig)) *Node {
	t.Helper()
	cfg := NodeConfig{Name: "fs1", Addr: s.addr(), Password: s.password, Settle: -1, BackoffMin: time.Millisecond, BackoffMax: 20 * time.Millisecond}
	if tweak != nil {
		tweak(&cfg)
	}
	n := NewNode(cfg, out)
	run(t, n)
	return n
}

func itoa(n int) string { return fmt.Sprint(n) }
