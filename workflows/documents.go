package workflows

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/google/uuid"

	"insyn/internal/files"
	"insyn/models"
	"insyn/templates"
)

// document is something the system writes to the person.
type document struct {
	purpose   string
	name      string // in plain Swedish, without personal data
	mediaType string
	write     func(io.Writer) error
}

// written is a document that is in memory already.
func written(body []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(body)
		return err
	}
}

// toDecide is what a decision is made with: its letter, and what the extract is written from.
type toDecide struct {
	letter  document
	version string   // of the templates that the letter is made from
	extract *extract // nil where the right is not answered by copies
}

// documents makes the letter of a case that is ready to be decided and, where the right is answered by copies, what the extract
// is written from.
func (w *work) documents(a authority) (toDecide, error) {
	person, err := w.tx.CasePerson(*w.c)
	if err != nil {
		return toDecide{}, err
	}
	d, err := w.letter(a, person)
	if err != nil {
		return toDecide{}, err
	}
	if err := d.nameless(a); err != nil {
		return toDecide{}, err
	}
	body, version, err := d.sealable()
	if err != nil {
		return toDecide{}, err
	}
	out := toDecide{letter: document{models.FileLetter, letterName(w.c.Number), mediaPDF, written(body)}, version: version}
	if RightOf(w.c.Right).Works == WorksCopies {
		out.extract, err = w.extract(person)
	}
	return out, err
}

// mediaPDF is the media type of letters and of the extract for reading.
const mediaPDF = "application/pdf"

// letterName is what a decision letter is saved as: “Beslut INS-2026-00042-SN.pdf”.
func letterName(number string) string { return "Beslut " + number + ".pdf" }

// documentMax bounds what the system writes itself: enough for any extract, and an end to a fault that never stops writing.
const documentMax = 64 << 30

// storeDocument writes a document straight into the store, sealed: no plain text of it lies anywhere on the way.
func (s *Service) storeDocument(ctx context.Context, c models.Case, d document) (*models.File, error) {
	id := uuid.Must(uuid.NewV7())
	var writing sync.WaitGroup
	r, w := io.Pipe()
	writing.Go(func() { _ = w.CloseWithError(d.write(w)) }) // always nil
	stored, err := s.Vault.Store(ctx, files.Upload{KeyID: c.ID.UUID(), FileID: id, Reader: r, MaxBytes: documentMax, Allow: files.AnyType})
	_ = r.CloseWithError(errNotWanted) // always nil; whoever still writes stops
	writing.Wait()
	if err != nil {
		return nil, fmt.Errorf("store %s: %w", d.purpose, err)
	}
	return digested(&models.File{ID: models.IDFrom[models.File](id), CaseID: c.ID, ControllerID: c.ControllerID, SubjectID: c.SubjectID, Purpose: d.purpose,
		NameText: d.name, MediaType: d.mediaType}, stored.Digest), nil
}

// errNotWanted tells a writer that the store takes no more.
var errNotWanted = fmt.Errorf("not wanted: %w", io.ErrClosedPipe)

// behalfOf is the name of the person that a letter is about, where it is addressed to somebody else.
func behalfOf(p models.Person) string {
	if p.Agent == nil {
		return ""
	}
	return p.Name
}

func agentOf(p models.Person) string {
	if p.Agent == nil {
		return ""
	}
	return p.Agent.Name
}

func letterhead(c models.Controller) templates.Controller {
	return templates.Controller{Name: c.Name, Kind: string(c.Kind), Sensitive: c.Sensitive, Court: c.Court, Address: c.Address, Email: c.Email,
		Phone: c.Phone, DPOName: c.DPOName, DPOEmail: c.DPOEmail, DPOPhone: c.DPOPhone}
}
