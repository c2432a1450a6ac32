package desk

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// registerPage is the form for a request that somebody makes at the desk, by phone or by letter.
type registerPage struct {
	F           form
	Form        string // the id that makes a form sent twice one request
	Right       models.Right
	Rights      []models.Right
	Identities  []templates.Option
	Channels    []templates.Option
	Kinds       []templates.Option
	Checks      []templates.Option
	Controllers []registerRow
	Refused     *workflows.Refusal
	Conflict    bool
	Notice      string
	Kept        []string
}

// registerRow is a controller of the form, with what the person is asked at it.
type registerRow struct {
	Controller models.Controller
	Ticked     bool
	Open       bool // something is written, or wrong
	Questions  []registerQuestion
}

// registerQuestion is one question of the right at one controller.
type registerQuestion struct {
	Field, Label, Hint, Value string
	Options                   []templates.Option
}

// newRegistration shows the empty form.
func (s *desk) newRegistration(c *gin.Context) error {
	return s.drawRegistration(c, http.StatusOK, url.Values{"form": {s.Service.NewRegistration().String()}, "right": {c.Query("ratt")}}, nil, outcome{})
}

// rightIn is the right that a form is about; what is not in the table is the right of access.
func rightIn(text string) models.Right {
	if r := models.Right(text); text != "" && workflows.RightOf(r).Right == r {
		return r
	}
	return models.Access
}

func (s *desk) drawRegistration(c *gin.Context, status int, values url.Values, wrong templates.Faults, o outcome) error {
	w, _ := whoIs(c)
	all, err := s.Service.Controllers(c.Request.Context(), w.actor)
	if err != nil {
		return err
	}
	p := newPosted("registrera", "", values, wrong)
	page := registerPage{F: p.form, Form: values.Get("form"), Right: rightIn(values.Get("right")), Refused: o.Refused, Conflict: o.Conflict,
		Channels: s.options(c, "desk.channel.", string(models.ChannelDesk), string(models.ChannelPhone), string(models.ChannelLetter)),
		Kinds:    append([]templates.Option{{Value: "self", Label: s.t(c, "desk.register-request.for-self", nil)}}, s.kindOptions(c)...),
		Checks:   append([]templates.Option{{Value: "not", Label: s.t(c, "desk.register-request.mandate-not", nil)}}, s.options(c, "desk.mandate-how.", models.MandateChecks()...)...),
	}
	page.Identities = s.identityOptions(c, models.IdentityMethods()...)
	page.Identities = append(page.Identities, templates.Option{Value: string(models.IdentityNotYet), Label: s.t(c, "desk.identity.not-yet", nil),
		Hint: s.t(c, "desk.register-request.not-yet-hint", nil)})
	for _, r := range workflows.Rights() {
		page.Rights = append(page.Rights, r.Right)
	}
	for _, k := range all {
		page.Controllers = append(page.Controllers, s.registerRow(c, page.Right, k, values, p.Faults))
	}
	return s.page(c, status, "register", registerPath, templates.View{Title: s.t(c, "desk.register-request.title", nil), Faults: p.Faults, Data: page})
}

func (s *desk) registerRow(c *gin.Context, right models.Right, k models.Controller, values url.Values, faults templates.Faults) registerRow {
	row := registerRow{Controller: k, Ticked: slices.Contains(values["controllers"], k.Prefix)}
	for _, q := range workflows.RightOf(right).Asks {
		field := q.Field + "-" + k.Prefix
		out := registerQuestion{Field: field, Value: values.Get(field), Label: s.t(c, "desk.register-request.about", map[string]any{"name": k.Name})}
		if right != models.Access {
			out.Label = s.t(c, "ask."+string(right)+"."+q.Field, nil)
		}
		for _, choice := range q.Choices {
			out.Options = append(out.Options, templates.Option{Value: choice, Label: s.t(c, "ask."+string(right)+"."+q.Field+"."+choice, nil)})
		}
		row.Open = row.Open || out.Value != "" || faults.On(field) != nil
		row.Questions = append(row.Questions, out)
	}
	return row
}

// options are choices whose words stand under a prefix.
func (s *desk) options(c *gin.Context, prefix string, codes ...string) []templates.Option {
	var out []templates.Option
	for _, code := range codes {
		out = append(out, templates.Option{Value: code, Label: s.t(c, prefix+code, nil)})
	}
	return out
}

