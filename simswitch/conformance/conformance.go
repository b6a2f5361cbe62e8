package conformance

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Target is a switch under test.
type Target struct {
	Addr, Password string
	Dir            string // where both sides can write
	// Ring has a caller ring the number; the caller answers nothing, presses
	// nothing and stays.
	Ring func(t *testing.T, from, to string) Far
	// The trunk "far" leads to people: 8001 picks up at once, 8002 is busy,
	// 8003 lets it ring, 8004 does not exist, 8005 refuses.
	//
	// User is a registered phone that picks up; Absent is one that the
	// directory knows and that is not registered.
	User, Absent string
}

// Far is the far end of a leg.
type Far interface {
	Hangup()
}

const tone = "tone_stream://%(400,0,440)"

// legEvents are those that the cases look at.
const legEvents = "CHANNEL_CREATE CHANNEL_PROGRESS CHANNEL_ANSWER CHANNEL_PARK CHANNEL_UNPARK CHANNEL_BRIDGE CHANNEL_UNBRIDGE " +
	"CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE CHANNEL_HANGUP CHANNEL_HANGUP_COMPLETE CHANNEL_DESTROY CHANNEL_STATE CHANNEL_CALLSTATE " +
	"CHANNEL_HOLD CHANNEL_UNHOLD DTMF PLAYBACK_START PLAYBACK_STOP RECORD_START RECORD_STOP BACKGROUND_JOB " +
	"CUSTOM conference::maintenance sofia::register"

// Run holds a switch to every case.
func Run(t *testing.T, target Target) {
	cases := []struct {
		name string
		run  func(t *testing.T, x Target)
	}{
		{"signing in", signingIn}, {"wrong password", wrongPassword}, {"unknown commands", unknownCommands},
		{"leaving", leaving}, {"an inbound call parks", inboundParks}, {"headers of a parked call", parkHeaders},
		{"answering", answering}, {"playback ends", playbackEnds}, {"several files", severalFiles},
		{"a missing file", missingFile}, {"playbacks in turn", inTurn}, {"playbacks nested", nested},
		{"music for ever and a break", music}, {"keys over music", keysOverMusic}, {"an outbound leg that stays", outStays}, {"break one of two", breakOne}, {"break while idle", breakIdle},
		{"endless_playback outlives a break", endlessBreak}, {"a loop tells each round", loopRounds},
		{"a key", aKey}, {"keys until a terminator", manyKeys}, {"no key", noKey}, {"a wrong key", wrongKey},
		{"too few keys", tooFewKeys}, {"a break does not end a question", breakQuestion},
		{"variables", variables}, {"a dump", dump}, {"show channels", showChannels}, {"bridge and hang-up of the second leg", bridgeHangB},
		{"hang-up of the first leg", bridgeHangA}, {"after a bridge", afterBridge}, {"park after a bridge", parkAfterBridge},
		{"both parked and joined again", holdBoth}, {"bridge ends music", bridgeEndsMusic}, {"recording", recording},
		{"originate answered", originateAnswered}, {"originate fails", originateFails}, {"originate times out", originateTimeout},
		{"originate cancelled", originateCancelled}, {"originate to a phone", originateUser}, {"background job", backgroundJob},
		{"scheduled transfer", scheduled}, {"schedule taken back", unscheduled}, {"hang-up causes", hangupCauses},
		{"a dead leg", deadLeg}, {"transfer to the fallback", fallback}, {"hold", holdLeg}, {"a bridge of an unanswered caller", bridgeUnanswered}, {"a bridge after early media", bridgeEarly}, {"a message is recorded", recordApp}, {"conference", conference},
		{"the caller hangs up", callerHangsUp}, {"nothing left", nothingLeft},
	}
	for _, c := range cases {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) { c.run(t, target) })
	}
}

// call gives a client and a parked inbound call.
func call(t *testing.T, x Target) (*Client, string, Far) {
	t.Helper()
	c := SignIn(t, x)
	c.Events(legEvents)
	far := x.Ring(t, "13800138000", "4001")
	e, _ := c.Await("the call parks", func(e Event) bool { return e.Name == "CHANNEL_PARK" && e.Get("Call-Direction") == "inbound" })
	uuid := e.Get("Unique-ID")
	t.Cleanup(func() {
		c := Connect(t, x.Addr)
		c.Command("auth " + x.Password)
		c.API("hupall NORMAL_CLEARING")
		waitEmpty(t, c)
	})
	return c, uuid, far
}

