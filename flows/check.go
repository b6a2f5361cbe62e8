package flows

import (
	"sort"
	"strings"
)

// Refs is what a flow may refer to in its account. A nil function is not
// asked. Recordings that come with the product need not be in Prompt.
type Refs struct {
	Prompt func(name string) bool
	Group  func(name string) (int64, bool)
	Agent  func(number string) (int64, bool)
	Flow   func(name string) bool
	Hours  func(name string) bool
	// Members tells how many agents a skill group has.
	Members func(group string) int
}

// Check tells what is wrong with a flow that can be read: ways that lead
// nowhere, nodes that nobody reaches, cycles that never wait for the caller,
// and names that the account doesn't have.
func Check(f *Flow, refs Refs) []Problem {
	p := &problems{file: f.File}
	check(&draft{flow: f, uses: f.uses}, refs, p)
	return p.sorted()
}

// seen gathers what nodes refer to.
type seen struct {
	r    Refs
	p    *problems
	node string

	uses *Uses // filled where it is there
}

func (s *seen) add(where at, code string, args ...any) { s.p.add(where, s.node, code, args...) }

func (s *seen) prompts(list []spoken) {
	for i := range list {
		sp := &list[i]
		if s.uses != nil {
			s.uses.add(sp)
		}
		if s.p.full() || sp.how != "file" || IsBuiltin(sp.what) || s.r.Prompt == nil || s.r.Prompt(sp.what) {
			continue
		}
		en, zh := meant(sp.what, builtinList)
		s.add(sp.at, "prompt.missing", sp.what, en, zh)
	}
}

var builtinList = func() []string {
	var names []string
	for _, b := range Builtins {
		names = append(names, b.Name)
	}
	return names
}()

func (s *seen) group(where at, name string) {
	if name == "" || s.r.Group == nil {
		return
	}
	if _, ok := s.r.Group(name); !ok {
		s.add(where, "group.missing", name)
	} else if s.r.Members != nil && s.r.Members(name) == 0 {
		s.add(where, "group.empty", name)
	}
}

func check(d *draft, refs Refs, p *problems) {
	f := d.flow
	g := newGraph(d, p)
	if len(f.Nodes) == 0 {
		return // that alone was reported
	}
	if f.Start != "" && f.Nodes[f.Start] == nil {
		en, zh := meant(f.Start, f.Order)
		p.add(f.startAt, "", "start.lost", f.Start, en, zh)
		d.holey = true
	}
	s := &seen{r: refs, p: p}
	for _, name := range f.Order {
		if n := f.Nodes[name]; n.doer != nil {
			s.node = name
			n.doer.refs(s)
		}
	}
	checkVariables(d, p)
	checkTransferable(f, p)
	g.cycles(p)
	if !d.holey {
		g.reach(p)
		g.early(d, p)
	}
}

// checkVariables reports variables that are read but never set.
func checkVariables(d *draft, p *problems) {
	set := map[string]bool{}
	var names []string
	for _, list := range d.uses {
		for _, u := range list {
			if u.sets && !set[u.name] {
				set[u.name] = true
				names = append(names, u.name)
			}
		}
	}
	sort.Strings(names)
	for _, node := range d.flow.Order {
		for _, u := range d.uses[node] {
			if u.sets || set[u.name] || isOwnVariable(u.name) || p.full() {
				continue
			}
			en, zh := meant(u.name, append(names[:len(names):len(names)], ownVariables...))
			p.add(u.at, node, "variable.unset", u.name, en, zh)
		}
	}
}

// graph is the flow as numbers, for the walks over it.
type graph struct {
	nodes []*Node
	index map[string]int
	ways  [][]way
	start int
	ends  []bool // the call may end at this node
	// cycling is true once a cycle was reported: what else is endless is
	// mostly the same fault told again.
	cycling bool
}

type way struct {
	to    int
	waits bool
}

