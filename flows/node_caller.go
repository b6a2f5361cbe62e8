package flows

import (
	"strconv"
	"strings"
)

var callerSpec = Spec{
	Kind:  "caller",
	Label: Text{"来电条件", "Caller condition"},
	Help:  Text{"按来电者走不同的路；第一个满足的条件生效", "goes on by who calls; the first case that fits counts"},
	Fields: []Field{{
		Name: "cases", Type: TypeCases, Required: true, Label: Text{"条件", "Cases"},
		Help: Text{
			"每项可含 number（号码，或 138*、*5678、138????0000 这样的格式）、service（被叫）、region（归属地）、anonymous（无来电号码）、repeat（重复来电）、blacklisted、known（已有客户）、customer（客户字段），并以 go 指向节点；同一项内的条件须全部满足",
			"each may hold number (whole, or a pattern like 138*, *5678 or 138????0000), service, region, anonymous, repeat, blacklisted, known (is a customer) and customer (fields), and go: the node; all that a case holds must fit",
		},
	}},
	Exits: []ExitSpec{{Name: "other", Label: Text{"其他来电", "All others"}, Required: true}},
	build: func(n *Node, f fields, _ *nodeReader) doer {
		list, _ := f["cases"].([]callerCase)
		for _, c := range list {
			n.connect(c.name, c.to, c.at, false)
			n.asks = n.asks || c.customer != nil || c.known != nil
		}
		return &callerNode{list}
	},
}

type callerNode struct{ cases []callerCase }

// callerCase fits a caller if all that it asks for does. Lists fit if one of
// their entries does.
type callerCase struct {
	at
	name, to                 string
	numbers, service, region []string
	blacklisted, repeat      *bool
	anonymous, known         *bool
	customer                 map[string]string
}

var caseFields = []string{"number", "service", "region", "anonymous", "repeat", "blacklisted", "known", "customer", "go"}

func (r *nodeReader) cases(v *value) []callerCase {
	var out []callerCase
	for i, item := range r.list("cases", v, 200) {
		c := callerCase{at: item.at, name: "case " + strconv.Itoa(i+1)}
		if item.shape != table {
			r.add(item.at, "field.shape", "cases", "a list of tables", "条件表列表")
			continue
		}
		for _, e := range unique(r.p, r.node.Name, &item) {
			r.caseField(&c, &e)
		}
		if !asks(&item) {
			r.add(item.at, "case.empty", c.name)
		}
		if c.to == "" {
			r.add(item.at, "field.missing", "go")
			continue
		}
		out = append(out, c)
	}
	return out
}

// asks tells whether a case holds any condition, right or wrong.
func asks(item *value) bool {
	for i := range item.entries {
		if item.entries[i].key.text != "go" {
			return true
		}
	}
	return false
}

func (r *nodeReader) caseField(c *callerCase, e *entry) {
	switch e.key.text {
	case "go":
		if to, ok := plain(r.p, r.node.Name, e); ok {
			c.to, c.at = to, e.val.at
		}
	case "number":
		c.numbers = r.numbers(e)
	case "service":
		c.service = r.numbers(e)
	case "region":
		for _, t := range r.texts("region", &e.val, 500) {
			c.region = append(c.region, t.text)
		}
	case "blacklisted":
		c.blacklisted = r.boolean(e)
	case "repeat":
		c.repeat = r.boolean(e)
	case "anonymous":
		c.anonymous = r.boolean(e)
	case "known":
		c.known = r.boolean(e)
	case "customer":
		c.customer = map[string]string{}
		for _, x := range r.table("customer", &e.val, 20) {
			if t, ok := plain(r.p, r.node.Name, &x); ok {
				c.customer[x.key.text] = t
			}
		}
	default:
		unknownField(r.p, r.node.Name, e.key, caseFields)
	}
}

func (r *nodeReader) boolean(e *entry) *bool {
	t := e.val.text == "true"
	if e.val.shape != scalar || !t && e.val.text != "false" {
		r.add(e.val.at, "field.shape", e.key.text, "true or false", " true 或 false")
		return nil
	}
	return &t
}

func (r *nodeReader) numbers(e *entry) []string {
	var out []string
	for _, t := range r.texts(e.key.text, &e.val, 5000) {
		n := bareNumber(t.text)
		middle := strings.TrimSuffix(strings.TrimPrefix(n, "*"), "*")
		if !isDigits(strings.ReplaceAll(middle, "?", "0")) || len(n) > 20 {
			r.add(t.at, "case.number", t.text)
			continue
		}
		out = append(out, n)
	}
	return out
}

// bareNumber takes the country code of China and signs for the eye off a
// number, so that +86 138-0000-0000 is the same as 13800000000.
func bareNumber(s string) string {
	s = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(s)
	for _, p := range []string{"+86", "0086"} {
		if rest, ok := strings.CutPrefix(s, p); ok {
			return rest
		}
	}
	return strings.TrimPrefix(s, "+")
}

func (c *callerCase) fits(env *Env) bool {
	switch {
	case c.numbers != nil && !numberIn(c.numbers, env.From),
		c.service != nil && !numberIn(c.service, env.To),
		c.region != nil && !regionIn(c.region, env.Region),
		c.blacklisted != nil && *c.blacklisted != env.Blacklisted,
		c.repeat != nil && *c.repeat != env.Repeat,
		c.anonymous != nil && *c.anonymous == isDigits(bareNumber(env.From)),
		c.known != nil && *c.known != env.known():
		return false
	}
	for key, want := range c.customer {
		if env.Customer[key] != want {
			return false
		}
	}
	return true
}

func numberIn(list []string, number string) bool {
	number = bareNumber(number)
	for _, n := range list {
		if n == number || strings.ContainsAny(n, "*?") && numberFits(n, number) {
			return true
		}
	}
	return false
}

// numberFits holds a number against a pattern: * at an end is any digits, ?
// is one.
func numberFits(pattern, number string) bool {
	head, anyEnd := strings.CutSuffix(pattern, "*")
	core, anyStart := strings.CutPrefix(head, "*")
	spare := len(number) - len(core)
	if spare < 0 || spare > 0 && !anyEnd && !anyStart || number == "" {
		return false
	}
	first, last := 0, 0
	switch {
	case anyStart && anyEnd:
		last = spare
	case anyStart:
		first, last = spare, spare
	}
	for from := first; from <= last; from++ {
		fits := true
		for i := 0; fits && i < len(core); i++ {
			fits = core[i] == '?' || core[i] == number[from+i]
		}
		if fits {
			return true
		}
	}
	return false
}

// known tells whether the caller is one of the enterprise's customers.
func (e *Env) known() bool {
	for _, v := range e.Customer {
		if v != "" {
			return true
		}
	}
	return false
}

func regionIn(list []string, region string) bool {
	for _, r := range list {
		if strings.Contains(region, r) {
			return true
		}
	}
	return false
}

func (n *callerNode) enter(w *walk) turn {
	for i := range n.cases {
		if n.cases[i].fits(w.env) {
			return leave(n.cases[i].name)
		}
	}
	return leave("other")
}

func (n *callerNode) on(w *walk, _ Input) turn { return n.enter(w) }
func (n *callerNode) refs(*seen)               {}
