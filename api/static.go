package api

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// hashed names carry their content's hash, as Vite writes them, and so never
// change: assets/index-B3kd_9xQ.js.
var hashed = regexp.MustCompile(`-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$`)

// static serves the web app. Addresses of the app's own pages all get its one
// page; a missing file under assets/, or anything under /api/, is missing.
func (s *Server) static(c echo.Context) error {
	if s.parts.Web == nil {
		return echo.ErrNotFound
	}
	name := strings.TrimPrefix(path.Clean("/"+c.Request().URL.Path), "/")
	if strings.HasPrefix(name, "api/") || name == "api" {
		return echo.ErrNotFound
	}
	index := s.parts.WebIndex
	if index == "" {
		index = "index.html"
	}
	if name == "" || name == "index.html" {
		return s.serveFile(c, index, "no-cache")
	}
	cache := "public, max-age=3600"
	if strings.HasPrefix(name, "assets/") && hashed.MatchString(name) {
		cache = "public, max-age=31536000, immutable"
	}
	err := s.serveFile(c, name, cache)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if name == "assets" || strings.HasPrefix(name, "assets/") || path.Ext(name) != "" {
		return echo.ErrNotFound
	}
	return s.serveFile(c, index, "no-cache")
}

func (s *Server) serveFile(c echo.Context, name, cache string) error {
	f, err := s.parts.Web.Open(name)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // only read from
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.IsDir() {
		return fs.ErrNotExist
	}
	content, ok := f.(io.ReadSeeker)
	if !ok {
		raw, err := io.ReadAll(f)
		if err != nil {
			return err
		}
		content = bytes.NewReader(raw)
	}
	c.Response().Header().Set("Cache-Control", cache)
	http.ServeContent(c.Response(), c.Request(), name, time.Time{}, content)
	return nil
}

// websocket hands the connection to the live topics.
func (s *Server) websocket(c echo.Context) error {
	if s.parts.Websocket == nil {
		return echo.ErrServiceUnavailable
	}
	s.parts.Websocket.ServeHTTP(c.Response(), c.Request())
	return nil
}
