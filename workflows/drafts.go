package workflows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"insyn/internal/calendar"
	"insyn/internal/mail"
	"insyn/models"
)

// NewDraft begins a request about a right. lang is sv or en: the language of mails and letters until the person chooses
// another.
func (s *Service) NewDraft(ctx context.Context, actor models.Actor, right models.Right, lang string) (models.RequestID, error) {
	id := models.NewID[models.Request]()
	if RightOf(right).Right != right {
		return id, invalid("right", "error.choose-one")
	}
	if err := s.Sealer.CreateKey(ctx, id.UUID()); err != nil {
		return id, err
	}
	return id, s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		return tx.InsertDraft(&models.Draft{ID: id, SubjectID: actor.Subject}, DraftForm{Right: right, Answer: "portal", Language: lang})
	})
}

// Draft shows a draft of the person's own.
func (s *Service) Draft(ctx context.Context, actor models.Actor, id models.RequestID) (DraftView, error) {
	v := DraftView{ID: id}
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		d, err := tx.Draft(id, &v.Form)
		if err != nil {
			return err
		}
		v.Version, v.Sent = d.Version, d.SubmittedAt != nil
		if v.Remembered, err = tx.OwnProtection(); err != nil {
			return err
		}
		v.Form.Protected = v.Form.Protected || v.Remembered
		if v.Sent {
			r, err := tx.Request(id)
			if err != nil {
				return err
			}
			v.Number = r.Number
		}
		files, err := tx.FilesOfDraft(id)
		if err != nil {
			return err
		}
		for _, f := range files {
			v.Files = append(v.Files, fileView(f))
		}
		papers, err := tx.Mandates(id)
		if err != nil {
			return err
		}
		for _, m := range papers {
			v.Mandate = append(v.Mandate, mandateView(m))
		}
		return nil
	})
	return v, err
}

// OpenDrafts lists the person's drafts that are not sent, newest first.
func (s *Service) OpenDrafts(ctx context.Context, actor models.Actor) ([]models.Draft, error) {
	var out []models.Draft
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) (err error) {
		out, err = tx.OpenDrafts()
		return err
	})
	return out, err
}

// SaveDraft changes a draft that is still at the version: another tab that was first gives ErrConflict. A controller that
// is chosen gets the id its case will have, and the key that seals what is said to it from then on.
func (s *Service) SaveDraft(ctx context.Context, actor models.Actor, id models.RequestID, version int, change func(*DraftForm)) error {
	var form DraftForm
	var d models.Draft
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) (err error) {
		d, err = tx.Draft(id, &form)
		return err
	})
	if err != nil {
		return err
	}
	if d.SubmittedAt != nil || d.Version != version {
		return ErrConflict
	}
	change(&form)
	for i := range form.Controllers {
		a := &form.Controllers[i]
		if a.Case.IsZero() {
			a.Case = models.NewID[models.Case]()
			if err := s.Sealer.CreateKey(ctx, a.Case.UUID()); err != nil {
				return err
			}
		}
	}
	return s.Store.InTx(ctx, actor, func(tx *models.Tx) error { return tx.UpdateDraft(&d, form) })
}

// Attach streams a file to one controller of a draft.
func (s *Service) Attach(ctx context.Context, actor models.Actor, id models.RequestID, c models.ControllerID, in IncomingFile) (FileView, error) {
	v, err := s.Draft(ctx, actor, id)
	if err != nil {
		return FileView{}, err
	}
	i := slices.IndexFunc(v.Form.Controllers, func(a DraftAddressee) bool { return a.Controller == c })
	if i < 0 || v.Sent {
		return FileView{}, ErrConflict
	}
	if len(v.Files) >= s.Settings.UploadCount {
		return FileView{}, invalid("file", "error.too-many-files")
	}
	f, err := s.storeFile(ctx, storing{key: v.Form.Controllers[i].Case, controller: c, subject: actor.Subject, draft: id,
		purpose: models.FileAttachment, field: "file"}, in)
	if err != nil {
		return FileView{}, err
	}
	err = s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		var form DraftForm
		d, err := tx.Draft(id, &form)
		if err != nil {
			return err
		}
		if d.SubmittedAt != nil {
			return ErrConflict
		}
		return tx.InsertFile(f)
	})
	return fileView(*f), err
}

