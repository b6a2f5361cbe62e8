package api

import (
	"context"
	"errors"
	"time"

	"switchdesk/agents"
	"switchdesk/dialplan"
	"switchdesk/floor"
)

type nothingIn struct{}

type stateIn struct {
	Body struct {
		State  string `json:"state" enum:"idle,busy,break,custom,offline"`
		Reason string `json:"reason,omitempty" maxLength:"60" doc:"name of the break or custom state"`
	}
}

type dialIn struct {
	Body struct {
		Number string `json:"number" minLength:"1" maxLength:"40"`
	}
}

// CallIn is the input of routes that name one call.
type CallIn struct {
	ID string `path:"id" minLength:"1" maxLength:"36" doc:"call id"`
}

type menuIn struct {
	CallIn
	Body struct {
		Flow int64  `json:"flow" minimum:"1"`
		Node string `json:"node" minLength:"1" maxLength:"100"`
	}
}

type transferIn struct {
	CallIn
	Body struct {
		Agent  int64  `json:"agent,omitempty" minimum:"0" doc:"id of a colleague; or"`
		Group  int64  `json:"group,omitempty" minimum:"0" doc:"id of a skill group; or"`
		Number string `json:"number,omitempty" maxLength:"40" doc:"a number outside"`
	}
}

type extendIn struct {
	Body struct {
		Seconds int `json:"seconds" minimum:"1" maximum:"3600"`
	}
}

type methodIn struct {
	Body struct {
		Method string `json:"method" enum:"web,sip,mobile"`
	}
}

func (s *Server) bar(ctx context.Context, _ *nothingIn) (*Body[floor.Bar], error) {
	actor := actorOf(ctx)
	bar, err := s.floor.Bar(ctx, actor.AccountID, actor.UserID)
	if err != nil {
		return nil, err
	}
	return body(bar), nil
}

// do gives the floor an order and answers with the bar as it is then.
func (s *Server) do(ctx context.Context, cmd floor.Command) (*Body[floor.Bar], error) {
	if err := s.floor.Do(ctx, cmd); err != nil {
		return nil, err
	}
	return s.bar(ctx, nil)
}

func (s *Server) setState(ctx context.Context, in *stateIn) (*Body[floor.Bar], error) {
	a := actorOf(ctx)
	if in.Body.State == string(agents.Offline) {
		return s.do(ctx, floor.SignOut{Account: a.AccountID, Agent: a.UserID})
	}
	// Somebody who went offline with the bar open comes back by choosing a state.
	if err := s.floor.Do(ctx, floor.SignIn{Account: a.AccountID, Agent: a.UserID}); err != nil {
		return nil, err
	}
	return s.do(ctx, floor.SetState{
		Account: a.AccountID, Agent: a.UserID, State: agents.State(in.Body.State), Reason: in.Body.Reason, By: a.UserID,
	})
}

func (s *Server) dial(ctx context.Context, in *dialIn) (*Body[floor.Bar], error) {
	a := actorOf(ctx)
	return s.do(ctx, floor.Dial{Account: a.AccountID, Agent: a.UserID, Number: in.Body.Number})
}

func (s *Server) answer(ctx context.Context, in *CallIn) (*Body[floor.Bar], error) {
	a := actorOf(ctx)
	return s.do(ctx, floor.Answer{Account: a.AccountID, Agent: a.UserID, Call: in.ID})
}

func (s *Server) refuse(ctx context.Context, in *CallIn) (*Body[floor.Bar], error) {
	a := actorOf(ctx)
	return s.do(ctx, floor.Refuse{Account: a.AccountID, Agent: a.UserID, Call: in.ID})
}

func (s *Server) hangup(ctx context.Context, in *CallIn) (*Body[floor.Bar], error) {
	a := actorOf(ctx)
	return s.do(ctx, floor.Hangup{Account: a.AccountID, Agent: a.UserID, Call: in.ID})
}

func (s *Server) hold(ctx context.Context, in *CallIn) (*Body[floor.Bar], error) {
	a := actorOf(ctx)
	return s.do(ctx, floor.Hold{Account: a.AccountID, Agent: a.UserID, Call: in.ID})
}

