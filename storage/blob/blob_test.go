package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/rclone/gofakes3"
	"github.com/rclone/gofakes3/s3mem"

	"switchdesk/internal/fault"
)

// each runs a test on a folder and on an S3 store in this process.
func each(t *testing.T, test func(t *testing.T, s *Store)) {
	t.Run("disk", func(t *testing.T) {
		s, err := Open(Config{Kind: "disk", Path: filepath.Join(t.TempDir(), "blobs")})
		if err != nil {
			t.Fatal(err)
		}
		test(t, s)
	})
	t.Run("s3", func(t *testing.T) { s, _ := openFake(t, nil); test(t, s) })
}

func openFake(t *testing.T, wrap func(http.Handler) http.Handler) (*Store, *s3mem.Backend) {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket(context.Background(), "desk"); err != nil {
		t.Fatal(err)
	}
	handler := noDelimiter(gofakes3.New(backend).Server())
	if wrap != nil {
		handler = wrap(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	s, err := Open(Config{Kind: "s3", Endpoint: strings.TrimPrefix(server.URL, "http://"), Bucket: "desk", Key: "k", Secret: "s", Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	return s, backend
}

// noDelimiter takes out an empty delimiter, which real stores read as none and
// this one as one between all letters.
func noDelimiter(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); q.Has("delimiter") && q.Get("delimiter") == "" {
			q.Del("delimiter")
			r.URL.RawQuery = q.Encode()
		}
		next.ServeHTTP(w, r)
	})
}

func random(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(b)
	return b
}

func TestPutAndRead(t *testing.T) {
	ctx := context.Background()
	each(t, func(t *testing.T, s *Store) {
		if err := s.Check(ctx); err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{0, 1, 100_000, 20 << 20} {
			data := random(size)
			// A reader that can't seek and gives odd pieces.
			info, err := s.Put(ctx, "rec/1/2026/录音.wav", io.NopCloser(iotest.HalfReader(bytes.NewReader(data))), int64(size), "audio/wav")
			if err != nil {
				t.Fatalf("%d bytes: %v", size, err)
			}
			if info.Size != int64(size) || len(info.SHA256) != 64 {
				t.Fatalf("%+v", info)
			}
			f, info, err := s.Get(ctx, "rec/1/2026/录音.wav")
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(f)
			if err != nil || !bytes.Equal(got, data) {
				t.Fatalf("%d bytes read of %d: %v", len(got), size, err)
			}
			if info.Size != int64(size) || time.Since(info.Modified) > time.Hour {
				t.Fatalf("%+v", info)
			}
			f.Close()
		}
	})
}

func TestRanges(t *testing.T) {
	ctx := context.Background()
	each(t, func(t *testing.T, s *Store) {
		data := random(3 << 20)
		if _, err := s.Put(ctx, "a.wav", bytes.NewReader(data), int64(len(data)), "audio/wav"); err != nil {
			t.Fatal(err)
		}
		f, _, err := s.Get(ctx, "a.wav")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			f, info, err := s.Get(r.Context(), "a.wav")
			if err != nil {
				t.Error(err)
				return
			}
			defer f.Close()
			http.ServeContent(w, r, "a.wav", info.Modified, f)
		}))
		defer server.Close()
		for _, c := range []struct {
			header   string
			from, to int
		}{{"bytes=100-199", 100, 200}, {"bytes=3000000-", 3000000, len(data)}, {"bytes=-7", len(data) - 7, len(data)}} {
			req, _ := http.NewRequestWithContext(ctx, "GET", server.URL, nil)
			req.Header.Set("Range", c.header)
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			got, _ := io.ReadAll(res.Body)
			res.Body.Close()
			if res.StatusCode != http.StatusPartialContent || !bytes.Equal(got, data[c.from:c.to]) {
				t.Errorf("%s: %d, %d bytes", c.header, res.StatusCode, len(got))
			}
		}
		part := make([]byte, 10)
		if _, err := f.ReadAt(part, 1_000_000); err != nil || !bytes.Equal(part, data[1_000_000:1_000_010]) {
			t.Errorf("ReadAt: %v", err)
		}
	})
}

func TestMissing(t *testing.T) {
	ctx := context.Background()
	each(t, func(t *testing.T, s *Store) {
		_, _, err := s.Get(ctx, "no/such.wav")
		if fault.KindOf(err) != fault.NotFound || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Get: %v", err)
		}
		if _, err := s.Stat(ctx, "no/such.wav"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("Stat: %v", err)
		}
		if err := s.Delete(ctx, "no/such.wav"); err != nil {
			t.Errorf("Delete: %v", err)
		}
		if _, err := s.Put(ctx, "no/such.wav", strings.NewReader("x"), 1, "audio/wav"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Stat(ctx, "no"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a folder is a file: %v", err)
		}
		if err := s.Delete(ctx, "no"); err != nil {
			t.Errorf("Delete of a folder: %v", err)
		}
		if err := s.Delete(ctx, "no/such.wav"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Stat(ctx, "no/such.wav"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("deleted, but: %v", err)
		}
	})
}

func TestWrongLengthIsNotStored(t *testing.T) {
	ctx := context.Background()
	each(t, func(t *testing.T, s *Store) {
		for _, size := range []int64{3, 20} {
			if _, err := s.Put(ctx, "cut.wav", strings.NewReader("ten bytes."), size, "audio/wav"); !errors.Is(err, ErrCut) {
				t.Errorf("10 bytes said to be %d: %v", size, err)
			}
			if _, err := s.Stat(ctx, "cut.wav"); fault.KindOf(err) != fault.NotFound {
				t.Errorf("10 bytes said to be %d were stored: %v", size, err)
			}
		}
		broken := io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(errors.New("disk failed")))
		if _, err := s.Put(ctx, "cut.wav", broken, 10, "audio/wav"); err == nil {
			t.Error("a source that fails was stored")
		}
		if _, err := s.Put(ctx, "cut.wav", strings.NewReader(""), -1, ""); fault.KindOf(err) != fault.Invalid {
			t.Errorf("unknown size: %v", err)
		}
	})
}

