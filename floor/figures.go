package floor

import (
	"slices"
	"strconv"
	"sync"
	"time"

	"switchdesk/agents"
)

// Figures are counts since the start, for metrics and the demo's summary.
type Figures struct {
	Ended  map[string]int // by outcome
	Offers int
	Waits  []time.Duration // agent free → offered, the last 10,000
	Live   int             // calls going on
	Orders int             // commands to switches
	Steps  int             // IVR steps of ended calls
}

// Quantile gives the q-quantile (0 to 1) of the waits.
func (f Figures) Quantile(q float64) time.Duration {
	if len(f.Waits) == 0 {
		return 0
	}
	w := slices.Clone(f.Waits)
	slices.Sort(w)
	return w[int(q*float64(len(w)-1))]
}

type figures struct {
	mu sync.Mutex
	f  Figures
}

const keptWaits = 10_000

func (g *figures) take(d *Drained, live int, sent time.Time) {
	if len(d.Changed) == 0 && len(d.Ended) == 0 && len(d.Offered) == 0 && len(d.Orders) == 0 {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.f.Ended == nil {
		g.f.Ended = map[string]int{}
	}
	for i := range d.Ended {
		g.f.Ended[string(d.Ended[i].Record.Outcome)]++
		g.f.Steps += len(d.Ended[i].Steps)
	}
	g.f.Live = live
	g.f.Orders += len(d.Orders)
	g.f.Offers += len(d.Offered)
	for _, since := range d.Offered {
		g.f.Waits = append(g.f.Waits, sent.Sub(since))
	}
	if extra := len(g.f.Waits) - keptWaits; extra > 0 {
		g.f.Waits = append(g.f.Waits[:0], g.f.Waits[extra:]...)
	}
}

// Figures copies the counts.
func (s *Service) Figures() Figures {
	s.figures.mu.Lock()
	defer s.figures.mu.Unlock()
	f := s.figures.f
	f.Waits = slices.Clone(f.Waits)
	ended := make(map[string]int, len(f.Ended))
	for k, v := range f.Ended {
		ended[k] = v
	}
	f.Ended = ended
	return f
}

func spanKey(sp agents.Span, seq int64) string {
	return strconv.FormatInt(sp.Agent, 10) + "-" + strconv.FormatInt(sp.From.UnixNano(), 36) + "-" + strconv.FormatInt(seq, 36)
}

func spanOwner(agent int64) string { return strconv.FormatInt(agent, 10) }
