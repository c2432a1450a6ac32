package workflows

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"insyn/internal/calendar"
	"insyn/models"
)

// ActionSend records that a letter on paper was handed to the post, or to the person.
const ActionSend Action = "send-letter"

// SendLetter records when and how a letter on paper was sent. It is no service: an ordinary letter proves nothing of when it
// came to the person (domain 3), so the appeal period does not begin.
type SendLetter struct {
	Posting models.ID[models.Posting]
	How     string // models.SentByPost, SentTaxAgency or SentHanded
	On      calendar.Date
}

func (SendLetter) action() Action { return ActionSend }

// onPaper has a letter about a request as a whole printed and posted, if the person wants what we send on paper. A receipt goes
// so to who asked by letter or phone and can be reached: whoever stands at the desk gets it in the hand, and whoever asked in the
// e-service has it there.
func (n requestNotice) onPaper(tx *models.Tx, r models.Request) error {
	p, err := tx.RequestPerson(r)
	if err != nil || p.Answer == "" || p.Answer == "portal" {
		return err
	}
	if n.row.Kind == models.NoticeReceipt {
		f, err := tx.Filing(r.ID)
		switch {
		case errors.Is(err, ErrNotFound):
			return nil
		case err != nil:
			return err
		case f.Channel == models.ChannelDesk, p.Answer != models.WayPost && strings.TrimSpace(p.Address) == "":
			return nil
		}
	}
	return tx.InsertPosting(models.Posting{RequestID: r.ID, SubjectID: r.SubjectID, LetterID: n.row.ID.UUID(), Way: models.WayPost})
}

const pdfType = "application/pdf"

// onPaper has letters of the case printed and posted, if the person asked for the answer on paper. Whoever releases a letter
// calls it in the same transaction. answer is everything that is released with a decision letter; of other letters nil.
func (w *work) onPaper(letter models.File, answer []models.File) error {
	if !w.c.AnswerByPost {
		return nil
	}
	way := models.WayPost
	if letter.Purpose == models.FileLetter {
		p, err := w.tx.CasePerson(*w.c)
		if err != nil {
			return err
		}
		if p.Answer == models.WayDesk {
			way = models.WayDesk
		}
	}
	return w.tx.InsertPosting(posting(*w.c, letter, answer, way))
}

// posting is a letter on paper with what goes with it: the extract is printed behind the decision, and the files of the
// answer are added by hand. The extract's twins for machines stay in the portal.
func posting(c models.Case, letter models.File, answer []models.File, way string) models.Posting {
	p := models.Posting{RequestID: c.RequestID, SubjectID: c.SubjectID, CaseID: c.ID, ControllerID: c.ControllerID, LetterID: letter.ID.UUID(), Way: way}
	for _, f := range answer {
		switch {
		case strings.HasPrefix(f.Purpose, "extract") && f.MediaType == pdfType:
			p.ExtractID = f.ID
		case f.Purpose == models.FileItem:
			p.Enclosures++
		}
	}
	return p
}

// postAnswer has the decision letter of a released case printed and posted. A case without one has nothing to post.
func postAnswer(tx *models.Tx, c models.Case, way string) error {
	all, err := tx.Files(c.ID, models.FileLetter, append(extractPurposes(), models.FileItem)...)
	if err != nil {
		return err
	}
	answer := slices.DeleteFunc(all, func(f models.File) bool { return f.ReleasedAt == nil })
	i := slices.IndexFunc(answer, func(f models.File) bool { return f.Purpose == models.FileLetter })
	if i < 0 {
		return nil
	}
	return tx.InsertPosting(posting(c, answer[i], answer, way))
}

// doSend stores that the letter was sent.
func doSend(w *work) error {
	in := w.in.(SendLetter)
	p, err := w.tx.Posting(in.Posting)
	if err != nil {
		return err
	}
	if p.CaseID != w.c.ID {
		return ErrNotFound
	}
	if err := sent(w.tx, p, in); err != nil {
		return err
	}
	maps.Copy(w.event, in.told())
	return nil
}

// sent stores how and when a letter was sent, once.
func sent(tx *models.Tx, p models.Posting, in SendLetter) error {
	if !p.SentOn.IsZero() {
		if *p.SentHow == in.How && p.SentOn == in.On {
			return errAlready
		}
		return ErrConflict
	}
	if err := sendable(in, p, dateOf(tx.Now)); err != nil {
		return err
	}
	return tx.SendPosting(p.ID, in.How, in.On)
}

// told is what the event says.
func (in SendLetter) told() map[string]any {
	return map[string]any{"posting": in.Posting, "how": in.How, "on": in.On}
}

// sendOfRequest stores that a letter about a request as a whole was sent, with its event in the request's chain.
func sendOfRequest(tx *models.Tx, p models.Posting, in SendLetter) error {
	switch err := sent(tx, p, in); {
	case errors.Is(err, errAlready):
		return nil
	case err != nil:
		return err
	}
	r, err := tx.Request(p.RequestID)
	if err != nil {
		return err
	}
	_, err = tx.RequestEvent(r, "letter-sent", models.ForSubject, in.told())
	return err
}

// sendable tells what is wrong with how or when a letter is said to have been sent. A protected person's letter never goes by
// ordinary post (domain 5).
func sendable(in SendLetter, p models.Posting, today calendar.Date) error {
	ways := []string{models.SentByPost, models.SentHanded}
	if p.Protected {
		ways = []string{models.SentTaxAgency, models.SentHanded}
	}
	var faults []FieldError
	if !slices.Contains(ways, in.How) {
		faults = append(faults, FieldError{Field: "how", Key: "error.choose-one"})
	}
	switch {
	case in.On.IsZero():
		faults = append(faults, FieldError{Field: "sent-on", Key: "error.date-missing"})
	case in.On.After(today):
		faults = append(faults, FieldError{Field: "sent-on", Key: "error.date-future"})
	case in.On.Before(calendar.DateOf(p.WaitsSince)):
		faults = append(faults, FieldError{Field: "sent-on", Key: "error.date-before-release"})
	}
	if len(faults) > 0 {
		return Invalid{faults}
	}
	return nil
}

// sealedPosting stores that the decision letter left in a sealed envelope, so that nobody prints it again.
func (w *work) sealedPosting() error {
	all, err := w.tx.PostingsOf(w.c.ID)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.SentOn.IsZero() && p.DroppedAt == nil && p.Way == models.WayDesk {
			if err := w.tx.SendPosting(p.ID, models.SentServicecenter, w.today()); err != nil {
				return err
			}
		}
	}
	return nil
}
