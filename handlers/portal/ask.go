package portal

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/netip"
	"regexp"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// askPath is the form for a question, for everyone.
const askPath = "/fraga/ny"

// inquiries is every address of a question: asking it, reading its answer with a one-time code or logged in.
func (p *portal) inquiries(d *web.Door) {
	d.Get(askPath, web.Public(), p.askPage)
	d.Post(askPath, web.Public(), p.ask)
	d.Get("/fraga/tack", web.Public(), p.asked)
	d.Get("/fraga/:id", web.Public(), p.openPage)
	d.Get("/fraga/:id/kod", web.Public(), p.codePage)
	d.Post("/fraga/:id/kod", web.Public(), p.sendCode)
	d.Post("/fraga/:id/oppna", web.Public(), p.openByCode)
	d.Get("/fraga/:id/svar", web.Inquirer(), p.inquiryByCode)
	d.Post("/fraga/:id/svar", web.Inquirer(), p.followUpByCode)
	d.Post("/fraga/:id/legitimera", web.Inquirer(), p.identifyForRequest)
	d.Get("/fraga/:id/begaran", web.Resident(), p.claimPage)
	d.Post("/fraga/:id/begaran", web.Resident(), p.claim)
	d.Get("/mina/fragor/:number", web.Resident(), p.myInquiry)
	d.Post("/mina/fragor/:number/svar", web.Resident(), p.followUp)
	d.Get("/mina/fragor/:number/begaran", web.Resident(), p.ownClaimPage)
	d.Post("/mina/fragor/:number/begaran", web.Resident(), p.ownClaim)
}

// toDPO is the choice to write to the DSO alone.
const toDPO = "dso"

// trapField is a field that no person sees. What is written in it was written by a program.
const trapField = "webbplats"

type askForm struct {
	Form                       string
	To, Topic, Text, Email, Of string
	LoggedIn                   bool
	Login                      string
	Topics, Whom, Officers     []templates.Option
}

// askPage shows the form.
func (p *portal) askPage(c *gin.Context) error {
	to := "kommunen"
	if c.Query("till") == toDPO {
		to = toDPO
	}
	return p.showAsk(c, http.StatusOK, askForm{Form: rand.Text(), To: to}, nil)
}

func (p *portal) showAsk(c *gin.Context, status int, f askForm, faults templates.Faults) error {
	_, f.LoggedIn = p.visitor(c)
	f.Login = loginPath(askPath)
	t := func(key string) string { return p.Texts.T(web.Lang(c), key, nil) }
	f.Topics = append(f.Topics, templates.Option{Label: t("inquiry.topic.none")})
	for _, topic := range workflows.InquiryTopics() {
		f.Topics = append(f.Topics, templates.Option{Value: topic, Label: t("inquiry.topic." + topic)})
	}
	all, err := p.Service.Controllers(c.Request.Context(), models.Actor{})
	if err != nil {
		return err
	}
	f.Officers = append(f.Officers, templates.Option{Label: t("portal.ask.of-none")})
	for _, k := range all {
		f.Officers = append(f.Officers, templates.Option{Value: k.ID.String(), Label: k.Name})
	}
	f.Whom = []templates.Option{{Value: "kommunen", Label: t("portal.ask.who-us"), Hint: t("portal.ask.who-us-hint")},
		{Value: toDPO, Label: t("portal.ask.who-dpo"), Hint: t("portal.ask.who-dpo-hint")}}
	return p.show(c, status, view{page: "portal/fraga-ny", title: "portal.ask.title", faults: faults, data: f})
}

// ask receives the question.
func (p *portal) ask(c *gin.Context) error {
	form, err := web.Form(c)
	if err != nil {
		return err
	}
	f := askForm{Form: form.Get("form"), To: form.Get("till"), Topic: form.Get("topic"), Text: form.Get("text"), Email: form.Get("email"), Of: form.Get("controller")}
	if form.Get(trapField) != "" {
		return p.showAsk(c, http.StatusUnprocessableEntity, f, templates.Faults{fault(trapField, "error.inquiry-trap")})
	}
	in := workflows.AskForm{Form: f.Form, From: network(c), Text: clip(f.Text), Topic: f.Topic, Email: f.Email, Language: web.Lang(c), Direct: f.To == toDPO}
	if in.Direct {
		in.Controller, _ = models.ParseID[models.Controller](f.Of) // none chosen is the municipality's own
	}
	asker := models.Actor{}
	if v, ok := p.visitor(c); ok {
		asker, in.Who = models.ResidentActor(v.subject), &v.who
	}
	number, err := p.Service.Ask(c.Request.Context(), asker, in)
	if faults, status, ok := askFaults(err); ok {
		if f.Form == "" {
			f.Form = rand.Text()
		}
		return p.showAsk(c, status, f, faults)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(c, "/fraga/tack?nr="+number)
}

// askFaults is what was wrong with a form, at its fields, and the status of the page that says so.
func askFaults(err error) (templates.Faults, int, bool) {
	var invalid workflows.Invalid
	var refusal workflows.Refusal
	switch {
	case errors.As(err, &invalid):
		var out templates.Faults
		for _, e := range invalid.Fields {
			out = append(out, templates.Fault{Field: e.Field, Key: e.Key, Args: e.Args})
		}
		return out, http.StatusUnprocessableEntity, true
	case errors.As(err, &refusal):
		return templates.Faults{{Field: "text", Key: refusal.Key, Args: refusal.Args}}, http.StatusTooManyRequests, true
	}
	return nil, 0, false
}

// network is where a form comes from, as far as it may be counted: an address of the Internet, of IPv6 the network. Behind a proxy
// in one's own network everybody would have the proxy's, so such an address is not counted; nor is any forwarded header believed.
func network(c *gin.Context) string {
	const home = 64 // bits of an IPv6 network that one household has
	a, err := netip.ParseAddr(c.RemoteIP())
	if err != nil || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return ""
	}
	if a = a.Unmap(); a.Is6() {
		if n, err := a.Prefix(home); err == nil {
			return n.String()
		}
	}
	return a.String()
}

type askedPage struct {
	Number   string
	LoggedIn bool
	Direct   bool
}

// inquiryNumber is the form of a number, so that the page of thanks says nothing but numbers.
func inquiryNumber(s string) bool {
	return regexp.MustCompile(`^(FRG|DSO)-\d{4}-\d{5,9}$`).MatchString(s)
}

// asked tells that the question has arrived.
func (p *portal) asked(c *gin.Context) error {
	number := c.Query("nr")
	if !inquiryNumber(number) {
		return workflows.ErrNotFound
	}
	_, logged := p.visitor(c)
	return p.show(c, http.StatusOK, view{page: "portal/fraga-tack", title: "portal.ask.sent.title",
		data: askedPage{Number: number, LoggedIn: logged, Direct: number[:3] == models.SeriesDirect}})
}
