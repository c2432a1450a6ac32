// Package deadline reckons the legal due dates of a data subject's request: when the answer is due (GDPR art 12.3), when
// an appeal must have come in (förvaltningslagen, FL, 44 §), when an incident must be reported (GDPR art 33.1).
//
// Everything here is a pure function of its arguments. A due date comes with its derivation, a list of Steps that is
// stored with the case and rendered in Swedish or English by Explain.
package deadline

import (
	"time"

	"insyn/internal/calendar"
)

// Version numbers the rules in this package. It is stored with a due date, so that a date can be told from one reckoned
// by other rules; raise it when a rule or the list of holidays changes.
const Version = 1

const (
	responseMonths  = 1 // art 12.3 first sentence
	extendedMonths  = 3 // art 12.3 second sentence: "two further months", counted from receipt
	appealWeeks     = 3 // FL 44 §
	simplifiedWeeks = 2 // förenklad delgivning, delgivningslagen (2010:1932)
	incidentTime    = 72 * time.Hour
)

// Pause is a time when the clock stood still because the person was asked for something that was needed.
type Pause struct {
	From calendar.Date `json:"from"` // the day the person was asked
	To   calendar.Date `json:"to"`   // the day the person replied; zero while the answer is awaited
}

// Input is what the due date of an answer depends on.
type Input struct {
	// Received is the civil date in Stockholm on which the request reached the municipality. It may be left zero when
	// Emptied is given.
	Received calendar.Date
	// Emptied is the day a paper request came by post or was found at the first emptying of the letterbox; zero for all
	// other channels. It only explains: where Received is given too, Received counts.
	Emptied calendar.Date
	// Pauses may come in any order and overlap; a day is never counted twice.
	Pauses []Pause
	// Today is how far an open pause has come. It matters to open pauses only.
	Today calendar.Date
	// Extended says that the time has been extended by two further months; it picks what Effective and Steps are about.
	Extended bool
	// RollEves moves the due date past Midsummer Eve, Christmas Eve and New Year's Eve too. They are not public holidays,
	// so the cautious default is not to.
	RollEves bool
}

// Response is the outcome for an answer under art 12.3.
type Response struct {
	Received     calendar.Date `json:"received"`
	Hard         calendar.Date `json:"due_hard"`      // one month, pauses left out: what to warn on, and the last day to extend
	Due          calendar.Date `json:"due"`           // one month and the pauses
	ExtendedHard calendar.Date `json:"extended_hard"` // three months from receipt, pauses left out
	Extended     calendar.Date `json:"extended"`      // three months from receipt and the pauses
	PauseDays    int           `json:"pause_days"`    // days counted as pause
	IsExtended   bool          `json:"is_extended"`   // Input.Extended
	Steps        []Step        `json:"steps"`         // how Effective was reached
}

// Effective is the due date that applies: Extended if the time was extended, else Due.
func (r Response) Effective() calendar.Date {
	if r.IsExtended {
		return r.Extended
	}
	return r.Due
}

// ForResponse reckons when the answer to a request is due, by GDPR art 12.3 and Regulation 1182/71 art 3: the day of
// receipt is not counted; the period ends on the same day number one month (extended: three months) after receipt, or
// on the last day of that month if it has no such day; the pause days are added; if the period then ends on a Saturday,
// Sunday or public holiday it ends on the next working day.
//
// The extended date is counted from receipt, not from the first due date: 31 January gives 30 April. Input should have
// passed Validate.
func ForResponse(in Input) Response {
	received := in.Received
	if received.IsZero() && !in.Emptied.IsZero() {
		received = DeemedReceived(in.Emptied)
	}
	rules := calendar.Rules{EvesAreFree: in.RollEves}
	pauses, days := countPauses(in.Pauses, in.Today)
	ordinary := reckon(received, responseMonths, pauses, days, rules)
	extended := reckon(received, extendedMonths, pauses, days, rules)

	steps := receiptSteps(received, in.Emptied)
	if in.Extended {
		steps = append(steps, Step{Kind: StepExtendBy, Date: ordinary.hard, Passed: ordinary.hardPassed})
		steps = append(steps, extended.steps(RuleExtended)...)
	} else {
		steps = append(steps, ordinary.steps(RuleResponse)...)
	}
	return Response{
		Received: received, Hard: ordinary.hard, Due: ordinary.due, ExtendedHard: extended.hard, Extended: extended.due,
		PauseDays: days, IsExtended: in.Extended, Steps: steps,
	}
}

// Appeal is the last day of an appeal.
type Appeal struct {
	Served calendar.Date `json:"served"`
	Due    calendar.Date `json:"due"` // the last day on which the appeal may come in
	Steps  []Step        `json:"steps"`
}

// ForAppeal reckons the last day of an appeal from the day the person got the decision through the authority: the same
// weekday three weeks later (FL 44 §, lag (1930:173) 1 §), moved past Saturdays, Sundays, public holidays and the three
// eves (2 § of the same).
func ForAppeal(served calendar.Date) Appeal {
	return appeal(served, []Step{{Kind: StepServed, Date: served}})
}

// ForAppealSimplified is ForAppeal for a decision sent on that day by simplified service (förenklad delgivning).
func ForAppealSimplified(sent calendar.Date) Appeal {
	served := ServedSimplified(sent)
	return appeal(served, []Step{
		{Kind: StepSentSimplified, Rule: RuleSimplified, Date: sent, Weeks: simplifiedWeeks},
		{Kind: StepServed, From: sent, Date: served},
	})
}

func appeal(served calendar.Date, steps []Step) Appeal {
	raw := served.AddDays(7 * appealWeeks)
	due, passed := roll(raw, calendar.Rules{EvesAreFree: true})
	steps = append(steps, Step{Kind: StepPeriod, Rule: RuleAppeal, From: served, Date: raw, Weeks: appealWeeks})
	return Appeal{Served: served, Due: due, Steps: append(steps, ending(RuleAppeal, raw, due, passed)...)}
}

// ForIncident is the instant by which a personal data breach must have been reported to IMY, 72 hours after the
// controller became aware of it (GDPR art 33.1), in UTC. It runs on instants: a change to summer time moves the time
// of day, and no weekend or holiday moves anything.
func ForIncident(aware time.Time) time.Time { return aware.UTC().Add(incidentTime) }

// DeemedReceived is the day a paper request counts as received when it came by post, or was found at the first emptying
// of the letterbox, on the day emptied: the working day before (FL 22 §). The three eves are working days here, as they
// are not public holidays.
func DeemedReceived(emptied calendar.Date) calendar.Date {
	return calendar.PreviousWorkingDay(emptied, calendar.Rules{})
}

// ServedSimplified is the day a decision sent by simplified service counts as served, two weeks after it was sent. That
// day may be a holiday: a day of service is not a deadline and is not moved.
func ServedSimplified(sent calendar.Date) calendar.Date { return sent.AddDays(7 * simplifiedWeeks) }

// CanExtend reports whether the notice of an extension can still be sent in time today: up to and including hard, the
// Response.Hard of the case. Pauses do not give more time, since art 12.3 knows of none.
func CanExtend(today, hard calendar.Date) bool { return !today.After(hard) }
