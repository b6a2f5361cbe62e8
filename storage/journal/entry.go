package journal

import (
	"encoding/binary"
	"errors"
)

const (
	opPut    = 1
	opDelete = 2
)

var errEntry = errors.New("journal: an entry does not parse")

// appendEntry writes one put or delete: op, then kind, key and data, each
// with its length before it.
func appendEntry(b []byte, op byte, kind, key string, data []byte) []byte {
	b = append(b, op)
	b = binary.AppendUvarint(b, uint64(len(kind)))
	b = append(b, kind...)
	b = binary.AppendUvarint(b, uint64(len(key)))
	b = append(b, key...)
	b = binary.AppendUvarint(b, uint64(len(data)))
	return append(b, data...)
}

type record struct {
	op        byte
	kind, key []byte
	data      []byte
	size      int // of the whole entry
}

// parseEntry reads the entry at the start of b; its fields point into b.
func parseEntry(b []byte) (record, error) {
	if len(b) == 0 || (b[0] != opPut && b[0] != opDelete) {
		return record{}, errEntry
	}
	r := record{op: b[0], size: 1}
	for _, field := range []*[]byte{&r.kind, &r.key, &r.data} {
		n, used := binary.Uvarint(b[r.size:])
		if used <= 0 || n > uint64(len(b)-r.size-used) {
			return record{}, errEntry
		}
		from := r.size + used
		*field = b[from : from+int(n)]
		r.size = from + int(n)
	}
	return r, nil
}
