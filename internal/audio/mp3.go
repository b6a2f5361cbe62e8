package audio

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os/exec"
	"time"

	"github.com/hajimehoshi/go-mp3"
)

// frame is what the header of an MP3 frame says.
type frame struct {
	version int // 1 for MPEG-1, 2 for MPEG-2, 25 for MPEG-2.5
	perSec  int
	samples int
	size    int // bytes with the header; 0 for a free bit rate
	mono    bool
}

var bitRates = [2][15]int{ // kbit/s, MPEG-1 and the later ones
	{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
	{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
}

// readFrame reads a header; false if there is none of layer III.
func readFrame(b []byte) (frame, bool) {
	if len(b) < 4 || b[0] != 0xff || b[1]&0xe0 != 0xe0 || b[1]&0x06 != 0x02 {
		return frame{}, false
	}
	rateAt, bits := b[2]>>2&3, b[2]>>4
	if rateAt == 3 || bits == 15 {
		return frame{}, false
	}
	f := frame{perSec: [3]int{44100, 48000, 32000}[rateAt], mono: b[3]>>6 == 3}
	table := 1
	switch b[1] >> 3 & 3 {
	case 3:
		f.version, f.samples, table = 1, 1152, 0
	case 2:
		f.version, f.samples, f.perSec = 2, 576, f.perSec/2
	case 0:
		f.version, f.samples, f.perSec = 25, 576, f.perSec/4
	default:
		return frame{}, false
	}
	if kbit := bitRates[table][bits]; kbit > 0 {
		f.size = f.samples/8*kbit*1000/f.perSec + int(b[2]>>1&1)
	}
	return f, true
}

// maxJunk is how many bytes that are no sound may come before the first frame.
const maxJunk = 64 << 10

// firstFrame is where the first of two frames in a row begins; -1 if nowhere.
func firstFrame(file []byte, from int) int {
	for at := from; at < len(file) && at-from < maxJunk; at++ {
		f, ok := readFrame(file[at:])
		if !ok || f.size == 0 {
			continue
		}
		if at+f.size == len(file) {
			return at
		}
		if at+f.size < len(file) {
			if g, ok := readFrame(file[at+f.size:]); ok && g.version == f.version && g.perSec == f.perSec {
				return at
			}
		}
		if at == from && at+f.size > len(file) { // cut in its only frame
			return at
		}
	}
	return -1
}

// skipTag gives where a leading ID3 tag ends.
func skipTag(file []byte) int {
	at := 0
	for len(file) >= at+10 && string(file[at:at+3]) == "ID3" {
		b := file[at+6:]
		at += 10 + int(b[0]&0x7f)<<21 + int(b[1]&0x7f)<<14 + int(b[2]&0x7f)<<7 + int(b[3]&0x7f)
	}
	return at
}

// track is the frames of an MP3 file without anything else.
type track struct {
	frame
	data   []byte
	frames int
}

// readTrack walks the frames without decoding them, so that length and kind
// are known before any work is done.
func readTrack(file []byte) (track, error) {
	at := skipTag(file)
	if at >= len(file) {
		return track{}, bad("sound.truncated", "the MP3 file ends before its sound; upload it again")
	}
	if at = firstFrame(file, at); at < 0 {
		return track{}, bad("sound.damaged", "no sound was found in the MP3 file")
	}
	t := track{data: make([]byte, 0, len(file)-at)}
	t.frame, _ = readFrame(file[at:])
	wanted := uint32(0)
	for at < len(file) {
		f, ok := readFrame(file[at:])
		if !ok || f.size == 0 {
			if trailer(file[at:]) {
				break
			}
			next := firstFrame(file, at+1)
			if next < 0 {
				return track{}, bad("sound.damaged", "the MP3 file is damaged after %v", t.length().Round(time.Second/10))
			}
			at = next
			continue
		}
		if f.version != t.version || f.perSec != t.perSec {
			return track{}, bad("sound.damaged", "the MP3 file changes its rate within; save it anew")
		}
		if at+f.size > len(file) {
			return track{}, bad("sound.truncated", "the MP3 file is cut after %v; upload it again", t.length().Round(time.Second/10))
		}
		body := file[at : at+f.size]
		if n, ok := infoFrame(body, f); ok && t.frames == 0 && wanted == 0 {
			wanted = n
		} else {
			t.data, t.frames = append(t.data, body...), t.frames+1
		}
		at += f.size
	}
	if uint32(t.frames) < wanted-wanted/50 {
		return track{}, bad("sound.truncated", "the MP3 file is cut: %d of %d parts are there; upload it again", t.frames, wanted)
	}
	return t, nil
}

func (t track) length() time.Duration {
	return time.Duration(t.frames) * time.Duration(t.samples) * time.Second / time.Duration(t.perSec)
}

// trailer tells whether what follows the frames is a tag or padding.
func trailer(b []byte) bool {
	for _, tag := range []string{"TAG", "APETAGEX", "LYRICS", "ID3"} {
		if bytes.HasPrefix(b, []byte(tag)) {
			return true
		}
	}
	return len(b) < 4 || len(bytes.Trim(b, "\x00")) == 0
}

// infoFrame reads the count of frames that an encoder leaves in the first one,
// which holds no sound.
func infoFrame(b []byte, f frame) (uint32, bool) {
	at := 4 + 32
	switch {
	case f.version == 1 && f.mono, f.version != 1 && !f.mono:
		at = 4 + 17
	case f.version != 1:
		at = 4 + 9
	}
	if len(b) < at+12 || string(b[at:at+4]) != "Xing" && string(b[at:at+4]) != "Info" {
		return 0, false
	}
	if b[at+7]&1 == 0 {
		return 0, true
	}
	return binary.BigEndian.Uint32(b[at+8:]), true
}

func openMP3(ctx context.Context, file []byte, o Options) (source, error) {
	t, err := readTrack(file)
	if err != nil {
		return nil, err
	}
	if t.frames == 0 {
		return nil, bad("sound.truncated", "the MP3 file ends before its sound; upload it again")
	}
	if t.length() > o.Longest+time.Second {
		return nil, bad("sound.long", "it lasts longer than %v", o.Longest)
	}
	if t.version != 1 {
		return t.outside(ctx, o.Decoder)
	}
	return newMP3(t)
}

// outside has the program lame decode rates below 32 kHz: the library gets
// steady tones of such files wrong, and knows none below 16 kHz.
func (t track) outside(ctx context.Context, program string) (source, error) {
	if program == "" {
		return nil, bad("sound.rate", "the MP3 file has %d samples a second; save it with 44100, or as WAV", t.perSec)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "--quiet", "--decode", "--mp3input", "-", "-")
	cmd.Env, cmd.Dir, cmd.WaitDelay = []string{"LC_ALL=C"}, "/", time.Second
	cmd.Stdin = bytes.NewReader(t.data)
	out, err := cmd.Output()
	if err != nil || kindOf(out) != "wav" {
		return nil, bad("sound.damaged", "the MP3 file can't be decoded").Because(err)
	}
	return openWAV(out)
}

type mp3Source struct {
	dec *mp3.Decoder
	buf []byte
}

var errDamaged = errors.New("the decoder gave up")

// newMP3 decodes in this process. The library gives up on some damaged files
// by a panic.
func newMP3(t track) (src source, err error) {
	defer func() {
		if p := recover(); p != nil {
			src, err = nil, bad("sound.damaged", "the MP3 file can't be decoded").Because(errDamaged)
		}
	}()
	dec, err := mp3.NewDecoder(struct{ io.Reader }{bytes.NewReader(t.data)})
	if err != nil {
		return nil, bad("sound.damaged", "the MP3 file can't be decoded").Because(err)
	}
	return &mp3Source{dec: dec}, nil
}

func (m *mp3Source) rate() int { return m.dec.SampleRate() }

// read gives the mean of the two channels that the library always makes.
func (m *mp3Source) read(into []float32) (n int, err error) {
	defer func() {
		if p := recover(); p != nil {
			n, err = 0, bad("sound.damaged", "the MP3 file can't be decoded").Because(errDamaged)
		}
	}()
	if len(m.buf) < 4*len(into) {
		m.buf = make([]byte, 4*len(into))
	}
	got, err := io.ReadFull(m.dec, m.buf[:4*len(into)])
	for i := 0; i+4 <= got; i += 4 {
		l, r := int16(binary.LittleEndian.Uint16(m.buf[i:])), int16(binary.LittleEndian.Uint16(m.buf[i+2:]))
		into[n] = (float32(l) + float32(r)) / (1 << 16)
		n++
	}
	switch {
	case err == nil:
		return n, nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return n, io.EOF
	}
	return n, bad("sound.damaged", "the MP3 file can't be decoded").Because(err)
}
