package flows

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

var (
	urlField = Field{
		Name: "url", Type: TypeURL, Required: true, Label: Text{"地址", "Address"},
		Help: Text{
			"http:// 或 https://；${变量} 只能写在主机名之后；内部地址须由管理员允许",
			"http:// or https://; ${variables} only behind the host; internal addresses must be allowed by the operator",
		},
	}
	headersField = Field{
		Name: "headers", Type: TypeHeaders, Label: Text{"请求头", "Headers"},
		Help: Text{"请求头 → 值；有流程查看权限的人都能看到", "header → value; everybody who may read flows can see them"},
	}
	bodyField = Field{
		Name: "body", Type: TypeBody, Label: Text{"内容", "Body"},
		Help: Text{"以 JSON 发送的字段 → 值，可含 ${变量}", "sent as a JSON object: name → value, which may hold ${variables}"},
	}
)

var lookupSpec = Spec{
	Kind:  "lookup",
	Label: Text{"接口查询", "Look-up"},
	Help: Text{
		"通过 HTTP 查询其他系统，把 JSON 结果存入变量",
		"asks another system over HTTP and keeps parts of its JSON answer in variables",
	},
	Fields: []Field{
		urlField,
		{
			Name: "method", Type: TypeOption, Default: http.MethodGet, Options: []string{http.MethodGet, http.MethodPost},
			Label: Text{"方法", "Method"}, Help: Text{"GET 或 POST", "GET or POST"},
		},
		headersField, bodyField,
		{
			Name: "into", Type: TypePaths, Label: Text{"取值", "Into"},
			Help: Text{"变量 → 结果中的路径，如 data.order.status；没有时为空", "variable → path into the answer, such as data.order.status; empty where there is nothing"},
		},
		{
			Name: "timeout", Type: TypeDuration, Default: "3s", Min: 1, Max: 15, Label: Text{"超时", "Time-out"},
			Help: Text{"最长等待时间，含重试；来电者此时听到静音", "longest wait, all tries together; the caller hears silence meanwhile"},
		},
		{
			Name: "retries", Type: TypeInt, Default: "0", Min: 0, Max: 3, Label: Text{"重试次数", "Retries"},
			Help: Text{"连接失败或服务器出错时重试的次数；POST 可能因此送达多次", "how often to try again after a failure of the network or server; a POST may arrive more than once"},
		},
	},
	Exits: []ExitSpec{
		{Name: "ok", Label: Text{"查到", "Found"}, Required: true},
		{Name: "not_found", Label: Text{"没有查到", "Not found"}, Required: true},
		{Name: "failed", Label: Text{"查询失败", "Failed"}, Required: true},
	},
	build: buildLookup,
}

type lookupNode struct {
	url           address
	method        string
	headers, body pairs
	into          []taken
	timeout       time.Duration
	retries       int
}

func buildLookup(n *Node, f fields, r *nodeReader) doer {
	l := &lookupNode{method: f.text("method"), timeout: f.duration("timeout"), retries: f.int("retries")}
	l.url, _ = f["url"].(address)
	l.headers, _ = f["headers"].(pairs)
	l.body, _ = f["body"].(pairs)
	l.into, _ = f["into"].([]taken)
	if l.method == http.MethodGet && r.has("body") {
		r.add(r.place("body"), "lookup.body")
	}
	return l
}

func (n *lookupNode) enter(w *walk) turn {
	q := Request{Method: n.method, URL: w.url(n.url), Headers: w.headers(n.headers), Timeout: n.timeout, Retries: n.retries}
	if n.method == http.MethodPost {
		q.Body = w.body(n.body)
	}
	return act(Fetch{q})
}

func (n *lookupNode) on(w *walk, in Input) turn {
	switch in := in.(type) {
	case Fetched:
		return n.fetched(w, in)
	case Failed:
		return leaveWith("failed", "", clip(in.What))
	}
	return wait
}

// fetched sets every variable of into, to "" where the answer has nothing:
// what an earlier look-up found must not pass for this one's.
func (n *lookupNode) fetched(w *walk, in Fetched) turn {
	for _, t := range n.into {
		w.set(t.name, "")
	}
	switch {
	case in.Why != "":
		return leaveWith("failed", "", clip(in.Why))
	case in.Status == http.StatusNotFound || in.Status == http.StatusGone:
		return leaveWith("not_found", "", strconv.Itoa(in.Status))
	case in.Status < 200 || in.Status > 299:
		return leaveWith("failed", "", strconv.Itoa(in.Status))
	case len(n.into) == 0:
		return leaveWith("ok", "", strconv.Itoa(in.Status))
	}
	var answer any
	d := json.NewDecoder(strings.NewReader(in.Body))
	d.UseNumber()
	if strings.TrimSpace(in.Body) != "" {
		if err := d.Decode(&answer); err != nil {
			return leaveWith("failed", "", w.note("返回的不是 JSON", "the answer is no JSON"))
		}
	}
	var found []string
	for _, t := range n.into {
		if v, ok := t.path.find(answer); ok {
			w.set(t.name, v)
			found = append(found, t.name+"="+v)
		}
	}
	if len(found) == 0 {
		return leaveWith("not_found", "", w.note("结果中没有所需内容", "nothing of what is asked for"))
	}
	return leaveWith("ok", "", clip(strings.Join(found, " ")))
}

func (n *lookupNode) refs(*seen) {}
