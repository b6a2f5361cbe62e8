package flows

import (
	"net/http"
	"time"
)

// noticeTime is how long a notice may take; nobody waits for it.
const noticeTime = 10 * time.Second

var noticeSpec = Spec{
	Kind:  "notice",
	Label: Text{"接口通知", "Notice"},
	Help: Text{
		"通过 HTTP POST 通知其他系统，不等待结果，流程立即继续",
		"tells another system something by HTTP POST; the flow goes on at once, whatever comes of it",
	},
	Fields: []Field{
		urlField, headersField, bodyField,
		{
			Name: "retries", Type: TypeInt, Default: "1", Min: 0, Max: 3, Label: Text{"重试次数", "Retries"},
			Help: Text{"失败后重试的次数；可能因此送达多次", "how often to try again after a failure; it may arrive more than once"},
		},
	},
	Exits: []ExitSpec{{Name: "next", Label: Text{"然后", "Then"}, Required: true}},
	build: func(_ *Node, f fields, _ *nodeReader) doer {
		n := &noticeNode{retries: f.int("retries")}
		n.url, _ = f["url"].(address)
		n.headers, _ = f["headers"].(pairs)
		n.body, _ = f["body"].(pairs)
		return n
	},
}

type noticeNode struct {
	url           address
	headers, body pairs
	retries       int
}

func (n *noticeNode) enter(w *walk) turn {
	body := w.body(n.body)
	if len(n.body) == 0 {
		body = w.body(pairs{{"caller", "${caller}"}, {"service", "${service}"}})
	}
	return act(Notify{Request{
		Method: http.MethodPost, URL: w.url(n.url), Headers: w.headers(n.headers), Body: body,
		Timeout: noticeTime, Retries: n.retries,
	}})
}

func (n *noticeNode) on(_ *walk, in Input) turn {
	switch in := in.(type) {
	case Done:
		return leave("next")
	case Failed:
		return leaveWith("next", "", clip(in.What))
	}
	return wait
}

func (n *noticeNode) refs(*seen) {}
