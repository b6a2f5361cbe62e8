package floor

import (
	"container/heap"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"switchdesk/agents"
	"switchdesk/calls"
	"switchdesk/esl"
)

// model is a switch, its callers and its agents' phones in virtual time: it
// obeys orders after random delays, loses its socket, refuses, and lets
// people hang up whenever they like.
type model struct {
	rng    *rand.Rand
	now    time.Time
	seq    int
	todo   moments
	core   *Core
	legs   map[string]*modelLeg
	up     bool
	faults bool

	arrived  int
	ended    map[string]calls.Outcome
	bundles  int
	sum      map[calls.Outcome]int
	everLegs map[string]bool
	steps    int
	check    func()
	crashes  int
	kept     map[string][]byte // the journal, if crashes are played
	ids      func() string
	set      *Settings
	spoken   map[string]bool          // texts whose sounds are there
	backs    map[string]calls.Outcome // ended call-backs
	asked    int                      // calls in which a rating was asked for
	rated    int
	passed   int
	cut      int // customers lost because the agent's leg was hung up too soon
}

type modelLeg struct {
	stays    bool // parks when the talk is over
	killed   bool
	joining  bool // its bridge is under way
	uuid     string
	inbound  bool
	answered bool
	playing  string // ID of what plays
	app      string
	peer     string
	call     string
	from, to string
	created  time.Time
}

type moment struct {
	at  time.Time
	seq int
	f   func()
}

type moments []moment

func (m moments) Len() int { return len(m) }
func (m moments) Less(i, j int) bool {
	if m[i].at.Equal(m[j].at) {
		return m[i].seq < m[j].seq
	}
	return m[i].at.Before(m[j].at)
}
func (m moments) Swap(i, j int) { m[i], m[j] = m[j], m[i] }
func (m *moments) Push(x any)   { *m = append(*m, x.(moment)) }
func (m *moments) Pop() any {
	old := *m
	x := old[len(old)-1]
	*m = old[:len(old)-1]
	return x
}

func (m *model) after(d time.Duration, f func()) {
	m.seq++
	heap.Push(&m.todo, moment{m.now.Add(d), m.seq, f})
}

func (m *model) ms(from, to int) time.Duration {
	return time.Duration(from+m.rng.IntN(to-from+1)) * time.Millisecond
}

func (m *model) chance(percent float64) bool { return m.rng.Float64()*100 < percent }

// emit delivers an event, unless the socket is down: then it is lost for ever.
func (m *model) emit(e esl.Event) {
	if !m.up {
		return
	}
	e.Node = "fs1"
	if l := m.legs[e.UUID]; l != nil && e.Call == "" {
		e.Call = l.call
		e.Inbound = l.inbound
	}
	m.core.Event(&e, m.now)
	m.drain()
}

// run plays everything that is due until the given time.
func (m *model) run(until time.Time) {
	for {
		at := m.core.Next()
		if len(m.todo) > 0 && (at.IsZero() || !m.todo[0].at.After(at)) {
			at = m.todo[0].at
		}
		if at.IsZero() || at.After(until) {
			break
		}
		if at.After(m.now) {
			m.now = at
		}
		if len(m.todo) > 0 && !m.todo[0].at.After(m.now) {
			heap.Pop(&m.todo).(moment).f()
		}
		m.core.Tick(m.now)
		m.drain()
	}
	m.now = until
}

// drain carries out what the floor ordered.
func (m *model) drain() {
	m.steps++
	d := m.core.Drain()
	orders := append([]Order(nil), d.Orders...)
	for i := range d.Ended {
		b := &d.Ended[i]
		m.bundles++
		if _, twice := m.ended[b.Record.ID]; twice {
			panic("call ended twice: " + b.Record.ID)
		}
		m.ended[b.Record.ID] = b.Record.Outcome
		if b.Record.Direction == calls.In {
			m.sum[b.Record.Outcome]++
		}
		checkStretches(b)
		if b.Record.CallbackOf != "" {
			m.backs[b.Record.ID] = b.Record.Outcome
			if b.Record.Direction != calls.Out {
				panic("a call-back that came in: " + b.Record.ID)
			}
		}
		if b.Record.RatingAsked != "" {
			m.asked++
		}
		if b.Record.Rating != "" {
			m.rated++
			if b.Record.RatingAsked == "" {
				panic("rated without having been asked: " + b.Record.ID)
			}
		}
		for _, l := range b.Legs {
			if m.everLegs[l.UUID] {
				panic("leg in two records: " + l.UUID)
			}
			m.everLegs[l.UUID] = true
		}
	}
	for _, a := range d.Agents {
		spans := a.Drain()
		for i := 1; i < len(spans); i++ {
			if spans[i].From.Before(spans[i-1].To) {
				panic(fmt.Sprintf("time log overlaps: %+v %+v", spans[i-1], spans[i]))
			}
		}
	}
	m.journal(d)
	m.speak(d.Speeches)
	m.core.Clear()
	if m.check != nil {
		m.check()
	}
	for _, o := range orders {
		m.obey(o.Command)
	}
}

