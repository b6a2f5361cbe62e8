// Package blob keeps files, recordings and prompts above all, in an S3 store
// or a local folder, under the same promises: what Put has confirmed is there
// whole, and nobody ever reads half a file.
package blob

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"switchdesk/internal/fault"
)

// Config says where: a folder (Kind "disk", Path) or an S3 store (Kind "s3").
type Config struct {
	Kind     string
	Path     string
	Endpoint string // host:port
	Bucket   string
	Key      string
	Secret   string
	Region   string
	TLS      bool
}

// Info describes a stored file.
type Info struct {
	Key      string
	Size     int64
	Modified time.Time
	SHA256   string // hex; known only from Put
}

// File is a stored file that can be read from anywhere in it.
type File interface {
	io.ReadSeekCloser
	io.ReaderAt
}

// driver is what the two kinds of store do; keys have been checked.
type driver interface {
	put(ctx context.Context, key string, r io.Reader, size int64, contentType string) error
	open(ctx context.Context, key string) (File, Info, error)
	stat(ctx context.Context, key string) (Info, error)
	remove(ctx context.Context, key string) error
	check(ctx context.Context) error
	// etagIsMD5 tells whether the store's own checksum of the key is this MD5,
	// so that the file need not be read back.
	etagIsMD5(ctx context.Context, key string, size int64, sum string) bool
	// list gives every file below prefix, finished ones only.
	list(ctx context.Context, prefix string, each func(Info) error) error
	multi
}

// ErrCut is a source that ended before its stated size, or went on after it.
var ErrCut = errors.New("the file is not as long as was said")

// ErrDamaged is a stored file that differs from what was sent.
var ErrDamaged = errors.New("the stored file differs from what was sent")

// Store keeps files. It is safe for concurrent use.
type Store struct{ d driver }

// Open makes a store; it does not reach out yet, see Check.
func Open(cfg Config) (*Store, error) {
	var d driver
	var err error
	switch cfg.Kind {
	case "disk":
		d, err = openDisk(cfg.Path)
	case "s3":
		d, err = openS3(cfg)
	default:
		err = fmt.Errorf("blob kind %q is neither disk nor s3", cfg.Kind)
	}
	if err != nil {
		return nil, err
	}
	return &Store{d}, nil
}

// Put stores size bytes of r under key, in the place of what was there, and
// returns once the store has been asked and holds exactly those bytes. It
// fails with Invalid for a bad key, ErrCut, ErrDamaged, and Unavailable; then
// what was there before is there still or, at worst, the key is gone.
func (s *Store) Put(ctx context.Context, key string, r io.Reader, size int64, contentType string) (Info, error) {
	if err := CheckKey(key); err != nil {
		return Info{}, err
	}
	if size < 0 {
		return Info{}, fault.New(fault.Invalid, "blob.size", "the size must be known")
	}
	src := &measured{r: r, md5: md5.New(), sha: sha256.New()}
	if err := s.d.put(ctx, key, io.LimitReader(src, size), size, contentType); err != nil {
		if src.n != size && src.ended {
			return Info{}, fmt.Errorf("%w: %d of %d bytes", ErrCut, src.n, size)
		}
		return Info{}, s.failed(err)
	}
	if src.n != size {
		_ = s.d.remove(ctx, key)
		return Info{}, fmt.Errorf("%w: %d of %d bytes", ErrCut, src.n, size)
	}
	sum := hex.EncodeToString(src.sha.Sum(nil))
	if n, _ := r.Read(make([]byte, 1)); n > 0 {
		_ = s.d.remove(ctx, key)
		return Info{}, fmt.Errorf("%w: over %d bytes", ErrCut, size)
	}
	info, err := s.verify(ctx, key, size, sum, hex.EncodeToString(src.md5.Sum(nil)))
	if err != nil {
		return Info{}, err
	}
	info.SHA256 = sum
	return info, nil
}

// verify asks the store what it has, and reads it back where its checksum
// does not say enough.
func (s *Store) verify(ctx context.Context, key string, size int64, sha, md5sum string) (Info, error) {
	info, err := s.d.stat(ctx, key)
	if err != nil {
		return Info{}, s.failed(err)
	}
	if info.Size != size {
		return Info{}, fmt.Errorf("%w: %d bytes instead of %d", ErrDamaged, info.Size, size)
	}
	if s.d.etagIsMD5(ctx, key, size, md5sum) {
		return info, nil
	}
	f, _, err := s.d.open(ctx, key)
	if err != nil {
		return Info{}, s.failed(err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return Info{}, s.failed(err)
	}
	if hex.EncodeToString(h.Sum(nil)) != sha {
		return Info{}, ErrDamaged
	}
	return info, nil
}

// Get opens a file; the caller closes it. It fails with NotFound, which is
// also fs.ErrNotExist, and Unavailable.
func (s *Store) Get(ctx context.Context, key string) (File, Info, error) {
	if err := CheckKey(key); err != nil {
		return nil, Info{}, err
	}
	f, info, err := s.d.open(ctx, key)
	return f, info, s.failed(err)
}

// Stat describes a file without reading it. It fails as Get does.
func (s *Store) Stat(ctx context.Context, key string) (Info, error) {
	if err := CheckKey(key); err != nil {
		return Info{}, err
	}
	info, err := s.d.stat(ctx, key)
	return info, s.failed(err)
}

// Delete removes a file; one that is not there is no error.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	err := s.d.remove(ctx, key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return s.failed(err)
}

// Check tells whether files can be stored and read now.
func (s *Store) Check(ctx context.Context) error { return s.failed(s.d.check(ctx)) }

func (s *Store) failed(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fault.New(fault.NotFound, "blob.missing", "the file is not there").Because(err)
	}
	return fault.New(fault.Unavailable, "blob.unavailable", "the file store does not answer as it should").Because(err)
}

// CheckKey refuses a key that is not plain names joined by slashes: nothing
// empty, hidden, climbing or unprintable, at most 500 bytes.
func CheckKey(key string) error {
	bad := fault.New(fault.Invalid, "blob.key", "%q can't name a stored file", key)
	if len(key) > 500 || !utf8.ValidString(key) || strings.ContainsAny(key, `\:*?"<>|`) || strings.ContainsFunc(key, unicode.IsControl) {
		return bad
	}
	for part := range strings.SplitSeq(key, "/") {
		if part == "" || part[0] == '.' || len(part) > 200 || strings.TrimSpace(part) != part {
			return bad
		}
	}
	return nil
}

// measured counts and sums what is read from it.
type measured struct {
	r        io.Reader
	n        int64
	md5, sha hash.Hash
	ended    bool
}

func (m *measured) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.n += int64(n)
	m.md5.Write(p[:n])
	m.sha.Write(p[:n])
	m.ended = m.ended || err == io.EOF
	return n, err
}
