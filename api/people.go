package api

import (
	"context"
	"encoding/json"
	"strconv"

	"switchdesk/accounts"
	"switchdesk/internal/fault"
)

type departmentNew struct{ Body DepartmentInput }

type departmentIn struct {
	ByID
	Body DepartmentInput
}

type roleNew struct{ Body RoleInput }

type roleIn struct {
	ByID
	Body RoleInput
}

type auditIn struct {
	Paging
	Action string `query:"action" maxLength:"60"`
	User   int64  `query:"user" minimum:"0" doc:"who did it"`
	Kind   string `query:"kind" maxLength:"40"`
	Target string `query:"target" maxLength:"60" doc:"id of what was changed"`
}

type accountIn struct{ Body AccountInput }

// everybody lists the account's users, in the order of their ids.
func (s *Server) everybody(ctx context.Context) ([]accounts.User, error) {
	return s.accounts.AllUsers(ctx, actorOf(ctx).AccountID)
}

// userNames gives the name of every user of the account.
func (s *Server) userNames(ctx context.Context) (map[int64]string, error) {
	users, err := s.everybody(ctx)
	names := make(map[int64]string, len(users))
	for _, u := range users {
		names[u.ID] = u.Name
	}
	return names, err
}

// noted writes a deed to the audit log that the package which did it does not
// log itself.
func (s *Server) noted(ctx context.Context, action, kind string, id int64, detail any) error {
	return s.accounts.Record(ctx, actorOf(ctx), action, kind, strconv.FormatInt(id, 10), detail)
}

