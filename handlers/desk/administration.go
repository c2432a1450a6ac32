package desk

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/internal/calendar"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// The administrator's addresses. Nothing behind them shows a case, a request or a resident.
const (
	adminPath       = root + "/administration"
	peoplePath      = adminPath + "/personal"
	newPersonPath   = peoplePath + "/ny"
	findPersonPath  = peoplePath + "/sok"
	personPath      = peoplePath + "/person"
	controllersPath = adminPath + "/namnder"
	importPath      = adminPath + "/import"
	exportPath      = adminPath + "/export"
	templatesPath   = adminPath + "/mallar"
	delegationsPath = root + "/delegationer"
	changesPath     = root + "/andringar"
)

// administrationService is the organisation: who may do what, and the spreadsheets it comes from.
type administrationService interface {
	Administration(ctx context.Context, actor models.Actor) (workflows.Administration, error)
	OrganisationHistory(ctx context.Context, actor models.Actor, before int64) ([]workflows.OrganisationEntry, bool, error)
	Controllers(ctx context.Context, actor models.Actor) ([]models.Controller, error)

	StaffList(ctx context.Context, actor models.Actor, search string, after models.StaffID) (workflows.StaffPage, error)
	StaffPerson(ctx context.Context, actor models.Actor, id models.StaffID) (workflows.StaffView, error)
	AddStaff(ctx context.Context, actor models.Actor, in workflows.NewStaff) (models.StaffID, error)
	Unbind(ctx context.Context, actor models.Actor, id models.StaffID) error
	AddAssignment(ctx context.Context, actor models.Actor, in workflows.NewAssignment) error
	AddDeputy(ctx context.Context, actor models.Actor, in workflows.NewDeputy) error
	EndAssignment(ctx context.Context, actor models.Actor, id models.ID[models.Assignment], last calendar.Date) error
	StopAssignment(ctx context.Context, actor models.Actor, id models.ID[models.Assignment]) error
	ClearAssignment(ctx context.Context, actor models.Actor, id models.ID[models.Assignment], cleared bool) error

	Delegations(ctx context.Context, actor models.Actor) (workflows.DelegationsView, error)
	AddDelegation(ctx context.Context, actor models.Actor, in workflows.NewDelegation) error
	EndDelegation(ctx context.Context, actor models.Actor, id models.DelegationID, last calendar.Date) error

	ExportSpreadsheets(ctx context.Context, actor models.Actor) ([]workflows.Spreadsheet, error)
	StartImport(ctx context.Context, actor models.Actor, files []models.ImportedFile) (models.ID[models.ImportTrial], error)
	ImportTrial(ctx context.Context, actor models.Actor, id models.ID[models.ImportTrial]) (workflows.ImportTrial, error)
	ApplyImport(ctx context.Context, actor models.Actor, id models.ID[models.ImportTrial], shown string) (workflows.ImportReport, error)
	EndMissingInImport(ctx context.Context, actor models.Actor, id models.ID[models.ImportTrial], last calendar.Date) error
	DropImport(ctx context.Context, actor models.Actor, id models.ID[models.ImportTrial]) error
}

