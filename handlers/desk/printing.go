package desk

import (
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

// printPath is what is to be printed and posted.
const printPath = root + "/utskrift"

func batchPath(id models.ID[models.PrintBatch]) string { return printPath + "/" + id.String() }

// printRoles print: a controller's registrator and ombud that controller's letters, the servicecenter its own.
func printRoles() []models.Role {
	return []models.Role{models.RoleRegistrator, models.RoleOmbud, models.RoleServicecenter}
}

func (s *desk) printRoutes(d *web.Door) {
	rule := web.Staff(printRoles()...)
	d.Get(printPath, rule, s.showPrinting)
	d.Post(printPath, rule, s.makeBatch)
	d.Post(printPath+"/lamnat", rule, s.sendApart)
	d.Post(envelopesPath+"/adressblad", web.Staff(models.RoleServicecenter), s.printCovers)
	d.Get(printPath+"/:batch", rule, s.showBatch)
	d.Post(printPath+"/:batch/postat", rule, s.sendBatch)
	d.Add(web.Route{Method: http.MethodPost, Pattern: printPath + "/:batch/pdf", Rule: rule, Handler: s.printBatch, Slow: true})
}

// printCovers sends the address sheets of the sealed envelopes that wait.
func (s *desk) printCovers(c *gin.Context) error {
	w, _ := whoIs(c)
	f, err := s.Service.CoverSheets(c.Request.Context(), w.actor)
	if err != nil {
		web.BackTo(c, envelopesPath)
		status, _, o, ok := refused(err)
		if !ok {
			return err
		}
		return s.drawEnvelopes(c, status, posted{}, o)
	}
	return sendPDF(c, f)
}

// sendPDF sends a file to print, under a name that says nothing of a person.
func sendPDF(c *gin.Context, f workflows.PrintFile) error {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", documentPolicy)
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", `attachment; filename="`+f.Name+`"`)
	h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	c.Status(http.StatusOK)
	return f.Write(c.Writer)
}

// printPage is the day's letters as the template needs them.
type printPage struct {
	workflows.PrintDay
	Choices  []templates.Option // controllers to show one of; none for somebody with one
	Chosen   string
	Action   string
	Notice   string
	Conflict bool
	Refused  *workflows.Refusal
	Kept     []string
	posted   posted
}

// Form is the form of one letter that goes another way.
func (p printPage) Form(row string) form { return p.posted.at("lamnat", row) }

// CasePath is the page of the case that a letter is of.
func (p printPage) CasePath(l workflows.PaperLetter) string { return casePath(l.Number) }

// BatchPath is the page of a batch.
func (p printPage) BatchPath(b models.BatchCount) string { return batchPath(b.ID) }

// Ways are how a letter that goes another way can be sent.
func (p printPage) Ways(l workflows.PaperLetter) []string {
	if l.Protected {
		return []string{models.SentTaxAgency, models.SentHanded}
	}
	return []string{models.SentByPost, models.SentHanded}
}

// showPrinting shows what is to be printed and posted.
func (s *desk) showPrinting(c *gin.Context) error {
	return s.drawPrinting(c, http.StatusOK, posted{}, outcome{})
}

func (s *desk) drawPrinting(c *gin.Context, status int, p posted, o outcome) error {
	w, _ := whoIs(c)
	page := printPage{Action: printPath, posted: p, Conflict: o.Conflict, Refused: o.Refused, Notice: s.takeNotice(c)}
	var only models.ControllerID
	mine := w.all.Controllers(models.RoleRegistrator, models.RoleOmbud)
	for _, k := range w.controllers {
		if !slices.Contains(mine, k.ID) {
			continue
		}
		page.Choices = append(page.Choices, templates.Option{Value: k.Prefix, Label: k.Name})
		if c.Query("namnd") == k.Prefix {
			page.Chosen, only = k.Prefix, k.ID
		}
	}
	if len(page.Choices) < 2 {
		page.Choices = nil
	}
	day, err := s.Service.PrintDay(c.Request.Context(), w.all, only)
	if err != nil {
		return err
	}
	page.PrintDay = day
	return s.page(c, status, "print", printPath, templates.View{Title: s.t(c, "desk.print.title", nil), Faults: p.Faults, Data: page})
}

// makeBatch puts the letters that wait into today's next batch, and shows it.
func (s *desk) makeBatch(c *gin.Context) error {
	w, _ := whoIs(c)
	values, err := web.Form(c)
	if err != nil {
		return err
	}
	batch, err := s.Service.MakeBatch(c.Request.Context(), w.all, id[models.Controller](&reader{values: values}, "controller"))
	if err != nil {
		web.BackTo(c, printPath)
		status, wrong, o, ok := refused(err)
		if !ok {
			return err
		}
		return s.drawPrinting(c, status, newPosted("", "", values, wrong), o)
	}
	return web.SeeOther(c, batchPath(batch))
}

// sendApart records how a letter that is not printed with the others was sent.
func (s *desk) sendApart(c *gin.Context) error {
	w, _ := whoIs(c)
	values, err := web.Form(c)
	if err != nil {
		return err
	}
	r := &reader{values: values}
	in := workflows.SendLetter{Posting: id[models.Posting](r, "posting"), How: r.text("how"), On: r.date("sent-on")}
	if err = r.invalid(); err == nil {
		err = workflows.ErrConflict // of a page that is gone
		if !in.Posting.IsZero() {
			err = s.Service.SendApart(c.Request.Context(), w.all, in)
		}
	}
	if err == nil {
		s.Sessions.SetNotice(c.Request.Context(), "desk.notice.letter-sent")
		return web.SeeOther(c, printPath)
	}
	web.BackTo(c, printPath)
	status, wrong, o, ok := refused(err)
	if !ok {
		return err
	}
	return s.drawPrinting(c, status, newPosted("lamnat", values.Get("posting"), values, wrong), o)
}

// batchPage is a batch with its control list.
type batchPage struct {
	workflows.BatchView
	Path     string
	Notice   string
	Conflict bool
	Refused  *workflows.Refusal
	Kept     []string
	posted   posted
}

// Form is the form that records what was posted.
func (p batchPage) Form() form { return p.posted.at("postat", "") }

// Ticked tells whether a letter is ticked: all that are not sent at first, then what was posted.
func (p batchPage) Ticked(l workflows.PaperLetter) bool {
	f := p.Form()
	if f.Values == nil {
		return l.BrokenAt == nil // what is not in the file is not posted with the others
	}
	return slices.Contains(f.Values["letters"], l.ID.String())
}

// CasePath is the page of the case that a letter is of.
func (p batchPage) CasePath(l workflows.PaperLetter) string { return casePath(l.Number) }

// showBatch shows a batch.
func (s *desk) showBatch(c *gin.Context) error {
	return s.drawBatch(c, http.StatusOK, posted{}, outcome{})
}

func batchID(c *gin.Context) (models.ID[models.PrintBatch], error) {
	id, err := models.ParseID[models.PrintBatch](c.Param("batch"))
	if err != nil {
		return id, workflows.ErrNotFound
	}
	return id, nil
}

func (s *desk) drawBatch(c *gin.Context, status int, p posted, o outcome) error {
	w, _ := whoIs(c)
	id, err := batchID(c)
	if err != nil {
		return err
	}
	v, err := s.Service.BatchPage(c.Request.Context(), w.all, id)
	if err != nil {
		return err
	}
	page := batchPage{BatchView: v, Path: batchPath(id), posted: p, Conflict: o.Conflict, Refused: o.Refused, Notice: s.takeNotice(c)}
	return s.page(c, status, "print-batch", printPath, templates.View{Title: s.t(c, "desk.print.batch", map[string]any{"n": v.Number, "date": v.Day}), Faults: p.Faults, Data: page})
}

// printBatch sends a batch's letters as one PDF to print. The form is posted: that the file is taken is stored.
func (s *desk) printBatch(c *gin.Context) error {
	w, _ := whoIs(c)
	id, err := batchID(c)
	if err != nil {
		return err
	}
	f, err := s.Service.PrintBatch(c.Request.Context(), w.all, id)
	if err != nil {
		web.BackTo(c, batchPath(id))
		status, _, o, ok := refused(err)
		if !ok {
			return err
		}
		return s.drawBatch(c, status, posted{}, o)
	}
	return sendPDF(c, f)
}

// sendBatch records which of a batch's letters were handed to the post, and on which day.
func (s *desk) sendBatch(c *gin.Context) error {
	w, _ := whoIs(c)
	id, err := batchID(c)
	if err != nil {
		return err
	}
	values, err := web.Form(c)
	if err != nil {
		return err
	}
	in, err := readSend(values)
	if err == nil {
		err = s.Service.SendBatch(c.Request.Context(), w.all, id, in)
	}
	if err == nil {
		s.Sessions.SetNotice(c.Request.Context(), "desk.notice.batch-sent")
		return web.SeeOther(c, batchPath(id))
	}
	web.BackTo(c, batchPath(id))
	status, wrong, o, ok := refused(err)
	if !ok {
		return err
	}
	return s.drawBatch(c, status, newPosted("postat", "", values, wrong), o)
}

func readSend(values url.Values) (workflows.SendForm, error) {
	r := &reader{values: values}
	in := workflows.SendForm{On: r.date("sent-on")}
	for _, v := range values["letters"] {
		if l, err := models.ParseID[models.Posting](v); err == nil {
			in.Letters = append(in.Letters, l)
		}
	}
	return in, r.invalid()
}
