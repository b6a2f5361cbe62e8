package queues

import (
	"math/rand/v2"
	"slices"
	"testing"
)

type number int

func (n number) before(o number) bool { return n < o }

// TestSortedAgainstASlice grows and shrinks over many chunks.
func TestSortedAgainstASlice(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var s sorted[number]
	var model []number
	for step := range 60000 {
		n := number(r.IntN(6000))
		if step%3 == 0 {
			n = number(6000 + step) // a queue grows at its end
		}
		i, in := slices.BinarySearch(model, n)
		grow := step < 25000 || (step > 45000 && step%2 == 0)
		switch {
		case grow && !in:
			s.insert(n)
			model = slices.Insert(model, i, n)
		case !grow && step%2 == 0 && len(model) > 0: // served from the front
			n, _ = s.first()
			if n != model[0] || !s.remove(n) {
				t.Fatalf("first is %d, want %d", n, model[0])
			}
			model = model[1:]
		default:
			if s.remove(n) != in {
				t.Fatalf("step %d: remove %d told %v", step, n, !in)
			}
			if in {
				model = slices.Delete(model, i, i+1)
			}
		}
		if s.len() != len(model) {
			t.Fatalf("step %d: %d elements, want %d", step, s.len(), len(model))
		}
		if step%500 == 0 {
			compare(t, &s, model, n)
		}
	}
	compare(t, &s, model, 3000)
}

func compare(t *testing.T, s *sorted[number], model []number, probe number) {
	t.Helper()
	if got := slices.Collect(s.all); !slices.Equal(got, model) {
		t.Fatalf("order differs: %d elements, want %d", len(got), len(model))
	}
	i, _ := slices.BinarySearch(model, probe)
	if s.rank(probe) != i {
		t.Fatalf("rank of %d is %d, want %d", probe, s.rank(probe), i)
	}
	turned := slices.Concat(model[i:], model[:i])
	if got := slices.Collect(s.around(probe)); !slices.Equal(got, turned) {
		t.Fatalf("around %d differs", probe)
	}
	if len(model) > 0 && s.at(len(model)/2) != model[len(model)/2] {
		t.Fatal("at differs")
	}
	if x, ok := s.next(probe); ok != (i < len(model)) || (ok && x != model[i]) {
		t.Fatalf("next of %d is %d %v", probe, x, ok)
	}
	for _, part := range s.chunks {
		if len(part) == 0 || len(part) > chunk {
			t.Fatalf("a chunk of %d", len(part))
		}
	}
}

func TestAlarmsAgainstASlice(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	var h alarms
	all := make([]*alarm, 300)
	for i := range all {
		all[i] = &alarm{at: never}
	}
	for step := range 50000 {
		a := all[r.IntN(len(all))]
		if r.IntN(4) == 0 {
			h.set(a, never)
		} else {
			h.set(a, int64(r.IntN(1000)))
		}
		first, set := int64(never), 0
		for i, a := range all {
			if (a.at != never) != (a.slot != 0) || (a.slot != 0 && h[a.slot-1] != a) {
				t.Fatalf("step %d: alarm %d lost its slot", step, i)
			}
			if a.at != never {
				set++
				first = min(first, a.at)
			}
		}
		if len(h) != set || (set > 0 && h[0].at != first) {
			t.Fatalf("step %d: first of %d is wrong", step, set)
		}
	}
}
