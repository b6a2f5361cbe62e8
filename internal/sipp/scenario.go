package sipp

import (
	"bytes"
	"embed"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"text/template"

	"switchdesk/internal/audio"
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
		data[i] = audio.ALaw(int16(12000 * math.Sin(2*math.Pi*float64(hz)*float64(i)/rate)))
	}
	path := filepath.Join(dir, fmt.Sprintf("tone%d.al", hz))
	return path, os.WriteFile(path, data, 0o600)
}
