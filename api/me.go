package api

import (
	"context"
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
	}
	profile, err := s.parts.Agents.Profile(ctx, a.AccountID, a.UserID)
	switch {
	case err == nil:
		me.Agent = &AgentOfMe{ID: a.UserID, Number: profile.Number, Method: string(profile.Method), Mobile: profile.Mobile}
	case fault.KindOf(err) != fault.NotFound:
		return Me{}, err
	}
	if s.parts.Topics != nil {
		me.Topics.Bar, me.Topics.Calls, me.Topics.Wall, me.Topics.Notices = s.parts.Topics(a, me.Agent != nil)
	}
	return me, nil
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

func (s *Server) changePassword(ctx context.Context, in *passwordIn) (*Nothing, error) {
	actor := actorOf(ctx)
	if err := s.accounts.ChangePassword(ctx, actor, in.Body.Old, in.Body.New); err != nil {
		return nil, err
	}
	s.revoked(actor.UserID)
	return nil, nil
}

// changeLanguage changes one's own language.
func (s *Server) changeLanguage(ctx context.Context, in *languageIn) (*Nothing, error) {
	return nil, s.accounts.ChangeLanguage(ctx, actorOf(ctx), in.Body.Language)
}

func (s *Server) mySessions(ctx context.Context, _ *nothingIn) (*Body[List[SessionView]], error) {
	actor := actorOf(ctx)
	rows, err := s.accounts.Sessions(ctx, actor, actor.UserID)
	if err != nil {
		return nil, err
	}
	return list(rows, func(r accounts.Session) SessionView {
		return SessionView{
			ID: r.ID, Current: r.ID == actor.SessionID, IP: r.IP, UserAgent: r.UserAgent,
			CreatedAt: r.CreatedAt.UTC(), SeenAt: r.SeenAt.UTC(), ExpiresAt: r.ExpiresAt.UTC(),
		}
	}), nil
}

// endSession ends one of the own sessions. Somebody else's is not there, even
// for those who may manage users: this route is about oneself.
func (s *Server) endSession(ctx context.Context, in *ByID) (*Nothing, error) {
	actor := actorOf(ctx)
	own, err := s.accounts.Sessions(ctx, actor, actor.UserID)
	if err != nil {
		return nil, err
	}
	for _, session := range own {
		if session.ID != in.ID {
			continue
		}
		if err := s.accounts.EndSession(ctx, actor, in.ID); err != nil {
			return nil, err
		}
		s.revoked(actor.UserID)
		return nil, nil
	}
	return nil, fault.New(fault.NotFound, "session.unknown", "there is no session %d of yours", in.ID)
}
