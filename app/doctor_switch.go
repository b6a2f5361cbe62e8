package app

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"switchdesk/configs"
	"switchdesk/esl"
	"switchdesk/flows"
)

// modules are what the switch must have loaded, and what for.
var modules = []struct{ name, use string }{
	{"mod_event_socket", "Switchdesk steers calls through it"},
	{"mod_commands", "Switchdesk steers calls through it"},
	{"mod_dptools", "playing, recording, parking"},
	{"mod_dialplan_xml", "the dialplan in which calls wait"},
	{"mod_sofia", "SIP"},
	{"mod_xml_curl", "phones and trunks come from Switchdesk"},
	{"mod_sndfile", "prompts and recordings"},
	{"mod_tone_stream", "tones"},
	{"mod_local_stream", "music for waiting callers"},
	{"mod_opus", "the web softphone"},
	{"mod_conference", "talks of three"},
}

// patient is a switch under the doctor's hands.
type patient struct {
	*doctor
	name string
	ask  func(line string) (string, error)
}

// node looks at one FreeSWITCH.
func (d *doctor) node(ctx context.Context, cfg configs.Node) {
	node := esl.NewNode(esl.NodeConfig{Name: cfg.Name, Addr: cfg.Addr, Password: cfg.Password, Nudge: -1}, func([]esl.Event) {})
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	ended := make(chan struct{})
	go func() { defer close(ended); _ = node.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	p := &patient{doctor: d, name: cfg.Name, ask: func(line string) (string, error) {
		out, err := node.API(ctx, line)
		return strings.TrimSpace(out), err
	}}
	version, err := p.connected(ctx)
	if err != nil {
		d.fail(fmt.Sprintf("%s: event socket at %s: %v", cfg.Name, cfg.Addr, err), socketRemedy(err))
		return
	}
	p.version(version, cfg.Addr)
	p.clock()
	p.modules()
	p.expansion()
	p.profiles()
	p.dialplan()
	p.binding(ctx)
	p.prompts()
	p.recordings()
	p.gateways(d.trunks(ctx))
}

// connected waits for the event socket and gives the switch's version.
func (p *patient) connected(ctx context.Context) (string, error) {
	until := time.Now().Add(5 * time.Second)
	for {
		version, err := p.ask("version short")
		switch {
		case err == nil:
			return version, nil
		case errors.Is(err, esl.ErrAuth), errors.Is(err, esl.ErrRefused), time.Now().After(until), ctx.Err() != nil:
			return "", err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

func socketRemedy(err error) string {
	switch {
	case errors.Is(err, esl.ErrAuth):
		return "make switches[].password and sd_esl_password in vars.xml the same, then reload mod_event_socket"
	case errors.Is(err, esl.ErrRefused):
		return "add this machine's address to sd_controller_cidr in vars.xml (acl.conf, list controllers), then reloadacl"
	case errors.Is(err, esl.ErrFrame):
		return "something else answers there: check switches[].addr"
	}
	return "see that FreeSWITCH runs, that event_socket.conf listens on that address, and that no firewall is between"
}

func (p *patient) say(what string, args ...any) { p.ok(p.name+": "+what, args...) }
func (p *patient) bad(what, remedy string)      { p.fail(p.name+": "+what, remedy) }

func (p *patient) version(version, addr string) {
	m := regexp.MustCompile(`^(\d+)\.(\d+)`).FindStringSubmatch(version)
	if m == nil {
		p.bad("its version can't be told: "+version, "Switchdesk is made for FreeSWITCH 1.10 or newer")
		return
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	if major < 1 || (major == 1 && minor < 10) {
		p.bad("FreeSWITCH "+version+" is too old", "install 1.10 or newer")
		return
	}
	p.say("FreeSWITCH %s, event socket at %s", version, addr)
}

// clock holds the two machines' clocks against each other: times of calls come
// from the switch.
func (p *patient) clock() {
	out, err := p.ask("strepoch")
	seconds, convErr := strconv.ParseInt(out, 10, 64)
	if err != nil || convErr != nil {
		return
	}
	if off := time.Since(time.Unix(seconds, 0)).Abs(); off > 3*time.Second {
		p.bad(fmt.Sprintf("its clock is %v off ours", off.Round(time.Second)), "let NTP set the clocks of both machines")
		return
	}
	p.say("clock agrees with ours")
}

func (p *patient) modules() {
	var missing []string
	for _, m := range modules {
		if out, err := p.ask("module_exists " + m.name); err != nil || out != "true" {
			missing = append(missing, m.name)
			p.bad(m.name+" is not loaded ("+m.use+")", "add it to modules.conf.xml, then: fs_cli -x 'load "+m.name+"'")
		}
	}
	if len(missing) == 0 {
		p.say("%d modules loaded", len(modules))
	}
}

// expansion: text of a caller must never be executed.
func (p *patient) expansion() {
	if out, err := p.ask("fsctl api_expansion"); err == nil && strings.HasSuffix(out, "on") {
		p.bad("API calls within texts are executed", `set <param name="api-expansion" value="false"/> in switch.conf.xml and restart: a caller's name could hold a command`)
		return
	}
	p.say("API calls within texts are not executed")
}

func (p *patient) profiles() {
	for _, want := range []struct{ name, context, who string }{{"internal", "desk", "phones"}, {"external", "public", "trunks"}} {
		out, err := p.ask("sofia xmlstatus profile " + want.name)
		if err != nil || !strings.Contains(out, "<profile-info>") {
			p.bad("SIP profile "+want.name+" ("+want.who+") doesn't run", "copy configs/freeswitch/sip_profiles, see that its port is free, then: fs_cli -x 'sofia profile "+want.name+" start'; the reason is in freeswitch.log")
			continue
		}
		if got := inside(out, "<context>", "</context>"); got != want.context {
			p.bad(fmt.Sprintf("SIP profile %s sends calls to the dialplan context %q", want.name, got), "set its context to "+want.context)
			continue
		}
		p.say("SIP profile %s at %s", want.name, strings.TrimPrefix(inside(out, "<url>", "</url>"), "sip:mod_sofia@"))
		if want.name == "internal" {
			p.webPhone(out)
		}
	}
}

// webPhone looks at what the web softphone connects to.
func (p *patient) webPhone(profile string) {
	if realm := inside(profile, "<challenge-realm>", "</challenge-realm>"); realm != p.cfg.Switch.Domain {
		p.bad(fmt.Sprintf("SIP profile internal asks for passwords of %q", realm), "set challenge-realm to switch.domain ("+p.cfg.Switch.Domain+"): phones' passwords are kept for that name only")
	}
	if p.cfg.Switch.WSURL == "" {
		return
	}
	tag := "ws-bind-url"
	if u, err := url.Parse(p.cfg.Switch.WSURL); err == nil && u.Scheme == "wss" {
		tag = "wss-bind-url"
	}
	if bind := inside(profile, "<"+tag+">", "</"+tag+">"); bind != "" {
		p.say("web softphone: %s", bind)
		return
	}
	if tag == "wss-bind-url" && strings.Contains(profile, "<ws-bind-url>") {
		p.note("%s: wss is not bound here, only ws: a TLS proxy must stand in front", p.name)
		return
	}
	p.bad("SIP profile internal has no "+strings.TrimSuffix(tag, "-bind-url")+" binding", "add ws-binding or wss-binding to the profile (wss needs a certificate, see docs/freeswitch.md), then restart the profile")
}

func (p *patient) dialplan() {
	public, errPublic := p.ask("xml_locate dialplan context name public")
	desk, errDesk := p.ask("xml_locate dialplan context name desk")
	own, errOwn := p.ask("xml_locate dialplan context name switchdesk")
	for _, c := range []struct {
		name, text string
		err        error
		needs      []string
	}{
		{"public", public, errPublic, []string{"sched_transfer", "park"}},
		{"desk", desk, errDesk, []string{"sched_transfer", "park"}},
		{"switchdesk", own, errOwn, []string{`name="fallback"`, `name="after"`}},
	} {
		for _, need := range c.needs {
			if c.err != nil || !strings.Contains(c.text, need) {
				p.bad("dialplan context "+c.name+" has no "+strings.TrimPrefix(need, "name="), "copy configs/freeswitch/dialplan/"+c.name+".xml, then: fs_cli -x reloadxml")
				return
			}
		}
	}
	p.say("calls wait in the dialplan, and end politely without us")
}

// binding asks the switch for a phone that only Switchdesk knows.
func (p *patient) binding(ctx context.Context) {
	user := p.aPhone(ctx)
	if user == "" {
		p.note("%s: no desk phone has a password yet, so the switch's own look-up is not tried", p.name)
		return
	}
	out, err := p.ask("user_exists id " + user + " " + p.cfg.Switch.Domain)
	if err != nil || out != "true" {
		asked, _ := p.ask("global_getvar sd_xml_url")
		p.bad("the switch doesn't find phone "+user+"@"+p.cfg.Switch.Domain+" (it asks "+asked+")",
			"make sd_xml_url reach "+p.bindingURL()+" from the switch's machine, sd_xml_credentials=freeswitch:SECRET with our switch.xml_secret, sd_domain="+p.cfg.Switch.Domain+"; then reload mod_xml_curl")
		return
	}
	p.say("finds phone %s by asking us", user)
}

// prompts asks the switch whether it sees the recordings that flows play.
func (p *patient) prompts() {
	dir := p.paths.switchPrompts()
	var missing []string
	for _, b := range flows.Builtins {
		for _, lang := range []string{"zh", "en"} {
			file := path.Join(dir, lang, b.Name+".wav")
			if out, err := p.ask("file_exists " + file); err != nil || out != "true" {
				missing = append(missing, lang+"/"+b.Name)
			}
		}
	}
	slices.Sort(missing)
	switch {
	case len(missing) == 2*len(flows.Builtins):
		p.bad("it sees no prompt in "+dir, "set switch.prompts_dir to where the switch finds data_dir/prompts (mount it there, readable for the switch's user)")
	case len(missing) > 0:
		p.bad(fmt.Sprintf("it doesn't see %d prompts in %s, the first is %s", len(missing), dir, missing[0]), "start switchdesk serve once: it writes what is missing; then see that the switch's user may read all")
	default:
		p.say("sees %d prompts in %s", 2*len(flows.Builtins), dir)
	}
}

// recordings has the switch record half a second of silence where it will put
// recordings, and looks for the file here.
func (p *patient) recordings() {
	const remedy = "recordings_dir (at the switch) and data_dir/spool (here) must be the same folder, writable for both users; see docs/freeswitch.md, Recordings"
	leg, name := newID(), "doctor-"+newID()+".wav"
	atSwitch := path.Join(p.paths.switchSpool(), "doctor", name)
	here := p.paths.localSpool(atSwitch)
	if _, err := p.ask("originate {origination_uuid=" + leg + ",sd_role=doctor}null/doctor &park()"); err != nil {
		p.note("%s: no recording was tried, for mod_loopback is not loaded", p.name)
		return
	}
	_, err := p.ask("uuid_record " + leg + " start " + atSwitch)
	if err == nil {
		time.Sleep(500 * time.Millisecond)
	}
	_, _ = p.ask("uuid_kill " + leg)
	if err != nil {
		p.bad(fmt.Sprintf("it can't record to %s (%v)", atSwitch, err), remedy)
		return
	}
	var info os.FileInfo
	for range 40 {
		if info, err = os.Stat(here); err == nil && info.Size() > 44 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil {
		p.bad(fmt.Sprintf("it recorded to %s, which is not here as %s", atSwitch, here), remedy)
		return
	}
	if f, err := os.Open(here); err != nil {
		p.bad("its recordings can't be read here: "+err.Error(), remedy)
		return
	} else if f.Close(); info.Size() <= 44 {
		p.bad("its recordings stay empty", "see freeswitch.log, and that the disk isn't full")
		return
	}
	if err := os.Remove(here); err != nil {
		p.bad("its recordings can't be removed here once they are stored: "+err.Error(), remedy)
		return
	}
	_ = os.Remove(filepath.Dir(here))
	p.say("records to %s, seen here as %s", p.paths.switchSpool(), filepath.Dir(filepath.Dir(here)))
}

// gateways looks whether the switch has the trunks, and whether they are up.
func (p *patient) gateways(names []string) {
	for _, name := range names {
		out, err := p.ask("sofia xmlstatus gateway " + name)
		state, status := inside(out, "<state>", "</state>"), inside(out, "<status>", "</status>")
		switch {
		case err != nil || state == "":
			p.bad("trunk "+name+" is not known to it", "fs_cli -x 'sofia profile external rescan'; it asks Switchdesk for trunks then")
		case status == "DOWN" || (state != "REGED" && state != "NOREG"):
			p.bad(fmt.Sprintf("trunk %s is %s, %s", name, state, status), "check the trunk's address and password with the carrier, and the firewall")
		default:
			p.say("trunk %s is %s", name, status)
		}
	}
}

// inside cuts out what stands between two texts, or "".
func inside(s, from, to string) string {
	_, rest, ok := strings.Cut(s, from)
	if !ok {
		return ""
	}
	inner, _, ok := strings.Cut(rest, to)
	if !ok {
		return ""
	}
	return strings.TrimSpace(inner)
}
