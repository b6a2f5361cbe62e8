package audio

import (
	"encoding/binary"
	"io"
	"math"
)

// Formats of samples in a WAV file.
const (
	wavPCM        = 1
	wavFloat      = 3
	wavALaw       = 6
	wavULaw       = 7
	wavExtensible = 0xfffe
)

// codecs are names of what a WAV file may hold and we don't read.
var codecs = map[uint16]string{
	0x02: "Microsoft ADPCM", 0x11: "IMA ADPCM", 0x31: "GSM 6.10", 0x40: "G.721", 0x45: "G.726", 0x50: "MPEG", 0x55: "MP3",
	0x161: "Windows Media", 0xff: "AAC",
}

// format is a WAV file's own description of its samples.
type format struct {
	kind     uint16
	channels int
	perSec   int
	bits     int
}

func (f format) frame() int { return f.channels * f.bits / 8 }

type wavSource struct {
	format
	one  func([]byte) float32 // a sample
	data []byte
}

// openWAV finds format and samples in a WAV file.
func openWAV(file []byte) (source, error) {
	var f format
	var err error
	riff := binary.LittleEndian.Uint32(file[4:])
	for at := 12; at+8 <= len(file); {
		id, size := string(file[at:at+4]), int64(binary.LittleEndian.Uint32(file[at+4:]))
		rest := file[at+8:]
		switch id {
		case "fmt ":
			if size > int64(len(rest)) {
				return nil, cutHead()
			}
			if f, err = readFormat(rest[:size]); err != nil {
				return nil, err
			}
		case "data":
			if f.kind == 0 {
				return nil, bad("sound.damaged", "the WAV file does not say what its samples are")
			}
			return f.samples(rest, size, riff)
		}
		if size > int64(len(rest)) {
			break
		}
		at += 8 + int(size+size%2)
	}
	return nil, cutHead()
}

func cutHead() error {
	return bad("sound.truncated", "the WAV file ends before its sound; upload it again")
}

func readFormat(b []byte) (format, error) {
	if len(b) < 16 {
		return format{}, bad("sound.damaged", "the WAV file's description is too short")
	}
	f := format{
		kind: binary.LittleEndian.Uint16(b), channels: int(binary.LittleEndian.Uint16(b[2:])),
		perSec: int(binary.LittleEndian.Uint32(b[4:])), bits: int(binary.LittleEndian.Uint16(b[14:])),
	}
	if f.kind == wavExtensible && len(b) >= 26 {
		f.kind = binary.LittleEndian.Uint16(b[24:])
	}
	switch {
	case f.reader() == nil:
		if name := codecs[f.kind]; name != "" {
			return f, bad("sound.codec", "the WAV file holds %s; save it uncompressed (PCM)", name)
		}
		return f, bad("sound.codec", "the WAV file holds samples of a kind that can't be read (format %d, %d bits); save it as PCM, 16 bits", f.kind, f.bits)
	case f.channels < 1 || f.channels > maxChannels:
		return f, bad("sound.channels", "the WAV file has %d channels; 1 to %d can be read", f.channels, maxChannels)
	case f.perSec < minRate || f.perSec > maxRate:
		return f, bad("sound.rate", "the WAV file has %d samples a second; %d to %d can be read", f.perSec, minRate, maxRate)
	case int(binary.LittleEndian.Uint16(b[12:])) != f.frame():
		return f, bad("sound.damaged", "the WAV file's description contradicts itself")
	}
	return f, nil
}

// samples is the sound of a data chunk. A program that writes to a pipe can't
// know the size and states none, or the largest there is.
func (f format) samples(rest []byte, size int64, riff uint32) (source, error) {
	unknown := size >= 0x7ffff000 || size == 0 && riff <= 36
	if unknown {
		size = int64(len(rest))
	}
	if size > int64(len(rest)) {
		return nil, bad("sound.truncated", "the WAV file is cut: %d of %d bytes of sound are there; upload it again", len(rest), size)
	}
	rest = rest[:size]
	return &wavSource{format: f, one: f.reader(), data: rest[:len(rest)/f.frame()*f.frame()]}, nil
}

// reader reads a sample of the format; nil if there is no such.
func (f format) reader() func([]byte) float32 {
	switch {
	case f.kind == wavPCM && f.bits == 8:
		return func(b []byte) float32 { return float32(int(b[0])-128) / 128 }
	case f.kind == wavPCM && f.bits == 16:
		return func(b []byte) float32 { return float32(int16(binary.LittleEndian.Uint16(b))) / (1 << 15) }
	case f.kind == wavPCM && f.bits == 24:
		return func(b []byte) float32 {
			return float32(int32(uint32(b[0])<<8|uint32(b[1])<<16|uint32(b[2])<<24)) / (1 << 31)
		}
	case f.kind == wavPCM && f.bits == 32:
		return func(b []byte) float32 { return float32(int32(binary.LittleEndian.Uint32(b))) / (1 << 31) }
	case f.kind == wavFloat && f.bits == 32:
		return func(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) }
	case f.kind == wavFloat && f.bits == 64:
		return func(b []byte) float32 { return float32(math.Float64frombits(binary.LittleEndian.Uint64(b))) }
	case f.kind == wavALaw && f.bits == 8:
		return func(b []byte) float32 { return float32(fromALaw(b[0])) / (1 << 15) }
	case f.kind == wavULaw && f.bits == 8:
		return func(b []byte) float32 { return float32(fromULaw(b[0])) / (1 << 15) }
	}
	return nil
}

func (w *wavSource) rate() int { return w.perSec }

// read gives the mean of the channels.
func (w *wavSource) read(into []float32) (int, error) {
	n, step := 0, w.bits/8
	for ; n < len(into) && len(w.data) > 0; n++ {
		var sum float32
		for c := range w.channels {
			sum += w.one(w.data[c*step:])
		}
		into[n] = sum / float32(w.channels)
		w.data = w.data[w.frame():]
	}
	if len(w.data) == 0 {
		return n, io.EOF
	}
	return n, nil
}

// WAV is the sound as a file that the switch and browsers play.
func (s Sound) WAV() []byte {
	const head = 58
	b := make([]byte, 0, head+len(s.law)+1)
	u16, u32 := binary.LittleEndian.AppendUint16, binary.LittleEndian.AppendUint32
	size := uint32(len(s.law))
	b = u32(append(b, "RIFF"...), head-8+size+size%2)
	b = u32(append(b, "WAVEfmt "...), 18)
	b = u16(u16(b, wavALaw), 1)
	b = u32(u32(b, Rate), Rate)
	b = u16(u16(u16(b, 1), 8), 0)
	b = u32(u32(append(b, "fact"...), 4), size)
	b = u32(append(b, "data"...), size)
	b = append(b, s.law...)
	if size%2 == 1 {
		b = append(b, 0)
	}
	return b
}
