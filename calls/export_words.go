package calls

import (
	"strings"

	"switchdesk/internal/xlsx"
)

// words are an export's own, in one language: the reader of a file has no
// page that would translate it.
type words struct {
	sheet, recordings, manifest string
	titles                      []string
	trail                       []string
	manifestTitles              []string
	said                        map[string]string
}

var widths = []float64{38, 9, 16, 16, 16, 14, 16, 16, 14, 12, 14, 20, 20, 20, 10, 10, 10, 10, 10, 24, 10, 12, 12, 40}

var chinese = words{
	sheet: "通话记录", recordings: "通话录音", manifest: "录音清单",
	titles: []string{"通话编号", "呼叫类型", "主叫号码", "被叫号码", "服务号码", "归属地", "客户", "IVR流程", "技能组", "座席", "通话状态",
		"开始时间", "接听时间", "结束时间", "排队秒数", "振铃秒数", "通话秒数", "保持秒数", "挂机方", "挂机原因", "录音", "满意度", "满意度二级", "备注"},
	trail:          []string{"IVR轨迹", "IVR按键"},
	manifestTitles: []string{"文件", "状态", "通话编号", "主叫号码", "被叫号码", "座席", "开始时间", "通话秒数"},
	said: map[string]string{
		"in": "呼入", "out": "呼出", "ivr": "IVR", "answered": "已接听", "voicemail": "已留言", "ring_no_answer": "振铃未接听",
		"queue_abandoned": "排队放弃", "blacklist": "黑名单", "limit": "并发限制", "no_answer": "无应答", "busy": "占线", "failed": "呼叫失败",
		"cancelled": "已取消", "customer": "客户", "agent": "座席", "system": "系统", "none": "无", "waiting": "未入库", "stored": "有",
		"missing": "缺失", "expired": "已过保存期", "included": "已包含",
	},
}

var english = words{
	sheet: "Calls", recordings: "Recordings", manifest: "Recordings list",
	titles: []string{"Call", "Direction", "From", "To", "Service number", "Region", "Customer", "Flow", "Group", "Agent", "Outcome",
		"Started", "Answered", "Ended", "Queue seconds", "Ring seconds", "Talk seconds", "Hold seconds", "Hung up by", "Hang-up cause", "Recording", "Rating", "Rating detail", "Note"},
	trail:          []string{"IVR trail", "Keys pressed"},
	manifestTitles: []string{"File", "State", "Call", "From", "To", "Agent", "Started", "Talk seconds"},
	said: map[string]string{
		"in": "In", "out": "Out", "ivr": "Ended in IVR", "answered": "Answered", "voicemail": "Left a message", "ring_no_answer": "Rang, no answer",
		"queue_abandoned": "Gave up waiting", "blacklist": "Blacklisted", "limit": "Over the limit", "no_answer": "No answer", "busy": "Busy", "failed": "Failed",
		"cancelled": "Cancelled", "customer": "Customer", "agent": "Agent", "system": "System", "none": "None", "waiting": "On its way", "stored": "Yes",
		"missing": "Missing", "expired": "Expired", "included": "Included",
	},
}

func wordsOf(language string) words {
	if strings.HasPrefix(language, "en") {
		return english
	}
	return chinese
}

func (w words) of(code string) string {
	if s, ok := w.said[code]; ok {
		return s
	}
	return code
}

func (w words) columns(trail bool) []xlsx.Column {
	out := make([]xlsx.Column, 0, len(w.titles)+len(w.trail))
	for i, title := range w.titles {
		out = append(out, xlsx.Column{Title: title, Width: widths[i]})
	}
	if trail {
		out = append(out, xlsx.Column{Title: w.trail[0], Width: 60}, xlsx.Column{Title: w.trail[1], Width: 20})
	}
	return out
}

// row writes a record's cells, in the order of titles.
func (w words) row(b *xlsx.Writer, r *Record, trail bool, steps []StepRow) {
	b.Row()
	b.Text(r.ID)
	b.Text(w.of(string(r.Direction)))
	for _, s := range []string{r.From, r.To, r.Service, r.Region, r.CustomerName, r.FlowName, r.GroupName, r.AgentName} {
		b.Text(s)
	}
	b.Text(w.of(string(r.Outcome)))
	b.Time(r.StartedAt)
	b.TimeOr(r.AnsweredAt)
	b.Time(r.EndedAt)
	for _, f := range []float64{r.QueueSeconds, r.RingSeconds, r.TalkSeconds, r.HoldSeconds} {
		b.Float(f)
	}
	b.Text(w.of(r.HangupBy))
	b.Text(r.HangupCause)
	state := r.RecordingState
	if state == "" {
		state = RecNone
	}
	b.Text(w.of(string(state)))
	b.Text(r.Rating)
	b.Text(r.RatingDetail)
	b.Text(r.Note)
	if trail {
		path, keys := told(steps)
		b.Text(path)
		b.Text(keys)
	}
}

// told is the way through the flow as one line: 欢迎词 → 主菜单 [1] → 售后组.
func told(steps []StepRow) (path, keys string) {
	var p, k strings.Builder
	for i, st := range steps {
		if i > 0 {
			p.WriteString(" → ")
		}
		if st.Title != "" {
			p.WriteString(st.Title)
		} else {
			p.WriteString(st.Node)
		}
		if st.Input != "" {
			p.WriteString(" [" + st.Input + "]")
			if k.Len() > 0 {
				k.WriteByte(' ')
			}
			k.WriteString(st.Input)
		}
	}
	return p.String(), k.String()
}

func (w words) manifestColumns() []xlsx.Column {
	var out []xlsx.Column
	for i, title := range w.manifestTitles {
		out = append(out, xlsx.Column{Title: title, Width: []float64{80, 12, 38, 16, 16, 12, 20, 10}[i]})
	}
	return out
}

func (w words) manifestRow(b *xlsx.Writer, r *Record, lack Lack, file string) {
	b.Row()
	state := "included"
	if lack != "" {
		state, file = string(lack), ""
	}
	b.Text(file)
	b.Text(w.of(state))
	for _, s := range []string{r.ID, r.From, r.To, r.AgentName} {
		b.Text(s)
	}
	b.Time(r.StartedAt)
	b.Float(r.TalkSeconds)
}
