package simswitch

import (
	"strconv"
	"strings"
	"time"
)

// legCommands are the uuid_ commands, with the words that the real switch
// answers, wrong as some of them look.
var legCommands map[string]func(e *Engine, arg string) string

func init() {
	legCommands = map[string]func(e *Engine, arg string) string{
		"uuid_answer":       uuidAnswer,
		"uuid_pre_answer":   uuidAnswer,
		"uuid_bridge":       uuidBridge,
		"uuid_park":         func(e *Engine, arg string) string { return uuidTransfer(e, arg+" park inline") },
		"uuid_transfer":     uuidTransfer,
		"uuid_kill":         uuidKill,
		"uuid_break":        uuidBreak,
		"uuid_setvar":       uuidSetvar,
		"uuid_setvar_multi": uuidSetvarMulti,
		"uuid_getvar":       uuidGetvar,
		"uuid_exists":       func(e *Engine, arg string) string { return strconv.FormatBool(e.channels[arg] != nil) },
		"uuid_dump":         uuidDump,
		"uuid_record":       uuidRecord,
		"uuid_hold":         uuidHold,
		"uuid_send_dtmf":    uuidSendDTMF,
		"uuid_recv_dtmf":    uuidRecvDTMF,
		"uuid_phone_event":  uuidPhoneEvent,
		"uuid_broadcast":    uuidBroadcast,
		"uuid_displace":     uuidPlain,
		"uuid_audio":        uuidPlain,
		"uuid_media":        uuidPlain,
		"uuid_flush_dtmf":   uuidPlain,
		"uuid_display":      uuidPlain,
		"uuid_debug_media":  uuidPlain,
		"uuid_buglist":      uuidPlain,
		"uuid_send_info":    uuidPlain,
		"uuid_ring_ready":   uuidRingReady,
		"uuid_early_ok":     uuidPlain,
		"uuid_media_reneg":  uuidPlain,
		"uuid_fileman":      uuidPlain,
		"uuid_jitterbuffer": uuidPlain,
		"uuid_loglevel":     uuidPlain,
	}
}

// leg takes the UUID off the front of a command's argument.
func (e *Engine) leg(arg string) (*channel, string) {
	uuid, rest := cut(arg)
	return e.channels[uuid], rest
}

func uuidPlain(e *Engine, arg string) string {
	if c, _ := e.leg(arg); c == nil {
		return noChannel
	}
	return "+OK Success\n"
}

func uuidRingReady(e *Engine, arg string) string {
	c, _ := e.leg(arg)
	if c == nil {
		return noChannel
	}
	c.emit(evProgress, "", nil)
	return "+OK\n"
}

func uuidAnswer(e *Engine, arg string) string {
	c, _ := e.leg(arg)
	if c == nil {
		return "-ERROR\n" // so says the real one
	}
	c.answerLeg()
	return "+OK\n"
}

func uuidBridge(e *Engine, arg string) string {
	a, rest := e.leg(arg)
	b, _ := e.leg(rest)
	if a == nil || b == nil {
		return "-ERR Invalid uuid\n"
	}
	if a == b {
		return "+OK " + b.uuid + "\n"
	}
	if !e.join(a, b) {
		return "-ERR Invalid uuid\n"
	}
	return "+OK " + b.uuid + "\n"
}

func uuidTransfer(e *Engine, arg string) string {
	c, rest := e.leg(arg)
	ext, more := cut(rest)
	if ext == "" {
		return "-USAGE: <uuid> [-bleg|-both] <dest-exten> [<dialplan>] [<context>]\n"
	}
	if c == nil {
		return noChannel
	}
	flag := ""
	if strings.HasPrefix(ext, "-") {
		flag = ext
		ext, more = cut(more)
	}
	plan, context := cut(more)
	switch flag {
	case "":
		c.transfer(ext, plan, context)
	case "-both":
		c.transferBoth(ext, plan, context)
	case "-bleg":
		if c.peer == nil {
			return "-ERR No such channel!\n"
		}
		c.peer.transfer(ext, plan, context)
	default:
		return "-ERR\n"
	}
	return "+OK\n"
}

func uuidKill(e *Engine, arg string) string {
	c, cause := e.leg(arg)
	if c == nil {
		return noChannel
	}
	if _, ok := q850[cause]; !ok {
		cause = "NORMAL_CLEARING"
	}
	c.hangup(cause)
	return "+OK\n"
}

func uuidBreak(e *Engine, arg string) string {
	c, flags := e.leg(arg)
	if c == nil {
		return noChannel
	}
	all := strings.Contains(flags, "all")
	c.breakApp(all)
	if strings.Contains(flags, "both") && c.peer != nil {
		c.peer.breakApp(all)
	}
	return "+OK\n"
}

