package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"switchdesk/internal/fault"
)

// CookieName is the session cookie's name.
const CookieName = "switchdesk_session"

// answerWithin bounds a typed request; recordings, websockets and the web app
// are bounded by the connection alone. bodyWithin bounds how long a body may
// take to come in.
const (
	answerWithin = 30 * time.Second
	bodyWithin   = time.Minute
	uploadWithin = 5 * time.Minute
)

// isUpload tells the routes that take large files: they may take longer and
// hold more.
func isUpload(c echo.Context) bool {
	switch c.Path() {
	case "/api/applications/:id/file":
		return true
	case "/api/prompts":
		return c.Request().Method == http.MethodPost
	case "/api/prompts/:id/audio":
		return c.Request().Method == http.MethodPut
	}
	return false
}

var cleanID = regexp.MustCompile(`^[A-Za-z0-9._-]{8,64}$`)

// begin opens every request: its id, its log line, its headers. A panic in a
// handler is one 500 and one stack in the log, never a lost process.
func (s *Server) begin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := s.now()
		r := &request{id: c.Request().Header.Get("X-Request-ID"), ip: c.RealIP(), agent: c.Request().UserAgent()}
		if !cleanID.MatchString(r.id) {
			r.id = newRequestID()
		}
		r.log = s.log.With("request", r.id)
		c.SetRequest(c.Request().WithContext(withRequest(c.Request().Context(), r)))
		s.headers(c, r.id)
		err := s.guarded(next, c)
		if err != nil {
			c.Error(err)
		}
		s.accessLog(c, r, s.now().Sub(start))
		return nil
	}
}

func (s *Server) guarded(next echo.HandlerFunc, c echo.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler { //nolint:errorlint // the sentinel itself is what is panicked
				panic(p)
			}
			logOf(c.Request().Context()).Error("handler panicked", "panic", p, "stack", string(debug.Stack()))
			err = fault.New(fault.Internal, "internal", "something went wrong on our side")
		}
	}()
	return next(c)
}

func newRequestID() string {
	var raw [12]byte
	_, _ = rand.Read(raw[:]) // crypto/rand.Read never fails
	return hex.EncodeToString(raw[:])
}

func (s *Server) accessLog(c echo.Context, r *request, took time.Duration) {
	status := c.Response().Status
	level := slog.LevelInfo
	if !strings.HasPrefix(c.Path(), "/api/") && status < http.StatusInternalServerError {
		level = slog.LevelDebug
	}
	attrs := []slog.Attr{
		slog.String("method", c.Request().Method), slog.String("path", c.Request().URL.Path),
		slog.Int("status", status), slog.Int64("bytes", c.Response().Size),
		slog.Duration("took", took), slog.String("ip", r.ip),
	}
	if r.actor != nil {
		attrs = append(attrs, slog.Int64("account", r.actor.AccountID))
	}
	r.log.LogAttrs(context.Background(), level, "request", attrs...)
	s.figures.seen(c.Request().Method, c.Path(), status, took)
}

// headers are what every answer carries. The policy lets the app load and run
// only what this server gave it.
func (s *Server) headers(c echo.Context, id string) {
	h := c.Response().Header()
	h.Set("X-Request-ID", id)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "microphone=(self), camera=(), geolocation=(), payment=()")
	h.Set("Content-Security-Policy", s.policy)
	if s.cfg.HTTP.SecureCookies {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if strings.HasPrefix(c.Request().URL.Path, "/api/") {
		h.Set("Cache-Control", "no-store")
	}
}

// contentPolicy allows the page's own origin, the switch's WebSocket, and
// recordings played from memory. Styles are inline because the component kit
// writes them at run time.
func contentPolicy(wsURL string) string {
	connect := "connect-src 'self'"
	if origin := wsOrigin(wsURL); origin != "" {
		connect += " " + origin
	}
	return strings.Join([]string{
		"default-src 'self'", "script-src 'self'", "style-src 'self' 'unsafe-inline'",
		"img-src 'self' data: blob:", "font-src 'self' data:", "media-src 'self' blob:",
		connect, "worker-src 'self' blob:", "object-src 'none'", "base-uri 'self'",
		"form-action 'self'", "frame-ancestors 'none'",
	}, "; ")
}

