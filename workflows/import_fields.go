package workflows

import (
	"slices"
	"strconv"
	"strings"

	"insyn/internal/calendar"
	"insyn/internal/sheet"
	"insyn/models"
)

// importEntity is a row of any table.
type importEntity interface {
	key() string           // the natural key, readable
	fields() []importField // every column, in the order of the columns
	period() (from, last calendar.Date)
	person() string // whose it is; empty for what is nobody's
}

// importField is a value as it would stand in a cell.
type importField struct{ column, value string }

// importMatchKey is the natural key in the form that rows are matched by.
func importMatchKey(e importEntity) string { return sheet.Fold(e.key()) }

func (c importController) key() string { return c.Prefix }
func (s importStaff) key() string      { return s.Email }

func (a importAssignment) key() string {
	parts := []string{a.email, importRoles().Text(string(a.Role)), a.prefix, a.ValidFrom.String()}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ") // some roles have no controller
}

func (d importDelegation) key() string {
	return strings.Join([]string{d.prefix, d.Number, d.email, d.ValidFrom.String()}, " · ")
}

func (s importSystem) key() string   { return s.prefix + " · " + s.Name }
func (a importActivity) key() string { return a.prefix + " · " + a.system + " · " + a.Name }

func (c importController) fields() []importField {
	return []importField{
		{colPrefix, c.Prefix}, {colName, c.Name}, {"description", c.Description}, {"kind", importControllerKinds().Text(string(c.Kind))},
		{"sensitive", importYesNo(c.Sensitive)}, {"court", c.Court}, {"address", c.Address}, {colEmail, c.Email}, {"phone", c.Phone},
		{"dpo-name", c.DPOName}, {"dpo-email", c.DPOEmail}, {"dpo-phone", c.DPOPhone}, {"agreement", c.ProcessorAgreement},
		{"review-days", strconv.Itoa(c.ReviewDays)}, {"position", strconv.Itoa(c.Position)}, {colCoordinate, importYesNo(c.Coordinates)},
		{colTo, c.ValidTo.String()},
	}
}

func (s importStaff) fields() []importField {
	return []importField{{colEmail, s.Email}, {colName, s.Name}, {"title", s.Title}}
}

func (a importAssignment) fields() []importField {
	return []importField{
		{colEmail, a.email}, {colRole, importRoles().Text(string(a.Role))}, {colController, a.prefix}, {colFrom, a.ValidFrom.String()},
		{colTo, a.lastDay().String()}, {colDeputyFor, a.deputyFor}, {colCleared, importYesNo(a.Cleared)},
	}
}

func (d importDelegation) fields() []importField {
	return []importField{
		{colController, d.prefix}, {colNumber, d.Number}, {"text", d.Text}, {"kinds", importWords(importDecisionKinds(), d.DecisionKinds)},
		{colEmail, d.email}, {"position-title", d.PositionTitle}, {"adopted", d.AdoptedOn.String()}, {"paragraph", d.Paragraph},
		{colFrom, d.ValidFrom.String()}, {colTo, d.ValidTo.String()},
	}
}

func (s importSystem) fields() []importField {
	return []importField{
		{colController, s.prefix}, {colSystem, s.Name}, {"description", s.Description}, {"owner", s.Owner}, {"search-hint", s.SearchHint},
		{"classification", s.Classification}, {"position", strconv.Itoa(s.Position)}, {"category", s.Category}, {"common", importYesNo(s.Common)},
		{colProcessor, s.Processor}, {colFrom, s.ValidFrom.String()}, {colTo, s.ValidTo.String()},
	}
}

func (a importActivity) fields() []importField {
	return []importField{
		{colController, a.prefix}, {colSystem, a.system}, {colActivity, a.Name}, {"purpose", a.Purpose}, {"legal-basis", a.LegalBasis},
		{"data-categories", a.DataCategories}, {"recipients", a.Recipients}, {"storage", a.Storage}, {"source", a.Source},
		{"third-country", a.ThirdCountry}, {"automated", a.Automated}, {"subject-categories", a.SubjectCategories},
		{"relations", importWords(Relations(), a.Relations)}, {colJoint, strings.Join(a.JointWith, ", ")}, {"process-code", a.ProcessCode},
		{colFrom, a.ValidFrom.String()}, {colTo, a.ValidTo.String()},
	}
}