func (s *desk) kindOptions(c *gin.Context) []templates.Option {
	var codes []string
	for _, k := range models.RepresentationKinds() {
		codes = append(codes, string(k))
	}
	return s.options(c, "desk.acting.", codes...)
}

func (s *desk) identityOptions(c *gin.Context, methods ...models.IdentityMethod) []templates.Option {
	var codes []string
	for _, m := range methods {
		codes = append(codes, string(m))
	}
	return s.options(c, "desk.identity.", codes...)
}

// register takes the form: the request is received, and its receipt is there to be printed.
func (s *desk) register(c *gin.Context) error {
	w, _ := whoIs(c)
	values, err := web.Form(c)
	if err != nil {
		return err
	}
	web.BackTo(c, registerPath)
	all, err := s.Service.Controllers(c.Request.Context(), w.actor)
	if err != nil {
		return err
	}
	r := &reader{values: values}
	in := readRegistration(r, all)
	err = r.invalid()
	number := ""
	if err == nil {
		number, err = s.Service.Register(c.Request.Context(), w.actor, in)
	}
	if err == nil {
		s.Sessions.SetNotice(c.Request.Context(), "desk.notice.registered")
		return web.SeeOther(c, intakePath(number)+"/kvitto")
	}
	status, wrong, o, ok := refused(err)
	if !ok {
		return err
	}
	if in.Form.IsZero() { // a form that is not ours: another is drawn, with what was typed
		values.Set("form", s.Service.NewRegistration().String())
	}
	return s.drawRegistration(c, status, values, wrong, o)
}

// readRegistration reads the form. Whether it makes sense is for workflows.
func readRegistration(r *reader, all []models.Controller) workflows.Registration {
	in := workflows.Registration{
		Form: id[models.Request](r, "form"), Channel: models.Channel(r.text("channel")), ArrivedOn: r.date("arrived"), Rule: r.text("rule"),
		Identity: models.IdentityMethod(r.text("identity")), Right: rightIn(r.text("right")), Language: r.text("language"),
		Name: r.text("name"), Number: r.text("number"), NoNumber: r.text("no-number") != "", Born: r.text("born"),
		AgentName: r.text("agent-name"), AgentNumber: r.text("agent-number"), Mandate: r.text("mandate"), ValidUntil: r.date("valid-until"),
		Answer: r.text("answer"), Address: r.text("address"), Phone: r.text("phone"), Email: r.text("email"),
	}
	switch kind := r.text("for"); kind {
	case "self":
	case "":
		r.wrong("for", "error.choose-one")
	default:
		in.For = models.RepresentationKind(kind)
		if how := r.text("mandate-how"); how != "not" {
			in.MandateHow = how
			if !slices.Contains(models.MandateChecks(), how) {
				r.wrong("mandate-how", "error.choose-one")
			}
		}
	}
	for _, k := range all {
		if !slices.Contains(r.values["controllers"], k.Prefix) {
			continue
		}
		row := workflows.Recorded{Controller: k.ID}
		for _, q := range workflows.RightOf(in.Right).Asks {
			row.About.SetAnswer(q.Field, r.text(q.Field+"-"+k.Prefix))
		}
		in.To = append(in.To, row)
	}
	return in
}

// showReceipt is the receipt, made for printing: number, days, how to reach the servicecenter, and nothing of what was asked.
func (s *desk) showReceipt(c *gin.Context) error {
	w, _ := whoIs(c)
	v, err := s.Service.IntakePage(c.Request.Context(), w.actor, c.Param("number"))
	if err != nil {
		return err
	}
	page := intakePage{IntakeView: v, Number: v.Request.Number, Notice: s.takeNotice(c)}
	return s.page(c, http.StatusOK, "receipt", "", templates.View{Title: s.t(c, "desk.receipt.title", nil), Data: page})
}

// checkIdentity records that somebody's identity is checked.
func (s *desk) checkIdentity(c *gin.Context) error {
	return s.onRequest(c, "identitet", "desk.notice.identity-checked", "", func(number string, version int, v url.Values) error {
		w, _ := whoIs(c)
		return s.Service.CheckIdentity(c.Request.Context(), w.actor, number, version, models.IdentityMethod(v.Get("identity")))
	})
}

