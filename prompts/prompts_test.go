package prompts

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"switchdesk/accounts"
	"switchdesk/internal/audio"
	"switchdesk/internal/clock"
	"switchdesk/internal/fault"
	"switchdesk/storage/blob"
	"switchdesk/storage/db/dbtest"
)

// shelf is a Service on a real database and store, with two enterprises and a
// voice at the other end of HTTP.
type shelf struct {
	*testing.T
	*Service
	db    *gorm.DB
	blobs *blob.Store
	clock *clock.Virtual
	dir   string
	voice *voice
	north int64
	south int64
}

// voice is a text-to-speech program that says a tone for each character.
type voice struct {
	mu     sync.Mutex
	said   []map[string]any
	secret string
	fail   atomic.Int32 // status to answer instead
	hold   chan struct{}
}

func (v *voice) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in map[string]any
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || r.Header.Get("X-Key") != v.secret {
		http.Error(w, "no", http.StatusForbidden)
		return
	}
	v.mu.Lock()
	v.said = append(v.said, in)
	hold := v.hold
	v.mu.Unlock()
	if hold != nil {
		<-hold
	}
	if code := int(v.fail.Load()); code != 0 {
		http.Error(w, "no", code)
		return
	}
	_, _ = w.Write(tone(len([]rune(in["text"].(string)))*37+300, 0.2)) // the reader is the test's
}

func (v *voice) times() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.said)
}

// tone is a WAV file of hz.
func tone(hz int, seconds float64) []byte {
	var b bytes.Buffer
	n := int(seconds * 8000)
	fmt.Fprintf(&b, "RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data")
	_ = binary.Write(&b, binary.LittleEndian, uint32(2*n)) // to memory
	for i := range n {
		_ = binary.Write(&b, binary.LittleEndian, int16(8000*math.Sin(2*math.Pi*float64(hz)*float64(i)/8000)))
	}
	return b.Bytes()
}

func newShelf(t *testing.T, g *gorm.DB) *shelf {
	t.Helper()
	s := &shelf{T: t, db: g, clock: clock.NewVirtual(time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)), dir: t.TempDir(), voice: &voice{secret: "hush"}}
	server := httptest.NewServer(s.voice)
	t.Cleanup(server.Close)
	var err error
	s.blobs, err = blob.Open(blob.Config{Kind: "disk", Path: t.TempDir()})
	s.must(err)
	service := accounts.NewService(g, s.clock, accounts.Options{})
	for slug, id := range map[string]*int64{"north": &s.north, "south": &s.south} {
		a, _, err := service.CreateAccount(t.Context(), accounts.Account{Slug: slug, Name: slug})
		s.must(err)
		*id = a.ID
	}
	s.Service = s.another(server.URL)
	return s
}

// another is a further process on the same tables.
func (s *shelf) another(url string) *Service {
	return NewService(s.db, s.blobs, Options{
		Dir: s.dir, Reserved: func(name string) bool { return name == "welcome" }, Clock: s.clock, PerDay: 100, Keep: 30 * 24 * time.Hour,
		Engine: NewRemote(url, "X-Key", "hush", 5*time.Second, []Voice{{Name: "zh", Language: "zh"}, {Name: "zh-f", Language: "zh"}, {Name: "en", Language: "en"}}),
	})
}

func (s *shelf) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *shelf) add(account int64, name string, hz int) Prompt {
	s.Helper()
	p, err := s.Add(s.Context(), account, Upload{Name: name, Original: name + ".wav", File: tone(hz, 0.3), By: 7})
	s.must(err)
	return p
}

// plays tells whether the switch would find a prompt.
func (s *shelf) plays(account int64, name string) bool {
	s.Helper()
	path, ok := s.Path(account, name)
	return ok && s.there(path)
}