func (s *Server) listDepartments(ctx context.Context, _ *nothingIn) (*Body[List[DepartmentView]], error) {
	rows, err := s.accounts.Departments(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	names, err := s.userNames(ctx)
	if err != nil {
		return nil, err
	}
	return list(rows, func(d accounts.Department) DepartmentView { return departmentView(d, names) }), nil
}

func departmentView(d accounts.Department, names map[int64]string) DepartmentView {
	return DepartmentView{ID: d.ID, Name: d.Name, ParentID: d.ParentID, ManagerID: d.ManagerID, Manager: names[d.ManagerID]}
}

func (s *Server) addDepartment(ctx context.Context, in *departmentNew) (*Body[DepartmentView], error) {
	return s.saveDepartment(ctx, 0, in.Body)
}

func (s *Server) changeDepartment(ctx context.Context, in *departmentIn) (*Body[DepartmentView], error) {
	return s.saveDepartment(ctx, in.ID, in.Body)
}

func (s *Server) saveDepartment(ctx context.Context, id int64, in DepartmentInput) (*Body[DepartmentView], error) {
	d, err := s.accounts.SaveDepartment(ctx, actorOf(ctx), accounts.Department{
		ID: id, Name: in.Name, ParentID: in.ParentID, ManagerID: in.ManagerID,
	})
	if err != nil {
		return nil, err
	}
	names, err := s.userNames(ctx)
	if err != nil {
		return nil, err
	}
	return body(departmentView(d, names)), nil
}

func (s *Server) removeDepartment(ctx context.Context, in *ByID) (*Nothing, error) {
	return nil, s.accounts.DeleteDepartment(ctx, actorOf(ctx), in.ID)
}

func (s *Server) listRights(context.Context, *nothingIn) (*Body[List[RightView]], error) {
	return list(accounts.Catalogue, rightView), nil
}

func rightView(r accounts.RightInfo) RightView {
	return RightView{Right: string(r.Right), Group: r.Group, Zh: r.ZH, En: r.EN}
}

func (s *Server) listRoles(ctx context.Context, _ *nothingIn) (*Body[List[RoleView]], error) {
	rows, err := s.accounts.Roles(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	users, err := s.everybody(ctx)
	if err != nil {
		return nil, err
	}
	return list(rows, func(r accounts.Role) RoleView { return roleView(r, users) }), nil
}

func roleView(r accounts.Role, users []accounts.User) RoleView {
	v := RoleView{
		ID: r.ID, Name: r.Name, Scope: string(r.Scope),
		Rights: each(r.Rights, func(r accounts.Right) string { return string(r) }),
	}
	for _, u := range users {
		if u.RoleID == r.ID {
			v.Users++
		}
	}
	return v
}

func (s *Server) addRole(ctx context.Context, in *roleNew) (*Body[RoleView], error) {
	return s.saveRole(ctx, 0, in.Body)
}

func (s *Server) changeRole(ctx context.Context, in *roleIn) (*Body[RoleView], error) {
	return s.saveRole(ctx, in.ID, in.Body)
}

func (s *Server) saveRole(ctx context.Context, id int64, in RoleInput) (*Body[RoleView], error) {
	role, err := s.accounts.SaveRole(ctx, actorOf(ctx), accounts.Role{
		ID: id, Name: in.Name, Scope: accounts.Scope(in.Scope),
		Rights: each(in.Rights, func(r string) accounts.Right { return accounts.Right(r) }),
	})
	if err != nil {
		return nil, err
	}
	users, err := s.everybody(ctx)
	if err != nil {
		return nil, err
	}
	return body(roleView(role, users)), nil
}

func (s *Server) removeRole(ctx context.Context, in *ByID) (*Nothing, error) {
	return nil, s.accounts.DeleteRole(ctx, actorOf(ctx), in.ID)
}

func (s *Server) listAudit(ctx context.Context, in *auditIn) (*Body[Page[AuditView]], error) {
	before, err := idCursor(in.Cursor)
	if err != nil {
		return nil, err
	}
	rows, err := s.accounts.AuditLog(ctx, actorOf(ctx), accounts.AuditFilter{
		Before: before, Limit: in.Limit, ActorID: in.User, Action: in.Action, TargetKind: in.Kind, TargetID: in.Target,
	})
	if err != nil {
		return nil, err
	}
	page := Page[AuditView]{Items: each(rows, auditView)}
	if len(rows) == in.Limit {
		page.Next = cursorOf(strconv.FormatInt(rows[len(rows)-1].ID, 10))
	}
	return body(page), nil
}

func auditView(e accounts.Entry) AuditView {
	v := AuditView{
		ID: e.ID, At: e.At.UTC(), UserID: e.ActorID, User: e.ActorName, Key: e.KeyName, Action: e.Action,
		Kind: e.TargetKind, Target: e.TargetID, IP: e.IP,
	}
	if len(e.Detail) > 0 && string(e.Detail) != "{}" {
		_ = json.Unmarshal(e.Detail, &v.Detail) // kept as JSON when it was written
	}
	return v
}

func accountView(a accounts.Account) AccountView {
	return AccountView{
		ID: a.ID, Slug: a.Slug, Name: a.Name, Timezone: a.Timezone, Language: a.Language, InboundLimit: a.InboundLimit,
		SurveyFlowID: a.SurveyFlowID,
	}
}

func (s *Server) getAccount(ctx context.Context, _ *nothingIn) (*Body[AccountView], error) {
	a, err := s.accounts.Account(ctx, actorOf(ctx).AccountID)
	if err != nil {
		return nil, err
	}
	return body(accountView(a)), nil
}

func (s *Server) changeAccount(ctx context.Context, in *accountIn) (*Body[AccountView], error) {
	names, err := s.flowNames(ctx)
	if err != nil {
		return nil, err
	}
	if _, known := names[in.Body.SurveyFlowID]; in.Body.SurveyFlowID != 0 && !known {
		return nil, fault.New(fault.Invalid, "flow.unknown", "there is no flow %d", in.Body.SurveyFlowID).On("survey_flow_id")
	}
	a, err := s.accounts.UpdateAccount(ctx, actorOf(ctx), accounts.Account{
		Name: in.Body.Name, Timezone: in.Body.Timezone, Language: in.Body.Language, InboundLimit: in.Body.InboundLimit,
		SurveyFlowID: in.Body.SurveyFlowID,
	})
	if err != nil {
		return nil, err
	}
	s.reload(ctx)
	return body(accountView(a)), nil
}

// reload has the live floor read again what an administrator changed. The
// change itself is kept whatever comes of this, so a failure is the operator's
// to know, not the administrator's.
func (s *Server) reload(ctx context.Context) {
	if s.parts.Changed == nil {
		return
	}
	if err := s.parts.Changed(ctx, actorOf(ctx).AccountID); err != nil {
		logOf(ctx).Error("the live floor could not read the change", "err", err)
	}
}