// administrationRoutes is the administrator's part of the desk, and what registrators and DSOs share of it.
func (s *desk) administrationRoutes(d *web.Door) {
	admin := web.Staff(models.RoleAdmin)
	keepers := web.Staff(models.RoleAdmin, models.RoleRegistrator)

	d.Get(adminPath, admin, s.administration)
	d.Get(controllersPath, admin, s.controllerList)
	d.Get(changesPath, web.Staff(models.RoleAdmin, models.RoleDSO), s.changes)

	d.Get(peoplePath, admin, s.people)
	d.Post(findPersonPath, admin, s.findPerson)
	d.Get(newPersonPath, admin, s.newPerson)
	d.Post(newPersonPath, admin, s.addPerson)
	d.Get(personPath+"/:person", admin, s.showPerson)
	for _, f := range s.personForms() {
		d.Post(personPath+"/:person/"+f.name, admin, s.changePerson(f))
	}

	d.Get(delegationsPath, keepers, s.delegations)
	d.Post(delegationsPath, keepers, s.addDelegation)
	d.Post(delegationsPath+"/sista-dag", keepers, s.endDelegation)

	d.Get(exportPath+"/xlsx", admin, s.exported)
	d.Get(exportPath+"/csv", admin, s.exportedCSV)
	d.Get(templatesPath+"/xlsx", admin, s.emptyTemplate)
	d.Get(templatesPath+"/csv", admin, s.emptyTemplatesCSV)
	d.Get(importPath, admin, s.importPage)
	d.Add(web.Route{Method: http.MethodPost, Pattern: importPath, Rule: admin, Handler: s.upload, Body: patience * s.UploadMax, Slow: true})
	d.Get(importPath+"/:trial", admin, s.importTrial)
	d.Post(importPath+"/:trial", admin, s.applyImport)
	d.Post(importPath+"/:trial/saknas", admin, s.endMissing)
	d.Post(importPath+"/:trial/kasta", admin, s.dropImport)
}

// administrationPage is the administrator's first page.
type administrationPage struct {
	workflows.Administration
	Paths map[string]string
}

// administration shows how the organisation stands.
func (s *desk) administration(c *gin.Context) error {
	w, _ := whoIs(c)
	a, err := s.Service.Administration(c.Request.Context(), w.actor)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, "administration", adminPath, templates.View{Title: s.t(c, "desk.admin.title", nil), Data: administrationPage{a, adminPaths()}})
}

// adminPaths are the addresses that pages link to.
func adminPaths() map[string]string {
	return map[string]string{"start": adminPath, "people": peoplePath, "new": newPersonPath, "find": findPersonPath, "person": personPath,
		"controllers": controllersPath, "delegations": delegationsPath, "changes": changesPath, "import": importPath, "export": exportPath, "templates": templatesPath,
		"letters": lettersPath, "sample": samplePath, "slot": slotPath}
}

// controllersPage lists the controllers as they were imported.
type controllersPage struct {
	Rows  []models.Controller
	Paths map[string]string
}

func (s *desk) controllerList(c *gin.Context) error {
	w, _ := whoIs(c)
	rows, err := s.Service.Controllers(c.Request.Context(), w.actor)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, "controllers", adminPath, templates.View{Title: s.t(c, "desk.admin.controllers", nil), Data: controllersPage{rows, adminPaths()}})
}

// changesPage is what was changed in the organisation, newest first.
type changesPage struct {
	Rows  []workflows.OrganisationEntry
	More  string
	First string
	Admin bool // the reader is the administrator, and can go to the person
	Paths map[string]string
}

func (s *desk) changes(c *gin.Context) error {
	w, _ := whoIs(c)
	before, err := strconv.ParseInt(c.Query("fore"), 10, 64)
	if err != nil || before < 0 {
		before = 0
	}
	rows, more, err := s.Service.OrganisationHistory(c.Request.Context(), w.actor, before)
	if err != nil {
		return err
	}
	page := changesPage{Rows: rows, Admin: w.actor.HasRole(models.RoleAdmin), Paths: adminPaths()}
	if more {
		page.More = changesPath + "?" + url.Values{"fore": {strconv.FormatInt(rows[len(rows)-1].Seq, 10)}}.Encode()
	}
	if before > 0 {
		page.First = changesPath
	}
	nav := changesPath
	if page.Admin {
		nav = adminPath
	}
	return s.page(c, http.StatusOK, "changes", nav, templates.View{Title: s.t(c, "desk.admin.changes", nil), Data: page})
}

// Never is the date of a field that begins empty.
func (personPage) Never() calendar.Date { return calendar.Date{} }

// Never is the date of a field that begins empty.
func (delegationsPage) Never() calendar.Date { return calendar.Date{} }

// Never is the date of a field that begins empty.
func (trialPage) Never() calendar.Date { return calendar.Date{} }
