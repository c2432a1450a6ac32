package desk

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/internal/calendar"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// The addresses of the municipality's own parts of letters.
const (
	lettersPath = adminPath + "/brev"
	samplePath  = lettersPath + "/exempel"
	slotPath    = lettersPath + "/del"
)

// lettersService is what the municipality says in its own words in letters and extracts.
type lettersService interface {
	OwnDocuments(ctx context.Context, actor models.Actor) ([]workflows.OwnDocument, error)
	OwnSlot(ctx context.Context, actor models.Actor, slot, prefix string) (workflows.OwnSlot, error)
	SaveOwnPart(ctx context.Context, actor models.Actor, in workflows.NewOwnPart) (int64, error)
	RestoreOwnPart(ctx context.Context, actor models.Actor, slot, prefix string, earlier, base int64) (int64, error)
	SampleOwnPart(ctx context.Context, actor models.Actor, in workflows.NewOwnPart, as workflows.SampleForm) ([]byte, error)
	SampleDocument(ctx context.Context, actor models.Actor, document string, as workflows.SampleForm) ([]byte, error)
}

// letterRoutes is the administrator's page of letters; the DSO reads it.
func (s *desk) letterRoutes(d *web.Door) {
	admin, readers := web.Staff(models.RoleAdmin), web.Staff(models.RoleAdmin, models.RoleDSO)
	d.Get(lettersPath, readers, s.ownDocuments)
	d.Get(samplePath+"/:document", readers, s.sampleDocument)
	d.Get(slotPath+"/:slot", readers, s.showSlot)
	d.Get(slotPath+"/:slot/jamfor", readers, s.compareVersions)
	d.Post(slotPath+"/:slot", admin, s.saveSlot)
	d.Post(slotPath+"/:slot/tillbaka", admin, s.restoreSlot)
}

// lettersPage lists the kinds of documents with their parts.
type lettersPage struct {
	Documents []workflows.OwnDocument
	Notice    string
	Admin     bool
	Paths     map[string]string
}

func (s *desk) ownDocuments(c *gin.Context) error {
	w, _ := whoIs(c)
	all, err := s.Service.OwnDocuments(c.Request.Context(), w.actor)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, "letters", lettersNav(w), templates.View{Title: s.t(c, "own.title", nil),
		Data: lettersPage{Documents: all, Notice: s.takeNotice(c), Admin: w.actor.HasRole(models.RoleAdmin), Paths: adminPaths()}})
}

// lettersNav is the item of the menu that the pages belong to.
func lettersNav(w who) string {
	if w.actor.HasRole(models.RoleAdmin) {
		return adminPath
	}
	return lettersPath
}

// slotPage is one place with its form and its versions.
type slotPage struct {
	workflows.OwnSlot
	posted
	Notice   string
	Conflict bool
	Refused  *workflows.Refusal
	Kept     []string
	Admin    bool
	Warned   workflows.OwnWarned
	Document templates.DocumentKind
	Paths    map[string]string
}

// Form gives the form of the text.
func (p slotPage) Form() form { return p.at("text", "") }

// Warnings are those at a field.
func (p slotPage) Warnings(field string) []workflows.OwnWarning {
	var out []workflows.OwnWarning
	for _, x := range p.Warned.Warnings {
		if x.Field == field {
			out = append(out, x)
		}
	}
	return out
}

// Written is what the form begins with: the newest version, whether it has begun or not.
func (p slotPage) Written() workflows.OwnVersion {
	if len(p.Versions) == 0 {
		return workflows.OwnVersion{}
	}
	return p.Versions[0]
}

// LIX is that of what has been typed, or of the newest version.
func (p slotPage) LIX() int { return workflows.OwnLIX(p.Form().Or("swedish", p.Written().Swedish)) }

// Path is the address of the place, followed by more.
func (p slotPage) Path(more ...string) string {
	return slotAddress(string(p.Slot), p.Controller.Prefix, strings.Join(more, ""))
}

