package dialplan

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchdesk/accounts"
	"switchdesk/storage/db"
	"switchdesk/storage/db/dbtest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func ask(s *Service, pairs ...string) string {
	form := url.Values{"section": {"directory"}, "tag_name": {"domain"}, "key_name": {"name"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return string(s.XML(ctx, form))
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s:\n%s\nwant:\n%s", name, got, want)
	}
}

func TestDirectory(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t))
	ann := d.user("ann", `安娜 ${system(x)} "<X-PRE-PROCESS a="b"/>" O'Neil`, "8001")
	if _, err := d.SeedDeskPhone(ctx, ann, "desk phone password"); err != nil {
		t.Fatal(err)
	}
	web, err := d.IssueWebPhone(ctx, d.actor(ann))
	if err != nil || web.User != "1-8001-w" || web.Domain != "switchdesk" || !web.Expires.Equal(d.clock.Now().Add(12*time.Hour)) {
		t.Fatalf("%+v %v", web, err)
	}
	golden(t, "desk-phone.xml", ask(d.Service, "key_value", "switchdesk", "user", "1-8001", "domain", "switchdesk", "action", "sip_auth"))
	answer := ask(d.Service, "key_value", "switchdesk", "user", "1-8001-w", "domain", "switchdesk", "action", "sip_auth")
	sum := md5.Sum([]byte("1-8001-w:switchdesk:" + web.Password))
	if !strings.Contains(answer, hex.EncodeToString(sum[:])) || strings.Contains(answer, web.Password) {
		t.Errorf("the web phone's hash is not there, or its password is:\n%s", answer)
	}
	for name, pairs := range map[string][]string{
		"another domain":   {"user", "1-8001", "domain", "example.com"},
		"another number":   {"user", "1-8002", "domain", "switchdesk"},
		"another account":  {"user", "2-8001", "domain", "switchdesk"},
		"no phone":         {"user", "8001", "domain", "switchdesk"},
		"a query":          {"user", "1-8001' OR '1'='1", "domain", "switchdesk"},
		"a wildcard":       {"user", "1-%", "domain", "switchdesk"},
		"no user":          {"key_value", "switchdesk"},
		"a network list":   {"key_value", "switchdesk", "purpose", "network-list"},
		"another section":  {"section", "dialplan", "user", "1-8001", "domain", "switchdesk"},
		"a configuration":  {"section", "configuration", "key_value", "sofia.conf"},
		"a web of nobody":  {"user", "1-8001-w-w", "domain", "switchdesk"},
		"a number too big": {"user", "99999999999999999999-8001", "domain", "switchdesk"},
	} {
		if got := ask(d.Service, pairs...); got != notFound {
			t.Errorf("%s:\n%s", name, got)
		}
	}
	d.clock.Advance(12 * time.Hour)
	if got := ask(d.Service, "user", "1-8001-w", "domain", "switchdesk"); got != notFound {
		t.Error("a password outlives its time")
	}
	off, err := d.accounts.User(ctx, d.admin, ann.ID)
	if err != nil {
		t.Fatal(err)
	}
	d.user("boss", "x", "8009")
	off.Disabled = true
	d.db.Model(&accounts.User{}).Scopes(db.In(ann.AccountID)).Where("id = ?", ann.ID).Update("disabled", true)
	if got := ask(d.Service, "user", "1-8001", "domain", "switchdesk"); got != notFound {
		t.Error("a disabled user's phone registers")
	}
}

func TestGateways(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t))
	b := d.addAccount("other")
	for i, in := range []TrunkInput{
		{Name: "电信", Proxy: "sip.example.com:5080", Username: "desk", Password: new("s3cret-1!"), Register: true, Enabled: true},
		{Name: "known by address", Proxy: "192.0.2.7", Enabled: true},
		{Name: "off", Proxy: "192.0.2.8"},
	} {
		who := d
		if i == 1 {
			who = b
		}
		if _, err := who.SaveTrunk(ctx, who.admin, in); err != nil {
			t.Fatal(err)
		}
	}
	// Both ways in which a profile asks: for all domains, and for ours.
	all := ask(d.Service, "tag_name", "", "key_name", "", "key_value", "", "purpose", "gateways", "profile", "external")
	golden(t, "gateways.xml", all)
	if ours := ask(d.Service, "key_value", "switchdesk", "purpose", "gateways", "profile", "external"); ours != all {
		t.Errorf("asked for our domain:\n%s", ours)
	}
	golden(t, "no-gateways.xml", ask(d.Service, "purpose", "gateways", "profile", "internal"))
}

