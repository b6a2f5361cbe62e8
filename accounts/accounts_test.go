package accounts_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"switchdesk/accounts"
	"switchdesk/internal/clock"
	"switchdesk/internal/fault"
	"switchdesk/storage/db/dbtest"
)

// cheap keeps the tests quick; what is tested does not hang on the cost.
var cheap = accounts.HashCost{MemoryKiB: 64, Passes: 1, Lanes: 1}

const password = "correct horse 7"

// desk is a service with one account and its people.
type desk struct {
	*accounts.Service
	t       *testing.T
	db      *gorm.DB
	clock   *clock.Virtual
	account accounts.Account
	roles   map[string]accounts.Role
	admin   accounts.Actor
}

var ctx = context.Background()

func newDesk(t *testing.T, g *gorm.DB) *desk {
	t.Helper()
	c := clock.NewVirtual(time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC))
	d := &desk{Service: accounts.NewService(g, c, accounts.Options{Hash: cheap}), t: t, db: g, clock: c}
	return d.addAccount("acme")
}

// addAccount makes one more account in the same tables.
func (d *desk) addAccount(slug string) *desk {
	d.t.Helper()
	other := *d
	account, roles, err := d.CreateAccount(ctx, accounts.Account{Slug: slug, Name: "示例科技"})
	if err != nil {
		d.t.Fatal(err)
	}
	other.account, other.roles = account, map[string]accounts.Role{}
	for _, r := range roles {
		other.roles[r.Name] = r
	}
	admin, err := d.CreateAdmin(ctx, slug, "admin", "管理员", password)
	if err != nil {
		d.t.Fatal(err)
	}
	other.admin = other.actor(admin.ID)
	return &other
}

func (d *desk) actor(user int64) accounts.Actor {
	d.t.Helper()
	a, err := d.ActorOf(ctx, d.account.ID, user)
	if err != nil {
		d.t.Fatal(err)
	}
	return a
}

func (d *desk) user(u accounts.User, role string) accounts.User {
	d.t.Helper()
	u.RoleID = d.roles[role].ID
	if u.Name == "" {
		u.Name = u.Login
	}
	got, err := d.Seed(ctx, d.account.ID, u, password)
	if err != nil {
		d.t.Fatal(err)
	}
	return got
}

func (d *desk) signIn(login, pw, ip string) (string, accounts.Actor, error) {
	return d.SignIn(ctx, accounts.Credentials{Login: login, Password: pw, IP: ip, UserAgent: "Firefox"})
}

func is(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != kind || f.Code != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

func TestSignIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		d := newDesk(t, g)
		ann := d.user(accounts.User{Login: "ann", Name: "安娜", Number: new("8001")}, "座席")
		token, a, err := d.signIn(" Ann@ACME ", password, "10.0.0.1")
		if err != nil {
			t.Fatal(err)
		}
		if a.UserID != ann.ID || a.Number != "8001" || a.Slug != "acme" || a.Language != "zh-CN" || a.Timezone != "Asia/Shanghai" ||
			!a.Can(accounts.CallsHandle) || a.Can(accounts.UsersManage) || a.Scope != accounts.ScopeOwn || a.RoleName != "座席" {
			t.Errorf("%+v", a)
		}
		if again, err := d.Actor(ctx, token); err != nil || again.UserID != ann.ID || again.SessionID != a.SessionID {
			t.Errorf("%+v %v", again, err)
		}
		if strings.Contains(dump(t, g, "sessions"), token) {
			t.Error("the token itself is kept")
		}
		for _, c := range []accounts.Credentials{
			{Login: "ann@acme", Password: "wrong password"}, {Login: "bob@acme", Password: password}, {Login: "ann@other", Password: password},
			{Login: "ann", Password: password}, {Login: "@acme", Password: password}, {Login: "", Password: ""}, {Login: strings.Repeat("a", 500), Password: password},
			{Login: "ann@acme", Password: strings.Repeat("x", 1000)}, {Login: "ann@acme' OR '1'='1", Password: password},
		} {
			if _, _, err := d.SignIn(ctx, c); err == nil {
				t.Errorf("%q signed in", c.Login)
			} else {
				is(t, err, fault.Unauthenticated, "sign_in.wrong")
			}
		}
		if err := d.SignOut(ctx, token); err != nil {
			t.Fatal(err)
		}
		_, err = d.Actor(ctx, token)
		is(t, err, fault.Unauthenticated, "session.ended")
		for _, bad := range []string{"", "x", token + "x"} {
			if _, err := d.Actor(ctx, bad); fault.KindOf(err) != fault.Unauthenticated {
				t.Errorf("%q: %v", bad, err)
			}
		}
	})
}

