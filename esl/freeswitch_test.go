package esl

import (
	"switchdesk/internal/realswitch"

	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// realSwitch is a FreeSWITCH of its own, on loopback, that calls itself: its
// gateway "self" leads back to its own SIP profile, so every call has a real
// SIP leg at both ends.
type realSwitch struct {
	dir, addr, password string
	sip                 int
	cmd                 *exec.Cmd
	exited              chan struct{}
}

// freeswitchBinary finds FreeSWITCH and the folder of its modules.
func freeswitchBinary(t testing.TB) (bin, mod string) {
	t.Helper()
	realswitch.Need(t)
	bin = os.Getenv("FREESWITCH")
	if bin == "" {
		found, err := exec.LookPath("freeswitch")
		if err != nil {
			t.Skip("no FreeSWITCH here: neither FREESWITCH nor freeswitch in PATH")
		}
		bin = found
	}
	if real, err := filepath.EvalSymlinks(bin); err == nil {
		bin = real
	}
	for _, mod = range []string{
		os.Getenv("FREESWITCH_MOD"), filepath.Join(filepath.Dir(bin), "../mod"), "/usr/lib/freeswitch/mod",
		"/usr/local/freeswitch/mod",
	} {
		if _, err := os.Stat(filepath.Join(mod, "mod_event_socket.so")); err == nil && mod != "" {
			return bin, mod
		}
	}
	t.Skip("FreeSWITCH is here but its modules are not found; set FREESWITCH_MOD")
	return "", ""
}

func freePort(t testing.TB) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port
}

