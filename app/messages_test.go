package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"

	"switchdesk/api"
	"switchdesk/calls"
	"switchdesk/queues"
)

// The members of its group are told of a message, and nobody else; a database
// that is away costs no more than the notice.
func TestMembersAreToldOfMessages(t *testing.T) {
	var told []string
	down := false
	tl := teller{
		groups: func(_ context.Context, account int64) ([]queues.Group, error) {
			if down {
				return nil, errors.New("away")
			}
			return []queues.Group{
				{ID: 1, Account: account, Members: []queues.Member{{Agent: 11}, {Agent: 12}}},
				{ID: 2, Account: account, Members: []queues.Member{{Agent: 12}, {Agent: 13}}},
			}, nil
		},
		notify: func(account, user int64, notice any) {
			n := notice.(api.MessageNotice)
			told = append(told, fmt.Sprint(account, user, " ", n.Call, " ", n.From, " ", n.Group))
		},
		log: slog.New(slog.DiscardHandler),
	}
	bundle := func(id string, outcome calls.Outcome, group int64) calls.Bundle {
		return calls.Bundle{
			Account: 7, Recording: &calls.RecordingRow{},
			Record: calls.Record{ID: id, From: "13957112345", Outcome: outcome, GroupID: group, GroupName: "售后"},
		}
	}
	silent := bundle("e", calls.LeftMessage, 2)
	silent.Recording = nil
	tl.tell([]calls.Bundle{
		bundle("a", calls.LeftMessage, 2), bundle("b", calls.Answered, 2), bundle("c", calls.LeftMessage, 0), bundle("d", calls.LeftMessage, 9), silent,
	})
	if want := []string{"7 12 a 13957112345 售后", "7 13 a 13957112345 售后"}; !slices.Equal(told, want) {
		t.Errorf("told %q", told)
	}
	down = true
	tl.tell([]calls.Bundle{bundle("a", calls.LeftMessage, 2)})
	if len(told) != 2 {
		t.Errorf("told %q", told)
	}
}
