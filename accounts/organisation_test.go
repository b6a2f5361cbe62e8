package accounts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"switchdesk/accounts"
	"switchdesk/internal/fault"
	"switchdesk/storage/db/dbtest"
)

func TestUsersAreChecked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		d := newDesk(t, g)
		agent := d.roles["座席"].ID
		d.user(accounts.User{Login: "ann", Number: new("8001")}, "座席")
		for name, c := range map[string]struct {
			u     accounts.User
			kind  fault.Kind
			code  string
			field string
		}{
			"login taken":        {accounts.User{Login: "ANN", Name: "x", RoleID: agent}, fault.Conflict, "user.login_taken", "login"},
			"number taken":       {accounts.User{Login: "bob", Name: "x", Number: new(" 8001 "), RoleID: agent}, fault.Conflict, "user.number_taken", "number"},
			"login with space":   {accounts.User{Login: "b b", Name: "x", RoleID: agent}, fault.Invalid, "user.login", "login"},
			"login with at":      {accounts.User{Login: "b@b", Name: "x", RoleID: agent}, fault.Invalid, "user.login", "login"},
			"no name":            {accounts.User{Login: "bob", Name: "  ", RoleID: agent}, fault.Invalid, "name.empty", "name"},
			"name with newline":  {accounts.User{Login: "bob", Name: "a\nb", RoleID: agent}, fault.Invalid, "name.text", "name"},
			"name too long":      {accounts.User{Login: "bob", Name: strings.Repeat("长", 61), RoleID: agent}, fault.Invalid, "name.long", "name"},
			"number with letter": {accounts.User{Login: "bob", Name: "x", Number: new("80a1"), RoleID: agent}, fault.Invalid, "user.number", "number"},
			"number too short":   {accounts.User{Login: "bob", Name: "x", Number: new("80"), RoleID: agent}, fault.Invalid, "user.number", "number"},
			"no role":            {accounts.User{Login: "bob", Name: "x"}, fault.Invalid, "user.role", "role_id"},
			"no department":      {accounts.User{Login: "bob", Name: "x", RoleID: agent, DepartmentID: 99}, fault.Invalid, "user.department", "department_id"},
			"no superior":        {accounts.User{Login: "bob", Name: "x", RoleID: agent, SuperiorID: 9999}, fault.Invalid, "user.superior", "superior_id"},
			"language":           {accounts.User{Login: "bob", Name: "x", RoleID: agent, Language: "tlh"}, fault.Invalid, "language.unknown", "language"},
			"mail":               {accounts.User{Login: "bob", Name: "x", RoleID: agent, Email: "nobody"}, fault.Invalid, "user.email", "email"},
		} {
			_, err := d.CreateUser(ctx, d.admin, c.u, password)
			is(t, err, c.kind, c.code)
			if f := (&fault.Error{}); !asFault(err, &f) || f.Field != c.field {
				t.Errorf("%s: field %q, want %q", name, f.Field, c.field)
			}
		}
		// Two people without a number, and a blank one, are no conflict.
		d.user(accounts.User{Login: "c"}, "座席")
		d.user(accounts.User{Login: "d", Number: new("")}, "座席")
		users, err := d.Users(ctx, d.admin, accounts.UserFilter{})
		if err != nil || len(users) != 4 {
			t.Errorf("%d users %v", len(users), err)
		}
	})
}

func asFault(err error, target **fault.Error) bool {
	f, ok := err.(*fault.Error)
	if ok {
		*target = f
	}
	return ok
}

func TestUsersAreFoundAndPaged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		d := newDesk(t, g)
		for i := range 7 {
			d.user(accounts.User{Login: fmt.Sprintf("a_%d", i), Name: fmt.Sprintf("王小%d明", i), Number: new(fmt.Sprint(8000 + i))}, "座席")
		}
		count := func(f accounts.UserFilter) int {
			t.Helper()
			users, err := d.Users(ctx, d.admin, f)
			if err != nil {
				t.Fatal(err)
			}
			return len(users)
		}
		for search, want := range map[string]int{"王小": 7, "小3": 1, "A_": 7, "_": 7, "%": 0, "8005": 1, "admin": 1, "!": 0, "'": 0} {
			if n := count(accounts.UserFilter{Search: search}); n != want {
				t.Errorf("%q finds %d, want %d", search, n, want)
			}
		}
		var seen []string
		for after := int64(0); ; {
			page, err := d.Users(ctx, d.admin, accounts.UserFilter{After: after, Limit: 3, RoleID: d.roles["座席"].ID})
			if err != nil {
				t.Fatal(err)
			}
			for _, u := range page {
				seen = append(seen, u.Login)
			}
			if len(page) < 3 {
				break
			}
			after = page[2].ID
		}
		if len(seen) != 7 || !slices.IsSorted(seen) {
			t.Errorf("paged: %v", seen)
		}
		if n := count(accounts.UserFilter{Disabled: new(true)}); n != 0 {
			t.Errorf("%d are disabled", n)
		}
	})
}

func TestTheLastAdminStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		d := newDesk(t, g)
		me, err := d.User(ctx, d.admin, d.admin.UserID)
		if err != nil {
			t.Fatal(err)
		}
		off := me
		off.Disabled = true
		_, err = d.UpdateUser(ctx, d.admin, off)
		is(t, err, fault.Conflict, "account.last_admin")
		lower := me
		lower.RoleID = d.roles["座席"].ID
		_, err = d.UpdateUser(ctx, d.admin, lower)
		is(t, err, fault.Conflict, "account.last_admin")
		role := d.roles["管理员"]
		role.Rights = accounts.Rights{accounts.CallsRead}
		_, err = d.SaveRole(ctx, d.admin, role)
		is(t, err, fault.Conflict, "account.last_admin")
		is(t, d.DeleteRole(ctx, d.admin, role.ID), fault.Conflict, "role.in_use")
		if again, err := d.User(ctx, d.admin, me.ID); err != nil || again.Disabled || again.RoleID != me.RoleID {
			t.Errorf("a refused change left traces: %+v %v", again, err)
		}
		second := d.user(accounts.User{Login: "second"}, "管理员")
		token, _, err := d.signIn("admin@acme", password, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.UpdateUser(ctx, d.actor(second.ID), off); err != nil {
			t.Fatalf("with a second one: %v", err)
		}
		if _, err := d.Actor(ctx, token); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("a disabled user is still signed in: %v", err)
		}
		if _, _, err := d.signIn("admin@acme", password, ""); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("a disabled user signs in: %v", err)
		}
	})
}

func TestNobodyGivesMoreThanTheyHave(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t))
	role, err := d.SaveRole(ctx, d.admin, accounts.Role{Name: "人事", Scope: accounts.ScopeAll, Rights: accounts.Rights{accounts.RolesManage, accounts.UsersManage, accounts.UsersManage}})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(role.Rights, accounts.Rights{accounts.UsersManage, accounts.RolesManage}) {
		t.Errorf("rights are not tidied: %v", role.Rights)
	}
	d.roles["人事"] = role
	hr := d.actor(d.user(accounts.User{Login: "hr"}, "人事").ID)
	_, err = d.SaveRole(ctx, hr, accounts.Role{Name: "x", Scope: accounts.ScopeAll, Rights: accounts.Rights{accounts.CallsListen}})
	is(t, err, fault.Forbidden, "role.beyond")
	role.Rights = append(role.Rights, accounts.AuditRead)
	_, err = d.SaveRole(ctx, hr, role)
	is(t, err, fault.Forbidden, "role.beyond")
	_, err = d.CreateUser(ctx, hr, accounts.User{Login: "friend", Name: "x", RoleID: d.roles["管理员"].ID}, password)
	is(t, err, fault.Forbidden, "user.role_beyond")
	me, _ := d.User(ctx, hr, hr.UserID)
	me.RoleID = d.roles["管理员"].ID
	_, err = d.UpdateUser(ctx, hr, me)
	is(t, err, fault.Forbidden, "user.role_beyond")
	is(t, d.ResetPassword(ctx, hr, d.admin.UserID, "taking over 12"), fault.Forbidden, "user.beyond")
	boss, _ := d.User(ctx, hr, d.admin.UserID)
	boss.Disabled = true
	_, err = d.UpdateUser(ctx, hr, boss)
	is(t, err, fault.Forbidden, "user.beyond")
	_, err = d.SaveRole(ctx, d.admin, accounts.Role{Name: "x", Scope: "everything"})
	is(t, err, fault.Invalid, "role.scope")
	_, err = d.SaveRole(ctx, d.admin, accounts.Role{Name: "x", Scope: accounts.ScopeOwn, Rights: accounts.Rights{"root"}})
	is(t, err, fault.Invalid, "role.right_unknown")
	_, err = d.SaveRole(ctx, d.admin, accounts.Role{Name: " 座席 ", Scope: accounts.ScopeOwn})
	is(t, err, fault.Conflict, "role.taken")
}

