package journal

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// BenchmarkGoalPut is 10^5 puts of 1.5 KB over 10^4 keys, a commit every 16,
// with compaction going on; it reports the mean of a put and the longest
// commit.
func BenchmarkGoalPut(b *testing.B) {
	data := make([]byte, 1500)
	keys := make([]string, 10_000)
	for i := range keys {
		keys[i] = fmt.Sprintf("0198c2a0-0000-7000-8000-%012d", i)
	}
	for b.Loop() {
		b.StopTimer()
		j := open(b, b.TempDir(), Options{})
		var commits []time.Duration
		b.StartTimer()
		start := time.Now()
		for i := range 100_000 {
			_ = j.Put("call", keys[i%len(keys)], data)
			if i%16 == 15 {
				at := time.Now()
				if err := j.Commit(); err != nil {
					b.Fatal(err)
				}
				commits = append(commits, time.Since(at))
			}
		}
		took := time.Since(start)
		b.StopTimer()
		slices.Sort(commits)
		b.ReportMetric(float64(took.Nanoseconds())/100_000, "ns/put")
		b.ReportMetric(float64(commits[len(commits)*99/100].Microseconds()), "p99-commit-µs")
		b.ReportMetric(float64(commits[len(commits)-1].Microseconds()), "max-commit-µs")
		b.ReportMetric(float64(j.Stats().Compactions), "compactions")
		j.Close()
		b.StartTimer()
	}
}
