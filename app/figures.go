package app

import (
	"context"
	"encoding/json"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"switchdesk/accounts"
	"switchdesk/esl"
)

// registerFigures gives /metrics what the floor and its nodes count.
func (a *App) registerFigures() { a.figures.MustRegister(&collector{a}, a.missing) }

func newMissing() prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{
		Name: "switchdesk_recordings_missing_total",
		Help: "Recordings that should be there and are not; any above 0 wants a look.",
	})
}

// recordingMissing raises the alarm for one recording: a figure to alert on,
// and a line in the account's log beside the one in the program's.
func (a *App) recordingMissing(account int64, call, problem string) {
	a.missing.Inc()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	detail, err := json.Marshal(map[string]string{"problem": problem})
	if err == nil {
		err = a.accounts.Append(ctx, accounts.Entry{AccountID: account, Action: "recording.missing", TargetKind: "call", TargetID: call, Detail: detail})
	}
	if err != nil {
		a.log.Error("the missing recording is not in the account's log", "call", call, "error", err)
	}
}

type collector struct{ app *App }

var (
	endedDesc   = prometheus.NewDesc("switchdesk_calls_ended_total", "Calls ended since the start, by outcome.", []string{"outcome"}, nil)
	liveDesc    = prometheus.NewDesc("switchdesk_calls_live", "Calls going on.", nil, nil)
	offersDesc  = prometheus.NewDesc("switchdesk_offers_total", "Times that an agent's phone was rung for a waiting call.", nil, nil)
	waitsDesc   = prometheus.NewDesc("switchdesk_offer_delay_seconds", "From agent free and caller waiting to the offer, the last 10,000.", nil, nil)
	writingDesc = prometheus.NewDesc("switchdesk_records_waiting", "Steps of the floor not in the database yet.", nil, nil)
	upDesc      = prometheus.NewDesc("switchdesk_switch_up", "1 while the switch's event socket is connected.", []string{"switch"}, nil)
	eventsDesc  = prometheus.NewDesc("switchdesk_switch_events_total", "Events taken from a switch.", []string{"switch"}, nil)
	queueDesc   = prometheus.NewDesc("switchdesk_switch_queue", "Events of a switch not handled yet.", []string{"switch"}, nil)
	resyncsDesc = prometheus.NewDesc("switchdesk_switch_resyncs_total", "Times that the floor was held against a switch's own list.", []string{"switch"}, nil)
)

// Describe names the figures.
func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{endedDesc, liveDesc, offersDesc, waitsDesc, writingDesc, upDesc, eventsDesc, queueDesc, resyncsDesc, diskFreeDesc, diskWriteDesc, diskAlarmDesc} {
		ch <- d
	}
}

// Collect reads them.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	f := c.app.floor.Figures()
	for outcome, n := range f.Ended {
		ch <- prometheus.MustNewConstMetric(endedDesc, prometheus.CounterValue, float64(n), outcome)
	}
	ch <- prometheus.MustNewConstMetric(liveDesc, prometheus.GaugeValue, float64(f.Live))
	ch <- prometheus.MustNewConstMetric(offersDesc, prometheus.CounterValue, float64(f.Offers))
	var sum float64
	for _, w := range f.Waits {
		sum += w.Seconds()
	}
	quantiles := map[float64]float64{0.5: f.Quantile(0.5).Seconds(), 0.99: f.Quantile(0.99).Seconds()}
	ch <- prometheus.MustNewConstSummary(waitsDesc, uint64(f.Offers), sum, quantiles)
	ch <- prometheus.MustNewConstMetric(writingDesc, prometheus.GaugeValue, float64(c.app.writer.Waiting()))
	c.disks(ch)
	for i, n := range c.app.nodes {
		c.node(ch, c.app.cfg.Switches[i].Name, n.Stats())
	}
}

func (c *collector) node(ch chan<- prometheus.Metric, name string, s esl.Stats) {
	up := 0.0
	if !s.Connected.IsZero() {
		up = 1
	}
	ch <- prometheus.MustNewConstMetric(upDesc, prometheus.GaugeValue, up, name)
	ch <- prometheus.MustNewConstMetric(eventsDesc, prometheus.CounterValue, float64(s.Events), name)
	ch <- prometheus.MustNewConstMetric(queueDesc, prometheus.GaugeValue, float64(s.Queued), name)
	ch <- prometheus.MustNewConstMetric(resyncsDesc, prometheus.CounterValue, float64(s.Resyncs), name)
}