func (s *Server) resume(ctx context.Context, in *CallIn) (*Body[floor.Bar], error) {
	a := actorOf(ctx)
	return s.do(ctx, floor.Resume{Account: a.AccountID, Agent: a.UserID, Call: in.ID})
}

func (s *Server) menus(ctx context.Context, _ *nothingIn) (*Body[List[floor.Menu]], error) {
	rows, err := s.floor.Menus(ctx, actorOf(ctx).AccountID)
	if err != nil {
		return nil, err
	}
	return list(rows, func(m floor.Menu) floor.Menu { return m }), nil
}

func (s *Server) toMenu(ctx context.Context, in *menuIn) (*Body[floor.Bar], error) {
	a := actorOf(ctx)
	return s.do(ctx, floor.ToMenu{Account: a.AccountID, Agent: a.UserID, Call: in.ID, Flow: in.Body.Flow, Node: in.Body.Node})
}

func (s *Server) targets(ctx context.Context, _ *nothingIn) (*Body[floor.Targets], error) {
	a := actorOf(ctx)
	t, err := s.floor.Targets(ctx, a.AccountID, a.UserID)
	if err != nil {
		return nil, err
	}
	return body(t), nil
}

func (s *Server) transfer(ctx context.Context, in *transferIn) (*Body[floor.Bar], error) {
	a := actorOf(ctx)
	return s.do(ctx, floor.Transfer{
		Account: a.AccountID, Agent: a.UserID, Call: in.ID, ToAgent: in.Body.Agent, ToGroup: in.Body.Group, ToNumber: in.Body.Number,
	})
}

func (s *Server) sendSurvey(ctx context.Context, in *CallIn) (*Body[floor.Bar], error) {
	a := actorOf(ctx)
	return s.do(ctx, floor.SendSurvey{Account: a.AccountID, Agent: a.UserID, Call: in.ID})
}

func (s *Server) extendWrapUp(ctx context.Context, in *extendIn) (*Body[floor.Bar], error) {
	a := actorOf(ctx)
	return s.do(ctx, floor.ExtendWrapUp{
		Account: a.AccountID, Agent: a.UserID, By: time.Duration(in.Body.Seconds) * time.Second,
	})
}

func (s *Server) finishWrapUp(ctx context.Context, _ *nothingIn) (*Body[floor.Bar], error) {
	a := actorOf(ctx)
	return s.do(ctx, floor.FinishWrapUp{Account: a.AccountID, Agent: a.UserID})
}

// setMethod keeps how the agent answers and tells the floor.
func (s *Server) setMethod(ctx context.Context, in *methodIn) (*Body[floor.Bar], error) {
	a := actorOf(ctx)
	profile, err := s.parts.Agents.Profile(ctx, a.AccountID, a.UserID)
	if err != nil {
		return nil, err
	}
	before := profile.Method
	profile.Method = agents.Method(in.Body.Method)
	if err := s.parts.Agents.Save(ctx, profile); err != nil {
		return nil, err
	}
	out, err := s.do(ctx, floor.SetMethod{Account: a.AccountID, Agent: a.UserID, Method: profile.Method})
	if err != nil {
		// The floor said no (a call is in hand): the table says what is true.
		profile.Method = before
		return nil, errors.Join(err, s.parts.Agents.Save(ctx, profile))
	}
	s.reload(ctx)
	return out, nil
}

// softphone hands out what the web softphone registers with.
func (s *Server) softphone(ctx context.Context, _ *nothingIn) (*Body[SoftphoneCredentials], error) {
	cred, err := s.parts.Numbers.IssueWebPhone(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	return body(SoftphoneCredentials{
		User: cred.User, Password: cred.Password, Domain: cred.Domain,
		WSURL: s.cfg.Switch.WSURL, ExpiresAt: cred.Expires.UTC(),
	}), nil
}

func deskPhoneView(cred dialplan.Credentials) DeskPhoneNet {
	return DeskPhoneNet{User: cred.User, Domain: cred.Domain, Password: cred.Password}
}
