package accounts_test

import (
	"strings"
	"testing"

	"gorm.io/gorm"

	"switchdesk/accounts"
	"switchdesk/internal/fault"
	"switchdesk/storage/db/dbtest"
)

func TestWithoutTheRight(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t))
	ann := d.actor(d.user(accounts.User{Login: "ann"}, "座席").ID)
	token, _, err := d.signIn("admin@acme", password, "")
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := d.Sessions(ctx, d.admin, d.admin.UserID)
	if err != nil || len(sessions) != 1 {
		t.Fatal(sessions, err)
	}
	errs := map[string]error{
		"delete department": d.DeleteDepartment(ctx, ann, 1),
		"delete role":       d.DeleteRole(ctx, ann, d.roles["质检员"].ID),
		"reset":             d.ResetPassword(ctx, ann, d.admin.UserID, password),
	}
	_, errs["department"] = d.SaveDepartment(ctx, ann, accounts.Department{Name: "x"})
	_, errs["role"] = d.SaveRole(ctx, ann, accounts.Role{Name: "x", Scope: accounts.ScopeAll})
	_, errs["create"] = d.CreateUser(ctx, ann, accounts.User{Login: "x", Name: "x", RoleID: ann.RoleID}, password)
	_, errs["update"] = d.UpdateUser(ctx, ann, accounts.User{ID: ann.UserID, Login: "x", Name: "x", RoleID: ann.RoleID})
	_, errs["account"] = d.UpdateAccount(ctx, ann, accounts.Account{Name: "x"})
	_, errs["audit"] = d.AuditLog(ctx, ann, accounts.AuditFilter{})
	_, errs["sessions"] = d.Sessions(ctx, ann, d.admin.UserID)
	for what, err := range errs {
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s: %v", what, err)
		}
	}
	is(t, d.EndSession(ctx, ann, sessions[0].ID), fault.NotFound, "session.unknown")
	if _, err := d.Actor(ctx, token); err != nil {
		t.Errorf("the administrator was signed out: %v", err)
	}
	if err := d.EndSession(ctx, d.admin, sessions[0].ID); err != nil {
		t.Error(err)
	}
	if _, err := d.Actor(ctx, token); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("the session goes on: %v", err)
	}
}

func TestAccountsDontMix(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		a := newDesk(t, g)
		b := a.addAccount("other")
		dep, err := b.SaveDepartment(ctx, b.admin, accounts.Department{Name: "theirs"})
		if err != nil {
			t.Fatal(err)
		}
		theirs := b.user(accounts.User{Login: "ann", Number: new("8001"), DepartmentID: dep.ID}, "座席")
		a.user(accounts.User{Login: "ann", Number: new("8001")}, "座席") // the same login and number are no conflict
		if _, _, err := b.signIn("ann@other", password, ""); err != nil {
			t.Fatal(err)
		}
		sessions, err := b.Sessions(ctx, b.admin, theirs.ID)
		if err != nil || len(sessions) != 1 {
			t.Fatal(sessions, err)
		}
		before := dump(t, g, "users") + dump(t, g, "roles") + dump(t, g, "departments") + dump(t, g, "sessions")
		_, err = a.User(ctx, a.admin, theirs.ID)
		is(t, err, fault.NotFound, "user.unknown")
		u := theirs
		u.RoleID, u.DepartmentID = a.roles["座席"].ID, 0
		_, err = a.UpdateUser(ctx, a.admin, u)
		is(t, err, fault.NotFound, "user.unknown")
		is(t, a.ResetPassword(ctx, a.admin, theirs.ID, "stolen password 1"), fault.NotFound, "user.unknown")
		r := b.roles["座席"]
		_, err = a.SaveRole(ctx, a.admin, r)
		is(t, err, fault.NotFound, "role.unknown")
		is(t, a.DeleteRole(ctx, a.admin, b.roles["质检员"].ID), fault.NotFound, "role.unknown")
		_, err = a.SaveDepartment(ctx, a.admin, dep)
		is(t, err, fault.NotFound, "department.unknown")
		is(t, a.DeleteDepartment(ctx, a.admin, dep.ID), fault.NotFound, "department.unknown")
		is(t, a.EndSession(ctx, a.admin, sessions[0].ID), fault.NotFound, "session.unknown")
		for _, bad := range []accounts.User{
			{Login: "x", Name: "x", RoleID: b.roles["座席"].ID},
			{Login: "x", Name: "x", RoleID: a.roles["座席"].ID, DepartmentID: dep.ID},
			{Login: "x", Name: "x", RoleID: a.roles["座席"].ID, SuperiorID: theirs.ID},
		} {
			if _, err := a.CreateUser(ctx, a.admin, bad, password); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		_, err = a.SaveDepartment(ctx, a.admin, accounts.Department{Name: "x", ManagerID: theirs.ID})
		is(t, err, fault.Invalid, "department.manager")
		if list, err := a.Sessions(ctx, a.admin, theirs.ID); err != nil || len(list) != 0 {
			t.Errorf("their sessions: %v %v", list, err)
		}
		if after := dump(t, g, "users") + dump(t, g, "roles") + dump(t, g, "departments") + dump(t, g, "sessions"); after != before {
			t.Errorf("something was changed:\n%s\n%s", before, after)
		}
		for what, n := range map[string]int{"users": count(a.Users(ctx, a.admin, accounts.UserFilter{})), "roles": count(a.Roles(ctx, a.admin)), "departments": count(a.Departments(ctx, a.admin)) + 4, "audit": 4} {
			if want := map[string]int{"users": 2, "roles": 4, "departments": 4, "audit": 4}[what]; n != want {
				t.Errorf("%d %s are seen, want %d", n, what, want)
			}
		}
		lines, err := a.AuditLog(ctx, a.admin, accounts.AuditFilter{})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range lines {
			if strings.Contains(string(e.Detail), "theirs") || e.ActorID == theirs.ID {
				t.Errorf("their audit line is seen: %+v", e)
			}
		}
	})
}

func count[T any](rows []T, err error) int {
	if err != nil {
		return -1
	}
	return len(rows)
}