// wsOrigin keeps scheme://host of a WebSocket address, "" if it is none.
func wsOrigin(url string) string {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok || (scheme != "ws" && scheme != "wss") {
		return ""
	}
	host, _, _ := strings.Cut(rest, "/")
	if strings.ContainsAny(host, " ;,'\"") {
		return ""
	}
	return scheme + "://" + host
}

// admit finds the route in the table, signs the request in by its cookie and
// asks the route's guard. What is not in the table is not there.
func (s *Server) admit(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		method, path := c.Request().Method, c.Path()
		route, ok := s.table[method+" "+path]
		if !ok {
			if s.paths[path] && !strings.HasSuffix(path, "/*") {
				return echo.ErrMethodNotAllowed
			}
			return echo.ErrNotFound
		}
		r := requestOf(c.Request().Context())
		if cookie, err := c.Cookie(CookieName); err == nil {
			r.token = cookie.Value
		}
		if route.Guard.Open {
			return next(c)
		}
		if err := s.identify(c, r); err != nil {
			return err
		}
		if err := route.Guard.check(r); err != nil {
			return err
		}
		return next(c)
	}
}

// identify finds who the session cookie stands for, or the API key; neither is
// no error.
func (s *Server) identify(c echo.Context, r *request) error {
	if secret, ok := bearer(c.Request()); ok {
		return s.identifyKey(c, r, secret)
	}
	if r.token == "" {
		return nil
	}
	actor, err := s.accounts.Actor(c.Request().Context(), r.token)
	if err != nil {
		if fault.KindOf(err) == fault.Unauthenticated || fault.KindOf(err) == fault.NotFound {
			s.forget(c)
			return fault.New(fault.Unauthenticated, "session.none", "sign in again").Because(err)
		}
		return err
	}
	actor.IP = r.ip
	r.actor = &actor
	r.log = r.log.With("user", actor.UserID)
	return nil
}

// sameSite refuses changes that another site's page asks a signed-in browser
// for. Browsers say where a request comes from; a program that says nothing
// must show by a header that it is not a page's form.
func (s *Server) sameSite(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		req := c.Request()
		if !strings.HasPrefix(req.URL.Path, "/api/") {
			return next(c)
		}
		if err := s.origins.Check(req); err != nil {
			return fault.New(fault.Forbidden, "origin.foreign", "another site asked for this").Because(err)
		}
		silent := req.Header.Get("Origin") == "" && req.Header.Get("Sec-Fetch-Site") == ""
		if silent && changes(req.Method) && req.Header.Get("X-Requested-With") == "" {
			if _, err := req.Cookie(CookieName); err == nil {
				return fault.New(fault.Forbidden, "origin.unknown", "send the header X-Requested-With with changes")
			}
		}
		return next(c)
	}
}

func changes(method string) bool {
	return method != http.MethodGet && method != http.MethodHead && method != http.MethodOptions
}

// slowBodies ends a request whose body drips in. The server's own ReadTimeout
// would do that too, but would also cut off whoever listens to a recording for
// longer.
func (s *Server) slowBodies(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if c.Request().ContentLength != 0 {
			// Only a connection that has no deadlines fails: one in a test.
			within := s.bodyWithin
			if isUpload(c) {
				within = uploadWithin
			}
			_ = http.NewResponseController(c.Response()).SetReadDeadline(time.Now().Add(within))
		}
		return next(c)
	}
}

// inTime gives typed requests a deadline.
func inTime(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !strings.HasPrefix(c.Path(), "/api/") || strings.HasSuffix(c.Path(), "/recording") || strings.HasSuffix(c.Path(), "/file") {
			return next(c)
		}
		within := answerWithin
		if isUpload(c) {
			within += uploadWithin
		}
		ctx, cancel := context.WithTimeout(c.Request().Context(), within)
		defer cancel()
		c.SetRequest(c.Request().WithContext(ctx))
		return next(c)
	}
}
