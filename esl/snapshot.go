package esl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// rows is what `show … as json` answers.
type rows struct {
	Rows []row `json:"rows"`
}

// row has the columns that are used of channels, calls and registrations.
type row struct {
	UUID      string `json:"uuid"`
	Direction string `json:"direction"`
	Created   string `json:"created_epoch"`
	From      string `json:"cid_num"`
	To        string `json:"dest"`
	State     string `json:"state"`
	CallState string `json:"callstate"`
	App       string `json:"application"`
	AppData   string `json:"application_data"`
	Context   string `json:"context"`
	Peer      string `json:"b_uuid"`
	RegUser   string `json:"reg_user"`
	Realm     string `json:"realm"`
	URL       string `json:"url"`
}

// snapshot asks for all that the switch has now.
func (s *session) snapshot(ctx context.Context) (Event, error) {
	started := time.Now()
	select {
	case <-time.After(s.n.cfg.Settle):
	case <-s.done:
		return Event{}, s.err
	}
	ev := Event{Kind: Snapshot, Node: s.n.cfg.Name}
	channels, err := s.show(ctx, "channels")
	if err != nil {
		return ev, err
	}
	calls, err := s.show(ctx, "bridged_calls")
	var no *Refusal
	if errors.As(err, &no) {
		calls, err = s.show(ctx, "calls")
	}
	if err != nil {
		return ev, err
	}
	phones, err := s.show(ctx, "registrations")
	if err != nil {
		return ev, err
	}
	peers := make(map[string]string, 2*len(calls))
	for _, r := range calls {
		if r.Peer != "" {
			peers[r.UUID], peers[r.Peer] = r.Peer, r.UUID
		}
	}
	ev.Channels = make([]Channel, 0, len(channels))
	for _, r := range channels {
		ev.Channels = append(ev.Channels, r.channel(peers))
	}
	ev.Phones = make([]Phone, 0, len(phones))
	for _, r := range phones {
		ev.Phones = append(ev.Phones, Phone{User: r.RegUser, Domain: r.Realm, Contact: r.URL})
	}
	ev.At = s.n.now()
	s.n.stats.snapshotTook(time.Since(started))
	return ev, nil
}

func (r row) channel(peers map[string]string) Channel {
	c := Channel{
		UUID: r.UUID, Inbound: r.Direction == "inbound", From: r.From, To: r.To, State: r.State,
		CallSt: r.CallState, App: r.App, AppData: r.AppData, Peer: peers[r.UUID], Context: r.Context,
	}
	if sec, err := strconv.ParseInt(r.Created, 10, 64); err == nil && sec > 0 {
		c.Created = time.Unix(sec, 0).UTC()
	}
	return c
}

func (s *session) show(ctx context.Context, what string) ([]row, error) {
	c := &call{enc: encoded{wires: []wire{api("show %s as json", what)}}, keep: true, slow: true}
	r, err := s.ask(ctx, c, 4*s.n.cfg.ReplyTimeout)
	if err != nil {
		return nil, fmt.Errorf("show %s: %w", what, err)
	}
	var out rows
	if err := json.Unmarshal([]byte(r.Body), &out); err != nil {
		return nil, fmt.Errorf("%w: show %s: %w", ErrFrame, what, err)
	}
	return out.Rows, nil
}
