package freeswitch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ErrNoBinary is what Find says where no FreeSWITCH is installed.
var ErrNoBinary = errors.New("no FreeSWITCH found ($FREESWITCH, PATH, /usr/local/freeswitch/bin, /usr/bin)")

// Find finds the FreeSWITCH program of this machine: $FREESWITCH, then PATH,
// then the usual places. It fails with ErrNoBinary.
func Find() (string, error) {
	if own := os.Getenv("FREESWITCH"); own != "" {
		return exec.LookPath(own)
	}
	for _, name := range []string{"freeswitch", "/usr/local/freeswitch/bin/freeswitch", "/usr/bin/freeswitch", "/usr/local/bin/freeswitch"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNoBinary
}

// Running is a FreeSWITCH that Launch started.
type Running struct {
	Values        Values // as they are, ports included
	Dir           string // all that it reads and writes
	RecordingsDir string
	Log           string // its log file

	cmd  *exec.Cmd
	done chan struct{}
	err  error
}

// Launch writes the configuration below dir, which must be absent or empty,
// and starts FreeSWITCH with it, for the demo and for tests. Ports left at
// zero are free ones of loopback. It returns when event socket and SIP are
// there, and fails with the end of the switch's own log if that takes over 30
// seconds. The switch dies with this process.
func Launch(ctx context.Context, binary, dir string, v Values, edit func(conf string) error) (*Running, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := v.freePorts(); err != nil {
		return nil, err
	}
	conf := filepath.Join(dir, "conf")
	if v.SoundsDir == "" {
		v.SoundsDir = filepath.Join(conf, "sounds")
	}
	if err := Write(conf, v); err != nil {
		return nil, err
	}
	if edit != nil {
		if err := edit(conf); err != nil {
			return nil, err
		}
	}
	args := []string{"-nf", "-nonat", "-nocal", "-conf", conf}
	for _, name := range []string{"log", "db", "run", "storage", "certs", "temp", "recordings"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o750); err != nil {
			return nil, err
		}
		args = append(args, "-"+name, filepath.Join(dir, name))
	}
	r := &Running{
		Values: v, Dir: dir, RecordingsDir: filepath.Join(dir, "recordings"),
		Log: filepath.Join(dir, "log", "freeswitch.log"), done: make(chan struct{}),
	}
	if err := r.start(binary, args); err != nil {
		return nil, err
	}
	if err := r.ready(ctx); err != nil {
		r.Kill()
		return nil, err
	}
	return r, nil
}

// start runs the program on a thread of its own, which lives as long as it
// does: the kernel then ends it with us, however we end.
func (r *Running) start(binary string, args []string) error {
	out, err := os.Create(filepath.Join(r.Dir, "console.log"))
	if err != nil {
		return err
	}
	r.cmd = exec.Command(binary, args...)
	r.cmd.Stdout, r.cmd.Stderr = out, out
	started := make(chan error, 1)
	go func() {
		defer close(r.done)
		defer out.Close()
		dieTogether(r.cmd)
		if err := r.cmd.Start(); err != nil {
			started <- fmt.Errorf("start FreeSWITCH: %w", err)
			return
		}
		started <- nil
		r.err = r.cmd.Wait()
	}()
	return <-started
}

func (r *Running) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for _, addr := range []string{r.ESLAddr(), r.PhonesAddr(), r.TrunksAddr(), r.addr(r.Values.WSIP, r.Values.WSPort)} {
		for {
			if err := answers(addr, addr == r.ESLAddr()); err == nil {
				break
			}
			select {
			case <-r.done:
				return fmt.Errorf("FreeSWITCH ended at its start (%v): %s", r.err, r.tail())
			case <-ctx.Done():
				return fmt.Errorf("FreeSWITCH doesn't listen on %s: %s", addr, r.tail())
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
	return nil
}

// answers tells whether somebody listens, and on the event socket whether it
// is FreeSWITCH, which greets first.
func answers(addr string, greets bool) error {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil || !greets {
		if err == nil {
			conn.Close()
		}
		return err
	}
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(time.Second))
	greeting := make([]byte, 256)
	n, err := conn.Read(greeting)
	if err == nil && !strings.Contains(string(greeting[:n]), "auth/request") {
		err = fmt.Errorf("%s is somebody else", addr)
	}
	return err
}

func (r *Running) tail() string {
	data, _ := os.ReadFile(filepath.Join(r.Dir, "console.log"))
	if len(data) > 1500 {
		data = data[len(data)-1500:]
	}
	return string(data)
}

// ESLAddr is host:port of the event socket.
func (r *Running) ESLAddr() string { return r.addr(r.Values.ESLIP, r.Values.ESLPort) }

// PhonesAddr is host:port where phones register.
func (r *Running) PhonesAddr() string { return r.addr(r.Values.SIPIP, r.Values.PhonesPort) }

// TrunksAddr is host:port where calls to service numbers come in.
func (r *Running) TrunksAddr() string { return r.addr(r.Values.SIPIP, r.Values.TrunksPort) }

// WSURL is where the web softphone connects.
func (r *Running) WSURL() string { return "ws://" + r.addr(r.Values.WSIP, r.Values.WSPort) }

func (r *Running) addr(ip string, port int) string {
	return net.JoinHostPort(ip, strconv.Itoa(port))
}

// Stop asks the switch to end, which hangs up what is left and takes it some
// seconds; after 20 it is killed.
func (r *Running) Stop() error {
	_ = r.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-r.done:
		return nil
	case <-time.After(20 * time.Second):
		r.Kill()
		return errors.New("FreeSWITCH didn't stop within 20 s and was killed")
	}
}

// Kill ends the switch at once.
func (r *Running) Kill() {
	_ = r.cmd.Process.Kill()
	<-r.done
}

// Done is closed when the switch has ended.
func (r *Running) Done() <-chan struct{} { return r.done }

// PID is the switch's process.
func (r *Running) PID() int { return r.cmd.Process.Pid }

// freePorts fills in what is needed to run on loopback beside anything else.
func (v *Values) freePorts() error {
	for _, ip := range []*string{&v.ESLIP, &v.SIPIP, &v.PublicIP, &v.WSIP} {
		if *ip == "" {
			*ip = "127.0.0.1"
		}
	}
	for _, port := range []*int{&v.ESLPort, &v.PhonesPort, &v.TrunksPort, &v.WSPort, &v.WSSPort} {
		if *port != 0 {
			continue
		}
		free, err := freePort(v.SIPIP)
		if err != nil {
			return err
		}
		*port = free
	}
	if v.RTPStart == 0 {
		// Below the ports that systems give out themselves; the switch tries
		// each port before it takes it.
		v.RTPStart = 12000 + os.Getpid()%37*500
		v.RTPEnd = v.RTPStart + 498
	}
	return nil
}

// freePort finds a port that neither UDP nor TCP uses. SIP needs both, and
// FreeSWITCH's TLS the one above.
func freePort(ip string) (int, error) {
	for range 50 {
		l, err := net.Listen("tcp", net.JoinHostPort(ip, "0"))
		if err != nil {
			return 0, fmt.Errorf("find a free port: %w", err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		u, err := net.ListenPacket("udp", net.JoinHostPort(ip, strconv.Itoa(port)))
		l.Close()
		if err == nil {
			u.Close()
			return port, nil
		}
	}
	return 0, errors.New("no port is free for both UDP and TCP")
}
