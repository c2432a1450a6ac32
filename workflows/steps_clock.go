package workflows

import (
	"fmt"
	"strings"

	"insyn/internal/calendar"
	"insyn/internal/deadline"
	"insyn/models"
)

// Why a case waits for the person.
const (
	pauseIdentity      = "identity"
	pauseSpecification = "specification"
	pauseRequest       = "request"
)

const textMax = 20_000 // characters of any free text

// text trims a free text and says what is wrong with it.
func text(field, s string) (string, error) {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	switch {
	case s == "":
		return "", invalid(field, "error.text-missing")
	case len([]rune(s)) > textMax:
		return "", Invalid{[]FieldError{{Field: field, Key: "error.text-too-long", Args: map[string]any{"max": textMax}}}}
	}
	return s, nil
}

// doTake makes the actor the case's handler.
func doTake(w *work) error {
	w.c.HandlerID = w.tx.Actor.Staff
	return nil
}

// check reads the question and until when the person may answer it.
func (in Ask) check(w *work) (question string, by calendar.Date, err error) {
	if in.Reason != pauseIdentity && in.Reason != pauseSpecification {
		return "", by, invalid("reason", "error.choose-one")
	}
	if question, err = text("text", in.Text); err != nil {
		return "", by, err
	}
	if lacking := printable("text", question); len(lacking) > 0 {
		return "", by, Invalid{lacking}
	}
	by, err = answerBy(in.Until, w.today())
	return question, by, err
}

// doAsk stops the clock, puts the question to the person and gives them the request to complete.
func doAsk(w *work) error {
	in := w.in.(preparedAsk)
	body, by, err := in.check(w)
	if err != nil {
		return err
	}
	if w.c.HandlerID.IsZero() {
		w.c.HandlerID = w.tx.Actor.Staff
	}
	if err := w.message(models.ToSubject, body); err != nil {
		return err
	}
	if err := w.pause(&models.Pause{Reason: in.Reason, FromDate: w.today(), AnswerBy: by}); err != nil {
		return err
	}
	if err := w.give(in.notice); err != nil {
		return err
	}
	return w.mailPerson("question")
}

// pause begins a pause with its reason, its first day and until when an answer is asked for.
func (w *work) pause(p *models.Pause) error {
	p.ID, p.CaseID, p.ControllerID, p.SubjectID, p.ResumedState = models.NewID[models.Pause](), w.c.ID, w.c.ControllerID, w.c.SubjectID, w.from
	w.event["reason"] = p.Reason
	w.moveClock()
	return w.tx.InsertPause(p)
}

// resume ends the pause on a civil date; the case goes on where it was.
func (w *work) resume(on calendar.Date) error {
	p, err := w.tx.EndPause(w.c.ID, on)
	if err != nil {
		return err
	}
	w.c.State = p.ResumedState
	w.event["days"] = p.ToDate.Sub(p.FromDate)
	w.moveClock()
	return nil
}

// doAnswer takes the person's answer, or the ombud's record of it, and starts the clock again.
func doAnswer(w *work) error {
	body, err := text("text", w.in.(Answer).Text)
	if err != nil {
		return err
	}
	if w.tx.Actor.Kind == models.ResidentKind {
		if err := w.message(models.FromSubject, body); err != nil {
			return err
		}
	} else if err := w.note(body); err != nil {
		// What the person said by phone or wrote on paper is written down with who and when (FL 27 §).
		return err
	}
	if err := w.resume(w.today()); err != nil {
		return err
	}
	return w.notifyHandler("new-message")
}

// doPauseForRequest lets the case wait with its request. Jobs may run in any order: if the person has answered meanwhile there
// is nothing to wait for, and nobody would end the pause.
// dayOf is the day that somebody asked or answered; the job that carries it to the case may run later.
func (w *work) dayOf(on calendar.Date) calendar.Date {
	if on.IsZero() {
		return w.today()
	}
	return on
}

func doPauseForRequest(w *work) error {
	r, err := w.tx.Request(w.c.RequestID)
	switch {
	case err != nil:
		return err
	case r.State != models.RequestAwaiting:
		return ErrConflict
	}
	return w.pause(&models.Pause{Reason: pauseRequest, FromDate: w.dayOf(w.in.(pauseForRequest).on)})
}

func doResumeForRequest(w *work) error {
	if err := w.resume(w.dayOf(w.in.(resumeForRequest).on)); err != nil {
		return err
	}
	return w.notifyHandler("resumed")
}

// check reads why there is more time.
func (in Extend) check() (reason string, err error) {
	var faults []FieldError
	if in.Ground != "complexity" && in.Ground != "number" {
		faults = append(faults, FieldError{Field: "ground", Key: "error.choose-one"})
	}
	if reason, err = text("reason", in.Reason); err != nil {
		faults = append(faults, FieldError{Field: "reason", Key: "error.reasons-missing"})
	}
	if faults = append(faults, printable("reason", reason)...); len(faults) > 0 {
		return "", Invalid{faults}
	}
	return reason, nil
}

// doExtend adds two months, counted from receipt, and tells the person why.
func doExtend(w *work) error {
	in := w.in.(preparedExtend)
	reason, err := in.check()
	if err != nil {
		return err
	}
	r, err := w.extended()
	if err != nil {
		return err
	}
	if !deadline.CanExtend(w.today(), r.Hard) {
		return fmt.Errorf("extension after the first month passed its guard")
	}
	e := &models.Extension{CaseID: w.c.ID, ControllerID: w.c.ControllerID, SubjectID: w.c.SubjectID, Ground: in.Ground, Text: reason,
		DecidedBy: w.tx.Actor.Staff, NoticedOn: w.today(), DueHard: r.Hard, DueBefore: w.c.DueOn, DueAfter: r.Extended}
	w.event["ground"], w.event["before"], w.event["after"] = in.Ground, w.c.DueOn, r.Extended
	w.c.Extended = true
	w.moveClock()
	if err := w.tx.InsertExtension(e); err != nil {
		return err
	}
	if err := w.give(in.notice); err != nil {
		return err
	}
	return w.mailPerson("extended")
}
