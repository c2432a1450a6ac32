package workflows

import (
	"encoding/json"
	"fmt"
	"slices"

	"insyn/models"
)

// input gives an action's input in its own type.
func inputOf[T InquiryInput](w *inquiryWork) (T, error) {
	in, ok := w.in.(T)
	if !ok {
		return in, fmt.Errorf("%s got %T", w.in.inquiryAction(), w.in)
	}
	return in, nil
}

func doInquiryAnswer(w *inquiryWork) error {
	in, err := inputOf[InquiryAnswer](w)
	if err != nil {
		return err
	}
	return w.answer(in.Text)
}

// answer writes to the asker and promises word of it.
func (w *inquiryWork) answer(body string) error {
	body, err := text("text", body)
	if err != nil {
		return err
	}
	w.q.AnsweredAt, w.q.MailFailedAt = &w.tx.Now, nil
	if err := w.tx.InsertInquiryMessage(*w.q, models.ToAsker, body); err != nil {
		return err
	}
	return w.promise(JobMailAsker, map[string]any{"mail": "inquiry-answered"})
}

func doPassToOmbud(w *inquiryWork) error {
	in, err := inputOf[PassToOmbud](w)
	if err != nil {
		return err
	}
	comment, err := text("comment", in.Comment)
	if err != nil {
		return err
	}
	ctl, err := w.tx.Controller(in.Controller)
	if err != nil || !ctl.ExistsOn(dateOf(w.tx.Now)) {
		return invalid("controller", "error.choose-one")
	}
	if err := w.note(comment); err != nil {
		return err
	}
	w.q.ControllerID = ctl.ID
	w.event["controller"] = ctl.ID
	if err := w.tx.LayBeforeOmbud(w.q.ID, ctl.ID); err != nil {
		return err
	}
	return w.notifyTier("inquiry-passed", models.RoleOmbud, ctl.ID)
}

func doPassToDSO(w *inquiryWork) error {
	in, err := inputOf[PassToDSO](w)
	if err != nil {
		return err
	}
	comment, err := text("comment", in.Comment)
	if err != nil {
		return err
	}
	at := in.Controller
	if w.q.Tier == models.TierOmbud {
		at = w.q.ControllerID // the ombud's own controller's DSO
	}
	ctl, err := w.s.dpoController(w.tx, at)
	if err != nil {
		return err
	}
	if err := w.note(comment); err != nil {
		return err
	}
	w.q.DPOControllerID = ctl.ID
	if w.q.Tier == models.TierServicecenter {
		w.q.ControllerID = models.ControllerID{} // an ombud who had it before has no more to do with it
	}
	w.event["controller"] = ctl.ID
	if err := w.tx.LayBeforeDSO(w.q.ID, ctl.ID); err != nil {
		return err
	}
	return w.notifyTier("inquiry-passed", models.RoleDSO, ctl.ID)
}

// dpoController is the controller whose DSO takes a question: the one that is named, else the coordinating one.
func (s *Service) dpoController(tx *models.Tx, named models.ControllerID) (models.Controller, error) {
	day := dateOf(tx.Now)
	if named.IsZero() {
		return tx.CoordinatingController(day)
	}
	ctl, err := tx.Controller(named)
	if err != nil || !ctl.ExistsOn(day) {
		return ctl, invalid("controller", "error.choose-one")
	}
	return ctl, nil
}

func doReturn(w *inquiryWork) error {
	in, err := inputOf[ReturnInquiry](w)
	if err != nil {
		return err
	}
	comment, err := text("comment", in.Comment)
	if err != nil {
		return err
	}
	// What is said to the servicecenter stands in its tier, and so after the move.
	w.after = append(w.after, func() error { return w.note(comment) })
	return nil
}

func doFollowUp(w *inquiryWork) error {
	in, err := inputOf[FollowUp](w)
	if err != nil {
		return err
	}
	body, err := text("text", in.Text)
	if err != nil {
		return err
	}
	all, err := w.tx.InquiryMessages(w.q.ID)
	if err != nil {
		return err
	}
	if n := len(all); n > 0 && all[n-1].Direction == models.FromAsker && all[n-1].Text == body {
		return errAlready // the same form, sent twice
	}
	w.q.AnsweredAt = nil
	if err := w.tx.InsertInquiryMessage(*w.q, models.FromAsker, body); err != nil {
		return err
	}
	switch w.q.Tier {
	case models.TierOmbud:
		return w.notifyTier("inquiry-followed-up", models.RoleOmbud, w.q.ControllerID)
	case models.TierDSO:
		return w.notifyTier("inquiry-followed-up", models.RoleDSO, w.q.DPOControllerID)
	}
	return nil // the servicecenter works from its list
}

