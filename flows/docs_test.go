package flows

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

const (
	docsFile  = "../docs/flows.md"
	docsBegin = "<!-- nodes: written from the spec table by `go test ./flows -run Docs -update` -->\n"
	docsEnd   = "<!-- end of nodes -->\n"
)

// The description of the format says what the spec table says.
func TestDocsFollowTheSpec(t *testing.T) {
	text, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok1 := strings.Cut(string(text), docsBegin)
	_, tail, ok2 := strings.Cut(rest, docsEnd)
	if !ok1 || !ok2 {
		t.Fatalf("%s has lost its marks", docsFile)
	}
	compare(t, docsFile, head+docsBegin+describe()+docsEnd+tail)
}

// Every flow shown in the description is one that is taken.
func TestDocsExamplesAreTaken(t *testing.T) {
	text, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(text), "```yaml\n")
	shown := 0
	for _, part := range parts[1:] {
		src, _, _ := strings.Cut(part, "```")
		if !strings.HasPrefix(src, "name:") {
			continue
		}
		shown++
		if f, list := Inspect("docs.yaml", []byte(src), sampleRefs()); f == nil {
			t.Errorf("refused: %v\n%s", list, src)
		}
	}
	if shown == 0 {
		t.Error("no whole flow is shown")
	}
}

func describe() string {
	var b strings.Builder
	for _, s := range Specs() {
		fmt.Fprintf(&b, "\n### `%s` %s\n\n%s. %s。\n\n", s.Kind, s.Label.ZH, upper(s.Help.EN), s.Help.ZH)
		if len(s.Fields) > 0 {
			b.WriteString("| field | 字段 | how it is written | default | what it is for |\n|---|---|---|---|---|\n")
			for _, f := range s.Fields {
				fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", f.Name, f.Label.ZH, written(&f), defaultOf(&f), f.Help.EN)
			}
			b.WriteString("\n")
		}
		if len(s.Exits) == 0 {
			b.WriteString("No exits.\n")
			continue
		}
		b.WriteString("| exit | 出口 | taken | if it is not connected |\n|---|---|---|---|\n")
		for _, x := range s.Exits {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", x.Name, x.Label.ZH, lower(x.Label.EN), unconnectedSays(&s, &x))
		}
	}
	b.WriteString("\n")
	return b.String()
}

func written(f *Field) string {
	how := map[FieldType]string{
		TypePrompts: "prompts, see above", TypeInt: "whole number", TypeDuration: "time such as `5s` or `2m`",
		TypeOption: "one of the options", TypeGroup: "name", TypeAgent: "digits", TypePhone: "telephone number",
		TypeVariable: "variable name", TypePattern: "regular expression (RE2)", TypeKeys: "table: key → node", TypeKey: "one of `0`-`9`, `*` and `#`", TypeFlag: "`true` or `false`",
		TypeAnswers: "table: value → prompts", TypeValues: "table: variable → text", TypeCases: "list of tables",
		TypeSpans: "list of weekly times", TypeDays: "list of dates", TypeHours: "name", TypeTerm: "`#`, `*` or `none`",
		TypeFlow: "name", TypeRules: "list of tables", TypeURL: "address", TypeHeaders: "table: header → text", TypeBody: "table: name → text",
		TypePaths: "table: variable → path", TypeLabels: "table: key → text", TypeSecond: "table: key → question", TypeNames: "list of variable names",
	}[f.Type]
	switch {
	case f.Type == TypeInt:
		how += fmt.Sprintf(", %d to %d", f.Min, f.Max)
	case f.Type == TypeDuration:
		how += fmt.Sprintf(", %d s to %d s", f.Min, f.Max)
	case f.Type == TypeOption:
		how = "`" + strings.Join(f.Options, "`, `") + "`"
	}
	return how
}

func defaultOf(f *Field) string {
	switch {
	case f.Required:
		return "must be given"
	case f.Default == "":
		return ""
	}
	return "`" + f.Default + "`"
}

func unconnectedSays(s *Spec, x *ExitSpec) string {
	switch {
	case x.Required:
		return "refused"
	case s.Kind == "hours":
		return "goes on at `closed`"
	case len(x.Says) == 0:
		return "the call ends"
	}
	return "says `" + strings.Join(x.Says, "`, `") + "`, then the call ends"
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }
