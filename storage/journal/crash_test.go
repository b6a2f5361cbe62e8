package journal

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTornAtEveryByte(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, Options{})
	states := []map[string]string{{}}
	ends := []int64{0}
	for i := range 8 {
		must(t, j.Put("call", fmt.Sprint(i%4), []byte(strings.Repeat(fmt.Sprint(i), i))))
		must(t, j.Put("agent", fmt.Sprint(i), []byte("x")))
		if i%3 == 2 {
			j.Delete("agent", fmt.Sprint(i-1))
		}
		must(t, j.Commit())
		states = append(states, state(t, j))
		ends = append(ends, j.Stats().Bytes)
	}
	name := filepath.Base(j.path(1, "log"))
	whole, err := os.ReadFile(filepath.Join(dir, name))
	must(t, err)
	for _, damage := range []string{"cut", "zeros", "flip"} {
		for at := range whole {
			data := slices.Clone(whole)
			switch damage {
			case "cut":
				data = data[:at]
			case "zeros":
				clear(data[at:])
			case "flip":
				data[at] ^= 0x40
			}
			n := 0
			for n+1 < len(ends) && ends[n+1] <= int64(at) {
				n++
			}
			sub := filepath.Join(dir, "torn")
			must(t, os.Mkdir(sub, 0o700))
			must(t, os.WriteFile(filepath.Join(sub, name), data, 0o600))
			torn, err := Open(sub, Options{SyncEvery: -1})
			must(t, err)
			got := state(t, torn)
			// Zeros over zeros damage nothing, so a later state is right too.
			if !maps.Equal(got, states[n]) && (damage != "zeros" || !maps.Equal(got, states[min(n+1, len(states)-1)])) {
				t.Fatalf("%s at %d: %v, want %v", damage, at, got, states[n])
			}
			if at%5 != 0 {
				must(t, torn.Close())
				must(t, os.RemoveAll(sub))
				continue
			}
			must(t, torn.Put("call", "new", []byte("n")))
			must(t, torn.Commit())
			must(t, torn.Close())
			again, err := Open(sub, Options{SyncEvery: -1})
			must(t, err)
			if after := state(t, again); after["call/new"] != "n" || len(after) != len(got)+1 {
				t.Fatalf("%s at %d: after going on: %v", damage, at, after)
			}
			must(t, again.Close())
			must(t, os.RemoveAll(sub))
		}
	}
}

func TestCompactionAndCrashes(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, Options{CompactMin: 4096, SyncEvery: time.Millisecond})
	rnd := rand.New(rand.NewPCG(1, 2))
	want := map[string]string{}
	for round := range 3000 {
		for range 1 + rnd.IntN(4) {
			key := fmt.Sprint(rnd.IntN(50))
			if rnd.IntN(4) == 0 {
				j.Delete("k", key)
				delete(want, "k/"+key)
				continue
			}
			data := strings.Repeat(string(rune('a'+rnd.IntN(26))), rnd.IntN(300))
			must(t, j.Put("k", key, []byte(data)))
			want["k/"+key] = data
		}
		must(t, j.Commit())
		if round%20 == 0 {
			crashed := copyFolder(t, dir)
			again, err := Open(crashed, Options{SyncEvery: -1})
			must(t, err)
			if got := state(t, again); !maps.Equal(got, want) {
				t.Fatalf("round %d: %d keys, want %d", round, len(got), len(want))
			}
			must(t, again.Close())
		}
		if round%500 == 0 {
			must(t, j.Close())
			j = open(t, dir, Options{CompactMin: 4096, SyncEvery: time.Millisecond})
		}
	}
	if got := state(t, j); !maps.Equal(got, want) {
		t.Fatal("the running journal differs")
	}
	if s := j.Stats(); s.Compactions < 10 || s.Bytes > 200<<10 || s.Segments > 20 {
		t.Fatalf("garbage is not cleared: %+v", s)
	}
}

