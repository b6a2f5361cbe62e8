// Package conformance holds one set of cases that a switch must pass, and runs
// them against the simulated switch and against a real FreeSWITCH, so that the
// first is never kinder or harsher than the second.
package conformance

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Event is one event as it came, with its headers decoded.
type Event struct {
	Name    string
	Headers map[string]string
	Body    string
}

// Get tells a header, or "".
func (e Event) Get(name string) string { return e.Headers[name] }

func (e Event) String() string {
	s := e.Name
	if sub := e.Get("Event-Subclass"); sub != "" {
		s += "(" + sub + ")"
	}
	if app := e.Get("Application"); app != "" {
		s += "[" + app + "]"
	}
	return s
}

// frame is what came on the socket: a reply or an event.
type frame struct {
	head textproto.MIMEHeader
	body string
}

// Client is a plain event-socket client that keeps everything in the order in
// which it came. Its methods fail the test when the switch does not answer.
type Client struct {
	t    testing.TB
	conn net.Conn
	r    *bufio.Reader
	held []Event
	Seen []Event // all events so far
}

// patience is how long the switch may take for anything.
const patience = 10 * time.Second

// Connect opens the socket and reads the greeting; it does not sign in.
func Connect(t testing.TB, addr string) *Client {
	t.Helper()
	conn, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		t.Fatalf("no event socket: %v", err)
	}
	c := &Client{t: t, conn: conn, r: bufio.NewReader(conn)}
	t.Cleanup(func() { conn.Close() })
	if f := c.frame(patience); f.head.Get("Content-Type") != "auth/request" {
		t.Fatalf("greeting is %v", f.head)
	}
	return c
}

// SignIn opens the socket, gives the password and asks for every event that
// the cases look at.
func SignIn(t testing.TB, target Target) *Client {
	t.Helper()
	c := Connect(t, target.Addr)
	if got := c.Command("auth " + target.Password); got != "+OK accepted" {
		t.Fatalf("auth: %q", got)
	}
	return c
}

// Events asks for events, plain.
func (c *Client) Events(names string) {
	c.t.Helper()
	if got := c.Command("event plain " + names); got != "+OK event listener enabled plain" {
		c.t.Fatalf("event: %q", got)
	}
}

func (c *Client) frame(d time.Duration) frame {
	c.t.Helper()
	f, err := c.read(d)
	if err != nil {
		c.t.Fatalf("reading from the switch: %v\nseen: %v", err, c.Seen)
	}
	return f
}

func (c *Client) read(d time.Duration) (frame, error) {
	_ = c.conn.SetReadDeadline(time.Now().Add(d))
	head, err := textproto.NewReader(c.r).ReadMIMEHeader()
	if err != nil {
		return frame{}, err
	}
	f := frame{head: head}
	if n, _ := strconv.Atoi(head.Get("Content-Length")); n > 0 {
		b := make([]byte, n)
		if _, err := io.ReadFull(c.r, b); err != nil {
			return f, err
		}
		f.body = string(b)
	}
	return f, nil
}

// Command sends one command and gives its reply text or api answer.
func (c *Client) Command(lines ...string) string {
	c.t.Helper()
	f := c.Reply(lines...)
	if f.head.Get("Content-Type") == "command/reply" {
		return f.head.Get("Reply-Text")
	}
	return f.body
}

// Reply is Command with the whole frame.
func (c *Client) Reply(lines ...string) frame {
	c.t.Helper()
	if _, err := io.WriteString(c.conn, strings.Join(lines, "\n")+"\n\n"); err != nil {
		c.t.Fatalf("writing to the switch: %v", err)
	}
	for {
		f := c.frame(patience)
		if f.head.Get("Content-Type") == "text/event-plain" {
			c.held = append(c.held, c.event(f))
			continue
		}
		return f
	}
}

// API is an api command's answer.
func (c *Client) API(format string, args ...any) string {
	c.t.Helper()
	return c.Command("api " + fmt.Sprintf(format, args...))
}

// Execute has a leg run an application, in turn.
func (c *Client) Execute(uuid, id, app, arg string, more ...string) {
	c.t.Helper()
	lines := append([]string{"sendmsg " + uuid, "call-command: execute", "execute-app-name: " + app, "execute-app-arg: " + arg, "Event-UUID: " + id}, more...)
	if got := c.Command(lines...); got != "+OK" {
		c.t.Fatalf("execute %s: %q", app, got)
	}
}

func (c *Client) event(f frame) Event {
	head, body, _ := strings.Cut(f.body, "\n\n")
	e := Event{Headers: map[string]string{}, Body: body}
	for _, line := range strings.Split(head, "\n") {
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			continue
		}
		if v, err := url.PathUnescape(value); err == nil {
			value = v
		}
		if _, dup := e.Headers[name]; !dup {
			e.Headers[name] = value
		}
	}
	e.Name = e.Headers["Event-Name"]
	c.Seen = append(c.Seen, e)
	return e
}

func (c *Client) next(d time.Duration) (Event, bool) {
	c.t.Helper()
	if len(c.held) > 0 {
		e := c.held[0]
		c.held = c.held[1:]
		return e, true
	}
	until := time.Now().Add(d)
	for time.Now().Before(until) {
		f, err := c.read(time.Until(until))
		if err != nil {
			return Event{}, false
		}
		if f.head.Get("Content-Type") == "text/event-plain" {
			return c.event(f), true
		}
	}
	return Event{}, false
}

// Await reads events until one matches, and gives it with all that came
// before.
func (c *Client) Await(what string, ok func(Event) bool) (Event, []Event) {
	c.t.Helper()
	var before []Event
	until := time.Now().Add(patience)
	for {
		e, got := c.next(time.Until(until))
		if !got {
			c.t.Fatalf("never came: %s\ncame: %v", what, before)
		}
		if ok(e) {
			return e, before
		}
		before = append(before, e)
	}
}

// AwaitLeg waits for an event of a leg.
func (c *Client) AwaitLeg(uuid, name string) (Event, []Event) {
	c.t.Helper()
	return c.Await(name+" of "+uuid, func(e Event) bool { return e.Name == name && e.Get("Unique-ID") == uuid })
}

// AwaitDone waits for the end of the application with that id.
func (c *Client) AwaitDone(id string) (Event, []Event) {
	c.t.Helper()
	return c.Await("the end of "+id, func(e Event) bool {
		return e.Name == "CHANNEL_EXECUTE_COMPLETE" && e.Get("Application-UUID") == id
	})
}

// names lists the events of a leg, in order, that are among the wanted ones.
func names(events []Event, uuid, wanted string) []string {
	var out []string
	for _, e := range events {
		if e.Get("Unique-ID") != uuid || !strings.Contains(" "+wanted+" ", " "+e.Name+" ") {
			continue
		}
		s := e.Name
		if app := e.Get("Application"); app != "" {
			s += "[" + app + "]"
		}
		out = append(out, s)
	}
	return out
}
