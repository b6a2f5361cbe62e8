package app

import (
	"context"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"switchdesk/agents"
	"switchdesk/calls"
	"switchdesk/calls/sample"
	"switchdesk/storage/db"
	"switchdesk/storage/db/dbtest"
)

// wire is a way to a database server that can be cut.
type wire struct {
	server string
	mu     sync.Mutex
	cut    bool
	open   map[net.Conn]bool
}

// newWire gives the wire and the socket to dial instead of the server's.
func newWire(t *testing.T, server string) (*wire, string) {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "w")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{server: server, open: map[net.Conn]bool{}}
	t.Cleanup(func() { l.Close(); w.set(true) })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(c)
		}
	}()
	return w, socket
}

func (w *wire) carry(c net.Conn) {
	defer c.Close()
	w.mu.Lock()
	cut := w.cut
	w.mu.Unlock()
	if cut {
		return
	}
	s, err := net.Dial("unix", w.server)
	if err != nil {
		return
	}
	defer s.Close()
	w.mu.Lock()
	w.open[c], w.open[s] = true, true
	w.mu.Unlock()
	go func() { _, _ = io.Copy(s, c); s.Close(); c.Close() }()
	_, _ = io.Copy(c, s)
	w.mu.Lock()
	delete(w.open, c)
	delete(w.open, s)
	w.mu.Unlock()
}

// set cuts the wire, in the middle of whatever goes over it, or mends it.
func (w *wire) set(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
	if cut {
		for c := range w.open {
			c.Close()
		}
	}
}

// TestMariaDBAway has the database away, with breaks in the middle of writes,
// for as many calls as ten minutes of a busy floor bring (five a second), and
// compares what is there afterwards with what was written: no call, step,
// ring, leg, stay or recording is lost or there twice.
func TestMariaDBAway(t *testing.T) {
	cfg := dbtest.MariaDBConfig(t)
	where := regexp.MustCompile(`unix\((.*?)\)`).FindStringSubmatch(cfg.DSN)
	direct, err := db.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(direct)
	if _, err := db.Migrate(context.Background(), direct); err != nil {
		t.Fatal(err)
	}
	line, socket := newWire(t, where[1])
	cfg.DSN = "root@unix(" + socket + ")" + cfg.DSN[len("root@"+where[0]):]
	g, err := db.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(g)

	store, times := calls.NewStore(g), agents.NewStore(g)
	w := newWriter(slog.New(slog.DiscardHandler), func(ctx context.Context, bundles []calls.Bundle, spans []agents.Span) error {
		if err := store.Save(ctx, bundles); err != nil {
			return err
		}
		return times.AppendSpans(ctx, spans)
	})
	w.most = 50 * time.Millisecond // ten minutes' tries in as many seconds
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	defer func() { stop(); <-ended }()

	const all = 3000
	from := time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)
	gen := sample.New(sample.Plan{Account: 1, Agents: []sample.Named{{ID: 1, Name: "李静"}, {ID: 2, Name: "王浩"}}, Groups: []sample.Named{{ID: 1, Name: "售后"}},
		Services: []string{"4008001234"}, From: from, To: from.Add(10 * time.Minute), Count: all, Seed: 9})
	var forgotten atomic.Int64 // by the journal, since the database has them
	want := map[string]int64{}
	for n := 0; ; n++ {
		b, ok := gen.Next()
		if !ok {
			break
		}
		switch { // it goes in the middle of the writing, comes for moments, and stays away
		case n == 300, n == 1500:
			line.set(true)
		case n == 1450:
			line.set(false)
		}
		want["calls"]++
		want["call_steps"] += int64(len(b.Steps))
		want["call_rings"] += int64(len(b.Rings))
		want["call_legs"] += int64(len(b.Legs))
		want["call_visits"] += int64(len(b.Visits))
		if b.Recording != nil {
			want["recordings"]++
		}
		w.Keep([]calls.Bundle{b}, nil, func() { forgotten.Add(1) })
	}
	if w.Waiting() == 0 {
		t.Fatal("the database was never away")
	}
	line.set(false)
	for end := time.Now().Add(2 * time.Minute); w.Waiting() > 0; time.Sleep(10 * time.Millisecond) { // polling a condition
		if time.Now().After(end) {
			t.Fatalf("%d steps are still not in the database", w.Waiting())
		}
	}
	for table, n := range want {
		var got int64
		if err := direct.Table(table).Count(&got).Error; err != nil || got != n {
			t.Errorf("%s: %d rows, want %d (%v)", table, got, n, err)
		}
	}
	if forgotten.Load() != all {
		t.Errorf("the journal was told of %d of %d", forgotten.Load(), all)
	}
}
