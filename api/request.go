package api

import (
	"context"
	"log/slog"

	"switchdesk/accounts"
)

// request is what is known about the request in hand: who asks, from where,
// and the log that carries both.
type request struct {
	id    string
	ip    string
	agent string // User-Agent
	token string // session cookie, "" if none
	actor *accounts.Actor
	log   *slog.Logger
}

type requestKey struct{}

func withRequest(ctx context.Context, r *request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// requestOf is nil outside a request.
func requestOf(ctx context.Context) *request {
	r, _ := ctx.Value(requestKey{}).(*request)
	return r
}

// actorOf is who asks. Guards have seen to it that there is one; without one
// it is nobody, of no account, with no rights.
func actorOf(ctx context.Context) accounts.Actor {
	if r := requestOf(ctx); r != nil && r.actor != nil {
		return *r.actor
	}
	return accounts.Actor{}
}

func requestID(ctx context.Context) string {
	if r := requestOf(ctx); r != nil {
		return r.id
	}
	return ""
}

func logOf(ctx context.Context) *slog.Logger {
	if r := requestOf(ctx); r != nil && r.log != nil {
		return r.log
	}
	return slog.Default()
}
