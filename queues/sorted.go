package queues

import "slices"

// chunk bounds what one insertion moves; measured best between 128 and 512.
const chunk = 256

type ordered[E any] interface{ before(E) bool }

// sorted keeps elements in order, in chunks of an array: at the sizes of a
// floor this beats a tree, since a search touches few cache lines. Elements
// are distinct under before.
type sorted[E ordered[E]] struct {
	chunks [][]E
	n      int
	spare  []E // a small chunk kept, for a set that is now empty, now not
}

func (s *sorted[E]) len() int { return s.n }

// find gives the place of the first element that isn't before e; c is
// len(chunks) if there is none.
func (s *sorted[E]) find(e E) (c, i int) {
	lo, hi := 0, len(s.chunks)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		last := s.chunks[mid]
		if last[len(last)-1].before(e) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == len(s.chunks) {
		return lo, 0
	}
	part := s.chunks[lo]
	from, to := 0, len(part)
	for from < to {
		mid := int(uint(from+to) >> 1)
		if part[mid].before(e) {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return lo, from
}

func (s *sorted[E]) insert(e E) {
	s.n++
	if len(s.chunks) == 0 {
		part := s.spare
		if s.spare = nil; part == nil {
			part = make([]E, 0, 8)
		}
		s.chunks = append(s.chunks, append(part, e))
		return
	}
	c, i := s.find(e)
	if c == len(s.chunks) { // behind all others
		c--
		i = len(s.chunks[c])
		if i >= chunk { // a queue grows at its end: full chunks stay full
			s.chunks = append(s.chunks, append(make([]E, 0, chunk), e))
			return
		}
	}
	if half := chunk / 2; len(s.chunks[c]) >= chunk {
		s.split(c)
		if i > half {
			c, i = c+1, i-half
		}
	}
	s.chunks[c] = slices.Insert(s.chunks[c], i, e)
}

func (s *sorted[E]) split(c int) {
	part := s.chunks[c]
	half := chunk / 2
	right := append(make([]E, 0, chunk), part[half:]...)
	clear(part[half:])
	s.chunks[c] = part[:half]
	s.chunks = slices.Insert(s.chunks, c+1, right)
}

// remove takes e out and tells whether it was in.
func (s *sorted[E]) remove(e E) bool {
	c, i := s.find(e)
	if c == len(s.chunks) || e.before(s.chunks[c][i]) {
		return false
	}
	s.n--
	s.chunks[c] = slices.Delete(s.chunks[c], i, i+1)
	switch size := len(s.chunks[c]); {
	case size == 0:
		if cap(s.chunks[c]) <= 32 {
			s.spare = s.chunks[c]
		}
		s.chunks = slices.Delete(s.chunks, c, c+1)
	case size < chunk/4 && c+1 < len(s.chunks) && size+len(s.chunks[c+1]) <= chunk/2:
		s.chunks[c] = append(s.chunks[c], s.chunks[c+1]...)
		s.chunks = slices.Delete(s.chunks, c+1, c+2)
	}
	return true
}

// rank counts the elements before e.
func (s *sorted[E]) rank(e E) int {
	c, i := s.find(e)
	for _, part := range s.chunks[:c] {
		i += len(part)
	}
	return i
}

// at gives the element of rank i; 0 <= i < len.
func (s *sorted[E]) at(i int) E {
	for _, part := range s.chunks {
		if i < len(part) {
			return part[i]
		}
		i -= len(part)
	}
	panic("queues: rank beyond the end")
}

func (s *sorted[E]) first() (e E, ok bool) {
	if s.n == 0 {
		return e, false
	}
	return s.chunks[0][0], true
}

// all walks the elements in order.
func (s *sorted[E]) all(yield func(E) bool) {
	for _, part := range s.chunks {
		for _, e := range part {
			if !yield(e) {
				return
			}
		}
	}
}

// around walks all elements from the first that isn't before e to the end and
// then from the beginning up to it.
func (s *sorted[E]) around(e E) func(yield func(E) bool) {
	return func(yield func(E) bool) {
		c, i := s.find(e)
		for k := c; k < len(s.chunks); k++ {
			part := s.chunks[k]
			if k == c {
				part = part[i:]
			}
			for _, x := range part {
				if !yield(x) {
					return
				}
			}
		}
		for k := 0; k <= c && k < len(s.chunks); k++ {
			part := s.chunks[k]
			if k == c {
				part = part[:i]
			}
			for _, x := range part {
				if !yield(x) {
					return
				}
			}
		}
	}
}

// next is the first element that isn't before e.
func (s *sorted[E]) next(e E) (x E, ok bool) {
	c, i := s.find(e)
	if c == len(s.chunks) {
		return x, false
	}
	return s.chunks[c][i], true
}
