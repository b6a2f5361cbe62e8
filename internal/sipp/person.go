// Package sipp is people on real telephones: callers and desk phones, played
// by the program sipp, for tests and the demo.
package sipp

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Exchange is where people's telephones are plugged in.
type Exchange struct {
	PhonesAddr string // host:port where desk phones sign in
	TrunksAddr string // host:port where calls to service numbers come in
	IP         string // address of the telephones
	Domain     string // SIP domain of the desk phones
	Dir        string // folder for what the telephones need and say
}

// Find tells whether sipp is installed, and where.
func Find() (string, error) { return exec.LookPath("sipp") }

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
	From        string // caller's own number; may hold [call_number]
	Keys        []Key
	Stay        time.Duration // after the last key, then hangs up; 60 s
	CancelAfter time.Duration // gives up before an answer
	ToneHz      int           // 440
	Crowd       int           // so many callers like this, all at once; 0: one
	PerSecond   int           // how many of a crowd call in a second; 10
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
	Name string

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
func (x Exchange) Call(c Caller) (*Person, error) {
	if c.Stay == 0 {
		c.Stay = time.Minute
	}
	if c.ToneHz == 0 {
		c.ToneHz = 440
	}
	if c.From == "" {
		c.From = "13800000001"
	}
	c.Crowd, c.PerSecond = max(c.Crowd, 1), max(c.PerSecond, 0)
	if c.PerSecond == 0 {
		c.PerSecond = 10
	}
	crowd := strconv.Itoa(c.Crowd)
	c.Keys = append([]Key(nil), c.Keys...)
	for i := range c.Keys {
		c.Keys[i].N = i
	}
	dir, err := x.desk("caller")
	if err != nil {
		return nil, err
	}
	voice, err := tone(dir, c.ToneHz)
	if err != nil {
		return nil, err
	}
	return x.start("caller "+c.From, dir, "caller.xml", struct {
		Caller
		Tone     string
		Refusals []int
	}{c, voice, refusals}, x.TrunksAddr, 0, "-s", c.Number, "-m", crowd, "-l", crowd, "-r", strconv.Itoa(c.PerSecond))
}

// Plug plugs a desk phone in and waits until it has signed in. It fails if the
// switch doesn't let it.
func (x Exchange) Plug(p Phone) (*Person, error) {
	if p.Port == 0 {
		port, err := freePort(x.IP)
		if err != nil {
			return nil, err
		}
		p.Port = port
	}
	signIn, err := x.Register(p.User, p.Password, p.Port, 120)
	if err != nil {
		return nil, err
	}
	if <-signIn.Done(); signIn.Code() != 0 {
		return nil, fmt.Errorf("phone %s could not sign in: %s", p.User, signIn.Trouble())
	}
	person, err := x.Answer(p)
	if err == nil {
		go person.stayRegistered(x, p)
	}
	return person, err
}

// Answer is a telephone that signs in nowhere and answers at its Port: people
// out there, behind a trunk.
func (x Exchange) Answer(p Phone) (*Person, error) {
	p.defaults()
	dir, err := x.desk("phone")
	if err != nil {
		return nil, err
	}
	voice, err := tone(dir, p.ToneHz)
	if err != nil {
		return nil, err
	}
	return x.start("phone "+p.User, dir, "phone.xml", struct {
		Phone
		Tone string
	}{p, voice}, x.PhonesAddr, p.Port)
}

func (p *Phone) defaults() {
	p.After = max(p.After, 50*time.Millisecond)
	if p.Stay == 0 {
		p.Stay = time.Minute
	}
	if p.ToneHz == 0 {
		p.ToneHz = 1000
	}
}

// Register signs a phone in (or out, with expires 0). The Person's code is 0
// if the switch agreed.
func (x Exchange) Register(user, password string, port, expires int) (*Person, error) {
	dir, err := x.desk("register")
	if err != nil {
		return nil, err
	}
	return x.start("register "+user, dir, "register.xml", map[string]any{"User": user, "Domain": x.Domain, "Port": port, "Expires": expires},
		x.PhonesAddr, 0, "-au", user, "-ap", password, "-m", "1", "-timeout", "15")
}

