package flows

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"
)

// randomFlow writes a flow of n nodes. Half of them have exits to anywhere;
// the others mostly go forward, so that many of those are clean.
func randomFlow(r *rand.Rand, n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "name: r\nstart: n0\nnodes:\n")
	forward, first, i := r.IntN(2) == 0, true, 0
	node := func() string {
		to := r.IntN(n)
		if forward && (first || r.IntN(8) > 0) {
			to = min(n-1, i+1+r.IntN(3))
		}
		if forward && first {
			to = min(n-1, i+1)
		}
		first = false
		return fmt.Sprintf("n%d", to)
	}
	for ; i < n; i++ {
		first = true
		kind := kinds[r.IntN(len(kinds))]
		if forward && i == n-1 {
			kind = "hangup"
		} else if forward && len(specOf[kind].Exits) == 0 {
			kind = "menu"
		}
		spec := specOf[kind]
		fmt.Fprintf(&b, "  n%d:\n    kind: %s\n", i, kind)
		switch kind {
		case "prompt":
			b.WriteString("    play: [welcome, {say_digits: \"${caller}\"}, {tts: \"号码 ${caller}\"}, {say_date: \"${caller}\"}]\n")
		case "menu":
			fmt.Fprintf(&b, "    play: menu_main\n    tries: %d\n    keys: {1: %s, 2: %s, \"*\": %s}\n", 1+r.IntN(3), node(), node(), node())
		case "input":
			b.WriteString("    play: enter_order\n    into: v\n")
		case "info":
			b.WriteString("    by: caller\n    answers: {\"1\": welcome, \"2\": goodbye}\n")
		case "hours":
			b.WriteString("    open: [\"mon-fri 09:00-18:00\"]\n    holidays: [2026-11-24]\n")
		case "caller":
			fmt.Fprintf(&b, "    cases:\n      - {repeat: true, go: %s}\n      - {number: [13*, \"*8?\"], known: true, go: %s}\n", node(), node())
		case "set":
			b.WriteString("    values: {v: \"${caller}1\", w: \"${v}${v}\"}\n")
		case "condition":
			fmt.Fprintf(&b, "    when:\n      - {if: repeat and hour > 12, go: %s}\n      - {if: 'number(caller) > 5', go: %s}\n", node(), node())
		case "lookup":
			b.WriteString("    url: \"https://crm.test/${caller}\"\n    into: {v: a.b}\n")
		case "notice":
			b.WriteString("    url: https://crm.test/\n")
		case "survey":
			b.WriteString("    second: {1: {play: welcome, keys: {1: x, 2: y}}}\n")
		case "flow", "subflow":
			b.WriteString("    flow: 子流程\n")
		case "group":
			b.WriteString("    group: 售前\n    say: offer_callback\n    callback: 9\n")
			fmt.Fprintf(&b, "    offers: {1: %s, \"*\": %s}\n", node(), node())
		case "voicemail":
			b.WriteString("    group: 售前\n")
		case "agent":
			b.WriteString("    number: \"8001\"\n")
		case "external":
			b.WriteString("    number: \"10086\"\n")
		}
		if len(spec.Exits) == 0 {
			continue
		}
		b.WriteString("    exits:\n")
		for _, x := range spec.Exits {
			if x.Required || r.IntN(3) > 0 {
				fmt.Fprintf(&b, "      %s: %s\n", x.Name, node())
			}
		}
	}
	return b.String()
}

func randomInput(r *rand.Rand) Input {
	switch r.IntN(15) {
	case 10, 11:
		return Fetched{Status: []int{0, 200, 404, 500}[r.IntN(4)], Body: []string{"", "{", `{"a":{"b":1}}`, "[]"}[r.IntN(4)], Why: []string{"", "x"}[r.IntN(2)]}
	case 12:
		return Done{}
	case 13:
		return Pressed{Key: []string{"1", "9", "*", "0", "", "19"}[r.IntN(6)]}
	case 0:
		return Left{[]QueueExit{LeftNoAgent, LeftTimeout, LeftFull, LeftAgentLeft, "?"}[r.IntN(5)]}
	case 1:
		return Ended{Answered: r.IntN(2) == 0, Cause: []EndCause{EndBusy, EndFailed, EndNoAnswer, EndUnavailable, "?"}[r.IntN(5)]}
	case 2:
		return VoicemailDone{Seconds: r.IntN(3)}
	case 3:
		return Failed{"x"}
	case 4, 5, 6:
		return Digits{Value: []string{"", "1", "2", "*", "9", "1234", "${caller}", "\x00"}[r.IntN(8)], TimedOut: r.IntN(2) == 0}
	}
	return Played{}
}

// fitting gives an input that belongs to what is under way, as the floor does.
func fitting(r *rand.Rand, wait string) Input {
	for {
		in := randomInput(r)
		switch in.(type) {
		case Played:
			if wait == "play" {
				return in
			}
		case Digits:
			if wait == "collect" {
				return in
			}
		case Pressed, Left:
			if wait == "enqueue" {
				return in
			}
		case Ended:
			if wait == "enqueue" || wait == "ring" || wait == "dial" {
				return in
			}
		case VoicemailDone:
			if wait == "voicemail" {
				return in
			}
		case Fetched:
			if wait == "fetch" {
				return in
			}
		case Done:
			if wait == "notify" || wait == "rate" || wait == "callback" {
				return in
			}
		case Failed:
			return in
		}
	}
}

