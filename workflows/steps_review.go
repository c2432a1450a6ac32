package workflows

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"insyn/models"
)

// proposal is what the ombud proposes; sealed in the case.
type proposal struct {
	Reasons string `json:"reasons,omitempty"`
}

// doPropose fixes the extract's manifest and offers it to the DSO where it is to be offered.
func doPropose(w *work) error {
	in := w.in.(Propose)
	m, err := w.material()
	if err != nil {
		return err
	}
	unproven, err := w.unproven(m)
	if err != nil {
		return err
	}
	if !m.fits(w.c.Right, in.Outcome, w.ctl.Sensitive) && (!unproven || in.Outcome != models.OutcomeRefused) {
		return invalid("outcome", "error.outcome-mismatch")
	}
	reasons := strings.TrimSpace(in.Reasons)
	if reasons == "" && RightOf(w.c.Right).Outcome(in.Outcome).Reasons {
		// A refusal without reasons is impossible (art 12.4, FL 32 §).
		return invalid("reasons", "error.reasons-missing")
	}
	if len([]rune(reasons)) > textMax {
		return Invalid{[]FieldError{{Field: "reasons", Key: "error.text-too-long", Args: map[string]any{"max": textMax}}}}
	}
	if faults := printable("reasons", reasons); len(faults) > 0 {
		return Invalid{faults}
	}
	var body bytes.Buffer
	sha, err := w.manifest(&body)
	if err != nil {
		return err
	}
	if err := w.tx.InsertManifest(*w.c, sha, body.Bytes()); err != nil {
		return err
	}
	sealed, err := json.Marshal(proposal{Reasons: reasons})
	if err != nil {
		return fmt.Errorf("encode proposal: %w", err)
	}
	if w.c.Proposal, err = w.tx.Seal(w.c.ID.UUID(), "cases", "proposal", w.c.ID.UUID(), string(sealed)); err != nil {
		return err
	}
	w.c.Outcome, w.c.ProposedBy, w.c.ProposedAt, w.c.ManifestSHA = &in.Outcome, w.tx.Actor.Staff, &w.tx.Now, sha
	w.event["manifest"], w.event["outcome"] = hex.EncodeToString(sha), in.Outcome
	return w.offer(m, in.AskReview)
}

// offer sends the extract to the DSO, unless the DSO has had exactly this extract, or is not to be offered it.
func (w *work) offer(m material, asked bool) error {
	reviews, err := w.reviews()
	if err != nil {
		return err
	}
	if w.seen(reviews) || !reviewOffered(w.c.Right, m, w.ctl.Sensitive, asked) {
		w.c.State = models.CaseReady
		return w.notify("ready-to-decide", models.RoleDecider)
	}
	w.c.State = models.CaseInReview
	r := &models.Review{ID: models.NewID[models.Review](), CaseID: w.c.ID, ControllerID: w.c.ControllerID, Round: len(reviews) + 1,
		ManifestSHA: w.c.ManifestSHA, OfferedAt: w.tx.Now, ClosesOn: reviewCloses(w.today(), w.ctl.ReviewDays)}
	w.event["round"], w.event["closes"] = r.Round, r.ClosesOn
	if err := w.tx.InsertReview(r); err != nil {
		return err
	}
	return w.notify("review-offered", models.RoleDSO)
}

// seen tells whether the DSO has answered, or let the time run out on, this very extract. A changed one is offered again.
func (w *work) seen(reviews []models.Review) bool {
	for _, r := range reviews {
		if r.Outcome != nil && *r.Outcome != models.ReviewRecalled && bytes.Equal(r.ManifestSHA, w.c.ManifestSHA) {
			return true
		}
	}
	return false
}

// doReview takes the DSO's answer. It is never a decision and never a veto (art 38.6).
func doReview(w *work) error {
	in := w.in.(ReviewAnswer)
	r, err := w.openReview()
	if err != nil {
		return err
	}
	r.Outcome, r.ReviewerID, r.RemarksText = &in.Outcome, w.tx.Actor.Staff, ""
	w.event["outcome"] = in.Outcome
	switch in.Outcome {
	case models.ReviewNoRemarks, models.ReviewDeclined:
		w.c.State = models.CaseReady
		if err := w.tx.CloseReview(r); err != nil {
			return err
		}
		return w.notify("ready-to-decide", models.RoleDecider)
	case models.ReviewRemarks:
		if r.RemarksText, err = text("remarks", in.Remarks); err != nil {
			return err
		}
		w.c.State = models.CaseSearching
		if err := w.tx.CloseReview(r); err != nil {
			return err
		}
		w.clearProposal()
		return w.notifyHandler("sent-back")
	default:
		return invalid("outcome", "error.choose-one")
	}
}

// doReviewTimeout goes on without the DSO: the review never blocks.
func doReviewTimeout(w *work) error {
	r, err := w.openReview()
	if err != nil {
		return err
	}
	out := models.ReviewTimedOut
	r.Outcome = &out
	if err := w.tx.CloseReview(r); err != nil {
		return err
	}
	return w.notify("ready-to-decide", models.RoleDecider)
}

// doSendBack opens the extract for work again; an offer that is out is recalled.
func doSendBack(w *work) error {
	why, err := text("why", w.in.(SendBack).Why)
	if err != nil {
		return err
	}
	if w.from == models.CaseInReview {
		r, err := w.openReview()
		if err != nil {
			return err
		}
		out := models.ReviewRecalled
		r.Outcome = &out
		if err := w.tx.CloseReview(r); err != nil {
			return err
		}
	}
	w.clearProposal()
	if err := w.note(why); err != nil {
		return err
	}
	return w.notifyHandler("sent-back")
}

// clearProposal takes the proposal back: what is decided is always proposed anew.
func (w *work) clearProposal() {
	w.c.Outcome, w.c.Proposal, w.c.ProposedBy, w.c.ProposedAt, w.c.ManifestSHA = nil, nil, models.StaffID{}, nil, nil
}

// doReplyReview stores what the ombud did about the DSO's remarks, or why not.
func doReplyReview(w *work) error {
	body, err := text("reply", w.in.(ReplyReview).Text)
	if err != nil {
		return err
	}
	reviews, err := w.reviews()
	if err != nil {
		return err
	}
	if len(reviews) == 0 {
		return ErrConflict
	}
	r := reviews[len(reviews)-1]
	r.ReplyText = body
	return w.tx.ReplyReview(&r)
}