func (s *shelf) there(path string) bool {
	data, err := os.ReadFile(filepath.Join(s.dir, path))
	if err != nil {
		return false
	}
	sound, err := audio.Telephone(s.Context(), data, audio.Options{Longest: time.Minute})
	return err == nil && sound.Length() > 100*time.Millisecond
}

func code(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Code
	}
	return fmt.Sprint(err)
}

func TestPrompts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		s := newShelf(t, g)
		ctx := t.Context()
		p := s.add(s.north, "开场白（新）", 700)
		if p.Milliseconds != 300 || p.Bytes != 2458 || p.Source != Uploaded || p.Original != "开场白（新）.wav" || p.CreatedBy != 7 {
			t.Errorf("%+v", p)
		}
		if !s.plays(s.north, "开场白（新）") || s.plays(s.south, "开场白（新）") {
			t.Error("a prompt is the account's own, and there at once")
		}
		for what, c := range map[string]struct {
			name, code string
		}{
			"taken": {"开场白（新）", "prompt.taken"}, "empty": {"", "prompt.name_empty"}, "a path": {"../x", "prompt.name"},
			"a dial string": {"a!b", "prompt.name"}, "a control character": {"a\nb", "prompt.name"}, "long": {strings.Repeat("长", 61), "prompt.name_long"},
			"a space": {" a", "prompt.name_long"}, "the product's": {"welcome", "prompt.reserved"},
		} {
			if _, err := s.Add(ctx, s.north, Upload{Name: c.name, File: tone(700, 1)}); code(err) != c.code {
				t.Errorf("%s: %v, want %s", what, err, c.code)
			}
		}
		if _, err := s.Add(ctx, s.north, Upload{Name: "x", File: []byte("hello")}); code(err) != "sound.kind" {
			t.Error(err)
		}
		if _, err := s.Add(ctx, s.north, Upload{Name: "x", File: make([]byte, MaxUpload+1)}); code(err) != "prompt.large" {
			t.Error(err)
		}
		other := s.add(s.south, "开场白（新）", 700) // the same sound in another account
		for what, err := range map[string]error{
			"get": second(s.Get(ctx, s.south, p.ID)), "replace": second(s.Replace(ctx, s.south, p.ID, Upload{File: tone(500, 1)})),
			"rename": second(s.Rename(ctx, s.south, p.ID, "y", 1)), "remove": s.Remove(ctx, s.south, p.ID),
		} {
			if fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s from another account: %v", what, err)
			}
		}
		q, err := s.Rename(ctx, s.north, p.ID, "开场白", 8)
		s.must(err)
		if q.Name != "开场白" || q.UpdatedBy != 8 || !s.plays(s.north, "开场白") || s.plays(s.north, "开场白（新）") {
			t.Errorf("%+v", q)
		}
		s.add(s.north, "再见语", 500)
		if _, err := s.Rename(ctx, s.north, p.ID, "再见语", 8); code(err) != "prompt.taken" {
			t.Error(err)
		}
		content, err := s.Open(ctx, q)
		s.must(err)
		defer content.Close()
		if n, _ := content.Seek(0, 2); n != q.Bytes {
			t.Errorf("%d bytes can be listened to, not %d", n, q.Bytes)
		}
		s.must(s.Remove(ctx, s.north, p.ID))
		if s.plays(s.north, "开场白") || !s.plays(s.south, other.Name) {
			t.Error("removing takes away one account's prompt alone")
		}
		list, err := s.List(ctx, s.north)
		s.must(err)
		if len(list) != 1 || list[0].Name != "再见语" {
			t.Errorf("%+v", list)
		}
	})
}

func second[T any](_ T, err error) error { return err }

