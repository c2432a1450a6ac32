package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"insyn/internal/postgres"
	"insyn/templates"
	"insyn/workflows"
)

// Errors of the doors themselves.
var (
	// ErrRole: the actor's roles do not reach the route.
	ErrRole = errors.New("route is not for this role")
	// ErrTooLarge: the body is larger than the route takes.
	ErrTooLarge = errors.New("body too large")
	// ErrBadForm: the body cannot be read as the form it should be.
	ErrBadForm = errors.New("form cannot be read")
	// ErrCrossSite: a form was sent from another site.
	ErrCrossSite = errors.New("form from another site")

	errNoRoute = errors.New("no such route")
)

// Failure is what an error looks like from outside. Title and Text are keys in templates/locales.
type Failure struct {
	Status int
	// Kind is a short name: not-found, forbidden, conflict, refused, invalid, too-large, bad-form, cross-site, internal.
	Kind  string
	Title string
	Text  string
	Args  map[string]any
	// Faults are the fields of an Invalid that no form took care of.
	Faults templates.Faults
	// Back is where the page's link leads; empty is the door's first page.
	Back string
	// RequestID is what a person can read out on the phone.
	RequestID string

	quiet bool // nobody reads the answer: the browser has gone away
}

// classify maps an error to its failure. What is not known here is a 500 that says nothing but the request id.
func classify(err error) Failure {
	var refusal workflows.Refusal
	var invalid workflows.Invalid
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, context.Canceled):
		return Failure{Status: 499, Kind: "gone", quiet: true} // nginx's number for it; nobody sees it but the log
	case errors.Is(err, workflows.ErrNotFound), errors.Is(err, errNoRoute):
		return failure(http.StatusNotFound, "not-found")
	case errors.Is(err, workflows.ErrForbidden), errors.Is(err, ErrRole):
		return failure(http.StatusForbidden, "forbidden")
	case errors.Is(err, workflows.ErrConflict):
		return failure(http.StatusConflict, "conflict")
	case errors.As(err, &refusal):
		f := failure(http.StatusConflict, "refused")
		f.Text, f.Args = refusal.Key, refusal.Args
		return f
	case errors.As(err, &invalid):
		f := failure(http.StatusUnprocessableEntity, "invalid")
		f.Faults, _ = AsFaults(err)
		return f
	case errors.Is(err, ErrTooLarge), errors.As(err, &tooLarge):
		return failure(http.StatusRequestEntityTooLarge, "too-large")
	case errors.Is(err, ErrBadForm):
		return failure(http.StatusBadRequest, "bad-form")
	case errors.Is(err, ErrCrossSite):
		return failure(http.StatusForbidden, "cross-site")
	default:
		return failure(http.StatusInternalServerError, "internal")
	}
}

func failure(status int, kind string) Failure {
	return Failure{Status: status, Kind: kind, Title: "fail." + kind + ".title", Text: "fail." + kind + ".text"}
}

// logFailure writes what happened for those who run the service: the request id, the kind, and the words that our own
// code wrapped the error in. The innermost text is left out, since a driver's text repeats values from the statement.
func (s *Site) logFailure(c *gin.Context, f Failure, err error) {
	log := s.o.Log.With(slog.String("request_id", f.RequestID), slog.String("route", c.FullPath()), slog.String("kind", f.Kind))
	if f.Status != http.StatusInternalServerError {
		return // told by the access log; not found, refused and the like are ordinary life
	}
	var p panicked
	if errors.As(err, &p) {
		log.ErrorContext(c.Request.Context(), "request panicked", slog.String("type", p.value), slog.String("stack", p.stack))
		return
	}
	state, constraint := postgres.ErrorCode(err)
	log.ErrorContext(c.Request.Context(), "request failed", slog.String("where", trail(err)), slog.String("class", class(err)),
		slog.String("sqlstate", state), slog.String("constraint", constraint))
}

// trail is what the wrappers of an error say, outermost first, without the innermost error's own text. It relies on the
// house's way to wrap: "what was attempted: %w".
func trail(err error) string {
	var parts []string
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return strings.Join(parts, ": ")
		}
		if own, ok := strings.CutSuffix(err.Error(), ": "+inner.Error()); ok {
			parts = append(parts, own)
		}
		err = inner
	}
}
