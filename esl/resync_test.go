package esl

import (
	"slices"
	"testing"
)

func TestResyncIsUpToItsPlaceInTheOrder(t *testing.T) {
	s := newFake(t)
	asked, answer := make(chan struct{}), make(chan struct{})
	first := true
	s.answer = func(c *fakeConn, cmd string) string {
		if cmd == "api show channels as json" {
			if first {
				first = false
				return reply(c, cmd)
			}
			close(asked)
			<-answer
			// As slow as the real table: it has not heard of "new" yet, and
			// still shows "old".
			return apiReply(`{"row_count":2,"rows":[{"uuid":"old","callstate":"ACTIVE"},{"uuid":"stays","callstate":"ACTIVE"}]}`)
		}
		return reply(c, cmd)
	}
	col := newCollector()
	n := startNode(t, s, col.out, nil)
	col.kind(t, Snapshot)
	sub := <-s.subs
	n.Resync()
	n.Resync() // one at a time
	<-asked
	sub.sendRaw(plainEvent("CHANNEL_CREATE", "Unique-ID: new", "Call-Direction: inbound"))
	sub.sendRaw(plainEvent("CHANNEL_CREATE", "Unique-ID: brief"))
	sub.sendRaw(plainEvent("CHANNEL_ANSWER", "Unique-ID: new"))
	sub.sendRaw(plainEvent("CHANNEL_BRIDGE", "Unique-ID: stays", "Other-Leg-Unique-ID: new"))
	sub.sendRaw(plainEvent("CHANNEL_HANGUP_COMPLETE", "Unique-ID: old"))
	sub.sendRaw(plainEvent("CHANNEL_HANGUP_COMPLETE", "Unique-ID: brief"))
	col.wait(t, "hang-up", func(e Event) bool { return e.Kind == Hangup && e.UUID == "brief" })
	close(answer)
	snap := col.kind(t, Snapshot)
	var ids []string
	for _, c := range snap.Channels {
		ids = append(ids, c.UUID)
		if c.UUID == "new" && (!c.Inbound || !c.Answered() || c.Peer != "stays") {
			t.Errorf("new: %+v", c)
		}
	}
	if slices.Sort(ids); !slices.Equal(ids, []string{"new", "stays"}) {
		t.Errorf("the audit shows %v", ids)
	}
}
