package desk

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/internal/oidc"
	"insyn/internal/session"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// login sends the browser to the staff's identity provider.
func (s *desk) login(c *gin.Context) error {
	ctx := c.Request.Context()
	to, flow, err := s.Login.Begin(ctx, s.site.URL(answerPath), oidc.Options{UILocale: web.Lang(c)})
	if err != nil {
		return s.loginFailed(c, err)
	}
	s.Sessions.PutPending(ctx, session.Pending{Flow: flow, ReturnTo: deskPath(c.Query("till"))})
	return web.SeeOther(c, to)
}

// deskPath is path if it is a page of the desk that can be shown after a login; else the first page.
func deskPath(path string) string {
	p := web.LocalPath(path)
	if (p == root || strings.HasPrefix(p, root+"/")) && !strings.HasPrefix(p, loginPath) && p != loggedOutPath {
		return p
	}
	return root
}

// loginAnswer takes the provider's answer: who it is there, then who that is here.
func (s *desk) loginAnswer(c *gin.Context) error {
	ctx := c.Request.Context()
	pending, ok, err := s.Sessions.TakePending(ctx, c.Query("state"))
	switch {
	case err != nil:
		return err
	case !ok:
		return s.loginPage(c, http.StatusBadRequest, "desk.login.state")
	}
	identity, err := s.Login.Finish(ctx, pending.Flow, c.Request.URL.Query())
	if err != nil {
		return s.loginFailed(c, err)
	}
	staff, err := s.findStaff(c, identity)
	switch {
	case errors.Is(err, workflows.ErrForbidden), errors.Is(err, workflows.ErrNotFound):
		return s.loginPage(c, http.StatusForbidden, "desk.login.unknown")
	case err != nil:
		return err
	}
	err = s.Sessions.Login(ctx, session.Login{UserID: staff.ID.String(), At: s.Clock.Now(), AuthTime: identity.AuthTime, ACR: identity.ACR})
	if err != nil {
		return err
	}
	return web.SeeOther(c, deskPath(pending.ReturnTo))
}

// findStaff finds the imported person by the mail address that the provider has verified, else by the user principal
// name, which the organisation itself sets.
func (s *desk) findStaff(c *gin.Context, who oidc.Identity) (models.Staff, error) {
	err := workflows.ErrForbidden
	var addresses []string
	if who.EmailVerified && who.Email != "" {
		addresses = append(addresses, who.Email)
	}
	if who.UPN != "" && !strings.EqualFold(who.UPN, who.Email) || len(addresses) == 0 && who.UPN != "" {
		addresses = append(addresses, who.UPN)
	}
	if len(addresses) == 0 {
		// Somebody bound before is known by issuer and subject alone.
		addresses = append(addresses, "")
	}
	for _, a := range addresses {
		var staff models.Staff
		if staff, err = s.Service.LoginStaff(c.Request.Context(), who.Issuer, who.Subject, a); err == nil {
			return staff, nil
		}
		if !errors.Is(err, workflows.ErrForbidden) && !errors.Is(err, workflows.ErrNotFound) {
			return models.Staff{}, err
		}
	}
	return models.Staff{}, err
}

// loginFailed shows why a login did not work, in words that help.
func (s *desk) loginFailed(c *gin.Context, err error) error {
	status, key := http.StatusBadRequest, "desk.login.failed"
	switch {
	case errors.Is(err, oidc.ErrDenied):
		key = "desk.login.denied"
	case errors.Is(err, oidc.ErrState):
		key = "desk.login.state"
	case errors.Is(err, oidc.ErrLevel):
		status, key = http.StatusForbidden, "desk.login.level"
	case errors.Is(err, oidc.ErrRequiredClaim):
		status, key = http.StatusForbidden, "desk.login.unknown"
	case errors.Is(err, oidc.ErrUnavailable), errors.Is(err, oidc.ErrConfig):
		status, key = http.StatusBadGateway, "desk.login.unavailable"
	}
	// The error names the provider, a step and a known code, never a person.
	s.Log.WarnContext(c.Request.Context(), "staff login failed", slog.String("request_id", web.RequestID(c)), slog.Any("error", err))
	return s.loginPage(c, status, key)
}

// loginPage is the page of somebody who is not let in.
func (s *desk) loginPage(c *gin.Context, status int, key string) error {
	return s.page(c, status, "login", "", templates.View{
		Title: s.t(c, key+".title", nil), Data: loginView{Title: key + ".title", Text: key + ".text", Again: loginPath},
	})
}

// loginView is the login page: keys of its heading and text, and where to try again.
type loginView struct {
	Title, Text string
	Again       string
	Provider    string // where to end the session at the provider too
}

// logout ends the session here. The provider's own session is ended by a link on the page after: a form must not be
// redirected to another site.
func (s *desk) logout(c *gin.Context) error {
	if err := s.Sessions.Logout(c.Request.Context()); err != nil {
		return err
	}
	return web.SeeOther(c, loggedOutPath)
}

// loggedOut is the page after logging out.
func (s *desk) loggedOut(c *gin.Context) error {
	provider, err := s.Login.EndSessionURL(c.Request.Context(), s.site.URL(loggedOutPath))
	if err != nil {
		provider = "" // the session here has ended; the provider's silence changes nothing
	}
	return s.page(c, http.StatusOK, "login", "", templates.View{
		Title: s.t(c, "desk.login.out.title", nil),
		Data:  loginView{Title: "desk.login.out.title", Text: "desk.login.out.text", Again: loginPath, Provider: provider},
	})
}
