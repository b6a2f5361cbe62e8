package flows

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// Bounds of one expression: there are no loops in it, so its length bounds
// its time.
const (
	maxExpression = 500     // runes
	maxExprNodes  = 200     // parts
	exprMemory    = 100_000 // cells of the expression machine
)

// expression is a compiled condition; it is shared by all calls.
type expression struct {
	text    string
	program *vm.Program
	names   []string // variables that it reads
}

// exprOwn are the names that an expression may read besides the flow's
// variables, with a value of the type that they have.
var exprOwn = map[string]any{
	"caller": "", "service": "", "region": "", "customer": map[string]string{},
	"repeat": false, "blacklisted": false, "has_last_agent": false,
	"hour": 0, "minute": 0, "weekday": 0, "date": "",
}

// exprWords are the functions of the expression language that are allowed:
// none that loops or makes lists.
var exprWords = []string{"len", "upper", "lower", "trim", "hasPrefix", "hasSuffix", "indexOf", "abs", "min", "max", "round"}

// numberOf reads a variable as a number; what is none compares as false with
// everything.
func numberOf(args ...any) (any, error) {
	text, _ := args[0].(string)
	if f, err := strconv.ParseFloat(strings.TrimSpace(text), 64); err == nil {
		return f, nil
	}
	return math.NaN(), nil
}

// expression compiles a condition, or reports why it can't be.
func (r *nodeReader) expression(e *entry) *expression {
	v := &e.val
	switch {
	case v.shape == nothing || v.shape == scalar && strings.TrimSpace(v.text) == "":
		r.add(v.at, "field.empty", e.key.text)
		return nil
	case v.shape != scalar:
		r.add(v.at, "field.shape", e.key.text, "one expression", "一个表达式")
		return nil
	case len([]rune(v.text)) > maxExpression:
		r.add(v.at, "field.long", e.key.text, maxExpression)
		return nil
	case strings.Contains(v.text, "${"):
		r.add(v.at, "field.template", e.key.text)
		return nil
	}
	x, err := compile(v.text)
	if err != nil {
		r.add(exprPlace(v, err), "rule.bad", exprReason(err))
		return nil
	}
	for _, name := range x.names {
		if exprOwn[name] == nil {
			r.reads(v.at, name)
		}
	}
	return x
}

func compile(text string) (x *expression, err error) {
	defer func() {
		if trouble := recover(); trouble != nil { // the compiler is not ours: a panic there is a refusal
			x, err = nil, fmt.Errorf("%v", trouble)
		}
	}()
	tree, err := parser.Parse(text)
	if err != nil {
		return nil, err
	}
	s := &exprScan{}
	ast.Walk(&tree.Node, s)
	if s.err != nil {
		return nil, s.err.Bind(tree.Source)
	}
	env := map[string]any{}
	for _, name := range s.names {
		env[name] = ""
		if own, ok := exprOwn[name]; ok {
			env[name] = own
		}
	}
	options := []expr.Option{
		expr.Env(env), expr.AsBool(), expr.MaxNodes(maxExprNodes), expr.DisableAllBuiltins(),
		expr.Function("number", numberOf, new(func(string) float64)),
	}
	for _, word := range exprWords {
		options = append(options, expr.EnableBuiltin(word))
	}
	program, err := expr.Compile(text, options...)
	if err != nil {
		return nil, err
	}
	return &expression{text: text, program: program, names: s.names}, nil
}

// exprScan finds the variables of an expression, and what is not allowed.
type exprScan struct {
	names []string
	err   *file.Error
}

// Visit looks at one part.
func (s *exprScan) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		if n.Value != "number" && !isVariable(n.Value) {
			s.refuse(*node, n.Value+" is not a variable's name")
		}
		if n.Value != "number" && !slices.Contains(s.names, n.Value) {
			s.names = append(s.names, n.Value)
		}
	case *ast.PredicateNode, *ast.PointerNode, *ast.VariableDeclaratorNode, *ast.SequenceNode:
		s.refuse(*node, "loops and declarations are not allowed")
	case *ast.BinaryNode:
		if n.Operator == ".." {
			s.refuse(*node, "spans of numbers are not allowed")
		}
	case *ast.BuiltinNode:
		if !slices.Contains(exprWords, n.Name) {
			s.refuse(*node, "there is no function "+n.Name)
		}
	}
}

func (s *exprScan) refuse(n ast.Node, why string) {
	if s.err == nil {
		s.err = &file.Error{Location: n.Location(), Message: why}
	}
}

// exprPlace finds where in the flow file an expression is wrong.
func exprPlace(v *value, err error) at {
	where := v.at
	var fe *file.Error
	if errors.As(err, &fe) && fe.Line == 1 {
		where.column += fe.Column
		if v.quoted {
			where.column++
		}
	}
	return where
}

func exprReason(err error) string {
	var fe *file.Error
	if errors.As(err, &fe) {
		return fe.Message
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	return first
}

// holds works the condition out for a caller.
func (x *expression) holds(w *walk) (bool, error) {
	env := make(map[string]any, len(x.names))
	for _, name := range x.names {
		env[name] = w.exprValue(name)
	}
	machine := vm.VM{MemoryBudget: exprMemory}
	out, err := machine.Run(x.program, env)
	if err != nil {
		return false, errors.New(exprReason(err))
	}
	b, _ := out.(bool)
	return b, nil
}

func (w *walk) exprValue(name string) any {
	now := w.env.Now
	switch name {
	case "customer":
		if w.env.Customer == nil {
			return map[string]string{}
		}
		return w.env.Customer
	case "repeat":
		return w.env.Repeat
	case "blacklisted":
		return w.env.Blacklisted
	case "has_last_agent":
		return w.env.LastAgent != 0
	case "hour":
		return now.Hour()
	case "minute":
		return now.Minute()
	case "weekday": // 1 is Monday, 7 Sunday
		return (int(now.Weekday())+6)%7 + 1
	case "date":
		return now.Format("2006-01-02")
	}
	return w.variable(name)
}
