package main

import (
	"context"
	"slices"
	"strings"

	"insyn/internal/calendar"
	"insyn/internal/demoidp"
	"insyn/models"
)

// demoResidents are the people of the demo. Their numbers are official test numbers; their names are invented.
func demoResidents() []demoidp.Person {
	return []demoidp.Person{
		{Key: "maja", Number: "197701172392", GivenName: "Maja", FamilyName: "Lindqvist", Email: "maja.lindqvist@post.example", Description: "Har barn i skolan, hyr lägenhet, har sökt stöd"},
		{Key: "omar", Number: "198404012380", GivenName: "Omar", FamilyName: "Haddad", Email: "omar.haddad@post.example", Description: "Arbetar i kommunen"},
	}
}

// demoStaff are the members of staff who are imported, with what they are, in the order of the organisation.
func (s *stack) demoStaff(ctx context.Context) ([]demoidp.Person, error) {
	var roster []models.RosterRow
	err := s.storeOf().InTx(ctx, models.SystemActor(), func(tx *models.Tx) (err error) {
		roster, err = tx.Roster(calendar.DateOf(tx.Now))
		return err
	})
	var out []demoidp.Person
	for _, r := range roster {
		what := roleName(r.Role)
		if r.Controller != "" {
			what += ", " + r.Controller
		}
		if i := slices.IndexFunc(out, func(p demoidp.Person) bool { return p.Email == r.Email }); i >= 0 {
			// The same role at another controller needs the role's name but once.
			out[i].Description += ", " + strings.TrimPrefix(what, roleName(r.Role)+", ")
			continue
		}
		given, family, _ := strings.Cut(r.Name, " ")
		key, _, _ := strings.Cut(r.Email, "@")
		out = append(out, demoidp.Person{Key: strings.ReplaceAll(key, ".", ""), GivenName: given, FamilyName: family, Email: r.Email, UPN: r.Email, Description: what})
	}
	return out, err
}

// roleName is the Swedish word for a role, as the demo's login page shows it.
func roleName(r models.Role) string {
	switch r {
	case models.RoleServicecenter:
		return "Servicecenter"
	case models.RoleOmbud:
		return "Personuppgiftsombud"
	case models.RoleDecider:
		return "Beslutsfattare"
	case models.RoleDSO:
		return "Dataskyddsombud"
	case models.RoleRegistrator:
		return "Registrator"
	case models.RoleLogReviewer:
		return "Loggranskare"
	case models.RoleAdmin:
		return "Administratör"
	default:
		return string(r)
	}
}