// speak lets texts be spoken after a while.
func (m *model) speak(list []Speech) {
	core := m.core
	for _, s := range list {
		texts := s.Prompts
		m.after(m.ms(10, 3000), func() {
			for _, p := range texts {
				if m.chance(80) {
					m.spoken[p.Text] = true
				}
			}
			if m.core == core && s.ID != "" {
				m.core.Spoken(s.Call, s.ID, m.now)
				m.drain()
			}
		})
	}
}

// journal keeps what a real journal would have after this step.
func (m *model) journal(d *Drained) {
	if m.kept == nil {
		return
	}
	put := func(key string, v any) {
		data, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		m.kept[key] = data
	}
	for _, l := range d.Changed {
		if m.core.live[l.Call.ID] == l {
			put("call "+l.Call.ID, l)
		}
	}
	for _, a := range d.Agents {
		put(fmt.Sprintf("agent %d", a.ID), a)
	}
	for i := range d.Ended {
		delete(m.kept, "call "+d.Ended[i].Record.ID)
	}
}

// crash kills the controller and starts another from the journal; the switch
// has gone on meanwhile.
func (m *model) crash(away time.Duration) {
	if !m.up {
		return
	}
	m.up = false
	m.crashes++
	m.core = New(m.set, m.ids) // deaf until it is back
	m.after(away, func() {
		m.core.Apply(m.set, m.now)
		for key, data := range m.kept {
			if strings.HasPrefix(key, "call ") {
				l := &Live{}
				if err := json.Unmarshal(data, l); err != nil {
					panic(err)
				}
				m.core.Readmit(l, m.now)
			}
		}
		for id := range m.set.Accounts[1].Agents {
			a := &agents.Agent{}
			if data := m.kept[fmt.Sprintf("agent %d", id)]; data != nil {
				if err := json.Unmarshal(data, a); err != nil {
					panic(err)
				}
				m.core.Seat(a, m.now)
			}
		}
		m.reconnect()
	})
}

func (m *model) fail(c esl.Command, id, cause string) {
	core := m.core
	m.after(m.ms(1, 5), func() {
		if m.core != core {
			return // whoever ordered it is dead
		}
		m.core.Event(&esl.Event{Kind: esl.Failed, Node: "fs1", UUID: c.Leg(), AppID: id, Cause: cause, Sent: c}, m.now)
		m.drain()
	})
}

func (m *model) obey(c esl.Command) {
	if !m.up {
		m.fail(c, "", esl.ErrOffline.Error())
		return
	}
	if x, ok := c.(esl.Originate); ok {
		m.originate(x)
		return
	}
	l := m.legs[c.Leg()]
	if l == nil {
		m.fail(c, "", "No such channel!")
		return
	}
	if m.faults && m.chance(0.2) {
		return // an order that is lost without a word
	}
	switch x := c.(type) {
	case esl.AnswerLeg:
		l.answered = true
		m.later(l, 2, 20, esl.Event{Kind: esl.Answer, UUID: l.uuid})
	case esl.PlayFiles:
		m.play(l, x.ID, x.Loop, "")
	case esl.CollectDigits:
		digits := []string{"1", "2", "0", "9", ""}[m.rng.IntN(5)]
		m.play(l, x.ID, false, digits)
	case esl.Break:
		m.stopPlay(l)
	case esl.BridgeLegs:
		m.bridge(x)
	case esl.ParkLeg:
		m.park(l)
	case esl.HangupLeg:
		peer := m.legs[l.peer]
		l.killed = true
		m.after(m.ms(1, 30), func() {
			// A leg that ends while its bridge is made takes the other along.
			if l.joining && m.legs[l.uuid] == l && peer != nil && m.legs[peer.uuid] == peer && !peer.killed {
				m.cut++
				m.gone(peer.uuid, "ORIGINATOR_CANCEL")
				return
			}
			m.gone(l.uuid, x.Cause)
		})
	case esl.SetVars:
		if x.Vars["sd_call"] != "" {
			l.call = x.Vars["sd_call"]
		}
		if x.Vars["hangup_after_bridge"] == "false" {
			l.stays = true
		}
	case esl.DumpChannel:
		m.dump(l)
	case esl.TransferLeg:
		m.after(m.ms(500, 4000), func() { m.gone(l.uuid, "NORMAL_TEMPORARY_FAILURE") })
	}
}

