package workflows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"insyn/internal/calendar"
	"insyn/internal/crypto"
	"insyn/internal/files"
	"insyn/internal/pdf/merge"
	"insyn/models"
)

const (
	batchMax     = 500 // letters of one batch; the next takes the rest
	batchesShown = 5
)

// printsFor lists whose letters the actor prints: a controller's registrator and ombud that controller's, the servicecenter its
// own (decision 0027). The zero id is the servicecenter. With a controller given, that one alone.
func printsFor(a models.Actor, only models.ControllerID) []models.ControllerID {
	out := a.Controllers(models.RoleRegistrator, models.RoleOmbud)
	if a.HasRole(models.RoleServicecenter) {
		out = append(out, models.ControllerID{})
	}
	if only.IsZero() {
		return out
	}
	return slices.DeleteFunc(out, func(c models.ControllerID) bool { return c != only })
}

func mayPrint(a models.Actor, c models.ControllerID) bool {
	if c.IsZero() {
		return a.HasRole(models.RoleServicecenter)
	}
	return a.Has(models.RoleRegistrator, c) || a.Has(models.RoleOmbud, c)
}

// PrintDay shows what is to be printed and posted, at one controller or at all whose letters the actor prints.
func (s *Service) PrintDay(ctx context.Context, actor models.Actor, only models.ControllerID) (PrintDay, error) {
	var d PrintDay
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		at := printsFor(actor, only)
		if len(at) == 0 {
			return ErrForbidden
		}
		controllers, err := s.controllersByID(tx)
		if err != nil {
			return err
		}
		d.Today = calendar.DateOf(tx.Now)
		for _, c := range at {
			part := PrintPart{Controller: controllers[c]}
			if part.Batches, err = tx.PrintBatches(c, batchesShown); err != nil {
				return err
			}
			waiting, err := tx.WaitingPostings(c, batchMax)
			if err != nil {
				return err
			}
			letters, err := s.paperLetters(tx, waiting, controllers)
			if err != nil {
				return err
			}
			for _, l := range letters {
				if l.Blocked != "" {
					part.Apart = append(part.Apart, l)
				} else {
					part.Letters = append(part.Letters, l)
				}
			}
			if err := logPaper(tx, "print", c, letters); err != nil {
				return err
			}
			d.Parts = append(d.Parts, part)
		}
		return nil
	})
	return seen(d, err)
}

// logPaper notes whose names are shown.
func logPaper(tx *models.Tx, page string, c models.ControllerID, letters []PaperLetter) error {
	var shown []uuid.UUID
	for _, l := range letters {
		if id := l.about(); !slices.Contains(shown, id) {
			shown = append(shown, id)
		}
	}
	if len(shown) == 0 {
		return nil
	}
	return tx.LogReading(page, c, shown...)
}

// paperLetters fills in what those who print see of letters.
func (s *Service) paperLetters(tx *models.Tx, postings []models.Posting, controllers map[models.ControllerID]models.Controller) ([]PaperLetter, error) {
	out := make([]PaperLetter, 0, len(postings))
	for _, p := range postings {
		l := PaperLetter{Posting: p, Controller: controllers[p.ControllerID].Name}
		if err := s.fillPaper(tx, &l); err != nil {
			return nil, err
		}
		l.weigh()
		out = append(out, l)
	}
	return out, nil
}

// fillPaper fills in whose a letter is, what it is, and why it is not printed with the others.
func (s *Service) fillPaper(tx *models.Tx, l *PaperLetter) error {
	fill := fillOfCase
	if l.CaseID.IsZero() {
		fill = fillOfRequest
	}
	address, media, over, err := fill(tx, l)
	switch {
	case err != nil:
		return err
	case l.Protected:
		l.Blocked = BlockedProtected
	case over:
		l.Blocked = BlockedMandate
	case l.Way != models.WayDesk && strings.TrimSpace(address) == "":
		l.Blocked = BlockedAddress
	case media != pdfType:
		l.Blocked = BlockedFormat
	case l.BrokenAt != nil:
		l.Blocked = BlockedBroken
	}
	return nil
}

