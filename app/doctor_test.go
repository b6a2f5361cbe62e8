package app

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchdesk/configs"
	"switchdesk/internal/testswitch"
)

// look runs the doctor and gives what it said.
func look(t *testing.T, cfg configs.Config) (string, int) {
	t.Helper()
	var out strings.Builder
	n := Doctor(context.Background(), cfg, &out)
	if got := strings.Count(out.String(), "FAIL  "); got != n {
		t.Errorf("%d failures returned, %d written", n, got)
	}
	return out.String(), n
}

// expect wants each text on a line that begins with mark, and on a failure's
// line a remedy.
func expect(t *testing.T, said, mark string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		found := false
		for _, line := range strings.Split(said, "\n") {
			if !strings.HasPrefix(line, mark) || !strings.Contains(line, text) {
				continue
			}
			found = true
			if mark == "FAIL" && !strings.Contains(line, " — ") {
				t.Errorf("no remedy: %s", line)
			}
		}
		if !found {
			t.Errorf("no %s with %q in\n%s", mark, text, said)
		}
	}
}

func TestDoctorWithoutAnything(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := closed.Addr().String()
	closed.Close()
	dir := t.TempDir()
	cfg, err := configs.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg.DataDir, cfg.HTTP.Addr = filepath.Join(dir, "data"), nobody
	cfg.Switch.WSURL = "ws://desk.example:5066"
	cfg.Switches = []configs.Node{{Name: "fs1", Addr: nobody, Password: "x"}}
	blocked := filepath.Join(dir, "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cfg.Blob.Kind, cfg.Blob.Path = "disk", filepath.Join(blocked, "blobs")
	said, n := look(t, cfg)
	if n < 5 {
		t.Errorf("only %d failures", n)
	}
	expect(t, said, "FAIL", "xml_secret is empty", "not encrypted", "schema", "object store", "XML look-ups", "fs1: event socket")
	expect(t, said, "ok", "spool can be written")
	if left, _ := filepath.Glob(filepath.Join(cfg.DataDir, spoolDir, ".doctor*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestDoctorWithoutASwitch(t *testing.T) {
	cfg, err := configs.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg.DataDir = t.TempDir()
	said, _ := look(t, cfg)
	expect(t, said, "FAIL", "no switch is configured")
}

func TestFreeSWITCHDoctor(t *testing.T) {
	w := newRealWorld(t)
	w.start()
	said, n := look(t, w.cfg)
	if n != 0 {
		t.Errorf("%d failures on a good set-up:\n%s", n, said)
	}
	expect(t, said, "ok", "FreeSWITCH 1.", "modules loaded", "not executed", "SIP profile internal", "SIP profile external",
		"web softphone: ", "calls wait in the dialplan", "finds phone 1-8001", "prompts in", "records to", "object store", "database")
	if left := w.spooled(); len(left) != 0 {
		t.Errorf("the doctor left recordings: %v", left)
	}

	for _, c := range []struct {
		name  string
		spoil func(*configs.Config)
		want  string
	}{
		{"wrong password", func(c *configs.Config) { c.Switches[0].Password = "guess" }, "refused the password"},
		{"recordings elsewhere", func(c *configs.Config) { c.Switch.RecordingsDir = filepath.Join(t.TempDir(), "elsewhere") }, "which is not here as"},
		{"no prompts", func(c *configs.Config) { c.Switch.PromptsDir = filepath.Join(t.TempDir(), "nothing") }, "sees no prompt"},
		{"another domain", func(c *configs.Config) { c.Switch.Domain = "other" }, "asks for passwords of"},
		{"another secret", func(c *configs.Config) { c.Switch.XMLSecret = "another" }, "refuse our own secret"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := w.cfg
			cfg.Switches = append([]configs.Node(nil), cfg.Switches...)
			c.spoil(&cfg)
			said, n := look(t, cfg)
			if n == 0 {
				t.Errorf("nothing found:\n%s", said)
			}
			expect(t, said, "FAIL", c.want)
		})
	}
	t.Run("a profile that doesn't run", func(t *testing.T) {
		stopProfile(t, w.sw, "external")
		said, _ := look(t, w.cfg)
		expect(t, said, "FAIL", "SIP profile external")
	})
}

// stopProfile stops a SIP profile; FreeSWITCH refuses that for its first ten
// seconds.
func stopProfile(t *testing.T, sw *testswitch.Switch, name string) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		said := sw.API(t, "sofia profile "+name+" stop")
		if !strings.Contains(sw.API(t, "sofia xmlstatus profile "+name), "<profile-info>") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("profile %s doesn't stop: %s", name, said)
		}
		time.Sleep(200 * time.Millisecond) // polls another process; the deadline decides
	}
}
