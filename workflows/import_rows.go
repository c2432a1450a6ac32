package workflows

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"insyn/internal/calendar"
	"insyn/internal/sheet"
	"insyn/models"
)

// Rows carry the words that refer to other rows beside the ids they stand for.
type (
	importController struct{ models.Controller }
	importStaff      struct{ models.Staff }
	importAssignment struct {
		models.Assignment
		email, prefix, deputyFor string
	}
	importDelegation struct {
		models.Delegation
		email, prefix string
	}
	importSystem struct {
		models.System
		prefix string
	}
	importActivity struct {
		models.Activity
		prefix, system string
	}
)

// The lengths that cells may have.
const (
	lineMax  = 200
	proseMax = 4000
)

func readController(r *sheet.Record) importController {
	c := models.Controller{
		Prefix:             strings.ToUpper(importMatch(r, colPrefix, importForms().prefixForm, "SN, KS, BUN")),
		Name:               importLine(r, colName),
		Description:        r.Text("description", proseMax),
		Kind:               models.ControllerKind(r.Choice("kind", importControllerKinds())),
		Sensitive:          r.YesNo("sensitive"),
		Court:              r.Line("court", lineMax),
		Address:            r.Text("address", lineMax),
		Email:              importEmail(r, colEmail),
		Phone:              r.Code("phone", lineMax),
		DPOName:            importLine(r, "dpo-name"),
		DPOEmail:           importEmail(r, "dpo-email"),
		DPOPhone:           r.Code("dpo-phone", lineMax),
		ProcessorAgreement: r.Line("agreement", lineMax),
		ReviewDays:         r.Integer("review-days", 1, 10, 3),
		Position:           r.Integer("position", 0, 9999, 0),
		Coordinates:        r.YesNo(colCoordinate),
		ValidTo:            r.Date(colTo),
	}
	r.Require(colPrefix)
	r.Require("address")
	if r.Require("kind") && c.Kind != "" {
		if c.Kind.Authority() && !r.Filled("court") {
			r.Fail("court", importFaultCourt, nil)
		}
		// A company or foundation takes part only under a processor agreement (domain P12).
		if !c.Kind.Authority() && !r.Filled("agreement") {
			r.Fail("agreement", importFaultAgreement, nil)
		}
	}
	return importController{c}
}

func readStaff(r *sheet.Record) importStaff {
	return importStaff{models.Staff{Email: importEmail(r, colEmail), Name: importLine(r, colName), Title: r.Line("title", lineMax)}}
}

func readAssignment(r *sheet.Record) importAssignment {
	a := importAssignment{email: importEmail(r, colEmail), prefix: importPrefix(r), deputyFor: importAddress(r, colDeputyFor)}
	a.Role = models.Role(r.Choice(colRole, importRoles()))
	a.Cleared = r.YesNo(colCleared)
	r.Require(colFrom)
	a.ValidFrom, a.ValidTo = importPeriod(r)
	if a.deputyFor != "" && a.deputyFor == a.email {
		r.Fail(colDeputyFor, importFaultDeputySelf, nil)
	}
	if r.Require(colRole) && a.Role != "" {
		if a.Cleared && !importRoleCleared(a.Role) {
			r.Fail(colCleared, importFaultRoleCleared, nil)
		}
		switch anywhere := importRoleAnywhere(a.Role); {
		case anywhere && r.Filled(colController):
			r.Fail(colController, importFaultRoleAnywhere, nil)
		case !anywhere && !r.Filled(colController):
			r.Fail(colController, importFaultRoleController, nil)
		}
	}
	return a
}

func readDelegation(r *sheet.Record) importDelegation {
	d := importDelegation{email: importEmail(r, colEmail), prefix: importPrefix(r)}
	r.Require(colController)
	d.Number = importNumber(r, colNumber)
	d.Text = importProse(r, "text")
	r.Require("kinds")
	d.DecisionKinds = r.Choices("kinds", importDecisionKinds())
	d.PositionTitle = importLine(r, "position-title")
	d.Paragraph = importLine(r, "paragraph")
	r.Require("adopted")
	d.AdoptedOn = r.Date("adopted")
	r.Require(colFrom)
	d.ValidFrom, d.ValidTo = importPeriod(r)
	if !d.AdoptedOn.IsZero() && !d.ValidFrom.IsZero() && d.AdoptedOn.After(d.ValidFrom) {
		r.Fail("adopted", importFaultAdoptedLate, sheet.Args{"from": d.ValidFrom.String()})
	}
	return d
}

func readSystem(r *sheet.Record) importSystem {
	s := importSystem{prefix: importPrefix(r)}
	r.Require(colController)
	s.Name = importName(r, colSystem)
	s.Description = r.Text("description", proseMax)
	s.Owner = importLine(r, "owner")
	s.SearchHint = importProse(r, "search-hint")
	s.Classification = importClass(r, "classification")
	s.Position = r.Integer("position", 0, 9999, 0)
	s.Category = r.Line("category", lineMax)
	s.Common = r.YesNo("common")
	s.Processor = r.Line(colProcessor, lineMax)
	s.ValidFrom, s.ValidTo = importPeriod(r)
	return s
}