// answered is call with the leg answered.
func answered(t *testing.T, x Target) (*Client, string, Far) {
	t.Helper()
	c, uuid, far := call(t, x)
	c.Execute(uuid, "answer-1", "answer", "")
	c.AwaitDone("answer-1")
	return c, uuid, far
}

func waitEmpty(t *testing.T, c *Client) {
	t.Helper()
	until := time.Now().Add(patience)
	for time.Now().Before(until) {
		if strings.Contains(c.API("show channels as json"), `"row_count": 0}`) {
			return
		}
		time.Sleep(30 * time.Millisecond) // asked again: the real switch takes its time to let go of legs
	}
	t.Fatalf("legs are left behind: %s", c.API("show channels"))
}

func want(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %q, want %q", what, got, want)
	}
}

func wantOrder(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("order is\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func signingIn(t *testing.T, x Target) {
	c := Connect(t, x.Addr)
	want(t, "before signing in", c.Command("event plain ALL"), "-ERR command not found")
	want(t, "auth", c.Command("auth "+x.Password), "+OK accepted")
	want(t, "status", c.API("status")[:3], "UP ")
	// Clients nudge the switch with bare newlines.
	if _, err := c.conn.Write([]byte("\n\n\n")); err != nil {
		t.Fatal(err)
	}
	want(t, "after newlines", c.API("version")[:10], "FreeSWITCH")
}

func wrongPassword(t *testing.T, x Target) {
	c := Connect(t, x.Addr)
	want(t, "auth", c.Command("auth nonsense"), "-ERR invalid")
	want(t, "then", c.frame(patience).head.Get("Content-Type"), "text/disconnect-notice")
	if _, err := c.read(patience); err == nil {
		t.Error("the socket stayed open")
	}
}

func leaving(t *testing.T, x Target) {
	c := SignIn(t, x)
	want(t, "exit", c.Command("exit"), "+OK bye")
	want(t, "then", c.frame(patience).head.Get("Content-Type"), "text/disconnect-notice")
	if _, err := c.read(patience); err == nil {
		t.Error("the socket stayed open")
	}
}

func unknownCommands(t *testing.T, x Target) {
	c := SignIn(t, x)
	want(t, "a verb", c.Command("nonsense"), "-ERR command not found")
	want(t, "api", c.API("nonsense 1 2"), "-ERR nonsense Command not found!\n")
	want(t, "bare api", c.Command("api"), "-ERR command not found")
	want(t, "no events named", c.Command("event plain NONSENSE"), "-ERR no keywords supplied")
	want(t, "linger", c.Command("linger"), "-ERR not controlling a session")
	want(t, "sendmsg", c.Command("sendmsg nobody", "call-command: hangup"), "-ERR invalid session id [nobody]")
	want(t, "filter", c.Command("filter Unique-ID x"), "+OK filter added. [Unique-ID]=[x]")
	want(t, "noevents", c.Command("noevents"), "-ERR not listening for events")
	want(t, "event", c.Command("event plain HEARTBEAT"), "+OK event listener enabled plain")
	want(t, "noevents", c.Command("noevents"), "+OK no longer listening for events")
	want(t, "a variable", c.API("global_getvar nosuchthing"), "-ERR no reply\n")
	if id := c.API("create_uuid"); len(id) != 36 {
		t.Errorf("create_uuid gave %q", id)
	}
	want(t, "sched_del", c.API("sched_del nonsense"), "+OK Deleted: 0\n")
	want(t, "conference list", c.API("conference list"), "+OK No active conferences.\n")
}

func inboundParks(t *testing.T, x Target) {
	c, uuid, _ := call(t, x)
	got := names(c.Seen, uuid, "CHANNEL_CREATE CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE CHANNEL_PARK CHANNEL_CALLSTATE CHANNEL_ANSWER")
	order := []string{"CHANNEL_CREATE", "CHANNEL_CALLSTATE"}
	for _, app := range strings.Fields("set set set set set set sched_transfer") {
		order = append(order, "CHANNEL_EXECUTE["+app+"]", "CHANNEL_EXECUTE_COMPLETE["+app+"]")
	}
	wantOrder(t, got, append(order, "CHANNEL_EXECUTE[park]", "CHANNEL_PARK")...)
}

// sipHeaders are told of every event of a SIP leg with its variables.
var sipHeaders = strings.Fields("Core-UUID FreeSWITCH-Hostname FreeSWITCH-Switchname Event-Date-Local Event-Date-GMT Event-Date-Timestamp " +
	"Event-Calling-File Event-Calling-Function Event-Calling-Line-Number Event-Sequence Channel-State Channel-Call-State Channel-State-Number " +
	"Channel-Name Unique-ID Call-Direction Presence-Call-Direction Channel-HIT-Dialplan Channel-Call-UUID Answer-State Channel-Read-Codec-Name " +
	"Caller-Direction Caller-Logical-Direction Caller-Username Caller-Dialplan Caller-Caller-ID-Name Caller-Caller-ID-Number " +
	"Caller-Orig-Caller-ID-Number Caller-Network-Addr Caller-ANI Caller-Destination-Number Caller-Unique-ID Caller-Source Caller-Context " +
	"Caller-Channel-Name Caller-Profile-Index Caller-Profile-Created-Time Caller-Channel-Created-Time Caller-Channel-Answered-Time " +
	"Caller-Channel-Hangup-Time Caller-Channel-Bridged-Time Caller-Channel-Hold-Accum Caller-Screen-Bit variable_direction variable_uuid " +
	"variable_session_id variable_sip_from_user variable_channel_name variable_sip_call_id variable_sip_req_user variable_sip_to_user " +
	"variable_sip_full_from variable_read_codec variable_endpoint_disposition variable_call_uuid variable_transfer_after_bridge")

func parkHeaders(t *testing.T, x Target) {
	c, uuid, _ := call(t, x)
	e := c.Seen[len(c.Seen)-1]
	for _, h := range sipHeaders {
		if e.Get(h) == "" {
			t.Errorf("header %s is not there", h)
		}
	}
	if len(e.Headers) < 85 {
		t.Errorf("%d headers, a real one has about 130", len(e.Headers))
	}
	want(t, "state", e.Get("Channel-State"), "CS_EXECUTE")
	want(t, "call state", e.Get("Channel-Call-State"), "RINGING")
	want(t, "answer state", e.Get("Answer-State"), "ringing")
	want(t, "from", e.Get("Caller-Caller-ID-Number"), "13800138000")
	want(t, "to", e.Get("Caller-Destination-Number"), "4001")
	want(t, "context", e.Get("Caller-Context"), "public")
	want(t, "after a bridge", e.Get("variable_transfer_after_bridge"), "after:XML:switchdesk")
	want(t, "its own id", e.Get("variable_uuid"), uuid)
}

func answering(t *testing.T, x Target) {
	c, uuid, _ := call(t, x)
	c.Execute(uuid, "a-1", "answer", "")
	done, before := c.AwaitDone("a-1")
	wantOrder(t, names(before, uuid, "CHANNEL_EXECUTE CHANNEL_ANSWER CHANNEL_CALLSTATE"), "CHANNEL_EXECUTE[answer]", "CHANNEL_ANSWER", "CHANNEL_CALLSTATE")
	want(t, "answer state", done.Get("Answer-State"), "answered")
	want(t, "call state", done.Get("Channel-Call-State"), "ACTIVE")
	want(t, "response", done.Get("Application-Response"), "_none_")
	if done.Get("Caller-Channel-Answered-Time") == "0" {
		t.Error("no time of answer")
	}
}

func nothingLeft(t *testing.T, x Target) {
	c := SignIn(t, x)
	waitEmpty(t, c)
	want(t, "calls", c.API("show calls as json"), "{\"row_count\": 0}\n")
	if leftovers, _ := filepath.Glob(filepath.Join(x.Dir, "*.tmp")); len(leftovers) > 0 {
		t.Errorf("files are left: %v", leftovers)
	}
}

func fileSize(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
