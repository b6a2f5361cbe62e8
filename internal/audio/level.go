package audio

import "math"

// Loudness, as parts of full scale.
const (
	wanted   = 0.089  // -21 dB: what speech comes to, as the recordings of the product do
	silence  = 0.0012 // -58 dB: below is no speech
	mostGain = 32     // 30 dB: more would be noise made loud
	knee     = 0.6    // peaks above are pressed softly below full scale
	ceiling  = 0.95
	block    = Rate / 20
)

// level makes the samples as loud as wanted, in place, without harsh peaks.
// It tells whether there is anything to hear.
func level(samples []float32) bool {
	centre(samples)
	loud, peak := loudness(samples)
	if loud < silence {
		return false
	}
	gain := min(wanted/loud, mostGain)
	gain = min(gain, 2*ceiling/peak) // a single bang is pressed by 6 dB at most
	for i, v := range samples {
		samples[i] = press(v * float32(gain))
	}
	fade(samples)
	return true
}

// centre takes away a constant offset, which clicks.
func centre(samples []float32) {
	var sum float64
	for _, v := range samples {
		sum += float64(v)
	}
	mean := float32(sum / float64(max(1, len(samples))))
	for i := range samples {
		samples[i] -= mean
	}
}

// loudness is the root mean square of those blocks in which something is
// said, and the highest peak.
func loudness(samples []float32) (rms, peak float64) {
	var blocks []float64
	for i := 0; i < len(samples); i += block {
		part := samples[i:min(i+block, len(samples))]
		sum := 0.0
		for _, v := range part {
			sum += float64(v) * float64(v)
			peak = max(peak, math.Abs(float64(v)))
		}
		blocks = append(blocks, sum/float64(len(part)))
	}
	gate := 0.0
	for range 2 { // all of it, then what is no more than 10 dB below that
		sum, n := 0.0, 0
		for _, b := range blocks {
			if b >= gate && b > silence*silence/10 {
				sum, n = sum+b, n+1
			}
		}
		if n == 0 {
			return 0, peak
		}
		gate, rms = sum/float64(n)/10, math.Sqrt(sum/float64(n))
	}
	return rms, peak
}

func press(v float32) float32 {
	a := float64(v)
	if math.Abs(a) <= knee {
		return v
	}
	return float32(math.Copysign(knee+(ceiling-knee)*math.Tanh((math.Abs(a)-knee)/(ceiling-knee)), a))
}

// fade takes the click off both ends.
func fade(samples []float32) {
	n := min(Rate/200, len(samples)/2)
	for i := range n {
		f := float32(i) / float32(n)
		samples[i] *= f
		samples[len(samples)-1-i] *= f
	}
}

// trim cuts silence at both ends, but for a breath.
func trim(samples []float32) []float32 {
	const quiet, before, after = 0.004, Rate / 20, Rate * 8 / 100
	from, to := 0, len(samples)
	for from < to && math.Abs(float64(samples[from])) < quiet {
		from++
	}
	for to > from && math.Abs(float64(samples[to-1])) < quiet {
		to--
	}
	if from == to {
		return samples
	}
	return samples[max(0, from-before):min(len(samples), to+after)]
}
