package api

import (
	"context"
	"fmt"
	"time"

	"switchdesk/dialplan"
	"switchdesk/internal/fault"
)

type numberNew struct{ Body NumberInput }

type numberIn struct {
	ByID
	Body NumberInput
}

type trunkNew struct{ Body TrunkInput }

type trunkIn struct {
	ByID
	Body TrunkInput
}

func (s *Server) listNumbers(ctx context.Context, _ *nothingIn) (*Body[List[NumberView]], error) {
	rows, err := s.parts.Numbers.Numbers(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	known, err := s.times(ctx)
	if err != nil {
		return nil, err
	}
	return list(rows, func(n dialplan.ServiceNumber) NumberView { return known.number(n, s.now()) }), nil
}

// number shows a service number, with who answers it at a time.
func (c *schedules) number(n dialplan.ServiceNumber, now time.Time) NumberView {
	v := NumberView{
		ID: n.ID, Number: n.Number, Name: n.Name, FlowID: n.FlowID, Flow: c.flows[n.FlowID], Enabled: n.Enabled,
		Now: c.answer(n.Schedule(c.zone, c.times).At(now)),
	}
	v.Entries = each(n.Entries, func(e dialplan.Entry) EntryView {
		return EntryView{
			Name: e.Name, CalendarID: e.CalendarID, Calendar: c.names[e.CalendarID], State: string(e.State),
			Dates: each(e.Dates, func(d dialplan.Dates) DateSpan { return DateSpan(d) }),
			Spans: e.Spans, FlowID: e.FlowID, Flow: c.flows[e.FlowID],
		}
	})
	return v
}

// entries reads a schedule, and refuses flows and calendars that the account
// doesn't have.
func (c *schedules) entries(list []EntryView) ([]dialplan.Entry, error) {
	out := make([]dialplan.Entry, 0, len(list))
	for i, e := range list {
		place := fmt.Sprintf("entries[%d].", i)
		if _, known := c.flows[e.FlowID]; e.FlowID != 0 && !known {
			return nil, fault.New(fault.Invalid, "flow.unknown", "there is no flow %d", e.FlowID).On(place + "flow_id")
		}
		if _, known := c.times[e.CalendarID]; e.CalendarID != 0 && !known {
			return nil, fault.New(fault.Invalid, "calendar.unknown", "there is no calendar %d", e.CalendarID).On(place + "calendar_id")
		}
		out = append(out, dialplan.Entry{
			Name: e.Name, CalendarID: e.CalendarID, State: dialplan.State(e.State), Spans: e.Spans, FlowID: e.FlowID,
			Dates: each(e.Dates, func(d DateSpan) dialplan.Dates { return dialplan.Dates(d) }),
		})
	}
	return out, nil
}

func (c *schedules) flow(id int64) error {
	if _, known := c.flows[id]; id != 0 && !known {
		return fault.New(fault.Invalid, "flow.unknown", "there is no flow %d", id).On("flow_id")
	}
	return nil
}

func (s *Server) getNumber(ctx context.Context, in *ByID) (*Body[NumberView], error) {
	n, err := s.parts.Numbers.Number(ctx, actorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	known, err := s.times(ctx)
	if err != nil {
		return nil, err
	}
	return body(known.number(n, s.now())), nil
}

func (s *Server) addNumber(ctx context.Context, in *numberNew) (*Body[NumberView], error) {
	return s.saveNumber(ctx, 0, in.Body)
}

func (s *Server) changeNumber(ctx context.Context, in *numberIn) (*Body[NumberView], error) {
	return s.saveNumber(ctx, in.ID, in.Body)
}

func (s *Server) saveNumber(ctx context.Context, id int64, in NumberInput) (*Body[NumberView], error) {
	known, err := s.times(ctx)
	if err != nil {
		return nil, err
	}
	if err := known.flow(in.FlowID); err != nil {
		return nil, err
	}
	entries, err := known.entries(in.Entries)
	if err != nil {
		return nil, err
	}
	n, err := s.parts.Numbers.SaveNumber(ctx, actorOf(ctx), dialplan.ServiceNumber{
		ID: id, Number: in.Number, Name: in.Name, FlowID: in.FlowID, Enabled: in.Enabled, Entries: entries,
	})
	if err != nil {
		return nil, err
	}
	s.reload(ctx)
	if err := s.noted(ctx, verb(id, "number"), "number", n.ID, n); err != nil {
		return nil, err
	}
	return body(known.number(n, s.now())), nil
}

// verb names a deed for the audit log.
func verb(id int64, noun string) string {
	if id == 0 {
		return noun + ".create"
	}
	return noun + ".update"
}

func (s *Server) removeNumber(ctx context.Context, in *ByID) (*Nothing, error) {
	actor := actorOf(ctx)
	n, err := s.parts.Numbers.Number(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.parts.Numbers.DeleteNumber(ctx, actor, in.ID); err != nil {
		return nil, err
	}
	s.reload(ctx)
	return nil, s.noted(ctx, "number.delete", "number", in.ID, n)
}

func trunkView(t dialplan.Trunk) TrunkView {
	return TrunkView{
		ID: t.ID, Name: t.Name, Proxy: t.Proxy, Username: t.Username, HasPassword: t.Password != "",
		CallerID: t.CallerID, Prefix: t.Prefix, Register: t.Register, Enabled: t.Enabled,
	}
}

func (s *Server) listTrunks(ctx context.Context, _ *nothingIn) (*Body[List[TrunkView]], error) {
	rows, err := s.parts.Numbers.Trunks(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	return list(rows, trunkView), nil
}

func (s *Server) trunk(ctx context.Context, id int64) (dialplan.Trunk, error) {
	rows, err := s.parts.Numbers.Trunks(ctx, actorOf(ctx))
	if err != nil {
		return dialplan.Trunk{}, err
	}
	for _, t := range rows {
		if t.ID == id {
			return t, nil
		}
	}
	return dialplan.Trunk{}, fault.New(fault.NotFound, "trunk.unknown", "there is no such trunk")
}

func (s *Server) getTrunk(ctx context.Context, in *ByID) (*Body[TrunkView], error) {
	t, err := s.trunk(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return body(trunkView(t)), nil
}

func (s *Server) addTrunk(ctx context.Context, in *trunkNew) (*Body[TrunkView], error) {
	return s.saveTrunk(ctx, 0, in.Body)
}

func (s *Server) changeTrunk(ctx context.Context, in *trunkIn) (*Body[TrunkView], error) {
	return s.saveTrunk(ctx, in.ID, in.Body)
}

func (s *Server) saveTrunk(ctx context.Context, id int64, in TrunkInput) (*Body[TrunkView], error) {
	t, err := s.parts.Numbers.SaveTrunk(ctx, actorOf(ctx), dialplan.TrunkInput{
		ID: id, Name: in.Name, Proxy: in.Proxy, Username: in.Username, Password: in.Password,
		Register: in.Register, CallerID: in.CallerID, Prefix: in.Prefix, Enabled: in.Enabled,
	})
	if err != nil {
		return nil, err
	}
	s.reload(ctx)
	if err := s.noted(ctx, verb(id, "trunk"), "trunk", t.ID, trunkView(t)); err != nil {
		return nil, err
	}
	return body(trunkView(t)), nil
}

func (s *Server) removeTrunk(ctx context.Context, in *ByID) (*Nothing, error) {
	t, err := s.trunk(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.parts.Numbers.DeleteTrunk(ctx, actorOf(ctx), in.ID); err != nil {
		return nil, err
	}
	s.reload(ctx)
	return nil, s.noted(ctx, "trunk.delete", "trunk", in.ID, trunkView(t))
}
