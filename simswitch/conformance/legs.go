package conformance

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

func variables(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	want(t, "setvar", c.API("uuid_setvar %s sd_call 17", uuid), "+OK\n")
	want(t, "multi", c.API("uuid_setvar_multi %s sd_role=caller;sd_note=两 个 字", uuid), "+OK\n")
	want(t, "getvar", c.API("uuid_getvar %s sd_note", uuid), "两 个 字")
	want(t, "unset", c.API("uuid_getvar %s sd_nothing", uuid), "_undef_")
	want(t, "exists", c.API("uuid_exists %s", uuid), "true")
	c.Execute(uuid, "v-1", "set", "sd_later=a=b;c")
	e, _ := c.AwaitDone("v-1")
	want(t, "in later events", e.Get("variable_sd_call")+e.Get("variable_sd_role")+e.Get("variable_sd_note"), "17caller两 个 字")
	want(t, "set by an application", e.Get("variable_sd_later"), "a=b;c")
	c.API("uuid_setvar %s sd_later", uuid)
	want(t, "taken away", c.API("uuid_getvar %s sd_later", uuid), "_undef_")
}

func dump(t *testing.T, x Target) {
	c, uuid, _ := answered(t, x)
	c.API("uuid_setvar %s sd_call 17", uuid)
	plain := c.API("uuid_dump %s", uuid)
	if !strings.Contains(plain, "Event-Name: CHANNEL_DATA\n") || !strings.Contains(plain, "\nvariable_sd_call: 17\n") {
		t.Errorf("the dump is %.300s", plain)
	}
	var fields map[string]any
	if err := json.Unmarshal([]byte(c.API("uuid_dump %s json", uuid)), &fields); err != nil {
		t.Fatal(err)
	}
	if fields["variable_sd_call"] != "17" || fields["Unique-ID"] != uuid || fields["Answer-State"] != "answered" {
		t.Errorf("the JSON dump holds %v %v %v", fields["variable_sd_call"], fields["Unique-ID"], fields["Answer-State"])
	}
}

type rows struct {
	Count int                 `json:"row_count"`
	Rows  []map[string]string `json:"rows"`
}

func show(c *Client, what string) rows {
	c.t.Helper()
	var r rows
	if err := json.Unmarshal([]byte(c.API("show %s as json", what)), &r); err != nil {
		c.t.Fatalf("show %s: %v", what, err)
	}
	return r
}

// showWhen asks until the answer is right: the real switch keeps what it shows
// in a table that lags behind its events.
func showWhen(c *Client, what string, ok func(rows) bool) rows {
	c.t.Helper()
	until := time.Now().Add(patience)
	for {
		r := show(c, what)
		if ok(r) {
			return r
		}
		if time.Now().After(until) {
			c.t.Fatalf("show %s stays %v", what, r)
		}
		<-time.After(20 * time.Millisecond)
	}
}

const channelColumns = "uuid direction created created_epoch name state cid_name cid_num ip_addr dest application application_data dialplan " +
	"context read_codec read_rate read_bit_rate write_codec write_rate write_bit_rate secure hostname presence_id presence_data accountcode " +
	"callstate callee_name callee_num callee_direction call_uuid sent_callee_name sent_callee_num initial_cid_name initial_cid_num " +
	"initial_ip_addr initial_dest initial_dialplan initial_context"

