// Package configs is what an operator may set: every option with its default,
// read from a file and the environment and checked before anything starts.
package configs

import "time"

// Config holds every option. default.yaml explains each of them.
type Config struct {
	HTTP      HTTP          `yaml:"http"`
	Database  Database      `yaml:"database"`
	Blob      Blob          `yaml:"blob"`
	DataDir   string        `yaml:"data_dir"` // journal, recordings' spool, uploaded prompts
	Cell      Cell          `yaml:"cell"`
	Switches  []Node        `yaml:"switches"`
	Switch    Switch        `yaml:"switch"`
	Softphone Softphone     `yaml:"softphone"`
	Flows     Flows         `yaml:"flows"`
	Speech    Speech        `yaml:"speech"`
	Session   Session       `yaml:"session"`
	SignIn    SignIn        `yaml:"sign_in"`
	Log       Log           `yaml:"log"`
	Metrics   Metrics       `yaml:"metrics"`
	Stop      time.Duration `yaml:"stop_timeout"` // how long a graceful stop may take
}

// HTTP is the address that browsers and the switch's look-ups come to.
type HTTP struct {
	Addr           string   `yaml:"addr"`
	PublicURL      string   `yaml:"public_url"`
	TrustedProxies []string `yaml:"trusted_proxies"` // CIDRs whose X-Forwarded-* count
	SecureCookies  bool     `yaml:"secure_cookies"`
}

// Database names the driver ("sqlite" or "mysql") and where it is.
type Database struct {
	Driver string `yaml:"driver"`
	DSN    string `yaml:"dsn"`
}

// Blob says where recordings and prompts are kept: a folder ("disk") or an
// S3 store.
type Blob struct {
	Kind     string `yaml:"kind"`
	Path     string `yaml:"path"`
	Endpoint string `yaml:"endpoint"`
	Bucket   string `yaml:"bucket"`
	Key      string `yaml:"key"`
	Secret   string `yaml:"secret"`
	Region   string `yaml:"region"`
	TLS      bool   `yaml:"tls"`
}

// Cell is the group of switches that one live floor steers.
type Cell struct {
	Name  string        `yaml:"name"`
	Lease time.Duration `yaml:"lease"` // a standby takes over when the lease is this old
}

// Node is one FreeSWITCH.
type Node struct {
	Name     string `yaml:"name"`
	Addr     string `yaml:"addr"` // host:port of its event socket
	Password string `yaml:"password"`
}

// Switch is what holds for all switches of the cell.
type Switch struct {
	Domain        string `yaml:"domain"`
	WSURL         string `yaml:"ws_url"`
	XMLSecret     string `yaml:"xml_secret"`
	RecordingsDir string `yaml:"recordings_dir"` // as FreeSWITCH sees it
	PromptsDir    string `yaml:"prompts_dir"`    // as FreeSWITCH sees it
	Music         string `yaml:"music"`          // hold and queue music, a FreeSWITCH file or stream
}

// Softphone is what the web softphone is handed.
type Softphone struct {
	CredentialTTL time.Duration `yaml:"credential_ttl"`
	ICEServers    []ICEServer   `yaml:"ice_servers"`
}

// Flows bounds what call flows may reach.
type Flows struct {
	AllowHosts []string `yaml:"allow_hosts"` // host or host:port that flows may ask whatever its address is
}

// Speech is what speaks texts, and how much.
type Speech struct {
	Engine     string        `yaml:"engine"`  // "", espeak-ng, http, off
	Command    string        `yaml:"command"` // espeak-ng's name or path
	URL        string        `yaml:"url"`
	Header     string        `yaml:"header"`
	Secret     string        `yaml:"secret"`
	Timeout    time.Duration `yaml:"timeout"`
	Voices     []Voice       `yaml:"voices"`
	PerDay     int           `yaml:"per_day"` // characters of an account
	Keep       time.Duration `yaml:"keep"`
	PerAccount int64         `yaml:"per_account"` // megabytes
}

// Voice is one that an engine behind HTTP has.
type Voice struct {
	Name     string `yaml:"name"`
	Language string `yaml:"language"`
	ZH       string `yaml:"zh"`
	EN       string `yaml:"en"`
}

// ICEServer is a STUN or TURN server for the web softphone.
type ICEServer struct {
	URLs       []string `yaml:"urls"`
	Username   string   `yaml:"username"`
	Credential string   `yaml:"credential"`
}

// Session bounds how long somebody stays signed in.
type Session struct {
	Idle     time.Duration `yaml:"idle"`
	Absolute time.Duration `yaml:"absolute"`
}

// SignIn bounds guessing.
type SignIn struct {
	PerLogin int           `yaml:"per_login"` // failures before a login waits
	PerIP    int           `yaml:"per_ip"`    // failures before an address waits
	Window   time.Duration `yaml:"window"`    // failures older than this are forgotten
}

// Log is how the program speaks to its operator.
type Log struct {
	Level  string `yaml:"level"`  // debug, info, warn, error
	Format string `yaml:"format"` // text or json
}

// Metrics is where Prometheus finds the figures.
type Metrics struct {
	Addr  string `yaml:"addr"`  // own listener, or "" to serve them on http.addr
	Token string `yaml:"token"` // bearer token asked for on http.addr
}
