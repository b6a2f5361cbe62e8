package journal

import (
	"bufio"
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"slices"
)

// newSegment makes an empty segment that is safely in the folder.
func (j *Journal) newSegment(number int64) (*os.File, error) {
	f, err := os.OpenFile(j.path(number, "log"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, full(err)
	}
	if j.opts.SyncEvery < 0 {
		return f, nil
	}
	if err := syncDir(j.dir); err != nil {
		f.Close()
		return nil, full(err)
	}
	return f, nil
}

// use makes a segment the one that is written to and gives the one before.
// The lock is held.
func (j *Journal) use(f *os.File, number int64) (old *os.File) {
	old = j.file
	j.file, j.number, j.size, j.dirty = f, number, 0, false
	j.segments[number] = 0
	return old
}

// startSegment goes over to a new segment. The lock is held, or nobody else
// is there yet.
func (j *Journal) startSegment() error {
	j.next++
	f, err := j.newSegment(j.next)
	if err != nil {
		return err
	}
	if old := j.use(f, j.next); old != nil {
		return errors.Join(old.Sync(), old.Close())
	}
	return nil
}

// mayCompact begins a compaction once garbage dominates. The lock is held.
func (j *Journal) mayCompact() {
	var total int64
	for _, n := range j.segments {
		total += n
	}
	garbage := total - j.live
	if j.compacts || garbage < max(j.opts.CompactMin, j.patience) || garbage < j.live {
		return
	}
	j.compacts = true
	j.wg.Go(func() {
		err := j.compact()
		j.mu.Lock()
		j.compacts, j.patience = false, 0
		if err != nil {
			j.patience = garbage + j.opts.CompactMin
		}
		j.mu.Unlock()
		if err != nil {
			j.opts.Failed(err)
		}
	})
}

type kept struct {
	id    id
	place place
}

// compact copies what is live in the closed segments into one base and
// removes them. Writers go on in a new segment meanwhile; they wait only
// while that is made and while the index is looked through.
func (j *Journal) compact() (err error) {
	j.steady.Lock()
	defer j.steady.Unlock()
	j.mu.Lock()
	j.next++
	number := j.next
	j.mu.Unlock()
	f, err := j.newSegment(number)
	if err != nil {
		return err
	}
	j.mu.Lock()
	if j.number > number {
		// A writer in trouble went over to a newer one; it will be tried again.
		j.mu.Unlock()
		return errors.Join(f.Close(), os.Remove(j.path(number, "log")))
	}
	upTo := j.number
	old := j.use(f, number)
	entries := make([]kept, 0, len(j.index))
	for at, p := range j.index {
		entries = append(entries, kept{at, p})
	}
	j.mu.Unlock()
	if err := errors.Join(old.Sync(), old.Close()); err != nil {
		return full(err)
	}
	slices.SortFunc(entries, func(a, b kept) int {
		return cmp.Or(cmp.Compare(a.place.segment, b.place.segment), cmp.Compare(a.place.offset, b.place.offset))
	})
	moved, size, err := j.copyLive(upTo, entries)
	if err != nil {
		_ = os.Remove(j.path(upTo, "tmp"))
		return full(err)
	}
	if err := os.Rename(j.path(upTo, "tmp"), j.path(upTo, "base")); err != nil {
		return full(err)
	}
	if err := syncDir(j.dir); err != nil {
		return full(err)
	}
	j.settle(upTo, size, entries, moved)
	return nil
}

// settle points the index at the base and removes what it replaces. The index
// is gone through in strides, so that a writer never waits for all of it.
func (j *Journal) settle(upTo, size int64, entries []kept, moved []place) {
	const stride = 4096
	for from := 0; from < len(entries); from += stride {
		to := min(from+stride, len(entries))
		j.mu.Lock()
		for i := from; i < to; i++ {
			if j.index[entries[i].id] == entries[i].place {
				j.index[entries[i].id] = moved[i]
			}
		}
		j.mu.Unlock()
	}
	j.mu.Lock()
	var old []int64
	for n := range j.segments {
		if n <= upTo {
			old = append(old, n)
			delete(j.segments, n)
		}
	}
	j.segments[upTo] = size
	j.stats.Compactions++
	j.mu.Unlock()
	for _, n := range old {
		_ = os.Remove(j.path(n, "log"))
		if n < upTo {
			_ = os.Remove(j.path(n, "base"))
		}
	}
}

// copyLive writes the entries into upTo.tmp, in batches, and tells where each
// one went.
func (j *Journal) copyLive(upTo int64, entries []kept) (moved []place, size int64, err error) {
	out, err := os.OpenFile(j.path(upTo, "tmp"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	w := bufio.NewWriterSize(out, 1<<20)
	batch := make([]byte, headerSize, 256<<10)
	flush := func() error {
		if len(batch) == headerSize {
			return nil
		}
		seal(batch)
		n, err := w.Write(batch)
		size += int64(n)
		batch = batch[:headerSize]
		return err
	}
	moved = make([]place, len(entries))
	var in *os.File
	open := int64(-1)
	defer func() {
		if in != nil {
			in.Close()
		}
	}()
	for i, e := range entries {
		if e.place.segment != open {
			if in != nil {
				in.Close()
			}
			if in, err = j.openSegment(e.place.segment); err != nil {
				return nil, 0, err
			}
			open = e.place.segment
		}
		start := len(batch)
		batch = append(batch, make([]byte, e.place.size)...)
		if _, err := in.ReadAt(batch[start:], e.place.offset); err != nil {
			return nil, 0, err
		}
		if r, err := parseEntry(batch[start:]); err != nil || string(r.key) != e.id.key || string(r.kind) != e.id.kind {
			return nil, 0, errEntry
		}
		moved[i] = place{upTo, size + int64(start), e.place.size}
		if len(batch) >= 128<<10 {
			if err := flush(); err != nil {
				return nil, 0, err
			}
		}
	}
	if err := flush(); err != nil {
		return nil, 0, err
	}
	if err := w.Flush(); err != nil {
		return nil, 0, err
	}
	return moved, size, out.Sync()
}

func syncDir(dir string) error {
	d, err := os.Open(filepath.Clean(dir))
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
