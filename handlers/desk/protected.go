package desk

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/models"
)

// protection is the part of a page that says that the person has protected personal data, or where to say so.
type protection struct {
	Protected bool
	CanSet    bool
	Cleared   bool // the reader goes on seeing the person once the mark is set
	CanLift   bool
	Action    string
	form      form
}

// Form is the form of lifting, with what was wrong with it.
func (p protection) Form() form { return p.form }

// caseProtection is for who handles a case: ombud and decision maker mark, a cleared ombud lifts.
func caseProtection(a models.Actor, c models.Case, f form) protection {
	ombud, decider := a.HasFor(models.RoleOmbud, c.ControllerID, c.Protected), a.HasFor(models.RoleDecider, c.ControllerID, c.Protected)
	return protection{Protected: c.Protected, CanSet: !c.Protected && (ombud || decider), CanLift: c.Protected && ombud,
		Cleared: a.HasFor(models.RoleOmbud, c.ControllerID, true) || a.HasFor(models.RoleDecider, c.ControllerID, true),
		Action:  casePath(c.Number) + "/skydd", form: f}
}

// intakeProtection is for the servicecenter, which only sees a protected person's request when it is cleared.
func intakeProtection(a models.Actor, r models.Request, f form) protection {
	return protection{Protected: r.Protected, CanSet: !r.Protected, CanLift: r.Protected,
		Cleared: a.HasFor(models.RoleServicecenter, models.ControllerID{}, true),
		Action:  intakePath(r.Number) + "/skydd", form: f}
}

// protectCase marks the person of a case, or takes the mark away.
func (s *desk) protectCase(c *gin.Context) error {
	number := c.Param("number")
	w, _ := whoIs(c)
	values, again, err := s.protect(c, w, casePath(number), s.Service.ProtectCase, s.Service.UnprotectCase, func(ctx context.Context) error {
		_, err := s.Service.CasePage(ctx, w.actor, number)
		return err
	})
	if again {
		return s.caseRefused(c, "skydd", "", values, err)
	}
	return err
}

// protectRequest does the same for the servicecenter.
func (s *desk) protectRequest(c *gin.Context) error {
	number := c.Param("number")
	w, _ := whoIs(c)
	values, again, err := s.protect(c, w, intakePath(number), s.Service.ProtectRequest, s.Service.UnprotectRequest, func(ctx context.Context) error {
		_, err := s.Service.IntakePage(ctx, w.actor, number)
		return err
	})
	if again {
		_, wrong, o, _ := refused(err)
		return s.drawIntake(c, http.StatusUnprocessableEntity, newPosted("skydd", "", values, wrong), o)
	}
	return err
}

// protect sets or lifts the mark and leads back; to the first page when what was marked is gone from the reader's sight. again
// tells that the page is to be shown with the fault in err.
func (s *desk) protect(c *gin.Context, w who, page string, set func(context.Context, models.Actor, string) error,
	lift func(context.Context, models.Actor, string, string) error, look func(context.Context) error) (values url.Values, again bool, err error) {
	if values, err = web.Form(c); err != nil {
		return nil, false, err
	}
	ctx, notice := c.Request.Context(), "desk.notice.protected"
	switch values.Get("gor") {
	case "markera":
		err = set(ctx, w.actor, c.Param("number"))
	case "hav":
		err, notice = lift(ctx, w.actor, c.Param("number"), values.Get("reason")), "desk.notice.unprotected"
	default:
		return values, false, web.ErrBadForm // which of the two must be said
	}
	if _, invalid := web.AsFaults(err); invalid {
		return values, true, err
	}
	if err != nil {
		web.BackTo(c, page)
		return values, false, err
	}
	s.Sessions.SetNotice(ctx, notice)
	if look(ctx) != nil {
		page = root
	}
	return values, false, web.SeeOther(c, page)
}
