package configs

import (
	"cmp"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Problem is one mistake in the configuration. File and Line are empty where
// the environment or a missing option is at fault.
type Problem struct {
	File    string
	Line    int
	Column  int
	Key     string
	Message string
}

func (p Problem) String() string {
	at := p.Key
	if p.Line > 0 {
		at = fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Key)
	} else if p.File != "" && p.Key == "" {
		at = p.File
	}
	return strings.TrimSuffix(at, ": ") + ": " + p.Message
}

// Check names every mistake in the file at path (none if "") and the
// environment; nil if it can be used.
func Check(path string, environ []string) []Problem {
	c := checker{file: path, at: map[string]position{}}
	if path != "" {
		data, err := os.ReadFile(path)
		if err != nil {
			return []Problem{{File: path, Message: "can't be read: " + err.Error()}}
		}
		if !c.parse(data) {
			return c.problems
		}
	}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, envPrefix) {
			continue
		}
		if _, _, err := envValue(name, value); err != nil {
			c.problems = append(c.problems, Problem{Key: name, Message: strings.TrimPrefix(err.Error(), name+": ")})
		}
	}
	if len(c.problems) == 0 {
		cfg, err := merge(path, environ)
		if err != nil {
			return []Problem{{File: path, Message: err.Error()}}
		}
		validate(&cfg, func(key, format string, args ...any) {
			p := c.at[key]
			problem := Problem{Key: key, Message: fmt.Sprintf(format, args...)}
			if p.line > 0 {
				problem.File, problem.Line, problem.Column = path, p.line, p.column
			}
			c.problems = append(c.problems, problem)
		})
	}
	slices.SortStableFunc(c.problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return c.problems
}

type position struct{ line, column int }

type checker struct {
	file     string
	problems []Problem
	at       map[string]position
}

func (c *checker) add(node ast.Node, key, format string, args ...any) {
	p := Problem{File: c.file, Key: key, Message: fmt.Sprintf(format, args...)}
	if t := node.GetToken(); t != nil && t.Position != nil {
		p.Line, p.Column = t.Position.Line, t.Position.Column
	}
	c.problems = append(c.problems, p)
}

// parse walks the file; false if it is not YAML at all.
func (c *checker) parse(data []byte) bool {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		p := Problem{File: c.file, Message: firstLine(err.Error())}
		var syntax yaml.Error
		if asYAML(err, &syntax) {
			p.Message = syntax.GetMessage()
			if t := syntax.GetToken(); t != nil && t.Position != nil {
				p.Line, p.Column = t.Position.Line, t.Position.Column
			}
		}
		c.problems = append(c.problems, p)
		return false
	}
	for i, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.NullType || doc.Body.Type() == ast.CommentType {
			continue
		}
		if i > 0 {
			c.add(doc.Body, "", "only one document is read")
			break
		}
		c.mapping(doc.Body, reflect.TypeFor[Config](), "")
	}
	return true
}

// mapping checks the keys and values of a struct's options.
func (c *checker) mapping(node ast.Node, t reflect.Type, prefix string) {
	var pairs []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	case *ast.NullNode:
		return
	default:
		c.add(node, strings.TrimSuffix(prefix, "."), "options are expected here, one a line as `name: value`")
		return
	}
	fields := map[string]reflect.Type{}
	names := []string{}
	for i := range t.NumField() {
		name := t.Field(i).Tag.Get("yaml")
		fields[name] = t.Field(i).Type
		names = append(names, name)
	}
	for _, pair := range pairs {
		name := pair.Key.String()
		if s, ok := pair.Key.(*ast.StringNode); ok {
			name = s.Value
		}
		ft, ok := fields[name]
		if !ok {
			c.add(pair.Key, prefix+name, "no such option%s", nearest(name, names))
			continue
		}
		if pos := pair.Key.GetToken().Position; pos != nil {
			c.at[prefix+name] = position{pos.Line, pos.Column}
		}
		c.value(pair.Value, ft, prefix+name)
	}
}

func (c *checker) value(node ast.Node, t reflect.Type, key string) {
	if node == nil || node.Type() == ast.NullType {
		return
	}
	switch {
	case t.Kind() == reflect.Struct:
		c.mapping(node, t, key+".")
	case t.Kind() == reflect.Slice:
		seq, ok := node.(*ast.SequenceNode)
		if !ok {
			c.add(node, key, "a list is expected")
			return
		}
		for i, item := range seq.Values {
			c.value(item, t.Elem(), fmt.Sprintf("%s[%d]", key, i))
		}
	default:
		v := reflect.New(t)
		if err := yaml.NodeToValue(node, v.Interface(), yaml.Strict()); err != nil {
			c.add(node, key, "%s", expected(t))
		}
	}
}

func expected(t reflect.Type) string {
	switch {
	case t == durationType:
		return "a time span such as 30s, 15m or 12h is expected"
	case t.Kind() == reflect.Bool:
		return "true or false is expected"
	case t.Kind() == reflect.Int:
		return "a whole number is expected"
	}
	return "a text is expected"
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
