package sipp

import (
	"bytes"
	"embed"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"text/template"
)

//go:embed scenarios/*.xml
var scenarios embed.FS

// render writes a scenario, filled in, to dir.
func render(dir, name string, data any) (string, error) {
	tmpl, err := template.ParseFS(scenarios, "scenarios/"+name)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := tmpl.Execute(&b, data); err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	return path, os.WriteFile(path, b.Bytes(), 0o600)
}

// tone writes two seconds of a tone in A-law, which sipp sends as it is.
func tone(dir string, hz int) (string, error) {
	const rate = 8000
	data := make([]byte, 2*rate)
	for i := range data {
		data[i] = alaw(int16(12000 * math.Sin(2*math.Pi*float64(hz)*float64(i)/rate)))
	}
	path := filepath.Join(dir, fmt.Sprintf("tone%d.al", hz))
	return path, os.WriteFile(path, data, 0o600)
}

// alaw encodes a sample as G.711 A-law.
func alaw(sample int16) byte {
	mask := byte(0xd5)
	v := int(sample) >> 3
	if v < 0 {
		mask, v = 0x55, -v-1
	}
	segment := 0
	for limit := 0x1f; segment < 8 && v > limit; segment++ {
		limit = limit<<1 | 1
	}
	if segment >= 8 {
		return 0x7f ^ mask
	}
	code := byte(segment << 4)
	if segment < 2 {
		code |= byte(v>>1) & 0xf
	} else {
		code |= byte(v>>segment) & 0xf
	}
	return code ^ mask
}