// startFreeSWITCH starts one for this test and stops it at its end.
func startFreeSWITCH(t testing.TB) *realSwitch {
	t.Helper()
	bin, mod := freeswitchBinary(t)
	fs := &realSwitch{dir: t.TempDir(), password: "only-for-this-test", sip: freePort(t)}
	port := freePort(t)
	fs.addr = fmt.Sprintf("127.0.0.1:%d", port)
	for _, d := range []string{"conf", "log", "db", "run", "storage", "certs", "rec", "sounds"} {
		if err := os.MkdirAll(filepath.Join(fs.dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(fs.dir, "conf/freeswitch.xml"), []byte(fs.config(port)), 0o644); err != nil {
		t.Fatal(err)
	}
	in := func(d string) string { return filepath.Join(fs.dir, d) }
	fs.cmd = exec.Command(bin, "-nf", "-nonat", "-nocal", "-conf", in("conf"), "-log", in("log"), "-db", in("db"),
		"-run", in("run"), "-storage", in("storage"), "-certs", in("certs"), "-sounds", in("sounds"), "-mod", mod)
	out, err := os.Create(in("log/console.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	fs.cmd.Stdout, fs.cmd.Stderr = out, out
	if err := fs.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	fs.exited = make(chan struct{})
	go func() { fs.cmd.Wait(); close(fs.exited) }()
	t.Cleanup(fs.stop)
	return fs
}

// stop kills it: it holds nothing that is worth the seven seconds of a
// graceful end.
func (fs *realSwitch) stop() {
	fs.cmd.Process.Kill()
	<-fs.exited
}

// node connects to it and waits until the SIP profile is up.
func (fs *realSwitch) node(t testing.TB, out func([]Event)) *Node {
	t.Helper()
	n := NewNode(NodeConfig{Name: "real", Addr: fs.addr, Password: fs.password}, out)
	run(t, n)
	deadline := time.Now().Add(60 * time.Second)
	for {
		text, err := n.API(t.Context(), "sofia status gateway self")
		if err == nil && strings.Contains(text, "NOREG") {
			return n
		}
		if time.Now().After(deadline) {
			t.Fatalf("FreeSWITCH did not come up: %v %s", err, text)
		}
		time.Sleep(50 * time.Millisecond) // waiting for another process
	}
}

func (fs *realSwitch) config(port int) string {
	load := func(names ...string) string {
		var b strings.Builder
		for _, n := range names {
			b.WriteString(`<load module="mod_` + n + `"/>`)
		}
		return b.String()
	}
	return strings.NewReplacer(
		"@ESL@", fmt.Sprint(port), "@SIP@", fmt.Sprint(fs.sip), "@PASSWORD@", fs.password, "@DIR@", fs.dir,
		"@MODULES@", load("logfile", "event_socket", "commands", "dptools", "dialplan_xml", "sofia", "loopback",
			"sndfile", "native_file", "tone_stream", "local_stream"),
	).Replace(realConfig)
}

const realConfig = `<?xml version="1.0"?>
<document type="freeswitch/xml">
<section name="configuration">
<configuration name="switch.conf"><settings><param name="max-sessions" value="2000"/><param name="sessions-per-second" value="500"/><param name="loglevel" value="info"/><param name="rtp-start-port" value="30000"/><param name="rtp-end-port" value="38000"/></settings></configuration>
<configuration name="modules.conf"><modules>@MODULES@</modules></configuration>
<configuration name="logfile.conf"><settings/><profiles><profile name="default"><settings/><mappings><map name="all" value="debug,info,notice,warning,err,crit,alert"/></mappings></profile></profiles></configuration>
<configuration name="event_socket.conf"><settings><param name="listen-ip" value="127.0.0.1"/><param name="listen-port" value="@ESL@"/><param name="password" value="@PASSWORD@"/></settings></configuration>
<configuration name="local_stream.conf"><directory name="moh" path="@DIR@/sounds"><param name="rate" value="8000"/></directory></configuration>
<configuration name="sofia.conf"><global_settings/><profiles><profile name="t">
<gateways><gateway name="self"><param name="username" value="u"/><param name="password" value="p"/><param name="realm" value="127.0.0.1:@SIP@"/><param name="proxy" value="127.0.0.1:@SIP@"/><param name="register" value="false"/><param name="caller-id-in-from" value="true"/></gateway></gateways>
<settings><param name="sip-ip" value="127.0.0.1"/><param name="rtp-ip" value="127.0.0.1"/><param name="sip-port" value="@SIP@"/><param name="context" value="public"/><param name="dialplan" value="XML"/><param name="codec-prefs" value="PCMU"/><param name="rtp-timer-name" value="soft"/><param name="auth-calls" value="false"/></settings></profile></profiles></configuration>
</section>
<section name="dialplan">
<context name="public">
<extension name="busy"><condition field="destination_number" expression="^486$"><action application="hangup" data="USER_BUSY"/></condition></extension>
<extension name="none"><condition field="destination_number" expression="^404$"><action application="hangup" data="UNALLOCATED_NUMBER"/></condition></extension>
<extension name="early"><condition field="destination_number" expression="^183$"><action application="pre_answer"/><action application="playback" data="tone_stream://%(200,100,440);loops=20"/></condition></extension>
<extension name="ring"><condition field="destination_number" expression="^180$"><action application="ring_ready"/><action application="sleep" data="20000"/></condition></extension>
<extension name="desk"><condition field="destination_number" expression="^desk"><action application="answer"/><action application="playback" data="silence_stream://-1"/></condition></extension>
<extension name="service"><condition field="destination_number" expression="."><action application="sched_transfer" data="+30 fallback XML switchdesk"/><action application="park"/></condition></extension>
</context>
<context name="switchdesk">
<extension name="fallback"><condition field="destination_number" expression="^fallback$"><action application="answer"/><action application="hangup" data="NORMAL_TEMPORARY_FAILURE"/></condition></extension>
<extension name="after"><condition field="destination_number" expression="^after$"><action application="park"/></condition></extension>
</context>
</section>
<section name="directory"><domain name="switchdesk"><params><param name="dial-string" value="{sip_invite_domain=127.0.0.1}sofia/gateway/self/desk${dialed_user}"/></params>
<user id="1-8001"><params><param name="password" value="x"/></params></user></domain></section>
</document>`
