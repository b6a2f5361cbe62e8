package accounts_test

import (
	"testing"
	"time"

	"gorm.io/gorm"

	"switchdesk/accounts"
	"switchdesk/internal/fault"
	"switchdesk/storage/db/dbtest"
)

func TestAKeyHasNoMoreRightsThanItsMaker(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		d := newDesk(t, g)
		role, err := d.SaveRole(ctx, d.admin, accounts.Role{Name: "集成", Scope: accounts.ScopeDepartment, Rights: accounts.Rights{accounts.KeysManage, accounts.FlowsRead, accounts.FlowsManage, accounts.UsersManage}})
		if err != nil {
			t.Fatal(err)
		}
		user, err := d.CreateUser(ctx, d.admin, accounts.User{Login: "ci", Name: "集成", RoleID: role.ID}, password)
		if err != nil {
			t.Fatal(err)
		}
		maker := d.actor(user.ID)
		maker.MustChangePassword = false
		for what, rights := range map[string]accounts.Rights{
			"a right that the maker lacks": {accounts.CallsListen}, "people's": {accounts.UsersManage}, "keys'": {accounts.KeysManage},
		} {
			if _, _, err := d.MakeKey(ctx, maker, "k", rights, nil); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("a key with %s: %v", what, err)
			}
		}
		past, far := d.clock.Now().Add(-time.Second), d.clock.Now().AddDate(3, 0, 0)
		for what, try := range map[string]func() error{
			"no rights":    func() error { _, _, err := d.MakeKey(ctx, maker, "k", nil, nil); return err },
			"an odd right": func() error { _, _, err := d.MakeKey(ctx, maker, "k", accounts.Rights{"x"}, nil); return err },
			"no name": func() error {
				_, _, err := d.MakeKey(ctx, maker, " ", accounts.Rights{accounts.FlowsRead}, nil)
				return err
			},
			"the past": func() error {
				_, _, err := d.MakeKey(ctx, maker, "k", accounts.Rights{accounts.FlowsRead}, &past)
				return err
			},
			"far away": func() error {
				_, _, err := d.MakeKey(ctx, maker, "k", accounts.Rights{accounts.FlowsRead}, &far)
				return err
			},
		} {
			if err := try(); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", what, err)
			}
		}
		soon := d.clock.Now().Add(time.Hour)
		_, brief, err := d.MakeKey(ctx, d.admin, "短期", accounts.Rights{accounts.FlowsRead}, &soon)
		if err != nil {
			t.Fatal(err)
		}
		_, secret, err := d.MakeKey(ctx, d.admin, "长期", accounts.Rights{accounts.FlowsRead, accounts.CallsRead}, nil)
		if err != nil {
			t.Fatal(err)
		}
		actor, err := d.KeyActor(ctx, secret, "192.0.2.7")
		if err != nil || len(actor.Rights) != 2 || actor.KeyName != "长期" || actor.Key == 0 || actor.Number != "" || actor.UserID != d.admin.UserID {
			t.Errorf("%+v %v", actor, err)
		}
		d.clock.Advance(time.Hour)
		if _, err := d.KeyActor(ctx, brief, ""); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("past its end: %v", err)
		}
		other := d.addAccount("other")
		keys, err := d.Keys(ctx, d.admin)
		if err != nil || len(keys) != 2 || keys[0].UsedIP != "192.0.2.7" || keys[0].SecretHash == secret {
			t.Fatalf("%+v %v", keys, err)
		}
		if theirs, err := d.Keys(ctx, other.admin); err != nil || len(theirs) != 0 {
			t.Errorf("%+v %v", theirs, err)
		}
		if err := d.RevokeKey(ctx, other.admin, keys[0].ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another account revoked it: %v", err)
		}
		if err := d.RevokeKey(ctx, d.admin, keys[0].ID); err != nil {
			t.Fatal(err)
		}
		if _, err := d.KeyActor(ctx, secret, ""); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("revoked: %v", err)
		}
		if err := d.RevokeKey(ctx, d.admin, keys[0].ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("revoked twice: %v", err)
		}
	})
}

// A key goes with its maker: with the rights of their role, and with them.
func TestAKeyGoesWithItsMaker(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		d := newDesk(t, g)
		role, err := d.SaveRole(ctx, d.admin, accounts.Role{Name: "集成", Scope: accounts.ScopeAll, Rights: accounts.Rights{accounts.KeysManage, accounts.FlowsRead, accounts.FlowsManage}})
		if err != nil {
			t.Fatal(err)
		}
		name := "ci"
		user, err := d.Seed(ctx, d.admin.AccountID, accounts.User{Login: name, Name: "集成", RoleID: role.ID}, password)
		if err != nil {
			t.Fatal(err)
		}
		_, secret, err := d.MakeKey(ctx, d.actor(user.ID), "CI", accounts.Rights{accounts.FlowsRead, accounts.FlowsManage}, nil)
		if err != nil {
			t.Fatal(err)
		}
		role.Rights = accounts.Rights{accounts.KeysManage, accounts.FlowsRead}
		if _, err := d.SaveRole(ctx, d.admin, role); err != nil {
			t.Fatal(err)
		}
		if actor, err := d.KeyActor(ctx, secret, ""); err != nil || actor.Can(accounts.FlowsManage) || !actor.Can(accounts.FlowsRead) {
			t.Errorf("after the role lost a right: %+v %v", actor.Rights, err)
		}
		user.Disabled = true
		if _, err := d.UpdateUser(ctx, d.admin, user); err != nil {
			t.Fatal(err)
		}
		if _, err := d.KeyActor(ctx, secret, ""); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("of somebody who was disabled: %v", err)
		}
	})
}
