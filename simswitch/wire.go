package simswitch

import (
	"strconv"
	"time"
)

// kind is an event type that a client can ask for.
type kind uint8

const (
	evCreate kind = iota
	evOutgoing
	evOriginate
	evProgress
	evProgressMedia
	evAnswer
	evPark
	evUnpark
	evBridge
	evUnbridge
	evExecute
	evExecuteComplete
	evHangup
	evHangupComplete
	evDestroy
	evState
	evCallState
	evHold
	evUnhold
	evDTMF
	evPlaybackStart
	evPlaybackStop
	evRecordStart
	evRecordStop
	evBackgroundJob
	evHeartbeat
	evCustom
	evPrivateCommand
	evCallUpdate
	evCodec
	evChannelData
	kindCount
)

var kindNames = [kindCount]string{
	"CHANNEL_CREATE", "CHANNEL_OUTGOING", "CHANNEL_ORIGINATE", "CHANNEL_PROGRESS",
	"CHANNEL_PROGRESS_MEDIA", "CHANNEL_ANSWER", "CHANNEL_PARK", "CHANNEL_UNPARK",
	"CHANNEL_BRIDGE", "CHANNEL_UNBRIDGE", "CHANNEL_EXECUTE", "CHANNEL_EXECUTE_COMPLETE",
	"CHANNEL_HANGUP", "CHANNEL_HANGUP_COMPLETE", "CHANNEL_DESTROY", "CHANNEL_STATE",
	"CHANNEL_CALLSTATE", "CHANNEL_HOLD", "CHANNEL_UNHOLD", "DTMF", "PLAYBACK_START",
	"PLAYBACK_STOP", "RECORD_START", "RECORD_STOP", "BACKGROUND_JOB", "HEARTBEAT",
	"CUSTOM", "PRIVATE_COMMAND", "CALL_UPDATE", "CODEC", "CHANNEL_DATA",
}

// knownElsewhere are names that the real switch takes and the simulated one
// never tells.
var knownElsewhere = map[string]bool{
	"API": true, "LOG": true, "RELOADXML": true, "SHUTDOWN": true, "STARTUP": true, "TRAP": true,
	"PRESENCE_IN": true, "PRESENCE_OUT": true, "MESSAGE": true, "NOTIFY": true, "TALK": true,
	"NOTALK": true, "ADD_SCHEDULE": true, "DEL_SCHEDULE": true, "EXE_SCHEDULE": true,
	"RE_SCHEDULE": true, "MODULE_LOAD": true, "MODULE_UNLOAD": true, "MEDIA_BUG_START": true,
	"MEDIA_BUG_STOP": true, "CHANNEL_APPLICATION": true, "CHANNEL_UUID": true, "CALL_DETAIL": true,
	"CONFERENCE_DATA": true, "SESSION_HEARTBEAT": true, "MESSAGE_QUERY": true, "GENERAL": true,
	"DETECTED_TONE": true, "DETECTED_SPEECH": true, "COMMAND": true, "NAT": true, "FAILURE": true,
}

type kindSet uint64

func (s kindSet) has(k kind) bool { return s&(1<<k) != 0 }

const allKinds = kindSet(1)<<kindCount - 1

func kindOf(name string) (kind, bool) {
	for i, n := range kindNames {
		if n == name {
			return kind(i), true
		}
	}
	return 0, false
}

// stampCache keeps the date headers, which are the same for a whole second.
type stampCache struct {
	second int64
	text   []byte
}

func (e *Engine) commonHeaders() []byte {
	b := []byte("Core-UUID: " + e.core + "\nFreeSWITCH-Hostname: ")
	b = appendEscaped(b, e.opt.Hostname)
	b = append(b, "\nFreeSWITCH-Switchname: "...)
	b = appendEscaped(b, e.opt.Hostname)
	return append(b, "\nFreeSWITCH-IPv4: 127.0.0.1\nFreeSWITCH-IPv6: %3A%3A1\n"...)
}

