package desk

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/internal/calendar"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// queuePage is the first page: what should be done, the most urgent first.
type queuePage struct {
	Today    calendar.Date
	Cases    *caseQueue   // nil for those who see no cases
	Register *registry    // nil for those who are no registrator
	Requests *requestList // nil for those who are not servicecenter
	LogURL   string       // for a log reviewer
	Notice   string       // key of what was just done
	// Unhandled counts protected people's cases that nobody is cleared to handle, for those who can see to it.
	Appeals   *appealList // nil: none
	Unhandled int
	Nothing   bool // the reader has no part of the page: an administrator, for instance
}

// caseQueue is the cases of the controller worked for.
type caseQueue struct {
	Tiles      []tile // none for a registrator alone: no step of an open case is theirs
	Groups     []queueGroup
	States     []models.CaseState // to choose among
	State      models.CaseState   // chosen
	Total      int                // rows shown
	More       string             // address of the next page
	First      string             // address of the first page, when this is another
	Unattended int
	Abandoned  int
	// OnlyAbandoned: the list is of the cases whose handler has left.
	OnlyAbandoned bool
	Several       bool // rows name their controller
}

// tile is a count that leads to its group.
type tile struct {
	Group string // late, soon, mine or others
	Count int
	Href  string // "" when the group is not on this page
}

// queueGroup is the rows of one urgency.
type queueGroup struct {
	Group string
	Count int // of the whole queue
	Rows  []queueRow
}

// queueRow is a case in the queue.
type queueRow struct {
	workflows.QueueItem
	Path   string
	Status string // key of the status
}

// registry is what a registrator has left to do, at all their controllers.
type registry struct {
	Rows    []queueRow
	More    string // address of the next page
	First   string // address of the first page, when this is another
	AllURL  string // address of all open cases, for those who do not see them below
	Several bool   // rows name their controller
}

// requestList is the servicecenter's requests: pågår or klart, and nothing of what the cases hold.
type requestList struct {
	Rows []requestRow
	More string
}

// requestRow is a request in the servicecenter's list.
type requestRow struct {
	workflows.IntakeItem
	Path string
	Left int // days to the due date
}

// groups is the order of urgency.
func groups() []string { return []string{"late", "soon", "mine", "others"} }

// today is the desk's first page.
func (s *desk) today(c *gin.Context) error {
	w, _ := whoIs(c)
	page := queuePage{Today: calendar.DateOf(s.Clock.Now())}
	// Those who only keep the diary are shown the names of all open cases when they ask for the list, not every morning.
	listed := c.Request.URL.Query().Has("lage") || c.Query("efter") != ""
	if worksOnCases(w.actor) || seesCases(w.actor) && listed {
		q, err := s.caseQueue(c, w)
		if err != nil {
			return err
		}
		page.Cases = q
	}
	if w.all.HasRole(models.RoleRegistrator) && (page.Cases == nil || worksOnCases(w.actor)) {
		register, err := s.toRegister(c, w)
		if err != nil {
			return err
		}
		page.Register = register
	}
	if w.actor.HasRole(models.RoleOmbud) || w.actor.HasRole(models.RoleDecider) || w.actor.HasRole(models.RoleRegistrator) {
		appeals, err := s.openAppeals(c, w)
		if err != nil {
			return err
		}
		page.Appeals = appeals
	}
	if w.actor.HasRole(models.RoleServicecenter) {
		list, err := s.requestList(c, w)
		if err != nil {
			return err
		}
		page.Requests = list
	}
	if w.actor.HasRole(models.RoleLogReviewer) {
		page.LogURL = logPath
	}
	n, err := s.Service.UnhandledProtected(c.Request.Context(), w.all)
	if err != nil {
		return err
	}
	page.Unhandled, page.Notice = n, s.takeNotice(c)
	page.Nothing = page.Cases == nil && page.Register == nil && page.Requests == nil && page.LogURL == ""
	return s.page(c, http.StatusOK, "queue", root, templates.View{Title: s.t(c, "desk.today.title", nil), Data: page})
}

func (s *desk) caseQueue(c *gin.Context, w who) (*caseQueue, error) {
	f := workflows.QueueFilter{State: openState(c.Query("lage")), Abandoned: c.Query("slutat") != "" && worksOnCases(w.actor)}
	if k := w.controller(); k != nil {
		f.Controller = k.ID
	}
	after := c.Query("efter")
	f.AfterDue, f.AfterID = readCursor(after)
	q, err := s.Service.Queue(c.Request.Context(), w.actor, f)
	if err != nil {
		return nil, err
	}
	out := newCaseQueue(q, w.at == everywhere)
	if !worksOnCases(w.actor) {
		out.Tiles = nil
	}
	out.State, out.OnlyAbandoned = f.State, f.Abandoned
	if q.More {
		out.More = queueAddress(f.State, cursor(q.NextDue, q.NextID))
	}
	if after != "" {
		out.First = queueAddress(f.State, "")
	}
	return out, nil
}

// toRegister lists what the registrator has left to do, whichever of their controllers is worked for: a request is to be
// registered without delay, and one that waits behind a menu is not seen.
func (s *desk) toRegister(c *gin.Context, w who) (*registry, error) {
	actor := w.all
	actor.Grants = slices.DeleteFunc(slices.Clone(actor.Grants), func(g models.Grant) bool { return g.Role != models.RoleRegistrator })
	after := c.Query("registrera")
	f := workflows.QueueFilter{Registry: true}
	f.AfterAt, f.AfterID = readInstantCursor[models.Case](after)
	q, err := s.Service.Queue(c.Request.Context(), actor, f)
	if err != nil {
		return nil, err
	}
	out := &registry{Rows: rows(q), Several: len(actor.Grants) > 1}
	for i, r := range out.Rows {
		out.Rows[i].Status = statusKey(r.State, false) // the diary is the reader's, not the state
	}
	if !worksOnCases(w.actor) {
		out.AllURL = root + "?lage="
	}
	if q.More {
		out.More = root + "?" + url.Values{"registrera": {instantCursor(q.NextAt, q.NextID)}}.Encode()
	}
	if after != "" {
		out.First = root
	}
	return out, nil
}

