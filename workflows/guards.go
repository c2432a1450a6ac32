package workflows

import (
	"bytes"

	"insyn/internal/calendar"
	"insyn/internal/deadline"
	"insyn/models"
)

// Guard is a condition on the case as it stands, apart from any input. The page asks it too, to say what may be done now.
type Guard struct {
	Name  string
	Check func(w *work) error
}

// A question stops the clock only if it is asked without undue delay (EDPB §159).
func guardAskInTime() Guard {
	return Guard{"asked in time", func(w *work) error {
		f, err := w.filing()
		if err != nil {
			return err
		}
		last := w.s.lastToAsk(w.c.ReceivedOn, f.Paper(w.c.ReceivedOn))
		if w.today().After(last) {
			return Refusal{"guard.too-late-to-ask", map[string]any{"date": last}}
		}
		return nil
	}}
}

// The notice of extension must go out within the first month; pauses do not help (art 12.3).
func guardExtendInTime() Guard {
	return Guard{"within the first month, once", func(w *work) error {
		switch {
		case w.c.Extended:
			return Refusal{Key: "guard.already-extended"}
		case !deadline.CanExtend(w.today(), w.c.DueHard):
			return Refusal{"guard.too-late-to-extend", map[string]any{"date": w.c.DueHard}}
		}
		return nil
	}}
}

// An extension is a decision of the controller, made by someone who may (KL 6:37); it cannot be appealed.
func guardExtendDelegated() Guard {
	return Guard{"a delegation for extensions", func(w *work) error {
		all, err := w.tx.DelegationsFor(w.c.ControllerID, DecisionExtension, w.today())
		if err != nil {
			return err
		}
		for _, d := range all {
			if d.StaffID == w.tx.Actor.Staff {
				return nil
			}
		}
		return Refusal{Key: "guard.no-delegation"}
	}}
}

func guardOwnPause() Guard {
	return Guard{"the case asked", func(w *work) error { return w.pauseIs(false) }}
}

func guardRequestPause() Guard {
	return Guard{"the servicecenter asked", func(w *work) error { return w.pauseIs(true) }}
}

func guardSearched() Guard {
	return Guard{"every search attested", func(w *work) error {
		m, err := w.material()
		if err == nil && m.Pending > 0 {
			return Refusal{"guard.searches-left", map[string]any{"n": m.Pending}}
		}
		return err
	}}
}

func guardMaterial() Guard {
	return Guard{"all material added and marked", func(w *work) error {
		m, err := w.material()
		switch {
		case err != nil:
			return err
		case m.Missing > 0:
			return Refusal{"guard.items-missing", map[string]any{"n": m.Missing}}
		case m.Unmarked > 0:
			return Refusal{"guard.items-undecided", map[string]any{"n": m.Unmarked}}
		}
		return nil
	}}
}

func guardRemarksAnswered() Guard {
	return Guard{"the DSO's remarks answered", func(w *work) error {
		reviews, err := w.reviews()
		if err != nil || len(reviews) == 0 {
			return err
		}
		if r := reviews[len(reviews)-1]; r.Outcome != nil && *r.Outcome == models.ReviewRemarks && r.ReplyText == "" {
			return Refusal{Key: "guard.reply-missing"}
		}
		return nil
	}}
}

func guardReviewOver() Guard {
	return Guard{"the review's time is out", func(w *work) error {
		r, err := w.openReview()
		if err == nil && !w.today().After(r.ClosesOn) {
			return Refusal{Key: "guard.review-pending"}
		}
		return err
	}}
}

// What is decided and released is what was proposed, and offered or reviewed: byte for byte.
func guardManifest() Guard {
	return Guard{"the extract is the one proposed", func(w *work) error {
		sha, err := w.manifestSHA()
		if err != nil {
			return err
		}
		whole, err := w.tx.ItemFilesWhole(w.c.ID)
		if err == nil && (!whole || !bytes.Equal(sha, w.c.ManifestSHA)) {
			return Refusal{Key: "guard.manifest-changed"}
		}
		return err
	}}
}

func guardAppealOver() Guard {
	return Guard{"the appeal period is over, and no appeal is open", func(w *work) error {
		if w.c.AppealUntil.IsZero() || !w.today().After(w.c.AppealUntil) {
			return Refusal{Key: "guard.appeal-running"}
		}
		appeals, err := w.tx.Appeals(w.c.ID)
		if err == nil && len(appeals) > 0 {
			return Refusal{Key: "guard.appeal-open"}
		}
		return err
	}}
}

// pauseIs tells whether the case's open pause was made by the servicecenter for the whole request, or by the case itself.
func (w *work) pauseIs(request bool) error {
	pauses, err := w.tx.Pauses(w.c.ID)
	if err != nil {
		return err
	}
	for _, p := range pauses {
		if p.ToDate.IsZero() {
			if (p.Reason == pauseRequest) == request {
				return nil
			}
			if w.tx.Actor.Kind == models.SystemKind {
				return ErrConflict // the case waits for an answer of its own
			}
			return Refusal{Key: "guard.other-pause"}
		}
	}
	return ErrConflict
}

// openReview returns the review that is offered and not answered.
func (w *work) openReview() (*models.Review, error) {
	reviews, err := w.reviews()
	if err != nil {
		return nil, err
	}
	for i := range reviews {
		if reviews[i].Outcome == nil {
			return &reviews[i], nil
		}
	}
	return nil, ErrConflict
}

// reviewOffered tells whether the DSO is offered the extract by right and outcome (design.md section 4): with anything
// released, and wherever the ombud asks; of a change only where the ombud asks. At a sensitive controller an extract is offered
// for all or for none, so that the times of the steps tell nothing.
func reviewOffered(r models.Right, m material, sensitive, asked bool) bool {
	return asked || RightOf(r).Works == WorksCopies && (sensitive || m.Released > 0)
}

// reviewCloses is the last day of the review: working days after the offer.
func reviewCloses(offered calendar.Date, days int) calendar.Date {
	return calendar.AddWorkingDays(offered, days, calendar.Rules{EvesAreFree: true})
}
