package workflows

import (
	"slices"

	"insyn/models"
)

// Works is how the officers work with what is found: by copying it out, or by changing it where it lies.
type Works string

// The two ways to work.
const (
	WorksCopies   Works = "copies"   // items of an extract, released or withheld (art 15)
	WorksMeasures Works = "measures" // measures in the systems, carried out before the person is told (art 16 and 17)
)

// RightRule is a row of the table of rights: all that tells one right from another. docs/rights.md says how a further one is
// added.
type RightRule struct {
	Right    models.Right
	Article  string // of the GDPR
	Works    Works
	Measures []string   // what may be done with data in a system, beside keeping them on a ground
	Asks     []Question // what the person is asked at each controller, beside the period
	Outcomes []OutcomeRule
	// Holds: nothing is carried out while the person has another kind of request open at the controller, which it could empty
	// (FL 35 §).
	Holds bool
}

// Question is something the person is asked at each controller. Its words are in templates/locales under
// ask.<right>.<field> and, for a choice, ask.<right>.<field>.<code>.
type Question struct {
	Field    string // of models.About
	Required bool
	Choices  []string // codes; none: free text
}

// OutcomeRule is what a decision on a right may say.
type OutcomeRule struct {
	Outcome models.Outcome
	Kind    string // the kind of decision, which a delegation must cover
	// Against the person, in whole or in part: it needs a remedy (FL 42 §, dataskyddslagen 7 kap. 2 §).
	Against bool
	// Reasons: the letter must give them in words of its own (art 12.4, FL 32 §).
	Reasons bool
	fits    func(m material, sensitive bool) bool
}

// Rights is the table of the rights that the service handles, in the order they are offered.
func Rights() []RightRule {
	return []RightRule{
		{Right: models.Access, Article: "15", Works: WorksCopies,
			Asks: []Question{{Field: models.AboutText}},
			Outcomes: []OutcomeRule{
				{models.OutcomeGranted, "access-grant", false, false, func(m material, _ bool) bool { return m.Released > 0 && m.Withheld == 0 }},
				{models.OutcomePartial, "access-partial", true, true, func(m material, _ bool) bool { return m.Released > 0 && m.Withheld > 0 }},
				{models.OutcomeNothingFound, "access-nothing-found", false, false, func(m material, sensitive bool) bool { return !sensitive && m.empty() }},
				// The neutral answer always carries the notice: a missing one would betray a secret hit (domain P3).
				{models.OutcomeNeutral, "access-neutral", true, false, func(m material, sensitive bool) bool { return sensitive && m.Released == 0 }},
				{models.OutcomeRefused, "access-refuse", true, true, func(m material, sensitive bool) bool { return !sensitive && m.Released == 0 && m.Withheld > 0 }},
			}},
		{Right: models.Rectification, Article: "16", Works: WorksMeasures, Measures: []string{models.MeasureCorrect, models.MeasureSupplement},
			Asks: []Question{{Field: models.AboutWrong, Required: true}, {Field: models.AboutCorrect, Required: true}, {Field: models.AboutProof}},
			Outcomes: append([]OutcomeRule{
				{models.OutcomeGranted, "rectification-grant", false, false, func(m material, _ bool) bool { return m.Changed > 0 && m.Supplemented+m.Kept == 0 }},
				// What was asked to be taken away stays beside what is added: in part against the person.
				{models.OutcomeSupplemented, "rectification-supplement", true, true, func(m material, _ bool) bool { return m.Supplemented > 0 && m.Kept == 0 }},
			}, notChanged("rectification")...)},
		{Right: models.Erasure, Article: "17", Works: WorksMeasures, Measures: []string{models.MeasureErase}, Holds: true,
			Asks: []Question{{Field: models.AboutText, Required: true}, {Field: models.AboutGround, Required: true, Choices: erasureGrounds()}},
			Outcomes: append([]OutcomeRule{
				{models.OutcomeGranted, "erasure-grant", false, false, func(m material, _ bool) bool { return m.Changed > 0 && m.Kept == 0 }},
			}, notChanged("erasure")...)},
	}
}

// notChanged are the outcomes that every right to a change shares: some of it, none of it, nothing there, and the neutral
// answer. At a sensitive controller nothing found and everything secret are one (domain P3); data that are kept on a ground
// that is no secret are spoken of.
func notChanged(right string) []OutcomeRule {
	changed := func(m material) bool { return m.Changed+m.Supplemented > 0 }
	secret := func(m material) bool { return m.Kept == m.Secret }
	return []OutcomeRule{
		{models.OutcomePartial, right + "-partial", true, true, func(m material, _ bool) bool { return changed(m) && m.Kept > 0 }},
		{models.OutcomeNothingFound, right + "-nothing-found", false, false, func(m material, sensitive bool) bool { return !sensitive && m.empty() }},
		{models.OutcomeNeutral, right + "-neutral", true, false, func(m material, sensitive bool) bool { return sensitive && !changed(m) && secret(m) }},
		{models.OutcomeRefused, right + "-refuse", true, true, func(m material, sensitive bool) bool {
			return !changed(m) && m.Kept > 0 && (!sensitive || !secret(m))
		}},
	}
}

// erasureGrounds are the codes of art 17.1 a–f.
func erasureGrounds() []string {
	return []string{"art-17-1-a", "art-17-1-b", "art-17-1-c", "art-17-1-d", "art-17-1-e", "art-17-1-f"}
}

// RightOf is the row of a right. A right that is not in the table is handled in no way: the zero rule.
func RightOf(r models.Right) RightRule {
	all := Rights()
	if i := slices.IndexFunc(all, func(rule RightRule) bool { return rule.Right == r }); i >= 0 {
		return all[i]
	}
	return RightRule{}
}

// Outcome is the row of an outcome, or the zero rule, which covers nothing.
func (r RightRule) Outcome(o models.Outcome) OutcomeRule {
	if i := slices.IndexFunc(r.Outcomes, func(rule OutcomeRule) bool { return rule.Outcome == o }); i >= 0 {
		return r.Outcomes[i]
	}
	return OutcomeRule{}
}

// DecisionExtension is the kind of decision that gives two further months (art 12.3).
const DecisionExtension = "extension"

// DecisionKinds lists every kind of decision that a delegation may cover.
func DecisionKinds() []string {
	var kinds []string
	for _, r := range Rights() {
		for _, o := range r.Outcomes {
			kinds = append(kinds, o.Kind)
		}
	}
	return append(kinds, DecisionExtension)
}

// check says what is missing in the answers to the questions of a right.
func (r RightRule) check(a models.About) []FieldError {
	var faults []FieldError
	for _, q := range r.Asks {
		answer := a.Answer(q.Field)
		switch {
		case answer == "" && q.Required:
			faults = append(faults, FieldError{Field: q.Field, Key: "error." + q.Field + "-missing"})
		case answer != "" && len(q.Choices) > 0 && !slices.Contains(q.Choices, answer):
			faults = append(faults, FieldError{Field: q.Field, Key: "error.choose-one"})
		}
	}
	return faults
}

// CheckAbout says what is missing in what is said to one controller about a right, field by field.
func CheckAbout(r models.Right, a models.About) []FieldError { return RightOf(r).check(a) }
