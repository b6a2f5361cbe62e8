package agents_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"gorm.io/gorm"

	"switchdesk/agents"
	"switchdesk/internal/fault"
	"switchdesk/storage/db/dbtest"
)

var t0 = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

// seed makes accounts 1 and 2 with the users 11 (8001), 12 (8002, disabled),
// 13 (no number) and 21 (8001 too).
func seed(t *testing.T, g *gorm.DB) {
	t.Helper()
	for _, s := range []string{
		"INSERT INTO accounts (id, slug, name, timezone, language, created_at, updated_at) VALUES (1,'a','甲','Asia/Shanghai','zh-CN',?,?)",
		"INSERT INTO accounts (id, slug, name, timezone, language, created_at, updated_at) VALUES (2,'b','乙','Asia/Shanghai','zh-CN',?,?)",
		"INSERT INTO roles (id, account_id, name, rights, scope, created_at, updated_at) VALUES (1,1,'r','','own',?,?)",
		"INSERT INTO roles (id, account_id, name, rights, scope, created_at, updated_at) VALUES (2,2,'r','','own',?,?)",
	} {
		must(t, g.Exec(s, t0, t0).Error)
	}
	for _, u := range []struct {
		id, account int64
		number      any
		disabled    bool
	}{{11, 1, "8001", false}, {12, 1, "8002", true}, {13, 1, nil, false}, {21, 2, "8001", false}} {
		must(t, g.Exec("INSERT INTO users (id, account_id, login, name, number, role_id, password_hash, password_at, disabled, created_at, updated_at)"+
			" VALUES (?,?,?,?,?,?,'',?,?,?,?)", u.id, u.account, "u"+string(rune('a'+u.id)), "小安", u.number, u.account, t0, u.disabled, t0, t0).Error)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, err error, code string) {
	t.Helper()
	e, ok := err.(*fault.Error)
	if !ok || e.Code != code {
		t.Fatalf("error %v, want %s", err, code)
	}
}

func TestProfiles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		seed(t, g)
		ctx, s := context.Background(), agents.NewStore(g)
		list, err := s.Profiles(ctx, 1)
		must(t, err)
		if len(list) != 1 || list[0].UserID != 11 || list[0].Method != agents.Web || list[0].Number != "8001" || list[0].Name != "小安" {
			t.Fatalf("agents of account 1: %+v", list)
		}
		refused(t, s.Save(ctx, agents.Profile{AccountID: 1, UserID: 11, Method: "fax"}), "agent.method_unknown")
		refused(t, s.Save(ctx, agents.Profile{AccountID: 1, UserID: 11, Method: agents.Mobile}), "agent.mobile")
		refused(t, s.Save(ctx, agents.Profile{AccountID: 1, UserID: 11, Method: agents.Mobile, Mobile: "1|2,3"}), "agent.mobile")
		refused(t, s.Save(ctx, agents.Profile{AccountID: 2, UserID: 11, Method: agents.SIP}), "agent.unknown")
		refused(t, s.Save(ctx, agents.Profile{AccountID: 1, UserID: 13, Method: agents.SIP}), "agent.unknown")
		must(t, s.Save(ctx, agents.Profile{AccountID: 1, UserID: 11, Method: agents.SIP}))
		must(t, s.Save(ctx, agents.Profile{AccountID: 1, UserID: 11, Method: agents.Mobile, Mobile: "+8613900000000"}))
		p, err := s.Profile(ctx, 1, 11)
		must(t, err)
		if p.Method != agents.Mobile || p.Mobile != "+8613900000000" || p.AccountID != 1 {
			t.Errorf("stored %+v", p)
		}
		_, err = s.Profile(ctx, 2, 11)
		refused(t, err, "agent.unknown")
		all, err := s.AllProfiles(ctx)
		must(t, err)
		if len(all) != 2 || all[1].AccountID != 2 || all[1].Method != agents.Web {
			t.Errorf("all agents: %+v", all)
		}
	})
}

func TestTimeLog(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		ctx, s := context.Background(), agents.NewStore(g)
		at := func(sec int) time.Time { return t0.Add(time.Duration(sec) * time.Second) }
		log := []agents.Span{
			{Agent: 11, Account: 1, State: agents.Idle, From: at(0), To: at(10)},
			{Agent: 11, Account: 1, State: agents.Break, Reason: "午餐", From: at(10), To: at(50)},
			{Agent: 11, Account: 1, State: agents.Talking, Call: "c1", From: at(50), To: at(60)},
			{Agent: 12, Account: 1, State: agents.Busy, From: at(0), To: at(60)},
			{Agent: 21, Account: 2, State: agents.Busy, From: at(0), To: at(60)},
		}
		must(t, s.AppendSpans(ctx, nil))
		must(t, s.AppendSpans(ctx, log[:3]))
		must(t, s.AppendSpans(ctx, log)) // a journal replayed
		got, err := s.Spans(ctx, 1, 0, at(10), at(55))
		must(t, err)
		if !reflect.DeepEqual(got, log[1:4]) {
			t.Errorf("spans\n%+v\nwant\n%+v", got, log[1:4])
		}
		got, err = s.Spans(ctx, 1, 12, at(0), at(60))
		must(t, err)
		if len(got) != 1 || got[0].Agent != 12 {
			t.Errorf("spans of agent 12: %+v", got)
		}
		if _, err := s.Spans(ctx, 0, 0, at(0), at(60)); err == nil {
			t.Error("spans without an account")
		}
		if cut, d := log[1].Clip(at(20), at(30)); d != 10*time.Second || !cut.From.Equal(at(20)) {
			t.Errorf("clipped to %+v, %v", cut, d)
		}
	})
}
