package journal

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A folder holds segments: 12.log is appended to; 12.base is 12.log and all
// before it compacted, so that whatever is older counts no more.

func (j *Journal) path(number int64, kind string) string {
	return filepath.Join(j.dir, fmt.Sprintf("%012d.%s", number, kind))
}

// recover reads the segments into the index. The newest base and the logs
// after it count; the rest is what a crash during compaction left behind.
func (j *Journal) recover() error {
	logs, bases, err := j.list()
	if err != nil {
		return err
	}
	newest := int64(-1)
	if len(bases) > 0 {
		newest = bases[len(bases)-1]
		if err := j.replay(newest, "base", false); err != nil {
			return err
		}
	}
	for i, n := range logs {
		if n <= newest {
			continue
		}
		if err := j.replay(n, "log", i == len(logs)-1); err != nil {
			return err
		}
	}
	for _, n := range logs {
		if n <= newest {
			_ = os.Remove(j.path(n, "log"))
		}
	}
	for _, n := range bases {
		if n < newest {
			_ = os.Remove(j.path(n, "base"))
		}
	}
	return nil
}

// list names the segments in order, and removes unfinished compactions.
func (j *Journal) list() (logs, bases []int64, err error) {
	entries, err := os.ReadDir(j.dir)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		name, kind, _ := strings.Cut(e.Name(), ".")
		n, err := strconv.ParseInt(name, 10, 64)
		if err != nil {
			continue
		}
		j.next = max(j.next, n)
		switch kind {
		case "log":
			logs = append(logs, n)
		case "base":
			bases = append(bases, n)
		case "tmp":
			_ = os.Remove(filepath.Join(j.dir, e.Name()))
		}
	}
	slices.Sort(logs)
	slices.Sort(bases)
	return logs, bases, nil
}

// replay reads one segment up to its end or the first batch that is torn.
func (j *Journal) replay(number int64, kind string, last bool) error {
	f, err := os.Open(j.path(number, kind))
	if err != nil {
		return err
	}
	defer f.Close()
	good, err := scan(f, func(offset int64, r record) {
		at := id{string(r.kind), string(r.key)}
		if old, ok := j.index[at]; ok {
			j.live -= int64(old.size)
			delete(j.index, at)
		}
		if r.op == opPut {
			j.index[at] = place{number, offset, int32(r.size)}
			j.live += int64(r.size)
		}
	})
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if torn := info.Size() - good; torn > 0 {
		j.stats.TornBytes += torn
		if !last {
			j.stats.DamagedSegs++
		}
		if err := os.Truncate(j.path(number, kind), good); err != nil {
			return err
		}
	}
	j.segments[number] = good
	return nil
}

// scan visits the entries of whole batches, and tells where the last whole
// batch ends. Only reading itself can fail.
func scan(f io.Reader, visit func(offset int64, r record)) (good int64, err error) {
	in := bufio.NewReaderSize(f, 1<<20)
	var header [headerSize]byte
	var payload []byte
	var records []record
	for {
		if _, err := io.ReadFull(in, header[:]); err != nil {
			return good, ended(err)
		}
		size := binary.LittleEndian.Uint32(header[4:])
		if binary.LittleEndian.Uint32(header[0:]) != magic || size > 1<<30 {
			return good, nil
		}
		if payload, err = readPayload(in, payload, int(size)); err != nil {
			return good, ended(err)
		}
		if crc32.Checksum(payload, castagnoli)^size != binary.LittleEndian.Uint32(header[8:]) {
			return good, nil
		}
		records = records[:0]
		for rest := payload; len(rest) > 0; {
			r, err := parseEntry(rest)
			if err != nil {
				return good, nil
			}
			records = append(records, r)
			rest = rest[r.size:]
		}
		offset := good + headerSize
		for _, r := range records {
			visit(offset, r)
			offset += int64(r.size)
		}
		good = offset
	}
}

// readPayload grows its buffer as bytes come, so that a damaged length can't
// ask for a gigabyte.
func readPayload(in io.Reader, buf []byte, size int) ([]byte, error) {
	buf = buf[:0]
	for len(buf) < size {
		step := min(size-len(buf), 1<<20)
		buf = slices.Grow(buf, step)
		n, err := io.ReadFull(in, buf[len(buf):len(buf)+step])
		buf = buf[:len(buf)+n]
		if err != nil {
			return buf, err
		}
	}
	return buf, nil
}

func ended(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// Load visits the live state in the order in which it was last put. It is
// meant for the start: writers wait until it is done. An error of visit ends
// it.
func (j *Journal) Load(visit func(kind, key string, data []byte) error) error {
	j.steady.Lock()
	defer j.steady.Unlock()
	j.mu.Lock()
	defer j.mu.Unlock()
	numbers := make([]int64, 0, len(j.segments))
	for n := range j.segments {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		f, err := j.openSegment(n)
		if err != nil {
			return err
		}
		var failed error
		_, err = scan(f, func(offset int64, r record) {
			if failed != nil || r.op != opPut {
				return
			}
			at := id{string(r.kind), string(r.key)}
			if p, ok := j.index[at]; ok && p.segment == n && p.offset == offset {
				failed = visit(at.kind, at.key, slices.Clone(r.data))
			}
		})
		f.Close()
		if err := errors.Join(err, failed); err != nil {
			return err
		}
	}
	return nil
}

func (j *Journal) openSegment(n int64) (*os.File, error) {
	f, err := os.Open(j.path(n, "base"))
	if errors.Is(err, os.ErrNotExist) {
		f, err = os.Open(j.path(n, "log"))
	}
	return f, err
}
