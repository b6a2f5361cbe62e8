package api

import "time"

// Me is the person who is signed in and what the web app may show them.
type Me struct {
	User      MeUser       `json:"user"`
	Account   AccountView  `json:"account"`
	Rights    []string     `json:"rights" doc:"what this person may do; see /api/rights"`
	Scope     string       `json:"scope" enum:"own,subordinates,department,all" doc:"whose calls and figures this person sees"`
	Agent     *AgentOfMe   `json:"agent,omitempty" doc:"absent for people who take no calls"`
	Softphone SoftphoneNet `json:"softphone"`
	Topics    Topics       `json:"topics"`
}

// MeUser is the signed-in user.
type MeUser struct {
	ID                 int64  `json:"id"`
	Name               string `json:"name"`
	Login              string `json:"login" doc:"as typed at sign-in, login@account"`
	Number             string `json:"number,omitempty" doc:"工号"`
	Language           string `json:"language" enum:"zh-CN,en"`
	Department         string `json:"department,omitempty"`
	Role               string `json:"role"`
	MustChangePassword bool   `json:"must_change_password"`
}

// AgentOfMe is the agent profile of the signed-in user.
type AgentOfMe struct {
	ID     int64  `json:"id"`
	Number string `json:"number" doc:"agent number (工号)"`
	Method string `json:"method" enum:"web,sip,mobile"`
	Mobile string `json:"mobile,omitempty"`
}

// SoftphoneNet is where the web softphone connects. With an empty ws_url there
// is no web softphone here (a simulated switch) and answering is a POST.
type SoftphoneNet struct {
	Domain     string      `json:"domain"`
	WSURL      string      `json:"ws_url"`
	ICEServers []ICEServer `json:"ice_servers"`
}

// ICEServer is a STUN or TURN server, in the browser's own words.
type ICEServer struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}

// Topics names the live topics this person may subscribe to at
// /connection/websocket; an absent one is not theirs to hear. After each
// "subscribed" that did not recover, read the matching GET once.
type Topics struct {
	Bar   string `json:"bar,omitempty" doc:"publishes Bar, whole"`
	Calls string `json:"calls,omitempty" doc:"publishes {call: LiveCall}, {ended: id} or {resync: true}"`
	Wall  string `json:"wall,omitempty" doc:"publishes Wall, whole"`

	Notices string `json:"notices,omitempty" doc:"publishes Notice: what is for this person alone"`
}