// A call that plays the old sound hears it to its end; a day later it is gone
// from the folder and the store.
func TestReplacedSoundsStayForADay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		s := newShelf(t, g)
		ctx := t.Context()
		p := s.add(s.north, "广告", 700)
		old, _ := s.Path(s.north, "广告")
		oldFile := file{ID: p.FileID, AccountID: s.north, SHA256: p.SHA256}
		s.must(s.Tidy(ctx))
		q, err := s.Replace(ctx, s.north, p.ID, Upload{File: tone(900, 0.5), Original: "b.wav", By: 9})
		s.must(err)
		now, _ := s.Path(s.north, "广告")
		if now == old || !s.there(old) || !s.there(now) || q.Milliseconds != 500 || q.Original != "b.wav" || q.UpdatedBy != 9 {
			t.Errorf("old %s %v, new %s %v, %+v", old, s.there(old), now, s.there(now), q)
		}
		s.must(s.Tidy(ctx))
		s.clock.Advance(23 * time.Hour)
		s.must(s.Tidy(ctx))
		if !s.there(old) {
			t.Error("the old sound is gone too early")
		}
		s.clock.Advance(2 * time.Hour)
		past := s.clock.Now().Add(-48 * time.Hour)
		s.must(os.Chtimes(filepath.Join(s.dir, old), past, past))
		byHand := filepath.Join(s.dir, "accounts", fmt.Sprint(s.north), "by hand.wav")
		s.must(os.WriteFile(byHand, tone(700, 1), 0o600))
		s.must(os.Chtimes(byHand, past, past))
		s.must(s.Tidy(ctx))
		if _, err := s.blobs.Stat(ctx, oldFile.key()); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the old sound is in the store still: %v", err)
		}
		if s.there(old) || !s.there(now) {
			t.Errorf("old there: %v, new there: %v", s.there(old), s.there(now))
		}
		if _, err := os.Stat(byHand); err != nil {
			t.Errorf("a file that is not ours: %v", err)
		}
		// The first sound again is stored anew.
		_, err = s.Replace(ctx, s.north, p.ID, Upload{File: tone(700, 0.3)})
		s.must(err)
		if again, _ := s.Path(s.north, "广告"); again != old || !s.there(again) {
			t.Errorf("%s", again)
		}
	})
}

// A folder that was wiped, or a machine that never had it, gets everything
// back from the store.
func TestTheFolderIsMended(t *testing.T) {
	s := newShelf(t, dbtest.SQLite(t))
	ctx := t.Context()
	s.add(s.north, "甲", 700)
	s.add(s.south, "乙", 900)
	s.must(s.Speak(ctx, s.north, Text{Text: "您好", Language: "zh"}))
	s.must(os.RemoveAll(filepath.Join(s.dir, "accounts")))
	s.Mend(ctx)
	if !s.plays(s.north, "甲") || !s.plays(s.south, "乙") {
		t.Error("prompts did not come back")
	}
	if _, ok := s.SpokenPath(s.north, Text{Text: "您好", Language: "zh"}); ok {
		t.Error("a text whose file is gone is said to be there")
	}
	s.must(s.Speak(ctx, s.north, Text{Text: "您好", Language: "zh"}))
	path, ok := s.SpokenPath(s.north, Text{Text: "您好", Language: "zh"})
	if !ok || !s.there(path) || s.voice.times() != 1 {
		t.Errorf("%q %v, spoken %d times", path, ok, s.voice.times())
	}
}

// What another process adds is there after the next Refresh.
func TestAnotherProcess(t *testing.T) {
	s := newShelf(t, dbtest.SQLite(t))
	ctx, cancel := context.WithCancel(t.Context())
	b := s.another("http://127.0.0.1:1/")
	b.o.Dir = t.TempDir()
	ended := make(chan struct{})
	go func() { defer close(ended); _ = b.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	s.add(s.north, "甲", 700)
	s.must(b.Refresh(ctx))
	path, ok := b.Path(s.north, "甲")
	for deadline := time.Now().Add(20 * time.Second); ok; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(b.o.Dir, path)); err == nil {
			return
		}
		if time.Now().After(deadline) {
			break
		}
	}
	t.Errorf("the file %q did not come", path)
}
