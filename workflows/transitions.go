package workflows

import (
	"slices"

	"insyn/models"
)

// Ends lists where the transition may lead from a state.
func (t Transition) Ends(from models.CaseState) []models.CaseState {
	if len(t.To) == 0 {
		return states(from)
	}
	return t.To
}

// Who may take an action: a role of staff at the case's controller, the person, or a job.
type Who string

// The actors of the table. The roles of staff have the names of models.Role.
const (
	WhoPerson      Who = "resident"
	WhoSystem      Who = "system"
	WhoOmbud           = Who(models.RoleOmbud)
	WhoDecider         = Who(models.RoleDecider)
	WhoDSO             = Who(models.RoleDSO)
	WhoRegistrator     = Who(models.RoleRegistrator)
)

// ClockEffect is what a transition does to the due date.
type ClockEffect string

// The effects on the clock.
const (
	ClockRuns     ClockEffect = ""
	ClockStops    ClockEffect = "stops"
	ClockRestarts ClockEffect = "restarts"
	ClockExtended ClockEffect = "extended"
	ClockMet      ClockEffect = "met" // art 12.3 is met
)

// Transition is a row of the case machine.
type Transition struct {
	Action   Action
	From     []models.CaseState
	To       []models.CaseState // several: the facts decide which; none: the state stays
	Who      []Who
	Guards   []Guard
	Do       func(w *work) error
	Event    string
	Audience models.Audience
	Promises []JobKind // the effects it may promise
	Clock    ClockEffect
}

func states(s ...models.CaseState) []models.CaseState { return s }

