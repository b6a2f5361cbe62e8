package esl

import (
	"bytes"
	"strconv"
	"time"
)

// field is one header value that an Event may need.
type field uint8

const (
	fName field = iota
	fSubclass
	fSeq
	fDate
	fUUID
	fOther
	fBridgeB
	fCall
	fRole
	fAuthUser
	fDirection
	fFrom
	fTo
	fContext
	fApp
	fAppID
	fResponse
	fDTMF
	fDigits
	fInvalid
	fCause
	fTermStatus
	fInviteStatus
	fPath
	fRecordMs
	fRecordSeconds
	fJob
	fRegUser
	fRegHost
	fExpUser
	fExpHost
	fContact
	fGateway
	fState
	fLength
	nFields
)

// span is a value's place in the decoder's arena; end 0 means absent.
type span struct{ start, end int }

// decoder turns the bytes of plain events into Events. It is used by one
// goroutine and keeps its scratch memory between events, so that an Event
// costs one allocation: the string that all its fields are cut from.
type decoder struct {
	node  string
	arena []byte
	spans [nFields]span
	body  []byte
}

// scan walks all headers of an event once and keeps the values that an Event
// may need, decoded, in the arena. A header's first occurrence counts.
func (d *decoder) scan(b []byte) {
	d.arena = append(d.arena[:0], 0) // so that no present value ends at 0
	d.spans = [nFields]span{}
	d.body = nil
	for len(b) > 0 {
		nl := bytes.IndexByte(b, '\n')
		line := b
		if nl >= 0 {
			line, b = b[:nl], b[nl+1:]
		} else {
			b = nil
		}
		if len(line) == 0 { // the event's own body follows
			d.body = b
			return
		}
		// Names are not escaped by the switch and may hold a colon; the
		// switch always writes colon and space, so that is where they end.
		colon := bytes.IndexByte(line, ':')
		for colon >= 0 && colon+1 < len(line) && line[colon+1] != ' ' {
			next := bytes.IndexByte(line[colon+1:], ':')
			if next < 0 {
				colon = -1
				break
			}
			colon += 1 + next
		}
		if colon <= 0 {
			continue
		}
		if f, ok := fieldOf(line[:colon]); ok && d.spans[f].end == 0 && colon+2 <= len(line) {
			d.keep(f, line[colon+2:])
		}
	}
}

func fieldOf(name []byte) (field, bool) {
	if name[0] == 'v' { // most headers are variables, few of them ours
		switch string(name) {
		case "variable_sd_call":
			return fCall, true
		case "variable_sd_role":
			return fRole, true
		case "variable_sip_auth_username":
			return fAuthUser, true
		case "variable_sd_digits":
			return fDigits, true
		case "variable_sd_digits_invalid":
			return fInvalid, true
		case "variable_sip_term_status":
			return fTermStatus, true
		case "variable_sip_invite_failure_status":
			return fInviteStatus, true
		case "variable_record_ms":
			return fRecordMs, true
		case "variable_record_seconds":
			return fRecordSeconds, true
		}
		return 0, false
	}
	switch string(name) {
	case "Event-Name":
		return fName, true
	case "Event-Subclass":
		return fSubclass, true
	case "Event-Sequence":
		return fSeq, true
	case "Event-Date-Timestamp":
		return fDate, true
	case "Unique-ID":
		return fUUID, true
	case "Other-Leg-Unique-ID":
		return fOther, true
	case "Bridge-B-Unique-ID":
		return fBridgeB, true
	case "Call-Direction":
		return fDirection, true
	case "Caller-Caller-ID-Number":
		return fFrom, true
	case "Caller-Destination-Number":
		return fTo, true
	case "Caller-Context":
		return fContext, true
	case "Application":
		return fApp, true
	case "Application-UUID":
		return fAppID, true
	case "Application-Response":
		return fResponse, true
	case "DTMF-Digit":
		return fDTMF, true
	case "Hangup-Cause":
		return fCause, true
	case "Record-File-Path":
		return fPath, true
	case "Job-UUID":
		return fJob, true
	case "from-user":
		return fRegUser, true
	case "from-host":
		return fRegHost, true
	case "user":
		return fExpUser, true
	case "host":
		return fExpHost, true
	case "contact":
		return fContact, true
	case "Gateway":
		return fGateway, true
	case "State":
		return fState, true
	case "Content-Length":
		return fLength, true
	}
	return 0, false
}

func (d *decoder) keep(f field, raw []byte) {
	if string(raw) == "_undef_" {
		return
	}
	start := len(d.arena)
	d.arena = appendUnescaped(d.arena, raw)
	d.spans[f] = span{start, len(d.arena)}
}

