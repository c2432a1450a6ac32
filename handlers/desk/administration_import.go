package desk

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/internal/calendar"
	"insyn/internal/sheet"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// importFilesMax is how many spreadsheets may be uploaded at once: one for each table, and some to spare.
const importFilesMax = 20

// importStart is the page where spreadsheets are uploaded, and fetched.
type importStart struct {
	Form   form
	Max    int64 // bytes of one file
	Notice string
	Done   *workflows.OrganisationEntry // the last import
	Paths  map[string]string
}

func (s *desk) importPage(c *gin.Context) error {
	return s.drawImportPage(c, http.StatusOK, posted{})
}

func (s *desk) drawImportPage(c *gin.Context, status int, p posted) error {
	w, _ := whoIs(c)
	a, err := s.Service.Administration(c.Request.Context(), w.actor)
	if err != nil {
		return err
	}
	return s.page(c, status, "import", importPath, templates.View{Title: s.t(c, "desk.admin.import", nil), Faults: p.Faults,
		Data: importStart{Form: p.at("filer", ""), Max: s.importMax(), Notice: s.takeNotice(c), Done: a.Imported, Paths: adminPaths()}})
}

// importMax is the largest spreadsheet in bytes.
func (s *desk) importMax() int64 { return min(s.UploadMax, sheet.DefaultLimits().Bytes) }

// upload takes spreadsheets, tries them and shows what they would do. A file that is too large is said at once, before the
// rest is read.
func (s *desk) upload(c *gin.Context) error {
	w, _ := whoIs(c)
	files, err := s.uploaded(c)
	if err == nil {
		var id models.ID[models.ImportTrial]
		if id, err = s.Service.StartImport(c.Request.Context(), w.actor, files); err == nil {
			return web.SeeOther(c, importPath+"/"+id.String())
		}
	}
	// A browser that is still sending reads no answer: take the rest, within the route's limit, and throw it away.
	_, _ = io.Copy(io.Discard, c.Request.Body)
	var tooLarge *http.MaxBytesError
	if errors.Is(err, web.ErrTooLarge) || errors.As(err, &tooLarge) {
		err = s.tooLarge("error.admin.files-large")
	}
	web.BackTo(c, importPath)
	status, wrong, _, ok := refused(err)
	if !ok {
		return err
	}
	return s.drawImportPage(c, status, newPosted("filer", "", url.Values{}, wrong))
}

func (s *desk) tooLarge(key string) error {
	return workflows.Invalid{Fields: []workflows.FieldError{{Field: "files", Key: key, Args: map[string]any{"max": s.importMax(), "n": importFilesMax}}}}
}

