package app

import (
	"context"
	"fmt"
	"time"

	"switchdesk/accounts"
	"switchdesk/agents"
	"switchdesk/crm"
	"switchdesk/dialplan"
	"switchdesk/flows"
	"switchdesk/queues"
)

// The demo's numbers. 400-800-1xxx are not in use by anybody we know; calls
// never leave this machine.
const (
	demoMain  = "4008001234"
	demoSales = "4008005678"
	demoSlug  = "demo"
)

// demoPerson is somebody of the demo's account.
type demoPerson struct {
	login, name, number, role, password string
}

// demoPeople can sign in to a demo, which listens on the loopback alone and
// whose data is thrown away.
var demoPeople = []demoPerson{
	{"admin", "周明", "", "管理员", "kefu-yanshi-1"},
	{"banzhang", "吴丽华", "8000", "班长", "kefu-yanshi-2"},
	{"8001", "李静", "8001", "座席", "kefu-yanshi-3"},
	{"8002", "王浩", "8002", "座席", "kefu-yanshi-3"},
	{"8003", "张晓燕", "8003", "座席", "kefu-yanshi-3"},
	{"8004", "刘洋", "8004", "座席", "kefu-yanshi-3"},
	{"8005", "陈思思", "8005", "座席", "kefu-yanshi-3"},
	{"8006", "杨帆", "8006", "座席", "kefu-yanshi-3"},
}

// demoCustomers call more often than others.
var demoCustomers = []crm.Customer{
	{Name: "赵建国", Company: "杭州云帆科技有限公司", Phones: []string{"13900010001"}},
	{Name: "孙美玲", Company: "北京远山贸易有限公司", Phones: []string{"13900010002"}},
	{Name: "郑伟", Company: "深圳星河电子有限公司", Phones: []string{"13900010003"}},
	{Name: "何佳怡", Company: "成都锦绣餐饮管理有限公司", Phones: []string{"13900010004"}},
	{Name: "马俊杰", Company: "上海海岸物流有限公司", Phones: []string{"13900010005"}},
}

// seed fills an empty database with the demo's account. quick shortens the
// wrap-up and the ring for a scripted run.
func (a *App) seed(ctx context.Context, quick bool) error {
	account, roles, err := a.accounts.CreateAccount(ctx, accounts.Account{
		Slug: demoSlug, Name: "云帆科技客服中心", Timezone: "Asia/Shanghai", Language: "zh-CN", InboundLimit: 60,
	})
	if err != nil {
		return err
	}
	operator := accounts.Actor{AccountID: account.ID, Rights: accounts.All(), Scope: accounts.ScopeAll, Name: "operator", Language: "zh-CN", Timezone: account.Timezone}
	people, err := a.seedPeople(ctx, operator, roles)
	if err != nil {
		return err
	}
	if err := a.seedGroups(ctx, account.ID, people, quick); err != nil {
		return err
	}
	flow, err := a.seedFlow(ctx, operator, account.ID)
	if err != nil {
		return err
	}
	for _, n := range []dialplan.ServiceNumber{
		{Number: demoMain, Name: "客服热线", FlowID: flow, Enabled: true},
		{Number: demoSales, Name: "售前专线", FlowID: flow, Enabled: true},
	} {
		if _, err := a.numbers.SaveNumber(ctx, operator, n); err != nil {
			return err
		}
	}
	if _, err := a.numbers.SaveTrunk(ctx, operator, dialplan.TrunkInput{Name: "演示线路", Proxy: "127.0.0.1:15080", CallerID: demoMain, Enabled: true}); err != nil {
		return err
	}
	for _, c := range demoCustomers {
		if _, err := a.crm.SaveCustomer(ctx, operator, c); err != nil {
			return err
		}
	}
	_, err = a.crm.Ban(ctx, operator, "13900019999", "多次骚扰")
	if err != nil {
		return err
	}
	set, err := a.settings.load(ctx)
	if err != nil {
		return err
	}
	return a.floor.Restore(set, nil)
}

