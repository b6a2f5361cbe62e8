package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"switchdesk/dialplan"
	"switchdesk/flows"
)

// flowCmd is what can be done with flow files where no server is near (in an
// editor, a repository's checks, a shell), and from there with a server's.
type flowCmd struct {
	Check flowCheckCmd `cmd:"" help:"Name every mistake in flow files: file:line:column: node: what is wrong; what to do."`
	Run   flowRunCmd   `cmd:"" help:"Play one caller through a flow: the steps, what is heard, where it ends."`
	Test  flowTestCmd  `cmd:"" help:"Play the cases that are saved in flow files."`

	Push     flowPushCmd     `cmd:"" help:"Upload flow files to a server, each as the next version of the flow of its name."`
	Pull     flowPullCmd     `cmd:"" help:"Write a server's flows to files."`
	Activate flowActivateCmd `cmd:"" help:"Put a version in force on a server (生效)."`
	Rollback flowRollbackCmd `cmd:"" help:"Put the version in force that was before the present one."`
}

type flowFlags struct {
	Refs string `help:"File with the groups, agents, prompts, hours and flows that there are; what it leaves out is not checked." type:"existingfile" placeholder:"FILE"`
	Lang string `help:"Language of the messages: en or zh." default:"en" enum:"en,zh"`
}

func (f flowFlags) refs() (flows.Refs, error) {
	if f.Refs == "" {
		return flows.Refs{}, nil
	}
	src, err := readBounded(f.Refs)
	if err != nil {
		return flows.Refs{}, err
	}
	refs, err := flows.ReadRefs(src)
	if err != nil {
		return refs, fmt.Errorf("%s: %w", f.Refs, err)
	}
	return refs, nil
}

// maxFlowFile is more than the reader takes, so that it can say what is wrong.
const maxFlowFile = 8 << 20

func readBounded(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFlowFile))
}

// read checks one file and prints what is wrong with it; no flow if it is
// refused.
func (f flowFlags) read(w io.Writer, file string, refs flows.Refs) (*flows.Flow, error) {
	src, err := readBounded(file)
	if err != nil {
		return nil, err
	}
	flow, problems := flows.Inspect(file, src, refs)
	for _, p := range problems {
		fmt.Fprintln(w, p.In(f.Lang))
	}
	return flow, nil
}

// others reads the flow files that the first one leads to, and finds them by
// the name that stands in them.
func (f flowFlags) others(w io.Writer, files []string, refs flows.Refs) (func(string) (*flows.Flow, int64, int64), error) {
	var list []*flows.Flow
	for _, file := range files {
		flow, err := f.read(w, file, refs)
		if err != nil {
			return nil, err
		}
		if flow == nil {
			return nil, errTold
		}
		list = append(list, flow)
	}
	return func(name string) (*flows.Flow, int64, int64) {
		for i, flow := range list {
			if flow.Name == name {
				return flow, int64(i + 1), 1
			}
		}
		return nil, 0, 0
	}, nil
}

type flowCheckCmd struct {
	flowFlags
	Files []string `arg:"" name:"file" help:"Flow files."`
}

func (c *flowCheckCmd) Run(e *env) error {
	refs, err := c.refs()
	if err != nil {
		return err
	}
	bad := false
	for _, file := range c.Files {
		flow, err := c.read(e.out, file, refs)
		if err != nil {
			return err
		}
		bad = bad || flow == nil
	}
	if bad {
		return errTold
	}
	return nil
}

type flowTestCmd struct {
	flowFlags
	Files []string `arg:"" name:"file" help:"Flow files."`
	With  []string `help:"Further flow files, for nodes that go to other flows; their own cases are not played." type:"existingfile" placeholder:"FILE"`
}

func (c *flowTestCmd) Run(e *env) error {
	refs, err := c.refs()
	if err != nil {
		return err
	}
	others, err := c.others(e.err, c.With, refs)
	if err != nil {
		return err
	}
	bad := false
	for _, file := range c.Files {
		flow, err := c.read(e.out, file, refs)
		if err != nil {
			return err
		}
		if flow == nil {
			bad = true
			continue
		}
		failing := flow.Test(flows.Env{Flow: others})
		for _, p := range failing {
			fmt.Fprintln(e.out, p.In(c.Lang))
		}
		fmt.Fprintf(e.out, "%s: %d cases, %d failed\n", file, len(flow.Cases), len(failing))
		bad = bad || len(failing) > 0
	}
	if bad {
		return errTold
	}
	return nil
}

