// Package zipfile writes a zip archive as a stream that another process can go
// on with: the State that is taken between two entries, or at a Flush within
// one, is all that is needed. It knows sizes and checksums only after the data
// and writes them behind it, so nothing is ever kept back or written twice.
package zipfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"time"

	"github.com/klauspost/compress/flate"
)

// Method is how an entry is kept.
type Method uint16

const (
	Stored   Method = 0
	Deflated Method = 8
)

// Entry is one file of the archive.
type Entry struct {
	Name   string `json:"n"`
	Method Method `json:"m,omitempty"`
	CRC    uint32 `json:"c"`
	Packed int64  `json:"p"` // bytes in the archive
	Size   int64  `json:"s"` // bytes of the file
	Offset int64  `json:"o"` // of its header
	DOS    uint32 `json:"t"` // date and time as zip keeps them
}

// State is how far an archive has come.
type State struct {
	Offset  int64   `json:"offset"` // bytes written
	Entries []Entry `json:"entries,omitempty"`
	Open    *Entry  `json:"open,omitempty"` // the entry that is being written
}

// Writer writes an archive to a stream. It is not safe for concurrent use;
// after an error it is of no more use.
type Writer struct {
	w     io.Writer
	st    State
	pack  *flate.Writer
	dirty bool // the packer holds something back
}

// New begins an archive.
func New(w io.Writer) *Writer { return &Writer{w: w} }

// Resume goes on with an archive of which exactly st.Offset bytes are there.
func Resume(w io.Writer, st State) *Writer {
	z := &Writer{w: w, st: st}
	z.st.Entries = append([]Entry(nil), st.Entries...)
	if st.Open != nil {
		open := *st.Open
		z.st.Open = &open
	}
	return z
}

// State is how far it is; only between entries or right after Flush.
func (z *Writer) State() State {
	st := z.st
	st.Entries = append([]Entry(nil), z.st.Entries...)
	if z.st.Open != nil {
		open := *z.st.Open
		st.Open = &open
	}
	return st
}

// Offset is how many bytes have been written.
func (z *Writer) Offset() int64 { return z.st.Offset }

// Len is how many entries are finished.
func (z *Writer) Len() int { return len(z.st.Entries) }

const (
	flags       = 0x0008 | 0x0800 // sizes behind the data; names in UTF-8
	version20   = 20
	version45   = 45 // zip64
	most32      = math.MaxUint32
	nameLongest = 1 << 12
)

var errOpen = errors.New("zip: an entry is still open")

// Begin starts an entry; the name is a relative path with slashes.
func (z *Writer) Begin(name string, m Method, at time.Time) error {
	if z.st.Open != nil {
		return errOpen
	}
	if name == "" || len(name) > nameLongest {
		return fmt.Errorf("zip: a name of %d bytes", len(name))
	}
	e := &Entry{Name: name, Method: m, Offset: z.st.Offset, DOS: dosTime(at)}
	h := make([]byte, 30, 30+len(name))
	le := binary.LittleEndian
	le.PutUint32(h, 0x04034b50)
	le.PutUint16(h[4:], version20)
	le.PutUint16(h[6:], flags)
	le.PutUint16(h[8:], uint16(m))
	le.PutUint32(h[10:], e.DOS)
	le.PutUint16(h[26:], uint16(len(name)))
	if err := z.raw(append(h, name...)); err != nil {
		return err
	}
	z.st.Open = e
	return nil
}

func (z *Writer) raw(p []byte) error {
	n, err := z.w.Write(p)
	z.st.Offset += int64(n)
	return err
}

// packed counts what the packer puts out.
type packed struct{ z *Writer }

func (p packed) Write(b []byte) (int, error) {
	n, err := p.z.w.Write(b)
	p.z.st.Offset += int64(n)
	p.z.st.Open.Packed += int64(n)
	return n, err
}

// Write adds to the open entry.
func (z *Writer) Write(p []byte) (int, error) {
	e := z.st.Open
	if e == nil {
		return 0, errors.New("zip: no entry is open")
	}
	e.CRC = crc32.Update(e.CRC, crc32.IEEETable, p)
	e.Size += int64(len(p))
	if e.Method == Stored {
		return packed{z}.Write(p)
	}
	if z.pack == nil {
		var err error
		if z.pack, err = flate.NewWriter(packed{z}, flate.BestSpeed); err != nil {
			return 0, err
		}
	}
	z.dirty = true
	return z.pack.Write(p)
}

// Flush brings everything out, so that a State can be taken within an entry.
// The packer begins anew behind it, so it is for every megabyte, not for
// every line.
func (z *Writer) Flush() error {
	if !z.dirty {
		return nil
	}
	if err := z.pack.Flush(); err != nil {
		return err
	}
	z.pack.Reset(packed{z})
	z.dirty = false
	return nil
}

