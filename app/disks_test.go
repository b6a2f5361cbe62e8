package app

import (
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"switchdesk/accounts"
)

// A disk that fills up or grows slow is told of once when it begins and once
// when it is over, while there is still room.
func TestDisksAreWatched(t *testing.T) {
	w := newWorld(t)
	c := w.company(t, plan{agents: 1, flow: faultFlow})
	var now atomic.Pointer[disk] // the clockwork looks too
	now.Store(&disk{Free: 50 << 30, Total: 100 << 30, Write: time.Millisecond})
	w.app.disks.mu.Lock()
	w.app.disks.look = func(path string) disk {
		d := disk{Path: path, Free: 50 << 30, Total: 100 << 30}
		if filepath.Base(path) == spoolDir {
			d = *now.Load()
		}
		return d
	}
	w.app.disks.mu.Unlock()
	lines := func(action string) int {
		t.Helper()
		log, err := w.app.accounts.AuditLog(t.Context(), accounts.Actor{AccountID: c.account.ID, Rights: accounts.All()}, accounts.AuditFilter{Action: action})
		if err != nil {
			t.Fatal(err)
		}
		return len(log)
	}
	alarms, wells := 0, 0
	for _, step := range []struct {
		disk  disk
		alarm bool
	}{
		{disk{Free: 50 << 30, Total: 100 << 30}, false},
		{disk{Free: 9 << 30, Total: 100 << 30}, true},
		{disk{Free: 8 << 30, Total: 100 << 30}, true},
		{disk{Free: 30 << 30, Total: 100 << 30}, false},
		{disk{Free: 30 << 30, Total: 100 << 30, Write: time.Second}, true},
		{disk{Free: 30 << 30, Total: 100 << 30}, false},
		{disk{Free: 30 << 30, Total: 100 << 30, Err: errors.New("read-only file system")}, true},
	} {
		if (now.Load().alarm() != "") != step.alarm {
			if step.alarm {
				alarms++
			} else {
				wells++
			}
		}
		now.Store(&step.disk)
		if err := w.app.watchDisks(t.Context()); err != nil {
			t.Fatal(err)
		}
		if a, b := lines("disk.alarm"), lines("disk.well"); a != alarms || b != wells {
			t.Fatalf("%+v: %d alarms and %d ends in the log, want %d and %d", step.disk, a, b, alarms, wells)
		}
	}
}

func TestLookAtDisk(t *testing.T) {
	d := lookAtDisk(t.TempDir())
	if d.Err != nil || d.Total == 0 || d.Free > d.Total || d.Write <= 0 {
		t.Errorf("%+v", d)
	}
	if d := lookAtDisk(filepath.Join(t.TempDir(), "nowhere")); d.Err == nil || d.alarm() == "" {
		t.Errorf("%+v", d)
	}
}