// Transitions is the case machine: from, action, to, who, guards, effects, clock. It draws the diagram in docs/, fills
// “what may I do now”, and drives the state × action × role test and the race test.
func Transitions() []Transition {
	return []Transition{
		{Action: ActionTake, From: states(models.CaseAssigned), To: states(models.CaseSearching),
			Who: []Who{WhoOmbud}, Do: doTake, Event: "taken", Audience: models.ForSubject},

		{Action: ActionAsk, From: states(models.CaseAssigned, models.CaseSearching), To: states(models.CaseAwaiting),
			Who: []Who{WhoOmbud}, Guards: []Guard{guardAskInTime()}, Do: doAsk, Event: "asked", Audience: models.ForSubject,
			Promises: []JobKind{JobMailPerson}, Clock: ClockStops},
		{Action: ActionAnswer, From: states(models.CaseAwaiting), To: states(models.CaseAssigned, models.CaseSearching),
			Who: []Who{WhoPerson, WhoOmbud}, Guards: []Guard{guardOwnPause()}, Do: doAnswer, Event: "answered", Audience: models.ForSubject,
			Promises: []JobKind{JobNotify}, Clock: ClockRestarts},
		{Action: ActionPauseRequest, From: states(models.CaseAssigned, models.CaseSearching), To: states(models.CaseAwaiting),
			Who: []Who{WhoSystem}, Do: doPauseForRequest, Event: "paused", Audience: models.ForSubject, Clock: ClockStops},
		{Action: ActionResumeRequest, From: states(models.CaseAwaiting), To: states(models.CaseAssigned, models.CaseSearching),
			Who: []Who{WhoSystem}, Guards: []Guard{guardRequestPause()}, Do: doResumeForRequest, Event: "resumed", Audience: models.ForSubject,
			Promises: []JobKind{JobNotify}, Clock: ClockRestarts},

		{Action: ActionExtend, From: states(models.CaseAssigned, models.CaseSearching, models.CaseAwaiting, models.CaseInReview, models.CaseReady),
			Who: []Who{WhoOmbud, WhoDecider}, Guards: []Guard{guardExtendInTime(), guardExtendDelegated()}, Do: doExtend, Event: "extended", Audience: models.ForSubject,
			Promises: []JobKind{JobMailPerson}, Clock: ClockExtended},

		{Action: ActionPropose, From: states(models.CaseSearching), To: states(models.CaseInReview, models.CaseReady),
			Who: []Who{WhoOmbud}, Guards: []Guard{guardSearched(), guardMaterial(), guardRemarksAnswered()}, Do: doPropose,
			Event: "proposed", Audience: models.ForStaff, Promises: []JobKind{JobNotify}},
		{Action: ActionReview, From: states(models.CaseInReview), To: states(models.CaseReady, models.CaseSearching),
			Who: []Who{WhoDSO}, Do: doReview, Event: "review-answered", Audience: models.ForStaff, Promises: []JobKind{JobNotify}},
		{Action: ActionReviewTimeout, From: states(models.CaseInReview), To: states(models.CaseReady),
			Who: []Who{WhoSystem}, Guards: []Guard{guardReviewOver()}, Do: doReviewTimeout, Event: "review-timed-out", Audience: models.ForStaff,
			Promises: []JobKind{JobNotify}},
		{Action: ActionSendBack, From: states(models.CaseInReview, models.CaseReady), To: states(models.CaseSearching),
			Who: []Who{WhoOmbud, WhoDecider}, Do: doSendBack, Event: "sent-back", Audience: models.ForStaff, Promises: []JobKind{JobNotify}},

		{Action: ActionDecide, From: states(models.CaseReady), To: states(models.CaseDecided, models.CaseExecuting),
			Who: []Who{WhoOmbud, WhoDecider}, Guards: []Guard{guardManifest(), guardIdentity(), guardMandate()}, Do: doDecide, Event: "decided", Audience: models.ForStaff,
			Promises: []JobKind{JobRelease, JobNotify}},
		{Action: ActionCarryOut, From: states(models.CaseExecuting), To: states(models.CaseExecuting, models.CaseDecided),
			Who: []Who{WhoOmbud}, Guards: []Guard{guardNothingHeld()}, Do: doCarryOut, Event: "carried-out", Audience: models.ForStaff,
			Promises: []JobKind{JobRelease}},
		{Action: ActionRelease, From: states(models.CaseDecided), To: states(models.CaseReleased),
			Who: []Who{WhoSystem}, Guards: []Guard{guardManifest()}, Do: doRelease, Event: "released", Audience: models.ForSubject,
			Promises: []JobKind{JobMailPerson, JobNotify}, Clock: ClockMet},
		{Action: ActionClose, From: states(models.CaseReleased), To: states(models.CaseClosed),
			Who: []Who{WhoSystem}, Guards: []Guard{guardAppealOver()}, Do: doClose, Event: "closed", Audience: models.ForStaff,
			Promises: []JobKind{JobSettle}},

		{Action: ActionWithdraw, From: states(models.CaseAssigned, models.CaseSearching, models.CaseAwaiting, models.CaseInReview, models.CaseReady),
			To: states(models.CaseWithdrawn), Who: []Who{WhoPerson, WhoSystem}, Do: doWithdraw, Event: "withdrawn", Audience: models.ForSubject,
			Promises: []JobKind{JobNotify, JobSettle}},
	}
}

// Record is a row of the writes that change no state.
type Record struct {
	Action Action
	// Free: the version of the form is not compared. A message or a note takes nothing from anybody, and what somebody else
	// did meanwhile must not throw away what was written.
	Free     bool
	Works    Works // of cases that are worked with in this way; "": of all
	In       []models.CaseState
	Who      []Who
	Do       func(w *work) error
	Event    string
	Audience models.Audience
	Promises []JobKind
}

