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
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"switchdesk/configs/freeswitch"
	"switchdesk/internal/sipp"
	"switchdesk/internal/testswitch"
)

func main() {
	if err := serve(&run{}); err != nil {
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
		if *dir, err = os.MkdirTemp("", "testswitch-"); err != nil {
			return err
		}
		defer os.RemoveAll(*dir)
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
	x := sipp.Exchange{PhonesAddr: r.PhonesAddr(), TrunksAddr: r.TrunksAddr(), IP: r.Values.SIPIP, Domain: r.Values.Domain, Dir: filepath.Join(r.Dir, "temp")}
	return t.obey(ctx, r, x)
}

// obey carries out the orders on standard input until it ends.
func (t *run) obey(ctx context.Context, r *freeswitch.Running, x sipp.Exchange) error {
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
			if err := t.order(x, line); err != nil {
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

func (t *run) order(x sipp.Exchange, line string) error {
	if strings.TrimSpace(line) == "" {
		return nil
	}
	var o order
	if err := json.Unmarshal([]byte(line), &o); err != nil {
		return err
	}
	switch {
	case o.Call != nil:
		c := sipp.Caller{Number: o.Call.Number, From: o.Call.From, Stay: ms(o.Call.StayMS), CancelAfter: ms(o.Call.CancelAfterMS), ToneHz: o.Call.Tone}
		for _, k := range o.Call.Keys {
			c.Keys = append(c.Keys, sipp.Key{After: ms(k.AfterMS), Keys: k.Keys})
		}
		return t.follow(x.Call(c))
	case o.Phone != nil:
		p := o.Phone
		return t.follow(x.Plug(sipp.Phone{User: p.User, Password: p.Password, After: ms(p.AfterMS), Refuse: p.Refuse, NoAnswer: p.NoAnswer, Stay: ms(p.StayMS), ToneHz: p.Tone}))
	}
	return fmt.Errorf("an order is call or phone: %s", line)
}

// follow tells what a person says.
func (t *run) follow(p *sipp.Person, err error) error {
	if err != nil {
		return err
	}
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
	return nil
}

// run prints lines, one at a time.
type run struct {
	mu     sync.Mutex
	people int
}

func (t *run) say(v any) {
	line, _ := json.Marshal(v)
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Println(string(line))
}
