package queues_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"switchdesk/agents"
	"switchdesk/internal/fault"
	"switchdesk/queues"
	"switchdesk/storage/db/dbtest"
)

var t0 = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, err error, code, field string) {
	t.Helper()
	e, ok := err.(*fault.Error)
	if !ok || e.Code != code || e.Field != field {
		t.Fatalf("error %#v, want %s on %q", err, code, field)
	}
}

// seed makes accounts 1 and 2, agents 11 and 12 of the first, 21 of the second
// and user 13 of the first, who has no number.
func seed(t *testing.T, g *gorm.DB) {
	t.Helper()
	for id, slug := range map[int64]string{1: "a", 2: "b"} {
		must(t, g.Exec("INSERT INTO accounts (id, slug, name, timezone, language, created_at, updated_at) VALUES (?,?,'甲','Asia/Shanghai','zh-CN',?,?)",
			id, slug, t0, t0).Error)
		must(t, g.Exec("INSERT INTO roles (id, account_id, name, rights, scope, created_at, updated_at) VALUES (?,?,'r','','own',?,?)",
			id, id, t0, t0).Error)
	}
	for id, number := range map[int64]any{11: "8001", 12: "8002", 13: nil, 21: "8001"} {
		must(t, g.Exec("INSERT INTO users (id, account_id, login, name, number, role_id, password_hash, password_at, created_at, updated_at)"+
			" VALUES (?,?,?,'小安',?,?,'',?,?,?)", id, id/10, "u"+string(rune('a'+id)), number, id/10, t0, t0, t0).Error)
	}
}

func TestGroupsInTables(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		seed(t, g)
		ctx, s := context.Background(), queues.NewStore(g)
		sales := queues.NewGroup(1, " 售前 ")
		sales.Strategy, sales.LastAgentFirst, sales.MaxWaiting = queues.SkillLevel, true, 40
		sales.AfterMiss, sales.EmptyLimit, sales.NeedWorking = agents.AskAgain, time.Minute, true
		sales.Music, sales.Greeting, sales.TellAgentNo = "piano", "welcome", true
		sales.OnFull = queues.Exit{Kind: queues.ExitVoicemail}
		sales.Members = []queues.Member{{Agent: 12, Level: 3, Order: 0}, {Agent: 11, Level: 1, Order: 1}}
		saved, err := s.Save(ctx, sales)
		must(t, err)
		sales.ID, sales.Name = saved.ID, "售前"
		if !reflect.DeepEqual(saved, sales) {
			t.Fatalf("saved\n%+v\nwant\n%+v", saved, sales)
		}

		_, err = s.Save(ctx, queues.NewGroup(1, "售前"))
		refused(t, err, "group.name_taken", "name")
		help := queues.NewGroup(1, "售后")
		help.OnTimeout = queues.Exit{Kind: queues.ExitGroup, Group: sales.ID}
		help, err = s.Save(ctx, help)
		must(t, err)
		other, err := s.Save(ctx, queues.NewGroup(2, "售前"))
		must(t, err)

		stolen := other
		stolen.Account = 1
		_, err = s.Save(ctx, stolen)
		refused(t, err, "group.unknown", "")
		foreign := queues.NewGroup(2, "偷")
		foreign.OnFull = queues.Exit{Kind: queues.ExitGroup, Group: sales.ID}
		_, err = s.Save(ctx, foreign)
		refused(t, err, "group.exit", "on_full")
		for _, agent := range []int64{11, 13, 99} {
			foreign = queues.NewGroup(2, "偷")
			if agent == 13 {
				foreign.Account = 1
			}
			foreign.Members = []queues.Member{{Agent: agent, Level: 1}}
			_, err = s.Save(ctx, foreign)
			refused(t, err, "group.members", "members")
		}

		sales.Members = sales.Members[:1]
		sales.NeedWorking = false
		saved, err = s.Save(ctx, sales)
		must(t, err)
		if !reflect.DeepEqual(saved, sales) {
			t.Fatalf("changed to\n%+v\nwant\n%+v", saved, sales)
		}
		list, err := s.Groups(ctx, 1)
		must(t, err)
		if len(list) != 2 {
			t.Fatalf("account 1 has %+v", list)
		}
		all, err := s.AllGroups(ctx)
		must(t, err)
		if len(all) != 3 {
			t.Fatalf("all: %+v", all)
		}

		refused(t, s.Delete(ctx, 1, sales.ID), "group.in_use", "")
		refused(t, s.Delete(ctx, 2, help.ID), "group.unknown", "")
		must(t, s.Delete(ctx, 1, help.ID))
		must(t, s.Delete(ctx, 1, sales.ID))
		_, err = s.Group(ctx, 1, sales.ID)
		refused(t, err, "group.unknown", "")
		if _, err := s.Group(ctx, 2, other.ID); err != nil {
			t.Error("another account's group went too:", err)
		}
	})
}

func TestCheckGroup(t *testing.T) {
	for field, spoil := range map[string]func(*queues.Group){
		"name":           func(g *queues.Group) { g.Name = "  " },
		"name ":          func(g *queues.Group) { g.Name = strings.Repeat("长", 101) },
		"name  ":         func(g *queues.Group) { g.Name = "a\nb" },
		"strategy":       func(g *queues.Group) { g.Strategy = "loudest" },
		"after_miss":     func(g *queues.Group) { g.AfterMiss = "fire" },
		"ring_time":      func(g *queues.Group) { g.RingTime = time.Second },
		"ring_time ":     func(g *queues.Group) { g.RingTime = 20*time.Second + 1 },
		"wait_limit":     func(g *queues.Group) { g.WaitLimit = -time.Second },
		"max_wrap_up":    func(g *queues.Group) { g.MaxWrapUp = 5 * time.Second },
		"announce_every": func(g *queues.Group) { g.Announce = time.Second },
		"max_waiting":    func(g *queues.Group) { g.MaxWaiting = -1 },
		"on_timeout":     func(g *queues.Group) { g.OnTimeout = queues.Exit{Kind: queues.ExitGroup} },
		"on_full":        func(g *queues.Group) { g.OnFull = queues.Exit{} },
		"on_no_agent":    func(g *queues.Group) { g.ID, g.OnNoAgent = 5, queues.Exit{Kind: queues.ExitGroup, Group: 5} },
		"members":        func(g *queues.Group) { g.Members = []queues.Member{{Agent: 1, Level: 1}, {Agent: 1, Level: 2}} },
		"members ":       func(g *queues.Group) { g.Members = []queues.Member{{Agent: 1}} },
	} {
		g := queues.NewGroup(1, "售前")
		must(t, g.Check())
		spoil(&g)
		err, ok := g.Check().(*fault.Error)
		if !ok || err.Field != strings.TrimSpace(field) || err.Kind != fault.Invalid {
			t.Errorf("%s: %v", field, err)
		}
	}
}
