package flows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Case is a trial that is saved in the flow file with what must come of it.
// A version whose cases fail is not put in force.
type Case struct {
	at
	Name   string
	Trial  Trial
	Expect Expect
}

// Expect is what must come of a Case; empty fields ask for nothing.
type Expect struct {
	Heard  []string // recordings, or parts of what is said, in this order
	End    End
	Group  string
	Agent  string
	Number string
	Node   string
	Vars   map[string]string
	Rating string // "不满意", or with the second question "不满意/态度"
	// Callback is the number that must be called back.
	Callback string
}

// Bounds of what an activation has to play through.
const (
	maxCases   = 200
	maxPressed = 100 // questions answered in a case
)

// usualTime is when a case calls that gives no time: a Monday at ten.
var usualTime = time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)

const caseTime = "2006-01-02 15:04"

var (
	trialFields = []string{
		"name", "at", "from", "to", "region", "blacklisted", "repeat", "customer", "hours", "keys", "then", "message",
		"last_agent", "answers", "expect",
	}
	expectFields = []string{"heard", "exit", "group", "agent", "number", "node", "variables", "rating", "callback"}
	answerFields = []string{"status", "body", "why"}
)

// trials reads the saved cases of a flow file.
func (d *draft) trials(p *problems, e *entry) {
	r := &nodeReader{p: p, node: &Node{}}
	for i, item := range r.list("cases", &e.val, maxCases) {
		if item.shape != table {
			r.add(item.at, "field.shape", "cases", "a list of tables", "测试用例列表")
			continue
		}
		c := Case{at: item.at, Name: fmt.Sprint(i + 1), Trial: Trial{At: usualTime}}
		expects := false
		for _, x := range unique(p, "", &item) {
			if x.key.text == "expect" {
				expects = true
				r.expect(&c.Expect, &x)
				continue
			}
			r.trialField(&c, &x)
		}
		if !expects {
			r.add(item.at, "field.missing", "expect")
		}
		d.flow.Cases = append(d.flow.Cases, c)
	}
}

func (r *nodeReader) trialField(c *Case, e *entry) {
	t := &c.Trial
	switch e.key.text {
	case "name":
		c.Name = r.word(e)
	case "at":
		if text := r.word(e); text != "" {
			at, err := time.Parse(caseTime, text)
			if err != nil {
				r.add(e.val.at, "case.time", text)
			}
			t.At = at
		}
	case "from":
		t.From = r.word(e)
	case "to":
		t.To = r.word(e)
	case "region":
		t.Region = r.word(e)
	case "blacklisted":
		t.Blacklisted = r.yes(e)
	case "repeat":
		t.Repeat = r.yes(e)
	case "message":
		t.NoMessage = !r.yes(e)
	case "customer":
		t.Customer = r.words(e, 20)
	case "last_agent":
		t.LastAgent = r.word(e)
	case "answers":
		t.Answers = r.replies(&e.val)
	case "hours":
		t.Hours = map[string]bool{}
		for name, state := range r.words(e, 20) {
			if state != "open" && state != "closed" {
				r.add(e.val.at, "field.option", "hours", state, "open, closed")
			}
			t.Hours[name] = state == "open"
		}
	case "keys":
		t.Keys = r.pressed(e)
	case "then":
		for _, v := range r.texts("then", &e.val, 100) {
			if !IsThen(v.text) {
				r.add(v.at, "field.option", "then", v.text, strings.Join(ThenWords, ", ")+", 0-9, *, #")
			}
			t.Then = append(t.Then, v.text)
		}
	default:
		unknownField(r.p, "", e.key, trialFields)
	}
}

func (r *nodeReader) expect(x *Expect, e *entry) {
	for _, f := range r.table("expect", &e.val, 20) {
		switch f.key.text {
		case "heard":
			for _, v := range r.texts("heard", &f.val, 100) {
				x.Heard = append(x.Heard, v.text)
			}
		case "exit":
			text := r.word(&f)
			if text != "" && !slices.Contains(Ends, text) {
				r.add(f.val.at, "field.option", "exit", text, strings.Join(Ends, ", "))
			}
			x.End = End(text)
		case "group":
			x.Group = r.word(&f)
		case "agent":
			x.Agent = r.word(&f)
		case "number":
			x.Number = r.word(&f)
		case "node":
			x.Node = r.word(&f)
		case "rating":
			x.Rating = r.word(&f)
		case "callback":
			x.Callback = r.word(&f)
		case "variables":
			x.Vars = r.words(&f, 50)
		default:
			unknownField(r.p, "", f.key, expectFields)
		}
	}
}

