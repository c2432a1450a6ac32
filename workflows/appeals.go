package workflows

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"insyn/internal/calendar"
	"insyn/internal/deadline"
	"insyn/models"
)

// handOverDays is how soon an appeal that came in time is to be handed over to the court with the file. A nämnd meeting is no
// reason to wait (FL 46 §, JO 1889-2015; domain.md 13 P10).
const handOverDays = 7

// Timing is whether an appeal came in time, as far as is known (FL 44–45 §§).
type Timing string

// The timings. Where it is not known when the decision reached the person the appeal is treated as in time: only service with
// evidence can make one late.
const (
	TimingInTime         Timing = "in-time"
	TimingLate           Timing = "late"
	TimingServiceUnknown Timing = "service-unknown"
	TimingNoAppeal       Timing = "no-appeal" // the decision carries no notice of appeal; the nämnd tries that too
)

// timingOf compares the day an appeal came in with the last day, which is zero while no service is known.
func timingOf(arrived, last calendar.Date, appealable bool) Timing {
	switch {
	case !appealable:
		return TimingNoAppeal
	case last.IsZero():
		return TimingServiceUnknown
	case arrived.After(last):
		return TimingLate
	default:
		return TimingInTime
	}
}

// AppealAction names a transition of an appeal.
type AppealAction string

// AppealArrives is how an appeal begins. What follows on it, trying the time, reconsidering, handing over, is not built yet.
const AppealArrives AppealAction = "arrives"

// AppealTransition is a row of the appeal machine. From is empty for what begins an appeal.
type AppealTransition struct {
	Action   AppealAction
	From     []models.AppealState
	To       models.AppealState
	Who      []Who
	By       []Action // the records of a case that take it
	Channels []string
}

// AppealTransitions is the machine of an appeal: it has the states that can be reached.
func AppealTransitions() []AppealTransition {
	return []AppealTransition{
		{AppealArrives, nil, models.AppealReceived, []Who{WhoPerson}, []Action{ActionAppeal}, []string{models.AppealPortal}},
		{AppealArrives, nil, models.AppealReceived, []Who{WhoRegistrator, WhoOmbud, WhoDecider}, []Action{ActionRegisterAppeal}, paperChannels()},
		{AppealArrives, nil, models.AppealReceived, []Who{WhoServicecenter}, []Action{ActionPassOn}, paperChannels()},
	}
}

// paperChannels are the ways an appeal comes in that somebody on the staff writes down.
func paperChannels() []string {
	return []string{models.AppealLetter, models.AppealMail, models.AppealDesk}
}

// Appeal has the person appeal against the decision in the portal, with what has been attached before. The id is chosen when
// the form is drawn, so that a form sent twice is one appeal.
type Appeal struct {
	ID     models.AppealID
	Wanted string // how the decision should be changed (FL 43 §)
	Why    string // may be empty: the law asks for no reasons
}

// RegisterAppeal writes down an appeal that came on paper or by mail. Its text may lie in the file.
type RegisterAppeal struct {
	Channel   string
	ArrivedOn calendar.Date
	Text      string // in short, or empty
	File      *IncomingFile
}

// passOn is a paper that the servicecenter took in for the case, unread.
type passOn struct {
	id      models.AppealID
	channel string
	arrived calendar.Date
	by      models.StaffID
}

// preparedAppeal is a registration whose file lies sealed in the store already.
type preparedAppeal struct {
	RegisterAppeal
	file *models.File
}

func (Appeal) action() Action         { return ActionAppeal }
func (RegisterAppeal) action() Action { return ActionRegisterAppeal }
func (preparedAppeal) action() Action { return ActionRegisterAppeal }
func (passOn) action() Action         { return ActionPassOn }

// prepare seals the paper that was scanned before the transaction.
func (in RegisterAppeal) prepare(ctx context.Context, s *Service, actor models.Actor, on On) (Input, error) {
	if in.File == nil {
		return preparedAppeal{RegisterAppeal: in}, nil
	}
	var c models.Case
	if err := s.Store.InTx(ctx, actor, func(tx *models.Tx) (err error) {
		c, err = tx.Case(on.Case)
		return err
	}); err != nil {
		return nil, err
	}
	if r, ok := recordOf(ActionRegisterAppeal); !ok || !may(actor, c, r.Who) {
		return nil, ErrForbidden
	}
	f, err := s.storeFile(ctx, storing{key: c.ID, controller: c.ControllerID, subject: c.SubjectID, purpose: models.FileAppeal, field: "file"}, *in.File)
	if err != nil {
		return nil, err
	}
	return preparedAppeal{RegisterAppeal: in, file: f}, nil
}

// appealable tells whether the decision of a case carries a notice of appeal.
func appealable(c models.Case, ctl models.Controller) bool {
	if c.Outcome == nil {
		return false
	}
	_, ok := remedyFor(c.Right, *c.Outcome, ctl.Kind)
	return ok
}

// lastDay is the last day to appeal as far as it is known: zero before the decision is served, and where there is no appeal.
func lastDay(c models.Case, ctl models.Controller) calendar.Date {
	if !appealable(c, ctl) {
		return calendar.Date{}
	}
	return c.AppealUntil
}

