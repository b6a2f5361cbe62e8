package esl

import (
	"context"
	"sync"
)

// Resync asks for another Snapshot while connected, as a regular audit; it is
// delivered among the events when the switch has answered. It never waits,
// and does nothing while offline or while one is under way.
//
// Events go on meanwhile, so the Snapshot is brought up to its own place in
// their order: a leg that was created since is in it, one that has hung up
// since is not.
func (n *Node) Resync() {
	s, err := n.current()
	if err != nil || !n.resyncing.CompareAndSwap(false, true) {
		return
	}
	a := &audit{born: make(map[string]Channel), dead: make(map[string]bool), up: make(map[string]bool), peers: make(map[string]string)}
	s.audit.Store(a)
	go func() {
		defer n.resyncing.Store(false)
		defer s.audit.Store(nil)
		snap, err := s.snapshot(context.Background()) // ends with the session
		if err != nil {
			return
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.correct(&snap)
		n.q.say(snap)
		n.stats.synced(len(snap.Channels))
	}()
}

// audit notes which legs came and went while a snapshot was being taken.
// Whoever notes an event does so before it is queued; the one who corrects
// the snapshot holds mu until that is queued, so none falls in between.
type audit struct {
	mu   sync.Mutex
	born map[string]Channel
	dead map[string]bool

	up    map[string]bool   // answered since
	peers map[string]string // bridged since, or "" for unbridged
}

func (a *audit) note(ev *Event) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch ev.Kind {
	case Create:
		a.born[ev.UUID] = Channel{UUID: ev.UUID, Inbound: ev.Inbound, Created: ev.At, From: ev.From, To: ev.To,
			State: "CS_INIT", CallSt: "DOWN", Context: ev.Context}
	case Answer:
		a.up[ev.UUID] = true
	case Bridge:
		a.peers[ev.UUID], a.peers[ev.Other] = ev.Other, ev.UUID
	case Unbridge:
		a.peers[ev.UUID], a.peers[ev.Other] = "", ""
	case Hangup:
		a.dead[ev.UUID] = true
	}
}

func (a *audit) correct(snap *Event) {
	for i := range snap.Channels {
		delete(a.born, snap.Channels[i].UUID)
	}
	for _, c := range a.born {
		snap.Channels = append(snap.Channels, c)
	}
	kept := snap.Channels[:0]
	for _, c := range snap.Channels {
		if a.dead[c.UUID] {
			continue
		}
		if a.up[c.UUID] {
			c.CallSt = "ACTIVE"
		}
		if peer, changed := a.peers[c.UUID]; changed {
			c.Peer = peer
		}
		kept = append(kept, c)
	}
	snap.Channels = kept
}
