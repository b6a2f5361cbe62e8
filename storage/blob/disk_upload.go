package blob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
)

// A folder keeps an unfinished upload as a hidden file beside its place and
// moves it there when it is whole.

func uploadName(key, id string) string { return path.Join(path.Dir(key), ".up-"+id) }

func (d *disk) least() int { return 1 }

func (d *disk) begin(_ context.Context, key, _ string) (string, error) {
	if err := d.root.MkdirAll(path.Dir(key), 0o700); err != nil {
		return "", err
	}
	id := token()
	f, err := d.root.OpenFile(uploadName(key, id), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	return id, f.Close()
}

func (d *disk) part(ctx context.Context, key, id string, _ int, offset int64, data []byte) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	f, err := d.root.OpenFile(uploadName(key, id), os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	st, err := f.Stat()
	if err == nil && st.Size() < offset {
		err = fmt.Errorf("%w: %d of %d bytes", ErrCut, st.Size(), offset)
	}
	if err == nil {
		if _, err = f.WriteAt(data, offset); err == nil {
			err = errors.Join(f.Truncate(offset+int64(len(data))), f.Sync())
		}
	}
	return "", errors.Join(err, f.Close())
}

func (d *disk) complete(_ context.Context, key, id string, _ []Part, size int64) error {
	name := uploadName(key, id)
	st, err := d.root.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		// An earlier try may have moved it and died before it could say so.
		if done, err := d.root.Stat(key); err == nil && done.Mode().IsRegular() && done.Size() == size {
			return nil
		}
	}
	if err != nil {
		return err
	}
	if st.Size() != size {
		return fmt.Errorf("%w: %d of %d bytes", ErrCut, st.Size(), size)
	}
	if err := d.root.Rename(name, key); err != nil {
		return err
	}
	for at := path.Dir(key); ; at = path.Dir(at) {
		if err := d.syncDir(at); err != nil || at == "." {
			return err
		}
	}
}

func (d *disk) abort(_ context.Context, key, id string) error {
	if err := d.root.Remove(uploadName(key, id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (d *disk) list(ctx context.Context, prefix string, each func(Info) error) error {
	from := "."
	if dir := strings.TrimSuffix(prefix, "/"); dir != "" {
		from = dir
	}
	err := fs.WalkDir(d.root.FS(), from, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // gone while we looked
			}
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if name != "." && strings.HasPrefix(e.Name(), ".") {
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if !e.Type().IsRegular() {
			return nil
		}
		st, err := e.Info()
		if err != nil {
			return nil //nolint:nilerr // gone while we looked
		}
		return each(Info{Key: name, Size: st.Size(), Modified: st.ModTime().UTC()})
	})
	return err
}
