package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"switchdesk/accounts"
	"switchdesk/agents"
	"switchdesk/configs"
	"switchdesk/configs/freeswitch"
	"switchdesk/dialplan"
	"switchdesk/internal/sipp"
)

// realLines are telephones at a real FreeSWITCH: sipp plays callers, desks and
// the people behind the trunk; browsers may sign their web softphones in.
type realLines struct {
	switched *freeswitch.Running
	exchange sipp.Exchange
	quick    bool
	log      *slog.Logger

	mu      sync.Mutex
	desks   []*sipp.Person
	callers map[*sipp.Person]bool
}

// newRealLines starts FreeSWITCH in a folder of the demo. It fails where no
// FreeSWITCH or no sipp is installed.
func newRealLines(ctx context.Context, d Demo, cfg *configs.Config) (*realLines, error) {
	binary, err := freeswitch.Find()
	if err != nil {
		return nil, err
	}
	if _, err := sipp.Find(); err != nil {
		return nil, errors.New("sipp isn't installed; it plays the demo's telephones (Debian: apt-get install sip-tester)")
	}
	// The switch must know where to ask before we listen there.
	if cfg.HTTP.Addr, err = firmAddr(cfg.HTTP.Addr); err != nil {
		return nil, err
	}
	cfg.Switch.XMLSecret = randomPassword()
	dir := filepath.Join(d.Data, "freeswitch")
	if err := os.RemoveAll(dir); err != nil { // what an earlier demo left
		return nil, err
	}
	r, err := freeswitch.Launch(ctx, binary, dir, freeswitch.Values{
		Node: "fs1", Domain: cfg.Switch.Domain, ESLPassword: randomPassword(),
		XMLURL: "http://" + cfg.HTTP.Addr + "/freeswitch/xml", XMLSecret: cfg.Switch.XMLSecret,
	}, nil)
	if err != nil {
		return nil, err
	}
	cfg.Switches = []configs.Node{{Name: "fs1", Addr: r.ESLAddr(), Password: r.Values.ESLPassword}}
	cfg.Switch.WSURL = r.WSURL()
	people := filepath.Join(dir, "people")
	if err := os.MkdirAll(people, 0o750); err != nil {
		r.Kill()
		return nil, err
	}
	return &realLines{
		switched: r, quick: d.Exit, log: d.Log, callers: map[*sipp.Person]bool{},
		exchange: sipp.Exchange{PhonesAddr: r.PhonesAddr(), TrunksAddr: r.TrunksAddr(), IP: r.Values.SIPIP, Domain: r.Values.Domain, Dir: people},
	}, nil
}

// firmAddr takes a free port where the address leaves it open.
func firmAddr(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || port != "0" {
		return addr, err
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return "", err
	}
	defer l.Close()
	return net.JoinHostPort(host, strconv.Itoa(l.Addr().(*net.TCPAddr).Port)), nil
}

// run waits for the end; then the telephones go, and the switch.
func (l *realLines) run(ctx context.Context) error {
	var err error
	select {
	case <-l.switched.Done():
		err = fmt.Errorf("FreeSWITCH has ended, see %s", l.switched.Log)
	case <-ctx.Done():
	}
	l.mu.Lock()
	everybody := l.desks
	for p := range l.callers {
		everybody = append(everybody, p)
	}
	l.mu.Unlock()
	for _, p := range everybody {
		p.Stop()
	}
	l.switched.Kill()
	return err
}

func (l *realLines) quiet() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.callers) == 0
}

func (l *realLines) keep(p *sipp.Person, err error) error {
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.desks = append(l.desks, p)
	return nil
}

// outside puts somebody at the trunk's address who answers every call.
func (l *realLines) outside(t dialplan.Trunk) error {
	_, port, err := net.SplitHostPort(t.Proxy)
	if err != nil {
		return nil // a trunk of somebody's own
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return nil
	}
	return l.keep(l.exchange.Answer(sipp.Phone{User: "outside", Port: number, After: 3 * time.Second, Stay: 40 * time.Second}))
}

// seat puts a desk phone there for an agent who works by himself; who works
// for himself signs in with a browser.
func (l *realLines) seat(ctx context.Context, a *App, p agents.Profile, own bool) (agents.Method, error) {
	if own {
		return p.Method, nil
	}
	password := randomPassword()
	user := accounts.User{ID: p.UserID, AccountID: p.AccountID, Number: &p.Number}
	credentials, err := a.numbers.SeedDeskPhone(ctx, user, password)
	if err != nil {
		return "", err
	}
	phone := sipp.Phone{User: credentials.User, Password: password, After: between(time.Second, 4*time.Second), Stay: between(25*time.Second, 90*time.Second)}
	if l.quick {
		phone.After, phone.Stay = between(300*time.Millisecond, time.Second), between(2*time.Second, 6*time.Second)
	}
	return agents.SIP, l.keep(l.exchange.Plug(phone))
}

// call lets somebody call, who listens to the greeting and then chooses.
func (l *realLines) call() error {
	from, to, key := demoCaller()
	who := sipp.Caller{From: from, Number: to, Stay: between(40*time.Second, 150*time.Second)}
	if l.quick {
		who.Stay = 3 * time.Minute
	}
	who.Keys = []sipp.Key{{After: between(9*time.Second, 12*time.Second), Keys: key}}
	if key == "9" { // wrong, once
		who.Keys = append(who.Keys, sipp.Key{After: 8 * time.Second, Keys: "2"})
	}
	if rand.IntN(12) == 0 { // has had enough of the greeting
		who.Keys, who.Stay = nil, between(2*time.Second, 8*time.Second)
	}
	p, err := l.exchange.Call(who)
	if err != nil {
		return err
	}
	l.mu.Lock()
	l.callers[p] = true
	l.mu.Unlock()
	go func() {
		<-p.Done()
		if p.Code() != 0 {
			l.log.Debug("a caller's telephone complains", "caller", p.Name, "said", p.Said(), "trouble", p.Trouble())
		}
		l.mu.Lock()
		delete(l.callers, p)
		l.mu.Unlock()
	}()
	return nil
}