func randomEnv(r *rand.Rand) Env {
	return Env{
		Now:  monday.Add(time.Duration(r.IntN(14*24*60)) * time.Minute),
		From: []string{"13800138000", "1", "2", "", "${x}"}[r.IntN(5)], Repeat: r.IntN(2) == 0,
		Group: func(string) (int64, bool) { return 1, r.IntN(4) > 0 },
		Agent: func(string) (int64, bool) { return 1, r.IntN(4) > 0 }, LastAgent: int64(r.IntN(2)),
		FlowID: 1, Version: 1, Looking: r.IntN(2) == 0,
		Flow: func(name string) (*Flow, int64, int64) {
			if name != "子流程" || r.IntN(8) == 0 {
				return nil, 0, 0
			}
			return part(), 2, 1
		},
	}
}

// part is a flow that others go to: it comes back, ends, or goes to itself.
var part = sync.OnceValue(func() *Flow {
	f, list := Parse("part.yaml", []byte(`name: 子流程
start: m
nodes:
  m: {kind: menu, play: menu_main, keys: {1: r, 2: s, 3: h}, exits: {timeout: r}}
  s: {kind: subflow, flow: 子流程, exits: {next: r}}
  r: {kind: return}
  h: {kind: hangup}
`))
	if f == nil {
		panic(list)
	}
	return f
})

// flowOf gives the flow that a run is in, main or part.
func flowOf(main *Flow, r *Run) *Flow {
	if r.FlowID == 2 {
		return part()
	}
	return main
}

// inFlows lets a run find its way back.
func inFlows(env Env, main *Flow) Env {
	env.FlowAt = func(id, _ int64) *Flow { return flowOf(main, &Run{FlowID: id}) }
	return env
}

// Whatever a flow says and whatever comes in, the call ends within the
// budget, and exactly one action is under way until then.
func TestEveryCallEnds(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 1))
	clean, ends := 0, 0
	for i := range 3000 {
		f, list := Parse("r.yaml", []byte(randomFlow(r, 1+r.IntN(12))))
		if f == nil {
			t.Fatalf("seed %d: %v", seed, list)
		}
		isClean := !Refused(Check(f, sampleRefs()))
		if isClean {
			clean++
		}
		if steps := walkOnce(t, f, r, i%2 == 0); t.Failed() {
			t.Fatalf("seed %d, flow %d after %d steps", seed, i, steps)
		}
		ends++
	}
	if clean < 20 {
		t.Errorf("only %d of %d random flows are clean: the test says little", clean, ends)
	}
	t.Logf("%d flows, %d of them clean, each call ended", ends, clean)
}

// walkOnce walks one call to its end and counts the inputs that took.
func walkOnce(t *testing.T, f *Flow, r *rand.Rand, fits bool) int {
	env := func() Env { return inFlows(randomEnv(r), f) }
	run, a, steps := f.Begin(env())
	lines, inputs := len(steps), 0
	for ; !run.Done; inputs++ {
		if inputs > MaxSteps {
			t.Errorf("still going after %d inputs: %+v", inputs, run)
			return inputs
		}
		if a == nil && inputs == 0 {
			t.Error("no first action")
			return inputs
		}
		if r.IntN(20) == 0 {
			data, err := json.Marshal(run)
			if err != nil {
				t.Error(err)
				return inputs
			}
			run = Run{}
			if err := json.Unmarshal(data, &run); err != nil {
				t.Error(err)
				return inputs
			}
			if a, steps = flowOf(f, &run).Again(&run, env()); a == nil {
				t.Error("nothing to do again")
				return inputs
			}
			lines += len(steps)
			continue
		}
		in := randomInput(r)
		if fits {
			in = fitting(r, run.Wait)
		}
		before, wasWait := run.Node, run.Wait
		if a, steps = flowOf(f, &run).Resume(&run, in, env()); a == nil && (run.Node != before || run.Wait != wasWait || len(steps) > 0) {
			t.Errorf("an input that did not belong moved the call: %+v", run)
		}
		lines += len(steps)
	}
	if lines > MaxSteps+MaxInARow+2 || len(run.Vars) > 10 {
		t.Errorf("%d trail lines, %d variables", lines, len(run.Vars))
	}
	if h, ok := a.(Hangup); !ok {
		t.Errorf("ended with %T", a)
	} else if h.Cause == "" {
		t.Error("no cause")
	}
	return inputs
}

// A clean flow never spins: between any two waits for the caller or a person
// it takes at most as many steps as it has nodes.
func TestCleanFlowsNeverSpin(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 2))
	walked := 0
	for range 6000 {
		f, list := Parse("r.yaml", []byte(randomFlow(r, 1+r.IntN(8))))
		if f == nil {
			t.Fatalf("seed %d: %v", seed, list)
		}
		if Refused(Check(f, sampleRefs())) {
			continue
		}
		walked++
		env := func() Env { return inFlows(randomEnv(r), f) }
		run, _, _ := f.Begin(env())
		sinceWait := 0
		for i := 0; i < 300 && !run.Done; i++ {
			node, wait, before := run.Node, run.Wait, run.Steps
			in := fitting(r, wait)
			if _, refused := in.(Failed); refused {
				continue // a switch that can do nothing at all is for the budget to end
			}
			was := flowOf(f, &run)
			_, steps := was.Resume(&run, in, env())
			if was == part() || flowOf(f, &run) == part() {
				sinceWait = 0 // other flows are not this one's to judge
				continue
			}
			if len(steps) > 0 && exitWaits(was.Nodes[node], steps[0].Exit) {
				sinceWait = 0
			}
			sinceWait += run.Steps - before - 1
			if sinceWait > len(f.Nodes)+1 {
				t.Fatalf("seed %d: %d steps without a wait, at %s", seed, sinceWait, run.Node)
			}
		}
	}
	if walked < 50 {
		t.Errorf("only %d clean flows", walked)
	}
}

func exitWaits(n *Node, exit string) bool {
	for _, x := range n.Exits {
		if x.Name == exit {
			return x.waits
		}
	}
	return false
}
