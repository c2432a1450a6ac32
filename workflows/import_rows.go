package workflows

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"insyn/internal/calendar"
	"insyn/internal/sheet"
	"insyn/models"
)

// importEntity is a row of any table: its natural key, readable, and what the key does not say.
type importEntity interface {
	key() string
	fields() []importField
}

// importField is a value as it would stand in a cell.
type importField struct{ column, value string }

// Rows carry the words that refer to other rows beside the ids they stand for.
type (
	importController struct{ models.Controller }
	importStaff      struct{ models.Staff }
	importAssignment struct {
		models.Assignment
		email, prefix string
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
		Prefix:             importMatch(r, "prefix", `^[A-ZÅÄÖ]{2,6}$`, "SN, KS, BUN"),
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
	}
	r.Require("prefix")
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
	a := importAssignment{email: importEmail(r, colEmail), prefix: r.Line(colController, lineMax)}
	a.Role = models.Role(r.Choice("role", importRoles()))
	a.ValidFrom, a.ValidTo = importPeriod(r)
	if r.Require("role") && a.Role != "" {
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
	d := importDelegation{email: importEmail(r, colEmail), prefix: importLine(r, colController)}
	d.Number = importNumber(r, "number")
	d.Text = importProse(r, "text")
	r.Require("kinds")
	d.DecisionKinds = r.Choices("kinds", importDecisionKinds())
	d.PositionTitle = importLine(r, "position-title")
	d.Paragraph = importLine(r, "paragraph")
	r.Require("adopted")
	d.AdoptedOn = r.Date("adopted")
	d.ValidFrom, d.ValidTo = importPeriod(r)
	if !d.AdoptedOn.IsZero() && !d.ValidFrom.IsZero() && d.AdoptedOn.After(d.ValidFrom) {
		r.Fail("adopted", importFaultAdoptedLate, sheet.Args{"from": d.ValidFrom.String()})
	}
	return d
}

func readSystem(r *sheet.Record) importSystem {
	s := importSystem{prefix: importLine(r, colController)}
	s.Name = importLine(r, colSystem)
	s.Description = r.Text("description", proseMax)
	s.Owner = importLine(r, "owner")
	s.SearchHint = importProse(r, "search-hint")
	s.Classification = importMatch(r, "classification", `^K[0-4] R[0-4] T[0-4]$`, "K3 R2 T2")
	s.Position = r.Integer("position", 0, 9999, 0)
	return s
}

func readActivity(r *sheet.Record) importActivity {
	a := importActivity{prefix: importLine(r, colController), system: importLine(r, colSystem)}
	a.Name = importLine(r, "activity")
	a.Purpose = importProse(r, "purpose")
	a.LegalBasis = importProse(r, "legal-basis")
	a.DataCategories = importProse(r, "data-categories")
	a.Recipients = importProse(r, "recipients")
	a.Storage = importProse(r, "storage")
	a.Source = importProse(r, "source")
	a.ThirdCountry = r.Text("third-country", proseMax)
	a.Automated = r.Text("automated", proseMax)
	return a
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

func importMatch(r *sheet.Record, column, pattern, example string) string {
	return r.Match(column, regexp.MustCompile(pattern), example, lineMax)
}

// importNumber reads a number in a list, such as 4.3. Excel may have stored it as a decimal number, so that 4.1 may have been
// 4.10, or as a date.
func importNumber(r *sheet.Record, column string) string {
	r.Require(column)
	if stored := r.Stored(column); strings.Contains(stored, ".") || stored != "" && stored != r.Line(column, lineMax) {
		r.Fail(column, importFaultNumber, nil)
		return ""
	}
	return importMatch(r, column, `^[0-9A-ZÅÄÖ]{1,4}[a-zåäö]?([.:][0-9]{1,4}[a-zåäö]?){0,4}$`, "4.3, 4.10, A.2")
}

// importEmail reads an address that must be filled in. It is kept in small letters, as it is what people are known by.
func importEmail(r *sheet.Record, column string) string {
	r.Require(column)
	return strings.ToLower(importMatch(r, column, `^[^\s@<>,;:"()\[\]]+@[^\s@<>,;:"()\[\].]+(\.[^\s@<>,;:"()\[\].]+)+$`, "namn.efternamn@kommunen.example"))
}

// importPeriod reads first and last day; no last day means until further notice.
func importPeriod(r *sheet.Record) (from, to calendar.Date) {
	r.Require(colFrom)
	from, to = r.Date(colFrom), r.Date(colTo)
	if !from.IsZero() && !to.IsZero() && to.Before(from) {
		r.Fail(colTo, importFaultPeriod, sheet.Args{"from": from.String()})
	}
	return from, to
}

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
		{colName, c.Name}, {"description", c.Description}, {"kind", importControllerKinds().Text(string(c.Kind))},
		{"sensitive", importYesNo(c.Sensitive)}, {"court", c.Court}, {"address", c.Address}, {colEmail, c.Email}, {"phone", c.Phone},
		{"dpo-name", c.DPOName}, {"dpo-email", c.DPOEmail}, {"dpo-phone", c.DPOPhone}, {"agreement", c.ProcessorAgreement},
		{"review-days", strconv.Itoa(c.ReviewDays)}, {"position", strconv.Itoa(c.Position)},
	}
}

func (s importStaff) fields() []importField {
	return []importField{{colName, s.Name}, {"title", s.Title}}
}

func (a importAssignment) fields() []importField { return []importField{{colTo, a.ValidTo.String()}} }

func (d importDelegation) fields() []importField {
	return []importField{
		{"text", d.Text}, {"kinds", strings.Join(d.DecisionKinds, ", ")}, {"position-title", d.PositionTitle},
		{"adopted", d.AdoptedOn.String()}, {"paragraph", d.Paragraph}, {colTo, d.ValidTo.String()},
	}
}

func (s importSystem) fields() []importField {
	return []importField{
		{"description", s.Description}, {"owner", s.Owner}, {"search-hint", s.SearchHint}, {"classification", s.Classification},
		{"position", strconv.Itoa(s.Position)},
	}
}

func (a importActivity) fields() []importField {
	return []importField{
		{"purpose", a.Purpose}, {"legal-basis", a.LegalBasis}, {"data-categories", a.DataCategories}, {"recipients", a.Recipients},
		{"storage", a.Storage}, {"source", a.Source}, {"third-country", a.ThirdCountry}, {"automated", a.Automated},
	}
}

func importYesNo(b bool) string {
	if b {
		return "ja"
	}
	return "nej"
}
