package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gorm.io/gorm"

	"switchdesk/calls"
	"switchdesk/configs"
	"switchdesk/internal/fault"
	"switchdesk/jobs"
	"switchdesk/storage/blob"
	"switchdesk/storage/db"
)

// CheckRecords holds what is written down of calls against itself and against
// the object store, of every account, and prints a line for each fault: calls
// without an end, details without a call, recordings without an object and
// objects without a record. It changes nothing, and it may run beside serve:
// what is on its way is no fault. It returns how many faults there are, and
// fails if they can't be looked for.
func CheckRecords(ctx context.Context, cfg configs.Config, out io.Writer) (int, error) {
	c := &recordsCheck{cfg: cfg, out: out, paths: &App{cfg: cfg}}
	at := DatabaseOf(cfg)
	if at.Driver == "sqlite" {
		if _, err := os.Stat(at.DSN); err != nil {
			return 0, fmt.Errorf("there is no database: %w", err)
		}
	}
	var err error
	if c.db, err = db.Open(at); err != nil {
		return 0, err
	}
	defer db.Close(c.db) //nolint:errcheck // only read from
	if err := db.CheckSchema(ctx, c.db); err != nil {
		return 0, err
	}
	if c.objects, err = blob.Open(BlobOf(cfg)); err != nil {
		return 0, err
	}
	c.db = db.AllAccounts(c.db.WithContext(ctx))
	for _, check := range []func(context.Context) error{c.ends, c.details, c.recordings, c.results, c.strays} {
		if err := check(ctx); err != nil {
			return c.faults, err
		}
	}
	fmt.Fprintf(out, "%d calls, %d recordings, %d objects looked at: ", c.calls, c.audio, c.seen)
	if c.faults == 0 {
		fmt.Fprintln(out, "all is well")
	} else {
		fmt.Fprintf(out, "%d faults\n", c.faults)
	}
	return c.faults, nil
}

// recordsCheck is one look at everything.
type recordsCheck struct {
	cfg         configs.Config
	out         io.Writer
	paths       *App
	db          *gorm.DB
	objects     *blob.Store
	faults      int
	calls       int64
	audio, seen int
}

func (c *recordsCheck) fault(what string, args ...any) {
	c.faults++
	fmt.Fprintf(c.out, "FAULT %s\n", fmt.Sprintf(what, args...))
}

// onItsWay is how long an object may be in the store before its row says so,
// and a recording may wait for the store.
const onItsWay = time.Hour

// ends finds calls without an end: records that say none or an impossible
// one, and calls that count as nothing.
func (c *recordsCheck) ends(context.Context) error {
	if err := c.db.Model(&calls.Record{}).Count(&c.calls).Error; err != nil {
		return err
	}
	var rows []calls.Record
	err := c.db.Where("ended_at < started_at OR ended_at IS NULL OR outcome = '' OR (outcome = ? AND answered_at IS NULL)", calls.Answered).
		Select("id", "account_id", "started_at", "ended_at", "outcome").Order("id").Find(&rows).Error
	for _, r := range rows {
		switch {
		case r.EndedAt.Before(r.StartedAt):
			c.fault("call %s (account %d) has no end", r.ID, r.AccountID)
		case r.Outcome == "":
			c.fault("call %s (account %d) counts as nothing: it has no outcome", r.ID, r.AccountID)
		default:
			c.fault("call %s (account %d) counts as answered and was never answered", r.ID, r.AccountID)
		}
	}
	return err
}

// details finds legs, rings, steps and stays whose call is not there, and legs
// without an end.
func (c *recordsCheck) details(context.Context) error {
	for _, d := range []struct{ table, what string }{
		{"call_legs", "a leg"}, {"call_rings", "a ring"}, {"call_steps", "a step of the trail"}, {"call_visits", "a stay in a group"}, {"call_stretches", "a talk or hold"}, {"recordings", "a recording"},
	} {
		var rows []struct {
			CallID    string
			AccountID int64
			N         int
		}
		err := c.db.Table(d.table + " AS d").Select("d.call_id, d.account_id, COUNT(*) AS n").
			Where("NOT EXISTS (SELECT 1 FROM calls WHERE calls.id = d.call_id AND calls.account_id = d.account_id)").
			Group("d.call_id, d.account_id").Order("d.call_id").Scan(&rows).Error
		if err != nil {
			return err
		}
		for _, r := range rows {
			c.fault("%s is without its call %s (account %d, %d rows)", d.what, r.CallID, r.AccountID, r.N)
		}
	}
	var legs []calls.LegRow
	err := c.db.Where("ended_at IS NULL OR ended_at < started_at").Order("call_id").Find(&legs).Error
	for _, l := range legs {
		c.fault("leg %s of call %s (account %d) has no end", l.UUID, l.CallID, l.AccountID)
	}
	return err
}

