package main

import (
	"fmt"
	"slices"
	"strings"

	"insyn/internal/demoidp"
	"insyn/models"
)

// demoResidents are the people of the demo. Their numbers are official test numbers; their names are invented.
func demoResidents() []demoidp.Person {
	return []demoidp.Person{
		{Key: "maja", Number: "197701172392", GivenName: "Maja", FamilyName: "Lindqvist", Email: "maja.lindqvist@post.example", Description: "Har barn i skolan, hyr lägenhet, har sökt stöd"},
		{Key: "omar", Number: "198404012380", GivenName: "Omar", FamilyName: "Haddad", Email: "omar.haddad@post.example", Description: "Arbetar i kommunen"},
		{Key: "ester", Number: "197806012394", GivenName: "Ester", FamilyName: "Norberg", Description: "Har skyddade personuppgifter"},
		{Key: "signe", Number: "194904202621", GivenName: "Signe", FamilyName: "Åkerman", Email: "signe.akerman@post.example", Description: "Har bott i kommunen i hela sitt liv"},
	}
}

// demoStaff are the members of staff who are imported, with what they are, in the order of the organisation.
func demoStaff(roster []models.RosterRow) []demoidp.Person {
	var out []demoidp.Person
	roles := map[string][]demoRole{}
	for _, r := range roster {
		if _, known := roles[r.Email]; !known {
			given, family, _ := strings.Cut(r.Name, " ")
			key, _, _ := strings.Cut(r.Email, "@")
			out = append(out, demoidp.Person{Key: strings.ReplaceAll(key, ".", ""), GivenName: given, FamilyName: family, Email: r.Email, UPN: r.Email})
		}
		roles[r.Email] = withRole(roles[r.Email], r)
	}
	for i := range out {
		var parts []string
		for _, r := range roles[out[i].Email] {
			parts = append(parts, r.String())
		}
		out[i].Description = strings.Join(parts, ", ")
	}
	return out
}

// demoRole is a role and where somebody has it.
type demoRole struct {
	role models.Role
	at   []string // names of controllers; none for a role that belongs to none
}

// withRole adds a row of the roster to somebody's roles; the same role at another controller is named but once.
func withRole(roles []demoRole, r models.RosterRow) []demoRole {
	i := slices.IndexFunc(roles, func(known demoRole) bool { return known.role == r.Role })
	if i < 0 {
		i, roles = len(roles), append(roles, demoRole{role: r.Role})
	}
	if r.Controller != "" {
		roles[i].at = append(roles[i].at, r.Controller)
	}
	return roles
}

// String is the role with where it is held. A role at many controllers names the first and how many more there are.
func (r demoRole) String() string {
	const most = 3
	switch {
	case len(r.at) == 0:
		return roleName(r.role)
	case len(r.at) > most:
		return fmt.Sprintf("%s, %s och %d till", roleName(r.role), r.at[0], len(r.at)-1)
	default:
		return roleName(r.role) + ", " + strings.Join(r.at, ", ")
	}
}

// demoDesks are the members of staff by where they work, for whoever starts the demo: a line for each controller, and one for
// each role that belongs to none.
func demoDesks(roster []models.RosterRow) []string {
	var order []string
	people := map[string][]string{}
	for _, r := range roster {
		place, who := r.Controller, r.Name+" ("+strings.ToLower(roleName(r.Role))+")"
		if place == "" {
			place, who = roleName(r.Role), r.Name
		}
		if people[place] == nil {
			order = append(order, place)
		}
		people[place] = append(people[place], who)
	}
	for i, place := range order {
		order[i] = fmt.Sprintf("%-36s %s", place, strings.Join(people[place], ", "))
	}
	return order
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