// newCaseQueue puts the rows under their urgency.
func newCaseQueue(q workflows.Queue, several bool) *caseQueue {
	out := &caseQueue{Total: len(q.Items), Unattended: q.Unattended, Abandoned: q.Abandoned, Several: several, States: openStates()}
	for _, name := range groups() {
		g := queueGroup{Group: name, Count: q.Counts[name]}
		for _, i := range q.Items {
			if i.Group == name {
				g.Rows = append(g.Rows, newQueueRow(i))
			}
		}
		t := tile{Group: name, Count: g.Count}
		if len(g.Rows) > 0 {
			t.Href = "#" + name
			out.Groups = append(out.Groups, g)
		}
		out.Tiles = append(out.Tiles, t)
	}
	return out
}

func newQueueRow(i workflows.QueueItem) queueRow {
	return queueRow{QueueItem: i, Path: casePath(i.Number), Status: statusKey(i.State, i.Mine)}
}

// statusKey is the key of a state's word: a case that is ready waits for somebody else, unless it is the reader's.
func statusKey(state models.CaseState, mine bool) string {
	if state == models.CaseReady && !mine {
		return "ready-waiting"
	}
	return string(state)
}

// openStates are the states of cases that are not finished.
func openStates() []models.CaseState {
	return slices.DeleteFunc(models.CaseStates(), models.CaseState.Done)
}

// openState reads the state chosen in the filter; anything else is all of them.
func openState(text string) models.CaseState {
	if s := models.CaseState(text); slices.Contains(openStates(), s) {
		return s
	}
	return ""
}

func queueAddress(state models.CaseState, after string) string {
	v := url.Values{}
	if state != "" {
		v.Set("lage", string(state))
	}
	if after != "" {
		v.Set("efter", after)
	}
	if len(v) == 0 {
		return root
	}
	return root + "?" + v.Encode()
}

// cursor is the last row of a page: its due date and id, which say nothing of a person.
func cursor(due calendar.Date, id models.CaseID) string { return due.String() + "." + id.String() }

// readCursor reads cursor's text; what cannot be read is the first page.
func readCursor(text string) (calendar.Date, models.CaseID) {
	day, rest, _ := strings.Cut(text, ".")
	id, err := models.ParseID[models.Case](rest)
	if err != nil {
		return calendar.Date{}, models.CaseID{}
	}
	due, err := calendar.Parse(day)
	if err != nil {
		due = calendar.Date{} // the list of finished cases is in the order of ids alone
	}
	return due, id
}

// donePage is the list of finished cases, or what a search found.
type donePage struct {
	Rows    []queueRow
	More    string
	Several bool
	Found   bool // the rows are what a search found
	Query   string
}

// done lists the finished cases, newest first.
func (s *desk) done(c *gin.Context) error {
	w, _ := whoIs(c)
	f := workflows.QueueFilter{Done: true}
	if k := w.controller(); k != nil {
		f.Controller = k.ID
	}
	_, f.AfterID = readCursor(c.Query("efter"))
	q, err := s.Service.Queue(c.Request.Context(), w.actor, f)
	if err != nil {
		return err
	}
	page := donePage{Several: w.at == everywhere, Rows: rows(q)}
	if q.More {
		page.More = donePath + "?" + url.Values{"efter": {cursor(calendar.Date{}, q.NextID)}}.Encode()
	}
	return s.page(c, http.StatusOK, "done", donePath, templates.View{Title: s.t(c, "desk.done.title", nil), Data: page})
}

func rows(q workflows.Queue) []queueRow {
	out := make([]queueRow, 0, len(q.Items))
	for _, i := range q.Items {
		out = append(out, newQueueRow(i))
	}
	return out
}

var (
	requestNumber = regexp.MustCompile(`^INS-\d{4}-\d{5,}$`)
	caseNumber    = regexp.MustCompile(`^INS-\d{4}-\d{5,}-[\p{L}\d]+$`)
)

// search finds cases by number, personnummer or name. It takes a POST, and the answer has no address of its own: what was
// searched for may be somebody's name. Our own numbers are no personal data and lead straight to their page.
func (s *desk) search(c *gin.Context) error {
	w, _ := whoIs(c)
	values, err := web.Form(c)
	if err != nil {
		return err
	}
	query := strings.TrimSpace(values.Get("q"))
	number := strings.ToUpper(query)
	switch {
	case query == "":
		return web.SeeOther(c, root)
	case caseNumber.MatchString(number) && seesCases(w.actor):
		return web.SeeOther(c, casePath(url.PathEscape(number)))
	case requestNumber.MatchString(number) && w.actor.HasRole(models.RoleServicecenter):
		return web.SeeOther(c, intakePath(number))
	}
	page := donePage{Found: true, Query: query, Several: w.at == everywhere}
	if seesCases(w.actor) {
		f := workflows.QueueFilter{Search: query}
		if k := w.controller(); k != nil {
			f.Controller = k.ID
		}
		q, err := s.Service.Queue(c.Request.Context(), w.actor, f)
		if err != nil {
			return err
		}
		page.Rows = rows(q)
	}
	v := templates.View{Title: s.t(c, "desk.found.title", nil), Data: page}
	sh := s.shell(c, "")
	sh.Query = query
	v.Shell = sh
	return s.site.Render(c, http.StatusOK, "desk/done", v)
}