func (m *model) later(l *modelLeg, from, to int, e esl.Event) {
	m.after(m.ms(from, to), func() {
		if m.legs[l.uuid] == l {
			m.emit(e)
		}
	})
}

func (m *model) play(l *modelLeg, id string, loop bool, digits string) {
	l.playing, l.app = id, "playback"
	if loop {
		return
	}
	m.after(m.ms(200, 6000), func() {
		if m.legs[l.uuid] == l && l.playing == id {
			l.playing, l.app = "", "park"
			m.emit(esl.Event{Kind: esl.ExecuteComplete, UUID: l.uuid, AppID: id, Digits: digits})
		}
	})
}

func (m *model) stopPlay(l *modelLeg) {
	id := l.playing
	l.playing, l.app = "", "park"
	if id != "" {
		m.later(l, 1, 20, esl.Event{Kind: esl.ExecuteComplete, UUID: l.uuid, AppID: id})
	}
}

func (m *model) bridge(x esl.BridgeLegs) {
	a, b := m.legs[x.A], m.legs[x.B]
	if a == nil || b == nil || !a.answered || !b.answered {
		m.fail(x, "", "No such channel!")
		return
	}
	m.stopPlay(a)
	m.stopPlay(b)
	a.peer, b.peer = b.uuid, a.uuid
	a.app, b.app = "uuid_bridge", "uuid_bridge"
	a.joining, b.joining = true, true
	m.after(m.ms(20, 80), func() {
		a.joining, b.joining = false, false
		if m.legs[a.uuid] == a {
			m.emit(esl.Event{Kind: esl.Bridge, UUID: a.uuid, Other: b.uuid})
		}
	})
	// The talk lasts until one of them has had enough.
	m.after(20*time.Minute, func() { m.gone(a.uuid, "NORMAL_CLEARING") })
	if m.chance(90) {
		who := a.uuid
		if m.chance(50) {
			who = b.uuid
		}
		m.after(m.ms(500, 90_000), func() { m.gone(who, "NORMAL_CLEARING") })
	}
}

func (m *model) park(l *modelLeg) {
	for _, x := range []*modelLeg{l, m.legs[l.peer]} {
		if x != nil {
			x.peer, x.app, x.playing = "", "park", ""
			m.later(x, 5, 30, esl.Event{Kind: esl.Park, UUID: x.uuid, Context: contextPublic})
		}
	}
}

// gone ends a leg as the real switch does: when the customer goes, the
// agent's leg is told first; when the agent goes, the customer parks first.
func (m *model) gone(uuid, cause string) {
	l := m.legs[uuid]
	if l == nil {
		return
	}
	peer := m.legs[l.peer]
	if peer != nil {
		peer.peer = ""
		if l.inbound {
			delete(m.legs, peer.uuid)
			m.emit(esl.Event{Kind: esl.Hangup, UUID: peer.uuid, Call: peer.call, Cause: "NORMAL_CLEARING"})
		} else if peer.inbound || peer.stays {
			peer.app = "park"
			m.emit(esl.Event{Kind: esl.Park, UUID: peer.uuid, Context: "switchdesk"})
		} else {
			delete(m.legs, peer.uuid)
			m.emit(esl.Event{Kind: esl.Hangup, UUID: peer.uuid, Call: peer.call, Cause: "NORMAL_CLEARING"})
		}
	}
	delete(m.legs, uuid)
	m.emit(esl.Event{Kind: esl.Hangup, UUID: uuid, Call: l.call, Inbound: l.inbound, Cause: cause})
	if m.faults && m.chance(1) {
		m.emit(esl.Event{Kind: esl.Hangup, UUID: uuid, Call: l.call, Inbound: l.inbound, Cause: cause}) // twice
	}
}