type flowRunCmd struct {
	flowFlags
	File        string            `arg:"" help:"Flow file."`
	At          string            `help:"When the call comes, in the enterprise's own time; now if left out." placeholder:"\"2026-10-01 09:00\""`
	From        string            `help:"The caller's number." default:"13800138000"`
	To          string            `help:"The service number that was dialled." default:"4000000000"`
	Keys        string            `help:"Keys pressed, a comma between two questions, - for none: \"1,2#\". Beyond them nothing is pressed."`
	Then        []string          `help:"What becomes of each wait for a person: ${then}. Beyond them the run ends there."`
	Region      string            `help:"Where the caller's number belongs; worked out from the number if left out."`
	Repeat      bool              `help:"The caller called before."`
	Blacklisted bool              `help:"The caller is on the blacklist."`
	Customer    map[string]string `help:"What is known of the customer: level=vip."`
	Open        []string          `help:"Named opening hours that are open then."`
	NoMessage   bool              `help:"The caller leaves no message where one is asked for."`
	With        []string          `help:"Further flow files, for nodes that go to other flows." type:"existingfile" placeholder:"FILE"`
	Answer      []string          `help:"What each look-up gets, in order: a status and a body such as '200 {\"a\":1}', 404, or why there is no answer. Nothing is ever sent." sep:"none" placeholder:"ANSWER"`
	LastAgent   string            `help:"Number of the agent who talked with the caller last."`
	JSON        bool              `name:"json" help:"Print the result as one JSON object."`
}

func (c *flowRunCmd) Run(e *env) error {
	refs, err := c.refs()
	if err != nil {
		return err
	}
	trial, err := c.trial()
	if err != nil {
		return err
	}
	flow, err := c.read(e.err, c.File, refs)
	switch {
	case err != nil:
		return err
	case flow == nil:
		return errTold
	}
	others, err := c.others(e.err, c.With, refs)
	if err != nil {
		return err
	}
	tried := flow.Try(trial, flows.Env{Group: refs.Group, Agent: refs.Agent, Flow: others})
	if c.JSON {
		out := json.NewEncoder(e.out)
		out.SetEscapeHTML(false)
		return out.Encode(tried)
	}
	c.print(e.out, tried)
	return nil
}

func (c *flowRunCmd) trial() (flows.Trial, error) {
	keys, bad := flows.SplitKeys(c.Keys)
	if bad != "" {
		return flows.Trial{}, fmt.Errorf("--keys: %q holds something that is no key of a phone", bad)
	}
	for _, word := range c.Then {
		if !flows.IsThen(word) {
			return flows.Trial{}, fmt.Errorf("--then: %q is none of %s, nor a key", word, strings.Join(flows.ThenWords, ", "))
		}
	}
	at := time.Now()
	if c.At != "" {
		t, err := time.Parse("2006-01-02 15:04", c.At)
		if err != nil {
			return flows.Trial{}, errors.New(`--at: write it like "2026-10-01 09:00"`)
		}
		at = t
	}
	region := c.Region
	if region == "" {
		region = dialplan.Region(c.From, "zh").String()
	}
	open := map[string]bool{}
	for _, name := range c.Open {
		open[name] = true
	}
	return flows.Trial{
		At: at, From: c.From, To: c.To, Region: region, Blacklisted: c.Blacklisted, Repeat: c.Repeat,
		Customer: c.Customer, Hours: open, Keys: keys, Then: c.Then, NoMessage: c.NoMessage, LastAgent: c.LastAgent, Answers: answers(c.Answer),
	}, nil
}

// answers reads what look-ups get.
func answers(list []string) []flows.Fetched {
	var out []flows.Fetched
	for _, text := range list {
		status, body, _ := strings.Cut(text, " ")
		n, err := strconv.Atoi(status)
		if err != nil || n < 100 || n > 599 {
			out = append(out, flows.Fetched{Why: text})
			continue
		}
		out = append(out, flows.Fetched{Status: n, Body: body})
	}
	return out
}

// print tells the run the way the caller lives it: what is heard and pressed,
// and between them the nodes passed.
func (c *flowRunCmd) print(w io.Writer, t flows.Tried) {
	heard, sent := t.Heard, t.Sent
	for i := 0; i <= len(t.Steps); i++ {
		for len(sent) > 0 && sent[0].Step == i {
			fmt.Fprintf(w, "sends    %s %s %s\n", sent[0].Method, sent[0].URL, sent[0].Body)
			sent = sent[1:]
		}
		for len(heard) > 0 && heard[0].Step == i {
			h := heard[0]
			heard = heard[1:]
			fmt.Fprintf(w, "hears    %s\n", h.Text)
			switch {
			case h.Asked && h.Keys == "":
				fmt.Fprintln(w, "presses  nothing")
			case h.Asked:
				fmt.Fprintf(w, "presses  %s\n", h.Keys)
			}
		}
		if i < len(t.Steps) {
			fmt.Fprintf(w, "step     %s\n", t.Steps[i].Line(c.Lang))
		}
	}
	if r := t.Rating; r != nil {
		fmt.Fprintf(w, "rating   %s %s\n", r.Label, r.Second)
	}
	fmt.Fprintf(w, "exit     %s\n", t.Where())
}
