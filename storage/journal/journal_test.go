package journal

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
)

func open(t testing.TB, dir string, opts Options) *Journal {
	t.Helper()
	if opts.Failed == nil {
		opts.Failed = func(err error) { t.Errorf("background: %v", err) }
	}
	j, err := Open(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

func state(t testing.TB, j *Journal) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := j.Load(func(kind, key string, data []byte) error {
		if _, twice := out[kind+"/"+key]; twice {
			t.Errorf("%s/%s was loaded twice", kind, key)
		}
		out[kind+"/"+key] = string(data)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestStateComesBack(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, Options{})
	must(t, j.Put("call", "a", []byte("1")))
	must(t, j.Put("call", "b", []byte("1")))
	must(t, j.Put("agent", "a", nil))
	must(t, j.Commit())
	must(t, j.Put("call", "a", []byte("2")))
	j.Delete("call", "b")
	j.Delete("call", "never")
	must(t, j.Commit())
	must(t, j.Put("call", "lost", []byte("noted, not committed")))
	want := map[string]string{"call/a": "2", "agent/a": ""}
	if got := state(t, j); !maps.Equal(got, want) {
		t.Fatalf("before: %v", got)
	}
	copyOf := t.TempDir() // as a kill would leave it: no Close
	must(t, os.CopyFS(copyOf, os.DirFS(dir)))
	again := open(t, copyOf, Options{})
	if got := state(t, again); !maps.Equal(got, want) {
		t.Fatalf("after: %v", got)
	}
	if s := again.Stats(); s.Live != 2 || s.TornBytes != 0 {
		t.Fatalf("stats: %+v", s)
	}
}

func TestLoadOrderIsTheOrderOfLastPuts(t *testing.T) {
	j := open(t, t.TempDir(), Options{})
	for _, k := range []string{"a", "b", "c", "a"} {
		must(t, j.Put("x", k, []byte(k)))
		must(t, j.Commit())
	}
	var order []string
	must(t, j.Load(func(_, key string, _ []byte) error { order = append(order, key); return nil }))
	if !slices.Equal(order, []string{"b", "c", "a"}) {
		t.Fatal(order)
	}
	stop := errors.New("enough")
	if err := j.Load(func(string, string, []byte) error { return stop }); !errors.Is(err, stop) {
		t.Fatal(err)
	}
}

func TestOneProcessAtATime(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, Options{})
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrLocked) {
		t.Fatalf("a second one: %v", err)
	}
	must(t, j.Close())
	must(t, j.Close())
	if err := j.Commit(); !errors.Is(err, ErrClosed) {
		t.Fatalf("commit after close: %v", err)
	}
	open(t, dir, Options{})
}

// TestTornAtEveryByte cuts the log at every offset: what is left is always
// the state after some whole number of batches, and never fewer than had
// been whole.
// TestCompactionAndCrashes compares with a plain map over random changes,
// small segments and many compactions, copying the folder as a crash would
// leave it at random moments, those within a compaction included.
// copyFolder copies file by file; one that is renamed or removed meanwhile
// is what a crash could also have left, so a copy is retaken then.
// TestCrashPointsOfCompaction builds the folder as it is after each step of
// a compaction.
func TestFullDiskKeepsWhatIsNoted(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, Options{})
	must(t, j.Put("k", "a", []byte("1")))
	must(t, j.Commit())
	for _, part := range []int{0, 1, 11, 13, 20} {
		j.write = func(f *os.File, b []byte) (int, error) {
			n, _ := f.Write(b[:min(part, len(b))])
			return n, &os.PathError{Op: "write", Err: syscall.ENOSPC}
		}
		must(t, j.Put("k", "a", []byte(fmt.Sprint("during ", part))))
		must(t, j.Put("k", "b", []byte(fmt.Sprint("during ", part))))
		if err := j.Commit(); !errors.Is(err, ErrFull) {
			t.Fatalf("commit on a full disk: %v", err)
		}
		crashed := open(t, copyFolder(t, dir), Options{})
		if got := state(t, crashed); got["k/a"] == fmt.Sprint("during ", part) {
			t.Fatal("a batch that was refused is there")
		}
		j.write = (*os.File).Write
		must(t, j.Commit())
		if got := state(t, open(t, copyFolder(t, dir), Options{})); got["k/b"] != fmt.Sprint("during ", part) {
			t.Fatalf("after there is room again: %v", got)
		}
	}
}

func TestFullDiskCostsMemoryPerKeyOnly(t *testing.T) {
	j := open(t, t.TempDir(), Options{})
	j.write = func(*os.File, []byte) (int, error) { return 0, syscall.ENOSPC }
	data := make([]byte, 10_000)
	for i := range 20_000 {
		must(t, j.Put("k", fmt.Sprint(i%10), data))
		j.Delete("gone", "x")
		if i%100 == 0 {
			if err := j.Commit(); !errors.Is(err, ErrFull) {
				t.Fatal(err)
			}
		}
	}
	if n := j.Stats().Pending; n > 4<<20 {
		t.Fatalf("%d bytes wait for 10 keys", n)
	}
	j.write = (*os.File).Write
	must(t, j.Commit())
	if got := state(t, j); len(got) != 10 {
		t.Fatalf("%d keys", len(got))
	}
}

func TestWritersAtOnce(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, Options{CompactMin: 64 << 10, SyncEvery: time.Millisecond})
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 2000 {
				if err := j.Put(fmt.Sprint(w), fmt.Sprint(i%20), fmt.Appendf(nil, "%0100d", i)); err != nil {
					t.Error(err)
				}
				if err := j.Commit(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	must(t, j.Close())
	got := state(t, open(t, dir, Options{}))
	if len(got) != 80 || got["3/19"] != fmt.Sprintf("%0100d", 1999) {
		t.Fatalf("%d keys, %q", len(got), got["3/19"])
	}
}

// TestKilledProcess kills a real writer with SIGKILL again and again: what it
// had reported as committed is there.
