// Package testswitch is a real FreeSWITCH with our configuration and people on
// real telephones, for tests: callers and desk phones are played by sipp.
package testswitch

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"switchdesk/configs/freeswitch"
	"switchdesk/internal/realswitch"
	"switchdesk/internal/sipp"
)

// Domain is the SIP domain of the phones.
const Domain = "switchdesk"

// Options say what a test's switch is like; the zero value will do.
type Options struct {
	Values freeswitch.Values // what differs from a free port, a random password
	// Phones are users that the switch knows by itself, with their passwords,
	// for tests without a controller that answers the XML look-ups.
	Phones map[string]string
}

// Switch is a running FreeSWITCH.
type Switch struct {
	*freeswitch.Running
}

// Start starts a FreeSWITCH in a folder of the test, which ends with the
// test. Unless it is Wanted, and where none is installed, or no sipp, the test
// is skipped.
func Start(t testing.TB, o Options) *Switch {
	t.Helper()
	realswitch.Need(t)
	binary, err := freeswitch.Find()
	if err != nil {
		t.Skipf("needs FreeSWITCH: %v", err)
	}
	if _, err := sipp.Find(); err != nil {
		t.Skipf("needs sipp: %v", err)
	}
	r, err := Launch(context.Background(), binary, t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.Kill()
		if t.Failed() {
			if log, err := os.ReadFile(r.Log); err == nil {
				t.Logf("the switch's log ends with\n%s", last(string(log), 4000))
			}
		}
	})
	return &Switch{r}
}

// Launch starts a FreeSWITCH below dir, without a test around it.
func Launch(ctx context.Context, binary, dir string, o Options) (*freeswitch.Running, error) {
	v := o.Values
	for _, secret := range []*string{&v.ESLPassword, &v.XMLSecret} {
		if *secret == "" {
			*secret = random()
		}
	}
	if v.Domain == "" {
		v.Domain = Domain
	}
	if v.XMLURL == "" {
		v.XMLURL = "http://127.0.0.1:9/freeswitch/xml" // nobody answers there
	}
	if v.RTPStart == 0 {
		v.RTPStart, v.RTPEnd = rtpRange()
	}
	return freeswitch.Launch(ctx, binary, dir, v, func(conf string) error {
		return addPhones(filepath.Join(conf, "directory", "default.xml"), o.Phones)
	})
}

// addPhones puts users into the switch's own directory.
func addPhones(file string, phones map[string]string) error {
	if len(phones) == 0 {
		return nil
	}
	src, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString(`<groups><group name="test"><users>`)
	for user, password := range phones {
		b.WriteString(`<user id="` + escape(user) + `"><params><param name="password" value="` + escape(password) + `"/></params></user>`)
	}
	b.WriteString(`</users></group></groups>`)
	return os.WriteFile(file, []byte(strings.Replace(string(src), "<groups/>", b.String(), 1)), 0o640)
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}

func random() string {
	var b [12]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// rtpRange takes 500 ports by chance, so that two switches seldom meet.
func rtpRange() (from, to int) {
	var b [1]byte
	_, _ = rand.Read(b[:])
	from = 14000 + int(b[0])%36*500
	return from, from + 498
}

func last(s string, n int) string {
	if len(s) > n {
		return s[len(s)-n:]
	}
	return s
}
