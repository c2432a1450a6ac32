package workflows

import (
	"slices"
	"time"

	"insyn/models"
)

// doAddMeasure says what is to be done, or not, with some data in one system.
func doAddMeasure(w *work) error {
	in := w.in.(AddMeasure)
	searches, err := w.searches()
	if err != nil {
		return err
	}
	m := &models.Measure{ID: models.NewID[models.Measure](), CaseID: w.c.ID, ControllerID: w.c.ControllerID, SearchID: in.Search, Kind: in.Kind,
		AddedBy: w.tx.Actor.Staff}
	var faults []FieldError
	i := slices.IndexFunc(searches, func(s models.Search) bool { return s.ID == in.Search })
	switch {
	case i < 0:
		faults = append(faults, FieldError{Field: "search", Key: "error.choose-one"})
	case searches[i].Result == nil || *searches[i].Result != models.Found:
		faults = append(faults, FieldError{Field: "search", Key: "error.search-without-hits"})
	}
	if m.WhatText, err = text("what", in.What); err != nil {
		faults = append(faults, FieldError{Field: "what", Key: "error.what-missing"})
	}
	faults = append(faults, printable("what", m.WhatText)...)
	switch {
	case in.Kind == models.MeasureKeep:
		faults = append(faults, w.keep(m, in)...)
	case !slices.Contains(RightOf(w.c.Right).Measures, in.Kind):
		faults = append(faults, FieldError{Field: "kind", Key: "error.choose-one"})
	}
	if len(faults) > 0 {
		return Invalid{faults}
	}
	w.event["measure"], w.event["kind"] = m.ID, m.Kind
	return w.tx.InsertMeasure(m)
}

// keep puts on a measure the ground on which nothing is done, and what the letter says about it.
func (w *work) keep(m *models.Measure, in AddMeasure) (faults []FieldError) {
	g, ok := groundFor(w.c.Right, in.Ground, w.ctl.Kind.Authority())
	if !ok {
		faults = append(faults, FieldError{Field: "ground", Key: "error.ground-missing"})
	}
	explanation, err := text("explanation", in.Explanation)
	if err != nil {
		faults = append(faults, FieldError{Field: "explanation", Key: "error.explanation-missing"})
	}
	m.Ground, m.ExplanationText = &g.Code, explanation
	return append(faults, printable("explanation", explanation)...)
}

// doRemoveMeasure takes away a measure added by mistake.
func doRemoveMeasure(w *work) error {
	m, err := w.measure(w.in.(RemoveMeasure).Measure)
	if err != nil {
		return err
	}
	w.event["measure"] = m.ID
	return w.tx.DeleteMeasure(m)
}

// doCarryOut stores the proof that a measure was carried out. With the last one the answer can be given out.
func doCarryOut(w *work) error {
	in := w.in.(CarryOut)
	m, err := w.measure(in.Measure)
	if err != nil {
		return err
	}
	if m.Kind == models.MeasureKeep || m.DoneAt != nil {
		return ErrConflict
	}
	receipt, faults := readReceipt(in)
	if len(faults) > 0 {
		return Invalid{faults}
	}
	if err := w.tx.CarryOut(&m, receipt); err != nil {
		return err
	}
	w.event["measure"] = m.ID
	w.loadedMeasures = nil
	left, err := w.undone()
	if err != nil {
		return err
	}
	if left > 0 {
		w.c.State = models.CaseExecuting
		return nil
	}
	w.c.State = models.CaseDecided
	return w.promise(JobRelease, "release:"+w.c.ID.String(), time.Time{}, nil)
}

// readReceipt checks what is said about how a measure was carried out, and who was told (art 19).
func readReceipt(in CarryOut) (models.MeasureReceipt, []FieldError) {
	r := models.MeasureReceipt{Notified: in.Notified}
	var faults []FieldError
	var err error
	if r.How, err = text("how", in.How); err != nil {
		faults = append(faults, FieldError{Field: "how", Key: "error.how-missing"})
	}
	switch in.Notified {
	case models.NotifiedNone:
	case models.NotifiedTold, models.NotifiedImpossible:
		if r.Names, err = text("names", in.Names); err != nil {
			faults = append(faults, FieldError{Field: "names", Key: "error.recipients-missing"})
		}
	default:
		faults = append(faults, FieldError{Field: "notified", Key: "error.notified-missing"})
	}
	return r, faults
}

// measure finds a measure of the case.
func (w *work) measure(id models.MeasureID) (models.Measure, error) {
	all, err := w.measures()
	if err != nil {
		return models.Measure{}, err
	}
	i := slices.IndexFunc(all, func(m models.Measure) bool { return m.ID == id })
	if i < 0 {
		return models.Measure{}, ErrNotFound
	}
	return all[i], nil
}

// undone counts the measures that are decided and not carried out.
func (w *work) undone() (int, error) {
	all, err := w.measures()
	if err != nil {
		return 0, err
	}
	n := 0
	for _, m := range all {
		if m.Kind != models.MeasureKeep && m.DoneAt == nil {
			n++
		}
	}
	return n, nil
}

// guardNothingHeld: what another request of the person asks for must not be changed away under it.
func guardNothingHeld() Guard {
	return Guard{"no other request of the person is open here", func(w *work) error {
		if !RightOf(w.c.Right).Holds {
			return nil
		}
		n, err := w.tx.OtherOpenCases(*w.c)
		if err == nil && n > 0 {
			return Refusal{"guard.other-request-open", map[string]any{"n": n}}
		}
		return err
	}}
}
