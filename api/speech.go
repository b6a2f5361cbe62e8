package api

import (
	"bytes"
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"switchdesk/flows"
	"switchdesk/prompts"
)

type speechIn struct{ Body SpeechInput }

type speechKeep struct {
	Body struct {
		SpeechInput
		Name string `json:"name" doc:"what flows call it"`
	}
}

func (in SpeechInput) text() prompts.Text {
	return prompts.Text{Text: in.Text, Voice: in.Voice, Language: in.Language, Speed: in.Speed}
}

// speech tells what can speak texts, and how much of the day is left.
func (s *Server) speech(ctx context.Context, _ *nothingIn) (*Body[SpeechView], error) {
	p := s.parts.Prompts
	used, err := p.UsedToday(ctx, actorOf(ctx).AccountID)
	if err != nil {
		return nil, err
	}
	return body(SpeechView{
		Voices:      each(p.Voices(), func(v prompts.Voice) VoiceView { return VoiceView(v) }),
		LongestText: prompts.MaxText, PerDay: p.PerDay(), UsedToday: used,
	}), nil
}

// say speaks a text, to be heard before it is used.
func (s *Server) say(ctx context.Context, in *speechIn) (*huma.StreamResponse, error) {
	data, err := s.parts.Prompts.Say(ctx, actorOf(ctx).AccountID, in.Body.text())
	if err != nil {
		return nil, err
	}
	return sound("speech.wav", time.Time{}, nopClose{bytes.NewReader(data)}), nil
}

// keepSpeech keeps a spoken text as a prompt.
func (s *Server) keepSpeech(ctx context.Context, in *speechKeep) (*Body[PromptView], error) {
	a := actorOf(ctx)
	p, err := s.parts.Prompts.AddSpoken(ctx, a.AccountID, in.Body.Name, in.Body.text(), a.UserID)
	if err != nil {
		return nil, err
	}
	return s.promptChanged(ctx, "prompt.create", p, map[string]any{"text": p.Text, "voice": p.Voice})
}

// aheadWithin bounds how long putting a flow in force waits for its texts.
const aheadWithin = 20 * time.Second

// speakAhead has the texts spoken that a version says to every caller alike,
// before one of them comes. What can't be spoken now is tried again later; no
// flow is kept back for it.
func (s *Server) speakAhead(ctx context.Context, flow, number int64) {
	account := actorOf(ctx).AccountID
	f := s.parts.Flows.At(account, flow, number)
	if f == nil || len(s.parts.Prompts.Voices()) == 0 {
		return
	}
	texts := each(f.Uses().Texts, func(p flows.Prompt) prompts.Text { return prompts.Text{Text: p.Text, Language: p.Lang} })
	ctx, cancel := context.WithTimeout(ctx, aheadWithin)
	defer cancel()
	if err := s.parts.Prompts.Warm(ctx, account, texts); err != nil {
		logOf(ctx).Error("not all texts of a flow could be spoken ahead", "flow", flow, "version", number, "error", err)
	}
}
