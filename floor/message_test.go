package floor

import (
	"testing"
	"time"

	"switchdesk/calls"
	"switchdesk/flows"
)

// A message belongs to the group that its node names, wherever the caller
// waited before.
func TestMessagesBelongToTheirGroup(t *testing.T) {
	flow, problems := flows.Parse("m.yaml", []byte(`name: 留言
start: 售后
nodes:
  售后: {kind: group, group: 售后, exits: {no_agent: 留言, timeout: 留言, full: 留言}}
  留言: {kind: voicemail, group: 售前}
`))
	if flow == nil {
		t.Fatal(problems)
	}
	d := newByHand(t, func(s *Settings) {
		s.Accounts[1].Flow = func(int64) (*flows.Flow, int64) { return flow, 1 }
		s.Accounts[1].FlowAt = func(_, _ int64) *flows.Flow { return flow }
	})
	d.snapshot()
	before, _ := d.set.Accounts[1].groupNamed("售后")
	want, _ := d.set.Accounts[1].groupNamed("售前")
	l := d.call("leg-a", "13900000001")
	if l.Queue != nil {
		d.pass(time.Hour) // until the group's time limit
	}
	if l.Run.Node != "留言" || len(l.Call.Visits) != 1 || l.Call.Visits[0].Group != before {
		t.Fatalf("the caller is at %s: %+v", l.Run.Node, l.Call.Visits)
	}
	d.keys(l, "") // the words before the message
	d.pass(5 * time.Second)
	d.gone("leg-a", "NORMAL_CLEARING")
	if len(d.ended) != 1 {
		t.Fatalf("%d records", len(d.ended))
	}
	if r := d.ended[0].Record; r.Outcome != calls.LeftMessage || r.GroupID != want || want == before {
		t.Errorf("outcome %s, group %d, want %d", r.Outcome, r.GroupID, want)
	}
}
