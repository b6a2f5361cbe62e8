package api

import (
	"context"
	"strings"
	"time"

	"switchdesk/accounts"
	"switchdesk/dialplan"
	"switchdesk/flows"
	"switchdesk/internal/fault"
)

type tryIn struct{ Body FlowTryInput }

// inspect reads a flow that need not be kept; refused with its problems.
func (s *Server) inspect(ctx context.Context, text FlowText) (*flows.Flow, flows.Refs, error) {
	file, src, err := text.source()
	if err != nil {
		return nil, flows.Refs{}, err
	}
	refs, err := s.refs(ctx)
	if err != nil {
		return nil, refs, err
	}
	f, problems := flows.Inspect(file, src, refs)
	if f == nil {
		err := fault.New(fault.Invalid, "flow.refused", "the flow can't be tried while it has faults").On("source")
		return nil, refs, withProblems(ctx, err, problems)
	}
	return f, refs, nil
}

// trialEnv lets a trial find the account's groups, agents and flows in force.
func (s *Server) trialEnv(ctx context.Context, refs flows.Refs) flows.Env {
	account := actorOf(ctx).AccountID
	return flows.Env{
		Group: refs.Group, Agent: refs.Agent,
		Flow: func(name string) (*flows.Flow, int64, int64) { return s.parts.Flows.Named(account, name) },
	}
}

// tryFlow plays one caller through a flow. Nothing is rung, sent or written.
func (s *Server) tryFlow(ctx context.Context, in *tryIn) (*Body[flows.Tried], error) {
	f, refs, err := s.inspect(ctx, in.Body.FlowText)
	if err != nil {
		return nil, err
	}
	trial, err := in.Body.Trial.trial(actorOf(ctx), s.now())
	if err != nil {
		return nil, err
	}
	trial.Ask = in.Body.Wait
	return body(f.Try(trial, s.trialEnv(ctx, refs))), nil
}

func (t FlowTrial) trial(actor accounts.Actor, now time.Time) (flows.Trial, error) {
	at := now.In(actor.Location())
	if t.At != "" {
		var err error
		if at, err = time.Parse("2006-01-02 15:04", strings.Replace(t.At, "T", " ", 1)); err != nil {
			return flows.Trial{}, fault.New(fault.Invalid, "trial.at", "write the time like 2026-10-01 09:00").On("trial.at")
		}
	}
	for _, word := range t.Then {
		if !flows.IsThen(word) {
			return flows.Trial{}, fault.New(fault.Invalid, "trial.then", "use one of: %s, or a key", strings.Join(flows.ThenWords, ", ")).On("trial.then")
		}
	}
	for _, keys := range t.Keys {
		if len(keys) > 64 || strings.Trim(keys, "0123456789*#") != "" {
			return flows.Trial{}, fault.New(fault.Invalid, "trial.keys", "a telephone has the keys 0-9, * and #").On("trial.keys")
		}
	}
	region := t.Region
	if region == "" {
		region = dialplan.Region(t.From, "zh").String()
	}
	answers := each(t.Answers, func(a FlowTrialAnswer) flows.Fetched {
		if a.Status == 0 && a.Why == "" {
			a.Status = 200
		}
		return flows.Fetched{Status: a.Status, Body: a.Body, Why: a.Why}
	})
	return flows.Trial{
		At: at, From: t.From, To: t.To, Region: region, Blacklisted: t.Blacklisted, Repeat: t.Repeat, Customer: t.Customer,
		Hours: t.Hours, Keys: t.Keys, Then: t.Then, Answers: answers, LastAgent: t.LastAgent, NoMessage: t.NoMessage,
	}, nil
}

// runCases plays all saved cases of a flow.
func (s *Server) runCases(ctx context.Context, in *textNew) (*Body[FlowCasesResult], error) {
	f, refs, err := s.inspect(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	zh := actorOf(ctx).Language != "en"
	results := f.Results(s.trialEnv(ctx, refs))
	return body(FlowCasesResult{Cases: each(results, func(r flows.CaseResult) FlowCaseResult {
		why := r.Why
		if zh {
			why = r.WhyZH
		}
		return FlowCaseResult{Name: r.Name, OK: r.Why == "", Why: why, Tried: r.Tried}
	})}), nil
}
