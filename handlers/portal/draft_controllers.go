package portal

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// everyone is the value of the box that stands for all controllers.
const everyone = "alla"

type controllersPage struct {
	step
	Ask    askBlock
	Groups []pickGroup // the suggested controllers, the others, and the box for all of them
	Count  int
	// Suggested are the names of the controllers that the answer points to.
	Suggested []string
	Saved     []string // names that another tab saved
}

// pickGroup is controllers under a heading.
type pickGroup struct {
	Heading string // key; empty: none
	Text    string // key, or empty
	Field   templates.Field
}

// controllersPage asks which controllers the request goes to.
func (p *portal) controllersPage(c *gin.Context, d draft) error {
	var ticked []string
	for _, k := range d.chosen() {
		ticked = append(ticked, k.Prefix)
	}
	kept, ok, err := p.restore(c, d.path("namnder"))
	if err != nil {
		return err
	}
	s := p.step(c, d, "namnder", "/mina", 1)
	if ok {
		ticked, s.Notice, s.Then = kept["namnd"], "portal.notice.kept", then(kept.Get("sedan"))
	}
	return p.showControllers(c, http.StatusOK, d, s, picked{ticked, ticks(kept), len(ticks(kept)) > 0}, nil)
}

// picked is what is ticked on the page: controllers, and what the person says they were.
type picked struct {
	controllers []string
	relations   []string
	asked       bool // for suggestions
}

func (p *portal) showControllers(c *gin.Context, status int, d draft, s step, at picked, faults templates.Faults) error {
	t := func(key string, args map[string]any) string { return p.Texts.T(web.Lang(c), key, args) }
	suggested, err := p.suggestions(c, at.relations)
	if err != nil {
		return err
	}
	first, rest := templates.Field{Name: "namnd", Picks: true}, templates.Field{Name: "namnd", Picks: true}
	for _, k := range d.all {
		o := templates.Option{Value: k.Prefix, Label: k.Name, Hint: k.Description, Checked: slices.Contains(at.controllers, k.Prefix)}
		if i := slices.IndexFunc(suggested, func(g workflows.Suggestion) bool { return g.Controller.ID == k.ID }); i >= 0 {
			o.Why = p.why(c, suggested[i])
			first.Options = append(first.Options, o)
			continue
		}
		rest.Options = append(rest.Options, o)
	}
	data := controllersPage{step: s, Ask: p.asking(c, at.relations, at.asked), Count: len(d.all)}
	heading := "portal.suggest.list"
	if len(first.Options) > 0 {
		data.Groups = append(data.Groups, pickGroup{"portal.suggest.first", "portal.suggest.first-text", first})
		heading, rest.ID = "portal.suggest.others", "namnd-ovriga"
		for _, o := range first.Options {
			data.Suggested = append(data.Suggested, o.Label)
		}
	}
	if len(rest.Options) > 0 {
		data.Groups = append(data.Groups, pickGroup{Heading: heading, Field: rest})
	}
	if len(d.all) > 1 && !d.Form.Protected { // who is protected chooses one by one
		data.Groups = append(data.Groups, pickGroup{Heading: "portal.controllers.or", Field: templates.Field{Name: "namnd", ID: "namnd-alla", Picks: true, Options: []templates.Option{{
			Value: everyone, Label: t("portal.controllers.all", map[string]any{"n": len(d.all)}),
			Hint: t("portal.controllers.all-hint", nil), Checked: slices.Contains(at.controllers, everyone),
		}}}})
	}
	if s.Conflict {
		for _, k := range d.chosen() {
			data.Saved = append(data.Saved, k.Name)
		}
	}
	return p.show(c, status, view{page: "portal/namnder", title: "portal.controllers.title", faults: faults, data: data})
}

func (p *portal) saveControllers(c *gin.Context, d draft) error {
	form, err := web.Form(c)
	if err != nil {
		return err
	}
	s := p.step(c, d, "namnder", "/mina", 1)
	s.Then = then(form.Get("sedan"))
	if d.Form.Protected {
		form["namnd"] = slices.DeleteFunc(form["namnd"], func(v string) bool { return v == everyone })
	}
	at := picked{form["namnd"], ticks(form), form.Has("visa")}
	if at.asked {
		if v := version(form); v > 0 {
			s.Version = v // another tab is told of when it is saved, not before
		}
		return p.showControllers(c, http.StatusOK, d, s, at, nil)
	}
	ids := pickedControllers(d.all, form["namnd"])
	if len(ids) == 0 && form.Get("spara") == "" {
		return p.showControllers(c, http.StatusUnprocessableEntity, d, s, at, templates.Faults{fault("namnd", "portal.error.choose-controller")})
	}
	suggested, err := p.suggestions(c, at.relations)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	err = p.Service.SaveDraft(ctx, actor(c), d.ID, version(form), func(f *workflows.DraftForm) {
		chooseControllers(f, ids)
		for i := range f.Controllers {
			if a := &f.Controllers[i]; a.About.Relation == "" {
				a.About.Relation = oneRelation(suggested, a.Controller)
			}
		}
	})
	if errors.Is(err, workflows.ErrConflict) {
		return p.conflict(c, func(now draft) error {
			s := p.step(c, now, "namnder", "/mina", 1)
			s.Then, s.Conflict = then(form.Get("sedan")), true
			return p.showControllers(c, http.StatusConflict, now, s, at, nil)
		})
	}
	if err != nil {
		return err
	}
	// What was attached for a controller that is no longer asked must not lie about.
	for _, f := range d.Files {
		if !slices.Contains(ids, f.Controller) {
			if err := p.Service.Detach(ctx, actor(c), d.ID, f.ID); err != nil && !errors.Is(err, workflows.ErrNotFound) {
				return err
			}
		}
	}
	return p.onward(c, d, form, firstConcern(d, ids))
}

func firstConcern(d draft, ids []models.ControllerID) string {
	for _, k := range d.all {
		if slices.Contains(ids, k.ID) {
			return d.path("om/" + url.PathEscape(k.Prefix))
		}
	}
	return d.path("namnder")
}

// pickedControllers are those that were ticked; the box for all means all of them.
func pickedControllers(all []models.Controller, ticked []string) []models.ControllerID {
	var ids []models.ControllerID
	for _, k := range all {
		if slices.Contains(ticked, k.Prefix) || slices.Contains(ticked, everyone) {
			ids = append(ids, k.ID)
		}
	}
	return ids
}

// chooseControllers keeps what has been said to those who are still asked.
func chooseControllers(f *workflows.DraftForm, ids []models.ControllerID) {
	f.Controllers = slices.DeleteFunc(f.Controllers, func(a workflows.DraftAddressee) bool { return !slices.Contains(ids, a.Controller) })
	for _, id := range ids {
		if !slices.ContainsFunc(f.Controllers, func(a workflows.DraftAddressee) bool { return a.Controller == id }) {
			f.Controllers = append(f.Controllers, workflows.DraftAddressee{Controller: id})
		}
	}
}

// conflict shows a question again after another tab was first, with what is saved now next to what was typed; the form
// then carries the new version. When the other tab has sent the request, its receipt is shown.
func (p *portal) conflict(c *gin.Context, show func(now draft) error) error {
	now, err := p.draft(c)
	if err != nil {
		return err
	}
	if now.Sent {
		return web.SeeOther(c, receiptPath(now.Number))
	}
	return show(now)
}