func copyFolder(t *testing.T, dir string) string {
	t.Helper()
	for range 100 {
		to := t.TempDir()
		if err := os.CopyFS(to, os.DirFS(dir)); err == nil {
			return to
		}
	}
	t.Fatal("the folder never stood still")
	return ""
}

func TestCrashPointsOfCompaction(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, Options{CompactMin: 1 << 40})
	must(t, j.Put("k", "gone", []byte("1")))
	must(t, j.Put("k", "stays", []byte("1")))
	must(t, j.Commit())
	j.mu.Lock()
	must(t, j.startSegment())
	j.mu.Unlock()
	j.Delete("k", "gone")
	must(t, j.Put("k", "changes", []byte("1")))
	must(t, j.Commit())
	before := copyFolder(t, dir)
	must(t, j.compact())
	must(t, j.Put("k", "changes", []byte("2")))
	must(t, j.Commit())
	after := copyFolder(t, dir)
	want := map[string]string{"k/stays": "1", "k/changes": "2"}

	logs := func(dir string) []string {
		names, _ := filepath.Glob(filepath.Join(dir, "*.*"))
		return names
	}
	// Nothing removed yet: the old logs beside the base. Half a base as tmp.
	both := t.TempDir()
	for _, from := range []string{before, after} {
		for _, path := range logs(from) {
			data, err := os.ReadFile(path)
			must(t, err)
			must(t, os.WriteFile(filepath.Join(both, filepath.Base(path)), data, 0o600))
		}
	}
	must(t, os.WriteFile(filepath.Join(both, "000000000009.tmp"), []byte("half"), 0o600))
	again := open(t, both, Options{})
	if got := state(t, again); !maps.Equal(got, want) {
		t.Fatalf("before the old segments are removed: %v", got)
	}
	for _, path := range logs(both) {
		if strings.HasSuffix(path, ".tmp") || strings.HasSuffix(path, "01.log") || strings.HasSuffix(path, "02.log") {
			t.Errorf("%s was left", filepath.Base(path))
		}
	}
	if got := state(t, open(t, after, Options{})); !maps.Equal(got, want) {
		t.Fatalf("after: %v", got)
	}
}

func TestKilledProcess(t *testing.T) {
	dir := t.TempDir()
	if os.Getenv("JOURNAL_WRITER") != "" {
		write(os.Getenv("JOURNAL_WRITER"))
		return
	}
	reported := 0
	for round := range 5 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilledProcess$")
		cmd.Env = append(os.Environ(), "JOURNAL_WRITER="+dir)
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		enough := reported + 300 + 100*round
		for reported < enough {
			var n int
			if _, err := fmt.Fscanln(out, &n); err != nil {
				t.Fatalf("the writer ended early: %v", err)
			}
			reported = n
		}
		must(t, cmd.Process.Kill())
		_ = cmd.Wait()
		j, err := Open(dir, Options{SyncEvery: -1})
		must(t, err)
		got := state(t, j)
		var last, pair int
		fmt.Sscan(got["n/last"], &last)
		fmt.Sscan(got["n/pair"], &pair)
		if last < reported || last != pair {
			t.Fatalf("round %d: reported %d, found %d and %d", round, reported, last, pair)
		}
		reported = last
		must(t, j.Close())
	}
}

func write(dir string) {
	j, err := Open(dir, Options{CompactMin: 32 << 10, SyncEvery: time.Millisecond})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	n := 0
	_ = j.Load(func(_, key string, data []byte) error {
		if key == "last" {
			fmt.Sscan(string(data), &n)
		}
		return nil
	})
	for {
		n++
		_ = j.Put("n", "last", fmt.Append(nil, n))
		_ = j.Put("n", fmt.Sprint("k", n%100), make([]byte, 500))
		_ = j.Put("n", "pair", fmt.Append(nil, n))
		if err := j.Commit(); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(n)
	}
}
