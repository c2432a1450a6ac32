package deadline

import (
	"slices"

	"insyn/internal/calendar"
)

// StepKind is the key of a kind of step. Steps are stored with cases: never rename a key.
type StepKind string

// The kinds of step, in the order they come in a derivation. Date is always the date the step arrives at.
const (
	StepByPost         StepKind = "by-post"         // From: the post arrived or the letterbox was emptied; Date: deemed received
	StepReceived       StepKind = "received"        // Date: received
	StepSentSimplified StepKind = "sent-simplified" // Date: sent; Weeks until it counts as served
	StepServed         StepKind = "served"          // Date: served; From: the day it was sent, by simplified service only
	StepExtendBy       StepKind = "extend-by"       // Date: last day for the notice of extension; Passed
	StepPeriod         StepKind = "period"          // From, Months or Weeks, Date: the raw end; Clamped
	StepUnpaused       StepKind = "unpaused"        // Date: the due date if pauses were not counted; Passed
	StepPause          StepKind = "pause"           // From, To (zero: still open), Days, Counted
	StepPauses         StepKind = "pauses"          // Days: all pauses; Date: the raw end after them
	StepMoved          StepKind = "moved"           // From: the raw end; Passed; Date: the working day after them
	StepDue            StepKind = "due"             // From: the raw end; Date: the due date
)

// Rule is the key of the rule a step applies.
type Rule string

// The rules.
const (
	RuleResponse   Rule = "gdpr-12.3"
	RuleExtended   Rule = "gdpr-12.3-extended"
	RuleAppeal     Rule = "fl-44"
	RuleByPost     Rule = "fl-22"
	RuleSimplified Rule = "simplified-service"
)

// Step is one step of the derivation of a due date, as data. Which fields are set follows from Kind.
type Step struct {
	Kind    StepKind      `json:"kind"`
	Rule    Rule          `json:"rule,omitempty"`
	From    calendar.Date `json:"from,omitzero"`
	To      calendar.Date `json:"to,omitzero"`
	Date    calendar.Date `json:"date,omitzero"`
	Months  int           `json:"months,omitempty"`
	Weeks   int           `json:"weeks,omitempty"`
	Days    int           `json:"days,omitempty"`    // length of a pause, or of all of them
	Counted int           `json:"counted,omitempty"` // the days of a pause that no earlier pause had counted
	Clamped bool          `json:"clamped,omitempty"` // the month has no such day number; its last day was taken
	Passed  []FreeDay     `json:"passed,omitempty"`  // the days the date was moved past
}

// FreeDay is a day a due date was moved past.
type FreeDay struct {
	Date calendar.Date `json:"date"`
	// Holiday is the public holiday or eve; empty for a Saturday or Sunday that is nothing else.
	Holiday calendar.HolidayName `json:"holiday,omitempty"`
}

// reckoning is one way from receipt to a due date, with and without pauses.
type reckoning struct {
	from       calendar.Date
	months     int
	raw        calendar.Date // clamped, not moved
	hard       calendar.Date
	hardPassed []FreeDay
	pauses     []Step
	pauseDays  int
	paused     calendar.Date // raw and the pause days, not moved
	due        calendar.Date
	duePassed  []FreeDay
}

func reckon(received calendar.Date, months int, pauses []Step, pauseDays int, rules calendar.Rules) reckoning {
	r := reckoning{from: received, months: months, pauses: pauses, pauseDays: pauseDays}
	r.raw = received.AddMonths(months)
	r.hard, r.hardPassed = roll(r.raw, rules)
	r.paused = r.raw.AddDays(pauseDays)
	r.due, r.duePassed = roll(r.paused, rules)
	return r
}

func (r reckoning) steps(rule Rule) []Step {
	steps := []Step{{
		Kind: StepPeriod, Rule: rule, From: r.from, Date: r.raw, Months: r.months, Clamped: r.raw.Day != r.from.Day,
	}}
	if len(r.pauses) > 0 {
		steps = append(steps, Step{Kind: StepUnpaused, Date: r.hard, Passed: r.hardPassed})
		steps = append(steps, r.pauses...)
		steps = append(steps, Step{Kind: StepPauses, Date: r.paused, Days: r.pauseDays})
	}
	return append(steps, ending(rule, r.paused, r.due, r.duePassed)...)
}

func receiptSteps(received, emptied calendar.Date) []Step {
	step := Step{Kind: StepReceived, Date: received}
	if emptied.IsZero() {
		return []Step{step}
	}
	return []Step{{Kind: StepByPost, Rule: RuleByPost, From: emptied, Date: received}, step}
}

func ending(rule Rule, raw, due calendar.Date, passed []FreeDay) []Step {
	last := Step{Kind: StepDue, Rule: rule, From: raw, Date: due}
	if len(passed) == 0 {
		return []Step{last}
	}
	return []Step{{Kind: StepMoved, From: raw, Date: due, Passed: passed}, last}
}

// roll moves d to the next working day unless it is one, and tells which days it was moved past.
func roll(d calendar.Date, rules calendar.Rules) (calendar.Date, []FreeDay) {
	var passed []FreeDay
	for ; !calendar.IsWorkingDay(d, rules); d = d.AddDays(1) {
		passed = append(passed, FreeDay{Date: d, Holiday: nameOf(d, rules)})
	}
	return d, passed
}

func nameOf(d calendar.Date, rules calendar.Rules) calendar.HolidayName {
	if name, ok := calendar.Holiday(d); ok {
		return name
	}
	if name, ok := calendar.Eve(d); ok && rules.EvesAreFree {
		return name
	}
	return ""
}

// countPauses returns one step per pause, in time order, and the number of days in them together. A pause covers the
// days from the question up to but not including the reply; days that pauses share count once.
func countPauses(pauses []Pause, today calendar.Date) ([]Step, int) {
	sorted := slices.SortedStableFunc(slices.Values(pauses), func(a, b Pause) int { return a.From.Compare(b.From) })
	steps := make([]Step, 0, len(sorted))
	total := 0
	var counted calendar.Date // the first day that no pause so far has counted
	for _, p := range sorted {
		end := p.To
		if end.IsZero() {
			end = today
		}
		if end.Before(p.From) { // asked after today
			end = p.From
		}
		start := p.From
		if start.Before(counted) {
			start = counted
		}
		days := max(0, end.Sub(start))
		if end.After(counted) {
			counted = end
		}
		total += days
		steps = append(steps, Step{Kind: StepPause, From: p.From, To: p.To, Days: end.Sub(p.From), Counted: days})
	}
	return steps, total
}
