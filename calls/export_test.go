package calls_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"gorm.io/gorm"

	"switchdesk/calls"
	"switchdesk/calls/sample"
	"switchdesk/internal/fault"
	"switchdesk/jobs"
	"switchdesk/storage/blob"
	"switchdesk/storage/db"
	"switchdesk/storage/db/dbtest"
)

const account, user = 7, 70

var shanghai = time.FixedZone("CST", 8*3600)

// TestMain works as an export's worker instead of testing when it is asked
// to, so that a worker can be killed as a process.
func TestMain(m *testing.M) {
	if os.Getenv("EXPORT_DB") == "" {
		os.Exit(m.Run())
	}
	g, err := db.Open(db.Config{Driver: "sqlite", DSN: os.Getenv("EXPORT_DB")})
	if err == nil {
		var objects *blob.Store
		if objects, err = blob.Open(blob.Config{Kind: "disk", Path: os.Getenv("EXPORT_BLOBS")}); err == nil {
			err = workers(g, objects, fmt.Sprint("process ", os.Getpid())).Run(context.Background())
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func everybody(context.Context, int64, int64, bool) (calls.Scope, error) {
	return calls.Scope{Zone: shanghai, Language: "zh-CN"}, nil
}

func exporter(g *gorm.DB, objects *blob.Store) *calls.Exporter {
	return &calls.Exporter{Store: calls.NewStore(g), Objects: objects, Now: time.Now, SaveEvery: time.Millisecond, Scope: everybody}
}

func workers(g *gorm.DB, objects *blob.Store, name string) *jobs.Service {
	return jobs.NewService(g, jobs.Options{Kinds: exporter(g, objects).Kinds(), Worker: name, Lease: time.Second, Poll: 10 * time.Millisecond,
		Log: slog.New(slog.DiscardHandler), Remove: objects.Delete})
}

func store(t *testing.T) (*blob.Store, string) {
	t.Helper()
	dir := t.TempDir()
	objects, err := blob.Open(blob.Config{Kind: "disk", Path: dir})
	if err != nil {
		t.Fatal(err)
	}
	return objects, dir
}

// made writes sample calls and gives them, the newest last.
func made(t *testing.T, g *gorm.DB, n int, change func(i int, b *calls.Bundle)) []calls.Bundle {
	t.Helper()
	from := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	gen := sample.New(sample.Plan{Account: account, Agents: []sample.Named{{ID: 1, Name: "李静"}, {ID: 2, Name: "王浩"}}, Groups: []sample.Named{{ID: 5, Name: "售前"}},
		Services: []string{"4008001234"}, From: from, To: from.AddDate(0, 0, 30), Count: n, Seed: 3})
	var all []calls.Bundle
	for b, ok := gen.Next(); ok; b, ok = gen.Next() {
		if change != nil {
			change(len(all), &b)
		}
		all = append(all, b)
	}
	for at := 0; at < len(all); at += 500 {
		if err := calls.NewStore(g).Save(context.Background(), all[at:min(at+500, len(all))]); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !holds(); time.Sleep(5 * time.Millisecond) { // polling a condition
		if time.Now().After(end) {
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

func job(t *testing.T, s *jobs.Service, id int64) jobs.Job {
	t.Helper()
	j, err := s.Get(context.Background(), account, id)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// run has a worker work until the func is called.
func run(t *testing.T, s *jobs.Service) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	stopped := false
	stop = func() {
		if !stopped {
			stopped = true
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	}
	t.Cleanup(stop)
	return stop
}

// unzip reads a zip from the store.
func unzip(t *testing.T, objects *blob.Store, key string) map[string][]byte {
	t.Helper()
	f, info, err := objects.Get(context.Background(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := zip.NewReader(f, info.Size)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, e := range r.File {
		rc, err := e.Open()
		if err != nil {
			t.Fatal(err)
		}
		if out[e.Name], err = io.ReadAll(rc); err != nil { // checks the sum
			t.Fatalf("%s: %v", e.Name, err)
		}
	}
	return out
}

func sheet(t *testing.T, data []byte) [][]string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestExportTask(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		ctx := context.Background()
		objects, _ := store(t)
		all := made(t, g, 5200, func(i int, b *calls.Bundle) {
			b.Record.Note = []string{"=cmd|' /C calc'!A0", "@SUM(1)", "普通备注", ""}[i%4]
		})
		s := workers(g, objects, "a")
		j, err := s.Add(ctx, jobs.New{AccountID: account, Kind: calls.KindRecords, OwnerID: user, Input: calls.Wanted{Trail: true}})
		if err != nil {
			t.Fatal(err)
		}
		run(t, s)
		until(t, "the task is over", func() bool { return !job(t, s, j.ID).Active() })
		if j = job(t, s, j.ID); j.State != jobs.Done || j.Done != 5200 || !strings.HasSuffix(j.ResultName, ".zip") || j.ResultNote != `{"rows":5200}` {
			t.Fatalf("%+v", j)
		}
		files := unzip(t, objects, j.ResultKey)
		rows := sheet(t, files["通话记录.xlsx"])
		if len(rows) != 5201 || len(files) != 1 {
			t.Fatalf("%d rows in %d files", len(rows), len(files))
		}
		byID := map[string]calls.Bundle{}
		for _, b := range all {
			byID[b.Record.ID] = b
		}
		column := map[string]int{}
		for i, title := range rows[0] {
			column[title] = i
		}
		for i, row := range rows[1:] {
			cell := func(title string) string {
				if c := column[title]; c < len(row) {
					return row[c]
				}
				return ""
			}
			b, ok := byID[row[0]]
			if !ok {
				t.Fatalf("row %d is no call, or twice: %v", i, row)
			}
			delete(byID, row[0])
			if i > 0 && cell("开始时间") > rows[i][column["开始时间"]] {
				t.Fatalf("row %d is not in order", i)
			}
			if want := b.Record.StartedAt.In(shanghai).Format(time.DateTime); cell("开始时间") != want || cell("主叫号码") != b.Record.From {
				t.Fatalf("%v, want %s", row, want)
			}
			if strings.ContainsAny(cell("备注")+" ", "=@") && !strings.HasPrefix(cell("备注"), "'") {
				t.Fatalf("a formula: %v", row)
			}
			if len(b.Steps) > 0 && !strings.HasPrefix(cell("IVR轨迹"), b.Steps[0].Title) {
				t.Fatalf("trail %q of %+v", cell("IVR轨迹"), b.Steps)
			}
		}
		if len(byID) > 0 {
			t.Errorf("%d calls are not in the file", len(byID))
		}
	})
}

func TestExportKeepsToScopeAndFilter(t *testing.T) {
	g := dbtest.SQLite(t)
	objects, _ := store(t)
	all := made(t, g, 400, nil)
	e := exporter(g, objects)
	want := 0
	for _, b := range all {
		if b.Record.AgentID == 1 && b.Record.Direction == calls.Out {
			want++
		}
	}
	var buf bytes.Buffer
	w := calls.Wanted{Filter: calls.Filter{Direction: calls.Out, Agents: []int64{1, 2}}}
	n, err := e.WriteWorkbook(context.Background(), &buf, account, w, calls.Scope{Agents: []int64{1}, Language: "en"})
	if err != nil || int(n) != want || want == 0 {
		t.Fatalf("%d rows, want %d: %v", n, want, err)
	}
	rows := sheet(t, buf.Bytes())
	if len(rows) != want+1 || rows[0][0] != "Call" || rows[1][1] != "Out" {
		t.Errorf("%d rows, %v", len(rows), rows[:2])
	}
	for most, want := range map[int]int{10: 11, 1000: 400} {
		if n, err := e.Store.CountUpTo(context.Background(), account, calls.Wanted{}, calls.Scope{}, most); err != nil || n != want {
			t.Errorf("counting up to %d: %d, want %d (%v)", most, n, want, err)
		}
	}
	if n, _ := e.Store.CountUpTo(context.Background(), account+1, calls.Wanted{}, calls.Scope{}, 10); n != 0 {
		t.Errorf("another account has %d of them", n)
	}
	if err := (calls.Wanted{IDs: make([]string, 1001)}).Check(); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("a thousand and one chosen: %v", err)
	}
}

// Whoever has lost the right meanwhile gets nothing.
func TestExportAsksForTheRightAgain(t *testing.T) {
	g := dbtest.SQLite(t)
	objects, _ := store(t)
	made(t, g, 5, nil)
	e := exporter(g, objects)
	e.Scope = func(context.Context, int64, int64, bool) (calls.Scope, error) {
		return calls.Scope{}, fault.New(fault.Forbidden, "right.missing", "gone")
	}
	s := jobs.NewService(g, jobs.Options{Kinds: e.Kinds(), Worker: "a", Poll: 10 * time.Millisecond, Log: slog.New(slog.DiscardHandler)})
	j, err := s.Add(context.Background(), jobs.New{AccountID: account, Kind: calls.KindRecords, OwnerID: user, Input: calls.Wanted{}})
	if err != nil {
		t.Fatal(err)
	}
	run(t, s)
	until(t, "the task has failed", func() bool { return job(t, s, j.ID).State == jobs.Failed })
	if j = job(t, s, j.ID); j.ErrorCode != "right.missing" || j.Attempts != 1 {
		t.Errorf("%+v", j)
	}
}

// A worker that is killed, again and again, is taken over: the file has every
// call once, and nobody ever sees half of it.
func TestKilledExportGoesOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kill.db")
	g, err := db.Open(db.Config{Driver: "sqlite", DSN: path})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(g)
	if _, err := db.Migrate(context.Background(), g); err != nil {
		t.Fatal(err)
	}
	objects, dir := store(t)
	all := made(t, g, 30_000, nil)
	s := workers(g, objects, "onlooker")
	j, err := s.Add(context.Background(), jobs.New{AccountID: account, Kind: calls.KindRecords, OwnerID: user, Input: calls.Wanted{}})
	if err != nil {
		t.Fatal(err)
	}
	start := func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "EXPORT_DB="+path, "EXPORT_BLOBS="+dir)
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	kills := 0
	for at := int64(1); kills < 3; kills++ {
		worker := start()
		until(t, "the worker gets on", func() bool {
			now := job(t, s, j.ID)
			return now.Done >= at && now.State == jobs.Running || !now.Active()
		})
		_ = worker.Process.Kill()
		_ = worker.Wait()
		now := job(t, s, j.ID)
		if !now.Active() {
			break
		}
		if err := objects.List(context.Background(), "exports", func(i blob.Info) error { return errors.New(i.Key) }); err != nil {
			t.Errorf("half a file is seen: %v", err)
		}
		at = now.Done + 4000
	}
	if kills == 0 {
		t.Fatal("the worker was never killed")
	}
	last := start()
	defer func() { _ = last.Process.Kill(); _ = last.Wait() }()
	until(t, "the task is done", func() bool { return job(t, s, j.ID).State == jobs.Done })
	seen := map[string]bool{}
	rows := sheet(t, unzip(t, objects, job(t, s, j.ID).ResultKey)["通话记录.xlsx"])[1:]
	for _, row := range rows {
		if seen[row[0]] {
			t.Fatalf("%s is there twice", row[0])
		}
		seen[row[0]] = true
	}
	if len(seen) != len(all) {
		t.Errorf("%d calls of %d after %d kills", len(seen), len(all), kills)
	}
	t.Logf("killed %d times", kills)
}

func TestRecordingsInBulk(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		ctx := context.Background()
		objects, _ := store(t)
		sound := func(id string) []byte { return bytes.Repeat([]byte(id), 500) }
		want, lacks := map[string][]byte{}, map[string]string{}
		made(t, g, 300, func(i int, b *calls.Bundle) {
			b.Record.AgentName = "../../李 静\x00.exe"
			if b.Recording == nil {
				return
			}
			r := b.Recording
			switch i % 20 {
			case 3:
				lacks[b.Record.ID] = "缺失" // the store has lost it
				return
			case 4:
				r.State, b.Record.RecordingState, r.BlobKey, lacks[b.Record.ID] = calls.RecExpired, calls.RecExpired, "", "已过保存期"
				return
			case 5:
				r.State, b.Record.RecordingState, r.BlobKey, lacks[b.Record.ID] = calls.RecWaiting, calls.RecWaiting, "", "未入库"
				r.NextTry = time.Now().AddDate(1, 0, 0)
				return
			}
			if r.State != calls.RecStored {
				lacks[b.Record.ID] = "缺失"
				return
			}
			data := sound(b.Record.ID)
			if _, err := objects.Put(ctx, r.BlobKey, bytes.NewReader(data), int64(len(data)), "audio/wav"); err != nil {
				t.Fatal(err)
			}
			want[b.Record.ID] = data
		})
		a, b := workers(g, objects, "a"), workers(g, objects, "b")
		j, err := a.Add(ctx, jobs.New{AccountID: account, Kind: calls.KindRecordings, OwnerID: user, Input: calls.Wanted{}})
		if err != nil {
			t.Fatal(err)
		}
		stop := run(t, a)
		until(t, "some are packed", func() bool { now := job(t, a, j.ID); return now.Done > 20 || !now.Active() })
		stop() // hands back; another goes on
		run(t, b)
		until(t, "the task is over", func() bool { return !job(t, b, j.ID).Active() })
		if j = job(t, b, j.ID); j.State != jobs.Done || j.ResultNote != fmt.Sprintf(`{"rows":%d,"missing":%d}`, len(want), len(lacks)) {
			t.Fatalf("%+v, want %d and %d", j, len(want), len(lacks))
		}
		files := unzip(t, objects, j.ResultKey)
		list := sheet(t, files["录音清单.xlsx"])
		if len(files) != len(want)+1 || len(list) != len(want)+len(lacks)+1 {
			t.Fatalf("%d files, %d lines; want %d recordings, %d missing", len(files), len(list), len(want), len(lacks))
		}
		for _, row := range list[1:] {
			name, state, id := row[0], row[1], row[2]
			if strings.ContainsAny(name, "/\\ \x00") || strings.Contains(name, "..") {
				t.Errorf("a name that leads out: %q", name)
			}
			if lacks[id] != "" {
				if state != lacks[id] || name != "" {
					t.Errorf("%v, want %s", row, lacks[id])
				}
			} else if state != "已包含" || !bytes.Equal(files[name], want[id]) {
				t.Errorf("%v has %d bytes", row, len(files[name]))
			}
		}
	})
}
