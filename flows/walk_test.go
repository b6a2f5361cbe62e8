package flows

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// caller walks a sample flow the way the floor does, the run going through
// JSON between any two inputs.
type caller struct {
	t    *testing.T
	f    *Flow
	r    Run
	env  Env
	a    Action
	line []Step
}

func given(t *testing.T, f *Flow) *caller {
	groups := sampleRefs().Group
	return &caller{t: t, f: f, env: Env{
		Now: monday, From: "13800138000", To: "4008001000", Region: "浙江省杭州市", Group: groups,
		Agent: sampleRefs().Agent,
	}}
}

func parsed(t *testing.T, src string) *Flow {
	t.Helper()
	f, list := Inspect("test.yaml", []byte(src), sampleRefs())
	if f == nil {
		t.Fatal(list)
	}
	return f
}

func (c *caller) dials() *caller {
	var steps []Step
	c.r, c.a, steps = c.f.Begin(c.env)
	c.line = append(c.line, steps...)
	return c
}

func (c *caller) then(in Input) *caller {
	c.t.Helper()
	data, err := json.Marshal(c.r)
	if err != nil {
		c.t.Fatal(err)
	}
	var r Run
	if err := json.Unmarshal(data, &r); err != nil {
		c.t.Fatal(err)
	}
	c.r = r
	c.env.Now = c.env.Now.Add(3 * time.Second)
	a, steps := c.f.Resume(&c.r, in, c.env)
	c.line = append(c.line, steps...)
	c.a = a
	return c
}

func (c *caller) press(keys string) *caller { c.t.Helper(); return c.then(Digits{Value: keys}) }

// at checks where the caller stands and what is under way.
func (c *caller) at(node, action string) *caller {
	c.t.Helper()
	if got := show(c.a); c.r.Node != node || got != action {
		c.t.Fatalf("stands at %s with %s\nwant %s with %s", c.r.Node, got, node, action)
	}
	return c
}

func (c *caller) trail(want string) {
	c.t.Helper()
	var b strings.Builder
	for _, s := range c.line {
		fmt.Fprintf(&b, "%s|%s|%s|%s\n", s.Node, s.Input, s.Exit, s.Detail)
		if s.At.IsZero() || s.Until.Before(s.At) || s.Kind == "" || s.Title == "" {
			c.t.Errorf("incomplete step %+v", s)
		}
	}
	if got := strings.TrimSpace(b.String()); got != strings.TrimSpace(want) {
		c.t.Errorf("trail\n%s\nwant\n%s", got, want)
	}
}

func show(a Action) string {
	names := func(list []Prompt) string {
		var out []string
		for _, p := range list {
			out = append(out, p.File+p.Tone)
		}
		return strings.Join(out, " ")
	}
	switch a := a.(type) {
	case nil:
		return "nothing"
	case Play:
		return "play " + names(a.Prompts)
	case Collect:
		return "collect " + names(a.Prompts)
	case Enqueue:
		return fmt.Sprintf("enqueue %d %s %d", a.Group, a.Name, a.Priority)
	case RingAgent:
		return fmt.Sprintf("ring %d %s %s", a.Agent, a.Number, a.Ring)
	case Dial:
		return fmt.Sprintf("dial %s %s", a.Number, a.Ring)
	case Voicemail:
		return fmt.Sprintf("voicemail %s %ds %d %s", names(a.Prompts), a.MaxSeconds, a.Group, a.GroupName)
	case Hangup:
		return strings.TrimSpace(fmt.Sprintf("hangup %s %s", a.Cause, names(a.Prompts)))
	}
	return fmt.Sprintf("%T", a)
}

func TestPressOneWaitsForSales(t *testing.T) {
	c := given(t, sample(t, "main.yaml")).dials()
	c.at("欢迎", "play welcome recording_notice")
	c.then(Played{}).at("主菜单", "collect menu_main")
	c.press("1").at("售前", "enqueue 11 售前 0")
	c.then(Ended{Answered: true}).at("售前", "hangup normal")
	c.trail(`
欢迎||next|
来电判断||other|
工作时间||open|2026-11-23 10:00
主菜单|1|1|
售前||after|售前`)
	if !c.r.Done {
		t.Error("not done after the talk")
	}
}

