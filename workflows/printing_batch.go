package workflows

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"

	"github.com/google/uuid"

	"insyn/internal/calendar"
	"insyn/internal/pdf/merge"
	"insyn/models"
)

// BatchPage shows a batch with its control list.
func (s *Service) BatchPage(ctx context.Context, actor models.Actor, id models.ID[models.PrintBatch]) (BatchView, error) {
	var v BatchView
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		b, letters, err := s.batch(tx, id)
		if err != nil {
			return err
		}
		v = BatchView{PrintBatch: b, Today: calendar.DateOf(tx.Now)}
		if !b.ControllerID.IsZero() {
			if v.Controller, err = tx.Controller(b.ControllerID); err != nil {
				return err
			}
		}
		if v.Broken, err = s.broken(tx, b.ControllerID); err != nil {
			return err
		}
		for _, l := range letters {
			if l.Protected {
				v.Hidden++
				continue
			}
			v.Letters = append(v.Letters, l)
			if l.BrokenAt != nil && !l.Sent() {
				v.Broken = append(v.Broken, l)
			}
			v.Pages += l.Pages()
			v.Sheets += l.Sheets
			if !l.Sent() {
				v.Unsent++
			}
		}
		if err := s.fillPrintings(tx, &v); err != nil {
			return err
		}
		return logPaper(tx, "print-batch", b.ControllerID, slices.Concat(v.Letters, v.Broken))
	})
	return seen(v, err)
}

func (s *Service) fillPrintings(tx *models.Tx, v *BatchView) error {
	taken, err := tx.Printings(v.ID)
	if err != nil {
		return err
	}
	people := []models.StaffID{v.MadeBy}
	for _, p := range taken {
		people = append(people, p.PrintedBy)
	}
	for _, l := range v.Letters {
		people = append(people, l.SentBy)
	}
	names, err := tx.StaffNames(present(people))
	if err != nil {
		return err
	}
	for i := range v.Letters {
		v.Letters[i].SentByName = names[v.Letters[i].SentBy]
	}
	for _, p := range taken {
		v.Printings = append(v.Printings, PrintingView{Name: names[p.PrintedBy], At: p.PrintedAt, SHA256: hex.EncodeToString(p.SHA256), Letters: p.Letters, Pages: p.Pages})
	}
	return nil
}

// batch loads a batch and its letters, for those who print them.
func (s *Service) batch(tx *models.Tx, id models.ID[models.PrintBatch]) (models.PrintBatch, []PaperLetter, error) {
	b, err := tx.PrintBatch(id)
	if err != nil {
		return b, nil, err
	}
	if !mayPrint(tx.Actor, b.ControllerID) {
		return b, nil, ErrNotFound
	}
	postings, err := tx.PostingsIn(id)
	if err != nil {
		return b, nil, err
	}
	controllers, err := s.controllersByID(tx)
	if err != nil {
		return b, nil, err
	}
	letters, err := s.paperLetters(tx, postings, controllers)
	return b, letters, err
}

// PrintFile is a batch's letters as one PDF.
type PrintFile struct {
	Name   string // says the day and nothing else
	Size   int64
	SHA256 string
	// Write sends the file: the same bytes as Size and SHA256 were taken of.
	Write func(dst io.Writer) error
}

// PrintBatch binds a batch's letters into one PDF: the exact pages that were sealed, in the order of the control list, each
// beginning on a sheet of its own. Every letter is read back and compared with its record first; one that is not as it was sealed is
// left out and named on the page. That the file was taken, by whom, with which hash, and whose letters it holds, is stored before
// its first byte is sent. A letter of somebody who has become protected since is left out.
func (s *Service) PrintBatch(ctx context.Context, actor models.Actor, id models.ID[models.PrintBatch]) (PrintFile, error) {
	var b models.PrintBatch
	var letters []PaperLetter
	if err := s.Store.InTx(ctx, actor, func(tx *models.Tx) (err error) {
		b, letters, err = s.batch(tx, id)
		return err
	}); err != nil {
		return PrintFile{}, err
	}
	letters = slices.DeleteFunc(letters, func(l PaperLetter) bool { return l.Protected })
	if len(letters) == 0 {
		return PrintFile{}, Refusal{Key: "guard.nothing-to-print"}
	}
	letters, parts, err := s.whole(ctx, actor, letters)
	if err != nil {
		return PrintFile{}, err
	}
	if len(letters) == 0 {
		return PrintFile{}, Refusal{Key: "guard.print-broken"}
	}
	write := func(dst io.Writer) (int, error) { return s.bind(ctx, b, parts, dst) }
	sum := &measure{hash: sha256.New()}
	pages, err := write(sum)
	if err != nil {
		return PrintFile{}, err
	}
	taken := models.Printing{BatchID: b.ID, ControllerID: b.ControllerID, Letters: len(letters), Pages: pages, SHA256: sum.hash.Sum(nil)}
	if err := s.logPrinting(ctx, actor, taken, letters, parts); err != nil {
		return PrintFile{}, err
	}
	return PrintFile{Name: fmt.Sprintf("utskrift-%s-%d.pdf", b.Day, b.Number), Size: sum.n, SHA256: hex.EncodeToString(taken.SHA256),
		Write: func(dst io.Writer) error { _, err := write(dst); return err }}, nil
}

