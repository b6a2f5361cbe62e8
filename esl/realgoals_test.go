package esl

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// cpu is the processor time that FreeSWITCH has used so far.
func (fs *realSwitch) cpu(tb testing.TB) time.Duration {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", fs.cmd.Process.Pid))
	if err != nil {
		tb.Skip("no /proc here")
	}
	f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+2:]))
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// latency makes the switch fire n events at odd moments, and measures from
// just before the request to the reader's hands.
func (f *realFloor) latency(tb testing.TB, n int) []time.Duration {
	s, err := f.n.current()
	if err != nil {
		tb.Fatal(err)
	}
	var took []time.Duration
	for i := range n {
		time.Sleep(time.Duration(7_000+i*7919%13_000) * time.Microsecond) // off the switch's own beat
		text := "sendevent CUSTOM\nEvent-Subclass: conference::maintenance\nUnique-ID: ping" + strconv.Itoa(i) + "\n\n"
		began := time.Now()
		if err := s.pipe.start(&call{enc: encoded{wires: []wire{{text: text}}}, done: func(Reply, error) {}}, time.Minute); err != nil {
			tb.Fatal(err)
		}
		f.col.wait(tb, "ping", func(e Event) bool { return e.Kind == Conference && e.UUID == "ping"+strconv.Itoa(i) })
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return took
}

// BenchmarkFreeSWITCHP2 measures the way of an event from a real FreeSWITCH
// to us, without and with nudging, beside ten live calls.
func BenchmarkFreeSWITCHP2(b *testing.B) {
	f := newFloor(b)
	for i := range 10 {
		f.talk(strconv.Itoa(500+i), nil)
	}
	measure := func() (p50, p99 time.Duration, load float64) {
		cpu, began := f.fs.cpu(b), time.Now()
		took := f.latency(b, 600)
		return took[300], took[594], float64(f.fs.cpu(b)-cpu) / float64(time.Since(began)) * 100
	}
	p50, p99, load := measure()
	f.n.SetBusy(true)
	busy50, busy99, busyLoad := measure()
	for b.Loop() { // the work is done above
	}
	goal("P2 anchor=p50 %v p99 %v cpu %.1f%% (no nudge) ours=p50 %v p99 %v cpu %.1f%% ratio=%.1f goal=p99<=5ms,cpu+<=4",
		p50.Round(10*time.Microsecond), p99.Round(10*time.Microsecond), load,
		busy50.Round(10*time.Microsecond), busy99.Round(10*time.Microsecond), busyLoad, float64(p99)/float64(busy99))
}

// TestRealFreeSWITCHStopsAnswering freezes the process, then kills it, and
// starts another in its place.
func TestRealFreeSWITCHStopsAnswering(t *testing.T) {
	f := newFloor(t)
	c := f.talk("600", nil)
	began := time.Now()
	f.fs.cmd.Process.Signal(syscall.SIGSTOP)
	f.col.kind(t, Disconnected)
	if d := time.Since(began); d > 2500*time.Millisecond {
		t.Errorf("a frozen switch was seen after %v", d)
	} else {
		t.Logf("a frozen switch was seen after %v", d)
	}
	f.n.Send(HangupLeg{UUID: c.near})
	if ev := f.leg("refusal", Failed, c.near); ev.Gone() {
		t.Errorf("offline is not gone: %+v", ev)
	}
	f.fs.cmd.Process.Signal(syscall.SIGCONT)
	snap := f.col.kind(t, Snapshot)
	if !slices.ContainsFunc(snap.Channels, func(ch Channel) bool { return ch.UUID == c.near }) {
		t.Error("the call is not in the snapshot")
	}
	f.n.Send(HangupLeg{UUID: c.near})
	f.leg("hang-up", Hangup, c.near)

	began = time.Now()
	f.fs.cmd.Process.Kill()
	f.col.kind(t, Disconnected)
	if d := time.Since(began); d > time.Second {
		t.Errorf("a killed switch was seen after %v", d)
	}
	if err := f.n.Stats().LastError; !errors.Is(err, ErrLost) {
		t.Errorf("error %v", err)
	}
}

func TestRealFreeSWITCHRefusesThePassword(t *testing.T) {
	fs := startFreeSWITCH(t)
	fs.node(t, func([]Event) {})
	col := newCollector()
	n := NewNode(NodeConfig{Addr: fs.addr, Password: "wrong"}, col.out)
	run(t, n)
	col.kind(t, Disconnected)
	if err := n.Stats().LastError; !errors.Is(err, ErrAuth) {
		t.Errorf("error %v", err)
	}
}
