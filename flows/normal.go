package flows

import (
	"strconv"
	"strings"
)

// normal brings what a flow file says into one form: fields in the order of
// the spec table, lists always as lists, numbers and flags bare and all other
// words quoted. What does not fit the spec table is kept as it is, so that a
// flow can be edited while it is faulty.
type normal struct{ p *problems }

// form brings one value into its form.
type form func(v *value) value

func (n *normal) flow(root *value) value {
	return n.fields(root, flowFields, func(name string) form {
		switch name {
		case "takes":
			return n.list(n.word)
		case "nodes":
			return n.tableOf(n.node)
		case "cases":
			return n.list(n.trial)
		}
		return n.word
	})
}

// fields brings a table into the order of names; unknown fields come last.
func (n *normal) fields(v *value, names []string, of func(name string) form) value {
	if v.shape != table {
		return n.any(v)
	}
	out := value{at: v.at, shape: table}
	entries := unique(n.p, "", v)
	byName := make(map[string]*entry, len(entries))
	for i := range entries {
		byName[entries[i].key.text] = &entries[i]
	}
	put := func(e *entry, f form) {
		out.entries = append(out.entries, entry{n.word(&e.key), f(&e.val)})
	}
	for _, name := range names {
		if e := byName[name]; e != nil {
			put(e, of(name))
			delete(byName, name)
		}
	}
	for i := range entries {
		if name := entries[i].key.text; byName[name] != nil {
			put(&entries[i], n.any)
		}
	}
	return out
}

func (n *normal) node(v *value) value {
	var spec *Spec
	for i := range v.entries {
		if v.entries[i].key.text == "kind" {
			spec = specOf[v.entries[i].val.text]
			break
		}
	}
	names := []string{"kind", "title"}
	if spec != nil {
		for i := range spec.Fields {
			names = append(names, spec.Fields[i].Name)
		}
	}
	names = append(names, "exits", "transferable", "at")
	return n.fields(v, names, func(name string) form {
		switch name {
		case "kind", "title":
			return n.word
		case "exits":
			return n.tableOf(n.word)
		case "transferable":
			return n.flag
		case "at":
			return n.numbers
		}
		return n.field(spec.field(name))
	})
}

// field gives the form of a field of the spec table.
func (n *normal) field(f *Field) form {
	switch f.Type {
	case TypePrompts:
		return n.list(n.prompt)
	case TypeInt:
		return n.number
	case TypeDuration:
		return n.time
	case TypeFlag:
		return n.flag
	case TypeKeys, TypeLabels, TypeValues, TypeHeaders, TypeBody, TypePaths:
		return n.tableOf(n.word)
	case TypeAnswers:
		return n.tableOf(n.list(n.prompt))
	case TypeSecond:
		return n.tableOf(n.question)
	case TypeSpans, TypeDays, TypeNames:
		return n.list(n.word)
	case TypeCases:
		return n.list(n.condition)
	case TypeRules:
		return n.list(func(v *value) value {
			return n.fields(v, ruleFields, func(string) form { return n.word })
		})
	}
	return n.word
}

func (n *normal) question(v *value) value {
	return n.fields(v, secondFields, func(name string) form {
		if name == "play" {
			return n.list(n.prompt)
		}
		return n.tableOf(n.word)
	})
}

func (n *normal) condition(v *value) value {
	return n.fields(v, caseFields, func(name string) form {
		switch name {
		case "number", "service", "region":
			return n.list(n.word)
		case "blacklisted", "repeat", "anonymous", "known":
			return n.flag
		case "customer":
			return n.tableOf(n.word)
		}
		return n.word
	})
}

func (n *normal) trial(v *value) value {
	return n.fields(v, trialFields, func(name string) form {
		switch name {
		case "blacklisted", "repeat", "message":
			return n.flag
		case "customer", "hours":
			return n.tableOf(n.word)
		case "keys":
			return n.pressed
		case "then":
			return n.list(n.word)
		case "answers":
			return n.list(n.answer)
		case "expect":
			return n.expect
		}
		return n.word
	})
}

func (n *normal) answer(v *value) value {
	return n.fields(v, answerFields, func(name string) form {
		if name == "status" {
			return n.number
		}
		return n.word
	})
}