// Earlier tells whether there is a version before the one at an index of Versions.
func (p slotPage) Earlier(i int) bool { return i+1 < len(p.Versions) }

// Compare is the address where a version is compared with the one before it.
func (p slotPage) Compare(i int) string {
	q := url.Values{"fran": {strconv.FormatInt(p.Versions[i+1].Version, 10)}, "till": {strconv.FormatInt(p.Versions[i].Version, 10)}}
	if p.Controller.Prefix != "" {
		q.Set("namnd", p.Controller.Prefix)
	}
	return slotPath + "/" + string(p.Slot) + "/jamfor?" + q.Encode()
}

// Never is the date of a field that begins empty.
func (slotPage) Never() calendar.Date { return calendar.Date{} }

func slotAddress(slot, prefix, more string) string {
	path := slotPath + "/" + url.PathEscape(slot) + more
	if prefix != "" {
		path += "?" + url.Values{"namnd": {prefix}}.Encode()
	}
	return path
}

func (s *desk) showSlot(c *gin.Context) error {
	return s.drawSlot(c, http.StatusOK, posted{}, outcome{}, workflows.OwnWarned{})
}

func (s *desk) drawSlot(c *gin.Context, status int, p posted, o outcome, warned workflows.OwnWarned) error {
	w, _ := whoIs(c)
	v, err := s.Service.OwnSlot(c.Request.Context(), w.actor, c.Param("slot"), c.Query("namnd"))
	if err != nil {
		return err
	}
	page := slotPage{OwnSlot: v, posted: p, Notice: s.takeNotice(c), Conflict: o.Conflict, Refused: o.Refused, Admin: w.actor.HasRole(models.RoleAdmin),
		Warned: warned, Document: workflows.DocumentOf(v.Slot), Paths: adminPaths()}
	return s.page(c, status, "letter-slot", lettersNav(w), templates.View{Title: s.t(c, "own.slot."+string(v.Slot), nil), Faults: p.Faults, Data: page})
}

// readSlot reads the form of a text.
func readSlot(c *gin.Context, r *reader) workflows.NewOwnPart {
	base, err := strconv.ParseInt(r.values.Get("base"), 10, 64)
	if err != nil {
		base = -1 // a form without its version has lost the race already
	}
	return workflows.NewOwnPart{Slot: c.Param("slot"), Prefix: c.Query("namnd"), Swedish: r.values.Get("swedish"), English: r.values.Get("english"),
		From: r.date("from"), Base: base, Warned: r.values.Get("warned")}
}

// saveSlot makes a new version, or shows what the document would look like with what is typed, and saves nothing.
func (s *desk) saveSlot(c *gin.Context) error {
	w, _ := whoIs(c)
	values, err := web.Form(c)
	if err != nil {
		return err
	}
	r := &reader{values: values}
	in := readSlot(c, r)
	if err = r.invalid(); err == nil {
		if as, ok := sampleForm(values.Get("gor")); ok {
			var body []byte
			if body, err = s.Service.SampleOwnPart(c.Request.Context(), w.actor, in, as); err == nil {
				return sendSample(c, as, body)
			}
		} else {
			_, err = s.Service.SaveOwnPart(c.Request.Context(), w.actor, in)
		}
	}
	return s.afterSlot(c, "own.notice.saved", values, err)
}

// restoreSlot says again what an earlier version said.
func (s *desk) restoreSlot(c *gin.Context) error {
	w, _ := whoIs(c)
	values, err := web.Form(c)
	if err != nil {
		return err
	}
	earlier, err1 := strconv.ParseInt(values.Get("earlier"), 10, 64)
	base, err2 := strconv.ParseInt(values.Get("base"), 10, 64)
	err = workflows.ErrConflict // a form without its versions has lost the race already
	if err1 == nil && err2 == nil {
		_, err = s.Service.RestoreOwnPart(c.Request.Context(), w.actor, c.Param("slot"), c.Query("namnd"), earlier, base)
	}
	return s.afterSlot(c, "own.notice.restored", nil, err)
}