// verifyMandate records that the right to act for somebody is checked.
func (s *desk) verifyMandate(c *gin.Context) error {
	return s.onRequest(c, "godta", "desk.notice.mandate-verified", "", func(number string, version int, v url.Values) error {
		w, _ := whoIs(c)
		r := &reader{values: v}
		until := r.date("valid-until")
		if err := r.invalid(); err != nil {
			return err
		}
		return s.Service.VerifyMandate(c.Request.Context(), w.actor, number, version, v.Get("how"), until)
	})
}

// rejectMandate records that it does not hold.
func (s *desk) rejectMandate(c *gin.Context) error {
	return s.onRequest(c, "godta-inte", "desk.notice.mandate-rejected", "", func(number string, version int, v url.Values) error {
		w, _ := whoIs(c)
		return s.Service.RejectMandate(c.Request.Context(), w.actor, number, version, v.Get("reason"))
	})
}

// endMandate records that it holds no longer.
func (s *desk) endMandate(c *gin.Context) error {
	return s.onRequest(c, "upphort", "desk.notice.mandate-ended", "", func(number string, version int, v url.Values) error {
		w, _ := whoIs(c)
		return s.Service.EndMandate(c.Request.Context(), w.actor, number, version, v.Get("reason"))
	})
}

// mandateFile sends a power of attorney that came with the request, for the check. Without a file named it is the request's page.
func (s *desk) mandateFile(c *gin.Context) error {
	w, _ := whoIs(c)
	number := c.Param("number")
	file, err := models.ParseID[models.File](c.Query("fil"))
	if err != nil {
		// Without a file the request's own page is shown, to those for whom there is a request.
		if _, err := s.Service.IntakePage(c.Request.Context(), w.actor, number); err != nil {
			return err
		}
		return web.SeeOther(c, intakePath(number))
	}
	body, f, err := s.Service.OpenMandate(c.Request.Context(), w.actor, number, file)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // read only
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", documentPolicy)
	h.Set("Content-Type", f.MediaType)
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", neutralName(number, f)))
	h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	http.ServeContent(c.Writer, c.Request, "", s.Clock.Now(), body)
	return nil
}

// Unchecked tells whether the identity of whoever asks is still to be checked.
func (p intakePage) Unchecked() bool { return p.Filing != nil && !p.Filing.Checked() }

// Paper tells whether the request counts as received before the day it was found.
func (p intakePage) Paper() bool {
	return p.Filing != nil && p.Request.ReceivedOn.Before(p.Filing.ArrivedOn)
}

// MandateState is the state of the right to act, in words: one whose last day has passed has lapsed.
func (p intakePage) MandateState() string {
	if p.Acting.State == models.MandateVerified && p.Acting.Lapsed(p.Today) {
		return "lapsed"
	}
	return string(p.Acting.State)
}

// MandateHow is how the right to act was checked, or "".
func (p intakePage) MandateHow() string {
	if p.Acting == nil || p.Acting.How == nil {
		return ""
	}
	return *p.Acting.How
}

// MandateOpen tells whether the right to act is still to be accepted.
func (p intakePage) MandateOpen() bool {
	return p.Acting != nil && (p.Acting.State == models.MandateClaimed || p.Acting.State == models.MandateRejected)
}

// MandateChecks are the ways to check it.
func (p intakePage) MandateChecks() []string { return models.MandateChecks() }

// IdentityMethods are the ways to check who somebody is.
func (p intakePage) IdentityMethods() []models.IdentityMethod { return models.IdentityMethods() }

// BothGuardians tells whether the request needs the consent of both guardians (domain.md 13 P15).
func (p intakePage) BothGuardians() bool {
	return p.Acting != nil && p.Acting.Kind == models.RepGuardian && p.Request.Right != models.Access
}

// WantsEnvelope tells whether the person wants to fetch the answer at the servicecenter.
func (p casePage) WantsEnvelope() bool { return p.Person != nil && p.Person.Answer == "desk" }

// CanSeal tells whether an envelope can be left at the servicecenter now: there is none waiting, and none has been handed over.
func (p casePage) CanSeal() bool {
	return p.May("seal-envelope") && p.WantsEnvelope() && !slices.ContainsFunc(p.Envelopes, func(e models.Envelope) bool { return e.ReturnedAt == nil })
}
