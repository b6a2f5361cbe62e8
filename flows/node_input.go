package flows

import "regexp"

var inputSpec = Spec{
	Kind:  "input",
	Label: Text{"按键输入", "Digits input"},
	Help:  Text{"请来电者输入号码并存入变量", "asks for a number and keeps it in a variable"},
	Fields: []Field{
		playField(true, Text{"提示内容", "what to ask"}),
		{
			Name: "into", Type: TypeVariable, Required: true, Label: Text{"存入变量", "Variable"},
			Help: Text{"保存输入内容的变量名", "name of the variable that keeps the entry"},
		},
		{
			Name: "min", Type: TypeInt, Default: "1", Min: 1, Max: 40, Label: Text{"最少位数", "Fewest keys"},
			Help: Text{"少于此位数视为输入错误", "fewer count as a wrong entry"},
		},
		{
			Name: "max", Type: TypeInt, Default: "20", Min: 1, Max: 40, Label: Text{"最多位数", "Most keys"},
			Help: Text{"达到此位数后立即继续", "goes on at once when so many were pressed"},
		},
		{
			Name: "terminator", Type: TypeTerm, Default: "#", Label: Text{"结束键", "Ending key"},
			Help: Text{"#、* 或 none（无）", "#, * or none"},
		},
		{
			Name: "pattern", Type: TypePattern, Label: Text{"格式", "Pattern"},
			Help: Text{"输入必须完全符合的正则表达式", "regular expression that the whole entry must match"},
		},
		timeoutField, betweenField, triesField, invalidPlayField, timeoutPlayField,
	},
	Exits: []ExitSpec{
		{Name: "next", Label: Text{"输入完成", "Entered"}, Required: true, Waits: true},
		exitTimeout, exitInvalid,
	},
	build: buildInput,
}

type inputNode struct {
	asking
	into    string
	pattern *regexp.Regexp
}

func buildInput(n *Node, f fields, r *nodeReader) doer {
	i := &inputNode{asking: newAsking(f), into: f.text("into"), pattern: f.pattern("pattern")}
	i.collect.Min, i.collect.Max = f.int("min"), f.int("max")
	if i.collect.Min > i.collect.Max && i.collect.Max > 0 {
		r.add(r.place("min"), "field.order", "min", "max")
	}
	if t := f.text("terminator"); t != "none" {
		i.collect.Terminators = t
	}
	if i.into != "" {
		r.sets(r.place("into"), i.into)
	}
	return i
}

// sets notes that the node gives a variable its value.
func (r *nodeReader) sets(where at, name string) {
	if isOwnVariable(name) {
		r.add(where, "variable.own", name)
		return
	}
	r.uses = append(r.uses, use{at: where, name: name, sets: true})
}

func (n *inputNode) enter(w *walk) turn { return n.ask(w, nil) }

func (n *inputNode) on(w *walk, in Input) turn {
	switch in := in.(type) {
	case Digits:
		value := clip(in.Value)
		switch {
		case value == "":
			return n.silent(w, "")
		case len(value) < n.collect.Min || len(value) > n.collect.Max,
			n.pattern != nil && !n.pattern.MatchString(value):
			return n.wrong(w, value)
		}
		w.r.Silent = 0
		w.set(n.into, value)
		return leaveWith("next", value, n.into+"="+value)
	case Failed:
		return n.failed(w, in)
	}
	return wait
}

func (n *inputNode) refs(see *seen) { n.see(see) }