func TestWrongAndNoKeysAreAskedAgainThenLeave(t *testing.T) {
	c := given(t, sample(t, "main.yaml")).dials().then(Played{})
	c.press("7").at("主菜单", "collect invalid_key menu_main")
	c.then(Digits{TimedOut: true}).at("主菜单", "collect no_key menu_main")
	c.press("9").at("结束", "hangup normal thank_you goodbye")
	c.trail(`
欢迎||next|
来电判断||other|
工作时间||open|2026-11-23 10:00
主菜单|7||输入错误
主菜单|||无按键
主菜单|9|invalid|输入错误
结束|||挂断`)
}

func TestTriesBeginAnewAtEveryVisit(t *testing.T) {
	c := given(t, sample(t, "main.yaml")).dials().then(Played{})
	c.press("7").press("7").press("*").at("主菜单", "collect menu_main")
	c.press("7").press("7").at("主菜单", "collect invalid_key menu_main")
	c.press("7").at("结束", "hangup normal thank_you goodbye")
}

func TestOrderIsReadBackAndAnswered(t *testing.T) {
	c := given(t, sample(t, "main.yaml")).dials().then(Played{}).press("2").press("1")
	c.at("输入订单号", "collect enter_order")
	if got := c.a.(Collect); got.Min != 4 || got.Max != 12 || got.Terminators != "#" || got.Timeout != 8*time.Second || got.InterDigit != 3*time.Second {
		t.Errorf("collects %+v", got)
	}
	c.press("12").at("输入订单号", "collect invalid_key enter_order")
	c.press("1*01").at("输入订单号", "collect invalid_key enter_order")
	c = given(t, sample(t, "main.yaml")).dials().then(Played{}).press("2").press("1").press("1001")
	c.at("复述订单号", "play you_entered yao d0 d0 yao")
	c.then(Played{}).at("订单状态", "play order_shipped")
	c.then(Played{}).at("结束", "hangup normal thank_you goodbye")
}

func TestQueueExitsLeadWhereTheFlowSays(t *testing.T) {
	for _, why := range []QueueExit{LeftNoAgent, LeftTimeout, LeftFull, LeftAgentLeft} {
		c := given(t, sample(t, "main.yaml")).dials().then(Played{}).press("1")
		c.then(Left{why}).at("留言菜单", "collect menu_message")
		c.press("1").at("留言", "voicemail leave_message 120s 12 售后")
		c.then(VoicemailDone{Seconds: 9}).at("留言完成", "hangup normal message_saved goodbye")
	}
	c := given(t, sample(t, "simple.yaml")).dials().then(Played{})
	c.then(Left{LeftFull}).at("人工", "hangup normal queue_full goodbye")
}

func TestSilentVoicemailIsNoMessage(t *testing.T) {
	c := given(t, sample(t, "simple.yaml")).dials().then(Played{}).then(Left{LeftTimeout})
	c.then(VoicemailDone{}).at("留言", "hangup normal goodbye")
}

func TestClosedAndHoliday(t *testing.T) {
	c := given(t, sample(t, "main.yaml"))
	c.env.Now = time.Date(2026, 11, 22, 10, 0, 0, 0, zone) // Sunday
	c.dials().then(Played{}).at("下班提示", "play closed office_hours")
	c = given(t, sample(t, "main.yaml"))
	c.env.Now = time.Date(2026, 10, 2, 10, 0, 0, 0, zone)
	c.dials().then(Played{}).at("节假日提示", "play holiday")
	c.then(Failed{"no file"}).at("留言菜单", "collect menu_message")
}

func TestCustomerDecides(t *testing.T) {
	c := given(t, sample(t, "main.yaml"))
	c.env.Customer = map[string]string{"level": "vip"}
	c.dials().then(Played{}).at("专属客服", "enqueue 12 售后 80")
}

