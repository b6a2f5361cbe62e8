package freeswitch

import (
	"encoding/binary"
	"encoding/xml"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"switchdesk/internal/fault"
)

func ready() Values { return Values{ESLPassword: "p", XMLSecret: "s"} }

func TestEveryXMLFileIsWellFormed(t *testing.T) {
	count := 0
	err := fs.WalkDir(Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".xml") {
			return err
		}
		count++
		f, err := Files.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		dec := xml.NewDecoder(f)
		for {
			if _, err := dec.Token(); err == io.EOF {
				return nil
			} else if err != nil {
				t.Errorf("%s: %v", name, err)
				return nil
			}
		}
	})
	if err != nil || count < 15 {
		t.Fatalf("%d files, %v", count, err)
	}
}

func TestEveryVariableIsSetAndUsed(t *testing.T) {
	src, err := Files.ReadFile("vars.xml")
	if err != nil {
		t.Fatal(err)
	}
	set := map[string]bool{}
	for _, m := range setLine.FindAllSubmatch(src, -1) {
		set[string(m[2])] = false
	}
	use := regexp.MustCompile(`\$\$\{(sd_[a-z_]+)\}`)
	err = fs.WalkDir(Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".xml") {
			return err
		}
		data, err := Files.ReadFile(name)
		for _, m := range use.FindAllSubmatch(data, -1) {
			if _, ok := set[string(m[1])]; !ok {
				t.Errorf("%s uses %s, which vars.xml doesn't set", name, m[1])
			}
			set[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, used := range set {
		if !used {
			t.Errorf("vars.xml sets %s, which nothing uses", name)
		}
	}
	for name := range everything().byName() {
		if _, ok := set["sd_"+name]; !ok {
			t.Errorf("Values gives %s, which vars.xml doesn't have", name)
		}
	}
	if got, want := len(everything().byName()), len(set); got != want {
		t.Errorf("Values has %d values, vars.xml %d", got, want)
	}
}

// Text that a caller brings must never be executed: no ${…} but variables of
// our own, which vars.xml sets, and no API call.
func TestNothingFromACallerIsExpanded(t *testing.T) {
	expand := regexp.MustCompile(`\$\{[^}]*\}?`)
	comment := regexp.MustCompile(`(?s)<!--.*?-->`)
	err := fs.WalkDir(Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".xml") {
			return err
		}
		data, err := Files.ReadFile(name)
		text := strings.ReplaceAll(string(comment.ReplaceAll(data, nil)), "$${", "")
		text = strings.ReplaceAll(text, `"sofia/internal/${dialed_user}%${dialed_domain}"`, "") // set by the originate that we write
		text = strings.ReplaceAll(text, `field="${sd_overflow}"`, "")                           // vars.xml's own
		if found := expand.FindString(text); found != "" {
			t.Errorf("%s expands %s at run time", name, found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sw, err := Files.ReadFile("autoload_configs/switch.conf.xml")
	if err != nil || !strings.Contains(string(sw), `name="api-expansion" value="false"`) {
		t.Errorf("api-expansion is not switched off (%v)", err)
	}
}

func everything() Values {
	return Values{
		Node: "n", Domain: "d", ESLIP: "i", ESLPort: 1, ESLPassword: "p", ControllerCIDR: "c",
		SIPIP: "i", PublicIP: "i", PhonesPort: 2, WSIP: "i", WSPort: 3, WSSPort: 4, TrunksPort: 5,
		TrunkCIDR: "c", RTPStart: 6, RTPEnd: 7, XMLURL: "u", XMLSecret: "s", SoundsDir: "d",
		Language: "en", Overflow: "o", MaxSessions: 8, SessionsPerSecond: 9,
	}
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "fs")
	v := ready()
	v.ESLPort, v.ESLPassword, v.Domain = 18021, "a<b&c'd", "desk.example"
	if err := Write(dir, v); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "vars.xml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"sd_esl_port=18021"`, `"sd_esl_password=a&lt;b&amp;c&apos;d"`, `"sd_domain=desk.example"`,
		`"sd_xml_credentials=freeswitch:s"`, `"sd_sounds_dir=` + dir + `/sounds"`, `"sd_phones_port=5060"`,
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("vars.xml has no %s", want)
		}
	}
	if info, _ := os.Stat(filepath.Join(dir, "vars.xml")); info.Mode().Perm()&0o007 != 0 {
		t.Errorf("everybody may read the passwords: %v", info.Mode())
	}
	if _, err := os.Stat(filepath.Join(dir, "sounds", "zh", "apology.wav")); err != nil {
		t.Error(err)
	}
	if err := Write(dir, v); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a second time: %v, want a conflict", err)
	}
}

func TestWriteRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		v     Values
		field string
	}{
		{"no password", Values{XMLSecret: "s"}, "esl_password"},
		{"no secret", Values{ESLPassword: "p"}, "xml_secret"},
		{"a variable", Values{ESLPassword: "p${x}", XMLSecret: "s"}, "esl_password"},
		{"a quote", Values{ESLPassword: `p"`, XMLSecret: "s"}, "esl_password"},
		{"a new line", Values{ESLPassword: "p", XMLSecret: "s\n"}, "xml_credentials"},
		{"a space", Values{ESLPassword: "p", XMLSecret: "s", Domain: "a b"}, "domain"},
		{"a language without sounds", Values{ESLPassword: "p", XMLSecret: "s", Language: "fr"}, "language"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "fs")
			err := Write(dir, c.v)
			f, ok := err.(*fault.Error)
			if !ok || f.Kind != fault.Invalid || f.Field != c.field {
				t.Errorf("got %v, want Invalid on %s", err, c.field)
			}
			if _, err := os.Stat(dir); err == nil {
				t.Error("something was written")
			}
		})
	}
}

// The recordings of each name that flows knows are there in both languages,
// at the telephone's rate, and not empty. flows stands above this package, so
// the list is read from its source.
func TestEveryPromptHasASound(t *testing.T) {
	src, err := os.ReadFile("../../flows/prompts.go")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`(?m)^\t\{"([a-z0-9_]+)", "`).FindAllStringSubmatch(string(src), -1)
	if len(names) < 50 {
		t.Fatalf("only %d names found in flows/prompts.go", len(names))
	}
	for _, m := range names {
		for _, lang := range []string{"zh", "en"} {
			checkSound(t, "sounds/"+lang+"/"+m[1]+".wav")
		}
	}
	checkSound(t, "sounds/music/waiting.wav")
}

func checkSound(t *testing.T, name string) {
	t.Helper()
	data, err := Files.ReadFile(name)
	if err != nil {
		t.Errorf("%v; make prompts", err)
		return
	}
	if len(data) < 500 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WAVE" {
		t.Errorf("%s is no sound", name)
		return
	}
	if ch, rate := binary.LittleEndian.Uint16(data[22:]), binary.LittleEndian.Uint32(data[24:]); ch != 1 || rate != 8000 {
		t.Errorf("%s has %d channels at %d Hz", name, ch, rate)
	}
}
