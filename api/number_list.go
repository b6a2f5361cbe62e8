package api

import (
	"bytes"
	"context"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"switchdesk/dialplan"
	"switchdesk/internal/fault"
)

type previewIn struct{ Body PreviewInput }

type assignIn struct{ Body AssignInput }

type numberListIn struct{ Body NumberListInput }

// previewNumber says who would answer, by a schedule as it stands in the
// page: now or at another time, through the days to come, and what in it is
// probably not meant. An entry that is not whole yet counts as it stands.
func (s *Server) previewNumber(ctx context.Context, in *previewIn) (*Body[Preview], error) {
	known, err := s.times(ctx)
	if err != nil {
		return nil, err
	}
	if err := known.flow(in.Body.FlowID); err != nil {
		return nil, err
	}
	entries, err := known.entries(in.Body.Entries)
	if err != nil {
		return nil, err
	}
	if err := dialplan.CheckTimes(entries); err != nil {
		return nil, err
	}
	n := dialplan.ServiceNumber{FlowID: in.Body.FlowID, Entries: entries}
	schedule := n.Schedule(known.zone, known.times)
	now := s.now()
	at, from, days := now, now, 7
	if in.Body.At != nil {
		at = *in.Body.At
	}
	if in.Body.From != nil {
		from = *in.Body.From
	}
	if in.Body.Days > 0 {
		days = in.Body.Days
	}
	out := Preview{
		At: known.answer(schedule.At(at)),
		Slots: each(schedule.Slots(from, from.In(known.zone).AddDate(0, 0, days)), func(slot dialplan.Slot) SlotView {
			return SlotView{AnswerView: known.answer(slot.Choice), From: slot.From.UTC(), To: slot.To.UTC()}
		}),
		Doubts: each(schedule.Doubts(now), func(d dialplan.Doubt) DoubtView {
			return DoubtView{Code: d.Code, Entry: d.Entry, By: d.By, At: utc(&d.At)}
		}),
	}
	return body(out), nil
}

// assignNumbers changes many numbers at once, all or none.
func (s *Server) assignNumbers(ctx context.Context, in *assignIn) (*Nothing, error) {
	actor := actorOf(ctx)
	change := dialplan.Assignment{FlowID: in.Body.FlowID, Enabled: in.Body.Enabled}
	if in.Body.FlowID != nil {
		known, err := s.times(ctx)
		if err != nil {
			return nil, err
		}
		if err := known.flow(*in.Body.FlowID); err != nil {
			return nil, err
		}
	}
	if in.Body.LikeID != 0 {
		like, err := s.parts.Numbers.Number(ctx, actor, in.Body.LikeID)
		if err != nil {
			return nil, err
		}
		change.Entries = &like.Entries
	}
	if change == (dialplan.Assignment{}) {
		return nil, fault.New(fault.Invalid, "assign.nothing", "say what to change: the flow, on or off, or the schedule")
	}
	if err := s.parts.Numbers.Assign(ctx, actor, in.Body.IDs, change); err != nil {
		return nil, err
	}
	s.reload(ctx)
	return nil, s.noted(ctx, "number.assign", "number", 0, in.Body)
}

// importNumbers adds and changes numbers by a list, all of it or nothing.
func (s *Server) importNumbers(ctx context.Context, in *numberListIn) (*Body[NumberListDone], error) {
	rows, problems := dialplan.ReadList(in.Body.Data)
	names, err := s.flowNames(ctx)
	if err != nil {
		return nil, err
	}
	ids := map[string]int64{}
	for id, name := range names {
		ids[name] = id
	}
	for i := range rows {
		if rows[i].Flow == "" {
			continue
		}
		id, ok := ids[rows[i].Flow]
		if !ok {
			problems = append(problems, dialplan.ListProblem{Line: rows[i].Line, Code: "flow", Text: rows[i].Flow})
		}
		rows[i].FlowID = id
	}
	added, changed, taken, err := s.parts.Numbers.SaveList(ctx, actorOf(ctx), rows, in.Body.Dry || len(problems) > 0)
	if err != nil {
		return nil, err
	}
	problems = append(problems, taken...)
	slices.SortStableFunc(problems, func(a, b dialplan.ListProblem) int { return a.Line - b.Line })
	out := NumberListDone{Added: added, Changed: changed, Problems: each(problems, func(p dialplan.ListProblem) LineProblem {
		return LineProblem{p.Line, p.Code, p.Text}
	})}
	if in.Body.Dry || len(problems) > 0 {
		return body(out), nil
	}
	s.reload(ctx)
	return body(out), s.noted(ctx, "number.import", "number", 0, map[string]int{"added": added, "changed": changed})
}

// exportNumbers gives the list that importNumbers takes.
func (s *Server) exportNumbers(ctx context.Context, _ *nothingIn) (*huma.StreamResponse, error) {
	rows, err := s.parts.Numbers.Numbers(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	names, err := s.flowNames(ctx)
	if err != nil {
		return nil, err
	}
	head, on, off := []string{"号码", "名称", "流程", "状态"}, "启用", "停用"
	if actorOf(ctx).Language == "en" {
		head, on, off = []string{"Number", "Name", "Flow", "State"}, "on", "off"
	}
	var out bytes.Buffer
	if err := dialplan.WriteList(&out, head, on, off, rows, names); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", "text/csv; charset=utf-8")
		c.SetHeader("Content-Disposition", `attachment; filename="numbers.csv"`)
		c.SetHeader("Cache-Control", "no-store")
		_, _ = c.BodyWriter().Write(out.Bytes()) // the reader is gone: nobody to tell
	}}, nil
}

// accountLoad shows how far the limit of inbound calls is used.
func (s *Server) accountLoad(ctx context.Context, _ *nothingIn) (*Body[AccountLoad], error) {
	a, err := s.accounts.Account(ctx, actorOf(ctx).AccountID)
	if err != nil {
		return nil, err
	}
	wall, err := s.floor.Wall(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	return body(AccountLoad{Live: wall.Today.Live, Limit: a.InboundLimit, Refused: wall.Today.Limit}), nil
}
