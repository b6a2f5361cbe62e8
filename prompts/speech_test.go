package prompts

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"switchdesk/internal/audio"
	"switchdesk/internal/fault"
	"switchdesk/storage/db/dbtest"
)

func TestSpeak(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		s := newShelf(t, g)
		ctx := t.Context()
		text := Text{Text: "您的订单\t已发货", Language: "zh"}
		if _, ok := s.SpokenPath(s.north, text); ok {
			t.Error("there before it was spoken")
		}
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if err := s.Speak(ctx, s.north, text); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		path, ok := s.SpokenPath(s.north, text)
		if !ok || !s.there(path) || s.voice.times() != 1 {
			t.Errorf("%q %v, spoken %d times for 20 callers", path, ok, s.voice.times())
		}
		if said := s.voice.said[0]; said["text"] != "您的订单 已发货" || said["voice"] != "zh" || said["language"] != "zh" || said["speed"] != 100.0 {
			t.Errorf("%v", said)
		}
		if _, ok := s.SpokenPath(s.south, text); ok {
			t.Error("another account's text")
		}
		// Another voice and speed are another sound; a restart knows them all.
		s.must(s.Speak(ctx, s.north, Text{Text: text.Text, Voice: "zh-f", Speed: 80}))
		s.must(s.load(ctx))
		if s.voice.times() != 2 || len(s.spoken) != 2 {
			t.Errorf("spoken %d times, %d kept", s.voice.times(), len(s.spoken))
		}
		p, err := s.AddSpoken(ctx, s.north, "发货", text, 3)
		s.must(err)
		if p.Text != "您的订单 已发货" || p.Source != Spoken || p.Voice != "zh" || !s.plays(s.north, "发货") || s.voice.times() != 2 {
			t.Errorf("%+v", p)
		}
		if _, err := s.AddSpoken(ctx, s.north, "发货", text, 3); code(err) != "prompt.taken" {
			t.Error(err)
		}
		if data, err := s.Say(ctx, s.north, text); err != nil || int64(len(data)) != p.Bytes {
			t.Errorf("%d bytes, %v", len(data), err)
		}
	})
}

func TestTextsThatAreNotSpoken(t *testing.T) {
	s := newShelf(t, dbtest.SQLite(t))
	for what, c := range map[string]struct {
		text Text
		code string
	}{
		"nothing":         {Text{Text: " \n\x00\x1b ", Language: "zh"}, "speech.empty"},
		"10,000":          {Text{Text: strings.Repeat("长", 10_000), Language: "zh"}, "speech.long"},
		"no such voice":   {Text{Text: "a", Voice: "-v"}, "speech.voice"},
		"no such tongue":  {Text{Text: "a", Language: "fr"}, "speech.language"},
		"too quick":       {Text{Text: "a", Language: "en", Speed: 1000}, "speech.speed"},
		"more than a day": {Text{Text: strings.Repeat("a", 101), Language: "en"}, "speech.limit"},
	} {
		if err := s.Speak(t.Context(), s.north, c.text); code(err) != c.code {
			t.Errorf("%s: %v, want %s", what, err, c.code)
		}
	}
	if s.voice.times() != 0 {
		t.Errorf("the engine was asked %d times", s.voice.times())
	}
	s.must(s.Speak(t.Context(), s.north, Text{Text: "<speak>&\u202e<audio src=\"http://x/\"/>\x07好</speak>", Language: "zh"}))
	if got := s.voice.said[0]["text"]; got != `speak & audio src="http://x/"/ 好 /speak` {
		t.Errorf("%q", got)
	}
	s.voice.fail.Store(http.StatusBadGateway)
	if err := s.Speak(t.Context(), s.north, Text{Text: "b", Language: "en"}); fault.KindOf(err) != fault.Unavailable {
		t.Error(err)
	}
	s.o.Engine = nil
	if err := s.Speak(t.Context(), s.north, Text{Text: "b", Language: "en"}); code(err) != "speech.none" || s.Voices() != nil {
		t.Error(err)
	}
}

