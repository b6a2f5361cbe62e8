package hours_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"gorm.io/gorm"

	"switchdesk/accounts"
	"switchdesk/hours"
	"switchdesk/internal/clock"
	"switchdesk/internal/fault"
	"switchdesk/storage/db/dbtest"
)

func TestCalendarsAreKept(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		c := clock.NewVirtual(time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC))
		people := accounts.NewService(g, c, accounts.Options{})
		actor := func(slug string, rights ...accounts.Right) accounts.Actor {
			a, _, err := people.CreateAccount(ctx, accounts.Account{Slug: slug, Name: slug})
			if err != nil {
				t.Fatal(err)
			}
			return accounts.Actor{AccountID: a.ID, UserID: 1, Rights: rights, Scope: accounts.ScopeAll}
		}
		north, south := actor("north", accounts.NumbersManage), actor("south", accounts.FlowsManage)
		s := hours.NewService(g, c)
		in := hours.Calendar{Name: "客服", Timezone: "Asia/Shanghai", Weekly: []hours.Span{span("09:00", "24:00", 1, 2)}, Days: []hours.Day{
			{From: 20261224, To: 20261224, Kind: hours.Special, Name: "平安夜", Hours: []hours.Range{rng("10:00", "02:00")}},
		}}
		made, err := s.Save(ctx, north, in)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(made.Weekly, in.Weekly) || !reflect.DeepEqual(made.Days, in.Days) || made.Timezone != in.Timezone {
			t.Errorf("kept %+v", made)
		}
		if _, err := s.Save(ctx, north, hours.Calendar{Name: "客服"}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("the same name again: %v", err)
		}
		if _, err := s.Save(ctx, south, hours.Calendar{Name: "客服"}); err != nil {
			t.Errorf("the same name of another account: %v", err)
		}
		made.Name, made.Weekly, made.Days = "夜班", nil, nil
		if made, err = s.Save(ctx, north, made); err != nil || made.Name != "夜班" || len(made.Weekly)+len(made.Days) != 0 {
			t.Errorf("changed: %v %+v", err, made)
		}
		if _, err := s.Save(ctx, south, made); fault.KindOf(err) != fault.NotFound {
			t.Errorf("changed by another account: %v", err)
		}
		if err := s.Delete(ctx, south, made.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("removed by another account: %v", err)
		}
		nobody := north
		nobody.Rights = accounts.Rights{accounts.CallsRead}
		if _, err := s.Save(ctx, nobody, hours.Calendar{Name: "x"}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("without the right: %v", err)
		}
		if err := s.Delete(ctx, north, made.ID); err != nil {
			t.Error(err)
		}
		if list, err := s.Calendars(ctx, north.AccountID); err != nil || len(list) != 0 {
			t.Errorf("%v %v", list, err)
		}
	})
}
