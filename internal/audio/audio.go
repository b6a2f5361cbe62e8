// Package audio reads the sound files that people have, WAV of many kinds and
// MP3, and makes of them what a telephone line carries: 8 kHz, mono, A-law,
// about as loud as everything else that a caller hears.
package audio

import (
	"context"
	"errors"
	"io"
	"math"
	"time"

	"switchdesk/internal/fault"
)

// Rate is what a telephone line carries, in samples a second.
const Rate = 8000

// Bounds of what is taken. A source's rate may be anything between these.
const (
	minRate     = 4000
	maxRate     = 192000
	maxChannels = 8
	shortest    = Rate / 10 // samples
)

// Options say what to make of a sound.
type Options struct {
	Longest time.Duration // a longer sound is refused
	Trim    bool          // cut silence at both ends, but for a breath
	Decoder string        // program lame, for MP3 of kinds that can't be read otherwise; "" if there is none
}

// Sound is a piece for the telephone line: 8 kHz, mono, A-law.
type Sound struct{ law []byte }

// Length is how long it lasts.
func (s Sound) Length() time.Duration {
	return time.Duration(len(s.law)) * time.Second / Rate
}

// source gives mono samples between -1 and 1; io.EOF after the last.
type source interface {
	rate() int
	read(into []float32) (int, error)
}

// Telephone makes a piece for the telephone line of a whole file. What the
// file is, its content says, not its name. It fails with Invalid: empty, of
// another kind, cut, damaged, too long, too short, or without any sound.
func Telephone(ctx context.Context, file []byte, o Options) (Sound, error) {
	src, err := open(ctx, file, o)
	if err != nil {
		return Sound{}, err
	}
	samples, err := toLine(ctx, src, o.Longest)
	if err != nil {
		return Sound{}, err
	}
	if o.Trim {
		samples = trim(samples)
	}
	if len(samples) < shortest {
		return Sound{}, bad("sound.short", "there is less than a tenth of a second of sound in it")
	}
	if !level(samples) {
		return Sound{}, bad("sound.silent", "there is nothing to hear in it")
	}
	return Sound{encode(samples)}, nil
}

func open(ctx context.Context, file []byte, o Options) (source, error) {
	switch kind := kindOf(file); kind {
	case "":
		return nil, bad("sound.empty", "the file is empty")
	case "wav":
		return openWAV(file)
	case "mp3":
		return openMP3(ctx, file, o)
	case "unknown":
		return nil, bad("sound.kind", "this is no WAV or MP3 file")
	default:
		return nil, bad("sound.kind", "this is %s; save it as WAV or MP3", kind)
	}
}

// toLine reads a source to its end and brings it to the line's rate.
func toLine(ctx context.Context, src source, longest time.Duration) ([]float32, error) {
	r := newResampler(src.rate(), Rate)
	limit := int(longest * Rate / time.Second)
	out, buf := make([]float32, 0, 1<<16), make([]float32, 8192)
	for {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		n, err := src.read(buf)
		for i, v := range buf[:n] {
			if v != v || math.Abs(float64(v)) > 1e6 { // a float file may hold anything
				buf[i] = 0
			}
		}
		out = r.add(out, buf[:n])
		if len(out) > limit {
			return nil, bad("sound.long", "it lasts longer than %v", longest)
		}
		if errors.Is(err, io.EOF) {
			return r.end(out), nil
		}
		if err != nil {
			return nil, err
		}
	}
}

func bad(code, format string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, code, format, args...).On("file")
}

// kindOf tells by its first bytes what a file is: "wav", "mp3", "" for an
// empty one, a name to show for others that are well known, else "unknown".
func kindOf(file []byte) string {
	at := func(i int, s string) bool { return len(file) >= i+len(s) && string(file[i:i+len(s)]) == s }
	switch {
	case len(file) == 0:
		return ""
	case at(0, "RIFF") && at(8, "WAVE"):
		return "wav"
	case at(0, "OggS"):
		return "an Ogg file"
	case at(0, "fLaC"):
		return "a FLAC file"
	case at(4, "ftyp"):
		return "an M4A or MP4 file"
	case at(0, "FORM") && at(8, "AIF"):
		return "an AIFF file"
	case at(0, "#!AMR"):
		return "an AMR file"
	case at(0, "0&\xb2\x75"):
		return "a WMA file"
	case at(0, "RF64"), at(0, "RIFX"), at(0, "riff"):
		return "a WAV file of a rare kind"
	case at(0, "ID3"), firstFrame(file, 0) >= 0:
		return "mp3"
	case len(file) > 1 && file[0] == 0xff && file[1]&0xf6 == 0xf0:
		return "an AAC file"
	}
	return "unknown"
}
