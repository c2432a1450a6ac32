package workflows

import "slices"

// Ground is a coded legal ground for withholding an item. Its words are in templates/locales under ground.<Code>.
type Ground struct {
	Code string
	// Authority: only at an authority; Company: only at a company or a foundation.
	Authority, Company bool
	// Draft: unfinished running text; it needs the day the text was begun (5 kap. 2 § dataskyddslagen).
	Draft bool
}

// Grounds lists the grounds on which data may be withheld from the person (domain.md 1.2 and 5).
func Grounds() []Ground {
	return []Ground{
		{Code: "osl-26-1", Authority: true},
		{Code: "osl-26-5", Authority: true},
		{Code: "osl-23-2", Authority: true},
		{Code: "osl-17-1", Authority: true},
		{Code: "osl-12-3", Authority: true},
		{Code: "art-15-4"},
		{Code: "dsl-5-2", Draft: true},
		{Code: "dsl-5-1-company", Company: true},
	}
}

// groundFor finds a ground that applies at the controller's kind.
func groundFor(code string, authority bool) (Ground, bool) {
	for _, g := range Grounds() {
		if g.Code == code {
			return g, (authority || !g.Authority) && (!authority || !g.Company)
		}
	}
	return Ground{}, false
}

// GroundsFor lists the grounds that apply at an authority, or at a company or foundation.
func GroundsFor(authority bool) []Ground {
	return slices.DeleteFunc(Grounds(), func(g Ground) bool {
		_, ok := groundFor(g.Code, authority)
		return !ok
	})
}