func (m *model) dump(l *modelLeg) {
	m.after(m.ms(1, 5), func() {
		if m.legs[l.uuid] != l {
			return
		}
		m.emit(esl.Event{Kind: esl.Dump, UUID: l.uuid, Inbound: l.inbound, From: l.from, To: l.to, Context: contextPublic,
			Vars: map[string]string{"sd_call": l.call, "current_application": l.app}})
	})
}

// originate is a phone: rings, and is answered, refused, left to ring, or not
// there at all.
func (m *model) originate(x esl.Originate) {
	if m.chance(5) {
		m.fail(x, "", "USER_NOT_REGISTERED")
		return
	}
	if m.faults && m.chance(0.5) {
		return // swallowed
	}
	l := &modelLeg{uuid: x.UUID, call: x.Vars["sd_call"], app: "", created: m.now}
	m.after(m.ms(1, 10), func() {
		m.legs[l.uuid] = l
		m.emit(esl.Event{Kind: esl.Create, UUID: l.uuid})
		m.later(l, 10, 300, esl.Event{Kind: esl.Progress, UUID: l.uuid})
	})
	r := m.rng.Float64()
	switch {
	case r < 0.7:
		m.after(m.ms(20, 15_000), func() {
			if m.legs[l.uuid] != l {
				return
			}
			l.answered, l.app = true, "park"
			m.emit(esl.Event{Kind: esl.Answer, UUID: l.uuid})
			if m.legs[l.uuid] == l {
				m.emit(esl.Event{Kind: esl.Park, UUID: l.uuid})
			}
		})
		if m.chance(3) { // answered and hung up in the same millisecond
			m.after(m.ms(20, 15_000), func() { m.gone(l.uuid, "NORMAL_CLEARING") })
		}
	case r < 0.8:
		m.after(m.ms(500, 5000), func() { m.gone(l.uuid, "CALL_REJECTED") })
	case r < 0.97 || !m.faults:
		m.after(x.Timeout, func() {
			if m.legs[l.uuid] == l && !l.answered {
				m.gone(l.uuid, "NO_ANSWER")
			}
		})
	default: // rings for ever
	}
}

// call lets somebody dial a service number.
func (m *model) call(to string) {
	m.arrived++
	uuid := fmt.Sprintf("caller-%d", m.arrived)
	from := fmt.Sprintf("139%08d", m.rng.IntN(5000))
	l := &modelLeg{uuid: uuid, inbound: true, app: "park", from: from, to: to, created: m.now}
	m.legs[uuid] = l
	m.emit(esl.Event{Kind: esl.Create, UUID: uuid, From: from, To: to, Context: contextPublic})
	m.emit(esl.Event{Kind: esl.Park, UUID: uuid, From: from, To: to, Context: contextPublic})
	if m.chance(25) {
		m.after(m.ms(3000, 120_000), func() {
			if m.legs[uuid] != nil {
				m.emit(esl.Event{Kind: esl.DTMF, UUID: uuid, Digits: []string{"1", "2", "3", "#"}[m.rng.IntN(4)]})
			}
		})
	}
	patience := m.ms(100, 240_000)
	if m.chance(10) {
		patience = m.ms(0, 1500)
	}
	m.after(patience, func() {
		if x := m.legs[uuid]; x != nil && (x.peer == "" || m.chance(60)) {
			m.gone(uuid, "ORIGINATOR_CANCEL")
		}
	})
	m.after(15*time.Minute, func() { m.gone(uuid, "NORMAL_CLEARING") }) // nobody stays for ever
}

// drop loses the socket for a while; what happens meanwhile is never told.
func (m *model) drop(d time.Duration) {
	if !m.up {
		return
	}
	m.up = false
	m.core.Event(&esl.Event{Kind: esl.Disconnected, Node: "fs1"}, m.now)
	m.drain()
	m.after(d, m.reconnect)
}

func (m *model) reconnect() {
	m.up = true
	m.emit(esl.Event{Kind: esl.Connected})
	m.emit(m.snapshot())
}

func (m *model) snapshot() esl.Event {
	e := esl.Event{Kind: esl.Snapshot}
	for _, l := range m.legs {
		ch := esl.Channel{UUID: l.uuid, Inbound: l.inbound, From: l.from, To: l.to, App: l.app, Peer: l.peer, Context: contextPublic, CallSt: "RINGING", Created: l.created}
		if l.answered {
			ch.CallSt = "ACTIVE"
		}
		e.Channels = append(e.Channels, ch)
	}
	for user := range m.core.phone {
		e.Phones = append(e.Phones, esl.Phone{User: user})
	}
	return e
}
