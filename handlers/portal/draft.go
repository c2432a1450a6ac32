package portal

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// draft is a request being written, with what its pages share.
type draft struct {
	workflows.DraftView
	all []models.Controller
}

// chosen are the controllers of the draft, in the municipality's order, which is the order of the questions.
func (d draft) chosen() []models.Controller {
	var out []models.Controller
	for _, c := range d.all {
		if d.addressee(c.ID) != nil {
			out = append(out, c)
		}
	}
	return out
}

func (d draft) addressee(id models.ControllerID) *workflows.DraftAddressee {
	for i := range d.Form.Controllers {
		if d.Form.Controllers[i].Controller == id {
			return &d.Form.Controllers[i]
		}
	}
	return nil
}

// path is the address of one of the draft's pages.
func (d draft) path(page string) string { return draftPath(d.ID.String(), page) }

func draftPath(id, page string) string { return "/utkast/" + url.PathEscape(id) + "/" + page }

// withDraft loads the draft that the address names. One that is sent already leads to its receipt, so that “back” and a
// second tab end at the one request there is.
func (p *portal) withDraft(h func(*gin.Context, draft) error) func(*gin.Context) error {
	return func(c *gin.Context) error {
		d, err := p.draft(c)
		if err != nil {
			return err
		}
		if d.Sent {
			return web.SeeOther(c, receiptPath(d.Number))
		}
		return h(c, d)
	}
}

func (p *portal) draft(c *gin.Context) (draft, error) {
	id, err := models.ParseID[models.Request](c.Param("id"))
	if err != nil {
		return draft{}, workflows.ErrNotFound
	}
	ctx := c.Request.Context()
	v, err := p.Service.Draft(ctx, actor(c), id)
	if err != nil {
		return draft{}, err
	}
	all, err := p.Service.Controllers(ctx, actor(c))
	return draft{v, all}, err
}

// step is what the questions have in common: where in the row one is, the way back, and what a form carries.
type step struct {
	Action   string
	Back     string
	Number   int // of the question
	Total    int // questions; 0 while it depends on the answer to this one
	Version  int
	Then     string // "kontrollera" when the question is answered again from there
	Notice   string // a key: what was typed has been kept
	Conflict bool   // another tab saved first: what it saved is shown next to what was typed here
	Later    bool   // “save and continue later” is offered
	Right    models.Right
	Shielded bool   // the person has protected personal data
	Shield   string // where that is asked
}

// Noun is the key of the right's name.
func (s step) Noun() string { return rightNoun(s.Right) }

func (p *portal) step(c *gin.Context, d draft, page, back string, number int) step {
	s := step{Action: d.path(page), Back: back, Number: number, Version: d.Version, Then: then(c.Query("sedan")), Later: true, Right: d.Form.Right,
		Shielded: d.Form.Protected, Shield: d.path("skydd")}
	if n := len(d.Form.Controllers); n > 0 {
		s.Total = n + 2
	}
	if s.Then != "" {
		s.Back = d.path(s.Then)
	}
	return s
}

// then lets only the page through that a question may be asked from.
func then(s string) string {
	if s == "kontrollera" {
		return s
	}
	return ""
}

// onward is where a saved question leads.
func (p *portal) onward(c *gin.Context, d draft, form url.Values, next string) error {
	switch {
	case form.Get("spara") != "":
		p.Sessions.SetNotice(c.Request.Context(), "portal.notice.saved")
		return web.SeeOther(c, "/mina")
	case then(form.Get("sedan")) != "":
		return web.SeeOther(c, d.path("kontrollera"))
	}
	return web.SeeOther(c, next)
}

// version is the version of the draft or case that a form was drawn from.
func version(form url.Values) int {
	n, err := strconv.Atoi(form.Get("version"))
	if err != nil {
		return -1 // of nothing: a conflict
	}
	return n
}

// newDraftPage is for those who come here after logging in; the button on it makes the draft. A GET makes nothing.
func (p *portal) newDraftPage(c *gin.Context) error {
	right, err := rightOf(c.Param("right"))
	if err != nil {
		return err
	}
	open, err := p.Service.OpenDrafts(c.Request.Context(), actor(c))
	if err != nil {
		return err
	}
	return p.show(c, http.StatusOK, view{page: "portal/ny", title: "portal.right." + string(right) + ".button",
		data: newPage{Right: right, Action: newPath(right), Shield: "/ny/" + slug(right) + "/skydd", Drafts: draftRows(open)}})
}

type newPage struct {
	Right  models.Right
	Action string
	Shield string // where those begin who have protected personal data
	Drafts []draftRow
}

func (p *portal) newDraft(c *gin.Context) error { return p.beginDraft(c, "namnder") }

// newShielded makes the draft for who says at once that they have protected personal data: that is asked first.
func (p *portal) newShielded(c *gin.Context) error { return p.beginDraft(c, "skydd") }

func (p *portal) beginDraft(c *gin.Context, first string) error {
	right, err := rightOf(c.Param("right"))
	if err != nil {
		return err
	}
	form, err := web.Form(c)
	if err != nil {
		return err
	}
	id, err := p.Service.NewDraft(c.Request.Context(), actor(c), right, web.Lang(c))
	if err != nil {
		return err
	}
	if first != "namnder" {
		return web.SeeOther(c, draftPath(id.String(), first))
	}
	to, err := p.startBehalf(c, id, form.Get("vem"))
	if err != nil {
		return err
	}
	return web.SeeOther(c, to)
}

// resume leads to the first question that has no answer yet.
func (p *portal) resume(c *gin.Context) error {
	return p.withDraft(func(c *gin.Context, d draft) error {
		if len(d.Form.Controllers) == 0 {
			return web.SeeOther(c, d.path("namnder"))
		}
		return web.SeeOther(c, d.path("kontrollera"))
	})(c)
}

type discardPage struct {
	Action, Back string
}

func (p *portal) discardPage(c *gin.Context, d draft) error {
	return p.show(c, http.StatusOK, view{page: "portal/slang", title: "portal.discard.title", data: discardPage{d.path("slang"), "/mina"}})
}

func (p *portal) discard(c *gin.Context) error {
	id, err := models.ParseID[models.Request](c.Param("id"))
	if err != nil {
		return workflows.ErrNotFound
	}
	if err := p.Service.DiscardDraft(c.Request.Context(), actor(c), id); err != nil {
		return err
	}
	p.Sessions.SetNotice(c.Request.Context(), "portal.notice.discarded")
	return web.SeeOther(c, "/mina")
}

// fault is one thing that is wrong with a form of ours.
func fault(field, key string) templates.Fault { return templates.Fault{Field: field, Key: key} }

// clip takes spaces and odd line ends off what was typed.
func clip(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

// offered tells whether an answer is one of those that were offered.
func offered(answer string, of []string) bool { return slices.Contains(of, answer) }