// Detach removes a file from a draft.
func (s *Service) Detach(ctx context.Context, actor models.Actor, id models.RequestID, file models.FileID) error {
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		f, err := tx.File(file)
		if err != nil {
			return err
		}
		if f.DraftID != id || f.SubjectID != actor.Subject {
			return ErrNotFound
		}
		return tx.DeleteFile(file)
	})
	if err != nil {
		return err
	}
	return s.Vault.Delete(ctx, file.UUID())
}

// DiscardDraft throws a draft away with its files and keys.
func (s *Service) DiscardDraft(ctx context.Context, actor models.Actor, id models.RequestID) error {
	var form DraftForm
	var files []models.File
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		if _, err := tx.Draft(id, &form); err != nil {
			return err
		}
		var err error
		if files, err = tx.FilesOfDraft(id); err != nil {
			return err
		}
		for _, f := range files {
			if err := tx.DeleteFile(f.ID); err != nil {
				return err
			}
		}
		if err := tx.DeleteMandates(id); err != nil { // the bytes go with the sweep, and their key at once
			return err
		}
		return tx.DeleteDraft(id)
	})
	if err != nil {
		return err
	}
	return s.forgetDraft(ctx, id, form, files)
}

// forgetDraft removes the bytes and the keys of a draft whose rows are gone.
func (s *Service) forgetDraft(ctx context.Context, id models.RequestID, form DraftForm, files []models.File) error {
	for _, f := range files {
		if err := s.Vault.Delete(ctx, f.ID.UUID()); err != nil {
			return err
		}
	}
	for _, a := range form.Controllers {
		if err := s.Sealer.DestroyKey(ctx, a.Case.UUID()); err != nil {
			return err
		}
	}
	return s.Sealer.DestroyKey(ctx, id.UUID())
}

// check says what is missing in a draft before it can be sent.
func (f DraftForm) check(known []models.Controller) error {
	var faults []FieldError
	if len(f.Controllers) == 0 {
		faults = append(faults, FieldError{Field: "controllers", Key: "error.choose-one"})
	}
	for _, a := range f.Controllers {
		if f.Protected && !a.Confirmed {
			faults = append(faults, FieldError{Field: "controllers", Key: "error.confirm-each"})
		}
		if !slices.ContainsFunc(known, func(c models.Controller) bool { return c.ID == a.Controller }) {
			faults = append(faults, FieldError{Field: "controllers", Key: "error.choose-one"})
		}
		if len(CheckAbout(f.Right, a.About)) > 0 {
			faults = append(faults, FieldError{Field: "about-" + a.Controller.String(), Key: "error.about-missing"})
		}
	}
	if f.Answer != "portal" && f.Answer != "post" {
		faults = append(faults, FieldError{Field: "answer", Key: "error.choose-one"})
	}
	// A protected person's post goes by way of Skatteverket, or is fetched.
	if f.Answer == "post" && strings.TrimSpace(f.Address) == "" && !f.Protected {
		faults = append(faults, FieldError{Field: "address", Key: "error.address-missing"})
	}
	if f.Email != "" {
		// What the sender would refuse must be said now, at the field.
		if !mail.ValidAddress(f.Email) {
			faults = append(faults, FieldError{Field: "email", Key: "error.email-form"})
		}
	}
	if f.Language != "sv" && f.Language != "en" {
		faults = append(faults, FieldError{Field: "language", Key: "error.choose-one"})
	}
	if len(faults) > 0 {
		return Invalid{faults}
	}
	return nil
}

