package prompts

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"gorm.io/gorm"

	"switchdesk/internal/audio"
	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// keep puts a sound into the object store and the folder that the switches
// play from, and gives its row. It is there whole before anything names it.
func (s *Service) keep(ctx context.Context, account int64, sound audio.Sound) (file, error) {
	wav := sound.WAV()
	sum := sha256.Sum256(wav)
	f, err := s.row(ctx, file{
		AccountID: account, SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(wav)), Milliseconds: sound.Length().Milliseconds(),
	})
	if err != nil {
		return file{}, failed(err)
	}
	if info, err := s.blobs.Stat(ctx, f.key()); err != nil || info.Size != f.Bytes {
		if _, err := s.blobs.Put(ctx, f.key(), bytes.NewReader(wav), f.Bytes, "audio/wav"); err != nil {
			return file{}, err
		}
	}
	return f, s.write(relative(account, f.SHA256), wav)
}

// row finds or makes a file's row and marks it as not used since now, which
// keeps it from being cleaned away while it gets its name.
func (s *Service) row(ctx context.Context, f file) (file, error) {
	now := s.now()
	var err error
	for range 3 { // the same sound twice at once: the second finds the first's row
		mine := s.db.WithContext(ctx).Scopes(db.In(f.AccountID)).Where("sha256 = ?", f.SHA256)
		done := mine.Session(&gorm.Session{}).Model(&file{}).Update("unused_since", now)
		if done.Error != nil {
			return file{}, done.Error
		}
		if done.RowsAffected > 0 {
			var found file
			if err = mine.Take(&found).Error; err == nil {
				return found, nil
			}
			continue
		}
		f.ID, f.UnusedSince, f.CreatedAt = 0, &now, now
		if err = s.db.WithContext(ctx).Create(&f).Error; !errors.Is(err, gorm.ErrDuplicatedKey) {
			return f, err
		}
	}
	return file{}, err
}

// write puts a file into the switches' folder: whole or not at all.
func (s *Service) write(name string, data []byte) error {
	to := filepath.Join(s.o.Dir, filepath.FromSlash(name))
	if st, err := os.Stat(to); err == nil && st.Size() == int64(len(data)) {
		return nil
	}
	err := s.place(to, data)
	if err != nil {
		return fault.New(fault.Unavailable, "prompt.folder", "the folder of prompts can't be written; the operator finds the reason in the log").Because(err)
	}
	return nil
}

func (s *Service) place(to string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(to), ".new-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), to)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return nil
}

// Refresh reads which prompts there are, also those that another process has
// changed. Files that this machine lacks come a moment later; see Run.
func (s *Service) Refresh(ctx context.Context) error {
	var rows []struct {
		AccountID int64
		Name      string
		SHA256    string `gorm:"column:sha256"`
	}
	err := db.AllAccounts(s.db.WithContext(ctx)).Model(&Prompt{}).
		Select("prompts.account_id, prompts.name, prompt_files.sha256").
		Joins("JOIN prompt_files ON prompt_files.id = prompts.file_id").Find(&rows).Error
	if err != nil {
		return failed(err)
	}
	x := &index{files: make(map[promptKey]string, len(rows))}
	for _, r := range rows {
		x.files[promptKey{r.AccountID, r.Name}] = r.SHA256
	}
	s.index.Store(x)
	s.poke()
	return nil
}

func (s *Service) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// look is how often the folder is held against what should be in it.
const look = 5 * time.Second

// Run keeps the switches' folder whole: what is missing there comes from the
// object store, texts that flows will say are spoken ahead.
func (s *Service) Run(ctx context.Context) error {
	if err := s.load(ctx); err != nil {
		s.log.Error("the spoken texts could not be read", "error", err)
	}
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		s.Mend(ctx)
		s.ahead(ctx)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.wake:
		case <-tick.C:
		}
	}
}

// Mend puts what is missing in the switches' folder back from the object
// store, and forgets spoken texts whose file is gone: they are fetched or
// spoken anew when somebody needs them.
func (s *Service) Mend(ctx context.Context) {
	have := s.present()
	for k, sha := range s.index.Load().files {
		if have[relative(k.account, sha)] || ctx.Err() != nil {
			continue
		}
		if err := s.fetch(ctx, k.account, sha); err != nil {
			s.log.Error("a prompt is missing in the folder of prompts", "account", k.account, "prompt", k.name, "error", err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, sha := range s.spoken {
		if !have[relative(k.account, sha)] {
			// It may have come after the folder was read.
			if _, err := os.Stat(filepath.Join(s.o.Dir, filepath.FromSlash(relative(k.account, sha)))); err != nil {
				delete(s.spoken, k)
			}
		}
	}
}

// present lists the files of accounts in the switches' folder.
func (s *Service) present() map[string]bool {
	have := map[string]bool{}
	root := filepath.Join(s.o.Dir, "accounts")
	accounts, _ := os.ReadDir(root) // none yet: nothing is there
	for _, a := range accounts {
		files, _ := os.ReadDir(filepath.Join(root, a.Name()))
		for _, f := range files {
			have["accounts/"+a.Name()+"/"+f.Name()] = true
		}
	}
	return have
}

// fetch brings a file from the object store into the switches' folder.
func (s *Service) fetch(ctx context.Context, account int64, sha string) error {
	var f file
	err := s.db.WithContext(ctx).Scopes(db.In(account)).Where("sha256 = ?", sha).Take(&f).Error
	if err != nil {
		return failed(err)
	}
	content, _, err := s.blobs.Get(ctx, f.key())
	if err != nil {
		return err
	}
	defer content.Close()
	data, err := io.ReadAll(io.LimitReader(content, f.Bytes+1))
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != sha {
		return fault.New(fault.Internal, "prompt.damaged", "the stored sound is not the one that was kept")
	}
	return s.write(relative(account, sha), data)
}
