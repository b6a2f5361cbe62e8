package esl

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

const (
	startBuffer = 64 << 10 // enough for a dozen events in one read
	keepBuffer  = 1 << 20  // a bigger buffer is given back after its frame
	maxHead     = 64 << 10 // the outer headers of a frame
	maxEvent    = 16 << 20 // the body of a frame on the events socket
	maxReply    = 64 << 20 // the body of a reply: show channels of a big node
)

// frameType is the Content-Type of a frame.
type frameType uint8

const (
	otherFrame frameType = iota
	eventFrame
	replyFrame
	apiFrame
	authFrame
	disconnectFrame
	rejectionFrame
)

// frame is a view of one message from the switch; its bytes are good until
// the next read.
type frame struct {
	typ  frameType
	head []byte // outer header lines
	body []byte
}

// frameReader cuts a stream into frames on one reusable buffer.
type frameReader struct {
	src  io.Reader
	buf  []byte
	r, w int
	max  int // largest body
}

func newFrameReader(src io.Reader, max int) *frameReader {
	return &frameReader{src: src, buf: make([]byte, startBuffer), max: max}
}

// next reads one frame. It fails with ErrFrame for what is not the protocol
// and with ErrLost when the stream ends.
func (fr *frameReader) next(f *frame) error {
	fr.shrink()
	headLen, err := fr.head()
	if err != nil {
		return err
	}
	n, err := f.parseHead(fr.buf[fr.r:fr.r+headLen], fr.max)
	if err != nil {
		return err
	}
	start := headLen + 1 // the empty line
	if err := fr.need(start + n); err != nil {
		return err
	}
	// need may have moved the buffer.
	f.head = fr.buf[fr.r : fr.r+headLen]
	f.body = fr.buf[fr.r+start : fr.r+start+n : fr.r+start+n]
	fr.r += start + n
	return nil
}

// head returns the length of the header lines, their last newline included.
func (fr *frameReader) head() (int, error) {
	seen := 0
	for {
		for seen == 0 && fr.r < fr.w && (fr.buf[fr.r] == '\n' || fr.buf[fr.r] == '\r') {
			fr.r++ // empty lines between frames
		}
		from := fr.r + seen
		if i := bytes.Index(fr.buf[from:fr.w], crlfEnd); i >= 0 {
			n := seen + i + 1
			if n > maxHead {
				return 0, fmt.Errorf("%w: headers of %d bytes", ErrFrame, n)
			}
			return n, nil
		}
		seen = max(fr.w-fr.r-1, 0)
		if fr.w-fr.r > maxHead {
			return 0, fmt.Errorf("%w: headers without an end", ErrFrame)
		}
		if err := fr.fill(); err != nil {
			return 0, err
		}
	}
}

var crlfEnd = []byte("\n\n")

// need waits until n bytes from r are in the buffer.
func (fr *frameReader) need(n int) error {
	if fr.r+n > len(fr.buf) {
		fr.room(n)
	}
	for fr.w-fr.r < n {
		if err := fr.fill(); err != nil {
			return err
		}
	}
	return nil
}

// fill reads once, making room first.
func (fr *frameReader) fill() error {
	if fr.w == len(fr.buf) {
		fr.room(fr.w - fr.r + 1)
	}
	n, err := fr.src.Read(fr.buf[fr.w:])
	fr.w += n
	if n > 0 {
		return nil
	}
	if err == nil {
		return nil
	}
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: closed by the switch", ErrLost)
	}
	return fmt.Errorf("%w: %w", ErrLost, err)
}

// room moves what is unread to the front, in a buffer of at least n bytes.
func (fr *frameReader) room(n int) {
	to := fr.buf
	if n > len(to) {
		size := len(to)
		for size < n {
			size *= 2
		}
		to = make([]byte, size)
	}
	fr.w = copy(to, fr.buf[fr.r:fr.w])
	fr.r = 0
	fr.buf = to
}

// shrink gives a big buffer back once its frame is done with.
func (fr *frameReader) shrink() {
	if fr.r == fr.w {
		fr.r, fr.w = 0, 0
	}
	if len(fr.buf) > keepBuffer && fr.w-fr.r < startBuffer {
		old := fr.buf[fr.r:fr.w]
		fr.buf = make([]byte, startBuffer)
		fr.w = copy(fr.buf, old)
		fr.r = 0
	}
}

// parseHead reads type and body length from the outer header lines.
func (f *frame) parseHead(head []byte, limit int) (int, error) {
	f.typ = otherFrame
	length := 0
	for len(head) > 0 {
		nl := bytes.IndexByte(head, '\n')
		line := bytes.TrimSuffix(head[:nl], []byte{'\r'})
		head = head[nl+1:]
		colon := bytes.IndexByte(line, ':')
		if colon <= 0 {
			return 0, fmt.Errorf("%w: %.40q is no header", ErrFrame, line)
		}
		name, value := line[:colon], bytes.TrimSpace(line[colon+1:])
		switch {
		case bytes.EqualFold(name, contentLength):
			n, err := bodyLength(value, limit)
			if err != nil {
				return 0, err
			}
			length = n
		case bytes.EqualFold(name, contentType):
			f.typ = typeOf(value)
		}
	}
	return length, nil
}

var (
	contentLength = []byte("Content-Length")
	contentType   = []byte("Content-Type")
)

func typeOf(v []byte) frameType {
	switch string(v) {
	case "text/event-plain":
		return eventFrame
	case "command/reply":
		return replyFrame
	case "api/response":
		return apiFrame
	case "auth/request":
		return authFrame
	case "text/disconnect-notice":
		return disconnectFrame
	case "text/rude-rejection":
		return rejectionFrame
	}
	return otherFrame
}

// bodyLength reads a Content-Length; only digits will do, so a sign or an
// overflow is refused too.
func bodyLength(v []byte, limit int) (int, error) {
	n := 0
	if len(v) == 0 {
		return 0, fmt.Errorf("%w: empty length", ErrFrame)
	}
	for _, c := range v {
		if c < '0' || c > '9' {
			return 0, fmt.Errorf("%w: length %.20q", ErrFrame, v)
		}
		n = n*10 + int(c-'0')
		if n > limit {
			return 0, fmt.Errorf("%w: body of more than %d bytes", ErrFrame, limit)
		}
	}
	return n, nil
}

// header finds a header among "Name: value" lines; the value is as it came.
func header(lines []byte, name string) []byte {
	for len(lines) > 0 {
		nl := bytes.IndexByte(lines, '\n')
		line := lines
		if nl >= 0 {
			line, lines = lines[:nl], lines[nl+1:]
		} else {
			lines = nil
		}
		if len(line) > len(name) && line[len(name)] == ':' && string(line[:len(name)]) == name {
			return bytes.TrimSpace(line[len(name)+1:])
		}
	}
	return nil
}
