package calls

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rclone/gofakes3"
	"github.com/rclone/gofakes3/s3mem"
	"gorm.io/gorm"

	"switchdesk/internal/clock"
	"switchdesk/storage/blob"
	"switchdesk/storage/db"
	"switchdesk/storage/db/dbtest"
)

var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// wav is a stereo file of so many seconds.
func wav(seconds int) []byte {
	data := make([]byte, seconds*32000)
	var b bytes.Buffer
	b.WriteString("RIFF")
	_ = binary.Write(&b, binary.LittleEndian, uint32(36+len(data)))
	b.WriteString("WAVEfmt ")
	for _, v := range []any{uint32(16), uint16(1), uint16(2), uint32(8000), uint32(32000), uint16(4), uint16(16)} {
		_ = binary.Write(&b, binary.LittleEndian, v)
	}
	b.WriteString("data")
	_ = binary.Write(&b, binary.LittleEndian, uint32(len(data)))
	b.Write(data)
	return b.Bytes()
}

// spool is a call with a recording in the spool, and its shipper.
type spool struct {
	t     *testing.T
	db    *gorm.DB
	clock *clock.Virtual
	ship  *Shipper
	file  string
	away  *atomic.Bool
	store *blob.Store
	alarm []string
}

func newSpool(t *testing.T, g *gorm.DB) *spool {
	t.Helper()
	s := &spool{t: t, db: g, clock: clock.NewVirtual(monday), away: &atomic.Bool{}, file: filepath.Join(t.TempDir(), "a.wav")}
	backend := s3mem.New()
	if err := backend.CreateBucket(context.Background(), "desk"); err != nil {
		t.Fatal(err)
	}
	fake := gofakes3.New(backend).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.away.Load() {
			http.Error(w, "away", http.StatusServiceUnavailable)
			return
		}
		fake.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	store, err := blob.Open(blob.Config{Kind: "s3", Endpoint: strings.TrimPrefix(server.URL, "http://"), Bucket: "desk", Key: "k", Secret: "s", Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	s.store = store
	s.ship = NewShipper(Shipper{DB: g, Objects: store, Spool: func(p string) string { return p }, Log: slog.New(slog.DiscardHandler), Clock: s.clock,
		Alarm: func(_ int64, call, problem string) { s.alarm = append(s.alarm, call+": "+problem) }})
	c := Call{ID: "call-1", Account: 1, Direction: In, From: "13900000001", To: "4008001234", Started: monday, Answer: monday, Ended: monday,
		Verdict: Answered, Rec: &Recording{Path: s.file, Started: monday, Stopped: monday}}
	c.Customer = Leg{UUID: "leg-1", State: LegGone, Created: monday, Ended: monday}
	if err := NewStore(g).Save(context.Background(), []Bundle{c.Bundle(Names{})}); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *spool) shipOnce() {
	s.t.Helper()
	if _, err := s.ship.Ship(context.Background()); err != nil {
		s.t.Fatal(err)
	}
}

func (s *spool) state() RecState {
	s.t.Helper()
	d, err := NewStore(s.db).Get(context.Background(), 1, "call-1")
	if err != nil {
		s.t.Fatal(err)
	}
	if d.Record.RecordingState != d.Recording.State {
		s.t.Fatalf("the record says %s, the recording %s", d.Record.RecordingState, d.Recording.State)
	}
	return d.Recording.State
}

func TestRecordingWaitsForTheStoreAndIsThenStored(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		s := newSpool(t, g)
		want := wav(3)
		if err := os.WriteFile(s.file, want, 0o600); err != nil {
			t.Fatal(err)
		}
		s.away.Store(true)
		for range 20 { // the store is away for a long time
			s.shipOnce()
			if s.state() != RecWaiting {
				t.Fatalf("the recording is %s while the store is away", s.state())
			}
			if _, err := os.Stat(s.file); err != nil {
				t.Fatal("the recording left the spool before it was stored: ", err)
			}
			s.clock.Advance(6 * time.Minute)
		}
		s.away.Store(false)
		s.shipOnce()
		if s.state() != RecStored {
			t.Fatalf("the recording is %s with the store back", s.state())
		}
		if _, err := os.Stat(s.file); !os.IsNotExist(err) {
			t.Error("the stored recording is still in the spool")
		}
		d, err := NewStore(g).Get(context.Background(), 1, "call-1")
		if err != nil {
			t.Fatal(err)
		}
		f, _, err := s.store.Get(context.Background(), d.Recording.BlobKey)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, want) {
			t.Errorf("the store holds %d bytes (%v), the switch wrote %d", len(got), err, len(want))
		}
		if d.Recording.Seconds != 3 {
			t.Errorf("the recording lasts %v s, want 3", d.Recording.Seconds)
		}
		if len(s.alarm) != 0 {
			t.Errorf("alarm for a recording that is there: %v", s.alarm)
		}
	})
}

