package portal

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/templates"
	"insyn/workflows"
)

// People with protected personal data (skyddade personuppgifter, domain 5) are asked early and told that calling or visiting
// is the safest. Who goes on here is asked for no address and confirms each controller.

const yes, no = "ja", "nej"

type shieldPage struct {
	step
	Known bool // from before: it is not asked again
	Value string
}

// shieldStep is the question's place: before the controllers, outside the count.
func (p *portal) shieldStep(c *gin.Context, d draft) step {
	return p.step(c, d, "skydd", d.path("namnder"), 1)
}

// shieldPage asks whether the person has protected personal data, and says what follows.
func (p *portal) shieldPage(c *gin.Context, d draft) error {
	value := ""
	if d.Form.Protected {
		value = yes
	}
	return p.showShield(c, http.StatusOK, d, value, nil)
}

func (p *portal) showShield(c *gin.Context, status int, d draft, value string, faults templates.Faults) error {
	return p.show(c, status, view{page: "portal/skydd", title: "portal.shield.title", faults: faults,
		data: shieldPage{step: p.shieldStep(c, d), Known: d.Remembered, Value: value}})
}

// saveShield keeps the answer with the draft. A yes takes away what must not be there.
func (p *portal) saveShield(c *gin.Context, d draft) error {
	form, err := web.Form(c)
	if err != nil {
		return err
	}
	value := form.Get("skydd")
	if d.Remembered {
		value = yes
	}
	if !offered(value, []string{yes, no}) {
		return p.showShield(c, http.StatusUnprocessableEntity, d, value, templates.Faults{fault("skydd", "portal.shield.choose")})
	}
	err = p.Service.SaveDraft(c.Request.Context(), actor(c), d.ID, version(form), func(f *workflows.DraftForm) {
		if f.Protected = value == yes; f.Protected {
			f.Email, f.Phone, f.Address = "", "", ""
		}
	})
	if errors.Is(err, workflows.ErrConflict) {
		return p.conflict(c, func(now draft) error { return p.showShield(c, http.StatusConflict, now, value, nil) })
	}
	if err != nil {
		return err
	}
	return p.onward(c, d, form, d.path("namnder"))
}

// confirmed is the answer of a protected person to whether the controller shall get the request; a fault when there is none
// and the question is left.
func confirmed(form url.Values, d draft, name string) (bool, templates.Faults) {
	said := form.Get("bekrafta") == yes
	if !d.Form.Protected || said || form.Has("ta-bort") || form.Has("lagg-till") || form.Get("spara") != "" {
		return said, nil
	}
	return said, templates.Faults{{Field: "bekrafta", Key: "portal.shield.confirm-missing", Args: map[string]any{"name": name}}}
}

// protect flags the person from the page of one of their requests. It cannot be taken back here.
func (p *portal) protect(c *gin.Context) error {
	number := c.Param("number")
	form, err := web.Form(c)
	if err != nil {
		return err
	}
	if form.Get("skydd") != yes {
		return web.ErrBadForm
	}
	if err := p.Service.ProtectRequest(c.Request.Context(), actor(c), number); err != nil {
		return err
	}
	p.Sessions.SetNotice(c.Request.Context(), "portal.shield.done")
	return web.SeeOther(c, requestPath(number))
}
