package crm_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"switchdesk/accounts"
	"switchdesk/crm"
	"switchdesk/internal/clock"
	"switchdesk/internal/fault"
	"switchdesk/storage/db/dbtest"
)

var ctx = context.Background()

type desk struct {
	*crm.Service
	a, b accounts.Actor // administrators of two accounts
}

func newDesk(t *testing.T, g *gorm.DB) desk {
	t.Helper()
	c := clock.NewVirtual(time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC))
	s := accounts.NewService(g, c, accounts.Options{Hash: accounts.HashCost{MemoryKiB: 64, Passes: 1, Lanes: 1}})
	d := desk{Service: crm.NewService(g, c)}
	for slug, actor := range map[string]*accounts.Actor{"a": &d.a, "b": &d.b} {
		account, _, err := s.CreateAccount(ctx, accounts.Account{Slug: slug, Name: slug})
		if err != nil {
			t.Fatal(err)
		}
		*actor = accounts.Actor{AccountID: account.ID, UserID: 7, Name: "王芳", Rights: accounts.All(), Scope: accounts.ScopeAll}
	}
	return d
}

func is(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != kind || f.Code != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

func TestBlacklist(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		d := newDesk(t, g)
		row, err := d.Ban(ctx, d.a, "+86 139-5711-2345", " 骚扰 ")
		if err != nil || row.Number != "13957112345" || row.Reason != "骚扰" || row.ByName != "王芳" {
			t.Fatalf("%+v %v", row, err)
		}
		for _, written := range []string{"13957112345", "+8613957112345", "008613957112345", "sip:13957112345@x"} {
			if !d.Contains(d.a.AccountID, written) {
				t.Errorf("%s may call", written)
			}
		}
		for _, other := range []string{"13957112346", "", "anonymous", "139571123450"} {
			if d.Contains(d.a.AccountID, other) {
				t.Errorf("%q may not call", other)
			}
		}
		if d.Contains(d.b.AccountID, "13957112345") {
			t.Error("another account's blacklist counts")
		}
		_, err = d.Ban(ctx, d.a, "13957112345", "")
		is(t, err, fault.Conflict, "blacklist.there")
		for _, bad := range []string{"", "anonymous", strings.Repeat("1", 40)} {
			_, err = d.Ban(ctx, d.a, bad, "")
			is(t, err, fault.Invalid, "number.form")
		}
		_, err = d.Ban(ctx, d.a, "10086", strings.Repeat("长", 501))
		is(t, err, fault.Invalid, "text.long")
		agent := d.a
		agent.Rights = accounts.Rights{accounts.CallsHandle}
		_, err = d.Ban(ctx, agent, "10086", "")
		is(t, err, fault.Forbidden, "forbidden")
		_, err = d.Unban(ctx, agent, row.ID)
		is(t, err, fault.Forbidden, "forbidden")
		_, err = d.Unban(ctx, d.b, row.ID)
		is(t, err, fault.NotFound, "blacklist.unknown")
		if list, err := d.Blacklist(ctx, d.b, crm.BlacklistFilter{}); err != nil || len(list) != 0 {
			t.Errorf("%v %v", list, err)
		}

		fresh := crm.NewService(g, clock.Real{})
		if fresh.Contains(d.a.AccountID, "13957112345") {
			t.Error("known before Reload")
		}
		if err := fresh.Reload(ctx); err != nil || !fresh.Contains(d.a.AccountID, "13957112345") {
			t.Errorf("not known after Reload: %v", err)
		}
		if gone, err := d.Unban(ctx, d.a, row.ID); err != nil || gone.Number != row.Number || d.Contains(d.a.AccountID, "13957112345") {
			t.Errorf("still there: %+v %v", gone, err)
		}
		if err := fresh.Reload(ctx); err != nil || fresh.Contains(d.a.AccountID, "13957112345") {
			t.Errorf("still there after Reload: %v", err)
		}
	})
}

func TestBlacklistIsFoundAndPaged(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t))
	for i := range 7 {
		if _, err := d.Ban(ctx, d.a, fmt.Sprint(13900000000+i), fmt.Sprintf("原因_%d%%", i)); err != nil {
			t.Fatal(err)
		}
	}
	page, err := d.Blacklist(ctx, d.a, crm.BlacklistFilter{Limit: 4})
	if err != nil || len(page) != 4 || page[0].Number != "13900000006" {
		t.Fatalf("%+v %v", page, err)
	}
	rest, err := d.Blacklist(ctx, d.a, crm.BlacklistFilter{Limit: 4, Before: page[3].ID})
	if err != nil || len(rest) != 3 || rest[2].Number != "13900000000" {
		t.Errorf("%+v %v", rest, err)
	}
	for search, want := range map[string]int{"1390000000": 7, "00003": 1, "原因_3%": 1, "_": 7, "%%": 0, "'": 0} {
		if list, err := d.Blacklist(ctx, d.a, crm.BlacklistFilter{Search: search}); err != nil || len(list) != want {
			t.Errorf("%q finds %d, want %d, %v", search, len(list), want, err)
		}
	}
}

