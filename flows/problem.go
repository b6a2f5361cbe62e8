package flows

import (
	"fmt"
	"sort"
	"strings"
	"unicode"
)

// Problem is one thing wrong with a flow file: where, what, and what to do
// about it, in English and in Chinese. A Warning doesn't stop an upload.
type Problem struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Node   string `json:"node,omitempty"`
	// Path is where it is inside the node: "cases[1].number", "keys.1",
	// "exits.next"; "" for the node as a whole. Without a Node it is where it
	// is in the flow, such as "start".
	Path    string `json:"path,omitempty"`
	Code    string `json:"code" doc:"stable name of this kind of problem"`
	What    string `json:"what"`
	Do      string `json:"do"`
	WhatZH  string `json:"what_zh"`
	DoZH    string `json:"do_zh"`
	Warning bool   `json:"warning,omitempty"`
}

// String is the problem as one line of English text.
func (p Problem) String() string { return p.In("en") }

// In is the problem as one line in "zh" or "en".
func (p Problem) In(lang string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: ", p.File, p.Line, p.Column)
	zh := lang == "zh"
	if p.Warning {
		b.WriteString(pick(zh, "警告：", "warning: "))
	}
	if p.Node != "" {
		fmt.Fprintf(&b, pick(zh, "节点 %s：", "node %s: "), p.Node)
	}
	b.WriteString(pick(zh, p.WhatZH, p.What))
	b.WriteString(pick(zh, "；", "; "))
	b.WriteString(pick(zh, p.DoZH, p.Do))
	return b.String()
}

func pick(zh bool, a, b string) string {
	if zh {
		return a
	}
	return b
}

// Refused tells whether any of the problems is more than a warning.
func Refused(list []Problem) bool {
	for i := range list {
		if !list[i].Warning {
			return true
		}
	}
	return false
}

// maxProblems bounds what one file can make us say.
const maxProblems = 100

// problems collects what is wrong with one file.
type problems struct {
	file string
	list []Problem
	root *value // the file, for paths; nil where there is none
}

// add reports a problem; the arguments come from the file, so long ones are cut.
func (p *problems) add(where at, node, code string, args ...any) {
	if p.full() {
		return
	}
	for i, a := range args {
		if s, ok := a.(string); ok && len(s) > 240 {
			args[i] = shorten(s)
		} else if ok {
			args[i] = oneLine(s)
		}
	}
	p.addWhole(where, node, code, args...)
}

// full tells that nothing more is reported, so that working out what to say
// can be left.
func (p *problems) full() bool { return len(p.list) >= maxProblems }

// addWhole is add for arguments that are put together here.
func (p *problems) addWhole(where at, node, code string, args ...any) {
	m, ok := messages[code]
	if !ok {
		panic("flows: no message for problem " + code)
	}
	if p.full() {
		return
	}
	p.list = append(p.list, Problem{
		File: p.file, Line: where.line, Column: where.column, Node: shorten(node), Path: pathEnd(code, args), Code: code,
		What: format(m.what, args), Do: format(m.do, args),
		WhatZH: format(m.whatZH, args), DoZH: format(m.doZH, args), Warning: m.warning,
	})
}

func format(text string, args []any) string {
	if !strings.Contains(text, "%") {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// shorten keeps a hostile file from filling the page with one name.
func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:57]) + "..."
	}
	return oneLine(s)
}

func oneLine(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, s)
}

func (p *problems) sorted() []Problem {
	p.locate()
	sort.SliceStable(p.list, func(i, j int) bool {
		a, b := &p.list[i], &p.list[j]
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Column < b.Column
	})
	return p.list
}

// closest finds the word that was probably meant, or "".
func closest(word string, words []string) string {
	best, at := "", 3
	if len(words) > 2000 { // a guess is not worth more
		words = words[:2000]
	}
	for _, w := range words {
		if d := distance(word, w); d < at && d < len([]rune(w)) {
			best, at = w, d
		}
	}
	return best
}

// distance is the number of edits between two short words.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 40 || len(y) > 40 {
		return 99
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		last := row[0]
		row[0] = i + 1
		for j := range y {
			cost := last
			if x[i] != y[j] {
				cost++
			}
			last = row[j+1]
			row[j+1] = min(cost, row[j]+1, last+1)
		}
	}
	return row[len(y)]
}
