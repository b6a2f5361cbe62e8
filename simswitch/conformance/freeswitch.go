package conformance

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

// FreeSWITCH starts a real one with a configuration of its own, if there is
// one on this machine ($FREESWITCH or the PATH); otherwise it skips the test
// and says so.
func FreeSWITCH(t *testing.T) Target {
	t.Helper()
	realswitch.Need(t)
	binary := os.Getenv("FREESWITCH")
	if binary == "" {
		found, err := exec.LookPath("freeswitch")
		if err != nil {
			t.Skip("no FreeSWITCH here: put freeswitch on the PATH or name it in $FREESWITCH")
		}
		binary = found
	}
	far := newPhone(t)
	dir := t.TempDir()
	esl, sip := freePort(t, "tcp"), freePort(t, "udp")
	for _, d := range []string{"conf", "log", "db", "run", "storage", "certs"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	conf := strings.NewReplacer("@ESL@", fmt.Sprint(esl), "@SIP@", fmt.Sprint(sip), "@FAR@", fmt.Sprint(far.port())).Replace(configuration)
	if err := os.WriteFile(filepath.Join(dir, "conf", "freeswitch.xml"), []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{"-nf", "-nonat", "-nocal"}
	for _, d := range []string{"conf", "log", "db", "run", "storage", "certs"} {
		args = append(args, "-"+d, filepath.Join(dir, d))
	}
	for _, mod := range []string{os.Getenv("FREESWITCH_MOD"), "/usr/local/freeswitch/mod", "/usr/lib/freeswitch/mod"} {
		if info, err := os.Stat(mod); mod != "" && err == nil && info.IsDir() {
			args = append(args, "-mod", mod)
			break
		}
	}
	cmd := exec.Command(binary, args...)
	output, err := os.Create(filepath.Join(dir, "output"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = output, output
	if err := cmd.Start(); err != nil {
		t.Fatalf("FreeSWITCH does not start: %v", err)
	}
	addr := fmt.Sprintf("127.0.0.1:%d", esl)
	t.Cleanup(func() { stopFreeSWITCH(addr, cmd); output.Close() })
	far.to = &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: sip}
	target := Target{
		Addr: addr, Password: password, Dir: dir, User: "1-8001@switchdesk", Absent: "1-8002@switchdesk",
		Ring: func(t *testing.T, from, to string) Far { return far.ring(from, to) },
	}
	awaitReady(t, target, filepath.Join(dir, "output"))
	far.register(t, "1-8001", "switchdesk")
	return target
}

const password = "conformance"

func freePort(t *testing.T, network string) int {
	t.Helper()
	if network == "udp" {
		c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.LocalAddr().(*net.UDPAddr).Port
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// awaitReady waits until the event socket answers and the profile is up.
func awaitReady(t *testing.T, target Target, output string) {
	t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for time.Now().Before(deadline) {
		if conn, err := net.DialTimeout("tcp", target.Addr, time.Second); err == nil {
			conn.Close()
			c := SignIn(t, target)
			if strings.Contains(c.API("sofia status"), "RUNNING") && strings.Contains(c.API("status"), "is ready") {
				return
			}
		}
		<-time.After(100 * time.Millisecond)
	}
	text, _ := os.ReadFile(output)
	t.Fatalf("FreeSWITCH did not get ready:\n%s", text)
}

// stopFreeSWITCH ends the process that the test started, politely if it can.
func stopFreeSWITCH(addr string, cmd *exec.Cmd) {
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	_ = cmd.Process.Signal(os.Interrupt)
	if conn, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
		_, _ = fmt.Fprintf(conn, "auth %s\n\napi fsctl shutdown now\n\n", password)
		defer conn.Close()
	}
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		_ = cmd.Process.Kill()
		<-done
	}
}

// configuration is the least that the cases need; the dialplan is the one that
// the simulated switch has built in.
const configuration = `<?xml version="1.0"?>
<document type="freeswitch/xml">
<section name="configuration">
<configuration name="switch.conf"><settings><param name="max-sessions" value="100"/><param name="sessions-per-second" value="100"/><param name="loglevel" value="warning"/></settings></configuration>
<configuration name="modules.conf"><modules><load module="mod_console"/><load module="mod_event_socket"/><load module="mod_commands"/><load module="mod_dptools"/><load module="mod_conference"/><load module="mod_dialplan_xml"/><load module="mod_sofia"/><load module="mod_sndfile"/><load module="mod_tone_stream"/></modules></configuration>
<configuration name="console.conf"><mappings/><settings><param name="colorize" value="false"/><param name="loglevel" value="warning"/></settings></configuration>
<configuration name="event_socket.conf"><settings><param name="listen-ip" value="127.0.0.1"/><param name="listen-port" value="@ESL@"/><param name="password" value="` + password + `"/></settings></configuration>
<configuration name="conference.conf"><profiles><profile name="default"><param name="rate" value="8000"/></profile></profiles></configuration>
<configuration name="sofia.conf"><global_settings/><profiles><profile name="internal">
<gateways><gateway name="far"><param name="username" value="x"/><param name="password" value="x"/><param name="proxy" value="127.0.0.1:@FAR@"/><param name="register" value="false"/></gateway></gateways>
<settings><param name="sip-ip" value="127.0.0.1"/><param name="rtp-ip" value="127.0.0.1"/><param name="sip-port" value="@SIP@"/><param name="context" value="public"/><param name="dialplan" value="XML"/><param name="rtp-timer-name" value="soft"/><param name="inbound-codec-prefs" value="PCMU"/><param name="outbound-codec-prefs" value="PCMU"/><param name="auth-calls" value="false"/><param name="accept-blind-reg" value="true"/><param name="force-register-domain" value="switchdesk"/></settings>
</profile></profiles></configuration>
</section>
<section name="dialplan">
<context name="public"><extension name="inbound"><condition><action application="set" data="sd_role=caller"/><action application="set" data="RECORD_STEREO=true"/><action application="set" data="playback_terminators=none"/><action application="set" data="hangup_after_bridge=false"/><action application="set" data="transfer_after_bridge=after:XML:switchdesk"/><action application="set" data="media_timeout=300000"/><action application="sched_transfer" data="+30 fallback XML switchdesk"/><action application="park"/></condition></extension></context>
<context name="switchdesk">
<extension name="after"><condition field="destination_number" expression="^after$"><action application="set" data="transfer_after_bridge=after:XML:switchdesk"/><action application="sched_transfer" data="+30 fallback XML switchdesk"/><action application="park"/></condition></extension>
<extension name="fallback"><condition field="destination_number" expression="^fallback$"><action application="set" data="sd_fallback=true"/><action application="unset" data="transfer_after_bridge"/><action application="answer"/><action application="sleep" data="500"/><action application="playback" data="tone_stream://%(1000,0,440)"/><action application="hangup" data="NORMAL_TEMPORARY_FAILURE"/></condition></extension>
</context>
</section>
<section name="directory"><domain name="switchdesk"><params><param name="dial-string" value="${sofia_contact(${dialed_user}@${dialed_domain})}"/></params><groups><group name="g"><users><user id="1-8001"><params><param name="password" value="x"/></params></user><user id="1-8002"><params><param name="password" value="x"/></params></user></users></group></groups></domain></section>
</document>
`