// uploaded reads the files of the form, each within its limit, all together within the route's.
func (s *desk) uploaded(c *gin.Context) ([]models.ImportedFile, error) {
	var files []models.ImportedFile
	_, err := web.Upload(c, func(_ url.Values, part *multipart.Part) error {
		name := filepath.Base(strings.ReplaceAll(part.FileName(), `\`, "/"))
		switch kind := strings.ToLower(filepath.Ext(name)); {
		case part.FormName() != "files":
			return web.ErrBadForm
		case kind != ".xlsx" && kind != ".csv":
			return workflows.Invalid{Fields: []workflows.FieldError{{Field: "files", Key: "error.admin.files-kind"}}}
		case len(files) == importFilesMax:
			return s.tooLarge("error.admin.files-many")
		}
		body, err := io.ReadAll(io.LimitReader(part, s.importMax()+1))
		switch {
		case err != nil:
			return err
		case int64(len(body)) > s.importMax():
			return s.tooLarge("error.admin.files-large")
		case slices.ContainsFunc(files, func(f models.ImportedFile) bool { return f.Name == name }):
			return workflows.Invalid{Fields: []workflows.FieldError{{Field: "files", Key: "error.admin.files-twice"}}}
		}
		files = append(files, models.ImportedFile{Name: name, Body: body})
		return nil
	})
	return files, err
}

// trialPage is what uploaded spreadsheets would do.
type trialPage struct {
	workflows.ImportTrial
	posted
	Changed  bool // the organisation has changed since the report was shown; it is shown anew
	Tables   []trialTable
	Until    time.Time
	LastDays bool // the form for what is missing can do something
	Paths    map[string]string
	lang     string
}

// trialTable is what the spreadsheets say of one table.
type trialTable struct {
	workflows.ImportSummary
	Name    string
	Changes []workflows.ImportChange
	Missing []workflows.ImportGone
}

// Form gives a form of the page.
func (p trialPage) Form(name string) form { return p.at(name, "") }

// Path is the address of the page, or of one of its forms.
func (p trialPage) Path(parts ...string) string {
	return strings.Join(append([]string{importPath, p.ID.String()}, parts...), "/")
}

// Fault says what is wrong in a cell, in the reader's language.
func (p trialPage) Fault(f sheet.Fault) string { return workflows.ImportFaultText(f, p.lang) }

// Nothing tells whether there is nothing to read in.
func (p trialPage) Nothing() bool {
	return len(p.Report.Changes) == 0 && p.EndMissing.IsZero()
}

func (s *desk) importTrial(c *gin.Context) error {
	return s.drawTrial(c, http.StatusOK, posted{}, false)
}

func (s *desk) drawTrial(c *gin.Context, status int, p posted, changed bool) error {
	w, _ := whoIs(c)
	trial, err := trialID(c)
	if err != nil {
		return err
	}
	t, err := s.Service.ImportTrial(c.Request.Context(), w.actor, trial)
	if err != nil {
		return err
	}
	page := trialPage{ImportTrial: t, posted: p, Changed: changed, Until: t.Until, LastDays: len(t.Report.Gone) > 0 || !t.EndMissing.IsZero(), Paths: adminPaths(), lang: web.Lang(c)}
	for _, sum := range t.Report.Tables {
		table := trialTable{ImportSummary: sum, Name: workflows.ImportTableName(sum.Table)}
		for _, change := range t.Report.Changes {
			if change.Table == sum.Table {
				table.Changes = append(table.Changes, change)
			}
		}
		for _, gone := range t.Report.Gone {
			if gone.Table == sum.Table {
				table.Missing = append(table.Missing, gone)
			}
		}
		page.Tables = append(page.Tables, table)
	}
	return s.page(c, status, "import-trial", importPath, templates.View{Title: s.t(c, "desk.admin.trial", nil), Faults: p.Faults, Data: page})
}

func trialID(c *gin.Context) (models.ID[models.ImportTrial], error) {
	id, err := models.ParseID[models.ImportTrial](c.Param("trial"))
	if err != nil {
		return id, workflows.ErrNotFound
	}
	return id, nil
}

// applyImport reads in exactly what the page showed; if that is no longer what would be done, the page is shown anew.
func (s *desk) applyImport(c *gin.Context) error {
	w, _ := whoIs(c)
	trial, err := trialID(c)
	if err != nil {
		return err
	}
	values, err := web.Form(c)
	if err != nil {
		return err
	}
	web.BackTo(c, importPath)
	_, err = s.Service.ApplyImport(c.Request.Context(), w.actor, trial, values.Get("shown"))
	if errors.Is(err, workflows.ErrConflict) {
		return s.drawTrial(c, http.StatusConflict, posted{}, true)
	}
	if err != nil {
		return err
	}
	s.Sessions.SetNotice(c.Request.Context(), "desk.admin.notice.imported")
	return web.SeeOther(c, importPath)
}

// endMissing says whether, and with which last day, what the spreadsheets no longer have is to end, and shows what then would be done.
func (s *desk) endMissing(c *gin.Context) error {
	w, _ := whoIs(c)
	trial, err := trialID(c)
	if err != nil {
		return err
	}
	values, err := web.Form(c)
	if err != nil {
		return err
	}
	r := &reader{values: values}
	last := calendar.Date{}
	if r.text("missing") == "end" {
		if last = r.date("last"); last.IsZero() && len(r.errors) == 0 {
			r.wrong("last", "error.date-missing")
		}
	}
	if err = r.invalid(); err == nil {
		err = s.Service.EndMissingInImport(c.Request.Context(), w.actor, trial, last)
	}
	if err == nil {
		return web.SeeOther(c, importPath+"/"+trial.String())
	}
	web.BackTo(c, importPath)
	status, wrong, _, ok := refused(err)
	if !ok {
		return err
	}
	return s.drawTrial(c, status, newPosted("saknas", "", values, wrong), false)
}

// dropImport throws the spreadsheets away.
func (s *desk) dropImport(c *gin.Context) error {
	w, _ := whoIs(c)
	trial, err := trialID(c)
	if err != nil {
		return err
	}
	if err := s.Service.DropImport(c.Request.Context(), w.actor, trial); err != nil {
		return err
	}
	s.Sessions.SetNotice(c.Request.Context(), "desk.admin.notice.dropped")
	return web.SeeOther(c, importPath)
}
