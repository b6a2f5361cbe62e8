package configs

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

type report func(key, format string, args ...any)

// validate reports what the options can't mean together.
func validate(c *Config, bad report) {
	validateHTTP(c, bad)
	validateStores(c, bad)
	validateSwitches(c, bad)
	validateSpeech(c.Speech, bad)
	oneOf(c.Log.Level, "log.level", bad, "debug", "info", "warn", "error")
	oneOf(c.Log.Format, "log.format", bad, "text", "json")
	for _, d := range []struct {
		key string
		v   time.Duration
		min time.Duration
	}{
		{"cell.lease", c.Cell.Lease, time.Second},
		{"softphone.credential_ttl", c.Softphone.CredentialTTL, time.Minute},
		{"session.idle", c.Session.Idle, time.Minute},
		{"session.absolute", c.Session.Absolute, c.Session.Idle},
		{"sign_in.window", c.SignIn.Window, time.Second},
		{"stop_timeout", c.Stop, time.Second},
	} {
		if d.v < d.min {
			bad(d.key, "must be at least %s", d.min)
		}
	}
	if c.SignIn.PerLogin < 1 {
		bad("sign_in.per_login", "must be at least 1")
	}
	if c.SignIn.PerIP < 1 {
		bad("sign_in.per_ip", "must be at least 1")
	}
	if c.DataDir == "" {
		bad("data_dir", "must be set")
	}
	if c.Cell.Name == "" {
		bad("cell.name", "must be set")
	}
	for _, host := range c.Flows.AllowHosts {
		if host == "" || strings.ContainsAny(host, "/ @*") {
			bad("flows.allow_hosts", "%q is not a host or host:port", host)
		}
	}
	if c.Metrics.Addr != "" {
		address(c.Metrics.Addr, "metrics.addr", bad)
	}
}

func validateHTTP(c *Config, bad report) {
	address(c.HTTP.Addr, "http.addr", bad)
	if c.HTTP.PublicURL != "" {
		u, err := url.Parse(c.HTTP.PublicURL)
		switch {
		case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"):
			bad("http.public_url", "must be an address such as https://desk.example.com")
		case u.Scheme == "http" && c.HTTP.SecureCookies:
			bad("http.public_url", "is plain http, so nobody could sign in with http.secure_cookies: true")
		}
	}
	for _, cidr := range c.HTTP.TrustedProxies {
		if _, err := netip.ParsePrefix(cidr); err != nil {
			bad("http.trusted_proxies", "%q is not a network such as 10.0.0.0/8", cidr)
		}
	}
}

func validateStores(c *Config, bad report) {
	oneOf(c.Database.Driver, "database.driver", bad, "sqlite", "mysql")
	if c.Database.Driver == "mysql" && c.Database.DSN == "" {
		bad("database.dsn", "must be set for mysql: user:password@tcp(host:3306)/name")
	}
	oneOf(c.Blob.Kind, "blob.kind", bad, "disk", "s3")
	if c.Blob.Kind != "s3" {
		return
	}
	for key, v := range map[string]string{"endpoint": c.Blob.Endpoint, "bucket": c.Blob.Bucket, "key": c.Blob.Key, "secret": c.Blob.Secret} {
		if v == "" {
			bad("blob."+key, "must be set for s3")
		}
	}
	if strings.Contains(c.Blob.Endpoint, "://") {
		bad("blob.endpoint", "is host:port without scheme; blob.tls chooses https")
	}
}

func validateSwitches(c *Config, bad report) {
	names := map[string]bool{}
	for _, n := range c.Switches {
		switch {
		case n.Name == "":
			bad("switches", "a switch without name")
		case names[n.Name]:
			bad("switches", "two switches are named %q", n.Name)
		}
		names[n.Name] = true
		address(n.Addr, "switches", bad)
		if n.Password == "" {
			bad("switches", "%q has no password", n.Name)
		}
		if n.Password == "ClueCon" {
			bad("switches", "%q has FreeSWITCH's well-known password; choose one of your own", n.Name)
		}
	}
	if c.Switch.Domain == "" || strings.ContainsAny(c.Switch.Domain, " \t@/:${}<>\"'&") {
		bad("switch.domain", "must be a plain name or host name")
	}
	if s := c.Switch.XMLSecret; s != "" && len(s) < 16 {
		bad("switch.xml_secret", "must have at least 16 characters")
	}
	if c.Switch.WSURL != "" {
		if u, err := url.Parse(c.Switch.WSURL); err != nil || u.Host == "" || (u.Scheme != "ws" && u.Scheme != "wss") {
			bad("switch.ws_url", "must be an address such as wss://sip.example.com:7443")
		}
	}
	for _, s := range c.Softphone.ICEServers {
		for _, u := range s.URLs {
			if scheme, _, _ := strings.Cut(u, ":"); !slices.Contains([]string{"stun", "stuns", "turn", "turns"}, scheme) {
				bad("softphone.ice_servers", "%q must begin with stun: or turn:", u)
			}
		}
	}
}

func validateSpeech(c Speech, bad report) {
	oneOf(c.Engine, "speech.engine", bad, "", "espeak-ng", "http", "off")
	if c.PerDay < 0 || c.PerAccount < 0 {
		bad("speech", "per_day and per_account can't be negative")
	}
	if c.Keep < time.Hour {
		bad("speech.keep", "must be at least %s", time.Hour)
	}
	if c.Engine != "http" {
		return
	}
	if u, err := url.Parse(c.URL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		bad("speech.url", "must be an address such as https://speech.example.com/say")
	}
	if c.Timeout < time.Second || c.Timeout > time.Minute {
		bad("speech.timeout", "must be between 1s and 1m")
	}
	if len(c.Voices) == 0 {
		bad("speech.voices", "names no voice")
	}
	for _, v := range c.Voices {
		if v.Name == "" || v.Language == "" {
			bad("speech.voices", "every voice needs a name and a language")
		}
	}
}

func address(addr, key string, bad report) {
	if _, port, err := net.SplitHostPort(addr); err != nil || port == "" {
		bad(key, "%q is not an address such as 127.0.0.1:8080", addr)
	}
}

func oneOf(v, key string, bad report, allowed ...string) {
	if !slices.Contains(allowed, v) {
		bad(key, "%q is not one of %s", v, strings.Join(allowed, ", "))
	}
}
