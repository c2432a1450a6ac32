package desk

import (
	"net/url"
	"slices"
	"strconv"

	"insyn/internal/calendar"
	"insyn/templates"
)

// form is one form of a page as it is drawn: empty at first, with everything that was typed and what was wrong with it
// after a refused post. Name is the last part of the address it is posted to; Row tells forms of the same kind apart (a
// search, an item).
type form struct {
	Name   string
	Row    string
	Values url.Values // nil: not posted
	Faults templates.Faults
}

// Value is what was typed in a field, or "".
func (f form) Value(field string) string { return f.Values.Get(field) }

// Or is what was typed in a field, or what is there from before when the form has not been posted.
func (f form) Or(field string, before any) string {
	if f.Values != nil {
		return f.Values.Get(field)
	}
	switch b := before.(type) {
	case string:
		return b
	case *string:
		if b != nil {
			return *b
		}
	}
	return ""
}

// Day is what was typed as the day of a date, or the day of the one from before; Month and Year likewise.
func (f form) Day(field string, before ...calendar.Date) string {
	return f.part(field+"-day", before, func(d calendar.Date) int { return d.Day })
}

// Month is the month of a date, see Day.
func (f form) Month(field string, before ...calendar.Date) string {
	return f.part(field+"-month", before, func(d calendar.Date) int { return int(d.Month) })
}

// Year is the year of a date, see Day.
func (f form) Year(field string, before ...calendar.Date) string {
	return f.part(field+"-year", before, func(d calendar.Date) int { return d.Year })
}

func (f form) part(field string, before []calendar.Date, of func(calendar.Date) int) string {
	if f.Values == nil && len(before) > 0 && !before[0].IsZero() {
		return strconv.Itoa(of(before[0]))
	}
	return f.Values.Get(field)
}

// Picked tells whether a box is ticked; all are, until the form has been posted.
func (f form) Picked(field, choice string) bool {
	return f.Values == nil || slices.Contains(f.Values[field], choice)
}

// ID is the id of a field's element, unique on the page.
func (f form) ID(field string) string {
	if f.Row != "" {
		return f.Name + "-" + f.Row + "-" + field
	}
	return f.Name + "-" + field
}

// Anchor is the id of the form itself.
func (f form) Anchor() string { return f.ID("form") }

// Open tells whether a folded form is to be drawn open: it has been posted and must be seen again.
func (f form) Open() bool { return f.Values != nil }

// posted is the form that was posted and not taken, if any; the zero posted is a page that was just asked for.
type posted struct{ form }

// newPosted remembers a posted form with what was wrong with it.
func newPosted(name, row string, values url.Values, wrong templates.Faults) posted {
	p := posted{form{Name: name, Row: row, Values: values}}
	if p.Values == nil {
		p.Values = url.Values{}
	}
	for _, e := range wrong {
		e.ID = p.target(e.Field)
		p.Faults = append(p.Faults, e)
	}
	return p
}

// at gives the form with this name and row: the posted one with what was typed in it, or an empty one.
func (p posted) at(name, row string) form {
	if p.Values != nil && p.Name == name && p.Row == row {
		return p.form
	}
	return form{Name: name, Row: row}
}

// target is the element that a fault of the summary leads to: the field, or the form when the field is none of its own.
func (p posted) target(field string) string {
	if slices.Contains(choices(), field) || p.Values[field] != nil {
		return p.ID(field)
	}
	return p.Anchor()
}

// choices are the fields that a browser does not send under their own name: groups where no choice was made, dates in
// three parts, and files.
func choices() []string {
	return []string{"right", "controllers", "outcome", "reason", "ground", "result", "disposition", "method", "delegation", "unbiased", "searches", "file", "draft-since", "served-on", "meeting-on", "channel", "arrived-on", "kind", "notified",
		"role", "controller", "letters", "sent-on", "from", "to", "deputy", "holder", "kinds", "adopted", "cleared", "files", "missing", "last",
		"arrived", "rule", "identity", "for", "mandate-how", "valid-until", "answer", "language", "how", "letter", "mask",
		"answer-by", "forwarded-on", "agreed"}
}

// kept are the longer texts that were typed. A page that no longer has the form shows them, so that nothing written is
// lost when somebody else was first.
func (p posted) kept() []string {
	var out []string
	for _, field := range []string{"text", "comment", "reasons", "reason", "remarks", "reply", "explanation", "why", "evidence", "wish", "what", "how", "names", "mask-reason", "forward-address"} {
		if v := p.Values.Get(field); v != "" {
			out = append(out, v)
		}
	}
	return out
}
