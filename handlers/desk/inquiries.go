package desk

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

const inquiriesPath = root + "/fragor"

func inquiryPath(number string) string { return inquiriesPath + "/" + number }

// inquiryRoles lists the roles that answer inquiries: tiers 1, 2 and 3.
func inquiryRoles() []models.Role {
	return []models.Role{models.RoleServicecenter, models.RoleOmbud, models.RoleDSO}
}

func answersInquiries(a models.Actor) bool { return slices.ContainsFunc(inquiryRoles(), a.HasRole) }

// inquiryForm is a form of an inquiry's page: its name in the address, the notice that follows, and how it is read.
type inquiryForm struct {
	name, notice string
	roles        []models.Role
	read         func(r *reader) workflows.InquiryInput
}

func inquiryForms() []inquiryForm {
	all, passers := inquiryRoles(), []models.Role{models.RoleServicecenter, models.RoleOmbud}
	central := []models.Role{models.RoleServicecenter}
	return []inquiryForm{
		{"svar", "desk.notice.inquiry-answered", all, func(r *reader) workflows.InquiryInput { return workflows.InquiryAnswer{Text: r.text("text")} }},
		{"ombud", "desk.notice.inquiry-passed", central, func(r *reader) workflows.InquiryInput {
			return workflows.PassToOmbud{Controller: id[models.Controller](r, "controller"), Comment: r.text("comment")}
		}},
		{"dso", "desk.notice.inquiry-passed", passers, func(r *reader) workflows.InquiryInput {
			return workflows.PassToDSO{Controller: id[models.Controller](r, "controller"), Comment: r.text("comment")}
		}},
		{"tillbaka", "desk.notice.inquiry-returned", []models.Role{models.RoleOmbud, models.RoleDSO}, func(r *reader) workflows.InquiryInput {
			return workflows.ReturnInquiry{Comment: r.text("comment")}
		}},
		{"avsluta", "desk.notice.inquiry-set-aside", all, func(r *reader) workflows.InquiryInput { return workflows.SetAside{Why: r.text("why")} }},
		{"begaran", "desk.notice.inquiry-converted", central, readInquiryRequest},
	}
}

// readInquiryRequest reads which request a question is: made at once of somebody known, confirmed by somebody else.
func readInquiryRequest(r *reader) workflows.InquiryInput {
	var to []models.ControllerID
	for _, s := range r.values["controllers"] {
		if v, err := models.ParseID[models.Controller](s); err == nil {
			to = append(to, v)
		}
	}
	right := models.Right(r.text("right"))
	if _, asks := r.values["text"]; asks {
		return workflows.OfferRequest{Right: right, Controllers: to, Text: r.text("text")}
	}
	return workflows.ConvertInquiry{Right: right, Controllers: to}
}

// inquiryRoutes is every address of the inquiries.
func (s *desk) inquiryRoutes(d *web.Door) {
	d.Get(inquiriesPath, web.Staff(inquiryRoles()...), s.listInquiries)
	d.Get(inquiriesPath+"/:number", web.Staff(inquiryRoles()...), s.showInquiry)
	for _, f := range inquiryForms() {
		d.Post(inquiriesPath+"/:number/"+f.name, web.Staff(f.roles...), s.onInquiry(f))
	}
}

// listInquiries shows what each of the reader's desks has to answer. It is of all the controllers they work for at once: a question
// waits for whoever can answer it, and says where it lies.
func (s *desk) listInquiries(c *gin.Context) error {
	w, _ := whoIs(c)
	desks, err := s.Service.Inquiries(c.Request.Context(), w.all)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, "inquiries", inquiriesPath, templates.View{Title: s.t(c, "desk.inquiry.title", nil), Data: inquiryList{desks, s.takeNotice(c)}})
}

type inquiryList struct {
	Desks  []workflows.InquiryDesk
	Notice string
}

// inquiryPage is an inquiry as a desk sees it.
type inquiryPage struct {
	workflows.InquiryView
	Number   string
	Notice   string
	Conflict bool
	Refused  *workflows.Refusal
	Kept     []string
	Blocks   []templates.Option // ready answers
	Rights   []templates.Option
	Whom     []templates.Option // controllers that a request can go to
	t        func(key string, args map[string]any) string
	posted   posted
}

// Form gives a form of the page by name.
func (p inquiryPage) Form(name string) form { return p.posted.at(name, "") }

// Path is the address a form is posted to.
func (p inquiryPage) Path(name string) string { return inquiryPath(p.Number) + "/" + name }

