package dialplan

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"switchdesk/accounts"
	"switchdesk/internal/clock"
	"switchdesk/internal/fault"
	"switchdesk/storage/db"
	"switchdesk/storage/db/dbtest"
)

var ctx = context.Background()

type desk struct {
	*Service
	t        *testing.T
	db       *gorm.DB
	clock    *clock.Virtual
	accounts *accounts.Service
	roles    []accounts.Role
	admin    accounts.Actor
}

func newDesk(t *testing.T, g *gorm.DB) *desk {
	t.Helper()
	c := clock.NewVirtual(time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC))
	d := &desk{t: t, db: g, clock: c, Service: NewService(g, c, Options{Secret: []byte("a secret of the tests")}),
		accounts: accounts.NewService(g, c, accounts.Options{Hash: accounts.HashCost{MemoryKiB: 64, Passes: 1, Lanes: 1}})}
	return d.addAccount("acme")
}

func (d *desk) addAccount(slug string) *desk {
	d.t.Helper()
	other := *d
	a, roles, err := d.accounts.CreateAccount(ctx, accounts.Account{Slug: slug, Name: "示例科技"})
	if err != nil {
		d.t.Fatal(err)
	}
	other.roles = roles
	other.admin = accounts.Actor{AccountID: a.ID, Rights: accounts.All(), Scope: accounts.ScopeAll}
	return &other
}

func (d *desk) user(login, name, number string) accounts.User {
	d.t.Helper()
	u, err := d.accounts.Seed(ctx, d.admin.AccountID, accounts.User{Login: login, Name: name, Number: &number, RoleID: d.roles[3].ID}, "correct horse 7")
	if err != nil {
		d.t.Fatal(err)
	}
	return u
}

func (d *desk) actor(u accounts.User) accounts.Actor {
	d.t.Helper()
	a, err := d.accounts.ActorOf(ctx, u.AccountID, u.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	return a
}

func is(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != kind || f.Code != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

func TestNumbers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		a := newDesk(t, g)
		b := a.addAccount("other")
		n, err := a.SaveNumber(ctx, a.admin, ServiceNumber{Number: "+86 571-8888-6666", Name: " 总机 ", Enabled: true})
		if err != nil || n.Number != "057188886666" || n.Name != "总机" || !n.Enabled {
			t.Fatalf("%+v %v", n, err)
		}
		_, err = b.SaveNumber(ctx, b.admin, ServiceNumber{Number: "0571 88886666", Name: "x"})
		is(t, err, fault.Conflict, "number.taken")
		for _, bad := range []string{"", "abc", "+", "12", "*97#", strings.Repeat("1", 21)} {
			_, err = a.SaveNumber(ctx, a.admin, ServiceNumber{Number: bad, Name: "x"})
			is(t, err, fault.Invalid, "number.form")
		}
		for _, dialled := range []string{"057188886666", "+8657188886666", "sip:057188886666@10.0.0.1", "8657188886666"} {
			if got, err := a.NumberDialled(ctx, dialled); err != nil || got.ID != n.ID || got.AccountID != a.admin.AccountID {
				t.Errorf("%s: %+v %v", dialled, got, err)
			}
		}
		_, err = a.NumberDialled(ctx, "057100000000")
		is(t, err, fault.NotFound, "number.unknown")
		_, err = b.Number(ctx, b.admin, n.ID)
		is(t, err, fault.NotFound, "number.unknown")
		steal := n
		steal.FlowID = 7
		_, err = b.SaveNumber(ctx, b.admin, steal)
		is(t, err, fault.NotFound, "number.unknown")
		is(t, b.DeleteNumber(ctx, b.admin, n.ID), fault.NotFound, "number.unknown")
		agent := a.actor(a.user("ann", "安娜", "8001"))
		_, err = a.SaveNumber(ctx, agent, n)
		is(t, err, fault.Forbidden, "forbidden")
		is(t, a.DeleteNumber(ctx, agent, n.ID), fault.Forbidden, "forbidden")
		n.FlowID, n.Enabled = 3, false
		if n, err = a.SaveNumber(ctx, a.admin, n); err != nil || n.FlowID != 3 || n.Enabled {
			t.Errorf("%+v %v", n, err)
		}
		if n, err = a.SaveNumber(ctx, a.admin, n); err != nil {
			t.Errorf("the same again: %v", err)
		}
		if list, err := b.Numbers(ctx, b.admin); err != nil || len(list) != 0 {
			t.Errorf("%v %v", list, err)
		}
		if list, err := b.AllNumbers(ctx); err != nil || len(list) != 1 {
			t.Errorf("%v %v", list, err)
		}
		if err := a.DeleteNumber(ctx, a.admin, n.ID); err != nil {
			t.Error(err)
		}
		if _, err := b.SaveNumber(ctx, b.admin, ServiceNumber{Number: "057188886666", Name: "x"}); err != nil {
			t.Errorf("a number given up: %v", err)
		}
	})
}

