package esl

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/textproto"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"
)

// goal prints one line of the table of figures when BENCH_LINES is set, and
// is silent otherwise.
func goal(format string, args ...any) {
	if os.Getenv("BENCH_LINES") != "" {
		fmt.Printf(format+"\n", args...)
	}
}

// parkEvent is a CHANNEL_PARK of 121 headers as FreeSWITCH sent it, framed.
func parkEvent(tb testing.TB) []byte {
	tb.Helper()
	body, err := os.ReadFile("testdata/park.txt")
	if err != nil {
		tb.Fatal(err)
	}
	if n := bytes.Count(body, []byte{'\n'}) - 1; n != 121 {
		tb.Fatalf("%d headers", n)
	}
	return []byte(fmt.Sprintf("Content-Length: %d\nContent-Type: text/event-plain\n\n%s", len(body), body))
}

// again reads the same bytes for ever.
type again struct {
	b []byte
	i int
}

func (a *again) Read(p []byte) (int, error) {
	n := copy(p, a.b[a.i:])
	a.i += n
	if a.i == len(a.b) {
		a.i = 0
	}
	return n, nil
}

func endless(tb testing.TB) *again { return &again{b: bytes.Repeat(parkEvent(tb), 64)} }

// decodeEslgo reads one event with the calls that eslgo v1.5.1 makes: a MIME
// header for the frame, its body, a MIME header for the event. Values stay
// encoded, as there.
func decodeEslgo(r *bufio.Reader, h *textproto.Reader) (textproto.MIMEHeader, error) {
	outer, err := h.ReadMIMEHeader()
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(outer.Get("Content-Length"))
	if err != nil {
		return nil, err
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, err
	}
	return textproto.NewReader(bufio.NewReader(bytes.NewBuffer(body))).ReadMIMEHeader()
}

// Each of these makes a function that decodes n events.
func eslgoWork(tb testing.TB) func(n int) {
	r := bufio.NewReader(endless(tb))
	h := textproto.NewReader(r)
	return func(n int) {
		for range n {
			ev, err := decodeEslgo(r, h)
			if err != nil || ev.Get("Event-Name") != "CHANNEL_PARK" {
				tb.Fatal(err)
			}
		}
	}
}

// viewWork reads the frame, and finds and decodes all that an Event needs.
func viewWork(tb testing.TB) func(n int) {
	fr := newFrameReader(endless(tb), maxEvent)
	d := decoder{node: "fs1"}
	var f frame
	return func(n int) {
		for range n {
			if err := fr.next(&f); err != nil {
				tb.Fatal(err)
			}
			if d.scan(f.body); d.kind() != Park {
				tb.Fatal("not a park")
			}
		}
	}
}

func eventWork(tb testing.TB) func(n int) {
	fr := newFrameReader(endless(tb), maxEvent)
	d := decoder{node: "fs1"}
	var f frame
	var ev Event
	return func(n int) {
		for range n {
			if err := fr.next(&f); err != nil {
				tb.Fatal(err)
			}
			if !d.decode(f.body, &ev) || ev.Kind != Park || ev.Role != "caller" {
				tb.Fatalf("%+v", ev)
			}
		}
	}
}

func BenchmarkDecodeEvent(b *testing.B) {
	for name, work := range map[string]func(int){"eslgo": eslgoWork(b), "view": viewWork(b), "Event": eventWork(b)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			work(b.N)
		})
	}
}

// BenchmarkGoalP1 sets our decoder beside eslgo's.
func BenchmarkGoalP1(b *testing.B) {
	anchor, view, event := measure(eslgoWork(b)), measure(viewWork(b)), measure(eventWork(b))
	for b.Loop() { // the work is done above
	}
	ratio := view.rate / anchor.rate
	b.ReportMetric(ratio, "ratio")
	b.ReportMetric(view.rate, "events/s")
	goal("P1 anchor=%.0f/s,%.0fB,%.0fallocs ours=%.0f/s,%.1fB,%.2fallocs ratio=%.1f goal=>=14x,<=64B,<=0.1allocs (one event of 121 headers, one core; anchor: eslgo's own reading, same run)",
		anchor.rate, anchor.bytes, anchor.allocs, view.rate, view.bytes, view.allocs, ratio)
	goal("P1b anchor=%.0f/s ours=%.0f/s ratio=%.1f goal=- (all the way to an esl.Event: %.0fB, %.1fallocs)",
		anchor.rate, event.rate, event.rate/anchor.rate, event.bytes, event.allocs)
}

// figures of one piece of work, per event.
type figures struct{ rate, bytes, allocs float64 }

// measure runs work for a second on this core.
func measure(work func(n int)) figures {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	const n = 5000
	work(n) // warm
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	done, began := 0, time.Now()
	for time.Since(began) < time.Second {
		work(n)
		done += n
	}
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	per := func(v uint64) float64 { return float64(v) / float64(done) }
	return figures{float64(done) / took.Seconds(), per(after.TotalAlloc - before.TotalAlloc), per(after.Mallocs - before.Mallocs)}
}
