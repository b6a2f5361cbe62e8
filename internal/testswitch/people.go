package testswitch

import (
	"testing"
	"time"

	"switchdesk/internal/sipp"
)

// What people on telephones do; see package sipp.
type (
	Key    = sipp.Key
	Caller = sipp.Caller
	Phone  = sipp.Phone
)

// Person is somebody on a telephone, whom a test watches.
type Person struct {
	*sipp.Person
	t testing.TB
}

// exchange plugs telephones into the switch for the length of a test.
func (s *Switch) exchange(t testing.TB) sipp.Exchange {
	return sipp.Exchange{PhonesAddr: s.PhonesAddr(), TrunksAddr: s.TrunksAddr(), IP: s.Values.SIPIP, Domain: s.Values.Domain, Dir: t.TempDir()}
}

// Call lets somebody call. It doesn't wait.
func (s *Switch) Call(t testing.TB, c Caller) *Person {
	t.Helper()
	return watch(t)(s.exchange(t).Call(c))
}

// Phone plugs a desk phone in and waits until it has signed in.
func (s *Switch) Phone(t testing.TB, p Phone) *Person {
	t.Helper()
	return watch(t)(s.exchange(t).Plug(p))
}

// Answer puts a telephone outside, behind a trunk that leads to its Port.
func (s *Switch) Answer(t testing.TB, p Phone) *Person {
	t.Helper()
	return watch(t)(s.exchange(t).Answer(p))
}

// Register signs a phone in that then listens on port (or signs it out, with
// expires 0). The Person's code is 0 if the switch agreed.
func (s *Switch) Register(t testing.TB, user, password string, port, expires int) *Person {
	t.Helper()
	return watch(t)(s.exchange(t).Register(user, password, port, expires))
}

func watch(t testing.TB) func(*sipp.Person, error) *Person {
	return func(p *sipp.Person, err error) *Person {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Stop)
		return &Person{p, t}
	}
}

// Wait waits for the call's end and gives sipp's exit code: 0 if all went as
// the scenario has it. After limit the test fails.
func (p *Person) Wait(limit time.Duration) int {
	p.t.Helper()
	select {
	case <-p.Done():
		if p.Code() != 0 {
			p.t.Logf("%s ended with %d\nsaid: %v\n%s", p.Name, p.Code(), p.Said(), p.Trouble())
		}
	case <-time.After(limit):
		p.t.Fatalf("%s is still there after %v; said %v\n%s", p.Name, limit, p.Said(), p.Trouble())
	}
	return p.Code()
}

// WaitSaid waits until something that starts with what has happened n times.
// After limit the test fails.
func (p *Person) WaitSaid(what string, n int, limit time.Duration) {
	p.t.Helper()
	deadline := time.Now().Add(limit)
	for p.Count(what) < n {
		if time.Now().After(deadline) {
			p.t.Fatalf("%s: no %q (%d times) within %v; said %v\n%s", p.Name, what, n, limit, p.Said(), p.Trouble())
		}
		time.Sleep(20 * time.Millisecond) // polls another process; the deadline decides
	}
}
