package flows

import (
	"sort"
	"strconv"
	"strings"
)

// Parse reads a flow file, YAML or JSON. It gives no flow if anything but
// warnings was found. Time and memory are bounded whatever the file holds:
// 5 MB, 10,000 nodes, and no YAML feature that makes a value larger than its
// text.
func Parse(file string, src []byte) (*Flow, []Problem) {
	p := &problems{file: file}
	d := parse(src, p)
	if list := p.sorted(); Refused(list) || d == nil {
		return nil, list
	}
	return d.flow, p.list
}

// Inspect reads and checks a flow file and tells everything that is wrong
// with it at once, in the order of the file. It gives no flow if the file is
// refused.
func Inspect(file string, src []byte, refs Refs) (*Flow, []Problem) {
	p := &problems{file: file}
	d := parse(src, p)
	if d == nil {
		return nil, p.sorted()
	}
	check(d, refs, p)
	if list := p.sorted(); Refused(list) {
		return nil, list
	}
	return d.flow, p.list
}

// draft is a flow as far as it could be read.
type draft struct {
	flow  *Flow
	uses  map[string][]use // by node: variables read and set
	holey bool             // some exits could not be read, so don't judge who is reachable
}

func parse(src []byte, p *problems) *draft {
	root, ok := read(src, p)
	if !ok {
		return nil
	}
	p.root = &root
	d := &draft{flow: &Flow{File: p.file, Language: "zh", Nodes: map[string]*Node{}}, uses: map[string][]use{}}
	seen := map[string]bool{}
	for _, e := range unique(p, "", &root) {
		seen[e.key.text] = true
		d.flowField(p, &e)
	}
	for _, name := range []string{"name", "start", "nodes"} {
		if !seen[name] {
			p.add(root.at, "", "field.missing", name)
		}
	}
	d.flow.uses = d.uses
	return d
}

func (d *draft) flowField(p *problems, e *entry) {
	f := d.flow
	switch e.key.text {
	case "name":
		if t, ok := plain(p, "", e); ok {
			if !isName(t) {
				p.add(e.val.at, "", "name.bad", t)
			}
			f.Name = t
		}
	case "start":
		f.Start, _ = plain(p, "", e)
		f.startAt = e.val.at
	case "language":
		if t, ok := plain(p, "", e); ok && t != "zh" && t != "en" {
			p.add(e.val.at, "", "field.option", "language", t, "zh, en")
		} else if ok {
			f.Language = t
		}
	case "nodes":
		d.nodes(p, e)
	case "takes":
		r := &nodeReader{p: p, node: &Node{}}
		r.names("takes", &e.val)
		d.uses[""] = r.uses
	case "cases":
		d.trials(p, e)
	default:
		unknownField(p, "", e.key, flowFields)
	}
}

// plain gives a field that is one word.
func plain(p *problems, node string, e *entry) (string, bool) {
	switch {
	case e.val.shape == nothing || e.val.shape == scalar && strings.TrimSpace(e.val.text) == "":
		p.add(e.val.at, node, "field.empty", e.key.text)
	case e.val.shape != scalar:
		p.add(e.val.at, node, "field.shape", e.key.text, "one value", "单个值")
	case strings.Contains(e.val.text, "${"):
		p.add(e.val.at, node, "field.template", e.key.text)
	case len([]rune(e.val.text)) > 100:
		p.add(e.val.at, node, "field.long", e.key.text, 100)
	default:
		return e.val.text, true
	}
	return "", false
}

func unknownField(p *problems, node string, key value, names []string) {
	if p.full() {
		return
	}
	en, zh := meant(key.text, names)
	p.add(key.at, node, "field.unknown", key.text, strings.Join(names, ", "), en, zh)
}

// meant is the end of a sentence that guesses the word that was meant.
func meant(word string, words []string) (en, zh string) {
	if w := closest(word, words); w != "" {
		return " (perhaps " + shorten(w) + ")", "（是否为 " + shorten(w) + "）"
	}
	return "", ""
}

func (d *draft) nodes(p *problems, e *entry) {
	v := &e.val
	switch {
	case v.shape != table && v.shape != nothing:
		p.add(v.at, "", "field.shape", "nodes", "a table of nodes", "节点表")
		return
	case len(v.entries) == 0:
		p.add(v.at, "", "nodes.none")
		return
	case len(v.entries) > maxNodes:
		p.add(v.at, "", "nodes.many", maxNodes)
		return
	}
	for _, e := range unique(p, "", v) {
		name := e.key.text
		if !isName(name) {
			p.add(e.key.at, "", "name.bad", name)
		}
		n := &Node{Name: name, Title: name, Line: e.key.line, Column: e.key.column}
		d.flow.Nodes[name] = n
		d.flow.Order = append(d.flow.Order, name)
		d.node(p, n, &e.val)
	}
}

