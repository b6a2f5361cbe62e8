package testswitch

import (
	"bytes"
	"embed"
	"fmt"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"text/template"
	"time"
)

//go:embed sipp/*.xml
var scenarios embed.FS

// Key is something that a caller presses, some time after the last thing.
type Key struct {
	After time.Duration
	Keys  string
	N     int // place in the scenario, set by Call
}

// Caller is a person who calls a service number over a trunk. When answered
// the caller speaks a tone, so that recordings can be checked.
type Caller struct {
	Number      string // dialled
	From        string // caller's own number
	Keys        []Key
	Stay        time.Duration // after the last key, then hangs up; 60 s
	CancelAfter time.Duration // gives up before an answer
	ToneHz      int           // 440
}

// Phone is a desk phone. It signs in, and signs in again before its time is
// up, until the test ends.
type Phone struct {
	User, Password string
	After          time.Duration // from ring to answer or refusal; at least 50 ms
	Refuse         bool
	NoAnswer       bool
	Stay           time.Duration // talks so long, then hangs up; 60 s
	ToneHz         int           // 1000
	Port           int           // 0: a free one
}

// Person is a running sipp: a caller or a phone.
type Person struct {
	t    T
	name string
	cmd  *exec.Cmd
	log  string
	errs string
	done chan struct{}
	code int
	out  bytes.Buffer
}

var people atomic.Int64

// refusals are the answers with which a call may be turned down.
var refusals = []int{403, 404, 408, 480, 486, 487, 488, 500, 503, 600, 603}

// Call lets somebody call. It doesn't wait.
func (s *Switch) Call(t T, c Caller) *Person {
	t.Helper()
	if c.Stay == 0 {
		c.Stay = time.Minute
	}
	if c.ToneHz == 0 {
		c.ToneHz = 440
	}
	if c.From == "" {
		c.From = "13800000001"
	}
	c.Keys = append([]Key(nil), c.Keys...)
	for i := range c.Keys {
		c.Keys[i].N = i
	}
	dir := t.TempDir()
	scenario := render(t, dir, "caller.xml", struct {
		Caller
		Tone     string
		Refusals []int
	}{c, tone(t, dir, c.ToneHz), refusals})
	return s.person(t, dir, "caller", s.TrunksAddr(), scenario, freePort(t), "-s", c.Number, "-m", "1")
}

// Phone plugs a desk phone in and waits until it has signed in.
func (s *Switch) Phone(t T, p Phone) *Person {
	t.Helper()
	p.After = max(p.After, 50*time.Millisecond)
	if p.Stay == 0 {
		p.Stay = time.Minute
	}
	if p.ToneHz == 0 {
		p.ToneHz = 1000
	}
	if p.Port == 0 {
		p.Port = freePort(t)
	}
	dir := t.TempDir()
	scenario := render(t, dir, "phone.xml", struct {
		Phone
		Tone string
	}{p, tone(t, dir, p.ToneHz)})
	if code := s.Register(t, p.User, p.Password, p.Port, 120).Wait(20 * time.Second); code != 0 {
		t.Fatalf("phone %s could not sign in", p.User)
	}
	person := s.person(t, dir, "phone "+p.User, s.PhonesAddr(), scenario, p.Port)
	go person.stayRegistered(s, p)
	return person
}

// Register signs a phone in (or out, with expires 0). The Person's code is 0
// if the switch agreed.
func (s *Switch) Register(t T, user, password string, port, expires int) *Person {
	t.Helper()
	dir := t.TempDir()
	scenario := render(t, dir, "register.xml", map[string]any{"User": user, "Domain": s.Values.Domain, "Port": port, "Expires": expires})
	return s.person(t, dir, "register "+user, s.PhonesAddr(), scenario, freePort(t), "-au", user, "-ap", password, "-m", "1", "-timeout", "15")
}

// stayRegistered signs the phone in again every minute.
func (p *Person) stayRegistered(s *Switch, phone Phone) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-p.done:
			return
		case <-tick.C:
			dir, err := os.MkdirTemp(filepath.Dir(p.log), "again")
			if err != nil {
				return
			}
			scenario, err := write(dir, "register.xml", map[string]any{"User": phone.User, "Domain": s.Values.Domain, "Port": phone.Port, "Expires": 120})
			if err != nil {
				return
			}
			_ = exec.Command("sipp", s.PhonesAddr(), "-sf", scenario, "-i", s.Values.SIPIP, "-au", phone.User, "-ap", phone.Password, "-m", "1", "-timeout", "15", "-nostdin").Run()
		}
	}
}

func sipp() (string, error) { return exec.LookPath("sipp") }

