package prompts

import (
	"fmt"
	"os/exec"
	"testing"

	"switchdesk/accounts"
	"switchdesk/internal/clock"
	"switchdesk/storage/blob"
	"switchdesk/storage/db/dbtest"
)

// BenchmarkGoalSpeak is what a caller waits for a text that nobody has heard
// yet: spoken by espeak-ng, converted, kept in the store and the folder.
func BenchmarkGoalSpeak(b *testing.B) {
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		b.Skip("text to speech is not measured: espeak-ng is not installed")
	}
	g := dbtest.SQLite(b)
	blobs, err := blob.Open(blob.Config{Kind: "disk", Path: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	a, _, err := accounts.NewService(g, clock.Real{}, accounts.Options{}).CreateAccount(b.Context(), accounts.Account{Slug: "bench", Name: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	engine, err := NewEspeak("espeak-ng")
	if err != nil {
		b.Fatal(err)
	}
	s := NewService(g, blobs, Options{Dir: b.TempDir(), Engine: engine})
	n := 0
	for b.Loop() {
		n++
		text := Text{Text: fmt.Sprintf("您好，您的订单%d已经发货，预计明天送达。", n), Language: "zh"}
		if err := s.Speak(b.Context(), a.ID, text); err != nil {
			b.Fatal(err)
		}
	}
}
