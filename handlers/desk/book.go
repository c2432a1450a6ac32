package desk

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// bookPath is the register of processing activities, for those who work with cases and for the administrator.
const bookPath = root + "/register"

func bookRoles() []models.Role {
	return []models.Role{models.RoleOmbud, models.RoleDecider, models.RoleDSO, models.RoleAdmin}
}

// bookPage is the register as its template needs it. What is searched for are words of the register, never a person's: it may
// stand in an address.
type bookPage struct {
	Parts  []workflows.RegisterView
	Query  string
	Ended  bool
	Count  int
	Action string
}

// book shows the register of the controller worked for, or of all the reader may see.
func (s *desk) book(c *gin.Context) error {
	w, _ := whoIs(c)
	page := bookPage{Query: strings.TrimSpace(c.Query("sok")), Ended: c.Query("slutat") != "", Action: bookPath}
	f := workflows.RegisterFilter{Query: page.Query, Ended: page.Ended}
	if k := w.controller(); k != nil && !w.actor.HasRole(models.RoleAdmin) {
		f.Controller = k.ID
	}
	var err error
	if page.Parts, err = s.Service.ProcessingRegister(c.Request.Context(), w.actor, f); err != nil {
		return err
	}
	for _, p := range page.Parts {
		page.Count += len(p.Systems)
	}
	return s.page(c, http.StatusOK, "book", bookPath, templates.View{Title: s.t(c, "desk.book.title", nil), Data: page})
}

// Searched tells whether anything is searched for.
func (p bookPage) Searched() bool { return p.Query != "" }

// Relations are the keys of an activity's relations.
func (p bookPage) Relations(codes models.TextArray) []string {
	out := make([]string, len(codes))
	for i, code := range codes {
		out[i] = "portal.relation." + code
	}
	return out
}

// Names are the names of activities in one line.
func (p bookPage) Names(all []workflows.RegisterActivity) string {
	names := make([]string, len(all))
	for i, a := range all {
		names[i] = a.Name
	}
	return strings.Join(names, ", ")
}

// Joined is a list in one line.
func (p bookPage) Joined(list models.TextArray) string { return strings.Join(list, ", ") }

// Period tells whether something has a first or a last day.
func (p bookPage) Period(from, to calendar.Date) bool { return !from.IsZero() || !to.IsZero() }

// RegisterPath is the address of a system's entry in the register, found by its name and also when it has ended.
func (p casePage) RegisterPath(y models.Search) string {
	return bookPath + "?" + url.Values{"sok": {y.System}, "slutat": {"1"}}.Encode() + "#system-" + y.SystemID.String()
}

// Note is what the register says of a system on the search list.
func (p casePage) Note(y models.Search) workflows.SearchNote { return p.SearchNotes[y.SystemID] }

// Uses are the activities of a system in one line.
func (p casePage) Uses(y models.Search) string { return strings.Join(p.Note(y).Activities, ", ") }
