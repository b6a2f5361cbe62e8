package flows

import (
	"bytes"
	"encoding/json"
	"sort"
	"strconv"
	"strings"

	"switchdesk/internal/fault"
)

// ChangeKind is what happened to a node between two versions of a flow.
type ChangeKind string

const (
	NodeAdded   ChangeKind = "added"
	NodeRemoved ChangeKind = "removed"
	NodeChanged ChangeKind = "changed"
	NodeRenamed ChangeKind = "renamed" // has another name, and perhaps other changes
	NodeMoved   ChangeKind = "moved"   // has another place in the drawing, nothing else
)

// Change is what is different about one node, or about the flow itself where
// Node is "".
type Change struct {
	What   ChangeKind    `json:"what"`
	Node   string        `json:"node"`           // its name in the newer version; in the older if it was removed
	Was    string        `json:"was,omitempty"`  // its former name, if it has another now
	Kind   string        `json:"kind,omitempty"` // of the node
	Fields []FieldChange `json:"fields,omitempty"`
	Exits  []ExitChange  `json:"exits,omitempty"`
	Moved  bool          `json:"moved,omitempty"` // has another place in the drawing
}

// FieldChange is a field with what it said before and says now, as in a
// document; nil where it says nothing.
type FieldChange struct {
	Field string `json:"field"`
	From  any    `json:"from"`
	To    any    `json:"to"`
}

// ExitChange is an exit with the node that it led to before and leads to
// now; "" where it is not connected. Nodes that were renamed are the same.
type ExitChange struct {
	Exit string `json:"exit"`
	From string `json:"from"`
	To   string `json:"to"`
}

// Diff tells what changed from one flow file to another, YAML or JSON, in the
// order of the newer file, what was removed last. Both may be faulty, as
// drafts are, but must be readable: else it fails with "flow.unreadable".
// How a file is written, comments and the order of nodes are no change.
func Diff(older, newer []byte) ([]Change, error) {
	a, err := formOf(older)
	if err != nil {
		return nil, err
	}
	b, err := formOf(newer)
	if err != nil {
		return nil, err
	}
	d := &differ{a: nodesOf(a), b: nodesOf(b)}
	d.renames()
	var out []Change
	if c := d.flow(a, b); len(c.Fields) > 0 {
		out = append(out, c)
	}
	for _, name := range d.b.order {
		if c := d.node(name); c != nil {
			out = append(out, *c)
		}
	}
	for _, name := range d.a.order {
		if d.now[name] == "" {
			out = append(out, Change{What: NodeRemoved, Node: name, Kind: kindIn(d.a.nodes[name])})
		}
	}
	return out, nil
}

func formOf(src []byte) (*value, error) {
	p := &problems{file: "flow"}
	root, ok := read(src, p)
	if !ok {
		return nil, fault.New(fault.Invalid, "flow.unreadable", "the flow cannot be read: %s", p.sorted()[0].String()).On("source")
	}
	form := (&normal{p}).flow(&root)
	return &form, nil
}

// nodeSet is the nodes of one version.
type nodeSet struct {
	nodes map[string]*value
	order []string
}

func nodesOf(root *value) nodeSet {
	s := nodeSet{nodes: map[string]*value{}}
	if nodes := root.get("nodes"); nodes != nil {
		for i := range nodes.entries {
			e := &nodes.entries[i]
			s.nodes[e.key.text] = &e.val
			s.order = append(s.order, e.key.text)
		}
	}
	return s
}

// get gives a field of a table, nil if there is none.
func (v *value) get(name string) *value {
	if v == nil {
		return nil
	}
	for i := range v.entries {
		if v.entries[i].key.text == name {
			return &v.entries[i].val
		}
	}
	return nil
}

type differ struct {
	a, b nodeSet
	now  map[string]string // older name → newer, of nodes in both
	was  map[string]string // the other way round
}

