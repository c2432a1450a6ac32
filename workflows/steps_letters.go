package workflows

import (
	"strings"
	"time"

	"insyn/models"
)

// message writes to or from the person.
func (w *work) message(direction, body string) error {
	m := &models.Message{ID: models.NewID[models.Message](), CaseID: w.c.ID, ControllerID: w.c.ControllerID, SubjectID: w.c.SubjectID,
		Direction: direction, Text: body}
	if direction == models.ToSubject {
		m.StaffID = w.tx.Actor.Staff
	}
	return w.tx.InsertMessage(m)
}

// said tells whether the newest message says the same in the same direction: the form was sent twice.
func (w *work) said(direction, body string) (bool, error) {
	rows, err := w.tx.Messages(w.c.ID)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	last := rows[len(rows)-1]
	return last.Direction == direction && last.Text == body, nil
}

// say writes a message, once.
func (w *work) say(direction, body string) error {
	twice, err := w.said(direction, body)
	switch {
	case err != nil:
		return err
	case twice:
		return errAlready
	}
	return w.message(direction, body)
}

// note writes an internal note.
func (w *work) note(body string) error {
	return w.tx.InsertNote(&models.Note{ID: models.NewID[models.Note](), CaseID: w.c.ID, ControllerID: w.c.ControllerID,
		StaffID: w.tx.Actor.Staff, Text: body})
}

func doMessage(w *work) error {
	body, err := text("text", w.in.(Message).Text)
	if err != nil {
		return err
	}
	if err := w.officialUnnamed("text", body); err != nil {
		return err
	}
	if err := w.say(models.ToSubject, body); err != nil {
		return err
	}
	return w.mailPerson("message")
}

func doReply(w *work) error {
	body, err := text("text", w.in.(Reply).Text)
	if err != nil {
		return err
	}
	if err := w.say(models.FromSubject, body); err != nil {
		return err
	}
	return w.notifyHandler("new-message")
}

func doNote(w *work) error {
	body, err := text("text", w.in.(Note).Text)
	if err != nil {
		return err
	}
	notes, err := w.tx.Notes(w.c.ID)
	if err != nil {
		return err
	}
	if len(notes) > 0 && notes[0].Text == body && notes[0].StaffID == w.tx.Actor.Staff {
		return errAlready
	}
	return w.note(body)
}

// doDiary enters the number that the nämnd's own diary gave the case.
func doDiary(w *work) error {
	number := strings.TrimSpace(w.in.(Diary).Number)
	if number == "" || len(number) > 40 {
		return invalid("number", "error.diary-missing")
	}
	w.c.DiaryNumber = &number
	w.event["number"] = number
	return nil
}

// check reads how the decision reached the person.
func (in Serve) check(w *work) (evidence string, err error) {
	var faults []FieldError
	if in.Method != "post" && in.Method != "simplified" && in.Method != "handed-over" {
		faults = append(faults, FieldError{Field: "method", Key: "error.choose-one"})
	}
	switch {
	case in.ServedOn.IsZero():
		faults = append(faults, FieldError{Field: "served-on", Key: "error.date-missing"})
	case in.ServedOn.After(w.today()):
		faults = append(faults, FieldError{Field: "served-on", Key: "error.date-future"})
	case w.c.ReleasedAt != nil && in.ServedOn.Before(dateOf(*w.c.ReleasedAt)):
		faults = append(faults, FieldError{Field: "served-on", Key: "error.date-before-release"})
	}
	if evidence, err = text("evidence", in.Evidence); err != nil {
		faults = append(faults, FieldError{Field: "evidence", Key: "error.text-missing"})
	}
	if len(faults) > 0 {
		return "", Invalid{faults}
	}
	return evidence, nil
}

// doServe records how the decision reached the person outside the portal; the last day for appeal follows from it, and the
// person is told of both.
func doServe(w *work) error {
	in := w.in.(preparedServe)
	evidence, err := in.check(w)
	if err != nil {
		return err
	}
	if err := w.served(&models.Service{Method: in.Method, ServedOn: in.ServedOn, EvidenceText: evidence, StaffID: w.tx.Actor.Staff}); err != nil {
		return err
	}
	if err := w.give(in.notice); err != nil {
		return err
	}
	return w.mailPerson("letter")
}

// served stores a service and starts the appeal clock. The first service counts: a later one neither moves nor shortens it.
func (w *work) served(v *models.Service) error {
	v.ID, v.CaseID, v.ControllerID, v.SubjectID = models.NewID[models.Service](), w.c.ID, w.c.ControllerID, w.c.SubjectID
	if _, err := w.tx.InsertService(v); err != nil {
		return err
	}
	if !w.c.AppealUntil.IsZero() {
		return nil
	}
	appeal := appealFrom(v.Method, v.ServedOn)
	w.c.AppealUntil = appeal.Served
	if w.c.Outcome != nil {
		if _, appealable := remedyFor(w.c.Right, *w.c.Outcome, w.ctl.Kind); appealable {
			w.c.AppealUntil = appeal.Due
		}
	}
	w.event["method"], w.event["served"] = v.Method, appeal.Served
	return nil
}

// doHandOver gives the case to another ombud of the same controller.
func doHandOver(w *work) error {
	to := w.in.(HandOver).To
	colleagues, err := w.tx.StaffFor(models.RoleOmbud, w.c.ControllerID, w.today(), w.c.Protected)
	if err != nil {
		return err
	}
	for _, s := range colleagues {
		if s.ID == to {
			w.c.HandlerID = to
			w.event["to"] = to
			return w.notifyHandler("new-case")
		}
	}
	return invalid("to", "error.choose-one")
}

// doWithdraw ends the case at the person's wish. What was answered already stays answered.
func doWithdraw(w *work) error {
	w.c.ClosedAt = &w.tx.Now
	if !w.c.HandlerID.IsZero() {
		if err := w.notifyHandler("withdrawn-case"); err != nil {
			return err
		}
	}
	return w.settle()
}

// doClose ends the case when its appeal period is over.
func doClose(w *work) error {
	w.c.ClosedAt = &w.tx.Now
	return w.settle()
}

// settle asks, once the case has come to an end, whether its request has too.
func (w *work) settle() error {
	return w.promise(JobSettle, "settle:"+w.c.ID.String()+":"+string(w.c.State), time.Time{}, nil)
}
