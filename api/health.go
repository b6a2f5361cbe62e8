package api

import (
	"context"
	"crypto/subtle"
	"net"
	"net/http"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"switchdesk/internal/fault"
)

// figures counts requests.
type figures struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newFigures(registry *prometheus.Registry) *figures {
	if registry == nil {
		registry = prometheus.NewRegistry()
	}
	f := &figures{registry: registry, requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "switchdesk_http_request_seconds", Help: "Time to answer a request.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
	}, []string{"method", "route", "status"})}
	registry.MustRegister(f.requests)
	return f
}

// seen counts by route, never by path: a scanner makes no new series.
func (f *figures) seen(method, route string, status int, took time.Duration) {
	if route == "" {
		route = "none"
	}
	switch method {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodHead:
	default:
		method = "other"
	}
	f.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}

// MetricsHandler serves the figures on a listener of their own. It leaves
// packing to the server's own: twice packed, nobody can read them.
func (s *Server) MetricsHandler() http.Handler {
	return promhttp.HandlerFor(s.figures.registry, promhttp.HandlerOpts{DisableCompression: true})
}

// metrics asks for the token where one is set; without one only this machine
// may read, and not through a proxy.
func (s *Server) metrics(c echo.Context) error {
	if s.cfg.Metrics.Addr != "" {
		return echo.ErrNotFound
	}
	if !s.mayReadMetrics(c.Request()) {
		return fault.New(fault.Forbidden, "metrics.refused", "figures are for the operator")
	}
	s.MetricsHandler().ServeHTTP(c.Response(), c.Request())
	return nil
}

func (s *Server) mayReadMetrics(r *http.Request) bool {
	if token := s.cfg.Metrics.Token; token != "" {
		given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		return ok && subtle.ConstantTimeCompare([]byte(given), []byte(token)) == 1
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" {
		return false
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// healthz tells that the process answers; it asks nothing else, so that a lost
// database does not make a supervisor kill live calls.
func (s *Server) healthz(c echo.Context) error {
	return c.JSON(http.StatusOK, map[string]string{"status": "ok"})
}

// readiness is what /readyz answers.
type readiness struct {
	Status string            `json:"status"` // ready or not_ready
	Checks map[string]string `json:"checks"` // name: ok, or what is wrong
}

func (s *Server) readyz(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), 3*time.Second)
	defer cancel()
	out := readiness{Status: "ready", Checks: make(map[string]string)}
	checks := map[string]func(context.Context) error{"database": s.pingDatabase}
	for name, check := range s.parts.Ready {
		checks[name] = check
	}
	names := make([]string, 0, len(checks))
	for name := range checks {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		out.Checks[name] = "ok"
		if err := checks[name](ctx); err != nil {
			out.Status = "not_ready"
			out.Checks[name] = "failed"
			logOf(ctx).Warn("not ready", "check", name, "err", err)
		}
	}
	status := http.StatusOK
	if out.Status != "ready" {
		status = http.StatusServiceUnavailable
	}
	return c.JSON(status, out)
}

func (s *Server) pingDatabase(ctx context.Context) error {
	if s.parts.DB == nil {
		return fault.New(fault.Unavailable, "database.none", "there is no database")
	}
	db, err := s.parts.DB.DB()
	if err != nil {
		return err
	}
	return db.PingContext(ctx)
}
