package desk

import (
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/models"
	"insyn/templates"
)

// shell is the header of a page: who works, for which controller, where they can go. nav is the address of the menu's item
// that the page belongs to.
func (s *desk) shell(c *gin.Context, nav string) templates.DeskShell {
	sh := templates.DeskShell{HomeURL: root, LangURL: otherLanguage(c)}
	w, ok := whoIs(c)
	if !ok {
		return sh
	}
	sh.UserName, sh.RoleLine, sh.SwitchURL, sh.LogoutURL = w.staff.Name, s.roleLine(c, w), switchPath, logoutPath
	if seesCases(w.actor) || w.actor.HasRole(models.RoleServicecenter) {
		sh.SearchURL = searchPath
	}
	if len(w.controllers) > 1 {
		for _, k := range w.controllers {
			sh.Controllers = append(sh.Controllers, templates.DeskController{ID: k.Prefix, Name: k.Name, Current: k.Prefix == w.at})
		}
		if w.everywhere {
			sh.Controllers = append(sh.Controllers, templates.DeskController{ID: everywhere, Name: s.t(c, "desk.everywhere", nil), Current: w.at == everywhere})
		}
	}
	item := func(key, url string) templates.NavItem {
		return templates.NavItem{URL: url, Text: s.t(c, key, nil), Current: url == nav}
	}
	sh.Nav = append(sh.Nav, item("desk.nav.today", root))
	if w.actor.HasRole(models.RoleServicecenter) {
		sh.Nav = append(sh.Nav, item("desk.nav.register-request", registerPath), item("desk.nav.envelopes", envelopesPath))
	}
	if slices.ContainsFunc(printRoles(), w.all.HasRole) {
		sh.Nav = append(sh.Nav, item("desk.nav.print", printPath))
	}
	if seesCases(w.actor) {
		sh.Nav = append(sh.Nav, item("desk.nav.done", donePath))
	}
	if slices.ContainsFunc(bookRoles(), w.actor.HasRole) {
		sh.Nav = append(sh.Nav, item("desk.nav.book", bookPath))
	}
	if w.actor.HasRole(models.RoleAdmin) {
		sh.Nav = append(sh.Nav, item("desk.nav.admin", adminPath), item("desk.nav.import", importPath))
	}
	if w.all.HasRole(models.RoleAdmin) || w.all.HasRole(models.RoleRegistrator) {
		sh.Nav = append(sh.Nav, item("desk.nav.delegations", delegationsPath))
	}
	if answersInquiries(w.all) {
		questions := item("desk.nav.inquiries", inquiriesPath)
		// A count that cannot be read is not worth a page that cannot be shown.
		questions.Count, _ = s.Service.OpenInquiries(c.Request.Context(), w.all)
		sh.Nav = append(sh.Nav, questions)
	}
	if seesAllReading(w.actor) {
		sh.Nav = append(sh.Nav, item("desk.nav.log", logPath))
	}
	if w.actor.HasRole(models.RoleDSO) {
		sh.Menu = append(sh.Menu, item("desk.nav.changes", changesPath), item("desk.nav.letters", lettersPath))
	}
	sh.Menu = append(sh.Menu, item("desk.nav.own-log", ownLogPath))
	return sh
}

// roleLine is “Ombud, Socialnämnden”: what the user is at the controller worked for.
func (s *desk) roleLine(c *gin.Context, w who) string {
	var names []string
	for _, r := range models.Roles() {
		if w.actor.HasRole(r) {
			names = append(names, s.t(c, "desk.role."+string(r), nil))
		}
	}
	line := strings.Join(names, ", ")
	if k := w.controller(); k != nil {
		line += ", " + k.Name
	}
	return line
}

func seesCases(a models.Actor) bool {
	for _, r := range caseRoles() {
		if a.HasRole(r) {
			return true
		}
	}
	return false
}

// worksOnCases tells whether any step of an open case is the actor's.
func worksOnCases(a models.Actor) bool {
	return a.HasRole(models.RoleOmbud) || a.HasRole(models.RoleDecider) || a.HasRole(models.RoleDSO)
}

func seesAllReading(a models.Actor) bool {
	return a.HasRole(models.RoleDSO) || a.HasRole(models.RoleLogReviewer)
}

// otherLanguage is this page in the other language; a page that answers a form has none.
func otherLanguage(c *gin.Context) string {
	if c.Request.Method != "GET" {
		return ""
	}
	if web.Lang(c) == web.Swedish {
		return "?lang=" + web.English
	}
	return "?lang=" + web.Swedish
}
