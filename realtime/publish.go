package realtime

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/centrifugal/centrifuge"

	"switchdesk/accounts"
	"switchdesk/floor"
)

// pending is what waits to be published. Bars and walls are whole, so the
// latest replaces the one before; of each call, too, only the latest counts.
// What is kept is bounded by what is alive, whatever the browsers do.
type pending struct {
	bars  map[int64]floor.Bar
	walls map[int64]floor.Wall
	calls map[callKey]callNews
	order []callKey // the order in which calls first came
	lost  map[int64]bool
}

type callKey struct {
	account int64
	id      string
}

// callNews is a call that changed, or one that ended (call nil).
type callNews struct{ call *floor.LiveCall }

// message is what the calls topic carries; api.LiveMessage describes it.
type message struct {
	Call   *floor.LiveCall `json:"call,omitempty"`
	Ended  string          `json:"ended,omitempty"`
	Resync bool            `json:"resync,omitempty"`
}

// Tell takes news from the floor. It copies, never waits and never fails: give
// it to floor.Subscribe.
func (h *Hub) Tell(u floor.Update) {
	h.mu.Lock()
	h.pending.take(u)
	h.mu.Unlock()
	select {
	case h.wake <- struct{}{}:
	default: // the publisher knows already
	}
}

func (p *pending) take(u floor.Update) {
	if u.Bar != nil {
		if p.bars == nil {
			p.bars = make(map[int64]floor.Bar)
		}
		p.bars[u.Bar.Agent] = *u.Bar
	}
	if u.Wall != nil {
		if p.walls == nil {
			p.walls = make(map[int64]floor.Wall)
		}
		p.walls[u.Account] = *u.Wall
	}
	switch {
	case u.Call != nil:
		call := *u.Call
		p.takeCall(callKey{u.Account, call.ID}, callNews{call: &call})
	case u.Ended != "":
		p.takeCall(callKey{u.Account, u.Ended}, callNews{})
	}
}

func (p *pending) takeCall(key callKey, news callNews) {
	if p.lost[key.account] {
		return // a resync is due anyway
	}
	if _, waits := p.calls[key]; !waits {
		if len(p.calls) >= maxPending {
			if p.lost == nil {
				p.lost = make(map[int64]bool)
			}
			p.lost[key.account] = true
			return
		}
		p.order = append(p.order, key)
	}
	if p.calls == nil {
		p.calls = make(map[callKey]callNews)
	}
	p.calls[key] = news
}

// viewer is a person with a calls topic of their own.
type viewer struct {
	account     int64
	seen        accounts.Visible
	onlyOwn     bool
	shown       map[string]bool // calls that the viewer was told of and that are not over
	connections map[string]bool
	left        time.Time // when the last connection went, if there is none
}

// sees tells whether a call is within the viewer's scope. Calls that no agent
// has yet are seen by whoever sees more than their own; GET /api/calls/live
// says the same.
func (v *viewer) sees(call *floor.LiveCall) bool {
	if call.Agent == 0 {
		return !v.onlyOwn
	}
	return v.seen.Includes(call.Agent)
}

// watch registers a viewer, or renews the scope of one. Whoever was away for
// longer than the history reaches is told to read all again.
func (h *Hub) watch(topic string, actor accounts.Actor, seen accounts.Visible, connection string) {
	h.mu.Lock()
	v := h.viewers[topic]
	fresh := v == nil
	if fresh {
		v = &viewer{account: actor.AccountID, shown: make(map[string]bool), connections: make(map[string]bool)}
		h.viewers[topic] = v
	}
	v.seen, v.onlyOwn = seen, !seen.All && len(seen.Users) <= 1
	v.connections[connection] = true
	h.mu.Unlock()
	if fresh {
		h.send(topic, message{Resync: true}, historySize)
	}
}

