package simswitch

import (
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"switchdesk/internal/clock"
)

// usual are the events that Switchdesk's own client asks for.
const usual = "CHANNEL_PARK CHANNEL_CREATE CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_ANSWER CHANNEL_BRIDGE CHANNEL_UNBRIDGE " +
	"CHANNEL_EXECUTE_COMPLETE DTMF CHANNEL_HANGUP_COMPLETE RECORD_START RECORD_STOP BACKGROUND_JOB HEARTBEAT CUSTOM sofia::register"

// oneCall is a whole call of two legs: parked, answered, a prompt, an agent,
// a talk, both gone. It is about 75 events, 20 of them usual ones.
func oneCall(e *Engine, cmd func(string)) {
	a := e.Call(Caller{From: "13800138000", To: "4001"})
	e.do(func() {
		leg := e.channels[a]
		leg.order(&frame{app: "answer", id: "a", loops: 1})
		leg.order(&frame{app: "playback", arg: "menu.wav", id: "p", lock: true, loops: 1})
	})
	b := "b-" + a
	cmd("originate {origination_uuid=" + b + ",sd_role=agent,sd_call=1,hangup_after_bridge=true}user/1-8001 &park()")
	e.Advance(0) // the phone answers at once
	cmd("uuid_bridge " + a + " " + b)
	cmd("uuid_kill " + a)
}

func benchEngine(opt Options) (*Engine, func(string)) {
	opt.Prompt = FixedPrompts(time.Second)
	opt.MaxSessions = 20000
	e := New(opt)
	e.Register(Phone{User: "1-8001"})
	return e, func(line string) {
		name, arg := cut(line)
		e.do(func() { e.api(name, arg, func(string) {}) })
	}
}

// BenchmarkCall is a whole call with nobody listening, in virtual time.
func BenchmarkCall(b *testing.B) {
	e, cmd := benchEngine(Options{Clock: clock.NewVirtual(time.Unix(1_700_000_000, 0))})
	b.ReportAllocs()
	for b.Loop() {
		oneCall(e, cmd)
		e.Advance(time.Millisecond)
	}
	s := e.Stats()
	b.ReportMetric(float64(s.Events)/b.Elapsed().Seconds(), "events/s")
	if s.Bridges == 0 || s.Live != 0 {
		b.Fatalf("%+v", s)
	}
}

// BenchmarkCallOverTCP is a whole call with a client that reads the usual
// events from a socket.
func BenchmarkCallOverTCP(b *testing.B) {
	e, s := serve(b, Options{Prompt: FixedPrompts(time.Second), MaxSessions: 20000})
	e.Register(Phone{User: "1-8001"})
	c := signIn(b, s, usual)
	_ = c.conn.SetReadDeadline(time.Time{})
	go func() { _, _ = io.Copy(io.Discard, c.r) }()
	cmd := func(line string) {
		name, arg := cut(line)
		e.do(func() { e.api(name, arg, func(string) {}) })
	}
	b.ReportAllocs()
	var n int
	for b.Loop() {
		a := e.Call(Caller{From: "13800138000", To: "4001"})
		leg := "b-" + a
		cmd("uuid_answer " + a)
		e.do(func() { e.channels[a].order(&frame{app: "playback", arg: "menu.wav", id: "p", lock: true, loops: 1}) })
		answered := make(chan struct{})
		e.do(func() {
			e.api("originate", "{origination_uuid="+leg+",sd_role=agent,sd_call=1,hangup_after_bridge=true}user/1-8001 &park()", func(string) { close(answered) })
		})
		<-answered
		cmd("uuid_bridge " + a + " " + leg)
		cmd("uuid_kill " + a)
		n++
	}
	st := e.Stats()
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "calls/s")
	b.ReportMetric(float64(st.Delivered)/b.Elapsed().Seconds(), "delivered/s")
	b.ReportMetric(float64(st.Delivered)/float64(n), "delivered/call")
}

// BenchmarkEvent is the making of one event with its hundred headers.
func BenchmarkEvent(b *testing.B) {
	e, _ := benchEngine(Options{Clock: clock.NewVirtual(time.Unix(1_700_000_000, 0))})
	e.sinks = append(e.sinks, &client{e: e, all: true, busy: true})
	e.recount()
	a := e.channels[e.Call(Caller{From: "13800138000", To: "4001"})]
	size := 0
	b.ReportAllocs()
	for b.Loop() {
		a.emit(evPark, "park", nil)
		size = len(e.scratch)
		e.sinks[0].held = e.sinks[0].held[:0]
	}
	b.ReportMetric(float64(size), "bytes/event")
	b.ReportMetric(float64(strings.Count(string(e.scratch), "\n")), "headers")
}

// BenchmarkTenThousand is what 10,000 parked legs cost in memory, and what it
// takes to list them.
func BenchmarkTenThousand(b *testing.B) {
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		e, _ := benchEngine(Options{Clock: clock.NewVirtual(time.Unix(1_700_000_000, 0))})
		for range 10_000 {
			e.Call(Caller{From: "13800138000", To: "4001"})
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		began := time.Now()
		e.mu.Lock()
		size := len(e.show("channels as json"))
		e.mu.Unlock()
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/10_000, "B/leg")
		b.ReportMetric(float64(time.Since(began).Milliseconds()), "show-ms")
		b.ReportMetric(float64(size)/1e6, "show-MB")
		if e.Stats().Live != 10_000 {
			b.Fatal("not all there")
		}
	}
}
