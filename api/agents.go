package api

import (
	"context"

	"switchdesk/accounts"
	"switchdesk/agents"
	"switchdesk/internal/fault"
	"switchdesk/queues"
)

type agentNew struct{ Body AgentInput }

type agentIn struct {
	ByID
	Body AgentInput
}

type resetIn struct {
	ByID
	Body struct {
		Password string `json:"password" minLength:"1" maxLength:"256"`
	}
}

// directory is what the views of people need, read once for a whole list.
type directory struct {
	users       map[int64]accounts.User
	order       []accounts.User
	profiles    map[int64]agents.Profile
	roles       map[int64]string
	departments map[int64]string
	groups      []queues.Group
}

func (s *Server) directory(ctx context.Context) (*directory, error) {
	actor := actorOf(ctx)
	d := &directory{
		users: make(map[int64]accounts.User), profiles: make(map[int64]agents.Profile),
		roles: make(map[int64]string), departments: make(map[int64]string),
	}
	var err error
	if d.order, err = s.everybody(ctx); err != nil {
		return nil, err
	}
	for _, u := range d.order {
		d.users[u.ID] = u
	}
	profiles, err := s.parts.Agents.Profiles(ctx, actor.AccountID)
	if err != nil {
		return nil, err
	}
	for _, p := range profiles {
		d.profiles[p.UserID] = p
	}
	roles, err := s.accounts.Roles(ctx, actor)
	if err != nil {
		return nil, err
	}
	for _, r := range roles {
		d.roles[r.ID] = r.Name
	}
	departments, err := s.accounts.Departments(ctx, actor)
	if err != nil {
		return nil, err
	}
	for _, dep := range departments {
		d.departments[dep.ID] = dep.Name
	}
	d.groups, err = s.parts.Groups.Groups(ctx, actor.AccountID)
	return d, err
}

func (d *directory) view(u accounts.User) AgentView {
	p := d.profiles[u.ID]
	v := AgentView{
		ID: u.ID, Name: u.Name, Login: u.Login, Number: numberOf(u), Method: string(p.Method), Mobile: p.Mobile,
		DepartmentID: u.DepartmentID, Department: d.departments[u.DepartmentID],
		SuperiorID: u.SuperiorID, Superior: d.users[u.SuperiorID].Name,
		RoleID: u.RoleID, Role: d.roles[u.RoleID], Language: u.Language, Email: u.Email,
		Disabled: u.Disabled, LastSignInAt: utc(u.LastSignInAt), Groups: []AgentGroup{},
	}
	for _, g := range d.groups {
		for _, m := range g.Members {
			if m.Agent == u.ID {
				v.Groups = append(v.Groups, AgentGroup{ID: g.ID, Name: g.Name, Level: m.Level})
			}
		}
	}
	return v
}

// listAgents lists people. Those who do not manage people see names, numbers
// and groups alone: what pages need to name somebody.
func (s *Server) listAgents(ctx context.Context, _ *nothingIn) (*Body[List[AgentView]], error) {
	d, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	manages := canAny(actorOf(ctx), []accounts.Right{accounts.AgentsManage, accounts.UsersManage})
	return list(d.order, func(u accounts.User) AgentView {
		v := d.view(u)
		if !manages {
			v = AgentView{
				ID: v.ID, Name: v.Name, Number: v.Number, Method: v.Method, DepartmentID: v.DepartmentID,
				Department: v.Department, Disabled: v.Disabled, Groups: v.Groups,
			}
		}
		return v
	}), nil
}