func (a *App) seedPeople(ctx context.Context, operator accounts.Actor, roles []accounts.Role) ([]int64, error) {
	byName := map[string]int64{}
	for _, r := range roles {
		byName[r.Name] = r.ID
	}
	top, err := a.accounts.SaveDepartment(ctx, operator, accounts.Department{Name: "客户服务部"})
	if err != nil {
		return nil, err
	}
	var ids []int64
	var boss int64
	for _, p := range demoPeople {
		u := accounts.User{Login: p.login, Name: p.name, DepartmentID: top.ID, RoleID: byName[p.role]}
		if p.number != "" {
			u.Number = &p.number
		}
		if p.role == "座席" {
			u.SuperiorID = boss
		}
		made, err := a.accounts.Seed(ctx, operator.AccountID, u, p.password)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.login, err)
		}
		if p.role == "班长" {
			boss = made.ID
		}
		if p.role == "座席" {
			ids = append(ids, made.ID)
		}
	}
	return ids, nil
}

func (a *App) seedGroups(ctx context.Context, account int64, people []int64, quick bool) error {
	exit := queues.Exit{Kind: queues.ExitFlow}
	wrap, ring := 15*time.Second, 20*time.Second
	if quick {
		wrap, ring = time.Second, 8*time.Second
	}
	for i, name := range []string{"售前", "售后"} {
		g := queues.Group{
			Account: account, Name: name, Strategy: queues.LongestIdle, LastAgentFirst: i == 1, AfterMiss: agents.AskAgain,
			WaitLimit: 3 * time.Minute, RingTime: ring, AskPause: 10 * time.Second, WrapUp: wrap, MaxWrapUp: 3 * time.Minute,
			Announce: 25 * time.Second, MaxWaiting: 30, OnNoAgent: exit, OnTimeout: exit, OnFull: exit,
		}
		for j, id := range people {
			if j%2 == i || j < 2 {
				g.Members = append(g.Members, queues.Member{Agent: id, Level: 1 + j%3, Order: j})
			}
		}
		if _, err := a.groups.Save(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

// demoFlow is the demo's IVR; it is open at any hour, so that a visitor at
// night meets agents too.
const demoFlow = `# 演示流程：欢迎词、一级菜单、技能组排队，没有座席时留言。
name: 客服主流程
start: 欢迎
nodes:
  欢迎:
    kind: prompt
    title: 欢迎词
    play: [welcome, recording_notice]
    exits:
      next: 主菜单
  主菜单:
    kind: menu
    title: 主菜单
    play: menu_main
    timeout: 5s
    tries: 3
    keys:
      1: 售前组
      2: 售后组
      0: 售后组
    exits:
      timeout: 售后组
      invalid: 再见
  售前组:
    kind: group
    title: 售前技能组
    group: 售前
    exits:
      no_agent: 留言
      timeout: 留言
      full: 留言
  售后组:
    kind: group
    title: 售后技能组
    group: 售后
    exits:
      no_agent: 留言
      timeout: 留言
      full: 留言
  留言:
    kind: voicemail
    title: 语音留言
    play: [no_agent, leave_message]
    group: 售后
    exits:
      next: 再见
  再见:
    kind: hangup
    title: 再见
    play: [thank_you, goodbye]
`

func (a *App) seedFlow(ctx context.Context, operator accounts.Actor, account int64) (int64, error) {
	refs, err := a.flowRefs(ctx, account)
	if err != nil {
		return 0, err
	}
	version, _, err := a.flows.Upload(ctx, account, flows.NewVersion{Name: "客服主流程", File: "main.yaml", Source: []byte(demoFlow), By: operator.UserID}, refs)
	if err != nil {
		return 0, err
	}
	_, err = a.flows.Activate(ctx, account, version.FlowID, version.Number, operator.UserID, refs)
	return version.FlowID, err
}

// flowRefs is what the account's flows may name.
func (a *App) flowRefs(ctx context.Context, account int64) (flows.Refs, error) {
	groups, err := a.groups.Groups(ctx, account)
	if err != nil {
		return flows.Refs{}, err
	}
	profiles, err := a.agents.Profiles(ctx, account)
	if err != nil {
		return flows.Refs{}, err
	}
	return flows.Refs{
		Group: func(name string) (int64, bool) {
			for _, g := range groups {
				if g.Name == name {
					return g.ID, true
				}
			}
			return 0, false
		},
		Agent: func(number string) (int64, bool) {
			for _, p := range profiles {
				if p.Number == number {
					return p.UserID, true
				}
			}
			return 0, false
		},
		Prompt: func(name string) bool { _, ok := a.prompts.Path(account, name); return ok || flows.IsBuiltin(name) },
	}, nil
}
