package blob

import (
	"bytes"
	"context"
	"fmt"

	"switchdesk/internal/fault"
)

// PartSize is how much of an upload goes up at once, and so is lost at most
// with the process that sends it. A store takes 10,000 parts.
const PartSize = 16 << 20

// Part is a piece of an upload that the store has confirmed.
type Part struct {
	Size int64  `json:"n"`
	ETag string `json:"e,omitempty"`
}

// UploadState is how far an upload has come; with it another process goes on.
type UploadState struct {
	Key   string `json:"key"`
	ID    string `json:"id"`
	Type  string `json:"type"`
	Parts []Part `json:"parts"`
}

// Offset is how many bytes the store has confirmed.
func (s UploadState) Offset() int64 {
	var n int64
	for _, p := range s.Parts {
		n += p.Size
	}
	return n
}

// multi is what the kinds of store do for uploads in parts. What has been
// begun is invisible until it is completed.
type multi interface {
	// least is how large every part but the last must be.
	least() int
	begin(ctx context.Context, key, contentType string) (id string, err error)
	// part stores piece n (from 1) behind the offset; again with the same n
	// takes the place of what an earlier try left.
	part(ctx context.Context, key, id string, n int, offset int64, data []byte) (etag string, err error)
	complete(ctx context.Context, key, id string, parts []Part, size int64) error
	abort(ctx context.Context, key, id string) error
}

// Upload is a file of unknown length on its way to the store, piece by piece.
// It is an io.Writer for one goroutine; nobody sees the file before Finish.
type Upload struct {
	ctx context.Context
	d   driver
	st  UploadState
	buf []byte
	err error
}

// Begin starts an upload under key. ctx holds for the whole of it.
func (s *Store) Begin(ctx context.Context, key, contentType string) (*Upload, error) {
	if err := CheckKey(key); err != nil {
		return nil, err
	}
	id, err := s.d.begin(ctx, key, contentType)
	if err != nil {
		return nil, s.failed(err)
	}
	return &Upload{ctx: ctx, d: s.d, st: UploadState{Key: key, ID: id, Type: contentType}}, nil
}

// Resume goes on with an upload where st was taken. What was sent after that
// is written anew. It fails at the next part if the store has forgotten it.
func (s *Store) Resume(ctx context.Context, st UploadState) (*Upload, error) {
	if err := CheckKey(st.Key); err != nil {
		return nil, err
	}
	st.Parts = append([]Part(nil), st.Parts...)
	return &Upload{ctx: ctx, d: s.d, st: st}, nil
}

// Write takes p; it waits for the store when a part is full.
func (u *Upload) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 && u.err == nil {
		if u.buf == nil {
			u.buf = make([]byte, 0, PartSize)
		}
		n := min(len(p), PartSize-len(u.buf))
		u.buf = append(u.buf, p[:n]...)
		p, written = p[n:], written+n
		if len(u.buf) == PartSize {
			u.send()
		}
	}
	return written, u.err
}

func (u *Upload) send() {
	n := len(u.st.Parts) + 1
	etag, err := u.d.part(u.ctx, u.st.Key, u.st.ID, n, u.st.Offset(), u.buf)
	if err != nil {
		u.err = fault.New(fault.Unavailable, "blob.unavailable", "the file store does not answer as it should").Because(err)
		return
	}
	u.st.Parts = append(u.st.Parts, Part{int64(len(u.buf)), etag})
	u.buf = u.buf[:0]
}

// Ready tells whether Sync has enough for a part.
func (u *Upload) Ready() bool { return len(u.buf) >= u.d.least() }

// Sync brings to the store what was written, so that a State holds all of it;
// false while there is too little for a part.
func (u *Upload) Sync() (bool, error) {
	if u.err != nil || len(u.buf) == 0 {
		return u.err == nil, u.err
	}
	if !u.Ready() {
		return false, nil
	}
	u.send()
	return u.err == nil, u.err
}

// State is what the store has confirmed.
func (u *Upload) State() UploadState {
	st := u.st
	st.Parts = append([]Part(nil), u.st.Parts...)
	return st
}

// Finish makes the file visible, whole. It fails if the store does not hold
// what was sent; then nothing is visible.
func (u *Upload) Finish() (Info, error) {
	if u.err != nil {
		return Info{}, u.err
	}
	s := &Store{u.d}
	if len(u.buf) > 0 {
		if u.send(); u.err != nil {
			return Info{}, u.err
		}
	}
	size := u.st.Offset()
	if size == 0 { // stores take no part without bytes
		if err := u.d.abort(u.ctx, u.st.Key, u.st.ID); err != nil {
			return Info{}, s.failed(err)
		}
		return s.Put(u.ctx, u.st.Key, bytes.NewReader(nil), 0, u.st.Type)
	}
	if err := u.d.complete(u.ctx, u.st.Key, u.st.ID, u.st.Parts, size); err != nil {
		return Info{}, s.failed(err)
	}
	info, err := u.d.stat(u.ctx, u.st.Key)
	if err != nil {
		return Info{}, s.failed(err)
	}
	if info.Size != size {
		return Info{}, fmt.Errorf("%w: %d bytes instead of %d", ErrDamaged, info.Size, size)
	}
	u.buf = nil
	return info, nil
}

// Abandon drops an upload; what it sent goes. One that is unknown is no error.
func (s *Store) Abandon(ctx context.Context, st UploadState) error {
	if err := CheckKey(st.Key); err != nil {
		return err
	}
	return s.failed(s.d.abort(ctx, st.Key, st.ID))
}

// List gives the files whose key begins with prefix, a folder's name with a
// slash or "" for all, to each until that fails. Uploads that are not finished
// are not among them.
func (s *Store) List(ctx context.Context, prefix string, each func(Info) error) error {
	return s.d.list(ctx, prefix, each)
}