func columns(row map[string]string) []string {
	var out []string
	for k := range row {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func showChannels(t *testing.T, x Target) {
	c, a, _ := answered(t, x)
	// It shows the application that began last, not the one that runs.
	r := showWhen(c, "channels", func(r rows) bool {
		return r.Count == 1 && r.Rows[0]["application"] == "answer" && r.Rows[0]["callstate"] == "ACTIVE"
	})
	wanted := strings.Fields(channelColumns)
	slices.Sort(wanted)
	wantOrder(t, columns(r.Rows[0]), wanted...)
	for k, v := range map[string]string{"uuid": a, "direction": "inbound", "state": "CS_EXECUTE", "callstate": "ACTIVE", "cid_num": "13800138000", "dest": "4001", "context": "public", "initial_dest": "4001"} {
		want(t, k, r.Rows[0][k], v)
	}
	b := talk(c, a, "")
	calls := showWhen(c, "bridged_calls", func(r rows) bool { return r.Count == 1 })
	if calls.Count != 1 || calls.Rows[0]["uuid"] != a || calls.Rows[0]["b_uuid"] != b || calls.Rows[0]["callstate"] != "ACTIVE" {
		t.Errorf("show calls gives %v", calls)
	}
	if n := len(calls.Rows[0]); n != 41 {
		t.Errorf("show calls has %d columns, want 41", n)
	}
	both := showWhen(c, "channels", func(r rows) bool {
		return r.Count == 2 && r.Rows[0]["application"] == r.Rows[1]["application"]
	})
	for _, row := range both.Rows {
		want(t, "application", row["application"], "uuid_bridge")
		want(t, "call_uuid", row["call_uuid"], a)
	}
	want(t, "count", strings.TrimSpace(c.API("show channels count")), "2 total.")
}

// talk has 8001 rung and joined to leg a; it gives the new leg.
func talk(c *Client, a, vars string) string {
	c.t.Helper()
	b := c.API("create_uuid")
	if vars != "" {
		vars = "," + vars
	}
	want2(c, "originate", c.API("originate {origination_uuid=%s,origination_caller_id_number=4001%s}sofia/gateway/far/8001 &park()", b, vars), "+OK "+b+"\n")
	c.AwaitLeg(b, "CHANNEL_PARK")
	want2(c, "bridge", c.API("uuid_bridge %s %s", a, b), "+OK "+b+"\n")
	c.AwaitLeg(a, "CHANNEL_BRIDGE")
	return b
}

func want2(c *Client, what, got, wanted string) {
	c.t.Helper()
	if got != wanted {
		c.t.Fatalf("%s is %q, want %q", what, got, wanted)
	}
}

const bridgeEvents = "CHANNEL_UNPARK CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE CHANNEL_BRIDGE CHANNEL_UNBRIDGE CHANNEL_PARK CHANNEL_HANGUP CHANNEL_HANGUP_COMPLETE"

func bridgeHangB(t *testing.T, x Target) {
	c, a, _ := answered(t, x)
	n := len(c.Seen)
	b := talk(c, a, "hangup_after_bridge=true")
	e := c.Seen[len(c.Seen)-1]
	for _, s := range c.Seen {
		if s.Name == "CHANNEL_BRIDGE" {
			e = s
			want(t, "A of the bridge", s.Get("Bridge-A-Unique-ID"), a)
			want(t, "B of the bridge", s.Get("Bridge-B-Unique-ID"), b)
			want(t, "the other leg", s.Get("Other-Leg-Unique-ID"), b)
		}
	}
	_ = e
	wantOrder(t, names(c.Seen[n:], a, bridgeEvents), "CHANNEL_UNPARK", "CHANNEL_EXECUTE_COMPLETE[park]", "CHANNEL_EXECUTE[uuid_bridge]", "CHANNEL_BRIDGE")
	n = len(c.Seen)
	want(t, "kill", c.API("uuid_kill %s USER_BUSY", b), "+OK\n")
	c.AwaitLeg(a, "CHANNEL_PARK")
	if got := names(c.Seen[n:], b, "CHANNEL_HANGUP_COMPLETE"); len(got) == 0 {
		c.AwaitLeg(b, "CHANNEL_HANGUP_COMPLETE")
	}
	if got := names(c.Seen[n:], a, "CHANNEL_UNBRIDGE CHANNEL_PARK"); !slices.Equal(got, []string{"CHANNEL_UNBRIDGE", "CHANNEL_PARK"}) {
		t.Errorf("the first leg saw %v", got)
	}
	for _, s := range c.Seen[n:] {
		if s.Name == "CHANNEL_HANGUP_COMPLETE" {
			want(t, "cause", s.Get("Hangup-Cause"), "USER_BUSY")
			want(t, "as a variable", s.Get("variable_hangup_cause"), "USER_BUSY")
		}
	}
}

func bridgeHangA(t *testing.T, x Target) {
	c, a, far := answered(t, x)
	b := talk(c, a, "hangup_after_bridge=true")
	n := len(c.Seen)
	far.Hangup()
	c.AwaitLeg(a, "CHANNEL_HANGUP_COMPLETE")
	if len(names(c.Seen[n:], b, "CHANNEL_HANGUP_COMPLETE")) == 0 {
		c.AwaitLeg(b, "CHANNEL_HANGUP_COMPLETE")
	}
	if got := names(c.Seen[n:], a, "CHANNEL_HANGUP CHANNEL_UNBRIDGE CHANNEL_HANGUP_COMPLETE"); !slices.Equal(got, []string{"CHANNEL_HANGUP", "CHANNEL_UNBRIDGE", "CHANNEL_HANGUP_COMPLETE"}) {
		t.Errorf("the first leg saw %v", got)
	}
	for _, s := range c.Seen[n:] {
		if s.Name == "CHANNEL_HANGUP_COMPLETE" {
			want(t, "cause", s.Get("Hangup-Cause"), "NORMAL_CLEARING")
		}
	}
}

// afterBridge: the caller comes back to the dialplan and is parked. The bridge
// uses up what sent it there; the extension sets it again for the next talk.
func afterBridge(t *testing.T, x Target) {
	c, a, _ := answered(t, x)
	for range 2 {
		want(t, "before", c.API("uuid_getvar %s transfer_after_bridge", a), "after:XML:switchdesk")
		n := len(c.Seen)
		b := talk(c, a, "hangup_after_bridge=true")
		c.API("uuid_kill %s", b)
		e, _ := c.AwaitLeg(a, "CHANNEL_PARK")
		want(t, "extension", e.Get("Caller-Destination-Number"), "after")
		want(t, "context", e.Get("Caller-Context"), "switchdesk")
		want(t, "still answered", e.Get("Answer-State"), "answered")
		if len(names(c.Seen[n:], b, "CHANNEL_DESTROY")) == 0 {
			c.AwaitLeg(b, "CHANNEL_DESTROY")
		}
		want(t, "after", c.API("uuid_getvar %s transfer_after_bridge", a), "after:XML:switchdesk")
	}
	c.API("uuid_setvar %s transfer_after_bridge", a)
	b := talk(c, a, "hangup_after_bridge=true")
	c.API("uuid_kill %s", b)
	e, _ := c.AwaitLeg(a, "CHANNEL_HANGUP_COMPLETE")
	want(t, "cause", e.Get("Hangup-Cause"), "NORMAL_CLEARING")
}

func parkAfterBridge(t *testing.T, x Target) {
	c, a, _ := answered(t, x)
	b := talk(c, a, "park_after_bridge=true")
	c.API("uuid_transfer %s park inline", a)
	n := len(c.Seen)
	c.AwaitLeg(b, "CHANNEL_PARK")
	if len(names(c.Seen, a, "CHANNEL_PARK")) < 2 {
		c.AwaitLeg(a, "CHANNEL_PARK")
	}
	if got := names(c.Seen[n:], b, "CHANNEL_HANGUP"); len(got) > 0 {
		t.Error("the second leg was hung up")
	}
}

func holdBoth(t *testing.T, x Target) {
	c, a, _ := answered(t, x)
	b := talk(c, a, "hangup_after_bridge=true")
	n := len(c.Seen)
	want(t, "transfer", c.API("uuid_transfer %s -both park inline", a), "+OK\n")
	for _, leg := range []string{a, b} {
		if len(names(c.Seen[n:], leg, "CHANNEL_PARK")) == 0 {
			c.AwaitLeg(leg, "CHANNEL_PARK")
		}
	}
	all := append(names(c.Seen[n:], a, "CHANNEL_UNBRIDGE CHANNEL_PARK CHANNEL_HANGUP"), names(c.Seen[n:], b, "CHANNEL_UNBRIDGE CHANNEL_PARK CHANNEL_HANGUP")...)
	wantOrder(t, all, "CHANNEL_UNBRIDGE", "CHANNEL_PARK", "CHANNEL_PARK")
	showWhen(c, "bridged_calls", func(r rows) bool { return r.Count == 0 })
	// Lone legs are "calls" as well, with nothing on the other side.
	showWhen(c, "calls", func(r rows) bool { return r.Count == 2 && r.Rows[0]["b_uuid"] == "" })
	want(t, "bridge", c.API("uuid_bridge %s %s", a, b), "+OK "+b+"\n")
	c.AwaitLeg(a, "CHANNEL_BRIDGE")
}

func bridgeEndsMusic(t *testing.T, x Target) {
	c, a, _ := answered(t, x)
	c.Execute(a, "m-2", "playback", forever)
	c.AwaitLeg(a, "PLAYBACK_START")
	n := len(c.Seen)
	talk(c, a, "")
	for _, e := range c.Seen[n:] {
		if e.Name == "CHANNEL_EXECUTE_COMPLETE" && e.Get("Application-UUID") == "m-2" {
			want(t, "response", e.Get("Application-Response"), "PLAYBACK ERROR")
			return
		}
	}
	t.Error("the music's end was not told before the bridge")
}

func originateAnswered(t *testing.T, x Target) {
	c := SignIn(t, x)
	c.Events(legEvents)
	t.Cleanup(func() { hangAll(t, x) })
	b := c.API("create_uuid")
	reply := c.Reply("bgapi originate {origination_uuid="+b+",sd_role=agent,origination_caller_id_number=123,originate_timeout=10}sofia/gateway/far/8001 &park()", "Job-UUID: job-7")
	want(t, "job", reply.head.Get("Job-Uuid"), "job-7")
	want(t, "reply", reply.head.Get("Reply-Text"), "+OK Job-UUID: job-7")
	e, before := c.AwaitLeg(b, "CHANNEL_PARK")
	wantOrder(t, names(before, b, "CHANNEL_CREATE CHANNEL_PROGRESS CHANNEL_ANSWER CHANNEL_EXECUTE"), "CHANNEL_CREATE", "CHANNEL_PROGRESS", "CHANNEL_ANSWER", "CHANNEL_EXECUTE[park]")
	want(t, "direction", e.Get("Call-Direction"), "outbound")
	want(t, "its variable", e.Get("variable_sd_role"), "agent")
	want(t, "callee", e.Get("Caller-Destination-Number"), "8001")
	for _, s := range c.Seen {
		if s.Name == "BACKGROUND_JOB" {
			want(t, "Job-UUID", s.Get("Job-UUID"), "job-7")
			want(t, "command", s.Get("Job-Command"), "originate")
			want(t, "its answer", s.Body, "+OK "+b+"\n")
			return
		}
	}
	t.Error("no BACKGROUND_JOB before CHANNEL_PARK")
}

func hangAll(t *testing.T, x Target) {
	t.Helper()
	c := Connect(t, x.Addr)
	c.Command("auth " + x.Password)
	c.API("hupall NORMAL_CLEARING")
	waitEmpty(t, c)
}

func originateFails(t *testing.T, x Target) {
	c := SignIn(t, x)
	c.Events("CHANNEL_HANGUP_COMPLETE")
	for _, try := range []struct{ target, answer, cause, sip string }{
		{"sofia/gateway/far/8002", "-ERR USER_BUSY\n", "USER_BUSY", "486"},
		{"sofia/gateway/far/8004", "-ERR UNALLOCATED_NUMBER\n", "UNALLOCATED_NUMBER", "404"},
		{"sofia/gateway/far/8005", "-ERR CALL_REJECTED\n", "CALL_REJECTED", "603"},
		{"sofia/gateway/nowhere/1", "-ERR INVALID_GATEWAY\n", "", ""},
		{"user/" + x.Absent, "-ERR USER_NOT_REGISTERED\n", "", ""},
		{"user/nobody@switchdesk", "-ERR SUBSCRIBER_ABSENT\n", "", ""},
		{"error/USER_BUSY", "-ERR USER_BUSY\n", "", ""},
	} {
		id := c.API("create_uuid")
		want(t, try.target, c.API("originate {origination_uuid=%s,sd_role=agent}%s &park()", id, try.target), try.answer)
		if try.cause == "" {
			continue
		}
		e, _ := c.AwaitLeg(id, "CHANNEL_HANGUP_COMPLETE")
		want(t, "cause", e.Get("Hangup-Cause"), try.cause)
		want(t, "SIP code", e.Get("variable_sip_term_status"), try.sip)
		want(t, "SIP code of the INVITE", e.Get("variable_sip_invite_failure_status"), try.sip)
	}
	waitEmpty(t, c)
}

func originateTimeout(t *testing.T, x Target) {
	c := SignIn(t, x)
	c.Events(legEvents)
	began := time.Now()
	b := c.API("create_uuid")
	want(t, "answer", c.API("originate {origination_uuid=%s,originate_timeout=2}sofia/gateway/far/8003 &park()", b), "-ERR NO_ANSWER\n")
	// The real switch counts whole seconds of the clock: up to one too few.
	if d := time.Since(began); d < 900*time.Millisecond || d > 5*time.Second {
		t.Errorf("a ring time of 2 s took %v", d)
	}
	if len(names(c.Seen, b, "CHANNEL_HANGUP_COMPLETE")) == 0 {
		c.AwaitLeg(b, "CHANNEL_HANGUP_COMPLETE")
	}
	wantOrder(t, names(c.Seen, b, "CHANNEL_CREATE CHANNEL_PROGRESS CHANNEL_ANSWER CHANNEL_HANGUP CHANNEL_HANGUP_COMPLETE"),
		"CHANNEL_CREATE", "CHANNEL_PROGRESS", "CHANNEL_HANGUP", "CHANNEL_HANGUP_COMPLETE")
	waitEmpty(t, c)
}

func originateCancelled(t *testing.T, x Target) {
	c := SignIn(t, x)
	c.Events(legEvents)
	b := c.API("create_uuid")
	c.Command("bgapi originate {origination_uuid="+b+"}sofia/gateway/far/8003 &park()", "Job-UUID: job-8")
	c.AwaitLeg(b, "CHANNEL_PROGRESS")
	want(t, "kill", c.API("uuid_kill %s ORIGINATOR_CANCEL", b), "+OK\n")
	n := len(c.Seen)
	e, _ := c.AwaitLeg(b, "CHANNEL_HANGUP_COMPLETE")
	want(t, "cause", e.Get("Hangup-Cause"), "ORIGINATOR_CANCEL")
	for _, s := range c.Seen[n:] {
		if s.Name == "BACKGROUND_JOB" {
			want(t, "its answer", s.Body, "-ERR ORIGINATOR_CANCEL\n")
			return
		}
	}
	job, _ := c.Await("its job", func(e Event) bool { return e.Name == "BACKGROUND_JOB" })
	want(t, "its answer", job.Body, "-ERR ORIGINATOR_CANCEL\n")
}

func originateUser(t *testing.T, x Target) {
	c := SignIn(t, x)
	c.Events(legEvents)
	t.Cleanup(func() { hangAll(t, x) })
	r := show(c, "registrations")
	if r.Count < 1 || r.Rows[0]["reg_user"]+"@"+r.Rows[0]["realm"] != x.User {
		t.Fatalf("registrations are %v", r)
	}
	wantOrder(t, columns(r.Rows[0]), strings.Fields("expires hostname metadata network_ip network_port network_proto realm reg_user token url")...)
	if got := c.API("sofia_contact %s", x.User); !strings.HasPrefix(got, "sofia/internal/sip:") {
		t.Errorf("sofia_contact gives %q", got)
	}
	want(t, "sofia_contact", c.API("sofia_contact %s", x.Absent), "error/user_not_registered")
	b := c.API("create_uuid")
	want(t, "originate", c.API("originate {origination_uuid=%s}user/%s &park()", b, x.User), "+OK "+b+"\n")
	e, _ := c.AwaitLeg(b, "CHANNEL_PARK")
	want(t, "dialled user", e.Get("variable_dialed_user")+"@"+e.Get("variable_dialed_domain"), x.User)
	want(t, "presence", e.Get("Channel-Presence-ID"), x.User)
}

func backgroundJob(t *testing.T, x Target) {
	c := SignIn(t, x)
	c.Events("BACKGROUND_JOB")
	first := c.Reply("bgapi version").head.Get("Job-Uuid")
	second := c.Reply("bgapi create_uuid").head.Get("Job-Uuid")
	if len(first) != 36 || first == second {
		t.Errorf("job ids are %q and %q", first, second)
	}
	got := map[string]string{}
	for range 2 {
		e, _ := c.Await("a job", func(e Event) bool { return e.Name == "BACKGROUND_JOB" })
		got[e.Get("Job-UUID")] = e.Body
	}
	if !strings.HasPrefix(got[first], "FreeSWITCH Version") || len(got[second]) != 36 {
		t.Errorf("jobs answered %q", got)
	}
}

// outStays: a leg that we called is hung up with its talk, unless it is told
// in the talk to wait for orders behind it.
func outStays(t *testing.T, x Target) {
	c := SignIn(t, x)
	c.Events(legEvents)
	t.Cleanup(func() { hangAll(t, x) })
	call := func() string {
		leg := c.API("create_uuid")
		c.API("originate {origination_uuid=%s,hangup_after_bridge=true}sofia/gateway/far/8001 &park()", leg)
		c.AwaitLeg(leg, "CHANNEL_PARK")
		return leg
	}
	customer, agent := call(), call()
	c.API("uuid_bridge %s %s", customer, agent)
	c.AwaitLeg(customer, "CHANNEL_BRIDGE")
	c.API("uuid_setvar_multi %s hangup_after_bridge=false;transfer_after_bridge=after:XML:switchdesk", customer)
	c.API("uuid_kill %s", agent)
	e, _ := c.AwaitLeg(customer, "CHANNEL_PARK")
	want(t, "extension", e.Get("Caller-Destination-Number"), "after")
	want(t, "context", e.Get("Caller-Context"), "switchdesk")
	want(t, "direction", e.Get("Call-Direction"), "outbound")
	other := call()
	c.API("uuid_bridge %s %s", customer, other)
	c.AwaitLeg(customer, "CHANNEL_BRIDGE")
	c.API("uuid_setvar_multi %s hangup_after_bridge=true;transfer_after_bridge=", customer)
	c.API("uuid_kill %s", other)
	c.AwaitLeg(customer, "CHANNEL_HANGUP_COMPLETE")
}
