package app

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/percipia/eslgo"
	"github.com/percipia/eslgo/command"

	"switchdesk/simswitch"
)

const (
	toAndFroNumber = "4008001237"
	ivrNumber      = "5001" // leads to the switch's own XML menu
)

// toAndFro is two menus, each a key away from the other.
const toAndFro = `
name: 来回
start: 甲
nodes:
  甲: {kind: menu, play: thank_you, timeout: 60s, keys: {1: 乙, 9: 再见}, exits: {timeout: 再见, invalid: 再见}}
  乙: {kind: menu, play: goodbye, timeout: 60s, keys: {1: 甲, 9: 再见}, exits: {timeout: 再见, invalid: 再见}}
  再见: {kind: hangup}
`

// BenchmarkIVR2000 keeps 2,000 callers in menus of the simulated switch, who
// press a key every two seconds; the controller is a process of its own.
func BenchmarkIVR2000(b *testing.B) {
	const callers, window = 2000, 20 * time.Second
	opt := simswitch.Options{Prompt: func(string) (time.Duration, bool) { return 2 * time.Second, true }}
	w := newBenchWorld(b, 1, opt, nil)
	w.start()
	w.seated()
	idle := w.resident()
	for i := range callers {
		who := simswitch.Caller{From: "139" + strconv.Itoa(10_000_000+i), To: toAndFroNumber}
		for k := 1; k <= 400; k++ {
			who.Keys = append(who.Keys, simswitch.KeyPress{Collect: k, After: time.Duration(1000+rand.IntN(2000)) * time.Millisecond, Digits: "1"})
		}
		if w.engine.Call(who) == "" {
			b.Fatal("the switch is full")
		}
		if i%20 == 19 {
			time.Sleep(50 * time.Millisecond) // 400 new calls a second
		}
	}
	w.until("all are there", 30*time.Second, func() bool { return w.calls() == callers })
	cpu, at := w.cpu(), time.Now()
	perCall := int64(0)
	for time.Since(at) < window {
		time.Sleep(500 * time.Millisecond)
		perCall = max(perCall, (w.resident()-idle)/callers)
	}
	took := time.Since(at)
	used := w.cpu() - cpu
	if n := w.calls(); n != callers {
		b.Fatalf("%d of %d callers are left", n, callers)
	}
	ends := time.Now()
	for _, c := range w.engine.Channels() {
		w.engine.Leave(c.UUID)
	}
	w.until("each call has its record", time.Minute, func() bool { return int(w.figure("switchdesk_calls_ended_total")) == callers })
	presses := float64(callers) / 2 // a second: 1 to 3 s between two
	fmt.Printf("\nIVR callers=%d cpu=%.0f%%of1core memory=%.0fKiB/call fallbacks=%d (the whole controller, SQLite records; about %.0f keys a second, for %v; %d records after the end of all within %v)\n",
		callers, 100*used.Seconds()/took.Seconds(), float64(perCall)/1024, w.engine.Stats().Fallbacks, presses, took.Round(time.Second), callers, time.Since(ends).Round(100*time.Millisecond))
	w.stop()
	w.end()
}

// addMenu gives the switch a menu of its own, to and fro as ours.
func addMenu(conf string) error {
	path := filepath.Join(conf, "dialplan", "public.xml")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	ext := `<extension name="ivr"><condition field="destination_number" expression="^` + ivrNumber + `$"><action application="answer"/><action application="ivr" data="jia"/></condition></extension>`
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), `<extension name="inbound">`, ext+`<extension name="inbound">`, 1)), 0o640); err != nil {
		return err
	}
	menu := func(name, other, sound string) string {
		return fmt.Sprintf(`<menu name=%q greet-long=%q greet-short=%q invalid-sound="silence_stream://10" exit-sound="silence_stream://10" timeout="60000" inter-digit-timeout="2000" max-failures="3" max-timeouts="3" digit-len="1"><entry action="menu-sub" digits="1" param=%q/></menu>`,
			name, sound, sound, other)
	}
	back := strings.Replace(menu("yi", "jia", "$${sd_sounds_dir}/zh/goodbye.wav"), `action="menu-sub"`, `action="menu-back"`, 1)
	return os.WriteFile(filepath.Join(conf, "autoload_configs", "ivr.conf.xml"),
		[]byte(`<configuration name="ivr.conf"><menus>`+menu("jia", "yi", "$${sd_sounds_dir}/zh/thank_you.wav")+back+`</menus></configuration>`), 0o640)
}

