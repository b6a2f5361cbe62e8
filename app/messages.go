package app

import (
	"context"
	"log/slog"
	"time"

	"switchdesk/api"
	"switchdesk/calls"
	"switchdesk/queues"
)

// tellTime bounds looking up whom a message is for.
const tellTime = 2 * time.Second

// teller tells the members of a skill group that a caller has left a message
// for it. Nothing hangs on it: the message is in the list of calls.
type teller struct {
	groups func(ctx context.Context, account int64) ([]queues.Group, error)
	notify func(account, user int64, notice any)
	log    *slog.Logger
}

// tell looks through records that have just been written.
func (t teller) tell(bundles []calls.Bundle) {
	for i := range bundles {
		r := &bundles[i].Record
		if r.Outcome != calls.LeftMessage || r.GroupID == 0 || bundles[i].Recording == nil {
			continue
		}
		ctx, cancel := context.WithTimeout(context.Background(), tellTime)
		groups, err := t.groups(ctx, bundles[i].Account)
		cancel()
		if err != nil {
			t.log.Warn("nobody was told of a message", "call", r.ID, "error", err)
			continue
		}
		n := api.MessageNotice{Kind: "voicemail", Call: r.ID, From: r.From, Customer: r.CustomerName, Group: r.GroupName}
		for _, g := range groups {
			if g.ID != r.GroupID {
				continue
			}
			for _, m := range g.Members {
				t.notify(bundles[i].Account, m.Agent, n)
			}
		}
	}
}
