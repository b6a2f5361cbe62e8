package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"switchdesk/flows"
	"switchdesk/internal/fault"
)

type activateIn struct {
	ByVersion
	Body *FlowActivation
}

type renameIn struct {
	ByID
	Body FlowRename
}

// SourceFormat is how a flow is handed out.
type SourceFormat struct {
	Format string `query:"format" enum:"yaml,json" doc:"as it was uploaded, if left out"`
}

type versionSourceIn struct {
	ByVersion
	SourceFormat
}

type draftSourceIn struct {
	ByID
	SourceFormat
}

// download is a file to save.
type download struct {
	Type string `header:"Content-Type"`
	Name string `header:"Content-Disposition"`
	Body []byte
}

// activateFlow puts a version in force. It is checked anew, and its cases are
// played: a group that it sends callers to may be gone by now.
func (s *Server) activateFlow(ctx context.Context, in *activateIn) (*Body[FlowView], error) {
	how := FlowActivation{}
	if in.Body != nil {
		how = *in.Body
	}
	return s.activate(ctx, in.ID, in.N, how, "flow.activate")
}

// rollBack puts the newest older version in force that has been before.
func (s *Server) rollBack(ctx context.Context, in *ByID) (*Body[FlowView], error) {
	n, err := s.parts.Flows.Older(ctx, actorOf(ctx).AccountID, in.ID)
	if err != nil {
		return nil, err
	}
	return s.activate(ctx, in.ID, n, FlowActivation{}, "flow.rollback")
}

func (s *Server) activate(ctx context.Context, flow, number int64, how FlowActivation, deed string) (*Body[FlowView], error) {
	actor := actorOf(ctx)
	reason := strings.TrimSpace(how.Reason)
	if how.Force && reason == "" {
		return nil, fault.New(fault.Invalid, "flow.reason", "say why the version is put in force although its cases fail").On("reason")
	}
	refs, err := s.refs(ctx)
	if err != nil {
		return nil, err
	}
	s.speakAhead(ctx, flow, number)
	put := s.parts.Flows.Activate
	if how.Force {
		put = s.parts.Flows.ForceActive
	}
	problems, err := put(ctx, actor.AccountID, flow, number, actor.UserID, refs)
	if err != nil {
		return nil, withProblems(ctx, err, problems)
	}
	s.reload(ctx)
	detail := map[string]any{"version": number}
	if failing := failedCases(problems); len(failing) > 0 {
		detail["forced"], detail["reason"], detail["failing"] = true, reason, failing
	}
	if err := s.noted(ctx, deed, "flow", flow, detail); err != nil {
		return nil, err
	}
	return s.oneFlow(ctx, flow)
}

// failedCases names the cases that failed, a few of many.
func failedCases(problems []flows.Problem) []string {
	var names []string
	for _, p := range problems {
		if p.Code == "case.failed" && len(names) < 20 {
			names = append(names, p.What)
		}
	}
	return names
}

func (s *Server) oneFlow(ctx context.Context, id int64) (*Body[FlowView], error) {
	r, err := s.parts.Flows.Get(ctx, actorOf(ctx).AccountID, id)
	if err != nil {
		return nil, err
	}
	facts, err := s.flowFacts(ctx)
	if err != nil {
		return nil, err
	}
	return body(flowView(r, facts)), nil
}

func (s *Server) renameFlow(ctx context.Context, in *renameIn) (*Body[FlowView], error) {
	account := actorOf(ctx).AccountID
	was, err := s.parts.Flows.Get(ctx, account, in.ID)
	if err != nil {
		return nil, err
	}
	users, err := s.parts.Flows.Rename(ctx, account, in.ID, in.Body.Name)
	if err != nil {
		return nil, withUses(ctx, err, users, nil)
	}
	s.reload(ctx)
	if err := s.noted(ctx, "flow.rename", "flow", in.ID, map[string]string{"from": was.Name, "to": in.Body.Name}); err != nil {
		return nil, err
	}
	return s.oneFlow(ctx, in.ID)
}

// removeFlow takes a flow away that nothing leads to.
func (s *Server) removeFlow(ctx context.Context, in *ByID) (*Nothing, error) {
	account := actorOf(ctx).AccountID
	r, err := s.parts.Flows.Get(ctx, account, in.ID)
	if err != nil {
		return nil, err
	}
	numbers, err := s.numbersOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if len(numbers) > 0 {
		err := fault.New(fault.Conflict, "flow.used", "service numbers or the enterprise's settings lead to this flow, so it can't be removed; change those first")
		return nil, withUses(ctx, err, nil, numbers)
	}
	users, err := s.parts.Flows.Remove(ctx, account, in.ID)
	if err != nil {
		return nil, withUses(ctx, err, users, nil)
	}
	s.reload(ctx)
	return nil, s.noted(ctx, "flow.delete", "flow", in.ID, map[string]string{"name": r.Name})
}

