package api

import (
	"crypto/subtle"
	"net/http"

	"github.com/labstack/echo/v4"

	"switchdesk/internal/fault"
)

// switchXML answers what the switch looks up by mod_xml_curl. The switch shows
// its secret as the password of basic authentication, or the whole of
// "user:password" is the secret.
func (s *Server) switchXML(c echo.Context) error {
	if !s.isSwitch(c.Request()) {
		c.Response().Header().Set("WWW-Authenticate", `Basic realm="switch"`)
		return fault.New(fault.Unauthenticated, "switch.secret", "the switch's secret is wrong")
	}
	if err := c.Request().ParseForm(); err != nil {
		return echo.ErrBadRequest
	}
	return c.Blob(http.StatusOK, "text/xml; charset=utf-8", s.parts.Numbers.XML(c.Request().Context(), c.Request().Form))
}

// isSwitch compares in a time that does not tell how much was right. Without
// a secret in the configuration nobody is the switch.
func (s *Server) isSwitch(r *http.Request) bool {
	secret := s.cfg.Switch.XMLSecret
	user, password, ok := r.BasicAuth()
	if secret == "" || !ok {
		return false
	}
	byPassword := subtle.ConstantTimeCompare([]byte(password), []byte(secret))
	byBoth := subtle.ConstantTimeCompare([]byte(user+":"+password), []byte(secret))
	return byPassword|byBoth == 1
}
