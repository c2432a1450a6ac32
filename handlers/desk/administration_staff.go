package desk

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/internal/calendar"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// peoplePage lists the members of staff, or those that a search found.
type peoplePage struct {
	workflows.StaffPage
	Found bool
	Query string
	More  string
	Paths map[string]string
}

// people lists the members of staff by name.
func (s *desk) people(c *gin.Context) error {
	after, err := models.ParseID[models.Staff](c.Query("efter"))
	if err != nil {
		after = models.StaffID{}
	}
	return s.drawPeople(c, "", after)
}

// findPerson searches for a member of staff. It takes a POST: what is searched for is somebody's name.
func (s *desk) findPerson(c *gin.Context) error {
	values, err := web.Form(c)
	if err != nil {
		return err
	}
	return s.drawPeople(c, values.Get("ord"), models.StaffID{})
}

func (s *desk) drawPeople(c *gin.Context, search string, after models.StaffID) error {
	w, _ := whoIs(c)
	list, err := s.Service.StaffList(c.Request.Context(), w.actor, search, after)
	if err != nil {
		return err
	}
	page := peoplePage{StaffPage: list, Found: search != "", Query: search, Paths: adminPaths()}
	if list.More && search == "" {
		page.More = peoplePath + "?" + url.Values{"efter": {list.Next.String()}}.Encode()
	}
	return s.page(c, http.StatusOK, "people", adminPath, templates.View{Title: s.t(c, "desk.admin.people", nil), Data: page})
}

// newPersonPage is the form of a new member of staff.
type newPersonPage struct {
	Form  form
	Paths map[string]string
}

func (s *desk) newPerson(c *gin.Context) error { return s.drawNewPerson(c, http.StatusOK, posted{}) }

func (s *desk) drawNewPerson(c *gin.Context, status int, p posted) error {
	return s.page(c, status, "person-new", adminPath, templates.View{Title: s.t(c, "desk.admin.new-person", nil), Faults: p.Faults,
		Data: newPersonPage{p.at("ny", ""), adminPaths()}})
}

// addPerson adds a member of staff and goes to their page.
func (s *desk) addPerson(c *gin.Context) error {
	w, _ := whoIs(c)
	values, err := web.Form(c)
	if err != nil {
		return err
	}
	id, err := s.Service.AddStaff(c.Request.Context(), w.actor, workflows.NewStaff{Email: values.Get("email"), Name: values.Get("name"), Title: values.Get("title")})
	if err == nil {
		s.Sessions.SetNotice(c.Request.Context(), "desk.admin.notice.person-added")
		return web.SeeOther(c, personPath+"/"+id.String())
	}
	status, wrong, _, ok := refused(err)
	if !ok {
		return err
	}
	return s.drawNewPerson(c, status, newPosted("ny", "", values, wrong))
}

// personPage is the administrator's page of one member of staff.
type personPage struct {
	workflows.StaffView
	sent     posted
	Notice   string
	Conflict bool
	Refused  *workflows.Refusal
	Kept     []string
	Roles    []models.Role
	Paths    map[string]string
}

// Form gives a form of the page by name, and by row where there are several.
func (p personPage) Form(name string, row ...any) form {
	if len(row) == 0 {
		return p.sent.at(name, "")
	}
	return p.sent.at(name, idText(row[0]))
}

// Path is the address a form is posted to.
func (p personPage) Path(name string) string { return personPath + "/" + p.ID.String() + "/" + name }

func (s *desk) showPerson(c *gin.Context) error {
	return s.drawPerson(c, http.StatusOK, posted{}, outcome{})
}

func (s *desk) drawPerson(c *gin.Context, status int, p posted, o outcome) error {
	w, _ := whoIs(c)
	id, err := models.ParseID[models.Staff](c.Param("person"))
	if err != nil {
		return workflows.ErrNotFound
	}
	v, err := s.Service.StaffPerson(c.Request.Context(), w.actor, id)
	if err != nil {
		return err
	}
	return s.page(c, status, "person", adminPath, templates.View{Title: s.t(c, "desk.admin.person", nil), Faults: p.Faults,
		Data: personPage{StaffView: v, sent: p, Notice: s.takeNotice(c), Conflict: o.Conflict, Refused: o.Refused, Roles: models.Roles(), Paths: adminPaths()}})
}