// appendBasics writes the headers that every event begins with.
func (e *Engine) appendBasics(b []byte, k kind, subclass string, now time.Time) []byte {
	if subclass != "" {
		b = append(b, "Event-Subclass: "...)
		b = appendEscaped(b, subclass)
		b = append(b, '\n')
	}
	b = append(b, "Event-Name: "...)
	b = append(b, kindNames[k]...)
	b = append(b, '\n')
	b = append(b, e.prefix...)
	if s := now.Unix(); s != e.stamp.second {
		e.stamp.second = s
		t := append(e.stamp.text[:0], "Event-Date-Local: "...)
		t = appendEscaped(t, now.Format("2006-01-02 15:04:05"))
		t = append(t, "\nEvent-Date-GMT: "...)
		t = appendEscaped(t, now.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"))
		e.stamp.text = append(t, "\nEvent-Date-Timestamp: "...)
	}
	b = append(b, e.stamp.text...)
	b = strconv.AppendInt(b, now.UnixMicro(), 10)
	b = append(b, callers[k]...)
	b = strconv.AppendInt(b, e.seq, 10)
	return append(b, '\n')
}

// callers are the Event-Calling-* headers per kind, up to the sequence number.
var callers = func() (out [kindCount]string) {
	places := map[kind]string{
		evCreate: "switch_core_state_machine.c switch_core_session_run 626", evPark: "switch_ivr.c switch_ivr_park 1002",
		evUnpark: "switch_ivr.c switch_ivr_park 1147", evExecute: "switch_core_session.c switch_core_session_exec 2935",
		evExecuteComplete: "switch_core_session.c switch_core_session_exec 2972",
		evBridge:          "switch_ivr_bridge.c switch_ivr_multi_threaded_bridge 1730", evHeartbeat: "switch_core.c send_heartbeat 95",
		evBackgroundJob: "mod_event_socket.c api_exec 1569", evHold: "switch_ivr.c switch_ivr_hold 1558",
		evChannelData: "mod_commands.c uuid_dump_function 6495",
	}
	for k := range out {
		p, ok := places[kind(k)]
		if !ok {
			p = "switch_channel.c switch_channel_perform 1"
		}
		file, rest := cut(p)
		fn, line := cut(rest)
		out[k] = "\nEvent-Calling-File: " + file + "\nEvent-Calling-Function: " + fn +
			"\nEvent-Calling-Line-Number: " + line + "\nEvent-Sequence: "
	}
	return out
}()

// unescaped marks the bytes that FreeSWITCH leaves alone in a value.
var unescaped = func() (t [256]bool) {
	for c := byte(0x21); c < 0x7f; c++ {
		t[c] = true
	}
	for _, c := range []byte("#%&+:;<=>?@[\\]^`{|}\"") {
		t[c] = false
	}
	return t
}()

const upperHex = "0123456789ABCDEF"

// appendEscaped URL-encodes a value as the switch does: what looks encoded
// already is left alone, so a value that held "%41" cannot be told from "A".
func appendEscaped(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if unescaped[c] || c == '%' && i+2 < len(s) && isUpperHex(s[i+1]) && isUpperHex(s[i+2]) {
			b = append(b, c)
			continue
		}
		b = append(b, '%', upperHex[c>>4], upperHex[c&15])
	}
	return b
}

func isUpperHex(c byte) bool { return c >= '0' && c <= '9' || c >= 'A' && c <= 'F' }

func appendHeader(b []byte, name, value string) []byte {
	b = append(b, name...)
	b = append(b, ": "...)
	b = appendEscaped(b, value)
	return append(b, '\n')
}

// cut splits at the first run of spaces.
func cut(s string) (first, rest string) {
	for i := 0; i < len(s); i++ {
		if s[i] == ' ' {
			j := i
			for j < len(s) && s[j] == ' ' {
				j++
			}
			return s[:i], s[j:]
		}
	}
	return s, ""
}
