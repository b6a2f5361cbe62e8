package applications_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"switchdesk/accounts"
	"switchdesk/applications"
	"switchdesk/internal/clock"
	"switchdesk/internal/fault"
	"switchdesk/storage/blob"
	"switchdesk/storage/db/dbtest"
)

func TestApplications(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		c := clock.NewVirtual(time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC))
		people := accounts.NewService(g, c, accounts.Options{})
		files, err := blob.Open(blob.Config{Kind: "disk", Path: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		account := func(slug string) int64 {
			a, _, err := people.CreateAccount(ctx, accounts.Account{Slug: slug, Name: slug})
			if err != nil {
				t.Fatal(err)
			}
			return a.ID
		}
		north, south := account("north"), account("south")
		actor := func(account, user int64, rights ...accounts.Right) accounts.Actor {
			return accounts.Actor{AccountID: account, UserID: user, Name: "李静", Rights: rights, Scope: accounts.ScopeAll}
		}
		ann, bob := actor(north, 1), actor(north, 2, accounts.CallsHandle)
		admin, other := actor(north, 3, accounts.FlowsManage), actor(south, 4, accounts.FlowsManage)
		s := applications.NewService(g, files, c)
		kind := func(what string, err error, want fault.Kind) {
			t.Helper()
			if err == nil || fault.KindOf(err) != want {
				t.Errorf("%s: %v, want kind %d", what, err, want)
			}
		}

		a, err := s.Apply(ctx, ann, " 13900010001 ", "周末也要接听\r\n请加一级菜单", 7)
		if err != nil || a.State != applications.New || a.Contact != "13900010001" || strings.Contains(a.Description, "\r") {
			t.Fatalf("%+v %v", a, err)
		}
		_, err = s.Apply(ctx, ann, "", "x", 0)
		kind("no contact", err, fault.Invalid)
		_, err = s.Apply(ctx, ann, "x", "a\x00b", 0)
		kind("a text that can't be shown", err, fault.Invalid)

		sketch := []byte("<svg>草图</svg>")
		a, err = s.Attach(ctx, ann, a.ID, `C:\图\草图.svg`, sketch)
		if err != nil || a.FileName != "草图.svg" || a.FileSize != int64(len(sketch)) {
			t.Fatalf("%+v %v", a, err)
		}
		_, err = s.Attach(ctx, ann, a.ID, "big", make([]byte, applications.MaxFile+1))
		kind("a large file", err, fault.TooLarge)
		_, err = s.Attach(ctx, ann, a.ID, "..", nil)
		kind("an empty file", err, fault.Invalid)
		_, err = s.Attach(ctx, admin, a.ID, "x", sketch)
		kind("a file from somebody else", err, fault.NotFound)

		for what, who := range map[string]accounts.Actor{"a colleague": bob, "another account": other} {
			_, err = s.Get(ctx, who, a.ID)
			kind(what+" reads it", err, fault.NotFound)
			_, _, err = s.File(ctx, who, a.ID)
			kind(what+" reads its file", err, fault.NotFound)
			if list, err := s.List(ctx, who, applications.Filter{}); err != nil || len(list) != 0 {
				t.Errorf("%s sees %v %v", what, list, err)
			}
		}
		_, f, err := s.File(ctx, admin, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(f)
		f.Close() //nolint:errcheck // read to its end
		if err != nil || !bytes.Equal(got, sketch) {
			t.Errorf("%q %v", got, err)
		}
		if n, err := s.Waiting(ctx, north); err != nil || n != 1 {
			t.Errorf("%d wait, %v", n, err)
		}

		_, err = s.Settle(ctx, ann, a.ID, applications.Done, "", 0)
		kind("settled by the applicant", err, fault.Forbidden)
		_, err = s.Settle(ctx, other, a.ID, applications.Done, "", 0)
		kind("settled by another account", err, fault.NotFound)
		_, err = s.Settle(ctx, admin, a.ID, applications.Refused, " ", 0)
		kind("refused without a word", err, fault.Invalid)
		if a, err = s.Settle(ctx, admin, a.ID, applications.Accepted, "", 0); err != nil || a.State != applications.Accepted {
			t.Fatalf("%+v %v", a, err)
		}
		if a, err = s.Settle(ctx, admin, a.ID, applications.Done, "已上线", 5); err != nil || a.State != applications.Done || a.FlowID != 5 || a.SettledAt == nil || a.SettledName != "李静" {
			t.Fatalf("%+v %v", a, err)
		}
		_, err = s.Settle(ctx, admin, a.ID, applications.Refused, "不", 0)
		kind("settled twice", err, fault.Conflict)
		_, err = s.Attach(ctx, ann, a.ID, "spaet.png", sketch)
		kind("a file after it", err, fault.Conflict)

		for range 20 {
			if _, err := s.Apply(ctx, ann, "x", "y", 0); err != nil {
				t.Fatal(err)
			}
		}
		_, err = s.Apply(ctx, ann, "x", "y", 0)
		kind("the twenty-first", err, fault.TooMany)
		page, err := s.List(ctx, admin, applications.Filter{State: applications.New, Limit: 15})
		if err != nil || len(page) != 15 || page[0].ID < page[14].ID {
			t.Fatalf("%d %v", len(page), err)
		}
		rest, err := s.List(ctx, admin, applications.Filter{State: applications.New, Limit: 15, Before: page[14].ID})
		if err != nil || len(rest) != 5 {
			t.Errorf("%d on the second page, %v", len(rest), err)
		}
		if own, err := s.List(ctx, admin, applications.Filter{Mine: true}); err != nil || len(own) != 0 {
			t.Errorf("%v %v", own, err)
		}
	})
}