// Can tells whether the reader may take an action now.
func (p inquiryPage) Can(a string) bool { return p.InquiryView.Can(workflows.InquiryAction(a)) }

// Class is the look of the state.
func (p inquiryPage) Class() string {
	if p.Inquiry.State == models.InquiryOpen {
		return "wait"
	}
	return "done"
}

// To lists the controllers to choose from, after the words of no choice.
func (p inquiryPage) To(none string) []templates.Option {
	out := []templates.Option{{Label: p.t(none, nil)}}
	for _, k := range p.Controllers {
		out = append(out, templates.Option{Value: k.ID.String(), Label: k.Name})
	}
	return out
}

func (s *desk) showInquiry(c *gin.Context) error {
	return s.drawInquiry(c, http.StatusOK, posted{}, outcome{}, "")
}

func (s *desk) drawInquiry(c *gin.Context, status int, p posted, o outcome, notice string) error {
	w, _ := whoIs(c)
	v, err := s.Service.InquiryPage(c.Request.Context(), w.all, c.Param("number"))
	if err != nil {
		return err
	}
	t := func(key string, args map[string]any) string { return s.t(c, key, args) }
	page := inquiryPage{InquiryView: v, Number: v.Inquiry.Number, posted: p, Conflict: o.Conflict, Refused: o.Refused, Kept: p.kept(), Notice: notice, t: t}
	if notice == "" {
		page.Notice = s.takeNotice(c)
	}
	page.Blocks = append(page.Blocks, templates.Option{Label: t("desk.inquiry.block.none", nil)})
	for _, b := range workflows.TextBlocks() {
		page.Blocks = append(page.Blocks, templates.Option{Value: b, Label: t("block."+b+".title", nil)})
	}
	for _, r := range workflows.InquiryRights() {
		page.Rights = append(page.Rights, templates.Option{Value: string(r), Label: t("desk.right."+string(r), nil)})
	}
	for _, k := range v.Controllers {
		page.Whom = append(page.Whom, templates.Option{Value: k.ID.String(), Label: k.Name, Checked: slices.Contains(p.Values["controllers"], k.ID.String())})
	}
	return s.page(c, status, "inquiry", inquiriesPath, templates.View{Title: t("desk.inquiry.one", map[string]any{"number": v.Inquiry.Number}), Faults: p.Faults, Data: page})
}

// onInquiry takes a form of the page: do, and back to it; or the page again with what was typed.
func (s *desk) onInquiry(f inquiryForm) func(*gin.Context) error {
	return func(c *gin.Context) error {
		values, err := web.Form(c)
		if err != nil {
			return err
		}
		if values.Get("lagg-in") != "" {
			return s.insertBlock(c, f, values)
		}
		number := c.Param("number")
		r := &reader{values: values}
		in := f.read(r)
		version, bad := strconv.Atoi(values.Get("version"))
		err = workflows.ErrConflict
		if bad == nil && version > 0 {
			w, _ := whoIs(c)
			err = s.Service.ApplyInquiry(c.Request.Context(), w.all, workflows.OnInquiry{Inquiry: id[models.Inquiry](r, "inquiry"), Version: version}, in)
		}
		if err == nil {
			s.Sessions.SetNotice(c.Request.Context(), inquiryNotice(f, in))
			return web.SeeOther(c, inquiriesPath)
		}
		web.BackTo(c, inquiryPath(number))
		status, wrong, o, ok := refused(err)
		if !ok {
			return err
		}
		return s.drawInquiry(c, status, newPosted(f.name, "", values, wrong), o, "")
	}
}

func inquiryNotice(f inquiryForm, in workflows.InquiryInput) string {
	if _, offered := in.(workflows.OfferRequest); offered {
		return "desk.notice.inquiry-offered"
	}
	return f.notice
}

// insertBlock puts a ready text last in the answer that is being written, and shows the page again. Nothing is sent.
func (s *desk) insertBlock(c *gin.Context, f inquiryForm, values url.Values) error {
	block := values.Get("block")
	if !slices.Contains(workflows.TextBlocks(), block) {
		return s.drawInquiry(c, http.StatusOK, newPosted(f.name, "", values, nil), outcome{}, "")
	}
	text := strings.TrimSpace(values.Get("text"))
	if text != "" {
		text += "\n\n"
	}
	values.Set("text", text+s.t(c, "block."+block+".text", nil))
	values.Del("block")
	return s.drawInquiry(c, http.StatusOK, newPosted(f.name, "", values, nil), outcome{}, "desk.notice.inquiry-block")
}