// appendUnescaped decodes %XX; anything else, a broken escape too, stays.
func appendUnescaped(dst, raw []byte) []byte {
	for {
		i := bytes.IndexByte(raw, '%')
		if i < 0 {
			return append(dst, raw...)
		}
		dst = append(dst, raw[:i]...)
		raw = raw[i:]
		if len(raw) >= 3 {
			hi, lo := unhex(raw[1]), unhex(raw[2])
			if hi >= 0 && lo >= 0 {
				dst = append(dst, byte(hi<<4|lo))
				raw = raw[3:]
				continue
			}
		}
		dst = append(dst, '%')
		raw = raw[1:]
	}
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

func (d *decoder) raw(f field) []byte {
	s := d.spans[f]
	return d.arena[s.start:s.end]
}

// decode fills ev from the body of a text/event-plain frame. It reports false
// for an event of no use here.
func (d *decoder) decode(b []byte, ev *Event) bool {
	d.scan(b)
	kind := d.kind()
	if kind == Unknown {
		return false
	}
	*ev = Event{Kind: kind, Node: d.node}
	d.fill(ev)
	if d.body != nil && kind == JobDone {
		ev.Body = string(d.trimBody())
	}
	return true
}

// fill sets all but Kind and Node; every string is a part of one.
func (d *decoder) fill(ev *Event) {
	all := string(d.arena)
	str := func(f field) string {
		s := d.spans[f]
		return all[s.start:s.end]
	}
	ev.Seq = number(d.raw(fSeq))
	if us := number(d.raw(fDate)); us > 0 {
		ev.At = time.UnixMicro(us).UTC()
	}
	ev.UUID, ev.Other = str(fUUID), str(fOther)
	ev.Call, ev.Role = str(fCall), str(fRole)
	ev.Inbound = string(d.raw(fDirection)) == "inbound"
	ev.From, ev.To, ev.Context, ev.AuthUser = str(fFrom), str(fTo), str(fContext), str(fAuthUser)
	switch ev.Kind {
	case Bridge, Unbridge:
		if b := str(fBridgeB); b != "" && b != ev.UUID {
			ev.Other = b
		}
	case ExecuteComplete:
		ev.App, ev.AppID, ev.Response = str(fApp), str(fAppID), str(fResponse)
		ev.Digits, ev.Invalid = str(fDigits), str(fInvalid)
	case DTMF:
		ev.Digits = str(fDTMF)
	case Progress:
		ev.Media = string(d.raw(fName)) == "CHANNEL_PROGRESS_MEDIA"
	case Hangup:
		ev.Cause = str(fCause)
		ev.SIPCode = int(number(d.raw(fTermStatus)))
		if ev.SIPCode == 0 {
			ev.SIPCode = int(number(d.raw(fInviteStatus)))
		}
	case RecordStart, RecordStop:
		ev.Path = str(fPath)
		if ms := number(d.raw(fRecordMs)); ms > 0 {
			ev.Seconds = float64(ms) / 1000
		} else if s, err := strconv.ParseFloat(str(fRecordSeconds), 64); err == nil {
			ev.Seconds = s
		}
	case JobDone:
		ev.Job = str(fJob)
	case Registered, Unregistered:
		ev.User, ev.Domain, ev.Contact = str(fRegUser), str(fRegHost), str(fContact)
		if ev.User == "" {
			ev.User, ev.Domain = str(fExpUser), str(fExpHost)
		}
	case Gateway:
		ev.Gateway, ev.State = str(fGateway), str(fState)
	}
}

func (d *decoder) kind() Kind {
	switch string(d.raw(fName)) {
	case "CHANNEL_PARK":
		return Park
	case "CHANNEL_CREATE":
		return Create
	case "CHANNEL_PROGRESS", "CHANNEL_PROGRESS_MEDIA":
		return Progress
	case "CHANNEL_ANSWER":
		return Answer
	case "CHANNEL_BRIDGE":
		return Bridge
	case "CHANNEL_UNBRIDGE":
		return Unbridge
	case "CHANNEL_EXECUTE_COMPLETE":
		return ExecuteComplete
	case "DTMF":
		return DTMF
	case "CHANNEL_HANGUP_COMPLETE":
		return Hangup
	case "RECORD_START":
		return RecordStart
	case "RECORD_STOP":
		return RecordStop
	case "HEARTBEAT":
		return Heartbeat
	case "BACKGROUND_JOB":
		return JobDone
	case "CUSTOM":
		switch string(d.raw(fSubclass)) {
		case "sofia::register":
			return Registered
		case "sofia::unregister", "sofia::expire":
			return Unregistered
		case "sofia::gateway_state":
			return Gateway
		case "conference::maintenance":
			return Conference
		}
	}
	return Unknown
}

// trimBody cuts the event's own body to its Content-Length.
func (d *decoder) trimBody() []byte {
	if n := number(d.raw(fLength)); n >= 0 && n < int64(len(d.body)) && d.spans[fLength].end > 0 {
		return d.body[:n]
	}
	return d.body
}

// dump decodes the answer to uuid_dump: an Event of Kind Dump whose Vars hold
// the channel's variables under their own names and every other header under
// the switch's name for it.
func (d *decoder) dump(b []byte) Event {
	d.scan(b)
	ev := Event{Kind: Dump, Node: d.node}
	d.fill(&ev)
	ev.Vars = make(map[string]string, 128)
	for len(b) > 0 {
		nl := bytes.IndexByte(b, '\n')
		line := b
		if nl >= 0 {
			line, b = b[:nl], b[nl+1:]
		} else {
			b = nil
		}
		if len(line) == 0 {
			break
		}
		name, value, ok := bytes.Cut(line, []byte(": "))
		if !ok {
			continue
		}
		text := string(value)
		if bytes.IndexByte(value, '%') >= 0 {
			text = string(appendUnescaped(nil, value))
		}
		if text == "_undef_" {
			text = ""
		}
		key := string(bytes.TrimPrefix(name, []byte("variable_")))
		if _, dup := ev.Vars[key]; !dup {
			ev.Vars[key] = text
		}
	}
	return ev
}

// number reads a decimal; 0 for anything else.
func number(b []byte) int64 {
	if len(b) == 0 || len(b) > 18 {
		return 0
	}
	var n int64
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0
		}
		n = n*10 + int64(c-'0')
	}
	return n
}
