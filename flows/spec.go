package flows

import (
	"sort"
	"strings"
)

// Text is a label in both languages of the product.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// Spec describes one kind of node: what a flow file may say about it and
// which exits it has. Reading, checking, the description of the format and
// the editor all follow this table.
type Spec struct {
	Kind   string     `json:"kind"`
	Label  Text       `json:"label"`
	Help   Text       `json:"help"`
	Fields []Field    `json:"fields"`
	Exits  []ExitSpec `json:"exits"`
	// build makes the node's behaviour from its fields; it may report what
	// only this kind can know to be wrong.
	build func(n *Node, f fields, r *nodeReader) doer
}

// Field is something that a flow file may say about a node.
type Field struct {
	Name     string    `json:"name"`
	Type     FieldType `json:"type"`
	Label    Text      `json:"label"`
	Help     Text      `json:"help"`
	Required bool      `json:"required"`
	Default  string    `json:"default,omitempty"` // as it would stand in the file
	Min      int       `json:"min,omitempty"`     // of a number, or seconds of a time
	Max      int       `json:"max,omitempty"`     // or how many
	Options  []string  `json:"options,omitempty"`
}

// FieldType is how a field is written.
type FieldType string

const (
	TypePrompts  FieldType = "prompts"  // what to play: one or a list of Max, 20 if that is 0
	TypeInt      FieldType = "number"   // whole number
	TypeDuration FieldType = "time"     // 5s, 2m, or seconds
	TypeOption   FieldType = "option"   // one of Options
	TypeGroup    FieldType = "group"    // name of a skill group
	TypeAgent    FieldType = "agent"    // agent number
	TypePhone    FieldType = "phone"    // telephone number
	TypeVariable FieldType = "variable" // name of a variable
	TypePattern  FieldType = "pattern"  // regular expression
	TypeKeys     FieldType = "keys"     // table: key pressed → node; each key is an exit. Max 1: single keys alone
	TypeKey      FieldType = "key"      // one key: 0-9, * or #
	TypeFlag     FieldType = "flag"     // true or false
	TypeAnswers  FieldType = "answers"  // table: value → prompts
	TypeValues   FieldType = "values"   // table: variable → text with ${variables}
	TypeCases    FieldType = "cases"    // list of conditions, each with go: node; each is an exit
	TypeSpans    FieldType = "spans"    // list of weekly spans
	TypeDays     FieldType = "days"     // list of dates
	TypeHours    FieldType = "hours"    // name of opening hours
	TypeTerm     FieldType = "terminator"
	TypeFlow     FieldType = "flow"      // name of a flow
	TypeRules    FieldType = "rules"     // list of expressions, each with go: node; each is an exit
	TypeURL      FieldType = "url"       // address with ${variables} behind the host
	TypeHeaders  FieldType = "headers"   // table: header → text with ${variables}
	TypeBody     FieldType = "body"      // table: name → text with ${variables}
	TypePaths    FieldType = "paths"     // table: variable → path into the answer
	TypeLabels   FieldType = "labels"    // table: key → what it stands for
	TypeSecond   FieldType = "second"    // table: key → a further question
	TypeNames    FieldType = "variables" // list of variables
)

// ExitSpec is an exit that every node of a kind has.
type ExitSpec struct {
	Name     string `json:"name"`
	Label    Text   `json:"label"`
	Required bool   `json:"required"`
	// Waits is true if the caller waited for something (a key, a person)
	// before this exit, so that a cycle through it does not spin.
	Waits bool `json:"waits"`
	// Says is played before the call ends when the exit is not connected.
	Says []string `json:"says,omitempty"`
}

// Specs are all kinds of nodes, in the order in which the editor offers them.
func Specs() []Spec { return specs }

var specs = []Spec{
	promptSpec, menuSpec, inputSpec, infoSpec, hoursSpec, callerSpec, conditionSpec, setSpec,
	lookupSpec, noticeSpec, groupSpec, lastAgentSpec, agentSpec, externalSpec, voicemailSpec,
	surveySpec, flowSpec, subflowSpec, returnSpec, hangupSpec,
}

var (
	specOf = map[string]*Spec{}
	kinds  []string
)

func init() {
	for i := range specs {
		specOf[specs[i].Kind] = &specs[i]
		kinds = append(kinds, specs[i].Kind)
	}
	sort.Strings(kinds)
}