// afterSlot goes back to the place, or draws it again with everything that was typed.
func (s *desk) afterSlot(c *gin.Context, notice string, values url.Values, err error) error {
	back := slotAddress(c.Param("slot"), c.Query("namnd"), "")
	if err == nil {
		s.Sessions.SetNotice(c.Request.Context(), notice)
		return web.SeeOther(c, back)
	}
	web.BackTo(c, back)
	var warned workflows.OwnWarned
	status, wrong, o, ok := refused(err)
	if errors.As(err, &warned) {
		status, ok = http.StatusUnprocessableEntity, true
	}
	if !ok {
		return err
	}
	p := posted{}
	if values != nil {
		p = newPosted("text", "", values, wrong)
	}
	return s.drawSlot(c, status, p, o, warned)
}

// sampleForm reads “sida-sv” or “pdf-en”: what a sample is to be drawn as.
func sampleForm(value string) (as workflows.SampleForm, ok bool) {
	form, lang, _ := strings.Cut(value, "-")
	as = workflows.SampleForm{Lang: lang, PDF: form == "pdf"}
	return as, (form == "pdf" || form == "sida") && (lang == web.Swedish || lang == web.English)
}

// sampleDocument shows a kind of document as it is sent today, to somebody who does not exist.
func (s *desk) sampleDocument(c *gin.Context) error {
	w, _ := whoIs(c)
	as, ok := sampleForm(c.Query("som"))
	if !ok {
		as = workflows.SampleForm{Lang: web.Lang(c)}
	}
	body, err := s.Service.SampleDocument(c.Request.Context(), w.actor, c.Param("document"), as)
	if err != nil {
		return err
	}
	return sendSample(c, as, body)
}

func sendSample(c *gin.Context, as workflows.SampleForm, body []byte) error {
	if as.PDF {
		web.ShowPDF(c.Writer.Header(), "Exempel.pdf")
		c.Data(http.StatusOK, web.PDF, body)
		return nil
	}
	c.Header("Content-Security-Policy", documentPolicy)
	c.Data(http.StatusOK, "text/html; charset=utf-8", body)
	return nil
}

// comparePage shows how one version became another.
type comparePage struct {
	workflows.OwnSlot
	Earlier, Later   workflows.OwnVersion
	Swedish, English []workflows.OwnChange
	Back             string
	Admin            bool
	Paths            map[string]string
}

func (s *desk) compareVersions(c *gin.Context) error {
	w, _ := whoIs(c)
	v, err := s.Service.OwnSlot(c.Request.Context(), w.actor, c.Param("slot"), c.Query("namnd"))
	if err != nil {
		return err
	}
	number := func(field string) workflows.OwnVersion {
		n, _ := strconv.ParseInt(c.Query(field), 10, 64) // what is no number is no version
		x, _ := v.Version(n)
		return x
	}
	a, b := number("fran"), number("till")
	if a.Version > b.Version {
		a, b = b, a
	}
	if b.Version == 0 { // nothing to compare: the place itself says which versions there are
		return web.SeeOther(c, slotAddress(string(v.Slot), v.Controller.Prefix, ""))
	}
	page := comparePage{OwnSlot: v, Earlier: a, Later: b, Swedish: workflows.CompareOwn(a.Swedish, b.Swedish), English: workflows.CompareOwn(a.English, b.English),
		Back: slotAddress(string(v.Slot), v.Controller.Prefix, ""), Admin: w.actor.HasRole(models.RoleAdmin), Paths: adminPaths()}
	return s.page(c, http.StatusOK, "letter-compare", lettersNav(w), templates.View{Title: s.t(c, "own.compare", nil), Data: page})
}
