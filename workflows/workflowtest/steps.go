package workflowtest

import (
	"insyn/models"
	"insyn/workflows"
)

// SearchNothing takes the case and attests every system without hits.
func (w *World) SearchNothing(prefix, number string) {
	w.T.Helper()
	ombud := "ombud " + prefix
	if w.Case(number).State == models.CaseAssigned {
		w.Do(ombud, number, workflows.Take{})
	}
	var ids []models.SearchID
	for _, s := range w.View(ombud, number).Searches {
		ids = append(ids, s.ID)
	}
	w.Write(ombud, number, workflows.Attest{Searches: ids, Result: models.Nothing})
}

// SearchOne takes the case, finds one text in its first system and nothing elsewhere, and marks the text.
func (w *World) SearchOne(prefix, number, disposition, ground string) {
	w.T.Helper()
	w.SearchNothing(prefix, number)
	w.AddText(prefix, number, "Journalanteckning", "Du kom på besök i maj.", disposition, ground)
}

// AddText adds a text from the case's first system, and marks it.
func (w *World) AddText(prefix, number, title, body, disposition, ground string) {
	w.T.Helper()
	ombud := "ombud " + prefix
	first := w.View(ombud, number).Searches[0]
	if first.Result == nil || *first.Result != models.Found {
		w.Write(ombud, number, workflows.Attest{Searches: []models.SearchID{first.ID}, Result: models.Found, Hits: 1})
	}
	w.Write(ombud, number, workflows.AddItem{Search: first.ID, Title: title, Text: body})
	items := w.View(ombud, number).Items
	d := workflows.Dispose{Item: items[len(items)-1].ID, Disposition: disposition, Ground: ground}
	if disposition == models.Withhold {
		d.Explanation = "Uppgifterna gäller en annan person."
	}
	w.Write(ombud, number, d)
}

// AddMeasure finds something in the case's system of that number, and says what is to be done with it; ground is that of keep.
func (w *World) AddMeasure(prefix, number string, system int, kind, ground string) {
	w.T.Helper()
	ombud := "ombud " + prefix
	search := w.View(ombud, number).Searches[system].ID
	w.Write(ombud, number, workflows.Attest{Searches: []models.SearchID{search}, Result: models.Found, Hits: 1})
	in := workflows.AddMeasure{Search: search, Kind: kind, What: "Adressen på Storgatan 4.", Ground: ground}
	if kind == models.MeasureKeep {
		in.Explanation = "Vi får inte förstöra handlingen."
	}
	w.Write(ombud, number, in)
}

// CarryOut carries out everything that is decided.
func (w *World) CarryOut(prefix, number string) {
	w.T.Helper()
	for _, m := range w.View("ombud "+prefix, number).Measures {
		if m.Kind != models.MeasureKeep && m.DoneAt == nil {
			w.Do("ombud "+prefix, number, workflows.CarryOut{Measure: m.ID, How: "Gjort och kontrollerat.", Notified: models.NotifiedNone})
		}
	}
	w.Work()
}

// Propose proposes an outcome and, if the DSO is offered the extract, lets the DSO have no remarks.
func (w *World) Propose(prefix, number string, o models.Outcome) {
	w.T.Helper()
	w.Do("ombud "+prefix, number, workflows.Propose{Outcome: o, Reasons: "Skälen står här."})
	if w.Case(number).State == models.CaseInReview {
		w.Do("dso "+prefix, number, workflows.ReviewAnswer{Outcome: models.ReviewNoRemarks})
	}
}

// Decide decides as proposed, under the first delegation of the controller's decision maker.
func (w *World) Decide(prefix, number string) {
	w.T.Helper()
	decider := "decider " + prefix
	ds := w.View(decider, number).Delegations
	if len(ds) == 0 {
		w.T.Fatalf("%s has no delegation", decider)
	}
	w.Do(decider, number, workflows.Decide{Delegation: ds[0].ID, Unbiased: true})
}

// Answer takes a case all the way to release.
func (w *World) Answer(prefix, number string, o models.Outcome) {
	w.T.Helper()
	switch o {
	case models.OutcomeGranted:
		w.SearchOne(prefix, number, models.Release, "")
	case models.OutcomePartial:
		w.SearchOne(prefix, number, models.Release, "")
		w.AddText(prefix, number, "Skrivelse", "En annan person berättar.", models.Withhold, w.Ground(prefix))
	case models.OutcomeNothingFound:
		w.SearchNothing(prefix, number)
	case models.OutcomeNeutral, models.OutcomeRefused:
		w.SearchOne(prefix, number, models.Withhold, w.Ground(prefix))
	}
	w.Propose(prefix, number, o)
	w.Decide(prefix, number)
	w.Work()
}

// Ground is a ground that fits the controller's kind.
func (w *World) Ground(prefix string) string {
	for _, g := range workflows.GroundsFor(models.Access, w.Controllers[prefix].Kind.Authority()) {
		if !g.Draft && g.Code != "art-15-4" {
			return g.Code
		}
	}
	return "art-15-4"
}
