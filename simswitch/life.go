package simswitch

import (
	"strconv"
	"time"
)

// Stats count what has happened on the switch since its start.
type Stats struct {
	Live      int // legs there are now
	Peak      int // most legs at once
	Legs      int64
	Inbound   int64
	Answered  int64
	Bridges   int64
	Bridged   int // legs in a bridge now
	Hangups   int64
	Causes    map[string]int64 // hang-ups by cause
	Events    int64            // told, whether or not anyone asked
	Delivered int64            // written to a client
	Commands  int64
	Refused   int64 // commands answered -ERR
	Recorded  int64 // recordings finished
	Fallbacks int64 // legs that ended in the fallback extension
	// Expansions counts application arguments that the real switch would have
	// expanded (${…}): text of a caller's that got through unescaped.
	Expansions int64
	Clients    int
	Dropped    int64 // clients cut off because they did not read
	Phones     int   // registered

	tasks int64
}

// Stats tells the counters.
func (e *Engine) Stats() Stats {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.snapshotStats()
}

func (e *Engine) snapshotStats() Stats {
	s := e.stats
	s.Live = len(e.channels)
	s.Clients = len(e.sinks)
	s.Causes = make(map[string]int64, len(e.stats.Causes))
	for k, v := range e.stats.Causes {
		s.Causes[k] = v
	}
	for _, p := range e.users {
		if p.registered {
			s.Phones++
		}
	}
	return s
}

// newChannel makes a leg in its first state; nothing is told yet.
func (e *Engine) newChannel(uuid string, inbound bool) *channel {
	if uuid == "" {
		uuid = e.newUUID()
	}
	e.session++
	now := e.Now()
	c := &channel{
		e: e, uuid: uuid, inbound: inbound, session: e.session,
		state: csNew, callState: "DOWN", answer: "ringing",
		created: now, profileCreated: now, profileIndex: 1, callUID: uuid,
	}
	e.channels[uuid] = c
	e.order = append(e.order, c)
	e.stats.Legs++
	if inbound {
		e.stats.Inbound++
	}
	e.stats.Peak = max(e.stats.Peak, len(e.channels))
	return c
}

func (c *channel) remember() {
	c.first.cidName, c.first.cidNum = c.cidName, c.cidNum
	c.first.dest, c.first.dialplan, c.first.context = c.dest, c.dialplan, c.context
}

// fixedVars renders the variables that a SIP leg has from its first moment.
func (c *channel) fixedVars(pairs ...string) {
	b := make([]byte, 0, 3600)
	for i := 0; i < len(pairs); i += 2 {
		b = append(b, "variable_"...)
		b = appendHeader(b, pairs[i], pairs[i+1])
	}
	port := strconv.Itoa(20000 + int(c.session%20000))
	b = append(b, mediaVars...)
	b = append(b, "variable_remote_media_port: "...)
	b = append(b, port...)
	b = append(b, "\nvariable_local_media_port: "...)
	b = append(b, port...)
	c.fixed = append(b, '\n')
}

const mediaVars = "variable_sofia_profile_name: internal\nvariable_recovery_profile_name: internal\n" +
	"variable_sofia_profile_url: sip%3Amod_sofia%40127.0.0.1%3A5060\nvariable_sip_local_network_addr: 127.0.0.1\n" +
	"variable_sip_network_ip: 127.0.0.1\nvariable_sip_network_port: 5061\nvariable_sip_received_ip: 127.0.0.1\n" +
	"variable_sip_received_port: 5061\nvariable_sip_via_protocol: udp\nvariable_sip_via_host: 127.0.0.1\n" +
	"variable_sip_via_port: 5061\nvariable_video_media_flow: disabled\nvariable_text_media_flow: disabled\n" +
	"variable_audio_media_flow: sendrecv\nvariable_remote_audio_media_flow: sendrecv\n" +
	"variable_remote_video_media_flow: inactive\nvariable_remote_text_media_flow: inactive\n" +
	"variable_switch_r_sdp: v%3D0%0D%0Ao%3Duser1%2053655765%202353687637%20IN%20IP4%20127.0.0.1%0D%0As%3D-%0D%0A" +
	"c%3DIN%20IP4%20127.0.0.1%0D%0At%3D0%200%0D%0Am%3Daudio%206004%20RTP/AVP%200%0D%0Aa%3Drtpmap%3A0%20PCMU/8000%0D%0A\n" +
	"variable_ep_codec_string: CORE_PCM_MODULE.PCMU%408000h%4020i%4064000b\nvariable_rtp_use_codec_string: PCMU\n" +
	"variable_rtp_audio_recv_pt: 0\nvariable_rtp_use_codec_name: PCMU\nvariable_rtp_use_codec_rate: 8000\n" +
	"variable_rtp_use_codec_ptime: 20\nvariable_rtp_use_codec_channels: 1\n" +
	"variable_rtp_last_audio_codec_string: PCMU%408000h%4020i%401c\nvariable_read_codec: PCMU\n" +
	"variable_original_read_codec: PCMU\nvariable_read_rate: 8000\nvariable_original_read_rate: 8000\n" +
	"variable_write_codec: PCMU\nvariable_write_rate: 8000\nvariable_dtmf_type: info\nvariable_max_forwards: 70\n" +
	"variable_remote_media_ip: 127.0.0.1\nvariable_local_media_ip: 127.0.0.1\nvariable_advertised_media_ip: 127.0.0.1\n" +
	"variable_rtp_use_timer_name: soft\nvariable_rtp_use_pt: 0\nvariable_rtp_use_ssrc: 1191511550\n"

