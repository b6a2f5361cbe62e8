package floor

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"switchdesk/calls"
	"switchdesk/queues"
)

// BenchmarkGoalR8 lets simulated hours pass on random floors with faults of
// every sort, and crashes, and holds every record to the sum of manual 4.1.1.
// 10,000 hours take an hour: BENCH_FULL asks for them, BENCH_HOURS for any
// number, BENCH_SEED for other ones; else it is 100 hours.
func BenchmarkGoalR8(b *testing.B) {
	hours := 100.0
	if os.Getenv("BENCH_FULL") != "" {
		hours = 10_000
	}
	if n, err := strconv.ParseFloat(os.Getenv("BENCH_HOURS"), 64); err == nil {
		hours = n
	}
	began := time.Now()
	var passed time.Duration
	callers, records, crashes := 0, 0, 0
	sum := map[calls.Outcome]int{}
	strategies := queues.Strategies()
	for seed := firstSeed(); passed.Hours() < hours && !b.Failed(); seed++ {
		// world fails on a call without an end, with two, in two cells of the
		// sum, on a leg or an agent left behind.
		m := world(b, seed, strategies[seed%uint64(len(strategies))], 4000, seed%4 != 0, seed%4 == 3)
		passed += m.now.Sub(start)
		callers += m.arrived
		records += m.bundles
		crashes += m.crashes
		for o, n := range m.sum {
			sum[o] += n
		}
	}
	violations := 0
	if b.Failed() {
		violations = 1
	}
	fmt.Printf("\nR8 anchor=none ours=%d ratio=- goal=0in10000h (violations in %.0f simulated hours with %d callers, %d crashes of the controller, lost sockets, lost orders and refusals; %d records: %v; %v)\n",
		violations, passed.Hours(), callers, crashes, records, sum, time.Since(began).Round(time.Second))
}

func firstSeed() uint64 {
	if n, err := strconv.ParseUint(os.Getenv("BENCH_SEED"), 10, 64); err == nil {
		return n
	}
	return 100
}