func TestInputsThatDoNotBelongChangeNothing(t *testing.T) {
	c := given(t, sample(t, "main.yaml")).dials().then(Played{})
	before := len(c.line)
	for _, in := range []Input{Played{}, Left{LeftFull}, Ended{}, VoicemailDone{3}} {
		c.then(in).at("主菜单", "nothing")
	}
	if len(c.line) != before {
		t.Errorf("trail grew: %v", c.line[before:])
	}
	c.press("1").at("售前", "enqueue 11 售前 0")
}

func TestFailedNeverLeavesTheCallerInSilence(t *testing.T) {
	c := given(t, sample(t, "main.yaml")).dials().then(Failed{"no file"}).at("主菜单", "collect menu_main")
	c.then(Failed{"x"}).then(Failed{"x"}).then(Failed{"x"}).at("人工", "enqueue 11 售前 10")
	c.then(Failed{"x"}).at("留言菜单", "collect menu_message").press("1")
	c.then(Failed{"disk full"}).at("结束", "hangup normal thank_you goodbye")
	c.then(Played{}).at("结束", "hangup normal")
}

func TestAgainRepeatsTheNodeAndMarksIt(t *testing.T) {
	c := given(t, sample(t, "main.yaml")).dials().then(Played{}).press("7")
	n := len(c.line)
	a, steps := c.f.Again(&c.r, c.env)
	c.a = a
	c.at("主菜单", "collect menu_main")
	if len(steps) != 1 || steps[0].Detail != "系统恢复后继续" || steps[0].Exit != "" {
		t.Errorf("steps %+v", steps)
	}
	c.press("1").at("售前", "enqueue 11 售前 0")
	c.a, _ = c.f.Again(&c.r, c.env)
	c.at("售前", "enqueue 11 售前 0")
	if len(c.line) != n+1 {
		t.Errorf("trail %v", c.line)
	}
	c.then(Ended{Answered: true})
	c.a, steps = c.f.Again(&c.r, c.env)
	c.at("售前", "hangup normal")
	if len(steps) != 0 {
		t.Errorf("steps after the end: %v", steps)
	}
}

func TestLeaveClosesTheTrailOnce(t *testing.T) {
	c := given(t, sample(t, "main.yaml")).dials()
	steps := c.f.Leave(&c.r, c.env)
	if len(steps) != 1 || steps[0].Node != "欢迎" || steps[0].Detail != "来电者挂断" {
		t.Errorf("%+v", steps)
	}
	if again := c.f.Leave(&c.r, c.env); again != nil {
		t.Errorf("twice: %v", again)
	}
}

func TestARunOfAnotherVersionEndsPolitely(t *testing.T) {
	c := given(t, sample(t, "simple.yaml")).dials()
	c.r.Node = "不存在"
	c.then(Played{}).at("不存在", "hangup normal apology")
	c = given(t, sample(t, "simple.yaml")).dials()
	c.r.Node = "不存在"
	c.a, _ = c.f.Again(&c.r, c.env)
	c.at("不存在", "hangup normal apology")
}

func TestUncheckedCycleIsStopped(t *testing.T) {
	f, list := Parse("x.yaml", []byte(`
name: x
start: a
nodes:
  a: {kind: set, values: {y: "1"}, exits: {next: b}}
  b: {kind: set, values: {x: "${x}${x}1"}, exits: {next: a}}
`))
	if f == nil {
		t.Fatal(list)
	}
	r, a, steps := f.Begin(Env{Now: monday})
	if show(a) != "hangup normal apology" || !r.Done {
		t.Errorf("%s %+v", show(a), r)
	}
	last := steps[len(steps)-1]
	if last.Detail != "流程中止：连续步骤超过上限 200" || len(steps) != MaxInARow+1 {
		t.Errorf("%d steps, last %+v", len(steps), last)
	}
	if n := len([]rune(r.Vars["x"])); n != maxValue {
		t.Errorf("the variable grew to %d", n)
	}
}

