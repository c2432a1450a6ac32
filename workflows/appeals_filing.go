package workflows

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	"insyn/internal/calendar"
	"insyn/models"
)

// AttachAppeal streams a file to an appeal that the person is writing. It is nobody else's until the appeal is sent.
func (s *Service) AttachAppeal(ctx context.Context, actor models.Actor, id models.CaseID, in IncomingFile) (FileView, error) {
	var c models.Case
	n := 0
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) (err error) {
		if c, err = s.ownDecided(tx, id); err != nil {
			return err
		}
		files, err := tx.PendingAppealFiles(id)
		n = len(files)
		return err
	})
	switch {
	case err != nil:
		return FileView{}, err
	case n >= s.Settings.UploadCount:
		return FileView{}, invalid("file", "error.too-many-files")
	}
	f, err := s.storeFile(ctx, storing{key: c.ID, controller: c.ControllerID, subject: c.SubjectID, purpose: models.FileAppeal, field: "file"}, in)
	if err != nil {
		return FileView{}, err
	}
	err = s.Store.InTx(ctx, actor, func(tx *models.Tx) error { return tx.InsertFile(f) })
	return fileView(*f), err
}

// ownDecided loads a case of the person's own whose decision has been released.
func (s *Service) ownDecided(tx *models.Tx, id models.CaseID) (models.Case, error) {
	c, err := tx.Case(id)
	switch {
	case err != nil:
		return c, err
	case tx.Actor.Kind != models.ResidentKind || c.SubjectID != tx.Actor.Subject:
		return c, ErrNotFound
	case c.ReleasedAt == nil:
		return c, ErrConflict
	}
	return c, nil
}

// DetachAppeal removes a file from an appeal that is not sent.
func (s *Service) DetachAppeal(ctx context.Context, actor models.Actor, id models.CaseID, file models.FileID) error {
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		files, err := tx.PendingAppealFiles(id)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(files, func(f models.File) bool { return f.ID == file }) {
			return ErrNotFound
		}
		return tx.DeleteFile(file)
	})
	if err != nil {
		return err
	}
	return s.Vault.Delete(ctx, file.UUID())
}

// watchAppealFiles throws away what was attached a month ago to appeals that were never sent.
func (s *Service) watchAppealFiles(ctx context.Context) error {
	var stale []models.File
	if err := s.system(ctx, func(tx *models.Tx) (err error) {
		stale, err = tx.StaleAppealFiles(tx.Now.Add(-draftLife), watchPage)
		return err
	}); err != nil {
		return err
	}
	return each(stale, func(f models.File) error {
		if err := s.system(ctx, func(tx *models.Tx) error { return tx.DeleteFile(f.ID) }); err != nil {
			return err
		}
		return s.Vault.Delete(ctx, f.ID.UUID())
	})
}

// Paper is what the servicecenter writes down of a paper with an appeal: when and how it came, and nothing of what it says.
type Paper struct {
	Case      models.CaseID
	Channel   string
	ArrivedOn calendar.Date
}

// PassOnAppeal has the servicecenter take in a paper for one of a request's cases. It is given only the case's public facts: the
// paper itself goes to the controller, unread. Errors: ErrNotFound, ErrForbidden, ErrConflict, Invalid.
func (s *Service) PassOnAppeal(ctx context.Context, actor models.Actor, number string, version int, in Paper) error {
	return s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		if !tx.Actor.HasRole(models.RoleServicecenter) {
			return ErrForbidden
		}
		r, err := tx.RequestByNumber(number)
		if err != nil {
			return err
		}
		if r.Version != version {
			return ErrConflict
		}
		made, err := tx.PublicOfRequests([]models.RequestID{r.ID})
		if err != nil {
			return err
		}
		i := slices.IndexFunc(made, func(c models.CasePublic) bool { return c.CaseID == in.Case })
		if i < 0 {
			return ErrNotFound
		}
		if err := in.check(r, dateOf(tx.Now)); err != nil {
			return err
		}
		if err := tx.TouchRequest(&r); err != nil {
			return err
		}
		if _, err := tx.RequestEvent(r, "paper-taken-in", models.ForStaff, map[string]any{"controller": made[i].ControllerID, "channel": in.Channel,
			"arrived": in.ArrivedOn}); err != nil {
			return err
		}
		return promise(tx, models.Job{Kind: string(JobPassOn), Key: string(JobPassOn) + ":" + in.Case.String() + ":" + itoa(r.Version), RequestID: r.ID,
			CaseID: in.Case, ControllerID: made[i].ControllerID}, map[string]any{"channel": in.Channel, "arrived": in.ArrivedOn, "by": tx.Actor.Staff})
	})
}

func (p Paper) check(r models.Request, today calendar.Date) error {
	var faults []FieldError
	if !slices.Contains(paperChannels(), p.Channel) {
		faults = append(faults, FieldError{Field: "channel", Key: "error.choose-one"})
	}
	switch {
	case p.ArrivedOn.IsZero():
		faults = append(faults, FieldError{Field: "arrived-on", Key: "error.date-missing"})
	case p.ArrivedOn.After(today):
		faults = append(faults, FieldError{Field: "arrived-on", Key: "error.date-future"})
	case p.ArrivedOn.Before(r.ReceivedOn):
		faults = append(faults, FieldError{Field: "arrived-on", Key: "error.date-before-request"})
	}
	if len(faults) > 0 {
		return Invalid{faults}
	}
	return nil
}

// passOnPaper registers the paper on its case. The appeal has the job's id: however often the job runs there is one.
func (s *Service) passOnPaper(ctx context.Context, j models.Job) error {
	var d struct {
		Channel string         `json:"channel"`
		Arrived calendar.Date  `json:"arrived"`
		By      models.StaffID `json:"by"`
	}
	if json.Unmarshal(j.Data, &d) != nil {
		return errors.New("decode job: malformed")
	}
	return s.effect(ctx, j, func(tx *models.Tx, j models.Job) error {
		return s.record(tx, On{Case: j.CaseID}, passOn{id: models.IDFrom[models.Appeal](j.ID.UUID()), channel: d.Channel, arrived: d.Arrived, by: d.By})
	})
}

func itoa(n int) string { return strconv.Itoa(n) }
