package desk

import (
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// delegationsPage lists delegations, with a form for a new one and one in each row for its last day.
type delegationsPage struct {
	workflows.DelegationsView
	posted
	Notice   string
	Conflict bool
	Refused  *workflows.Refusal
	Kept     []string
	Admin    bool
	Paths    map[string]string
}

// Form gives a form of the page by name, and by row where there are several.
func (p delegationsPage) Form(name string, row ...any) form {
	if len(row) == 0 {
		return p.at(name, "")
	}
	return p.at(name, idText(row[0]))
}

// Holder is the value of a choice of holder: the person and the controller, since somebody may hold at several.
func (p delegationsPage) Holder(h workflows.HolderChoice) string {
	return h.Controller.String() + " " + h.Staff.String()
}

// ControllerName is the name of a controller that the reader keeps delegations of.
func (p delegationsPage) ControllerName(id models.ControllerID) string {
	for _, c := range p.Controllers {
		if c.ID == id {
			return c.Name
		}
	}
	return ""
}

// idText is the text of an id of any kind.
func idText(v any) string { return fmt.Sprint(v) }

func (s *desk) delegations(c *gin.Context) error {
	return s.drawDelegations(c, http.StatusOK, posted{}, outcome{})
}

// keeper is the actor with every right as registrator, whichever controller is worked for: delegations are kept for all.
func keeper(w who) models.Actor { return w.all }

func (s *desk) drawDelegations(c *gin.Context, status int, p posted, o outcome) error {
	w, _ := whoIs(c)
	v, err := s.Service.Delegations(c.Request.Context(), keeper(w))
	if err != nil {
		return err
	}
	return s.page(c, status, "delegations", delegationsPath, templates.View{Title: s.t(c, "desk.admin.delegations", nil), Faults: p.Faults,
		Data: delegationsPage{DelegationsView: v, posted: p, Notice: s.takeNotice(c), Conflict: o.Conflict, Refused: o.Refused,
			Admin: w.actor.HasRole(models.RoleAdmin), Paths: adminPaths()}})
}

// addDelegation stores what a committee has adopted.
func (s *desk) addDelegation(c *gin.Context) error {
	w, _ := whoIs(c)
	values, err := web.Form(c)
	if err != nil {
		return err
	}
	r := &reader{values: values}
	var controller, holder string
	_, _ = fmt.Sscan(r.text("holder"), &controller, &holder) // what is not two ids was never a choice: nobody is then chosen
	in := workflows.NewDelegation{Number: r.text("number"), Text: r.text("text"), Kinds: values["kinds"], PositionTitle: r.text("position"),
		AdoptedOn: r.date("adopted"), Paragraph: r.text("paragraph"), From: r.date("from"), To: r.date("to")}
	if id, err := models.ParseID[models.Controller](controller); err == nil {
		in.Controller = id
	}
	if id, err := models.ParseID[models.Staff](holder); err == nil {
		in.Holder = id
	}
	if err = r.invalid(); err == nil {
		err = s.Service.AddDelegation(c.Request.Context(), keeper(w), in)
	}
	return s.afterDelegation(c, "ny", "", "desk.admin.notice.delegation-added", r, err)
}

// endDelegation gives a delegation its last day.
func (s *desk) endDelegation(c *gin.Context) error {
	w, _ := whoIs(c)
	values, err := web.Form(c)
	if err != nil {
		return err
	}
	r := &reader{values: values}
	last := r.date("to")
	if err = r.invalid(); err == nil {
		err = s.Service.EndDelegation(c.Request.Context(), keeper(w), id[models.Delegation](r, "delegation"), last)
	}
	return s.afterDelegation(c, "sista-dag", values.Get("delegation"), "desk.admin.notice.delegation-ends", r, err)
}

// afterDelegation goes back to the list, or draws it again with the form as it was posted.
func (s *desk) afterDelegation(c *gin.Context, name, row, notice string, r *reader, err error) error {
	if err == nil {
		s.Sessions.SetNotice(c.Request.Context(), notice)
		return web.SeeOther(c, delegationsPath)
	}
	web.BackTo(c, delegationsPath)
	status, wrong, o, ok := refused(err)
	if !ok {
		return err
	}
	return s.drawDelegations(c, status, newPosted(name, row, r.values, wrong), o)
}
