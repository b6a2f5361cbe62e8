package calls

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"time"
	"unicode"

	"switchdesk/internal/xlsx"
	"switchdesk/internal/zipfile"
	"switchdesk/jobs"
	"switchdesk/storage/db"
)

// Lack is why a recording is not in the zip.
type Lack string

const (
	LackWaiting Lack = "waiting" // on its way to the store
	LackMissing Lack = "missing" // the switch left none, or the store has lost it
	LackExpired Lack = "expired" // deleted when its time was up
)

// Note is what a task tells of its result.
type Note struct {
	Rows    int64 `json:"rows"`
	Missing int   `json:"missing,omitempty"`
}

// recordings is the task that puts recordings into a zip, with a list of what
// is in it and what was missing.
func (e *Exporter) recordings(ctx context.Context, run *jobs.Run) (jobs.Result, error) {
	t, err := e.begin(ctx, run, true, TaskRecordings)
	if err != nil {
		return jobs.Result{}, err
	}
	if t.p.Missing == nil {
		t.p.Missing = map[string]Lack{}
	}
	for {
		rows, _, err := t.Store.page(ctx, run.Job.AccountID, t.w, t.sc, t.p.At)
		if err != nil {
			return jobs.Result{}, err
		}
		if len(rows) == 0 || t.p.Done >= TaskRecordings {
			break
		}
		if err := t.pack(ctx, rows); err != nil {
			return jobs.Result{}, err
		}
	}
	if err := t.manifest(ctx); err != nil {
		return jobs.Result{}, err
	}
	return t.finish(t.words.recordings, Note{Rows: t.p.Done - int64(len(t.p.Missing)), Missing: len(t.p.Missing)})
}

func (t *task) pack(ctx context.Context, rows []Record) error {
	audio, err := t.Store.recordingsOf(ctx, t.run.Job.AccountID, rows)
	if err != nil {
		return err
	}
	for i := range rows {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := t.add(ctx, &rows[i], audio[rows[i].ID]); err != nil {
			return err
		}
		t.p.At = place{rows[i].StartedAt.UTC(), rows[i].ID}
		t.p.Done++
		t.p.Total = max(t.p.Total, t.p.Done)
		if err := t.run.Progress(t.p.Done, t.p.Total); err != nil {
			return err
		}
		if t.due() {
			if err := t.save(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Store) recordingsOf(ctx context.Context, account int64, rows []Record) (map[string]*RecordingRow, error) {
	out := map[string]*RecordingRow{}
	for len(rows) > 0 {
		n := min(len(rows), 500)
		ids := make([]string, n)
		for i := range ids {
			ids[i] = rows[i].ID
		}
		rows = rows[n:]
		var found []RecordingRow
		if err := s.db.WithContext(ctx).Scopes(db.In(account)).Where("call_id IN ?", ids).Find(&found).Error; err != nil {
			return nil, err
		}
		for i := range found {
			out[found[i].CallID] = &found[i]
		}
	}
	return out, nil
}

// add copies one recording from the store into the zip, or notes why not. A
// store that is away is an error: the task goes on later.
func (t *task) add(ctx context.Context, r *Record, audio *RecordingRow) error {
	switch {
	case audio == nil || audio.State == RecMissing:
		t.p.Missing[r.ID] = LackMissing
		return nil
	case audio.State != RecStored:
		t.p.Missing[r.ID] = Lack(audio.State)
		return nil
	}
	f, _, err := t.Objects.Get(ctx, audio.BlobKey)
	if errors.Is(err, fs.ErrNotExist) {
		t.p.Missing[r.ID] = LackMissing
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // only read from
	if err := t.zip.Begin(RecordingName(r, t.look.Zone), zipfile.Stored, r.StartedAt.In(t.look.Zone)); err != nil {
		return err
	}
	if _, err := io.Copy(t.zip, f); err != nil {
		return err
	}
	return t.zip.End()
}

// manifest lists every recording that was asked for.
func (t *task) manifest(ctx context.Context) error {
	if err := t.zip.Begin(t.words.manifest+".xlsx", zipfile.Stored, t.look.Made); err != nil {
		return err
	}
	look := t.look
	look.Sheet = t.words.manifest
	book := xlsx.New(t.zip, t.words.manifestColumns(), look)
	for at, n := (place{}), int64(0); n < t.p.Done; {
		rows, next, err := t.Store.page(ctx, t.run.Job.AccountID, t.w, t.sc, at)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		for i := range rows {
			r := &rows[i]
			t.words.manifestRow(book, r, t.p.Missing[r.ID], RecordingName(r, t.look.Zone))
			if err := book.End(); err != nil {
				return err
			}
			n++
		}
		at = next
	}
	if err := book.Close(); err != nil {
		return err
	}
	return t.zip.End()
}

// RecordingName is a recording's file name: when, who called whom, the agent,
// and the call's id, which makes it the only one. Whatever a file system or a
// shell could stumble over is left out.
func RecordingName(r *Record, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	parts := []string{r.StartedAt.In(zone).Format("20060102-150405"), r.From, r.To, r.AgentName, r.ID}
	for i, p := range parts {
		parts[i] = safeName(p)
	}
	return strings.Join(parts, "_") + ".wav"
}

func safeName(s string) string {
	return cut(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' {
			return r
		}
		return -1
	}, s), 40)
}
