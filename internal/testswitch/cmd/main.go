// Command cmd starts a real FreeSWITCH with our configuration and prints, as
// one line of JSON, where it listens; then it reads orders from its standard
// input, one line of JSON each, and ends with it. Tests that aren't written in
// Go have a switch and people on telephones that way:
//
//	{"call": {"number": "4008001234", "from": "13900000001", "keys": [{"after_ms": 2000, "keys": "4"}], "stay_ms": 30000}}
//	{"phone": {"user": "1-8001", "password": "…", "after_ms": 500, "refuse": false, "no_answer": false, "stay_ms": 10000}}
//
// For each person it prints lines such as {"person": 1, "said": "answered"}.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"switchdesk/configs/freeswitch"
	"switchdesk/internal/testswitch"
)

func main() {
	t := &run{}
	err := serve(t)
	t.cleanUp()
	if err != nil {
		fmt.Fprintln(os.Stderr, "testswitch:", err)
		os.Exit(1)
	}
}

func serve(t *run) error {
	var v freeswitch.Values
	phones := map[string]string{}
	dir := flag.String("dir", "", "folder of the switch; a temporary one if left out")
	flag.StringVar(&v.XMLURL, "xml-url", "", "where the switch asks for phones and trunks")
	flag.StringVar(&v.XMLSecret, "xml-secret", "", "the secret of these look-ups")
	flag.StringVar(&v.Domain, "domain", testswitch.Domain, "SIP domain of the phones")
	flag.Func("phone", "USER=PASSWORD of a phone that the switch knows by itself; may be repeated", func(s string) error {
		user, password, ok := strings.Cut(s, "=")
		if !ok {
			return fmt.Errorf("%q is not USER=PASSWORD", s)
		}
		phones[user] = password
		return nil
	})
	flag.Parse()
	binary, err := freeswitch.Find()
	if err != nil {
		return err
	}
	if *dir == "" {
		*dir = t.TempDir()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	r, err := testswitch.Launch(ctx, binary, *dir, testswitch.Options{Values: v, Phones: phones})
	if err != nil {
		return err
	}
	defer r.Kill()
	t.say(map[string]any{
		"dir": r.Dir, "domain": r.Values.Domain, "esl_addr": r.ESLAddr(), "esl_password": r.Values.ESLPassword,
		"phones_addr": r.PhonesAddr(), "trunks_addr": r.TrunksAddr(), "ws_url": r.WSURL(),
		"xml_secret": r.Values.XMLSecret, "recordings_dir": r.RecordingsDir, "sounds_dir": r.Values.SoundsDir, "log": r.Log,
	})
	orders := make(chan string)
	go func() {
		defer close(orders)
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			orders <- in.Text()
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-r.Done():
			return fmt.Errorf("the switch has ended, see %s", r.Log)
		case line, more := <-orders:
			if !more {
				return nil
			}
			if err := t.order(&testswitch.Switch{Running: r}, line); err != nil {
				t.say(map[string]any{"error": err.Error()})
			}
		}
	}
}

// order is one line of standard input.
type order struct {
	Call *struct {
		Number, From string
		Keys         []struct {
			AfterMS int `json:"after_ms"`
			Keys    string
		}
		StayMS        int `json:"stay_ms"`
		CancelAfterMS int `json:"cancel_after_ms"`
		Tone          int
	}
	Phone *struct {
		User, Password string
		AfterMS        int  `json:"after_ms"`
		NoAnswer       bool `json:"no_answer"`
		Refuse         bool
		StayMS         int `json:"stay_ms"`
		Tone           int
	}
}

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

func (t *run) order(sw *testswitch.Switch, line string) (err error) {
	if strings.TrimSpace(line) == "" {
		return nil
	}
	var o order
	if err := json.Unmarshal([]byte(line), &o); err != nil {
		return err
	}
	defer func() {
		if p := recover(); p != nil {
			fail, ok := p.(failure)
			if !ok {
				panic(p)
			}
			err = fail
		}
	}()
	switch {
	case o.Call != nil:
		c := testswitch.Caller{Number: o.Call.Number, From: o.Call.From, Stay: ms(o.Call.StayMS), CancelAfter: ms(o.Call.CancelAfterMS), ToneHz: o.Call.Tone}
		for _, k := range o.Call.Keys {
			c.Keys = append(c.Keys, testswitch.Key{After: ms(k.AfterMS), Keys: k.Keys})
		}
		t.follow(sw.Call(t, c))
	case o.Phone != nil:
		p := o.Phone
		t.follow(sw.Phone(t, testswitch.Phone{User: p.User, Password: p.Password, After: ms(p.AfterMS), Refuse: p.Refuse, NoAnswer: p.NoAnswer, Stay: ms(p.StayMS), ToneHz: p.Tone}))
	default:
		return fmt.Errorf("an order is call or phone: %s", line)
	}
	return nil
}

// follow tells what a person says.
func (t *run) follow(p *testswitch.Person) {
	t.people++
	id := t.people
	go func() {
		told := 0
		for ended := false; !ended; {
			select {
			case <-p.Done():
				ended = true
			case <-time.After(50 * time.Millisecond):
			}
			said := p.Said()
			for ; told < len(said); told++ {
				t.say(map[string]any{"person": id, "said": said[told]})
			}
		}
		t.say(map[string]any{"person": id, "said": "gone"})
	}()
}

// run stands in for a test.
type run struct {
	mu     sync.Mutex
	after  []func()
	people int
}

type failure string

func (f failure) Error() string { return string(f) }

func (t *run) say(v any) {
	line, _ := json.Marshal(v)
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Println(string(line))
}

func (t *run) Helper()                           {}
func (t *run) Logf(format string, args ...any)   { fmt.Fprintf(os.Stderr, format+"\n", args...) }
func (t *run) Fatal(args ...any)                 { panic(failure(fmt.Sprint(args...))) }
func (t *run) Fatalf(format string, args ...any) { panic(failure(fmt.Sprintf(format, args...))) }
func (t *run) Skipf(format string, args ...any)  { panic(failure(fmt.Sprintf(format, args...))) }
func (t *run) Failed() bool                      { return false }

func (t *run) Cleanup(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.after = append(t.after, f)
}

func (t *run) TempDir() string {
	dir, err := os.MkdirTemp("", "testswitch-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func (t *run) cleanUp() {
	for i := len(t.after) - 1; i >= 0; i-- {
		t.after[i]()
	}
}