func doSetAside(w *inquiryWork) error {
	in, err := inputOf[SetAside](w)
	if err != nil {
		return err
	}
	why, err := text("why", in.Why)
	if err != nil {
		return err
	}
	return w.note(why)
}

// doCloseInquiry: nobody has asked further for as long as an answered inquiry stays open.
func doCloseInquiry(w *inquiryWork) error {
	if w.tx.Now.Sub(w.q.StateSince) < inquiryQuiet {
		return ErrConflict
	}
	return nil
}

func doConvert(w *inquiryWork) error {
	in, err := inputOf[ConvertInquiry](w)
	if err != nil {
		return err
	}
	who, err := w.tx.InquiryContact(*w.q)
	if err != nil {
		return err
	}
	// A protected person says themselves, one by one, whom a request goes to (domain P16).
	if w.q.SubjectID.IsZero() || who.Number == "" || w.q.Protected {
		return Refusal{Key: "guard.inquiry-unknown"}
	}
	o, err := w.offer(in.Right, in.Controllers)
	if err != nil {
		return err
	}
	return w.convert(o, w.q.SubjectID)
}

func doOffer(w *inquiryWork) error {
	in, err := inputOf[OfferRequest](w)
	if err != nil {
		return err
	}
	o, err := w.offer(in.Right, in.Controllers)
	if err != nil {
		return err
	}
	b, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("encode offer: %w", err)
	}
	offered := json.RawMessage(b)
	w.q.Offer = &offered
	return w.answer(in.Text)
}

func doClaim(w *inquiryWork) error {
	in, err := inputOf[ClaimInquiry](w)
	if err != nil {
		return err
	}
	o, err := offered(*w.q)
	if err != nil {
		return err
	}
	who, err := w.tx.InquiryContact(*w.q)
	if err != nil {
		return err
	}
	subject := w.q.SubjectID
	if subject.IsZero() {
		if in.Subject.IsZero() || in.Who.Number == "" {
			return ErrForbidden
		}
		subject = in.Subject
		who.Name, who.Number = in.Who.Name, in.Who.Number
		if err := w.tx.SealContact(w.q, who); err != nil {
			return err
		}
	}
	return w.convert(o, subject)
}

// requestOffer is which request a question was found to be: codes and ids.
type requestOffer struct {
	Right       models.Right          `json:"right"`
	Controllers []models.ControllerID `json:"controllers"`
	By          models.StaffID        `json:"by"` // who found it
}

// offered reads the request that was offered; none is ErrConflict.
func offered(q models.Inquiry) (requestOffer, error) {
	var o requestOffer
	if q.Offer == nil {
		return o, ErrConflict
	}
	if err := json.Unmarshal(*q.Offer, &o); err != nil {
		return o, fmt.Errorf("decode offer of inquiry: malformed")
	}
	return o, nil
}

// offer checks which request it is to be.
func (w *inquiryWork) offer(right models.Right, controllers []models.ControllerID) (requestOffer, error) {
	o := requestOffer{Right: right, By: w.tx.Actor.Staff}
	var faults []FieldError
	if !slices.Contains(InquiryRights(), right) {
		faults = append(faults, FieldError{Field: "right", Key: "error.choose-one"})
	}
	known, err := w.tx.ControllersOn(dateOf(w.tx.Now))
	if err != nil {
		return o, err
	}
	for _, c := range known {
		if slices.Contains(controllers, c.ID) {
			o.Controllers = append(o.Controllers, c.ID)
		}
	}
	if len(o.Controllers) == 0 {
		faults = append(faults, FieldError{Field: "controllers", Key: "error.choose-one"})
	}
	if len(faults) > 0 {
		return o, Invalid{faults}
	}
	return o, nil
}

// note writes to the other tiers.
func (w *inquiryWork) note(body string) error {
	return w.tx.InsertInquiryMessage(*w.q, models.InquiryNote, body)
}

// notifyTier promises that those who now have the inquiry are told.
func (w *inquiryWork) notifyTier(mail string, role models.Role, c models.ControllerID) error {
	return w.promise(JobNotifyTier, map[string]any{"mail": mail, "role": role, "controller": c, "by": w.tx.Actor.Staff})
}
