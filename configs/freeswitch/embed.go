// Package freeswitch is the FreeSWITCH configuration to copy: modules, event
// socket, SIP profiles, the dialplan in which a call waits for Switchdesk, and
// the recordings that come with the product. Write makes a ready folder of it.
package freeswitch

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"switchdesk/internal/fault"
)

// Files is the configuration as it stands in the repository, without values.
//
//go:embed *.xml autoload_configs dialplan directory sip_profiles sounds
var Files embed.FS

// XMLUser is the name with which a node asks Switchdesk for phones and trunks;
// the password is the secret switch.xml_secret.
const XMLUser = "freeswitch"

// Values are what an operator changes in vars.xml. A value left at zero keeps
// what stands in the file: everything on loopback, the usual ports.
type Values struct {
	Node   string // name of the node, as in switches[].name
	Domain string // SIP domain of the phones, as in switch.domain

	ESLIP          string
	ESLPort        int
	ESLPassword    string // needed
	ControllerCIDR string // who may connect besides the machine itself

	SIPIP      string // address of SIP and RTP
	PublicIP   string // address that the other side is told
	PhonesPort int
	WSIP       string
	WSPort     int
	WSSPort    int
	TrunksPort int
	TrunkCIDR  string // addresses from which service numbers' calls come
	RTPStart   int
	RTPEnd     int

	XMLURL    string
	XMLSecret string // needed

	SoundsDir string // "" for the folder sounds within the written one
	Language  string // zh or en, for what is heard when no controller is there
	Overflow  string // dial string for a caller whom no controller took, or ""

	MaxSessions       int
	SessionsPerSecond int
}

// Write writes the configuration to dir, with the values filled in. It fails
// with Invalid if a value is missing or can't stand in FreeSWITCH's files, and
// with Conflict if dir holds a configuration already; then nothing is written.
// The files can be read by the owner and the group alone: they hold passwords.
func Write(dir string, v Values) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("folder of the FreeSWITCH configuration: %w", err)
	}
	if v.SoundsDir == "" {
		v.SoundsDir = filepath.Join(dir, "sounds")
	}
	vars, err := v.fill()
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, "freeswitch.xml")); err == nil {
		return fault.New(fault.Conflict, "freeswitch.exists", "%s holds a FreeSWITCH configuration already", dir).On("dir")
	}
	return fs.WalkDir(Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		if d.IsDir() {
			return os.MkdirAll(to, 0o750)
		}
		data := vars
		if name != "vars.xml" {
			if data, err = Files.ReadFile(name); err != nil {
				return err
			}
		}
		return os.WriteFile(to, data, 0o640)
	})
}

var setLine = regexp.MustCompile(`(<X-PRE-PROCESS cmd="set" data="(sd_[a-z_]+)=)([^"]*)("/>)`)

// fill gives vars.xml with the values.
func (v Values) fill() ([]byte, error) {
	if v.ESLPassword == "" {
		return nil, fault.New(fault.Invalid, "freeswitch.password", "the event socket needs a password").On("esl_password")
	}
	if v.XMLSecret == "" {
		return nil, fault.New(fault.Invalid, "freeswitch.secret", "the XML look-ups need a secret").On("xml_secret")
	}
	values := v.byName()
	for name, value := range values {
		if bad := unfit(name, value); bad != "" {
			return nil, fault.New(fault.Invalid, "freeswitch.value", "%s can't be %q: %s", name, value, bad).On(name)
		}
	}
	src, err := Files.ReadFile("vars.xml")
	if err != nil {
		return nil, err
	}
	out := setLine.ReplaceAllFunc(src, func(line []byte) []byte {
		m := setLine.FindSubmatch(line)
		value, given := values[strings.TrimPrefix(string(m[2]), "sd_")]
		if !given {
			return line
		}
		return []byte(string(m[1]) + escape.Replace(value) + string(m[4]))
	})
	return out, nil
}

// byName are the values that were given, by their name in vars.xml.
func (v Values) byName() map[string]string {
	all := map[string]string{
		"node": v.Node, "domain": v.Domain,
		"esl_ip": v.ESLIP, "esl_port": number(v.ESLPort), "esl_password": v.ESLPassword,
		"controller_cidr": v.ControllerCIDR,
		"sip_ip":          v.SIPIP, "public_ip": v.PublicIP, "phones_port": number(v.PhonesPort),
		"ws_ip": v.WSIP, "ws_port": number(v.WSPort), "wss_port": number(v.WSSPort),
		"trunks_port": number(v.TrunksPort), "trunk_cidr": v.TrunkCIDR,
		"rtp_start": number(v.RTPStart), "rtp_end": number(v.RTPEnd),
		"xml_url": v.XMLURL, "xml_credentials": XMLUser + ":" + v.XMLSecret,
		"sounds_dir": v.SoundsDir, "language": v.Language, "overflow": v.Overflow,
		"max_sessions": number(v.MaxSessions), "sessions_per_second": number(v.SessionsPerSecond),
	}
	for name, value := range all {
		if value == "" {
			delete(all, name)
		}
	}
	return all
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// escape makes a value fit for an XML attribute. FreeSWITCH pastes the value
// into its files as it stands, so it is read as XML exactly once.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "'", "&apos;")

// unfit tells why a value can't stand in vars.xml, or "".
func unfit(name, value string) string {
	for _, r := range value {
		switch {
		case r == '"' || r == '\\' || r == '`':
			return "quotes and backslashes can't stand there"
		case r == '$':
			return "a dollar sign would be taken for a variable"
		case unicode.IsControl(r):
			return "it holds a control character"
		}
	}
	switch name {
	case "language":
		if value != "zh" && value != "en" {
			return "only zh and en are there"
		}
	case "overflow", "sounds_dir":
	default:
		if strings.ContainsAny(value, " \t") {
			return "it holds a space"
		}
	}
	return ""
}
