package sample

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"switchdesk/calls"
)

var (
	regions  = []string{"浙江杭州", "北京", "上海", "广东深圳", "广东广州", "江苏南京", "四川成都", "湖北武汉", "陕西西安", "山东青岛", "福建厦门", "湖南长沙", "河南郑州", "重庆", "天津", "辽宁沈阳"}
	surnames = []string{"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗"}
	given    = []string{"伟", "芳", "娜", "敏", "静", "丽华", "建国", "志强", "晓燕", "美玲", "佳怡", "俊杰", "思远", "雨桐", "子涵", "浩然", "欣怡", "文博", "雪梅", "海涛"}
	notes    = []string{"", "", "", "", "", "客户询问订单进度，已答复", "要求开具增值税专用发票", "投诉配送延迟，已转售后", "希望周三下午回电", "咨询续费优惠"}
	ratings  = []string{"非常满意", "满意", "一般", "不满意"}
)

// building is a call on its way through the house.
type building struct {
	*Calls
	b     calls.Bundle
	now   time.Time
	group Named
	agent Named
}

func (b *building) step(node, kind, title, input, exit string) {
	b.b.Steps = append(b.b.Steps, calls.StepRow{AccountID: b.plan.Account, CallID: b.b.Record.ID, Seq: len(b.b.Steps), At: b.now, Node: node, Kind: kind, Title: title, Input: input, Exit: exit})
}

func (b *building) pass(seconds float64) { b.now = after(b.now, seconds) }

