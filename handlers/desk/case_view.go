package desk

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/workflows"
)

// casePage is the case page as its template needs it.
type casePage struct {
	workflows.CaseView
	Number     string
	Status     string // key of the status
	Tasks      []task
	Later      []later
	Pending    []models.Search // not attested
	Hits       []models.Search // found something: material is added to these
	Done       int             // searches attested
	Items      []itemRow
	Outcomes   []models.Outcome
	Offered    bool // the extract is offered to the DSO without being asked for
	Grounds    []workflows.Ground
	Recent     []event
	Older      []event
	EditSearch *models.Search // the search whose form is open
	EditItem   *itemRow       // the item whose panel is open
	NextSearch string         // id of the next one to do, "" when none is left
	NextItem   string         // id of the next one to mark, "" when none is left

	Notice   string             // key of what was just done
	Conflict bool               // somebody else was first: this is how it is now
	Refused  *workflows.Refusal // why what was asked cannot be done
	Kept     []string           // longer texts of a form that was not taken
	posted   posted

	Protection protection
}

// itemRow is a piece of material with what the page must work out about it.
type itemRow struct {
	workflows.ItemView
	Status     string        // key of the status
	DraftUntil calendar.Date // last day the exception for unfinished text holds; zero when it does not apply
	DraftLate  bool          // that day has passed
}

// event is an entry of the case's history, with a line that fills it out.
type event struct {
	workflows.TimelineEntry
	Detail string // key, or ""
}

// shownEvents is how many events are shown before the fold.
const shownEvents = 8

// newCasePage shapes a case for its page, with the form that was posted and not taken, if any. edit is the id of the search
// or item whose form the reader has opened.
func newCasePage(v workflows.CaseView, p posted, edit string) casePage {
	page := casePage{
		CaseView: v, Number: v.Case.Number, Status: statusKey(v.Case.State, may(v, workflows.ActionDecide)),
		Tasks: tasks(v), Later: comesLater(v), Items: itemRows(v.Items, v.Today), Outcomes: workflows.FittingOutcomes(v),
		Grounds: workflows.GroundsFor(v.Case.Right, v.Controller.Kind.Authority()), posted: p, Kept: p.kept(),
	}
	page.Offered = workflows.ReviewOffered(v)
	for _, s := range v.Searches {
		switch {
		case s.Result == nil:
			page.Pending = append(page.Pending, s)
			continue
		case *s.Result == models.Found:
			page.Hits = append(page.Hits, s)
		}
		page.Done++
	}
	page.Recent = events(v.Events)
	if len(page.Recent) > shownEvents+1 {
		page.Recent, page.Older = page.Recent[:shownEvents], page.Recent[shownEvents:]
	}
	page.open(edit)
	return page
}

// open opens the form of a search or an item: the one that was posted, else the one asked for.
func (p *casePage) open(edit string) {
	if p.posted.Row != "" {
		edit = p.posted.Row
	}
	for i := range p.Searches {
		if p.Searches[i].ID.String() == edit {
			p.EditSearch = &p.Searches[i]
		}
	}
	for i := range p.Items {
		if p.Items[i].ID.String() == edit {
			p.EditItem = &p.Items[i]
		}
	}
	for _, s := range p.Pending {
		if id := s.ID.String(); p.NextSearch == "" && id != edit {
			p.NextSearch = id
		}
	}
	p.NextItem = p.CaseView.NextItem.String()
}

func itemRows(items []workflows.ItemView, today calendar.Date) []itemRow {
	out := make([]itemRow, 0, len(items))
	for _, i := range items {
		row := itemRow{ItemView: i, Status: "undecided"}
		if i.Disposition != nil {
			row.Status = *i.Disposition
		}
		if !i.DraftSince.IsZero() {
			// 5 kap. 2 § dataskyddslagen: the exception ends when the text has been processed for more than a year.
			row.DraftUntil = i.DraftSince.AddMonths(12)
			row.DraftLate = !row.DraftUntil.After(today)
		}
		out = append(out, row)
	}
	return out
}

// events gives each entry of the history the line that fills it out, where its facts are there.
func events(entries []workflows.TimelineEntry) []event {
	details := map[string][]string{"extended": {"before", "after"}, "diary-entered": {"number"}, "attested": {"n"}}
	out := make([]event, 0, len(entries))
	for _, e := range entries {
		row := event{TimelineEntry: e}
		need, ok := details[e.Key]
		for _, name := range need {
			_, there := e.Args[name]
			ok = ok && there
		}
		if ok {
			row.Detail = "desk.event." + e.Key
		}
		out = append(out, row)
	}
	return out
}

// May tells whether the reader may do an action now.
func (p casePage) May(action string) bool { return may(p.CaseView, workflows.Action(action)) }

// Any tells whether the reader may do any of the actions.
func (p casePage) Any(actions ...string) bool { return slices.ContainsFunc(actions, p.May) }

// Material tells whether the material stands on the page; no link of the page leads to a section that does not.
func (p casePage) Material() bool { return p.Content && (p.ItemsAt.Total > 0 || p.May("add-item")) }

// Change tells whether the right is answered by measures in the systems, so that those stand on the page.
func (p casePage) Change() bool { return p.Content && p.rule().Works == workflows.WorksMeasures }