func (s *Server) getAgent(ctx context.Context, in *ByID) (*Body[AgentView], error) {
	u, err := s.accounts.User(ctx, actorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	d, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	return body(d.view(u)), nil
}

func (in AgentInput) user(id int64) accounts.User {
	u := accounts.User{
		ID: id, Name: in.Name, Login: in.Login, DepartmentID: in.DepartmentID, SuperiorID: in.SuperiorID,
		RoleID: in.RoleID, Language: in.Language, Email: in.Email, Disabled: in.Disabled,
	}
	if in.Number != "" {
		u.Number = &in.Number
	}
	return u
}

func (s *Server) addAgent(ctx context.Context, in *agentNew) (*Body[AgentView], error) {
	if err := needPlace(ctx, in.Body); err != nil {
		return nil, err
	}
	if err := s.checkGroups(ctx, in.Body.Groups); err != nil {
		return nil, err
	}
	if err := checkMobile(in.Body); err != nil {
		return nil, err
	}
	u, err := s.accounts.CreateUser(ctx, actorOf(ctx), in.Body.user(0), in.Body.Password)
	if err != nil {
		return nil, err
	}
	return s.settle(ctx, u, in.Body)
}

// changeAgent changes the person where something of them differs, and how
// they answer and serve where that does: each with its own right.
func (s *Server) changeAgent(ctx context.Context, in *agentIn) (*Body[AgentView], error) {
	actor := actorOf(ctx)
	old, err := s.accounts.User(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.checkGroups(ctx, in.Body.Groups); err != nil {
		return nil, err
	}
	if err := checkMobile(in.Body); err != nil {
		return nil, err
	}
	u := in.Body.user(in.ID)
	if !samePerson(old, u) {
		if u, err = s.accounts.UpdateUser(ctx, actor, u); err != nil {
			return nil, err
		}
		s.revoked(in.ID)
	} else {
		u = old
	}
	return s.settle(ctx, u, in.Body)
}

func samePerson(a, b accounts.User) bool {
	return a.Name == b.Name && a.Login == b.Login && numberOf(a) == numberOf(b) && a.DepartmentID == b.DepartmentID &&
		a.SuperiorID == b.SuperiorID && a.RoleID == b.RoleID && a.Language == b.Language && a.Email == b.Email &&
		a.Disabled == b.Disabled
}

// needPlace asks for agents.manage where a new person is also an agent.
func needPlace(ctx context.Context, in AgentInput) error {
	if (in.Number != "" || in.Groups != nil) && !actorOf(ctx).Can(accounts.AgentsManage) {
		return fault.New(fault.Forbidden, "right.missing", "your role lacks the right %q; ask an administrator", accounts.AgentsManage)
	}
	return nil
}

func checkMobile(in AgentInput) error {
	if agents.Method(in.Method) == agents.Mobile && in.Mobile == "" {
		return fault.New(fault.Invalid, "agent.mobile", "to answer by mobile, a mobile number is needed").On("mobile")
	}
	return nil
}

// settle saves how an agent answers and which groups they serve, and answers
// with all of it.
func (s *Server) settle(ctx context.Context, u accounts.User, in AgentInput) (*Body[AgentView], error) {
	if actorOf(ctx).Can(accounts.AgentsManage) && !u.Disabled {
		if err := s.saveProfile(ctx, u, in); err != nil {
			return nil, err
		}
		if err := s.saveGroups(ctx, u.ID, in.Groups); err != nil {
			return nil, err
		}
	}
	s.reload(ctx)
	return s.getAgent(ctx, &ByID{ID: u.ID})
}

func (s *Server) saveProfile(ctx context.Context, u accounts.User, in AgentInput) error {
	if u.Number == nil || in.Method == "" {
		return nil
	}
	return s.parts.Agents.Save(ctx, agents.Profile{
		UserID: u.ID, AccountID: u.AccountID, Method: agents.Method(in.Method), Mobile: in.Mobile,
	})
}

// checkGroups refuses groups of nowhere before anything is changed.
func (s *Server) checkGroups(ctx context.Context, want *[]AgentGroup) error {
	if want == nil {
		return nil
	}
	groups, err := s.parts.Groups.Groups(ctx, actorOf(ctx).AccountID)
	if err != nil {
		return err
	}
	known := make(map[int64]bool, len(groups))
	for _, g := range groups {
		known[g.ID] = true
	}
	for _, g := range *want {
		if !known[g.ID] {
			return fault.New(fault.Invalid, "group.unknown", "there is no skill group %d", g.ID).On("groups")
		}
	}
	return nil
}

// saveGroups makes the agent a member of exactly the groups given; where they
// are a member already, their place in the order stays.
func (s *Server) saveGroups(ctx context.Context, agent int64, want *[]AgentGroup) error {
	if want == nil {
		return nil
	}
	levels := make(map[int64]int, len(*want))
	for _, g := range *want {
		levels[g.ID] = g.Level
	}
	groups, err := s.parts.Groups.Groups(ctx, actorOf(ctx).AccountID)
	if err != nil {
		return err
	}
	for _, g := range groups {
		members, changed := withMember(g.Members, agent, levels[g.ID])
		if !changed {
			continue
		}
		g.Members = members
		if _, err := s.parts.Groups.Save(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

// withMember sets an agent's level among the members; level 0 takes them out.
func withMember(members []queues.Member, agent int64, level int) ([]queues.Member, bool) {
	last, out := 0, make([]queues.Member, 0, len(members)+1)
	changed, found := false, false
	for _, m := range members {
		last = max(last, m.Order)
		if m.Agent == agent {
			found = true
			if level == 0 {
				changed = true
				continue
			}
			changed = changed || m.Level != level
			m.Level = level
		}
		out = append(out, m)
	}
	if !found && level > 0 {
		out, changed = append(out, queues.Member{Agent: agent, Level: level, Order: last + 1}), true
	}
	return out, changed
}

func (s *Server) resetPassword(ctx context.Context, in *resetIn) (*Nothing, error) {
	if err := s.accounts.ResetPassword(ctx, actorOf(ctx), in.ID, in.Body.Password); err != nil {
		return nil, err
	}
	s.revoked(in.ID)
	return nil, nil
}

func (s *Server) deskPhone(ctx context.Context, in *ByID) (*Body[DeskPhoneNet], error) {
	actor := actorOf(ctx)
	u, err := s.accounts.User(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	cred, err := s.parts.Numbers.IssueDeskPhone(ctx, actor, u)
	if err != nil {
		return nil, err
	}
	if err := s.noted(ctx, "desk_phone.issue", "user", in.ID, map[string]string{"user": cred.User}); err != nil {
		return nil, err
	}
	return body(deskPhoneView(cred)), nil
}
