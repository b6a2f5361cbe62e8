package api

import (
	"context"
	"strconv"
	"time"

	"switchdesk/accounts"
	"switchdesk/internal/fault"
)

type passwordIn struct {
	Body struct {
		Old string `json:"old" minLength:"1" maxLength:"256"`
		New string `json:"new" minLength:"1" maxLength:"256"`
	}
}

type languageIn struct {
	Body struct {
		Language string `json:"language" enum:"zh-CN,en"`
	}
}

func (s *Server) me(ctx context.Context, _ *nothingIn) (*Body[Me], error) {
	me, err := s.describeMe(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	return body(me), nil
}

func (s *Server) describeMe(ctx context.Context, a accounts.Actor) (Me, error) {
	account, err := s.accounts.Account(ctx, a.AccountID)
	if err != nil {
		return Me{}, err
	}
	me := Me{
		User: MeUser{
			ID: a.UserID, Name: a.Name, Login: a.Login + "@" + a.Slug, Number: a.Number,
			Language: a.Language, Role: a.RoleName, MustChangePassword: a.MustChangePassword,
		},
		Account: accountView(account),
		Rights:  each(a.Rights, func(r accounts.Right) string { return string(r) }),
		Scope:   string(a.Scope),
		Softphone: SoftphoneNet{
			Domain: s.cfg.Switch.Domain, WSURL: s.cfg.Switch.WSURL, ICEServers: s.iceServers(),
		},
		Topics: Topics{},
	}
	profile, err := s.parts.Agents.Get(ctx, a.AccountID, a.UserID)
	switch {
	case err == nil:
		me.Agent = &AgentOfMe{ID: a.UserID, Number: profile.Number, Method: string(profile.Method), Mobile: profile.Mobile}
	case fault.KindOf(err) != fault.NotFound:
		return Me{}, err
	}
	me.Topics = topics(a, me.Agent != nil)
	return me, nil
}

// topics names what a person may subscribe to. Whoever does not see the whole
// account has a list of calls of their own, so that nothing outside of their
// scope is ever sent to them.
func topics(a accounts.Actor, agent bool) Topics {
	var t Topics
	if agent && a.Can(accounts.CallsHandle) {
		t.Bar = "bar:" + strconv.FormatInt(a.UserID, 10)
	}
	account := strconv.FormatInt(a.AccountID, 10)
	if a.Can(accounts.CallsRead) {
		t.Calls = "calls:" + account
		if a.Scope != accounts.ScopeAll {
			t.Calls += ":" + strconv.FormatInt(a.UserID, 10)
		}
	} else if a.Can(accounts.CallsHandle) {
		t.Calls = "calls:" + account + ":" + strconv.FormatInt(a.UserID, 10)
	}
	if a.Can(accounts.FloorWatch) {
		t.Wall = "wall:" + account
	}
	return t
}

func (s *Server) iceServers() []ICEServer {
	out := make([]ICEServer, 0, len(s.cfg.Softphone.ICEServers))
	for _, ice := range s.cfg.Softphone.ICEServers {
		out = append(out, ICEServer{URLs: ice.URLs, Username: ice.Username, Credential: ice.Credential})
	}
	return out
}

func (s *Server) sessionLife() time.Duration {
	if s.cfg.Session.Absolute > 0 {
		return s.cfg.Session.Absolute
	}
	return 7 * 24 * time.Hour
}