func (d *draft) node(p *problems, n *Node, v *value) {
	if v.shape != table {
		p.add(v.at, n.Name, "field.shape", n.Name, "a table of fields", "字段表")
		d.holey = true
		return
	}
	r := &nodeReader{p: p, node: n, given: map[string]at{}}
	before := len(p.list)
	entries := unique(p, n.Name, v)
	n.spec = d.kind(p, n, v, entries)
	if n.spec == nil {
		d.holey = true
		return
	}
	read := fields{}
	for i := range entries {
		r.given[entries[i].key.text] = entries[i].val.at
		d.nodeField(r, read, &entries[i])
	}
	for i := range n.spec.Fields {
		f := &n.spec.Fields[i]
		if r.has(f.Name) {
			continue
		}
		if f.Required {
			r.add(at{n.Line, n.Column}, "field.missing", f.Name)
		} else if f.Default != "" {
			read[f.Name] = r.read(f, &value{at: at{n.Line, n.Column}, shape: scalar, text: f.Default})
		}
	}
	n.doer = n.spec.build(n, read, r)
	d.uses[n.Name] = r.uses
	for _, u := range r.uses {
		n.asks = n.asks || strings.HasPrefix(u.name, "customer.")
	}
	if len(p.list) > before {
		d.holey = d.holey || Refused(p.list[before:])
	}
}

// kind finds the node's Spec.
func (d *draft) kind(p *problems, n *Node, v *value, entries []entry) *Spec {
	for i := range entries {
		e := &entries[i]
		if e.key.text != "kind" {
			continue
		}
		kind, ok := plain(p, n.Name, e)
		if !ok {
			return nil
		}
		spec := specOf[kind]
		if spec == nil {
			en, zh := meant(kind, kinds)
			p.add(e.val.at, n.Name, "kind.unknown", kind, strings.Join(kinds, ", "), en, zh)
			return nil
		}
		n.Kind = kind
		return spec
	}
	p.add(at{n.Line, n.Column}, n.Name, "kind.missing", strings.Join(kinds, ", "))
	return nil
}

func (d *draft) nodeField(r *nodeReader, read fields, e *entry) {
	n := r.node
	switch e.key.text {
	case "kind":
	case "title":
		if t, ok := plain(r.p, n.Name, e); ok {
			n.Title = t
		}
	case "exits":
		d.exits(r, &e.val)
	case "at":
		n.At = r.point(&e.val)
	case "transferable":
		b := r.boolean(e)
		if n.Transferable = b != nil && *b; n.Transferable && len(n.spec.Exits) == 0 {
			r.add(e.key.at, "transfer.end", n.Kind)
		}
	default:
		f := n.spec.field(e.key.text)
		if f == nil {
			unknownField(r.p, n.Name, e.key, n.spec.fieldNames())
			return
		}
		if v := r.read(f, &e.val); v != nil {
			read[f.Name] = v
		}
	}
}

// farthest bounds a place in the drawing.
const farthest = 1_000_000

// point reads a place in the drawing.
func (r *nodeReader) point(v *value) *Point {
	var xy [2]int
	ok := v.shape == list && len(v.items) == 2
	for i := 0; ok && i < 2; i++ {
		n, err := strconv.Atoi(v.items[i].text)
		ok = err == nil && v.items[i].shape == scalar && n >= -farthest && n <= farthest
		xy[i] = n
	}
	if !ok {
		r.add(v.at, "field.shape", "at", "two whole numbers such as [120, 40]", "两个整数，如 [120, 40]")
		return nil
	}
	return &Point{xy[0], xy[1]}
}

func (s *Spec) fieldNames() []string {
	var names []string
	for i := range s.Fields {
		names = append(names, s.Fields[i].Name)
	}
	sort.Strings(names)
	return append(names, nodeFields...)
}

func (d *draft) exits(r *nodeReader, v *value) {
	n := r.node
	if v.shape == nothing {
		return
	}
	for _, e := range r.table("exits", v, 20) {
		x := n.spec.exit(e.key.text)
		if x == nil {
			en, zh := meant(e.key.text, n.spec.exitNames())
			if len(n.spec.Exits) == 0 {
				r.add(e.key.at, "exit.none", n.Kind)
				continue
			}
			r.add(e.key.at, "exit.unknown", n.Kind, e.key.text, strings.Join(n.spec.exitNames(), ", "), en, zh)
			continue
		}
		if to, ok := plain(r.p, n.Name, &e); ok {
			n.connect(x.Name, to, e.val.at, x.Waits)
		}
	}
}

func (n *Node) connect(name, to string, where at, waits bool) {
	n.Exits = append(n.Exits, Exit{Name: name, To: to, Line: where.line, Column: where.column, waits: waits})
}