// dump is a table as text.
func dump(t *testing.T, g *gorm.DB, table string) string {
	t.Helper()
	var rows []map[string]any
	if err := g.Raw("SELECT * FROM " + table).Scan(&rows).Error; err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, row := range rows {
		for _, k := range slices.Sorted(maps.Keys(row)) {
			v := row[k]
			if raw, ok := v.([]byte); ok {
				v = string(raw)
			}
			fmt.Fprintf(&b, "%s=%v ", k, v)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestSessionsEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		d := newDesk(t, g)
		d.user(accounts.User{Login: "ann"}, "座席")
		token, _, err := d.signIn("ann@acme", password, "")
		if err != nil {
			t.Fatal(err)
		}
		for range 13 { // used every eleven hours, up to the seventh day
			d.clock.Advance(11 * time.Hour)
			if _, err := d.Actor(ctx, token); err != nil {
				t.Fatalf("at %s: %v", d.clock.Now(), err)
			}
		}
		d.clock.Advance(11 * time.Hour)
		d.clock.Advance(11 * time.Hour)
		d.clock.Advance(6 * time.Hour)
		if _, err := d.Actor(ctx, token); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("after the absolute end: %v", err)
		}
		token, _, _ = d.signIn("ann@acme", password, "")
		d.clock.Advance(12 * time.Hour)
		if _, err := d.Actor(ctx, token); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("after 12 idle hours: %v", err)
		}
		_, _, _ = d.signIn("ann@acme", password, "")
		d.clock.Advance(8 * 24 * time.Hour)
		if err := d.Tidy(ctx, time.Hour); err != nil {
			t.Fatal(err)
		}
		if left := dump(t, g, "sessions") + dump(t, g, "audit"); left != "" {
			t.Errorf("left after tidying:\n%s", left)
		}
	})
}

func TestGuessingWaits(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		d := newDesk(t, g)
		d.user(accounts.User{Login: "ann"}, "座席")
		for range 4 {
			_, _, err := d.signIn("ann@acme", "wrong password", "10.0.0.1")
			is(t, err, fault.Unauthenticated, "sign_in.wrong")
		}
		if _, _, err := d.signIn("ann@acme", password, "10.0.0.1"); err != nil {
			t.Fatalf("the right password after four wrong ones: %v", err)
		}
		wait := time.Duration(0)
		for i := range 12 {
			_, _, err := d.signIn("ann@acme", "wrong password", "10.0.0.2")
			var w *accounts.Wait
			if errors.As(err, &w) {
				if i < 5 {
					t.Fatalf("try %d has to wait already", i)
				}
				if w.For < wait || w.For > 15*time.Minute {
					t.Errorf("try %d waits %s after %s", i, w.For, wait)
				}
				wait = w.For
				// Even the right password waits, or the wait would be a hint.
				_, _, err := d.signIn("ann@acme", password, "10.0.0.3")
				is(t, err, fault.TooMany, "sign_in.wait")
				d.clock.Advance(w.For)
				continue
			}
			is(t, err, fault.Unauthenticated, "sign_in.wrong")
		}
		if wait == 0 {
			t.Fatal("guessing never waits")
		}
		d.clock.Advance(15 * time.Minute)
		if _, _, err := d.signIn("ann@acme", password, "10.0.0.2"); err != nil {
			t.Errorf("after a quiet quarter of an hour: %v", err)
		}
	})
}

