package prompts

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Remote speaks by another program over HTTP: POST with a JSON object of text,
// language, voice and speed (percent), answered by a WAV or MP3 file.
type Remote struct {
	url            string
	header, secret string
	voices         []Voice
	client         *http.Client
}

// NewRemote takes the address, a header with the secret that is sent along
// ("" for none), the longest that an answer may take, and the voices.
func NewRemote(url, header, secret string, timeout time.Duration, voices []Voice) *Remote {
	return &Remote{url: url, header: header, secret: secret, voices: voices, client: &http.Client{
		Timeout: timeout,
		// The secret is meant for this address alone.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Name tells engines at different addresses apart.
func (r *Remote) Name() string { return r.url }

// Voices are what the operator has listed.
func (r *Remote) Voices() []Voice { return r.voices }

// Speak asks for a text's sound. It fails on any other status than 200, an
// answer that is too large, and when the time is over.
func (r *Remote) Speak(ctx context.Context, text string, voice Voice, speed int) ([]byte, error) {
	body, err := json.Marshal(map[string]any{"text": text, "language": voice.Language, "voice": voice.Name, "speed": speed})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "audio/wav, audio/mpeg")
	req.Header.Set("User-Agent", "Switchdesk")
	if r.header != "" && r.secret != "" {
		req.Header.Set(r.header, r.secret)
	}
	res, err := r.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("text to speech answered %s", res.Status)
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, MaxUpload+1))
	if err == nil && len(data) > MaxUpload {
		err = errTooMuch
	}
	if err == nil && len(data) == 0 {
		err = errors.New("text to speech answered nothing")
	}
	return data, err
}
