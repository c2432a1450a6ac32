package workflows

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"insyn/internal/calendar"
	"insyn/internal/files"
	"insyn/models"
	"insyn/templates"
)

// notice is a letter that an action gives the person and that is no decision. It is made from the case as it stands and sealed
// in the store before the transaction of its action: the store may be far away, and no transaction waits for it. If the
// transaction does not commit, nobody is told of the bytes and the sweep takes them.
type notice struct {
	file *models.File
	day  calendar.Date // the day the letter bears
}

// prepareNotice makes the letter of an action on a case from the case at the form's version, and seals it. What the action
// would refuse is refused before anything is made.
func (s *Service) prepareNotice(ctx context.Context, actor models.Actor, on On, in Input, draw func(w *work) (templates.Notice, error)) (notice, error) {
	var c models.Case
	var d document
	var day calendar.Date
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		w, err := s.begin(tx, on, in)
		if err != nil {
			return err
		}
		if err := w.allowed(on); err != nil {
			return err
		}
		n, err := draw(w)
		if err != nil {
			return err
		}
		c, day = *w.c, w.today()
		d, err = s.drawNotice(c.Language, c.Number, n)
		return err
	})
	if err != nil {
		return notice{}, err
	}
	f, err := s.storeDocument(ctx, c, d)
	if err != nil {
		return notice{}, err
	}
	s.Failpoint("notice-stored")
	return notice{file: f, day: day}, nil
}

// allowed asks the tables whether the actor may take the action now, as Apply and Record do.
func (w *work) allowed(on On) error {
	if r, ok := recordOf(w.in.action()); ok {
		switch {
		case !may(w.tx.Actor, *w.c, r.Who) || !r.fits(*w.c):
			return ErrForbidden
		case !w.current(on) && !r.Free, !slices.Contains(r.In, w.c.State):
			return ErrConflict
		}
		return nil
	}
	t, err := w.transition()
	if err != nil {
		return err
	}
	if !w.current(on) {
		return ErrConflict
	}
	for _, g := range t.Guards {
		if err := g.Check(w); err != nil {
			return err
		}
	}
	return nil
}

// drawNotice makes the document of a letter: its purpose is the letter's kind, its name says what it is and the number.
func (s *Service) drawNotice(lang, number string, n templates.Notice) (document, error) {
	var b bytes.Buffer
	if _, err := s.Templates.NoticePDF(&b, lang, n); err != nil {
		return document{}, fmt.Errorf("make notice: %w", err)
	}
	purpose := purposeOf(n)
	return document{purpose, noticeName(purpose, number), mediaPDF, written(b.Bytes())}, nil
}

// purposeOf is the purpose of the file, or the kind of the request's notice, that a letter becomes.
func purposeOf(n templates.Notice) string {
	switch n.(type) {
	case templates.ExtensionDoc:
		return models.FileExtension
	case templates.CompletionDoc:
		return models.FileCompletion
	case templates.ForwardingDoc:
		return models.FileForwarding
	case templates.ServiceDoc:
		return models.FileService
	default:
		return models.NoticeReceipt
	}
}

// noticeName is what a letter is saved as, in plain Swedish without personal data: “Kvitto INS-2026-00042.pdf”.
func noticeName(purpose, number string) string {
	names := map[string]string{models.FileExtension: "Mer tid", models.FileCompletion: "Fråga", models.FileForwarding: "Skickat vidare",
		models.FileService: "Delgivning", models.NoticeReceipt: "Kvitto"}
	return names[purpose] + " " + number + ".pdf"
}

// give stores a sealed letter as the person's from now on. The event of the action binds it by its hash.
func (w *work) give(n notice) error {
	if n.file == nil || n.day != w.today() {
		return ErrConflict // midnight came between: the letter would bear another day than its action
	}
	f := *n.file
	f.ReleasedAt = &w.tx.Now
	w.event["letters"] = map[string]string{f.ID.String(): hex.EncodeToString(f.SHA256)}
	if err := w.tx.InsertFile(&f); err != nil {
		return err
	}
	return w.onPaper(f, nil)
}

// noticeHead is what every letter of a case begins with.
func (w *work) noticeHead() (templates.NoticeHead, error) {
	person, err := w.tx.CasePerson(*w.c)
	if err != nil {
		return templates.NoticeHead{}, err
	}
	h := templates.NoticeHead{Controller: letterhead(w.ctl), Number: w.c.Number, Date: w.today(), ToName: person.Receiver(), For: behalfOf(person),
		ToAddress: person.Address, Protected: w.c.Protected, Right: string(w.c.Right), Received: w.c.ReceivedOn}
	if w.c.DiaryNumber != nil {
		h.Diary = *w.c.DiaryNumber
	}
	h.Parts, err = noticeParts(w.tx, w.ctl, w.c.Language, w.today())
	return h, err
}