// renames finds the nodes that are in both versions. One that is gone and one
// that is new are the same if they say the same, wherever they lead to, and
// no third does.
func (d *differ) renames() {
	d.now, d.was = map[string]string{}, map[string]string{}
	pair := func(old, name string) { d.now[old], d.was[name] = name, old }
	gone, added := map[string][]string{}, map[string][]string{}
	for _, name := range d.a.order {
		if d.b.nodes[name] != nil {
			pair(name, name)
			continue
		}
		key := d.a.nodes[name].withoutWays()
		gone[key] = append(gone[key], name)
	}
	for _, name := range d.b.order {
		if d.a.nodes[name] == nil {
			key := d.b.nodes[name].withoutWays()
			added[key] = append(added[key], name)
		}
	}
	for key, old := range gone {
		if len(old) == 1 && len(added[key]) == 1 {
			pair(old[0], added[key][0])
		}
	}
}

// withoutWays is what a node says, without its place and the nodes that it
// leads to.
func (v *value) withoutWays() string {
	c := value{shape: v.shape, text: v.text, items: v.items}
	spec := specOf[kindIn(v)]
	for _, e := range v.entries {
		switch f := fieldIn(spec, e.key.text); {
		case e.key.text == "at" || e.key.text == "exits":
			continue
		case f != nil && leads(f.Type):
			e.val = blank(e.val)
		}
		c.entries = append(c.entries, e)
	}
	var b bytes.Buffer
	c.json(&b)
	return b.String()
}

func fieldIn(spec *Spec, name string) *Field {
	if spec == nil {
		return nil
	}
	return spec.field(name)
}

// leads tells whether a field names nodes.
func leads(t FieldType) bool { return t == TypeKeys || t == TypeCases || t == TypeRules }

// blank takes the nodes out of a field that names them: what belongs to keys,
// and go of conditions.
func blank(v value) value {
	out := value{shape: v.shape, text: v.text, quoted: v.quoted}
	for _, e := range v.entries {
		if e.val.shape == scalar {
			e.val = value{shape: nothing}
		}
		out.entries = append(out.entries, e)
	}
	for _, item := range v.items {
		one := value{shape: item.shape, text: item.text, quoted: item.quoted, items: item.items}
		for _, e := range item.entries {
			if e.key.text != "go" {
				one.entries = append(one.entries, e)
			}
		}
		out.items = append(out.items, one)
	}
	return out
}

func kindIn(node *value) string {
	if k := node.get("kind"); k != nil && k.shape == scalar {
		return k.text
	}
	return ""
}

// flow compares what stands beside the nodes.
func (d *differ) flow(a, b *value) Change {
	c := Change{What: NodeChanged}
	old, now := a.index(), b.index()
	for _, name := range union(a, b, old, now) {
		from, to := old[name], now[name]
		switch {
		case name == "nodes" && shapeOf(from) == table && shapeOf(to) == table:
		case name == "start" && from != nil && to != nil && d.now[from.text] == to.text && to.text != "":
		case name == "cases" && shapeOf(from) == list && shapeOf(to) == list:
			c.Fields = append(c.Fields, changedCases(from, to)...)
		default:
			c.Fields = appendChange(c.Fields, name, from, to)
		}
	}
	return c
}

func shapeOf(v *value) shape {
	if v == nil {
		return nothing
	}
	return v.shape
}

// changedCases compares trials by their names, or by their places where they
// have none.
func changedCases(from, to *value) []FieldChange {
	name := func(v *value, i int) string {
		if n := v.get("name"); n != nil && n.shape == scalar {
			return n.text
		}
		return strconv.Itoa(i + 1)
	}
	older := map[string]*value{}
	for i := range from.items {
		older[name(&from.items[i], i)] = &from.items[i]
	}
	var out []FieldChange
	for i := range to.items {
		n := name(&to.items[i], i)
		out = appendChange(out, "cases."+n, older[n], &to.items[i])
		delete(older, n)
	}
	for i := range from.items {
		if n := name(&from.items[i], i); older[n] != nil {
			out = appendChange(out, "cases."+n, older[n], nil)
			delete(older, n)
		}
	}
	return out
}

// node compares one node of the newer version with what it was.
func (d *differ) node(name string) *Change {
	to := d.b.nodes[name]
	old := d.was[name]
	if old == "" {
		return &Change{What: NodeAdded, Node: name, Kind: kindIn(to)}
	}
	from := d.a.nodes[old]
	c := &Change{What: NodeChanged, Node: name, Kind: kindIn(to)}
	d.fields(c, from, to)
	d.exits(c, from, to)
	switch {
	case old != name:
		c.What, c.Was = NodeRenamed, old
	case len(c.Fields)+len(c.Exits) > 0:
	case c.Moved:
		c.What = NodeMoved
	default:
		return nil
	}
	return c
}

