package audio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchdesk/internal/fault"
)

var usual = Options{Longest: 10 * time.Minute}

// wave is a WAV file with a tone, as a program might have written it.
type wave struct {
	kind, bits, rate, channels int
	hz                         float64
	seconds                    float64
	loud                       float64
	extensible                 bool
	before                     string // a chunk before the sound
	size                       int64  // of the data chunk as stated; 0: right
}

func (w wave) file() []byte {
	if w.loud == 0 {
		w.loud = 0.25
	}
	var data bytes.Buffer
	for i := range int(w.seconds * float64(w.rate)) {
		v := w.loud * math.Sin(2*math.Pi*w.hz*float64(i)/float64(w.rate))
		for range w.channels {
			w.sample(&data, v)
		}
	}
	head := []byte{}
	u16, u32 := binary.LittleEndian.AppendUint16, binary.LittleEndian.AppendUint32
	kind := w.kind
	if w.extensible {
		kind = wavExtensible
	}
	step := w.channels * w.bits / 8
	head = u16(u16(head, uint16(kind)), uint16(w.channels))
	head = u32(u32(head, uint32(w.rate)), uint32(w.rate*step))
	head = u16(u16(head, uint16(step)), uint16(w.bits))
	if w.extensible {
		head = u32(u16(u16(head, 22), uint16(w.bits)), 0)
		head = append(u16(head, uint16(w.kind)), "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"...)
	}
	out := append([]byte("RIFF\xff\xff\xff\x7fWAVE"), w.before...)
	out = append(u32(append(out, "fmt "...), uint32(len(head))), head...)
	size := int64(data.Len())
	if w.size != 0 {
		size = w.size
	}
	out = u32(append(out, "data"...), uint32(size))
	return append(out, data.Bytes()...)
}

func (w wave) sample(b *bytes.Buffer, v float64) {
	le := binary.LittleEndian
	switch {
	case w.kind == wavFloat && w.bits == 32:
		b.Write(le.AppendUint32(nil, math.Float32bits(float32(v))))
	case w.kind == wavFloat:
		b.Write(le.AppendUint64(nil, math.Float64bits(v)))
	case w.kind == wavALaw:
		b.WriteByte(ALaw(int16(v * 32767)))
	case w.kind == wavULaw:
		b.WriteByte(toULaw(int16(v * 32767)))
	case w.bits == 8:
		b.WriteByte(byte(128 + math.Round(v*127)))
	default:
		full := int64(v * (math.Pow(2, float64(w.bits-1)) - 1))
		b.Write(le.AppendUint64(nil, uint64(full))[:w.bits/8])
	}
}

// toULaw searches: only tests need it.
func toULaw(v int16) byte {
	best, off := byte(0), 1<<20
	for i := range 256 {
		if d := int(math.Abs(float64(int(fromULaw(byte(i))) - int(v)))); d < off {
			best, off = byte(i), d
		}
	}
	return best
}

// tones measures a sound: its loudness in dB, and how much of its power is at hz.
func tones(t *testing.T, s Sound, hz float64) (db, share float64) {
	t.Helper()
	var power, re, im float64
	for i, b := range s.law {
		v := float64(fromALaw(b)) / 32768
		power += v * v
		re += v * math.Cos(2*math.Pi*hz*float64(i)/Rate)
		im += v * math.Sin(2*math.Pi*hz*float64(i)/Rate)
	}
	n := float64(len(s.law))
	return 10 * math.Log10(power/n), 2 * (re*re + im*im) / n / power
}

func TestEveryKindOfWAV(t *testing.T) {
	for _, k := range []struct{ kind, bits int }{{1, 8}, {1, 16}, {1, 24}, {1, 32}, {3, 32}, {3, 64}, {6, 8}, {7, 8}} {
		for _, rate := range []int{4000, 8000, 11025, 11127, 16000, 22050, 44100, 48000, 96000, 192000} {
			for _, channels := range []int{1, 2, 6} {
				w := wave{kind: k.kind, bits: k.bits, rate: rate, channels: channels, hz: 700, seconds: 0.5, extensible: channels == 6}
				s, err := Telephone(t.Context(), w.file(), usual)
				if err != nil {
					t.Fatalf("%+v: %v", w, err)
				}
				db, share := tones(t, s, 700)
				if share < 0.98 || math.Abs(db+21) > 1 {
					t.Errorf("%+v: %.1f dB, %.3f of it the tone", w, db, share)
				}
				if d := s.Length() - 500*time.Millisecond; d.Abs() > 3*time.Millisecond {
					t.Errorf("%+v: %v long", w, s.Length())
				}
			}
		}
	}
}