func (b *building) leg(role string, agent int64, number string, from time.Time, answered *time.Time) {
	var id uuid.UUID
	for i := range id {
		id[i] = byte(b.rand.Uint32())
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	b.b.Legs = append(b.b.Legs, calls.LegRow{AccountID: b.plan.Account, CallID: b.b.Record.ID, UUID: id.String(), Role: role, AgentID: agent, Number: number, StartedAt: from, AnsweredAt: answered, Cause: "NORMAL_CLEARING"})
}

func (b *building) inbound() {
	r := &b.b.Record
	r.FlowName = "客服主流程"
	switch n := b.rand.IntN(1000); {
	case n < 8:
		r.Outcome, r.HangupBy = calls.Blacklisted, "system"
		return
	case n < 12:
		r.Outcome, r.HangupBy = calls.OverLimit, "system"
		return
	}
	answered := b.now
	b.leg("customer", 0, r.From, b.now, &answered)
	b.step("欢迎", "prompt", "欢迎词", "", "next")
	b.pass(3 + b.rand.Float64())
	if b.rand.IntN(12) == 0 {
		b.step("主菜单", "menu", "主菜单", "", "")
		b.pass(b.seconds(6, 60))
		r.Outcome = calls.EndedInIVR
		return
	}
	b.group = b.one(b.plan.Groups)
	key := fmt.Sprint(1 + b.rand.IntN(3))
	b.step("主菜单", "menu", "主菜单", key, key)
	b.pass(b.seconds(4, 40))
	b.step(b.group.Name, "group", b.group.Name, "", "")
	b.queue()
}

func (b *building) queue() {
	r := &b.b.Record
	r.GroupID, r.GroupName = b.group.ID, b.group.Name
	entered, waits := b.now, b.seconds(9, 180)
	n := b.rand.IntN(100)
	b.pass(waits)
	why := "answered"
	switch {
	case n < 8:
		why, r.Outcome = "abandoned", calls.QueueAbandoned
	case n < 13:
		why, r.Outcome = "abandoned", calls.RingNoAnswer
		b.ring("abandoned")
	case n < 17:
		why, r.Outcome = "timeout", calls.LeftMessage
		b.step("留言", "voicemail", "语音留言", "", "next")
		began := b.now
		b.pass(b.seconds(20, 120))
		b.recorded(began, true)
	default:
		if b.rand.IntN(8) == 0 {
			b.ring("missed")
		}
		b.ring("answered")
		r.Outcome = calls.Answered
	}
	left := b.now
	r.QueueSeconds = left.Sub(entered).Seconds()
	b.b.Visits = append(b.b.Visits, calls.VisitRow{AccountID: b.plan.Account, CallID: r.ID, GroupID: b.group.ID, EnteredAt: entered, LeftAt: left, Why: why})
	if r.Outcome == calls.Answered {
		b.talk()
		if b.rand.IntN(3) == 0 {
			r.Rating = ratings[b.skewed(len(ratings))]
			b.step("评价", "survey", "满意度评价", "1", "next")
			b.pass(4)
		}
	}
}

func (b *building) ring(result string) {
	b.agent = b.one(b.plan.Agents)
	began := b.now
	b.pass(b.seconds(5, 20))
	r := &b.b.Record
	r.AgentID, r.AgentName = b.agent.ID, b.agent.Name
	r.RingSeconds += b.now.Sub(began).Seconds()
	b.b.Rings = append(b.b.Rings, calls.RingRow{AccountID: b.plan.Account, CallID: r.ID, Seq: len(b.b.Rings), AgentID: b.agent.ID, GroupID: b.group.ID, At: began, EndedAt: b.now, Result: result})
	if result == "answered" {
		answered := b.now
		b.leg("agent", b.agent.ID, "", began, &answered)
	}
}

func (b *building) talk() {
	r := &b.b.Record
	began := b.now
	r.AnsweredAt = &began
	if b.rand.IntN(10) == 0 {
		r.HoldSeconds = b.seconds(25, 300)
	}
	r.TalkSeconds = b.seconds(95, 3600)
	b.pass(r.TalkSeconds + r.HoldSeconds)
	if b.rand.IntN(3) == 0 {
		r.HangupBy = "agent"
	}
	r.Note = notes[b.rand.IntN(len(notes))]
	b.recorded(began, false)
}

func (b *building) recorded(began time.Time, voicemail bool) {
	r := &b.b.Record
	seconds := b.now.Sub(began).Seconds()
	state := calls.RecStored
	if b.rand.IntN(2000) == 0 {
		state = calls.RecMissing
	}
	r.RecordingState = state
	rec := calls.RecordingRow{CallID: r.ID, AccountID: b.plan.Account, Seconds: seconds, Bytes: 44 + int64(seconds*16000), State: state, Voicemail: voicemail, StartedAt: began, StoppedAt: b.now, NextTry: b.now}
	if state == calls.RecStored {
		rec.BlobKey = calls.ObjectKey(&rec)
		rec.StoredAt = &rec.StoppedAt
	}
	b.b.Recording = &rec
}

func (b *building) outbound() {
	r := &b.b.Record
	b.agent = b.one(b.plan.Agents)
	r.Direction, r.From, r.To = calls.Out, r.Service, r.From
	r.AgentID, r.AgentName = b.agent.ID, b.agent.Name
	began := b.now
	b.pass(b.seconds(8, 55))
	r.RingSeconds = b.now.Sub(began).Seconds()
	answered := b.now
	b.leg("agent", b.agent.ID, "", began, &began)
	switch n := b.rand.IntN(100); {
	case n < 55:
		r.Outcome = calls.Answered
		b.leg("customer", 0, r.To, began, &answered)
		b.talk()
	case n < 80:
		r.Outcome, r.HangupCause = calls.NoAnswer, "NO_ANSWER"
	case n < 90:
		r.Outcome, r.HangupCause = calls.Busy, "USER_BUSY"
	case n < 95:
		r.Outcome, r.HangupCause = calls.Failed, "UNALLOCATED_NUMBER"
	default:
		r.Outcome, r.HangupCause, r.HangupBy = calls.Cancelled, "ORIGINATOR_CANCEL", "agent"
	}
}

func (b *building) finish() calls.Bundle {
	b.b.Record.EndedAt = b.now
	for i := range b.b.Legs {
		b.b.Legs[i].EndedAt = b.now
	}
	return b.b
}
