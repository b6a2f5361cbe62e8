package simswitch

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"testing"
	"time"
)

// wireClient is a bare client of the event socket.
type wireClient struct {
	t    testing.TB
	conn net.Conn
	r    *bufio.Reader
}

func serve(t testing.TB, opt Options) (*Engine, *Server) {
	t.Helper()
	e := New(opt)
	ctx, cancel := context.WithCancel(context.Background())
	s, err := e.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = e.Run(ctx) }()
	t.Cleanup(func() { cancel(); s.Wait(); <-ended })
	return e, s
}

func dialServer(t testing.TB, s *Server) *wireClient {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &wireClient{t, conn, bufio.NewReaderSize(conn, 1<<20)}
}

func signIn(t testing.TB, s *Server, events string) *wireClient {
	t.Helper()
	c := dialServer(t, s)
	c.frame()
	if got := c.ask("auth ClueCon"); got != "+OK accepted" {
		t.Fatalf("auth: %q", got)
	}
	if events != "" {
		c.ask("event plain " + events)
	}
	return c
}

func (c *wireClient) read(d time.Duration) (textproto.MIMEHeader, string, error) {
	_ = c.conn.SetReadDeadline(time.Now().Add(d))
	h, err := textproto.NewReader(c.r).ReadMIMEHeader()
	if err != nil {
		return nil, "", err
	}
	n, _ := strconv.Atoi(h.Get("Content-Length"))
	b := make([]byte, n)
	_, err = io.ReadFull(c.r, b)
	return h, string(b), err
}

func (c *wireClient) frame() (textproto.MIMEHeader, string) {
	c.t.Helper()
	h, body, err := c.read(5 * time.Second)
	if err != nil {
		c.t.Fatal(err)
	}
	return h, body
}

func (c *wireClient) ask(lines ...string) string {
	c.t.Helper()
	_, _ = io.WriteString(c.conn, strings.Join(lines, "\n")+"\n\n")
	for {
		h, body := c.frame()
		switch h.Get("Content-Type") {
		case "text/event-plain", "text/event-json":
		case "command/reply":
			return h.Get("Reply-Text")
		default:
			return body
		}
	}
}

// count reads events until n of a name have come.
func (c *wireClient) count(name string, n int) {
	c.t.Helper()
	for n > 0 {
		if _, body := c.frame(); strings.Contains(body, "Event-Name: "+name+"\n") {
			n--
		}
	}
}

func TestEventsGoToWhoAskedForThem(t *testing.T) {
	e, s := serve(t, Options{})
	parks, all, jsons, filtered := signIn(t, s, "CHANNEL_PARK"), signIn(t, s, "ALL"), signIn(t, s, ""), signIn(t, s, "CHANNEL_PARK")
	jsons.ask("event json CHANNEL_PARK CUSTOM sofia::register")
	filtered.ask("filter Caller-Destination-Number 4002")
	e.Call(Caller{From: "138", To: "4001"})
	e.Call(Caller{From: "138", To: "4002"})
	if _, body := parks.frame(); !strings.HasPrefix(body, "Event-Name: CHANNEL_PARK\n") || !strings.Contains(body, "\nCaller-Destination-Number: 4001\n") {
		t.Errorf("got %.100q", body)
	}
	all.count("CHANNEL_EXECUTE", 3)
	h, body := jsons.frame()
	if h.Get("Content-Type") != "text/event-json" || !strings.Contains(body, `"Event-Name":"CHANNEL_PARK"`) || !strings.Contains(body, `"variable_transfer_after_bridge":"after:XML:switchdesk"`) {
		t.Errorf("got %.100q", body)
	}
	if _, body := filtered.frame(); !strings.Contains(body, "\nCaller-Destination-Number: 4002\n") {
		t.Error("the filter let another call through")
	}
	e.Register(Phone{User: "1-8001"})
	jsons.frame()
	if _, body := jsons.frame(); !strings.Contains(body, `"Event-Subclass":"sofia::register"`) {
		t.Errorf("got %.100q", body)
	}
	all.ask("nixevent ALL")
	if got := parks.ask("noevents"); got != "+OK no longer listening for events" {
		t.Error(got)
	}
}

