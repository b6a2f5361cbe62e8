package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"switchdesk/floor"
	"switchdesk/simswitch"
)

// deathWorld has 200 calls: 40 in a menu, 40 at an announcement, 40 in a
// queue that nobody serves, 80 with an agent, of which 30 are held.
type deathWorld struct {
	*benchWorld
	client *http.Client
	legs   []string // the callers' legs
}

const (
	liveCalls  = 200
	talking    = 80
	heldCalls  = 30
	waitQueued = 40
)

func newDeathWorld(b *testing.B) *deathWorld {
	opt := simswitch.Options{Prompt: simswitch.FixedPrompts(9 * time.Minute)}
	w := &deathWorld{benchWorld: newBenchWorld(b, talking+10, opt, func(simswitch.Ringing) simswitch.Reaction {
		return simswitch.Reaction{Act: simswitch.Pick, After: 300 * time.Millisecond}
	})}
	jar, err := cookiejar.New(nil)
	w.must(err)
	w.client = &http.Client{Jar: jar}
	w.env = []string{"BENCH_HOLD=" + strconv.Itoa(heldCalls)}
	w.start()
	w.seated()
	w.ask("POST", "/api/session", map[string]string{"login": "boss@bench", "password": crashPassword}, nil)
	for i := range liveCalls {
		who := simswitch.Caller{From: fmt.Sprintf("1390000%04d", i), To: benchNumber}
		if key := [...]string{"", "1", "3", "2", "2"}[i%5]; key != "" {
			who.Keys = []simswitch.KeyPress{{Collect: 1, After: 50 * time.Millisecond, Digits: key}}
		}
		w.legs = append(w.legs, w.engine.Call(who))
	}
	w.until("all calls are where they should be", 30*time.Second, func() bool {
		n := map[string]int{}
		for _, c := range w.live() {
			n[c.State]++
		}
		return n["ivr"] == liveCalls-talking-waitQueued && n["queued"] == waitQueued && n["held"] == heldCalls && n["talking"] == talking-heldCalls
	})
	return w
}

func (w *deathWorld) ask(method, path string, in, out any) {
	w.b.Helper()
	body, err := json.Marshal(in)
	w.must(err)
	req, err := http.NewRequest(method, "http://"+w.addr+path, bytes.NewReader(body))
	w.must(err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Requested-With", "switchdesk")
	resp, err := w.client.Do(req)
	w.must(err)
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		w.b.Fatalf("%s %s: %s", method, path, resp.Status)
	}
	if out != nil {
		w.must(json.NewDecoder(resp.Body).Decode(out))
	}
}

func (w *deathWorld) live() []floor.LiveCall {
	w.b.Helper()
	var list struct{ Items []floor.LiveCall }
	w.ask("GET", "/api/calls/live", nil, &list)
	return list.Items
}

// queue lists the waiting calls by their place.
func (w *deathWorld) queue() []string {
	var waiting []floor.LiveCall
	for _, c := range w.live() {
		if c.State == "queued" {
			waiting = append(waiting, c)
		}
	}
	slices.SortFunc(waiting, func(a, b floor.LiveCall) int { return a.Position - b.Position })
	ids := make([]string, len(waiting))
	for i, c := range waiting {
		ids[i] = c.ID
	}
	return ids
}

// dropped counts the callers whose leg is gone.
func (w *deathWorld) dropped() int {
	there := map[string]bool{}
	for _, c := range w.engine.Channels() {
		there[c.UUID] = true
	}
	n := 0
	for _, uuid := range w.legs {
		if !there[uuid] {
			n++
		}
	}
	return n
}

// BenchmarkGoalR5 kills the controller again and again at random moments with
// 200 calls alive. BENCH_KILLS sets how often, 15 if unset.
func BenchmarkGoalR5(b *testing.B) {
	kills := 15
	if n, err := strconv.Atoi(os.Getenv("BENCH_KILLS")); err == nil {
		kills = n
	}
	w := newDeathWorld(b)
	order := w.queue()
	states := map[string]string{}
	for _, c := range w.live() {
		states[c.ID] = c.State
	}
	var back []time.Duration
	lost, disorder, other := 0, 0, 0
	for range kills {
		time.Sleep(time.Duration(rand.IntN(1200)) * time.Millisecond) // any moment
		w.kill()
		back = append(back, w.start())
		lost = max(lost, w.dropped())
		if !slices.Equal(order, w.queue()) {
			disorder++
		}
		now := w.live()
		for _, c := range now {
			if states[c.ID] != c.State {
				other++
			}
		}
		if len(now) != liveCalls {
			lost = max(lost, liveCalls-len(now))
		}
	}
	records := w.hangUpAll()
	slices.Sort(back)
	p50, most := back[len(back)/2], back[len(back)-1]
	goalLine("R5 anchor=200of200 ours=%dof%d,%.2fs ratio=%.1f goal=0of200,<=2s (calls dropped in %d random kill -9, longest time to control from exec, median %.2f s; queue order changed %d times, calls in another state after a restart %d, %d records in the end; anchor: calls on an outbound socket all die with their controller within 0.5 s)",
		lost, liveCalls, most.Seconds(), 2/most.Seconds(), kills, p50.Seconds(), disorder, other, records)
	if lost > 0 || records != liveCalls {
		b.Errorf("%d calls lost, %d records\n%s", lost, records, w.log.String())
	}
}

// hangUpAll ends every call, waits until all are written down, half a minute
// at most, and counts the records.
func (w *deathWorld) hangUpAll() int {
	for _, leg := range w.legs {
		w.engine.Leave(leg)
	}
	deadline := time.Now().Add(30 * time.Second)
	for {
		n := w.records()
		if n >= liveCalls || time.Now().After(deadline) {
			return n
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (w *deathWorld) records() int {
	n, cursor := 0, ""
	for {
		var page struct {
			Items []json.RawMessage
			Next  string
		}
		w.ask("GET", "/api/calls?limit=200"+cursor, nil, &page)
		n += len(page.Items)
		if page.Next == "" {
			return n
		}
		cursor = "&cursor=" + page.Next
	}
}

// BenchmarkGoalR6 kills the controller for ever and waits until the switch
// itself has ended every call that it held. Talks go on.
func BenchmarkGoalR6(b *testing.B) {
	w := newDeathWorld(b)
	// Somewhere between two renewals of the fuse.
	time.Sleep(time.Duration(rand.IntN(25_000)) * time.Millisecond)
	w.kill()
	died := time.Now()
	held := int64(liveCalls - talking + heldCalls)
	var first time.Duration
	w.until("every held call has reached the switch's own ending", 2*time.Minute, func() bool {
		n := w.engine.Stats().Fallbacks
		if n > 0 && first == 0 {
			first = time.Since(died)
		}
		return n >= held
	})
	last := time.Since(died)
	talks := 0
	for _, c := range w.engine.Channels() {
		if c.Inbound && c.Peer != "" {
			talks++
		}
	}
	goalLine("R6 anchor=never ours=%.1fs ratio=%.2f goal=<=60s (%d held calls at the switch's own ending, the first after %.1f s; %d of %d talks went on; simulated switch; anchor: a parked leg without a fuse stays for ever)",
		last.Seconds(), 60/last.Seconds(), held, first.Seconds(), talks, talking-heldCalls)
}
