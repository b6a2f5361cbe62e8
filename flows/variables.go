package flows

import "sort"

// checkTransferable reports nodes that agents cannot tell apart.
func checkTransferable(f *Flow, p *problems) {
	seen := map[string]bool{}
	for _, n := range f.Transferable() {
		if seen[n.Title] {
			p.add(at{n.Line, n.Column}, n.Name, "transfer.title", n.Title)
		}
		seen[n.Title] = true
	}
}

// maxEarly bounds how many nodes are looked at for variables read too early.
const maxEarly = 5_000_000

// early reports variables that are set somewhere, but on no way to the node
// that reads them.
func (g *graph) early(d *draft, p *problems) {
	anywhere := map[string]bool{}
	for _, u := range d.uses[""] {
		anywhere[u.name] = true
	}
	setters := map[string][]int{}
	readers := map[string][]int{}
	for i, n := range g.nodes {
		sets := map[string]bool{}
		for _, u := range d.uses[n.Name] {
			if u.sets && !sets[u.name] {
				sets[u.name] = true
				setters[u.name] = append(setters[u.name], i)
			}
		}
		for _, u := range d.uses[n.Name] {
			if !u.sets && !sets[u.name] && !anywhere[u.name] && !isOwnVariable(u.name) {
				readers[u.name] = append(readers[u.name], i)
			}
		}
	}
	var names []string
	for name := range readers {
		if len(setters[name]) > 0 { // one that nothing sets is refused
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for k, name := range names {
		if k*len(g.nodes) > maxEarly {
			return
		}
		var from []int
		for _, i := range setters[name] {
			for _, w := range g.ways[i] {
				from = append(from, w.to)
			}
		}
		reached := g.spread(from, g.ways)
		for _, i := range readers[name] {
			if reached[i] {
				continue
			}
			reached[i] = true // told once for a node
			n := g.nodes[i]
			for _, u := range d.uses[n.Name] {
				if u.name == name && !u.sets {
					p.add(u.at, n.Name, "variable.early", name)
					break
				}
			}
		}
	}
}
