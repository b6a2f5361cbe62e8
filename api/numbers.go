package api

import (
	"context"

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
	names, err := s.flowNames(ctx)
	if err != nil {
		return nil, err
	}
	return list(rows, func(n dialplan.ServiceNumber) NumberView { return numberView(n, names) }), nil
}

func numberView(n dialplan.ServiceNumber, flows map[int64]string) NumberView {
	return NumberView{
		ID: n.ID, Number: n.Number, Name: n.Name, FlowID: n.FlowID, Flow: flows[n.FlowID], Enabled: n.Enabled,
	}
}

func (s *Server) getNumber(ctx context.Context, in *ByID) (*Body[NumberView], error) {
	n, err := s.parts.Numbers.Number(ctx, actorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	names, err := s.flowNames(ctx)
	if err != nil {
		return nil, err
	}
	return body(numberView(n, names)), nil
}

func (s *Server) addNumber(ctx context.Context, in *numberNew) (*Body[NumberView], error) {
	return s.saveNumber(ctx, 0, in.Body)
}

func (s *Server) changeNumber(ctx context.Context, in *numberIn) (*Body[NumberView], error) {
	return s.saveNumber(ctx, in.ID, in.Body)
}

func (s *Server) saveNumber(ctx context.Context, id int64, in NumberInput) (*Body[NumberView], error) {
	names, err := s.flowNames(ctx)
	if err != nil {
		return nil, err
	}
	if _, known := names[in.FlowID]; in.FlowID != 0 && !known {
		return nil, fault.New(fault.Invalid, "flow.unknown", "there is no flow %d", in.FlowID).On("flow_id")
	}
	n, err := s.parts.Numbers.SaveNumber(ctx, actorOf(ctx), dialplan.ServiceNumber{
		ID: id, Number: in.Number, Name: in.Name, FlowID: in.FlowID, Enabled: in.Enabled,
	})
	if err != nil {
		return nil, err
	}
	s.reload(ctx)
	if err := s.noted(ctx, verb(id, "number"), "number", n.ID, n); err != nil {
		return nil, err
	}
	return body(numberView(n, names)), nil
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
