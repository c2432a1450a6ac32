package portal

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/internal/oidc"
	"insyn/internal/session"
	"insyn/workflows"
)

// answerPath is where the e-ID provider sends people back to.
const answerPath = "/logga-in/svar"

// login sends the browser to the e-ID provider.
func (p *portal) login(c *gin.Context) error {
	to := web.LocalPath(c.Query("till"))
	if to == "/" {
		to = "/mina"
	}
	if _, ok := p.visitor(c); ok {
		return web.SeeOther(c, to)
	}
	return p.beginLogin(c, to, oidc.Options{UILocale: web.Lang(c)})
}

func (p *portal) beginLogin(c *gin.Context, to string, o oidc.Options) error {
	ctx := c.Request.Context()
	address, flow, err := p.Login.Begin(ctx, p.site.URL(answerPath), o)
	if err != nil {
		return p.loginFailed(c, err, to)
	}
	p.Sessions.PutPending(ctx, session.Pending{Flow: flow, ReturnTo: to})
	c.Header("Cache-Control", "no-store")
	return web.SeeOther(c, address)
}

// loginAnswer takes the provider's answer and makes the session the person's own.
func (p *portal) loginAnswer(c *gin.Context) error {
	ctx := c.Request.Context()
	c.Header("Cache-Control", "no-store")
	state := c.Query("state")
	if strings.Contains(state, " ") {
		state = "" // names of ours, see keptState and ticketState; providers' states have no spaces
	}
	pending, ok, err := p.Sessions.TakePending(ctx, state)
	if err != nil {
		return err
	}
	if !ok {
		if _, logged := p.visitor(c); logged { // the answer was served already: “back”, or a double click
			return web.SeeOther(c, "/mina")
		}
		return p.loginFailed(c, oidc.ErrState, "/mina")
	}
	who, err := p.Login.Finish(ctx, pending.Flow, c.Request.URL.Query())
	if err != nil {
		return p.loginFailed(c, err, pending.ReturnTo)
	}
	subject, err := p.Service.LoginResident(ctx, who.Number)
	if errors.Is(err, workflows.ErrForbidden) {
		return p.loginFailed(c, oidc.ErrNumber, pending.ReturnTo)
	}
	if err != nil {
		return err
	}
	kept, hasKept, err := p.Sessions.TakePending(ctx, keptState(pending.ReturnTo))
	if err != nil {
		return err
	}
	grants := p.grantsOf(c, subject)
	v := visitor{subject, workflows.Identity{Name: fullName(who), Number: who.Number}}
	l := session.Login{At: p.Clock.Now(), AuthTime: who.AuthTime, ACR: who.ACR}
	if err := p.remember(ctx, v, l); err != nil {
		return err
	}
	if hasKept {
		p.Sessions.PutPending(ctx, kept)
	}
	for _, g := range grants {
		p.Sessions.PutGrant(ctx, g)
	}
	if file, ok := fileOf(pending); ok {
		p.Sessions.PutPending(ctx, ticket(file, p.Clock.Now()))
		return web.SeeOther(c, pending.ReturnTo+"/klar")
	}
	return web.SeeOther(c, web.LocalPath(pending.ReturnTo))
}

func fullName(who oidc.Identity) string {
	if who.Name != "" {
		return who.Name
	}
	return strings.TrimSpace(who.GivenName + " " + who.FamilyName)
}

// loginKind is the kind of failure that people are told about in words of its own, with the status of the page.
func loginKind(err error) (string, int) {
	switch {
	case errors.Is(err, oidc.ErrDenied):
		return "denied", http.StatusForbidden
	case errors.Is(err, oidc.ErrState):
		return "state", http.StatusBadRequest
	case errors.Is(err, oidc.ErrLevel):
		return "level", http.StatusForbidden
	case errors.Is(err, oidc.ErrStale):
		return "stale", http.StatusForbidden
	case errors.Is(err, oidc.ErrNumber):
		return "number", http.StatusForbidden
	case errors.Is(err, oidc.ErrUnavailable):
		return "unavailable", http.StatusServiceUnavailable
	default:
		return "other", http.StatusBadGateway
	}
}

// loginFailed says what went wrong and offers to try again.
func (p *portal) loginFailed(c *gin.Context, err error, to string) error {
	kind, status := loginKind(err)
	if status >= http.StatusInternalServerError {
		// The text of an oidc error holds the provider's name, a step and a known code, and nothing from outside.
		p.Log.ErrorContext(c.Request.Context(), "login failed", slog.String("request_id", web.RequestID(c)), slog.Any("error", err))
	}
	c.Header("Cache-Control", "no-store")
	return p.show(c, status, view{
		page: "portal/inloggning", title: "portal.login." + kind + ".title",
		data: loginPage{Kind: kind, Again: loginPath(to), RequestID: web.RequestID(c)},
	})
}

type loginPage struct{ Kind, Again, RequestID string }

// logout ends the session here and, where the provider has a place for it, there.
func (p *portal) logout(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := p.Sessions.Logout(ctx); err != nil {
		return err
	}
	p.setKeptCookie(c, "", -1)
	c.Header("Cache-Control", "no-store")
	to, err := p.Login.EndSessionURL(ctx, p.site.URL("/utloggad"))
	if err != nil || to == "" {
		to = "/utloggad" // out of here at least; the provider's own session is short
	}
	return web.SeeOther(c, to)
}

// loggedOut tells that the login is over: because the person wished it, or because it ran out under a form.
func (p *portal) loggedOut(c *gin.Context) error {
	to := web.LocalPath(c.Query("till"))
	expired := c.Query("till") != ""
	title := "portal.logged-out.title"
	if expired {
		title = "portal.expired.title"
	}
	if _, ok := p.visitor(c); ok {
		return web.SeeOther(c, to)
	}
	return p.show(c, http.StatusOK, view{page: "portal/utloggad", title: title, data: loggedOutPage{
		Expired: expired, Kept: c.Query("sparat") == "1", Login: loginPath(to),
	}})
}

type loggedOutPage struct {
	Expired, Kept bool
	Login         string
}

// freshFor is how long after an e-ID login a file may be opened, and how old that login may be.
const (
	freshFor = 5 * time.Minute
	freshMax = time.Minute
)
