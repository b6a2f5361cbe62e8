package conformance

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// phone is a SIP telephone small enough to read: it takes and makes calls
// over UDP and throws away what it hears. Who is rung decides what it does.
type phone struct {
	t    testing.TB
	conn *net.UDPConn
	rtp  *net.UDPConn
	to   *net.UDPAddr

	mu    sync.Mutex
	calls map[string]*farLeg // by Call-ID
	seq   int
	told  map[string]chan int // answers to requests by Call-ID and method
}

// farLeg is one call of the phone.
type farLeg struct {
	p        *phone
	id       string
	invite   []string // of ours
	from, to string
	ended    bool
	answered bool
}

func newPhone(t testing.TB) *phone {
	t.Helper()
	p := &phone{t: t, calls: map[string]*farLeg{}, told: map[string]chan int{}}
	for _, c := range []**net.UDPConn{&p.conn, &p.rtp} {
		conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		*c = conn
	}
	go p.listen()
	go func() {
		var b [2048]byte
		for {
			if _, err := p.rtp.Read(b[:]); err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() { p.conn.Close(); p.rtp.Close() })
	return p
}

func (p *phone) port() int { return p.conn.LocalAddr().(*net.UDPAddr).Port }

type message struct {
	start string
	lines []string
}

func parse(s string) message {
	head, _, _ := strings.Cut(s, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	return message{lines[0], lines[1:]}
}

func (m message) get(name string) string {
	for _, l := range m.lines {
		n, v, ok := strings.Cut(l, ":")
		if ok && strings.EqualFold(strings.TrimSpace(n), name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

func (p *phone) listen() {
	b := make([]byte, 65536)
	for {
		n, from, err := p.conn.ReadFromUDP(b)
		if err != nil {
			return
		}
		m := parse(string(b[:n]))
		if strings.HasPrefix(m.start, "SIP/2.0") {
			p.response(m, from)
			continue
		}
		p.request(m, from)
	}
}

// reply answers a request with its own headers, a tag of ours and maybe SDP.
func (p *phone) reply(m message, to *net.UDPAddr, status string, sdp bool) {
	var b strings.Builder
	b.WriteString("SIP/2.0 " + status + "\r\n")
	for _, l := range m.lines {
		name, _, _ := strings.Cut(l, ":")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "via", "from", "call-id", "cseq", "record-route":
			b.WriteString(l + "\r\n")
		case "to":
			if !strings.Contains(l, ";tag=") && !strings.HasPrefix(status, "100") {
				l += ";tag=far"
			}
			b.WriteString(l + "\r\n")
		}
	}
	fmt.Fprintf(&b, "Contact: <sip:far@127.0.0.1:%d>\r\n", p.port())
	p.finish(&b, sdp)
	_, _ = p.conn.WriteToUDP([]byte(b.String()), to)
}

func (p *phone) finish(b *strings.Builder, sdp bool) {
	body := ""
	if sdp {
		body = fmt.Sprintf("v=0\r\no=far 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n",
			p.rtp.LocalAddr().(*net.UDPAddr).Port)
		b.WriteString("Content-Type: application/sdp\r\n")
	}
	b.WriteString("Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body)
}

func (p *phone) request(m message, from *net.UDPAddr) {
	method, uri, _ := strings.Cut(m.start, " ")
	switch method {
	case "ACK":
	case "INVITE":
		p.invited(m, uri, from)
	case "CANCEL":
		p.reply(m, from, "200 OK", false)
		p.mu.Lock()
		leg := p.calls[m.get("Call-ID")]
		p.mu.Unlock()
		if leg != nil && leg.invite == nil {
			p.reply(message{"", leg.asked()}, from, "487 Request Terminated", false)
		}
	default: // BYE, OPTIONS, INFO, NOTIFY
		p.reply(m, from, "200 OK", false)
		if method == "BYE" {
			p.mu.Lock()
			if leg := p.calls[m.get("Call-ID")]; leg != nil {
				leg.ended = true
			}
			p.mu.Unlock()
		}
	}
}

var asked sync.Map // Call-ID -> headers of the switch's INVITE

func (f *farLeg) asked() []string {
	v, _ := asked.Load(f.id)
	lines, _ := v.([]string)
	return lines
}

func (p *phone) invited(m message, uri string, from *net.UDPAddr) {
	id := m.get("Call-ID")
	p.mu.Lock()
	_, again := p.calls[id]
	if !again {
		p.calls[id] = &farLeg{p: p, id: id}
		asked.Store(id, m.lines)
	}
	p.mu.Unlock()
	if again && strings.Contains(m.get("To"), ";tag=") {
		p.reply(m, from, "200 OK", true) // a change within the call
		return
	}
	if again {
		return // sent again, answered already
	}
	user, _, _ := strings.Cut(strings.TrimPrefix(uri, "sip:"), "@")
	p.reply(m, from, "100 Trying", false)
	switch user {
	case "8002":
		p.reply(m, from, "486 Busy Here", false)
	case "8004":
		p.reply(m, from, "404 Not Found", false)
	case "8005":
		p.reply(m, from, "603 Decline", false)
	case "8003":
		p.reply(m, from, "180 Ringing", false)
	default:
		p.reply(m, from, "180 Ringing", false)
		p.reply(m, from, "200 OK", true)
	}
}

func (p *phone) response(m message, from *net.UDPAddr) {
	code, _ := strconv.Atoi(strings.Fields(m.start + " 0 0")[1])
	_, method, _ := strings.Cut(m.get("CSeq"), " ")
	id := m.get("Call-ID")
	p.mu.Lock()
	leg := p.calls[id]
	waiting := p.told[id+method]
	p.mu.Unlock()
	if method == "INVITE" && leg != nil && code >= 200 {
		p.mu.Lock()
		leg.to = m.get("To")
		leg.answered = code < 300
		p.mu.Unlock()
		p.send(leg, "ACK", false, from)
	}
	if waiting != nil && code >= 200 {
		select {
		case waiting <- code:
		default:
		}
	}
}

// send writes a request of a call that we made.
func (p *phone) send(leg *farLeg, method string, sdp bool, to *net.UDPAddr) {
	p.mu.Lock()
	cseq := 1
	if method == "BYE" || method == "REGISTER" {
		p.seq++
		cseq = p.seq + 1
	}
	branch := "z9hG4bK" + leg.id + strconv.Itoa(cseq)
	if method == "ACK" && leg.answered {
		branch += "a"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%d;branch=%s\r\nMax-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\nContact: <sip:%s@127.0.0.1:%d>\r\n",
		method, leg.invite[0], p.port(), branch, leg.from, leg.to, leg.id, cseq, method, leg.invite[1], p.port())
	if method == "REGISTER" {
		b.WriteString("Expires: 600\r\n")
	}
	p.mu.Unlock()
	p.finish(&b, sdp)
	_, _ = p.conn.WriteToUDP([]byte(b.String()), to)
}

func (p *phone) leg(user, target, domain string) *farLeg {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seq++
	id := fmt.Sprintf("far-%d-%d", p.port(), p.seq)
	leg := &farLeg{p: p, id: id, invite: []string{"sip:" + target + p.to.String(), user}}
	leg.from = fmt.Sprintf("<sip:%s@%s>;tag=f%d", user, domain, p.seq)
	leg.to = "<" + leg.invite[0] + ">"
	p.calls[id] = leg
	return leg
}

// ring calls a number on the switch.
func (p *phone) ring(from, number string) *farLeg {
	leg := p.leg(from, number+"@", "127.0.0.1")
	p.send(leg, "INVITE", true, p.to)
	return leg
}

// register puts the phone on the switch as a user.
func (p *phone) register(t testing.TB, user, domain string) {
	t.Helper()
	leg := p.leg(user, "", domain)
	leg.to = "<sip:" + user + "@" + domain + ">"
	answer := make(chan int, 1)
	p.mu.Lock()
	p.told[leg.id+"REGISTER"] = answer
	p.mu.Unlock()
	p.send(leg, "REGISTER", false, p.to)
	if code := <-answer; code != 200 {
		t.Fatalf("REGISTER was answered %d", code)
	}
}

// Hangup ends the call from the far end.
func (f *farLeg) Hangup() {
	f.p.mu.Lock()
	answered := f.answered
	f.p.mu.Unlock()
	if answered {
		f.p.send(f, "BYE", false, f.p.to)
		return
	}
	f.p.send(f, "CANCEL", false, f.p.to)
}