func (d *differ) fields(c *Change, from, to *value) {
	spec := specOf[kindIn(to)]
	if shapeOf(from) != table || shapeOf(to) != table {
		c.Fields = appendChange(c.Fields, "", from, to)
		return
	}
	old, now := from.index(), to.index()
	for _, name := range union(from, to, old, now) {
		a, b := old[name], now[name]
		f := fieldIn(spec, name)
		switch {
		case name == "at":
			c.Moved = a == nil || b == nil || !a.same(b)
		case name == "exits" && shapeOf(a) != scalar && shapeOf(b) != scalar:
		case f != nil && f.Type == TypeKeys && shapeOf(a) != scalar && shapeOf(b) != scalar:
		case f != nil && leads(f.Type) && a != nil && b != nil:
			x, y := blank(*a), blank(*b)
			if !x.same(&y) {
				c.Fields = appendChange(c.Fields, name, a, b)
			}
		default:
			c.Fields = appendChange(c.Fields, name, a, b)
		}
	}
}

// exits compares where a node leads.
func (d *differ) exits(c *Change, from, to *value) {
	a, b := waysOf(from), waysOf(to)
	for i := range a {
		if now := d.now[a[i].To]; now != "" {
			a[i].To = now
		}
	}
	older := map[string]string{}
	for _, w := range a {
		older[w.Name] = w.To
	}
	for _, w := range b {
		if older[w.Name] != w.To {
			c.Exits = append(c.Exits, ExitChange{w.Name, d.former(older[w.Name]), w.To})
		}
		delete(older, w.Name)
	}
	var gone []string
	for name := range older {
		gone = append(gone, name)
	}
	sort.Strings(gone)
	for _, name := range gone {
		c.Exits = append(c.Exits, ExitChange{name, d.former(older[name]), ""})
	}
}

// former gives a node the name that it had in the older version.
func (d *differ) former(now string) string {
	if was := d.was[now]; was != "" {
		return was
	}
	return now
}

// waysOf gives the exits of a node as Node has them, faulty ones too.
func waysOf(node *value) []Exit {
	var out []Exit
	spec := specOf[kindIn(node)]
	add := func(name string, to *value) {
		if to != nil && to.shape == scalar {
			out = append(out, Exit{Name: name, To: to.text})
		}
	}
	if shapeOf(node) != table {
		return nil
	}
	for i := range node.entries {
		e := &node.entries[i]
		f := fieldIn(spec, e.key.text)
		if e.key.text == "exits" || f != nil && f.Type == TypeKeys {
			for k := range e.val.entries {
				add(e.val.entries[k].key.text, &e.val.entries[k].val)
			}
		}
		if f != nil && (f.Type == TypeCases || f.Type == TypeRules) {
			word := "case "
			if f.Type == TypeRules {
				word = "rule "
			}
			for k := range e.val.items {
				add(word+strconv.Itoa(k+1), e.val.items[k].get("go"))
			}
		}
	}
	return out
}

// index gives the fields of a table by name.
func (v *value) index() map[string]*value {
	m := make(map[string]*value, len(v.entries))
	for i := range v.entries {
		m[v.entries[i].key.text] = &v.entries[i].val
	}
	return m
}

// union gives the names of both tables' fields, the second's order first.
func union(a, b *value, inA, inB map[string]*value) []string {
	out := make([]string, 0, len(inA)+len(inB))
	for i := range b.entries {
		out = append(out, b.entries[i].key.text)
	}
	for i := range a.entries {
		if name := a.entries[i].key.text; inB[name] == nil {
			out = append(out, name)
		}
	}
	return out
}

func appendChange(list []FieldChange, name string, from, to *value) []FieldChange {
	if from == nil && to == nil || from != nil && to != nil && from.same(to) {
		return list
	}
	return append(list, FieldChange{name, plainOf(from), plainOf(to)})
}

// plainOf gives a value as JSON would read it.
func plainOf(v *value) any {
	if v == nil {
		return nil
	}
	var b bytes.Buffer
	v.json(&b)
	dec := json.NewDecoder(strings.NewReader(b.String()))
	dec.UseNumber()
	var out any
	if dec.Decode(&out) != nil {
		return nil
	}
	return out
}