func TestRecordingThatIsNotThereRaisesTheAlarmOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		s := newSpool(t, g)
		s.shipOnce()
		if s.state() != RecWaiting || len(s.alarm) != 0 {
			t.Fatalf("a file may take a moment to appear, but the recording is %s, alarms %v", s.state(), s.alarm)
		}
		for range 5 {
			s.clock.Advance(time.Minute)
			s.shipOnce()
		}
		if s.state() != RecMissing {
			t.Fatalf("the recording is %s, want missing", s.state())
		}
		if len(s.alarm) != 1 {
			t.Errorf("%d alarms, want one: %v", len(s.alarm), s.alarm)
		}
	})
}

func TestRecordsOfOneAccountAreNotAnothers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		newSpool(t, g)
		store := NewStore(g)
		ctx := context.Background()
		if _, err := store.Get(ctx, 2, "call-1"); err == nil {
			t.Error("account 2 reads a call of account 1")
		}
		if rows, _, err := store.List(ctx, 2, Filter{}); err != nil || len(rows) != 0 {
			t.Errorf("account 2 lists %d calls of account 1 (%v)", len(rows), err)
		}
		if err := store.AddNote(ctx, Ref{Account: 2, ID: "call-1"}, "x", By{ID: 1, At: monday}); err != nil {
			t.Fatal(err)
		}
		if w, err := store.WorkOn(ctx, 1, "call-1"); err != nil || len(w.Notes) != 0 {
			t.Errorf("account 1 reads account 2's note: %+v %v", w.Notes, err)
		}
		var n int64
		if err := db.AllAccounts(g).Model(&Record{}).Where("note = ?", "x").Count(&n).Error; err != nil || n != 0 {
			t.Errorf("%d notes written (%v)", n, err)
		}
	})
}

func TestSavingABundleAgainChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		store := NewStore(g)
		ctx := context.Background()
		c := Call{ID: "call-2", Account: 1, Direction: In, From: strings.Repeat("座席1", 50), To: "2", Started: monday, Ended: monday.Add(time.Minute), Verdict: RingNoAnswer,
			Steps:  []Step{{At: monday, Node: "欢迎", Kind: "prompt"}, {At: monday, Node: "菜单", Kind: "menu", Input: "1"}},
			Rings:  []Ring{{Agent: 7, Group: 3, At: monday, Ended: monday.Add(15 * time.Second), Result: "missed"}},
			Visits: []Visit{{Group: 3, Entered: monday, Left: monday.Add(40 * time.Second), Why: "abandoned"}}}
		c.Customer = Leg{UUID: "leg-2", State: LegGone}
		b := c.Bundle(Names{})
		data, err := b.Encode()
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			again, err := DecodeBundle(data)
			if err != nil {
				t.Fatal(err)
			}
			if err := store.Save(ctx, []Bundle{again}); err != nil {
				t.Fatal(err)
			}
		}
		d, err := store.Get(ctx, 1, "call-2")
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Steps) != 2 || len(d.Rings) != 1 || len(d.Visits) != 1 || len(d.Legs) != 1 {
			t.Errorf("%d steps, %d rings, %d visits, %d legs; want 2, 1, 1, 1", len(d.Steps), len(d.Rings), len(d.Visits), len(d.Legs))
		}
		if d.Record.QueueSeconds != 40 || d.Record.RingSeconds != 15 || d.Record.AgentID != 7 {
			t.Errorf("queue %v s, ring %v s, agent %d; want 40, 15, 7", d.Record.QueueSeconds, d.Record.RingSeconds, d.Record.AgentID)
		}
	})
}
