package testswitch

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"time"
)

// Sound is a recording of 16-bit PCM, a slice for each channel.
type Sound struct {
	Rate     int
	Channels [][]int16
}

// ReadWAV reads a recording. It fails if the file is no 16-bit WAV, or cut
// within its header.
func ReadWAV(path string) (Sound, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Sound{}, err
	}
	if len(data) < 44 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WAVE" {
		return Sound{}, fmt.Errorf("%s is no WAV file", path)
	}
	s := Sound{}
	channels := 0
	for at := 12; at+8 <= len(data); {
		id, size := string(data[at:at+4]), int(binary.LittleEndian.Uint32(data[at+4:]))
		body := data[at+8 : min(at+8+size, len(data))]
		switch {
		case id == "fmt " && len(body) >= 16:
			channels, s.Rate = int(binary.LittleEndian.Uint16(body[2:])), int(binary.LittleEndian.Uint32(body[4:]))
			if bits := binary.LittleEndian.Uint16(body[14:]); bits != 16 {
				return Sound{}, fmt.Errorf("%s has %d bits per sample", path, bits)
			}
		case id == "data" && channels > 0:
			s.Channels = make([][]int16, channels)
			for i := 0; i+2*channels <= len(body); i += 2 * channels {
				for c := range channels {
					s.Channels[c] = append(s.Channels[c], int16(binary.LittleEndian.Uint16(body[i+2*c:])))
				}
			}
			return s, nil
		}
		at += 8 + size + size%2
	}
	return Sound{}, fmt.Errorf("%s holds no sound", path)
}

// Length is how long the sound is.
func (s Sound) Length() time.Duration {
	if len(s.Channels) == 0 || s.Rate == 0 {
		return 0
	}
	return time.Duration(len(s.Channels[0])) * time.Second / time.Duration(s.Rate)
}

// Heard is for how long a tone of hz is loud on a channel.
func (s Sound) Heard(channel, hz int) time.Duration {
	if channel >= len(s.Channels) {
		return 0
	}
	const block = 400 // 50 ms at 8 kHz
	loud := 0
	samples := s.Channels[channel]
	for i := 0; i+block <= len(samples); i += block {
		if goertzel(samples[i:i+block], float64(hz)/float64(s.Rate)) > 1000 {
			loud++
		}
	}
	return time.Duration(loud) * block * time.Second / time.Duration(s.Rate)
}

// goertzel is the amplitude of one frequency, given in turns per sample.
func goertzel(x []int16, f float64) float64 {
	k := 2 * math.Cos(2*math.Pi*f)
	var a, b float64
	for _, v := range x {
		a, b = float64(v)+k*a-b, a
	}
	return 2 * math.Sqrt(max(a*a+b*b-k*a*b, 0)) / float64(len(x))
}
