package desk

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// who is the member of staff behind a request.
type who struct {
	staff       models.Staff
	all         models.Actor        // every right that is valid today
	actor       models.Actor        // narrowed to the controller worked for
	controllers []models.Controller // where the rights are
	at          string              // prefix of the controller worked for; everywhere for all of a DSO's
	everywhere  bool                // a DSO may look at all the controllers that appointed them at once
}

const (
	whoKey = "desk.who"
	// controllerCookie remembers which controller a member of staff works for. It holds the controller's prefix and gives no
	// right: whatever it says, the actor is narrowed to rights that are there.
	controllerCookie = "insyn-namnd"
	everywhere       = "alla"
)

// whoIs is the member of staff that identify found.
func whoIs(c *gin.Context) (who, bool) {
	v, ok := c.Get(whoKey)
	if !ok {
		return who{}, false
	}
	w, ok := v.(who)
	return w, ok
}

// identify loads who asks and what they may do today. It answers by itself when nobody is logged in, or when the one who
// is has no right left.
func (s *desk) identify(c *gin.Context) (models.Actor, bool, error) {
	ctx := c.Request.Context()
	login, ok := s.Sessions.Current(ctx)
	if !ok {
		return models.Actor{}, false, s.askToLogIn(c)
	}
	id, err := models.ParseID[models.Staff](login.UserID)
	if err != nil {
		return models.Actor{}, false, s.Sessions.Logout(ctx)
	}
	actor, staff, controllers, err := s.Service.StaffActor(ctx, id)
	switch {
	case errors.Is(err, workflows.ErrNotFound), errors.Is(err, workflows.ErrForbidden), err == nil && len(actor.Grants) == 0:
		return models.Actor{}, false, s.turnAway(c, "desk.login.no-role")
	case err != nil:
		return models.Actor{}, false, err
	}
	w := who{staff: staff, all: actor, controllers: controllers}
	w.choose(c)
	c.Set(whoKey, w)
	return w.actor, true, nil
}

// choose settles which controller is worked for: that of the case in the address, else the one chosen last, else the
// first. One at a time; only a DSO may look at all that appointed them.
func (w *who) choose(c *gin.Context) {
	dso := w.all.Controllers(models.RoleDSO)
	handling := w.all.Controllers(models.RoleOmbud, models.RoleDecider, models.RoleRegistrator)
	w.everywhere = len(dso) > 1
	chosen, _ := c.Cookie(controllerCookie)
	if of := controllerOf(c.Param("number")); of != "" {
		chosen = of
	}
	i := slices.IndexFunc(w.controllers, func(k models.Controller) bool { return k.Prefix == chosen })
	switch {
	case i < 0 && w.everywhere && (chosen == everywhere || len(handling) == 0):
		w.at, w.actor = everywhere, w.all
		w.actor.Grants = slices.DeleteFunc(slices.Clone(w.all.Grants), func(g models.Grant) bool {
			return !g.Controller.IsZero() && g.Role != models.RoleDSO
		})
	case len(w.controllers) == 0:
		w.actor = w.all
	default:
		k := w.controllers[max(i, 0)]
		w.at, w.actor = k.Prefix, w.all.At(k.ID)
	}
}

// controllerOf is the prefix at the end of a case's number: SN of INS-2026-00042-SN; "" of a request's number.
func controllerOf(number string) string {
	const parts = 4
	if p := strings.SplitN(number, "-", parts); len(p) == parts {
		return p[parts-1]
	}
	return ""
}

// controller is the controller worked for; nil for all of a DSO's, and for those who work for none.
func (w who) controller() *models.Controller {
	for i := range w.controllers {
		if w.controllers[i].Prefix == w.at {
			return &w.controllers[i]
		}
	}
	return nil
}

// switchController remembers the controller chosen in the menu.
func (s *desk) switchController(c *gin.Context) error {
	w, _ := whoIs(c)
	want := c.Query("controller")
	known := want == everywhere && w.everywhere ||
		slices.ContainsFunc(w.controllers, func(k models.Controller) bool { return k.Prefix == want })
	if !known {
		return workflows.ErrNotFound
	}
	http.SetCookie(c.Writer, &http.Cookie{ //nolint:gosec // G124: Secure whenever the site is https
		Name: controllerCookie, Value: want, Path: root, HttpOnly: true, Secure: s.site.Secure(), SameSite: http.SameSiteLaxMode,
	})
	return web.SeeOther(c, root)
}

// askToLogIn sends a reader to the login and back to the page. A form that was sent after the session ended is shown
// with all that was typed, to be sent again from the same page once logged in: nothing written is lost.
func (s *desk) askToLogIn(c *gin.Context) error {
	if c.Request.Method == http.MethodGet {
		return web.SeeOther(c, loginPath+"?"+url.Values{"till": {c.Request.URL.EscapedPath()}}.Encode())
	}
	data := expired{Action: c.Request.URL.EscapedPath()}
	if kind, _, _ := mime.ParseMediaType(c.GetHeader("Content-Type")); kind == "application/x-www-form-urlencoded" {
		values, err := web.Form(c)
		if err != nil {
			return err
		}
		data.read(values)
	}
	return s.page(c, http.StatusUnauthorized, "expired", "", templates.View{Title: s.t(c, "desk.expired.title", nil), Data: data})
}

// expired is a form that was sent after the session had ended.
type expired struct {
	Action string
	Fields []typed
}

// typed is one field as it was sent.
type typed struct{ Name, Value string }

// read takes over every field, in a settled order.
func (e *expired) read(values url.Values) {
	for name, all := range values {
		for _, v := range all {
			e.Fields = append(e.Fields, typed{name, v})
		}
	}
	slices.SortStableFunc(e.Fields, func(a, b typed) int { return strings.Compare(a.Name, b.Name) })
}

// turnAway ends the session of somebody with no right today and says so.
func (s *desk) turnAway(c *gin.Context, key string) error {
	if err := s.Sessions.Logout(c.Request.Context()); err != nil {
		return err
	}
	return s.loginPage(c, http.StatusForbidden, key)
}