// Records is every write that changes no state of a case: same shape of transaction, actor, event, version.
func Records() []Record {
	working := states(models.CaseSearching)
	open := states(models.CaseAssigned, models.CaseSearching, models.CaseAwaiting, models.CaseInReview, models.CaseReady)
	all := models.CaseStates()
	decided := states(models.CaseDecided, models.CaseExecuting, models.CaseReleased, models.CaseClosed)
	return []Record{
		{Action: ActionAttest, In: working, Who: []Who{WhoOmbud}, Do: doAttest, Event: "attested", Audience: models.ForStaff},
		{Action: ActionAddItem, Works: WorksCopies, In: working, Who: []Who{WhoOmbud}, Do: doAddItem, Event: "item-added", Audience: models.ForStaff},
		{Action: ActionDispose, Works: WorksCopies, In: working, Who: []Who{WhoOmbud}, Do: doDispose, Event: "item-disposed", Audience: models.ForStaff},
		{Action: ActionRemoveItem, Works: WorksCopies, In: working, Who: []Who{WhoOmbud}, Do: doRemoveItem, Event: "item-removed", Audience: models.ForStaff},
		{Action: ActionAddMeasure, Works: WorksMeasures, In: working, Who: []Who{WhoOmbud}, Do: doAddMeasure, Event: "measure-added", Audience: models.ForStaff},
		{Action: ActionRemoveMeasure, Works: WorksMeasures, In: working, Who: []Who{WhoOmbud}, Do: doRemoveMeasure, Event: "measure-removed", Audience: models.ForStaff},
		{Action: ActionReplyReview, In: working, Who: []Who{WhoOmbud}, Do: doReplyReview, Event: "review-replied", Audience: models.ForStaff},
		{Action: ActionMessage, Free: true, In: all, Who: []Who{WhoOmbud}, Do: doMessage, Event: "message-to-subject", Audience: models.ForSubject,
			Promises: []JobKind{JobMailPerson}},
		{Action: ActionReply, Free: true, In: all, Who: []Who{WhoPerson}, Do: doReply, Event: "message-from-subject", Audience: models.ForSubject,
			Promises: []JobKind{JobNotify}},
		{Action: ActionNote, Free: true, In: all, Who: []Who{WhoOmbud, WhoDecider}, Do: doNote, Event: "note-added", Audience: models.ForStaff},
		{Action: ActionDiary, In: all, Who: []Who{WhoRegistrator}, Do: doDiary, Event: "diary-entered", Audience: models.ForStaff},
		{Action: ActionServe, In: states(models.CaseReleased, models.CaseClosed), Who: []Who{WhoRegistrator}, Do: doServe, Event: "served", Audience: models.ForStaff,
			Promises: []JobKind{JobMailPerson}},
		{Action: ActionAppeal, Free: true, In: states(models.CaseReleased, models.CaseClosed), Who: []Who{WhoPerson}, Do: doAppeal, Event: "appealed",
			Audience: models.ForSubject, Promises: []JobKind{JobMailPerson, JobNotify}},
		{Action: ActionRegisterAppeal, In: decided, Who: []Who{WhoRegistrator, WhoOmbud, WhoDecider}, Do: doRegisterAppeal, Event: "appeal-registered",
			Audience: models.ForSubject, Promises: []JobKind{JobMailPerson, JobNotify}},
		{Action: ActionPassOn, Free: true, In: all, Who: []Who{WhoSystem}, Do: doPassOn, Event: "paper-passed-on", Audience: models.ForSubject,
			Promises: []JobKind{JobMailPerson, JobNotify}},
		{Action: ActionForward, In: all, Who: []Who{WhoOmbud}, Do: doForward, Event: "forwarded", Audience: models.ForSubject,
			Promises: []JobKind{JobMailPerson}},
		{Action: ActionSealEnvelope, In: states(models.CaseReleased, models.CaseClosed), Who: []Who{WhoRegistrator, WhoOmbud}, Do: doSealEnvelope,
			Event: "envelope-sealed", Audience: models.ForStaff},
		{Action: ActionSend, Free: true, In: all, Who: []Who{WhoRegistrator, WhoOmbud}, Do: doSend, Event: "letter-sent", Audience: models.ForSubject},
		{Action: ActionHandOver, In: slices.Concat(open, decided), Who: []Who{WhoOmbud}, Do: doHandOver, Event: "handed-over", Audience: models.ForStaff,
			Promises: []JobKind{JobNotify}},
	}
}

// fits tells whether the record is one of a case that is worked with as this one is.
func (r Record) fits(c models.Case) bool { return r.Works == "" || r.Works == RightOf(c.Right).Works }

// may tells whether the actor is one of those who may act on the case.
func may(a models.Actor, c models.Case, who []Who) bool {
	return slices.ContainsFunc(who, func(w Who) bool {
		switch w {
		case WhoPerson:
			return a.Kind == models.ResidentKind && a.Subject == c.SubjectID
		case WhoSystem:
			return a.Kind == models.SystemKind
		case WhoOmbud, WhoDecider, WhoDSO, WhoRegistrator:
			return a.HasFor(models.Role(w), c.ControllerID, c.Protected)
		default:
			return false
		}
	})
}
