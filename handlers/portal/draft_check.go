package portal

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

type checkPage struct {
	step
	Send        string
	Name        string
	Number      string
	Controllers []checkedConcern
	ChangeList  string
	ChangeReach string
	Reach       reach
	Behalf      *workflows.Behalf // whom it is for, when not for the one who sends it
	ChangeWho   string
	Mandate     []workflows.FileView
}

type checkedConcern struct {
	Name   string
	Said   said
	Files  []workflows.FileView
	Change string
}

// checkPage shows everything that will be sent, and where to change it.
func (p *portal) checkPage(c *gin.Context, d draft) error {
	return p.showCheck(c, http.StatusOK, d, nil)
}

func (p *portal) showCheck(c *gin.Context, status int, d draft, faults templates.Faults) error {
	v, _ := p.visitor(c)
	s := p.step(c, d, "kontrollera", d.path("svar"), 0)
	s.Back = d.path("svar")
	data := checkPage{
		step: s, Send: d.path("skicka"), Name: v.who.Name, Number: v.who.Number, Reach: savedReach(d.Form),
		Behalf: d.Form.Behalf, ChangeWho: d.path("vem?sedan=kontrollera"), Mandate: d.Mandate,
		ChangeList: d.path("namnder?sedan=kontrollera"), ChangeReach: d.path("svar?sedan=kontrollera"),
	}
	for _, k := range d.chosen() {
		row := checkedConcern{Name: k.Name, Said: saidOf(d.Form.Right, d.addressee(k.ID).About), Change: d.path("om/" + url.PathEscape(k.Prefix) + "?sedan=kontrollera")}
		for _, f := range d.Files {
			if f.Controller == k.ID {
				row.Files = append(row.Files, f)
			}
		}
		data.Controllers = append(data.Controllers, row)
	}
	return p.show(c, status, view{page: "portal/kontrollera", title: "portal.check.title", faults: faults, data: data})
}

// send sends the request. A second press, “back” and a second tab end at the same receipt.
func (p *portal) send(c *gin.Context) error {
	id, err := models.ParseID[models.Request](c.Param("id"))
	if err != nil {
		return workflows.ErrNotFound
	}
	v, _ := p.visitor(c)
	number, err := p.Service.Submit(c.Request.Context(), actor(c), id, v.who)
	if faults, ok := web.AsFaults(err); ok {
		d, err := p.draft(c)
		if err != nil {
			return err
		}
		return p.showCheck(c, http.StatusUnprocessableEntity, d, faults)
	}
	if err != nil {
		web.BackTo(c, draftPath(c.Param("id"), "kontrollera"))
		return err
	}
	return web.SeeOther(c, receiptPath(number))
}

func receiptPath(number string) string { return "/kvitto/" + url.PathEscape(number) }

type receiptPage struct {
	Request workflows.MyRequest
	Who     from
	Mine    string
}

// receipt says that the request has come, with number, day of receipt and the last day for the answer.
func (p *portal) receipt(c *gin.Context) error {
	r, err := p.Service.MyRequest(c.Request.Context(), actor(c), c.Param("number"))
	if err != nil {
		return err
	}
	return p.show(c, http.StatusOK, view{page: "portal/kvitto", title: "portal.receipt.title", args: map[string]any{"number": r.Number},
		current: "requests", data: receiptPage{Request: r, Who: fromCases(r.Cases), Mine: requestPath(r.Number)}})
}
