// Package journal is the local log of what is going on: the state of live
// calls and agents, and facts on their way to the database, kept so that a
// killed process finds them again.
//
// It is a log of puts and deletes by kind and key; the last put of a key
// counts. Put and Delete only note; Commit writes all that was noted since
// the last Commit with one write, and after a crash that batch is there as a
// whole or not at all. A batch that Commit has taken survives kill -9 at
// once, and a power cut after the next sync.
package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// Errors of the journal. ErrFull leaves everything as it was: what was noted
// stays noted, and a later Commit tries again.
var (
	ErrFull   = errors.New("journal: the disk is full")
	ErrLocked = errors.New("journal: another process uses this folder")
	ErrClosed = errors.New("journal: closed")
	ErrTooBig = errors.New("journal: one entry is over 16 MiB")
)

// Options tunes a journal; zero values take the defaults.
type Options struct {
	SyncEvery  time.Duration // between syncs to the disk, 1 s; below 0: never
	CompactMin int64         // garbage below this is left alone, 16 MiB
	// Failed hears of errors of the background's work: syncing, compacting.
	Failed func(error)
}

// Stats tells how the journal is.
type Stats struct {
	Live        int   // keys
	LiveBytes   int64 // of their last puts
	Bytes       int64 // of all segments
	Segments    int
	Pending     int // bytes noted and not committed
	Commits     int64
	Compactions int64
	Syncs       int64
	TornBytes   int64 // cut from the end of a segment on open: a write that a crash tore
	DamagedSegs int   // segments with such an end that were not the last
}

type id struct{ kind, key string }

// place is where the last put of a key stands.
type place struct {
	segment int64
	offset  int64 // of the entry in its segment
	size    int32 // of the entry
}

// noted is a put or delete that waits for Commit.
type noted struct {
	id     id
	offset int32 // in the batch's payload
	size   int32 // 0: a delete
}

// Journal is one open log. It is safe for concurrent use.
type Journal struct {
	dir  string
	opts Options
	lock *os.File

	mu       sync.Mutex
	index    map[id]place
	live     int64
	segments map[int64]int64 // number → bytes
	file     *os.File        // the newest segment
	number   int64
	size     int64
	batch    []byte // header and payload of what is noted
	notes    []noted
	dirty    bool
	closed   bool
	stats    Stats
	compacts bool // one is under way
	next     int64
	patience int64 // garbage at which a failed compaction is tried again
	squeezed int   // bytes noted after the last squeeze

	// steady is held while segments are read or replaced as a whole; it is
	// taken before mu.
	steady sync.Mutex

	stop chan struct{}
	wg   sync.WaitGroup
	// write stands for file.Write, so that a test can fill the disk.
	write func(*os.File, []byte) (int, error)
}

const (
	headerSize = 12 // magic, length, checksum
	magic      = 0x314a4453
	maxEntry   = 16 << 20
	maxBatch   = 512 << 20 // noted while the disk is full
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Open opens the journal in a folder, making it if needed. It fails with
// ErrLocked while another process has it. A torn end is cut off.
func Open(dir string, opts Options) (*Journal, error) {
	if opts.SyncEvery == 0 {
		opts.SyncEvery = time.Second
	}
	if opts.CompactMin == 0 {
		opts.CompactMin = 16 << 20
	}
	if opts.Failed == nil {
		opts.Failed = func(error) {}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(dir, "LOCK"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		return nil, fmt.Errorf("%w: %s", ErrLocked, dir)
	}
	j := &Journal{dir: dir, opts: opts, lock: lock, index: map[id]place{}, segments: map[int64]int64{}, stop: make(chan struct{}), write: (*os.File).Write}
	j.batch = make([]byte, headerSize, 64<<10)
	err = j.recover()
	if err == nil {
		err = j.startSegment()
	}
	if err != nil {
		lock.Close()
		return nil, err
	}
	j.background()
	return j, nil
}

// Put notes the newest state of a key. It fails with ErrTooBig, and with
// ErrFull once half a gigabyte waits for a full disk.
func (j *Journal) Put(kind, key string, data []byte) error {
	if len(kind)+len(key)+len(data) > maxEntry {
		return ErrTooBig
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.batch) > maxBatch {
		return fmt.Errorf("%w: %d bytes wait", ErrFull, len(j.batch))
	}
	start := len(j.batch)
	j.batch = appendEntry(j.batch, opPut, kind, key, data)
	j.notes = append(j.notes, noted{id{kind, key}, int32(start - headerSize), int32(len(j.batch) - start)})
	return nil
}

// Delete notes that a key is done with.
func (j *Journal) Delete(kind, key string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	start := len(j.batch)
	j.batch = appendEntry(j.batch, opDelete, kind, key, nil)
	j.notes = append(j.notes, noted{id{kind, key}, int32(start - headerSize), 0})
}

// Commit writes what was noted. It fails with ErrFull, keeping the notes, and
// with any other error of the disk.
func (j *Journal) Commit() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return ErrClosed
	}
	if len(j.notes) == 0 {
		return nil
	}
	if err := j.append(); err != nil {
		j.squeeze()
		return err
	}
	j.squeezed = 0
	j.stats.Commits++
	j.mayCompact()
	return nil
}

