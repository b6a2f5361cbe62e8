package flows

import (
	"slices"
	"strconv"
	"strings"
)

var conditionSpec = Spec{
	Kind:  "condition",
	Label: Text{"表达式判断", "Condition"},
	Help: Text{
		"按表达式走不同的路；第一个成立的生效",
		"goes on by expressions; the first that holds counts",
	},
	Fields: []Field{{
		Name: "when", Type: TypeRules, Required: true, Label: Text{"条件", "When"},
		Help: Text{
			"每项为 if（表达式）和 go（节点）；变量为文本，比较大小请用 number(变量)",
			"each holds if: an expression, and go: the node; variables are text, number(variable) compares by size",
		},
	}},
	Exits: []ExitSpec{{Name: "other", Label: Text{"都不成立", "None holds"}, Required: true}},
	build: func(n *Node, f fields, _ *nodeReader) doer {
		list, _ := f["when"].([]*rule)
		for _, c := range list {
			n.connect(c.name, c.to, c.at, false)
			n.asks = n.asks || slices.Contains(c.names, "customer")
		}
		return &conditionNode{list}
	},
}

type conditionNode struct{ rules []*rule }

// rule is an expression and the node that it leads to.
type rule struct {
	at       // of the node's name
	name, to string
	*expression
}

var ruleFields = []string{"if", "go"}

// rules reads a list of expressions with their nodes.
func (r *nodeReader) rules(v *value) []*rule {
	var out []*rule
	for i, item := range r.list("when", v, 50) {
		c := &rule{at: item.at, name: "rule " + strconv.Itoa(i+1)}
		if item.shape != table {
			r.add(item.at, "field.shape", "when", "a list of tables", "条件表列表")
			continue
		}
		given := map[string]bool{}
		for _, e := range unique(r.p, r.node.Name, &item) {
			given[e.key.text] = true
			switch e.key.text {
			case "if":
				c.expression = r.expression(&e)
			case "go":
				if to, ok := plain(r.p, r.node.Name, &e); ok {
					c.to, c.at = to, e.val.at
				}
			default:
				unknownField(r.p, r.node.Name, e.key, ruleFields)
			}
		}
		for _, name := range ruleFields {
			if !given[name] {
				r.add(item.at, "field.missing", name)
			}
		}
		if c.expression != nil && c.to != "" {
			out = append(out, c)
		}
	}
	return out
}

func (n *conditionNode) enter(w *walk) turn {
	var trouble []string
	for _, c := range n.rules {
		holds, err := c.holds(w)
		if err != nil { // counts as not holding: the caller goes on
			trouble = append(trouble, c.name+": "+err.Error())
		}
		if holds {
			return leaveWith(c.name, "", c.text)
		}
	}
	return leaveWith("other", "", clip(strings.Join(trouble, "; ")))
}

func (n *conditionNode) on(w *walk, _ Input) turn { return n.enter(w) }
func (n *conditionNode) refs(*seen)               {}