func TestKeysThatAreRefused(t *testing.T) {
	ctx := context.Background()
	bad := []string{"", "/a", "a/", "a//b", "..", "../a", "a/../b", "a/..", "./a", ".hidden", "a/.b", `a\b`, "a\x00b", "a\nb", "C:a", "a?b", " a", "a /b", strings.Repeat("a", 201), strings.Repeat("a/", 300) + "a", "\xff"}
	each(t, func(t *testing.T, s *Store) {
		for _, key := range bad {
			_, err := s.Put(ctx, key, strings.NewReader("x"), 1, "")
			_, _, err2 := s.Get(ctx, key)
			_, err3 := s.Stat(ctx, key)
			err4 := s.Delete(ctx, key)
			for _, err := range []error{err, err2, err3, err4} {
				if fault.KindOf(err) != fault.Invalid {
					t.Errorf("%q: %v", key, err)
				}
			}
		}
	})
}

func TestLinksDontLeadOut(t *testing.T) {
	ctx := context.Background()
	outside, root := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("s"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(root, "out")); err != nil {
		t.Fatal(err)
	}
	s, err := Open(Config{Kind: "disk", Path: root})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Get(ctx, "out/secret"); err == nil {
		t.Error("a link led out of the folder")
	}
	if _, err := s.Put(ctx, "out/new", strings.NewReader("x"), 1, ""); err == nil {
		t.Error("a link led a write out of the folder")
	}
}

// TestReadersSeeWholeFiles replaces a file while it is read.
func TestReadersSeeWholeFiles(t *testing.T) {
	ctx := context.Background()
	each(t, func(t *testing.T, s *Store) {
		versions := [][]byte{bytes.Repeat([]byte("a"), 50_000), bytes.Repeat([]byte("b"), 70_000)}
		put := func(v []byte) {
			if _, err := s.Put(ctx, "x", bytes.NewReader(v), int64(len(v)), ""); err != nil {
				t.Error(err)
			}
		}
		put(versions[0])
		var wg sync.WaitGroup
		var done atomic.Bool
		wg.Go(func() {
			defer done.Store(true)
			for i := range 20 {
				put(versions[i%2])
			}
		})
		for !done.Load() {
			f, _, err := s.Get(ctx, "x")
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(f)
			f.Close()
			// A store may refuse the read of a version that has gone; it must
			// never mix two.
			if err == nil && !bytes.Equal(got, versions[0]) && !bytes.Equal(got, versions[1]) {
				t.Fatalf("%d bytes of two versions", len(got))
			}
		}
		wg.Wait()
	})
}

// TestDamageOnTheWay has a store that confirms and keeps something else.
func TestDamageOnTheWay(t *testing.T) {
	ctx := context.Background()
	data := random(1000)
	for name, keep := range map[string][]byte{"shorter": data[:999], "different": append(random(999)[1:], 1, 2)} {
		var backend *s3mem.Backend
		s, b := openFake(t, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(w, r)
				if r.Method == http.MethodPut && backend != nil {
					_, err := backend.PutObject(r.Context(), "desk", "x", map[string]string{"Last-Modified": time.Now().UTC().Format(http.TimeFormat)}, bytes.NewReader(keep), int64(len(keep)))
					if err != nil {
						t.Error(err)
					}
				}
			})
		})
		backend = b
		if _, err := s.Put(ctx, "x", bytes.NewReader(data), 1000, ""); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStoreAway(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	away, _ := openFake(t, func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	})
	noBucket, err := Open(Config{Kind: "s3", Endpoint: "127.0.0.1:1", Bucket: "b", Key: "k", Secret: "s", Region: "r"})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*Store{away, noBucket} {
		if err := s.Check(ctx); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("Check: %v", err)
		}
		if _, err := s.Put(ctx, "x", strings.NewReader("x"), 1, ""); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("Put: %v", err)
		}
		if _, _, err := s.Get(ctx, "x"); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("Get: %v", err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, cfg := range []Config{{Kind: "ftp"}, {Kind: "disk"}, {Kind: "s3", Endpoint: "h:1"}, {Kind: "s3", Endpoint: "http://h/x", Bucket: "b"}} {
		if _, err := Open(cfg); err == nil {
			t.Errorf("%+v was opened", cfg)
		}
	}
}