func (n *normal) expect(v *value) value {
	return n.fields(v, expectFields, func(name string) form {
		switch name {
		case "heard":
			return n.list(n.word)
		case "variables":
			return n.tableOf(n.word)
		}
		return n.word
	})
}

// pressed makes "1,2#,-" a list of one entry a question.
func (n *normal) pressed(v *value) value {
	out := n.list(n.word)(v)
	if out.shape != list {
		return out
	}
	split := value{at: out.at, shape: list}
	for i := range out.items {
		item := &out.items[i]
		keys, bad := SplitKeys(item.text)
		if item.shape != scalar || bad != "" || len(keys) == 0 {
			split.items = append(split.items, *item)
			continue
		}
		for _, k := range keys {
			if k == "" {
				k = "-"
			}
			split.items = append(split.items, value{at: item.at, shape: scalar, text: k, quoted: true})
		}
	}
	if len(split.items) > maxPressed {
		return out
	}
	return split
}

// prompt writes a recording by its bare name.
func (n *normal) prompt(v *value) value {
	if v.shape != table || len(v.entries) != 1 || v.entries[0].val.shape != scalar {
		return n.any(v)
	}
	e := &v.entries[0]
	if e.key.text == "file" {
		return n.word(&e.val)
	}
	return value{at: v.at, shape: table, entries: []entry{{n.word(&e.key), n.word(&e.val)}}}
}

// list makes one value alone a list of one.
func (n *normal) list(item form) form {
	return func(v *value) value {
		out := value{at: v.at, shape: list}
		switch {
		case v.shape == nothing, v.shape == scalar && strings.TrimSpace(v.text) == "":
			return n.any(v)
		case v.shape == list:
			for i := range v.items {
				out.items = append(out.items, item(&v.items[i]))
			}
		default:
			out.items = append(out.items, item(v))
		}
		return out
	}
}

func (n *normal) tableOf(of form) form {
	return func(v *value) value {
		if v.shape != table {
			return n.any(v)
		}
		out := value{at: v.at, shape: table}
		for _, e := range unique(n.p, "", v) {
			out.entries = append(out.entries, entry{n.word(&e.key), of(&e.val)})
		}
		return out
	}
}

// word is text, whatever it looks like.
func (n *normal) word(v *value) value {
	if v.shape != scalar {
		return n.any(v)
	}
	return value{at: v.at, shape: scalar, text: v.text, quoted: true}
}

func (n *normal) number(v *value) value {
	out := n.word(v)
	out.quoted = v.shape != scalar || !isPlainNumber(v.text)
	return out
}

func (n *normal) numbers(v *value) value {
	if v.shape != list {
		return n.any(v)
	}
	return n.list(n.number)(v)
}

func (n *normal) flag(v *value) value {
	out := n.word(v)
	out.quoted = v.shape != scalar || v.text != "true" && v.text != "false"
	return out
}

// time writes whole seconds with their unit.
func (n *normal) time(v *value) value {
	out := n.word(v)
	if s, err := strconv.Atoi(v.text); v.shape == scalar && err == nil && s >= 0 && s <= 1_000_000 {
		out.text = strconv.Itoa(s) + "s"
	}
	return out
}

// any keeps what has no form of its own.
func (n *normal) any(v *value) value {
	out := value{at: v.at, shape: v.shape, text: v.text}
	switch v.shape {
	case scalar:
		out.quoted = v.quoted || !isPlainNumber(v.text) && v.text != "true" && v.text != "false"
	case list:
		for i := range v.items {
			out.items = append(out.items, n.any(&v.items[i]))
		}
	case table:
		for _, e := range unique(n.p, "", v) {
			out.entries = append(out.entries, entry{n.word(&e.key), n.any(&e.val)})
		}
	}
	return out
}

// isPlainNumber tells whether a text is a whole number as every language
// writes it, so that it stays what it is on its way through JSON.
func isPlainNumber(s string) bool {
	d := strings.TrimPrefix(s, "-")
	return isDigits(d) && len(d) <= 15 && (d[0] != '0' || s == "0")
}