// Submit sends a draft: the request is received now (art 12.3 counts from this civil date). A draft that is sent already
// gives the same number again. Request, addressees, what is said to each, the events and the fan-out commit together.
func (s *Service) Submit(ctx context.Context, actor models.Actor, id models.RequestID, who Identity) (string, error) {
	number := ""
	submit := func(tx *models.Tx) error {
		var form DraftForm
		d, err := tx.Draft(id, &form)
		if err != nil {
			return err
		}
		if d.SubmittedAt != nil {
			r, err := tx.Request(id)
			number = r.Number
			return err
		}
		known, err := tx.ControllersOn(calendar.DateOf(tx.Now))
		if err != nil {
			return err
		}
		remembered, err := tx.OwnProtection()
		if err != nil {
			return err
		}
		if form.Protected = form.Protected || remembered; form.Protected {
			form.Email, form.Phone, form.Address = "", "", ""
		}
		if err := form.check(known); err != nil {
			return err
		}
		if err := tx.SubmitDraft(id, DraftForm{}); err != nil {
			return err
		}
		number, err = s.receive(tx, d, form, who)
		return err
	}
	err := s.Store.InTx(ctx, actor, submit)
	if errors.Is(err, ErrConflict) {
		// Another tab, or a second press of the button, was first: read what it made.
		err = s.Store.InTx(ctx, actor, submit)
	}
	return number, err
}

// receive makes the request out of the draft.
func (s *Service) receive(tx *models.Tx, d models.Draft, form DraftForm, who Identity) (string, error) {
	day := calendar.DateOf(tx.Now)
	n, err := tx.NextNumber("INS", day.Year)
	if err != nil {
		return "", err
	}
	r := &models.Request{ID: d.ID, Number: fmt.Sprintf("INS-%04d-%05d", day.Year, n), SubjectID: d.SubjectID, Right: form.Right,
		State: models.RequestSubmitted, Language: form.Language, ReceivedAt: tx.Now, ReceivedOn: day,
		Protected: form.Protected}
	p := models.Person{Name: who.Name, Number: who.Number, Email: form.Email, Phone: form.Phone, Answer: form.Answer, Address: form.Address}
	var acting *models.Representation
	if form.Behalf != nil {
		if acting, err = s.represent(tx, d, *form.Behalf, who, &p); err != nil {
			return "", err
		}
	}
	if err := tx.InsertRequest(r, p); err != nil {
		return "", err
	}
	if acting != nil {
		if err := tx.InsertRepresentation(acting); err != nil {
			return "", err
		}
		if err := tx.SendMandates(d.ID); err != nil {
			return "", err
		}
	} else if err := tx.DeleteMandates(d.ID); err != nil { // attached, and then it was for the person after all
		return "", err
	}
	cases := make([]models.CaseID, 0, len(form.Controllers))
	for _, a := range form.Controllers {
		cases = append(cases, a.Case)
		if err := tx.InsertAddressee(&models.Addressee{RequestID: r.ID, ControllerID: a.Controller, CaseID: a.Case, SubjectID: d.SubjectID,
			ReceivedOn: day, AddedBy: "subject"}, ""); err != nil {
			return "", err
		}
		if err := tx.InsertConcern(&models.Concern{CaseID: a.Case, ControllerID: a.Controller, SubjectID: d.SubjectID}, a.About); err != nil {
			return "", err
		}
	}
	// What was written or attached for a controller that was taken away again goes with the draft: its bytes with the sweep.
	if err := tx.KeepFiles(d.ID, cases); err != nil {
		return "", err
	}
	if _, err := tx.RequestEvent(*r, "request-submitted", models.ForSubject, map[string]any{"n": len(cases), "received": day}); err != nil {
		return "", err
	}
	if err := promise(tx, models.Job{Kind: string(JobFanOut), Key: "fan-out:" + r.ID.String(), RequestID: r.ID}, nil); err != nil {
		return "", err
	}
	return r.Number, promise(tx, models.Job{Kind: string(JobMailPerson), Key: "mail:receipt:" + r.ID.String(), RequestID: r.ID},
		map[string]any{"mail": "receipt"})
}

// draftLife is how long a draft that nobody touches is kept.
const draftLife = 30 * 24 * time.Hour