func TestTrunks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		a := newDesk(t, g)
		b := a.addAccount("other")
		_, err := a.WayOut(ctx, a.admin.AccountID, "13957112345")
		is(t, err, fault.Unavailable, "trunk.none")
		good := TrunkInput{Name: "电信", Proxy: "sip.example.com:5080", Username: "desk", Password: new("s3cret!"), CallerID: "+86 571 8888 6666", Prefix: "9", Enabled: true}
		trunk, err := a.SaveTrunk(ctx, a.admin, good)
		if err != nil || trunk.CallerID != "057188886666" {
			t.Fatalf("%+v %v", trunk, err)
		}
		way, err := a.WayOut(ctx, a.admin.AccountID, "+86 139 5711 2345")
		if err != nil || way != (Way{Gateway: trunk.Gateway(), Number: "913957112345", CallerID: "057188886666"}) {
			t.Errorf("%+v %v", way, err)
		}
		for _, bad := range []string{"", "abc", "${reboot}", "139,139", "*97#"} {
			_, err := a.WayOut(ctx, a.admin.AccountID, bad)
			is(t, err, fault.Invalid, "number.form")
		}
		for field, change := range map[string]func(*TrunkInput){
			"proxy":     func(in *TrunkInput) { in.Proxy = "host name" },
			"proxy ":    func(in *TrunkInput) { in.Proxy = "a:99999" },
			"proxy  ":   func(in *TrunkInput) { in.Proxy = "${x}" },
			"proxy   ":  func(in *TrunkInput) { in.Proxy = "a;transport=tcp" },
			"username":  func(in *TrunkInput) { in.Username = "a\nb" },
			"username ": func(in *TrunkInput) { in.Register, in.Username = true, "" },
			"password":  func(in *TrunkInput) { in.Password = new("${x}") },
			"password ": func(in *TrunkInput) { in.Password = new("a\"b") },
			"prefix":    func(in *TrunkInput) { in.Prefix = "9,8" },
			"caller_id": func(in *TrunkInput) { in.CallerID = "anna" },
			"name":      func(in *TrunkInput) { in.Name = "" },
		} {
			in := good
			change(&in)
			_, err := a.SaveTrunk(ctx, a.admin, in)
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Field != strings.TrimSpace(field) {
				t.Errorf("%s: %v", field, err)
			}
		}
		_, err = a.SaveTrunk(ctx, a.admin, good)
		is(t, err, fault.Conflict, "trunk.taken")
		in := good
		in.ID, in.Password, in.Enabled = trunk.ID, nil, false
		if trunk, err = a.SaveTrunk(ctx, a.admin, in); err != nil || trunk.Password != "s3cret!" || trunk.Enabled {
			t.Errorf("without a password the old one stays: %+v %v", trunk, err)
		}
		_, err = a.WayOut(ctx, a.admin.AccountID, "13957112345")
		is(t, err, fault.Unavailable, "trunk.none")
		_, err = b.SaveTrunk(ctx, b.admin, in)
		is(t, err, fault.NotFound, "trunk.unknown")
		is(t, b.DeleteTrunk(ctx, b.admin, trunk.ID), fault.NotFound, "trunk.unknown")
		if list, err := b.Trunks(ctx, b.admin); err != nil || len(list) != 0 {
			t.Errorf("%v %v", list, err)
		}
		if err := a.DeleteTrunk(ctx, a.admin, trunk.ID); err != nil {
			t.Error(err)
		}
	})
}

