package arch

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "switchdesk"

// floors are the house from the top: a package imports only from floors
// below its own. A name stands for the folder with all below it.
var floors = [][]string{
	{"cmd"},
	{"app"},
	{"api", "realtime", "web"},
	{"floor"},
	{"flows", "queues", "mail", "qa", "reports"},
	{"calls", "chat", "tickets", "agents", "dialplan", "surveys"},
	{"crm", "kb", "hours", "applications", "accounts", "jobs", "prompts"},
	{"esl", "simswitch", "events", "storage", "configs"},
	{"internal"},
}

// withinFloor are the imports that are allowed between packages of a floor:
// what a service asks of its actor, the match of agents, and the simulated
// switch speaking the event socket's words.
var withinFloor = map[string][]string{
	"crm":          {"accounts"},
	"hours":        {"accounts"},
	"applications": {"accounts"},
	"prompts":      {"accounts"},
	"simswitch":    {"esl"},
	"api":          {"web"},
}

// onlyFrom are packages that only the folders named may import, tests of the
// imported package aside.
var onlyFrom = []struct {
	imported string
	from     []string
	tests    bool // tests may import it from anywhere
}{
	{module + "/esl", []string{"calls", "floor", "app", "simswitch"}, true},
	{module + "/simswitch", []string{"app", "cmd"}, true},
	{"github.com/percipia/eslgo", []string{"esl"}, true},
	{"github.com/labstack/echo", []string{"api"}, true},
	{"github.com/danielgtaylor/huma", []string{"api"}, true},
	{"github.com/minio/minio-go", []string{"storage/blob"}, true},
	{"github.com/robfig/cron", []string{"app/jobs.go"}, false},
	{"github.com/pressly/goose", []string{"storage/db"}, false},
	{"github.com/glebarez", []string{"storage/db"}, false},
	{"gorm.io/driver", []string{"storage/db"}, false},
	{"github.com/centrifugal/centrifuge", []string{"realtime", "app"}, true},
	{"github.com/prometheus/client_golang", []string{"app", "api", "realtime"}, true},
	{"github.com/knadh/koanf", []string{"configs"}, false},
	{"github.com/hajimehoshi/go-mp3", []string{"internal/audio"}, false},
	{"github.com/nyaruka/phonenumbers", []string{"dialplan"}, false},
	{"github.com/rclone/gofakes3", nil, true},
	{"pgregory.net/rapid", nil, true},
}

// testSupport are packages that exist for tests: they may reach for any part
// of the house, and only tests reach for them.
var testSupport = []string{"storage/db/dbtest", "internal/testswitch"}

func supportsTests(dir string) bool {
	return slices.ContainsFunc(testSupport, func(p string) bool { return within(dir, p) })
}

// badNames say nothing of what a package is.
var badNames = []string{"util", "utils", "common", "manager", "managers", "helper", "helpers", "misc", "base", "lib", "shared", "types", "models"}

// imports is one file's, relative to the module.
type imports struct {
	file  string
	paths []string
}

func (i imports) dir() string    { return path.Dir(i.file) }
func (i imports) test() bool     { return strings.HasSuffix(i.file, "_test.go") || supportsTests(i.dir()) }
func (i imports) String() string { return i.file }

// within tells whether a file or folder is the place named or below it.
func within(name, place string) bool {
	return name == place || strings.HasPrefix(name, place+"/")
}

func floorOf(dir string) int {
	return slices.IndexFunc(floors, func(names []string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return within(dir, n) })
	})
}

func top(dir string) string {
	first, _, _ := strings.Cut(dir, "/")
	return first
}

// broken names every rule that a file breaks.
func broken(f imports) []string {
	var out []string
	for _, imported := range f.paths {
		for _, rule := range onlyFrom {
			if !within(imported, rule.imported) || (rule.tests && f.test()) || within(module+"/"+f.dir(), rule.imported) {
				continue
			}
			if !slices.ContainsFunc(rule.from, func(place string) bool { return within(f.file, place) }) {
				out = append(out, fmt.Sprintf("%s imports %s, which only %s may", f, imported, either(rule.from)))
			}
		}
		rest, ours := strings.CutPrefix(imported, module+"/")
		if !ours || top(rest) == top(f.dir()) {
			continue
		}
		if supportsTests(rest) {
			if !f.test() {
				out = append(out, fmt.Sprintf("%s imports %s, which only tests may", f, imported))
			}
			continue
		}
		if supportsTests(f.dir()) {
			continue
		}
		mine, its := floorOf(f.dir()), floorOf(rest)
		switch {
		case its < 0:
			out = append(out, fmt.Sprintf("%s imports %s, which is on no floor of the house: add it to floors", f, imported))
		case its > mine || slices.Contains(withinFloor[top(f.dir())], top(rest)):
		case f.test() && within(rest, "simswitch"):
		case its == mine:
			out = append(out, fmt.Sprintf("%s imports %s of its own floor: tie them in app, or with an interface at the consumer", f, imported))
		default:
			out = append(out, fmt.Sprintf("%s imports %s of a floor above: imports point down only", f, imported))
		}
	}
	return out
}

