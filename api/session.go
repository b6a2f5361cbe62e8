package api

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"switchdesk/accounts"
)

type signInIn struct {
	Body struct {
		Login    string `json:"login" minLength:"1" maxLength:"120" doc:"login@account" example:"admin@demo"`
		Password string `json:"password" minLength:"1" maxLength:"256"`
	}
}

type signInOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      Me
}

type signOutOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

// signIn opens a session. Too many failures answer 429 with Retry-After.
func (s *Server) signIn(ctx context.Context, in *signInIn) (*signInOut, error) {
	r := requestOf(ctx)
	token, actor, err := s.accounts.SignIn(ctx, accounts.Credentials{
		Login: in.Body.Login, Password: in.Body.Password, IP: r.ip, UserAgent: r.agent,
	})
	if err != nil {
		var wait *accounts.Wait
		if errors.As(err, &wait) {
			seconds := strconv.Itoa(int(math.Ceil(wait.For.Seconds())))
			return nil, huma.ErrorWithHeaders(err, http.Header{"Retry-After": {seconds}})
		}
		return nil, err
	}
	if r.token != "" && r.token != token {
		_ = s.accounts.SignOut(ctx, r.token) // the browser's cookie is replaced; its old session would only linger
	}
	actor.IP = r.ip
	me, err := s.describeMe(ctx, actor)
	if err != nil {
		return nil, err
	}
	return &signInOut{SetCookie: s.cookie(token, int(s.sessionLife().Seconds())), Body: me}, nil
}

func (s *Server) signOut(ctx context.Context, _ *nothingIn) (*signOutOut, error) {
	if err := s.accounts.SignOut(ctx, requestOf(ctx).token); err != nil {
		return nil, err
	}
	s.revoked(actorOf(ctx).UserID)
	return &signOutOut{SetCookie: s.cookie("", -1)}, nil
}

// revoked has the live connections of a user check anew who they are.
func (s *Server) revoked(user int64) {
	if s.parts.Revoked != nil {
		s.parts.Revoked(user)
	}
}

func (s *Server) cookie(token string, maxAge int) http.Cookie {
	return http.Cookie{
		Name: CookieName, Value: token, Path: "/", MaxAge: maxAge,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.cfg.HTTP.SecureCookies,
	}
}

// forget takes a cookie back that stands for nobody.
func (s *Server) forget(c echo.Context) {
	cookie := s.cookie("", -1)
	c.SetCookie(&cookie)
}

// Identify finds who a plain request comes from, by its session cookie, and
// the token, to ask again later. It fails with Unauthenticated.
func (s *Server) Identify(r *http.Request) (accounts.Actor, string, error) {
	token := ""
	if cookie, err := r.Cookie(CookieName); err == nil {
		token = cookie.Value
	}
	actor, err := s.accounts.Actor(r.Context(), token)
	return actor, token, err
}
