package esl

import (
	"strings"
	"testing"
	"time"
)

func TestConnectedThenSnapshotThenHeldEvents(t *testing.T) {
	s := newFake(t)
	release := make(chan struct{})
	s.answer = func(c *fakeConn, cmd string) string {
		switch cmd {
		case "api show channels as json":
			<-release
			return apiReply(`{"row_count":2,"rows":[
				{"uuid":"a","direction":"inbound","created_epoch":"1700000000","cid_num":"555","dest":"400","state":"CS_EXECUTE","callstate":"ACTIVE","application":"park","application_data":"","context":"public"},
				{"uuid":"b","direction":"outbound","created_epoch":"1700000001","cid_num":"555","dest":"8001","state":"CS_EXCHANGE_MEDIA","callstate":"RINGING"}]}`)
		case "api show bridged_calls as json":
			return apiReply(`{"row_count":1,"rows":[{"uuid":"a","b_uuid":"b"}]}`)
		case "api show registrations as json":
			return apiReply(`{"row_count":1,"rows":[{"reg_user":"1-8001","realm":"switchdesk","url":"sofia/int/sip:1-8001@127.0.0.1"}]}`)
		}
		return reply(c, cmd)
	}
	col := newCollector()
	startNode(t, s, col.out, nil)
	sub := <-s.subs
	sub.sendRaw(plainEvent("CHANNEL_PARK", "Unique-ID: c", "Event-Sequence: 7", "variable_sd_call: k1"))
	close(release)
	col.kind(t, Snapshot)
	park := col.kind(t, Park)
	if park.UUID != "c" || park.Seq != 7 || park.Call != "k1" || park.Node != "fs1" {
		t.Errorf("park: %+v", park)
	}
}

func TestSnapshotContents(t *testing.T) {
	s := newFake(t)
	s.answer = func(c *fakeConn, cmd string) string {
		switch cmd {
		case "api show channels as json":
			return apiReply(`{"row_count":2,"rows":[
				{"uuid":"a","direction":"inbound","created_epoch":"1700000000","cid_num":"555","dest":"400","state":"CS_EXECUTE","callstate":"ACTIVE","application":"park","application_data":"x","context":"public"},
				{"uuid":"b","direction":"outbound","created_epoch":"1700000001","callstate":"RINGING"}]}`)
		case "api show bridged_calls as json": // an older switch: fall back
			return apiReply("-USAGE: codec|endpoint|...\n")
		case "api show calls as json":
			return apiReply(`{"row_count":1,"rows":[{"uuid":"a","b_uuid":"b"},{"uuid":"x","b_uuid":""}]}`)
		case "api show registrations as json":
			return apiReply(`{"row_count":1,"rows":[{"reg_user":"1-8001","realm":"switchdesk","url":"sip:x"}]}`)
		}
		return reply(c, cmd)
	}
	col := newCollector()
	startNode(t, s, col.out, nil)
	first := col.wait(t, "any", func(Event) bool { return true })
	if first.Kind != Connected {
		t.Errorf("first event is of kind %d, not Connected", first.Kind)
	}
	snap := col.wait(t, "any", func(Event) bool { return true })
	if snap.Kind != Snapshot || len(snap.Channels) != 2 || len(snap.Phones) != 1 {
		t.Fatalf("snapshot: %+v", snap)
	}
	want := Channel{UUID: "a", Inbound: true, Created: time.Unix(1700000000, 0).UTC(), From: "555", To: "400",
		State: "CS_EXECUTE", CallSt: "ACTIVE", App: "park", AppData: "x", Peer: "b", Context: "public"}
	if snap.Channels[0] != want {
		t.Errorf("channel: %+v", snap.Channels[0])
	}
	if b := snap.Channels[1]; b.Peer != "a" || b.Inbound || b.Answered() {
		t.Errorf("channel: %+v", b)
	}
	if p := snap.Phones[0]; p != (Phone{"1-8001", "switchdesk", "sip:x"}) {
		t.Errorf("phone: %+v", p)
	}
}

