package desk

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/internal/calendar"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// intakePage is a request as the servicecenter sees it: who, which right, which addressees, pågår or klart, due dates.
// What the cases are about, and how they ended, is not in it (domain.md 13 P1).
type intakePage struct {
	workflows.IntakeView
	Number   string
	Status   string // key of the status
	Question *models.RequestPause
	Notice   string
	Conflict bool
	Refused  *workflows.Refusal
	Kept     []string
	posted   posted

	Protection protection
}

// requestList loads the servicecenter's list.
func (s *desk) requestList(c *gin.Context, w who) (*requestList, error) {
	at, id := readInstantCursor[models.Request](c.Query("fran"))
	items, more, err := s.Service.Intake(c.Request.Context(), w.actor, workflows.IntakeCursor{At: at, ID: id})
	if err != nil {
		return nil, err
	}
	out := &requestList{}
	today := calendar.DateOf(s.Clock.Now())
	for _, i := range items {
		row := requestRow{IntakeItem: i, Path: intakePath(i.Number)}
		if !i.Due.IsZero() {
			row.Left = i.Due.Sub(today)
		}
		out.Rows = append(out.Rows, row)
	}
	if more && len(items) > 0 {
		last := items[len(items)-1]
		out.More = root + "?" + url.Values{"fran": {instantCursor(last.ReceivedAt, last.ID)}}.Encode()
	}
	return out, nil
}

// requestStatus is the key of the only words the servicecenter has for a request.
func requestStatus(state models.RequestState) string {
	switch state {
	case models.RequestClosed:
		return "done"
	case models.RequestWithdrawn:
		return "withdrawn"
	case models.RequestSubmitted, models.RequestActive, models.RequestAwaiting:
		return "open"
	default:
		return "open"
	}
}

// showIntake is the request's page.
func (s *desk) showIntake(c *gin.Context) error {
	return s.drawIntake(c, http.StatusOK, posted{}, outcome{})
}

func (s *desk) drawIntake(c *gin.Context, status int, p posted, o outcome) error {
	w, _ := whoIs(c)
	v, err := s.Service.IntakePage(c.Request.Context(), w.actor, c.Param("number"))
	if err != nil {
		return err
	}
	page := intakePage{IntakeView: v, Number: v.Request.Number, Status: requestStatus(v.Request.State), posted: p,
		Conflict: o.Conflict, Refused: o.Refused, Kept: p.kept(), Notice: s.takeNotice(c)}
	page.Protection = intakeProtection(w.actor, v.Request, page.Form("skydd"))
	for i := range v.Questions {
		if v.Questions[i].ToDate.IsZero() {
			page.Question = &v.Questions[i]
		}
	}
	return s.page(c, status, "intake", "", templates.View{
		Title: s.t(c, "desk.intake.title", map[string]any{"number": v.Request.Number}), Faults: p.Faults, Data: page,
	})
}

// Form gives a form of the page by name, and by row where there are several.
func (p intakePage) Form(name string, row ...string) form { return p.posted.at(name, one(row)) }

// Path is the address a form is posted to.
func (p intakePage) Path(name string) string { return intakePath(p.Number) + "/" + name }

// Left is the days to a due date.
func (p intakePage) Left(due calendar.Date) int { return due.Sub(p.Today) }

// Open counts the addressees that are not done.
func (p intakePage) Open() int {
	n := 0
	for _, k := range p.Cases {
		if !k.Done {
			n++
		}
	}
	return n
}

// askPerson puts a question to the person about the request as a whole; every case waits.
func (s *desk) askPerson(c *gin.Context) error {
	return s.onRequest(c, "fraga", "desk.notice.request-asked", "", func(number string, version int, v url.Values) error {
		w, _ := whoIs(c)
		r := &reader{values: v}
		until := r.date("answer-by")
		if err := r.invalid(); err != nil {
			return err
		}
		return s.Service.AskPerson(c.Request.Context(), w.actor, number, version, v.Get("text"), until)
	})
}

// recordAnswer writes down what the person answered by phone or at the desk.
func (s *desk) recordAnswer(c *gin.Context) error {
	return s.onRequest(c, "svar", "desk.notice.request-answered", "", func(number string, version int, v url.Values) error {
		w, _ := whoIs(c)
		return s.Service.RecordAnswer(c.Request.Context(), w.actor, number, version, v.Get("text"))
	})
}

// addController adds a controller to the request, with a reason.
func (s *desk) addController(c *gin.Context) error {
	return s.onRequest(c, "lagg-till", "desk.notice.controller-added", "", func(number string, version int, v url.Values) error {
		w, _ := whoIs(c)
		return s.Service.AddController(c.Request.Context(), w.actor, number, version, id[models.Controller](&reader{values: v}, "controller"), v.Get("reason"))
	})
}

// removeController takes a controller away at the person's recorded wish, and for no other reason.
func (s *desk) removeController(c *gin.Context) error {
	return s.onRequest(c, "ta-bort", "desk.notice.controller-removed", "case", func(number string, version int, v url.Values) error {
		w, _ := whoIs(c)
		return s.Service.RemoveController(c.Request.Context(), w.actor, number, version, id[models.Case](&reader{values: v}, "case"), v.Get("wish"))
	})
}

// onRequest takes a form of the request's page: do, and back to the page; or the page again with what was typed.
func (s *desk) onRequest(c *gin.Context, name, notice, rowField string, do func(number string, version int, v url.Values) error) error {
	values, err := web.Form(c)
	if err != nil {
		return err
	}
	number := c.Param("number")
	version, bad := strconv.Atoi(values.Get("version"))
	if bad != nil || version < 1 {
		err = workflows.ErrConflict
	} else {
		err = do(number, version, values)
	}
	if err == nil {
		s.Sessions.SetNotice(c.Request.Context(), notice)
		return web.SeeOther(c, intakePath(number))
	}
	web.BackTo(c, intakePath(number))
	status, wrong, o, ok := refused(err)
	if !ok {
		return err
	}
	row := ""
	if rowField != "" {
		row = values.Get(rowField)
	}
	return s.drawIntake(c, status, newPosted(name, row, values, wrong), o)
}

// instantCursor is the last row of a page: its instant and id, which say nothing of a person.
func instantCursor[T any](at time.Time, id models.ID[T]) string {
	return strconv.FormatInt(at.UnixMicro(), 10) + "." + id.String()
}

// readInstantCursor reads instantCursor's text; what cannot be read is the first page.
func readInstantCursor[T any](text string) (time.Time, models.ID[T]) {
	at, rest, _ := strings.Cut(text, ".")
	micros, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return time.Time{}, models.ID[T]{}
	}
	id, err := models.ParseID[T](rest)
	if err != nil {
		return time.Time{}, models.ID[T]{}
	}
	return time.UnixMicro(micros).UTC(), id
}
