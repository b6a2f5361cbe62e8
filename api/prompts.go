package api

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"

	"switchdesk/configs/freeswitch"
	"switchdesk/flows"
	"switchdesk/internal/fault"
	"switchdesk/prompts"
)

type promptNew struct {
	Name    string `query:"name" doc:"what flows call it"`
	File    string `query:"file" maxLength:"200" doc:"name of the file, kept for people"`
	RawBody []byte `contentType:"application/octet-stream"`
}

type promptSound struct {
	ByID
	File    string `query:"file" maxLength:"200" doc:"name of the file, kept for people"`
	RawBody []byte `contentType:"application/octet-stream"`
}

type promptIn struct {
	ByID
	Body struct {
		Name string `json:"name"`
	}
}

type builtinIn struct {
	Language string `path:"language" enum:"zh,en"`
	Name     string `path:"name" maxLength:"60"`
}

// upload makes a route take a sound file as its body: larger than others, and
// with more time to come in.
func upload(op *huma.Operation) {
	op.MaxBodyBytes, op.BodyReadTimeout = prompts.MaxUpload+1, uploadWithin
}

// listPrompts lists the account's own prompts, then what comes with the
// product: those that speak before the parts of which numbers are put together.
func (s *Server) listPrompts(ctx context.Context, _ *nothingIn) (*Body[List[PromptView]], error) {
	rows, err := s.parts.Prompts.List(ctx, actorOf(ctx).AccountID)
	if err != nil {
		return nil, err
	}
	view, err := s.promptViews(ctx)
	if err != nil {
		return nil, err
	}
	items := each(rows, view)
	for _, b := range flows.Builtins {
		items = append(items, builtinView(b))
	}
	return body(List[PromptView]{Items: items}), nil
}

// promptViews makes a view of each prompt, with what uses it.
func (s *Server) promptViews(ctx context.Context) (func(prompts.Prompt) PromptView, error) {
	uses, err := s.promptUses(ctx)
	if err != nil {
		return nil, err
	}
	names, err := s.userNames(ctx)
	if err != nil {
		return nil, err
	}
	return func(p prompts.Prompt) PromptView {
		used := uses[p.Name]
		if used == nil {
			used = []PromptUse{}
		}
		at := p.UpdatedAt.UTC()
		return PromptView{
			ID: p.ID, Name: p.Name, Source: string(p.Source), Original: p.Original, Text: p.Text, Language: p.Language, Voice: p.Voice,
			Speed: p.Speed, Milliseconds: p.Milliseconds, Bytes: p.Bytes, UsedBy: used, UpdatedAt: &at, UpdatedBy: names[p.UpdatedBy],
		}
	}, nil
}

// promptUses finds who names a prompt: the version in force and the newest of
// each flow, and groups.
func (s *Server) promptUses(ctx context.Context) (map[string][]PromptUse, error) {
	account := actorOf(ctx).AccountID
	uses := map[string][]PromptUse{}
	add := func(name string, u PromptUse) {
		if name != "" && !slices.Contains(uses[name], u) {
			uses[name] = append(uses[name], u)
		}
	}
	rows, err := s.parts.Flows.List(ctx, account)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		for _, number := range []int64{r.Active, r.Latest} {
			if f := s.parts.Flows.At(account, r.ID, number); f != nil {
				for _, name := range f.Uses().Prompts {
					add(name, PromptUse{Kind: "flow", ID: r.ID, Name: r.Name})
				}
			}
		}
	}
	groups, err := s.parts.Groups.Groups(ctx, account)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		add(g.Greeting, PromptUse{Kind: "group", ID: g.ID, Name: g.Name})
		add(g.Music, PromptUse{Kind: "group", ID: g.ID, Name: g.Name})
	}
	return uses, nil
}

// unusedPrompt gives a prompt that nothing names; Conflict if something does.
func (s *Server) unusedPrompt(ctx context.Context, id int64) (prompts.Prompt, error) {
	p, err := s.parts.Prompts.Get(ctx, actorOf(ctx).AccountID, id)
	if err != nil {
		return p, err
	}
	uses, err := s.promptUses(ctx)
	if err != nil {
		return p, err
	}
	if used := uses[p.Name]; len(used) > 0 {
		names := each(used, func(u PromptUse) string { return u.Name })
		return p, fault.New(fault.Conflict, "prompt.used", "%s is used by %s; take it out there first", p.Name, strings.Join(names, ", "))
	}
	return p, nil
}

