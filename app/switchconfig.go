package app

import (
	"net"
	"strconv"

	"switchdesk/configs"
	"switchdesk/configs/freeswitch"
	"switchdesk/internal/fault"
)

// WriteFreeSWITCH writes a FreeSWITCH configuration that works with ours, for
// the first of the switches.
func WriteFreeSWITCH(cfg configs.Config, dir string) error {
	if len(cfg.Switches) == 0 {
		return fault.New(fault.Invalid, "config.no_switch", "the configuration names no switch: add one to switches").On("switches")
	}
	node := cfg.Switches[0]
	host, port, err := net.SplitHostPort(node.Addr)
	if err != nil {
		return fault.New(fault.Invalid, "config.switch_addr", "switches: addr %q is not host:port", node.Addr).On("switches")
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return fault.New(fault.Invalid, "config.switch_addr", "switches: addr %q has no port number", node.Addr).On("switches")
	}
	base := cfg.HTTP.PublicURL
	if base == "" {
		base = "http://" + cfg.HTTP.Addr
	}
	return freeswitch.Write(dir, freeswitch.Values{
		Node: node.Name, Domain: cfg.Switch.Domain, ESLIP: host, ESLPort: number, ESLPassword: node.Password,
		XMLURL: base + "/freeswitch/xml", XMLSecret: cfg.Switch.XMLSecret, SoundsDir: cfg.Switch.PromptsDir,
	})
}
