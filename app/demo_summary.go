package app

import (
	"context"
	"fmt"
	"time"

	"switchdesk/calls"
)

// Summary is what a scripted run came to.
type Summary struct {
	Calls      int            `json:"calls"`
	Outcomes   map[string]int `json:"outcomes"`
	Total      int            `json:"total"`        // inbound records
	SumOfParts int            `json:"sum_of_parts"` // ivr + answered + … (manual 4.1.1)
	SumHolds   bool           `json:"sum_holds"`
	Recordings recordingSum   `json:"recordings"`
	IVRSteps   int            `json:"ivr_steps"`
	Agents     map[string]int `json:"agents"`
	Offer      offerDelay     `json:"agent_free_to_offer_ms"`
	Good       bool           `json:"good"`
	Problem    string         `json:"problem,omitempty"`
}

type recordingSum struct {
	Expected int `json:"expected"`
	Stored   int `json:"stored"`
	Waiting  int `json:"waiting"`
	Missing  int `json:"missing"`
}

type offerDelay struct {
	P50   float64 `json:"p50"`
	P99   float64 `json:"p99"`
	Count int     `json:"count"`
}

// summary waits until every call has ended and is stored, and counts.
func (c *crowd) summary(ctx context.Context, n int) (Summary, error) {
	account, err := c.app.accounts.AccountBySlug(ctx, demoSlug)
	if err != nil {
		return Summary{}, err
	}
	until := time.Now().Add(demoLimit)
	for {
		s, done, err := c.count(ctx, account.ID, n)
		if err != nil || done || time.Now().After(until) {
			if err == nil && !done {
				s.Good, s.Problem = false, "not everything ended in time"
			}
			return s, err
		}
		select {
		case <-ctx.Done():
			return s, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (c *crowd) count(ctx context.Context, account int64, n int) (s Summary, done bool, err error) {
	s = Summary{Calls: n, Outcomes: map[string]int{}, Agents: map[string]int{}}
	live, err := c.app.floor.LiveCalls(ctx, account)
	if err != nil {
		return s, false, err
	}
	totals, err := c.app.calls.Totals(ctx, account)
	if err != nil {
		return s, false, err
	}
	for o, k := range totals.Outcomes {
		s.Outcomes[string(o)] = k
	}
	s.Total, s.IVRSteps = totals.Inbound, totals.Steps
	for _, o := range calls.InboundOutcomes {
		s.SumOfParts += totals.Outcomes[o]
	}
	s.SumHolds = s.Total == s.SumOfParts
	s.Recordings = recordingSum{Stored: totals.Recordings[calls.RecStored], Waiting: totals.Recordings[calls.RecWaiting], Missing: totals.Recordings[calls.RecMissing]}
	s.Recordings.Expected = s.Recordings.Stored + s.Recordings.Waiting + s.Recordings.Missing
	wall, err := c.app.floor.Wall(ctx, account)
	if err != nil {
		return s, false, err
	}
	atRest := true
	for _, a := range wall.Agents {
		s.Agents[a.State]++
		atRest = atRest && a.State != "talking" && a.State != "ringing" && a.State != "wrapup"
	}
	f := c.app.floor.Figures()
	s.Offer = offerDelay{P50: ms(f.Quantile(0.5)), P99: ms(f.Quantile(0.99)), Count: f.Offers}
	done = len(live) == 0 && s.Total >= n && s.Recordings.Waiting == 0 && c.app.writer.Waiting() == 0 && atRest && c.lines.quiet()
	switch {
	case s.Total != n:
		s.Problem = fmt.Sprintf("%d calls, %d records", n, s.Total)
	case !s.SumHolds:
		s.Problem = "the outcomes do not sum up"
	case s.Recordings.Stored != s.Recordings.Expected:
		s.Problem = "not every recording is stored"
	case s.Recordings.Expected < s.Outcomes[string(calls.Answered)]:
		s.Problem = "an answered call has no recording"
	}
	s.Good = done && s.Problem == ""
	return s, done, nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
