package app

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"switchdesk/accounts"
)

// A disk that fills up or grows slow is told of before anything is lost: as a
// figure, in the log, by the doctor, and to the accounts' administrators in
// their audit log, once each time that it begins.

const (
	diskFreeShare = 0.10                   // less free than this is an alarm …
	diskFreeBytes = 2 << 30                // … or less than this
	diskSlow      = 500 * time.Millisecond // a small write that is safe on the disk takes longer than this
)

// disk is how one folder's disk was at the last look.
type disk struct {
	Path  string
	Free  uint64 // bytes for us
	Total uint64
	Write time.Duration // of a small file, synced
	Err   error
}

// alarm says what is wrong with it, "" if nothing is.
func (d disk) alarm() string {
	switch {
	case d.Err != nil:
		return "can't be written to: " + d.Err.Error()
	case d.Free < diskFreeBytes && float64(d.Free) < 0.5*float64(d.Total), float64(d.Free) < diskFreeShare*float64(d.Total):
		return "is nearly full"
	case d.Write > diskSlow:
		return "is slow"
	}
	return ""
}

// disks remembers what was told.
type disks struct {
	mu   sync.Mutex
	last map[string]disk
	told map[string]string
	look func(path string) disk // in place of the real one, in tests
}

// lookAtDisk writes a small file and takes it away again.
func lookAtDisk(path string) disk {
	d := disk{Path: path}
	var st syscall.Statfs_t
	if d.Err = syscall.Statfs(path, &st); d.Err != nil {
		return d
	}
	d.Free, d.Total = st.Bavail*uint64(st.Bsize), st.Blocks*uint64(st.Bsize)
	began := time.Now()
	f, err := os.CreateTemp(path, ".disk-*")
	if err != nil {
		d.Err = err
		return d
	}
	_, err = f.Write(make([]byte, 4096))
	d.Err = errors.Join(err, f.Sync(), f.Close(), os.Remove(f.Name()))
	d.Write = time.Since(began)
	return d
}

// diskFolders are the folders that calls depend on.
func (a *App) diskFolders() []string {
	folders := []string{filepath.Join(a.cfg.DataDir, spoolDir), filepath.Join(a.cfg.DataDir, journalDir)}
	if at := BlobOf(a.cfg); at.Kind == "disk" {
		folders = append(folders, at.Path)
	}
	return folders
}

// watchDisks looks at every folder and raises the alarm where one begins.
func (a *App) watchDisks(ctx context.Context) error {
	a.disks.mu.Lock()
	look := a.disks.look
	a.disks.mu.Unlock()
	if look == nil {
		look = lookAtDisk
	}
	var failed error
	for _, path := range a.diskFolders() {
		now := look(path)
		alarm := now.alarm()
		a.disks.mu.Lock()
		if a.disks.last == nil {
			a.disks.last, a.disks.told = map[string]disk{}, map[string]string{}
		}
		before := a.disks.told[path]
		a.disks.last[path], a.disks.told[path] = now, alarm
		a.disks.mu.Unlock()
		switch {
		case alarm != "" && alarm != before:
			a.log.Error("a disk "+alarm, "folder", path, "free_bytes", now.Free, "write", now.Write)
			failed = errors.Join(failed, a.tellAdmins(ctx, "disk.alarm", path, alarm, now))
		case alarm == "" && before != "":
			a.log.Info("a disk is well again", "folder", path)
			failed = errors.Join(failed, a.tellAdmins(ctx, "disk.well", path, "", now))
		}
	}
	return failed
}

func (a *App) tellAdmins(ctx context.Context, action, path, alarm string, d disk) error {
	all, err := a.accounts.Accounts(ctx)
	if err != nil {
		return err
	}
	detail, err := json.Marshal(map[string]any{"problem": alarm, "free_bytes": d.Free, "write_ms": d.Write.Milliseconds()})
	if err != nil {
		return err
	}
	for _, account := range all {
		err = errors.Join(err, a.accounts.Append(ctx, accounts.Entry{AccountID: account.ID, Action: action, TargetKind: "disk", TargetID: filepath.Base(path), Detail: detail}))
	}
	return err
}

var (
	diskFreeDesc  = prometheus.NewDesc("switchdesk_disk_free_bytes", "Free bytes of the disk below a folder.", []string{"folder"}, nil)
	diskWriteDesc = prometheus.NewDesc("switchdesk_disk_write_seconds", "How long a small write took to be safe on the disk.", []string{"folder"}, nil)
	diskAlarmDesc = prometheus.NewDesc("switchdesk_disk_alarm", "1 while a disk is nearly full, slow or can't be written to.", []string{"folder"}, nil)
)

func (c *collector) disks(ch chan<- prometheus.Metric) {
	c.app.disks.mu.Lock()
	defer c.app.disks.mu.Unlock()
	for path, d := range c.app.disks.last {
		name, alarm := filepath.Base(path), 0.0
		if d.alarm() != "" {
			alarm = 1
		}
		ch <- prometheus.MustNewConstMetric(diskFreeDesc, prometheus.GaugeValue, float64(d.Free), name)
		ch <- prometheus.MustNewConstMetric(diskWriteDesc, prometheus.GaugeValue, d.Write.Seconds(), name)
		ch <- prometheus.MustNewConstMetric(diskAlarmDesc, prometheus.GaugeValue, alarm, name)
	}
}