// whole reads every letter back and answers those that are as they were sealed, with their files in order. One that is not is
// left out and remembered as broken: it stops nobody else's.
func (s *Service) whole(ctx context.Context, actor models.Actor, letters []PaperLetter) ([]PaperLetter, []paperFile, error) {
	var out []PaperLetter
	var parts []paperFile
	read := map[models.ID[models.Posting]]bool{}
	for _, l := range letters {
		files, err := s.paperFiles(ctx, l.Posting)
		for i := 0; err == nil && i < len(files); i++ {
			if err = s.sameSealed(ctx, files[i].key, files[i].File); err == nil {
				_, err = s.countPages(ctx, files[i])
			}
		}
		if err != nil && !brokenLetter(err) {
			return nil, nil, err
		}
		read[l.ID] = err == nil
		if err == nil {
			out, parts = append(out, l), append(parts, files...)
		}
	}
	return out, parts, s.remember(ctx, actor, read)
}

// logPrinting stores that the file is taken.
func (s *Service) logPrinting(ctx context.Context, actor models.Actor, taken models.Printing, letters []PaperLetter, parts []paperFile) error {
	return s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		var shown []uuid.UUID
		for _, l := range letters {
			shown = append(shown, l.about())
		}
		for _, f := range parts {
			shown = append(shown, f.ID.UUID())
		}
		if err := tx.LogReading("print-file", taken.ControllerID, shown...); err != nil {
			return err
		}
		return tx.InsertPrinting(taken)
	})
}

// bind writes the letters of a batch as one file; it answers how many pages that has.
func (s *Service) bind(ctx context.Context, b models.PrintBatch, parts []paperFile, dst io.Writer) (int, error) {
	w := merge.New(dst, s.Templates.T("sv", "print.file-title", map[string]any{"date": b.Day, "n": b.Number}))
	for _, f := range parts {
		if err := s.bindOne(ctx, w, f); err != nil {
			return 0, err
		}
	}
	if err := w.Close(); err != nil {
		return 0, err
	}
	return w.Pages(), nil
}

func (s *Service) bindOne(ctx context.Context, w *merge.Writer, f paperFile) error {
	body, err := s.Vault.Open(ctx, f.key, f.ID.UUID())
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // read only
	_, err = w.Add(body)
	return err
}

// measure counts and hashes what is written to it.
type measure struct {
	hash interface {
		io.Writer
		Sum(b []byte) []byte
	}
	n int64
}

// Write implements io.Writer.
func (m *measure) Write(p []byte) (int, error) {
	m.n += int64(len(p))
	return m.hash.Write(p)
}

// SendBatch records that letters of a batch were handed to the post on a day; those that are to be fetched are recorded as left
// at the servicecenter in sealed envelopes. All of them or none.
func (s *Service) SendBatch(ctx context.Context, actor models.Actor, id models.ID[models.PrintBatch], in SendForm) error {
	if len(in.Letters) == 0 {
		return invalid("letters", "error.choose-some")
	}
	return again(func() error {
		return s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
			_, letters, err := s.batch(tx, id)
			if err != nil {
				return err
			}
			for _, l := range letters {
				if !slices.Contains(in.Letters, l.ID) || l.Sent() || l.Protected {
					continue
				}
				if err := s.send(tx, l, in.On); err != nil {
					return err
				}
			}
			return nil
		})
	}, true)
}

func (s *Service) send(tx *models.Tx, l PaperLetter, on calendar.Date) error {
	in := SendLetter{Posting: l.ID, How: models.SentByPost, On: on}
	if err := sendable(in, l.Posting, calendar.DateOf(tx.Now)); err != nil {
		return err
	}
	if l.Way == models.WayDesk {
		c, err := tx.Case(l.CaseID)
		if err != nil {
			return err
		}
		return s.record(tx, On{Case: c.ID, Version: c.Version}, SealEnvelope{})
	}
	return s.recordSent(tx, l.Posting, in)
}

// recordSent stores that a letter was sent, in the history of its case or of its request.
func (s *Service) recordSent(tx *models.Tx, p models.Posting, in SendLetter) error {
	if p.CaseID.IsZero() {
		return sendOfRequest(tx, p, in)
	}
	return s.record(tx, On{Case: p.CaseID}, in)
}

// SendApart records how a letter that is not printed with the others was sent.
func (s *Service) SendApart(ctx context.Context, actor models.Actor, in SendLetter) error {
	return again(func() error {
		return s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
			p, err := tx.Posting(in.Posting)
			if err != nil {
				return err
			}
			if !mayPrint(actor, p.ControllerID) {
				return ErrNotFound
			}
			return s.recordSent(tx, p, in)
		})
	}, true)
}
