package flows

import "time"

var hoursSpec = Spec{
	Kind:  "hours",
	Label: Text{"时间判断", "Time condition"},
	Help: Text{
		"按工作时间走不同的路；时间为企业所在时区",
		"goes on by opening hours, in the enterprise's time zone",
	},
	Fields: []Field{
		{
			Name: "open", Type: TypeSpans, Label: Text{"工作时间", "Open"},
			Help: Text{
				"如 周一至周五 09:00-18:00；跨零点的时间属于开始的那一天",
				"such as mon-fri 09:00-18:00; a time past midnight belongs to the day it begins on",
			},
		},
		{
			Name: "named", Type: TypeHours, Label: Text{"工作时间名称", "Named hours"},
			Help: Text{"使用已设置的工作时间；与 open 任一满足即为开放", "opening hours kept by the enterprise; open if these or those are"},
		},
		{
			Name: "holidays", Type: TypeDays, Label: Text{"节假日", "Holidays"},
			Help: Text{"如 2026-10-01..2026-10-07，全天休息", "such as 2026-10-01..2026-10-07: closed all day"},
		},
		{
			Name: "workdays", Type: TypeDays, Label: Text{"调休上班日", "Extra working days"},
			Help: Text{"这些日期按周一的时间开放", "days that are open as a Monday is"},
		},
	},
	Exits: []ExitSpec{
		{Name: "open", Label: Text{"工作时间", "Open"}, Required: true},
		{Name: "closed", Label: Text{"非工作时间", "Closed"}, Required: true},
		{Name: "holiday", Label: Text{"节假日（未连接时走非工作时间）", "Holiday (closed if not connected)"}},
	},
	build: buildHours,
}

type hoursNode struct {
	spans              []span
	named              string
	holidays, workdays []dateSpan
	line, column       int
}

func buildHours(n *Node, f fields, r *nodeReader) doer {
	where := r.place("named")
	h := &hoursNode{named: f.text("named"), line: where.line, column: where.column}
	h.spans, _ = f["open"].([]span)
	h.holidays, _ = f["holidays"].([]dateSpan)
	h.workdays, _ = f["workdays"].([]dateSpan)
	if !r.has("open") && !r.has("named") {
		r.add(at{n.Line, n.Column}, "hours.none")
	}
	for _, w := range h.workdays {
		for _, o := range h.holidays {
			if w.from <= o.to && o.from <= w.to {
				r.add(w.at, "hours.both", w.text)
				break
			}
		}
	}
	return h
}

func (n *hoursNode) enter(w *walk) turn {
	now := w.env.Now
	detail := now.Format("2006-01-02 15:04")
	switch {
	case n.openAt(w.env, now):
		return leaveWith("open", "", detail)
	case n.onHoliday(w.env, now) && w.n.exit("holiday") != "":
		return leaveWith("holiday", "", detail)
	}
	return leaveWith("closed", "", detail)
}

// openAt looks at the spans of this day, and at those of yesterday that go on
// past midnight: a holiday or working day moves a span with its first day.
func (n *hoursNode) openAt(env *Env, now time.Time) bool {
	minute := now.Hour()*60 + now.Minute()
	yesterday := now.AddDate(0, 0, -1)
	today, before := n.dayOf(now), n.dayOf(yesterday)
	for i := range n.spans {
		s := &n.spans[i]
		switch {
		case !s.overnight():
			if today >= 0 && s.days[today] && s.from <= minute && minute < s.to {
				return true
			}
		case today >= 0 && s.days[today] && s.from <= minute, before >= 0 && s.days[before] && minute < s.to:
			return true
		}
	}
	return n.named != "" && today >= 0 && env.Hours != nil && env.Hours(n.named, now)
}

// onHoliday tells whether the date is one of the node's holidays or of its
// calendar's.
func (n *hoursNode) onHoliday(env *Env, now time.Time) bool {
	return within(n.holidays, now) || n.named != "" && env.Holiday != nil && env.Holiday(n.named, now)
}

// dayOf is the weekday whose spans hold on a date, -1 for a holiday.
func (n *hoursNode) dayOf(t time.Time) int {
	switch {
	case within(n.workdays, t):
		return int(time.Monday)
	case within(n.holidays, t):
		return -1
	}
	return int(t.Weekday())
}

func (n *hoursNode) on(w *walk, _ Input) turn { return n.enter(w) }

func (n *hoursNode) refs(see *seen) {
	if n.named != "" && see.r.Hours != nil && !see.r.Hours(n.named) {
		see.add(at{n.line, n.column}, "hours.missing", n.named)
	}
}