// TestWithoutTheRight has an agent try everything that needs one.
func TestDepartmentsAreATree(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		d := newDesk(t, g)
		save := func(dep accounts.Department) accounts.Department {
			t.Helper()
			got, err := d.SaveDepartment(ctx, d.admin, dep)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		top := save(accounts.Department{Name: "客服中心"})
		east := save(accounts.Department{Name: "华东组", ParentID: top.ID})
		team := save(accounts.Department{Name: "一队", ParentID: east.ID})
		save(accounts.Department{Name: "一队", ParentID: top.ID}) // the same name elsewhere
		for code, dep := range map[string]accounts.Department{
			"department.cycle":   {ID: top.ID, Name: "客服中心", ParentID: team.ID},
			"department.parent":  {Name: "x", ParentID: 999},
			"department.manager": {Name: "x", ManagerID: 999},
			"name.empty":         {Name: " "},
		} {
			_, err := d.SaveDepartment(ctx, d.admin, dep)
			is(t, err, fault.Invalid, code)
		}
		_, err := d.SaveDepartment(ctx, d.admin, accounts.Department{Name: "一队", ParentID: east.ID})
		is(t, err, fault.Conflict, "department.taken")
		_, err = d.SaveDepartment(ctx, d.admin, accounts.Department{ID: 999, Name: "x"})
		is(t, err, fault.NotFound, "department.unknown")
		is(t, d.DeleteDepartment(ctx, d.admin, east.ID), fault.Conflict, "department.in_use")
		d.user(accounts.User{Login: "ann", DepartmentID: team.ID}, "座席")
		is(t, d.DeleteDepartment(ctx, d.admin, team.ID), fault.Conflict, "department.in_use")
		team.ParentID = top.ID
		team.Name = "二队"
		save(team)
		if err := d.DeleteDepartment(ctx, d.admin, east.ID); err != nil {
			t.Error(err)
		}
		is(t, d.DeleteDepartment(ctx, d.admin, east.ID), fault.NotFound, "department.unknown")
	})
}

// TestVisible: top ─ east ─ team; lead manages east; ann and bob are in team,
// bob's superior is ann; cat is in west, dan has no department.
func TestVisible(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		d := newDesk(t, g)
		lead := d.user(accounts.User{Login: "lead"}, "班长")
		dep := func(name string, parent, manager int64) int64 {
			got, err := d.SaveDepartment(ctx, d.admin, accounts.Department{Name: name, ParentID: parent, ManagerID: manager})
			if err != nil {
				t.Fatal(err)
			}
			return got.ID
		}
		top := dep("top", 0, 0)
		east := dep("east", top, lead.ID)
		team := dep("team", east, 0)
		west := dep("west", top, 0)
		ann := d.user(accounts.User{Login: "ann", DepartmentID: team}, "班长")
		bob := d.user(accounts.User{Login: "bob", DepartmentID: team, SuperiorID: ann.ID}, "座席")
		cat := d.user(accounts.User{Login: "cat", DepartmentID: west, SuperiorID: bob.ID}, "座席")
		dan := d.user(accounts.User{Login: "dan"}, "座席")
		d.addAccount("other")
		for _, c := range []struct {
			name  string
			who   accounts.User
			scope accounts.Scope
			want  []int64
		}{
			{"own", ann, accounts.ScopeOwn, []int64{ann.ID}},
			{"ann's chain", ann, accounts.ScopeSubordinates, []int64{ann.ID, bob.ID, cat.ID}},
			{"who manages east, and below them", lead, accounts.ScopeSubordinates, []int64{lead.ID, ann.ID, bob.ID, cat.ID}},
			{"nobody below", dan, accounts.ScopeSubordinates, []int64{dan.ID}},
			{"ann's department", ann, accounts.ScopeDepartment, []int64{ann.ID, bob.ID}},
			{"no department", dan, accounts.ScopeDepartment, []int64{dan.ID}},
		} {
			a := d.actor(c.who.ID)
			a.Scope = c.scope
			v, err := d.VisibleUsers(ctx, a)
			if err != nil || v.All || !slices.Equal(v.Users, c.want) {
				t.Errorf("%s: %v %v, want %v", c.name, v, err, c.want)
			}
		}
		all, err := d.VisibleUsers(ctx, d.admin)
		if err != nil || !all.All || !all.Includes(cat.ID) {
			t.Errorf("all: %v %v", all, err)
		}
		v := accounts.Visible{Users: []int64{3, 5}}
		if !v.Includes(5) || v.Includes(4) || (accounts.Visible{}).Includes(1) {
			t.Error("Includes")
		}
		var n int64
		if g.Model(&accounts.User{}).Where("account_id = ?", d.account.ID).Scopes(accounts.Visible{}.Where("id")).Count(&n); n != 0 {
			t.Errorf("who sees nobody sees %d", n)
		}
	})
}

