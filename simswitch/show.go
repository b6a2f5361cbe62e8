package simswitch

import (
	"sort"
	"strconv"
	"strings"
	"time"
)

// modules are the loaded ones that anybody may ask about.
var modules = []string{
	"mod_commands", "mod_conference", "mod_console", "mod_curl", "mod_db", "mod_dialplan_xml", "mod_dptools",
	"mod_event_socket", "mod_expr", "mod_hash", "mod_local_stream", "mod_logfile", "mod_loopback", "mod_native_file",
	"mod_opus", "mod_rtc", "mod_say_en", "mod_say_zh", "mod_sndfile", "mod_sofia", "mod_spandsp", "mod_tone_stream", "mod_xml_curl",
}

func hasModule(name string) bool {
	for _, m := range modules {
		if m == name {
			return true
		}
	}
	return false
}

type field struct {
	name string
	of   func(c *channel) string
}

var channelFields = []field{
	{"uuid", func(c *channel) string { return c.uuid }},
	{"direction", func(c *channel) string { return direction(c) }},
	{"created", func(c *channel) string { return c.created.Format("2006-01-02 15:04:05") }},
	{"created_epoch", func(c *channel) string { return strconv.FormatInt(c.created.Unix(), 10) }},
	{"name", func(c *channel) string { return c.name }},
	{"state", func(c *channel) string { return c.state }},
	{"cid_name", func(c *channel) string { return c.cidName }},
	{"cid_num", func(c *channel) string { return c.cidNum }},
	{"ip_addr", func(*channel) string { return "127.0.0.1" }},
	{"dest", func(c *channel) string { return c.dest }},
	{"application", func(c *channel) string { return c.lastApp }},
	{"application_data", func(c *channel) string { return c.lastArg }},
	{"dialplan", func(c *channel) string { return c.dialplan }},
	{"context", func(c *channel) string { return c.context }},
	{"read_codec", func(*channel) string { return "PCMU" }},
	{"read_rate", func(*channel) string { return "8000" }},
	{"read_bit_rate", func(*channel) string { return "64000" }},
	{"write_codec", func(*channel) string { return "PCMU" }},
	{"write_rate", func(*channel) string { return "8000" }},
	{"write_bit_rate", func(*channel) string { return "64000" }},
	{"secure", empty},
	{"hostname", func(c *channel) string { return c.e.opt.Hostname }},
	{"presence_id", func(c *channel) string { return c.presence }},
	{"presence_data", empty},
	{"accountcode", empty},
	{"callstate", func(c *channel) string { return c.callState }},
	{"callee_name", func(c *channel) string { return c.calleeName }},
	{"callee_num", func(c *channel) string { return c.calleeNum }},
	{"callee_direction", empty},
	{"call_uuid", callUUID},
	{"sent_callee_name", empty},
	{"sent_callee_num", empty},
	{"initial_cid_name", func(c *channel) string { return c.first.cidName }},
	{"initial_cid_num", func(c *channel) string { return c.first.cidNum }},
	{"initial_ip_addr", func(*channel) string { return "127.0.0.1" }},
	{"initial_dest", func(c *channel) string { return c.first.dest }},
	{"initial_dialplan", func(c *channel) string { return c.first.dialplan }},
	{"initial_context", func(c *channel) string { return c.first.context }},
}

// callFields are those of each side of a bridge in "show calls".
var callFields = func() (out []field) {
	want := "uuid direction created created_epoch name state cid_name cid_num ip_addr dest presence_id presence_data accountcode " +
		"callstate callee_name callee_num callee_direction call_uuid hostname sent_callee_name sent_callee_num"
	for _, n := range strings.Fields(want) {
		for _, f := range channelFields {
			if f.name == n {
				out = append(out, f)
			}
		}
	}
	return out
}()

func empty(*channel) string { return "" }

func callUUID(c *channel) string {
	if c.peer == nil && c.callUID == c.uuid {
		return ""
	}
	return c.callUID
}

func direction(c *channel) string {
	if c.inbound {
		return "inbound"
	}
	return "outbound"
}

