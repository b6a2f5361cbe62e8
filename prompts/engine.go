package prompts

import "context"

// Voice is one that a text can be spoken with.
type Voice struct {
	Name     string `json:"name"`
	Language string `json:"language"` // zh, en, yue …
	Zh       string `json:"zh"`
	En       string `json:"en"`
}

// Engine turns texts into sound.
type Engine interface {
	// Name is part of what a spoken text is kept under: another engine speaks
	// anew.
	Name() string
	// Voices are what there is; the first of a language is its usual one.
	Voices() []Voice
	// Speak gives a WAV or MP3 file. Speed is in percent of the usual.
	Speak(ctx context.Context, text string, voice Voice, speed int) ([]byte, error)
}
