package audio

import "math"

// zeros is the filter's length on each side, in zero crossings: enough to
// keep what lies above half of the lower rate out of hearing.
const zeros = 16

// resampler changes the rate of a stream by a windowed sinc, with a table row
// for each place that an output sample can have between two input samples.
type resampler struct {
	in, out int         // the two rates, in lowest terms
	half    int         // input samples on each side of the centre
	table   [][]float32 // made when a row is first needed
	cut     float64     // of the input's rate
	held    []float32   // input from position first on
	first   int64       // position of held[0]; half samples of silence come before the stream
	next    int64       // number of the next output sample
}

func newResampler(in, out int) *resampler {
	g := in
	for b := out; b != 0; {
		g, b = b, g%b
	}
	r := &resampler{in: in / g, out: out / g}
	lower := min(1, float64(out)/float64(in))
	r.cut = lower * 0.95
	r.half = int(math.Ceil(zeros / r.cut))
	r.table = make([][]float32, r.out)
	r.held = make([]float32, r.half)
	r.first = int64(-r.half)
	return r
}

// row is the filter for an output sample that lies phase/out behind an input
// sample.
func (r *resampler) row(phase int) []float32 {
	if w := r.table[phase]; w != nil {
		return w
	}
	w := make([]float32, 2*r.half)
	shift, sum := float64(phase)/float64(r.out), 0.0
	for i := range w {
		x := float64(i-r.half+1) - shift
		v := r.cut
		if x != 0 {
			v = math.Sin(math.Pi*r.cut*x) / (math.Pi * x)
		}
		v *= 0.5 + 0.5*math.Cos(math.Pi*max(-1, min(1, x/float64(r.half))))
		w[i] = float32(v)
		sum += v
	}
	for i := range w {
		w[i] /= float32(sum)
	}
	r.table[phase] = w
	return w
}

// add takes input and appends what output it gives.
func (r *resampler) add(out, in []float32) []float32 {
	r.held = append(r.held, in...)
	end := r.first + int64(len(r.held))
	for {
		at := r.next * int64(r.in)
		centre := at / int64(r.out)
		if centre+int64(r.half) >= end {
			break
		}
		w := r.row(int(at % int64(r.out)))
		x := r.held[centre-int64(r.half)+1-r.first:]
		var sum float32
		for i, c := range w {
			sum += c * x[i]
		}
		out = append(out, sum)
		r.next++
	}
	// What no later output needs is dropped.
	if drop := r.next*int64(r.in)/int64(r.out) - int64(r.half) + 1 - r.first; drop > 0 {
		drop = min(drop, int64(len(r.held)))
		r.held = append(r.held[:0], r.held[drop:]...)
		r.first += drop
	}
	return out
}

// end appends the output that lies under the last input.
func (r *resampler) end(out []float32) []float32 {
	end := r.first + int64(len(r.held))
	total := end * int64(r.out) / int64(r.in)
	out = r.add(out, make([]float32, r.half+1))
	if over := r.next - total; over > 0 {
		out = out[:max(0, len(out)-int(over))]
	}
	return out
}