// End finishes the open entry.
func (z *Writer) End() error {
	e := z.st.Open
	if e == nil {
		return errors.New("zip: no entry is open")
	}
	if e.Method == Deflated {
		if z.pack == nil {
			if _, err := z.Write(nil); err != nil {
				return err
			}
		}
		if err := z.pack.Close(); err != nil {
			return err
		}
		z.pack.Reset(packed{z})
		z.dirty = false
	}
	le := binary.LittleEndian
	d := make([]byte, 8, 24)
	le.PutUint32(d, 0x08074b50)
	le.PutUint32(d[4:], e.CRC)
	if e.big() {
		d = le.AppendUint64(le.AppendUint64(d, uint64(e.Packed)), uint64(e.Size))
	} else {
		d = le.AppendUint32(le.AppendUint32(d, uint32(e.Packed)), uint32(e.Size))
	}
	if err := z.raw(d); err != nil {
		return err
	}
	z.st.Entries = append(z.st.Entries, *e)
	z.st.Open = nil
	return nil
}

func (e *Entry) big() bool { return e.Packed >= most32 || e.Size >= most32 }

// Close writes the table of contents. It does not close the stream.
func (z *Writer) Close() error {
	if z.st.Open != nil {
		return errOpen
	}
	start := z.st.Offset
	for i := range z.st.Entries {
		if err := z.raw(z.st.Entries[i].central()); err != nil {
			return err
		}
	}
	return z.raw(ending(len(z.st.Entries), start, z.st.Offset-start))
}

func (e *Entry) central() []byte {
	le := binary.LittleEndian
	big := e.big() || e.Offset >= most32
	h := make([]byte, 46, 46+len(e.Name)+28)
	le.PutUint32(h, 0x02014b50)
	le.PutUint16(h[4:], 3<<8|version20) // Unix, so that mode bits count
	le.PutUint16(h[6:], version20)
	le.PutUint16(h[8:], flags)
	le.PutUint16(h[10:], uint16(e.Method))
	le.PutUint32(h[12:], e.DOS)
	le.PutUint32(h[16:], e.CRC)
	le.PutUint32(h[20:], uint32(min(e.Packed, most32)))
	le.PutUint32(h[24:], uint32(min(e.Size, most32)))
	le.PutUint16(h[28:], uint16(len(e.Name)))
	le.PutUint32(h[38:], 0o100644<<16)
	le.PutUint32(h[42:], uint32(min(e.Offset, most32)))
	if big {
		le.PutUint16(h[6:], version45)
		le.PutUint16(h[30:], 28)
		le.PutUint32(h[20:], most32)
		le.PutUint32(h[24:], most32)
		le.PutUint32(h[42:], most32)
	}
	h = append(h, e.Name...)
	if big {
		h = le.AppendUint16(le.AppendUint16(h, 1), 24)
		h = le.AppendUint64(le.AppendUint64(le.AppendUint64(h, uint64(e.Size)), uint64(e.Packed)), uint64(e.Offset))
	}
	return h
}

func ending(n int, start, size int64) []byte {
	le := binary.LittleEndian
	var b []byte
	if n >= math.MaxUint16 || start >= most32 || size >= most32 {
		b = le.AppendUint32(b, 0x06064b50)
		b = le.AppendUint64(b, 44)
		b = le.AppendUint16(le.AppendUint16(b, version45), version45)
		b = le.AppendUint32(le.AppendUint32(b, 0), 0)
		b = le.AppendUint64(le.AppendUint64(b, uint64(n)), uint64(n))
		b = le.AppendUint64(le.AppendUint64(b, uint64(size)), uint64(start))
		b = le.AppendUint32(le.AppendUint32(b, 0x07064b50), 0)
		b = le.AppendUint64(b, uint64(start+size))
		b = le.AppendUint32(b, 1)
	}
	b = le.AppendUint32(b, 0x06054b50)
	b = le.AppendUint32(b, 0)
	count := uint16(min(n, math.MaxUint16))
	b = le.AppendUint16(le.AppendUint16(b, count), count)
	b = le.AppendUint32(le.AppendUint32(b, uint32(min(size, most32))), uint32(min(start, most32)))
	return le.AppendUint16(b, 0)
}

// dosTime keeps local wall time with two seconds' grain, from 1980 on.
func dosTime(t time.Time) uint32 {
	if t.Year() < 1980 {
		return 1<<16 | 1<<21
	}
	date := uint32(t.Day()) | uint32(t.Month())<<5 | uint32(t.Year()-1980)<<9
	clock := uint32(t.Second()/2) | uint32(t.Minute())<<5 | uint32(t.Hour())<<11
	return date<<16 | clock
}
