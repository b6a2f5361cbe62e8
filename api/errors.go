package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"switchdesk/internal/fault"
)

// ErrorBody is the one shape of every error that the API answers with.
type ErrorBody struct {
	Err ErrorDetail `json:"error"`

	status int
	cause  error
}

// ErrorDetail says what went wrong, where, and what to quote when asking.
type ErrorDetail struct {
	Code      string    `json:"code" doc:"stable name of the error, for programs and translations" example:"number.taken"`
	Message   string    `json:"message" doc:"what happened, as a sentence"`
	Field     string    `json:"field,omitempty" doc:"the input at fault, e.g. members[2].agent"`
	RequestID string    `json:"request_id,omitempty" doc:"quote this to the operator"`
	Problems  []Problem `json:"problems,omitempty" doc:"what is wrong with an uploaded flow"`

	Draft *FlowDraftTheirs `json:"draft,omitempty" doc:"the draft that somebody else saved meanwhile"`
	Uses  []Use            `json:"uses,omitempty" doc:"what leads to the thing that was to be changed or removed"`
}

// Problem is one thing that is wrong with a flow, and where.
type Problem struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line" doc:"from 1; 0 if the problem has no place"`
	Column  int    `json:"column"`
	Node    string `json:"node,omitempty"`
	Path    string `json:"path,omitempty" doc:"where in the node, or in the flow without one" example:"keys.1"`
	Code    string `json:"code" doc:"stable name of this kind of problem"`
	What    string `json:"what" doc:"what is wrong, in the language of whoever asks"`
	Do      string `json:"do,omitempty" doc:"what to do about it"`
	Warning bool   `json:"warning,omitempty" doc:"the flow can be used all the same"`
}

// Error is the message.
func (e *ErrorBody) Error() string { return e.Err.Message }

// GetStatus is the HTTP status.
func (e *ErrorBody) GetStatus() int { return e.status }

// Unwrap is the cause, for the log; it is never sent.
func (e *ErrorBody) Unwrap() error { return e.cause }

// withDetail adds to what an error's body says.
func withDetail(ctx context.Context, err error, add func(*ErrorDetail)) error {
	out := *describe(err)
	out.Err.RequestID = requestID(ctx)
	add(&out.Err)
	return &out
}

// statusOf is the one map from kinds of error to status codes.
func statusOf(kind fault.Kind) int {
	switch kind {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// codeOf names errors that arise before a handler runs.
func codeOf(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "request.malformed"
	case http.StatusUnauthorized:
		return "session.none"
	case http.StatusForbidden:
		return "right.missing"
	case http.StatusNotFound:
		return "not_found"
	case http.StatusMethodNotAllowed:
		return "method.not_allowed"
	case http.StatusRequestTimeout:
		return "request.slow"
	case http.StatusRequestEntityTooLarge:
		return "request.too_large"
	case http.StatusUnsupportedMediaType:
		return "request.media_type"
	case http.StatusUnprocessableEntity:
		return "input.invalid"
	case http.StatusTooManyRequests:
		return "too_many"
	case http.StatusServiceUnavailable:
		return "unavailable"
	}
	return "internal"
}

// describe turns any error into the body that is sent. What is not meant to be
// read (a driver's message, a path) stays in the log.
func describe(err error) *ErrorBody {
	var body *ErrorBody
	if errors.As(err, &body) {
		return body
	}
	var f *fault.Error
	if errors.As(err, &f) {
		out := &ErrorBody{status: statusOf(f.Kind), cause: err}
		out.Err = ErrorDetail{Code: f.Code, Message: f.Message, Field: f.Field}
		if f.Kind == fault.Internal {
			out.Err.Message = "something went wrong on our side"
		}
		if out.Err.Code == "" {
			out.Err.Code = codeOf(out.status)
		}
		return out
	}
	var he *echo.HTTPError
	if errors.As(err, &he) {
		out := &ErrorBody{status: he.Code, cause: err}
		out.Err = ErrorDetail{Code: codeOf(he.Code), Message: strings.ToLower(http.StatusText(he.Code))}
		return out
	}
	return &ErrorBody{
		status: http.StatusInternalServerError, cause: err,
		Err: ErrorDetail{Code: "internal", Message: "something went wrong on our side"},
	}
}

// newError is what huma calls for its own errors (validation, bodies) and for
// those that handlers return.
func newError(status int, msg string, errs ...error) huma.StatusError {
	if status == http.StatusInternalServerError && len(errs) == 1 {
		return describe(errs[0])
	}
	out := &ErrorBody{status: status, Err: ErrorDetail{Code: codeOf(status), Message: msg}}
	for _, err := range errs {
		if err == nil {
			continue
		}
		out.cause = err
		var detail huma.ErrorDetailer
		if errors.As(err, &detail) {
			d := detail.ErrorDetail()
			out.Err.Field = fieldOf(d.Location + missingField(d.Message))
			out.Err.Message = d.Message
		} else {
			out.Err.Message = err.Error()
		}
		break // one problem at a time: the first is the one to mend
	}
	return out
}

// newErrorIn adds what the request knows, and keeps causes for the log.
func newErrorIn(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
	err := newError(status, msg, errs...)
	body, ok := err.(*ErrorBody)
	if !ok || ctx == nil {
		return err
	}
	out := *body
	out.Err.RequestID = requestID(ctx.Context())
	if out.status >= http.StatusInternalServerError && out.cause != nil {
		logOf(ctx.Context()).Error("request failed", "err", out.cause)
	}
	return &out
}

// missingField finds the name of a property that is not there; huma gives only
// where it should be.
func missingField(message string) string {
	rest, ok := strings.CutPrefix(message, "expected required property ")
	name, present := strings.CutSuffix(rest, " to be present")
	if !ok || !present {
		return ""
	}
	return "." + name
}

// fieldOf shortens huma's "body.members[2].agent" to what the person filled in.
func fieldOf(location string) string {
	for _, prefix := range []string{"body.", "query.", "path.", "header."} {
		if rest, ok := strings.CutPrefix(location, prefix); ok {
			return rest
		}
	}
	if location == "body" {
		return ""
	}
	return location
}

// handleError answers for echo: unknown paths, methods, plain handlers.
func handleError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	body := describe(err)
	ctx := c.Request().Context()
	if body.status >= http.StatusInternalServerError {
		logOf(ctx).Error("request failed", "err", err)
	}
	writeError(c, body)
}

// writeError sends an error body from outside huma.
func writeError(c echo.Context, body *ErrorBody) {
	out := *body
	out.Err.RequestID = requestID(c.Request().Context())
	raw, err := json.Marshal(&out)
	if err != nil {
		slog.Error("error body does not marshal", "err", err)
		raw = []byte(`{"error":{"code":"internal","message":"something went wrong on our side"}}`)
	}
	if c.Request().Method == http.MethodHead {
		raw = nil
	}
	_ = c.Blob(out.status, "application/json; charset=utf-8", raw) // the reader is gone: nobody to tell
}
