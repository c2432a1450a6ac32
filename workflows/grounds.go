package workflows

import (
	"slices"

	"insyn/models"
)

// Ground is a coded legal ground for withholding an item, or for keeping data that somebody wants changed or erased. Its words
// are in templates/locales under ground.<Code>.
type Ground struct {
	Code string
	// Rights are those it may be used for.
	Rights []models.Right
	// Authority: only at an authority; Company: only at a company or a foundation.
	Authority, Company bool
	// Draft: unfinished running text; it needs the day the text was begun (5 kap. 2 § dataskyddslagen).
	Draft bool
	// Secret: that there are such data must not be told (5 kap. 1 § dataskyddslagen).
	Secret bool
}

// Grounds lists the grounds (domain.md 1.1, 1.2 and 5).
func Grounds() []Ground {
	access, changes := []models.Right{models.Access}, []models.Right{models.Rectification, models.Erasure}
	every := slices.Concat(access, changes)
	rectification, erasure := changes[:1], changes[1:]
	return []Ground{
		{Code: "osl-26-1", Rights: every, Authority: true, Secret: true},
		{Code: "osl-26-5", Rights: every, Authority: true, Secret: true},
		{Code: "osl-23-2", Rights: every, Authority: true, Secret: true},
		{Code: "osl-17-1", Rights: every, Authority: true, Secret: true},
		{Code: "osl-12-3", Rights: every, Authority: true, Secret: true},
		{Code: "art-15-4", Rights: access},
		{Code: "dsl-5-2", Rights: access, Draft: true},
		{Code: "dsl-5-1-company", Rights: every, Company: true, Secret: true},
		{Code: "art-16-right", Rights: rectification},
		{Code: "art-16-assessment", Rights: rectification},
		{Code: "art-17-no-ground", Rights: erasure},
		{Code: "art-17-3-a", Rights: erasure},
		{Code: "art-17-3-b", Rights: erasure},
		{Code: "art-17-3-c", Rights: erasure},
		{Code: "art-17-3-d", Rights: erasure},
		{Code: "art-17-3-e", Rights: erasure},
	}
}

// groundFor finds a ground that applies to a right at the controller's kind.
func groundFor(r models.Right, code string, authority bool) (Ground, bool) {
	for _, g := range Grounds() {
		if g.Code == code {
			return g, slices.Contains(g.Rights, r) && (authority || !g.Authority) && (!authority || !g.Company)
		}
	}
	return Ground{}, false
}

// GroundsFor lists the grounds that apply to a right at an authority, or at a company or foundation.
func GroundsFor(r models.Right, authority bool) []Ground {
	return slices.DeleteFunc(Grounds(), func(g Ground) bool {
		_, ok := groundFor(r, g.Code, authority)
		return !ok
	})
}

// secretGround tells whether a ground is one that must not be told.
func secretGround(code string) bool {
	return slices.ContainsFunc(Grounds(), func(g Ground) bool { return g.Code == code && g.Secret })
}
