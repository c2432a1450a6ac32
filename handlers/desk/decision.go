package desk

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// showDecision is the decision page.
func (s *desk) showDecision(c *gin.Context) error {
	return s.drawDecision(c, http.StatusOK, posted{}, outcome{})
}

// drawDecision draws what is proposed and the form to decide it. Where nothing is proposed there is nothing to decide,
// and the case page says where it stands.
func (s *desk) drawDecision(c *gin.Context, status int, p posted, o outcome) error {
	w, _ := whoIs(c)
	v, err := s.Service.CasePage(c.Request.Context(), w.actor, c.Param("number"), materialAt(c))
	if err != nil {
		return err
	}
	if v.Proposal == nil && status == http.StatusOK {
		return web.SeeOther(c, casePath(v.Case.Number))
	}
	page := newDecisionPage(v, p, w.actor.Has(models.RoleDecider, v.Case.ControllerID))
	page.Conflict, page.Refused = o.Conflict, o.Refused
	page.Notice = s.takeNotice(c)
	return s.page(c, status, "decision", "", templates.View{
		Title: s.t(c, "desk.decision.title", map[string]any{"number": v.Case.Number}), Faults: p.Faults, Data: page,
	})
}

// decide takes the decision.
func (s *desk) decide(c *gin.Context) error {
	return s.fromDecision(c, "beslut", "desk.notice.decided", func(r *reader) workflows.Input { return readDecide(r) })
}

// sendBack sends the proposal back to the ombud.
func (s *desk) sendBack(c *gin.Context) error {
	return s.fromDecision(c, "tillbaka", "desk.notice.sent-back", readSendBack)
}

// fromDecision takes a form of the decision page and goes back to the case.
func (s *desk) fromDecision(c *gin.Context, name, notice string, read func(*reader) workflows.Input) error {
	values, err := web.Form(c)
	if err != nil {
		return err
	}
	number := c.Param("number")
	err = s.perform(c, caseForm{name: name, transition: true, read: read}, values)
	if err == nil {
		s.Sessions.SetNotice(c.Request.Context(), notice)
		return web.SeeOther(c, casePath(number))
	}
	return s.decisionRefused(c, name, values, err)
}

func (s *desk) decisionRefused(c *gin.Context, name string, values url.Values, err error) error {
	status, wrong, o, ok := refused(err)
	web.BackTo(c, casePath(c.Param("number")))
	if !ok {
		return err
	}
	return s.drawDecision(c, status, newPosted(name, "", values, wrong), o)
}
