package calls

import (
	"context"
	"fmt"
	"testing"
	"time"

	"gorm.io/gorm"

	"switchdesk/storage/db"
	"switchdesk/storage/db/dbtest"
)

var morning = time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)

// walked makes a call's trail; each word is node/kind/exit/how, a ! before it
// enters the node anew.
func walked(id string, steps ...StepRow) Bundle {
	b := Bundle{Account: 1, Day: "2026-11-22", Record: Record{ID: id, AccountID: 1, StartedAt: morning, EndedAt: morning.Add(time.Minute)}}
	for i, s := range steps {
		s.AccountID, s.CallID, s.Seq = 1, id, i
		if s.FlowID == 0 && s.Kind != "fallback" {
			s.FlowID, s.Version = 7, 2
		}
		if s.At.IsZero() {
			s.At = morning.Add(time.Duration(i) * time.Second)
		}
		b.Steps = append(b.Steps, s)
	}
	return b
}

func seedAccount(t *testing.T, g *gorm.DB) {
	t.Helper()
	for id := 1; id <= 2; id++ {
		err := g.Exec("INSERT INTO accounts (id, slug, name, timezone, language, created_at, updated_at) VALUES (?,?,'甲','Asia/Shanghai','zh-CN',?,?)",
			id, fmt.Sprint("a", id), db.Now(), db.Now()).Error
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestEveryVisitIsCountedOnceWithItsWay(t *testing.T) {
	menu := func(i int, input, exit, how string) StepRow {
		return StepRow{Node: "菜单", Kind: "menu", Input: input, Exit: exit, How: how, At: morning.Add(time.Duration(i) * time.Second)}
	}
	talk := walked("talked", menu(0, "1", "1", ""), StepRow{Node: "售前", Kind: "group", How: "left", At: morning.Add(time.Second)})
	talk.Stretches = []StretchRow{{AccountID: 1, CallID: "talked", Kind: InTalk, AgentID: 3, BeganAt: morning.Add(9 * time.Second), EndedAt: morning.Add(20 * time.Second)}}
	outside := walked("outside", StepRow{Node: "外线", Kind: "external", How: "left", At: morning})
	answered := morning.Add(time.Second)
	outside.Legs = []LegRow{{AccountID: 1, CallID: "outside", UUID: "u", Role: "outside", StartedAt: morning, AnsweredAt: &answered, EndedAt: answered}}
	for name, c := range map[string]struct {
		bundle Bundle
		want   string
	}{
		"tries are one visit": {walked("a", menu(0, "9", "", ""), menu(0, "", "", ""), menu(0, "1", "1", "")), "map[菜单 1:1]"},
		"back to the menu is two visits": {
			walked("a", menu(0, "*", "*", ""), menu(0, "1", "1", ""), menu(2, "", "", "left")), "map[菜单 *:1 菜单 1:1 菜单 @left:1]",
		},
		"waiting and gone":       {walked("a", StepRow{Node: "售前", Kind: "group", How: "left"}), "map[售前 @left:1]"},
		"gone after the talk":    {talk, "map[售前 @talked:1 菜单 1:1]"},
		"gone after an outsider": {outside, "map[外线 @talked:1]"},
		"ended by the flow":      {walked("a", StepRow{Node: "再见", Kind: "hangup", How: "ended"}), "map[再见 @ended:1]"},
		"stopped":                {walked("a", menu(0, "", "", "stopped")), "map[菜单 @stopped:1]"},
		"resumed is no visit":    {walked("a", menu(0, "", "", "resumed"), menu(0, "1", "1", "")), "map[菜单 1:1]"},
		"taken out by somebody":  {walked("a", menu(0, "", "", ""), StepRow{Node: "评价", Kind: "survey", Exit: "next"}), "map[菜单 @other:1 评价 next:1]"},
		"a number without flow":  {walked("a", StepRow{Kind: "fallback", Exit: "hangup"}), "map[]"},
		"through a sub-flow": {
			walked("a", StepRow{Node: "子", Kind: "subflow", Exit: "flow"}, StepRow{FlowID: 8, Version: 1, Node: "问", Kind: "input", Exit: "next"},
				StepRow{FlowID: 8, Version: 1, Node: "回", Kind: "return", Exit: "next"}, StepRow{Node: "再见", Kind: "hangup", How: "ended"}),
			"map[8/回 next:1 8/问 next:1 再见 @ended:1 子 flow:1 子 next:1]",
		},
	} {
		got := map[string]int{}
		c.bundle.markTalks()
		c.bundle.passes(func(p passRow) {
			where := p.Node + " " + p.Exit
			if p.FlowID != 7 {
				where = fmt.Sprint(p.FlowID, "/", where)
			}
			got[where]++
		})
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

func TestPassesAddUpOverDaysAndRetries(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		seedAccount(t, g)
		ctx, s := context.Background(), NewStore(g)
		var batch []Bundle
		for i := range 30 {
			b := walked(fmt.Sprintf("call-%02d", i), StepRow{Node: "欢迎", Kind: "prompt", Exit: "next"}, StepRow{Node: "售前", Kind: "group", How: "left"})
			if i%3 == 0 {
				b.Day = "2026-11-23"
			}
			batch = append(batch, b)
		}
		other := walked("theirs", StepRow{Node: "欢迎", Kind: "prompt", Exit: "next"})
		other.Account, other.Record.AccountID, other.Steps[0].AccountID = 2, 2, 2
		for _, part := range [][]Bundle{batch[:10], batch[5:20], batch, batch, {other}, append([]Bundle{}, batch[3], batch[3])} {
			if err := s.Save(ctx, part); err != nil {
				t.Fatal(err)
			}
		}
		for span, want := range map[[2]string]string{
			{"", ""}:                     "[{售前 @left 30} {欢迎 next 30}]",
			{"2026-11-22", "2026-11-22"}: "[{售前 @left 20} {欢迎 next 20}]",
			{"2026-11-23", ""}:           "[{售前 @left 10} {欢迎 next 10}]",
			{"2026-11-24", ""}:           "[]",
		} {
			got, err := s.Passes(ctx, 1, 7, 2, span[0], span[1])
			if err != nil || fmt.Sprint(got) != want {
				t.Errorf("%v: %v %v, want %s", span, got, err, want)
			}
		}
		if got, err := s.Passes(ctx, 1, 7, 1, "", ""); err != nil || len(got) != 0 {
			t.Errorf("of another version: %v %v", got, err)
		}
	})
}

// The calls behind a figure are as many as it says.
func TestTheCallsBehindAFigure(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		seedAccount(t, g)
		ctx, s := context.Background(), NewStore(g)
		var batch []Bundle
		for i := range 60 {
			id := fmt.Sprintf("019b0000-0000-7000-8000-%012d", i)
			b := walked(id, StepRow{Node: "欢迎", Kind: "prompt", Exit: "next"}, StepRow{Node: "售前", Kind: "group", How: "left"})
			if i%4 == 0 {
				b.Stretches = []StretchRow{{AccountID: 1, CallID: id, Kind: InTalk, AgentID: 3, BeganAt: morning.Add(9 * time.Second), EndedAt: morning.Add(20 * time.Second)}}
			}
			batch = append(batch, b)
		}
		if err := s.Save(ctx, batch); err != nil {
			t.Fatal(err)
		}
		passes, err := s.Passes(ctx, 1, 7, 2, "", "")
		if err != nil || len(passes) != 3 {
			t.Fatal(passes, err)
		}
		for _, p := range passes {
			found, _, err := s.List(ctx, 1, Filter{Flow: 7, Version: 2, Node: p.Node, Exit: p.Exit, Limit: 100})
			if err != nil || int64(len(found)) != p.N {
				t.Errorf("%s %s: %d calls, the figure says %d: %v", p.Node, p.Exit, len(found), p.N, err)
			}
		}
		for what, f := range map[string]Filter{
			"another flow": {Flow: 8}, "another version": {Flow: 7, Version: 1}, "another exit": {Flow: 7, Node: "欢迎", Exit: "@left"},
			"before": {Flow: 7, To: morning.AddDate(-5, 0, 0)},
		} {
			if found, _, err := s.List(ctx, 1, f); err != nil || len(found) != 0 {
				t.Errorf("%s: %d calls %v", what, len(found), err)
			}
		}
		if found, _, err := s.List(ctx, 2, Filter{Flow: 7}); err != nil || len(found) != 0 {
			t.Errorf("another account: %d calls %v", len(found), err)
		}
	})
}
