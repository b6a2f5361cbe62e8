package api

import (
	"context"
)

type flowNew struct{ Body FlowInput }
type versionIn struct {
	byID
	N int64 `path:"n" minimum:"1"`
}
type flowIn struct {
	byID
	Version int64 `query:"version" minimum:"0" doc:"0: the one in force"`
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
