package zipfile

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

var at = time.Date(2026, 11, 22, 9, 30, 10, 0, time.UTC)

func read(t *testing.T, data []byte) map[string]string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range r.File {
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(rc) // checks the sum
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		out[f.Name] = string(got)
	}
	return out
}

func TestArchiveIsReadByOthers(t *testing.T) {
	var buf bytes.Buffer
	z := New(&buf)
	want := map[string]string{"录音/一.wav": strings.Repeat("ab", 70_000), "empty": "", "清单.csv": "a,b\n", "packed-empty": ""}
	for name, text := range want {
		m := Stored
		if strings.HasSuffix(name, "wav") || name == "packed-empty" {
			m = Deflated
		}
		if err := z.Begin(name, m, at); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(z, text); err != nil {
			t.Fatal(err)
		}
		if err := z.End(); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	got := read(t, buf.Bytes())
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s: %d bytes, want %d", name, len(got[name]), len(text))
		}
	}
	if len(got) != len(want) {
		t.Errorf("entries: %v", got)
	}
}

// Wherever the writer dies, another one goes on from its last state, and the
// archive is whole.
func TestAnotherGoesOn(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		var buf bytes.Buffer
		z := New(&buf)
		want := map[string]string{}
		saved, _ := json.Marshal(z.State())
		kept := 0
		save := func() {
			saved, _ = json.Marshal(z.State())
			kept = buf.Len()
		}
		text := func(f, p int) string { return strings.Repeat(fmt.Sprintf("文件%d行%d ", f, p), 50+f*p) }
		f, p := 0, -1
		savedF, savedP := f, p
		for f < 4 {
			if r.IntN(7) == 0 { // it dies, having written more than it saved
				buf.Truncate(kept)
				var st State
				if err := json.Unmarshal(saved, &st); err != nil {
					t.Fatal(err)
				}
				z = Resume(&buf, st)
				f, p = savedF, savedP
			}
			name := fmt.Sprintf("f%d", f)
			var err error
			switch {
			case p < 0:
				err = z.Begin(name, []Method{Stored, Deflated}[f%2], at)
				want[name] = ""
			case p == 5:
				err = z.End()
				for i := range 5 {
					want[name] += text(f, i)
				}
			default:
				_, err = io.WriteString(z, text(f, p))
			}
			if err != nil {
				t.Fatal(err)
			}
			if p++; p > 5 {
				f, p = f+1, -1
			}
			if r.IntN(2) == 0 {
				if err := z.Flush(); err != nil {
					t.Fatal(err)
				}
				save()
				savedF, savedP = f, p
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		got := read(t, buf.Bytes())
		for name := range want {
			var full string
			var n int
			fmt.Sscanf(name, "f%d", &n)
			for i := range 5 {
				full += text(n, i)
			}
			if got[name] != full {
				t.Fatalf("seed %d: %s has %d bytes, want %d", seed, name, len(got[name]), len(full))
			}
		}
		if len(got) != 4 {
			t.Fatalf("seed %d: %d entries", seed, len(got))
		}
	}
}

// Past four gigabytes and 65,535 entries the larger fields are used.
func TestLarge(t *testing.T) {
	if e := (&Entry{Name: "a", Packed: 5 << 30, Size: 5 << 30, Offset: 6 << 30}).central(); len(e) != 46+1+28 {
		t.Errorf("a large entry's line has %d bytes", len(e))
	}
	var buf bytes.Buffer
	z := New(&buf)
	for i := range 70_000 {
		if err := z.Begin(fmt.Sprint(i), Stored, at); err != nil {
			t.Fatal(err)
		}
		if err := z.End(); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if got := read(t, buf.Bytes()); len(got) != 70_000 {
		t.Errorf("%d entries", len(got))
	}
}
