package prompts

import (
	"context"
	"time"

	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// Want names the texts that an account's flows say as they stand. They are
// spoken ahead, and never cleaned away while they are wanted.
func (s *Service) Want(account int64, texts []Text) {
	s.mu.Lock()
	s.wanted[account] = texts
	s.mu.Unlock()
	s.poke()
}

// Warm speaks texts now, several at a time, so that no caller waits for them.
// It fails with the first that can't be spoken; the others are spoken all the
// same.
func (s *Service) Warm(ctx context.Context, account int64, texts []Text) error {
	failures := make(chan error, len(texts))
	slots := make(chan struct{}, 4)
	for _, t := range texts {
		slots <- struct{}{}
		go func() {
			defer func() { <-slots }()
			failures <- s.Speak(ctx, account, t)
		}()
	}
	var first error
	for range texts {
		if err := <-failures; err != nil && first == nil {
			first = err
		}
	}
	return first
}

// again is how long a text that could not be spoken is left alone.
const again = time.Minute

// ahead speaks what is wanted and not there.
func (s *Service) ahead(ctx context.Context) {
	if s.o.Engine == nil {
		return
	}
	s.mu.Lock()
	type want struct {
		account int64
		text    Text
	}
	var list []want
	for account, texts := range s.wanted {
		for _, t := range texts {
			list = append(list, want{account, t})
		}
	}
	s.mu.Unlock()
	for _, w := range list {
		if ctx.Err() != nil || s.now().Before(s.pause) {
			return
		}
		if _, ok := s.SpokenPath(w.account, w.text); ok {
			continue
		}
		err := s.Speak(ctx, w.account, w.text)
		if err != nil && ctx.Err() == nil {
			s.log.Error("a text of a flow could not be spoken ahead", "account", w.account, "error", err)
			if fault.KindOf(err) == fault.Unavailable {
				s.pause = s.now().Add(again)
			}
		}
	}
}

// load reads which texts have been spoken before; those whose file is gone
// are left out by the next Mend.
func (s *Service) load(ctx context.Context) error {
	var rows []struct {
		AccountID int64
		Hash      string
		SHA256    string `gorm:"column:sha256"`
	}
	err := db.AllAccounts(s.db.WithContext(ctx)).Model(&spokenText{}).
		Select("spoken_texts.account_id, spoken_texts.hash, prompt_files.sha256").
		Joins("JOIN prompt_files ON prompt_files.id = spoken_texts.file_id").Find(&rows).Error
	if err != nil {
		return failed(err)
	}
	have := s.present()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range rows {
		if have[relative(r.AccountID, r.SHA256)] {
			s.spoken[spokenKey{r.AccountID, r.Hash}] = r.SHA256
		}
	}
	return nil
}
