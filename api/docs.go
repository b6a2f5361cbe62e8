package api

import (
	"embed"
	"net/http"
	"path"

	"github.com/labstack/echo/v4"
)

// The API's page: it reads /openapi.json and loads nothing from elsewhere.
//
//go:embed page/docs.html page/docs.js page/docs.css
var page embed.FS

func (s *Server) docs(c echo.Context) error { return servePage(c, "docs.html", "text/html") }

func (s *Server) docsFile(c echo.Context) error {
	switch name := c.Param("file"); name {
	case "docs.js":
		return servePage(c, name, "text/javascript")
	case "docs.css":
		return servePage(c, name, "text/css")
	}
	return echo.ErrNotFound
}

func servePage(c echo.Context, name, kind string) error {
	raw, err := page.ReadFile(path.Join("page", name))
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-cache")
	return c.Blob(http.StatusOK, kind+"; charset=utf-8", raw)
}