// promptChanged answers with a prompt after a change, which the log gets too.
func (s *Server) promptChanged(ctx context.Context, action string, p prompts.Prompt, detail map[string]any) (*Body[PromptView], error) {
	s.reload(ctx)
	detail["name"] = p.Name
	if err := s.noted(ctx, action, "prompt", p.ID, detail); err != nil {
		return nil, err
	}
	view, err := s.promptViews(ctx)
	if err != nil {
		return nil, err
	}
	return body(view(p)), nil
}

func (s *Server) addPrompt(ctx context.Context, in *promptNew) (*Body[PromptView], error) {
	a := actorOf(ctx)
	p, err := s.parts.Prompts.Add(ctx, a.AccountID, prompts.Upload{Name: in.Name, Original: in.File, File: in.RawBody, By: a.UserID})
	if err != nil {
		return nil, err
	}
	return s.promptChanged(ctx, "prompt.create", p, map[string]any{"file": p.Original, "sha256": p.SHA256})
}

func (s *Server) replacePrompt(ctx context.Context, in *promptSound) (*Body[PromptView], error) {
	a := actorOf(ctx)
	p, err := s.parts.Prompts.Replace(ctx, a.AccountID, in.ID, prompts.Upload{Original: in.File, File: in.RawBody, By: a.UserID})
	if err != nil {
		return nil, err
	}
	return s.promptChanged(ctx, "prompt.replace", p, map[string]any{"file": p.Original, "sha256": p.SHA256})
}

func (s *Server) renamePrompt(ctx context.Context, in *promptIn) (*Body[PromptView], error) {
	old, err := s.unusedPrompt(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	a := actorOf(ctx)
	p, err := s.parts.Prompts.Rename(ctx, a.AccountID, in.ID, in.Body.Name, a.UserID)
	if err != nil {
		return nil, err
	}
	return s.promptChanged(ctx, "prompt.update", p, map[string]any{"was": old.Name})
}

func (s *Server) removePrompt(ctx context.Context, in *ByID) (*Nothing, error) {
	p, err := s.unusedPrompt(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.parts.Prompts.Remove(ctx, p.AccountID, p.ID); err != nil {
		return nil, err
	}
	s.reload(ctx)
	return nil, s.noted(ctx, "prompt.delete", "prompt", p.ID, map[string]any{"name": p.Name})
}

// promptAudio plays a prompt as callers hear it.
func (s *Server) promptAudio(ctx context.Context, in *ByID) (*huma.StreamResponse, error) {
	p, err := s.parts.Prompts.Get(ctx, actorOf(ctx).AccountID, in.ID)
	if err != nil {
		return nil, err
	}
	content, err := s.parts.Prompts.Open(ctx, p)
	if err != nil {
		return nil, err
	}
	return sound(strconv.FormatInt(p.ID, 10)+".wav", p.UpdatedAt, content), nil
}

// builtinAudio plays a recording that comes with the product.
func (s *Server) builtinAudio(_ context.Context, in *builtinIn) (*huma.StreamResponse, error) {
	if !flows.IsBuiltin(in.Name) {
		return nil, fault.New(fault.NotFound, "prompt.unknown", "there is no such prompt")
	}
	data, err := freeswitch.Files.ReadFile(fmt.Sprintf("sounds/%s/%s.wav", in.Language, in.Name))
	if err != nil {
		return nil, fault.New(fault.NotFound, "prompt.unknown", "there is no such prompt").Because(err)
	}
	return sound(in.Name+".wav", time.Time{}, nopClose{bytes.NewReader(data)}), nil
}

type nopClose struct{ *bytes.Reader }

func (nopClose) Close() error { return nil }

// sound answers with a WAV file, whole or the range that was asked for.
func sound(name string, at time.Time, content io.ReadSeekCloser) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer content.Close() //nolint:errcheck // only read from
		c := humaecho.Unwrap(hc)
		h := c.Response().Header()
		h.Set("Content-Type", "audio/wav")
		h.Set("Cache-Control", "private, no-cache")
		h.Set("Content-Security-Policy", "default-src 'none'; media-src 'self'; sandbox")
		http.ServeContent(c.Response(), c.Request(), name, at, content)
	}}
}
