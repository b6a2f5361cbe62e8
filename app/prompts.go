package app

import (
	"context"
	"os/exec"
	"path"
	"path/filepath"

	"switchdesk/flows"
	"switchdesk/prompts"
)

// newPrompts makes the keeper of prompts with the voice that is configured, or
// the one that this machine has.
func (a *App) newPrompts() *prompts.Service {
	c := a.cfg.Speech
	o := prompts.Options{
		Dir: filepath.Join(a.cfg.DataDir, promptsDir), Reserved: flows.IsBuiltin, Engine: a.engine(),
		PerDay: c.PerDay, Keep: c.Keep, PerAccount: c.PerAccount << 20, Log: a.log, Clock: a.clock,
	}
	o.Decoder, _ = exec.LookPath("lame") // some kinds of MP3 are refused without it
	return prompts.NewService(a.db, a.blobs, o)
}

// engine is nil where texts can't be spoken.
func (a *App) engine() prompts.Engine {
	c := a.cfg.Speech
	switch c.Engine {
	case "off":
		return nil
	case "http":
		voices := make([]prompts.Voice, len(c.Voices))
		for i, v := range c.Voices {
			voices[i] = prompts.Voice{Name: v.Name, Language: v.Language, Zh: v.ZH, En: v.EN}
		}
		return prompts.NewRemote(c.URL, c.Header, c.Secret, c.Timeout, voices)
	}
	e, err := prompts.NewEspeak(c.Command)
	if err != nil {
		if c.Engine != "" {
			a.log.Error("texts will not be spoken", "error", err)
		}
		return nil
	}
	return e
}

// promptPath is where the switch finds a prompt: the product's own by
// language, an account's uploads and spoken texts under names of their
// content; "" for one that isn't there.
func (s *settings) promptPath(account int64, p flows.Prompt) string {
	if p.Text != "" {
		if name, ok := s.sounds.SpokenPath(account, promptText(p)); ok {
			return path.Join(s.prompts, name)
		}
		return ""
	}
	if flows.IsBuiltin(p.File) {
		lang := p.Lang
		if lang == "" {
			lang = "zh"
		}
		return path.Join(s.prompts, lang, p.File+".wav")
	}
	if name, ok := s.sounds.Path(account, p.File); ok {
		return path.Join(s.prompts, name)
	}
	return ""
}

// promptReady tells whether a prompt can be played now; a text may have to be
// spoken first.
func (s *settings) promptReady(account int64, p flows.Prompt) bool {
	return p.Text == "" || s.promptPath(account, p) != ""
}

// speak has a flow's text spoken.
func (s *settings) speak(ctx context.Context, account int64, p flows.Prompt) error {
	return s.sounds.Speak(ctx, account, promptText(p))
}

func promptText(p flows.Prompt) prompts.Text { return prompts.Text{Text: p.Text, Language: p.Lang} }

// sayAhead names the texts of an account's flows in force that are the same
// for every caller.
func (s *settings) sayAhead(ctx context.Context, account int64) error {
	list, err := s.flows.List(ctx, account)
	if err != nil {
		return err
	}
	var texts []prompts.Text
	for _, r := range list {
		if f, _ := s.flows.Current(account, r.ID); f != nil {
			for _, p := range f.Uses().Texts {
				texts = append(texts, promptText(p))
			}
		}
	}
	s.sounds.Want(account, texts)
	return nil
}