// TestNothingGetsOut puts hostile texts everywhere a row can hold them, past
// the checks, and reads the document the way FreeSWITCH does.
// shape is a document without its attributes' values.
// TestDatabaseAway: phones that have registered go on, unknown ones don't.
func TestWebPhones(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		d := newDesk(t, g)
		ann := d.user("ann", "x", "8001")
		first, err := d.IssueWebPhone(ctx, d.actor(ann))
		if err != nil {
			t.Fatal(err)
		}
		d.clock.Advance(time.Hour)
		second, err := d.IssueWebPhone(ctx, d.actor(ann))
		if err != nil || second != first {
			t.Errorf("a second tab locks the first out: %+v %v", second, err)
		}
		restarted := NewService(g, d.clock, d.opts)
		if again, err := restarted.IssueWebPhone(ctx, d.actor(ann)); err != nil || again != first {
			t.Errorf("a restart with the same secret: %+v %v", again, err)
		}
		d.clock.Advance(6 * time.Hour)
		third, err := d.IssueWebPhone(ctx, d.actor(ann))
		if err != nil || third.Password == first.Password || !third.Expires.After(first.Expires) {
			t.Errorf("not renewed: %+v %v", third, err)
		}
		stranger := NewService(g, d.clock, Options{})
		if other, err := stranger.IssueWebPhone(ctx, d.actor(ann)); err != nil || other.Password == third.Password {
			t.Errorf("another secret: %+v %v", other, err)
		}
		// The number goes to bob: ann's phone goes with it.
		d.db.Model(&accounts.User{}).Scopes(db.In(ann.AccountID)).Where("id = ?", ann.ID).Update("number", "8003")
		bob := d.user("bob", "x", "8001")
		if got := ask(d.Service, "user", WebUser(ann.AccountID, "8001"), "domain", "switchdesk"); got != notFound {
			t.Error("ann's password opens bob's number")
		}
		if c, err := d.IssueWebPhone(ctx, d.actor(bob)); err != nil || c.User != WebUser(ann.AccountID, "8001") {
			t.Errorf("%+v %v", c, err)
		}
		if err := d.RevokeWebPhone(ctx, bob.AccountID, bob.ID); err != nil {
			t.Fatal(err)
		}
		if got := ask(d.Service, "user", WebUser(ann.AccountID, "8001"), "domain", "switchdesk"); got != notFound {
			t.Error("a revoked phone registers")
		}
		_, err = d.IssueWebPhone(ctx, d.admin)
		is(t, err, fault.Invalid, "phone.no_number")
		quality := d.actor(bob)
		quality.Rights = nil
		_, err = d.IssueWebPhone(ctx, quality)
		is(t, err, fault.Forbidden, "forbidden")
		desk, err := d.IssueDeskPhone(ctx, d.admin, bob)
		if err != nil || desk.User != DeskUser(bob.AccountID, "8001") || len(desk.Password) < 20 {
			t.Errorf("%+v %v", desk, err)
		}
		if again, err := d.IssueDeskPhone(ctx, d.admin, bob); err != nil || again.Password == desk.Password {
			t.Errorf("%+v %v", again, err)
		}
		other := d.addAccount("other")
		_, err = d.IssueDeskPhone(ctx, other.admin, bob)
		is(t, err, fault.Forbidden, "forbidden")
	})
}

func TestUserNames(t *testing.T) {
	for user, want := range map[string]string{"1-8001": "1 8001 false true", "12-800123-w": "12 800123 true true", "0-8001": "0  false false", "1-80": "0  false false", "1-8001-x": "0  false false", "": "0  false false", "1-8001\n": "0  false false"} {
		account, number, web, ok := ParseUser(user)
		if got := fmt.Sprint(account, " ", number, " ", web, " ", ok); got != want {
			t.Errorf("%q: %s, want %s", user, got, want)
		}
	}
}

func TestRegion(t *testing.T) {
	for _, c := range []struct{ number, lang, want string }{
		{"+86 139 5711 2345", "zh-CN", "浙江杭州 中国移动"},
		{"13957112345", "en", "Hangzhou, Zhejiang China Mobile"},
		{"057188886666", "zh-CN", "浙江杭州"},
		{"01088886666", "zh-CN", "北京"},
		{"13012345678", "zh-CN", "重庆 中国联通"},
		{"16612345678", "zh-CN", "中国联通"}, // no place is known for this range
		{"95588", "zh-CN", "全国客服号码"},     // not 宁夏中卫
		{"4001234567", "zh-CN", "全国服务热线"},
		{"10086", "zh-CN", "公共服务号码"},
		{"110", "en", "Public service number"},
		{"8001", "zh-CN", "内线"},
		{"+442079460000", "en", "London"},
		{"12345678901234", "zh-CN", ""},
		{"anonymous", "zh-CN", ""},
		{"", "zh-CN", ""},
	} {
		if got := Region(c.number, c.lang).String(); got != c.want {
			t.Errorf("%s in %s: %q, want %q", c.number, c.lang, got, c.want)
		}
	}
}
