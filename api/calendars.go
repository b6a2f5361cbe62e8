package api

import (
	"context"
	"strings"
	"time"

	"switchdesk/dialplan"
	"switchdesk/flows"
	"switchdesk/hours"
	"switchdesk/internal/fault"
)

type calendarNew struct{ Body CalendarInput }

type calendarIn struct {
	ByID
	Body CalendarInput
}

type daysIn struct{ Body DaysInput }

// zone is where the account's clock hangs.
func (s *Server) zone(ctx context.Context) (*time.Location, error) {
	a, err := s.accounts.Account(ctx, actorOf(ctx).AccountID)
	if err != nil {
		return nil, err
	}
	return a.Location(), nil
}

func (s *Server) listCalendars(ctx context.Context, _ *nothingIn) (*Body[List[CalendarView]], error) {
	rows, err := s.parts.Hours.Calendars(ctx, actorOf(ctx).AccountID)
	if err != nil {
		return nil, err
	}
	view, err := s.calendarViews(ctx)
	if err != nil {
		return nil, err
	}
	return list(rows, view), nil
}

// calendarViews makes a view of each calendar, with the numbers that ask it.
func (s *Server) calendarViews(ctx context.Context) (func(hours.Calendar) CalendarView, error) {
	zone, err := s.zone(ctx)
	if err != nil {
		return nil, err
	}
	numbers, err := s.parts.Numbers.Numbers(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	uses := map[int64][]string{}
	for _, n := range numbers {
		seen := map[int64]bool{}
		for _, e := range n.Entries {
			if e.CalendarID != 0 && !seen[e.CalendarID] {
				seen[e.CalendarID] = true
				uses[e.CalendarID] = append(uses[e.CalendarID], n.Number)
			}
		}
	}
	now := s.now()
	return func(c hours.Calendar) CalendarView {
		times := c.Times(zone)
		v := CalendarView{
			ID: c.ID, Open: times.Open(now), Numbers: each(uses[c.ID], func(n string) string { return n }),
			CalendarInput: CalendarInput{Name: c.Name, Timezone: c.Timezone, Weekly: c.Weekly, Days: c.Days},
		}
		if day, ok := times.Day(hours.DateOf(now.In(times.Zone()))); ok {
			v.Holiday = day.Name
		}
		if next, ok := times.Next(now); ok {
			v.ChangesAt = utc(&next)
		}
		return v
	}, nil
}

func (s *Server) getCalendar(ctx context.Context, in *ByID) (*Body[CalendarView], error) {
	c, err := s.parts.Hours.Calendar(ctx, actorOf(ctx).AccountID, in.ID)
	if err != nil {
		return nil, err
	}
	view, err := s.calendarViews(ctx)
	if err != nil {
		return nil, err
	}
	return body(view(c)), nil
}

func (s *Server) addCalendar(ctx context.Context, in *calendarNew) (*Body[CalendarView], error) {
	return s.saveCalendar(ctx, 0, in.Body)
}

func (s *Server) changeCalendar(ctx context.Context, in *calendarIn) (*Body[CalendarView], error) {
	old, err := s.parts.Hours.Calendar(ctx, actorOf(ctx).AccountID, in.ID)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(in.Body.Name) != old.Name {
		if err := s.notNamed(ctx, old.Name); err != nil {
			return nil, err
		}
	}
	return s.saveCalendar(ctx, in.ID, in.Body)
}

func (s *Server) saveCalendar(ctx context.Context, id int64, in CalendarInput) (*Body[CalendarView], error) {
	c, err := s.parts.Hours.Save(ctx, actorOf(ctx), hours.Calendar{
		ID: id, Name: in.Name, Timezone: in.Timezone, Weekly: in.Weekly, Days: in.Days,
	})
	if err != nil {
		return nil, err
	}
	s.reload(ctx)
	if err := s.noted(ctx, verb(id, "calendar"), "calendar", c.ID, c); err != nil {
		return nil, err
	}
	view, err := s.calendarViews(ctx)
	if err != nil {
		return nil, err
	}
	return body(view(c)), nil
}

// removeCalendar refuses while a number's schedule or a flow in force asks
// the calendar: callers would find it closed for ever.
func (s *Server) removeCalendar(ctx context.Context, in *ByID) (*Nothing, error) {
	actor := actorOf(ctx)
	c, err := s.parts.Hours.Calendar(ctx, actor.AccountID, in.ID)
	if err != nil {
		return nil, err
	}
	numbers, err := s.parts.Numbers.CalendarUsers(ctx, actor.AccountID, in.ID)
	if err != nil {
		return nil, err
	}
	if len(numbers) > 0 {
		return nil, fault.New(fault.Conflict, "calendar.in_use", "the schedule of %s asks this calendar; change it first", strings.Join(numbers, ", "))
	}
	if err := s.notNamed(ctx, c.Name); err != nil {
		return nil, err
	}
	if err := s.parts.Hours.Delete(ctx, actor, in.ID); err != nil {
		return nil, err
	}
	s.reload(ctx)
	return nil, s.noted(ctx, "calendar.delete", "calendar", in.ID, c)
}

// notNamed refuses with Conflict if a flow in force names the calendar.
func (s *Server) notNamed(ctx context.Context, name string) error {
	account := actorOf(ctx).AccountID
	rows, err := s.parts.Flows.List(ctx, account)
	if err != nil {
		return err
	}
	without := flows.Refs{Hours: func(n string) bool { return n != name }}
	for _, r := range rows {
		if r.Active == 0 {
			continue
		}
		v, err := s.parts.Flows.Version(ctx, account, r.ID, r.Active)
		if err != nil {
			return err
		}
		for _, p := range s.parts.Flows.Check(v.File, []byte(v.Source), without) {
			if p.Code == "hours.missing" {
				return fault.New(fault.Conflict, "calendar.named", "the flow %s asks this calendar by its name; change the flow first", r.Name).On("name")
			}
		}
	}
	return nil
}

func (s *Server) listCalendarPresets(context.Context, *nothingIn) (*Body[List[CalendarPreset]], error) {
	return list(hours.Presets(), func(p hours.Preset) CalendarPreset {
		return CalendarPreset{Key: p.Key, Zh: p.ZH, En: p.EN, Days: p.Days}
	}), nil
}

// readDays reads a file of days; the page shows them before they are kept.
func (s *Server) readDays(_ context.Context, in *daysIn) (*Body[DaysRead], error) {
	days, problems := hours.Read(in.Body.Data)
	return body(DaysRead{
		Days:     each(days, func(d hours.Day) hours.Day { return d }),
		Problems: each(problems, func(p hours.Problem) LineProblem { return LineProblem{p.Line, p.Code, p.Text} }),
	}), nil
}

// times makes the account's calendars ready by id, and names them.
func (s *Server) times(ctx context.Context) (*schedules, error) {
	zone, err := s.zone(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.parts.Hours.Calendars(ctx, actorOf(ctx).AccountID)
	if err != nil {
		return nil, err
	}
	flowNames, err := s.flowNames(ctx)
	if err != nil {
		return nil, err
	}
	out := &schedules{zone: zone, times: map[int64]*hours.Times{}, names: map[int64]string{}, flows: flowNames}
	for i := range rows {
		out.times[rows[i].ID], out.names[rows[i].ID] = rows[i].Times(zone), rows[i].Name
	}
	return out, nil
}

// schedules is what is needed to show a number's schedule and to ask it.
type schedules struct {
	zone  *time.Location
	times map[int64]*hours.Times
	names map[int64]string // of calendars
	flows map[int64]string
}

func (c *schedules) answer(choice dialplan.Choice) AnswerView {
	return AnswerView{Entry: choice.Entry, Name: choice.Name, FlowID: choice.FlowID, Flow: c.flows[choice.FlowID]}
}