// The day's characters are counted for all at once, and begin anew at
// midnight; texts spoken before play on.
func TestTheDaysCharacters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		s := newShelf(t, g)
		ctx := t.Context()
		var all sync.WaitGroup
		var mu sync.Mutex
		codes := map[string]int{}
		for i := range 14 {
			all.Go(func() {
				err := s.Speak(ctx, s.north, Text{Text: fmt.Sprintf("number %03d", i), Language: "en"})
				mu.Lock()
				defer mu.Unlock()
				codes[code(err)]++
			})
		}
		all.Wait()
		if codes["<nil>"] != 10 || codes["speech.limit"] != 4 { // 100 characters, 10 each
			t.Errorf("%v", codes)
		}
		if used, err := s.UsedToday(ctx, s.north); err != nil || used != 100 {
			t.Errorf("%d %v", used, err)
		}
		s.must(s.Speak(ctx, s.south, Text{Text: "another account", Language: "en"}))
		s.clock.Advance(24 * time.Hour)
		s.must(s.Speak(ctx, s.north, Text{Text: "a new day", Language: "en"}))
	})
}

// A caller who doesn't wait doesn't stop the work for the next.
func TestACallerHangsUpMeanwhile(t *testing.T) {
	s := newShelf(t, dbtest.SQLite(t))
	s.voice.hold = make(chan struct{})
	text := Text{Text: "慢", Language: "zh"}
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() { first <- s.Speak(ctx, s.north, text) }()
	for deadline := time.Now().Add(20 * time.Second); s.voice.times() == 0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-first; code(err) != "speech.slow" {
		t.Error(err)
	}
	close(s.voice.hold)
	s.must(s.Speak(t.Context(), s.north, text))
	if s.voice.times() != 1 {
		t.Errorf("spoken %d times", s.voice.times())
	}
}

func TestOldTextsAreForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		s := newShelf(t, g)
		ctx := t.Context()
		old, used, static := Text{Text: "旧", Language: "zh"}, Text{Text: "常用", Language: "zh"}, Text{Text: "流程里的", Language: "zh"}
		s.Want(s.north, []Text{static})
		s.must(s.Warm(ctx, s.north, []Text{old, used, static}))
		s.must(s.Tidy(ctx))
		s.clock.Advance(20 * 24 * time.Hour)
		_, _ = s.SpokenPath(s.north, used) // a call plays it
		s.must(s.Tidy(ctx))
		s.clock.Advance(20 * 24 * time.Hour)
		s.must(s.Tidy(ctx))
		for text, want := range map[Text]bool{old: false, used: true, static: true} {
			if _, ok := s.SpokenPath(s.north, text); ok != want {
				t.Errorf("%s: there is %v", text.Text, ok)
			}
		}
		s.o.PerAccount = 3000 // two of them are more
		s.must(s.Tidy(ctx))
		if _, ok := s.SpokenPath(s.north, static); !ok {
			t.Error("what a flow says was forgotten")
		}
		if _, ok := s.SpokenPath(s.north, used); ok {
			t.Error("an account keeps more than it may")
		}
	})
}

// What flows say as it stands is spoken without anybody asking.
func TestAhead(t *testing.T) {
	s := newShelf(t, dbtest.SQLite(t))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = s.Service.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	text := Text{Text: "您好，这里是售后。", Language: "zh"}
	s.Want(s.north, []Text{text})
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if _, ok := s.SpokenPath(s.north, text); ok {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("not spoken")
		}
	}
}

// The program on this machine, with what a hostile text may hold.
func TestEspeak(t *testing.T) {
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("text to speech on this machine is not tested: espeak-ng is not installed")
	}
	e, err := NewEspeak("espeak-ng")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range e.Voices() {
		text := "Hello, your order is on its way."
		if v.Language != "en" {
			text = "您好，您的订单已经发货。"
		}
		raw, err := e.Speak(t.Context(), text, v, 100)
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		sound, err := audio.Telephone(t.Context(), raw, audio.Options{Longest: time.Minute, Trim: true})
		if err != nil || sound.Length() < 800*time.Millisecond || sound.Length() > 8*time.Second {
			t.Errorf("%s: %v %v", v.Name, sound.Length(), err)
		}
	}
	zh := e.Voices()[0]
	for _, text := range []string{"--version", "-f /etc/passwd", "[[aI]] 好", "$(id) `id` ; id", "<speak>好</speak>", strings.Repeat("好", MaxText), "好\x00好", "%s%n"} {
		raw, err := e.Speak(t.Context(), text, zh, 200)
		if err != nil || len(raw) < 1000 {
			t.Errorf("%.20q: %d bytes, %v", text, len(raw), err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Speak(ctx, "好", zh, 100); err == nil {
		t.Error("speaks although nobody waits")
	}
}