func (c *channel) setState(s string) {
	c.state = s
	c.emit(evState, "", nil)
}

func (c *channel) setCallState(s string) {
	if c.callState == s {
		return
	}
	old := c.callState
	c.callState = s
	c.emit(evCallState, "", func(b []byte) []byte {
		b = appendHeader(b, "Original-Channel-Call-State", old)
		return appendHeader(b, "Channel-Call-State-Number", callStateNumbers[s])
	})
}

var callStateNumbers = map[string]string{
	"DOWN": "0", "DIALING": "1", "RINGING": "2", "EARLY": "3", "ACTIVE": "4", "HELD": "5",
	"RING_WAIT": "6", "HANGUP": "7", "UNHELD": "8",
}

// answerLeg is the leg answering, by us or by its far end.
func (c *channel) answerLeg() {
	if c.answer == "answered" || c.gone {
		return
	}
	c.answer = "answered"
	c.answeredAt = c.e.Now()
	c.e.stats.Answered++
	c.set("endpoint_disposition", "ANSWER")
	c.changed()
	c.emit(evAnswer, "", nil)
	c.setCallState("ACTIVE")
	if a := c.joins; a != nil {
		c.joins = nil
		c.e.later(func() {
			if !a.gone && !c.gone {
				c.e.bridge(a, c)
			}
		})
	}
}

// earlyMedia is the leg hearing sound before it is answered.
func (c *channel) earlyMedia() {
	if c.answer != "ringing" {
		return
	}
	c.answer = "early"
	c.mediaAt = c.e.Now()
	c.set("endpoint_disposition", "EARLY MEDIA")
	c.changed()
	c.emit(evProgressMedia, "", nil)
	c.setCallState("EARLY")
}

// hangup ends the leg, for good and once.
func (c *channel) hangup(cause string) {
	if c.hangupCause != "" {
		return
	}
	e := c.e
	c.hangupCause = cause
	c.answer = "hangup"
	c.hangupAt = e.Now()
	c.changed()
	c.emit(evHangup, "", nil)
	for _, t := range c.tasks {
		e.stop(t.timer)
	}
	c.tasks = nil
	c.unwind()
	c.leaveRoom()
	for len(c.records) > 0 {
		c.stopRecord(c.records[0])
	}
	c.setState(csHangup)
	c.setCallState("HANGUP")
	peer := c.unbridge()
	c.setState(csReporting)
	c.lastVars(cause)
	c.emit(evHangupComplete, "", nil)
	e.stats.Hangups++
	if e.stats.Causes == nil {
		e.stats.Causes = map[string]int64{}
	}
	e.stats.Causes[cause]++
	if peer != nil {
		peer.afterBridge()
	}
	if a := c.joins; a != nil {
		c.joins = nil
		e.later(func() { a.hangup("ORIGINATOR_CANCEL") })
	}
	c.remove(true)
}

// remove takes the leg out of the switch; told says whether anyone hears of it.
func (c *channel) remove(told bool) {
	e := c.e
	c.gone = true
	if told {
		c.emit(evDestroy, "", nil)
		c.setState(csDestroy)
	}
	delete(e.channels, c.uuid)
	e.holes++
	if e.holes > 256 && e.holes > len(e.order)/2 {
		live := e.order[:0]
		for _, o := range e.order {
			if !o.gone {
				live = append(live, o)
			}
		}
		clear(e.order[len(live):])
		e.order, e.holes = live, 0
	}
}

