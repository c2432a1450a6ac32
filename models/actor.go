package models

import (
	"slices"
	"strings"
)

// ActorKind says who acts in a transaction.
type ActorKind string

// The kinds of actor.
const (
	AnonymousKind ActorKind = "anonymous"
	InquirerKind  ActorKind = "inquirer"
	ResidentKind  ActorKind = "resident"
	StaffKind     ActorKind = "staff"
	SystemKind    ActorKind = "system"
)

// Role is what a member of staff may be.
type Role string

// The roles of staff (design.md section 6).
const (
	RoleServicecenter Role = "servicecenter"
	RoleOmbud         Role = "ombud"
	RoleDecider       Role = "decider"
	RoleDSO           Role = "dso"
	RoleRegistrator   Role = "registrator"
	RoleLogReviewer   Role = "logreviewer"
	RoleAdmin         Role = "admin"
)

// Roles lists every role of staff.
func Roles() []Role {
	return []Role{RoleServicecenter, RoleOmbud, RoleDecider, RoleDSO, RoleRegistrator, RoleLogReviewer, RoleAdmin}
}

// Grant is a role, at one controller where the role belongs to one.
type Grant struct {
	Role       Role
	Controller ControllerID
	Cleared    bool // also for people with protected personal data (OSL 21 kap. 3 §)
}

// Actor is who a transaction acts for. The zero Actor is anonymous and sees nothing.
type Actor struct {
	Kind    ActorKind
	Subject SubjectID // set for a resident
	Inquiry InquiryID // set for an inquirer
	Staff   StaffID   // set for staff
	Grants  []Grant   // the assignments of staff that are valid today
}

// SystemActor acts for a job.
func SystemActor() Actor { return Actor{Kind: SystemKind} }

// ResidentActor acts for a person who has logged in with an e-ID.
func ResidentActor(s SubjectID) Actor { return Actor{Kind: ResidentKind, Subject: s} }

// InquirerActor acts for a person without a login who asks a question, or has shown the one-time code of the inquiry: it reaches
// that one inquiry and nothing else.
func InquirerActor(id InquiryID) Actor { return Actor{Kind: InquirerKind, Inquiry: id} }

// StaffActor acts for a member of staff with the grants valid today.
func StaffActor(s StaffID, grants ...Grant) Actor {
	return Actor{Kind: StaffKind, Staff: s, Grants: grants}
}

// Has tells whether the actor holds the role at the controller; a role without a controller is asked for with the zero id.
func (a Actor) Has(r Role, c ControllerID) bool {
	return a.Kind == StaffKind && slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Role == r && g.Controller == c })
}

// HasFor is Has for what is about one person: where the person is protected, the role must be held with clearance.
func (a Actor) HasFor(r Role, c ControllerID, protected bool) bool {
	return a.Kind == StaffKind && slices.ContainsFunc(a.Grants, func(g Grant) bool {
		return g.Role == r && g.Controller == c && (g.Cleared || !protected)
	})
}

// HasRole tells whether the actor holds the role anywhere.
func (a Actor) HasRole(r Role) bool {
	return a.Kind == StaffKind && slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Role == r })
}

// Controllers lists, without repeats, the controllers where the actor holds any of the roles.
func (a Actor) Controllers(roles ...Role) []ControllerID {
	var out []ControllerID
	for _, g := range a.Grants {
		if slices.Contains(roles, g.Role) && !g.Controller.IsZero() && !slices.Contains(out, g.Controller) {
			out = append(out, g.Controller)
		}
	}
	return out
}

// cleared lists, without repeats, the controllers where the actor holds a role with clearance.
func (a Actor) cleared() []ControllerID {
	n := a
	n.Grants = slices.DeleteFunc(slices.Clone(a.Grants), func(g Grant) bool { return !g.Cleared })
	return n.Controllers(RoleOmbud, RoleDecider, RoleDSO, RoleRegistrator)
}

// At narrows a member of staff to one controller; roles that belong to none stay.
func (a Actor) At(c ControllerID) Actor {
	n := a
	n.Grants = slices.DeleteFunc(slices.Clone(a.Grants), func(g Grant) bool { return !g.Controller.IsZero() && g.Controller != c })
	return n
}

// settings are the transaction's settings that row-level security reads (migration 00001).
func (a Actor) settings() [][2]string {
	flag := func(b bool) string {
		if b {
			return "true"
		}
		return ""
	}
	kind := a.Kind
	if kind == "" {
		kind = AnonymousKind
	}
	return [][2]string{
		{"insyn.kind", string(kind)},
		{"insyn.subject", a.Subject.String()},
		{"insyn.inquiry", a.Inquiry.String()},
		{"insyn.staff", a.Staff.String()},
		{"insyn.content", array(a.Controllers(RoleOmbud, RoleDecider, RoleDSO))},
		{"insyn.handle", array(a.Controllers(RoleOmbud, RoleDecider))},
		{"insyn.ombud", array(a.Controllers(RoleOmbud))},
		{"insyn.review", array(a.Controllers(RoleDSO))},
		{"insyn.letters", array(a.Controllers(RoleRegistrator))},
		{"insyn.intake", flag(a.HasRole(RoleServicecenter))},
		{"insyn.log", flag(a.HasRole(RoleDSO) || a.HasRole(RoleLogReviewer))},
		{"insyn.admin", flag(a.HasRole(RoleAdmin))},
		{"insyn.cleared", array(a.cleared())},
		{"insyn.cleared_intake", flag(a.HasFor(RoleServicecenter, ControllerID{}, true))},
	}
}

func array(ids []ControllerID) string {
	if len(ids) == 0 {
		return ""
	}
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = id.String()
	}
	return "{" + strings.Join(parts, ",") + "}"
}
