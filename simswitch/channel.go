package simswitch

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// The states of a channel, as the switch numbers them.
const (
	csNew          = "CS_NEW"
	csInit         = "CS_INIT"
	csRouting      = "CS_ROUTING"
	csSoftExecute  = "CS_SOFT_EXECUTE"
	csExecute      = "CS_EXECUTE"
	csExchange     = "CS_EXCHANGE_MEDIA"
	csConsumeMedia = "CS_CONSUME_MEDIA"
	csHibernate    = "CS_HIBERNATE"
	csReset        = "CS_RESET"
	csHangup       = "CS_HANGUP"
	csReporting    = "CS_REPORTING"
	csDestroy      = "CS_DESTROY"
)

var stateNumbers = map[string]string{
	csNew: "0", csInit: "1", csRouting: "2", csSoftExecute: "3", csExecute: "4", csExchange: "5",
	"CS_PARK": "6", csConsumeMedia: "7", csHibernate: "8", csReset: "9", csHangup: "10",
	csReporting: "11", csDestroy: "12",
}

type variable struct{ name, value string }

// channel is one leg. All its fields belong to the Engine's lock.
type channel struct {
	e       *Engine
	uuid    string
	name    string
	inbound bool
	session int64

	state, callState, answer string
	dialplan, context, dest  string
	cidName, cidNum          string
	calleeName, calleeNum    string
	ani, username, source    string
	presence                 string
	transferSource           string
	profileIndex             int
	first                    struct{ cidName, cidNum, dest, dialplan, context string }

	created, profileCreated, answeredAt, progressAt    time.Time
	mediaAt, bridgedAt, hangupAt, heldAt, transferedAt time.Time
	hangupCause                                        string
	sipCode                                            int

	peer    *channel // bridged to
	other   *channel // whose Other-Leg headers are told
	asA     bool     // first leg of the bridge
	joins   *channel // to be bridged to when it is answered
	callUID string

	fixed   []byte // variables that rarely change, as they go out
	vars    []variable
	varText []byte // vars, as they go out; nil after a change
	caller  []byte // Caller-* headers; nil after a change
	stack   []*frame
	lastApp string // as show channels tells it: not what runs, but what began last
	lastArg string
	queue   []*frame
	plan    []action
	tasks   []*task // scheduled transfers
	records []*recording
	script  party // whoever is at the far end
	room    *room
	member  int
	gone    bool
}

// party is the far end of a leg: a caller's script or a phone's.
type party interface {
	// told hears of every event of its leg, before the clients do.
	told(c *channel, k kind, app string)
}

func (c *channel) get(name string) (string, bool) {
	for i := range c.vars {
		if c.vars[i].name == name {
			return c.vars[i].value, true
		}
	}
	if v, ok := c.fixedValue(name); ok {
		return v, true
	}
	switch name {
	case "uuid":
		return c.uuid, true
	case "channel_name":
		return c.name, true
	case "state", "answer_state":
		return c.answer, true
	case "destination_number":
		return c.dest, true
	case "caller_id_number":
		return c.cidNum, true
	case "caller_id_name":
		return c.cidName, true
	}
	return "", false
}

func (c *channel) is(name string) bool {
	v, _ := c.get(name)
	return v == "true" || v == "yes" || v == "1" || v == "on" || v == "t"
}

func (c *channel) fixedLine(name string) (from, to int) {
	line := "variable_" + name + ": "
	at := 0
	if !bytes.HasPrefix(c.fixed, []byte(line)) {
		i := bytes.Index(c.fixed, []byte("\n"+line))
		if i < 0 {
			return 0, 0
		}
		at = i + 1
	}
	end := bytes.IndexByte(c.fixed[at:], '\n')
	return at, at + end + 1
}

func (c *channel) fixedValue(name string) (string, bool) {
	from, to := c.fixedLine(name)
	if to == 0 {
		return "", false
	}
	return unescape(string(c.fixed[from+len("variable_")+len(name)+2 : to-1])), true
}

// set gives a variable a value; an empty value takes it away, as on the real
// switch.
func (c *channel) set(name, value string) {
	c.varText = nil
	if from, to := c.fixedLine(name); to > 0 {
		c.fixed = append(c.fixed[:from:from], c.fixed[to:]...)
	}
	for i := range c.vars {
		if c.vars[i].name != name {
			continue
		}
		if value == "" {
			c.vars = append(c.vars[:i], c.vars[i+1:]...)
			return
		}
		c.vars[i].value = value
		return
	}
	if value != "" {
		c.vars = append(c.vars, variable{name, value})
	}
}

