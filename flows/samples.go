package flows

import (
	"embed"
	"slices"
)

// Sample is a ready flow to begin with.
type Sample struct {
	Name   string // short and stable, such as "callback"
	Title  Text
	About  Text // one line
	File   string
	Source []byte
}

//go:embed samples/*.yaml
var sampleFiles embed.FS

var samples = []Sample{
	{
		Name: "simple", Title: Text{"直达人工", "Straight to an agent"},
		About: Text{"欢迎词后进入技能组，没有座席时留言", "a greeting, then a skill group; voicemail when nobody is there"},
	},
	{
		Name: "office_hours", Title: Text{"上下班分流", "Office hours"},
		About: Text{"工作时间转技能组，下班和节假日留言", "a skill group in office hours, voicemail after them and on holidays"},
	},
	{
		Name: "three_keys", Title: Text{"三键菜单", "Three-key menu"},
		About: Text{"1 售前、2 售后、0 人工，忙时可留言", "1 sales, 2 support, 0 an agent; voicemail when all are busy"},
	},
	{
		Name: "order", Title: Text{"订单查询", "Order look-up"},
		About: Text{"输入订单号，通过接口查询并播报状态、金额和日期", "takes an order number, asks your system over HTTP, says state, amount and date"},
	},
	{
		Name: "after_hours", Title: Text{"下班留言", "After-hours voicemail"},
		About: Text{"下班时间请客户留言，紧急情况转值班电话", "takes messages after hours; urgent calls go to a number on duty"},
	},
	{
		Name: "callback", Title: Text{"排队回电", "Call-back offer"},
		About: Text{"等待时可登记回电并保留排队位置，也可留言", "callers who wait may ask for a call back that keeps their place, or leave a message"},
	},
	{
		Name: "survey", Title: Text{"满意度评价", "Satisfaction"},
		About: Text{"通话后两级评价，不满意的可以留言", "asks for a rating in two levels after the talk; who is not content may leave a message"},
	},
	{
		Name: "main", Title: Text{"客服主流程", "Whole switchboard"},
		About: Text{"工作时间、两级菜单、订单查询、优先客户和留言", "hours, two menus, orders, favoured customers and voicemail"},
	},
}

// Samples are ready flows for every enterprise to begin with, simple ones
// first. Their skill groups are examples.
func Samples() []Sample {
	out := slices.Clone(samples)
	for i := range out {
		out[i].File = out[i].Name + ".yaml"
		src, err := sampleFiles.ReadFile("samples/" + out[i].File)
		if err != nil {
			panic("flows: " + err.Error()) // built wrongly
		}
		out[i].Source = src
	}
	return out
}