// stayRegistered signs the phone in again every minute.
func (p *Person) stayRegistered(x Exchange, phone Phone) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-p.done:
			return
		case <-tick.C:
			if again, err := x.Register(phone.User, phone.Password, phone.Port, 120); err == nil {
				<-again.Done()
			}
		}
	}
}

// desk is a folder for one person.
func (x Exchange) desk(who string) (string, error) { return os.MkdirTemp(x.Dir, who+"-") }

// start starts sipp with a scenario; port 0 is a free one.
func (x Exchange) start(name, dir, scenario string, data any, addr string, port int, args ...string) (*Person, error) {
	path, err := render(dir, scenario, data)
	if err != nil {
		return nil, err
	}
	if port == 0 {
		if port, err = freePort(x.IP); err != nil {
			return nil, err
		}
	}
	voice, err := mediaPort(x.IP)
	if err != nil {
		return nil, err
	}
	p := &Person{
		Name: fmt.Sprintf("%s #%d", name, people.Add(1)),
		log:  filepath.Join(dir, "said.log"), errs: filepath.Join(dir, "errors.log"), done: make(chan struct{}),
	}
	args = append([]string{
		addr, "-sf", path, "-i", x.IP, "-p", strconv.Itoa(port), "-mp", strconv.Itoa(voice),
		"-nostdin", "-trace_logs", "-log_file", p.log, "-trace_err", "-error_file", p.errs,
	}, args...)
	p.cmd = exec.Command("sipp", args...)
	p.cmd.Dir = dir
	p.cmd.Stdout, p.cmd.Stderr = nil, &p.out
	if err := p.begin(); err != nil {
		return nil, err
	}
	return p, nil
}

// begin runs sipp on a thread of its own, which lives as long as it does: the
// kernel then ends it with us, however we end.
func (p *Person) begin() error {
	started := make(chan error, 1)
	go func() {
		defer close(p.done)
		dieTogether(p.cmd)
		if err := p.cmd.Start(); err != nil {
			started <- fmt.Errorf("%s: %w", p.Name, err)
			return
		}
		started <- nil
		_ = p.cmd.Wait()
		p.code = p.cmd.ProcessState.ExitCode()
	}()
	return <-started
}

// Stop ends the telephone without a word, as if its plug were pulled.
func (p *Person) Stop() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// Done is closed when the person has gone.
func (p *Person) Done() <-chan struct{} { return p.done }

// Code is sipp's exit code once Done: 0 if all went as the scenario has it.
func (p *Person) Code() int { return p.code }

// Trouble is what sipp complained about.
func (p *Person) Trouble() string {
	return last(read(p.errs), 2000) + last(p.out.String(), 500)
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

// portLock guards the choice of ports for voices.
var (
	portLock  sync.Mutex
	nextMedia = 34000 + os.Getpid()%200*50
)

// mediaPort gives a pair of ports for a person's voice. sipp itself doesn't
// tell when one is taken.
func mediaPort(ip string) (int, error) {
	portLock.Lock()
	defer portLock.Unlock()
	for range 500 {
		nextMedia += 8
		if nextMedia > 60000 {
			nextMedia = 34000
		}
		c, err := net.ListenPacket("udp", net.JoinHostPort(ip, strconv.Itoa(nextMedia)))
		if err == nil {
			return nextMedia, c.Close()
		}
	}
	return 0, fmt.Errorf("no free port for a voice on %s", ip)
}

func freePort(ip string) (int, error) {
	c, err := net.ListenPacket("udp", net.JoinHostPort(ip, "0"))
	if err != nil {
		return 0, err
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).Port, nil
}

func read(path string) string {
	data, _ := os.ReadFile(path)
	return string(data)
}

func last(s string, n int) string {
	if len(s) > n {
		return s[len(s)-n:]
	}
	return s
}