// Copies tells whether the right is answered by copies: there is an extract.
func (p casePage) Copies() bool { return p.Content && p.rule().Works == workflows.WorksCopies }

// MeasureKinds are the kinds of measure that the right has.
func (p casePage) MeasureKinds() []string { return append(p.rule().Measures, models.MeasureKeep) }

// Executing tells whether what was decided is being carried out.
func (p casePage) Executing() bool { return p.Case.State == models.CaseExecuting }

// DoneBy is who carried a measure out.
func (p casePage) DoneBy(m models.Measure) string { return p.SearchesBy[m.DoneBy] }

// OutcomeKey is the key of an outcome's words, which are the right's own.
func (p casePage) OutcomeKey(o models.Outcome) string {
	return "desk.outcome." + string(p.Case.Right) + "." + string(o)
}

func (p casePage) rule() workflows.RightRule { return workflows.RightOf(p.Case.Right) }

// answer is what the person answered to one of the right's questions.
type answer struct {
	Label  string // key
	Text   string
	Choice string // key, of a coded answer
}

// Answers are the person's answers to the right's questions, in the order they were asked.
func (p casePage) Answers() []answer {
	var out []answer
	if p.About == nil {
		return nil
	}
	for _, q := range p.rule().Asks {
		text := p.About.Answer(q.Field)
		if text == "" {
			continue
		}
		a := answer{Label: "ask." + string(p.Case.Right) + "." + q.Field, Text: text}
		if len(q.Choices) > 0 {
			a.Choice = a.Label + "." + text
		}
		out = append(out, a)
	}
	return out
}

// Registry tells whether the section for diary and service stands on the page.
func (p casePage) Registry() bool {
	return p.Case.DecidedAt != nil || p.Case.DiaryNumber != nil || p.Any("diary", "serve")
}

// Talk tells whether the messages stand on the page.
func (p casePage) Talk() bool { return p.Content && (len(p.Messages) > 0 || p.May("message")) }

// NotesShown tells whether the internal notes stand on the page.
func (p casePage) NotesShown() bool { return p.Content && (len(p.Notes) > 0 || p.May("note")) }

// Form gives a form of the page by name, and by row where there are several.
func (p casePage) Form(name string, row ...string) form { return p.posted.at(name, one(row)) }

// one is the one value of an optional argument, or "".
func one(optional []string) string { return strings.Join(optional, "") }

// Path is the address a form of the case is posted to.
func (p casePage) Path(name string) string { return casePath(p.Number) + "/" + name }

// Self is the address of the case page.
func (p casePage) Self() string { return casePath(p.Number) }

// DecisionPath is the address of the decision page.
func (p casePage) DecisionPath() string { return decisionPath(p.Number) }

// FilePath is the address of one of the case's files.
func (p casePage) FilePath(f workflows.FileView) string { return p.Path("fil/" + f.ID.String()) }

// AttestedBy is who attested a search.
func (p casePage) AttestedBy(s models.Search) string { return p.SearchesBy[s.AttestedBy] }

// SearchStatus is the key of a search's status.
func (p casePage) SearchStatus(s models.Search) string {
	if s.Result == nil {
		return "open"
	}
	return *s.Result
}

// ReviewStatus is the key of a review's status.
func (p casePage) ReviewStatus(r workflows.ReviewView) string {
	if r.Outcome == nil {
		return "open"
	}
	return *r.Outcome
}

// Answering tells whether a round of review has remarks that the reader may answer: the last round, while it is worked on.
func (p casePage) Answering(r workflows.ReviewView) bool {
	return p.May("reply-review") && r.Outcome != nil && *r.Outcome == models.ReviewRemarks && r.Round == p.Reviews[len(p.Reviews)-1].Round
}

// Disposed counts all the case's items by what is to be done with them: release or withhold.
func (p casePage) Disposed(how string) int {
	n := 0
	for _, c := range p.ItemCounts {
		if c.Disposition != nil && *c.Disposition == how {
			n += c.N
		}
	}
	return n
}

// PrevMaterial is the page of the material before the one shown; 0 when there is none.
func (p casePage) PrevMaterial() int { return p.ItemsAt.Page - 1 }

// NextMaterial is the page of the material after the one shown; 0 when there is none.
func (p casePage) NextMaterial() int {
	if p.ItemsAt.Page >= p.ItemsAt.Pages {
		return 0
	}
	return p.ItemsAt.Page + 1
}

// MaterialPath is the address of a page of the material; at is the page it is shown on.
func (p casePage) MaterialPath(at string, page int) string {
	return at + "?" + materialParam + "=" + strconv.Itoa(page) + "#underlag"
}

// OpenPause is the pause that has not ended, or nil.
func (p casePage) OpenPause() *models.Pause {
	for i := range p.Pauses {
		if p.Pauses[i].ToDate.IsZero() {
			return &p.Pauses[i]
		}
	}
	return nil
}

// Shifted tells whether the due date is another than it was without pauses and extension, so that both are shown.
func (p casePage) Shifted() bool { return p.Case.DueHard != p.Case.DueOn }

// PersonName is the person's name, or "" for those who do not see it.
func (p casePage) PersonName() string {
	if p.Person == nil {
		return ""
	}
	return p.Person.Name
}

// Text is an optional text, or "".
func (p casePage) Text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// At is an optional instant.
func (p casePage) At(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
