package flows

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
)

// shape is what a value in a flow file is.
type shape uint8

const (
	nothing shape = iota
	scalar
	list
	table
)

// value is something in a flow file, with its place. All scalars are kept as
// the text that stands there: each field knows how to read its own.
type value struct {
	at
	shape   shape
	text    string
	quoted  bool // stands in quotes: the text begins one column further on
	items   []value
	entries []entry
}

type entry struct {
	key value
	val value
}

// reader puts the tokens of goccy/go-yaml's lexer together. It knows the part
// of YAML that flow files need, and JSON. It takes time in proportion to the
// file, whatever is in it; the library's parser does not.
type reader struct {
	toks  []*token.Token
	i     int
	depth int
	p     *problems
	bad   bool
}

// read gives the file's table; ok is false when it cannot be read.
func read(src []byte, p *problems) (v value, ok bool) {
	text, ok := readable(src, p)
	if !ok {
		return value{}, false
	}
	defer func() {
		if x := recover(); x != nil { // the lexer is not ours: a panic there is a refusal
			p.add(at{1, 1}, "", "file.syntax", fmt.Sprint(x), fmt.Sprint(x))
			v, ok = value{}, false
		}
	}()
	if looksLikeJSON(text) {
		return readJSON(text, p)
	}
	r := &reader{p: p}
	for _, t := range lexer.Tokenize(text) {
		if t.Type == token.CommentType {
			continue
		}
		r.toks = append(r.toks, t)
	}
	if t := r.peek(); t != nil && t.Type == token.DocumentHeaderType {
		r.i++
	}
	if r.peek() == nil {
		p.add(at{1, 1}, "", "file.empty")
		return value{}, false
	}
	v = r.block(0)
	if t := r.peek(); t != nil && !r.bad {
		r.unexpected(t)
	}
	if !r.bad && v.shape != table {
		p.add(v.at, "", "file.not_table")
		return value{}, false
	}
	return v, !r.bad
}

func (r *reader) peek() *token.Token { return r.peekAt(0) }

func (r *reader) peekAt(n int) *token.Token {
	if r.bad || r.i+n >= len(r.toks) {
		return nil
	}
	return r.toks[r.i+n]
}

func place(t *token.Token) at { return at{t.Position.Line, t.Position.Column} }

func (r *reader) fail(where at, reason string) value {
	if !r.bad {
		r.p.add(where, "", "file.syntax", reason, inChinese(reason))
	}
	r.bad = true
	return value{at: where}
}

func (r *reader) unexpected(t *token.Token) value {
	switch t.Type {
	case token.AnchorType, token.AliasType, token.TagType, token.MergeKeyType, token.DirectiveType,
		token.DocumentHeaderType, token.DocumentEndType, token.MappingKeyType:
		if !r.bad {
			r.p.add(place(t), "", "file.reference", t.Value)
		}
		r.bad = true
		return value{at: place(t)}
	case token.InvalidType:
		reason := t.Error
		if reason == "" {
			reason = "unexpected " + shorten(t.Value)
		}
		return r.fail(place(t), reason)
	}
	if t.Type == token.MappingValueType {
		return r.fail(place(t), strayColon)
	}
	return r.fail(place(t), "unexpected "+shorten(strings.TrimSpace(t.Value)))
}

func isScalar(t *token.Token) bool {
	switch t.Type {
	case token.StringType, token.SingleQuoteType, token.DoubleQuoteType, token.IntegerType, token.FloatType,
		token.BoolType, token.NullType, token.HexIntegerType, token.OctetIntegerType, token.BinaryIntegerType,
		token.InfinityType, token.NanType:
		return true
	}
	return false
}

// isKey tells whether the token at i is a key: a scalar with a colon behind
// it in the same line.
func (r *reader) isKey() bool {
	t, c := r.peek(), r.peekAt(1)
	return t != nil && c != nil && isScalar(t) && c.Type == token.MappingValueType && c.Position.Line == t.Position.Line
}

// block reads what stands at the next token, in block style.
func (r *reader) block(minColumn int) value {
	t := r.peek()
	if t == nil {
		return value{}
	}
	r.depth++
	defer func() { r.depth-- }()
	if r.depth > maxDepth {
		return r.tooDeep(t)
	}
	switch {
	case t.Position.Column < minColumn:
		return r.fail(place(t), tooLeft)
	case t.Type == token.SequenceEntryType:
		return r.blockList(t.Position.Column)
	case r.isKey():
		return r.blockTable(t.Position.Column)
	}
	return r.inline()
}

func (r *reader) tooDeep(t *token.Token) value {
	if !r.bad {
		r.p.add(place(t), "", "file.too_deep", maxDepth)
	}
	r.bad = true
	return value{at: place(t)}
}