// numbersOf lists the service numbers that lead to a flow.
func (s *Server) numbersOf(ctx context.Context, flow int64) ([]Use, error) {
	numbers, err := s.parts.Numbers.Numbers(ctx, actorOf(ctx))
	var uses []Use
	for _, n := range numbers {
		if slices.Contains(n.Flows(), flow) {
			uses = append(uses, Use{Kind: "number", ID: n.ID, Name: n.Number})
		}
	}
	if err != nil {
		return nil, err
	}
	account, err := s.accounts.Account(ctx, actorOf(ctx).AccountID)
	if err == nil && account.SurveyFlowID == flow {
		uses = append(uses, Use{Kind: "account", ID: account.ID, Name: account.Name})
	}
	return uses, err
}

// withUses puts what leads somewhere into the error's body.
func withUses(ctx context.Context, err error, users []flows.InForce, uses []Use) error {
	for _, f := range users {
		uses = append(uses, Use{Kind: "flow", ID: f.ID, Name: f.Name})
	}
	if len(uses) == 0 {
		return err
	}
	return withDetail(ctx, err, func(e *ErrorDetail) { e.Uses = uses })
}

// versionSource hands out a version as a file, under the flow's present name.
func (s *Server) versionSource(ctx context.Context, in *versionSourceIn) (*download, error) {
	account := actorOf(ctx).AccountID
	r, err := s.parts.Flows.Get(ctx, account, in.ID)
	if err != nil {
		return nil, err
	}
	v, err := s.parts.Flows.Version(ctx, account, in.ID, in.N)
	if err != nil {
		return nil, err
	}
	return handOut(r.Name, []byte(v.Source), in.Format)
}

func (s *Server) draftSource(ctx context.Context, in *draftSourceIn) (*download, error) {
	account := actorOf(ctx).AccountID
	r, err := s.parts.Flows.Get(ctx, account, in.ID)
	if err != nil {
		return nil, err
	}
	d, err := s.parts.Flows.Draft(ctx, account, in.ID)
	if err != nil {
		return nil, err
	}
	return handOut(r.Name, []byte(d.Source), in.Format)
}

// handOut makes a file of a flow. Without a format it is what was uploaded.
func handOut(name string, src []byte, format string) (*download, error) {
	if named, ok := flows.Named(src, name); ok {
		src = named
	}
	isJSON := strings.HasPrefix(strings.TrimSpace(string(src)), "{")
	switch {
	case format == "json" && !isJSON:
		doc := documentOf(src)
		if doc == nil {
			return nil, fault.New(fault.Invalid, "flow.unreadable", "the text can't be read as a flow; take it as it is")
		}
		var out bytes.Buffer
		if err := json.Indent(&out, doc, "", "  "); err != nil {
			return nil, err
		}
		out.WriteByte('\n')
		src, isJSON = out.Bytes(), true
	case format == "yaml" && isJSON:
		out, err := flows.Write(src)
		if err != nil {
			return nil, fault.New(fault.Invalid, "flow.unreadable", "the text can't be read as a flow; take it as it is").Because(err)
		}
		src, isJSON = out, false
	}
	ext, mime := ".yaml", "application/yaml; charset=utf-8"
	if isJSON {
		ext, mime = ".json", "application/json; charset=utf-8"
	}
	return &download{Type: mime, Name: attachment(name + ext), Body: src}, nil
}

// attachment names a file to save, in any language (RFC 6266).
func attachment(name string) string {
	plain := strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' || strings.ContainsRune(`"\/:*?<>|%`, c) {
			return '_'
		}
		return c
	}, name)
	return fmt.Sprintf("attachment; filename=%q; filename*=UTF-8''%s", plain, url.PathEscape(name))
}

// flowFaults lists the flows in force that no longer hold: what they lead to
// may be gone since they were put in force.
func (s *Server) flowFaults(ctx context.Context, _ *nothingIn) (*Body[List[FlowFaults]], error) {
	refs, err := s.refs(ctx)
	if err != nil {
		return nil, err
	}
	out := []FlowFaults{}
	for _, f := range s.parts.Flows.Active(actorOf(ctx).AccountID) {
		problems := slices.DeleteFunc(flows.Check(f.Flow, refs), func(p flows.Problem) bool { return p.Warning })
		if len(problems) > 0 {
			out = append(out, FlowFaults{ID: f.ID, Name: f.Name, Version: f.Version, Problems: problemViews(ctx, problems)})
		}
	}
	return body(List[FlowFaults]{Items: out}), nil
}

// flowSpec is what a flow may be made of, for editors.
func (s *Server) flowSpec(context.Context, *nothingIn) (*Body[FlowSpec], error) {
	tones := make([]string, 0, len(flows.Tones))
	for name := range flows.Tones {
		tones = append(tones, name)
	}
	slices.Sort(tones)
	return body(FlowSpec{
		Kinds: flows.Specs(), Builtins: each(flows.Builtins, builtinView), Tones: tones, Then: flows.ThenWords, Ends: flows.Ends,
	}), nil
}

func builtinView(b flows.Builtin) PromptView {
	return PromptView{Name: b.Name, BuiltIn: true, Zh: b.ZH, En: b.EN, UsedBy: []PromptUse{}}
}
