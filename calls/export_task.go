package calls

import (
	"context"
	"fmt"
	"time"

	"switchdesk/internal/fault"
	"switchdesk/internal/xlsx"
	"switchdesk/internal/zipfile"
	"switchdesk/jobs"
	"switchdesk/storage/blob"
)

// progress is how far a task is: what the store has, what the archives hold,
// and where the walk through the records is.
type progress struct {
	Upload  blob.UploadState `json:"upload"`
	Zip     zipfile.State    `json:"zip"`
	Book    *xlsx.State      `json:"book,omitempty"` // of records
	At      place            `json:"at"`
	Made    time.Time        `json:"made"`
	Done    int64            `json:"done"`
	Total   int64            `json:"total"`
	Missing map[string]Lack  `json:"missing,omitempty"` // of recordings, by call
}

// task is one worker's turn at an export, a zip that goes straight into the
// object store.
type task struct {
	*Exporter
	run   *jobs.Run
	w     Wanted
	sc    Scope
	words words
	look  xlsx.Options
	p     progress
	up    *blob.Upload
	zip   *zipfile.Writer
	saved time.Time
}

// begin opens the file, or goes on with it where the last worker was. most is
// how many calls one task takes.
func (e *Exporter) begin(ctx context.Context, run *jobs.Run, recordings bool, most int) (*task, error) {
	t := &task{Exporter: e, run: run, saved: time.Now()}
	if err := run.Input(&t.w); err != nil {
		return nil, err
	}
	t.w.recorded = recordings
	var err error
	if t.sc, err = e.Scope(ctx, run.Job.AccountID, run.Job.OwnerID, recordings); err != nil {
		return nil, err
	}
	resumed, err := run.Checkpoint(&t.p)
	if err != nil {
		return nil, err
	}
	if resumed && len(t.p.Upload.Parts) == 0 { // nothing of it got as far as the store
		if err := e.Objects.Abandon(ctx, t.p.Upload); err != nil {
			return nil, err
		}
		resumed, t.p = false, progress{}
	}
	if !resumed {
		t.p.Made = e.Now().UTC()
	}
	t.words, t.look = wordsOf(t.sc.Language), e.look(t.sc, t.p.Made)
	if resumed {
		t.up, err = e.Objects.Resume(ctx, t.p.Upload)
		t.zip = zipfile.Resume(t.up, t.p.Zip)
		return t, err
	}
	n, err := e.Store.CountUpTo(ctx, run.Job.AccountID, t.w, t.sc, most)
	if err != nil {
		return nil, err
	}
	if n > most {
		return nil, fault.New(fault.TooLarge, "export.too_many", "more than %d calls; one task takes no more, so narrow the filter", most)
	}
	t.p.Total = int64(n)
	// Another worker's file has another name.
	key := fmt.Sprintf("exports/%d/%d-%d.zip", run.Job.AccountID, run.Job.ID, run.Job.Epoch)
	if t.up, err = e.Objects.Begin(ctx, key, "application/zip"); err != nil {
		return nil, err
	}
	t.zip = zipfile.New(t.up)
	// So that what was begun can be cleared away.
	return t, run.Save(progress{Upload: t.up.State()}, 0, t.p.Total)
}

// due tells whether a checkpoint should be written.
func (t *task) due() bool {
	every := t.SaveEvery
	if every == 0 {
		every = 5 * time.Second
	}
	return time.Since(t.saved) >= every && t.up.Ready()
}

// save writes a checkpoint: all that was written is in the store.
func (t *task) save() error {
	if synced, err := t.up.Sync(); err != nil || !synced {
		return err
	}
	t.p.Zip, t.p.Upload, t.saved = t.zip.State(), t.up.State(), time.Now()
	return t.run.Save(t.p, t.p.Done, t.p.Total)
}

func (t *task) finish(name string, note any) (jobs.Result, error) {
	if err := t.zip.Close(); err != nil {
		return jobs.Result{}, err
	}
	info, err := t.up.Finish()
	if err != nil {
		return jobs.Result{}, err
	}
	file := fmt.Sprintf("%s-%s.zip", name, t.look.Made.Format("20060102-150405"))
	return jobs.Result{Key: t.up.State().Key, Name: file, Bytes: info.Size, Note: note}, nil
}

// drop clears an upload that nobody finishes.
func (e *Exporter) drop(ctx context.Context, j jobs.Job) error {
	var p progress
	run := jobs.Run{Job: j}
	if ok, err := run.Checkpoint(&p); err != nil || !ok || p.Upload.ID == "" {
		return err
	}
	return e.Objects.Abandon(ctx, p.Upload)
}

// records is the task that writes call records into a workbook in a zip.
func (e *Exporter) records(ctx context.Context, run *jobs.Run) (jobs.Result, error) {
	t, err := e.begin(ctx, run, false, TaskRows)
	if err != nil {
		return jobs.Result{}, err
	}
	var book *xlsx.Writer
	columns := t.words.columns(t.w.Trail)
	if t.p.Book != nil {
		book = xlsx.Resume(t.zip, columns, t.look, *t.p.Book)
	} else {
		if err := t.zip.Begin(t.words.sheet+".xlsx", zipfile.Stored, t.look.Made); err != nil {
			return jobs.Result{}, err
		}
		book = xlsx.New(t.zip, columns, t.look)
	}
	if err := t.walkRecords(ctx, book); err != nil {
		return jobs.Result{}, err
	}
	if err := book.Close(); err != nil {
		return jobs.Result{}, err
	}
	if err := t.zip.End(); err != nil {
		return jobs.Result{}, err
	}
	return t.finish(t.words.sheet, Note{Rows: book.Rows()})
}

func (t *task) walkRecords(ctx context.Context, book *xlsx.Writer) error {
	for {
		rows, next, err := t.Store.page(ctx, t.run.Job.AccountID, t.w, t.sc, t.p.At)
		if err != nil || len(rows) == 0 {
			return err
		}
		if room := int64(TaskRows) - book.Rows(); int64(len(rows)) > room {
			rows = rows[:room] // more came in than were counted
		}
		if err := t.write(ctx, book, t.run.Job.AccountID, t.words, t.w, rows); err != nil {
			return err
		}
		t.p.At, t.p.Done = next, book.Rows()
		t.p.Total = max(t.p.Total, t.p.Done)
		if err := t.run.Progress(t.p.Done, t.p.Total); err != nil {
			return err
		}
		if t.due() {
			st, err := book.State()
			if err != nil {
				return err
			}
			t.p.Book = &st
			if err := t.save(); err != nil {
				return err
			}
		}
		if book.Rows() >= TaskRows {
			return nil
		}
	}
}