// replies reads what look-ups get in a trial.
func (r *nodeReader) replies(v *value) []Fetched {
	var out []Fetched
	for _, item := range r.list("answers", v, 100) {
		a := Fetched{Status: 200}
		for _, e := range r.table("answers", &item, 3) {
			switch e.key.text {
			case "status":
				n, err := strconv.Atoi(e.val.text)
				if err != nil || n < 100 || n > 599 {
					r.add(e.val.at, "field.range", "status", e.val.text, "100", "599")
				}
				a.Status = n
			case "body":
				if e.val.shape != scalar || len(e.val.text) > 64<<10 {
					r.add(e.val.at, "field.shape", "body", "JSON in quotes", "引号中的 JSON")
				}
				a.Body = e.val.text
			case "why":
				a.Why = r.word(&e)
			default:
				unknownField(r.p, "", e.key, answerFields)
			}
		}
		out = append(out, a)
	}
	return out
}

// word reads one plain word; "" after reporting that it is none.
func (r *nodeReader) word(e *entry) string {
	t, _ := plain(r.p, r.node.Name, e)
	return t
}

func (r *nodeReader) yes(e *entry) bool {
	b := r.boolean(e)
	return b != nil && *b
}

// words reads a table of plain words.
func (r *nodeReader) words(e *entry, most int) map[string]string {
	out := map[string]string{}
	for _, x := range r.table(e.key.text, &e.val, most) {
		out[x.key.text] = r.word(&x)
	}
	return out
}

// pressed reads keys as a list, one entry a question, or in one line.
func (r *nodeReader) pressed(e *entry) []string {
	var all []string
	for _, v := range r.list("keys", &e.val, maxPressed) {
		if v.shape != scalar {
			r.add(v.at, "field.shape", "keys", "keys", "按键")
			continue
		}
		keys, bad := SplitKeys(v.text)
		if bad != "" {
			r.add(v.at, "case.keys", bad)
		}
		if len(keys) == 0 {
			keys = []string{""} // a list's "" is a question without a key
		}
		all = append(all, keys...)
	}
	return all
}

// Test plays the saved cases of a flow and tells which of them fail.
func (f *Flow) Test(env Env) []Problem {
	p := &problems{file: f.File}
	for i := range f.Cases {
		c := &f.Cases[i]
		if en, zh := c.misses(f.Try(c.Trial, env)); en != "" {
			p.add(c.at, "", "case.failed", c.Name, en, zh)
		}
	}
	return p.sorted()
}

// misses tells the first thing that is not as expected, in both languages.
func (c *Case) misses(t Tried) (en, zh string) {
	x := &c.Expect
	for _, w := range []struct{ en, zh, want, got string }{
		{"exit", "结束于", string(x.End), string(t.End)},
		{"group", "技能组", x.Group, t.Group},
		{"agent", "座席", x.Agent, t.Agent},
		{"number", "外线号码", x.Number, t.Number},
		{"node", "节点", x.Node, t.Node},
		{"rating", "评价", x.Rating, t.rating()},
		{"call back", "回电", x.Callback, t.Callback},
	} {
		if w.want != "" && w.want != w.got {
			return notAs(w.en, w.zh, w.want, w.got)
		}
	}
	names := make([]string, 0, len(x.Vars))
	for name := range x.Vars {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if t.Vars[name] != x.Vars[name] {
			return notAs("variable "+name, "变量 "+name, x.Vars[name], t.Vars[name])
		}
	}
	if missing := t.unheard(x.Heard); missing != "" {
		return "the caller does not hear " + missing + " in this order", "来电者没有按顺序听到 " + missing
	}
	return "", ""
}

// rating is the caller's rating as a case names it.
func (t *Tried) rating() string {
	switch {
	case t.Rating == nil:
		return ""
	case t.Rating.Second != "":
		return t.Rating.Label + "/" + t.Rating.Second
	}
	return t.Rating.Label
}

func notAs(en, zh, want, got string) (string, string) {
	return fmt.Sprintf("%s is %q, expected %q", en, got, want), fmt.Sprintf("%s为“%s”，应为“%s”", zh, got, want)
}

// unheard gives the first entry that is not heard behind those before it.
func (t *Tried) unheard(want []string) string {
	i := 0
	for k := range t.Heard {
		h := &t.Heard[k]
		for i < len(want) && h.has(want[i]) {
			i++
		}
	}
	if i < len(want) {
		return want[i]
	}
	return ""
}

func (h *Heard) has(want string) bool {
	for _, p := range h.Prompts {
		if p.File == want {
			return true
		}
	}
	return strings.Contains(h.Text, want)
}