func TestACallerWhoNeverPressesAnythingIsLetGo(t *testing.T) {
	c := given(t, parsed(t, `
name: x
start: m
nodes:
  m: {kind: menu, play: menu_main, keys: {1: z}, exits: {timeout: m, invalid: m}}
  z: {kind: hangup}
`)).dials()
	for i := 0; i < MaxSilent; i++ {
		c.then(Digits{TimedOut: true}).at("m", show(c.a))
	}
	c.then(Digits{TimedOut: true}).at("m", "hangup normal apology")
	if got := c.line[len(c.line)-1].Detail; got != "流程中止：多次没有有效按键" {
		t.Error(got)
	}
}

func TestExtensionIsOnlyLookedUp(t *testing.T) {
	src := `
name: x
start: ask
nodes:
  ask: {kind: input, play: confirm, into: 分机, max: 12, exits: {next: ring}}
  ring: {kind: agent, by: 分机, ring: 20s, exits: {unavailable: z, no_answer: v}}
  v: {kind: voicemail, group: 售前}
  z: {kind: hangup, cause: busy}
`
	given(t, parsed(t, src)).dials().press("8001").at("ring", "ring 1 8001 20s").then(Ended{Cause: EndNoAnswer}).at("v", "voicemail leave_message 120s 11 售前")
	given(t, parsed(t, src)).dials().press("8002").at("z", "hangup busy")
	given(t, parsed(t, src)).dials().press("8001").then(Ended{Cause: EndBusy}).at("z", "hangup busy")
	for _, bad := range []string{"*8001", "80#1", "8001\nbgapi x", "${caller}", "8001,8002", "８００１"} {
		given(t, parsed(t, src)).dials().press(bad).at("z", "hangup busy")
	}
}

func TestOutsideNumber(t *testing.T) {
	src := `
name: x
start: e
nodes:
  e: {kind: external, number: "+8613800000000", exits: {busy: z, after: s}}
  s: {kind: menu, play: survey_ask, keys: {1: z}}
  z: {kind: hangup}
`
	given(t, parsed(t, src)).dials().at("e", "dial +8613800000000 30s").then(Ended{Answered: true}).at("s", "collect survey_ask")
	given(t, parsed(t, src)).dials().then(Ended{Cause: EndBusy}).at("z", "hangup normal")
	given(t, parsed(t, src)).dials().then(Ended{Cause: EndFailed}).at("e", "hangup normal callee_failed")
	given(t, parsed(t, src)).dials().then(Ended{Cause: EndNoAnswer}).at("e", "hangup normal callee_no_answer")
	given(t, parsed(t, src)).dials().then(Failed{"no trunk"}).at("e", "hangup normal callee_failed")
}

func TestAGroupTakenAwayIsNoAgent(t *testing.T) {
	c := given(t, sample(t, "simple.yaml"))
	c.env.Group = func(string) (int64, bool) { return 0, false }
	c.dials().then(Played{}).at("留言", "voicemail no_agent leave_message 120s 0 售前")
}

// What a caller enters or is called is only ever said or compared.
func TestHostileValuesStayValues(t *testing.T) {
	src := `
name: x
start: s
nodes:
  s: {kind: set, values: {a: "${caller}", b: "${a}${customer.name}"}, exits: {next: p}}
  p: {kind: prompt, play: [you_entered, {say_digits: "${b}"}, {say_number: "${b}"}], exits: {next: z}}
  z: {kind: hangup}
`
	for _, bad := range []string{"${service}", "x\n\nbgapi x", "{a=b}", "[x]", "^^:a:b", "a|b", "../../etc/passwd", strings.Repeat("9", 5000)} {
		c := given(t, parsed(t, src))
		c.env.From = bad
		c.env.Customer = map[string]string{"name": bad}
		c.dials()
		if strings.Contains(bad, "${") && c.r.Vars["a"] != bad {
			t.Errorf("%q was expanded to %q", bad, c.r.Vars["a"])
		}
		for _, p := range c.a.(Play).Prompts {
			if !IsBuiltin(p.File) {
				t.Errorf("%q plays %q", bad, p.File)
			}
		}
		if n := len(c.a.(Play).Prompts); n > 1+2*maxSpoken {
			t.Errorf("%d prompts", n)
		}
	}
}
