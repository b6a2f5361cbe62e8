package app

import (
	"context"
	"fmt"
	"time"

	"switchdesk/api"
	"switchdesk/calls"
	"switchdesk/simswitch"
)

const nightFlow = `
name: 夜间
start: 时间
nodes:
  时间: {kind: hours, named: 值班, exits: {open: 再见, closed: 打烊, holiday: 放假}}
  打烊: {kind: hangup, title: 打烊, play: [closed]}
  放假: {kind: hangup, title: 放假, play: [holiday]}
  再见: {kind: hangup, play: [goodbye]}
`

// week is a calendar that is open always or never.
func week(name string, open bool, days ...any) map[string]any {
	weekly := []any{}
	if open {
		weekly = []any{map[string]any{"days": []int{1, 2, 3, 4, 5, 6, 7}, "from": "00:00", "to": "24:00"}}
	}
	if days == nil {
		days = []any{}
	}
	return map[string]any{"name": name, "weekly": weekly, "days": days}
}

var numberStories = []story{
	{
		name: "another flow answers out of hours",
		want: map[int]calls.Outcome{1: calls.EndedInIVR, 2: calls.EndedInIVR, 3: calls.Answered},
		play: func(c *company) {
			var shop, duty api.CalendarView
			c.boss.must("POST", "/api/calendars", week("营业", false), &shop)
			c.boss.must("POST", "/api/calendars", week("值班", false), &duty)
			var night api.FlowUploaded
			c.boss.must("POST", "/api/flows", map[string]string{"source": nightFlow}, &night)
			c.boss.must("POST", fmt.Sprintf("/api/flows/%d/versions/%d/activate", night.ID, night.Number), map[string]any{}, nil)
			list, err := c.w.app.numbers.Numbers(context.Background(), c.operator)
			c.must(err)
			number := fmt.Sprintf("/api/numbers/%d", list[0].ID)
			c.boss.must("PUT", number, map[string]any{
				"number": c.hotline, "name": "热线", "enabled": true, "flow_id": c.flow,
				"entries": []any{map[string]any{"name": "打烊后", "calendar_id": shop.ID, "state": "closed", "flow_id": night.ID}},
			}, nil)

			c.call(1, simswitch.Caller{})
			c.quiet()
			p := c.page(1)
			if p.Flow != "夜间" || len(p.Trail) != 3 || p.Trail[0].Kind != "schedule" || p.Trail[0].Title != "打烊后" || p.Trail[2].Title != "打烊" {
				c.Errorf("closed: flow %s, trail %+v", p.Flow, p.Trail)
			}

			today := time.Now().In(c.account.Location()).Format(time.DateOnly)
			c.boss.must("PUT", fmt.Sprintf("/api/calendars/%d", duty.ID), week("值班", true, map[string]any{"from": today, "to": today, "kind": "holiday", "name": "公司日"}), nil)
			c.call(2, simswitch.Caller{})
			c.quiet()
			if p := c.page(2); len(p.Trail) != 3 || p.Trail[2].Title != "放假" {
				c.Errorf("holiday of the flow's calendar: trail %+v", p.Trail)
			}

			// Open now: the number's own flow. Who waits in it stays there when
			// the shop closes.
			c.boss.must("PUT", fmt.Sprintf("/api/calendars/%d", shop.ID), week("营业", true), nil)
			c.idle("8001")
			c.signIn("8001").state("break")
			c.call(3, simswitch.Caller{Talk: 300 * time.Millisecond})
			c.at(3, "queued")
			c.boss.must("PUT", fmt.Sprintf("/api/calendars/%d", shop.ID), week("营业", false), nil)
			c.signIn("8001").state("idle")
			c.at(3, "talking")
			c.quiet()
			if p := c.page(3); p.Flow != "直通" || p.Trail[0].Kind != "group" {
				c.Errorf("open: flow %s, trail %+v", p.Flow, p.Trail)
			}
		},
	},
}
