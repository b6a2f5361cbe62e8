package sipp

import (
	"encoding/xml"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// elements reads a scenario and lists its steps.
func elements(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "{{") || strings.Contains(string(text), "<no value>") {
		t.Errorf("not all is filled in:\n%s", text)
	}
	var steps []string
	labels, jumps := map[string]bool{}, map[string]bool{}
	for dec := xml.NewDecoder(strings.NewReader(strings.Replace(string(text), "<!DOCTYPE", "<!--", 1))); ; {
		token, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		if e, ok := token.(xml.StartElement); ok {
			for _, a := range e.Attr {
				switch {
				case e.Name.Local == "label":
					labels[a.Value] = true
				case a.Name.Local == "next" || a.Name.Local == "ontimeout":
					jumps[a.Value] = true
				case a.Name.Local == "request" || a.Name.Local == "play_dtmf":
					steps = append(steps, a.Value)
				}
			}
		}
	}
	for to := range jumps {
		if !labels[to] {
			t.Errorf("nothing is labelled %s", to)
		}
	}
	return steps
}

func TestScenarios(t *testing.T) {
	caller := func(c Caller) any {
		return struct {
			Caller
			Tone     string
			Refusals []int
		}{c, "tone.al", refusals}
	}
	phone := func(p Phone) any {
		return struct {
			Phone
			Tone string
		}{p, "tone.al"}
	}
	for _, c := range []struct {
		name, file string
		data       any
		want       []string
	}{
		{"a caller", "caller.xml", caller(Caller{Stay: time.Second}), []string{"BYE"}},
		{"a caller with keys", "caller.xml", caller(Caller{Stay: time.Second, Keys: []Key{{Keys: "1", N: 0}, {Keys: "2#", N: 1}}}), []string{"BYE", "1", "BYE", "2#", "BYE"}},
		{"a caller who gives up", "caller.xml", caller(Caller{CancelAfter: time.Second}), nil},
		{"a phone", "phone.xml", phone(Phone{User: "1-8001", Stay: time.Second}), []string{"INVITE", "NOTIFY", "CANCEL", "ACK", "BYE", "ACK"}},
		{"a phone that refuses", "phone.xml", phone(Phone{Refuse: true}), []string{"INVITE", "CANCEL", "ACK", "ACK"}},
		{"a phone that nobody answers", "phone.xml", phone(Phone{NoAnswer: true}), []string{"INVITE", "CANCEL", "ACK"}},
		{"a registration", "register.xml", map[string]any{"User": "u", "Domain": "d", "Port": 1, "Expires": 120}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			file, err := render(t.TempDir(), c.file, c.data)
			if err != nil {
				t.Fatal(err)
			}
			if got := elements(t, file); !slices.Equal(got, c.want) {
				t.Errorf("steps %v, want %v", got, c.want)
			}
		})
	}
}
