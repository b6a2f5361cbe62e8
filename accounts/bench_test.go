package accounts_test

import (
	"testing"

	"switchdesk/accounts"
	"switchdesk/internal/clock"
	"switchdesk/storage/db/dbtest"
)

// BenchmarkActor is what every request pays to know who asks.
func BenchmarkActor(b *testing.B) {
	g := dbtest.SQLite(b)
	s := accounts.NewService(g, clock.Real{}, accounts.Options{Hash: cheap})
	if _, _, err := s.CreateAccount(ctx, accounts.Account{Slug: "acme", Name: "x"}); err != nil {
		b.Fatal(err)
	}
	if _, err := s.CreateAdmin(ctx, "acme", "admin", "x", password); err != nil {
		b.Fatal(err)
	}
	token, _, err := s.SignIn(ctx, accounts.Credentials{Login: "admin@acme", Password: password})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Actor(ctx, token); err != nil {
			b.Fatal(err)
		}
	}
}
