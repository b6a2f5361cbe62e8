package events

import (
	"sync"
	"testing"
	"time"
)

func TestEverybodyHearsInOrder(t *testing.T) {
	var topic Topic[int]
	topic.Publish(0) // nobody there
	a, b := topic.Subscribe(10), topic.Subscribe(10)
	for i := 1; i <= 5; i++ {
		topic.Publish(i)
	}
	a.Close()
	topic.Publish(6)
	b.Close()
	b.Close()
	for s, want := range map[*Subscription[int]]int{a: 5, b: 6} {
		heard := 0
		for v := range s.C {
			if heard++; v != heard {
				t.Fatalf("heard %d as number %d", v, heard)
			}
		}
		if heard != want {
			t.Errorf("heard %d facts, want %d", heard, want)
		}
	}
	if topic.Listeners() != 0 || topic.Dropped() != 0 {
		t.Errorf("%d listeners, %d dropped", topic.Listeners(), topic.Dropped())
	}
}

func TestASlowListenerMissesAndHoldsUpNobody(t *testing.T) {
	var topic Topic[int]
	slow, quick := topic.Subscribe(2), topic.Subscribe(100)
	defer slow.Close()
	defer quick.Close()
	done := make(chan struct{})
	go func() {
		for i := range 100 {
			topic.Publish(i)
		}
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("Publish waits for a listener")
	}
	if slow.Dropped() != 98 || quick.Dropped() != 0 || topic.Dropped() != 98 || len(quick.C) != 100 {
		t.Errorf("slow missed %d, quick missed %d of %d", slow.Dropped(), quick.Dropped(), topic.Dropped())
	}
	if v := <-slow.C; v != 0 {
		t.Errorf("the oldest facts are kept, got %d", v)
	}
}

func TestComingAndGoingWhileTelling(t *testing.T) {
	var topic Topic[int]
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					topic.Publish(1)
				}
			}
		})
	}
	var listeners sync.WaitGroup
	for range 4 {
		listeners.Go(func() {
			for range 25 {
				s := topic.Subscribe(1)
				<-s.C
				s.Close()
			}
		})
	}
	listeners.Wait()
	close(stop)
	wg.Wait()
	if topic.Listeners() != 0 {
		t.Errorf("%d listeners are left", topic.Listeners())
	}
}
