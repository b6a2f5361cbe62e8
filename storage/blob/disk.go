package blob

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

// disk keeps files in a folder that no key can lead out of, symbolic links
// included.
type disk struct{ root *os.Root }

func openDisk(folder string) (*disk, error) {
	if folder == "" {
		return nil, errors.New("no folder named for the file store")
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	return &disk{root}, nil
}

// put writes beside the place, syncs, and moves there: a reader sees the old
// file or the new one, after a power cut too.
func (d *disk) put(ctx context.Context, key string, r io.Reader, size int64, _ string) (err error) {
	dir := path.Dir(key)
	if err := d.root.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tmp := path.Join(dir, ".put-"+token())
	f, err := d.root.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = d.root.Remove(tmp)
		}
	}()
	n, err := io.Copy(f, contextReader{ctx, r})
	if err != nil {
		return err
	}
	if n != size {
		return fmt.Errorf("%w: %d of %d bytes", ErrCut, n, size)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := d.root.Rename(tmp, key); err != nil {
		return err
	}
	for at := dir; ; at = path.Dir(at) {
		if err := d.syncDir(at); err != nil || at == "." {
			return err
		}
	}
}

func (d *disk) syncDir(name string) error {
	f, err := d.root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

func (d *disk) open(_ context.Context, key string) (File, Info, error) {
	f, err := d.root.Open(key)
	if err != nil {
		return nil, Info{}, err
	}
	st, err := f.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		f.Close()
		return nil, Info{}, err
	}
	return f, Info{Key: key, Size: st.Size(), Modified: st.ModTime().UTC()}, nil
}

func (d *disk) stat(_ context.Context, key string) (Info, error) {
	st, err := d.root.Stat(key)
	if err == nil && !st.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		return Info{}, err
	}
	return Info{Key: key, Size: st.Size(), Modified: st.ModTime().UTC()}, nil
}

func (d *disk) remove(_ context.Context, key string) error {
	if _, err := d.stat(context.Background(), key); err != nil {
		return err
	}
	return d.root.Remove(key)
}

func (d *disk) check(context.Context) error {
	name := ".check-" + token()
	f, err := d.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString("ok")
	return errors.Join(err, f.Close(), d.root.Remove(name))
}

func (d *disk) etagIsMD5(context.Context, string, int64, string) bool { return false }

func token() string {
	b := make([]byte, 12)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