func TestGuessingManyLoginsWaits(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t))
	tries := 0
	for ; tries < 200; tries++ {
		_, _, err := d.signIn(strings.Repeat("a", 1+tries%50)+"@acme", "wrong password", "10.0.0.9")
		if fault.KindOf(err) == fault.TooMany {
			break
		}
	}
	if tries != 50 {
		t.Errorf("one address had %d tries", tries)
	}
	for tries = 0; tries < 200; tries++ {
		_, _, err := d.signIn(fmt.Sprint("b", tries, "@acme"), "wrong password", fmt.Sprintf("2001:db8:1:2::%x", tries))
		if fault.KindOf(err) == fault.TooMany {
			break
		}
	}
	if tries != 50 {
		t.Errorf("one IPv6 network had %d tries", tries)
	}
	if _, _, err := d.signIn("admin@acme", password, "10.0.0.10"); err != nil {
		t.Errorf("another address suffers: %v", err)
	}
}

// TestGuessingAtOnce sends many tries at the same moment.
func TestGuessingAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		d := newDesk(t, g)
		d.user(accounts.User{Login: "ann"}, "座席")
		results := make(chan error, 30)
		for range 30 {
			go func() {
				_, _, err := d.signIn("ann@acme", "wrong password", "10.0.0.1")
				results <- err
			}()
		}
		looked := 0
		for range 30 {
			switch err := <-results; fault.KindOf(err) {
			case fault.Unauthenticated:
				looked++
			case fault.TooMany:
			default:
				t.Error(err)
			}
		}
		if looked != 5 {
			t.Errorf("%d passwords were looked at, want 5", looked)
		}
	})
}

func TestPasswords(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t))
	u := accounts.User{Login: "zhangwei", Name: "张伟", RoleID: d.roles["座席"].ID}
	for bad, code := range map[string]string{
		"short 1":                "password.short",
		"aaaaaaaaaaaaaa":         "password.weak",
		"zhangwei123":            "password.login",
		"Password123":            "password.common",
		strings.Repeat("é", 200): "password.long",
	} {
		_, err := d.CreateUser(ctx, d.admin, u, bad)
		is(t, err, fault.Invalid, code)
	}
	created, err := d.CreateUser(ctx, d.admin, u, "给你的初始密码-2026")
	if err != nil || !created.MustChangePassword {
		t.Fatalf("%+v %v", created, err)
	}
	token, a, err := d.signIn("zhangwei@acme", "给你的初始密码-2026", "")
	if err != nil || a.Can(accounts.CallsHandle) {
		t.Fatalf("can act before changing the password: %+v %v", a, err)
	}
	second, _, _ := d.signIn("zhangwei@acme", "给你的初始密码-2026", "")
	is(t, d.ChangePassword(ctx, a, "wrong", "another one 42"), fault.Forbidden, "password.wrong")
	is(t, d.ChangePassword(ctx, a, "给你的初始密码-2026", "给你的初始密码-2026"), fault.Invalid, "password.same")
	if err := d.ChangePassword(ctx, a, "给你的初始密码-2026", "another one 42"); err != nil {
		t.Fatal(err)
	}
	if a, err := d.Actor(ctx, token); err != nil || !a.Can(accounts.CallsHandle) {
		t.Errorf("the session in which it was changed: %+v %v", a, err)
	}
	if _, err := d.Actor(ctx, second); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("the other session goes on: %v", err)
	}
	if err := d.ResetPassword(ctx, d.admin, created.ID, "reset by admin 1"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Actor(ctx, token); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("a session outlives the reset: %v", err)
	}
	for table := range map[string]bool{"users": true, "audit": true, "sessions": true} {
		if text := dump(t, d.db, table); strings.Contains(text, "another one 42") || strings.Contains(text, "reset by admin") {
			t.Errorf("%s holds a password", table)
		}
	}
	if !strings.Contains(dump(t, d.db, "users"), "$argon2id$v=19$") {
		t.Error("no argon2id hash")
	}
}

// TestHashMovesWithItsCost signs in with a hash made at another cost.
func TestHashMovesWithItsCost(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t))
	dearer := accounts.NewService(d.db, d.clock, accounts.Options{Hash: accounts.HashCost{MemoryKiB: 128, Passes: 2, Lanes: 1}})
	if _, _, err := dearer.SignIn(ctx, accounts.Credentials{Login: "admin@acme", Password: password}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(dump(t, d.db, "users"), "m=128,t=2,p=1") {
		t.Error("the hash was not made anew")
	}
	if _, _, err := d.signIn("admin@acme", password, ""); err != nil {
		t.Error(err)
	}
}
