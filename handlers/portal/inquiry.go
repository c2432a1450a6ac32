package portal

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/internal/oidc"
	"insyn/internal/session"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

func inquiryPath(id string) string        { return "/fraga/" + url.PathEscape(id) }
func ownInquiryPath(number string) string { return "/mina/fragor/" + url.PathEscape(number) }

// byCodePrefix begins the session's text about whoever has shown a one-time code; a resident's begins with an id.
const byCodePrefix = "inquirer "

// byCode tells whether the page is for whoever has shown the inquiry's one-time code.
func byCode(c *gin.Context) bool {
	switch c.FullPath() {
	case "/fraga/:id/svar", "/fraga/:id/legitimera":
		return true
	}
	return false
}

// identifyByCode is the way to know who asks on such a page. Without the code of that very inquiry one comes to the page that sends
// it, whether there is an inquiry or not.
func (p *portal) identifyByCode(c *gin.Context) (models.Actor, bool, error) {
	if l, ok := p.Sessions.Current(c.Request.Context()); ok {
		if of, ok := strings.CutPrefix(l.UserID, byCodePrefix); ok && of == c.Param("id") {
			if id, err := models.ParseID[models.Inquiry](of); err == nil {
				return models.InquirerActor(id), true, nil
			}
		}
	}
	if c.Request.Method == http.MethodPost {
		if _, err := p.keepForm(c, inquiryPath(c.Param("id"))+"/svar"); err != nil {
			return models.Actor{}, false, err
		}
	}
	return models.Actor{}, false, web.SeeOther(c, inquiryPath(c.Param("id")))
}

type codePages struct {
	Send, Code, Open string
	ID               string
}

func (p *portal) inquiryID(c *gin.Context) (models.InquiryID, error) {
	id, err := models.ParseID[models.Inquiry](c.Param("id"))
	if err != nil {
		return id, workflows.ErrNotFound
	}
	return id, nil
}

func newCodePages(id models.InquiryID) codePages {
	at := inquiryPath(id.String())
	return codePages{Send: at + "/kod", Code: at + "/kod", Open: at + "/oppna", ID: id.String()}
}

// openPage is where the mail's link leads. It is the same for every id.
func (p *portal) openPage(c *gin.Context) error {
	id, err := p.inquiryID(c)
	if err != nil {
		return err
	}
	return p.show(c, http.StatusOK, view{page: "portal/fraga-oppna", title: "portal.inquiry.open.title", data: newCodePages(id)})
}