// BenchmarkGoalP11: from a key to the next menu's prompt, by FreeSWITCH's own
// stamps, in its own XML menu and in a flow of ours.
func BenchmarkGoalP11(b *testing.B) {
	w := newBenchSwitch(b, 1)
	w.start()
	w.seated()
	theirs := w.presses(ivrNumber, 400)
	ours := w.presses(toAndFroNumber, 400)
	goalLine("P11 anchor=p50:%.1fms,p99:%.1fms ours=p50:%.1fms,p99:%.1fms ratio=%.2f goal=p50<=+5ms,p99<=+15ms (a key to the start of the next prompt, by FreeSWITCH's stamps; %d and %d keys of 10 callers; anchor: FreeSWITCH's XML menu, same FreeSWITCH, same run)",
		inMS(share(theirs, .5)), inMS(share(theirs, .99)), inMS(share(ours, .5)), inMS(share(ours, .99)),
		float64(share(theirs, .5))/float64(max(share(ours, .5), time.Microsecond)), len(theirs), len(ours))
}

// presses has ten callers of a number press a key again and again.
func (w *benchSwitch) presses(number string, n int) []time.Duration {
	ctx := context.Background()
	conn, err := eslgo.Dial(w.sw.ESLAddr(), w.sw.Values.ESLPassword, nil)
	w.must(err)
	defer conn.Close()
	type stamp struct {
		key bool
		at  int64
	}
	var mu sync.Mutex
	seen := map[string][]stamp{}
	conn.RegisterEventListener(eslgo.EventListenAll, func(e *eslgo.Event) {
		at, err := strconv.ParseInt(e.GetHeader("Event-Date-Timestamp"), 10, 64)
		name := e.GetHeader("Event-Name")
		if err != nil || name != "DTMF" && name != "PLAYBACK_START" {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		id := e.GetHeader("Unique-ID")
		seen[id] = append(seen[id], stamp{name == "DTMF", at})
	})
	_, err = conn.SendCommand(ctx, command.Event{Format: "plain", Listen: []string{"DTMF", "PLAYBACK_START"}})
	w.must(err)
	end := w.callers(number, 10)
	w.until("ten callers", 30*time.Second, func() bool { return w.channels(number) == 10 })
	time.Sleep(2 * time.Second) // each hears the first menu
	var legs []string
	for _, r := range w.rows() {
		legs = append(legs, r["uuid"])
	}
	for i := range n {
		_, err := w.node.API(ctx, "uuid_recv_dtmf "+legs[i%len(legs)]+" 1")
		w.must(err)
		time.Sleep(40 * time.Millisecond) // each caller presses every 400 ms
	}
	time.Sleep(time.Second)
	end()
	w.until("the switch is empty", 60*time.Second, func() bool {
		_, _ = w.node.API(ctx, "hupall NORMAL_CLEARING")
		return w.channels("") == 0
	})
	mu.Lock()
	defer mu.Unlock()
	var took []time.Duration
	for _, list := range seen {
		slices.SortStableFunc(list, func(x, y stamp) int { return int(x.at - y.at) })
		for i := 1; i < len(list); i++ {
			if list[i-1].key && !list[i].key {
				took = append(took, time.Duration(list[i].at-list[i-1].at)*time.Microsecond)
			}
		}
	}
	if len(took) < n*9/10 {
		w.b.Fatalf("%d of %d keys were followed by a prompt\ncontroller:\n%s", len(took), n, w.log.String())
	}
	slices.Sort(took)
	return took
}
