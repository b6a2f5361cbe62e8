package flows

import (
	"fmt"
	"strings"
)

// pathEnd is the part of a path that the file does not have: a field or an
// exit that is missing.
func pathEnd(code string, args []any) string {
	switch code {
	case "field.missing":
		return fmt.Sprint(args[0])
	case "exit.missing":
		return "exits." + fmt.Sprint(args[0])
	}
	return ""
}

// locate gives each problem its path by its place in the file.
func (p *problems) locate() {
	if p.root == nil {
		return
	}
	for i := range p.list {
		x := &p.list[i]
		parts := p.root.pathTo(at{x.Line, x.Column})
		if len(parts) > 1 && parts[0] == "nodes" && x.Node != "" {
			parts = parts[2:]
		}
		if x.Path != "" {
			parts = append(parts, x.Path)
		}
		x.Path = strings.ReplaceAll(strings.Join(parts, "."), ".[", "[")
	}
	p.root = nil
}

// pathTo names the keys and the places in lists that lead to what stands at a
// place.
func (v *value) pathTo(where at) []string {
	var parts []string
	for {
		switch v.shape {
		case table:
			i := lastBefore(len(v.entries), where, func(i int) at { return v.entries[i].key.at })
			if i < 0 {
				return parts
			}
			e := &v.entries[i]
			parts = append(parts, shorten(e.key.text))
			if where.before(e.val.at) {
				return parts
			}
			v = &e.val
		case list:
			i := lastBefore(len(v.items), where, func(i int) at { return v.items[i].at })
			if i < 0 {
				return parts
			}
			parts = append(parts, fmt.Sprintf("[%d]", i))
			v = &v.items[i]
		default:
			return parts
		}
	}
}

// lastBefore finds the last of n values in the order of the file that does
// not stand behind a place.
func lastBefore(n int, where at, of func(int) at) int {
	low, high := 0, n
	for low < high {
		if mid := (low + high) / 2; where.before(of(mid)) {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low - 1
}

func (a at) before(b at) bool {
	return a.line < b.line || a.line == b.line && a.column < b.column
}
