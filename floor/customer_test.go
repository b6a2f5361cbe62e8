package floor

import (
	"testing"

	"switchdesk/flows"
)

// A flow that begins with the customer's name waits for who it is, and goes
// on without where nobody is known.
func TestFlowsKnowTheCustomer(t *testing.T) {
	flow, problems := flows.Parse("c.yaml", []byte(`name: 称呼
start: 谁
nodes:
  谁: {kind: caller, cases: [{customer: {company: 甲公司}, go: 熟客}, {known: true, go: 客户}], exits: {other: 生客}}
  熟客: {kind: menu, play: welcome, keys: {1: 熟客}}
  客户: {kind: menu, play: welcome, keys: {1: 客户}}
  生客: {kind: menu, play: welcome, keys: {1: 生客}}
`))
	if flow == nil {
		t.Fatal(problems)
	}
	for want, found := range map[string]Customer{
		"熟客": {ID: 5, Name: "王", Fields: map[string]string{"name": "王", "company": "甲公司"}},
		"客户": {ID: 6, Name: "李", Fields: map[string]string{"name": "李", "company": ""}},
		"生客": {},
	} {
		d := newByHand(t, func(s *Settings) {
			s.Accounts[1].Flow = func(int64) (*flows.Flow, int64) { return flow, 1 }
			s.Accounts[1].FlowAt = func(_, _ int64) *flows.Flow { return flow }
		})
		d.snapshot()
		l := d.call("leg-a", "13900000001")
		d.keys(l, "") // a moment
		if l.Run.Node != "谁" {
			t.Fatalf("decided before it is known who calls: %s", l.Run.Node)
		}
		d.core.Known(l.Call.ID, found)
		d.drain()
		d.keys(l, "")
		if l.Run.Node != want || l.Call.CustomerName != found.Name {
			t.Errorf("%+v: at %s, not %s", found, l.Run.Node, want)
		}
	}
}