// append writes the batch and moves the index on. The lock is held.
func (j *Journal) append() error {
	seal(j.batch)
	n, err := j.write(j.file, j.batch)
	if err != nil {
		if n > 0 {
			// Half a batch would end the segment for every later one.
			if cut := j.file.Truncate(j.size); cut != nil {
				if fresh := j.startSegment(); fresh != nil {
					return errors.Join(full(err), cut, fresh)
				}
			} else if _, back := j.file.Seek(j.size, 0); back != nil {
				return errors.Join(full(err), back)
			}
		}
		return full(err)
	}
	base := j.size + headerSize
	for _, note := range j.notes {
		if old, ok := j.index[note.id]; ok {
			j.live -= int64(old.size)
		}
		if note.size == 0 {
			delete(j.index, note.id)
			continue
		}
		j.index[note.id] = place{j.number, base + int64(note.offset), note.size}
		j.live += int64(note.size)
	}
	j.size += int64(n)
	j.segments[j.number] = j.size
	j.dirty = true
	j.notes = j.notes[:0]
	if cap(j.batch) > 4<<20 {
		j.batch = make([]byte, headerSize, 64<<10)
	}
	j.batch = j.batch[:headerSize]
	return nil
}

// squeeze drops what a later note of the same key has overtaken, so that a
// full disk costs memory for each key and not for each change. The lock is
// held.
func (j *Journal) squeeze() {
	if len(j.batch) < max(1<<20, 2*j.squeezed) {
		return
	}
	last := make(map[id]int, len(j.notes))
	for i, n := range j.notes {
		last[n.id] = i
	}
	batch := make([]byte, headerSize, len(j.batch)/2)
	notes := make([]noted, 0, len(last))
	for i, n := range j.notes {
		if last[n.id] != i {
			continue
		}
		start := len(batch)
		if n.size == 0 {
			batch = appendEntry(batch, opDelete, n.id.kind, n.id.key, nil)
		} else {
			from := headerSize + int(n.offset)
			batch = append(batch, j.batch[from:from+int(n.size)]...)
		}
		notes = append(notes, noted{n.id, int32(start - headerSize), n.size})
	}
	j.batch, j.notes, j.squeezed = batch, notes, len(batch)
}

// seal fills a batch's header.
func seal(batch []byte) {
	payload := batch[headerSize:]
	binary.LittleEndian.PutUint32(batch[0:], magic)
	binary.LittleEndian.PutUint32(batch[4:], uint32(len(payload)))
	binary.LittleEndian.PutUint32(batch[8:], crc32.Checksum(payload, castagnoli)^uint32(len(payload)))
}

func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return fmt.Errorf("journal: %w", err)
}

// Sync puts everything committed on the disk itself.
func (j *Journal) Sync() error {
	j.mu.Lock()
	if !j.dirty || j.closed {
		j.mu.Unlock()
		return nil
	}
	j.dirty = false
	file := j.file
	j.mu.Unlock()
	err := file.Sync()
	j.mu.Lock()
	defer j.mu.Unlock()
	// A segment that was meanwhile compacted away was synced by that.
	if err != nil && !errors.Is(err, os.ErrClosed) {
		j.dirty = true
		return full(err)
	}
	j.stats.Syncs++
	return nil
}

// Stats tells how the journal is now.
func (j *Journal) Stats() Stats {
	j.mu.Lock()
	defer j.mu.Unlock()
	s := j.stats
	s.Live, s.LiveBytes, s.Segments, s.Pending = len(j.index), j.live, len(j.segments), len(j.batch)-headerSize
	for _, n := range j.segments {
		s.Bytes += n
	}
	return s
}

// Close commits, syncs and lets the folder go.
func (j *Journal) Close() error {
	err := j.Commit()
	if errors.Is(err, ErrClosed) {
		return nil
	}
	j.mu.Lock()
	if j.closed {
		j.mu.Unlock()
		return nil
	}
	j.closed = true
	j.mu.Unlock()
	close(j.stop)
	j.wg.Wait()
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.dirty {
		err = errors.Join(err, j.file.Sync())
	}
	return errors.Join(err, j.file.Close(), j.lock.Close())
}

func (j *Journal) background() {
	if j.opts.SyncEvery < 0 {
		return
	}
	j.wg.Go(func() {
		tick := time.NewTicker(j.opts.SyncEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				if err := j.Sync(); err != nil {
					j.opts.Failed(err)
				}
			case <-j.stop:
				return
			}
		}
	})
}