func (c *channel) appendVars(b []byte) []byte {
	b = append(b, c.fixed...)
	if c.varText == nil {
		for _, v := range c.vars {
			c.varText = append(c.varText, "variable_"...)
			c.varText = appendHeader(c.varText, v.name, v.value)
		}
	}
	return append(b, c.varText...)
}

func (c *channel) appendState(b []byte) []byte {
	b = append(b, "Channel-State: "...)
	b = append(b, c.state...)
	b = append(b, "\nChannel-Call-State: "...)
	b = append(b, c.callState...)
	b = append(b, "\nChannel-State-Number: "...)
	b = append(b, stateNumbers[c.state]...)
	b = append(b, '\n')
	b = appendHeader(b, "Channel-Name", c.name)
	b = appendHeader(b, "Unique-ID", c.uuid)
	dir := "outbound\nPresence-Call-Direction: outbound\nChannel-HIT-Dialplan: false\n"
	if c.inbound {
		dir = "inbound\nPresence-Call-Direction: inbound\nChannel-HIT-Dialplan: true\n"
	}
	b = append(b, "Call-Direction: "...)
	b = append(b, dir...)
	if c.presence != "" {
		b = appendHeader(b, "Channel-Presence-ID", c.presence)
	}
	b = appendHeader(b, "Channel-Call-UUID", c.callUID)
	b = append(b, "Answer-State: "...)
	b = append(b, c.answer...)
	b = append(b, '\n')
	if c.hangupCause != "" {
		b = appendHeader(b, "Hangup-Cause", c.hangupCause)
	}
	return append(b, codecHeaders...)
}

const codecHeaders = "Channel-Read-Codec-Name: PCMU\nChannel-Read-Codec-Rate: 8000\n" +
	"Channel-Read-Codec-Bit-Rate: 64000\nChannel-Write-Codec-Name: PCMU\n" +
	"Channel-Write-Codec-Rate: 8000\nChannel-Write-Codec-Bit-Rate: 64000\n"

// changed forgets the ready-made Caller headers.
func (c *channel) changed() { c.caller = nil }

func (c *channel) appendCaller(b []byte) []byte {
	if c.caller == nil {
		c.caller = c.profile(make([]byte, 0, 1800), "Caller-")
	}
	return append(b, c.caller...)
}

// profile writes who calls whom; the same headers go out as Other-Leg-* with
// the leg at the other end.
func (c *channel) profile(b []byte, p string) []byte {
	dir := "outbound"
	if c.inbound {
		dir = "inbound"
	}
	put := func(name, value string) {
		if value != "" {
			b = append(b, p...)
			b = appendHeader(b, name, value)
		}
	}
	put("Direction", dir)
	put("Logical-Direction", dir)
	put("Username", c.username)
	put("Dialplan", c.dialplan)
	put("Caller-ID-Name", c.cidName)
	put("Caller-ID-Number", c.cidNum)
	put("Orig-Caller-ID-Name", c.first.cidName)
	put("Orig-Caller-ID-Number", c.first.cidNum)
	put("Callee-ID-Name", c.calleeName)
	put("Callee-ID-Number", c.calleeNum)
	put("Network-Addr", "127.0.0.1")
	put("ANI", c.ani)
	put("Destination-Number", c.dest)
	put("Unique-ID", c.uuid)
	put("Source", c.source)
	put("Transfer-Source", c.transferSource)
	put("Context", c.context)
	put("Channel-Name", c.name)
	if p == "Caller-" {
		put("Profile-Index", strconv.Itoa(c.profileIndex))
	}
	put("Profile-Created-Time", micros(c.profileCreated))
	put("Channel-Created-Time", micros(c.created))
	put("Channel-Answered-Time", micros(c.answeredAt))
	put("Channel-Progress-Time", micros(c.progressAt))
	put("Channel-Progress-Media-Time", micros(c.mediaAt))
	put("Channel-Hangup-Time", micros(c.hangupAt))
	put("Channel-Transfer-Time", micros(c.transferedAt))
	put("Channel-Resurrect-Time", "0")
	put("Channel-Bridged-Time", micros(c.bridgedAt))
	put("Channel-Last-Hold", micros(c.heldAt))
	put("Channel-Hold-Accum", "0")
	put("Screen-Bit", "true")
	put("Privacy-Hide-Name", "false")
	put("Privacy-Hide-Number", "false")
	return b
}

func (c *channel) appendOther(b []byte) []byte {
	if c.other == nil {
		return b
	}
	kind := "Other-Type: originator\n"
	if c.asA {
		kind = "Other-Type: originatee\n"
	}
	b = append(b, kind...)
	return c.other.profile(b, "Other-Leg-")
}

func micros(t time.Time) string {
	if t.IsZero() {
		return "0"
	}
	return strconv.FormatInt(t.UnixMicro(), 10)
}

// unescape turns what appendEscaped made back into text.
func unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
