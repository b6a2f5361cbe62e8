package simswitch

import (
	"sort"
	"strconv"
	"strings"
	"time"
)

const (
	noChannel = "-ERR No such channel!\n"
	noSession = "-ERR Cannot locate session!\n"
)

// api runs one api command; reply is called once, at once or, for an
// originate, when it is settled.
func (e *Engine) api(name, arg string, reply func(string)) {
	e.stats.Commands++
	answer := func(s string) {
		if strings.HasPrefix(s, "-") {
			e.stats.Refused++
		}
		reply(s)
	}
	if strings.HasPrefix(name, "uuid_") {
		if fn, ok := legCommands[name]; ok {
			answer(fn(e, arg))
			return
		}
	}
	switch name {
	case "originate":
		d, ok := parseDial(arg)
		if !ok {
			answer("-USAGE <call url> <exten>|&<application_name>(<app_args>) [<dialplan>] [<context>] [<cid_name>] [<cid_num>] [<timeout_sec>]\n")
			return
		}
		d.done = answer
		e.originate(d)
		return
	case "show":
		answer(e.show(arg))
		return
	}
	if fn, ok := plainCommands[name]; ok {
		answer(fn(e, arg))
		return
	}
	answer("-ERR " + name + " Command not found!\n")
}

var plainCommands map[string]func(e *Engine, arg string) string

func init() {
	plainCommands = map[string]func(e *Engine, arg string) string{
		"status":         func(e *Engine, _ string) string { return e.status() },
		"version":        func(*Engine, string) string { return "FreeSWITCH Version " + switchVersion + " ( 64bit)\n" },
		"create_uuid":    func(e *Engine, _ string) string { return e.newUUID() },
		"reloadxml":      func(*Engine, string) string { return "+OK [Success]\n" },
		"reload":         func(*Engine, string) string { return "+OK Reloading XML\n+OK module loaded\n" },
		"load":           func(*Engine, string) string { return "+OK Reloading XML\n+OK\n" },
		"hostname":       func(e *Engine, _ string) string { return e.opt.Hostname },
		"switchname":     func(e *Engine, _ string) string { return e.opt.Hostname },
		"echo":           func(_ *Engine, arg string) string { return arg },
		"global_getvar":  globalGet,
		"global_setvar":  globalSet,
		"eval":           func(_ *Engine, arg string) string { return arg },
		"fsctl":          fsctl,
		"hupall":         hupall,
		"sofia":          sofia,
		"sofia_contact":  sofiaContact,
		"sched_transfer": schedTransfer,
		"sched_hangup":   schedHangup,
		"sched_del":      schedDel,
		"conference":     func(e *Engine, arg string) string { return e.conferenceAPI(arg) },
		"module_exists":  func(_ *Engine, arg string) string { return strconv.FormatBool(hasModule(arg)) },
		"strepoch":       func(e *Engine, _ string) string { return strconv.FormatInt(e.Now().Unix(), 10) },
		"user_exists":    userExists,
		"uptime":         func(e *Engine, _ string) string { return strconv.Itoa(int(e.Now().Sub(e.start).Seconds())) + "\n" },
		"xml_locate":     func(*Engine, string) string { return "-ERR not found\n" },
	}
}

func (e *Engine) status() string {
	up := e.Now().Sub(e.start)
	n := strconv.Itoa
	return "UP " + uptime(up) + "\nFreeSWITCH (Version 1.11.1-release  64bit) is ready\n" +
		strconv.FormatInt(e.session, 10) + " session(s) since startup\n" + n(len(e.channels)) + " session(s) - peak " + n(e.stats.Peak) +
		", last 5min " + n(e.stats.Peak) + "\n0 session(s) per Sec out of max 300, peak 0, last 5min 0\n" + n(e.opt.MaxSessions) +
		" session(s) max\nmin idle cpu 0.00/97.90\nCurrent Stack Size/Max 240K/8192K\n"
}

func globalGet(e *Engine, arg string) string {
	if arg == "" {
		names := make([]string, 0, len(e.globals))
		for k := range e.globals {
			names = append(names, k)
		}
		sort.Strings(names)
		var b strings.Builder
		for _, k := range names {
			b.WriteString(k + "=" + e.globals[k] + "\n")
		}
		return b.String()
	}
	if v := e.globals[arg]; v != "" {
		return v
	}
	return "-ERR no reply\n"
}

func globalSet(e *Engine, arg string) string {
	name, value, ok := strings.Cut(arg, "=")
	if !ok {
		return "-USAGE: <var>=<value> [=<value2>]\n"
	}
	e.globals[name] = value
	return "+OK\n"
}

func fsctl(e *Engine, arg string) string {
	verb, rest := cut(arg)
	switch verb {
	case "max_sessions":
		if n, err := strconv.Atoi(rest); err == nil {
			e.opt.MaxSessions = n
		}
		return "+OK max sessions: " + strconv.Itoa(e.opt.MaxSessions) + "\n"
	case "sps":
		return "+OK sessions per second: 300\n"
	case "loglevel":
		return "+OK log level: INFO [6]\n"
	case "hupall":
		return hupall(e, rest)
	case "":
		return "-USAGE: [send_sighup|hupall|pause|resume|shutdown|sps|max_sessions|loglevel|…]\n"
	}
	return "+OK\n"
}