// Whoever does not read is cut off; the others never notice.
func TestSlowClientHurtsOnlyItself(t *testing.T) {
	e, s := serve(t, Options{MaxSessions: 5000, ClientLimit: 1 << 20})
	slow, quick := signIn(t, s, "ALL"), signIn(t, s, "CHANNEL_DESTROY")
	_ = slow
	const calls = 600
	for range calls {
		e.Hangup(e.Call(Caller{From: "1", To: "2"}), "")
	}
	quick.count("CHANNEL_DESTROY", calls)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := e.Wait(ctx, func(st Stats) bool { return st.Dropped > 0 }); err != nil {
		t.Fatal(err)
	}
	if got := quick.ask("api status"); !strings.HasPrefix(got, "UP") {
		t.Error(got)
	}
}

func TestFaults(t *testing.T) {
	e, s := serve(t, Options{})
	f := e.Faults()
	c := signIn(t, s, "CHANNEL_PARK")

	f.RefuseCommand("uuid_kill", 1)
	if got := c.ask("api uuid_kill x"); got != "-ERR refused on purpose\n" {
		t.Error(got)
	}
	if got := c.ask("api uuid_kill x"); got != noChannel {
		t.Error(got)
	}

	f.DuplicateEvents(true)
	a := e.Call(Caller{From: "1", To: "2"})
	c.count("CHANNEL_PARK", 2)
	f.DuplicateEvents(false)

	if !f.LoseLeg(a) || e.Stats().Live != 0 {
		t.Error("the leg is still there")
	}
	if got := c.ask("api uuid_exists " + a); got != "false" {
		t.Error(got)
	}

	// A swallowed reply: the next answer belongs to the next command.
	f.NoReply(1)
	_, _ = io.WriteString(c.conn, "api create_uuid\n\n")
	if got := c.ask("api hostname"); got != "switch-1" {
		t.Error(got)
	}

	began := time.Now()
	f.LateReplies(80 * time.Millisecond)
	c.ask("api hostname")
	if time.Since(began) < 80*time.Millisecond {
		t.Error("the reply was not late")
	}
	f.LateReplies(0)

	f.Garbage([]byte("\x00\xff garbage: \n\n"))
	if b, err := c.r.Peek(2); err != nil || string(b) != "\x00\xff" {
		t.Errorf("garbage came as %q %v", b, err)
	}

	f.HalfOpen(true)
	_, _ = io.WriteString(c.conn, "api hostname\n\n")
	stuck := dialServer(t, s)
	if _, _, err := stuck.read(100 * time.Millisecond); err == nil {
		t.Error("a half-open switch spoke")
	}
	f.HalfOpen(false)

	c = signIn(t, s, "")
	f.DropSockets()
	if _, _, err := c.read(5 * time.Second); err == nil {
		t.Error("the socket was not dropped")
	}

	f.RefuseClients(true)
	c = dialServer(t, s)
	if h, body := c.frame(); h.Get("Content-Type") != "text/rude-rejection" || body != "Access Denied, go away.\n" {
		t.Errorf("turned away with %v %q", h, body)
	}
	f.RefuseClients(false)
	signIn(t, s, "")
}

// An api originate stands in the way of its own socket alone.
func TestBlockingOriginate(t *testing.T) {
	e, s := serve(t, Options{})
	e.Register(Phone{User: "1-8001", Manual: true})
	c, other := signIn(t, s, ""), signIn(t, s, "CHANNEL_PROGRESS")
	_, _ = io.WriteString(c.conn, "api originate {origination_uuid=b}user/1-8001 &park()\n\napi hostname\n\n")
	other.count("CHANNEL_PROGRESS", 1)
	if got := other.ask("api uuid_exists b"); got != "true" {
		t.Fatal(got)
	}
	e.Answer("b")
	if _, body := c.frame(); body != "+OK b\n" {
		t.Errorf("got %q", body)
	}
	if _, body := c.frame(); body != "switch-1" {
		t.Errorf("got %q", body)
	}
}
