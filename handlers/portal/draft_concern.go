package portal

import (
	"errors"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// anybody are relations that no activity of the register need name, as codes of models.About.Relation.
func anybody() []string { return []string{"resident", "other"} }

// relations are what a person may have been to a controller. Parent is what a guardian was called before.
func relations() []string {
	return slices.Concat(workflows.RelationCodes(), anybody(), []string{"parent"})
}

// relationsTo are the relations that the controller's own activities are about, with what is always possible and what has been
// answered; all of them where its register names none.
func (p *portal) relationsTo(c *gin.Context, k models.Controller, said string) ([]string, error) {
	all, err := p.Service.Suggest(c.Request.Context(), actor(c), workflows.RelationCodes())
	if err != nil {
		return nil, err
	}
	var out []string
	for _, g := range all {
		if g.Controller.ID != k.ID {
			continue
		}
		for _, b := range g.Why {
			out = append(out, b.Relation)
		}
	}
	if len(out) == 0 {
		out = workflows.RelationCodes()
	}
	if said != "" && offered(said, relations()) && !slices.Contains(out, said) && !slices.Contains(anybody(), said) {
		out = append(out, said)
	}
	return slices.Concat(out, anybody()), nil
}

// Lengths of what may be typed to one controller, in bytes; a generous page.
const (
	maxText   = 10000
	maxPeriod = 60
)

type concernPage struct {
	step
	Controller models.Controller
	Relations  []templates.Option
	About      models.About
	Lead       string // key
	Questions  []question
	Files      []workflows.FileView
	Saved      *said // what another tab saved
	Max        int64
	Confirmed  bool // a protected person has said that this controller shall get the request
}

// concern is the controller that a question page is about, and its place among the chosen.
func (d draft) concern(prefix string) (models.Controller, int, bool) {
	chosen := d.chosen()
	i := slices.IndexFunc(chosen, func(k models.Controller) bool { return k.Prefix == prefix })
	if i < 0 {
		return models.Controller{}, 0, false
	}
	return chosen[i], i, true
}

func (d draft) concernPath(i int) string {
	chosen := d.chosen()
	if i < 0 {
		return d.path("namnder")
	}
	if i >= len(chosen) {
		return d.path("svar")
	}
	return d.path("om/" + url.PathEscape(chosen[i].Prefix))
}

func (p *portal) concernStep(c *gin.Context, d draft, i int) step {
	s := p.step(c, d, "", d.concernPath(i-1), i+2)
	s.Action = d.concernPath(i)
	return s
}

// concernPage asks what the request is about at one controller. What is written here is sealed for it alone.
func (p *portal) concernPage(c *gin.Context, d draft) error {
	k, i, ok := d.concern(c.Param("prefix"))
	if !ok {
		return workflows.ErrNotFound
	}
	s := p.concernStep(c, d, i)
	about := d.addressee(k.ID).About
	kept, ok, err := p.restore(c, s.Action)
	if err != nil {
		return err
	}
	if ok {
		about, s.Notice, s.Then = readAbout(d.Form.Right, kept), "portal.notice.kept", then(kept.Get("sedan"))
	}
	return p.showConcern(c, http.StatusOK, d, k, s, about, nil)
}

func (p *portal) showConcern(c *gin.Context, status int, d draft, k models.Controller, s step, about models.About, faults templates.Faults) error {
	data := concernPage{step: s, Controller: k, About: about, Max: p.UploadMax, Lead: "portal.right." + string(d.Form.Right) + ".ask",
		Questions: p.questions(web.Lang(c), d.Form.Right, about), Confirmed: d.addressee(k.ID).Confirmed}
	known, err := p.relationsTo(c, k, about.Relation)
	if err != nil {
		return err
	}
	for _, r := range known {
		data.Relations = append(data.Relations, templates.Option{Value: r, Label: p.Texts.T(web.Lang(c), "portal.relation."+r, nil)})
	}
	for _, f := range d.Files {
		if f.Controller == k.ID {
			data.Files = append(data.Files, f)
		}
	}
	if s.Conflict {
		saved := saidOf(d.Form.Right, d.addressee(k.ID).About)
		data.Saved = &saved
	}
	return p.show(c, status, view{
		page: "portal/om-namnd", title: "portal.concern.title", args: map[string]any{"n": s.Number}, faults: faults, data: data,
	})
}

// readAbout reads what is said to one controller: the period, and the answers to the right's own questions.
func readAbout(r models.Right, form url.Values) models.About {
	a := models.About{Relation: form.Get("relation"), From: clip(form.Get("from")), To: clip(form.Get("to"))}
	for _, q := range workflows.RightOf(r).Asks {
		a.SetAnswer(q.Field, clip(form.Get(q.Field)))
	}
	return a
}

// checkAbout finds what cannot be kept at all. What is missing is told when the person goes on, or sends.
func checkAbout(r models.Right, a models.About) (faults templates.Faults) {
	if a.Relation != "" && !offered(a.Relation, relations()) {
		faults = append(faults, fault("relation", "portal.error.choose-offered"))
	}
	for _, q := range workflows.RightOf(r).Asks {
		if len(a.Answer(q.Field)) > maxText {
			faults = append(faults, templates.Fault{Field: q.Field, Key: "error.text-too-long", Args: map[string]any{"max": maxText}})
		}
	}
	for name, v := range map[string]string{"from": a.From, "to": a.To} {
		if len(v) > maxPeriod {
			faults = append(faults, templates.Fault{Field: name, Key: "error.text-too-long", Args: map[string]any{"max": maxPeriod}})
		}
	}
	return faults
}

// saveConcern takes text and files in one stream: each file goes to its sealed place while it arrives. A file that cannot
// be taken does not cost the person what they wrote.
func (p *portal) saveConcern(c *gin.Context, d draft) error {
	k, i, ok := d.concern(c.Param("prefix"))
	if !ok {
		return p.conflictGone(c, d)
	}
	form, faults, err := p.receive(c, d, k)
	if err != nil {
		return err
	}
	about := readAbout(d.Form.Right, form)
	tooMuch := checkAbout(d.Form.Right, about)
	sure, unsaid := confirmed(form, d, k.Name)
	faults = slices.Concat(unsaid, tooMuch, faults)
	if form.Get("spara") == "" && !form.Has("ta-bort") && !form.Has("lagg-till") {
		for _, e := range workflows.CheckAbout(d.Form.Right, about) {
			faults = append(faults, templates.Fault{Field: e.Field, Key: e.Key, Args: e.Args})
		}
	}
	s := p.concernStep(c, d, i)
	s.Then = then(form.Get("sedan"))
	ctx := c.Request.Context()
	err = p.Service.SaveDraft(ctx, actor(c), d.ID, version(form), func(f *workflows.DraftForm) {
		for j := range f.Controllers {
			if f.Controllers[j].Controller == k.ID && len(tooMuch) == 0 {
				f.Controllers[j].About = about
			}
			if f.Controllers[j].Controller == k.ID {
				f.Controllers[j].Confirmed = sure
			}
		}
	})
	if errors.Is(err, workflows.ErrConflict) {
		return p.concernConflict(c, k, form, about)
	}
	if err != nil {
		return err
	}
	if remove, err := models.ParseID[models.File](form.Get("ta-bort")); err == nil {
		if err := p.Service.Detach(ctx, actor(c), d.ID, remove); err != nil && !errors.Is(err, workflows.ErrNotFound) {
			return err
		}
	}
	if len(faults) > 0 {
		return p.conflict(c, func(now draft) error {
			again := p.concernStep(c, now, i)
			again.Then = s.Then
			return p.showConcern(c, http.StatusUnprocessableEntity, now, k, again, about, faults)
		})
	}
	if form.Has("ta-bort") || form.Has("lagg-till") {
		to := s.Action
		if s.Then != "" {
			to += "?sedan=" + s.Then
		}
		return web.SeeOther(c, to+"#file")
	}
	return p.onward(c, d, form, d.concernPath(i+1))
}

// receive reads the form and attaches its files.
func (p *portal) receive(c *gin.Context, d draft, k models.Controller) (url.Values, templates.Faults, error) {
	var faults templates.Faults
	form, err := web.Upload(c, func(_ url.Values, part *multipart.Part) error {
		if part.FormName() != "file" {
			return web.ErrBadForm
		}
		_, err := p.Service.Attach(c.Request.Context(), actor(c), d.ID, k.ID, workflows.IncomingFile{Name: part.FileName(), Body: part})
		var over *http.MaxBytesError
		if errors.As(err, &over) {
			return web.ErrTooLarge
		}
		if f, ok := web.AsFaults(err); ok {
			faults = append(faults, f...)
			return nil
		}
		return err
	})
	if errors.Is(err, web.ErrTooLarge) && form.Has("version") {
		// The form as a whole was too large. What came before the files is all there; the rest is not read.
		tooLarge := templates.Fault{Field: "file", Key: "portal.error.files-too-large", Args: map[string]any{"max": uploadsAtOnce * p.UploadMax}}
		return form, append(faults, tooLarge), nil
	}
	return form, faults, err
}

// concernConflict shows the question again with what another tab saved, or the list when the other tab took the
// controller away.
func (p *portal) concernConflict(c *gin.Context, k models.Controller, form url.Values, about models.About) error {
	return p.conflict(c, func(now draft) error {
		_, i, ok := now.concern(k.Prefix)
		if !ok {
			return p.conflictGone(c, now)
		}
		s := p.concernStep(c, now, i)
		s.Then, s.Conflict = then(form.Get("sedan")), true
		return p.showConcern(c, http.StatusConflict, now, k, s, about, nil)
	})
}

// conflictGone says that the controller is no longer among the chosen.
func (p *portal) conflictGone(c *gin.Context, d draft) error {
	web.BackTo(c, d.path("namnder"))
	return workflows.ErrConflict
}
