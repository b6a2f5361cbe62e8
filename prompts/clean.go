package prompts

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"gorm.io/gorm"

	"switchdesk/storage/db"
)

// grace is how long a file that nothing names any more stays: longer than a
// call that began with it.
const grace = 24 * time.Hour

// Tidy notes which spoken texts were used, forgets those that have not been
// for long or are too many, and removes files that nothing has named for a
// day. It can run in several processes.
func (s *Service) Tidy(ctx context.Context) error {
	return errors.Join(s.noteUse(ctx), s.forget(ctx), s.remove(ctx), s.sweep(ctx))
}

// noteUse writes down when texts were last used.
func (s *Service) noteUse(ctx context.Context) error {
	s.mu.Lock()
	used := s.used
	s.used = map[spokenKey]time.Time{}
	s.mu.Unlock()
	byAccount := map[int64][]string{}
	for k := range used {
		byAccount[k.account] = append(byAccount[k.account], k.hash)
	}
	for account, hashes := range byAccount {
		for part := range slices.Chunk(hashes, 500) {
			err := s.db.WithContext(ctx).Model(&spokenText{}).Scopes(db.In(account)).Where("hash IN ?", part).Update("used_at", s.now()).Error
			if err != nil {
				return failed(err)
			}
		}
	}
	return nil
}

// forget drops texts that are old, and the longest unused of an account that
// keeps more than it may. What flows say as it stands is kept.
func (s *Service) forget(ctx context.Context) error {
	var rows []struct {
		ID        int64
		AccountID int64
		Hash      string
		Bytes     int64
		UsedAt    time.Time
	}
	err := db.AllAccounts(s.db.WithContext(ctx)).Model(&spokenText{}).
		Select("spoken_texts.id, spoken_texts.account_id, spoken_texts.hash, spoken_texts.used_at, prompt_files.bytes").
		Joins("JOIN prompt_files ON prompt_files.id = spoken_texts.file_id").Order("spoken_texts.used_at DESC").Find(&rows).Error
	if err != nil {
		return failed(err)
	}
	kept, wanted := map[int64]int64{}, s.wantedKeys()
	for _, r := range rows {
		if wanted[spokenKey{r.AccountID, r.Hash}] {
			kept[r.AccountID] += r.Bytes
		}
	}
	for _, r := range rows {
		k := spokenKey{r.AccountID, r.Hash}
		if wanted[k] {
			continue
		}
		kept[r.AccountID] += r.Bytes
		old := s.o.Keep > 0 && r.UsedAt.Before(s.now().Add(-s.o.Keep))
		over := s.o.PerAccount > 0 && kept[r.AccountID] > s.o.PerAccount
		if !old && !over {
			continue
		}
		kept[r.AccountID] -= r.Bytes
		if err := s.db.WithContext(ctx).Scopes(db.In(r.AccountID)).Where("id = ?", r.ID).Delete(&spokenText{}).Error; err != nil {
			return failed(err)
		}
		s.mu.Lock()
		delete(s.spoken, k)
		s.mu.Unlock()
	}
	return failed(db.AllAccounts(s.db.WithContext(ctx)).Where("day < ?", s.now().AddDate(0, 0, -40).Format(time.DateOnly)).Delete(&spokenDay{}).Error)
}

func (s *Service) wantedKeys() map[spokenKey]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	keys := map[spokenKey]bool{}
	for account, texts := range s.wanted {
		for _, t := range texts {
			if t, v, err := s.settle(t); err == nil {
				keys[spokenKey{account, s.hash(t, v)}] = true
			}
		}
	}
	return keys
}

const unnamed = "NOT EXISTS (SELECT 1 FROM prompts WHERE prompts.file_id = prompt_files.id) AND " +
	"NOT EXISTS (SELECT 1 FROM spoken_texts WHERE spoken_texts.file_id = prompt_files.id)"

// remove marks files that nothing names, and removes those marked for a day.
func (s *Service) remove(ctx context.Context) error {
	all := func() *gorm.DB { return db.AllAccounts(s.db.WithContext(ctx)) }
	if err := all().Model(&file{}).Where("unused_since IS NULL AND "+unnamed).Update("unused_since", s.now()).Error; err != nil {
		return failed(err)
	}
	if err := all().Model(&file{}).Where("unused_since IS NOT NULL AND NOT ("+unnamed+")").Update("unused_since", nil).Error; err != nil {
		return failed(err)
	}
	var old []file
	before := s.now().Add(-grace)
	if err := all().Where("unused_since < ?", before).Find(&old).Error; err != nil {
		return failed(err)
	}
	for _, f := range old {
		// Asked again in one statement: it may have been named meanwhile.
		gone := s.db.WithContext(ctx).Scopes(db.In(f.AccountID)).Where("id = ? AND unused_since < ? AND "+unnamed, f.ID, before).Delete(&file{})
		if gone.Error != nil {
			return failed(gone.Error)
		}
		if gone.RowsAffected == 0 {
			continue
		}
		if err := s.blobs.Delete(ctx, f.key()); err != nil {
			return err
		}
	}
	return nil
}

// ours are the names that we give; what somebody else has put there stays.
var ours = regexp.MustCompile(`^accounts/\d+/([0-9a-f]{32}\.wav|\.new-\d+)$`)

// sweep removes from the switches' folder what no row knows any more.
func (s *Service) sweep(ctx context.Context) error {
	var rows []file
	if err := db.AllAccounts(s.db.WithContext(ctx)).Select("account_id", "sha256").Find(&rows).Error; err != nil {
		return failed(err)
	}
	known := make(map[string]bool, len(rows))
	for _, f := range rows {
		known[relative(f.AccountID, f.SHA256)] = true
	}
	for name := range s.present() {
		full := filepath.Join(s.o.Dir, filepath.FromSlash(name))
		st, err := os.Stat(full)
		if known[name] || !ours.MatchString(name) || err != nil || st.IsDir() || s.now().Sub(st.ModTime()) < grace {
			continue
		}
		if err := os.Remove(full); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}
