package esl

import "context"

// Resync asks for another Snapshot while connected, as a regular audit; it is
// delivered among the events when the switch has answered. It never waits,
// and does nothing while offline or while one is under way.
func (n *Node) Resync() {
	s, err := n.current()
	if err != nil || !n.resyncing.CompareAndSwap(false, true) {
		return
	}
	go func() {
		defer n.resyncing.Store(false)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		go func() {
			select {
			case <-s.done:
				cancel()
			case <-ctx.Done():
			}
		}()
		if snap, err := s.snapshot(ctx); err == nil {
			n.q.say(snap)
			n.stats.synced(len(snap.Channels))
		}
	}()
}