// arrive stores an appeal and tells those who are to act. A missing word such as the court's name is no fault (FL 43 §).
func (w *work) arrive(a *models.Appeal) error {
	a.CaseID, a.ControllerID, a.SubjectID, a.State = w.c.ID, w.c.ControllerID, w.c.SubjectID, models.AppealReceived
	a.LastDay, a.HandOverBy = lastDay(*w.c, w.ctl), a.ArrivedOn.AddDays(handOverDays)
	if err := w.tx.InsertAppeal(a); err != nil {
		return err
	}
	w.event["appeal"], w.event["channel"], w.event["arrived"], w.event["by"] = a.ID, a.Channel, a.ArrivedOn, a.HandOverBy
	if !a.LastDay.IsZero() {
		w.event["last"] = a.LastDay
	}
	if err := w.mailPerson("appeal-receipt"); err != nil {
		return err
	}
	return w.tell("appeal-arrived")
}

// tell promises that the handler, the decision makers and the registrators are told, each of them once.
func (w *work) tell(mail string) error {
	return w.promise(JobNotify, "notify:"+mail+":"+w.c.ID.String()+":"+itoa(w.c.Version), w.tx.Now,
		map[string]any{"mail": mail, "role": models.RoleOmbud, "handler": true, "also": []models.Role{models.RoleDecider, models.RoleRegistrator}, "by": w.tx.Actor.Staff})
}

// doAppeal is the person's own appeal: in the portal it comes in the moment it is sent.
func doAppeal(w *work) error {
	in := w.in.(Appeal)
	if !appealable(*w.c, w.ctl) {
		return Refusal{Key: "guard.no-appeal"}
	}
	wanted, err := text("wanted", in.Wanted)
	if err != nil {
		if in.Wanted == "" {
			return invalid("wanted", "error.wanted-missing")
		}
		return err
	}
	why, err := optional("why", in.Why)
	if err != nil {
		return err
	}
	before, err := w.tx.Appeals(w.c.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(before, func(a models.Appeal) bool { return a.ID == in.ID }) {
		return errAlready
	}
	if err := w.arrive(&models.Appeal{ID: in.ID, Channel: models.AppealPortal, ArrivedOn: w.today(), WantedText: wanted, BodyText: why}); err != nil {
		return err
	}
	return w.tx.KeepAppealFiles(w.c.ID, in.ID)
}

// doRegisterAppeal is an appeal that came another way, with the day it came in. Whatever comes in is registered, also against
// a decision that cannot be appealed: to dismiss it is a decision (FL 45 §).
func doRegisterAppeal(w *work) error {
	in := w.in.(preparedAppeal)
	var faults []FieldError
	if !slices.Contains(paperChannels(), in.Channel) {
		faults = append(faults, FieldError{Field: "channel", Key: "error.choose-one"})
	}
	if key := w.arrivalFault(in.ArrivedOn); key != "" {
		faults = append(faults, FieldError{Field: "arrived-on", Key: key})
	}
	body, err := optional("text", in.Text)
	if err != nil {
		faults = append(faults, FieldError{Field: "text", Key: "error.text-too-long", Args: map[string]any{"max": textMax}})
	}
	if len(faults) > 0 {
		return Invalid{faults}
	}
	a := &models.Appeal{ID: models.NewID[models.Appeal](), Channel: in.Channel, ArrivedOn: in.ArrivedOn, RegisteredBy: w.tx.Actor.Staff, BodyText: body}
	if err := w.arrive(a); err != nil || in.file == nil {
		return err
	}
	in.file.AppealID = a.ID
	return w.tx.InsertFile(in.file)
}

// arrivalFault tells what is wrong with the day an appeal is said to have come in.
func (w *work) arrivalFault(on calendar.Date) string {
	switch {
	case on.IsZero():
		return "error.date-missing"
	case on.After(w.today()):
		return "error.date-future"
	case w.c.DecidedAt != nil && on.Before(dateOf(*w.c.DecidedAt)):
		return "error.date-before-decision"
	default:
		return ""
	}
}

// doPassOn is a paper that the servicecenter took in. It knows neither outcome nor content: where there is a decision the paper
// is registered as an appeal against it, else it is only said that it is on its way. Nothing that came in is lost.
func doPassOn(w *work) error {
	in := w.in.(passOn)
	if in.id.IsZero() {
		in.id = models.NewID[models.Appeal]()
	}
	last, err := w.tx.LastEvent("case", w.c.ID.UUID(), "paper-passed-on")
	switch {
	case errors.Is(err, ErrNotFound):
	case err != nil:
		return err
	case bytes.Contains(last.Data, []byte(in.id.String())):
		return errAlready
	}
	w.event["paper"] = in.id
	if w.c.DecidedAt == nil || w.arrivalFault(in.arrived) != "" {
		w.event["channel"], w.event["arrived"] = in.channel, in.arrived
		if err := w.mailPerson("appeal-receipt"); err != nil {
			return err
		}
		return w.tell("paper-arrived")
	}
	return w.arrive(&models.Appeal{ID: in.id, Channel: in.channel, ArrivedOn: in.arrived, RegisteredBy: in.by})
}

// optional is text that may be left empty.
func optional(field, s string) (string, error) {
	out, err := text(field, s)
	if out == "" && len(s) <= textMax {
		return "", nil
	}
	return out, err
}

// appealSteps tells how the last day to appeal came about, from the first service.
func appealSteps(services []models.Service) []deadline.Step {
	if len(services) == 0 || services[0].ServedOn.IsZero() {
		return nil
	}
	if services[0].Method == "simplified" {
		return deadline.ForAppealSimplified(services[0].ServedOn).Steps
	}
	return deadline.ForAppeal(services[0].ServedOn).Steps
}