// recordings finds recordings whose sound is not where the row says.
func (c *recordsCheck) recordings(ctx context.Context) error {
	var wrong []struct {
		ID             string
		AccountID      int64
		RecordingState string
		State          string
	}
	err := c.db.Table("calls").Select("calls.id, calls.account_id, calls.recording_state, COALESCE(r.state, '') AS state").
		Joins("LEFT JOIN recordings r ON r.call_id = calls.id AND r.account_id = calls.account_id").
		Where("calls.recording_state <> COALESCE(r.state, ?) AND NOT (calls.recording_state = '' AND r.state IS NULL)", calls.RecNone).
		Order("calls.id").Scan(&wrong).Error
	if err != nil {
		return err
	}
	for _, w := range wrong {
		c.fault("call %s (account %d) says its recording is %s, the recording's row says %s", w.ID, w.AccountID, w.RecordingState, orNone(w.State))
	}
	for behind := ""; ; {
		var rows []calls.RecordingRow
		if err := c.db.Where("call_id > ?", behind).Order("call_id").Limit(500).Find(&rows).Error; err != nil || len(rows) == 0 {
			return err
		}
		behind = rows[len(rows)-1].CallID
		for i := range rows {
			c.audio++
			if err := c.recording(ctx, &rows[i]); err != nil {
				return err
			}
		}
	}
}

func orNone(s string) string {
	if s == "" {
		return string(calls.RecNone)
	}
	return s
}

func (c *recordsCheck) recording(ctx context.Context, r *calls.RecordingRow) error {
	switch r.State {
	case calls.RecStored:
		info, err := c.objects.Stat(ctx, r.BlobKey)
		switch {
		case fault.KindOf(err) == fault.NotFound || fault.KindOf(err) == fault.Invalid:
			c.fault("the recording of call %s (account %d) is without its object %s", r.CallID, r.AccountID, r.BlobKey)
		case err != nil:
			return err
		case info.Size != r.Bytes:
			c.fault("the recording of call %s (account %d) has %d bytes in the store instead of %d", r.CallID, r.AccountID, info.Size, r.Bytes)
		}
	case calls.RecMissing:
		c.fault("the recording of call %s (account %d) is missing: %s", r.CallID, r.AccountID, r.Problem)
	case calls.RecWaiting:
		if time.Since(r.StoppedAt) > onItsWay {
			c.fault("the recording of call %s (account %d) waits for the store since %s: %s", r.CallID, r.AccountID, r.StoppedAt.UTC().Format(time.RFC3339), orNone(r.Problem))
		}
	case calls.RecExpired:
	default:
		c.fault("the recording of call %s (account %d) is in an unknown state %q", r.CallID, r.AccountID, r.State)
	}
	return nil
}

// results finds tasks whose file is not there.
func (c *recordsCheck) results(ctx context.Context) error {
	var rows []jobs.Job
	if err := c.db.Omit("checkpoint", "input").Where("state = ? AND result_key <> ''", jobs.Done).Find(&rows).Error; err != nil {
		return err
	}
	for _, j := range rows {
		_, err := c.objects.Stat(ctx, j.ResultKey)
		if fault.KindOf(err) == fault.NotFound {
			c.fault("task %d (account %d) is without its file %s", j.ID, j.AccountID, j.ResultKey)
		} else if err != nil {
			return err
		}
	}
	return nil
}

// strays finds objects that nothing names, and files in the spool that no
// record waits for.
func (c *recordsCheck) strays(ctx context.Context) error {
	for prefix, named := range map[string]func(keys []string) ([]string, error){
		"recordings/": c.keysOf("recordings", "blob_key"),
		"exports/":    c.keysOf("jobs", "result_key"),
	} {
		var batch []string
		settle := func() error {
			known, err := named(batch)
			if err != nil {
				return err
			}
			have := map[string]bool{}
			for _, k := range known {
				have[k] = true
			}
			for _, k := range batch {
				if !have[k] {
					c.fault("the object %s is without a record", k)
				}
			}
			batch = batch[:0]
			return nil
		}
		err := c.objects.List(ctx, prefix, func(i blob.Info) error {
			c.seen++
			if time.Since(i.Modified) < onItsWay && prefix == "exports/" {
				return nil // its task may be about to say so
			}
			if batch = append(batch, i.Key); len(batch) == 500 {
				return settle()
			}
			return nil
		})
		if err := errors.Join(err, settle()); err != nil {
			return err
		}
	}
	return c.spool()
}

func (c *recordsCheck) keysOf(table, column string) func([]string) ([]string, error) {
	return func(keys []string) ([]string, error) {
		var found []string
		if len(keys) == 0 {
			return nil, nil
		}
		err := c.db.Table(table).Where(column+" IN ?", keys).Pluck(column, &found).Error
		return found, err
	}
}

// spool finds sound that lies in the spool for longer than any talk and that
// no recording waits for.
func (c *recordsCheck) spool() error {
	dir := filepath.Join(c.cfg.DataDir, spoolDir)
	return filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, os.ErrNotExist) {
				return nil
			}
			return err
		}
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || strings.HasPrefix(e.Name(), ".") || time.Since(info.ModTime()) < 24*time.Hour {
			return nil //nolint:nilerr // gone while we looked
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		var n int64
		there := strings.TrimSuffix(c.paths.switchSpool(), "/") + "/" + filepath.ToSlash(rel)
		if err := c.db.Model(&calls.RecordingRow{}).Where("spool_path = ? AND state = ?", there, calls.RecWaiting).Count(&n).Error; err != nil {
			return err
		}
		if n == 0 {
			c.fault("the file %s in the spool is without a record", rel)
		}
		return nil
	})
}