func TestNothingGetsOut(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t))
	r := rand.New(rand.NewPCG(3, 4))
	pieces := []string{`"`, `'`, `<`, `>`, `&`, `$`, `$$`, `${`, `$${`, `}`, `{`, "\n", "\r", "\x00", "\x1b", `/>`, `<!--`, `-->`, `]]>`, `<X-PRE-PROCESS cmd="exec" data="id"/>`,
		`<param name="a1-hash" value="x"/>`, `&#36;{`, `&lt;`, `中`, `a`, ` `, `,`, `|`, `[`, `]`, `^^:`, "\xff\xfe", "￾", `\`, "<!--#exec", `%`}
	trunk, err := d.SaveTrunk(ctx, d.admin, TrunkInput{Name: "x", Proxy: "a.example.com", Enabled: true})
	if err != nil {
		t.Fatal(err)
	}
	ann := d.user("ann", "x", "8001")
	if _, err := d.SeedDeskPhone(ctx, ann, "p"); err != nil {
		t.Fatal(err)
	}
	clean := []string{shape(t, ask(d.Service, "user", "1-8001", "domain", "switchdesk")), shape(t, ask(d.Service, "purpose", "gateways"))}
	for range 400 {
		var b strings.Builder
		for range 1 + r.IntN(6) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		bad := b.String()
		d.db.Model(&accounts.User{}).Scopes(db.In(ann.AccountID)).Where("id = ?", ann.ID).Update("name", bad)
		d.db.Model(&Trunk{}).Scopes(db.In(ann.AccountID)).Where("id = ?", trunk.ID).Updates(map[string]any{"proxy": bad, "username": bad, "password": bad})
		for i, answer := range []string{ask(d.Service, "user", "1-8001", "domain", "switchdesk"), ask(d.Service, "purpose", "gateways")} {
			if got := shape(t, answer); got != clean[i] {
				t.Fatalf("%q changes the document:\n%s", bad, answer)
			}
			// What FreeSWITCH reads before it reads XML.
			if strings.Contains(answer, "$") || strings.Contains(strings.ToLower(answer), "<x-pre-process") || strings.Contains(answer, "<!--") {
				t.Fatalf("%q is a directive:\n%s", bad, answer)
			}
			if strings.ContainsFunc(answer, func(r rune) bool { return r < ' ' && r != '\n' }) {
				t.Fatalf("%q: a control character", bad)
			}
		}
		user := ask(d.Service, "user", "1-8001", "domain", "switchdesk")
		_, value, _ := strings.Cut(user, `effective_caller_id_name" value="`)
		if value, _, _ = strings.Cut(value, `"`); strings.ContainsAny(value, `${}[]|,^\&<`) {
			t.Fatalf("%q as a name: %q", bad, value)
		}
	}
}

func shape(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
	in := xml.NewDecoder(strings.NewReader(text))
	for {
		tok, err := in.Token()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatalf("%v:\n%s", err, text)
		}
		if start, ok := tok.(xml.StartElement); ok {
			b.WriteString("<" + start.Name.Local)
			for _, a := range start.Attr {
				b.WriteString(" " + a.Name.Local)
				if a.Name.Local == "name" {
					b.WriteString("=" + a.Value)
				}
			}
		}
	}
}

func TestDatabaseAway(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t))
	if _, err := d.SeedDeskPhone(ctx, d.user("ann", "x", "8001"), "p"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.SeedDeskPhone(ctx, d.user("bob", "x", "8002"), "p"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.SaveTrunk(ctx, d.admin, TrunkInput{Name: "x", Proxy: "a.example.com", Enabled: true}); err != nil {
		t.Fatal(err)
	}
	ann, gateways := ask(d.Service, "user", "1-8001", "domain", "switchdesk"), ask(d.Service, "purpose", "gateways")
	if err := db.Close(d.db); err != nil {
		t.Fatal(err)
	}
	if got := ask(d.Service, "user", "1-8001", "domain", "switchdesk"); got != ann || got == notFound {
		t.Errorf("a phone that had registered:\n%s", got)
	}
	if got := ask(d.Service, "user", "1-8002", "domain", "switchdesk"); got != notFound {
		t.Errorf("a phone never asked about:\n%s", got)
	}
	if got := ask(d.Service, "purpose", "gateways"); got != gateways {
		t.Errorf("gateways:\n%s", got)
	}
}
