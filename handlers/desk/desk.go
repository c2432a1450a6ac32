package desk

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/internal/clock"
	"insyn/internal/oidc"
	"insyn/internal/session"
	"insyn/models"
	"insyn/templates"
)

// Login is the staff's identity provider; *oidc.Client in production.
type Login interface {
	Begin(ctx context.Context, redirectURL string, o oidc.Options) (authURL string, flow oidc.Flow, err error)
	Finish(ctx context.Context, flow oidc.Flow, query url.Values) (oidc.Identity, error)
	EndSessionURL(ctx context.Context, afterwards string) (string, error)
}

// Sessions is who is logged in at the desk; *session.Manager in production.
type Sessions interface {
	Handler(next http.Handler) http.Handler
	PutPending(ctx context.Context, p session.Pending)
	TakePending(ctx context.Context, state string) (session.Pending, bool, error)
	Login(ctx context.Context, l session.Login) error
	Current(ctx context.Context) (session.Login, bool)
	Logout(ctx context.Context) error
	SetNotice(ctx context.Context, key string)
	TakeNotice(ctx context.Context) string
}

// Texts gives the words of a key in a language; *templates.Set in production.
type Texts interface {
	T(lang, key string, args map[string]any) string
}

// Deps is what the desk stands on. All are needed.
type Deps struct {
	Service  Service
	Login    Login
	Sessions Sessions
	Texts    Texts
	Clock    clock.Clock // of the service: the demo's day in the demo
	Log      *slog.Logger
	// UploadMax is the largest file in bytes, the same as workflows.Settings.UploadMax.
	UploadMax int64
}

// desk holds what the handlers share. It is not changed after Register.
type desk struct {
	Deps
	site *web.Site
}

// Register adds the desk's door and routes to the site.
func Register(site *web.Site, d Deps) error {
	if d.Service == nil || d.Login == nil || d.Sessions == nil || d.Texts == nil || d.Clock == nil || d.Log == nil || d.UploadMax <= 0 {
		return errors.New("desk: a dependency is missing")
	}
	s := &desk{Deps: d, site: site}
	s.routes(site.Door(web.Door{
		Name: "desk", Prefix: root, Sessions: d.Sessions.Handler, Identify: s.identify,
		ErrorPage: "desk/error", Shell: func(c *gin.Context) any { return s.shell(c, "") },
	}))
	return nil
}

// page renders a page of the desk. nav is the address of the menu's item that the page belongs to.
func (s *desk) page(c *gin.Context, status int, name, nav string, v templates.View) error {
	v.Shell = s.shell(c, nav)
	return s.site.Render(c, status, "desk/"+name, v)
}

// t is the words of a key in the request's language.
func (s *desk) t(c *gin.Context, key string, args map[string]any) string {
	return s.Texts.T(web.Lang(c), key, args)
}

// anyRole lists the roles that see cases.
func caseRoles() []models.Role {
	return []models.Role{models.RoleOmbud, models.RoleDecider, models.RoleDSO, models.RoleRegistrator}
}
