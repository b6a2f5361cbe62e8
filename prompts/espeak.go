package prompts

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Espeak speaks by the program espeak-ng on this machine. The text goes in by
// standard input and never becomes an argument.
type Espeak struct {
	program string
	slots   chan struct{} // one for each processor that may speak at once
}

// NewEspeak finds the program, by its name or path. It fails if there is none.
func NewEspeak(program string) (*Espeak, error) {
	full, err := exec.LookPath(program)
	if err != nil {
		return nil, fmt.Errorf("text to speech: %w", err)
	}
	return &Espeak{program: full, slots: make(chan struct{}, max(1, runtime.NumCPU()/2))}, nil
}

// Name is the engine's name.
func (e *Espeak) Name() string { return "espeak-ng" }

// espeakVoices: the program's names behind ours, and the words a minute that
// sound natural on the telephone.
var espeakVoices = []struct {
	Voice
	args string
	pace int
}{
	{Voice{"zh", "zh", "普通话 · 男声", "Mandarin, male"}, "cmn", 225},
	{Voice{"zh-f", "zh", "普通话 · 女声", "Mandarin, female"}, "cmn+f2", 225},
	{Voice{"yue", "yue", "粤语 · 男声", "Cantonese, male"}, "yue", 215},
	{Voice{"en", "en", "英语（美国）· 男声", "English (US), male"}, "en-us", 180},
	{Voice{"en-f", "en", "英语（美国）· 女声", "English (US), female"}, "en-us+f3", 180},
	{Voice{"en-gb", "en", "英语（英国）· 男声", "English (UK), male"}, "en-gb", 180},
}

// Voices are those that sound best of the many that the program has.
func (e *Espeak) Voices() []Voice {
	out := make([]Voice, len(espeakVoices))
	for i, v := range espeakVoices {
		out[i] = v.Voice
	}
	return out
}

// maxSpoken bounds what an engine may answer.
const maxSpoken = 40 << 20

// Speak gives a WAV file. It fails if the program does, or when ctx ends.
func (e *Espeak) Speak(ctx context.Context, text string, voice Voice, speed int) ([]byte, error) {
	args := []string{"--stdin", "--stdout", "-b", "1", "-p", "45", "-g", "1"}
	for _, v := range espeakVoices {
		if v.Name == voice.Name {
			args = append(args, "-v", v.args, "-s", strconv.Itoa(max(80, min(450, v.pace*speed/100))))
		}
	}
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	cmd := exec.CommandContext(ctx, e.program, args...)
	cmd.Env, cmd.Dir, cmd.WaitDelay = []string{"LC_ALL=C.UTF-8"}, "/", time.Second
	// Two brackets would switch to a notation of sounds.
	cmd.Stdin = strings.NewReader(strings.ReplaceAll(text, "[[", "[ ["))
	out, trouble := &bounded{max: maxSpoken}, &bounded{max: 1000}
	cmd.Stdout, cmd.Stderr = out, trouble
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("espeak-ng: %w %s", err, strings.TrimSpace(string(trouble.data)))
	}
	return out.data, nil
}

var errTooMuch = errors.New("more sound than is taken")

// bounded is a buffer that refuses to grow beyond max.
type bounded struct {
	max  int
	data []byte
}

// Write fails once there is too much.
func (b *bounded) Write(p []byte) (int, error) {
	if len(b.data)+len(p) > b.max {
		return 0, errTooMuch
	}
	b.data = append(b.data, p...)
	return len(p), nil
}
