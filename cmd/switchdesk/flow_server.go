package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"switchdesk/flows"
)

// serverFlags say which server to work on, with which key.
type serverFlags struct {
	Server string `help:"Address of the server." env:"SWITCHDESK_SERVER" required:"" placeholder:"URL"`
	Key    string `help:"API key with the right flows.manage; better kept in the environment." env:"SWITCHDESK_KEY" required:"" placeholder:"KEY"`
	Lang   string `help:"Language of the messages: en or zh." default:"en" enum:"en,zh"`
}

// answerTime bounds one request to the server.
const answerTime = time.Minute

// remoteError is what the server says is wrong.
type remoteError struct {
	Status   int
	Code     string          `json:"code"`
	Message  string          `json:"message"`
	Problems []flows.Problem `json:"problems"`
	Uses     []struct {
		Kind string `json:"kind"`
		Name string `json:"name"`
	} `json:"uses"`
}

func (e *remoteError) Error() string {
	text := e.Message
	if text == "" {
		text = http.StatusText(e.Status)
	}
	for _, u := range e.Uses {
		text += "\n  " + u.Kind + " " + u.Name
	}
	return text
}

// ask sends a request to the server and reads its answer into out, raw if out
// is a *[]byte. What the server refuses is a *remoteError.
func (f serverFlags) ask(ctx context.Context, method, path string, in, out any) error {
	base, err := url.Parse(f.Server)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return fmt.Errorf("--server: %q is not an address like https://desk.example.com", f.Server)
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(f.Server, "/")+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+f.Key)
	req.Header.Set("Accept-Language", f.Lang)
	req.Header.Set("X-Requested-With", "switchdesk")
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("the server can't be reached: %w", err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 4*maxFlowFile))
	if err != nil {
		return fmt.Errorf("the server's answer broke off: %w", err)
	}
	if res.StatusCode >= http.StatusBadRequest {
		return refusal(res.StatusCode, raw)
	}
	switch out := out.(type) {
	case nil:
		return nil
	case *[]byte:
		*out = raw
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("%s answers with something else than Switchdesk's API", f.Server)
	}
	return nil
}

func refusal(status int, raw []byte) error {
	var body struct {
		Err remoteError `json:"error"`
	}
	if err := json.Unmarshal(raw, &body); err != nil || body.Err.Code == "" {
		return fmt.Errorf("the server answers %d %s", status, http.StatusText(status))
	}
	body.Err.Status = status
	return &body.Err
}

// tell prints what is wrong with a flow, a line each, as `flow check` does;
// file takes the place of the name that the server knows. Any other error it
// gives back.
func (f serverFlags) tell(w io.Writer, file string, err error) error {
	var refused *remoteError
	if !errors.As(err, &refused) || len(refused.Problems) == 0 {
		return err
	}
	f.print(w, file, refused.Problems)
	return errTold
}

func (f serverFlags) print(w io.Writer, file string, problems []flows.Problem) {
	for _, p := range problems {
		if file != "" {
			p.File = file
		}
		p.WhatZH, p.DoZH = p.What, p.Do // the server has chosen the language
		fmt.Fprintln(w, p.In(f.Lang))
	}
}

// remoteFlow is a flow as the server lists it.
type remoteFlow struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Active int64  `json:"active"`
	Latest int64  `json:"latest"`
}

func (f serverFlags) flows(ctx context.Context) ([]remoteFlow, error) {
	var list struct {
		Items []remoteFlow `json:"items"`
	}
	return list.Items, f.ask(ctx, http.MethodGet, "/api/flows", nil, &list)
}

func (f serverFlags) flow(ctx context.Context, name string) (remoteFlow, error) {
	list, err := f.flows(ctx)
	if err != nil {
		return remoteFlow{}, err
	}
	for _, r := range list {
		if r.Name == name {
			return r, nil
		}
	}
	return remoteFlow{}, fmt.Errorf("the server has no flow %q", name)
}

