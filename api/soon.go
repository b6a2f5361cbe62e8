package api

import (
	"context"
	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"
	"switchdesk/accounts"
	"switchdesk/floor"
)

type numberIn struct {
	byID
	Body NumberInput
}
type numberNew struct{ Body NumberInput }
type groupIn struct {
	byID
	Body GroupInput
}
type groupNew struct{ Body GroupInput }
type agentIn struct {
	byID
	Body AgentInput
}
type agentNew struct{ Body AgentInput }
type resetIn struct {
	byID
	Body struct {
		Password string `json:"password" minLength:"1" maxLength:"256"`
	}
}
type departmentIn struct {
	byID
	Body DepartmentInput
}
type departmentNew struct{ Body DepartmentInput }
type roleIn struct {
	byID
	Body RoleInput
}
type roleNew struct{ Body RoleInput }
type flowNew struct{ Body FlowInput }
type versionIn struct {
	byID
	N int64 `path:"n" minimum:"1"`
}
type flowIn struct {
	byID
	Version int64 `query:"version" minimum:"0" doc:"0: the one in force"`
}
type blackNew struct{ Body BlacklistInput }
type blackIn struct {
	byID
	Body BlacklistInput
}
type blackList struct {
	paging
	Number string `query:"number" maxLength:"40"`
}
type trunkNew struct{ Body TrunkInput }
type trunkIn struct {
	byID
	Body TrunkInput
}
type auditIn struct {
	paging
	Action string `query:"action" maxLength:"60"`
	User   int64  `query:"user" minimum:"0"`
}
type accountIn struct{ Body AccountInput }
type recordingIn struct {
	callIn
	Download bool `query:"download"`
}

