package prompts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"gorm.io/gorm"

	"switchdesk/internal/audio"
	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// Text is something to say.
type Text struct {
	Text     string
	Language string // zh, en …; what the voice speaks if Voice is named
	Voice    string // "" for the language's usual one
	Speed    int    // percent of the usual; 0 for that
}

// MaxText bounds a text that is spoken at once, in characters.
const MaxText = 2000

// spokenText is a text that has been spoken and is kept.
type spokenText struct {
	ID        int64
	AccountID int64
	Hash      string
	FileID    int64
	Text      string
	Language  string
	Voice     string
	UsedAt    time.Time
	CreatedAt time.Time
}

// TableName names the table.
func (spokenText) TableName() string { return "spoken_texts" }

// spokenDay counts what an account has had spoken on a day, in UTC.
type spokenDay struct {
	AccountID  int64  `gorm:"primaryKey"`
	Day        string `gorm:"primaryKey"`
	Characters int
}

// TableName names the table.
func (spokenDay) TableName() string { return "spoken_days" }

// Voices are those that texts can be spoken with; none if there is no engine.
func (s *Service) Voices() []Voice {
	if s.o.Engine == nil {
		return nil
	}
	return s.o.Engine.Voices()
}

// PerDay is how many characters an account may have spoken in a day.
func (s *Service) PerDay() int { return s.o.PerDay }

// UsedToday is how many characters an account has had spoken today (UTC).
func (s *Service) UsedToday(ctx context.Context, account int64) (int, error) {
	var d spokenDay
	err := s.db.WithContext(ctx).Scopes(db.In(account)).Where("day = ?", s.day()).Take(&d).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return 0, nil
	}
	return d.Characters, failed(err)
}

func (s *Service) day() string { return s.now().Format(time.DateOnly) }

// settle cleans a text and finds its voice. What could steer an engine
// instead of being said is taken out: control characters, and the brackets of
// mark-up.
func (s *Service) settle(t Text) (Text, Voice, error) {
	t.Text = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(t.Text, " "), func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r) || r == '<' || r == '>'
	}), " ")
	n := len([]rune(t.Text))
	switch {
	case s.o.Engine == nil:
		return t, Voice{}, fault.New(fault.Unavailable, "speech.none", "no text to speech is set up; the operator can install espeak-ng or name an engine")
	case n == 0:
		return t, Voice{}, fault.New(fault.Invalid, "speech.empty", "write what is to be said").On("text")
	case n > MaxText:
		return t, Voice{}, fault.New(fault.Invalid, "speech.long", "a text has %d characters at most; this one has %d", MaxText, n).On("text")
	case t.Speed == 0:
		t.Speed = 100
	case t.Speed < 50 || t.Speed > 200:
		return t, Voice{}, fault.New(fault.Invalid, "speech.speed", "the speed is between 50 and 200 percent").On("speed")
	}
	voices := s.o.Engine.Voices()
	i := slices.IndexFunc(voices, func(v Voice) bool {
		if t.Voice != "" {
			return v.Name == t.Voice
		}
		return v.Language == t.Language
	})
	switch {
	case i >= 0:
		return t, voices[i], nil
	case t.Voice != "":
		return t, Voice{}, fault.New(fault.Invalid, "speech.voice", "there is no voice %q", clip(t.Voice, 40)).On("voice")
	}
	return t, Voice{}, fault.New(fault.Invalid, "speech.language", "no voice speaks the language %q", clip(t.Language, 10)).On("language")
}

