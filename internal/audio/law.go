package audio

// fromALaw and fromULaw give the 16-bit value of a byte of G.711.
func fromALaw(b byte) int16 {
	b ^= 0x55
	v := int16(b&0x0f)<<4 + 8
	if seg := (b & 0x70) >> 4; seg > 0 {
		v = (v + 0x100) << (seg - 1)
	}
	if b&0x80 == 0 {
		return -v
	}
	return v
}

func fromULaw(b byte) int16 {
	b = ^b
	v := (int16(b&0x0f)<<3+0x84)<<((b&0x70)>>4) - 0x84
	if b&0x80 != 0 {
		return -v
	}
	return v
}

// ALaw gives the byte of G.711 for a 16-bit value.
func ALaw(v int16) byte {
	mask := byte(0xd5)
	x := int(v) >> 3
	if x < 0 {
		mask, x = 0x55, -x-1
	}
	seg := 0
	for end := 0x1f; seg < 8 && x > end; seg++ {
		end = end<<1 | 1
	}
	if seg >= 8 {
		return 0x7f ^ mask
	}
	out := byte(seg << 4)
	if seg < 2 {
		out |= byte(x>>1) & 0x0f
	} else {
		out |= byte(x>>seg) & 0x0f
	}
	return out ^ mask
}

// encode makes A-law of samples.
func encode(samples []float32) []byte {
	out := make([]byte, len(samples))
	for i, v := range samples {
		out[i] = ALaw(int16(max(-32768, min(32767, v*32768))))
	}
	return out
}