func (s *Switch) person(t T, dir, name, addr, scenario string, port int, args ...string) *Person {
	t.Helper()
	p := &Person{
		t: t, name: fmt.Sprintf("%s #%d", name, people.Add(1)),
		log: filepath.Join(dir, "said.log"), errs: filepath.Join(dir, "errors.log"), done: make(chan struct{}),
	}
	args = append([]string{
		addr, "-sf", scenario, "-i", s.Values.SIPIP, "-p", strconv.Itoa(port), "-mp", strconv.Itoa(mediaPort(t)),
		"-nostdin", "-trace_logs", "-log_file", p.log, "-trace_err", "-error_file", p.errs,
	}, args...)
	p.cmd = exec.Command("sipp", args...)
	p.cmd.Dir = dir
	p.cmd.Stdout, p.cmd.Stderr = nil, &p.out
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("%s: %v", p.name, err)
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait()
		p.code = p.cmd.ProcessState.ExitCode()
	}()
	t.Cleanup(p.Stop)
	return p
}

// Stop ends the telephone without a word, as if its plug were pulled.
func (p *Person) Stop() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// Done is closed when the person has gone.
func (p *Person) Done() <-chan struct{} { return p.done }

// Wait waits for the call's end and gives sipp's exit code: 0 if all went as
// the scenario has it. After limit the test fails.
func (p *Person) Wait(limit time.Duration) int {
	p.t.Helper()
	select {
	case <-p.done:
		if p.code != 0 {
			p.t.Logf("%s ended with %d\nsaid: %v\n%s%s", p.name, p.code, p.Said(), last(read(p.errs), 2000), last(p.out.String(), 500))
		}
	case <-time.After(limit):
		p.t.Fatalf("%s is still there after %v; said %v\n%s", p.name, limit, p.Said(), last(read(p.errs), 2000))
	}
	return p.code
}

// Said lists what has happened to the person so far: "calling", "answered",
// "pressed 1", "refused 486", "ended by the other side", "hanging up" for a
// caller; "ringing …", "answered", "cancelled", "refusing" … for a phone.
func (p *Person) Said() []string {
	text := strings.TrimSpace(read(p.log))
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// WaitSaid waits until something that starts with what has happened n times.
// After limit the test fails.
func (p *Person) WaitSaid(what string, n int, limit time.Duration) {
	p.t.Helper()
	deadline := time.Now().Add(limit)
	for p.Count(what) < n {
		if time.Now().After(deadline) {
			p.t.Fatalf("%s: no %q (%d times) within %v; said %v\n%s%s", p.name, what, n, limit, p.Said(), last(read(p.errs), 2000), last(p.out.String(), 500))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Count tells how often something that starts with what has happened.
func (p *Person) Count(what string) int {
	n := 0
	for _, line := range p.Said() {
		if strings.HasPrefix(line, what) {
			n++
		}
	}
	return n
}

// Sync is a lock around the choice of ports.
var portLock sync.Mutex
var nextMedia = 34000 + os.Getpid()%200*50

// mediaPort gives a pair of ports for a person's voice. sipp itself doesn't
// tell when one is taken.
func mediaPort(t T) int {
	portLock.Lock()
	defer portLock.Unlock()
	for range 500 {
		nextMedia += 8
		if nextMedia > 60000 {
			nextMedia = 34000
		}
		c, err := net.ListenPacket("udp", net.JoinHostPort("127.0.0.1", strconv.Itoa(nextMedia)))
		if err == nil {
			c.Close()
			return nextMedia
		}
	}
	t.Fatal("no free port for a voice")
	return 0
}

func freePort(t T) int {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).Port
}

func render(t T, dir, name string, data any) string {
	t.Helper()
	path, err := write(dir, name, data)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func write(dir, name string, data any) (string, error) {
	tmpl, err := template.ParseFS(scenarios, "sipp/"+name)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := tmpl.Execute(&b, data); err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	return path, os.WriteFile(path, b.Bytes(), 0o600)
}

// tone writes two seconds of a tone in A-law, which sipp sends as it is.
func tone(t T, dir string, hz int) string {
	t.Helper()
	const rate = 8000
	data := make([]byte, 2*rate)
	for i := range data {
		data[i] = alaw(int16(12000 * math.Sin(2*math.Pi*float64(hz)*float64(i)/rate)))
	}
	path := filepath.Join(dir, fmt.Sprintf("tone%d.al", hz))
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// alaw encodes a sample as G.711 A-law.
func alaw(sample int16) byte {
	mask := byte(0xd5)
	v := int(sample) >> 3
	if v < 0 {
		mask, v = 0x55, -v-1
	}
	segment := 0
	for limit := 0x1f; segment < 8 && v > limit; segment++ {
		limit = limit<<1 | 1
	}
	if segment >= 8 {
		return 0x7f ^ mask
	}
	code := byte(segment << 4)
	if segment < 2 {
		code |= byte(v>>1) & 0xf
	} else {
		code |= byte(v>>segment) & 0xf
	}
	return code ^ mask
}

func read(path string) string {
	data, _ := os.ReadFile(path)
	return string(data)
}