// fillOfRequest fills in a letter about a request as a whole; it answers the address, the file's type and whether the right of
// whoever acts for the person is over.
func fillOfRequest(tx *models.Tx, l *PaperLetter) (address, media string, over bool, err error) {
	r, err := tx.Request(l.RequestID)
	if err != nil {
		return "", "", false, err
	}
	person, err := tx.RequestPerson(r)
	if err != nil {
		return "", "", false, err
	}
	n, err := tx.RequestNotice(models.IDFrom[models.File](l.LetterID))
	if err != nil {
		return "", "", false, err
	}
	l.Number, l.Kind, l.Name = r.Number, n.Kind, person.Receiver()
	switch m, err := tx.Representation(r.ID); {
	case err == nil:
		over = m.Over(calendar.DateOf(tx.Now))
	case !errors.Is(err, ErrNotFound):
		return "", "", false, err
	}
	return person.Address, n.MediaType, over, nil
}

// fillOfCase does the same for a letter of a case.
func fillOfCase(tx *models.Tx, l *PaperLetter) (address, media string, over bool, err error) {
	c, err := tx.Case(l.CaseID)
	if err != nil {
		return "", "", false, err
	}
	person, err := tx.CasePerson(c)
	if err != nil {
		return "", "", false, err
	}
	f, err := tx.File(models.IDFrom[models.File](l.LetterID))
	if err != nil {
		return "", "", false, err
	}
	filing, err := tx.CaseFiling(c.ID)
	if err != nil {
		return "", "", false, err
	}
	l.Number, l.Kind, l.Name = c.Number, f.Purpose, person.Receiver()
	return person.Address, f.MediaType, filing.Represented() && filing.Over(calendar.DateOf(tx.Now)), nil
}

// counted is a letter whose pages are counted.
type counted struct{ letter, extract int }

// MakeBatch puts a controller's waiting letters, or the servicecenter's, into a batch of today's and answers which. When there
// is nothing new, it is the newest batch of the day: of two who print at once, both get the same.
func (s *Service) MakeBatch(ctx context.Context, actor models.Actor, c models.ControllerID) (models.ID[models.PrintBatch], error) {
	pages, err := s.countWaiting(ctx, actor, c)
	if err != nil {
		return models.ID[models.PrintBatch]{}, err
	}
	var batch models.PrintBatch
	err = s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		if err := tx.LockPrinting(c); err != nil {
			return err
		}
		if err := tx.DropOpened(c); err != nil {
			return err
		}
		waiting, err := s.printable(tx, c)
		if err != nil {
			return err
		}
		s.Failpoint("letters-listed")
		waiting = slices.DeleteFunc(waiting, func(l PaperLetter) bool { _, known := pages[l.ID]; return !known })
		today := calendar.DateOf(tx.Now)
		if len(waiting) == 0 {
			batch, err = tx.LastPrintBatch(c, today)
			if errors.Is(err, ErrNotFound) {
				return Refusal{Key: "guard.nothing-to-print"}
			}
			return err
		}
		if batch, err = tx.InsertPrintBatch(c, today); err != nil {
			return err
		}
		for i, l := range waiting {
			if err := tx.PutInBatch(l.ID, batch.ID, i+1, pages[l.ID].letter, pages[l.ID].extract); err != nil {
				return err
			}
		}
		return logPaper(tx, "print", c, waiting)
	})
	return batch.ID, err
}

// printable lists the waiting letters that can be printed, or that could not be read and may be again, in the order they are printed in: those that go by post, then those
// that are left at the servicecenter, each by number.
func (s *Service) printable(tx *models.Tx, c models.ControllerID) ([]PaperLetter, error) {
	if !mayPrint(tx.Actor, c) {
		return nil, ErrForbidden
	}
	controllers, err := s.controllersByID(tx)
	if err != nil {
		return nil, err
	}
	waiting, err := tx.WaitingPostings(c, batchMax)
	if err != nil {
		return nil, err
	}
	letters, err := s.paperLetters(tx, waiting, controllers)
	if err != nil {
		return nil, err
	}
	letters = slices.DeleteFunc(letters, func(l PaperLetter) bool { return l.Blocked != "" && l.Blocked != BlockedBroken })
	slices.SortStableFunc(letters, func(a, b PaperLetter) int {
		if n := byDesk(a) - byDesk(b); n != 0 {
			return n
		}
		if n := strings.Compare(a.Number, b.Number); n != 0 {
			return n
		}
		return strings.Compare(a.ID.String(), b.ID.String())
	})
	return letters, nil
}

func byDesk(l PaperLetter) int {
	if l.Way == models.WayDesk {
		return 1
	}
	return 0
}