// hupall hangs up every leg, or those whose variable has a value.
func hupall(e *Engine, arg string) string {
	cause, rest := cut(arg)
	if cause == "" {
		cause = "MANAGER_REQUEST"
	}
	name, value := cut(rest)
	for _, c := range append([]*channel(nil), e.order...) {
		if v, _ := c.get(name); !c.gone && (name == "" || v == value) {
			c.hangup(cause)
		}
	}
	if name != "" {
		return "+OK hangup all channels matching [" + name + "]=[" + value + "] with cause: " + cause + "\n"
	}
	return "+OK hangup all channels with cause " + cause + "\n"
}

func schedTransfer(e *Engine, arg string) string {
	when, rest := cut(arg)
	uuid, rest := cut(rest)
	ext, rest := cut(rest)
	plan, context := cut(rest)
	if ext == "" {
		return "-USAGE: [+]<time> <uuid> <extension> [<dialplan>] [<context>]\n"
	}
	c := e.channels[uuid]
	if c == nil {
		return noChannel
	}
	c.schedule(when, ext, plan, context)
	return "+OK\n"
}

func schedHangup(e *Engine, arg string) string {
	when, rest := cut(arg)
	uuid, cause := cut(rest)
	c := e.channels[uuid]
	if c == nil {
		return noChannel
	}
	n, _ := strconv.Atoi(strings.TrimPrefix(when, "+"))
	setDefault(&cause, "NORMAL_CLEARING")
	e.stats.tasks++
	t := &task{id: e.stats.tasks}
	t.timer = e.after(time.Duration(n)*time.Second, func() { c.hangup(cause) })
	c.tasks = append(c.tasks, t)
	return "+OK\n"
}

func schedDel(e *Engine, arg string) string {
	if arg == "" {
		return "-ERR Invalid syntax. USAGE: sched_del <task_id>|<group_id>\n"
	}
	return "+OK Deleted: " + strconv.Itoa(e.unschedule(arg)) + "\n"
}

func userExists(e *Engine, arg string) string {
	p := strings.Fields(arg)
	if len(p) < 3 {
		return "-ERR\n"
	}
	_, ok := e.users[p[1]+"@"+p[2]]
	return strconv.FormatBool(ok)
}

func sofiaContact(e *Engine, arg string) string {
	if i := strings.LastIndexByte(arg, '/'); i >= 0 {
		arg = arg[i+1:]
	}
	if !strings.Contains(arg, "@") {
		arg += "@" + e.opt.Domain
	}
	if p := e.users[arg]; p != nil && p.registered {
		return "sofia/internal/" + p.contact
	}
	return "error/user_not_registered"
}

func sofia(e *Engine, arg string) string {
	p := strings.Fields(arg)
	if len(p) == 0 {
		return "-USAGE\n"
	}
	switch {
	case arg == "status":
		var b strings.Builder
		line := strings.Repeat("=", 97) + "\n"
		b.WriteString("                     Name\t   Type\t                                      Data\tState\n" + line)
		b.WriteString("                 internal\tprofile\t                sip:mod_sofia@127.0.0.1:5060\tRUNNING (0)\n")
		b.WriteString("                 external\tprofile\t                sip:mod_sofia@127.0.0.1:5080\tRUNNING (0)\n")
		for _, name := range e.gatewayNames() {
			b.WriteString("   external::" + name + "\tgateway\t   sip:" + name + "@127.0.0.1\t" + e.gateways[name].state() + "\n")
		}
		b.WriteString(line + "2 profiles 0 aliases\n\n")
		return b.String()
	case len(p) >= 3 && p[0] == "status" && p[1] == "gateway":
		g := e.gateways[p[2]]
		if g == nil {
			return "Invalid Gateway!\n"
		}
		return strings.Repeat("=", 97) + "\nName    \t" + g.Name + "\nProfile \texternal\nScheme  \tDigest\nState   \t" + g.state() +
			"\nStatus  \t" + map[bool]string{false: "UP", true: "DOWN"}[g.Down] + "\nCallsOUT\t" + strconv.Itoa(g.calls) + "\n" + strings.Repeat("=", 97) + "\n"
	case len(p) >= 3 && p[0] == "status" && p[1] == "profile":
		if p[2] != "internal" && p[2] != "external" {
			return "Invalid Profile!\n"
		}
		return strings.Repeat("=", 97) + "\nName             \t" + p[2] + "\nDomain Name      \t" + e.opt.Domain + "\n" + strings.Repeat("=", 97) + "\n"
	}
	return "+OK\n"
}

func (g *gatewayState) state() string {
	if g.Down {
		return "FAIL_WAIT"
	}
	return "REGED"
}

func (e *Engine) gatewayNames() []string {
	names := make([]string, 0, len(e.gateways))
	for n := range e.gateways {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}
