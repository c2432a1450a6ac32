package workflows

import (
	"slices"
	"time"

	"insyn/models"
)

// WhoInquirer is a person without a login who has shown the one-time code of the inquiry.
const WhoInquirer Who = "inquirer"

// InquiryAction names a transition of an inquiry.
type InquiryAction string

// The transitions of an inquiry.
const (
	InquiryActAnswer   InquiryAction = "answer"
	InquiryActToOmbud  InquiryAction = "pass-to-ombud"
	InquiryActToDSO    InquiryAction = "pass-to-dso"
	InquiryActReturn   InquiryAction = "return"
	InquiryActFollowUp InquiryAction = "follow-up"
	InquiryActSetAside InquiryAction = "set-aside"
	InquiryActClose    InquiryAction = "close"
	InquiryActConvert  InquiryAction = "convert"
	InquiryActOffer    InquiryAction = "offer-request"
	InquiryActClaim    InquiryAction = "claim"
)

// InquiryTransition is a row of the inquiry machine.
type InquiryTransition struct {
	Action InquiryAction
	From   []models.InquiryState
	Tiers  []int // where the inquiry lies
	Direct bool  // whether also one that went straight to the DSO
	To     models.InquiryState
	ToTier int // 0: it stays where it is
	// Who may: a role of staff counts in its own tier only, the ombud's and the DSO's at the inquiry's controller only.
	Who      []Who
	Do       func(w *inquiryWork) error
	Event    string
	Audience models.Audience
	Promises []JobKind
}

// inquiryQuiet is how long an answered inquiry waits for a further question before it closes by itself.
const inquiryQuiet = 30 * 24 * time.Hour

// InquiryTransitions is the machine of an inquiry: who may do what with it in which state and tier. It draws the diagram in
// docs/, fills the desk's pages, and drives the tests.
func InquiryTransitions() []InquiryTransition {
	is := func(s ...models.InquiryState) []models.InquiryState { return s }
	open, answered := is(models.InquiryOpen), is(models.InquiryAnswered)
	desks, every := []Who{WhoServicecenter, WhoOmbud, WhoDSO}, []int{1, 2, 3}
	asker := []Who{WhoPerson, WhoInquirer}
	return []InquiryTransition{
		{Action: InquiryActAnswer, From: slices.Concat(open, answered), Tiers: every, Direct: true, To: models.InquiryAnswered, Who: desks,
			Do: doInquiryAnswer, Event: "inquiry-answered", Audience: models.ForSubject, Promises: []JobKind{JobMailAsker}},
		{Action: InquiryActToOmbud, From: open, Tiers: []int{1}, To: models.InquiryOpen, ToTier: 2, Who: []Who{WhoServicecenter},
			Do: doPassToOmbud, Event: "inquiry-passed-on", Audience: models.ForSubject, Promises: []JobKind{JobNotifyTier}},
		{Action: InquiryActToDSO, From: open, Tiers: []int{1, 2}, To: models.InquiryOpen, ToTier: 3, Who: []Who{WhoServicecenter, WhoOmbud},
			Do: doPassToDSO, Event: "inquiry-passed-on", Audience: models.ForSubject, Promises: []JobKind{JobNotifyTier}},
		{Action: InquiryActReturn, From: open, Tiers: []int{2, 3}, To: models.InquiryOpen, ToTier: 1, Who: []Who{WhoOmbud, WhoDSO},
			Do: doReturn, Event: "inquiry-returned", Audience: models.ForStaff},
		{Action: InquiryActFollowUp, From: slices.Concat(open, answered), Tiers: every, Direct: true, To: models.InquiryOpen, Who: asker,
			Do: doFollowUp, Event: "inquiry-followed-up", Audience: models.ForSubject, Promises: []JobKind{JobNotifyTier}},
		{Action: InquiryActSetAside, From: open, Tiers: every, Direct: true, To: models.InquiryClosed, Who: desks,
			Do: doSetAside, Event: "inquiry-set-aside", Audience: models.ForStaff},
		{Action: InquiryActClose, From: answered, Tiers: every, Direct: true, To: models.InquiryClosed, Who: []Who{WhoSystem},
			Do: doCloseInquiry, Event: "inquiry-closed", Audience: models.ForSubject},
		{Action: InquiryActConvert, From: open, Tiers: []int{1}, To: models.InquiryConverted, Who: []Who{WhoServicecenter},
			Do: doConvert, Event: "inquiry-converted", Audience: models.ForSubject, Promises: []JobKind{JobConvert}},
		{Action: InquiryActOffer, From: open, Tiers: []int{1}, To: models.InquiryAnswered, Who: []Who{WhoServicecenter},
			Do: doOffer, Event: "inquiry-offered", Audience: models.ForSubject, Promises: []JobKind{JobMailAsker}},
		{Action: InquiryActClaim, From: answered, Tiers: []int{1}, To: models.InquiryConverted, Who: asker,
			Do: doClaim, Event: "inquiry-converted", Audience: models.ForSubject, Promises: []JobKind{JobConvert}},
	}
}

