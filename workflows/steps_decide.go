package workflows

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"insyn/internal/calendar"
	"insyn/models"
)

// authority is what gives a decision maker the right to decide, as it was that day.
type authority struct {
	delegation       models.DelegationID
	number           string
	text             string // copied into the decision
	meetingOn        calendar.Date
	meetingParagraph string
	by               models.Staff
	masked           bool   // nothing the person gets names an official
	maskReason       string // why; for the desk only
}

// authorise finds the delegation, or the nämnd's own meeting, that a decision rests on (KL 6:37, 7:5; domain.md 4).
func (w *work) authorise(in Decide) (authority, error) {
	var a authority
	if !in.Unbiased {
		// Who is biased hands over (KL 6:28–32).
		return a, invalid("unbiased", "error.unbiased-missing")
	}
	var err error
	if a.by, err = w.tx.StaffByID(w.tx.Actor.Staff); err != nil {
		return a, err
	}
	if err := w.mask(&a, in); err != nil {
		return a, err
	}
	if in.Delegation.IsZero() {
		return w.meeting(a, in)
	}
	own, err := ownDelegations(w.tx, *w.c, *w.c.Outcome, w.today())
	if err != nil {
		return a, err
	}
	for _, d := range own {
		if d.ID == in.Delegation {
			a.delegation, a.number = d.ID, d.Number
			a.text = fmt.Sprintf("%s %s (%s, § %s)", d.Number, d.Text, d.AdoptedOn, strings.TrimSpace(strings.TrimPrefix(d.Paragraph, "§")))
			return a, nil
		}
	}
	return a, Refusal{Key: "guard.no-delegation"}
}

// meeting is a decision by the nämnd itself, entered by its decision maker.
func (w *work) meeting(a authority, in Decide) (authority, error) {
	var faults []FieldError
	a.meetingOn, a.meetingParagraph = in.MeetingOn, strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(in.MeetingParagraph), "§"))
	switch {
	case in.MeetingOn.IsZero() && a.meetingParagraph == "":
		return a, invalid("delegation", "error.authority-missing")
	case in.MeetingOn.IsZero():
		faults = append(faults, FieldError{Field: "meeting-on", Key: "error.date-missing"})
	case in.MeetingOn.After(w.today()):
		faults = append(faults, FieldError{Field: "meeting-on", Key: "error.date-future"})
	case in.MeetingOn.Before(w.c.ReceivedOn):
		faults = append(faults, FieldError{Field: "meeting-on", Key: "error.date-wrong"})
	}
	if a.meetingParagraph == "" || len(a.meetingParagraph) > 20 {
		faults = append(faults, FieldError{Field: "meeting-paragraph", Key: "error.paragraph-missing"})
	}
	if !w.tx.Actor.Has(models.RoleDecider, w.c.ControllerID) {
		return a, ErrForbidden
	}
	if len(faults) > 0 {
		return a, Invalid{faults}
	}
	return a, nil
}

// answerFiles are the letter and the extract, sealed in the store before the transaction that makes them the answer.
type answerFiles struct {
	files   []*models.File
	version string // of the templates that the letter is made from
}

// letter is the decision letter among the files.
func (a answerFiles) letter() *models.File {
	for _, f := range a.files {
		if f.Purpose == models.FileLetter {
			return f
		}
	}
	return nil
}

// hashes are the files of the answer by id, for the event of the decision: what is released is these and no others.
func (a answerFiles) hashes() map[string]string {
	out := make(map[string]string, len(a.files))
	for _, f := range a.files {
		out[f.ID.String()] = hex.EncodeToString(f.SHA256)
	}
	return out
}

type preparedDecide struct {
	Decide
	answer answerFiles
	day    calendar.Date // the day the letter bears
}

func (p preparedDecide) action() Action { return ActionDecide }

// prepare makes the letter and the extract from the case as it stands at the form's version, and seals them in the store.
func (in Decide) prepare(ctx context.Context, s *Service, actor models.Actor, on On) (Input, error) {
	var c models.Case
	var made toDecide
	var day calendar.Date
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		w, err := s.begin(tx, on, in)
		if err != nil {
			return err
		}
		if err := w.allowed(on); err != nil {
			return err
		}
		a, err := w.authorise(in)
		if err != nil {
			return err
		}
		c, day = *w.c, w.today()
		made, err = w.documents(a)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := preparedDecide{Decide: in, day: day, answer: answerFiles{version: made.version}}
	if out.answer.files, err = s.storeAnswer(ctx, c, made); err != nil {
		return nil, err
	}
	s.Failpoint("decide-stored")
	return out, nil
}

// doDecide makes the decision. It is never changed, only followed by another. Decision, letter and extract are bound by
// their hashes; release is promised and waits for nothing else.
func doDecide(w *work) error {
	in := w.in.(preparedDecide)
	if in.day != w.today() {
		return ErrConflict // midnight came between: the letter would bear another day than the decision
	}
	a, err := w.authorise(in.Decide)
	if err != nil {
		return err
	}
	p, err := openProposal(w.tx, *w.c)
	if err != nil {
		return err
	}
	for _, f := range in.answer.files {
		if err := w.tx.InsertFile(f); err != nil {
			return err
		}
	}
	letter := in.answer.letter()
	if letter == nil {
		return errors.New("decide: the letter is missing")
	}
	remedy, appealable := remedyFor(w.c.Right, *w.c.Outcome, w.ctl.Kind)
	d := &models.Decision{ID: models.NewID[models.Decision](), CaseID: w.c.ID, ControllerID: w.c.ControllerID, SubjectID: w.c.SubjectID,
		Kind: decisionKind(w.c.Right, *w.c.Outcome), Outcome: *w.c.Outcome, ReasonsText: decisionReasons(p), DecidedBy: a.by.ID, DecidedAt: w.tx.Now, DecidedOn: w.today(),
		Appealable: appealable, Remedy: remedy, ManifestSHA: w.c.ManifestSHA, LetterID: letter.ID, LetterSHA: letter.SHA256,
		OfficialsMasked: a.masked, MaskReasonText: a.maskReason}
	if a.delegation.IsZero() {
		d.MeetingOn, d.MeetingParagraph = a.meetingOn, &a.meetingParagraph
	} else {
		d.DelegationID, d.Delegation = a.delegation, &a.text
	}
	if err := w.tx.InsertDecision(d); err != nil {
		return err
	}
	w.c.DecidedAt = &w.tx.Now
	w.event["outcome"], w.event["letter"], w.event["manifest"] = d.Outcome, hex.EncodeToString(d.LetterSHA), hex.EncodeToString(d.ManifestSHA)
	w.event["answer"], w.event["template"] = in.answer.hashes(), in.answer.version
	if a.masked {
		w.event["officials_masked"] = true // that it is so, never why
	}
	return w.decided()
}

// decided promises the release, unless there is something to carry out first (domain P5).
func (w *work) decided() error {
	left, err := w.undone()
	if err != nil {
		return err
	}
	if left > 0 {
		w.c.State = models.CaseExecuting
		return w.notifyHandler("carry-out")
	}
	w.c.State = models.CaseDecided
	return w.promise(JobRelease, "release:"+w.c.ID.String(), time.Time{}, nil)
}

// decisionReasons are the reasons of a decision; where the outcome speaks for itself the letter's own words are the reasons.
func decisionReasons(p proposal) string {
	if p.Reasons == "" {
		return "-"
	}
	return p.Reasons
}