// newGraph connects the exits; those that lead nowhere are reported.
func newGraph(d *draft, p *problems) *graph {
	f := d.flow
	g := &graph{index: make(map[string]int, len(f.Order)), start: -1}
	for i, name := range f.Order {
		g.index[name] = i
		g.nodes = append(g.nodes, f.Nodes[name])
	}
	g.ways = make([][]way, len(g.nodes))
	g.ends = make([]bool, len(g.nodes))
	if i, ok := g.index[f.Start]; ok {
		g.start = i
	}
	for i, n := range g.nodes {
		g.ends[i] = n.spec == nil || len(n.spec.Exits) == 0
		for _, x := range n.Exits {
			to, ok := g.index[x.To]
			if !ok {
				d.holey = true
				if !p.full() {
					en, zh := meant(x.To, f.Order)
					p.add(at{x.Line, x.Column}, n.Name, "exit.lost", x.Name, x.To, en, zh)
				}
				continue
			}
			g.ways[i] = append(g.ways[i], way{to, x.waits})
		}
		if n.spec != nil {
			g.unconnected(i, p)
		}
	}
	return g
}

func (g *graph) unconnected(i int, p *problems) {
	n := g.nodes[i]
	for k := range n.spec.Exits {
		x := &n.spec.Exits[k]
		if n.exit(x.Name) != "" {
			continue
		}
		switch {
		case x.Required:
			p.add(at{n.Line, n.Column}, n.Name, "exit.missing", x.Name)
			g.ends[i] = true
		case x.Name != "holiday": // a holiday goes on at closed
			g.ends[i] = true
		}
	}
}

// reach reports nodes that no caller gets to, and nodes from which the call
// can never end.
func (g *graph) reach(p *problems) {
	if g.start < 0 {
		return
	}
	from := []int{g.start}
	for i, n := range g.nodes {
		if n.Transferable {
			from = append(from, i)
		}
	}
	reached := g.spread(from, g.ways)
	back := make([][]way, len(g.nodes))
	var ends []int
	for i, list := range g.ways {
		for _, w := range list {
			back[w.to] = append(back[w.to], way{to: i})
		}
		if g.ends[i] {
			ends = append(ends, i)
		}
	}
	ending := g.spread(ends, back)
	for i, n := range g.nodes {
		switch {
		case !reached[i]:
			p.add(at{n.Line, n.Column}, n.Name, "node.unreached")
		case !ending[i] && !g.cycling:
			p.add(at{n.Line, n.Column}, n.Name, "node.endless")
		}
	}
}

func (g *graph) spread(from []int, ways [][]way) []bool {
	seen := make([]bool, len(g.nodes))
	for _, i := range from {
		seen[i] = true
	}
	for todo := from; len(todo) > 0; {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, w := range ways[i] {
			if !seen[w.to] {
				seen[w.to] = true
				todo = append(todo, w.to)
			}
		}
	}
	return seen
}

// cycles reports each cycle of ways that never wait for the caller, once.
func (g *graph) cycles(p *problems) {
	const fresh, open, closed = 0, 1, 2
	state := make([]uint8, len(g.nodes))
	next := make([]int, len(g.nodes))
	for root := range g.nodes {
		if state[root] != fresh {
			continue
		}
		path := []int{root}
		state[root] = open
		for len(path) > 0 {
			i := path[len(path)-1]
			if next[i] == len(g.ways[i]) {
				state[i] = closed
				path = path[:len(path)-1]
				continue
			}
			w := g.ways[i][next[i]]
			next[i]++
			switch {
			case w.waits || state[w.to] == closed:
			case state[w.to] == open:
				g.cycle(p, path, w.to)
			default:
				state[w.to] = open
				path = append(path, w.to)
			}
		}
	}
}

// cycle reports the end of the path, from the node that it comes back to.
func (g *graph) cycle(p *problems, path []int, first int) {
	for len(path) > 0 && path[0] != first {
		path = path[1:]
	}
	var names []string
	for k, i := range path {
		if k == 6 && len(path) > 8 {
			names = append(names, "…")
			break
		}
		names = append(names, shorten(g.nodes[i].Name))
	}
	names = append(names, shorten(g.nodes[first].Name))
	n := g.nodes[first]
	g.cycling = true
	p.addWhole(at{n.Line, n.Column}, n.Name, "cycle", strings.Join(names, " → "))
}
