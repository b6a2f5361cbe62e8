package flows

import (
	"bytes"
	"encoding/json"
	"strconv"

	"switchdesk/internal/fault"
)

// Document gives a flow file as JSON, for the drawing: the same fields in one
// form, see normal, in an order that says the order of the nodes. A file that
// can be read but is faulty otherwise is given as it is, for Inspect to judge.
// There is no document, and the problems say why, if the file cannot be read;
// of what stands in it twice the first is kept, and the problems tell.
func Document(src []byte) ([]byte, []Problem) {
	p := &problems{file: "flow"}
	root, ok := read(src, p)
	if !ok {
		return nil, p.sorted()
	}
	form := (&normal{p}).flow(&root)
	var b bytes.Buffer
	form.json(&b)
	return b.Bytes(), p.sorted()
}

// Write gives a document as a flow file in YAML, always written the same way.
// The document may be faulty, but must be readable and name nothing twice:
// else it fails with "flow.unreadable". Comments are not kept.
func Write(doc []byte) ([]byte, error) {
	p := &problems{file: "flow"}
	root, ok := read(doc, p)
	if !ok || len(p.list) > 0 {
		return nil, unreadable(p)
	}
	form := (&normal{p}).flow(&root)
	if len(p.list) > 0 {
		return nil, unreadable(p)
	}
	out := form.yaml()
	// What was written is read again: nothing may be lost on the way.
	again, ok := read(out, p)
	if !ok {
		return nil, unreadable(p)
	}
	if again = (&normal{p}).flow(&again); !again.same(&form) {
		return nil, fault.New(fault.Invalid, "flow.unreadable", "this flow cannot be written as YAML").On("document")
	}
	return out, nil
}

func unreadable(p *problems) error {
	list := p.sorted()
	if len(list) == 0 {
		return fault.New(fault.Invalid, "flow.unreadable", "the flow cannot be read").On("document")
	}
	return fault.New(fault.Invalid, "flow.unreadable", "the flow cannot be read: %s", list[0].String()).On("document")
}

// same tells whether two values in normal form say the same.
func (v *value) same(o *value) bool {
	if v.shape != o.shape || v.shape == scalar && (v.text != o.text || v.quoted != o.quoted) ||
		len(v.items) != len(o.items) || len(v.entries) != len(o.entries) {
		return false
	}
	for i := range v.items {
		if !v.items[i].same(&o.items[i]) {
			return false
		}
	}
	for i := range v.entries {
		if v.entries[i].key.text != o.entries[i].key.text || !v.entries[i].val.same(&o.entries[i].val) {
			return false
		}
	}
	return true
}

// json writes a value in normal form.
func (v *value) json(b *bytes.Buffer) {
	switch v.shape {
	case nothing:
		b.WriteString("null")
	case scalar:
		if !v.quoted {
			b.WriteString(v.text)
			return
		}
		jsonText(b, v.text)
	case list:
		b.WriteByte('[')
		for i := range v.items {
			if i > 0 {
				b.WriteByte(',')
			}
			v.items[i].json(b)
		}
		b.WriteByte(']')
	case table:
		b.WriteByte('{')
		for i := range v.entries {
			if i > 0 {
				b.WriteByte(',')
			}
			jsonText(b, v.entries[i].key.text)
			b.WriteByte(':')
			v.entries[i].val.json(b)
		}
		b.WriteByte('}')
	}
}

// jsonText writes a text as JSON; what HTML could mistake is escaped.
func jsonText(b *bytes.Buffer, s string) {
	data, err := json.Marshal(s)
	if err != nil { // cannot be: a text
		data = []byte(strconv.Quote(""))
	}
	b.Write(data)
}
