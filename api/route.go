package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"switchdesk/accounts"
	"switchdesk/internal/fault"
)

// Route is one line of the table in routes.go. Nothing is reachable that is
// not in the table.
type Route struct {
	Method string
	Path   string // /api/calls/{id}
	Guard  Guard
	Doc    string // one line for the API's page
	mount  mount
}

// Guard says who may use a route. What of the account they reach is the
// handler's matter: every read goes through the actor's account and scope.
type Guard struct {
	Open   bool             // no sign-in: pages, health, sign-in itself, the switch with its secret
	Rights []accounts.Right // any one of these; none: it is enough to be signed in
	Agent  bool             // only for people with an agent number
	Person bool             // not for API keys: it concerns a person's own sign-in, or keys themselves
}

var (
	open     = Guard{Open: true}
	signedIn = Guard{}
)

// inPerson is for people about their own sign-in.
var inPerson = Guard{Person: true}

// may asks for one of the rights.
func may(rights ...accounts.Right) Guard { return Guard{Rights: rights} }

// mayInPerson is may, for people alone.
func mayInPerson(rights ...accounts.Right) Guard { return Guard{Rights: rights, Person: true} }

// atDesk asks for an agent with the right to handle calls.
var atDesk = Guard{Rights: []accounts.Right{"calls.handle"}, Agent: true}

// check refuses an actor whom the guard keeps out.
func (g Guard) check(who *request) error {
	if g.Open {
		return nil
	}
	if who == nil || who.actor == nil {
		return fault.New(fault.Unauthenticated, "session.none", "sign in first")
	}
	if who.actor.Key != 0 && (g.Person || g.Agent) {
		return fault.New(fault.Forbidden, "key.person_only", "this is for people; an API key can't do it")
	}
	if len(g.Rights) > 0 && !canAny(*who.actor, g.Rights) {
		if who.actor.MustChangePassword {
			return fault.New(fault.Forbidden, "password.change_first", "change the password that you were given first")
		}
		return fault.New(fault.Forbidden, "right.missing", "your role lacks the right %q; ask an administrator", string(g.Rights[0]))
	}
	if g.Agent && who.actor.Number == "" {
		return fault.New(fault.Forbidden, "agent.none", "you take no calls; an administrator can give you a number")
	}
	return nil
}

func canAny(actor accounts.Actor, rights []accounts.Right) bool {
	for _, right := range rights {
		if actor.Can(right) {
			return true
		}
	}
	return false
}

// mount registers a route's handler.
type mount func(s *Server, api huma.API, e *echo.Echo, r Route)

// run mounts a typed handler, which the API's page describes from its types.
// Creating answers 201 where it makes a row.
func run[I, O any](handle func(*Server, context.Context, *I) (*O, error), more ...func(*huma.Operation)) mount {
	return func(s *Server, api huma.API, _ *echo.Echo, r Route) {
		op := operation(r)
		for _, change := range more {
			change(&op)
		}
		huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) { return handle(s, ctx, in) })
	}
}

// raw mounts a plain handler: pages, files, the switch's look-ups.
func raw(handle func(*Server, echo.Context) error) mount {
	return func(s *Server, _ huma.API, e *echo.Echo, r Route) {
		e.Add(r.Method, echoPath(r.Path), func(c echo.Context) error { return handle(s, c) })
	}
}

// created makes a POST answer 201.
func created(op *huma.Operation) { op.DefaultStatus = http.StatusCreated }

// upTo sets a body limit other than the usual 1 MB.
func upTo(bytes int64) func(*huma.Operation) {
	return func(op *huma.Operation) { op.MaxBodyBytes = bytes }
}

// operation describes a route for OpenAPI.
func operation(r Route) huma.Operation {
	op := huma.Operation{
		OperationID: operationID(r.Method, r.Path),
		Method:      r.Method, Path: r.Path, Summary: r.Doc,
		Tags: []string{tagOf(r.Path)}, BodyReadTimeout: bodyWithin,
	}
	if !r.Guard.Open {
		op.Security = []map[string][]string{{"session": {}}}
		if !r.Guard.Person && !r.Guard.Agent {
			op.Security = append(op.Security, map[string][]string{"key": {}})
		}
		op.Errors = append(op.Errors, http.StatusUnauthorized)
	}
	if len(r.Guard.Rights) > 0 {
		op.Errors = append(op.Errors, http.StatusForbidden)
		names := make([]string, 0, len(r.Guard.Rights))
		for _, right := range r.Guard.Rights {
			names = append(names, string(right))
		}
		op.Extensions = map[string]any{"x-rights": names}
		op.Description = "Needs the right `" + strings.Join(names, "` or `") + "`."
	}
	if strings.Contains(r.Path, "{") {
		op.Errors = append(op.Errors, http.StatusNotFound)
	}
	return op
}

// operationID makes getCallsById of GET /api/calls/{id}.
func operationID(method, path string) string {
	out := strings.ToLower(method)
	for _, part := range strings.FieldsFunc(strings.TrimPrefix(path, "/api/"), func(r rune) bool { return r == '/' || r == '-' }) {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			out += "By"
			part = strings.TrimSuffix(name, "}")
		}
		out += strings.ToUpper(part[:1]) + part[1:]
	}
	return out
}

func tagOf(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/api/"), "/")
	switch first {
	case "me":
		return "session"
	case "softphone":
		return "bar"
	case "incoming":
		return "calls"
	case "rights":
		return "roles"
	}
	return first
}

// echoPath turns {id} into echo's :id.
func echoPath(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}
