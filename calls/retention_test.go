package calls_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"switchdesk/accounts"
	"switchdesk/calls"
	"switchdesk/internal/clock"
	"switchdesk/internal/fault"
	"switchdesk/storage/blob"
	"switchdesk/storage/db/dbtest"
)

// tablesOf are the tables that hold something of calls.
func tablesOf(t *testing.T, g *gorm.DB) []string {
	t.Helper()
	all, err := g.Migrator().GetTables()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, table := range all {
		columns, err := g.Migrator().ColumnTypes(table)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range columns {
			if c.Name() == "call_id" && table != "agent_spans" { // the agents' own time log
				out = append(out, table)
			}
		}
	}
	return out
}

func TestRetention(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		ctx := context.Background()
		objects, _ := store(t)
		people := accounts.NewService(g, clock.Real{}, accounts.Options{Hash: accounts.HashCost{MemoryKiB: 64, Passes: 1, Lanes: 1}})
		// The calls reach from 1 September over 30 days.
		now := clock.NewVirtual(time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC))
		r := &calls.Retention{DB: g, Objects: objects, Accounts: people, Clock: now, Log: slog.New(slog.DiscardHandler)}
		var held string
		all := made(t, g, 900, func(_ int, b *calls.Bundle) {
			if b.Recording != nil && b.Recording.State == calls.RecStored {
				if _, err := objects.Put(ctx, b.Recording.BlobKey, bytes.NewReader([]byte("wav")), 3, "audio/wav"); err != nil {
					t.Fatal(err)
				}
				if held == "" {
					held = b.Record.ID
				}
			}
		})
		admin := accounts.Actor{AccountID: account, UserID: user, Name: "周明", Rights: accounts.All()}
		if err := r.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if err := r.Hold(ctx, admin, held, true, "诉讼"); err != nil {
			t.Fatal(err)
		}
		stranger := admin
		stranger.AccountID++
		if err := r.Hold(ctx, stranger, held, false, ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another account releases it: %v", err)
		}
		if err := r.SetRules(ctx, admin, calls.Rules{RecordingDays: 10, RecordDays: 20}); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second finds nothing to do
			if err := r.Sweep(ctx); err != nil {
				t.Fatal(err)
			}
		}
		objectLeft := map[string]bool{}
		if err := objects.List(ctx, "recordings", func(i blob.Info) error { objectLeft[i.Key] = true; return nil }); err != nil {
			t.Fatal(err)
		}
		s := calls.NewStore(g)
		deleted := map[string]bool{}
		var recordings, records int
		for _, b := range all {
			id := b.Record.ID
			d, err := s.Get(ctx, account, id)
			gone := b.Record.StartedAt.Before(now.Now().AddDate(0, 0, -20)) && id != held
			if gone != (fault.KindOf(err) == fault.NotFound) {
				t.Fatalf("call of %v: %v", b.Record.StartedAt, err)
			}
			if b.Recording != nil && b.Recording.State != calls.RecWaiting && id != held && b.Recording.StartedAt.Before(now.Now().AddDate(0, 0, -10)) {
				recordings++
				if !gone && (d.Recording.State != calls.RecExpired || d.Record.RecordingState != calls.RecExpired || d.Recording.BlobKey != "") {
					t.Fatalf("recording of %v: %+v", b.Record.StartedAt, d.Recording)
				}
				if objectLeft[b.Recording.BlobKey] && b.Recording.BlobKey != "" {
					t.Fatalf("the audio of %v is still there", b.Record.StartedAt)
				}
			} else if b.Recording != nil && b.Recording.State == calls.RecStored && !objectLeft[b.Recording.BlobKey] {
				t.Fatalf("the audio of %v is gone", b.Record.StartedAt)
			}
			if gone {
				deleted[id] = true
				records++
			}
		}
		if records == 0 || recordings <= records/3 {
			t.Fatalf("the test deletes %d records, %d recordings", records, recordings)
		}
		for _, table := range tablesOf(t, g) {
			if !slices.Contains(calls.Belongings, table) {
				t.Errorf("%s holds something of calls: name it in Belongings", table)
			}
			var ids []string
			if err := g.Table(table).Distinct().Pluck("call_id", &ids).Error; err != nil {
				t.Fatal(err)
			}
			for _, id := range ids {
				if deleted[id] {
					t.Errorf("%s still has something of call %s", table, id)
					break
				}
			}
		}
		log, err := people.AuditLog(ctx, admin, accounts.AuditFilter{Action: "retention.delete"})
		if err != nil || len(log) != 1 {
			t.Fatalf("%+v %v", log, err)
		}
		var swept struct{ Recordings, Records int }
		if err := json.Unmarshal(log[0].Detail, &swept); err != nil || swept.Recordings != recordings || swept.Records != records {
			t.Errorf("the log says %+v, deleted were %d and %d (%v)", swept, recordings, records, err)
		}
		if err := r.Hold(ctx, admin, held, false, ""); err != nil {
			t.Fatal(err)
		}
		if err := r.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Get(ctx, account, held); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a released call stays: %v", err)
		}
	})
}
