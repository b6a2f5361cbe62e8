package app

import (
	"os"
	"strconv"
	"testing"
	"time"

	"switchdesk/simswitch"
)

func BenchmarkDev(b *testing.B) {
	rate, _ := strconv.Atoi(os.Getenv("RATE"))
	secs, _ := strconv.Atoi(os.Getenv("SECS"))
	seats, _ := strconv.Atoi(os.Getenv("SEATS"))
	w := newBenchWorld(b, seats, simswitch.Options{}, func(simswitch.Ringing) simswitch.Reaction {
		return simswitch.Reaction{Act: simswitch.Pick, After: time.Second, HangupAfter: 5 * time.Second}
	})
	w.env = []string{"GOMAXPROCS=1"}
	w.start()
	w.seated()
	cpu, legs := w.cpu(), w.engine.Stats().Legs
	ctx, done := make(chan struct{}), make(chan struct{})
	go func() { defer close(done); w.flood(rate, ctx) }()
	for i := 0; i < secs; i++ {
		time.Sleep(time.Second)
		s := w.engine.Stats()
		c := w.cpu()
		b.Logf("%d live %d legs %d fallbacks %d cmds %d refused %d queue %.0f cpu/leg %.2fms offer p99 %.3f", i, s.Live, s.Legs, s.Fallbacks, s.Commands, s.Refused, w.figure("switchdesk_switch_queue"), float64((c-cpu).Microseconds())/1000/float64(s.Legs-legs), w.figure(`switchdesk_offer_delay_seconds{quantile="0.99"}`))
	}
	close(ctx)
	<-done
	w.stop()
}