func uuidSetvar(e *Engine, arg string) string {
	c, rest := e.leg(arg)
	name, value := cut(rest)
	if name == "" {
		return "-USAGE: <uuid> <var> [value]\n"
	}
	if c == nil {
		return noChannel
	}
	c.set(name, value)
	return "+OK\n"
}

func uuidSetvarMulti(e *Engine, arg string) string {
	const usage = "-USAGE: <uuid> <var>=<value>;<var>=<value>...\n"
	c, rest := e.leg(arg)
	if rest == "" {
		return usage
	}
	if c == nil {
		return noChannel + usage
	}
	for _, pair := range strings.Split(rest, ";") {
		if name, value, ok := strings.Cut(pair, "="); ok && name != "" {
			c.set(strings.TrimSpace(name), value)
		}
	}
	return "+OK\n"
}

func uuidGetvar(e *Engine, arg string) string {
	c, name := e.leg(arg)
	if c == nil {
		return noChannel
	}
	if v, ok := c.get(strings.TrimSpace(name)); ok && v != "" {
		return v
	}
	return "_undef_"
}

func uuidDump(e *Engine, arg string) string {
	if arg == "" {
		return "-USAGE: <uuid> [format]\n"
	}
	c, format := e.leg(arg)
	if c == nil {
		return noChannel
	}
	e.seq++
	b := e.appendBasics(nil, evChannelData, "", e.Now())
	b = c.appendVars(c.appendOther(c.appendCaller(c.appendState(b))))
	if format == "json" {
		return string(toJSON(append(b, '\n')))
	}
	return string(b) + "\n\n"
}

func uuidRecord(e *Engine, arg string) string {
	c, rest := e.leg(arg)
	verb, path := cut(rest)
	if verb == "" {
		return "-USAGE: <uuid> [start|stop|mask|unmask] <path> [<limit>] [<recording_vars>]\n"
	}
	if c == nil {
		return noSession
	}
	path, more := cut(path)
	switch verb {
	case "start":
		limit, _ := cut(more)
		seconds, _ := strconv.Atoi(limit)
		c.startRecord(path, time.Duration(seconds)*time.Second)
		return "+OK Success\n"
	case "stop":
		if !c.stopRecordPath(path) {
			return "-ERR Cannot stop record session!\n"
		}
		return "+OK Success\n"
	case "mask", "unmask":
		for _, r := range c.records {
			if r.path == path {
				r.masked = verb == "mask"
				return "+OK Success\n"
			}
		}
		return "-ERR Cannot " + verb + " recording session!\n"
	}
	return "-USAGE: <uuid> [start|stop|mask|unmask] <path> [<limit>] [<recording_vars>]\n"
}

func uuidHold(e *Engine, arg string) string {
	first, rest := cut(arg)
	on := true
	switch first {
	case "off":
		on, arg = false, rest
	case "toggle":
		arg = rest
		if c, _ := e.leg(rest); c != nil {
			on = c.callState != "HELD"
		}
	}
	if c, _ := e.leg(arg); c != nil {
		c.hold(on)
	}
	return "+OK Success\n" // for a dead leg as well, as the real one says
}

func uuidSendDTMF(e *Engine, arg string) string {
	c, digits := e.leg(arg)
	if c == nil {
		return noSession
	}
	return "+OK " + c.uuid + " sent DTMF " + digits + ".\n"
}

func uuidRecvDTMF(e *Engine, arg string) string {
	c, digits := e.leg(arg)
	if c == nil {
		return noSession
	}
	digits, _, _ = strings.Cut(digits, "@")
	for i := 0; i < len(digits); i++ {
		c.key(digits[i], "APP")
	}
	return "+OK " + c.uuid + " received DTMF " + digits + ".\n"
}

// uuidPhoneEvent asks the phone itself: a ringing one that is told to talk
// answers.
func uuidPhoneEvent(e *Engine, arg string) string {
	c, event := e.leg(arg)
	if c == nil {
		return "-ERR Operation failed\n"
	}
	if event == "talk" {
		e.later(func() { c.pickUp() })
	}
	return "+OK Success\n"
}

func uuidBroadcast(e *Engine, arg string) string {
	c, rest := e.leg(arg)
	path, _ := cut(rest)
	if path == "" {
		return "-USAGE: <uuid> <path> [aleg|bleg|holdb|both]\n"
	}
	if c == nil {
		return noChannel
	}
	app, data, ok := strings.Cut(path, "::")
	if !ok {
		app, data = "playback", path
	}
	c.order(&frame{app: app, arg: data, loops: 1})
	return "+OK Message sent\n"
}
