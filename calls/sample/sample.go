// Package sample makes up calls: as many as wanted, over a span of days, with
// the spread of outcomes, waits and talks that a contact centre has. Figures
// are measured on them, and large tables are tried with them. The same seed
// makes the same calls.
package sample

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"switchdesk/calls"
)

// Named is a row of the account that calls refer to.
type Named struct {
	ID   int64
	Name string
}

// Plan says what is made up. Agents, Groups and Services must not be empty.
type Plan struct {
	Account  int64
	Agents   []Named
	Groups   []Named
	Services []string // numbers that are dialled
	From, To time.Time
	Zone     *time.Location // whose office hours are busy; nil: UTC
	Count    int
	Callers  int  // how many different customers there are; 0: a tenth of Count, 1,000 at least
	Records  bool // the records alone, without steps, rings, legs, visits and recordings
	Seed     uint64
}

// Calls gives the plan's calls one after another, day by day.
type Calls struct {
	plan Plan
	rand *rand.Rand
	made int
	step time.Duration
	seq  uint16
}

// New begins a plan.
func New(p Plan) *Calls {
	if p.Zone == nil {
		p.Zone = time.UTC
	}
	if p.Callers <= 0 {
		p.Callers = max(p.Count/10, 1000)
	}
	p.Callers = min(p.Callers, 1_000_000)
	step := time.Duration(0)
	if p.Count > 0 {
		step = p.To.Sub(p.From) / time.Duration(p.Count)
	}
	return &Calls{plan: p, rand: rand.New(rand.NewPCG(p.Seed, 0x5357495443484445)), step: step}
}

// Next gives the next call, day by day; false at the end.
func (c *Calls) Next() (calls.Bundle, bool) {
	if c.made >= c.plan.Count {
		return calls.Bundle{}, false
	}
	at := c.plan.From.Add(time.Duration(c.made) * c.step)
	at = at.Add(time.Duration(c.rand.Int64N(int64(max(c.step, 1)))))
	c.made++
	b := c.call(c.busy(at).UTC().Truncate(time.Microsecond))
	if c.plan.Records {
		b.Steps, b.Rings, b.Legs, b.Visits, b.Recording = nil, nil, nil, nil, nil
	}
	return b, true
}

// busy moves most of a night's calls into the same day's office hours.
func (c *Calls) busy(at time.Time) time.Time {
	local := at.In(c.plan.Zone)
	if h := local.Hour(); h >= 8 && h < 21 || c.rand.IntN(10) == 0 {
		return at
	}
	// Two humps, at ten and at fifteen o'clock.
	peak := 10.0
	if c.rand.IntN(5) < 2 {
		peak = 15
	}
	hour := math.Min(math.Max(peak+c.rand.NormFloat64()*1.6, 8), 20.99)
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, c.plan.Zone)
	moved := day.Add(time.Duration(hour * float64(time.Hour)))
	if moved.Before(c.plan.From) || !moved.Before(c.plan.To) {
		return at
	}
	return moved
}

// id is a UUIDv7 of the call's beginning, so that ids rise with time as those
// of real calls do.
func (c *Calls) id(at time.Time) string {
	var u uuid.UUID
	binary.BigEndian.PutUint64(u[:8], uint64(at.UnixMilli())<<16)
	c.seq++
	binary.BigEndian.PutUint16(u[6:8], 0x7000|uint16(at.Nanosecond()/1000%1000)<<2&0x0fff)
	binary.BigEndian.PutUint64(u[8:], c.rand.Uint64())
	binary.BigEndian.PutUint16(u[9:11], c.seq)
	u[8] = u[8]&0x3f | 0x80
	return u.String()
}

func (c *Calls) one(of []Named) Named { return of[c.skewed(len(of))] }

// skewed draws a number below n, the first ones more often.
func (c *Calls) skewed(n int) int {
	f := c.rand.Float64()
	return min(int(f*f*float64(n)), n-1)
}

// seconds draws a length with a long tail around the median.
func (c *Calls) seconds(median, most float64) float64 {
	s := median * math.Exp(c.rand.NormFloat64()*0.8)
	return math.Round(math.Min(s, most)*1000) / 1000
}

func after(t time.Time, seconds float64) time.Time {
	return t.Add(time.Duration(seconds * float64(time.Second))).Truncate(time.Microsecond)
}

// customer is somebody who calls now and then; the same number has always the
// same name and region.
func (c *Calls) customer() (number, name, region string, id int64) {
	n := c.skewed(c.plan.Callers)
	number = fmt.Sprintf("13900%02d%04d", n/10000%100, n%10000)
	region = regions[n%len(regions)]
	if n%3 == 0 { // one in three is known
		name = surnames[n%len(surnames)] + given[n/7%len(given)]
		id = int64(n/3 + 1)
	}
	return number, name, region, id
}

func (c *Calls) call(at time.Time) calls.Bundle {
	number, name, region, customer := c.customer()
	service := c.plan.Services[c.skewed(len(c.plan.Services))]
	r := calls.Record{
		ID: c.id(at), AccountID: c.plan.Account, Direction: calls.In, From: number, To: service, Service: service,
		Region: region, StartedAt: at, CustomerID: customer, CustomerName: name, RecordingState: calls.RecNone,
		HangupCause: "NORMAL_CLEARING", HangupBy: "customer",
	}
	b := &building{Calls: c, b: calls.Bundle{Account: c.plan.Account, Record: r}, now: at}
	if c.rand.IntN(10) < 3 {
		b.outbound()
	} else {
		b.inbound()
	}
	return b.finish()
}