// SessionView is one place where a user is signed in.
type SessionView struct {
	ID        int64     `json:"id"`
	Current   bool      `json:"current"`
	IP        string    `json:"ip"`
	UserAgent string    `json:"user_agent"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// AccountView is the enterprise.
type AccountView struct {
	ID           int64  `json:"id"`
	Slug         string `json:"slug" doc:"the part of a login after @"`
	Name         string `json:"name"`
	Timezone     string `json:"timezone" example:"Asia/Shanghai"`
	Language     string `json:"language" enum:"zh-CN,en"`
	InboundLimit int    `json:"inbound_limit" doc:"inbound calls at once; 0 is no limit"`
	SurveyFlowID int64  `json:"survey_flow_id,omitempty" doc:"flow that asks for a rating after a talk; absent: the usual question"`
}

// AccountInput changes the enterprise.
type AccountInput struct {
	Name         string `json:"name" minLength:"1" maxLength:"100"`
	Timezone     string `json:"timezone" minLength:"1" maxLength:"60" example:"Asia/Shanghai"`
	Language     string `json:"language" enum:"zh-CN,en"`
	InboundLimit int    `json:"inbound_limit" minimum:"0" maximum:"100000"`
	SurveyFlowID int64  `json:"survey_flow_id,omitempty" minimum:"0"`
}

// DepartmentView is one department of the tree.
type DepartmentView struct {
	ID        int64  `json:"id"`
	Name      string `json:"name"`
	ParentID  int64  `json:"parent_id,omitempty" doc:"0 or absent at the top"`
	ManagerID int64  `json:"manager_id,omitempty" doc:"user who manages it"`
	Manager   string `json:"manager,omitempty"`
}

// DepartmentInput makes or changes a department.
type DepartmentInput struct {
	Name      string `json:"name" minLength:"1" maxLength:"100"`
	ParentID  int64  `json:"parent_id,omitempty" minimum:"0"`
	ManagerID int64  `json:"manager_id,omitempty" minimum:"0"`
}

// RoleView is a role: rights and whose data they reach.
type RoleView struct {
	ID     int64    `json:"id"`
	Name   string   `json:"name"`
	Rights []string `json:"rights"`
	Scope  string   `json:"scope" enum:"own,subordinates,department,all"`
	Users  int      `json:"users" doc:"how many people have it"`
}

// RoleInput makes or changes a role.
type RoleInput struct {
	Name   string   `json:"name" minLength:"1" maxLength:"100"`
	Rights []string `json:"rights" maxItems:"100"`
	Scope  string   `json:"scope" enum:"own,subordinates,department,all"`
}

// RightView is one right of the catalogue.
type RightView struct {
	Right string `json:"right" example:"calls.listen"`
	Group string `json:"group" enum:"calls,floor,settings,organisation"`
	Zh    string `json:"zh"`
	En    string `json:"en"`
}

// AgentView is a person with everything an admin sets about them. Whoever has
// a number is an agent and takes calls.
type AgentView struct {
	ID           int64        `json:"id"`
	Name         string       `json:"name"`
	Login        string       `json:"login" doc:"without @account"`
	Number       string       `json:"number,omitempty" doc:"agent number (工号); absent for people who take no calls"`
	Method       string       `json:"method,omitempty" enum:"web,sip,mobile"`
	Mobile       string       `json:"mobile,omitempty"`
	DepartmentID int64        `json:"department_id,omitempty"`
	Department   string       `json:"department,omitempty"`
	SuperiorID   int64        `json:"superior_id,omitempty"`
	Superior     string       `json:"superior,omitempty"`
	RoleID       int64        `json:"role_id"`
	Role         string       `json:"role"`
	Language     string       `json:"language,omitempty" enum:"zh-CN,en" doc:"absent: the account's"`
	Email        string       `json:"email,omitempty"`
	Disabled     bool         `json:"disabled"`
	LastSignInAt *time.Time   `json:"last_sign_in_at,omitempty"`
	Groups       []AgentGroup `json:"groups"`
}

// AgentGroup is an agent's place in a skill group.
type AgentGroup struct {
	ID    int64  `json:"id" minimum:"1"`
	Name  string `json:"name,omitempty" readOnly:"true"`
	Level int    `json:"level" minimum:"1" maximum:"10" doc:"skill level; higher is better"`
}

// DeskPhoneNet is what to type into a desk phone.
type DeskPhoneNet struct {
	User     string `json:"user" example:"1-8001"`
	Domain   string `json:"domain"`
	Password string `json:"password"`
}

// AgentInput makes or changes a person.
type AgentInput struct {
	Name         string        `json:"name" minLength:"1" maxLength:"60"`
	Login        string        `json:"login" minLength:"1" maxLength:"60" doc:"without @account"`
	Password     string        `json:"password,omitempty" maxLength:"256" doc:"for a new person, who must change it at the first sign-in; ignored otherwise"`
	Number       string        `json:"number,omitempty" maxLength:"10" doc:"agent number (工号), 3 to 10 digits; leave out for people who take no calls"`
	Method       string        `json:"method,omitempty" enum:"web,sip,mobile" doc:"how the agent answers; web if left out"`
	Mobile       string        `json:"mobile,omitempty" maxLength:"30" doc:"needed for the method mobile"`
	DepartmentID int64         `json:"department_id,omitempty" minimum:"0"`
	SuperiorID   int64         `json:"superior_id,omitempty" minimum:"0"`
	RoleID       int64         `json:"role_id" minimum:"1"`
	Language     string        `json:"language,omitempty" enum:"zh-CN,en"`
	Email        string        `json:"email,omitempty" maxLength:"200"`
	Disabled     bool          `json:"disabled,omitempty"`
	Groups       *[]AgentGroup `json:"groups,omitempty" maxItems:"200" doc:"the groups this agent serves, all of them; leave out to keep"`
}

// AuditView is one line of the audit log.
type AuditView struct {
	ID     int64     `json:"id"`
	At     time.Time `json:"at"`
	UserID int64     `json:"user_id,omitempty"`
	User   string    `json:"user,omitempty"`
	Key    string    `json:"key,omitempty" doc:"the API key that was used in the user's name"`
	Action string    `json:"action" example:"agent.update"`
	Kind   string    `json:"kind,omitempty" doc:"what kind of thing was changed" example:"user"`
	Target string    `json:"target,omitempty" doc:"its id"`
	Detail any       `json:"detail,omitempty" doc:"what else is known, by the action"`
	IP     string    `json:"ip,omitempty"`
}
