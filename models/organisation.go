package models

import (
	"time"

	"gorm.io/gorm"

	"insyn/internal/calendar"
)

// ControllerKind decides the remedy against a decision.
type ControllerKind string

// The kinds of controller.
const (
	KindNamnd     ControllerKind = "namnd"
	KindStyrelse  ControllerKind = "styrelse"
	KindRevision  ControllerKind = "revision"
	KindBolag     ControllerKind = "bolag"
	KindStiftelse ControllerKind = "stiftelse"
)

// ControllerKinds lists the kinds of controller.
func ControllerKinds() []ControllerKind {
	return []ControllerKind{KindNamnd, KindStyrelse, KindRevision, KindBolag, KindStiftelse}
}

// Authority tells whether decisions are an authority's, so that they can be appealed to an administrative court.
func (k ControllerKind) Authority() bool { return k != KindBolag && k != KindStiftelse }

// Controller is a personuppgiftsansvarig.
type Controller struct {
	ID                 ControllerID
	Prefix             string
	Name               string
	Description        string
	Kind               ControllerKind
	Sensitive          bool
	Court              string
	Address            string
	Email              string
	Phone              string
	DPOName            string `gorm:"column:dpo_name"`
	DPOEmail           string `gorm:"column:dpo_email"`
	DPOPhone           string `gorm:"column:dpo_phone"`
	ProcessorAgreement string
	ReviewDays         int
	Position           int
	Coordinates        bool          // the coordinating body; one at most
	ValidTo            calendar.Date // the last day it exists; its cases live on
}

// ExistsOn tells whether there is such a controller on a civil date.
func (c Controller) ExistsOn(day calendar.Date) bool {
	return c.ValidTo.IsZero() || !c.ValidTo.Before(day)
}

// Staff is a person who works in the service, as imported; bound to an issuer and sub at first login.
type Staff struct {
	ID      StaffID
	Email   string
	Name    string
	Title   string
	Issuer  *string
	Sub     *string
	BoundAt *time.Time
}

// TableName names the table.
func (Staff) TableName() string { return "staff" }

// Assignment gives a member of staff a role from one civil date to another, both included.
type Assignment struct {
	ID           ID[Assignment]
	StaffID      StaffID
	Role         Role
	ControllerID ControllerID
	ValidFrom    calendar.Date
	ValidTo      calendar.Date
	Cleared      bool       // may handle protected persons
	DeputyFor    StaffID    // whom the person stands in for; zero for a role of one's own
	EndedAt      *time.Time // ended with effect at once; from then it never counts, whatever ValidTo says
}

// Delegation says who may decide what for which controller (KL 6:37, 7:5).
type Delegation struct {
	ID            DelegationID
	ControllerID  ControllerID
	Number        string
	Text          string
	DecisionKinds TextArray
	StaffID       StaffID
	PositionTitle string
	AdoptedOn     calendar.Date
	Paragraph     string
	ValidFrom     calendar.Date
	ValidTo       calendar.Date
}

// System is a source that is searched.
type System struct {
	ID             SystemID
	ControllerID   ControllerID
	Name           string
	Description    string
	Owner          string
	SearchHint     string
	Classification string
	Position       int
	Category       string
	Common         bool   // shared by the whole municipality
	Processor      string // prefix of the controller that runs it for this one, or an outside processor's name
	ValidFrom      calendar.Date
	ValidTo        calendar.Date
}

// Activity is an entry of the record of processing activities (art 30).
type Activity struct {
	ID             ID[Activity]
	ControllerID   ControllerID
	SystemID       SystemID
	Name           string
	Purpose        string
	LegalBasis     string
	DataCategories string
	Recipients     string
	Storage        string
	Source         string
	ThirdCountry   string
	Automated      string

	SubjectCategories string
	Relations         TextArray // what a person it is about is or was; codes of workflows.Relations
	JointWith         TextArray // prefixes of the controllers that share the responsibility (art 26)
	ProcessCode       string
	ValidFrom         calendar.Date
	ValidTo           calendar.Date
}

// Controllers lists the controllers in the municipality's own order, also those that no longer exist: their cases live on.
func (tx *Tx) Controllers() ([]Controller, error) {
	return raw[Controller](tx, "select * from controllers order by position, name")
}

// ControllersOn lists the controllers that exist on a civil date, in the municipality's own order: those that something new
// can be sent to.
func (tx *Tx) ControllersOn(day calendar.Date) ([]Controller, error) {
	return raw[Controller](tx, "select * from controllers where valid_to is null or valid_to >= ? order by position, name", day)
}

// CoordinatingController is the controller that coordinates for the municipality on a civil date. Where the spreadsheets name
// none it is the first board. None at all is ErrNotFound.
func (tx *Tx) CoordinatingController(day calendar.Date) (Controller, error) {
	return one(gorm.G[Controller](tx.db).Where("(coordinates or kind = ?) and (valid_to is null or valid_to >= ?)", KindStyrelse, day).
		Order("coordinates desc, position, name").Take(tx.Context()))
}

// Controller loads one controller.
func (tx *Tx) Controller(id ControllerID) (Controller, error) {
	return one(gorm.G[Controller](tx.db).Where("id = ?", id).First(tx.Context()))
}

