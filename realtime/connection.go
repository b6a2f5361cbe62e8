package realtime

import (
	"context"
	"time"

	"github.com/centrifugal/centrifuge"

	"switchdesk/accounts"
	"switchdesk/floor"
	"switchdesk/internal/fault"
)

const askFor = 5 * time.Second // how long the database or the floor may take

// connection is one browser. Its topics are settled when it connects; if its
// rights change it has to come anew.
type connection struct {
	hub    *Hub
	client *centrifuge.Client
	who    who
}

func (h *Hub) connected(client *centrifuge.Client) {
	w, ok := client.Context().Value(whoKey{}).(who)
	if !ok {
		client.Disconnect(centrifuge.DisconnectInvalidToken)
		return
	}
	c := &connection{hub: h, client: client, who: w}
	client.OnSubscribe(c.subscribe)
	client.OnUnsubscribe(c.unsubscribe)
	client.OnRefresh(c.refresh)
}

// subscribe answers in a goroutine of its own: the floor and the database are
// asked, and the connection must go on reading meanwhile.
func (c *connection) subscribe(e centrifuge.SubscribeEvent, reply centrifuge.SubscribeCallback) {
	go func() {
		ctx, cancel := context.WithTimeout(c.client.Context(), askFor)
		defer cancel()
		options, err := c.admit(ctx, e.Channel)
		reply(centrifuge.SubscribeReply{Options: options}, err)
		if err != nil || c.client.Context().Err() == nil {
			return
		}
		// The connection ended while it was let in: centrifuge may not tell.
		c.hub.left(c, e.Channel)
	}()
}

// admit lets a connection hear a topic, if it is one of its person's.
func (c *connection) admit(ctx context.Context, topic string) (centrifuge.SubscribeOptions, error) {
	actor := c.who.actor
	agent, err := c.hub.parts.IsAgent(ctx, actor.AccountID, actor.UserID)
	if err != nil {
		c.hub.log.Error("realtime: agent could not be looked up", "user", actor.UserID, "err", err)
		return centrifuge.SubscribeOptions{}, centrifuge.ErrorInternal
	}
	may := topicsOf(actor, agent)
	if !may.hears(topic) {
		return centrifuge.SubscribeOptions{}, centrifuge.ErrorPermissionDenied
	}
	options := centrifuge.SubscribeOptions{EnableRecovery: true}
	switch {
	case topic == may.bar:
		options.RecoveryMode = centrifuge.RecoveryModeCache
		c.hub.sitDown(ctx, c, topic)
	case topic == may.wall:
		options.RecoveryMode = centrifuge.RecoveryModeCache
	case personal(topic):
		visible, err := c.hub.parts.Visible(ctx, actor)
		if err != nil {
			c.hub.log.Error("realtime: scope could not be read", "user", actor.UserID, "err", err)
			return centrifuge.SubscribeOptions{}, centrifuge.ErrorInternal
		}
		c.hub.watch(topic, actor, scopeOf(actor, visible), c.client.ID())
	}
	return options, nil
}

func (c *connection) unsubscribe(e centrifuge.UnsubscribeEvent) { c.hub.left(c, e.Channel) }

// refresh asks every minute whether the session lives and the rights are as
// they were. Changed rights make the browser come anew.
func (c *connection) refresh(_ centrifuge.RefreshEvent, reply centrifuge.RefreshCallback) {
	go func() {
		ctx, cancel := context.WithTimeout(c.client.Context(), askFor)
		defer cancel()
		actor, err := c.hub.parts.Actor(ctx, c.who.token)
		switch {
		case err == nil && sameRights(actor, c.who.actor):
			reply(centrifuge.RefreshReply{ExpireAt: time.Now().Add(recheck).Unix()}, nil)
		case err == nil:
			reply(centrifuge.RefreshReply{}, centrifuge.DisconnectForceReconnect)
		case fault.KindOf(err) == fault.Unauthenticated:
			reply(centrifuge.RefreshReply{}, centrifuge.DisconnectInvalidToken)
		default:
			// The database is away: who was let in a minute ago may stay another.
			c.hub.log.Warn("realtime: session could not be checked", "user", c.who.actor.UserID, "err", err)
			reply(centrifuge.RefreshReply{ExpireAt: time.Now().Add(recheck).Unix()}, nil)
		}
	}()
}

func sameRights(a, b accounts.Actor) bool {
	if a.UserID != b.UserID || a.AccountID != b.AccountID || a.Scope != b.Scope ||
		a.DepartmentID != b.DepartmentID || a.MustChangePassword != b.MustChangePassword || len(a.Rights) != len(b.Rights) {
		return false
	}
	for i := range a.Rights {
		if a.Rights[i] != b.Rights[i] {
			return false
		}
	}
	return true
}

// desk is an agent's open bars.
type desk struct {
	account int64
	bars    map[string]bool // by connection
	empty   int             // counts the times that the last bar went, so that a late timer knows it is late
}

// sitDown notes an open bar; the first one signs the agent in at the floor. A
// floor that can't is logged: the bar shows what is true all the same.
func (h *Hub) sitDown(ctx context.Context, c *connection, _ string) {
	agent := c.who.actor.UserID
	h.mu.Lock()
	d := h.desks[agent]
	if d == nil {
		d = &desk{account: c.who.actor.AccountID, bars: make(map[string]bool)}
		h.desks[agent] = d
	}
	first := len(d.bars) == 0
	d.bars[c.client.ID()] = true
	h.mu.Unlock()
	if !first {
		return
	}
	if err := h.parts.Floor(ctx, floor.SignIn{Account: d.account, Agent: agent}); err != nil {
		h.log.Warn("realtime: agent could not be signed in", "agent", agent, "err", err)
	}
}

// left notes that a connection no longer hears a topic.
func (h *Hub) left(c *connection, topic string) {
	agent, id := c.who.actor.UserID, c.client.ID()
	h.mu.Lock()
	defer h.mu.Unlock()
	if v := h.viewers[topic]; v != nil {
		delete(v.connections, id)
		v.left = h.clock.Now()
		return
	}
	d := h.desks[agent]
	if d == nil || topic != topicsOf(c.who.actor, true).bar || !d.bars[id] {
		return
	}
	delete(d.bars, id)
	if len(d.bars) > 0 {
		return
	}
	d.empty++
	go h.signOutLater(d.account, agent, d.empty, h.clock.After(h.parts.Grace))
}

// Expect starts the grace of an agent who is signed in at the floor from
// before this process began: unless their browser comes back, they are signed
// out.
func (h *Hub) Expect(account, agent int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.desks[agent] != nil {
		return
	}
	d := &desk{account: account, bars: make(map[string]bool), empty: 1}
	h.desks[agent] = d
	go h.signOutLater(account, agent, d.empty, h.clock.After(h.parts.Grace))
}

// signOutLater signs an agent out whose last bar stayed closed for the grace:
// a reload or a short loss changes nothing. A live call goes on; the floor
// signs the agent out behind it.
func (h *Hub) signOutLater(account, agent int64, turn int, over <-chan time.Time) {
	select {
	case <-over:
	case <-h.node.NotifyShutdown():
		return
	}
	h.mu.Lock()
	d := h.desks[agent]
	gone := d != nil && len(d.bars) == 0 && d.empty == turn
	if gone {
		delete(h.desks, agent)
	}
	h.mu.Unlock()
	if !gone {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), askFor)
	defer cancel()
	if err := h.parts.Floor(ctx, floor.SignOut{Account: account, Agent: agent}); err != nil {
		h.log.Warn("realtime: agent could not be signed out", "agent", agent, "err", err)
	}
}