func either(places []string) string {
	if len(places) == 0 {
		return "tests"
	}
	return strings.Join(places, ", ")
}

// badName gives the part of a folder's path that says nothing, or "".
func badName(dir string) string {
	for part := range strings.SplitSeq(dir, "/") {
		if slices.Contains(badNames, part) {
			return part
		}
	}
	return ""
}

func TestHouse(t *testing.T) {
	files := read(t, filepath.Join("..", ".."))
	seen := map[string]bool{}
	for _, f := range files {
		for _, problem := range broken(f) {
			t.Error(problem)
		}
		if seen[f.dir()] {
			continue
		}
		seen[f.dir()] = true
		if bad := badName(f.dir()); bad != "" {
			t.Errorf("%s: %q says nothing of what the package is", f.dir(), bad)
		}
		if floorOf(f.dir()) < 0 {
			t.Errorf("%s is on no floor of the house", f.dir())
		}
	}
	if len(seen) < 10 {
		t.Errorf("only %d packages were found", len(seen))
	}
}

// read parses the imports of every Go file that the build knows of.
func read(t *testing.T, root string) []imports {
	t.Helper()
	var files []imports
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			base := d.Name()
			if rel != "." && (base[0] == '.' || base[0] == '_' || base == "node_modules" || base == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(rel, ".go") {
			return nil
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), rel, src, parser.ImportsOnly)
		if err != nil {
			return err
		}
		f := imports{file: rel}
		for _, spec := range parsed.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			f.paths = append(f.paths, p)
		}
		files = append(files, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestRules shows that each kind of breach is found, and what is allowed not.
func TestRules(t *testing.T) {
	for _, c := range []struct{ file, imported, says string }{
		{"calls/call.go", "switchdesk/floor", "floor above"},
		{"calls/call.go", "switchdesk/queues", "floor above"},
		{"calls/call.go", "switchdesk/agents", "own floor"},
		{"accounts/user.go", "switchdesk/crm", "own floor"},
		{"internal/fault/fault.go", "switchdesk/accounts", "floor above"},
		{"storage/db/db.go", "switchdesk/configs", "own floor"},
		{"queues/match.go", "switchdesk/esl", "only calls"},
		{"queues/match.go", "switchdesk/toolbox", "no floor"},
		{"flows/node.go", "github.com/labstack/echo/v4", "only api"},
		{"flows/node.go", "github.com/minio/minio-go/v7/pkg/credentials", "only storage/blob"},
		{"app/app.go", "github.com/robfig/cron/v3", "only app/jobs.go"},
		{"calls/store.go", "switchdesk/storage/db/dbtest", "only tests"},
		{"calls/store.go", "switchdesk/simswitch", "only app"},
		{"simswitch/x.go", "switchdesk/storage/db", "own floor"},
		{"calls/call.go", "switchdesk/esl", ""},
		{"floor/core.go", "switchdesk/queues", ""},
		{"app/jobs.go", "github.com/robfig/cron/v3", ""},
		{"crm/crm.go", "switchdesk/accounts", ""},
		{"calls/call_test.go", "switchdesk/storage/db/dbtest", ""},
		{"esl/conformance_test.go", "switchdesk/simswitch", ""},
		{"calls/call.go", "switchdesk/internal/testswitch", "only tests"},
		{"calls/call_test.go", "switchdesk/internal/testswitch", ""},
		{"internal/testswitch/x.go", "switchdesk/configs/freeswitch", ""},
		{"storage/db/dbtest/dbtest.go", "switchdesk/storage/db", ""},
		{"api/routes.go", "switchdesk/internal/fault", ""},
		{"eslx/a.go", "fmt", ""},
	} {
		got := strings.Join(broken(imports{c.file, []string{c.imported}}), "; ")
		if (c.says == "") != (got == "") || !strings.Contains(got, c.says) {
			t.Errorf("%s imports %s: %q, want %q", c.file, c.imported, got, c.says)
		}
	}
	for dir, want := range map[string]string{"calls/util": "util", "common": "common", "calls": "", "communal": ""} {
		if got := badName(dir); got != want {
			t.Errorf("badName(%s) = %q", dir, got)
		}
	}
}