func (c *channel) lastVars(cause string) {
	now := c.e.Now()
	c.set("hangup_cause", cause)
	c.set("hangup_cause_q850", strconv.Itoa(q850[cause]))
	c.set("digits_dialed", "none")
	for _, s := range []struct {
		name string
		at   time.Time
	}{{"start", c.created}, {"profile_start", c.profileCreated}, {"answer", c.answeredAt}, {"bridge", c.bridgedAt}, {"progress", c.progressAt}, {"progress_media", c.mediaAt}, {"end", now}} {
		if !s.at.IsZero() {
			c.set(s.name+"_stamp", s.at.Format("2006-01-02 15:04:05"))
			c.set(s.name+"_epoch", strconv.FormatInt(s.at.Unix(), 10))
			c.set(s.name+"_uepoch", strconv.FormatInt(s.at.UnixMicro(), 10))
		} else {
			c.set(s.name+"_epoch", "0")
			c.set(s.name+"_uepoch", "0")
		}
	}
	span := func(name string, d time.Duration) {
		c.set(name+"sec", strconv.Itoa(int(d.Seconds())))
		c.set(name+"msec", strconv.FormatInt(d.Milliseconds(), 10))
		c.set(name+"usec", strconv.FormatInt(d.Microseconds(), 10))
	}
	total := now.Sub(c.created)
	c.set("duration", strconv.Itoa(int(total.Seconds())))
	c.set("mduration", strconv.FormatInt(total.Milliseconds(), 10))
	c.set("uduration", strconv.FormatInt(total.Microseconds(), 10))
	var billed, waited time.Duration
	if !c.answeredAt.IsZero() {
		billed = now.Sub(c.answeredAt)
		waited = c.answeredAt.Sub(c.created)
	}
	span("bill", billed)
	span("flow_bill", billed)
	span("answer", waited)
	if c.sipCode != 0 {
		code := strconv.Itoa(c.sipCode)
		c.set("sip_invite_failure_status", code)
		c.set("sip_term_status", code)
		c.set("proto_specific_hangup_cause", "sip:"+code)
		c.set("sip_term_cause", strconv.Itoa(q850[cause]))
		c.set("sip_hangup_disposition", "recv_refuse")
		return
	}
	c.set("sip_hangup_disposition", "send_bye")
}

// q850 are the hang-up causes that the switch knows, with their numbers.
var q850 = map[string]int{
	"NONE": 0, "UNALLOCATED_NUMBER": 1, "NO_ROUTE_TRANSIT_NET": 2, "NO_ROUTE_DESTINATION": 3,
	"CHANNEL_UNACCEPTABLE": 6, "CALL_AWARDED_DELIVERED": 7, "NORMAL_CLEARING": 16, "USER_BUSY": 17,
	"NO_USER_RESPONSE": 18, "NO_ANSWER": 19, "SUBSCRIBER_ABSENT": 20, "CALL_REJECTED": 21,
	"NUMBER_CHANGED": 22, "REDIRECTION_TO_NEW_DESTINATION": 23, "EXCHANGE_ROUTING_ERROR": 25,
	"DESTINATION_OUT_OF_ORDER": 27, "INVALID_NUMBER_FORMAT": 28, "FACILITY_REJECTED": 29,
	"NORMAL_UNSPECIFIED": 31, "NORMAL_CIRCUIT_CONGESTION": 34, "NETWORK_OUT_OF_ORDER": 38,
	"NORMAL_TEMPORARY_FAILURE": 41, "SWITCH_CONGESTION": 42, "REQUESTED_CHAN_UNAVAIL": 44,
	"OUTGOING_CALL_BARRED": 52, "INCOMING_CALL_BARRED": 54, "BEARERCAPABILITY_NOTAVAIL": 58,
	"INCOMPATIBLE_DESTINATION": 88, "RECOVERY_ON_TIMER_EXPIRE": 102, "PROTOCOL_ERROR": 111,
	"INTERWORKING": 127, "SUCCESS": 142, "ORIGINATOR_CANCEL": 487, "CRASH": 500, "SYSTEM_SHUTDOWN": 501,
	"LOSE_RACE": 502, "MANAGER_REQUEST": 503, "BLIND_TRANSFER": 600, "ATTENDED_TRANSFER": 601,
	"ALLOTTED_TIMEOUT": 602, "USER_CHALLENGE": 603, "MEDIA_TIMEOUT": 604, "PICKED_OFF": 605,
	"USER_NOT_REGISTERED": 606, "PROGRESS_TIMEOUT": 607, "INVALID_GATEWAY": 608, "GATEWAY_DOWN": 609,
	"INVALID_URL": 610, "INVALID_PROFILE": 611, "NO_PICKUP": 612, "SRTP_READ_ERROR": 613,
}