// forgetViewers drops those who have been away for longer than the history
// reaches. Until then their topic is filled, so that they can catch up.
func (h *Hub) forgetViewers() {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.clock.Now()
	for topic, v := range h.viewers {
		if len(v.connections) == 0 && now.Sub(v.left) > history {
			delete(h.viewers, topic)
		}
	}
}

// outgoing is one publication of a personal topic.
type outgoing struct {
	topic string
	msg   message
}

func (h *Hub) publishPending() {
	h.mu.Lock()
	p := h.pending
	h.pending = pending{}
	h.mu.Unlock()
	if len(p.lost) > 0 {
		clear(h.said) // ends may be among what was lost
	}
	h.dropUnchanged(&p)
	personal := h.personalNews(&p)
	for agent, bar := range p.bars {
		h.send("bar:"+strconv.FormatInt(agent, 10), bar, 1)
	}
	for _, key := range p.order {
		h.send("calls:"+strconv.FormatInt(key.account, 10), newsOf(key, p.calls[key]), historySize)
	}
	for account := range p.lost {
		h.dropped.Inc()
		h.send("calls:"+strconv.FormatInt(account, 10), message{Resync: true}, historySize)
	}
	for _, out := range personal {
		h.send(out.topic, out.msg, historySize)
	}
	for account, wall := range p.walls {
		h.send("wall:"+strconv.FormatInt(account, 10), wall, 1)
	}
}

// personalNews gives what goes into the topics of single viewers.
func (h *Hub) personalNews(p *pending) []outgoing {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []outgoing
	for _, key := range p.order {
		out = append(out, h.forViewers(key, p.calls[key])...)
	}
	for topic, v := range h.viewers {
		if p.lost[v.account] {
			out = append(out, outgoing{topic, message{Resync: true}})
		}
	}
	return out
}

// dropUnchanged takes out what was said before in the same words: the floor
// tells of every step, and many change nothing that is shown.
func (h *Hub) dropUnchanged(p *pending) {
	for agent, bar := range p.bars {
		if h.repeats("bar:"+strconv.FormatInt(agent, 10), bar) {
			delete(p.bars, agent)
		}
	}
	p.order = slices.DeleteFunc(p.order, func(key callKey) bool {
		news := p.calls[key]
		if news.call == nil {
			delete(h.said, "call:"+key.id)
			return false
		}
		return h.repeats("call:"+key.id, news.call)
	})
}

func (h *Hub) repeats(what string, v any) bool {
	raw, err := json.Marshal(v)
	if err != nil || h.said[what] == string(raw) {
		return err == nil
	}
	h.said[what] = string(raw)
	return false
}

func newsOf(key callKey, news callNews) message {
	if news.call == nil {
		return message{Ended: key.id}
	}
	return message{Call: news.call}
}

// forViewers gives the account's viewers what they may see of a call. One that
// went out of a viewer's scope has ended for them. h.mu is held.
func (h *Hub) forViewers(key callKey, news callNews) []outgoing {
	var out []outgoing
	for topic, v := range h.viewers {
		if v.account != key.account {
			continue
		}
		switch {
		case news.call != nil && v.sees(news.call):
			v.shown[key.id] = true
			out = append(out, outgoing{topic, message{Call: news.call}})
		case v.shown[key.id]:
			delete(v.shown, key.id)
			out = append(out, outgoing{topic, message{Ended: key.id}})
		}
	}
	return out
}

// Notify tells one person something, whatever page they are on; notice is
// anything that JSON can hold. It never fails: who is away finds it on the
// page that it is about.
func (h *Hub) Notify(account, user int64, notice any) {
	h.send(noticesTopic(account, user), notice, noticesSize)
}

// send publishes with a history of size for those who come back.
func (h *Hub) send(topic string, v any, size int) {
	data, err := json.Marshal(v)
	if err == nil {
		h.published.Inc()
		_, err = h.node.Publish(topic, data, centrifuge.WithHistory(size, history))
	}
	if err != nil {
		h.log.Error("realtime: publication failed", "topic", topic, "err", err)
	}
}
