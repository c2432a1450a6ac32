package workflows

import "insyn/models"

// decisionKind is the kind of decision a delegation must cover.
func decisionKind(r models.Right, o models.Outcome) string { return RightOf(r).Outcome(o).Kind }

// remedyFor tells what a person can do against an outcome at a controller (domain.md 1.3, 13 P3). A granted request and a
// plain no-hit are not against the person (FL 42 §).
func remedyFor(r models.Right, o models.Outcome, kind models.ControllerKind) (remedy models.Remedy, appealable bool) {
	switch {
	case !RightOf(r).Outcome(o).Against:
		return models.RemedyNone, false
	case kind.Authority():
		return models.RemedyForvaltningsratt, true
	default:
		return models.RemedyIMYAndCourt, false
	}
}

// Remedy is what a person could do against an outcome of a case, for the pages.
func Remedy(c models.Case, o models.Outcome, kind models.ControllerKind) models.Remedy {
	remedy, _ := remedyFor(c.Right, o, kind)
	return remedy
}

// material counts what was found and what is to be done with it.
type material struct {
	Pending  int // searches nobody has attested
	Found    int // searches with hits
	Missing  int // searches with hits and no item or measure
	Unmarked int // items nobody has marked

	Released, Withheld int // items

	Changed      int // measures that correct or erase
	Supplemented int
	Kept         int
	Secret       int // of the kept: on a ground that must not be told
}

// empty tells whether nothing at all is said about what was found.
func (m material) empty() bool { return m.Released+m.Withheld+m.Changed+m.Supplemented+m.Kept == 0 }

func weigh(searches []models.Search, items []models.ItemCount, measures []models.Measure) material {
	var m material
	with := map[models.SearchID]bool{}
	for _, i := range items {
		with[i.SearchID] = true
		m.addItem(i)
	}
	for _, x := range measures {
		with[x.SearchID] = true
		m.addMeasure(x)
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

func (m *material) addItem(i models.ItemCount) {
	switch {
	case i.Disposition == nil:
		m.Unmarked += i.N
	case *i.Disposition == models.Release:
		m.Released += i.N
	default:
		m.Withheld += i.N
	}
}

func (m *material) addMeasure(x models.Measure) {
	switch x.Kind {
	case models.MeasureCorrect, models.MeasureErase:
		m.Changed++
	case models.MeasureSupplement:
		m.Supplemented++
	case models.MeasureKeep:
		m.Kept++
		if secretGround(*x.Ground) {
			m.Secret++
		}
	}
}

// fits tells whether an outcome of a right says what the material says.
func (m material) fits(r models.Right, o models.Outcome, sensitive bool) bool {
	rule := RightOf(r).Outcome(o)
	return rule.fits != nil && rule.fits(m, sensitive)
}

// FittingOutcomes lists the outcomes that fit the material of a case.
func FittingOutcomes(v CaseView) []models.Outcome {
	m := materialOf(v)
	var out []models.Outcome
	for _, o := range RightOf(v.Case.Right).Outcomes {
		if o.fits(m, v.Controller.Sensitive) || o.Outcome == models.OutcomeRefused && refusableFor(v.Filing, m, v.Controller.Sensitive, v.Today) {
			out = append(out, o.Outcome)
		}
	}
	return out
}

// ReviewOffered tells whether the DSO will be offered the extract without being asked for.
func ReviewOffered(v CaseView) bool {
	return reviewOffered(v.Case.Right, materialOf(v), v.Controller.Sensitive, false)
}

func materialOf(v CaseView) material {
	measures := make([]models.Measure, len(v.Measures))
	for i := range v.Measures {
		measures[i] = v.Measures[i].Measure
	}
	return weigh(v.Searches, v.ItemCounts, measures)
}