// requestNotice is a letter about a request as a whole, sealed in the store before the transaction that gives it.
type requestNotice struct {
	row *models.RequestNotice
	day calendar.Date
}

// sealRequestNotice makes a letter about a request as a whole and seals it under the request's key.
func (s *Service) sealRequestNotice(ctx context.Context, r models.Request, n templates.Notice, day calendar.Date) (requestNotice, error) {
	d, err := s.drawNotice(r.Language, r.Number, n)
	if err != nil {
		return requestNotice{}, err
	}
	id := uuid.Must(uuid.NewV7())
	var body bytes.Buffer
	if err := d.write(&body); err != nil {
		return requestNotice{}, fmt.Errorf("make %s: %w", d.purpose, err)
	}
	stored, err := s.Vault.Store(ctx, files.Upload{KeyID: r.ID.UUID(), FileID: id, Reader: &body, MaxBytes: documentMax, Allow: files.AnyType})
	if err != nil {
		return requestNotice{}, fmt.Errorf("store %s: %w", d.purpose, err)
	}
	s.Failpoint("notice-stored")
	return requestNotice{&models.RequestNotice{ID: models.IDFrom[models.File](id), RequestID: r.ID, SubjectID: r.SubjectID, Kind: d.purpose,
		MediaType: d.mediaType, Size: stored.Size, SHA256: stored.SHA256[:]}, day}, nil
}

// preparedRequest draws a letter about a request as a whole in a transaction of its own and seals it.
func (s *Service) preparedRequest(ctx context.Context, actor models.Actor, number string,
	draw func(tx *models.Tx, r models.Request) (templates.Notice, error),
) (requestNotice, error) {
	var r models.Request
	var n templates.Notice
	var day calendar.Date
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) (err error) {
		if r, err = tx.RequestByNumber(number); err != nil {
			return err
		}
		day = dateOf(tx.Now)
		n, err = draw(tx, r)
		return err
	})
	if err != nil {
		return requestNotice{}, err
	}
	return s.sealRequestNotice(ctx, r, n, day)
}

// give stores the record of the letter: it is the person's from now on. The event of the action says bound. A letter that bears
// another day than its action is ErrConflict.
func (n requestNotice) give(tx *models.Tx) error {
	if n.day != dateOf(tx.Now) {
		return ErrConflict
	}
	if _, err := tx.InsertRequestNotice(n.row); err != nil {
		return err
	}
	r, err := tx.Request(n.row.RequestID)
	if err != nil {
		return err
	}
	return n.onPaper(tx, r)
}

// bound is what the event of the action says of the letter: its id and hash.
func (n requestNotice) bound() map[string]any {
	return map[string]any{"letters": map[string]string{n.row.ID.String(): hex.EncodeToString(n.row.SHA256)}}
}

// requestHead is what every letter about a request as a whole begins with: it is from the servicecenter.
func (s *Service) requestHead(tx *models.Tx, r models.Request) (templates.NoticeHead, models.Person, error) {
	p, err := tx.RequestPerson(r)
	if err != nil {
		return templates.NoticeHead{}, p, err
	}
	own, err := noticeParts(tx, models.Controller{Kind: models.KindNamnd}, r.Language, dateOf(tx.Now))
	return templates.NoticeHead{Controller: s.Templates.Servicecenter(r.Language), Number: r.Number, Date: dateOf(tx.Now), ToName: p.Receiver(),
		For: behalfOf(p), ToAddress: p.Address, Protected: r.Protected, Right: string(r.Right), Received: r.ReceivedOn, Parts: own}, p, err
}

// noticeView is a letter about a request as a whole, as a file.
func noticeView(n models.RequestNotice, number string) FileView {
	return FileView{ID: n.ID, Purpose: n.Kind, Name: noticeName(n.Kind, number), MediaType: n.MediaType, Size: n.Size,
		SHA256: hex.EncodeToString(n.SHA256), At: n.CreatedAt}
}

// noticesOf are the letters of a case that are no decisions, oldest first.
func noticesOf(tx *models.Tx, id models.CaseID) ([]models.File, error) {
	return tx.Files(id, models.FileExtension, models.FileCompletion, models.FileForwarding, models.FileService)
}
