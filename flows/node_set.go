package flows

var setSpec = Spec{
	Kind:  "set",
	Label: Text{"变量赋值", "Set variables"},
	Help:  Text{"给变量赋值，可以引用其他变量", "gives variables a value, which may be made of others"},
	Fields: []Field{
		{
			Name: "values", Type: TypeValues, Required: true, Label: Text{"赋值", "Values"},
			Help: Text{"变量 → 值，按顺序执行；值中可用 ${变量}", "variable → value, in this order; a value may hold ${variable}"},
		},
	},
	Exits: []ExitSpec{{Name: "next", Label: Text{"然后", "Then"}, Required: true}},
	build: func(_ *Node, f fields, _ *nodeReader) doer {
		list, _ := f["values"].([]assignment)
		return &setNode{list}
	},
}

type setNode struct{ values []assignment }

type assignment struct{ name, text string }

// values reads a table of variable → text.
func (r *nodeReader) values(name string, v *value) []assignment {
	var out []assignment
	for _, e := range r.table(name, v, 50) {
		switch {
		case !isVariable(e.key.text):
			r.add(e.key.at, "variable.bad", e.key.text)
		case e.val.shape == list || e.val.shape == table:
			r.add(e.val.at, "field.shape", e.key.text, "one value", "单个值")
		case r.template(e.key.text, e.val.at, e.val.text):
			r.sets(e.key.at, e.key.text)
			out = append(out, assignment{e.key.text, e.val.text})
		}
	}
	return out
}

func (n *setNode) enter(w *walk) turn {
	for _, v := range n.values {
		w.set(v.name, w.expand(v.text))
	}
	return leave("next")
}

func (n *setNode) on(w *walk, _ Input) turn { return leave("next") }
func (n *setNode) refs(*seen)               {}