// sendCode sends a one-time code to the address that the inquiry has, if it is there and has one.
func (p *portal) sendCode(c *gin.Context) error {
	id, err := p.inquiryID(c)
	if err != nil {
		return err
	}
	err = p.Service.SendCode(c.Request.Context(), id, network(c))
	if faults, status, ok := askFaults(err); ok {
		faults[0].Field = "code"
		return p.showCode(c, status, id, faults)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(c, newCodePages(id).Code)
}

// codePage asks for the code.
func (p *portal) codePage(c *gin.Context) error {
	id, err := p.inquiryID(c)
	if err != nil {
		return err
	}
	return p.showCode(c, http.StatusOK, id, nil)
}

func (p *portal) showCode(c *gin.Context, status int, id models.InquiryID, faults templates.Faults) error {
	return p.show(c, status, view{page: "portal/fraga-kod", title: "portal.inquiry.code.title", faults: faults, data: newCodePages(id)})
}

// openByCode makes the session that of whoever has the code. What was typed before it ran out is kept.
func (p *portal) openByCode(c *gin.Context) error {
	ctx := c.Request.Context()
	id, err := p.inquiryID(c)
	if err != nil {
		return err
	}
	form, err := web.Form(c)
	if err != nil {
		return err
	}
	if _, err = p.Service.OpenByCode(ctx, id, form.Get("code"), network(c)); err != nil {
		if faults, status, ok := askFaults(err); ok {
			faults[0].Field = "code"
			return p.showCode(c, status, id, faults)
		}
		return err
	}
	page := inquiryPath(id.String()) + "/svar"
	kept, hasKept, err := p.Sessions.TakePending(ctx, keptState(page))
	if err != nil {
		return err
	}
	if err := p.Sessions.Login(ctx, session.Login{UserID: byCodePrefix + id.String(), At: p.Clock.Now()}); err != nil {
		return err
	}
	if hasKept {
		p.Sessions.PutPending(ctx, kept)
	}
	return web.SeeOther(c, page)
}

type inquiryPage struct {
	workflows.MyInquiry
	Action  string // of a further question
	Claim   string // where the request is confirmed
	ByCode  bool
	Typed   string
	Notice  string
	Request string
	Lines   []templates.Message
}

func (p *portal) showInquiry(c *gin.Context, status int, q workflows.MyInquiry, typed string, faults templates.Faults) error {
	data := inquiryPage{MyInquiry: q, ByCode: actor(c).Kind == models.InquirerKind, Typed: typed,
		Notice: p.Sessions.TakeNotice(c.Request.Context())}
	if data.ByCode {
		at := inquiryPath(q.ID.String())
		data.Action, data.Claim = at+"/svar", at+"/legitimera"
	} else {
		at := ownInquiryPath(q.Number)
		data.Action, data.Claim = at+"/svar", at+"/begaran"
		if q.RequestNumber != "" {
			data.Request = requestPath(q.RequestNumber)
		}
	}
	for _, m := range q.Messages {
		line := templates.Message{By: p.Texts.T(web.Lang(c), "portal.inquiry.you", nil), At: m.At, Text: m.Text, Mine: m.Direction == models.FromAsker}
		if !line.Mine {
			line.By = p.Texts.T(web.Lang(c), "portal.inquiry.from."+strconv.Itoa(m.Tier), nil)
		}
		data.Lines = append(data.Lines, line)
	}
	return p.show(c, status, view{page: "portal/fraga", title: "portal.inquiry.one", current: "requests", faults: faults, data: data})
}

// inquiryByCode shows the inquiry to whoever has its code.
func (p *portal) inquiryByCode(c *gin.Context) error {
	return p.readInquiry(c, func() (workflows.MyInquiry, error) { return p.Service.InquiryByCode(c.Request.Context(), actor(c)) })
}

// myInquiry shows one of the person's own.
func (p *portal) myInquiry(c *gin.Context) error {
	return p.readInquiry(c, func() (workflows.MyInquiry, error) { return p.own(c) })
}

func (p *portal) own(c *gin.Context) (workflows.MyInquiry, error) {
	return p.Service.MyInquiry(c.Request.Context(), actor(c), c.Param("number"))
}

func (p *portal) readInquiry(c *gin.Context, load func() (workflows.MyInquiry, error)) error {
	q, err := load()
	if err != nil {
		return err
	}
	kept, _, err := p.restore(c, pageOf(c))
	if err != nil {
		return err
	}
	return p.showInquiry(c, http.StatusOK, q, kept.Get("text"), nil)
}

// followUpByCode and followUp take a further question.
func (p *portal) followUpByCode(c *gin.Context) error {
	return p.askMore(c, inquiryPath(c.Param("id"))+"/svar", func() (workflows.MyInquiry, error) { return p.Service.InquiryByCode(c.Request.Context(), actor(c)) })
}

func (p *portal) followUp(c *gin.Context) error {
	return p.askMore(c, ownInquiryPath(c.Param("number")), func() (workflows.MyInquiry, error) { return p.own(c) })
}

func (p *portal) askMore(c *gin.Context, page string, load func() (workflows.MyInquiry, error)) error {
	form, err := web.Form(c)
	if err != nil {
		return err
	}
	web.BackTo(c, page)
	q, err := load()
	if err != nil {
		return err
	}
	err = p.Service.ApplyInquiry(c.Request.Context(), actor(c), workflows.OnInquiry{Inquiry: q.ID}, workflows.FollowUp{Text: form.Get("text")})
	if faults, status, ok := askFaults(err); ok {
		return p.showInquiry(c, status, q, form.Get("text"), faults)
	}
	if err != nil {
		return err
	}
	p.Sessions.SetNotice(c.Request.Context(), "portal.inquiry.notice.sent")
	return web.SeeOther(c, page)
}

type claimPage struct {
	workflows.MyInquiry
	Action, Back string
	Words        []string
}

func (p *portal) showClaim(c *gin.Context, q workflows.MyInquiry, action, back string) error {
	if !q.Offer {
		return workflows.ErrConflict
	}
	data := claimPage{MyInquiry: q, Action: action, Back: back}
	for _, m := range q.Messages {
		if m.Direction == models.FromAsker {
			data.Words = append(data.Words, m.Text)
		}
	}
	return p.show(c, http.StatusOK, view{page: "portal/fraga-begaran", title: "portal.inquiry.claim.title", current: "requests", data: data})
}

// identifyForRequest leads whoever has the code to the login with an e-ID; that the code was shown goes along.
func (p *portal) identifyForRequest(c *gin.Context) error {
	page := inquiryPath(c.Param("id")) + "/begaran"
	p.Sessions.PutPending(c.Request.Context(), codeShown(page, c.Param("id")))
	return p.beginLogin(c, page, oidc.Options{UILocale: web.Lang(c)})
}

// codeShown is the session's note that the code of an inquiry was shown, for the page where its request is confirmed. It survives
// the login, as what was typed does.
func codeShown(page, id string) session.Pending {
	return session.Pending{Flow: oidc.Flow{State: keptState(page)}, ReturnTo: id}
}

// shown gives the actor of the inquiry whose code was shown before the login. The note stays until it is used.
func (p *portal) shown(c *gin.Context, use bool) (models.Actor, error) {
	ctx, page := c.Request.Context(), inquiryPath(c.Param("id"))+"/begaran"
	note, ok, err := p.Sessions.TakePending(ctx, keptState(page))
	if err != nil {
		return models.Actor{}, err
	}
	id, bad := models.ParseID[models.Inquiry](note.ReturnTo)
	if !ok || bad != nil || note.ReturnTo != c.Param("id") {
		return models.Actor{}, nil //nolint:nilerr // no note, or another's: nobody has shown a code
	}
	if !use {
		p.Sessions.PutPending(ctx, note)
	}
	return models.InquirerActor(id), nil
}

// claimPage shows what would be sent, to whoever has shown the code and then an e-ID.
func (p *portal) claimPage(c *gin.Context) error {
	by, err := p.shown(c, false)
	if err != nil {
		return err
	}
	if by.Kind == "" {
		return web.SeeOther(c, inquiryPath(c.Param("id")))
	}
	q, err := p.Service.InquiryByCode(c.Request.Context(), by)
	if err != nil {
		return err
	}
	return p.showClaim(c, q, inquiryPath(c.Param("id"))+"/begaran", "/mina")
}

// claim confirms the request.
func (p *portal) claim(c *gin.Context) error {
	v, _ := p.visitor(c)
	by, err := p.shown(c, true)
	if err != nil {
		return err
	}
	if by.Kind == "" {
		return web.SeeOther(c, inquiryPath(c.Param("id")))
	}
	return p.confirm(c, by, by.Inquiry, workflows.ClaimInquiry{Subject: v.subject, Who: v.who})
}

func (p *portal) ownClaimPage(c *gin.Context) error {
	q, err := p.own(c)
	if err != nil {
		return err
	}
	return p.showClaim(c, q, ownInquiryPath(q.Number)+"/begaran", ownInquiryPath(q.Number))
}

func (p *portal) ownClaim(c *gin.Context) error {
	q, err := p.own(c)
	if err != nil {
		return err
	}
	return p.confirm(c, actor(c), q.ID, workflows.ClaimInquiry{})
}

func (p *portal) confirm(c *gin.Context, by models.Actor, id models.InquiryID, in workflows.ClaimInquiry) error {
	web.BackTo(c, "/mina")
	err := p.Service.ApplyInquiry(c.Request.Context(), by, workflows.OnInquiry{Inquiry: id}, in)
	if err != nil {
		return err
	}
	p.Sessions.SetNotice(c.Request.Context(), "portal.inquiry.notice.claimed")
	return web.SeeOther(c, "/mina")
}