func readActivity(r *sheet.Record) importActivity {
	a := importActivity{prefix: importPrefix(r), system: importName(r, colSystem)}
	r.Require(colController)
	a.Name = importName(r, colActivity)
	a.Purpose = importProse(r, "purpose")
	a.LegalBasis = importProse(r, "legal-basis")
	a.DataCategories = importProse(r, "data-categories")
	a.Recipients = importProse(r, "recipients")
	a.Storage = importProse(r, "storage")
	a.Source = importProse(r, "source")
	a.ThirdCountry = r.Text("third-country", proseMax)
	a.Automated = r.Text("automated", proseMax)
	a.SubjectCategories = r.Text("subject-categories", proseMax)
	a.Relations = r.Choices("relations", Relations())
	a.JointWith = importPrefixes(r, colJoint)
	a.ProcessCode = importCode(r, "process-code")
	a.ValidFrom, a.ValidTo = importPeriod(r)
	return a
}

// importPrefix reads a reference to a controller. Whether there is one is for the whole to say.
func importPrefix(r *sheet.Record) string { return strings.ToUpper(r.Line(colController, lineMax)) }

func importPrefixes(r *sheet.Record, column string) []string {
	var prefixes []string
	for _, p := range r.List(column, lineMax) {
		prefixes = append(prefixes, strings.ToUpper(p))
	}
	slices.Sort(prefixes)
	return slices.Compact(prefixes)
}

// importName reads what something is known by; how many blanks there are between its words says nothing.
func importName(r *sheet.Record, column string) string {
	return strings.Join(strings.Fields(importLine(r, column)), " ")
}

// importClass reads a classification; K3R2T2 and k3, r2, t2 are K3 R2 T2.
func importClass(r *sheet.Record, column string) string {
	text := importMatch(r, column, importForms().classForm, "K3 R2 T2")
	digits := strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}
		return c
	}, text)
	if len(digits) != 3 {
		return ""
	}
	return fmt.Sprintf("K%c R%c T%c", digits[0], digits[1], digits[2])
}

// importLine reads a line that must be filled in.
func importLine(r *sheet.Record, column string) string {
	r.Require(column)
	return r.Line(column, lineMax)
}

// importProse reads text that must be filled in.
func importProse(r *sheet.Record, column string) string {
	r.Require(column)
	return r.Text(column, proseMax)
}

func importMatch(r *sheet.Record, column string, form *regexp.Regexp, example string) string {
	return r.Match(column, form, example, lineMax)
}

// importPatterns are the forms of what is written in cells.
type importPatterns struct{ prefixForm, classForm, numberForm, addressForm *regexp.Regexp }

//nolint:gochecknoglobals // made once, never written
var importForms = sync.OnceValue(func() importPatterns {
	return importPatterns{
		prefixForm:  regexp.MustCompile(`^[A-Za-zÅÄÖåäö]{2,6}$`),
		classForm:   regexp.MustCompile(`^[Kk][0-4][ ,/-]*[Rr][0-4][ ,/-]*[Tt][0-4]$`),
		numberForm:  regexp.MustCompile(`^[0-9A-ZÅÄÖ]{1,4}[a-zåäö]?([.:][0-9]{1,4}[a-zåäö]?){0,4}$`),
		addressForm: regexp.MustCompile(`^[^\s@<>,;:"()\[\]]+@[^\s@<>,;:"()\[\].]+(\.[^\s@<>,;:"()\[\].]+)+$`),
	}
})

// importNumber reads a number in a list, such as 4.3.
func importNumber(r *sheet.Record, column string) string {
	r.Require(column)
	if importNumberLost(r, column) {
		return ""
	}
	return importMatch(r, column, importForms().numberForm, "4.3, 4.10, A.2")
}

// importCode reads a code that may look like a number.
func importCode(r *sheet.Record, column string) string {
	if importNumberLost(r, column) {
		return ""
	}
	return r.Line(column, lineMax)
}

// importNumberLost tells whether Excel has stored a number in a list as a decimal number, so that 4.1 may have been 4.10, or
// as a date.
func importNumberLost(r *sheet.Record, column string) bool {
	stored := r.Stored(column)
	if strings.Contains(stored, ".") || stored != "" && stored != r.Line(column, lineMax) {
		r.Fail(column, importFaultNumber, nil)
		return true
	}
	return false
}

// importEmail reads an address that must be filled in.
func importEmail(r *sheet.Record, column string) string {
	r.Require(column)
	return importAddress(r, column)
}

// importAddress reads an address. It is kept in small letters, as it is what people are known by.
func importAddress(r *sheet.Record, column string) string {
	return strings.ToLower(importMatch(r, column, importForms().addressForm, "namn.efternamn@kommunen.example"))
}

// importPeriod reads first and last day; no last day means until further notice.
func importPeriod(r *sheet.Record) (from, to calendar.Date) {
	from, to = r.Date(colFrom), r.Date(colTo)
	if !from.IsZero() && !to.IsZero() && to.Before(from) {
		r.Fail(colTo, importFaultPeriod, sheet.Args{"from": from.String()})
	}
	return from, to
}