// countWaiting counts the pages of the letters that wait, outside any transaction: file stores may be far away.
func (s *Service) countWaiting(ctx context.Context, actor models.Actor, c models.ControllerID) (map[models.ID[models.Posting]]counted, error) {
	var letters []PaperLetter
	if err := s.Store.InTx(ctx, actor, func(tx *models.Tx) (err error) {
		letters, err = s.printable(tx, c)
		return err
	}); err != nil {
		return nil, err
	}
	out, read := make(map[models.ID[models.Posting]]counted, len(letters)), map[models.ID[models.Posting]]bool{}
	for _, l := range letters {
		n, err := s.countLetter(ctx, l.Posting)
		if err != nil && !brokenLetter(err) {
			return nil, fmt.Errorf("count pages: %w", err)
		}
		if read[l.ID] = err == nil; read[l.ID] {
			out[l.ID] = n
		}
	}
	return out, s.remember(ctx, actor, read)
}

func (s *Service) countLetter(ctx context.Context, p models.Posting) (counted, error) {
	sealed, err := s.paperFiles(ctx, p)
	if err != nil {
		return counted{}, err
	}
	var n [2]int
	for i, f := range sealed {
		if n[i], err = s.countPages(ctx, f); err != nil {
			return counted{}, err
		}
	}
	return counted{n[0], n[1]}, nil
}

// brokenLetter tells whether an error is the letter's own fault: its file is gone, was altered, or is no document that can be
// printed. Everything else may pass, and is no reason to leave a letter out.
func brokenLetter(err error) bool {
	var changed Refusal
	return errors.As(err, &changed) || errors.Is(err, crypto.ErrTampered) || errors.Is(err, files.ErrNotFound) || errors.Is(err, merge.ErrForeign)
}

// remember notes which letters could not be read, and which can be again.
func (s *Service) remember(ctx context.Context, actor models.Actor, read map[models.ID[models.Posting]]bool) error {
	if len(read) == 0 {
		return nil
	}
	return s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		for id, whole := range read {
			if err := tx.MarkBroken(id, !whole); err != nil {
				return err
			}
		}
		return nil
	})
}

// broken lists the letters that wait and could not be read.
func (s *Service) broken(tx *models.Tx, c models.ControllerID) ([]PaperLetter, error) {
	waiting, err := tx.WaitingPostings(c, batchMax)
	if err != nil {
		return nil, err
	}
	waiting = slices.DeleteFunc(waiting, func(p models.Posting) bool { return p.BrokenAt == nil || p.Protected })
	controllers, err := s.controllersByID(tx)
	if err != nil {
		return nil, err
	}
	return s.paperLetters(tx, waiting, controllers)
}

// paperFile is a sealed file of a letter on paper, with the key that it is sealed under: its case's, or its request's.
type paperFile struct {
	models.File
	key uuid.UUID
}

// paperFiles are the sealed files of a letter on paper: the letter, and its extract if there is one. The actor has been asked
// about before: that the letter goes on paper is what gives its printer the extract's pages, which a registrator else never sees.
func (s *Service) paperFiles(ctx context.Context, p models.Posting) ([]paperFile, error) {
	var out []paperFile
	err := s.system(ctx, func(tx *models.Tx) error {
		letter := models.IDFrom[models.File](p.LetterID)
		if p.CaseID.IsZero() {
			n, err := tx.RequestNotice(letter)
			if err != nil {
				return err
			}
			f := models.File{ID: n.ID, SubjectID: n.SubjectID, Purpose: n.Kind, MediaType: n.MediaType, Size: n.Size, SHA256: n.SHA256}
			out = append(out, paperFile{f, n.RequestID.UUID()})
			return nil
		}
		ids := []models.FileID{letter}
		if !p.ExtractID.IsZero() {
			ids = append(ids, p.ExtractID)
		}
		for _, id := range ids {
			f, err := tx.File(id)
			if err != nil {
				return err
			}
			if f.CaseID != p.CaseID || f.ReleasedAt == nil {
				return answerChanged()
			}
			out = append(out, paperFile{f, p.CaseID.UUID()})
		}
		return nil
	})
	return out, err
}

func (s *Service) countPages(ctx context.Context, f paperFile) (int, error) {
	body, err := s.Vault.Open(ctx, f.key, f.ID.UUID())
	if err != nil {
		return 0, err
	}
	defer func() { _ = body.Close() }() // read only
	return merge.Count(body)
}
