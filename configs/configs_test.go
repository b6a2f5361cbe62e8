package configs

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "switchdesk.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDefaultsHoldEveryOption(t *testing.T) {
	var strict Config
	if err := yaml.UnmarshalWithOptions(defaultYAML, &strict, yaml.Strict()); err != nil {
		t.Fatalf("default.yaml: %v", err)
	}
	text := string(defaultYAML)
	walk(reflect.TypeFor[Config](), "", func(key string, _ reflect.Type) {
		name := key[strings.LastIndexByte(key, '.')+1:]
		if !strings.Contains(text, name+":") {
			t.Errorf("default.yaml does not tell of %s", key)
		}
	})
	cfg, err := Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.HTTP.Addr != "127.0.0.1:8080" || cfg.Cell.Lease != 5*time.Second || cfg.SignIn.PerLogin != 5 || !cfg.HTTP.SecureCookies || !cfg.Blob.TLS {
		t.Errorf("%+v", cfg)
	}
	for name, secret := range map[string]string{"xml_secret": cfg.Switch.XMLSecret, "blob.secret": cfg.Blob.Secret, "blob.key": cfg.Blob.Key, "metrics.token": cfg.Metrics.Token} {
		if secret != "" {
			t.Errorf("%s has a default", name)
		}
	}
	if len(cfg.Switches) != 0 {
		t.Error("a switch by default")
	}
}

func TestLoadLayers(t *testing.T) {
	path := file(t, `
http:
  addr: 0.0.0.0:80
  trusted_proxies: [10.0.0.0/8]
switches:
  - name: fs1
    addr: 10.0.0.11:8021
    password: something long
session: {idle: 30m}
`)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("from-a-file-0123456789\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := Load(path, []string{
		"HOME=/root", "SWITCHDESK_HTTP_ADDR=127.0.0.1:81", "SWITCHDESK_SESSION_ABSOLUTE=24h", "SWITCHDESK_BLOB_TLS=false",
		"SWITCHDESK_SIGN_IN_PER_LOGIN=3", "SWITCHDESK_SWITCH_XML_SECRET_FILE=" + secret,
		"SWITCHDESK_SOFTPHONE_ICE_SERVERS=[{urls: ['stun:stun.example.com']}]",
	})
	if err != nil {
		t.Fatal(err)
	}
	if cfg.HTTP.Addr != "127.0.0.1:81" || cfg.HTTP.TrustedProxies[0] != "10.0.0.0/8" || cfg.Switches[0] != (Node{"fs1", "10.0.0.11:8021", "something long"}) ||
		cfg.Session.Idle != 30*time.Minute || cfg.Session.Absolute != 24*time.Hour || cfg.Blob.TLS || cfg.SignIn.PerLogin != 3 ||
		cfg.Switch.XMLSecret != "from-a-file-0123456789" || cfg.Softphone.ICEServers[0].URLs[0] != "stun:stun.example.com" {
		t.Errorf("%+v", cfg)
	}
	cfg, err = Load("", []string{"SWITCHDESK_SWITCHES=[{name: a, addr: '127.0.0.1:8021', password: p1}, {name: b, addr: '127.0.0.1:8022', password: p2}]"})
	if err != nil || len(cfg.Switches) != 2 || cfg.Switches[1].Name != "b" {
		t.Errorf("%+v %v", cfg.Switches, err)
	}
}