func (s *Server) changePassword(context.Context, *passwordIn) (*Nothing, error) { return nil, nil }
func (s *Server) changeLanguage(context.Context, *languageIn) (*Nothing, error) { return nil, nil }
func (s *Server) mySessions(context.Context, *nothingIn) (*Body[List[SessionView]], error) {
	return nil, nil
}
func (s *Server) endSession(context.Context, *byID) (*Nothing, error)            { return nil, nil }
func (s *Server) setMethod(context.Context, *methodIn) (*Body[floor.Bar], error) { return nil, nil }
func (s *Server) softphone(context.Context, *nothingIn) (*Body[SoftphoneCredentials], error) {
	return nil, nil
}
func (s *Server) recording(context.Context, *recordingIn) (*huma.StreamResponse, error) {
	return nil, nil
}
func (s *Server) listNumbers(context.Context, *nothingIn) (*Body[List[NumberView]], error) {
	return nil, nil
}
func (s *Server) addNumber(context.Context, *numberNew) (*Body[NumberView], error)   { return nil, nil }
func (s *Server) getNumber(context.Context, *byID) (*Body[NumberView], error)        { return nil, nil }
func (s *Server) changeNumber(context.Context, *numberIn) (*Body[NumberView], error) { return nil, nil }
func (s *Server) removeNumber(context.Context, *byID) (*Nothing, error)              { return nil, nil }
func (s *Server) listGroups(context.Context, *nothingIn) (*Body[List[GroupView]], error) {
	return nil, nil
}
func (s *Server) addGroup(context.Context, *groupNew) (*Body[GroupView], error)   { return nil, nil }
func (s *Server) getGroup(context.Context, *byID) (*Body[GroupView], error)       { return nil, nil }
func (s *Server) changeGroup(context.Context, *groupIn) (*Body[GroupView], error) { return nil, nil }
func (s *Server) removeGroup(context.Context, *byID) (*Nothing, error)            { return nil, nil }
func (s *Server) listAgents(context.Context, *nothingIn) (*Body[List[AgentView]], error) {
	return nil, nil
}
func (s *Server) addAgent(context.Context, *agentNew) (*Body[AgentView], error)   { return nil, nil }
func (s *Server) getAgent(context.Context, *byID) (*Body[AgentView], error)       { return nil, nil }
func (s *Server) changeAgent(context.Context, *agentIn) (*Body[AgentView], error) { return nil, nil }
func (s *Server) removeAgent(context.Context, *byID) (*Nothing, error)            { return nil, nil }
func (s *Server) listDepartments(context.Context, *nothingIn) (*Body[List[DepartmentView]], error) {
	return nil, nil
}
func (s *Server) addDepartment(context.Context, *departmentNew) (*Body[DepartmentView], error) {
	return nil, nil
}
func (s *Server) getDepartment(context.Context, *byID) (*Body[DepartmentView], error) {
	return nil, nil
}
func (s *Server) changeDepartment(context.Context, *departmentIn) (*Body[DepartmentView], error) {
	return nil, nil
}
func (s *Server) removeDepartment(context.Context, *byID) (*Nothing, error) { return nil, nil }
func (s *Server) listRoles(context.Context, *nothingIn) (*Body[List[RoleView]], error) {
	return nil, nil
}
func (s *Server) addRole(context.Context, *roleNew) (*Body[RoleView], error)   { return nil, nil }
func (s *Server) getRole(context.Context, *byID) (*Body[RoleView], error)      { return nil, nil }
func (s *Server) changeRole(context.Context, *roleIn) (*Body[RoleView], error) { return nil, nil }
func (s *Server) removeRole(context.Context, *byID) (*Nothing, error)          { return nil, nil }
func (s *Server) listTrunks(context.Context, *nothingIn) (*Body[List[TrunkView]], error) {
	return nil, nil
}
func (s *Server) addTrunk(context.Context, *trunkNew) (*Body[TrunkView], error)   { return nil, nil }
func (s *Server) getTrunk(context.Context, *byID) (*Body[TrunkView], error)       { return nil, nil }
func (s *Server) changeTrunk(context.Context, *trunkIn) (*Body[TrunkView], error) { return nil, nil }
func (s *Server) removeTrunk(context.Context, *byID) (*Nothing, error)            { return nil, nil }
func (s *Server) listBlacklist(context.Context, *blackList) (*Body[Page[BlacklistView]], error) {
	return nil, nil
}
func (s *Server) addBlacklist(context.Context, *blackNew) (*Body[BlacklistView], error) {
	return nil, nil
}
func (s *Server) changeBlacklist(context.Context, *blackIn) (*Body[BlacklistView], error) {
	return nil, nil
}
func (s *Server) removeBlacklist(context.Context, *byID) (*Nothing, error)  { return nil, nil }
func (s *Server) resetPassword(context.Context, *resetIn) (*Nothing, error) { return nil, nil }
func (s *Server) listRights(context.Context, *nothingIn) (*Body[List[RightView]], error) {
	return nil, nil
}
func (s *Server) listFlows(context.Context, *nothingIn) (*Body[List[FlowView]], error) {
	return nil, nil
}
func (s *Server) uploadFlow(context.Context, *flowNew) (*Body[FlowUploaded], error) { return nil, nil }
func (s *Server) checkFlow(context.Context, *flowNew) (*Body[FlowChecked], error)   { return nil, nil }
func (s *Server) getFlow(context.Context, *byID) (*Body[FlowPage], error)           { return nil, nil }
func (s *Server) flowVersions(context.Context, *byID) (*Body[List[FlowVersionView]], error) {
	return nil, nil
}
func (s *Server) flowVersion(context.Context, *versionIn) (*Body[FlowPage], error)  { return nil, nil }
func (s *Server) activateFlow(context.Context, *versionIn) (*Body[FlowView], error) { return nil, nil }
func (s *Server) recheckFlow(context.Context, *byID) (*Body[FlowChecked], error)    { return nil, nil }
func (s *Server) listPrompts(context.Context, *nothingIn) (*Body[List[PromptView]], error) {
	return nil, nil
}
func (s *Server) listAudit(context.Context, *auditIn) (*Body[Page[AuditView]], error) {
	return nil, nil
}
func (s *Server) getAccount(context.Context, *nothingIn) (*Body[AccountView], error) { return nil, nil }
func (s *Server) changeAccount(context.Context, *accountIn) (*Body[AccountView], error) {
	return nil, nil
}

func (s *Server) switchXML(c echo.Context) error                          { return echo.ErrNotFound }
func (s *Server) docs(c echo.Context) error                               { return echo.ErrNotFound }
func (s *Server) docsFile(c echo.Context) error                           { return echo.ErrNotFound }
func (s *Server) userNames(ctx context.Context) (map[int64]string, error) { return nil, nil }
func (s *Server) noted(ctx context.Context, action, kind string, id int64, detail string) (*Nothing, error) {
	return nil, nil
}
func accountView(a accounts.Account) AccountView { return AccountView{ID: a.ID} }
