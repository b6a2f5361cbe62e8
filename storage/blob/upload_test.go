package blob

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"slices"
	"testing"

	"switchdesk/internal/fault"
)

// An upload goes on in another process where its state was taken, and nobody
// sees it before it is whole.
func TestUploadGoesOn(t *testing.T) {
	ctx := context.Background()
	each(t, func(t *testing.T, s *Store) {
		data := random(50 << 20)
		u, err := s.Begin(ctx, "exports/1/a.zip", "application/zip")
		if err != nil {
			t.Fatal(err)
		}
		at := 7 << 20
		if _, err := u.Write(data[:at]); err != nil {
			t.Fatal(err)
		}
		if whole, err := u.Sync(); err != nil || !whole {
			t.Fatalf("seven megabytes are not a part: %v", err)
		}
		saved, _ := json.Marshal(u.State())
		if _, err := u.Write(random(30 << 20)); err != nil { // lost with the process
			t.Fatal(err)
		}
		var st UploadState
		if err := json.Unmarshal(saved, &st); err != nil {
			t.Fatal(err)
		}
		if st.Offset() != int64(at) {
			t.Fatalf("%d bytes confirmed, want %d", st.Offset(), at)
		}
		if u, err = s.Resume(ctx, st); err != nil {
			t.Fatal(err)
		}
		for chunk := range slices.Chunk(data[at:], 1<<20) {
			if _, err := u.Write(chunk); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Stat(ctx, "exports/1/a.zip"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("an unfinished upload is seen: %v", err)
		}
		if err := s.List(ctx, "exports/", func(i Info) error { t.Errorf("an unfinished upload is listed: %+v", i); return nil }); err != nil {
			t.Error(err)
		}
		info, err := u.Finish()
		if err != nil || info.Size != int64(len(data)) {
			t.Fatalf("%+v %v", info, err)
		}
		f, _, err := s.Get(ctx, "exports/1/a.zip")
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(f)
		f.Close()
		if err != nil || !bytes.Equal(got, data) {
			t.Fatalf("%d bytes read of %d, or others: %v", len(got), len(data), err)
		}
	})
}

// Who died between completing and saying so completes again.
func TestUploadFinishedTwice(t *testing.T) {
	ctx := context.Background()
	each(t, func(t *testing.T, s *Store) {
		u, err := s.Begin(ctx, "x", "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := u.Write(random(6 << 20)); err != nil {
			t.Fatal(err)
		}
		if _, err := u.Sync(); err != nil {
			t.Fatal(err)
		}
		again, _ := s.Resume(ctx, u.State())
		if _, err := u.Finish(); err != nil {
			t.Fatal(err)
		}
		if info, err := again.Finish(); err != nil || info.Size != 6<<20 {
			t.Errorf("%+v %v", info, err)
		}
	})
}

func TestUploadEmptySmallAndAbandoned(t *testing.T) {
	ctx := context.Background()
	each(t, func(t *testing.T, s *Store) {
		for name, data := range map[string][]byte{"empty": nil, "small": []byte("abc")} {
			u, err := s.Begin(ctx, name, "")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := u.Write(data); err != nil {
				t.Fatal(err)
			}
			if _, err := u.Sync(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if info, err := u.Finish(); err != nil || info.Size != int64(len(data)) {
				t.Errorf("%s: %+v %v", name, info, err)
			}
		}
		u, err := s.Begin(ctx, "a/dropped", "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := u.Write(random(6 << 20)); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.Abandon(ctx, u.State()); err != nil {
				t.Error(err)
			}
		}
		if _, err := u.Finish(); err == nil {
			t.Error("an abandoned upload was finished")
		}
		var keys []string
		if err := s.List(ctx, "", func(i Info) error { keys = append(keys, i.Key); return nil }); err != nil {
			t.Fatal(err)
		}
		slices.Sort(keys)
		if !slices.Equal(keys, []string{"empty", "small"}) {
			t.Errorf("listed: %q", keys)
		}
		if err := s.List(ctx, "nowhere/", func(Info) error { t.Error("something is nowhere"); return nil }); err != nil {
			t.Errorf("an empty folder: %v", err)
		}
	})
}
