package calls

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"gorm.io/gorm"

	"switchdesk/internal/clock"
	"switchdesk/storage/blob"
	"switchdesk/storage/db"
)

// Shipper brings recordings from the switch's spool folder to the object
// store: again and again until the store has confirmed them, and only then
// takes them out of the spool. A recording that should be there and is not
// becomes "missing" and raises the alarm.
type Shipper struct {
	DB      *gorm.DB
	Objects *blob.Store              // verifies what it stores
	Spool   func(path string) string // where we see the file that the switch wrote as path
	Log     *slog.Logger
	Clock   clock.Clock
	Alarm   func(account int64, call, problem string)
	wake    chan struct{}
}

const (
	shipBatch   = 20
	shipEvery   = 5 * time.Second
	missingFor  = 2 * time.Minute // how long a file may take to appear
	longestWait = 5 * time.Minute // between two tries
	wavHeader   = 44
)

// NewShipper makes a shipper; Run it.
func NewShipper(s Shipper) *Shipper {
	s.wake = make(chan struct{}, 1)
	return &s
}

// Wake says that there may be something to ship.
func (s *Shipper) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Run ships until ctx ends.
func (s *Shipper) Run(ctx context.Context) error {
	for {
		n, err := s.Ship(ctx)
		if err != nil && ctx.Err() == nil {
			s.Log.Error("recordings can't be looked up", "error", err)
		}
		if n == shipBatch && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
		case <-s.Clock.After(shipEvery):
		}
	}
}

// Ship handles the recordings that are due now and tells how many they were.
func (s *Shipper) Ship(ctx context.Context) (int, error) {
	var due []RecordingRow
	err := db.AllAccounts(s.DB.WithContext(ctx)).
		Where("state = ? AND next_try <= ?", RecWaiting, s.Clock.Now().UTC()).
		Order("next_try").Limit(shipBatch).Find(&due).Error
	if err != nil {
		return 0, err
	}
	for i := range due {
		if ctx.Err() != nil {
			return i, ctx.Err()
		}
		if err := s.one(ctx, &due[i]); err != nil {
			return i, err
		}
	}
	return len(due), nil
}

// one ships a recording; the error is the database's alone.
func (s *Shipper) one(ctx context.Context, r *RecordingRow) error {
	now := s.Clock.Now().UTC()
	file := s.Spool(r.Path)
	sum, size, err := checksum(file)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && size <= wavHeader && r.StoppedAt.Sub(r.StartedAt) >= time.Second:
		// A talk of milliseconds leaves a file without sound, and that is right.
		if now.Sub(r.StoppedAt) < missingFor {
			return s.later(ctx, r, "the file is not there yet", now)
		}
		return s.missing(ctx, r, "the switch left no recording at "+r.Path, now)
	case err != nil:
		return s.later(ctx, r, err.Error(), now)
	}
	key := ObjectKey(r)
	if err := s.put(ctx, key, file, size); err != nil {
		s.Log.Warn("a recording could not be stored yet", "call", r.CallID, "error", err, "tries", r.Tries+1)
		return s.later(ctx, r, err.Error(), now)
	}
	seconds := r.Seconds
	if seconds == 0 {
		seconds = wavSeconds(file)
	}
	err = s.DB.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		set := map[string]any{"state": RecStored, "blob_key": key, "bytes": size, "sha256": sum, "seconds": seconds, "stored_at": now, "problem": ""}
		if err := tx.Model(&RecordingRow{}).Scopes(db.In(r.AccountID)).Where("call_id = ?", r.CallID).Updates(set).Error; err != nil {
			return err
		}
		return tx.Model(&Record{}).Scopes(db.In(r.AccountID)).Where("id = ?", r.CallID).Update("recording_state", RecStored).Error
	})
	if err != nil {
		return err
	}
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.Log.Warn("a stored recording stays in the spool", "file", file, "error", err)
	}
	s.Log.Info("recording stored", "call", r.CallID, "bytes", size)
	return nil
}

// ObjectKey is where a recording lies in the object store.
func ObjectKey(r *RecordingRow) string {
	return fmt.Sprintf("recordings/%d/%s/%s.wav", r.AccountID, r.StartedAt.UTC().Format("2006/01/02"), r.CallID)
}

func (s *Shipper) put(ctx context.Context, key, file string, size int64) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = s.Objects.Put(ctx, key, f, size, "audio/wav")
	return err
}

func (s *Shipper) later(ctx context.Context, r *RecordingRow, problem string, now time.Time) error {
	wait := time.Second << min(r.Tries, 9)
	set := map[string]any{"tries": r.Tries + 1, "next_try": now.Add(min(wait, longestWait)), "problem": cut(problem, 300)}
	return s.DB.WithContext(ctx).Model(&RecordingRow{}).Scopes(db.In(r.AccountID)).Where("call_id = ?", r.CallID).Updates(set).Error
}

func (s *Shipper) missing(ctx context.Context, r *RecordingRow, problem string, now time.Time) error {
	s.Log.Error("a recording is missing", "call", r.CallID, "account", r.AccountID, "problem", problem)
	if s.Alarm != nil {
		s.Alarm(r.AccountID, r.CallID, problem)
	}
	return s.DB.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		set := map[string]any{"state": RecMissing, "problem": cut(problem, 300), "tries": r.Tries + 1}
		if err := tx.Model(&RecordingRow{}).Scopes(db.In(r.AccountID)).Where("call_id = ?", r.CallID).Updates(set).Error; err != nil {
			return err
		}
		return tx.Model(&Record{}).Scopes(db.In(r.AccountID)).Where("id = ?", r.CallID).Update("recording_state", RecMissing).Error
	})
}

func checksum(file string) (sum string, size int64, err error) {
	f, err := os.Open(filepath.Clean(file))
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), size, err
}

// wavSeconds reads a WAV file's length from its header, 0 if it has none.
func wavSeconds(file string) float64 {
	f, err := os.Open(filepath.Clean(file))
	if err != nil {
		return 0
	}
	defer f.Close()
	var h [wavHeader]byte
	if _, err := io.ReadFull(f, h[:]); err != nil || string(h[:4]) != "RIFF" {
		return 0
	}
	rate := uint32(h[28]) | uint32(h[29])<<8 | uint32(h[30])<<16 | uint32(h[31])<<24
	info, err := f.Stat()
	if err != nil || rate == 0 {
		return 0
	}
	return float64(info.Size()-wavHeader) / float64(rate)
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
