package conformance

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func scheduled(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	want(t, "no such leg", c.API("sched_transfer +1 nobody fallback XML switchdesk"), "-ERR No such channel!\n")
	c.API("sched_del %s", uuid)
	began := time.Now()
	want(t, "schedule", c.API("sched_transfer +1 %s fallback XML switchdesk", uuid), "+OK\n")
	e, _ := c.AwaitLeg(uuid, "CHANNEL_HANGUP_COMPLETE")
	want(t, "cause", e.Get("Hangup-Cause"), "NORMAL_TEMPORARY_FAILURE")
	want(t, "where it ended", e.Get("Caller-Destination-Number"), "fallback")
	if d := time.Since(began); d > 6*time.Second {
		t.Errorf("it took %v", d)
	}
}

func unscheduled(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	// The dialplan's own is one, this is the second.
	c.API("sched_transfer +1 %s fallback XML switchdesk", uuid)
	want(t, "taken back", c.API("sched_del %s", uuid), "+OK Deleted: 2\n")
	want(t, "again", c.API("sched_del %s", uuid), "+OK Deleted: 0\n")
	c.Execute(uuid, "s-1", "playback", "tone_stream://%(1700,0,440)")
	done, _ := c.AwaitDone("s-1")
	want(t, "response", done.Get("Application-Response"), "FILE PLAYED")
}

func hangupCauses(t *testing.T, x Target) {
	for _, how := range []struct{ name, cause string }{
		{"uuid_kill", "NORMAL_CLEARING"}, {"uuid_kill CALL_REJECTED", "CALL_REJECTED"},
		{"app NO_USER_RESPONSE", "NO_USER_RESPONSE"}, {"msg SUBSCRIBER_ABSENT", "SUBSCRIBER_ABSENT"},
	} {
		t.Run(strings.ReplaceAll(how.name, " ", "_"), func(t *testing.T) {
			c, uuid, _ := answered(t, x)
			verb, cause, _ := strings.Cut(how.name, " ")
			switch verb {
			case "uuid_kill":
				want(t, "kill", c.API("%s", strings.TrimSpace("uuid_kill "+uuid+" "+cause)), "+OK\n")
			case "app":
				c.Execute(uuid, "h-1", "hangup", cause)
			case "msg":
				want(t, "sendmsg", c.Command("sendmsg "+uuid, "call-command: hangup", "hangup-cause: "+cause), "+OK")
			}
			e, before := c.AwaitLeg(uuid, "CHANNEL_HANGUP_COMPLETE")
			want(t, "cause", e.Get("Hangup-Cause"), how.cause)
			want(t, "variable", e.Get("variable_hangup_cause"), how.cause)
			want(t, "answer state", e.Get("Answer-State"), "hangup")
			want(t, "call state", e.Get("Channel-Call-State"), "HANGUP")
			if len(names(before, uuid, "CHANNEL_HANGUP")) != 1 {
				t.Error("not exactly one CHANNEL_HANGUP before it")
			}
			for _, v := range []string{"variable_duration", "variable_billsec", "variable_start_epoch", "variable_answer_epoch", "variable_end_epoch", "variable_hangup_cause_q850"} {
				if e.Get(v) == "" {
					t.Errorf("%s is not there", v)
				}
			}
			c.AwaitLeg(uuid, "CHANNEL_DESTROY")
		})
	}
}

func deadLeg(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	c.API("uuid_kill %s", uuid)
	c.AwaitLeg(uuid, "CHANNEL_DESTROY")
	waitEmpty(t, c)
	const none = "-ERR No such channel!\n"
	for _, try := range [][2]string{
		{"uuid_kill %s", none}, {"uuid_bridge %s %s", "-ERR Invalid uuid\n"}, {"uuid_setvar %s a b", none},
		{"uuid_record %s start /tmp/x.wav", "-ERR Cannot locate session!\n"}, {"uuid_break %s all", none},
		{"uuid_transfer %s park inline", none}, {"uuid_transfer %s -both park inline", none}, {"uuid_dump %s", none},
		{"uuid_getvar %s a", none}, {"uuid_exists %s", "false"}, {"sched_transfer +5 %s fallback XML switchdesk", none},
		{"uuid_phone_event %s talk", "-ERR Operation failed\n"}, {"uuid_answer %s", "-ERROR\n"}, {"uuid_park %s", none},
		{"uuid_send_dtmf %s 1", "-ERR Cannot locate session!\n"}, {"uuid_hold %s", "+OK Success\n"}, {"sched_del %s", "+OK Deleted: 0\n"},
	} {
		want(t, try[0], c.API("%s", strings.ReplaceAll(try[0], "%s", uuid)), try[1])
	}
	if got := c.API("uuid_setvar_multi %s a=b", uuid); !strings.HasPrefix(got, "-ERR No such channel!") {
		t.Errorf("uuid_setvar_multi: %q", got)
	}
	want(t, "sendmsg", c.Command("sendmsg "+uuid, "call-command: execute", "execute-app-name: answer"), "-ERR invalid session id ["+uuid+"]")
}