// StaffByID loads one member of staff.
func (tx *Tx) StaffByID(id StaffID) (Staff, error) {
	return one(gorm.G[Staff](tx.db).Where("id = ?", id).First(tx.Context()))
}

// StaffNames returns the names of the members of staff given, in one query.
func (tx *Tx) StaffNames(ids []StaffID) (map[StaffID]string, error) {
	names := make(map[StaffID]string, len(ids))
	if len(ids) == 0 {
		return names, nil
	}
	rows, err := raw[Staff](tx, "select id, name from staff where id in ?", ids)
	for _, s := range rows {
		names[s.ID] = s.Name
	}
	return names, err
}

// StaffByIdentity finds the member of staff bound to an issuer and sub.
func (tx *Tx) StaffByIdentity(issuer, sub string) (Staff, error) {
	return one(gorm.G[Staff](tx.db).Where("issuer = ? and sub = ?", issuer, sub).First(tx.Context()))
}

// BindStaff binds the imported person with this address to an issuer and sub, once. A person bound already is ErrConflict,
// an unknown address ErrNotFound.
func (tx *Tx) BindStaff(email, issuer, sub string) (Staff, error) {
	s, err := one(gorm.G[Staff](tx.db).Where("email = lower(?)", email).First(tx.Context()))
	if err != nil {
		return Staff{}, err
	}
	res := tx.db.Exec("update staff set issuer = ?, sub = ?, bound_at = ? where id = ? and sub is null", issuer, sub, tx.Now, s.ID)
	return s, changed(res.RowsAffected, res.Error)
}

// GrantsOn returns the grants of a member of staff that are valid on a civil date and not ended.
func (tx *Tx) GrantsOn(staff StaffID, day calendar.Date) ([]Grant, error) {
	rows, err := raw[Assignment](tx, `select * from assignments where staff_id = ? and valid_from <= ?
		and (valid_to is null or valid_to >= ?) and ended_at is null order by role, controller_id`, staff, day, day)
	grants := make([]Grant, 0, len(rows))
	for _, r := range rows {
		grants = append(grants, Grant{r.Role, r.ControllerID, r.Cleared})
	}
	return grants, err
}

// StaffWith lists those who hold a role at a controller on a civil date.
func (tx *Tx) StaffWith(role Role, c ControllerID, day calendar.Date) ([]Staff, error) {
	return tx.StaffFor(role, c, day, false)
}

// StaffFor is StaffWith for what is about one person: where the person is protected, only those who are cleared.
func (tx *Tx) StaffFor(role Role, c ControllerID, day calendar.Date, protected bool) ([]Staff, error) {
	return raw[Staff](tx, `select s.* from staff s join assignments a on a.staff_id = s.id
		where a.role = ? and a.controller_id is not distinct from ? and a.valid_from <= ? and (a.valid_to is null or a.valid_to >= ?)
		and a.ended_at is null and (a.cleared or not ?) order by s.name, s.id`, role, c, day, day, protected)
}

// DelegationsFor lists the delegations at a controller that cover a kind of decision on a civil date.
func (tx *Tx) DelegationsFor(c ControllerID, kind string, day calendar.Date) ([]Delegation, error) {
	return raw[Delegation](tx, `select * from delegations where controller_id = ? and ? = any (decision_kinds)
		and valid_from <= ? and (valid_to is null or valid_to >= ?) order by number, id`, c, kind, day, day)
}

// Systems lists a controller's systems that are in use on a civil date.
func (tx *Tx) Systems(c ControllerID, day calendar.Date) ([]System, error) {
	return raw[System](tx, `select * from systems where controller_id = ? and (valid_from is null or valid_from <= ?)
		and (valid_to is null or valid_to >= ?) order by position, name`, c, day, day)
}

// Activities lists a controller's activities that are going on on a civil date.
func (tx *Tx) Activities(c ControllerID, day calendar.Date) ([]Activity, error) {
	return raw[Activity](tx, `select * from activities where controller_id = ? and (valid_from is null or valid_from <= ?)
		and (valid_to is null or valid_to >= ?) order by name, id`, c, day, day)
}

// StaffByEmail finds the member of staff with an address in small letters.
func (tx *Tx) StaffByEmail(email string) (Staff, error) {
	return one(gorm.G[Staff](tx.db).Where("email = ?", email).First(tx.Context()))
}

// ControllerByPrefix finds the controller with a prefix.
func (tx *Tx) ControllerByPrefix(prefix string) (Controller, error) {
	return one(gorm.G[Controller](tx.db).Where("prefix = ?", prefix).First(tx.Context()))
}

// RosterRow is one role of one member of staff.
type RosterRow struct {
	Email      string
	Name       string
	Title      string
	Role       Role
	Controller string // name; empty for roles that belong to none
}

// Roster lists everybody with the roles they hold on a civil date, in one query.
func (tx *Tx) Roster(day calendar.Date) ([]RosterRow, error) {
	return raw[RosterRow](tx, `select s.email, s.name, s.title, a.role, coalesce(c.name, '') as controller
		from staff s join assignments a on a.staff_id = s.id left join controllers c on c.id = a.controller_id
		where a.valid_from <= ?::date and (a.valid_to is null or a.valid_to >= ?::date) and a.ended_at is null
		order by coalesce(c.position, -1), a.role, s.name, s.id`, day, day)
}
