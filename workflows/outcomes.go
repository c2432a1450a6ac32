package workflows

import "insyn/models"

// decisionKind is the kind of decision a delegation must cover.
func decisionKind(o models.Outcome) string {
	switch o {
	case models.OutcomeGranted:
		return "access-grant"
	case models.OutcomePartial:
		return "access-partial"
	case models.OutcomeNothingFound:
		return "access-nothing-found"
	case models.OutcomeNeutral:
		return "access-neutral"
	case models.OutcomeRefused:
		return "access-refuse"
	default:
		return ""
	}
}

// remedyFor tells what a person can do against an outcome at a controller (domain.md 1.3, 13 P3). A granted request and a
// plain no-hit are not against the person (FL 42 §). The neutral answer always carries the notice: a missing one would
// betray a secret hit.
func remedyFor(o models.Outcome, kind models.ControllerKind) (remedy models.Remedy, appealable bool) {
	switch o {
	case models.OutcomeGranted, models.OutcomeNothingFound:
		return models.RemedyNone, false
	case models.OutcomePartial, models.OutcomeNeutral, models.OutcomeRefused:
		if kind.Authority() {
			return models.RemedyForvaltningsratt, true
		}
		return models.RemedyIMYAndCourt, false
	default:
		return models.RemedyNone, false
	}
}

// material counts what the extract holds.
type material struct {
	Pending  int // searches nobody has attested
	Found    int // searches with hits
	Missing  int // searches with hits and no item
	Released int
	Withheld int
	Unmarked int
}

func weigh(searches []models.Search, items []models.Item) material {
	var m material
	with := map[models.SearchID]bool{}
	for _, i := range items {
		with[i.SearchID] = true
		switch {
		case i.Disposition == nil:
			m.Unmarked++
		case *i.Disposition == models.Release:
			m.Released++
		default:
			m.Withheld++
		}
	}
	for _, s := range searches {
		switch {
		case s.Result == nil:
			m.Pending++
		case *s.Result == models.Found:
			m.Found++
			if !with[s.ID] {
				m.Missing++
			}
		}
	}
	return m
}

// fits tells whether an outcome says what the material says. At a sensitive controller nothing found and everything
// withheld have one and the same outcome.
func (m material) fits(o models.Outcome, sensitive bool) bool {
	switch o {
	case models.OutcomeGranted:
		return m.Released > 0 && m.Withheld == 0
	case models.OutcomePartial:
		return m.Released > 0 && m.Withheld > 0
	case models.OutcomeNothingFound:
		return !sensitive && m.Released == 0 && m.Withheld == 0
	case models.OutcomeNeutral:
		return sensitive && m.Released == 0
	case models.OutcomeRefused:
		return !sensitive && m.Released == 0 && m.Withheld > 0
	default:
		return false
	}
}

// FittingOutcomes lists the outcomes that fit the material of a case.
func FittingOutcomes(v CaseView) []models.Outcome {
	items := make([]models.Item, len(v.Items))
	for i := range v.Items {
		items[i] = v.Items[i].Item
	}
	m := weigh(v.Searches, items)
	var out []models.Outcome
	for _, o := range []models.Outcome{models.OutcomeGranted, models.OutcomePartial, models.OutcomeNothingFound, models.OutcomeNeutral, models.OutcomeRefused} {
		if m.fits(o, v.Controller.Sensitive) {
			out = append(out, o)
		}
	}
	return out
}