func fallback(t *testing.T, x Target) {
	c, uuid, _ := call(t, x)
	want(t, "transfer", c.API("uuid_transfer %s fallback XML switchdesk", uuid), "+OK\n")
	e, before := c.AwaitLeg(uuid, "CHANNEL_HANGUP_COMPLETE")
	want(t, "cause", e.Get("Hangup-Cause"), "NORMAL_TEMPORARY_FAILURE")
	want(t, "told as a variable", e.Get("variable_sd_fallback"), "true")
	got := names(before, uuid, "CHANNEL_EXECUTE CHANNEL_ANSWER")
	wantOrder(t, got, "CHANNEL_EXECUTE[set]", "CHANNEL_EXECUTE[unset]", "CHANNEL_EXECUTE[answer]", "CHANNEL_ANSWER", "CHANNEL_EXECUTE[sleep]",
		"CHANNEL_EXECUTE[playback]", "CHANNEL_EXECUTE[hangup]")
}

func holdLeg(t *testing.T, x Target) {
	c, a, _ := answered(t, x)
	b := talk(c, a, "")
	want(t, "hold", c.API("uuid_hold %s", b), "+OK Success\n")
	e, _ := c.AwaitLeg(b, "CHANNEL_HOLD")
	want(t, "call state", e.Get("Channel-Call-State"), "HELD")
	want(t, "unhold", c.API("uuid_hold off %s", b), "+OK Success\n")
	c.AwaitLeg(b, "CHANNEL_UNHOLD")
}

func conference(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	c.Execute(uuid, "c-1", "conference", "room1@default")
	e, _ := c.Await("the caller joins", func(e Event) bool { return e.Get("Action") == "add-member" })
	want(t, "room", e.Get("Conference-Name"), "room1")
	want(t, "leg", e.Get("Unique-ID"), uuid)
	want(t, "size", e.Get("Conference-Size"), "1")
	if list := c.API("conference room1 list"); !strings.Contains(list, uuid) {
		t.Errorf("the list is %q", list)
	}
	want(t, "no such room", c.API("conference nowhere list"), "-ERR Conference nowhere not found\n")
	want(t, "kick", c.API("conference room1 kick all"), "+OK kicked 1\n")
	c.AwaitDone("c-1")
	for _, e := range c.Seen {
		if e.Get("Action") == "del-member" {
			return
		}
	}
	t.Error("no del-member")
}

func callerHangsUp(t *testing.T, x Target) {
	c, uuid, far := call(t, x)
	c.Execute(uuid, "g-1", "playback", forever)
	c.AwaitLeg(uuid, "PLAYBACK_START")
	far.Hangup()
	e, before := c.AwaitLeg(uuid, "CHANNEL_HANGUP_COMPLETE")
	if cause := e.Get("Hangup-Cause"); cause != "ORIGINATOR_CANCEL" {
		t.Errorf("an unanswered caller who hangs up leaves %q", cause)
	}
	for _, s := range before {
		if s.Name == "CHANNEL_EXECUTE_COMPLETE" && s.Get("Application-UUID") == "g-1" {
			return
		}
	}
	t.Error("the playback's end was not told")
}

// bridgeUnanswered: a caller must have been answered, or at least have heard
// something, before a bridge. Otherwise the real switch ends both legs.
func bridgeUnanswered(t *testing.T, x Target) {
	c, a, _ := call(t, x)
	b := c.API("create_uuid")
	c.API("originate {origination_uuid=%s}sofia/gateway/far/8001 &park()", b)
	c.AwaitLeg(b, "CHANNEL_PARK")
	c.API("uuid_bridge %s %s", a, b)
	causes := map[string]string{}
	for len(causes) < 2 {
		e, _ := c.Await("both hang up", func(e Event) bool { return e.Name == "CHANNEL_HANGUP_COMPLETE" })
		causes[e.Get("Unique-ID")] = e.Get("Hangup-Cause")
	}
	want(t, "cause of the unanswered one", causes[a], "DESTINATION_OUT_OF_ORDER")
	want(t, "cause of the other", causes[b], "ORIGINATOR_CANCEL")
}

// bridgeEarly: early media is enough for a bridge.
func bridgeEarly(t *testing.T, x Target) {
	c, a, _ := call(t, x)
	c.Execute(a, "early-1", "pre_answer", "")
	c.AwaitDone("early-1")
	b := c.API("create_uuid")
	c.API("originate {origination_uuid=%s}sofia/gateway/far/8001 &park()", b)
	c.AwaitLeg(b, "CHANNEL_PARK")
	n := len(c.Seen)
	want(t, "bridge", c.API("uuid_bridge %s %s", a, b), "+OK "+b+"\n")
	c.AwaitLeg(a, "CHANNEL_BRIDGE")
	if len(names(c.Seen[n:], a, "CHANNEL_ANSWER")) == 0 {
		c.AwaitLeg(a, "CHANNEL_ANSWER")
	}
}

func recordApp(t *testing.T, x Target) {
	c, a, _ := answered(t, x)
	path := filepath.Join(x.Dir, "message.wav")
	c.Execute(a, "rec-1", "record", path+" 1")
	e, before := c.AwaitDone("rec-1")
	wantOrder(t, names(before, a, "RECORD_START RECORD_STOP"), "RECORD_START", "RECORD_STOP")
	if e.Get("variable_record_ms") == "" {
		t.Error("no length")
	}
	c.Execute(a, "rec-2", "record", path+" 60")
	c.AwaitLeg(a, "RECORD_START")
	c.API("uuid_break %s all", a)
	_, before = c.AwaitDone("rec-2")
	wantOrder(t, names(before, a, "RECORD_START RECORD_STOP"), "RECORD_STOP")
}
