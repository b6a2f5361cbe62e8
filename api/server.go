// Package api is what the web app, other programs and the switch ask over
// HTTP: one table of routes with their guards, thin handlers per noun, one
// shape of errors, and the description of it all as OpenAPI.
package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"github.com/prometheus/client_golang/prometheus"
	"gorm.io/gorm"

	"switchdesk/accounts"
	"switchdesk/agents"
	"switchdesk/applications"
	"switchdesk/calls"
	"switchdesk/configs"
	"switchdesk/crm"
	"switchdesk/dialplan"
	"switchdesk/floor"
	"switchdesk/flows"
	"switchdesk/hours"
	"switchdesk/internal/clock"
	"switchdesk/jobs"
	"switchdesk/prompts"
	"switchdesk/queues"
	"switchdesk/storage/blob"
)

// Parts is what the API serves. Everything is needed but Ready, Websocket and
// Web, whose routes answer 503 or 404 without them.
type Parts struct {
	Config   configs.Config
	DB       *gorm.DB
	Accounts *accounts.Service
	Agents   *agents.Store
	Groups   *queues.Store
	Flows    *flows.Store
	Numbers  *dialplan.Service
	Hours    *hours.Service

	Applications *applications.Service

	CRM       *crm.Service
	Calls     *calls.Store
	Prompts   *prompts.Service
	Blobs     *blob.Store
	Jobs      *jobs.Service
	Exports   *calls.Exporter
	Retention *calls.Retention
	Floor     *floor.Service
	Clock     clock.Clock
	Log       *slog.Logger
	Figures   *prometheus.Registry
	Websocket http.Handler // live topics, from realtime

	// Topics names the live topics that a person may hear, from realtime.
	Topics func(actor accounts.Actor, agent bool) (bar, calls, wall, notices string)
	// Notify tells one person something live; notice is a Notice.
	Notify func(account, user int64, notice any)
	// Changed has the live floor read again what an administrator changed.
	Changed func(ctx context.Context, account int64) error
	// Revoked cuts the live connections of a user whose session or rights
	// changed.
	Revoked func(user int64)
	// Spool finds here a recording that the switch wrote as path.
	Spool func(path string) string
	// Ready is what /readyz asks beside the database, by name: "schema",
	// "switch".
	Ready map[string]func(context.Context) error

	Web      fs.FS  // the built web app
	WebIndex string // its page: index.html or the placeholder
}

// Server answers HTTP.
type Server struct {
	parts    Parts
	cfg      configs.Config
	accounts *accounts.Service
	floor    *floor.Service
	log      *slog.Logger
	clock    clock.Clock

	echo    *echo.Echo
	api     huma.API
	spec    func() ([]byte, error) // the description, made when first asked for
	table   map[string]Route
	paths   map[string]bool
	origins *http.CrossOriginProtection
	policy  string
	figures *figures

	bodyWithin time.Duration
	keys       buckets // requests by API key
	strangers  buckets // keys that are none, by address
}

// New builds the server. It fails on a configuration that it can't serve:
// a public_url or a proxy network that does not parse.
func New(parts Parts) (*Server, error) {
	s := &Server{
		parts: parts, cfg: parts.Config, accounts: parts.Accounts, floor: parts.Floor,
		log: parts.Log, clock: parts.Clock, origins: http.NewCrossOriginProtection(),
		policy: contentPolicy(parts.Config.Switch.WSURL), figures: newFigures(parts.Figures),
		bodyWithin: bodyWithin, table: make(map[string]Route), paths: make(map[string]bool),
	}
	s.keys, s.strangers = newBuckets(keyRate, keyBurst), newBuckets(strangerRate, strangerBurst)
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.clock == nil {
		s.clock = clock.Real{}
	}
	s.echo = echo.New()
	s.echo.HideBanner, s.echo.HidePort = true, true
	s.echo.HTTPErrorHandler = handleError
	if err := s.trust(); err != nil {
		return nil, err
	}
	s.echo.Use(s.begin, s.slowBodies, bodies(), s.gzip(), s.sameSite, inTime, s.admit)
	s.register()
	return s, nil
}

// trust sets whose word about the caller's address and origin counts.
func (s *Server) trust() error {
	s.echo.IPExtractor = echo.ExtractIPDirect()
	if len(s.cfg.HTTP.TrustedProxies) > 0 {
		trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
		for _, cidr := range s.cfg.HTTP.TrustedProxies {
			_, network, err := net.ParseCIDR(cidr)
			if err != nil {
				return fmt.Errorf("http.trusted_proxies: %w", err)
			}
			trust = append(trust, echo.TrustIPRange(network))
		}
		s.echo.IPExtractor = echo.ExtractIPFromXFFHeader(trust...)
	}
	if s.cfg.HTTP.PublicURL == "" {
		return nil
	}
	public, err := url.Parse(s.cfg.HTTP.PublicURL)
	if err != nil || public.Host == "" {
		return fmt.Errorf("http.public_url %q is not an address like https://desk.example.com", s.cfg.HTTP.PublicURL)
	}
	return s.origins.AddTrustedOrigin(public.Scheme + "://" + public.Host)
}

// bodies bounds what is sent to us; those routes that take large files bound
// it themselves.
func bodies() echo.MiddlewareFunc {
	return middleware.BodyLimitWithConfig(middleware.BodyLimitConfig{
		Limit:   "8M",
		Skipper: isUpload,
	})
}

// gzip packs answers worth it. Audio is packed already and is asked for in
// ranges; websockets do their own.
func (s *Server) gzip() echo.MiddlewareFunc {
	return middleware.GzipWithConfig(middleware.GzipConfig{
		MinLength: 1024, Level: 5,
		Skipper: func(c echo.Context) bool {
			switch c.Path() {
			case "/api/calls/:id/recording", "/connection/websocket", "/api/prompts/:id/audio",
				"/api/prompts/builtin/:language/:name", "/api/speech", "/api/tasks/:id/file":
				return true
			}
			return c.Request().Header.Get("Range") != "" || c.Request().Method == http.MethodHead
		},
	})
}

// register mounts the table.
func (s *Server) register() {
	huma.NewError, huma.NewErrorWithContext = newError, newErrorIn
	huma.DefaultArrayNullable = false
	s.api = newHuma(s.echo)
	for _, r := range routes {
		key := r.Method + " " + echoPath(r.Path)
		if _, twice := s.table[key]; twice {
			panic("route registered twice: " + key)
		}
		s.table[key], s.paths[echoPath(r.Path)] = r, true
		r.mount(s, s.api, s.echo, r)
	}
	s.spec = sync.OnceValues(func() ([]byte, error) { return json.Marshal(s.api.OpenAPI()) })
	// Published on the live topics, so described with the rest.
	s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[LiveMessage](), true, "")
	s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Notice](), true, "")
	s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[MessageNotice](), true, "")
}

// Handler answers HTTP requests.
func (s *Server) Handler() http.Handler { return s.echo }

// HTTP is a server with the time limits that keep slow senders from holding
// connections; recordings and live topics may last, so neither the whole of
// reading nor writing is bounded here (see slowBodies).
func (s *Server) HTTP() *http.Server {
	return &http.Server{
		Addr: s.cfg.HTTP.Addr, Handler: s.echo,
		ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
}

func (s *Server) now() time.Time { return s.clock.Now() }