type flowPushCmd struct {
	serverFlags
	Note     string   `help:"What is new; shown in the history." placeholder:"TEXT"`
	Activate bool     `help:"Put what was pushed in force as well."`
	Files    []string `arg:"" name:"file" help:"Flow files."`
}

// pushed is the server's answer to an upload.
type pushed struct {
	ID        int64           `json:"id"`
	Name      string          `json:"name"`
	Number    int64           `json:"number"`
	Unchanged bool            `json:"unchanged"`
	Problems  []flows.Problem `json:"problems"`
}

// Run uploads the files. Flows that lead to each other may come in any order:
// one that is refused for another's sake is tried again after the others.
func (c *flowPushCmd) Run(e *env) error {
	sources := make(map[string]string, len(c.Files))
	for _, file := range c.Files {
		src, err := readBounded(file)
		if err != nil {
			return err
		}
		sources[file] = string(src)
	}
	var done []pushed
	bad := false
	for rest := c.Files; len(rest) > 0; {
		var waiting []string
		refused := map[string]error{}
		for _, file := range rest {
			up, err := c.push(e, file, sources[file])
			switch {
			case err == nil:
				done = append(done, up)
			case lacksFlow(err):
				waiting = append(waiting, file)
				refused[file] = err
			default:
				bad = true
				if err := c.tell(e.out, file, err); !errors.Is(err, errTold) {
					return fmt.Errorf("%s: %w", file, err)
				}
			}
		}
		if len(waiting) == len(rest) {
			for _, file := range waiting {
				_ = c.tell(e.out, file, refused[file]) // there are problems to print
			}
			return errTold
		}
		rest = waiting
	}
	if bad {
		return errTold
	}
	if !c.Activate {
		return nil
	}
	for _, up := range done {
		if err := activateOn(e, c.serverFlags, remoteFlow{ID: up.ID, Name: up.Name}, up.Number, false, ""); err != nil {
			return err
		}
	}
	return nil
}

func (c *flowPushCmd) push(e *env, file, source string) (pushed, error) {
	var up pushed
	err := c.ask(e.ctx, http.MethodPost, "/api/flows", map[string]string{
		"file": filepath.Base(file), "source": source, "note": c.Note,
	}, &up)
	if err != nil {
		return up, err
	}
	c.print(e.out, file, up.Problems)
	what := "version"
	if up.Unchanged {
		what = "unchanged, version"
	}
	fmt.Fprintf(e.out, "%s: %s: %s %d\n", file, up.Name, what, up.Number)
	return up, nil
}

// lacksFlow tells whether a file was refused for nothing but flows that are
// not there, yet.
func lacksFlow(err error) bool {
	var refused *remoteError
	if !errors.As(err, &refused) || len(refused.Problems) == 0 {
		return false
	}
	for _, p := range refused.Problems {
		if p.Code != "flow.missing" && !p.Warning {
			return false
		}
	}
	return true
}

type flowPullCmd struct {
	serverFlags
	Dir    string   `help:"Folder to write to." default:"." type:"existingdir"`
	Active bool     `help:"The versions in force instead of the newest."`
	Names  []string `arg:"" optional:"" name:"name" help:"Names of flows; all if left out."`
}

// Run writes each flow to a file of its name.
func (c *flowPullCmd) Run(e *env) error {
	list, err := c.flows(e.ctx)
	if err != nil {
		return err
	}
	wanted := make(map[string]bool, len(c.Names))
	for _, name := range c.Names {
		wanted[name] = true
	}
	written := map[string]string{}
	for _, r := range list {
		if len(c.Names) > 0 && !wanted[r.Name] {
			continue
		}
		delete(wanted, r.Name)
		number := r.Latest
		if c.Active {
			number = r.Active
		}
		if number == 0 {
			fmt.Fprintf(e.out, "%s: no such version yet, left out\n", r.Name)
			continue
		}
		if err := c.pull(e, r, number, written); err != nil {
			return err
		}
	}
	for name := range wanted {
		return fmt.Errorf("the server has no flow %q", name)
	}
	return nil
}