func (r *reader) blockTable(column int) value {
	v := value{at: place(r.peek()), shape: table}
	for !r.bad {
		t := r.peek()
		if t == nil || t.Position.Column < column {
			break
		}
		if t.Position.Column > column || !r.isKey() {
			return r.unexpected(t)
		}
		key := r.scalar()
		colon := r.peek()
		r.i++
		v.entries = append(v.entries, entry{key, r.behind(colon, column, true)})
	}
	return v
}

func (r *reader) blockList(column int) value {
	v := value{at: place(r.peek()), shape: list}
	for !r.bad {
		t := r.peek()
		if t == nil || t.Position.Column < column {
			break
		}
		if t.Type != token.SequenceEntryType {
			break // a key of the table around a list that is not indented
		}
		if t.Position.Column > column {
			return r.unexpected(t)
		}
		r.i++
		v.items = append(v.items, r.behind(t, column, false))
	}
	return v
}

// behind reads the value after a colon or a dash at mark; column is that of
// the table or list.
func (r *reader) behind(mark *token.Token, column int, afterColon bool) value {
	t := r.peek()
	empty := value{at: place(mark)}
	if t == nil {
		return empty
	}
	same := t.Position.Line == mark.Position.Line
	switch {
	case same && afterColon:
		if t.Type == token.SequenceEntryType || r.isKey() {
			return r.unexpected(t)
		}
		return r.ended(r.inline())
	case same:
		return r.ended(r.block(t.Position.Column))
	case t.Position.Column > column, afterColon && t.Position.Column == column && t.Type == token.SequenceEntryType:
		return r.ended(r.block(t.Position.Column))
	}
	return empty
}

// ended checks that nothing stands behind a value in its line.
func (r *reader) ended(v value) value {
	t := r.peek()
	if t == nil || r.i == 0 {
		return v
	}
	last := r.toks[r.i-1]
	literal := r.i > 1 && (r.toks[r.i-2].Type == token.LiteralType || r.toks[r.i-2].Type == token.FoldedType)
	if !literal && t.Position.Line == last.Position.Line {
		return r.unexpected(t)
	}
	return v
}

// inline reads a scalar, or a list or table in brackets.
func (r *reader) inline() value {
	t := r.peek()
	if t == nil {
		return value{}
	}
	r.depth++
	defer func() { r.depth-- }()
	switch {
	case r.depth > maxDepth:
		return r.tooDeep(t)
	case t.Type == token.SequenceStartType:
		return r.flowList()
	case t.Type == token.MappingStartType:
		return r.flowTable()
	case t.Type == token.LiteralType, t.Type == token.FoldedType:
		r.i++
		if n := r.peek(); n != nil && n.Type == token.StringType {
			r.i++
			return value{at: place(t), shape: scalar, text: n.Value}
		}
		return value{at: place(t), shape: scalar}
	case isScalar(t):
		return r.scalar()
	}
	return r.unexpected(t)
}

func (r *reader) scalar() value {
	t := r.peek()
	r.i++
	if t.Type == token.NullType {
		return value{at: place(t), text: t.Value}
	}
	quoted := t.Type == token.SingleQuoteType || t.Type == token.DoubleQuoteType
	return value{at: place(t), shape: scalar, text: t.Value, quoted: quoted}
}

func (r *reader) flowList() value {
	open := r.peek()
	v := value{at: place(open), shape: list}
	r.i++
	for {
		t := r.peek()
		switch {
		case t == nil:
			return r.fail(v.at, openList)
		case t.Type == token.SequenceEndType:
			r.i++
			return v
		case r.isKey():
			return r.unexpected(r.peekAt(1))
		}
		v.items = append(v.items, r.inline())
		if !r.comma(token.SequenceEndType) {
			return v
		}
	}
}

func (r *reader) flowTable() value {
	open := r.peek()
	v := value{at: place(open), shape: table}
	r.i++
	for {
		t := r.peek()
		switch {
		case t == nil:
			return r.fail(v.at, openTable)
		case t.Type == token.MappingEndType:
			r.i++
			return v
		case !isScalar(t):
			return r.unexpected(t)
		}
		key := r.scalar()
		colon := r.peek()
		if colon == nil || colon.Type != token.MappingValueType {
			return r.fail(key.at, "there is no colon and value behind "+shorten(key.text))
		}
		r.i++
		val := value{at: place(colon)}
		if n := r.peek(); n != nil && n.Type != token.CollectEntryType && n.Type != token.MappingEndType {
			val = r.inline()
		}
		v.entries = append(v.entries, entry{key, val})
		if !r.comma(token.MappingEndType) {
			return v
		}
	}
}

// comma takes the comma between two values; false stops the reading.
func (r *reader) comma(end token.Type) bool {
	t := r.peek()
	if t == nil {
		if !r.bad {
			last := r.toks[len(r.toks)-1]
			r.fail(place(last), openBracket)
		}
		return false
	}
	if t.Type == token.CollectEntryType {
		r.i++
		return true
	}
	if t.Type != end {
		r.unexpected(t)
		return false
	}
	return true
}
