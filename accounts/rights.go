package accounts

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"switchdesk/internal/fault"
)

// Right is one thing that a role may allow.
type Right string

// The catalogue of rights.
const (
	CallsHandle     Right = "calls.handle"
	CallsRead       Right = "calls.read"
	CallsListen     Right = "calls.listen"
	CallsDownload   Right = "calls.download"
	CallsExport     Right = "calls.export"
	CallsHold       Right = "calls.hold"
	CallsTags       Right = "calls.tags"
	CallsQuality    Right = "calls.quality"
	CallsAssign     Right = "calls.assign"
	FloorWatch      Right = "floor.watch"
	FloorSteer      Right = "floor.steer"
	NumbersManage   Right = "numbers.manage"
	GroupsManage    Right = "groups.manage"
	AgentsManage    Right = "agents.manage"
	FlowsRead       Right = "flows.read"
	FlowsManage     Right = "flows.manage"
	UsersManage     Right = "users.manage"
	RolesManage     Right = "roles.manage"
	BlacklistManage Right = "blacklist.manage"
	AuditRead       Right = "audit.read"
	AccountManage   Right = "account.manage"
	KeysManage      Right = "keys.manage"
)

// RightInfo is a right with its words for the role page.
type RightInfo struct {
	Right Right  `json:"right"`
	Group string `json:"group"` // calls, floor, settings, organisation
	ZH    string `json:"zh"`
	EN    string `json:"en"`
}

// Catalogue lists every right in the order of the role page.
var Catalogue = []RightInfo{
	{CallsHandle, "calls", "接打电话", "Take and make calls"},
	{CallsRead, "calls", "查看通话记录", "See call records"},
	{CallsListen, "calls", "收听录音", "Listen to recordings"},
	{CallsDownload, "calls", "下载录音", "Download recordings"},
	{CallsExport, "calls", "导出通话记录", "Export call records"},
	{CallsHold, "calls", "法律保留通话", "Put calls under legal hold"},
	{CallsAssign, "calls", "分配未接来电", "Assign missed calls"},
	{CallsQuality, "calls", "标记服务质量", "Give service-quality tags"},
	{BlacklistManage, "calls", "管理黑名单", "Manage the blacklist"},
	{FloorWatch, "floor", "查看现场监控", "Watch the floor"},
	{FloorSteer, "floor", "调度座席与排队", "Steer agents and queues"},
	{NumbersManage, "settings", "管理号码与线路", "Manage numbers and trunks"},
	{GroupsManage, "settings", "管理技能组", "Manage skill groups"},
	{AgentsManage, "settings", "管理座席", "Manage agents"},
	{CallsTags, "settings", "管理通话标签", "Manage call tags"},
	{FlowsRead, "settings", "查看流程", "See flows"},
	{FlowsManage, "settings", "配置流程", "Configure flows"},
	{UsersManage, "organisation", "管理用户与部门", "Manage users and departments"},
	{RolesManage, "organisation", "管理角色", "Manage roles"},
	{AuditRead, "organisation", "查看操作审计", "Read the audit log"},
	{AccountManage, "organisation", "管理企业设置", "Manage the account"},
	{KeysManage, "organisation", "管理 API 密钥", "Manage API keys"},
}

// Known tells whether a right is in the catalogue.
func (r Right) Known() bool {
	return slices.ContainsFunc(Catalogue, func(i RightInfo) bool { return i.Right == r })
}

// Rights is a set of rights, in the catalogue's order.
type Rights []Right

// Has tells whether the set holds the right.
func (s Rights) Has(r Right) bool { return slices.Contains(s, r) }

// All is every right there is.
func All() Rights {
	all := make(Rights, len(Catalogue))
	for i, info := range Catalogue {
		all[i] = info.Right
	}
	return all
}

// checked sorts a set, drops doubles and refuses unknown names.
func (s Rights) checked() (Rights, error) {
	for _, r := range s {
		if !r.Known() {
			return nil, fault.New(fault.Invalid, "role.right_unknown", "there is no right %q", string(r)).On("rights")
		}
	}
	var out Rights
	for _, info := range Catalogue {
		if s.Has(info.Right) {
			out = append(out, info.Right)
		}
	}
	return out, nil
}

// Scan and Value keep a set as JSON text in its column. A right that a later
// version has dropped is left out.
func (s *Rights) Scan(v any) error {
	var data []byte
	switch x := v.(type) {
	case string:
		data = []byte(x)
	case []byte:
		data = x
	case nil:
		*s = nil
		return nil
	default:
		return fmt.Errorf("rights can't be read from %T", v)
	}
	var all []Right
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	*s = slices.DeleteFunc(all, func(r Right) bool { return !r.Known() })
	return nil
}

// Scope is whose work a role sees.
type Scope string

// The scopes, from the narrowest.
const (
	ScopeOwn          Scope = "own"          // only the user's own
	ScopeSubordinates Scope = "subordinates" // and of those below the user
	ScopeDepartment   Scope = "department"   // and of the user's department with all below it
	ScopeAll          Scope = "all"          // of the whole account
)

func (s Scope) known() bool {
	return s == ScopeOwn || s == ScopeSubordinates || s == ScopeDepartment || s == ScopeAll
}

func joined(s Rights) string {
	words := make([]string, len(s))
	for i, r := range s {
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}
