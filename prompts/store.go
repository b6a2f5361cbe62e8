package prompts

import (
	"context"
	"errors"
	"io/fs"

	"gorm.io/gorm"

	"switchdesk/internal/audio"
	"switchdesk/internal/fault"
	"switchdesk/storage/blob"
	"switchdesk/storage/db"
)

// Upload is a sound that somebody brings.
type Upload struct {
	Name     string // ignored by Replace
	Original string
	File     []byte
	By       int64
}

// columns are a prompt's with those of its file.
const columns = "prompts.*, prompt_files.sha256, prompt_files.bytes, prompt_files.milliseconds"

func (s *Service) rows(ctx context.Context) *gorm.DB {
	return s.db.WithContext(ctx).Model(&Prompt{}).Select(columns).Joins("JOIN prompt_files ON prompt_files.id = prompts.file_id")
}

// List gives an account's prompts by name.
func (s *Service) List(ctx context.Context, account int64) ([]Prompt, error) {
	var list []Prompt
	err := s.rows(ctx).Scopes(db.In(account)).Order("prompts.name, prompts.id").Find(&list).Error
	return list, failed(err)
}

// Get gives one prompt. It fails with NotFound.
func (s *Service) Get(ctx context.Context, account, id int64) (Prompt, error) {
	var p Prompt
	err := s.rows(ctx).Scopes(db.In(account)).Where("prompts.id = ?", id).Take(&p).Error
	return p, failed(err)
}

// Open opens a prompt's sound, a WAV file. It fails with NotFound and
// Unavailable.
func (s *Service) Open(ctx context.Context, p Prompt) (blob.File, error) {
	content, _, err := s.blobs.Get(ctx, file{ID: p.FileID, AccountID: p.AccountID, SHA256: p.SHA256}.key())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "prompt.missing", "the sound is missing in the file store; upload it again").Because(err)
	}
	return content, err
}

// Add keeps an uploaded sound under a new name. It fails with Invalid (what is
// wrong with the file or the name), Conflict (the name is taken), TooLarge.
func (s *Service) Add(ctx context.Context, account int64, up Upload) (Prompt, error) {
	if err := s.checkName(up.Name); err != nil {
		return Prompt{}, err
	}
	if err := s.free(ctx, account, up.Name); err != nil { // before the work
		return Prompt{}, err
	}
	sound, err := s.telephone(ctx, up.File, audio.Options{})
	if err != nil {
		return Prompt{}, err
	}
	return s.add(ctx, Prompt{AccountID: account, Name: up.Name, Source: Uploaded, Original: clip(up.Original, 200), CreatedBy: up.By}, sound)
}

// add keeps a sound as a new prompt.
func (s *Service) add(ctx context.Context, p Prompt, sound audio.Sound) (Prompt, error) {
	f, err := s.keep(ctx, p.AccountID, sound)
	if err != nil {
		return Prompt{}, err
	}
	return s.name(ctx, p, f)
}

// name gives a file its first name.
func (s *Service) name(ctx context.Context, p Prompt, f file) (Prompt, error) {
	p.FileID, p.CreatedAt, p.UpdatedAt, p.UpdatedBy = f.ID, s.now(), s.now(), p.CreatedBy
	err := s.db.WithContext(ctx).Create(&p).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return Prompt{}, taken(p.Name)
	}
	if err != nil {
		return Prompt{}, failed(err)
	}
	p.SHA256, p.Bytes, p.Milliseconds = f.SHA256, f.Bytes, f.Milliseconds
	return p, s.Refresh(ctx)
}

func (s *Service) free(ctx context.Context, account int64, name string) error {
	var n int64
	err := s.db.WithContext(ctx).Model(&Prompt{}).Scopes(db.In(account)).Where("name = ?", name).Count(&n).Error
	if err == nil && n > 0 {
		return taken(name)
	}
	return failed(err)
}

// Replace puts another sound in a prompt's place. Calls that are playing the
// old one hear it to its end. It fails as Add does, and with NotFound.
func (s *Service) Replace(ctx context.Context, account, id int64, up Upload) (Prompt, error) {
	old, err := s.Get(ctx, account, id)
	if err != nil {
		return Prompt{}, err
	}
	sound, err := s.telephone(ctx, up.File, audio.Options{})
	if err != nil {
		return Prompt{}, err
	}
	f, err := s.keep(ctx, account, sound)
	if err != nil {
		return Prompt{}, err
	}
	err = s.db.WithContext(ctx).Model(&Prompt{}).Scopes(db.In(account)).Where("id = ?", old.ID).Updates(map[string]any{
		"file_id": f.ID, "source": Uploaded, "original": clip(up.Original, 200), "text": "", "language": "", "voice": "",
		"speed": 0, "updated_by": up.By, "updated_at": s.now(),
	}).Error
	if err != nil {
		return Prompt{}, failed(err)
	}
	if err := s.Refresh(ctx); err != nil {
		return Prompt{}, err
	}
	return s.Get(ctx, account, id)
}

// Rename gives a prompt another name. Whether something uses the old one is
// the caller's to check. It fails with Invalid, Conflict, NotFound.
func (s *Service) Rename(ctx context.Context, account, id int64, name string, by int64) (Prompt, error) {
	p, err := s.Get(ctx, account, id)
	if err != nil || p.Name == name {
		return p, err
	}
	if err := s.checkName(name); err != nil {
		return Prompt{}, err
	}
	err = s.db.WithContext(ctx).Model(&Prompt{}).Scopes(db.In(account)).Where("id = ?", id).
		Updates(map[string]any{"name": name, "updated_by": by, "updated_at": s.now()}).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return Prompt{}, taken(name)
	}
	if err != nil {
		return Prompt{}, failed(err)
	}
	if err := s.Refresh(ctx); err != nil {
		return Prompt{}, err
	}
	return s.Get(ctx, account, id)
}

// Remove takes a prompt away. Whether something uses it is the caller's to
// check. It fails with NotFound.
func (s *Service) Remove(ctx context.Context, account, id int64) error {
	if _, err := s.Get(ctx, account, id); err != nil {
		return err
	}
	if err := s.db.WithContext(ctx).Scopes(db.In(account)).Where("id = ?", id).Delete(&Prompt{}).Error; err != nil {
		return failed(err)
	}
	return s.Refresh(ctx)
}

// telephone makes telephone sound of a file, a few at a time.
func (s *Service) telephone(ctx context.Context, data []byte, o audio.Options) (audio.Sound, error) {
	if len(data) > MaxUpload {
		return audio.Sound{}, fault.New(fault.TooLarge, "prompt.large", "the file is larger than %d MB", MaxUpload>>20).On("file")
	}
	select {
	case s.convert <- struct{}{}:
		defer func() { <-s.convert }()
	case <-ctx.Done():
		return audio.Sound{}, busy(ctx.Err())
	}
	o.Longest, o.Decoder = Longest, s.o.Decoder
	sound, err := audio.Telephone(ctx, data, o)
	if err != nil && ctx.Err() != nil {
		return audio.Sound{}, busy(err)
	}
	return sound, err
}

func busy(err error) error {
	return fault.New(fault.Unavailable, "prompt.busy", "there was no time to convert the file; try again").Because(err)
}

func clip(s string, runes int) string {
	if r := []rune(s); len(r) > runes {
		return string(r[:runes])
	}
	return s
}