// What lies above the line's band must not come back as another tone.
func TestHighTonesDoNotFold(t *testing.T) {
	low, high := wave{kind: 1, bits: 16, rate: 44100, channels: 1, hz: 700, seconds: 1}, wave{kind: 1, bits: 16, rate: 44100, channels: 1, hz: 5300, seconds: 1}
	r := func(w wave) float64 {
		src, err := openWAV(w.file())
		if err != nil {
			t.Fatal(err)
		}
		out, err := toLine(t.Context(), src, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, v := range out[100 : len(out)-100] {
			sum += float64(v) * float64(v)
		}
		return 10 * math.Log10(sum)
	}
	if d := r(low) - r(high); d < 50 {
		t.Errorf("a tone of 5300 Hz is only %.0f dB below one of 700 Hz", d)
	}
}

func TestQuietAndLoudComeOutAlike(t *testing.T) {
	for _, loud := range []float64{0.01, 0.05, 0.5, 0.99} {
		s, err := Telephone(t.Context(), wave{kind: 1, bits: 16, rate: 8000, channels: 1, hz: 500, seconds: 1, loud: loud}.file(), usual)
		if err != nil {
			t.Fatal(err)
		}
		if db, _ := tones(t, s, 500); math.Abs(db+21) > 1 {
			t.Errorf("a tone of %.2f comes out at %.1f dB", loud, db)
		}
	}
}

func TestALawIsItsOwnInverse(t *testing.T) {
	for b := range 256 {
		if got := ALaw(fromALaw(byte(b))); got != byte(b) {
			t.Errorf("%#x comes back as %#x", b, got)
		}
	}
}

// The sound written must be the sound that another program reads.
func TestWAVIsReadAgain(t *testing.T) {
	s, err := Telephone(t.Context(), wave{kind: 1, bits: 16, rate: 16000, channels: 1, hz: 500, seconds: 0.30004}.file(), usual)
	if err != nil {
		t.Fatal(err)
	}
	again, err := openWAV(s.WAV())
	if err != nil {
		t.Fatal(err)
	}
	if w := again.(*wavSource); w.kind != wavALaw || w.perSec != Rate || !bytes.Equal(w.data, s.law) {
		t.Errorf("%+v", w.format)
	}
	sox, err := exec.LookPath("sox")
	if err != nil {
		t.Skip("the file is not held against another program: sox is not installed")
	}
	file := filepath.Join(t.TempDir(), "a.wav")
	if err := os.WriteFile(file, s.WAV(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(sox, "--info", file).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "A-law") || strings.Contains(string(out), "WARN") {
		t.Errorf("%v: %s", err, out)
	}
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestMP3(t *testing.T) {
	lame, _ := exec.LookPath("lame")
	names := []string{"tone-44100-stereo.mp3", "tone-48000-mono-no-info.mp3", "tone-22050-vbr.mp3", "tone-8000.mp3"}
	if lame == "" {
		t.Log("rates below 32 kHz are not tested: lame is not installed")
		names = names[:2]
	}
	for _, name := range names {
		o := usual
		o.Decoder = lame
		s, err := Telephone(t.Context(), sample(t, name), o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if db, share := tones(t, s, 700); share < 0.9 || math.Abs(db+21) > 1.5 {
			t.Errorf("%s: %.1f dB, %.3f of it the tone", name, db, share)
		}
		if d := s.Length() - time.Second; d < -50*time.Millisecond || d > 300*time.Millisecond {
			t.Errorf("%s: %v long", name, s.Length())
		}
	}
	_, err := Telephone(t.Context(), sample(t, "tone-8000.mp3"), usual)
	refused(t, "a low rate without lame", err, "sound.rate")
}

func refused(t *testing.T, what string, err error, code string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Code != code || f.Field != "file" {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

func TestRefused(t *testing.T) {
	good := wave{kind: 1, bits: 16, rate: 8000, channels: 1, hz: 700, seconds: 1}
	with := func(change func(*wave)) []byte { w := good; change(&w); return w.file() }
	mp3 := sample(t, "tone-44100-stereo.mp3")
	plain := sample(t, "tone-48000-mono-no-info.mp3")
	broken := bytes.Clone(plain)
	for i := 2000; i < len(broken); i++ {
		broken[i] = byte(i * 7)
	}
	for _, c := range []struct {
		what, code string
		file       []byte
	}{
		{"nothing", "sound.empty", nil},
		{"text", "sound.kind", []byte("<html>hello</html>")},
		{"an Ogg file", "sound.kind", []byte("OggS\x00\x02")},
		{"an M4A file", "sound.kind", []byte("\x00\x00\x00\x20ftypM4A ")},
		{"a program", "sound.kind", []byte("\x7fELF\x02\x01\x01")},
		{"text in UTF-16", "sound.kind", []byte("\xff\xfeh\x00e\x00l\x00l\x00o\x00")},
		{"only a head", "sound.truncated", good.file()[:20]},
		{"a head without sound", "sound.truncated", good.file()[:44]},
		{"no sound at all", "sound.short", with(func(w *wave) { w.seconds = 0 })},
		{"a cut WAV", "sound.truncated", good.file()[:9000]},
		{"a chunk longer than the file", "sound.truncated", []byte("RIFF\x00\x00\x00\x00WAVEfmt \xff\xff\xff\x7f")},
		{"an empty WAV", "sound.truncated", []byte("RIFF\x04\x00\x00\x00WAVE")},
		{"sound before its description", "sound.damaged", []byte("RIFF\x04\x00\x00\x00WAVEdata\x02\x00\x00\x00ab")},
		{"ADPCM", "sound.codec", with(func(w *wave) { w.kind = 0x11 })},
		{"12 bits", "sound.codec", with(func(w *wave) { w.bits = 12 })},
		{"no channels", "sound.channels", with(func(w *wave) { w.channels = 0 })},
		{"300 channels", "sound.channels", with(func(w *wave) { w.channels, w.seconds = 300, 0.1 })},
		{"rate 0", "sound.rate", with(func(w *wave) { w.rate = 0 })},
		{"rate 3 GHz", "sound.rate", append([]byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x00\x00\x00\xc0\x00\x00\x00\x80\x02\x00\x10\x00data\x02\x00\x00\x00"), 0, 0)},
		{"a moment", "sound.short", with(func(w *wave) { w.seconds = 0.05 })},
		{"silence", "sound.silent", with(func(w *wave) { w.loud = 1e-9 })},
		{"eleven minutes", "sound.long", with(func(w *wave) { w.kind, w.bits, w.seconds = wavALaw, 8, 660 })},
		{"a cut MP3", "sound.truncated", mp3[:len(mp3)/2]},
		{"an MP3 cut at a frame", "sound.truncated", mp3[:len(mp3)-3*209]},
		{"only a tag", "sound.truncated", []byte("ID3\x04\x00\x00\x00\x00\x0f\x00")},
		{"a damaged MP3", "sound.damaged", broken},
	} {
		_, err := Telephone(t.Context(), c.file, usual)
		refused(t, c.what, err, c.code)
	}
}

func TestWAVFromAPipe(t *testing.T) {
	for _, size := range []int64{0x7ffff000, 0xffffffff} {
		w := wave{kind: 1, bits: 16, rate: 22050, channels: 1, hz: 700, seconds: 1, size: size, before: "LIST\x03\x00\x00\x00abc\x00"}
		s, err := Telephone(t.Context(), w.file(), usual)
		if err != nil || s.Length() < 990*time.Millisecond {
			t.Errorf("size %#x: %v %v", size, s.Length(), err)
		}
	}
}

func TestNumbersThatAreNone(t *testing.T) {
	w := wave{kind: wavFloat, bits: 32, rate: 8000, channels: 1, hz: 700, seconds: 1}.file()
	binary.LittleEndian.PutUint32(w[4044:], math.Float32bits(float32(math.NaN())))
	binary.LittleEndian.PutUint32(w[4048:], math.Float32bits(float32(math.Inf(1))))
	s, err := Telephone(t.Context(), w, usual)
	if err != nil {
		t.Fatal(err)
	}
	if db, share := tones(t, s, 700); share < 0.95 || math.IsNaN(db) {
		t.Errorf("%.1f dB, %.3f of it the tone", db, share)
	}
}

func TestTrim(t *testing.T) {
	var samples []float32
	samples = append(samples, make([]float32, Rate)...)
	for i := range Rate {
		samples = append(samples, 0.3*float32(math.Sin(float64(i))))
	}
	samples = append(samples, make([]float32, Rate)...)
	if got := len(trim(samples)); got < Rate || got > Rate*12/10 {
		t.Errorf("%d samples are left", got)
	}
}

// Whatever a file holds, it is a sound or a word why not, soon.
func FuzzTelephone(f *testing.F) {
	for _, name := range []string{"tone-44100-stereo.mp3", "tone-22050-vbr.mp3", "tone-8000.mp3"} {
		f.Add(sample(f, name)[:2000])
	}
	for _, k := range []struct{ kind, bits int }{{1, 8}, {1, 24}, {3, 64}, {6, 8}} {
		f.Add(wave{kind: k.kind, bits: k.bits, rate: 8000, channels: 2, hz: 700, seconds: 0.1}.file())
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		s, err := Telephone(t.Context(), file, usual)
		var bad *fault.Error
		switch {
		case err == nil && s.Length() < 100*time.Millisecond:
			t.Errorf("a sound of %v", s.Length())
		case err != nil && (!errors.As(err, &bad) || bad.Kind != fault.Invalid):
			t.Errorf("%v", err)
		}
	})
}

func BenchmarkTelephone(b *testing.B) {
	w := wave{kind: 1, bits: 16, rate: 44100, channels: 1, hz: 700, seconds: 200}.file()
	b.SetBytes(int64(len(w)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Telephone(b.Context(), w, usual); err != nil {
			b.Fatal(err)
		}
	}
}

// Values of G.711: silence, the smallest steps, the ends of the scale.
func TestALaw(t *testing.T) {
	for sample, want := range map[int16]byte{0: 0xd5, -8: 0x55, 16: 0xd4, 32767: 0xaa, -32768: 0x2a} {
		if got := ALaw(sample); got != want {
			t.Errorf("%d becomes %#x, want %#x", sample, got, want)
		}
	}
}
