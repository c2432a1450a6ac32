package workflows

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"insyn/internal/calendar"
	"insyn/models"
)

// trialLife is how long spreadsheets wait to be read in after they were tried.
const trialLife = time.Hour

// ImportTrial is what spreadsheets would do if they were read in now.
type ImportTrial struct {
	ID         models.ID[models.ImportTrial]
	Until      time.Time     // when they are thrown away
	EndMissing calendar.Date // the last day of what they no longer have; zero: it is left alone
	Files      []string      // names
	Report     ImportReport
	Shown      string // fingerprint of the report: with another one nothing is read in
}

// StartImport tries spreadsheets and keeps them, sealed, for an hour, for this administrator alone and instead of those that
// waited before. Nothing is read in.
func (s *Service) StartImport(ctx context.Context, actor models.Actor, files []models.ImportedFile) (models.ID[models.ImportTrial], error) {
	t := models.ImportTrial{ID: models.NewID[models.ImportTrial](), StaffID: actor.Staff, Sheets: files}
	if !actor.HasRole(models.RoleAdmin) {
		return t.ID, ErrForbidden
	}
	if len(files) == 0 {
		return t.ID, invalid("files", "error.admin.files-missing")
	}
	if err := s.Sealer.CreateKey(ctx, models.ImportTrialKey()); err != nil {
		return t.ID, fmt.Errorf("key of spreadsheets that wait: %w", err)
	}
	return t.ID, s.administer(ctx, actor, func(tx *models.Tx) error { return tx.PutImportTrial(&t) })
}

// ImportTrial tries spreadsheets that wait once more and says what they would do now. Those of others, and those that have
// waited more than an hour, are ErrNotFound.
func (s *Service) ImportTrial(ctx context.Context, actor models.Actor, id models.ID[models.ImportTrial]) (ImportTrial, error) {
	waiting, err := s.waitingImport(ctx, actor, id)
	if err != nil {
		return ImportTrial{}, err
	}
	report, err := Import(ctx, s.Store, importFilesOf(waiting), ImportOptions{EndMissing: waiting.EndMissing})
	if err != nil {
		return ImportTrial{}, err
	}
	out := ImportTrial{ID: id, Until: waiting.CreatedAt.Add(trialLife), EndMissing: waiting.EndMissing, Report: report}
	for _, f := range waiting.Sheets {
		out.Files = append(out.Files, f.Name)
	}
	out.Shown, err = report.fingerprint()
	return out, err
}

// ApplyImport reads in spreadsheets that wait, if that does exactly what the report with the fingerprint said; then they are
// thrown away. If the organisation has changed since, nothing is read in and the error is ErrConflict: the report must be
// looked at again.
func (s *Service) ApplyImport(ctx context.Context, actor models.Actor, id models.ID[models.ImportTrial], shown string) (ImportReport, error) {
	waiting, err := s.waitingImport(ctx, actor, id)
	if err != nil {
		return ImportReport{}, err
	}
	as := func(r ImportReport) error {
		digest, err := r.fingerprint()
		if err == nil && digest != shown {
			err = ErrConflict
		}
		return err
	}
	report, err := runImport(ctx, s.Store, importFilesOf(waiting), ImportOptions{Apply: true, EndMissing: waiting.EndMissing},
		importApproval{by: actor.Staff, confirm: as})
	if err != nil || !report.Applied {
		if err == nil {
			err = ErrConflict
		}
		return ImportReport{}, err
	}
	return report, s.administer(ctx, actor, func(tx *models.Tx) error { return tx.DropImportTrial(id) })
}

// EndMissingInImport says which last day what the spreadsheets no longer have is to get, today or later; the zero date leaves
// it alone. Faults: last.
func (s *Service) EndMissingInImport(ctx context.Context, actor models.Actor, id models.ID[models.ImportTrial], last calendar.Date) error {
	if _, err := s.waitingImport(ctx, actor, id); err != nil {
		return err
	}
	return s.administer(ctx, actor, func(tx *models.Tx) error {
		if !last.IsZero() && last.Before(calendar.DateOf(tx.Now)) {
			return invalid("last", "error.admin.to-past")
		}
		return tx.EndMissingInTrial(id, last)
	})
}

// DropImport throws spreadsheets that wait away.
func (s *Service) DropImport(ctx context.Context, actor models.Actor, id models.ID[models.ImportTrial]) error {
	return s.administer(ctx, actor, func(tx *models.Tx) error { return tx.DropImportTrial(id) })
}

func (s *Service) waitingImport(ctx context.Context, actor models.Actor, id models.ID[models.ImportTrial]) (models.ImportTrial, error) {
	var t models.ImportTrial
	err := s.administer(ctx, actor, func(tx *models.Tx) (err error) {
		t, err = tx.ImportTrial(id, tx.Now.Add(-trialLife))
		return err
	})
	return t, err
}

// watchImports throws away spreadsheets that nobody came back to.
func (s *Service) watchImports(ctx context.Context) error {
	return s.system(ctx, func(tx *models.Tx) error { return tx.DropImportTrials(tx.Now.Add(-trialLife)) })
}

func importFilesOf(t models.ImportTrial) []ImportFile {
	var out []ImportFile
	for _, f := range t.Sheets {
		out = append(out, ImportFile{Name: f.Name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.Body)), nil }})
	}
	return out
}

// fingerprint is a hash of what the report says would be, or was, done. Two that are equal do the same.
func (r ImportReport) fingerprint() (string, error) {
	r.Applied = false
	b, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("fingerprint of the report: %w", err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// importEvent tells the organisation's chain of an import that is kept: how much it made, changed and ended, and who had it done.
func importEvent(tx *models.Tx, r ImportReport, by models.StaffID) error {
	d := organisationData{By: by}
	for _, t := range r.Tables {
		d.Created, d.Changed, d.Ended = d.Created+t.Created, d.Changed+t.Changed, d.Ended+t.Ended
	}
	if d.Created+d.Changed+d.Ended == 0 {
		return nil // a second run changes nothing, the chain neither
	}
	return organisationEvent(tx, eventImported, d)
}

// ExportSpreadsheets is [Export] for the administrator's pages.
func (s *Service) ExportSpreadsheets(ctx context.Context, actor models.Actor) ([]Spreadsheet, error) {
	if !actor.HasRole(models.RoleAdmin) {
		return nil, ErrForbidden
	}
	return Export(ctx, s.Store, actor)
}