// show is the show command: channels, calls, registrations, modules, as JSON,
// as a comma list, or as a count.
func (e *Engine) show(arg string) string {
	p := strings.Fields(arg)
	if len(p) == 0 {
		return "-USAGE: codec|…|channels [like <string>]|calls|registrations|modules|…\n"
	}
	t := table{json: strings.HasSuffix(arg, "as json"), count: len(p) > 1 && p[1] == "count"}
	switch p[0] {
	case "channels":
		e.eachLeg(func(c *channel) {
			t.row()
			for _, f := range channelFields {
				t.put(f.name, f.of(c))
			}
		})
	case "calls", "bridged_calls":
		e.eachLeg(func(c *channel) {
			// "calls" has lone legs as well, with nothing on the b side.
			if c.peer == nil && p[0] == "bridged_calls" || c.peer != nil && !c.asA {
				return
			}
			t.row()
			for _, f := range callFields {
				t.put(f.name, f.of(c))
			}
			for _, f := range callFields {
				if f.name != "hostname" && f.name != "call_uuid" {
					value := ""
					if c.peer != nil {
						value = f.of(c.peer)
					}
					t.put("b_"+f.name, value)
				}
			}
			since := ""
			if c.peer != nil {
				since = strconv.FormatInt(c.bridgedAt.Unix(), 10)
			}
			t.put("call_created_epoch", since)
		})
	case "registrations":
		e.showPhones(&t)
	case "modules", "module":
		for _, m := range modules {
			t.row()
			t.put("type", "mod")
			t.put("name", strings.TrimPrefix(m, "mod_"))
			t.put("ikey", m)
			t.put("filename", "/usr/lib/freeswitch/mod/"+m+".so")
		}
	case "tasks", "aliases", "interfaces", "codec", "endpoint", "application", "api", "detailed_calls":
	default:
		return "-USAGE: codec|…|channels [like <string>]|calls|registrations|modules|…\n"
	}
	return t.String()
}

func (e *Engine) eachLeg(fn func(*channel)) {
	for _, c := range e.order {
		if !c.gone {
			fn(c)
		}
	}
}

func (e *Engine) showPhones(t *table) {
	keys := make([]string, 0, len(e.users))
	for k, p := range e.users {
		if p.registered {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	for _, k := range keys {
		p := e.users[k]
		t.row()
		t.put("reg_user", p.User)
		t.put("realm", p.Domain)
		t.put("token", "reg-"+p.User)
		t.put("url", "sofia/internal/"+p.contact)
		t.put("expires", strconv.FormatInt(e.Now().Add(time.Hour).Unix(), 10))
		t.put("network_ip", "127.0.0.1")
		t.put("network_port", "5062")
		t.put("network_proto", "udp")
		t.put("hostname", e.opt.Hostname)
		t.put("metadata", "")
	}
}

// table grows the answer of show.
type table struct {
	json, count bool
	rows        int
	b           []byte
	head        []string
	first       bool
}

func (t *table) row() {
	if t.count {
		t.rows++
		return
	}
	if t.json {
		if t.rows > 0 {
			t.b = append(t.b, "},"...)
		}
		t.b = append(t.b, '{')
	} else if t.rows > 0 {
		t.b = append(t.b, '\n')
	}
	t.rows++
	t.first = true
}

func (t *table) put(name, value string) {
	if t.count {
		return
	}
	if !t.first {
		t.b = append(t.b, ',')
	}
	t.first = false
	if !t.json {
		if t.rows == 1 {
			t.head = append(t.head, name)
		}
		t.b = append(t.b, value...)
		return
	}
	t.b = appendJSONString(t.b, name)
	t.b = append(t.b, ':')
	t.b = appendJSONString(t.b, value)
}

func (t *table) String() string {
	n := strconv.Itoa(t.rows)
	switch {
	case t.count && t.json:
		return `{"row_count":` + n + "}\n"
	case t.count:
		return "\n" + n + " total.\n"
	case t.json && t.rows == 0:
		return "{\"row_count\": 0}\n"
	case t.json:
		return `{"row_count":` + n + `,"rows":[` + string(t.b) + "}]}\n"
	case t.rows == 0:
		return "\n0 total.\n"
	}
	return strings.Join(t.head, ",") + "\n" + string(t.b) + "\n\n" + n + " total.\n"
}

func appendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c == '\t':
			b = append(b, '\\', 't')
		case c < 0x20:
			b = append(b, "\\u00"...)
			b = append(b, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// toJSON turns a plain event into the form that json subscribers get.
func toJSON(plain []byte) []byte {
	head, body, _ := strings.Cut(string(plain), "\n\n")
	b := []byte{'{'}
	for i, line := range strings.Split(head, "\n") {
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			continue
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, name)
		b = append(b, ':')
		b = appendJSONString(b, unescape(value))
	}
	if body != "" {
		b = append(b, `,"_body":`...)
		b = appendJSONString(b, body)
	}
	return append(b, '}')
}