func (c *flowPullCmd) pull(e *env, r remoteFlow, number int64, written map[string]string) error {
	var src []byte
	if err := c.ask(e.ctx, http.MethodGet, fmt.Sprintf("/api/flows/%d/versions/%d/source", r.ID, number), nil, &src); err != nil {
		return err
	}
	ext := ".yaml"
	if bytes.HasPrefix(bytes.TrimSpace(src), []byte("{")) {
		ext = ".json"
	}
	file := filepath.Join(c.Dir, fileOf(r.Name)+ext)
	if other := written[file]; other != "" {
		return fmt.Errorf("the flows %q and %q would both be written to %s; name one of them", other, r.Name, file)
	}
	written[file] = r.Name
	what := "version"
	if old, err := readBounded(file); err == nil && bytes.Equal(old, src) {
		what = "unchanged, version"
	} else if err := os.WriteFile(file, src, 0o644); err != nil { //nolint:gosec // a flow is no secret among those who may log in here
		return err
	}
	fmt.Fprintf(e.out, "%s: %s: %s %d\n", file, r.Name, what, number)
	return nil
}

// fileOf makes a file's name of a flow's: no folders, nothing hidden.
func fileOf(flow string) string {
	name := strings.Map(func(c rune) rune {
		if c < ' ' || strings.ContainsRune(`/\:*?"<>|`, c) {
			return '_'
		}
		return c
	}, flow)
	if strings.HasPrefix(name, ".") {
		name = "_" + name[1:]
	}
	return name
}

type flowActivateCmd struct {
	serverFlags
	Force  bool   `help:"Although saved cases fail; it is logged."`
	Reason string `help:"Why it is forced." placeholder:"TEXT"`
	Name   string `arg:"" help:"Name of the flow."`
	Number int64  `arg:"" optional:"" help:"Number of the version; the newest if left out."`
}

// Run puts a version in force.
func (c *flowActivateCmd) Run(e *env) error {
	if c.Force && strings.TrimSpace(c.Reason) == "" {
		return errors.New("--force needs --reason")
	}
	r, err := c.flow(e.ctx, c.Name)
	if err != nil {
		return err
	}
	number := c.Number
	if number == 0 {
		number = r.Latest
	}
	if number == 0 {
		return fmt.Errorf("the flow %q has no version yet", r.Name)
	}
	return activateOn(e, c.serverFlags, r, number, c.Force, c.Reason)
}

func activateOn(e *env, f serverFlags, r remoteFlow, number int64, force bool, reason string) error {
	path := "/api/flows/" + strconv.FormatInt(r.ID, 10) + "/versions/" + strconv.FormatInt(number, 10) + "/activate"
	var now remoteFlow
	if err := f.ask(e.ctx, http.MethodPost, path, map[string]any{"force": force, "reason": reason}, &now); err != nil {
		return f.tell(e.out, "", err)
	}
	fmt.Fprintf(e.out, "%s: version %d in force\n", now.Name, now.Active)
	return nil
}

type flowRollbackCmd struct {
	serverFlags
	Name string `arg:"" help:"Name of the flow."`
}

// Run puts the version in force that was before the present one.
func (c *flowRollbackCmd) Run(e *env) error {
	r, err := c.flow(e.ctx, c.Name)
	if err != nil {
		return err
	}
	var now remoteFlow
	if err := c.ask(e.ctx, http.MethodPost, fmt.Sprintf("/api/flows/%d/rollback", r.ID), map[string]any{}, &now); err != nil {
		return c.tell(e.out, "", err)
	}
	fmt.Fprintf(e.out, "%s: version %d in force\n", now.Name, now.Active)
	return nil
}