// hash is what a spoken text is kept under.
func (s *Service) hash(t Text, v Voice) string {
	raw, _ := json.Marshal([]any{s.o.Engine.Name(), v.Name, v.Language, t.Speed, t.Text}) // of strings and a number
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// SpokenPath is where the switches find a text, within their folder of
// prompts; false if it has not been spoken yet, see Speak. It reads memory
// alone.
func (s *Service) SpokenPath(account int64, t Text) (string, bool) {
	t, v, err := s.settle(t)
	if err != nil {
		return "", false
	}
	k := spokenKey{account, s.hash(t, v)}
	s.mu.Lock()
	defer s.mu.Unlock()
	sha, ok := s.spoken[k]
	if !ok {
		return "", false
	}
	s.used[k] = s.now()
	return relative(account, sha), true
}

// Speak makes sure that a text can be played: afterwards SpokenPath gives it.
// The same text asked for at once by many is spoken once; it goes on when ctx
// ends, for the next who needs it. It fails with Invalid, with TooMany when
// the account has had its share of the day, and with Unavailable when the
// engine fails or ctx ends.
func (s *Service) Speak(ctx context.Context, account int64, t Text) error {
	if _, ok := s.SpokenPath(account, t); ok {
		return nil
	}
	t, v, err := s.settle(t)
	if err != nil {
		return err
	}
	k := spokenKey{account, s.hash(t, v)}
	done := s.flights.DoChan(flightOf(k), func() (any, error) {
		own, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		return nil, s.speak(own, k, t, v)
	})
	select {
	case r := <-done:
		return r.Err
	case <-ctx.Done():
		return fault.New(fault.Unavailable, "speech.slow", "the text was not spoken in time; try again").Because(ctx.Err())
	}
}

func flightOf(k spokenKey) string { return strconv.FormatInt(k.account, 10) + "/" + k.hash }

// speak finds the text's sound among those that are kept, or makes it.
func (s *Service) speak(ctx context.Context, k spokenKey, t Text, v Voice) error {
	sha, err := s.recall(ctx, k)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		sha, err = s.say(ctx, k, t, v)
	}
	if err != nil {
		return failed(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spoken[k], s.used[k] = sha, s.now()
	return nil
}

// recall brings back a text that was spoken before.
func (s *Service) recall(ctx context.Context, k spokenKey) (string, error) {
	var f file
	err := s.db.WithContext(ctx).Scopes(db.In(k.account)).
		Where("id = (?)", s.db.Model(&spokenText{}).Select("file_id").Scopes(db.In(k.account)).Where("hash = ?", k.hash)).Take(&f).Error
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(s.o.Dir, filepath.FromSlash(relative(k.account, f.SHA256)))); err == nil {
		return f.SHA256, nil
	}
	return f.SHA256, s.fetch(ctx, k.account, f.SHA256)
}

// say has the engine speak, and keeps what it said.
func (s *Service) say(ctx context.Context, k spokenKey, t Text, v Voice) (string, error) {
	if err := s.spend(ctx, k.account, len([]rune(t.Text))); err != nil {
		return "", err
	}
	began := time.Now()
	raw, err := s.o.Engine.Speak(ctx, t.Text, v, t.Speed)
	if err != nil {
		return "", fault.New(fault.Unavailable, "speech.failed", "text to speech does not answer as it should; try again").Because(err)
	}
	sound, err := s.telephone(ctx, raw, audio.Options{Trim: true})
	switch {
	case fault.KindOf(err) == fault.Unavailable:
		return "", err
	case err != nil && unspeakable(err):
		return "", fault.New(fault.Invalid, "speech.silent", "there is nothing in this text that the voice can say").On("text").Because(err)
	case err != nil:
		return "", fault.New(fault.Unavailable, "speech.failed", "text to speech does not answer as it should; try again").Because(err)
	}
	f, err := s.keep(ctx, k.account, sound)
	if err != nil {
		return "", err
	}
	now := s.now()
	err = s.db.WithContext(ctx).Create(&spokenText{
		AccountID: k.account, Hash: k.hash, FileID: f.ID, Text: t.Text, Language: v.Language, Voice: v.Name, UsedAt: now, CreatedAt: now,
	}).Error
	if err != nil && !errors.Is(err, gorm.ErrDuplicatedKey) { // another process said it meanwhile: the same sound
		return "", err
	}
	s.log.Debug("text spoken", "account", k.account, "characters", len([]rune(t.Text)), "took", time.Since(began))
	return f.SHA256, nil
}

// unspeakable tells a text without sound from an engine that fails.
func unspeakable(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && (f.Code == "sound.silent" || f.Code == "sound.short")
}

// spend takes characters from the account's share of the day.
func (s *Service) spend(ctx context.Context, account int64, n int) error {
	if s.o.PerDay <= 0 {
		return nil
	}
	full := fault.New(fault.TooMany, "speech.limit", "the day's %d characters of text to speech are used up; texts spoken before can be played still", s.o.PerDay)
	if n > s.o.PerDay {
		return full
	}
	for range 3 {
		done := s.db.WithContext(ctx).Model(&spokenDay{}).Scopes(db.In(account)).
			Where("day = ? AND characters + ? <= ?", s.day(), n, s.o.PerDay).
			Update("characters", gorm.Expr("characters + ?", n))
		if done.Error != nil || done.RowsAffected > 0 {
			return done.Error
		}
		err := s.db.WithContext(ctx).Create(&spokenDay{AccountID: account, Day: s.day(), Characters: n}).Error
		if err == nil || !errors.Is(err, gorm.ErrDuplicatedKey) {
			return err
		}
		if used, err := s.UsedToday(ctx, account); err != nil || used+n > s.o.PerDay {
			return errors.Join(err, full)
		}
	}
	return full
}

// Say gives the sound of a text, to be heard before it is used. It fails as
// Speak does.
func (s *Service) Say(ctx context.Context, account int64, t Text) ([]byte, error) {
	if err := s.Speak(ctx, account, t); err != nil {
		return nil, err
	}
	name, ok := s.SpokenPath(account, t)
	if !ok {
		return nil, fault.New(fault.Unavailable, "speech.failed", "the text's sound is gone again; try again")
	}
	data, err := os.ReadFile(filepath.Join(s.o.Dir, filepath.FromSlash(name)))
	if err != nil {
		return nil, fault.New(fault.Unavailable, "prompt.folder", "the folder of prompts can't be read; the operator finds the reason in the log").Because(err)
	}
	return data, nil
}

// AddSpoken keeps a spoken text under a name, as a prompt. It fails as Add and
// Speak do.
func (s *Service) AddSpoken(ctx context.Context, account int64, name string, t Text, by int64) (Prompt, error) {
	if err := s.checkName(name); err != nil {
		return Prompt{}, err
	}
	if err := s.free(ctx, account, name); err != nil {
		return Prompt{}, err
	}
	t, v, err := s.settle(t)
	if err != nil {
		return Prompt{}, err
	}
	if err := s.Speak(ctx, account, t); err != nil {
		return Prompt{}, err
	}
	var f file
	err = s.db.WithContext(ctx).Scopes(db.In(account)).
		Where("id = (?)", s.db.Model(&spokenText{}).Select("file_id").Scopes(db.In(account)).Where("hash = ?", s.hash(t, v))).Take(&f).Error
	if err != nil {
		return Prompt{}, failed(err)
	}
	return s.name(ctx, Prompt{
		AccountID: account, Name: name, Source: Spoken, Text: t.Text, Language: v.Language, Voice: v.Name, Speed: t.Speed, CreatedBy: by,
	}, f)
}