func TestSuperiorsDontCircle(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t))
	a := d.user(accounts.User{Login: "a"}, "座席")
	b := d.user(accounts.User{Login: "b", SuperiorID: a.ID}, "座席")
	c := d.user(accounts.User{Login: "c", SuperiorID: b.ID}, "座席")
	for _, above := range []int64{a.ID, b.ID, c.ID} {
		a.SuperiorID = above
		_, err := d.UpdateUser(ctx, d.admin, a)
		is(t, err, fault.Invalid, "user.superior_cycle")
	}
}

func TestAuditLog(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		d := newDesk(t, g)
		for i := range 5 {
			if err := d.Record(ctx, d.admin, "number.update", "number", fmt.Sprint(i%2), map[string]any{"名称": "总机"}); err != nil {
				t.Fatal(err)
			}
		}
		page, err := d.AuditLog(ctx, d.admin, accounts.AuditFilter{Limit: 2, Action: "number.update"})
		if err != nil || len(page) != 2 || page[0].ID < page[1].ID || !strings.Contains(string(page[0].Detail), "总机") || page[0].ActorName != "管理员" {
			t.Fatalf("%+v %v", page, err)
		}
		rest, err := d.AuditLog(ctx, d.admin, accounts.AuditFilter{Before: page[1].ID, Action: "number.update"})
		if err != nil || len(rest) != 3 {
			t.Errorf("%d lines follow, %v", len(rest), err)
		}
		one, err := d.AuditLog(ctx, d.admin, accounts.AuditFilter{TargetKind: "number", TargetID: "1", From: d.clock.Now(), To: d.clock.Now().Add(time.Microsecond)})
		if err != nil || len(one) != 2 {
			t.Errorf("%d lines of the target, %v", len(one), err)
		}
	})
}

// TestAccountsDontMix has the administrator of one account reach for every
// row of another.
func TestCreateAdmin(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t))
	_, err := d.CreateAdmin(ctx, "nowhere", "x", "x", password)
	is(t, err, fault.NotFound, "account.unknown")
	_, err = d.CreateAdmin(ctx, "acme", "admin", "x", password)
	is(t, err, fault.Conflict, "user.login_taken")
	// Where no role has everything any more, one is made.
	role := d.roles["管理员"]
	role.Rights = accounts.Rights{accounts.UsersManage, accounts.RolesManage}
	if _, err := d.SaveRole(ctx, d.admin, role); err != nil {
		t.Fatal(err)
	}
	u, err := d.CreateAdmin(ctx, "acme", "rescue", "救援", password)
	if err != nil {
		t.Fatal(err)
	}
	if a := d.actor(u.ID); !a.Can(accounts.AccountManage) || a.Scope != accounts.ScopeAll {
		t.Errorf("%+v", a)
	}
	_, _, err = d.CreateAccount(ctx, accounts.Account{Slug: "ACME", Name: "x"})
	is(t, err, fault.Conflict, "account.taken")
	for _, slug := range []string{"", "a b", "-a", "a@b", strings.Repeat("a", 41)} {
		_, _, err := d.CreateAccount(ctx, accounts.Account{Slug: slug, Name: "x"})
		is(t, err, fault.Invalid, "account.slug")
	}
	_, err = d.UpdateAccount(ctx, d.admin, accounts.Account{Name: "新名字", Timezone: "Mars/North"})
	is(t, err, fault.Invalid, "account.timezone")
	a, err := d.UpdateAccount(ctx, d.admin, accounts.Account{Name: "新名字", Timezone: "Asia/Urumqi", Language: "en", InboundLimit: 30, Slug: "stolen"})
	if err != nil || a.Slug != "acme" || a.InboundLimit != 30 || a.Location().String() != "Asia/Urumqi" {
		t.Errorf("%+v %v", a, err)
	}
}