// importWords writes codes as words, in the order of the list of words.
func importWords(words sheet.Words, codes []string) string {
	var texts []string
	for _, w := range words {
		if slices.Contains(codes, w.Code) {
			texts = append(texts, w.Text)
		}
	}
	for _, code := range codes {
		if !slices.ContainsFunc(words, func(w sheet.Word) bool { return w.Code == code }) {
			texts = append(texts, code)
		}
	}
	return strings.Join(texts, ", ")
}

// lastDay is the last day the assignment counts: one that an administrator ended counts no longer, whatever it said before.
func (a importAssignment) lastDay() calendar.Date {
	if a.EndedAt == nil {
		return a.ValidTo
	}
	if ended := calendar.DateOf(*a.EndedAt); a.ValidTo.IsZero() || ended.Before(a.ValidTo) {
		return ended
	}
	return a.ValidTo
}

// counted is the assignment as it counts, or counted while it lasted.
func (a importAssignment) counted() models.Assignment {
	a.ValidTo, a.EndedAt = a.lastDay(), nil
	return a.Assignment
}

// never tells whether the assignment was ended before it began.
func (a importAssignment) never() bool { return a.EndedAt != nil && a.lastDay().Before(a.ValidFrom) }

// Where a table has got columns that the file does not have, a row that is stored keeps what it says there.

func (c *importController) keep(was importController, has func(string) bool) {
	keepUnless(has(colCoordinate), &c.Coordinates, was.Coordinates)
	keepUnless(has(colTo), &c.ValidTo, was.ValidTo)
}

func (a *importAssignment) keep(was importAssignment, has func(string) bool) {
	keepUnless(has(colDeputyFor), &a.DeputyFor, was.DeputyFor)
	keepUnless(has(colDeputyFor), &a.deputyFor, was.deputyFor)
	keepUnless(has(colCleared), &a.Cleared, was.Cleared)
}

func (s *importSystem) keep(was importSystem, has func(string) bool) {
	keepUnless(has("category"), &s.Category, was.Category)
	keepUnless(has("common"), &s.Common, was.Common)
	keepUnless(has(colProcessor), &s.Processor, was.Processor)
	keepUnless(has(colFrom), &s.ValidFrom, was.ValidFrom)
	keepUnless(has(colTo), &s.ValidTo, was.ValidTo)
}

func (a *importActivity) keep(was importActivity, has func(string) bool) {
	keepUnless(has("subject-categories"), &a.SubjectCategories, was.SubjectCategories)
	keepUnless(has("relations"), &a.Relations, was.Relations)
	keepUnless(has(colJoint), &a.JointWith, was.JointWith)
	keepUnless(has("process-code"), &a.ProcessCode, was.ProcessCode)
	keepUnless(has(colFrom), &a.ValidFrom, was.ValidFrom)
	keepUnless(has(colTo), &a.ValidTo, was.ValidTo)
}

func keepUnless[T any](given bool, now *T, was T) {
	if !given {
		*now = was
	}
}

// importStored is what the database holds, in the form of rows.
type importStored struct {
	controllers []importController
	staff       []importStaff
	assignments []importAssignment
	delegations []importDelegation
	systems     []importSystem
	activities  []importActivity
}

func storedImport(o models.Organisation) importStored {
	var s importStored
	prefixes, emails, names := map[models.ControllerID]string{}, map[models.StaffID]string{}, map[models.SystemID]string{}
	for _, c := range o.Controllers {
		prefixes[c.ID] = c.Prefix
		s.controllers = append(s.controllers, importController{c})
	}
	for _, p := range o.Staff {
		emails[p.ID] = p.Email
		s.staff = append(s.staff, importStaff{p})
	}
	for _, a := range o.Assignments {
		s.assignments = append(s.assignments, importAssignment{a, emails[a.StaffID], prefixes[a.ControllerID], emails[a.DeputyFor]})
	}
	for _, d := range o.Delegations {
		s.delegations = append(s.delegations, importDelegation{d, emails[d.StaffID], prefixes[d.ControllerID]})
	}
	for _, sys := range o.Systems {
		names[sys.ID] = sys.Name
		s.systems = append(s.systems, importSystem{sys, prefixes[sys.ControllerID]})
	}
	for _, a := range o.Activities {
		s.activities = append(s.activities, importActivity{a, prefixes[a.ControllerID], names[a.SystemID]})
	}
	return s
}