// TestBlacklistUnderLoad asks while it changes.
func TestBlacklistUnderLoad(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t))
	if _, err := d.Ban(ctx, d.a, "95588", ""); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for range 2 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if !d.Contains(d.a.AccountID, "95588") {
					t.Error("a banned number slipped through during a change")
					return
				}
			}
		})
	}
	for i := range 30 {
		row, err := d.Ban(ctx, d.a, fmt.Sprint(13900000000+i), "")
		if err != nil {
			t.Fatal(err)
		}
		if i%3 == 0 {
			if err := d.Reload(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if i%2 == 0 {
			if _, err := d.Unban(ctx, d.a, row.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	close(stop)
	wg.Wait()
	for i := range 30 {
		if got := d.Contains(d.a.AccountID, fmt.Sprint(13900000000+i)); got != (i%2 == 1) {
			t.Errorf("%d: %v", i, got)
		}
	}
}

func TestCustomers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		d := newDesk(t, g)
		c, err := d.SaveCustomer(ctx, d.a, crm.Customer{Name: " 李雷 ", Company: "示例贸易", Phones: []string{"+86 139 5711 2345", "0571-88886666", "13957112345"}})
		if err != nil || c.Name != "李雷" || !slices.Equal(c.Phones, []string{"13957112345", "057188886666"}) {
			t.Fatalf("%+v %v", c, err)
		}
		twin, err := d.SaveCustomer(ctx, d.a, crm.Customer{Name: "韩梅梅", Phones: []string{"057188886666"}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.SaveCustomer(ctx, d.b, crm.Customer{Name: "别家的", Phones: []string{"13957112345"}}); err != nil {
			t.Fatal(err)
		}
		found, err := d.CustomersByNumber(ctx, d.a.AccountID, "sip:+8657188886666@10.0.0.1")
		if err != nil || len(found) != 2 || found[0].ID != c.ID || found[1].ID != twin.ID || len(found[0].Phones) != 2 {
			t.Errorf("%+v %v", found, err)
		}
		if found, err := d.CustomersByNumber(ctx, d.a.AccountID, "13957112345"); err != nil || len(found) != 1 {
			t.Errorf("%+v %v", found, err)
		}
		for _, nobody := range []string{"10086", "anonymous", ""} {
			if found, err := d.CustomersByNumber(ctx, d.a.AccountID, nobody); err != nil || len(found) != 0 {
				t.Errorf("%q: %+v %v", nobody, found, err)
			}
		}
		c.Phones = []string{"057188886666", "13800000000"}
		if c, err = d.SaveCustomer(ctx, d.a, c); err != nil || !slices.Equal(c.Phones, []string{"057188886666", "13800000000"}) {
			t.Errorf("%+v %v", c, err)
		}
		if found, err := d.CustomersByNumber(ctx, d.a.AccountID, "13957112345"); err != nil || len(found) != 0 {
			t.Errorf("a number given up: %+v %v", found, err)
		}
		for search, want := range map[string]int{"": 2, "李": 1, "示例": 1, "0571 88886666": 2, "别家": 0, "%": 0} {
			if list, err := d.Customers(ctx, d.a, crm.CustomerFilter{Search: search}); err != nil || len(list) != want {
				t.Errorf("%q finds %d, want %d, %v", search, len(list), want, err)
			}
		}
		if list, err := d.Customers(ctx, d.a, crm.CustomerFilter{After: c.ID, Limit: 1}); err != nil || len(list) != 1 || list[0].ID != twin.ID {
			t.Errorf("%+v %v", list, err)
		}
		_, err = d.Customer(ctx, d.b, c.ID)
		is(t, err, fault.NotFound, "customer.unknown")
		_, err = d.SaveCustomer(ctx, d.b, c)
		is(t, err, fault.NotFound, "customer.unknown")
		for code, bad := range map[string]crm.Customer{
			"name.empty":      {Name: " "},
			"text.form":       {Name: "a\x00b"},
			"text.long":       {Name: strings.Repeat("长", 61)},
			"number.form":     {Name: "x", Phones: []string{"nobody"}},
			"customer.phones": {Name: "x", Phones: make([]string, 21)},
		} {
			_, err := d.SaveCustomer(ctx, d.a, bad)
			is(t, err, fault.Invalid, code)
		}
		inspector := d.a
		inspector.Rights = accounts.Rights{accounts.CallsRead}
		_, err = d.SaveCustomer(ctx, inspector, c)
		is(t, err, fault.Forbidden, "forbidden")
	})
}

func BenchmarkContains(b *testing.B) {
	g := dbtest.SQLite(b)
	s := crm.NewService(g, clock.Real{})
	for b.Loop() {
		s.Contains(1, "+8613957112345")
	}
}
