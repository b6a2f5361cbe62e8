package app

import (
	"bytes"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchdesk/internal/testswitch"
)

const spokenFlow = `
name: 语音
start: 欢迎
nodes:
  欢迎:
    kind: prompt
    play: [welcome, 上传的音, {tts: "您好，这里是售后服务。"}, {tts: "您的号码是${caller}。"}, 上传的音]
    exits: {next: 再见}
  再见: {kind: hangup}
`

// putSound uploads a file as a prompt.
func (p *person) putSound(name string, file []byte) {
	p.w.t.Helper()
	req, err := http.NewRequest("POST", "http://"+p.w.addr+"/api/prompts?name="+url.QueryEscape(name), bytes.NewReader(file))
	if err != nil {
		p.w.t.Fatal(err)
	}
	req.Header.Set("X-Requested-With", "switchdesk")
	resp, err := p.client.Do(req)
	if err != nil {
		p.w.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		p.w.t.Fatalf("uploading %s: %d", name, resp.StatusCode)
	}
}

// heard is what a caller hears: the switch records their leg from the answer
// to the end.
func (w *realWorld) heard(from string) testswitch.Sound {
	w.t.Helper()
	file := filepath.Join(w.t.TempDir(), from+".wav")
	caller := w.sw.Call(w.t, testswitch.Caller{Number: realNumber, From: from})
	caller.WaitSaid("answered", 1, 10*time.Second)
	id := ""
	w.wait("the call at the switch", 10*time.Second, func() bool {
		for _, line := range strings.Split(w.sw.API(w.t, "show channels"), "\n") {
			if strings.Contains(line, from) {
				id, _, _ = strings.Cut(line, ",")
			}
		}
		return id != ""
	})
	w.sw.API(w.t, "uuid_setvar "+id+" RECORD_STEREO true")
	if said := w.sw.API(w.t, "uuid_record "+id+" start "+file); !strings.Contains(said, "+OK") {
		w.t.Fatal(said)
	}
	caller.WaitSaid("ended by the other side", 1, 40*time.Second)
	caller.Wait(10 * time.Second)
	var sound testswitch.Sound
	w.wait("the recording of what was heard", 10*time.Second, func() bool {
		var err error
		sound, err = testswitch.ReadWAV(file)
		return err == nil && len(sound.Channels) == 2
	})
	return sound
}

// loud is for how long there is a voice between the first and the last moment
// of a tone.
func loud(s testswitch.Sound, hz int) time.Duration {
	first, last := -1, -1
	const block = 400
	voice := make([]bool, 0, len(s.Channels[1])/block)
	for i := 0; i+block <= len(s.Channels[1]); i += block {
		part := testswitch.Sound{Rate: s.Rate, Channels: [][]int16{s.Channels[1][i : i+block]}}
		if part.Heard(0, hz) > 0 {
			if first < 0 {
				first = len(voice)
			}
			last = len(voice)
		}
		sum := 0.0
		for _, v := range part.Channels[0] {
			sum += float64(v) * float64(v)
		}
		voice = append(voice, math.Sqrt(sum/block) > 300 && part.Heard(0, hz) == 0)
	}
	n := 0
	for i := max(first, 0); i < last; i++ {
		if voice[i] {
			n++
		}
	}
	return time.Duration(n) * 50 * time.Millisecond
}

// TestFreeSWITCHPlaysPromptsAndTexts: an uploaded MP3 and two texts, one the
// same for all and one with the caller's number, are heard on the real
// switch, also after its folder of prompts was emptied.
func TestFreeSWITCHPlaysPromptsAndTexts(t *testing.T) {
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("text to speech on the real switch is not tested: espeak-ng is not installed")
	}
	w := newRealWorld(t)
	w.start()
	boss := w.signIn("8001")
	mp3, err := os.ReadFile(filepath.Join("..", "internal", "audio", "testdata", "tone-44100-stereo.mp3"))
	if err != nil {
		t.Fatal(err)
	}
	boss.putSound("上传的音", mp3)
	var up struct{ ID, Number int64 }
	boss.do("POST", "/api/flows", map[string]any{"name": "语音", "source": spokenFlow}, &up)
	boss.do("POST", fmt.Sprintf("/api/flows/%d/versions/%d/activate", up.ID, up.Number), map[string]any{}, nil)
	var numbers struct{ Items []map[string]any }
	boss.do("GET", "/api/numbers", nil, &numbers)
	n := numbers.Items[0]
	boss.do("PUT", fmt.Sprintf("/api/numbers/%v", n["id"]), map[string]any{"number": n["number"], "name": n["name"], "flow_id": up.ID, "enabled": true}, nil)

	check := func(from string) {
		t.Helper()
		sound := w.heard(from)
		// The tone twice, one second each, and between them the two texts.
		if d := sound.Heard(1, 700); d < 1600*time.Millisecond || d > 2400*time.Millisecond {
			t.Errorf("%s: the uploaded tone is heard for %v of %v", from, d, sound.Length())
		}
		if d := loud(sound, 700); d < 3*time.Second {
			t.Errorf("%s: the texts are heard for %v only", from, d)
		}
	}
	check("13900000011")
	// The same caller again: nothing need be spoken anew.
	check("13900000011")
	if err := os.RemoveAll(filepath.Join(w.cfg.DataDir, promptsDir, "accounts")); err != nil {
		t.Fatal(err)
	}
	w.wait("the folder is filled again", 20*time.Second, func() bool {
		files, _ := filepath.Glob(filepath.Join(w.cfg.DataDir, promptsDir, "accounts", "*", "*.wav"))
		return len(files) >= 2
	})
	check("13900000012")
}
