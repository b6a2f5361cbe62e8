package app

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"switchdesk/calls"
	"switchdesk/calls/sample"
	"switchdesk/configs"
	"switchdesk/jobs"
	"switchdesk/storage/blob"
	"switchdesk/storage/db"
)

// TestDoctorOfRecords damages what is written down in every way and sees each
// fault told in one line, and nothing else.
func TestDoctorOfRecords(t *testing.T) {
	ctx := context.Background()
	cfg, err := configs.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg.DataDir = t.TempDir()
	if _, err := CheckRecords(ctx, cfg, &bytes.Buffer{}); err == nil {
		t.Error("an empty folder was looked at")
	}
	if _, err := Migrate(ctx, cfg); err != nil {
		t.Fatal(err)
	}
	g, err := db.Open(DatabaseOf(cfg))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(g)
	objects, err := blob.Open(BlobOf(cfg))
	if err != nil {
		t.Fatal(err)
	}
	recorded := soundCalls(t, g, objects)
	look := func() (int, string) {
		var out bytes.Buffer
		n, err := CheckRecords(ctx, cfg, &out)
		if err != nil {
			t.Fatal(err)
		}
		return n, out.String()
	}
	if n, out := look(); n != 0 || !strings.Contains(out, "all is well") {
		t.Fatalf("%d faults in sound records:\n%s", n, out)
	}
	run := func(sql string, args ...any) func() {
		return func() {
			if res := g.Exec(sql, args...); res.Error != nil || res.RowsAffected == 0 {
				t.Fatalf("%s: %d rows, %v", sql, res.RowsAffected, res.Error)
			}
		}
	}
	old := time.Now().Add(-48 * time.Hour)
	for says, damage := range map[string]func(){
		"call " + recorded[0] + " (account 1) has no end": run("UPDATE calls SET ended_at = '0001-01-01 00:00:00+00:00' WHERE id = ?", recorded[0]),
		"has no outcome":                 run("UPDATE calls SET outcome = '' WHERE id = ?", recorded[1]),
		"was never answered":             run("UPDATE calls SET answered_at = NULL, outcome = 'answered' WHERE id = ?", recorded[2]),
		"a leg is without its call gone": run("INSERT INTO call_legs (account_id, call_id, uuid, role, agent_id, number, started_at, ended_at, cause) VALUES (1, 'gone', 'u', 'customer', 0, '1', '2026-01-01 00:00:00+00:00', '2026-01-01 00:00:01+00:00', '')"),
		"has no end":                     run("UPDATE call_legs SET ended_at = '0001-01-01 00:00:00+00:00' WHERE id = (SELECT MIN(id) FROM call_legs WHERE call_id = ?)", recorded[3]),
		"is without its object":          func() { _ = objects.Delete(ctx, keyOf(t, g, recorded[4])) },
		"bytes in the store instead of":  run("UPDATE recordings SET bytes = bytes + 1 WHERE call_id = ?", recorded[5]),
		"waits for the store since":      run("UPDATE recordings SET state = 'waiting', blob_key = '' WHERE call_id = ?", recorded[6]),
		"says its recording is none":     run("UPDATE calls SET recording_state = 'none' WHERE id = ?", recorded[7]),
		"the object recordings/1/stray.wav is without a record": func() {
			if _, err := objects.Put(ctx, "recordings/1/stray.wav", strings.NewReader("x"), 1, "audio/wav"); err != nil {
				t.Fatal(err)
			}
		},
		"is without its file exports/1/1-1.zip": func() {
			j := jobs.Job{AccountID: 1, Kind: calls.KindRecords, State: jobs.Done, ResultKey: "exports/1/1-1.zip", CreatedAt: old}
			if err := g.Create(&j).Error; err != nil {
				t.Fatal(err)
			}
		},
		"the file 2026/forgotten.wav in the spool is without a record": func() {
			file := filepath.Join(cfg.DataDir, spoolDir, "2026", "forgotten.wav")
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(file, old, old); err != nil {
				t.Fatal(err)
			}
		},
	} {
		before, _ := look()
		damage()
		after, out := look()
		// A recording that waits contradicts its call's row too, as does a
		// waiting one whose object is still there.
		if after <= before || !strings.Contains(out, says) {
			t.Errorf("%q: %d faults before, %d after:\n%s", says, before, after, out)
		}
	}
}

func keyOf(t *testing.T, g *gorm.DB, call string) string {
	t.Helper()
	var key string
	if err := g.Table("recordings").Where("call_id = ?", call).Pluck("blob_key", &key).Error; err != nil || key == "" {
		t.Fatal(key, err)
	}
	return key
}

// soundCalls writes calls with their recordings and gives the ids of those
// that are recorded and were answered.
func soundCalls(t *testing.T, g *gorm.DB, objects *blob.Store) []string {
	t.Helper()
	from := time.Now().UTC().AddDate(0, 0, -3)
	gen := sample.New(sample.Plan{Account: 1, Agents: []sample.Named{{ID: 1, Name: "李静"}}, Groups: []sample.Named{{ID: 1, Name: "售后"}},
		Services: []string{"4008001234"}, From: from, To: from.AddDate(0, 0, 2), Count: 60, Seed: 1})
	var all []calls.Bundle
	var recorded []string
	for b, ok := gen.Next(); ok; b, ok = gen.Next() {
		if r := b.Recording; r != nil {
			if r.State != calls.RecStored {
				continue
			}
			r.Bytes = 5
			if _, err := objects.Put(context.Background(), r.BlobKey, strings.NewReader("sound"), 5, "audio/wav"); err != nil {
				t.Fatal(err)
			}
			if b.Record.Outcome == calls.Answered {
				recorded = append(recorded, b.Record.ID)
			}
		}
		all = append(all, b)
	}
	if err := calls.NewStore(g).Save(context.Background(), all); err != nil {
		t.Fatal(err)
	}
	return recorded
}
