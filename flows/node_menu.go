package flows

import "strings"

var menuSpec = Spec{
	Kind:  "menu",
	Label: Text{"按键菜单", "Key menu"},
	Help:  Text{"播放菜单并按来电者的按键转到不同节点", "plays a menu and goes on by the key that the caller presses"},
	Fields: []Field{
		playField(true, Text{"菜单内容", "the menu"}),
		{
			Name: "keys", Type: TypeKeys, Required: true, Label: Text{"按键", "Keys"},
			Help: Text{"按键 → 节点；按键为 1 至 4 个 0-9、* 或 #", "key → node; a key is 1 to 4 of 0-9, * and #"},
		},
		timeoutField, betweenField, triesField, invalidPlayField, timeoutPlayField,
	},
	Exits: []ExitSpec{exitTimeout, exitInvalid},
	build: buildMenu,
}

type menuNode struct {
	asking
	keys  map[string]bool
	order []string // as the file has them
}

func buildMenu(n *Node, f fields, r *nodeReader) doer {
	m := &menuNode{asking: newAsking(f), keys: map[string]bool{}}
	keys, _ := f["keys"].([]Exit)
	for _, k := range keys {
		n.Exits = append(n.Exits, k)
		m.keys[k.Name] = true
		m.order = append(m.order, k.Name)
		m.collect.Max = max(m.collect.Max, len(k.Name))
	}
	for _, k := range keys {
		for _, o := range keys {
			if len(keys) <= 100 && k.Name != o.Name && strings.HasPrefix(o.Name, k.Name) {
				r.add(at{k.Line, k.Column}, "menu.prefix", k.Name, o.Name)
				break
			}
		}
	}
	return m
}

// keys reads the table of a menu's keys.
func (r *nodeReader) keys(f *Field, v *value) []Exit {
	if v.shape == table && len(v.entries) == 0 {
		r.add(v.at, "menu.no_keys")
		return nil
	}
	var out []Exit
	for _, e := range r.table(f.Name, v, 200) {
		switch {
		case f.Max == 1 && (!isKeys(e.key.text) || len(e.key.text) > 1):
			r.add(e.key.at, "key.single", e.key.text)
			continue
		case !isKeys(e.key.text):
			r.add(e.key.at, "menu.key", e.key.text)
			continue
		}
		if to, ok := plain(r.p, r.node.Name, &e); ok {
			out = append(out, Exit{Name: e.key.text, To: to, Line: e.key.line, Column: e.key.column, waits: true})
		}
	}
	return out
}

func isKeys(s string) bool {
	return len(s) >= 1 && len(s) <= 4 && strings.Trim(s, "0123456789*#") == ""
}

func (n *menuNode) enter(w *walk) turn { return n.ask(w, nil) }

func (n *menuNode) on(w *walk, in Input) turn {
	switch in := in.(type) {
	case Digits:
		value := clip(in.Value)
		switch {
		case n.keys[value]: // a valid short key counts even if more might have come
			w.r.Silent = 0
			return leaveWith(value, value, "")
		case value == "":
			return n.silent(w, "")
		}
		return n.wrong(w, value)
	case Failed:
		return n.failed(w, in)
	}
	return wait
}

func (n *menuNode) refs(see *seen) { n.see(see) }