// personForm is a form of the person's page: the last part of its address, the text shown after it, and what it does.
type personForm struct {
	name, notice string
	row          bool // it stands at an assignment
	do           func(c *gin.Context, actor models.Actor, person models.StaffID, r *reader) error
}

func (s *desk) personForms() []personForm {
	assignment := func(r *reader) models.ID[models.Assignment] { return id[models.Assignment](r, "assignment") }
	return []personForm{
		{"uppdrag", "desk.admin.notice.assignment-added", false, func(c *gin.Context, a models.Actor, person models.StaffID, r *reader) error {
			in := workflows.NewAssignment{Staff: person, Role: models.Role(r.text("role")), Controller: id[models.Controller](r, "controller"),
				From: r.date("from"), To: r.date("to"), Cleared: r.text("cleared") != ""}
			if err := r.invalid(); err != nil {
				return err
			}
			return s.Service.AddAssignment(c.Request.Context(), a, in)
		}},
		{"sista-dag", "desk.admin.notice.assignment-ends", true, func(c *gin.Context, a models.Actor, _ models.StaffID, r *reader) error {
			last := r.date("to")
			if r.text("until") == "further" {
				last, r.errors = calendar.Date{}, nil
			} else if last.IsZero() && len(r.errors) == 0 {
				r.wrong("to", "error.date-missing")
			}
			if err := r.invalid(); err != nil {
				return err
			}
			return s.Service.EndAssignment(c.Request.Context(), a, assignment(r), last)
		}},
		{"avsluta", "desk.admin.notice.assignment-stopped", true, func(c *gin.Context, a models.Actor, _ models.StaffID, r *reader) error {
			return s.Service.StopAssignment(c.Request.Context(), a, assignment(r))
		}},
		{"ersattare", "desk.admin.notice.deputy-added", true, func(c *gin.Context, a models.Actor, _ models.StaffID, r *reader) error {
			in := workflows.NewDeputy{Assignment: assignment(r), Deputy: id[models.Staff](r, "deputy"), From: r.date("from"), To: r.date("to"), Cleared: r.text("cleared") != ""}
			if err := r.invalid(); err != nil {
				return err
			}
			return s.Service.AddDeputy(c.Request.Context(), a, in)
		}},
		{"skydd", "desk.admin.notice.cleared", true, func(c *gin.Context, a models.Actor, _ models.StaffID, r *reader) error {
			return s.Service.ClearAssignment(c.Request.Context(), a, assignment(r), r.text("cleared") == "yes")
		}},
		{"ny-inloggning", "desk.admin.notice.unbound", false, func(c *gin.Context, a models.Actor, person models.StaffID, _ *reader) error {
			return s.Service.Unbind(c.Request.Context(), a, person)
		}},
	}
}

// changePerson is the handler of one form of the person's page.
func (s *desk) changePerson(f personForm) func(*gin.Context) error {
	return func(c *gin.Context) error {
		w, _ := whoIs(c)
		values, err := web.Form(c)
		if err != nil {
			return err
		}
		person, err := models.ParseID[models.Staff](c.Param("person"))
		if err != nil {
			return workflows.ErrNotFound
		}
		back := personPath + "/" + person.String()
		if err = f.do(c, w.actor, person, &reader{values: values}); err == nil {
			s.Sessions.SetNotice(c.Request.Context(), f.notice)
			return web.SeeOther(c, back)
		}
		web.BackTo(c, back)
		status, wrong, o, ok := refused(err)
		if !ok {
			return err
		}
		row := ""
		if f.row {
			row = values.Get("assignment")
		}
		return s.drawPerson(c, status, newPosted(f.name, row, values, wrong), o)
	}
}