func TestSendTellsWhatBecameOfACommand(t *testing.T) {
	s := newFake(t)
	s.answer = func(c *fakeConn, cmd string) string {
		switch {
		case strings.HasPrefix(cmd, "sendmsg gone"):
			return cmdReply("-ERR invalid session id [gone]")
		case cmd == "api uuid_kill gone NORMAL_CLEARING":
			return apiReply("-ERR No such channel!\n")
		case cmd == "api uuid_dump d1":
			return apiReply("Channel-State: CS_EXECUTE\nUnique-ID: d1\nvariable_sd_call: k9\nvariable_name: Zhang%20San\n\n")
		}
		return reply(c, cmd)
	}
	col := newCollector()
	n := startNode(t, s, col.out, nil)
	col.kind(t, Snapshot)

	n.Send(PlayFiles{UUID: "gone", ID: "p1", Files: []string{"/a.wav"}})
	if ev := col.kind(t, Failed); ev.UUID != "gone" || ev.AppID != "p1" || !ev.Gone() || ev.Sent == nil {
		t.Errorf("failed: %+v", ev)
	}
	n.Send(HangupLeg{UUID: "gone"})
	if ev := col.kind(t, Failed); ev.Cause != "No such channel!" || !ev.Gone() {
		t.Errorf("failed: %+v", ev)
	}
	n.Send(CollectDigits{UUID: "u", ID: "p2", Files: []string{"/a.wav\n\nbgapi system x"}, Min: 1, Max: 1})
	if ev := col.kind(t, Failed); ev.AppID != "p2" || ev.Gone() || !strings.Contains(ev.Cause, ErrArgument.Error()) {
		t.Errorf("failed: %+v", ev)
	}
	n.Send(DumpChannel{UUID: "d1"})
	if ev := col.kind(t, Dump); ev.UUID != "d1" || ev.Call != "k9" || ev.Vars["name"] != "Zhang San" || ev.Vars["Channel-State"] != "CS_EXECUTE" {
		t.Errorf("dump: %+v", ev)
	}
}

func TestOriginateEndsOnce(t *testing.T) {
	s := newFake(t)
	col := newCollector()
	n := startNode(t, s, col.out, nil)
	col.kind(t, Snapshot)
	sub := <-s.subs
	dialled := Originate{UUID: "o1", Target: Target{User: "1-8001", Domain: "switchdesk"}, Timeout: 20 * time.Second}

	n.Send(dialled)
	if ev := col.kind(t, Done); ev.UUID != "o1" {
		t.Errorf("done: %+v", ev)
	}
	sub.sendRaw(jobEvent("o1", "-ERR USER_NOT_REGISTERED\n"))
	if ev := col.kind(t, Failed); ev.UUID != "o1" || ev.Cause != "USER_NOT_REGISTERED" {
		t.Errorf("failed: %+v", ev)
	}

	// With a leg, its hang-up is the one end that is told.
	dialled.UUID = "o2"
	n.Send(dialled)
	col.kind(t, Done)
	sub.sendRaw(plainEvent("CHANNEL_CREATE", "Unique-ID: o2"))
	sub.sendRaw(jobEvent("o2", "-ERR NO_ANSWER\n"))
	sub.sendRaw(plainEvent("CHANNEL_HANGUP_COMPLETE", "Unique-ID: o2", "Hangup-Cause: NO_ANSWER", "variable_sip_term_status: 487"))
	sub.sendRaw(jobEvent("other", "+OK\n"))
	col.kind(t, Create)
	if ev := col.wait(t, "any", func(Event) bool { return true }); ev.Kind != Hangup || ev.Cause != "NO_ANSWER" || ev.SIPCode != 487 {
		t.Errorf("want the hang-up next, got %+v", ev)
	}
	if ev := col.kind(t, JobDone); ev.Job != "other" || ev.Body != "+OK\n" {
		t.Errorf("job: %+v", ev)
	}
}

func jobEvent(job, body string) []byte {
	inner := "Event-Name: BACKGROUND_JOB\nJob-UUID: " + job + "\nContent-Length: " + itoa(len(body)) + "\n\n" + body
	return []byte("Content-Length: " + itoa(len(inner)) + "\nContent-Type: text/event-plain\n\n" + inner)
}

func TestSendWhileOffline(t *testing.T) {
	col := newCollector()
	n := NewNode(NodeConfig{Name: "x", Addr: "127.0.0.1:1", Password: "p", BackoffMin: time.Millisecond}, col.out)
	run(t, n)
	if ev := col.kind(t, Disconnected); ev.Cause == "" {
		t.Error("Disconnected without a cause")
	}
	n.Send(AnswerLeg{UUID: "u1"})
	if ev := col.kind(t, Failed); ev.UUID != "u1" || !strings.Contains(ev.Cause, ErrOffline.Error()) {
		t.Errorf("failed: %+v", ev)
	}
}