// TestCheckNamesLines is a table of files and what must be said of them.
func TestCheckNamesLines(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		env  []string
		want []string // "line:column key" and a part of the message
	}{
		"fine":               {"http:\n  addr: 127.0.0.1:1\n# words\n", nil, nil},
		"empty":              {"", nil, nil},
		"only words":         {"# nothing\n", nil, nil},
		"unknown":            {"http:\n  addr: 127.0.0.1:1\n  adr: x\nlogg: {}\n", nil, []string{"3:3 http.adr|no such option; is addr meant?", "4:1 logg|no such option; is log meant?"}},
		"unknown in a list":  {"switches:\n  - name: a\n    addr: 1.1.1.1:8021\n    pasword: x\n", nil, []string{"4:5 switches[0].pasword|is password meant?"}},
		"wrong types":        {"session:\n  idle: soon\nblob:\n  tls: maybe\nsign_in:\n  per_login: many\nhttp: 7\n", nil, []string{"2:9 session.idle|time span", "4:8 blob.tls|true or false", "6:14 sign_in.per_login|whole number", "7:7 http|options are expected"}},
		"not a list":         {"switches: x\n", nil, []string{"1:11 switches|a list is expected"}},
		"not YAML":           {"http: [\n", nil, []string{"|"}},
		"twice":              {"http:\n  addr: 127.0.0.1:1\n  addr: 127.0.0.1:2\n", nil, []string{"3:3 |already defined"}},
		"tabs":               {"http:\n\taddr: x\n", nil, []string{"2:1 |"}},
		"two documents":      {"log: {level: info}\n---\nlog: {level: info}\n", nil, []string{"only one document"}},
		"meaning":            {"log:\n  level: loud\ndatabase:\n  driver: mysql\n", nil, []string{"2:3 log.level|\"loud\" is not one of debug", "|database.dsn: must be set for mysql"}},
		"well-known":         {"switches:\n  - {name: a, addr: '1.1.1.1:8021', password: ClueCon}\n", nil, []string{"1:1 switches|well-known password"}},
		"short secret":       {"switch:\n  xml_secret: short\n", nil, []string{"2:3 switch.xml_secret|at least 16"}},
		"plain http cookies": {"http:\n  public_url: http://desk.example.com\n", nil, []string{"2:3 http.public_url|nobody could sign in"}},
		"environment":        {"", []string{"SWITCHDESK_HTTP_ADR=x", "SWITCHDESK_BLOB_KIND=ftp", "PATH=/bin"}, []string{"SWITCHDESK_HTTP_ADR: no such option; is SWITCHDESK_HTTP_ADDR meant?"}},
		"environment value":  {"", []string{"SWITCHDESK_BLOB_KIND=ftp"}, []string{"blob.kind: \"ftp\" is not one of disk, s3"}},
		"environment type":   {"", []string{"SWITCHDESK_SESSION_IDLE=soon"}, []string{"idle"}},
		"environment list":   {"", []string{"SWITCHDESK_SWITCHES=x"}, []string{"SWITCHDESK_SWITCHES: a YAML list is expected"}},
		"missing file":       {"", []string{"SWITCHDESK_SWITCH_XML_SECRET_FILE=/nowhere/at/all"}, []string{"no such file"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := file(t, c.text)
			problems := Check(path, c.env)
			var all []string
			for _, p := range problems {
				all = append(all, strings.Replace(p.String(), path+":", "", 1))
			}
			said := strings.Join(all, "\n")
			if len(problems) != len(c.want) {
				t.Fatalf("%d problems, want %d:\n%s", len(problems), len(c.want), said)
			}
			for _, w := range c.want {
				place, message, both := strings.Cut(w, "|")
				if !both {
					place, message = "", place
				}
				place = strings.Replace(place, " ", ": ", 1)
				if !strings.Contains(said, place) || !strings.Contains(said, message) {
					t.Errorf("want %q in:\n%s", w, said)
				}
			}
			_, err := Load(path, c.env)
			var m *Mistakes
			if (err != nil) != (len(c.want) > 0) || (err != nil && !errors.As(err, &m)) {
				t.Errorf("Load: %v", err)
			}
		})
	}
	if p := Check(filepath.Join(t.TempDir(), "none.yaml"), nil); len(p) != 1 || !strings.Contains(p[0].String(), "can't be read") {
		t.Errorf("a missing file: %v", p)
	}
}