func (s *Spec) field(name string) *Field {
	for i := range s.Fields {
		if s.Fields[i].Name == name {
			return &s.Fields[i]
		}
	}
	return nil
}

func (s *Spec) exit(name string) *ExitSpec {
	for i := range s.Exits {
		if s.Exits[i].Name == name {
			return &s.Exits[i]
		}
	}
	return nil
}

func (s *Spec) exitNames() []string {
	var names []string
	for _, x := range s.Exits {
		names = append(names, x.Name)
	}
	return names
}

// Fields that several kinds share.

func playField(required bool, help Text) Field {
	return Field{Name: "play", Type: TypePrompts, Label: Text{"播放内容", "Play"}, Help: help, Required: required}
}

var (
	timeoutField = Field{
		Name: "timeout", Type: TypeDuration, Default: "5s", Min: 1, Max: 60, Label: Text{"等待按键", "Wait for a key"},
		Help: Text{"播放结束后等待第一个按键的时间", "how long to wait for the first key after playing"},
	}
	betweenField = Field{
		Name: "between", Type: TypeDuration, Default: "3s", Min: 1, Max: 30, Label: Text{"按键间隔", "Between keys"},
		Help: Text{"两个按键之间最长的间隔", "longest pause between two keys"},
	}
	triesField = Field{
		Name: "tries", Type: TypeInt, Default: "3", Min: 1, Max: 10, Label: Text{"最多次数", "Tries"},
		Help: Text{"无按键或输入错误最多允许的次数", "how many times in all the caller may press nothing or something wrong"},
	}
	invalidPlayField = Field{
		Name: "invalid_play", Type: TypePrompts, Default: "invalid_key", Label: Text{"输入错误提示", "After a wrong entry"},
		Help: Text{"输入错误后、重新播放前的提示", "played after a wrong entry, before asking again"},
	}
	timeoutPlayField = Field{
		Name: "timeout_play", Type: TypePrompts, Default: "no_key", Label: Text{"无按键提示", "After no entry"},
		Help: Text{"超时无按键后、重新播放前的提示", "played after a time without a key, before asking again"},
	}
	ringField = Field{
		Name: "ring", Type: TypeDuration, Default: "30s", Min: 5, Max: 120, Label: Text{"振铃时长", "Ring time"},
		Help: Text{"无人接听时振铃多久", "how long it rings before nobody is taken to answer"},
	}
)

var (
	exitTimeout = ExitSpec{Name: "timeout", Label: Text{"超时无按键", "No key pressed"}, Waits: true, Says: []string{"goodbye"}}
	exitInvalid = ExitSpec{Name: "invalid", Label: Text{"输入错误次数过多", "Too many wrong entries"}, Waits: true, Says: []string{"too_many_tries", "goodbye"}}
	exitAfter   = ExitSpec{Name: "after", Label: Text{"通话结束后", "After the talk"}, Waits: true}
)

// Kinds of a flow's own fields, and of every node's, besides those of its kind.
var (
	flowFields = []string{"name", "start", "language", "takes", "nodes", "cases"}
	nodeFields = []string{"kind", "title", "exits", "transferable", "at"}
)

// KindLabel is what people call a kind of node; the kind itself where it is
// not one of Specs.
func KindLabel(kind string) Text {
	if s := specOf[kind]; s != nil {
		return s.Label
	}
	return Text{kind, kind}
}

// ExitLabel is what people call an exit in a trail: its label, "按键 1" for a
// menu's key, "条件 1" for a case.
func ExitLabel(kind, exit string) Text {
	s := specOf[kind]
	switch {
	case s == nil || exit == "":
		return Text{exit, exit}
	case exit == "flow" && (kind == "flow" || kind == "subflow"):
		return Text{"进入流程", "to the flow"}
	case kind == "return":
		return Text{"返回", "back"}
	case s.exit(exit) != nil:
		return s.exit(exit).Label
	case kind == "menu", kind == "group":
		return Text{"按键 " + exit, "key " + exit}
	case kind == "caller", kind == "condition":
		return Text{strings.Replace(strings.Replace(exit, "case", "条件", 1), "rule", "条件", 1), exit}
	}
	return Text{exit, exit}
}