// InquiryInput is what an action needs beside the inquiry.
type InquiryInput interface{ inquiryAction() InquiryAction }

// InquiryAnswer answers the asker.
type InquiryAnswer struct{ Text string }

// PassToOmbud lays the inquiry with its thread before the ombuds of a controller.
type PassToOmbud struct {
	Controller models.ControllerID
	Comment    string // for the ombud; the asker does not see it
}

// PassToDSO lays the inquiry with its thread before a DSO: the ombud's own controller's, or from the servicecenter the chosen
// controller's, by default the coordinating one's.
type PassToDSO struct {
	Controller models.ControllerID
	Comment    string
}

// ReturnInquiry gives the inquiry back to the servicecenter: it was another's to answer.
type ReturnInquiry struct{ Comment string }

// FollowUp is a further question by the asker.
type FollowUp struct{ Text string }

// SetAside closes an inquiry without an answer, with the reason: advertising, a repetition, nonsense.
type SetAside struct{ Why string }

// ConvertInquiry turns the question of somebody who is known by an e-ID into the request that it is.
type ConvertInquiry struct {
	Right       models.Right
	Controllers []models.ControllerID
}

// OfferRequest answers somebody who is not known, or is protected, that the question is a request, which they confirm.
type OfferRequest struct {
	Right       models.Right
	Controllers []models.ControllerID
	Text        string // what the asker reads
}

// ClaimInquiry has the asker, who has shown who they are with an e-ID, confirm the request that was offered.
type ClaimInquiry struct {
	Subject models.SubjectID
	Who     Identity
}

type closeInquiry struct{}

func (InquiryAnswer) inquiryAction() InquiryAction  { return InquiryActAnswer }
func (PassToOmbud) inquiryAction() InquiryAction    { return InquiryActToOmbud }
func (PassToDSO) inquiryAction() InquiryAction      { return InquiryActToDSO }
func (ReturnInquiry) inquiryAction() InquiryAction  { return InquiryActReturn }
func (FollowUp) inquiryAction() InquiryAction       { return InquiryActFollowUp }
func (SetAside) inquiryAction() InquiryAction       { return InquiryActSetAside }
func (closeInquiry) inquiryAction() InquiryAction   { return InquiryActClose }
func (ConvertInquiry) inquiryAction() InquiryAction { return InquiryActConvert }
func (OfferRequest) inquiryAction() InquiryAction   { return InquiryActOffer }
func (ClaimInquiry) inquiryAction() InquiryAction   { return InquiryActClaim }

// mayInquiry tells whether the actor is one of those who may act on the inquiry, where it lies now.
func mayInquiry(a models.Actor, q models.Inquiry, who []Who) bool {
	return slices.ContainsFunc(who, func(w Who) bool {
		switch w {
		case WhoPerson:
			return a.Kind == models.ResidentKind && !q.SubjectID.IsZero() && a.Subject == q.SubjectID
		case WhoInquirer:
			return a.Kind == models.InquirerKind && a.Inquiry == q.ID && q.SubjectID.IsZero()
		case WhoSystem:
			return a.Kind == models.SystemKind
		case WhoServicecenter:
			return q.Tier == models.TierServicecenter && a.HasFor(models.RoleServicecenter, models.ControllerID{}, q.Protected)
		case WhoOmbud:
			return q.Tier == models.TierOmbud && a.HasFor(models.RoleOmbud, q.ControllerID, q.Protected)
		case WhoDSO:
			return q.Tier == models.TierDSO && a.HasFor(models.RoleDSO, q.DPOControllerID, q.Protected)
		default:
			return false
		}
	})
}
