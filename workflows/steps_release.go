package workflows

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"insyn/internal/crypto"
	"insyn/internal/files"
	"insyn/models"
)

// answerChanged is why a release stops: a record or stored bytes are no longer those of the decision. It is noted on the job, and
// a human must look.
func answerChanged() error { return Refusal{Key: "guard.answer-changed"} }

// release gives the person what was decided. Every byte of it is read back and hashed first: what is released is what was
// decided, byte for byte, or nothing is released.
func (s *Service) release(ctx context.Context, j models.Job) error {
	var given answer
	err := s.system(ctx, func(tx *models.Tx) error {
		c, err := tx.Case(j.CaseID)
		if err != nil || c.State != models.CaseDecided {
			return err
		}
		given, err = answerOf(tx, c)
		return err
	})
	if err != nil {
		return err
	}
	for _, f := range given.all() {
		if err := s.sameBytes(ctx, f); err != nil {
			return err
		}
	}
	s.Failpoint("release-checked")
	return s.caseEffect(ctx, j, releaseCase{})
}

// sameBytes reads a sealed file through and compares it with its record.
func (s *Service) sameBytes(ctx context.Context, f models.File) error {
	return s.sameSealed(ctx, f.CaseID.UUID(), f)
}

// sameSealed is sameBytes of what is sealed under another key than its case's.
func (s *Service) sameSealed(ctx context.Context, key uuid.UUID, f models.File) error {
	read, err := s.Vault.Digest(ctx, key, f.ID.UUID())
	switch {
	case errors.Is(err, crypto.ErrTampered), errors.Is(err, files.ErrNotFound):
		return answerChanged()
	case err != nil:
		return fmt.Errorf("read answer back: %w", err)
	case !bytes.Equal(read.SHA256[:], f.SHA256), f.Parts != nil && !bytes.Equal(read.Parts, f.Parts), f.CRC32 != nil && int64(read.CRC32) != *f.CRC32:
		return answerChanged()
	}
	return nil
}

// answer is what the person gets of a decided case.
type answer struct {
	documents []models.File // the letter and the extract
	material  []models.File // of what is released, in the order of their numbers
}

func (a answer) all() []models.File { return slices.Concat(a.documents, a.material) }

// answerOf lists what the person gets of a decided case: the letter and the extract that the event of the decision names, and
// the files of the items that are released. A record that is not as it was decided is refused.
func answerOf(tx *models.Tx, c models.Case) (answer, error) {
	d, err := tx.Decision(c.ID)
	if err != nil {
		return answer{}, err
	}
	bound, err := decidedFiles(tx, c)
	if err != nil {
		return answer{}, err
	}
	if bound[d.LetterID.String()] != hex.EncodeToString(d.LetterSHA) || !bytes.Equal(d.ManifestSHA, c.ManifestSHA) {
		return answer{}, answerChanged()
	}
	material, err := tx.ReleasedMaterial(c.ID)
	if err != nil {
		return answer{}, err
	}
	all, err := tx.Files(c.ID, models.FileLetter, extractPurposes()...)
	if err != nil {
		return answer{}, err
	}
	var out answer
	for _, f := range all {
		switch want, ok := bound[f.ID.String()]; {
		case ok && want != hex.EncodeToString(f.SHA256):
			return answer{}, answerChanged()
		case ok:
			out.documents = append(out.documents, f)
		}
	}
	if len(out.documents) != len(bound) {
		return answer{}, answerChanged()
	}
	out.material = material
	whole, err := tx.ItemFilesWhole(c.ID)
	if err == nil && !whole {
		err = answerChanged()
	}
	return out, err
}

// extractPurposes are the kinds of file that a decision seals beside its letter.
func extractPurposes() []string {
	return []string{models.FileExtractHTML, models.FileExtractPDF, models.FileExtractJSON, models.FileExtractCSV, models.FileManifest, models.FileSignature, models.FileReadme}
}

// decidedFiles reads from the case's chain which files, by id and SHA-256, the decision sealed.
func decidedFiles(tx *models.Tx, c models.Case) (map[string]string, error) {
	e, err := tx.LastEvent("case", c.ID.UUID(), "decided")
	if err != nil {
		return nil, err
	}
	var data struct {
		Answer map[string]string `json:"answer"`
	}
	if json.Unmarshal(e.Data, &data) != nil || data.Answer == nil {
		return nil, answerChanged()
	}
	return data.Answer, nil
}

func idsOf(all []models.File) []models.FileID {
	out := make([]models.FileID, len(all))
	for i, f := range all {
		out[i] = f.ID
	}
	return out
}

// doRelease opens the letter, the extract and the released files to the person. Art 12.3 is met now.
func doRelease(w *work) error {
	given, err := answerOf(w.tx, *w.c)
	if err != nil {
		return err
	}
	if err := w.tx.ReleaseFiles(idsOf(given.documents), idsOf(given.material)); err != nil {
		return err
	}
	w.c.ReleasedAt = &w.tx.Now
	for _, f := range given.documents {
		if f.Purpose != models.FileLetter {
			continue
		}
		if err := w.onPaper(f, given.all()); err != nil {
			return err
		}
	}
	w.s.Failpoint("release-written")
	// The event is the person's to read: at a sensitive controller the number of files would tell what there was.
	if err := w.mailPerson("answer-available"); err != nil {
		return err
	}
	return w.notify("letter-to-register", models.RoleRegistrator)
}
